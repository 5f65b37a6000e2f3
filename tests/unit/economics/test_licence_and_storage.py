"""What the right to use images and their storage cost, as lines of their own."""

from typing import Any

import pytest

import planner
from planner.inputs.portfolio_file import parse_portfolio

MODEL = planner.load_model("published")
FILE = """
version: 1
portfolio: {budget: 1M}
compute: {usd_per_hour: 0}
projects:
  - {id: a, classes: 4, target_accuracy: 80%, value: 90k, architectures: [ResNet-50],
     images: {held: 2k, limit: 40k, price: 0.25EXTRA}}
"""


def read(extra: str) -> planner.Portfolio:
    return parse_portfolio(FILE.replace("EXTRA", extra).encode(), "p.yaml")


def options(extra: str) -> list[dict[str, Any]]:
    found = planner.options(read(extra), MODEL)["options"]
    assert isinstance(found, list)
    return found


def test_what_is_bought_is_licensed_and_what_is_trained_on_is_stored() -> None:
    """Images held need no licence and do need a place; to the cent, at every level."""
    for row in options(", licence: 0.02, storage: 0.003"):
        bought, trained = row["images_to_buy"], row["images_total"]
        cents = round(25 * bought) + round(2 * bought) + round(0.3 * trained)
        assert round(100 * row["cost_total"]) == pytest.approx(cents, abs=1)


def test_each_is_a_part_of_the_cost_and_only_where_it_is_stated() -> None:
    """Parts sum to the total to the cent; files without them have no such part."""
    (decision,) = planner.plan(read(", licence: 0.02, storage: 0.001..0.005"), MODEL).decisions
    parts = decision.cost.parts
    assert parts["licence"] == pytest.approx(0.02 * decision.images_to_buy, abs=0.005)
    assert parts["storage"] > 0
    assert round(sum(round(100 * part) for part in parts.values())) == round(
        100 * decision.cost.total
    )
    (plain,) = planner.plan(read(""), MODEL).decisions
    assert not {"licence", "storage"} & plain.cost.keys()


def test_a_range_of_either_is_a_bar_of_the_tornado_and_spreads_the_cost() -> None:
    """Under the name of its price."""
    asked = read(", storage: 0.5..3")
    explained = planner.explain(asked, "a", MODEL)
    assert explained.tornado is not None
    assert any("storage price" in bar.input for bar in explained.tornado.bars)
    risk = planner.plan(asked, MODEL).risk
    assert risk is not None
    assert risk.cost.p10 < risk.cost.p90


@pytest.mark.parametrize("name", ["licence", "storage"])
def test_neither_is_below_nothing(name: str) -> None:
    """Refused at its field."""
    with pytest.raises(planner.InputError, match="at least 0") as caught:
        read(f", {name}: -1")
    assert caught.value.problems[0].field.endswith(name)
