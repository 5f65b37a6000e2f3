"""How does a chosen plan do on draws that the solve never saw?"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Draws, Rows
from planner.domain.portfolio.project import Project
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.quantities import Range
from planner.domain.results.audit import ReplicatedGap
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import DecisionRanges, Spread
from planner.domain.results.risk import Caution, RiskResult
from planner.domain.vocabulary import Metric, Mode, Objective, Status
from planner.economics.draws import price_draws
from planner.economics.hardware import fallen_prices
from planner.economics.ledger import (
    Counts,
    Entry,
    asset_entries,
    committed,
    place_of,
    spend,
    stopped,
    training_amounts,
)
from planner.economics.life.graded import GradedDraws
from planner.economics.life.swings import has_ranges, swing_draws, under_conditions
from planner.economics.price_draws import PriceDraws
from planner.forecasting.forecast import Forecast
from planner.offering.alternatives import stated_forecast, way_entries
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance
from planner.offering.field import rebalanced, way_in_use
from planner.offering.life import LifeTerms, option_draws, running_of
from planner.offering.problem import DecisionProblem, Solution
from planner.offering.variants import Way, counts_of, period_years, present_factors
from planner.planning.held_out import HeldOut
from planner.planning.hold import hold_result
from planner.planning.prepare import Prepared, solve_prepared
from planner.planning.replicated import replicated_gap
from planner.planning.risk import (
    Bought,
    NetAndSpend,
    RiskedProject,
    plan_draws,
    split_risk,
    spread_of,
)
from planner.planning.sharing import Purchase
from planner.solving.measures import risk_value, tail_mean
from planner.tasks import SERIAL, Tasks

type Picks = Sequence[int | None]

CAUTION_WORK = 3 * SECOND
"""For the plan of the best expectation, which is only compared with."""
REPLICATION_WORK = 10 * SECOND
"""For the best plan of one batch of draws."""


@dataclass(frozen=True)
class Judged:
    """How far a plan may stray, and each of its projects.

    Attributes
    ----------
    risk : RiskResult
        Of the whole.
    ranges : mapping of str to (Spread, Spread)
        Own spend, and net value before shared assets, by funded project.
    """

    risk: RiskResult
    ranges: Mapping[str, tuple[Spread, Spread]]


def judge_risk(prepared: Prepared, picks: Picks, bought: Sequence[Purchase]) -> RiskResult:
    """Return the spread of net value and cost of a plan, and where it comes from."""
    return judge_ranges(prepared, picks, bought).risk


def judge_ranges(prepared: Prepared, picks: Picks, bought: Sequence[Purchase]) -> Judged:
    """Return the same, with the spread of each project of its own."""
    ranges: dict[str, tuple[Spread, Spread]] = {}

    def told() -> Iterator[RiskedProject]:
        for item in _funded(prepared, picks, _audit_draws(prepared)):
            ranges[item.project.id] = _both(item)
            yield item

    return Judged(_risk_of(prepared, picks, bought, told()), ranges)


def option_ranges(prepared: Prepared, index: int, rows: Sequence[int]) -> Iterator[DecisionRanges]:
    """Yield how far own cost and net value of some options of a project may stray.

    On the audit's draws, with shared assets left out; those of a plan are these.
    """
    terms = _terms(prepared, _audit_draws(prepared))
    for row in rows:
        yield DecisionRanges(*_both(_risked(prepared, terms, index, row)))


def _both(item: RiskedProject) -> tuple[Spread, Spread]:
    """Return the spread of a project's own spend, to the cent, and of its net value."""
    return _three(np.round(item.spend_draws, 2)), _three(item.net_draws)


def _three(draws: Draws) -> Spread:
    return Spread(*map(float, np.quantile(draws, (0.1, 0.5, 0.9), method="inverted_cdf")))


def _risk_of(
    prepared: Prepared,
    picks: Picks,
    bought: Sequence[Purchase],
    funded: Iterable[RiskedProject],
) -> RiskResult:
    count = _audit_draws(prepared)
    assets = _bought_assets(prepared, bought, count)
    draws = plan_draws(funded, count, assets)
    result = spread_of(draws, prepared.budget_cents / 100)
    if any(pick is not None for pick in picks):
        again = plan_draws(_funded(prepared, picks, count, other_luck=True), count, assets)
        result = replace(result, split=split_risk(draws.net_value, again.net_value))
    hold = prepared.portfolio.hold
    if hold is None:
        return result
    kind, level = ("cvar", hold.cvar) if hold.chance is None else ("chance", hold.chance)
    held = hold_result(kind, float(level or 0.0), 100 * draws.cost, prepared.budget_cents)
    return replace(result, hold=held)


