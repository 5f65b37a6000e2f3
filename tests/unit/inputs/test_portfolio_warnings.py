"""Warnings about valid portfolios."""

import pytest

from planner.domain.results.plan import Warning_
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings

QUIET = """\
version: 1
projects:
  - {id: a, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}, value: 5}
"""


def warnings(text: str) -> tuple[Warning_, ...]:
    """Return the warnings about a file."""
    return portfolio_warnings(parse_portfolio(text.encode(), "p.yaml"))


def test_usual_portfolio_gives_no_warning() -> None:
    """Nothing is said where there is nothing to say."""
    assert warnings(QUIET) == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        (", value: 5", "", "VALUE_MISSING", "portfolio.objective"),
        ("projects", "portfolio: {currency: EUR}\nprojects", "CURRENCY", "portfolio.currency"),
        ("94%", "25%", "TARGET_TRIVIAL", "projects[a].target_accuracy"),
        ("classes: 4", "classes: 2000", "RC_ABOVE_ONE", "projects[a].classes"),
        ("price: 1", "price: 0", "PRICE_ZERO", "projects[a].images.price"),
        (", price: 1", "", "PRICE_ZERO", "projects[a].images.price"),
        (
            "classes: 4",
            "class_counts: {x: 1, y: 1, z: 0}",
            "ZERO_COUNT_CLASS",
            "projects[a].class_counts",
        ),
        (
            "classes: 4",
            "classes: 4, architectures: [DeepLabv3-R50]",
            "ARCHITECTURE_TASK",
            "projects[a].architectures",
        ),
        ("projects", "compute: {basis: paper}\nprojects", "USD_PER_FLOP", "compute.usd_per_flop"),
        (
            "projects",
            "compute: {basis: paper, usd_per_flop: 1e-18, epochs: 3, utilisation: 40%}\nprojects",
            "NOT_USED",
            "compute.utilisation",
        ),
    ],
)
def test_each_warning_names_its_field(old: str, new: str, code: str, field: str) -> None:
    """What deserves a warning gets exactly one, at the field it is about."""
    (warning,) = warnings(QUIET.replace(old, new, 1))
    assert (warning.code, warning.field) == (code, field)
    assert warning.message


def test_prices_of_ones_own_are_in_ones_own_currency() -> None:
    """In euros, a price given in euros is no reason for a warning."""
    own = "portfolio: {currency: EUR}\ncompute: {usd_per_hour: 2}\nprojects"
    assert warnings(QUIET.replace("projects", own)) == ()
    paper = "portfolio: {currency: EUR}\ncompute: {basis: paper}\nprojects"
    codes = [warning.code for warning in warnings(QUIET.replace("projects", paper))]
    assert codes == ["CURRENCY", "USD_PER_FLOP"]


def test_free_images_are_told_from_a_forgotten_price() -> None:
    """The message says whether the price of zero was given."""
    assert "cost nothing" in warnings(QUIET.replace("price: 1", "price: 0"))[0].message
    assert "No price is given" in warnings(QUIET.replace(", price: 1", ""))[0].message


def test_many_empty_classes_are_not_all_listed() -> None:
    """Five empty classes are named, the others stand for themselves."""
    counts = ", ".join(f"c{index}: 0" for index in range(7))
    text = QUIET.replace("classes: 4", f"class_counts: {{x: 1, y: 1, {counts}}}")
    assert warnings(text)[0].message.endswith("c0, c1, c2, c3, c4, ….")
