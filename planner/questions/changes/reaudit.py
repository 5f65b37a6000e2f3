"""Does a saved plan still stand, with the file and the model of today?

Its choice is taken as it is: the same projects, architectures, images, start and shared assets,
priced and forecast anew, on the seed it was made with. Nothing is optimised, so that whatever
differs comes from the inputs, the model or the release.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planner._version import __version__
from planner.domain.catalogue import Catalogue
from planner.domain.facts.decisions import Likely
from planner.domain.facts.faults import (
    BelowLeast,
    BelowThreshold,
    NotHeldNow,
    OptionGone,
    Overspent,
    PlanFault,
    ProjectGone,
    RuleBroken,
)
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.echo import echo_inputs
from planner.domain.portfolio.portfolio import Committed, Fund, Portfolio, chance_bounds
from planner.domain.portfolio.project import Project
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import Decision, ObjectiveResult, Plan, takes_place
from planner.domain.results.plan_diff import PlanDiff
from planner.domain.results.reaudit import Fault, Reaudit
from planner.domain.results.risk import RiskResult
from planner.domain.results.spending import BudgetResult, Cost
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.errors import InputError, Problem
from planner.planning.audit import broken_by, period_cents, recompute
from planner.planning.judge import held_out, judge_risk
from planner.planning.prepare import Prepared, prepare
from planner.planning.sharing import PurchaseSplit, purchases, shared_result, split
from planner.planning.verdict import rule_on
from planner.questions.changes.diff import compare_plans
from planner.solving.measures import risk_value


def reaudit(
    plan: Plan, portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue
) -> Reaudit:
    """Evaluate the choice of a saved plan on a portfolio and a model, without optimising.

    Parameters
    ----------
    plan : Plan
        As saved; its seed is used again.
    portfolio : Portfolio
        As it is today, with a budget.
    posterior, catalogue : optional
        Model and tables of today.

    Returns
    -------
    Reaudit
        Whether it still keeps budget and rules, and its value now against then.

    Raises
    ------
    InputError
        The plan was infeasible, or none of its projects is in the portfolio.
    """
    funded = _funded(plan)
    known = {project.id: project for project in portfolio.projects}
    if not any(name in known for name in (decision.project for decision in plan.decisions)):
        message = "none of the plan's projects is in the portfolio: it is a plan of something else."
        raise InputError([Problem("decisions", message, code="OTHER_PORTFOLIO")])
    feasible = {name: d for name, d in funded.items() if name in known}
    faults: list[PlanFault] = [ProjectGone(name) for name in funded if name not in known]
    decided = _as_decided(portfolio, feasible, catalogue)
    prepared = prepare(decided, posterior, catalogue, seed=plan.seed)
    picks = [
        _row(options, feasible.get(menu.project.id), prepared)
        for menu, options in zip(prepared.menus, prepared.options, strict=True)
    ]
    faults += _gone(prepared, feasible, picks)
    seen = _evaluate(prepared, picks)
    risk = judge_risk(prepared, picks, [item.purchase for item in seen.splits])
    faults += _faults(seen, portfolio, risk)
    diff = compare_plans(plan, _plan_now(seen, portfolio))
    same_objective = plan.objective is not None and plan.objective.kind is prepared.objective
    then = plan.audit.held_out_value if plan.audit and same_objective else None
    now = seen.held_out if same_objective else None
    return Reaudit(
        faults=tuple(map(Fault, faults)),
        held_out_then=then,
        held_out_now=now,
        risk=risk,
        shared=tuple(shared_result(item) for item in seen.splits),
        diff=_on_unseen_draws(diff, then, now),
    )


def _on_unseen_draws(diff: PlanDiff, then: float | None, now: float | None) -> PlanDiff:
    """Return a comparison whose worth is that of the draws no plan was chosen on."""
    worth = None if then is None or now is None else now - then
    delta = None if diff.delta is None else replace(diff.delta, worth=worth)
    return replace(diff, after=replace(diff.after, status=None, worth=now), delta=delta)


def _funded(plan: Plan) -> dict[str, Decision]:
    if plan.status is Status.INFEASIBLE:
        message = "the saved plan funds nothing because no plan fitted; there is nothing to audit."
        raise InputError([Problem("status", message, code="INFEASIBLE_PLAN")])
    return {d.project: d for d in plan.decisions if d.verdict is not Verdict.NO_GO}


def _as_decided(
    portfolio: Portfolio, funded: Mapping[str, Decision], catalogue: Catalogue
) -> Portfolio:
    """Return the portfolio with what was decided in place of the user's rules and thresholds.

    Budgets stay, since ranges of cost are judged against them; nothing is solved under them.
    """
    limits = {project.id: project.images.limit for project in portfolio.projects}
    networks = {architecture.name for architecture in catalogue.architectures}
    rules = tuple(  # what is no network stays on offer as it is
        Committed(f"saved plan: {name}", name, decision.architecture, decision.images_total)
        for name, decision in funded.items()
        if decision.images_total <= limits[name] and decision.architecture in networks
    )
    projects = tuple(replace(project, min_chance=None) for project in portfolio.projects)
    return replace(portfolio, rules=rules, projects=projects)


def _row(options: ProjectOptions, decision: Decision | None, prepared: Prepared) -> int | None:
    """Return the option that a decision is today; None if it is not funded, or cannot be had."""
    if decision is None:
        return None
    periods = [period.id for period in prepared.portfolio.periods]
    wanted = _assets_today(prepared.portfolio, decision)
    for row in range(len(options)):
        start = 0 if options.start is None else int(options.start[row])
        way = 0 if options.use_index is None else int(options.use_index[row])
        if (
            options.architecture(row) == (takes_place(decision) or decision.architecture)
            and int(options.images_total[row]) == decision.images_total
            and (not periods or decision.start not in periods or periods[start] == decision.start)
            and set(options.uses[way]) == wanted
            and _same_choice(options, row, decision)
        ):
            return row
    return None


def _same_choice(options: ProjectOptions, row: int, decision: Decision) -> bool:
    """Whether an option is refreshed, compressed and balanced as a decision says, if it does."""
    saved, today = decision.choice or {}, options.choice(row)
    asked = ("refresh", "compress", "rebalance")
    both = [name for name in asked if name in saved and name in today]
    return all(saved[name] == today[name] for name in both)


def _assets_today(portfolio: Portfolio, decision: Decision) -> set[str]:
    """Return the shared assets the decision uses today: those it used, and those now required."""
    mine = [asset for asset in portfolio.shared if decision.project in asset.members]
    return {asset.id for asset in mine if asset.required or asset.id in decision.assets}


def _gone(
    prepared: Prepared, funded: Mapping[str, Decision], picks: Sequence[int | None]
) -> Iterator[OptionGone]:
    """Yield funded projects whose option can no longer be had."""
    for options, menu, pick in zip(prepared.options, prepared.menus, picks, strict=True):
        name = menu.project.id
        if pick is not None or name not in funded:
            continue
        decision, most = funded[name], menu.project.images.limit
        yield OptionGone(name, decision.images_total, decision.architecture, most, len(options))


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the choice is today."""

    prepared: Prepared
    picks: tuple[int | None, ...]
    splits: tuple[PurchaseSplit, ...]
    cents: int
    bound: int
    value: float
    held_out: float


