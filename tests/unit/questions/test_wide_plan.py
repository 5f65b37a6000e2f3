"""Plans with shared assets, periods, caps and measures of risk: what each of them promises."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import (
    AtLeast,
    Committed,
    Fund,
    Gives,
    Hold,
    Period,
    Portfolio,
    RiskPreference,
    SharedAsset,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.quantities import Range
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Mode, Objective, Verdict
from planner.errors import InputError
from planner.forecasting.forecast import build_forecast
from planner.planning.plan import build_plan
from planner.planning.prepare import prepare, solve_prepared
from planner.questions.options_report import options_report
from planner.reference.tables import load_catalogue
from planner.testing import assert_plan_is_consistent, synthetic_hierarchy, synthetic_posterior

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = synthetic_posterior(400, seed=3)
CATALOGUE = load_catalogue()
CVAR = RiskPreference(measure="cvar", level=0.9, weight=0.5)
HALVES = (Period(id="h1", budget=2_500.0), Period(id="h2", budget=2_500.0))


def _project(name: str, **changes: Any) -> Project:
    settings: dict[str, Any] = {
        "classes": 4,
        "target_error": 0.1,
        "images": Images(held=500, limit=40_000, price=0.3),
        "value": 60_000.0,
        "architectures": ("ResNet-50",),
    }
    return Project(id=name, **{**settings, **changes})


POOL = SharedAsset(
    id="pool",
    kind="dataset",
    members=("a", "b"),
    fixed_cost=500.0,
    images=Images(held=100, limit=20_000, price=0.2, fixed_cost=40.0),
)
BASE = SharedAsset(
    id="base",
    kind="base_model",
    members=("a", "b"),
    required=False,
    fixed_cost=700.0,
    gives=Gives(pretrained=True, training_discount=0.4),
)


def _portfolio(*projects: Project, **settings: Any) -> Portfolio:
    return Portfolio(**{"projects": projects, "budget": 5_000.0, **settings})


def _plan(portfolio: Portfolio, **settings: Any) -> Plan:
    plan = build_plan(portfolio, MODEL, CATALOGUE, **settings)
    assert_plan_is_consistent(plan, portfolio)
    return plan


def test_a_pool_pays_for_the_largest_need_not_the_sum() -> None:
    """Two members that take as much share one purchase; neither labels images of its own."""
    portfolio = _portfolio(_project("a"), _project("b"), shared=(POOL,), budget=3_000.0)
    plan = _plan(portfolio)
    (asset,) = plan.shared
    assert all("of them shared" in decision.why for decision in plan.decisions)
    assert [decision.images_to_buy for decision in plan.decisions] == [0, 0]
    need = max(d.images_total - 500 - d.images_to_buy for d in plan.decisions)
    assert asset.cost == pytest.approx(500 + 40 + 0.2 * (need - 100))
    assert asset.images == need
    assert sum(asset.shares.values()) == pytest.approx(asset.cost)
    assert "its share is" in plan.decisions[0].why


def test_an_asset_no_member_can_bear_alone_is_bought_when_they_share_it() -> None:
    """A required asset dearer than each project's gain keeps one out and lets two in."""
    dear = SharedAsset(id="store", kind="dataset", members=("a", "b"), fixed_cost=40_000.0)
    weak = {"value": 50_000.0, "target_error": 0.15}
    one = _plan(
        _portfolio(_project("a", **weak), budget=1e6, shared=(replace(dear, members=("a",)),))
    )
    two = _plan(
        _portfolio(_project("a", **weak), _project("b", **weak), budget=1e6, shared=(dear,))
    )
    alone = one.decisions[0]
    assert alone.verdict is Verdict.GO or "does not bear store (40,000)" in alone.why
    if alone.verdict is Verdict.NO_GO:
        assert all(d.verdict is not Verdict.NO_GO for d in two.decisions)
    assert two.shared[0].in_core


