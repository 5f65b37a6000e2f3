"""Warnings about risk, periods, units and shared assets that do nothing, or too much."""

import pytest

from planner.domain.results.plan import Warning_
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings

QUIET = """\
version: 1
portfolio:
  budget: 50k
  periods: [{id: p1, budget: 30k}, {id: p2, budget: 40k}]
  discount_rate: 8%
  risk: {measure: cvar, level: 90%, weight: 30%}
projects:
  - {id: a, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}, value: 5k, unit: x}
  - {id: b, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}, value: 5k, unit: y,
     pretrained: false}
shared:
  - {id: pool, kind: dataset, members: [a, b], images: {limit: 60k, price: 0.2}}
  - {id: base, kind: base_model, members: [a, b], required: false, fixed_cost: 25k,
     gives: {pretrained: true}}
rules:
  - {unit: x, max_share: 50%}
  - {unit: y, max_share: 70%}
"""


def warnings(text: str) -> tuple[Warning_, ...]:
    """Return the warnings about a file."""
    return portfolio_warnings(parse_portfolio(text.encode(), "p.yaml"))


def test_a_portfolio_that_means_what_it_says_gives_no_warning() -> None:
    """Every setting here changes the plan, so nothing is said."""
    assert warnings(QUIET) == ()


PERIODS = "  periods: [{id: p1, budget: 30k}, {id: p2, budget: 40k}]\n"
CVAR = "{measure: cvar, level: 90%, weight: 30%}"


@pytest.mark.parametrize(
    ("old", "new", "code", "field", "words"),
    [
        ("measure: cvar, level: 90%, weight: 30%", "level: 95%", "NOT_USED",
         "portfolio.risk.level", "not used by the measure expected"),
        ("weight: 30%", "aversion: 5", "NOT_USED", "portfolio.risk.aversion", "measure cvar"),
        ("weight: 30%", "weight: 0", "RISK_WEIGHT_ZERO", "portfolio.risk.weight", "the tail out"),
        (CVAR, "{measure: entropic, aversion: 1e-9}", "AVERSION_SCALE",
         "portfolio.risk.aversion", "between 0.0001 and 0.001 is usual"),
        (CVAR, "{measure: entropic, aversion: 1}", "AVERSION_SCALE",
         "portfolio.risk.aversion", "so large that the worst draw"),
        (PERIODS, "", "NOT_USED", "portfolio.discount_rate", "without periods"),
        ("budget: 50k", "budget: 90k", "BUDGET_ABOVE_PERIODS", "portfolio.budget", "70,000"),
        ("max_share: 70%", "max_share: 40%", "UNIT_SHARES", "rules", "sum to 90 %"),
        ("pretrained: false", "pretrained: true", "ASSET_UNUSED", "shared[base]", "already"),
        (",\n     gives: {pretrained: true}", "", "ASSET_UNUSED", "shared[base]", "never bought"),
        ("images: {limit: 60k, price: 0.2}", "fixed_cost: 5, required: false", "ASSET_UNUSED",
         "shared[pool]", "never bought"),
        ("members: [a, b], images", "members: [b], images", "ASSET_UNUSED", "shared[pool]",
         "hold all the images"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_said_at_its_field(
    old: str, new: str, code: str, field: str, words: str
) -> None:
    """One warning each, with the reason."""
    text = QUIET
    if "hold all" in words:
        text = text.replace(
            "images: {limit: 20k, price: 1}, value: 5k, unit: y",
            "images: {held: 20k, limit: 20k, price: 1}, value: 5k, unit: y",
        )
    assert old in text
    (warning,) = warnings(text.replace(old, new, 1))
    assert (warning.code, warning.field) == (code, field)
    assert words in warning.message


def test_an_aversion_of_usual_size_is_not_doubted() -> None:
    """One over what is at stake is the scale on which an entropic measure works."""
    assert warnings(QUIET.replace(CVAR, "{measure: entropic, aversion: 2e-4}")) == ()
    targets = QUIET.replace(CVAR, "{measure: entropic, aversion: 1}\n  objective: targets_met")
    assert warnings(targets) == ()