def outcome_draws(
    prepared: Prepared, picks: Picks, bought: Sequence[Purchase]
) -> tuple[NetAndSpend, NDArray[np.int64]]:
    """Return net value and spend of a plan, and the targets it meets, in each audit draw."""
    count = _audit_draws(prepared)
    met = np.zeros(count, dtype=np.int64)

    def counted() -> Iterator[RiskedProject]:
        for item in _funded(prepared, picks, count):
            np.add(met, item.success_draws(), out=met)
            yield item

    return plan_draws(counted(), count, _bought_assets(prepared, bought, count)), met


def _audit_draws(prepared: Prepared) -> int:
    posterior = prepared.posterior
    return len(range(*posterior.audit_rows.indices(posterior.n_draws)))


def _funded(
    prepared: Prepared, picks: Picks, n_draws: int, *, other_luck: bool = False
) -> Iterator[RiskedProject]:
    """Yield the funded projects with their cost on the audit's draws.

    With ``other_luck`` each project's own luck is drawn anew, under another id; the coefficients
    and what all projects share stay as they are.
    """
    terms = _terms(prepared, n_draws)
    for index, pick in enumerate(picks):
        if pick is not None:
            yield _risked(prepared, terms, index, pick, other_luck=other_luck)


@dataclass(frozen=True, eq=False)
class _Terms:
    """What every funded project is priced on: draws of prices, and what periods do to money."""

    draws: PriceDraws
    present: Draws
    fallen: Draws


def _terms(prepared: Prepared, n_draws: int) -> _Terms:
    portfolio = prepared.portfolio
    return _Terms(
        PriceDraws(portfolio.compute, prepared.seed, n_draws),
        present_factors(portfolio),
        fallen_prices(portfolio.compute, period_years(portfolio)),
    )


def _risked(
    prepared: Prepared, terms: _Terms, index: int, pick: int, *, other_luck: bool = False
) -> RiskedProject:
    """Return one option of a project, by its place, with its cost on the audit's draws."""
    menu, options = prepared.menus[index], prepared.options[index]
    way = menu.way(options, pick)
    project = menu.project
    if other_luck:
        way, project = _with_other_luck(prepared, way), _renamed(project)
    forecast = way.forecast
    kind = int(options.architecture_index[pick])
    start = 0 if options.start is None else int(options.start[pick])
    spender = _spender(project, way, kind, terms.draws, float(terms.fallen[start]))
    stops = prepared.portfolio.mode is Mode.STOP_WHEN_REACHED
    certain, random = (
        spender.stopped(options, pick, _needs(forecast, options, pick))
        if stops
        else spender.committed(options, pick)
    )
    used = _graded(prepared, menu.project, way, options, pick)
    item = RiskedProject(
        project=project,
        forecast=forecast,
        architecture=options.architecture(pick),
        images=int(options.images_total[pick]),
        fixed_cents=certain,
        random_cost=random,
        stops=stops,
        present=float(terms.present[start]),
        life=_life(options, pick),
        graded=None if used is None else np.asarray(used.net[0]),
        pays=None if used is None or project.has_target else np.asarray(used.pays[0]),
    )
    return _swinging(item, prepared, way, options.take(np.array([pick])), used)


def _with_other_luck(prepared: Prepared, way: Way) -> Way:
    """Return a way of running a project whose own luck is another."""
    posterior, seed = prepared.posterior, prepared.seed
    project = _renamed(way.measured.project)
    if way.alternative is not None:
        return replace(way, forecast=stated_forecast(project, way.alternative, posterior, seed))
    known = prepared.catalogue.architectures
    forecast_of = partial(prepared.forecast_of, posterior=posterior, architectures=known, seed=seed)
    measured = forecast_of(project)
    if project.metric is not Metric.ACCURACY:  # else it is the project as it is trained already
        measured = rebalanced(measured, way.rebalance, forecast_of)
    return way_in_use(way, measured, seed)