def test_an_optional_base_model_is_bought_only_where_it_pays() -> None:
    """Its price decides; a project that uses it is forecast from pretrained weights."""
    scratch = [_project(name, pretrained=False, value=20_000.0) for name in "ab"]
    cheap = _plan(_portfolio(*scratch, shared=(BASE,)))
    dear = _plan(_portfolio(*scratch, shared=(replace(BASE, fixed_cost=1e6),)))
    assert cheap.shared[0].cost == 700.0
    assert dear.shared == ()
    used = cheap.decisions[0]
    assert used.assets == ("base",)
    forecast = build_forecast(replace(scratch[0], pretrained=True), MODEL)
    chance = forecast.chance(0.1, [used.images_total], used.architecture, rows=forecast.solve_rows)[
        0
    ]
    assert used.chance_of_target == chance


def test_pilots_keep_what_they_started_from_when_a_base_model_changes_the_start() -> None:
    """A pilot from scratch stays one: the pretrained forecast differs from the scratch forecast."""
    model = synthetic_hierarchy(200)
    runs = (Pilot(1_000, 0.3),)
    project = _project("a", pretrained=False, pilots=runs, architectures=("ResNet-50",))
    portfolio = _portfolio(project, shared=(replace(BASE, members=("a",)),))
    menu = prepare(portfolio, model, CATALOGUE).menus[0]
    without, using = menu.ways
    assert not without.forecast.project.pretrained
    assert using.forecast.project.pretrained
    assert [pilot.pretrained for pilot in using.forecast.project.pilots] == [False]


def test_starts_respect_earliest_and_periods_their_budgets() -> None:
    """What starts and is bought in a period is within its budget; ties start early."""
    late = _project("b", earliest="h2")
    plan = _plan(_portfolio(_project("a"), late, budget=None, periods=HALVES))
    assert [decision.start for decision in plan.decisions] == ["h1", "h2"]
    assert all(period.committed <= period.budget for period in plan.periods)
    assert plan.budget.limit == 5_000.0
    assert sum(p.committed for p in plan.periods) == pytest.approx(plan.budget.committed)


def test_later_money_counts_at_its_present_value() -> None:
    """Worth and cost of the second half of two years are divided by 1 + r."""
    project = _project("a", earliest="h2")
    flat = _portfolio(project, periods=HALVES, horizon_years=2.0)
    plain, discounted = _plan(flat), _plan(replace(flat, discount_rate=0.25))
    before, after = plain.decisions[0], discounted.decisions[0]
    assert after.expected_value == pytest.approx(after.chance_of_target * 60_000 / 1.25, rel=1e-12)
    assert after.expected_cost == pytest.approx(after.cost.total / 1.25)
    assert before.expected_cost == pytest.approx(before.cost.total)
    assert discounted.risk is not None
    assert plain.risk is not None
    assert discounted.risk.cost.mean == discounted.budget.committed


def test_caps_commit_more_than_is_spent_in_the_mean() -> None:
    """Spend stops at the need; chance is the share of draws whose need is within the cap."""
    portfolio = _portfolio(_project("a"), mode=Mode.STOP_WHEN_REACHED)
    plan = _plan(portfolio)
    decision = plan.decisions[0]
    forecast = build_forecast(portfolio.projects[0], MODEL)
    need = np.ceil(forecast.data_needed_draws(0.1, "ResNet-50")[forecast.solve_rows])
    assert decision.chance_of_target == pytest.approx(np.mean(need <= decision.images_total))
    labelled = np.clip(need - 500, 0, decision.images_total - 500)
    assert decision.expected_cost == pytest.approx(0.3 * labelled.mean(), abs=1.0)
    assert decision.expected_cost < decision.cost.total
    assert plan.risk is not None
    assert plan.risk.cost.mean < plan.budget.committed
    assert plan.risk.chance_over_budget == 0.0


@pytest.mark.parametrize("hold", [Hold(chance=0.8), Hold(cvar=0.7)])
def test_a_budget_that_holds_random_spend_lets_the_caps_exceed_it(hold: Hold) -> None:
    """The chance or CVaR holds on held-out draws, with its interval, and more value is planned."""
    portfolio = _portfolio(
        _project("a"), _project("b"), budget=2_000.0, mode=Mode.STOP_WHEN_REACHED
    )
    caps, held = _plan(portfolio), _plan(replace(portfolio, hold=hold))
    assert held.risk is not None
    assert held.risk.hold is not None
    assert held.objective is not None
    assert caps.objective is not None
    assert held.objective.value >= caps.objective.value - 1e-6
    assert held.budget.committed > 2_000.0
    if hold.chance is not None:
        assert held.risk.hold.holds
        assert held.risk.hold.interval is not None
        assert held.risk.hold.interval.low < held.risk.hold.reached < held.risk.hold.interval.high
        assert held.risk.hold.reached == pytest.approx(1 - held.risk.chance_over_budget)


