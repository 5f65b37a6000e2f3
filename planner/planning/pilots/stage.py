"""What may be chosen for one project, today or once a run is in, in every joint draw.

After a run the project is held to ``go_chance``, as a plan holds every project with a pilot; what
was too unsure to be on offer today may then be chosen. Labels bought for the run are paid for.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.domain.arrays import Bits, Floats, Rows
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.economics.ledger import committed, entries_of, place_of, training_amounts
from planner.offering.alternatives import no_training
from planner.offering.options import Menu
from planner.offering.outcomes import PackedOutcomes
from planner.offering.packing import PackedGroup, pack_outcomes
from planner.offering.variants import counts_of, present_factors
from planner.planning.pilots.evidence import Evidence
from planner.planning.pilots.pooled import part_cents
from planner.planning.prepare import Prepared

__all__ = ["Stage", "after_buying", "chance_after", "delivered", "later", "stage_of", "with_means"]


@dataclass(frozen=True, eq=False)
class Stage:
    """Options of one project with their worth in every draw.

    Attributes
    ----------
    options : ProjectOptions
        Priced.
    success : ndarray of shape (n_options, n_draws)
        1 where the target is met.
    stake, cost : ndarray of shape (n_options,)
        What the objective counts for meeting the target, and what it takes off in any case.
    random : ndarray of shape (n_options, n_draws) or None
        Worth itself where what is spent differs from draw to draw, or errors count themselves.
    spend : ndarray of shape (n_options, n_draws) or None
        What is spent then, in cents.
    pooled : ndarray of shape (n_options,) or None
        The project's part of the images that options take from pools, in cents: whole plans pay for
        pools apart from options.
    counts_pooled : bool
        Whether the objective counts them.
    """

    options: ProjectOptions
    success: Floats
    stake: Floats
    cost: Floats
    random: Floats | None = None
    spend: Floats | None = None
    pooled: Floats | None = None
    counts_pooled: bool = False

    @property
    def cents(self) -> Floats:
        """What is spent in every draw, in cents, shape (n_options, n_draws)."""
        if self.spend is not None:
            return self.spend
        return np.broadcast_to(self.options.total_cents[:, None], self.success.shape).astype(float)

    @cached_property
    def worth(self) -> Floats:
        """Worth in every draw, shape (n_options, n_draws)."""
        if self.random is not None:
            return self.random
        return np.asarray(self.success * self.stake[:, None] - self.cost[:, None])

    @cached_property
    def mean(self) -> Floats:
        """Mean worth over all draws."""
        if self.random is not None:
            return np.asarray(self.random.mean(axis=1))
        return np.asarray(self.success.mean(axis=1) * self.stake - self.cost)

    def means(self, evidence: Evidence) -> tuple[Floats, Floats]:
        """Return chance of target and mean worth after each outcome, (n_outcomes, n_options)."""
        met = evidence.means(self.success)
        if self.random is not None:
            return met, evidence.means(self.random)
        return met, met * self.stake - self.cost

    def pool_due(self, price: float) -> Floats:
        """Return the part of pooled images at a price of money, where a project decides alone."""
        if self.pooled is None:
            return np.zeros(len(self.options))
        return np.asarray((price + self.counts_pooled) * self.pooled / 100)

    def take(self, rows: Rows) -> "Stage":
        """Return some of the options."""
        return Stage(
            self.options.take(rows),
            self.success[rows],
            self.stake[rows],
            self.cost[rows],
            None if self.random is None else self.random[rows],
            None if self.spend is None else self.spend[rows],
            None if self.pooled is None else self.pooled[rows],
            self.counts_pooled,
        )


def stage_of(
    prepared: Prepared,
    index: int,
    options: ProjectOptions,
    *,
    held_out: bool,
    bits: Bits | None = None,
) -> Stage:
    """Return options of a project on the solve's draws or on the audit's.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index : int
        Place of the project in the file.
    options : ProjectOptions
        Of its menu.
    held_out : bool
        Draws of the audit instead of the solve's.
    bits : ndarray of uint8, optional
        Their success on the solve's draws, where it was kept.
    """
    menu = prepared.menus[index]
    group = PackedGroup(menu, options, bits)
    packed = pack_outcomes(
        [group],
        prepared.portfolio,
        prepared.objective,
        seed=prepared.seed,
        held_out=held_out,
        at_means=True,
    )
    every = np.arange(len(options), dtype=np.int64)
    success = packed.success_draws(every).astype(np.float64)
    stops = prepared.portfolio.mode is not Mode.COMMIT
    random = packed.worth_draws(every) if stops else _graded(prepared, options, packed)
    spend = packed.spend_draws(every) if stops else None
    stake, cost = _stake_and_cost(prepared, menu, options)
    is_net = prepared.objective is Objective.NET_VALUE
    return Stage(options, success, stake, cost, random, spend, part_cents(menu, options), is_net)


def _graded(prepared: Prepared, options: ProjectOptions, packed: PackedOutcomes) -> Floats | None:
    """Return worth in every draw, what is committed at its mean, where errors count themselves."""
    if packed.graded is None:
        return None
    worth = packed.graded.draws(np.arange(len(options), dtype=np.int64))
    is_net = prepared.objective is Objective.NET_VALUE
    return worth - _spend(options)[:, None] if is_net else worth


def _stake_and_cost(
    prepared: Prepared, menu: Menu, options: ProjectOptions
) -> tuple[Floats, Floats]:
    """Return what meeting the target counts for, and what is counted off in any case.

    What is committed counts at its mean; what a life earns and pays depends on the target alone.
    """
    if not prepared.objective.in_money:
        counts = float(prepared.objective is Objective.TARGETS_MET)
        return np.full(len(options), counts), np.zeros(len(options))
    life, is_net = options.life, prepared.objective is Objective.NET_VALUE
    if life is not None and life.graded is not None:  # worth differs from draw to draw
        return np.zeros(len(options)), np.zeros(len(options))
    met = menu.project.mean_value * _present(prepared, options)
    missed = np.zeros(len(options))
    if life is not None:
        met = life.net_met if is_net else life.gross_met
        missed = life.net_not if is_net else life.gross_not
    spend = _spend(options) if is_net else np.zeros(len(options))
    return met - missed, spend - missed


def _spend(options: ProjectOptions) -> Floats:
    """Return the mean spend of options as the objective counts it."""
    if options.expected_cost is not None:
        return options.expected_cost
    return np.asarray(options.total_cents / 100)


def _present(prepared: Prepared, options: ProjectOptions) -> Floats:
    start = np.zeros(len(options), dtype=np.int64) if options.start is None else options.start
    return np.asarray(present_factors(prepared.portfolio)[start])


def after_buying(prepared: Prepared, index: int, stage: Stage, bought: int) -> Stage:
    """Return the options of a project once labels were bought for a run: those are paid for."""
    menu = prepared.menus[index]
    if bought <= 0:
        return stage
    options = stage.options
    project = replace(menu.project, images=replace(menu.project.images, fixed_cost=0.0))
    own = _sought(options)  # of one class alone, which no run buys
    left = np.maximum(options.images_to_buy - own - bought, 0) + own
    rates = (*menu.rates, *map(no_training, project.alternatives))
    ways = [way.rates for way in menu.ways] or [rates]
    training = np.array([training_amounts(one, prepared.portfolio.compute) for one in ways])
    way = np.zeros(len(options), dtype=np.int64) if options.use_index is None else options.use_index
    entries = entries_of(project, training[way, options.architecture_index])
    due_cents = committed(entries, counts_of(options, left), place_of(project))
    other = options.is_alternative  # pays what it paid
    cents = {
        name: np.where(other, paid, due_cents.get(name, paid))
        for name, paid in options.cents.items()
    }
    due = replace(options, images_to_buy=left, cents=cents, expected_cost=None)
    if prepared.objective is not Objective.NET_VALUE:
        return replace(stage, options=due)
    saved = (options.total_cents - due.total_cents) / 100 * _present(prepared, options)
    random = None if stage.random is None else stage.random + saved[:, None]
    return replace(stage, options=due, cost=stage.cost - saved, random=random)


def delivered(prepared: Prepared, stage: Stage, architecture: str, images: int) -> Stage:
    """Return the options of a project once a run has trained one of them: that costs no more."""
    options = stage.options
    same = (options.images_total == images) & (_sought(options) == 0)
    same &= np.array([options.architecture(row) == architecture for row in range(len(options))])
    training = options.cents.get("training")
    if training is None or not same.any():
        return stage
    cents = {**options.cents, "training": np.where(same, 0, training)}
    due = replace(options, cents=cents, expected_cost=None)
    if prepared.objective is not Objective.NET_VALUE:
        return replace(stage, options=due)
    saved = np.where(same, training, 0) / 100 * _present(prepared, options)
    random = None if stage.random is None else stage.random + saved[:, None]
    return replace(stage, options=due, cost=stage.cost - saved, random=random)


def _sought(options: ProjectOptions) -> Rows:
    """Return how many images each option buys of the rarest class alone."""
    return np.zeros(len(options), dtype=np.int64) if options.sought is None else options.sought


def later(stage: Stage, factor: float) -> Stage:
    """Return options whose worth counts at its present value because they start later."""
    if factor == 1.0:
        return stage
    random = None if stage.random is None else stage.random * factor
    return replace(stage, stake=stage.stake * factor, cost=stage.cost * factor, random=random)


def chance_after(menu: Menu, go_chance: float) -> float:
    """Return the least chance at which a measured project may be funded."""
    least = 0.0 if menu.demanded else go_chance
    return max(least, menu.project.min_chance or 0.0)


def with_means(
    options: ProjectOptions, met: Floats, mean: Floats, objective: Objective
) -> ProjectOptions:
    """Return options as a plan counts them whose chance and mean worth are known anew."""
    if objective is Objective.TARGETS_MET:
        return replace(options, chance=mean)
    if objective is Objective.ACCURACY:
        return replace(options, chance=met, errors_cut=mean)
    if objective is Objective.VALUE:
        return replace(options, chance=met, expected_value=mean)
    cost = options.total_cents / 100
    paid = 0.0 if options.life is None else options.life.running_at(met)
    return replace(options, chance=met, expected_value=mean + cost + paid, expected_cost=cost)
