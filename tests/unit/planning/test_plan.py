"""From portfolio to plan: verdicts, reasons, leftover, risk, assumptions, and what is refused."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.format import money, percent
from planner.domain.portfolio.portfolio import (
    Compute,
    Exclusive,
    Fund,
    Portfolio,
    ProjectRule,
    Require,
    Skip,
)
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.quantities import Range
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Basis, Objective, Verdict
from planner.economics.amounts import budget_to_cents
from planner.errors import InputError
from planner.forecasting.forecast import build_forecast
from planner.offering.objective import resolve_objective
from planner.offering.options import Menu, build_menus
from planner.planning.assumptions import list_assumptions
from planner.planning.plan import build_plan
from planner.planning.verdict import rule_on
from planner.questions.options_report import options_report
from planner.reference.tables import load_catalogue
from planner.testing import assert_plan_is_consistent, synthetic_posterior
from tests.allocation_cases import make_options

MODEL = synthetic_posterior(800, seed=3)
CATALOGUE = load_catalogue()
TWO = ("ResNet-50", "VGG-16")
NONE_HELD = Images(held=0, limit=40_000, price=0.3)


def _project(name: str, **changes: Any) -> Project:
    settings: dict[str, Any] = {
        "classes": 4,
        "target_error": 0.1,
        "images": Images(held=500, limit=40_000, price=0.3),
        "value": 60_000.0,
        "architectures": TWO,
    }
    return Project(id=name, **{**settings, **changes})


def _plan(
    *projects: Project,
    budget: float | None = 5_000.0,
    rules: tuple[ProjectRule, ...] = (),
    **rest: Any,
) -> Plan:
    portfolio = Portfolio(projects=projects, budget=budget, rules=rules, **rest)
    plan = build_plan(portfolio, MODEL, CATALOGUE)
    assert_plan_is_consistent(plan, portfolio)
    return plan


def _why(plan: Plan, project: str) -> str:
    return next(d.why for d in plan.decisions if d.project == project)


def test_a_funded_project_says_what_it_buys_earns_and_forgoes() -> None:
    """Images, architecture, cost, chance, value, verdict, a cheaper level and the runner-up."""
    plan = _plan(_project("shelf"))
    decision = plan.decisions[0]
    assert decision.verdict is Verdict.GO
    for words in (
        f"Buys {decision.images_to_buy:,} images for {money(decision.cost.data, 'USD')} and ",
        f"trains ResNet-50 on {decision.images_total:,}, for ",
        f"for {money(decision.cost.total, 'USD')} in all: ",
        f"{percent(decision.chance_of_target)} likely to meet the target, expected value ",
        "GO: ",
        "would save",
        "Runner-up VGG-16 costs",
        "for the same chance.",
    ):
        assert words in decision.why


def test_a_project_that_buys_nothing_trains_on_what_it_holds() -> None:
    """Held images are free."""
    plan = _plan(_project("own", images=Images(held=4_000, limit=4_000, price=5.0)))
    assert plan.decisions[0].images_to_buy == 0
    assert _why(plan, "own").startswith("Trains on the 4,000 images held with ResNet-50 for ")
    assert "Stopping at" not in _why(plan, "own")


@pytest.mark.parametrize(
    ("project", "rules", "reason"),
    [
        (_project("x", target_error=0.8), (), "most frequent class already has an error of 75 %"),
        (
            _project("x", target_error=0.001),
            (),
            "below the 30 % from which a project may be",
        ),
        (_project("x", min_chance=0.999), (), "below the min_chance of 99.9 % you set"),
        (_project("x", value=1.0, images=NONE_HELD), (), "no option pays. The best expects "),
        (_project("x"), (Skip("rules[0]: skip x", ("x",)),), "Not funded: rules[0]: skip x."),
        (
            _project("x", value=500.0),
            (Exclusive("e", ("x", "y")),),
            "with the other projects chosen, it would break e",
        ),
        (
            _project("x", value=700.0, images=NONE_HELD),
            (),
            "the budget earns more elsewhere. Its best option costs",
        ),
    ],
)
def test_a_project_not_funded_says_why(
    project: Project, rules: tuple[ProjectRule, ...], reason: str
) -> None:
    """Trivial target, chance, own threshold, value, rules and budget each have their words."""
    dear = Images(held=0, limit=60_000, price=2.0)
    rival = _project("y", images=dear, target_error=0.09, value=1e6)
    plan = _plan(project, rival, rules=rules, budget=400.0 if project.value == 700.0 else 5_000.0)
    assert plan.decisions[0].verdict is Verdict.NO_GO
    assert plan.decisions[0].cost.total == 0.0
    assert plan.decisions[0].images_total == project.images.held
    assert reason in _why(plan, "x")


def test_a_project_that_earns_well_but_does_not_fit_says_so() -> None:
    """A rate above the budget's price is not called outbid: it is too large for what is left."""
    fixed = Images(held=0, limit=10, price=0.0, fixed_cost=600.0)
    projects = [
        _project(name, images=fixed, classes=2, target_error=0.3, value=value)
        for name, value in (("a", 90_000.0), ("b", 80_000.0))
    ]
    plan = _plan(*projects, budget=1_000.0)
    assert "does not fit beside projects that earn more together" in _why(plan, "b")
    assert "than is left" in _why(plan, "b")


