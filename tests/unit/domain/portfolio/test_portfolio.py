"""Portfolios built in Python."""

import math
from collections.abc import Callable

import pytest

from planner.domain.portfolio.portfolio import (
    AtMost,
    Committed,
    Compute,
    Exclusive,
    Fund,
    Gives,
    Hold,
    Period,
    Portfolio,
    Require,
    RiskPreference,
    SharedAsset,
    Skip,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis, Mode, Objective
from planner.errors import InputError

PROJECT = {"id": "a", "classes": 4, "target_error": "6%", "images": {"limit": "20k", "price": 1}}


def test_words_and_numbers_may_be_written_as_in_a_file() -> None:
    """Text becomes the word or number it says; nested mappings become records."""
    portfolio = Portfolio(
        objective="value",  # type: ignore[arg-type]
        mode="commit",  # type: ignore[arg-type]
        budget="€1k",  # type: ignore[arg-type]
        currency="EUR",
        risk={"measure": "cvar"},  # type: ignore[arg-type]
        compute={"basis": "paper", "usd_per_flop": "1e-18..2e-18", "utilisation": "40%"},  # type: ignore[arg-type]
        projects=[PROJECT],  # type: ignore[arg-type]
        rules=[Fund("fund a", ("a",))],  # type: ignore[arg-type]
    )
    assert (portfolio.objective, portfolio.mode) == (Objective.VALUE, Mode.COMMIT)
    assert portfolio.budget == 1000
    assert portfolio.risk == RiskPreference(measure="cvar")
    expected = Compute(basis=Basis.PAPER, usd_per_flop=Range(1e-18, 2e-18), utilisation=0.4)
    assert portfolio.compute == expected
    assert isinstance(portfolio.projects[0], Project)
    assert isinstance(portfolio.rules, tuple)


@pytest.mark.parametrize(
    ("fields", "path", "fix"),
    [
        ({"objective": "vlaue"}, "portfolio.objective", "value"),
        ({"mode": "comit"}, "portfolio.mode", "commit"),
        ({"budget": [1]}, "portfolio.budget", ""),
        ({"budget": True}, "portfolio.budget", ""),
        ({"budget": "much"}, "portfolio.budget", ""),
        ({"horizon_years": 0}, "portfolio.horizon_years", ""),
        ({"go_chance": 7000}, "portfolio.go_chance", ""),
        ({"currency": 5}, "portfolio.currency", '"5"'),
        ({"risk": 5}, "portfolio.risk", ""),
        ({"compute": {"bass": 1}}, "compute.bass", "basis  (did you mean this?)"),
        ({"compute": {"basis": "papre"}}, "compute.basis", "paper"),
        ({"compute": {"epochs": "x"}}, "compute.epochs", ""),
        ({"compute": {"accelerator": 5}}, "compute.accelerator", '"5"'),
        ({"projects": "a"}, "projects", "[a]"),
        ({"projects": [PROJECT, 5]}, "projects[1]", ""),
        ({"rules": (5,)}, "rules[0]", "{fund: [project-id]}"),
        ({"rules": (None,)}, "rules[0]", "{fund: [project-id]}"),
        ({"rules": [{"fnd": ["a"]}]}, "rules[0]", "fund"),
        ({"rules": [{"fund": ["a"], "skip": ["b"]}]}, "rules[0]", ""),
        ({"rules": [{"fund": ["a"], "of": ["b"]}]}, "rules[0].of", ""),
        ({"rules": [{"at_most": 1}]}, "rules[0].of", "of: [project-a, project-b]"),
        ({"rules": [{"at_most": -1, "of": ["a"]}]}, "rules[0].at_most", ""),
    ],
)
def test_what_no_file_could_say_is_refused(fields: dict[str, object], path: str, fix: str) -> None:
    """Each mistake is named by the field a file would have, with the nearest known word."""
    with pytest.raises(InputError, match="Nothing was computed") as caught:
        Portfolio(**fields)  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert (problem.field, problem.fix) == (path, fix)


def test_all_mistakes_come_at_once() -> None:
    """A portfolio with several mistakes names each."""
    with pytest.raises(InputError, match="2 problems"):
        Portfolio(objective="vlaue", rules=5)  # type: ignore[arg-type]


def test_numbers_are_left_to_whoever_uses_them() -> None:
    """A portfolio without a usable budget can be estimated, and only planning refuses it."""
    budget = Portfolio(budget=math.nan).budget
    assert budget is not None
    assert math.isnan(budget)


OTHER = {**PROJECT, "id": "b"}


def refused(**fields: object) -> dict[str, str]:
    """Return the messages by field of a portfolio that cannot stand."""
    with pytest.raises(InputError, match="Nothing was computed") as caught:
        Portfolio(**fields)  # type: ignore[arg-type]
    return {problem.field: problem.message for problem in caught.value.problems}


def test_risk_periods_and_shared_assets_are_read_like_a_file() -> None:
    """Text becomes numbers and words, mappings become records, an alias becomes its word."""
    portfolio = Portfolio(
        projects=[PROJECT, OTHER],  # type: ignore[arg-type]
        mode="stop_when_reached",  # type: ignore[arg-type]
        risk={"measure": "entropic", "aversion": "1e-6"},  # type: ignore[arg-type]
        periods=[{"id": "h1", "budget": "60k"}],  # type: ignore[arg-type]
        discount_rate="8%",  # type: ignore[arg-type]
        hold={"chance": "90%"},  # type: ignore[arg-type]
        shared=[
            {
                "id": "pool",
                "kind": "dataset",
                "members": ["a", "b"],
                "split": "proportional",
                "images": {"limit": "60k", "price": 0.2},
            },
            {"id": "base", "kind": "base_model", "members": ("a",), "gives": {"pretrained": True}},
        ],  # type: ignore[arg-type]
    )
    assert portfolio.risk == RiskPreference(measure="entropic", aversion=1e-6)
    assert portfolio.periods == (Period(id="h1", budget=60_000),)
    assert (portfolio.discount_rate, portfolio.hold) == (0.08, Hold(chance=0.9))
    pool, base = portfolio.shared
    assert (pool.split, pool.members) == ("usage", ("a", "b"))
    assert pool.images == Images(limit=60_000, price=0.2)
    assert base.gives == Gives(pretrained=True)
    assert portfolio.spend_limit == 60_000


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RiskPreference(measure="cvr"), "expected, cvar, entropic"),
        (lambda: RiskPreference(measure="entropic"), "needs its aversion"),
        (lambda: RiskPreference(measure="entropic", aversion=-1), "above 0"),
        (lambda: RiskPreference(level=1.0), "strictly between"),
        (lambda: RiskPreference(weight=-0.1), "between 0 % and 100 %"),
        (lambda: Period(id="h1", budget=-1), "at least 0"),
        (lambda: Hold(), "exactly one"),
        (lambda: Hold(chance=0.9, cvar=0.9), "exactly one"),
        (lambda: Hold(chance=1.0), "strictly between"),
        (lambda: Gives(pretrained=False), "leaves its members"),
        (lambda: Gives(training_discount=-1), "between 0 %"),
        (lambda: SharedAsset(id="s", kind="data", members=("a",)), "dataset, base_model"),
        (lambda: SharedAsset(id="s", kind="dataset", members=()), "the list is empty"),
        (lambda: SharedAsset(id="s", kind="dataset", members=("a", "a")), "named twice"),
        (lambda: SharedAsset(id="s", kind="dataset", members="a"), "expected a list"),  # type: ignore[arg-type]
        (lambda: SharedAsset(id="s", kind="dataset", members=("a",), split="fair"), "shapley"),
        (lambda: SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=-1), "at least 0"),
        (
            lambda: SharedAsset(
                id="s", kind="dataset", members=("a",), gives=Gives(training_discount=0.1)
            ),
            "is of a base model",
        ),
        (
            lambda: SharedAsset(id="s", kind="base_model", members=("a",), images=Images(limit=5)),
            "has no images",
        ),
        (lambda: UnitShare("r", "x"), "max_share, min_share or both"),
        (lambda: UnitShare("r", "x", 0.2, 0.3), "is above max_share"),
        (lambda: Committed("r", "a", images=0), "at least 1"),
        (lambda: Committed("r", 5), "expected text"),  # type: ignore[arg-type]
        (lambda: Fund("r", "a"), "expected a list"),  # type: ignore[arg-type]
        (lambda: AtMost("r", -1, ("a",)), "at least 0"),
        (lambda: Require("r", "a", None), "expected text"),  # type: ignore[arg-type]
    ],
)
def test_a_part_out_of_its_range_is_refused_when_it_is_made(
    make: Callable[[], object], message: str
) -> None:
    """Each record checks itself, so that no other module meets such a value."""
    with pytest.raises(InputError, match=message):
        make()