def _life(options: ProjectOptions, pick: int) -> tuple[float, float] | None:
    if options.life is None or options.life.graded is not None:
        return None
    return float(options.life.net_met[pick]), float(options.life.net_not[pick])


def _swinging(
    item: RiskedProject,
    prepared: Prepared,
    way: Way,
    option: ProjectOptions,
    used: GradedDraws | None,
) -> RiskedProject:
    """Return a funded project with what ranges of its life move, if it has any."""
    if option.life is None or not has_ranges(item.project):
        return item
    running = running_of(item.project, way, option, LifeTerms.of(prepared.portfolio))
    met = item.success_draws()[None, :]
    under = under_conditions(met, option.life if used is None else used.live)

    def factor(price: Range, key: str) -> Draws:
        drawn = price_draws(price, met.shape[1], prepared.seed, item.project.id, key)
        return np.asarray(drawn / price.lognormal_mean)

    return replace(item, swing=swing_draws(running, under, factor)[0])


def _graded(
    prepared: Prepared, project: Project, way: Way, options: ProjectOptions, pick: int
) -> GradedDraws | None:
    """Return what an option is worth in use in each of the audit's draws, if its errors count."""
    if options.life is None or options.life.graded is None:
        return None
    draws = prepared.posterior.audit_rows
    return option_draws(project, way, options, pick, prepared.portfolio, draws)


def _renamed(project: Project) -> Project:
    """Return the project under an id that no file has: its luck is its own."""
    return replace(project, id=hashlib.sha256(f"other luck {project.id}".encode()).hexdigest())


def _needs(forecast: Forecast, options: ProjectOptions, pick: int) -> Draws:
    """Return the images needed in each of the audit's draws."""
    target = forecast.project.error_target
    return forecast.data_needed_draws(target, options.architecture(pick))[forecast.audit_rows]


@dataclass(frozen=True, eq=False)
class _Spender:
    """What one project spends in each of the audit's draws."""

    entries: tuple[Entry, ...]
    owner: str
    draws: PriceDraws

    def committed(self, options: ProjectOptions, pick: int) -> tuple[int, Draws | None]:
        """Return the cents no price range touches, and draws of the rest (None for none)."""
        counts = counts_of(options.take(np.array([pick])), options.images_to_buy[[pick]])
        varying = [entry for entry in self.entries if self.draws.varies(entry)]
        names = {entry.line.name for entry in varying}
        cents = options.cents_of(pick)
        certain = sum(amount for name, amount in cents.items() if name not in names)
        return certain, self._spent(varying, counts) if varying else None

    def stopped(self, options: ProjectOptions, pick: int, need: Draws) -> tuple[int, Draws]:
        """Return the spend of labelling up to the need, at most to the cap."""
        cap = options.images_total[[pick]]
        owned = cap - options.images_to_buy[[pick]]
        return 0, self._spent(self.entries, stopped(np.ceil(need), owned, cap))

    def _spent(self, entries: Sequence[Entry], counts: Counts) -> Draws:
        amounts = [self.draws.amount(entry, self.owner) for entry in entries]
        return spend([entry.line for entry in entries], counts, amounts)


def _spender(
    project: Project, way: Way, architecture: int, draws: PriceDraws, fallen: float
) -> _Spender:
    training = fallen * training_amounts(way.rates, draws.compute)[architecture]
    return _Spender(way_entries(project, way, training), project.id, draws)


def _bought_assets(
    prepared: Prepared, bought: Sequence[Purchase], n_draws: int
) -> tuple[Bought, ...]:
    draws = PriceDraws(prepared.portfolio.compute, prepared.seed, n_draws)
    return tuple(_bought(purchase, draws) for purchase in bought)


def _bought(purchase: Purchase, draws: PriceDraws) -> Bought:
    """Return a shared asset with draws of what of its cost is a range."""
    total, asset = purchase.total_cents, purchase.asset
    present = 100 * purchase.present_cost / total if total else 1.0
    varying = [entry for entry in asset_entries(asset) if draws.varies(entry)]
    if not varying:
        return Bought(total, None, present)
    bought = np.array([purchase.images - (0 if asset.images is None else asset.images.held)])
    counts = Counts(bought, bought)
    place = place_of(asset)
    cents = committed(varying, counts, place)
    amounts = [draws.amount(entry, place) for entry in varying]
    random = spend([entry.line for entry in varying], counts, amounts)
    return Bought(total - sum(int(item[0]) for item in cents.values()), random, present)


