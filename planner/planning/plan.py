"""From a portfolio and a fitted model to an audited plan with its reasons."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner._version import __version__
from planner.domain.catalogue import Catalogue
from planner.domain.facts.time_limit import Beside
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.echo import echo_inputs
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.audit import AuditResult
from planner.domain.results.plan import (
    Decision,
    DecisionRanges,
    ObjectiveResult,
    Plan,
    Spread,
    Warning_,
)
from planner.domain.results.risk import Caution, RiskResult
from planner.domain.results.spending import BudgetResult, PeriodSpend, UnitSpend
from planner.domain.vocabulary import Covers, Objective, Status, Verdict
from planner.domain.words.assumptions import ACCURACY_COUNTED
from planner.domain.words.leftover import leftover_words
from planner.domain.words.plan_warnings import TARGETS_COUNTED, hold_missed
from planner.domain.words.shared_cost import split_words
from planner.economics.amounts import budget_to_cents
from planner.economics.life.left_out import not_included, uses_life
from planner.errors import NotConvergedError
from planner.forecasting.forecast import ForecastOf, build_forecast
from planner.offering.deadline import NEVER, Deadline, deadline_in
from planner.offering.effort import SECOND, Allowance, OutOfEffortError
from planner.offering.objective import require_search_limits
from planner.offering.problem import Solution
from planner.offering.steps import owned_images
from planner.planning.assumptions import list_assumptions, training_prices
from planner.planning.audit import period_cents, require_sound
from planner.planning.baselines import baseline_warning, judged, simple_plans
from planner.planning.conflict.case import why_infeasible
from planner.planning.conflict.smallest import Conflict
from planner.planning.decide import decide
from planner.planning.held_out import HeldOut
from planner.planning.judge import judge_caution, judge_distance, judge_ranges, unseen_worth
from planner.planning.life import decision_life, plan_life
from planner.planning.pilots.first import with_first_runs
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.budget_price import budget_price, dual_price
from planner.planning.reasons.projects import SolvedScene, leftover
from planner.planning.reasons.standing import standing_warnings, unique_warnings
from planner.planning.sharing import Purchase, purchases, shared_result, split
from planner.planning.stopped import stop_warnings
from planner.solving.measures import standard_error
from planner.tasks import SERIAL, Tasks

SEARCH_SHARE = 0.7
"""Of the time asked for, where any was, for the plan; the rest is for the answers beside it."""
PRICE_SHARE, CAUTION_SHARE = 0.4, 0.5
"""Of what is left, for what more budget is worth, then for what caution costs."""
LEAST_WORK = 0.5 * SECOND
"""For the plan, whatever the time limit."""
JUDGING_S = 0.7
"""What follows the searches takes some such time for a usual file: audit, reasons, ranges."""


def build_plan(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    gap: float | None = None,
    time_limit_s: float | None = None,
    replications: int = 0,
    forecast_of: ForecastOf = build_forecast,
    measures: bool = False,
    tasks: Tasks = SERIAL,
) -> Plan:
    """Choose architectures and images for a portfolio under its budget and rules.

    The choice maximises the objective on the solve's draws: ``net_value`` the sum of expected net
    values less the cost of shared assets (money may stay unspent), ``value`` the sum of expected
    values, ``targets_met`` the sum of chances of target, ``accuracy`` what projects are expected to
    cut off the error of doing without them; or the portfolio's measure of risk of
    the same.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget, in total or by period.
    posterior : Posterior
        Whose joint draws to plan on; the first half of its chains serves the solve, the other the
        audit.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Fixes project luck and price draws.
    gap : float, optional
        Relative gap to the proven bound at which the search may stop; without one, a quarter of
        the standard error that the draws leave on the plan's worth, at least 1e-4.
    time_limit_s : float, optional
        Seconds for all that follows once the options are priced: the best plan found in them is
        returned, and answers beside it that they leave no time for are left out and named. None
        for no limit: counted work ends every search, and the clock is not looked at.
    replications : int, default=0
        Solves on batches of held-out draws that bound how far the plan is from the best one; at
        least 2, or 0 for none.
    forecast_of : ForecastOf, optional
        Who forecasts a project; the fitted model, unless another forecast is to be judged by the
        plans it leads to. Shared base models ask the fitted model in any case.
    measures : bool, default=False
        Also say which runs are worth making first.
    tasks : Tasks, optional
        Forecasts the projects of a large portfolio, in blocks, and runs the replications.

    Returns
    -------
    Plan
        Audited; ``infeasible``, with the conflict and its smallest fixes, if no plan keeps all
        rules.

    Raises
    ------
    InputError
        No budget, no projects, or values missing that the objective needs.
    AuditError
        The plan, recomputed without the solver, is not what the solver said.
    """
    require_search_limits(gap, time_limit_s)
    prepared = prepare(
        portfolio, posterior, catalogue, seed=seed, forecast_of=forecast_of, tasks=tasks
    )
    solution, plan = plan_prepared(
        prepared, gap=gap, time_limit_s=time_limit_s, replications=replications, tasks=tasks
    )
    if measures:
        plan = with_first_runs(plan, prepared, solution, timed=time_limit_s is not None)
    return plan


def plan_prepared(
    prepared: Prepared,
    *,
    gap: float | None = None,
    time_limit_s: float | None = None,
    replications: int = 0,
    tasks: Tasks = SERIAL,
) -> tuple[Solution, Plan]:
    """Return what the search found in a prepared portfolio, and the plan that it is.

    All else as in :func:`build_plan`.
    """
    deadline = deadline_in(time_limit_s).earlier(JUDGING_S)
    solution = solve_prepared(prepared, gap=gap, allowance=search_allowance(deadline))
    plan = plan_of(prepared, solution, deadline=deadline)
    if not replications or plan.audit is None:
        return solution, plan
    distance = judge_distance(prepared, solution, replications, deadline, tasks)
    if distance is None:
        late = stop_warnings(replace(solution, stop=""), deadline, [Beside.REPLICATIONS])
        return solution, replace(plan, warnings=(*plan.warnings, *late))
    return solution, replace(plan, audit=replace(plan.audit, replicated_gap=distance))


def search_allowance(deadline: Deadline, share: float = SEARCH_SHARE) -> Allowance:
    """Return what the search for a plan may use, with time left for the answers beside it."""
    return Allowance(deadline=deadline.after_share(share), least=LEAST_WORK)


def plan_of(prepared: Prepared, solution: Solution, *, deadline: Deadline = NEVER) -> Plan:
    """Return the audited plan that a solution is, or why there is none.

    Everything is recomputed from the chosen options; of the solution itself only bounds, prices
    and the claimed worth are used, the latter to be compared.

    Parameters
    ----------
    prepared : Prepared
        What was solved.
    solution : Solution
        What came out.
    deadline : Deadline
        Of the command, where a time limit was asked for.
    """
    empty = _empty_plan(prepared, solution.asked, deadline)
    if solution.status is Status.INFEASIBLE:
        conflict = _conflict(prepared, deadline)
        if conflict is None:
            late = stop_warnings(solution, deadline, [Beside.CONFLICT])
            return replace(empty, warnings=(*empty.warnings, *late))
        return replace(empty, conflict=conflict.names, fixes=conflict.fixes)
    return _filled(empty, prepared, solution, deadline)


def scene_of(
    prepared: Prepared, solution: Solution, shadow_price: float, deadline: Deadline
) -> SolvedScene:
    """Return a solved portfolio, recomputed without the solver, as the explanations look at it.

    Raises
    ------
    AuditError
        The plan, recomputed, is not what the solver said.
    """
    picks = prepared.layout.picks(solution.options)
    bought = _bought(prepared, solution, picks)
    tally = require_sound(prepared, picks, bought, claimed=solution.value, bound=solution.bound)
    splits = split(
        bought,
        link_prices(prepared, solution),
        in_money=prepared.objective is Objective.NET_VALUE,
    )
    audited = replace(
        solution,
        value=tally.value,
        bound=max(solution.bound, tally.value),
        committed_cents=tally.cents,
    )
    return SolvedScene(prepared, audited, picks, splits, shadow_price, deadline)


def _conflict(prepared: Prepared, deadline: Deadline) -> Conflict | None:
    """Return why there is no plan; None if the deadline came before that was known."""
    try:
        return why_infeasible(prepared, deadline)
    except (OutOfEffortError, NotConvergedError):
        if not deadline.has_passed():
            raise
        return None


def _bought(
    prepared: Prepared, solution: Solution, picks: Sequence[int | None]
) -> tuple[Purchase, ...]:
    """Return the shared assets, each paid when it is needed if the periods' budgets allow that.

    Else as the solution has it: what is needed later may be bought with money of an earlier
    period.
    """
    portfolio, options, layout = prepared.portfolio, prepared.options, prepared.layout
    late = purchases(portfolio, options, picks)
    spent = period_cents(portfolio, options, picks, late)
    pairs = zip(portfolio.periods, spent, strict=False)
    if all(cents <= budget_to_cents(period.budget) for period, cents in pairs):
        return late
    owned = owned_images(layout.ladders, solution.assets, layout.n_periods)
    return purchases(portfolio, options, picks, owned)


def link_prices(prepared: Prepared, solution: Solution) -> dict[tuple[str, str], float]:
    """Return the dual price of each project's links to each asset, in units of worth."""
    prices: dict[tuple[str, str], float] = {}
    if all(asset.split != "dual" for asset in prepared.portfolio.shared):
        return prices
    firsts = [ladder.first for ladder in prepared.layout.ladders]
    for row, price in zip(prepared.problem.rows, solution.row_prices.tolist(), strict=True):
        if row.rule or not len(row.options) or not len(row.assets):
            continue
        ladder = prepared.layout.ladders[bisect_right(firsts, int(row.assets[0])) - 1]
        key = (prepared.option(int(row.options[0])).project, ladder.asset.id)
        prices[key] = prices.get(key, 0.0) + price
    return prices


