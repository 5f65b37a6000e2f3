"""Which elementary things can be bought of the shared assets, and which options need them?

An asset without a pool is bought whole. A pool is bought in steps, one for each distinct number of
images that an option takes from it; a step needs the one before. Where there are periods, each
step may be owned from the end of each of them on; what is owned stays owned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats, Rows
from planner.domain.portfolio.portfolio import SharedAsset
from planner.domain.results.option import ProjectOptions
from planner.economics.shared import asset_cents
from planner.offering.problem import LinearRow

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Ladder:
    """One shared asset in steps.

    Attributes
    ----------
    asset : SharedAsset
        What is bought.
    needs : ndarray of int64, shape (n_steps,)
        Images that each step serves up to, those held included, increasing; the first step serves
        everyone who takes none beyond what is held.
    cents : ndarray of int64, shape (n_steps,)
        Cost of each step beyond the one before.
    first : int
        Number of its first elementary asset; step l in period t is ``first + l·n_periods + t``.
    """

    asset: SharedAsset
    needs: Rows
    cents: Rows
    first: int

    def number(self, step: int, period: int, n_periods: int) -> int:
        """Return the number of an elementary asset."""
        return self.first + step * n_periods + period


def uses(options: ProjectOptions, asset: SharedAsset) -> Rows:
    """Return the options that use an asset."""
    if options.use_index is None:
        used = bool(options.uses) and asset.id in options.uses[0]
        return np.arange(len(options), dtype=np.int64) if used else _NONE
    sets = np.array([asset.id in names for names in options.uses], dtype=np.bool_)
    return np.flatnonzero(sets[options.use_index])


def taken(options: ProjectOptions, asset: SharedAsset) -> Rows:
    """Return the images that each option takes from an asset's pool."""
    if options.pool_images is None or asset.id not in options.pools:
        return np.zeros(len(options), dtype=np.int64)
    return options.pool_images[:, options.pools.index(asset.id)]


def build_ladders(
    shared: Sequence[SharedAsset], options: Sequence[ProjectOptions], n_periods: int
) -> tuple[Ladder, ...]:
    """Return the steps of every asset that some option uses."""
    ladders = []
    first = 0
    for asset in shared:
        wanted = [taken(item, asset)[uses(item, asset)] for item in options]
        needs = np.unique(np.concatenate([_NONE, *wanted]))
        if len(needs) == 0:
            continue
        held = 0 if asset.images is None else asset.images.held
        needs = np.unique(np.concatenate([[held], needs[needs > held]])).astype(np.int64)
        cumulative = asset_cents(asset, needs)
        ladders.append(Ladder(asset, needs, np.diff(cumulative, prepend=0), first))
        first += len(needs) * n_periods
    return tuple(ladders)


def asset_names(ladders: Sequence[Ladder], periods: Sequence[str]) -> Iterator[str]:
    """Yield the name of every elementary asset."""
    for ladder in ladders:
        for need in ladder.needs.tolist():
            size = f",{need}" if ladder.asset.images is not None else ""
            for period in periods or ("",):
                yield f"{ladder.asset.id}{size}" + (f",{period}" if period else "")


def step_costs(ladders: Sequence[Ladder], n_periods: int) -> Rows:
    """Return the cents of every elementary asset: those of a step stand with its last period."""
    costs = [np.repeat(ladder.cents, n_periods) for ladder in ladders]
    cents = np.concatenate([_NONE, *costs])
    last = np.arange(len(cents)) % n_periods == n_periods - 1
    return np.where(last, cents, 0).astype(np.int64)


def step_worths(ladders: Sequence[Ladder], present: Floats) -> Floats:
    """Return minus the present cost of every elementary asset, in currency.

    Owned by the end of period t and not of the one before, a step costs its present value in t.
    """
    saved = present - np.append(present[1:], 0.0)
    return np.concatenate(
        [np.zeros(0), *(-np.multiply.outer(x.cents / 100, saved).ravel() for x in ladders)]
    )


def owned_images(
    ladders: Sequence[Ladder], bought: NDArray[np.bool_], n_periods: int
) -> dict[str, list[int]]:
    """Return the images that each asset serves by the end of each period, −1 before it is bought.

    Parameters
    ----------
    ladders : sequence of Ladder
        Of every asset.
    bought : ndarray of bool
        Elementary assets.
    n_periods : int
        At least 1.
    """
    owned = {}
    for ladder in ladders:
        stop = ladder.first + len(ladder.needs) * n_periods
        steps = bought[ladder.first : stop].reshape(len(ladder.needs), n_periods).sum(axis=0)
        owned[ladder.asset.id] = [
            int(ladder.needs[count - 1]) if count else -1 for count in steps.tolist()
        ]
    return owned


def link_rows(
    ladders: Sequence[Ladder],
    options: Sequence[ProjectOptions],
    first: Rows,
    n_periods: int,
) -> Iterator[LinearRow]:
    """Yield the rows that make options need what they use, and steps need those before.

    Parameters
    ----------
    ladders : sequence of Ladder
        Of every asset.
    options : sequence of ProjectOptions
        In the order of the problem.
    first : ndarray of int64
        Number of each project's first option.
    n_periods : int
        At least 1.
    """
    for ladder in ladders:
        yield from _chains(ladder, n_periods)
        for item, offset in zip(options, first.tolist(), strict=False):
            using = uses(item, ladder.asset)
            steps = np.maximum(np.searchsorted(ladder.needs, taken(item, ladder.asset)[using]), 0)
            start = np.zeros(len(using), dtype=np.int64)
            start = start if item.start is None else item.start[using]
            for step in np.union1d(steps, [0]).tolist() if len(using) else ():
                for period in range(n_periods):
                    needing = using[(steps >= step) & (start <= period)]
                    if len(needing) == 0:
                        continue
                    yield LinearRow(
                        f"uses[{item.project},{ladder.asset.id},{step},{period}]",
                        "",
                        needing + offset,
                        np.ones(len(needing)),
                        np.array([ladder.number(step, period, n_periods)], dtype=np.int64),
                        -np.ones(1),
                        0.0,
                    )


def _chains(ladder: Ladder, n_periods: int) -> Iterator[LinearRow]:
    """Yield ``later step ≤ earlier step`` and ``earlier period ≤ later period``."""
    for step in range(len(ladder.needs)):
        for period in range(n_periods):
            here = ladder.number(step, period, n_periods)
            if step:
                below = ladder.number(step - 1, period, n_periods)
                yield _at_most(f"step[{ladder.asset.id},{step},{period}]", here, below)
            if period + 1 < n_periods:
                later = ladder.number(step, period + 1, n_periods)
                yield _at_most(f"kept[{ladder.asset.id},{step},{period}]", here, later)


def _at_most(name: str, smaller: int, larger: int) -> LinearRow:
    pair = np.array([smaller, larger], dtype=np.int64)
    return LinearRow(name, "", _NONE, np.zeros(0), pair, np.array([1.0, -1.0]), 0.0)