def test_a_hold_in_commit_mode_is_refused() -> None:
    """Spend that is certain has no distribution to hold."""
    with pytest.raises(InputError, match="hold"):
        _plan(_portfolio(_project("a"), hold=Hold(chance=0.9)))


def test_committed_leaves_what_is_decided_and_counts_its_cost() -> None:
    """Architecture and images are those decided, below every threshold."""
    rule = Committed("rules[0]: a is decided", "a", "resnet50", 1_234)
    plan = _plan(_portfolio(_project("a", target_error=0.02), _project("b"), rules=(rule,)))
    decision = plan.decisions[0]
    assert (decision.architecture, decision.images_total) == ("ResNet-50", 1_234)
    assert decision.cost.data == pytest.approx(0.3 * 734)
    assert decision.verdict is Verdict.PILOT


def test_a_committed_architecture_joins_the_candidates() -> None:
    """What is decided need not be among the architectures on offer."""
    rule = Committed("c", "a", "VGG-16")
    plan = _plan(_portfolio(_project("a"), rules=(rule,)))
    assert plan.decisions[0].architecture == "VGG-16"


def test_shares_of_units_are_exact() -> None:
    """The unit's own cents are at most their share of all own cents, and reported."""
    projects = [_project(name, unit=unit) for name, unit in zip("abc", "xxy", strict=True)]
    rule = UnitShare("rules[0]: x at most 30%", "x", max_share=0.3)
    plan = _plan(_portfolio(*projects, rules=(rule,)))
    x, y = plan.units
    assert 10 * round(100 * x.committed) <= 3 * round(100 * plan.budget.committed)
    assert (x.projects, y.projects) == (2, 1)


def test_at_least_is_kept_although_nothing_pays() -> None:
    """A count that must be reached funds the cheapest that may be funded."""
    projects = [_project(n, value=1.0, images=Images(limit=9_000, price=0.3)) for n in "abc"]
    plan = _plan(_portfolio(*projects, rules=(AtLeast("r", 2, ("a", "b", "c")),)))
    assert sum(d.verdict is not Verdict.NO_GO for d in plan.decisions) == 2


def test_caution_gives_up_expectation_for_the_tail() -> None:
    """Against the plan of the best expectation: never more mean, never a worse tail."""
    projects = [_project("a", value=9_000.0), _project("b", value=5_000.0, target_error=0.07)]
    portfolio = _portfolio(*projects, risk=RiskPreference(measure="cvar", level=0.9, weight=1.0))
    plan = _plan(portfolio)
    assert plan.risk is not None
    assert plan.risk.caution is not None
    assert plan.risk.caution.expected_given_up >= 0
    assert plan.risk.caution.tail_gained >= 0
    bold = _plan(replace(portfolio, risk=RiskPreference()))
    assert bold.risk is not None
    assert bold.risk.caution is None
    assert plan.audit is not None
    assert plan.objective is not None
    assert plan.objective.value <= sum(d.expected_net_value for d in plan.decisions) + 1e-6


def test_the_mix_with_no_weight_on_the_tail_is_the_expectation() -> None:
    """Weight 0 plans what the expectation plans, through the other engine."""
    portfolio = _portfolio(_project("a"), _project("b", value=5_000.0))
    plain = _plan(portfolio)
    mixed = _plan(replace(portfolio, risk=RiskPreference(measure="cvar", weight=0.0)))
    assert plain.objective is not None
    assert mixed.objective is not None
    assert mixed.objective.value == pytest.approx(plain.objective.value, rel=1e-9)