def _empty_plan(prepared: Prepared, gap: float, deadline: Deadline) -> Plan:
    """Return a plan that funds nothing yet, with its provenance, assumptions and warnings."""
    portfolio, posterior = prepared.portfolio, prepared.posterior
    limit = prepared.budget_cents / 100
    return Plan(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=prepared.seed,
        inputs_sha256=portfolio.inputs_sha256,
        portfolio=portfolio.name,
        currency=portfolio.currency,
        horizon_years=portfolio.horizon_years,
        status=Status.INFEASIBLE,
        assumptions=list_assumptions(
            portfolio,
            posterior,
            prepared.objective,
            seed=prepared.seed,
            gap=gap,
            deadline=deadline,
        ),
        objective=None,
        budget=BudgetResult(limit=limit, committed=0.0, left=limit, shadow_price=0.0),
        decisions=(),
        warnings=unique_warnings(standing_warnings(portfolio, prepared.menus, prepared.catalogue)),
        inputs=echo_inputs(portfolio),
        release=__version__,
    )


def _ranges(decision: Decision, found: tuple[Spread, Spread] | None) -> DecisionRanges | None:
    """Return how far a decision may stray, its share of shared assets as committed."""
    if found is None:
        return None
    cost, net_value = found
    share = decision.cost.shared
    ends = (round(end + share, 2) for end in (cost.p10, cost.p50, cost.p90))
    return DecisionRanges(Spread(*ends), net_value)


