"""Every choice of a small part of the table, without looking at most of them.

Choices grow group by group and are dropped as soon as their losses, or what is left of the budget,
rule them out. The cuts known bound the rest; the most promising are valued truly, and each time the
best of them teaches another cut.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.solving.search.branch_program import Program
from planner.solving.search.branch_table import GroupTable
from planner.solving.system import System
from planner.solving.tail import DrawWeights, measures, touching_weights

BATCH = 32
"""Choices valued at a time, before what they teach rules others out."""
BOUNDING = 24
"""Cuts that choices are held against."""
BINS = 64


@dataclass(frozen=True, eq=False)
class Best:
    """The best choice found, and its worth; ``columns`` is None where none beats what is known."""

    columns: Rows | None
    value: float


def estimated_choices(table: GroupTable, losses: Floats, slack: float) -> float:
    """Return about how many choices lose no more than the slack: their losses, binned, convolved.

    Losses are rounded down, so that it is never far too low.
    """
    ways = np.zeros(BINS)
    ways[0] = 1.0
    for group in range(table.n_groups):
        own = losses[table.first[group] : table.first[group + 1]]
        own = own[own <= slack]
        if not slack > 0:
            ways *= len(own)
            continue
        bins = np.minimum((own * (BINS / slack)).astype(np.int64), BINS - 1)
        ways = np.convolve(ways, np.bincount(bins, minlength=BINS))[:BINS]
    return float(ways.sum())


def grown(table: GroupTable, losses: Floats, slack: float, most: int) -> Rows | None:
    """Return all choices that may be better, shape (n, n_groups); None if there are too many.

    Parameters
    ----------
    table : GroupTable
        What is chosen from.
    losses : ndarray of float64, shape (n_columns,)
        Of a bound; inf closes a column.
    slack : float
        Choices that lose more are not better.
    most : int
        Choices at which it is given up.
    """
    inside = [
        np.flatnonzero(losses[start:stop] <= slack) + start
        for start, stop in zip(table.first, table.first[1:], strict=False)
    ]
    order = sorted(range(table.n_groups), key=lambda g: (len(inside[g]), g))
    least = [int(table.cents[columns].min()) if len(columns) else 0 for columns in inside]
    budget = np.inf if table.budget_cents is None else table.budget_cents
    rest = sum(least)
    lost, cents = np.zeros(1), np.zeros(1, dtype=np.int64)
    choices = np.zeros((1, table.n_groups), dtype=np.int64)
    for group in order:
        own = inside[group]
        rest -= least[group]
        total = lost[:, None] + losses[own]
        spent = cents[:, None] + table.cents[own]
        kept, which = np.nonzero((total <= slack) & (spent + rest <= budget))
        if len(kept) > most:
            return None
        choices = choices[kept]
        choices[:, group] = own[which]
        lost, cents = total[kept, which], spent[kept, which]
    return choices


def best_of(
    program: Program,
    system: System,
    risk: RiskMeasure,
    choices: Rows,
    least: float,
    margin: float = 0.0,
) -> Best:
    """Return the best of some choices, if it is worth more than ``least``.

    None is worth more than what is returned by over ``margin``. Cost: O(choices · cuts), and
    O(draws) for each choice that no cut rules out.
    """
    table = program.table
    choices = choices[_keeps(system, table, choices)]
    mean = (1 - program.tail) * _sums(table.mean, choices)
    above = np.full(len(choices), np.inf)
    for number in program.lately(BOUNDING):
        limit = _sums(program.slopes[number], choices) + program.constants[number]
        above = np.minimum(above, limit)
    best, found = Best(None, least), least
    while len(choices):
        promising = mean + program.tail * above > found + margin
        choices, mean, above = choices[promising], mean[promising], above[promising]
        if not len(choices):
            break
        bound = mean + program.tail * above
        size = min(BATCH, len(choices))
        top = np.argpartition(-bound, size - 1)[:size]
        draws = table.draws[choices[top]].sum(axis=1)
        values = mean[top] + program.tail * measures(draws, risk)
        lead = int(np.argmax(values))
        if values[lead] > found:
            found = float(values[lead])
            best = Best(choices[top[lead]].copy(), found)
        rest = np.ones(len(choices), dtype=np.bool_)
        rest[top] = False
        choices, mean, above = choices[rest], mean[rest], above[rest]
        if len(choices):
            for place in {lead, int(np.argmax(bound[top]))}:
                weights = touching_weights(draws[place], risk)
                above = np.minimum(above, _over(table, choices, weights))
    return best


def _over(table: GroupTable, choices: Rows, draws: DrawWeights) -> Floats:
    """Return what a cut says the tails of choices are at most."""
    return _sums(table.slope(draws.weights), choices) + draws.penalty


def _sums(numbers: Floats, choices: Rows) -> Floats:
    return np.asarray(numbers[choices].sum(axis=1))


def _keeps(system: System, table: GroupTable, choices: Rows) -> Flags:
    """Return which choices keep the budget and every row; whole numbers exactly."""
    keeps = np.ones(len(choices), dtype=np.bool_)
    if table.budget_cents is not None:
        keeps &= table.cents[choices].sum(axis=1) <= table.budget_cents
    allowed = system.allowed
    for row, limit in zip(table.rows, allowed, strict=True):
        keeps &= row[choices].sum(axis=1) <= limit
    return keeps