def test_price_ranges_are_committed_at_their_mean_under_cvar_too() -> None:
    """The solve's price draws have the mean that is committed, so expectations agree."""
    ranged = _project("a", images=Images(held=500, limit=40_000, price=Range(0.2, 0.5)))
    portfolio = _portfolio(ranged, risk=CVAR)
    prepared = prepare(portfolio, MODEL, CATALOGUE)
    outcomes = prepared.problem.outcomes
    assert outcomes is not None
    each = np.full(outcomes.n_draws, 1 / outcomes.n_draws)
    assert outcomes.spend_at(each) == pytest.approx(prepared.problem.cents, rel=1e-9)
    assert np.ptp(outcomes.spend_draws(np.array([len(prepared.problem) - 1]))) > 0


def test_the_spread_is_shared_where_coefficients_alone_vary() -> None:
    """Without residual noise all variance is shared; with the same coefficients none is."""
    portfolio = _portfolio(_project("a"), budget=1_000.0)
    for model, low, high in (
        (synthetic_posterior(4_000, sigma=1e-6), 0.999, 1.0),
        (synthetic_posterior(4_000, spread=0.0), 0.0, 0.1),
    ):
        plan = build_plan(portfolio, model, CATALOGUE)
        assert plan.risk is not None
        assert plan.risk.split is not None
        assert low <= plan.risk.split.shared_share <= high
        total = plan.risk.split.shared_sd**2 + plan.risk.split.luck_sd**2
        assert total > 0


def _names(plan: Plan) -> tuple[str, ...]:
    assert plan.status == "infeasible"
    return plan.conflict


def _fixed(portfolio: Portfolio, **changes: Any) -> bool:
    return _plan(replace(portfolio, **changes)).status != "infeasible"


def test_a_conflict_names_asset_and_budget_and_its_budget_fix_works() -> None:
    """An asset dearer than the budget is to blame only where a rule demands a member."""
    portfolio = _portfolio(
        _project("a"),
        budget=100.0,
        shared=(replace(POOL, members=("a",)),),
        rules=(Fund("f", ("a",)),),
    )
    plan = _plan(portfolio)
    assert _names(plan) == ("f", "shared[pool]", "budget")
    least = next(fix.value for fix in plan.fixes if fix.flag == "--budget")
    assert isinstance(least, float)
    assert _fixed(portfolio, budget=least)
    assert not _fixed(portfolio, budget=least - 0.01)
    assert _fixed(portfolio, shared=())


def test_a_conflict_names_the_period_that_is_too_small() -> None:
    """A demanded project that starts in a period without money for it; the fix gives it enough."""
    images = Images(held=0, limit=10_000, price=1.0, fixed_cost=300.0)
    periods = (Period(id="h1", budget=5_000.0), Period(id="h2", budget=10.0))
    portfolio = _portfolio(
        _project("a", images=images, earliest="h2"), periods=periods, rules=(Fund("f", ("a",)),)
    )
    plan = _plan(portfolio)
    assert _names(plan) == ("f", "periods[h2]")
    least = next(fix.value for fix in plan.fixes if fix.field and "h2" in fix.field)
    assert isinstance(least, float)
    enough = (periods[0], replace(periods[1], budget=least))
    assert _fixed(portfolio, periods=enough)
    assert not _fixed(portfolio, periods=(periods[0], replace(periods[1], budget=least - 0.01)))


def test_a_conflict_names_shares_of_units_and_commitments() -> None:
    """A unit that may have nothing, and a project of it that is decided."""
    rules = (Committed("c", "a", images=2_000), UnitShare("u", "x", max_share=0.0))
    plan = _plan(_portfolio(_project("a", unit="x"), rules=rules))
    assert _names(plan) == ("c", "u")
    assert {fix.text for fix in plan.fixes} == {"drop c", "drop u"}


