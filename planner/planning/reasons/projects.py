"""Why each project is funded or not, and what the money left could still buy, with numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.facts.decisions import (
    AssetShare,
    CapsHeld,
    Funded,
    Ground,
    Leftover,
    Likely,
    Lower,
    NextStepUp,
    Rest,
    Second,
)
from planner.domain.portfolio.portfolio import Portfolio, ProjectRule, chance_bounds
from planner.domain.portfolio.rules import Committed, Fund
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.economics.ledger import SOUGHT
from planner.economics.life.left_out import uses_life
from planner.offering.deadline import NEVER, Deadline
from planner.offering.objective import objective_worth
from planner.offering.options import Menu
from planner.offering.problem import Solution
from planner.offering.rules import broken_rules, project_rules
from planner.planning.audit import period_cents
from planner.planning.prepare import Prepared
from planner.planning.reasons.balance import other_balance, sought_by
from planner.planning.reasons.error_balance import error_balance
from planner.planning.sharing import PurchaseSplit


@dataclass(frozen=True, eq=False)
class SolvedScene:
    """A solved portfolio, as the explanations look at it.

    Attributes
    ----------
    prepared : Prepared
        What was solved.
    solution : Solution
        What came out, recomputed without the solver.
    picks : tuple of int or None
        Chosen option of each project of the file.
    splits : tuple of PurchaseSplit
        Shared assets bought.
    shadow_price : float
        Worth of one more unit of the total budget; 0 where no larger one makes the plan better.
    deadline : Deadline
        Of the command, where a time limit was asked for: reasons that take a search of their own
        are not looked for after it.
    """

    prepared: Prepared
    solution: Solution
    picks: tuple[int | None, ...]
    splits: tuple[PurchaseSplit, ...] = ()
    shadow_price: float = 0.0
    deadline: Deadline = NEVER

    @property
    def portfolio(self) -> Portfolio:
        """What was asked."""
        return self.prepared.portfolio

    @property
    def objective(self) -> Objective:
        """What is maximised."""
        return self.prepared.objective

    @property
    def menus(self) -> Sequence[Menu]:
        """Everything priced, in file order."""
        return self.prepared.menus

    @property
    def options(self) -> tuple[ProjectOptions, ...]:
        """What may be chosen, in file order."""
        return self.prepared.options

    @property
    def budget_cents(self) -> int:
        """What binds in total."""
        return self.prepared.budget_cents

    @property
    def asset_cents(self) -> int:
        """Paid for shared assets."""
        return sum(item.purchase.total_cents for item in self.splits)

    @property
    def draws(self) -> int:
        """Draws of the solve: what chances are shares of."""
        posterior = self.prepared.posterior
        return len(range(*posterior.solve_rows.indices(posterior.n_draws)))

    @cached_property
    def period_cents(self) -> list[int]:
        """Committed in each period."""
        bought = [item.purchase for item in self.splits]
        return period_cents(self.portfolio, self.options, self.picks, bought)

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self.portfolio.currency

    def likely(self, index: int, chance: float) -> Likely:
        """Return a chance of a project's with what decides on it."""
        project = self.menus[index].project
        bounds = chance_bounds(self.portfolio, project)
        return Likely(chance, bounds, self.draws, project.has_target)

    def share_cents(self, project: str) -> int:
        """Return what a project pays of shared assets."""
        return sum(item.shares.cents.get(project, 0) for item in self.splits)

    def present_share(self, project: str) -> float:
        """Return the present value of the same."""
        mine = (item for item in self.splits if project in item.shares.cents)
        return sum(item.present_share(project) for item in mine)

    @property
    def left_cents(self) -> int:
        """Budget that nothing binds."""
        return self.budget_cents - self.solution.committed_cents - self.running_cents

    @cached_property
    def running_cents(self) -> int:
        """Running cost that the budget binds, as if all that is funded went live."""
        pairs = zip(self.options, self.picks, strict=True)
        chosen = [(item, pick) for item, pick in pairs if pick is not None]
        return sum(int(item.life.bound[pick]) for item, pick in chosen if item.life is not None)

    @cached_property
    def has_lives(self) -> bool:
        """Whether any project of the file states more than data, training and ``value``."""
        return uses_life(self.portfolio)

    @cached_property
    def n_out(self) -> int:
        """Projects that are not funded."""
        return sum(pick is None for pick in self.picks)

    @cached_property
    def rules(self) -> tuple[ProjectRule, ...]:
        """Rules about which projects are funded."""
        return project_rules(self.portfolio.rules)

    @cached_property
    def funded(self) -> frozenset[str]:
        """Ids of the funded projects."""
        pairs = zip(self.options, self.picks, strict=True)
        return frozenset(item.project for item, pick in pairs if pick is not None)