def test_a_project_dearer_than_the_whole_budget_says_so() -> None:
    """Nobody else is in its way: with no budget at all, only the budget is named."""
    plan = _plan(_project("a", images=NONE_HELD), budget=0.0)
    assert "costs" in _why(plan, "a")
    assert "more than the whole budget" in _why(plan, "a")
    assert "elsewhere" not in _why(plan, "a")


def test_leftover_says_what_the_next_step_costs_and_adds() -> None:
    """The next step has a price and a worth; where nothing pays, that is said."""
    short = _plan(_project("a"), budget=400.0)
    assert "no step that pays fits in it: the next one (a to " in short.notes[0]
    assert "points of chance, worth about" in short.notes[0]
    rich = _plan(_project("a"), budget=1e9)
    assert rich.notes[0].endswith("is left and nothing more pays, at any budget.")
    assert rich.budget.shadow_price == 0.0
    ruled = _plan(_project("a"), _project("b"), budget=1e9, rules=(Skip("s", ("b",)),))
    assert "nothing more that the rules allow pays" in ruled.notes[0]


def test_without_values_the_plan_maximises_targets_met_and_says_so() -> None:
    """No objective and no values: expected targets, value 0, net value minus cost."""
    plan = _plan(_project("a", value=None), _project("b", value=None), budget=300.0)
    assert plan.objective is not None
    assert plan.objective.kind is Objective.TARGETS_MET
    assert plan.objective.value == pytest.approx(sum(d.chance_of_target for d in plan.decisions))
    assert "expected number of targets met" in plan.notes[1]
    assert "expected value" not in plan.decisions[0].why
    assert plan.decisions[0].expected_value == 0.0
    assert plan.decisions[0].expected_net_value == -plan.decisions[0].cost.total


@pytest.mark.parametrize("objective", list(Objective))
def test_held_out_value_is_the_objective_on_the_other_half(objective: Objective) -> None:
    """The audit recomputes the plan on the draws the solve never saw."""
    plan = _plan(_project("a"), _project("b", value=9_000.0), objective=objective)
    total = 0.0
    for decision in plan.decisions:
        forecast = build_forecast(_project(decision.project), MODEL)
        chance = forecast.chance(
            0.1, [decision.images_total], decision.architecture, rows=forecast.audit_rows
        )[0]
        value = chance * (60_000.0 if decision.project == "a" else 9_000.0)
        errors = forecast.error_draws(
            [decision.images_total], decision.architecture, rows=forecast.audit_rows
        )
        total += {
            Objective.TARGETS_MET: chance,
            Objective.VALUE: value,
            Objective.NET_VALUE: value - decision.cost.total,
            Objective.ACCURACY: forecast.project.majority_guess_error - errors.mean(),
        }[objective]
    assert plan.audit is not None
    assert plan.audit.held_out_value == pytest.approx(total)
    assert plan.audit.held_out_draws == 400


def test_a_rule_overrules_thresholds_but_not_min_chance() -> None:
    """A fund rule lets an unlikely or trivial project in; min_chance still binds."""
    rules = (Fund("f", ("hard", "trivial")),)
    hard = _project("hard", target_error=0.004, value=100.0)
    trivial = _project("trivial", target_error=0.8)
    plan = _plan(hard, trivial, rules=rules)
    assert [d.verdict for d in plan.decisions] == [Verdict.PILOT, Verdict.GO]
    assert plan.decisions[1].chance_of_target == 1.0
    assert "LOW_CHANCE" in {w.code for w in plan.warnings}
    strict = _plan(replace(hard, min_chance=0.9, relative_complexity=np.nan), trivial, rules=rules)
    assert strict.status == "infeasible"
    assert strict.conflict == ("f", "projects[hard].min_chance")
    assert strict.budget.left == 5_000.0


