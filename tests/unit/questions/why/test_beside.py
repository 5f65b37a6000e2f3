"""What fields that are no money add to a purchase: the same one in a file without each of them."""

from typing import Any

import pytest

import planner
from planner.domain.results.explanation import Explanation
from planner.domain.words.life import beside_words
from planner.inputs.portfolio_file import parse_portfolio
from planner.testing import synthetic_hierarchy

MODEL = synthetic_hierarchy(200)
FIELDS = {
    "pilots": "pilots: [{images: 1000, error: 21%, architecture: ResNet-50}],",
    "pretrained": "pretrained: false,",
    "shift": "shift: {points: 2},",
}
FILE = """
version: 1
portfolio: {{budget: 90k}}
projects:
  - {{id: a, classes: 4, target_accuracy: 80%, value: 20k, architectures: [ResNet-50, ResNet-18],
     {fields}
     images: {{held: 1k, limit: 9k, price: 0.5..2}}}}
  - {{id: b, classes: 3, target_accuracy: 70%, value: 9k, images: {{held: 1k, limit: 2k}}}}
"""


def written(*left_out: str) -> str:
    """Return the file without some of the fields."""
    return FILE.format(fields=" ".join(v for k, v in FIELDS.items() if k not in left_out))


def explained(text: str) -> Explanation:
    found = planner.explain(parse_portfolio(text.encode(), "p.yaml"), "a", MODEL)
    assert isinstance(found, Explanation)
    return found


def only_row(text: str, architecture: str, images: int) -> dict[str, Any]:
    """Return the one option that a file has which commits its first project to it."""
    rule = f"rules: [{{committed: a, architecture: {architecture}, images: {images}}}]\n"
    portfolio = parse_portfolio((text + rule).encode(), "p.yaml")
    rows = planner.options(portfolio, MODEL, project="a")["options"]
    assert isinstance(rows, list)
    (row,) = rows
    return dict(row)


def test_each_field_adds_what_a_file_without_it_lacks() -> None:
    """The same network on the same images, committed in both files: chance and net value."""
    (decision, _) = planner.plan(parse_portfolio(written().encode(), "p.yaml"), MODEL).decisions
    assert decision.architecture is not None
    assert decision.images_total is not None
    bought = (decision.architecture, decision.images_total)
    now = only_row(written(), *bought)
    found = explained(written()).beside
    assert found is not None
    assert [one.field for one in found] == list(FIELDS)
    for one in found:
        without = only_row(written(one.field), *bought)
        assert one.chance == pytest.approx(now["chance_of_target"] - without["chance_of_target"])
        net = now["expected_net_value"] - without["expected_net_value"]
        assert one.amount == pytest.approx(net, abs=0.01)
    assert any(abs(one.chance) > 0.01 for one in found)
    assert "pretrained (else true)" in beside_words(found)


def test_a_file_that_states_none_of_them_says_nothing_of_them() -> None:
    """Nor does what is not funded."""
    assert explained(written(*FIELDS)).beside is None
    assert "beside" not in explained(written(*FIELDS)).to_dict()
    poor = written().replace("budget: 90k", "budget: 0").replace("held: 1k", "held: 0", 1)
    assert explained(poor).beside is None