def _evaluate(prepared: Prepared, picks: Sequence[int | None]) -> _Seen:
    """Recompute cost and worth from the chosen options alone."""
    bought = purchases(prepared.portfolio, prepared.options, picks)
    in_money = prepared.objective is Objective.NET_VALUE
    own = recompute(prepared.options, picks, prepared.objective)
    assets = math.fsum(item.present_cost for item in bought) if in_money else 0.0
    value, outcomes = own.value - assets, prepared.problem.outcomes
    if outcomes is not None:  # a measure of risk looks at the draws
        worth = outcomes.worth_draws(prepared.layout.chosen(picks)).sum(axis=0) - assets
        value = risk_value(worth, prepared.problem.risk)
    return _Seen(
        prepared=prepared,
        picks=tuple(picks),
        splits=split(bought, {}, in_money=in_money),
        cents=own.cents + sum(item.total_cents for item in bought),
        bound=own.bound,
        value=value,
        held_out=held_out(prepared, prepared.layout.chosen(picks), bought),
    )


def _faults(seen: _Seen, portfolio: Portfolio, risk: RiskResult) -> Iterator[PlanFault]:
    """Yield what the choice does not keep of the budget, the rules and the thresholds of today."""
    prepared = seen.prepared
    limit = prepared.budget_cents
    if portfolio.hold is None and seen.cents + seen.bound > limit:
        yield Overspent((seen.cents + seen.bound) / 100, limit / 100, portfolio.currency)
    if risk.hold is not None and not risk.hold.holds:
        yield NotHeldNow(risk.hold, portfolio.currency)
    bought = [item.purchase for item in seen.splits]
    spent = period_cents(portfolio, prepared.options, seen.picks, bought)
    for period, cents in zip(portfolio.periods, spent, strict=False):
        if cents > round(100 * period.budget):
            yield Overspent(cents / 100, period.budget, portfolio.currency, period.id)
    broken = dict.fromkeys(broken_by(portfolio, prepared.options, seen.picks))
    yield from map(RuleBroken, broken)
    asked = demanded(portfolio)
    for project, options, pick in zip(
        portfolio.projects, prepared.options, seen.picks, strict=True
    ):
        if pick is not None:
            chance = float(options.chance[pick])
            yield from _chance_faults(project, chance, portfolio, is_asked=project.id in asked)


