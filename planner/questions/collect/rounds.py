"""How many images should be collected now, and how many later, if each round may be the last?

After a round the network is trained and measured; collecting stops once the target is met. Small
steps waste few images but take rounds, large steps the reverse; a dynamic programme over the
posterior of data needed weighs them. What a round teaches about the *next* ones is not in it:
ask again after each round, with its run as a pilot (:func:`simulate_rounds` does so).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.errors import InputError, Problem

MOST_LEVELS = 4096
"""Distinct draws up to which the policy is exact; beyond, evenly spaced ranks of them are used."""

_BLOCK = 256  # rows of the transition table held at a time: its square would not fit the cache


@dataclass(frozen=True, kw_only=True)
class RoundPrices:
    """What collecting in rounds costs, and what missing the target costs; one currency.

    Attributes
    ----------
    penalty : float
        Lost if the target is not met in the end: a fine, or the value that is then not earned.
    per_image : float
        Of each image bought.
    per_round : float
        Of each round in which images are bought.
    per_trained_image : float
        Of training on one image; every round trains on all images anew.
    setup : float
        Paid once, with the first image.
    """

    penalty: float
    per_image: float
    per_round: float = 0.0
    per_trained_image: float = 0.0
    setup: float = 0.0

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"got {value!r}; an amount is a finite number of at least 0.")
            for name, value in vars(self).items()
            if not (math.isfinite(value) and value >= 0.0)
        ]
        if problems:
            raise InputError(problems)

    def of_step(self, before: float, after: float, *, first: bool) -> float:
        """Return the cost of one round that collects from ``before`` images to ``after``."""
        bought = self.per_image * (after - before)
        once = self.setup if first else 0.0
        return bought + self.per_trained_image * after + self.per_round + once


@dataclass(frozen=True)
class CollectionRound:
    """One round of a policy.

    Attributes
    ----------
    images_total, images_to_buy : int
        Images after the round, and those bought in it.
    cost : float
        Of the round, if it is made.
    chance_needed : float
        Chance that the rounds before it do not suffice.
    chance_reached : float
        Chance that the target is met by the end of it.
    """

    images_total: int
    images_to_buy: int
    cost: float
    chance_needed: float
    chance_reached: float


@dataclass(frozen=True)
class CollectionPolicy:
    """Rounds to make until the target is met, and what to expect of them.

    All chances and expectations suppose that the images held do not suffice.

    Attributes
    ----------
    held : int
        Images to start from.
    rounds : tuple of CollectionRound
        Those in which images are bought; empty: do not collect.
    chance_held_suffices : float
        Chance that the images held meet the target already.
    chance_reached : float
        Chance that the target is met in the end.
    expected_cost, expected_cost_se : float
        Spend plus penalty times the chance of a miss, and its Monte Carlo standard error.
    expected_spend : float
        Mean spend.
    spend_p90 : float
        Spend not exceeded in 90 % of outcomes.
    expected_rounds : float
        Mean number of rounds made.
    expected_images : float
        Mean images at the end.
    """

    held: int
    rounds: tuple[CollectionRound, ...]
    chance_held_suffices: float
    chance_reached: float
    expected_cost: float
    expected_cost_se: float
    expected_spend: float
    spend_p90: float
    expected_rounds: float
    expected_images: float

    @property
    def images_now(self) -> int:
        """Total images after the first round; those held if nothing is worth collecting."""
        return self.rounds[0].images_total if self.rounds else self.held

    @property
    def images_at_most(self) -> int:
        """Total images after the last round."""
        return self.rounds[-1].images_total if self.rounds else self.held


def plan_rounds(
    needed_draws: Floats, *, held: int, limit: int, prices: RoundPrices, rounds: int = 1
) -> CollectionPolicy:
    r"""Return the policy of least expected cost to collect in at most ``rounds`` rounds.

    With S(q) the chance that more than q images are needed, it minimises

    .. math:: \sum_t c(q_{t-1}, q_t) S(q_{t-1}) / S(q_0) + P S(q_T) / S(q_0)

    over held = q_0 ≤ q_1 ≤ … ≤ q_T ≤ limit, where c is the cost of a round (nothing for a round
    without purchase) and P the penalty.

    Parameters
    ----------
    needed_draws : ndarray of shape (n_draws,)
        Total images at which the target is met, at least 0; ``inf`` for never.
    held, limit : int
        Images owned, and most that can be.
    prices : RoundPrices
        Costs and penalty.
    rounds : int, default=1
        Most rounds, at least 1.

    Returns
    -------
    CollectionPolicy
        Where several cost the same, the one that collects least, first round first.

    Raises
    ------
    InputError
        No draws, draws that are NaN or negative, fewer than one round, or a limit below held.

    Notes
    -----
    Exact for the draws: lowering a level to the largest draw below it changes no chance and saves
    images, so that levels other than draws need not be tried. Cost: O(rounds · n_draws²) at most.

    With one round, no fixed costs and a density f of data needed, it is the quantile rule
    P = c / f(q_1) given that the images held do not suffice.

    References
    ----------
    .. [1] Mahmood, Lucas, Alvarez, Fidler, Law (NeurIPS 2022), Optimizing Data Collection for
       Machine Learning, problem (3) and theorem 1.

    Examples
    --------
    >>> needed = np.array([100.0, 200.0, 300.0, 10_000.0])
    >>> prices = RoundPrices(per_image=1.0, penalty=1_000.0)
    >>> policy = plan_rounds(needed, held=50, limit=5_000, prices=prices, rounds=2)
    >>> [level.images_total for level in policy.rounds], policy.chance_reached
    ([100, 300], 0.75)
    """
    draws = _require_draws(needed_draws)
    _require_counts(held, limit, rounds)
    unmet_draws = np.sort(draws[draws > held])
    reachable = np.unique(np.ceil(unmet_draws[unmet_draws <= limit]))
    if len(reachable) > MOST_LEVELS:
        ranks = np.linspace(0, len(reachable) - 1, MOST_LEVELS)
        reachable = reachable[np.rint(ranks).astype(np.intp)]
    levels = np.concatenate([[float(held)], reachable])
    # counts, not shares: with whole prices every sum is exact, and ties are ties
    unmet = len(unmet_draws) - np.searchsorted(unmet_draws, levels, side="right")
    path = least_cost_levels(levels, unmet.astype(np.float64), prices, rounds)
    chosen = np.unique(levels[path]).astype(np.int64)
    return price_levels(draws, [n for n in chosen.tolist() if n > held], held=held, prices=prices)


def least_cost_levels(
    levels: Floats, unmet: Floats, prices: RoundPrices, rounds: int
) -> NDArray[np.intp]:
    """Return which level to stand on after each round, by dynamic programming.

    Parameters
    ----------
    levels : ndarray of shape (n_levels,)
        Total images to choose from, strictly increasing; the first is what is held.
    unmet : ndarray of shape (n_levels,)
        Chance that the target is not met at each, or any multiple of it; never rising.
    prices : RoundPrices
        Costs and penalty.
    rounds : int
        Most rounds.

    Returns
    -------
    ndarray of intp, shape (rounds,)
        Never falling; a round that repeats the level before it buys nothing.
    """
    to_go = prices.penalty * unmet
    steps = []
    for _ in range(rounds):
        to_go, onward = _best_step(levels, unmet, to_go, prices)
        steps.append(onward)
    path = np.empty(rounds, dtype=np.intp)
    at = 0
    for number, onward in enumerate(reversed(steps)):
        at = int(onward[at])
        path[number] = at
    return path


def price_levels(
    needed_draws: Floats, levels: Sequence[int], *, held: int, prices: RoundPrices
) -> CollectionPolicy:
    """Return what to expect of collecting to given levels one after the other, until one suffices.

    Parameters
    ----------
    needed_draws : ndarray of shape (n_draws,)
        Total images at which the target is met; ``inf`` for never.
    levels : sequence of int
        Total images after each round, strictly increasing and above ``held``; may be empty.
    held : int
        Images owned.
    prices : RoundPrices
        Costs and penalty.
    """
    draws = _require_draws(needed_draws)
    unmet = draws[draws > held]
    suffices = 1.0 - len(unmet) / len(draws)
    if len(unmet) == 0:
        return CollectionPolicy(held, (), suffices, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, float(held))
    ends = np.array([held, *levels], dtype=np.float64)
    costs = [
        prices.of_step(before, after, first=number == 0)
        for number, (before, after) in enumerate(pairwise(ends.tolist()))
    ]
    # round 0 is the images held, which do not suffice: every draw makes round 1, if there is one
    last = np.minimum(np.searchsorted(ends, unmet, side="left"), len(levels))
    spend = np.concatenate([[0.0], np.cumsum(costs)])[last]
    missed = unmet > ends[-1]
    total = spend + prices.penalty * missed
    needed_at = [float(np.mean(unmet > end)) for end in ends]
    return CollectionPolicy(
        held=held,
        rounds=tuple(
            CollectionRound(
                images_total=int(ends[number + 1]),
                images_to_buy=int(ends[number + 1] - ends[number]),
                cost=cost,
                chance_needed=needed_at[number],
                chance_reached=1.0 - needed_at[number + 1],
            )
            for number, cost in enumerate(costs)
        ),
        chance_held_suffices=suffices,
        chance_reached=1.0 - needed_at[-1],
        expected_cost=float(np.mean(total)),
        expected_cost_se=float(np.std(total) / math.sqrt(len(total))),
        expected_spend=float(np.mean(spend)),
        spend_p90=float(np.quantile(spend, 0.9, method="inverted_cdf")),
        expected_rounds=float(np.mean(last)),
        expected_images=float(np.mean(ends[last])),
    )


def break_even_penalty(
    needed_draws: Floats, *, held: int, limit: int, prices: RoundPrices, rounds: int = 1
) -> float:
    """Return the least penalty at which collecting is worth starting; ``inf`` if there is none.

    It is the least expected spend per chance of success over all policies.

    Parameters
    ----------
    needed_draws, held, limit, prices, rounds
        As for :func:`plan_rounds`; the penalty in ``prices`` is not used.

    Notes
    -----
    Dinkelbach's method: plan at the best ratio so far until no policy beats it.
    """
    everything = price_levels(
        needed_draws, [limit] if limit > held else [], held=held, prices=prices
    )
    ratio = _spend_per_chance(everything)
    while math.isfinite(ratio) and ratio > 0.0:
        trial = replace(prices, penalty=ratio)
        policy = plan_rounds(needed_draws, held=held, limit=limit, prices=trial, rounds=rounds)
        better = _spend_per_chance(policy)
        if not better < ratio * (1.0 - 1e-12):
            break
        ratio = better
    return ratio


@dataclass(frozen=True)
class RoundsRun:
    """What collecting in rounds came to in one world.

    Attributes
    ----------
    levels : tuple of int
        Total images after each round made.
    reached : bool
        Whether the target was met.
    spend : float
        On all rounds.
    cost : float
        Spend, plus the penalty if the target was missed.
    """

    levels: tuple[int, ...]
    reached: bool
    spend: float
    cost: float


@dataclass(frozen=True, eq=False)
class ReplannedRounds:
    """Decide every round anew: estimate what is needed from all runs so far, plan, take one step.

    Attributes
    ----------
    estimate : callable
        From the total images of every run so far, all of which missed the target, to draws of data
        needed.
    limit : int
        Most images.
    prices : RoundPrices
        Costs and penalty.
    """

    estimate: Callable[[tuple[int, ...]], Floats] = field(repr=False)
    limit: int
    prices: RoundPrices

    def __call__(self, tried: tuple[int, ...], rounds_left: int) -> int:
        """Return the total images to own after the next round."""
        return plan_rounds(
            self.estimate(tried),
            held=tried[-1],
            limit=self.limit,
            prices=self.prices,
            rounds=rounds_left,
        ).images_now


def simulate_rounds(
    decide: Callable[[tuple[int, ...], int], int],
    *,
    needed: float,
    held: int,
    rounds: int,
    prices: RoundPrices,
) -> RoundsRun:
    """Return what a way of deciding comes to where the images needed are known.

    Parameters
    ----------
    decide : callable
        From the total images of every run so far (those held first) and the rounds left to the
        total images after the next round, such as :class:`ReplannedRounds`. Asking for no more
        than there is ends the collection.
    needed : float
        Total images at which the target is truly met.
    held : int
        Images owned at the start.
    rounds : int
        Most rounds.
    prices : RoundPrices
        Costs and penalty.
    """
    levels: list[int] = []
    spend = 0.0
    at = held
    for left in range(rounds, 0, -1):
        if at >= needed:
            break
        wanted = decide((held, *levels), left)
        if wanted <= at:
            break
        spend += prices.of_step(at, wanted, first=not levels)
        levels.append(wanted)
        at = wanted
    reached = at >= needed
    return RoundsRun(tuple(levels), reached, spend, spend + (0.0 if reached else prices.penalty))


def _best_step(
    levels: Floats, unmet: Floats, to_go: Floats, prices: RoundPrices
) -> tuple[Floats, NDArray[np.intp]]:
    """Return cost to go and best next level from every level, the lowest among equals."""
    n = len(levels)
    best, onward = np.empty(n), np.empty(n, dtype=np.intp)
    trained = prices.per_trained_image * levels + prices.per_round
    for start in range(0, n, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, n))
        step = prices.per_image * (levels[start:] - levels[rows, None]) + trained[start:]
        if start == 0:
            step[0] += prices.setup
        total = unmet[rows, None] * step + to_go[start:]
        behind = np.arange(start, n) < rows[:, None]
        total[behind] = np.inf
        total[rows - start, rows - start] = to_go[rows]  # buying nothing costs nothing
        choice = np.argmin(total, axis=1)
        best[rows], onward[rows] = total[rows - start, choice], choice + start
    return best, onward


def _spend_per_chance(policy: CollectionPolicy) -> float:
    if policy.chance_reached <= 0.0 or not policy.rounds:
        return 0.0 if policy.chance_held_suffices == 1.0 else math.inf
    return policy.expected_spend / policy.chance_reached


def _require_draws(needed_draws: Floats) -> Floats:
    draws = np.asarray(needed_draws, dtype=np.float64)
    if draws.ndim != 1 or len(draws) == 0 or not np.all(draws >= 0.0):
        message = "draws of data needed are a 1-D array of at least one number of at least 0 or inf"
        raise InputError([Problem("needed_draws", f"{message}.")])
    return draws


def _require_counts(held: int, limit: int, rounds: int) -> None:
    problems = []
    if rounds < 1:
        problems.append(Problem("rounds", f"got {rounds}; at least 1 round.", "1"))
    if held < 0:
        problems.append(Problem("held", f"got {held}; images are at least 0.", "0"))
    if limit < held:
        message = f"{held:,} images are held, but the limit, which includes them, is {limit:,}."
        problems.append(Problem("limit", message, str(held)))
    if problems:
        raise InputError(problems)