def test_parts_that_do_not_fit_together_are_refused_at_once() -> None:
    """Unknown periods, units, members and commitments, and a hold without random spend."""
    assert refused(
        projects=[{**PROJECT, "earliest": "h3"}, OTHER],
        periods=[Period(id="h1", budget=1), Period(id="h1", budget=2)],
        hold=Hold(cvar=0.9),
        shared=[SharedAsset(id="s", kind="dataset", members=("a", "z"))],
        rules=[
            UnitShare("u", "retail", 0.5),
            Committed("c", "b", images=30_000),
            Skip("s", ("b",)),
            Committed("d", "y"),
        ],
    ) == {
        "portfolio.hold": "hold binds random spend, and in mode commit spend is certain.",
        "projects[a].earliest": 'no period has the id "h3".',
        "rules[0].unit": 'no project carries a unit; got "retail".',
        "rules[1].committed": '"b" is committed here, but rules[2] skips it.',
        "rules[1].images": '30,000 images are committed, but "b" can have 20,000 at most.',
        "portfolio.periods[h1].id": 'id "h1" is used twice; ids are unique.',
        "shared[s].members[1]": 'no project has the id "z".',
        "rules[3].committed": 'no project has the id "y".',
    }


def test_commitments_and_bounds_that_exclude_each_other_are_refused() -> None:
    """Two committed projects cannot share one place; units cannot be promised more than all."""
    units = [{**PROJECT, "unit": "x"}, {**OTHER, "unit": "y"}]
    committed = (Committed("c", "a"), Committed("d", "b"))
    found = refused(projects=units, rules=(*committed, Exclusive("e", ("a", "b"))))
    assert '2 of these are committed ("a", "b"), but at most 1' in found["rules[2].exclusive"]
    found = refused(
        projects=units, rules=(UnitShare("u", "x", min_share=0.6), UnitShare("v", "y", None, 0.5))
    )
    assert "sum to 110 %" in found["rules[1].min_share"]
    found = refused(
        projects=units, rules=(UnitShare("u", "x", min_share=0.6), UnitShare("v", "x", 0.5))
    )
    assert "at most 50 % in rules[1]" in found["rules[0].min_share"]


