"""Which column of numbers is meant by the name of a candidate?

A candidate is a column that models may use, a further column of numbers in the user's own table, or
a product of such columns written ``a*b``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.quantities import QuantityError, parse_number
from planner.domain.suggest import did_you_mean
from planner.domain.words.warnings.tables import values_unknown
from planner.errors import InputError, Problem
from planner.regression.rows.observations import ObservationTable, design_columns

FIELD = "--candidates"
PAPER_NAMES = {"type": "segmentation", "pretrained_log10_images": "pretrained*log10_images"}
"""What the paper's Table 1 calls some columns and products."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Columns to choose from, and what to know of them.

    Attributes
    ----------
    columns : mapping of str to ndarray of shape (n_rows,)
        By the name that was given, in that order.
    notes : tuple of str
        Where a value is not known and counts as average.
    """

    columns: Mapping[str, Floats]
    notes: tuple[str, ...] = ()


def read_candidates(
    names: Sequence[str],
    table: ObservationTable,
    own: Mapping[str, Sequence[str]] | None = None,
) -> Candidates:
    """Return the columns that names mean.

    Parameters
    ----------
    names : sequence of str
        Columns, or products ``a*b``.
    table : ObservationTable
        The rows.
    own : mapping of str to sequence of str, optional
        Further columns of the user's table, as text, for the last rows of ``table``.

    Raises
    ------
    InputError
        No name, an unknown one, the same twice, or a column of the user's that is not all numbers
        or that other rows lack: all such mistakes.
    """
    problems: list[Problem] = []
    known = {**design_columns(table), **dict.fromkeys(own or {})}
    columns: dict[str, Floats] = {}
    for name in names:
        if name in columns:
            problems.append(_problem(name, "is named twice."))
            continue
        value = np.ones(len(table))
        for factor in _factors(name):
            value = value * _factor(factor, table, known, own or {}, problems)
        columns[name] = value
    if not names:
        problems.append(Problem(FIELD, "names no candidate.", ",".join(PAPER_NAMES)))
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Candidates(columns, _unknown_covariates(names, table))


def _factors(name: str) -> list[str]:
    """Return the columns whose product a name means, the paper's names spelt out."""
    parts = [part.strip() for part in name.split("*")]
    return [factor for part in parts for factor in PAPER_NAMES.get(part, part).split("*")]


def _factor(
    name: str,
    table: ObservationTable,
    known: Mapping[str, Floats | None],
    own: Mapping[str, Sequence[str]],
    problems: list[Problem],
) -> Floats:
    """Return one column, or ones after reporting what is wrong with its name."""
    stand_in = np.ones(len(table))
    column = known.get(name)
    if column is not None:
        return column
    if name not in own:
        fix = did_you_mean(name, (*known, *PAPER_NAMES)) or ", ".join(known)
        problems.append(_problem(name[:80], "is no column of these rows.", fix, "UNKNOWN_COLUMN"))
        return stand_in
    if len(own[name]) != len(table):
        message = "stands in your table only; the shipped rows do not have it."
        problems.append(_problem(name, message, "--alone"))
        return stand_in
    try:
        return np.array([parse_number(text, currency=None) for text in own[name]])
    except QuantityError as error:
        problems.append(_problem(name, f"is not a column of numbers: {error}."))
        return stand_in


def _unknown_covariates(names: Sequence[str], table: ObservationTable) -> tuple[str, ...]:
    """Return a note for each covariate of architectures that some rows lack."""
    notes = []
    factors = dict.fromkeys(factor for name in names for factor in _factors(name))
    for name in factors:
        values = getattr(table, name, None)
        if isinstance(values, np.ndarray) and np.isnan(values).any():
            n_missing = int(np.isnan(values).sum())
            notes.append(values_unknown(name, n_missing))
    return tuple(notes)


def _problem(name: str, message: str, fix: str = "", code: str = "BAD_VALUE") -> Problem:
    return Problem(FIELD, f"{name!r} {message}", fix, code=code)
