"""What a plan may choose for one project: architecture and images, with cost and chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Cents


@dataclass(frozen=True, eq=False)
class GradedMeans:
    """What is expected of options whose worth depends on the error itself, on the solve's draws.

    Attributes
    ----------
    gross, running : ndarray of float64
        Earned less what errors cost, and paid, as present values.
    """

    gross: NDArray[np.float64]
    running: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "GradedMeans":
        """Return some of them."""
        return GradedMeans(self.gross[rows], self.running[rows])


@dataclass(frozen=True, eq=False)
class OptionLife:
    """What options earn and pay in use, as present values, with the target met and without.

    Where the error itself counts, they earn another amount in every draw: ``graded`` then holds the
    means, and what is earned with the target met and without is no number.

    Attributes
    ----------
    gross_met, gross_not : ndarray of float64
        Earned, ``value`` included.
    running : ndarray of float64
        Paid over the horizon if it goes live.
    live_met, live_not : ndarray of bool
        Whether it goes live.
    bound : ndarray of int64
        Cents of running cost that the budget binds besides development, as if it went live; 0
        where it binds development alone.
    graded : GradedMeans or None
        Expected where the error itself counts; None where only the target does.
    """

    gross_met: NDArray[np.float64]
    gross_not: NDArray[np.float64]
    running: NDArray[np.float64]
    live_met: NDArray[np.bool_]
    live_not: NDArray[np.bool_]
    bound: Cents
    graded: GradedMeans | None = None

    @property
    def net_met(self) -> NDArray[np.float64]:
        """Earned less running cost with the target met."""
        return self.gross_met - self.live_met * self.running

    @property
    def net_not(self) -> NDArray[np.float64]:
        """The same without."""
        return self.gross_not - self.live_not * self.running

    def gross_at(self, chance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is expected to be earned at some chances of the target."""
        if self.graded is not None:
            return self.graded.gross
        return chance * self.gross_met + (1.0 - chance) * self.gross_not

    def running_at(self, chance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is expected to be paid at some chances of the target."""
        if self.graded is not None:
            return self.graded.running
        return self.running * (chance * self.live_met + (1.0 - chance) * self.live_not)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "OptionLife":
        """Return some of them."""
        return OptionLife(
            self.gross_met[rows],
            self.gross_not[rows],
            self.running[rows],
            self.live_met[rows],
            self.live_not[rows],
            self.bound[rows],
            None if self.graded is None else self.graded.take(rows),
        )


@dataclass(frozen=True, eq=False)
class ProjectOptions:
    """Every option of one project, as parallel arrays of length ``n_options``.

    Money is in whole cents, so that sums are exact.

    Attributes
    ----------
    project : str
        Id.
    architectures : tuple of str
        Names that ``architecture_index`` points into.
    architecture_index : ndarray of int64
        Architecture of each option.
    images_total, images_to_buy : ndarray of int64
        Images trained on, and how many of them are bought.
    cents : mapping of str to ndarray of int64
        Committed cost of each line of the ledger, by its name; a price range counts at its mean.
    chance : ndarray of float64
        Chance of target on the solve's draws, in [0, 1].
    expected_value : ndarray of float64
        Gross value expected, on the solve's draws; the present value where there is a discount.
    expected_cost : ndarray of float64 or None
        Mean spend as the objective counts it (present value; less than the cap in
        ``stop_when_reached`` mode); None: the committed cost.
    start : ndarray of int64 or None
        Period in which the option starts; None: the first.
    uses : tuple of tuple of str
        Sets of shared assets, required ones included, that ``use_index`` points into.
    use_index : ndarray of int64 or None
        Which set each option uses; None: the first.
    pools : tuple of str
        Shared data sets with images that the project is a member of, in file order.
    pool_images : ndarray of int64, shape (n_options, n_pools), or None
        Images each option takes from each pool, those that the pool holds already included.
    life : OptionLife or None
        What is earned and paid in use; None where there is no more than ``value``.
    alternatives : int
        How many of the last names are of alternatives to an own model.
    refreshes : tuple of str
        How often each set of ``uses`` is made fresh; empty where it does not age.
    compressed : tuple of str or None
        How the network of each set is made smaller; None where it stays as it is.
    rebalanced : tuple of int or None
        How many images of the rarest class each set reaches, 0 for none; None where that is not to
        be chosen.
    sought : ndarray of int64 or None
        Images bought of the rarest class alone, among those to buy; None where none may be.
    grams : ndarray of int64 or None
        CO2 equivalent of training, and of running as if it went live; None where the file does not
        say where machines stand.
    errors_cut : ndarray of float64 or None
        By how much the error in use is expected to be below that without the project; None where
        the objective does not count it.
    """

    project: str
    architectures: tuple[str, ...]
    architecture_index: NDArray[np.int64]
    images_total: NDArray[np.int64]
    images_to_buy: NDArray[np.int64]
    cents: Mapping[str, Cents]
    chance: NDArray[np.float64]
    expected_value: NDArray[np.float64]
    expected_cost: NDArray[np.float64] | None = None
    start: NDArray[np.int64] | None = None
    uses: tuple[tuple[str, ...], ...] = ((),)
    use_index: NDArray[np.int64] | None = None
    pools: tuple[str, ...] = ()
    pool_images: NDArray[np.int64] | None = None
    life: OptionLife | None = None
    alternatives: int = 0
    refreshes: tuple[str, ...] = ()
    compressed: tuple[str | None, ...] = ()
    rebalanced: tuple[int | None, ...] = ()
    sought: NDArray[np.int64] | None = None
    grams: Cents | None = None
    errors_cut: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.images_total)

    @cached_property
    def total_cents(self) -> Cents:
        """Committed cost of each option, shared assets not included; read, never written."""
        total = sum(self.cents.values(), start=np.zeros(len(self), dtype=np.int64))
        total.flags.writeable = False
        return total

    @property
    def bound_cents(self) -> Cents:
        """What the budget binds of each option: its committed cost, and running cost if asked."""
        return self.total_cents if self.life is None else self.total_cents + self.life.bound

    @property
    def expected_net_value(self) -> NDArray[np.float64]:
        """Gross value expected minus mean spend and running cost, shared assets not included."""
        spend = self.total_cents / 100 if self.expected_cost is None else self.expected_cost
        net = self.expected_value - spend
        return net if self.life is None else net - self.expected_running

    @property
    def expected_running(self) -> NDArray[np.float64]:
        """Running cost expected over the horizon, as a present value."""
        return np.zeros(len(self)) if self.life is None else self.life.running_at(self.chance)

    def architecture(self, index: int) -> str:
        """Return the architecture's name of one option."""
        return self.architectures[int(self.architecture_index[index])]

    @property
    def is_alternative(self) -> NDArray[np.bool_]:
        """Which options are no own model, but a service, rules or people."""
        return self.architecture_index >= len(self.architectures) - self.alternatives

    def alternative(self, index: int) -> str | None:
        """Return the id of the alternative that one option is; None for an own model."""
        return self.architecture(index) if bool(self.is_alternative[index]) else None

    def choice(self, index: int) -> dict[str, str | int | None]:
        """Return what one option is of what was on offer besides networks; empty if nothing was."""
        way = 0 if self.use_index is None else int(self.use_index[index])
        found: dict[str, str | int | None] = {}
        if len(set(self.refreshes) - {""}) > 1:
            found["refresh"] = self.refreshes[way] or None
        if any(self.compressed):
            found["compress"] = self.compressed[way]
        if any(self.rebalanced):
            found["rebalance"] = self.rebalanced[way] or None
        if self.alternatives:
            found["alternative"] = self.alternative(index)
        return found

    def cents_of(self, index: int) -> dict[str, int]:
        """Return what one option commits by line, shared assets not included."""
        return {line: int(cents[index]) for line, cents in self.cents.items()}

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "ProjectOptions":
        """Return the options at ``rows`` alone."""

        def some[T: np.generic](column: NDArray[T] | None) -> NDArray[T] | None:
            return None if column is None else column[rows]

        return ProjectOptions(
            self.project,
            self.architectures,
            self.architecture_index[rows],
            self.images_total[rows],
            self.images_to_buy[rows],
            {line: cents[rows] for line, cents in self.cents.items()},
            self.chance[rows],
            self.expected_value[rows],
            some(self.expected_cost),
            some(self.start),
            self.uses,
            some(self.use_index),
            self.pools,
            some(self.pool_images),
            None if self.life is None else self.life.take(rows),
            self.alternatives,
            self.refreshes,
            self.compressed,
            self.rebalanced,
            some(self.sought),
            some(self.grams),
            some(self.errors_cut),
        )