_IMAGES = ("data", SOUGHT.name)
"""Lines of the ledger that are paid for the images bought."""


def why_funded(scene: SolvedScene, index: int, pick: int, ground: Ground) -> Funded:
    """Return what is bought, what it earns, why the verdict, and what is nearest to it."""
    options = scene.options[index]
    project, present_share = options.project, scene.present_share(options.project)
    is_cap = scene.portfolio.mode is Mode.STOP_WHEN_REACHED and bool(options.images_to_buy[pick])
    counts = not scene.objective.in_money
    mean = None if options.expected_cost is None else float(options.expected_cost[pick])
    periods = scene.portfolio.periods
    start = 0 if options.start is None else int(options.start[pick])
    pools = options.pool_images
    return Funded(
        architecture=options.architecture(pick),
        images_total=int(options.images_total[pick]),
        images_to_buy=int(options.images_to_buy[pick]),
        shared_images=0 if pools is None else int(pools[pick].sum()),
        is_cap=is_cap,
        data=sum(int(options.cents[kind][pick]) for kind in _IMAGES if kind in options.cents) / 100,
        cost=(int(options.total_cents[pick]) + scene.share_cents(project)) / 100,
        likely=scene.likely(index, float(options.chance[pick])),
        expected_value=None if counts else float(options.expected_value[pick]),
        net=None if counts else float(options.expected_net_value[pick]) - present_share,
        mean_spend=None if counts or not is_cap or mean is None else mean + present_share,
        start=periods[start].id if periods else None,
        shares=tuple(_shares(scene, project)),
        ground=ground,
        lower=_lower(options, pick),
        second=_second(scene, index, pick),
        running=None if options.life is None else float(options.expected_running[pick]),
        alternative=_kind(scene, index, options.alternative(pick)),
        errors=error_balance(scene.prepared, index, pick),
        refresh=_word(options.choice(pick).get("refresh")),
        compress=_word(options.choice(pick).get("compress")),
        errors_cut=None if options.errors_cut is None else float(options.errors_cut[pick]),
        metric=scene.menus[index].project.metric,
        committed_by=_committing(scene.portfolio, options.project),
        demanded_by=_demanding(scene.portfolio, options.project),
        sought=sought_by(scene.prepared, index, pick),
        other_balance=other_balance(scene.prepared, index, pick),
    )


def _committing(portfolio: Portfolio, project: str) -> tuple[str, ...]:
    """Return the rules that decide a project already."""
    rules = (rule for rule in portfolio.rules if isinstance(rule, Committed))
    return tuple(rule.name for rule in rules if rule.project == project)


def _demanding(portfolio: Portfolio, project: str) -> tuple[str, ...]:
    """Return the rules that ask for a project to be funded."""
    rules = (rule for rule in portfolio.rules if isinstance(rule, Fund))
    return tuple(rule.name for rule in rules if project in rule.projects)


def _word(choice: str | int | None) -> str | None:
    return None if choice is None else str(choice)


def _kind(scene: SolvedScene, index: int, alternative: str | None) -> str | None:
    """Return the kind of the alternative that was chosen."""
    offered = scene.menus[index].project.alternatives
    return next((str(one.kind) for one in offered if one.id == alternative), None)


def _shares(scene: SolvedScene, project: str) -> Iterator[AssetShare]:
    """Yield what a project takes from shared pools, and its shares of shared costs."""
    for item in scene.splits:
        cents = item.shares.cents.get(project)
        if cents is not None:
            images = next(u.images for u in item.purchase.uses if u.project == project)
            alone = item.shares.stand_alone_cents[project]
            yield AssetShare(item.purchase.asset.id, images, cents / 100, alone / 100)