def _filled(empty: Plan, prepared: Prepared, solution: Solution, deadline: Deadline) -> Plan:
    """Return the plan with the choice, its risk, its audit and its reasons filled in."""
    beside = _beside(prepared, solution, deadline)
    scene = scene_of(prepared, solution, beside.price, deadline)
    audited = scene.solution
    bought = [item.purchase for item in scene.splits]
    judge, simple = HeldOut(prepared), simple_plans(prepared)
    judge.learn([solution.options, *(one.options for one in simple)])  # a project is drawn once
    unseen = unseen_worth(prepared, solution.options, bought, judge)
    decided = [decide(scene, index) for index in range(len(scene.options))]
    lived = [decision_life(scene, index, one) for index, (one, _) in enumerate(decided)]
    spread = judge_ranges(prepared, scene.picks, bought)
    decisions = tuple(
        replace(
            one,
            held_out_net_value=unseen.net_values.get(index, 0.0),
            life=None if its is None else its.life,
            ranges=_ranges(one, spread.ranges.get(one.project)),
        )
        for index, ((one, _), its) in enumerate(zip(decided, lived, strict=True))
    )
    risk = replace(spread.risk, caution=beside.caution)
    names = {decision.architecture for decision in decisions if decision.architecture}
    simpler = judged(simple, unseen.objective, judge.objective)
    return replace(
        empty,
        status=audited.status,
        assumptions={
            **empty.assumptions,
            "training_prices": training_prices(prepared.menus, names),
        },
        objective=ObjectiveResult(scene.objective, audited.value, audited.bound, audited.gap),
        budget=BudgetResult(
            limit=scene.budget_cents / 100,
            committed=audited.committed_cents / 100,
            left=max(0, scene.left_cents) / 100,
            shadow_price=beside.price,
            **_running_bound(scene),
        ),
        decisions=decisions,
        shared=tuple(shared_result(item) for item in scene.splits),
        periods=_period_spend(scene, bought),
        units=_unit_spend(prepared.portfolio, decisions),
        risk=risk,
        audit=AuditResult(
            in_sample_value=audited.value,
            in_sample_se=standard_error(
                prepared.worth_draws(audited.options), prepared.problem.risk
            ),
            held_out_value=unseen.objective,
            held_out_expected=unseen.expected,
            held_out_draws=len(range(*prepared.posterior.audit_rows.indices(_draws(prepared)))),
            solver_bound=audited.solver_bound,
            own_bound=audited.own_bound,
            baselines=simpler,
        ),
        warnings=unique_warnings(
            [
                *empty.warnings,
                *(item for _, found in decided for item in found),
                *_risk_warnings(risk, prepared.portfolio.currency),
                *stop_warnings(solution, deadline, beside.late),
                *baseline_warning(simpler),
            ]
        ),
        notes=tuple(_notes(scene)),
        life=plan_life(lived, prepared.portfolio),
        not_included=tuple(_left_out(prepared.portfolio)),
    )