def held_out(prepared: Prepared, chosen: Rows, bought: Sequence[Purchase]) -> float:
    """Return the objective on the audit's draws, risk measure included, from the choice alone."""
    return unseen_worth(prepared, chosen, bought).objective


@dataclass(frozen=True)
class UnseenWorth:
    """What a choice is worth on the audit's draws.

    Attributes
    ----------
    objective, expected : float
        The objective with the risk measure and without it.
    net_values : mapping of int to float
        Of each project funded, by its place; shared assets not counted.
    """

    objective: float
    expected: float
    net_values: Mapping[int, float]


def unseen_worth(
    prepared: Prepared, chosen: Rows, bought: Sequence[Purchase], judge: HeldOut | None = None
) -> UnseenWorth:
    """Return what a choice is worth on the audit's draws, with what each project brings.

    ``judge`` is one who may know some of its options already.
    """
    none = np.zeros(len(prepared.problem.assets), dtype=np.bool_)
    judge = HeldOut(prepared) if judge is None else judge
    counts_cost = prepared.objective is Objective.NET_VALUE
    cost = sum(purchase.present_cost for purchase in bought) if counts_cost else 0.0
    return UnseenWorth(
        judge.objective(chosen, none) - cost,
        judge.expectation(chosen, none) - cost,
        judge.net_values(chosen),
    )


def judge_caution(
    prepared: Prepared, solution: Solution, deadline: Deadline = NEVER
) -> Caution | None:
    """Return what the measure of risk costs; None where the plan maximises the expectation.

    None also where the deadline leaves no time for the other plan. Both plans are judged on the
    solve's draws, where each is best at what it maximises.
    """
    if not prepared.portfolio.risk.is_cautious or prepared.problem.outcomes is None:
        return None
    if deadline.has_passed():
        return None
    bold = solve_prepared(
        prepared,
        risk=RiskMeasure("expected"),
        allowance=Allowance(CAUTION_WORK, deadline),
    )
    if bold.status is Status.INFEASIBLE or bold.stop == "time":
        return None
    level = prepared.portfolio.risk.level
    mean, tail = _mean_and_tail(prepared, solution, level)
    bold_mean, bold_tail = _mean_and_tail(prepared, bold, level)
    given_up, gained = max(0.0, bold_mean - mean), max(0.0, tail - bold_tail)
    caution = Caution(given_up, gained, None, level, max(given_up, bold.bound - mean))
    if gained <= 0 or caution.is_lost_in_gap:
        return caution
    return replace(caution, price=given_up / gained)


def judge_distance(
    prepared: Prepared,
    solution: Solution,
    replications: int,
    deadline: Deadline = NEVER,
    tasks: Tasks = SERIAL,
) -> ReplicatedGap | None:
    """Return how far the plan may be from the best one, by solving again on batches of draws.

    The batches are of the audit's draws, which the plan was not chosen on. None if the deadline
    left no time for all of them.
    """
    from planner.solving.solver import PortfolioSolver

    return replicated_gap(
        prepared.audit_problem,
        solution,
        PortfolioSolver,
        worth_of,
        replications=replications,
        allowance=Allowance(REPLICATION_WORK, deadline),
        tasks=tasks,
    )


def worth_of(problem: DecisionProblem, options: Rows, assets: NDArray[np.bool_]) -> float:
    """Return the objective of a choice from a problem's draws."""
    worth = np.zeros(1)
    if problem.outcomes is not None and len(options):
        worth = problem.outcomes.worth_draws(options).sum(axis=0)
    return risk_value(worth + float(problem.asset_worth[assets].sum()), problem.risk)


def _mean_and_tail(prepared: Prepared, solution: Solution, level: float) -> tuple[float, float]:
    worth = solve_worth(prepared, solution)
    return float(worth.mean()), tail_mean(worth, 1 - level)


def solve_worth(prepared: Prepared, solution: Solution) -> Draws:
    """Return the worth of a solution in each of the solve's draws."""
    outcomes = prepared.problem.outcomes
    assets = float(prepared.problem.asset_worth[solution.assets].sum())
    if outcomes is None:
        return np.full(1, float(prepared.problem.worth[solution.options].sum()) + assets)
    return np.asarray(outcomes.worth_draws(solution.options).sum(axis=0) + assets)