def demanded(portfolio: Portfolio) -> frozenset[str]:
    """Return the projects that a rule demands: thresholds for GO and PILOT do not filter them."""
    funded = {p for rule in portfolio.rules if isinstance(rule, Fund) for p in rule.projects}
    decided = {rule.project for rule in portfolio.rules if isinstance(rule, Committed)}
    return frozenset(funded | decided)


def _chance_faults(
    project: Project, chance: float, portfolio: Portfolio, *, is_asked: bool
) -> Iterator[BelowLeast | BelowThreshold]:
    """Yield thresholds that the chance of target of a funded project misses."""
    likely = Likely(chance, chance_bounds(portfolio, project), 0)
    if project.min_chance is not None and chance < project.min_chance:
        yield BelowLeast(project.id, likely, project.min_chance)
    needed = portfolio.go_chance if project.pilots else portfolio.pilot_chance
    if chance < needed and not is_asked:
        yield BelowThreshold(project.id, likely, needed)


def _plan_now(seen: _Seen, portfolio: Portfolio) -> Plan:
    """Return the choice as a plan of today, to be compared; its bound proves nothing."""
    prepared = seen.prepared
    limit = prepared.budget_cents / 100
    return Plan(
        model={"name": prepared.posterior.name, "sha256": prepared.posterior.sha256},
        seed=prepared.seed,
        inputs_sha256=portfolio.inputs_sha256,
        portfolio=portfolio.name,
        currency=portfolio.currency,
        horizon_years=portfolio.horizon_years,
        status=Status.FEASIBLE,
        assumptions={},
        objective=ObjectiveResult(prepared.objective, seen.value, seen.value, 0.0),
        budget=BudgetResult(limit, seen.cents / 100, limit - (seen.cents + seen.bound) / 100, 0.0),
        decisions=tuple(
            _decision(seen, index, portfolio) for index in range(len(portfolio.projects))
        ),
        inputs=echo_inputs(portfolio),
        release=__version__,
    )


def _decision(seen: _Seen, index: int, portfolio: Portfolio) -> Decision:
    options, pick = seen.prepared.options[index], seen.picks[index]
    menu = seen.prepared.menus[index]
    project = menu.project
    if pick is None:
        nothing = (0.0, 0.0, 0.0, "")
        held = project.images.held
        return Decision(project.id, Verdict.NO_GO, None, held, 0, Cost(), *nothing)
    mine = [item for item in seen.splits if project.id in item.shares.cents]
    present_share = sum(item.present_share(project.id) for item in mine)
    periods = seen.prepared.portfolio.periods
    start = 0 if options.start is None else int(options.start[pick])
    way = 0 if options.use_index is None else int(options.use_index[pick])
    return Decision(
        project=project.id,
        verdict=rule_on(
            menu, float(options.chance[pick]), portfolio, trains=options.alternative(pick) is None
        ).verdict,
        architecture=None if options.is_alternative[pick] else options.architecture(pick),
        images_total=int(options.images_total[pick]),
        images_to_buy=int(options.images_to_buy[pick]),
        cost=Cost.from_cents(
            options.cents_of(pick),
            sum(item.shares.cents[project.id] for item in mine),
        ),
        chance_of_target=float(options.chance[pick]),
        expected_value=float(options.expected_value[pick]),
        expected_net_value=float(options.expected_net_value[pick]) - present_share,
        why="",
        start=periods[start].id if periods else None,
        assets=options.uses[way],
    )