def _left_out(portfolio: Portfolio) -> Iterable[str]:
    """Yield what a file with lives says nothing of."""
    if uses_life(portfolio):
        yield from not_included(portfolio)


def _running_bound(scene: SolvedScene) -> dict[str, Any]:
    """Return the running cost that the budget binds, where it covers the whole life."""
    if scene.portfolio.budget_covers is not Covers.WHOLE_LIFE:
        return {}
    return {"covers": str(Covers.WHOLE_LIFE), "running_at_cap": scene.running_cents / 100}


@dataclass(frozen=True)
class _Beside:
    """Answers beside a plan that take a search of their own, and those there was no time for."""

    caution: Caution | None
    price: float
    late: tuple[Beside, ...]


def _beside(prepared: Prepared, solution: Solution, deadline: Deadline) -> _Beside:
    """Return what more budget is worth and what caution costs."""
    price = budget_price(prepared, solution, deadline.after_share(PRICE_SHARE))
    caution = judge_caution(prepared, solution, deadline.after_share(CAUTION_SHARE))
    late: list[Beside] = []
    if price is None:
        late.append(Beside.BUDGET_PRICE)
    if caution is None and deadline.is_set and _is_cautious(prepared):
        late.append(Beside.CAUTION)
    return _Beside(caution, dual_price(solution) if price is None else price, tuple(late))


def _is_cautious(prepared: Prepared) -> bool:
    """Whether the plan maximises more than an expectation."""
    return prepared.portfolio.risk.is_cautious and prepared.problem.outcomes is not None


def _draws(prepared: Prepared) -> int:
    return prepared.posterior.n_draws


def _period_spend(scene: SolvedScene, bought: Sequence[Purchase]) -> tuple[PeriodSpend, ...]:
    spent = period_cents(scene.portfolio, scene.options, scene.picks, bought)
    return tuple(
        PeriodSpend(period.id, budget_to_cents(period.budget) / 100, cents / 100)
        for period, cents in zip(scene.portfolio.periods, spent, strict=False)
    )


def _unit_spend(portfolio: Portfolio, decisions: Sequence[Decision]) -> tuple[UnitSpend, ...]:
    """Return what each business unit commits, in the order in which the file names them."""
    units = dict.fromkeys(project.unit for project in portfolio.projects if project.unit)
    members = {
        unit: [d for d, p in zip(decisions, portfolio.projects, strict=True) if p.unit == unit]
        for unit in units
    }
    whole = _own_cents(decisions)
    return tuple(
        UnitSpend(
            unit,
            sum(round(100 * d.cost.total) for d in mine) / 100,
            len(mine),
            sum(d.verdict is not Verdict.NO_GO for d in mine),
            _own_cents(mine) / 100,
            _own_cents(mine) / whole if whole else 0.0,
        )
        for unit, mine in members.items()
    )


def _own_cents(decisions: Iterable[Decision]) -> int:
    """Return what projects cost without shares of shared assets, as rules on units count it."""
    return sum(round(100 * d.cost.total) - round(100 * d.cost.shared) for d in decisions)


def _risk_warnings(risk: RiskResult, currency: str) -> Iterable[Warning_]:
    if risk.hold is not None and not risk.hold.holds:
        message = hold_missed(risk.hold, currency)
        yield Warning_("HOLD_MISSED", None, "portfolio.hold", message)


def _notes(scene: SolvedScene) -> Iterable[str]:
    yield leftover_words(leftover(scene), scene.currency)
    if scene.portfolio.objective is None and scene.objective is Objective.TARGETS_MET:
        yield TARGETS_COUNTED
    if scene.objective is Objective.ACCURACY:
        yield ACCURACY_COUNTED
    yield from (split_words(item.shares.notes) for item in scene.splits if item.shares.notes)