def _menu(project: Project, *, demanded: bool) -> Menu:
    priced = make_options(project.id, [1], [0.5])
    forecast = build_forecast(_project("x"), MODEL)
    return Menu(project, forecast, (), priced, demanded, 0.0 if demanded else 0.6)


def test_after_a_pilot_there_is_no_second_pilot() -> None:
    """With a pilot a funded project is GO; below go_chance it carries a warning."""
    piloted = _project("p", pilots=(Pilot(1_000, 0.2),))
    ruling = rule_on(_menu(piloted, demanded=True), 0.45, Portfolio())
    assert ruling.verdict is Verdict.GO
    assert [w.code for w in ruling.warnings] == ["BELOW_GO_CHANCE"]
    assert not _menu(piloted, demanded=False).eligible(None).any()


def test_thresholds_of_the_file_decide_the_verdict() -> None:
    """go_chance and pilot_chance are settings, and their edges belong to the better verdict."""
    portfolio = Portfolio(go_chance=0.8, pilot_chance=0.5)
    menu = _menu(_project("x"), demanded=False)
    verdicts = [rule_on(menu, chance, portfolio).verdict for chance in (0.8, 0.79, 0.5)]
    assert verdicts == [Verdict.GO, Verdict.PILOT, Verdict.PILOT]


def test_ranges_of_prices_spread_the_cost_but_not_what_is_committed() -> None:
    """Committed is the mean to the cent; the draws know the range, of data and of compute."""
    sure = _plan(_project("a"))
    assert sure.risk is not None
    assert sure.risk.cost.p10 == sure.risk.cost.p90 == sure.budget.committed
    ranged = _project("a", images=Images(held=500, limit=40_000, price=Range(0.2, 0.45)))
    for plan in (
        _plan(ranged),
        _plan(ranged, compute=Compute(usd_per_hour=Range(1.0, 4.0))),
        _plan(_project("a"), compute=Compute(utilisation=Range(0.2, 0.4), epochs=1e5)),
        _plan(_project("a"), compute=Compute(basis=Basis.PAPER, usd_per_flop=Range(1e-17, 9e-17))),
    ):
        assert plan.risk is not None
        assert plan.risk.cost.p10 < plan.risk.cost.p90 <= plan.risk.cost.cvar90
        assert plan.risk.cost.mean == pytest.approx(plan.budget.committed, rel=0.2)


def test_warnings_come_once_and_say_that_architectures_do_not_matter() -> None:
    """A model without an architecture term leaves the choice to price; that is said once."""
    plan = _plan(_project("a"), _project("b"))
    assert [w.code for w in plan.warnings].count("ARCHITECTURE_DOMINATED") == 1
    one = _plan(_project("a", architectures=("VGG-16",)))
    assert "ARCHITECTURE_DOMINATED" not in {w.code for w in one.warnings}
    assert "Runner-up" not in _why(one, "a")


def test_options_are_those_the_plan_chose_from() -> None:
    """The report lists every option once, and the decision is among them with its numbers."""
    portfolio = Portfolio(projects=(_project("a"), _project("b", target_error=0.8)), budget=800.0)
    report = options_report(portfolio, MODEL, CATALOGUE)
    rows = report["options"]
    assert isinstance(rows, list)
    keys = [(r["project"], r["architecture"], r["images_total"]) for r in rows]
    assert len(set(keys)) == len(keys)
    assert {key[0] for key in keys} == {"a"}
    assert {key[1] for key in keys} == set(TWO)
    decision = build_plan(portfolio, MODEL, CATALOGUE).decisions[0]
    row = rows[keys.index(("a", decision.architecture, decision.images_total))]
    assert row["cost_total"] == decision.cost.total
    assert row["chance_of_target"] == decision.chance_of_target
    assert row["expected_net_value"] == decision.expected_net_value
    json.dumps(report, allow_nan=False)


def test_options_need_no_budget_and_no_plan() -> None:
    """Without a budget the grid is refined where an option is worth most."""
    portfolio = Portfolio(projects=(_project("a"),))
    forecasts = {"a": build_forecast(portfolio.projects[0], MODEL)}
    (menu,) = build_menus(portfolio, forecasts, CATALOGUE)
    levels = np.unique(menu.options.images_total)
    assert len(levels) >= 20
    assert levels[0] >= 500
    assert levels[-1] == 40_000
    assert menu.forecast is forecasts["a"]