def test_a_conflict_under_a_held_budget_offers_a_budget_that_works() -> None:
    """Where the budget holds random spend the fix is the least CVaR of what is demanded."""
    images = Images(held=0, limit=10_000, price=1.0, fixed_cost=300.0)
    portfolio = _portfolio(
        _project("a", images=images),
        budget=10.0,
        mode=Mode.STOP_WHEN_REACHED,
        hold=Hold(cvar=0.8),
        rules=(Fund("f", ("a",)),),
    )
    plan = _plan(portfolio)
    assert _names(plan) == ("f", "budget")
    least = next(fix.value for fix in plan.fixes if fix.flag == "--budget")
    assert isinstance(least, float)
    assert _fixed(portfolio, budget=least + 0.01)
    assert not _fixed(portfolio, budget=0.9 * least)


def test_the_options_report_says_what_uses_what() -> None:
    """Start, assets and pool images of each option, and what each asset costs by need."""
    portfolio = _portfolio(_project("a"), _project("b"), shared=(POOL, BASE), periods=HALVES)
    report: Mapping[str, Any] = options_report(portfolio, MODEL, CATALOGUE)
    assert {row["start"] for row in report["options"]} == {"h1", "h2"}
    assert {tuple(row["uses"]) for row in report["options"]} == {("pool",), ("pool", "base")}
    pool = next(asset for asset in report["assets"] if asset["id"] == "pool")
    costs = [row["cost"] for row in pool["costs"]]
    assert costs == sorted(costs)
    assert costs[0] == 500.0
    row = report["options"][-1]
    taken = row["pool_images"]["pool"]
    assert row["images_to_buy"] == row["images_total"] - 500 - taken


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": 0.0},
        {"budget": 1e12},
        {"projects": (_project("a", target_error=1e-6),)},
        {"projects": (_project("a", value=0.0),)},
        {"projects": tuple(_project(name) for name in "abcdef")},
        {"projects": (_project("a", images=Images(limit=40_000, price=0.0)),)},
        {"projects": (_project("a", images=Images(limit=40_000, price=1e7)),)},
        {"objective": Objective.TARGETS_MET},
        {"objective": Objective.VALUE},
    ],
)
@pytest.mark.parametrize("risk", [RiskPreference(), CVAR], ids=["mean", "cvar"])
def test_extreme_portfolios_are_answered(changes: dict[str, Any], risk: RiskPreference) -> None:
    """Nothing to spend, nothing likely, nothing worth it, all alike, free or beyond all price."""
    members = tuple(project.id for project in changes.get("projects", (_project("a"),)))
    asset = SharedAsset(id="s", kind="dataset", members=members[:1], fixed_cost=3.0)
    settings = {"projects": (_project("a"),), "budget": 900.0, **changes}
    plan = _plan(Portfolio(**settings, risk=risk, shared=(asset,)))
    assert plan.status == "optimal"
    assert len(plan.decisions) == len(members)


def test_a_solution_under_another_budget_maps_back_to_a_plan() -> None:
    """Prepared once, solved twice; every option says which project, level and start it is."""
    portfolio = _portfolio(_project("a"), _project("b", value=9_000.0), shared=(POOL,))
    prepared = prepare(portfolio, MODEL, CATALOGUE)
    small = solve_prepared(prepared, budget_cents=60_000)
    large = solve_prepared(prepared)
    assert small.value <= large.value
    keys = [prepared.option(int(number)) for number in large.options]
    assert [key.project for key in keys] == ["a", "b"]
    assert all(key.uses == ("pool",) and key.architecture == "ResNet-50" for key in keys)


@pytest.mark.slow
def test_same_inputs_give_the_same_bytes() -> None:
    """Twice the same plan, whatever is shared and measured."""
    portfolio = _portfolio(
        _project("a"), _project("b"), shared=(POOL, BASE), risk=CVAR, periods=HALVES
    )
    assert _plan(portfolio).to_json() == _plan(portfolio).to_json()


def test_the_share_of_a_unit_is_the_one_its_rule_counts() -> None:
    """Shares of shared assets are committed by the unit, but are not its own spend."""
    plan = _plan(
        _portfolio(
            _project("a", unit="x"), _project("b", unit="y"),
            shared=(SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=500.0),),
        )
    )  # fmt: skip
    x, y = plan.units
    assert x.own is not None
    assert y.own is not None
    assert x.own == pytest.approx(x.committed - 500.0)
    assert y.own == y.committed
    assert x.own_share == pytest.approx(x.own / (x.own + y.own))