def _lower(options: ProjectOptions, pick: int) -> Lower | None:
    """Return what a level at least a tenth lower would save and lose, with the same network."""
    if options.pool_images is not None and options.pool_images[pick].any():
        return None  # what a pool saves depends on who else takes from it
    same = _same_kind(options, pick) & (
        options.architecture_index == options.architecture_index[pick]
    )
    fewer = np.flatnonzero(same & (options.images_total <= 0.9 * options.images_total[pick]))
    if len(fewer) == 0:
        return None
    next_lower = int(fewer[np.argmax(options.images_total[fewer])])
    saves = int(options.total_cents[pick]) - int(options.total_cents[next_lower])
    loses = float(options.chance[pick] - options.chance[next_lower])
    return Lower(int(options.images_total[next_lower]), saves / 100, loses) if saves > 0 else None


def _same_kind(options: ProjectOptions, pick: int) -> NDArray[np.bool_]:
    """Return which options use the same shared assets and start when the chosen one does."""
    same = np.ones(len(options), dtype=np.bool_)
    for column in (options.use_index, options.start):
        if column is not None:
            same &= column == column[pick]
    return same


def _second(scene: SolvedScene, index: int, pick: int) -> Second | None:
    """Return the second-best architecture and what it would take away."""
    options = scene.options[index]
    others = np.flatnonzero(
        _same_kind(options, pick) & (options.architecture_index != options.architecture_index[pick])
    )
    if len(others) == 0:
        return None
    alike = others[options.images_total[others] == options.images_total[pick]]
    others = alike if len(alike) else others
    worth = objective_worth(options, scene.objective)
    price = scene.solution.budget_price / 100
    score = worth - price * options.bound_cents
    order = np.lexsort((options.total_cents[others], -score[others]))
    second = int(others[order[0]])
    dearer = int(options.total_cents[second]) - int(options.total_cents[pick])
    gained = float(options.chance[second] - options.chance[pick])
    images = int(options.images_total[second])
    elsewhere = images if images != options.images_total[pick] else None
    return Second(options.architecture(second), elsewhere, dearer / 100, gained)


@dataclass(frozen=True)
class _Step:
    """One change of one project."""

    index: int
    row: int
    cents: int
    worth: float
    gained: float


def leftover(scene: SolvedScene) -> CapsHeld | Leftover:
    """Return how much is left, and what the next step would cost and add."""
    if scene.portfolio.hold is not None:
        return CapsHeld(scene.solution.committed_cents / 100)
    left = scene.left_cents / 100
    if not scene.prepared.has_one_budget:
        return Leftover(left, Rest.UNKNOWN)
    steps = [step for index in range(len(scene.options)) for step in _best_step(scene, index)]
    if not steps:
        if scene.shadow_price > 0:  # as where one project would have to make way for another
            return Leftover(left, Rest.OTHER_PROJECTS)
        return Leftover(left, Rest.NOTHING_ALLOWED if scene.rules else Rest.NOTHING_PAYS)
    best = max(steps, key=lambda step: (step.worth / max(step.cents, 1), -step.index))
    options, objective = scene.options[best.index], scene.objective
    step = NextStepUp(
        options.project,
        int(options.images_total[best.row]),
        best.cents / 100,
        best.gained,
        best.worth if objective.in_money else None,
        objective is Objective.NET_VALUE,
    )
    return Leftover(left, step)


def _best_step(scene: SolvedScene, index: int) -> Sequence[_Step]:
    """Return the best worth per cent of the changes of one project that pay and do not fit."""
    options, pick = scene.options[index], scene.picks[index]
    if len(options) == 0:
        return ()
    if pick is None and broken_rules(scene.rules, scene.funded | {options.project}):
        return ()
    worth = objective_worth(options, scene.objective)
    now_worth = 0.0 if pick is None else float(worth[pick])
    now_cents = 0 if pick is None else int(options.bound_cents[pick])
    now_chance = 0.0 if pick is None else float(options.chance[pick])
    gain = worth - now_worth
    extra = options.bound_cents - now_cents
    # A gain within the proven gap is not a step, it is rounding.
    pays = np.flatnonzero((gain > 1e-9 * max(1.0, abs(now_worth))) & (extra > scene.left_cents))
    if len(pays) == 0:
        return ()
    row = int(pays[np.argmax(gain[pays] / extra[pays])])
    return (
        _Step(
            index,
            row,
            int(extra[row]),
            float(gain[row]),
            float(options.chance[row]) - now_chance,
        ),
    )