def test_assumptions_say_what_was_not_decided_by_the_reader() -> None:
    """Settings, price sources with dates, draws and the defaults that were used."""
    plan = _plan(_project("a"))
    assumptions = plan.assumptions
    assert assumptions["objective"] == "net_value"
    assert assumptions["go_chance"] == 0.6
    prices = assumptions["training_prices"]
    assert isinstance(prices, dict)
    assert list(prices) == ["ResNet-50"]
    assert "A100 40GB" in prices["ResNet-50"]
    defaults = assumptions["defaults_used"]
    assert isinstance(defaults, list)
    assert "portfolio.go_chance" in defaults
    portfolio = Portfolio(
        projects=(_project("a"),),
        compute=Compute(basis=Basis.PAPER),
        given=frozenset({"compute.basis", "portfolio.go_chance"}),
    )
    listed = list_assumptions(portfolio, MODEL, Objective.VALUE, seed=0, gap=1e-6)
    assert listed["compute"] == {"basis": "paper", "epochs": 50, "trials": 1, "usd_per_flop": 3e-11}
    left = listed["defaults_used"]
    assert isinstance(left, list)
    assert not {"compute.basis", "portfolio.go_chance"} & set(left)


def test_values_are_needed_by_objectives_that_add_them_up() -> None:
    """Every project without a value is named."""
    projects = (_project("a"), _project("b", value=None), _project("c", value=None))
    for objective in (None, Objective.NET_VALUE, Objective.VALUE):
        with pytest.raises(InputError, match=r"projects\[b\]\.value") as caught:
            resolve_objective(Portfolio(projects=projects, objective=objective))
        assert len(caught.value.problems) == 2
    asked = Portfolio(projects=projects, objective=Objective.TARGETS_MET)
    assert resolve_objective(asked) is Objective.TARGETS_MET


def test_what_cannot_be_planned_is_refused_all_at_once() -> None:
    """No budget, double ids and rules about nobody are named together."""
    with pytest.raises(InputError, match="a plan needs a budget") as caught:
        _plan(
            _project("a"),
            _project("a"),
            budget=None,
            rules=(Require("r", "a", "ghost"), Skip("s", ("ghost", "ghost"))),
        )
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["DUPLICATE_ID", "UNKNOWN_PROJECT", "UNKNOWN_PROJECT", "MISSING_BUDGET"]
    with pytest.raises(InputError, match="there is no project to plan"):
        _plan()


@pytest.mark.parametrize("budget", [-1.0, float("nan"), float("inf")])
def test_a_budget_is_a_finite_amount(budget: float) -> None:
    """NaN, infinite and negative budgets are refused, not planned."""
    with pytest.raises(InputError, match="a budget is a finite amount of at least 0"):
        _plan(_project("a"), budget=budget)


@pytest.mark.parametrize(("gap", "seconds"), [(-1e-6, 1.0), (float("nan"), 1.0), (0.1, -1.0)])
def test_limits_of_the_search_are_checked(gap: float, seconds: float) -> None:
    """A negative or NaN gap or time limit names its flag."""
    portfolio = Portfolio(projects=(_project("a"),), budget=1.0)
    with pytest.raises(InputError, match="expected a number of at least 0"):
        build_plan(portfolio, MODEL, CATALOGUE, gap=gap, time_limit_s=seconds)


def test_budgets_are_whole_cents_rounded_down() -> None:
    """A fraction of a cent cannot be spent, and decimal amounts are read as written."""
    assert budget_to_cents(0.29) == 29
    assert budget_to_cents(1e12) == 10**14
    assert budget_to_cents(10.999) == 1099


@pytest.mark.parametrize("budget", [0.0, 0.01, 1e12, 1e300])
def test_extreme_budgets_are_answered(budget: float) -> None:
    """Nothing to spend, or more than everything costs."""
    plan = _plan(_project("a"), _project("b"), budget=budget)
    assert plan.status == "optimal"
    assert json.loads(plan.to_json())["budget"]["left"] >= 0


def test_the_package_level_plan_is_this_plan() -> None:
    """``planner.plan`` and ``planner.options`` are the same functions with the shipped tables."""
    portfolio = Portfolio(projects=(_project("a"),), budget=500.0)
    assert (
        planner.plan(portfolio, MODEL).to_json()
        == build_plan(portfolio, MODEL, CATALOGUE).to_json()
    )
    assert planner.options(portfolio, MODEL) == options_report(portfolio, MODEL, CATALOGUE)