def test_the_limit_on_spend_is_the_budget_or_the_sum_of_the_periods() -> None:
    """A portfolio with periods alone has a limit; one with neither has none."""
    periods = (Period(id="h1", budget=0.1), Period(id="h2", budget=0.2))
    assert Portfolio(periods=periods).spend_limit == pytest.approx(0.3)
    assert Portfolio(periods=periods, budget=0.0).spend_limit == 0
    assert Portfolio().spend_limit is None


def test_rules_on_projects_are_told_from_those_on_money() -> None:
    """Shares and commitments are not rules on which projects are funded."""
    kept = (Fund("f", ("a",)), Exclusive("e", ("a", "b")))
    units = [{**PROJECT, "unit": "x"}, OTHER]
    rules = (kept[0], UnitShare("u", "x", 0.5), kept[1], Committed("c", "a"))
    assert Portfolio(projects=units, rules=rules).project_rules == kept  # type: ignore[arg-type]


def test_rules_may_be_written_as_in_a_file() -> None:
    """Mappings become the records, named by their place and meaning, beside records as they are."""
    rules = [
        {"require": "a", "needs": "b"},
        Fund("mine", ("a",)),
        {"committed": "b", "architecture": "ResNet-50", "images": "1k", "name": "May"},
    ]
    portfolio = Portfolio(projects=[PROJECT, OTHER], rules=rules)  # type: ignore[arg-type]
    assert portfolio.rules == (
        Require("rules[0]: a needs b", "a", "b"),
        Fund("mine", ("a",)),
        Committed(
            "rules[2]: May (b is committed with ResNet-50 on 1,000 images)", "b", "ResNet-50", 1000
        ),
    )
