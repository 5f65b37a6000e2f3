r"""Joint draws of every option's worth and spend, packed: what a tail average is computed from.

Success is one bit, stored draw by draw, so that a tail of 200 draws unpacks 200 rows and one
matrix-vector product gives the tail sum of every option. Certain cost is one number for each
option; random cost in ``commit`` mode is linear in few vectors of draws (price ranges); in
``stop_when_reached`` mode it follows from the draws of the images needed, one vector for each
curve.

.. math::

    \mathrm{spend}_{os} = c_o + \sum_k p_{ok} f_{k(o), s} + \mathrm{stop}_{os}, \qquad
    W_{os} = d_o \, (v_o z_{os} - m \, \mathrm{spend}_{os} / 100) + a_o

with :math:`z` the bits, :math:`f` the factors, :math:`d` the present-value factor, :math:`m` 1
where the objective counts cost, and :math:`a` what is earned less running cost in every draw.
Options whose errors count themselves are worth another amount in every draw, which is kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Bits, Floats, Rows
from planner.economics.ledger import Line, spend, stopped

CHUNK_OPTIONS = 8192
"""Options unpacked at a time, a multiple of 8: 200 draws of them are 13 MB of floats."""
CHUNK_CELLS = 4_000_000
AT_A_TIME = 1024
"""Options whose worth in every draw is held at once: 16 MB for 2,000 draws."""
SUMMED_CELLS = 128_000
"""Cells summed at a time: a megabyte, which stays in the cache and on one thread."""
MOST_COUNTS = 12
"""Different weights up to which counting each is faster than multiplying."""


def empty_bits(n_draws: int, n_options: int) -> Bits:
    """Return an all-false success table to be filled by :func:`set_success`."""
    return np.zeros((n_draws, -(-n_options // 8)), dtype=np.uint8)


def set_success(bits: Bits, first: int, success: NDArray[np.bool_]) -> None:
    """Write the success of consecutive options into a packed table, in place.

    Parameters
    ----------
    bits : ndarray of uint8, shape (n_draws, ceil(n_options / 8))
        From :func:`empty_bits`; the places written to are still false.
    first : int
        Number of the first option.
    success : ndarray of bool, shape (n_options, n_draws)
        One option a row, as comparing forecast errors with a target gives it.
    """
    count, n_draws = success.shape
    shift = first % 8
    block = np.zeros((n_draws, shift + count), dtype=np.bool_)
    block[:, shift:] = success.T
    packed = np.packbits(block, axis=1, bitorder="little")
    start = first // 8
    bits[:, start : start + packed.shape[1]] |= packed


def count_bits(bits: Bits, draws: Rows) -> NDArray[np.int64]:
    """Return in how many of some draws each option succeeds, shape (8 · bits.shape[1],).

    Counters of as many bits as needed stand side by side, one for each option; adding a draw to
    all of them takes carry-save additions of whole words (Harley & Seal).
    """
    n_bytes = bits.shape[1]
    words = np.zeros((1, -(-n_bytes // 8) * 8), dtype=np.uint8)
    counters: list[NDArray[np.uint64]] = []
    waiting: list[NDArray[np.uint64] | None] = []
    for draw in draws.tolist():
        words[0, :n_bytes] = bits[draw]
        _carry(counters, waiting, words.view(np.uint64)[0].copy())
    total = np.zeros(words.shape[1] * 8, dtype=np.int64)
    for level, (counter, late) in enumerate(zip(counters, waiting, strict=True)):
        for part in (counter, late):
            if part is not None:
                unpacked = np.unpackbits(part.view(np.uint8), bitorder="little")
                total += unpacked.astype(np.int64) << level
    return total[: 8 * n_bytes]


def _carry(
    counters: list[NDArray[np.uint64]],
    waiting: list[NDArray[np.uint64] | None],
    bit: NDArray[np.uint64],
) -> None:
    """Add one bit to every counter; two that wait at a level carry one to the next, in place."""
    for level in range(len(counters) + 1):
        if level == len(counters):
            counters.append(np.zeros_like(bit))
            waiting.append(None)
        other = waiting[level]
        if other is None:
            waiting[level] = bit
            return
        counter = counters[level]
        either = other ^ bit
        other &= bit
        np.bitwise_and(counter, either, out=bit)
        bit |= other
        counter ^= either
        waiting[level] = None


@dataclass(frozen=True, eq=False)
class UnitCents:
    """A line of the ledger over all options.

    Attributes
    ----------
    line : Line
        Which.
    cents : ndarray of float64, shape (n_options,)
        Mean amount of one unit; 0 where the project does not have the line.
    factor : ndarray of int64, shape (n_options,)
        Row of ``factors`` that multiplies it; −1 is 1 in every draw.
    """

    line: Line
    cents: Floats
    factor: Rows


@dataclass(frozen=True, eq=False)
class Stopping:
    """Random spend where labelling stops at the target: option ``o`` is a cap on its curve.

    See :func:`planner.economics.ledger.stopped` for what is labelled and trained on.

    Attributes
    ----------
    need : ndarray of float32, shape (n_curves, n_draws)
        Total images at which the target is met; inf is never.
    curve : ndarray of int64, shape (n_options,)
        Row of ``need`` of each option; −1 where the spend does not depend on it.
    held, cap : ndarray of float64, shape (n_options,)
        Total images owned before, and at most; ``held`` is no more than ``cap``.
    lines : tuple of UnitCents
        What is paid.
    """

    need: NDArray[np.float32]
    curve: Rows
    held: Floats
    cap: Floats
    lines: tuple[UnitCents, ...]


@dataclass(frozen=True, eq=False)
class GradedWorth:
    """Worth of some options in every draw that is no multiple of their success.

    Attributes
    ----------
    row : ndarray of int64, shape (n_options,)
        Row of ``worth`` of each option; −1 where it has none.
    worth : ndarray of float64, shape (n_rows, n_draws)
        Present values.
    """

    row: Rows
    worth: Floats

    def draws(self, options: Rows) -> Floats:
        """Return the worth of some options in every draw, 0 where they have none."""
        rows = self.row[options]
        found = np.zeros((len(rows), self.worth.shape[1]))
        found[rows >= 0] = self.worth[rows[rows >= 0]]
        return found

    def at(self, weights: Floats) -> Floats:
        """Return the weighted sum of every option."""
        draws = np.flatnonzero(weights)
        worth = self.worth if len(draws) == len(weights) else self.worth[:, draws]
        sums = np.zeros(len(self.row))
        sums[self.row >= 0] = (worth @ weights[draws])[self.row[self.row >= 0]]
        return sums


@dataclass(frozen=True, eq=False)
class PackedOutcomes:
    """The :class:`planner.offering.problem.Outcomes` of a portfolio's options.

    Attributes
    ----------
    bits : ndarray of uint8, shape (n_draws, ceil(n_options / 8))
        Success of each option, little-endian along the options; see :func:`set_success`.
    value : ndarray of float64, shape (n_options,)
        Worth of meeting the target, in units of the objective.
    certain_cents : ndarray of float64, shape (n_options,)
        Spend in every draw, shared assets not included.
    counts_cost : bool
        Whether the objective subtracts spend (net value).
    present : ndarray of float64, shape (n_options,)
        Present-value factor of value and cost; spend itself is not discounted.
    factors : ndarray of float64, shape (n_factors, n_draws)
        Price draws relative to whatever ``factor_cents`` is priced at.
    factor_of : ndarray of int64, shape (n_options, k)
        Which factors an option's random cost is linear in; anything where the cents are 0.
    factor_cents : ndarray of float64, shape (n_options, k)
        Cents for one unit of the factor.
    stopping : Stopping or None
        Spend that stops at the target.
    standing : ndarray of float64, shape (n_options,), or None
        Worth in every draw besides, as a present value; None: none.
    graded : GradedWorth or None
        Worth of options whose errors count themselves, besides; None: none.

    Notes
    -----
    Draws of weight 0 are never read. ``worth_at`` costs O(n_options · draws of positive weight);
    a tail average about five bit operations on 64 options at a time for each such draw.
    """

    bits: Bits
    value: Floats
    certain_cents: Floats
    counts_cost: bool
    present: Floats
    factors: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    factor_of: Rows = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    factor_cents: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    stopping: Stopping | None = None
    standing: Floats | None = None
    graded: GradedWorth | None = None

    @property
    def n_draws(self) -> int:
        """Number of equally likely joint draws."""
        return len(self.bits)

    def __len__(self) -> int:
        return len(self.value)

    def success_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · success_os`` of every option, shape (n_options,).

        Draws of equal weight are counted bit by bit, 64 options at a time; a tail average is one
        such count. Only weights that all differ are multiplied out.
        """
        levels = np.unique(weights[weights != 0])
        if len(levels) > MOST_COUNTS:
            return self._multiplied(weights)
        sums = np.zeros(len(self))
        for level in levels.tolist():
            sums += level * count_bits(self.bits, np.flatnonzero(weights == level))[: len(self)]
        return sums

    def _multiplied(self, weights: Floats) -> Floats:
        """Return the weighted sums of bits for any weights."""
        draws = np.flatnonzero(weights)
        chosen = np.ascontiguousarray(weights[draws], dtype=np.float64)
        bits = self.bits if len(draws) == self.n_draws else self.bits[draws]
        sums = np.empty(bits.shape[1] * 8)
        width = max(1, min(CHUNK_OPTIONS, CHUNK_CELLS // max(1, len(draws))) // 8)
        for start in range(0, bits.shape[1], width):
            block = np.unpackbits(bits[:, start : start + width], axis=1, bitorder="little")
            stop = 8 * start + block.shape[1]
            sums[8 * start : stop] = chosen @ block.astype(np.float64)
        return sums[: len(self)]

    def success_draws(self, options: Rows) -> NDArray[np.bool_]:
        """Return in which draws some options meet their targets, shape (len(options), n_draws)."""
        options = np.asarray(options, dtype=np.int64)
        columns = self.bits[:, options >> 3] >> (options & 7).astype(np.uint8)
        return np.asarray((columns & 1).T.astype(np.bool_))

    def worth_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · worth_os`` of every option, shape (n_options,)."""
        worth = self.value * self.success_at(weights)
        if self.counts_cost:
            worth -= self.spend_at(weights) / 100
        worth *= self.present
        if self.standing is not None:
            worth += self.standing * float(weights.sum())
        if self.graded is not None:
            worth += self.graded.at(weights)
        return worth

    @property
    def cost_is_certain(self) -> bool:
        """Whether no option's spend differs between draws."""
        return not self.factor_of.size and self.stopping is None

    def summed_worth(self, options: Rows, shares: Floats) -> Floats:
        """Return ``Σ_o shares_o · worth_os`` of every draw where cost is certain."""
        cost = self.certain_cents[options] / 100 if self.counts_cost else np.zeros(len(options))
        scaled = shares * self.present[options]
        always = 0.0 if self.standing is None else float(shares @ self.standing[options])
        sums = np.full(self.n_draws, always - float(scaled @ cost))
        earned = scaled * self.value[options]
        for part in _chunks(len(options), SUMMED_CELLS // max(1, self.n_draws)):
            own = options[part]
            bits = self.bits[:, own >> 3] >> (own & 7).astype(np.uint8)
            sums += (bits & 1).astype(np.float64) @ earned[part]
        if self.graded is not None:
            sums += shares @ self.graded.draws(options)
        return sums

    def worth_draws(self, options: Rows) -> Floats:
        """Return the worth of some options in every draw, shape (len(options), n_draws)."""
        worth = self._moving_worth(options)
        if self.graded is not None:
            worth = worth + self.graded.draws(options)
        return worth if self.standing is None else worth + self.standing[options, None]

    def _moving_worth(self, options: Rows) -> Floats:
        success = self.success_draws(options)
        if self.cost_is_certain:
            cost = self.certain_cents[options] / 100 if self.counts_cost else 0.0
            present = self.present[options]
            met = (self.value[options] - cost) * present
            return np.where(success, met[:, None], np.asarray(-cost * present)[:, None])
        worth = self.value[options, None] * success
        if self.counts_cost:
            worth -= self.spend_draws(options) / 100
        return np.asarray(worth * self.present[options, None])

    def spend_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · spend_os`` of every option in cents, shape (n_options,)."""
        paid = self.certain_cents * float(weights.sum())
        if self.factor_of.size:
            paid += (self.factor_cents * (self.factors @ weights)[self.factor_of]).sum(axis=1)
        if self.stopping is not None:
            draws = np.flatnonzero(weights)
            for part in _chunks(len(self), CHUNK_CELLS // max(1, len(draws))):
                paid[part] += (
                    self._stopped(np.arange(part.start, part.stop), draws) @ weights[draws]
                )
        return np.asarray(paid)

    def spend_draws(self, options: Rows) -> Floats:
        """Return the spend of some options in every draw in cents, shape (len, n_draws)."""
        paid = np.repeat(self.certain_cents[options, None], self.n_draws, axis=1)
        if self.factor_of.size:
            for which, cents in zip(
                self.factor_of[options].T, self.factor_cents[options].T, strict=True
            ):
                paid += cents[:, None] * self.factors[which]
        if self.stopping is not None:
            paid += self._stopped(options, np.arange(self.n_draws))
        return np.asarray(paid)

    def _stopped(self, options: Rows, draws: Rows) -> Floats:
        """Return the spend that stops at the target, shape (len(options), len(draws))."""
        stop = self.stopping
        paid = np.zeros((len(options), len(draws)))
        if stop is None:
            return paid
        random = stop.curve[options] >= 0
        own = options[random]
        need = stop.need[:, draws][stop.curve[own]].astype(np.float64)
        counts = stopped(need, stop.held[own, None], stop.cap[own, None])
        amounts = (self._amounts(item, own, draws) for item in stop.lines)
        paid[random] = spend([item.line for item in stop.lines], counts, amounts)
        return paid

    def _amounts(self, item: UnitCents, options: Rows, draws: Rows) -> Floats:
        """Return the cents of one unit of a line at some draws, shape (len(options), n or 1)."""
        cents, which = item.cents[options, None], item.factor[options]
        if np.all(which < 0):
            return cents
        return cents * np.where(which[:, None] >= 0, self.factors[:, draws][which], 1.0)


def in_turn(options: Rows) -> Iterator[Rows]:
    """Yield some options so many at a time that their draws take little memory."""
    return (options[part] for part in _chunks(len(options), AT_A_TIME))


def summed(parts: Iterable[Floats], n_draws: int) -> Floats:
    """Return the sum of all rows in every draw, whatever parts they come in, shape (n_draws,).

    One row is added after the other, so the last digit does not depend on the parts.

    Examples
    --------
    >>> rows = np.array([[0.1], [0.2], [0.3]])
    >>> bool(summed([rows], 1) == summed([rows[:2], rows[2:]], 1))
    True
    """
    total: Floats | None = None
    for part in parts:
        rows = part if total is None else np.concatenate([total[None], part])
        total = rows.sum(axis=0)
    return np.zeros(n_draws) if total is None else total


def _chunks(total: int, size: int) -> Iterator[slice]:
    size = max(1, size)
    return (slice(start, min(start + size, total)) for start in range(0, total, size))
