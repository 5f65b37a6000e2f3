"""A linear model in integers, as it is put together and as a solver takes it: names and arrays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows

__all__ = ["LinearModel", "ModelBuilder", "ModelTooLargeError", "power_of_ten"]

BYTES_OF_ENTRY = 75
"""Of a coefficient in both files together: two names and up to 17 digits, twice."""


class ModelTooLargeError(Exception):
    """The files would take more bytes than allowed."""


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Maximise ``objective · x`` where ``row_lower ≤ A x ≤ row_upper`` and ``lower ≤ x ≤ upper``.

    Attributes
    ----------
    columns, rows : tuple of str
        Short names that every file format takes.
    objective, lower, upper : ndarray of float64
        Of each column.
    whole : ndarray of bool
        Which columns are integers.
    row_lower, row_upper : ndarray of float64
        Of each row.
    starts, indices : ndarray of int64
        Of the entries of each column, and their rows.
    values : ndarray of float64
        The entries.
    """

    columns: tuple[str, ...]
    objective: Floats
    lower: Floats
    upper: Floats
    whole: Flags
    rows: tuple[str, ...]
    row_lower: Floats
    row_upper: Floats
    starts: Rows
    indices: Rows
    values: Floats


@dataclass(eq=False)
class ModelBuilder:
    """A model under way: columns and rows are added by blocks, entries in any order.

    Attributes
    ----------
    most_bytes : float
        That the files may take; more raises as soon as it is seen.
    """

    most_bytes: float = math.inf
    n_entries: int = 0
    _columns: list[str] = field(default_factory=list)
    _objective: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _whole: list[Flags] = field(default_factory=list)
    _rows: list[str] = field(default_factory=list)
    _row_lower: list[float] = field(default_factory=list)
    _row_upper: list[float] = field(default_factory=list)
    _entries: list[tuple[Rows, Rows, Floats]] = field(default_factory=list)

    def add_columns(
        self,
        names: Sequence[str],
        objective: Floats | float,
        lower: Floats | float,
        upper: Floats | float,
        *,
        whole: bool = False,
    ) -> Rows:
        """Add columns and return their numbers."""
        first, count = len(self._columns), len(names)
        self._columns += names
        for kept, given in (
            (self._objective, objective),
            (self._lower, lower),
            (self._upper, upper),
        ):
            kept.append(np.broadcast_to(np.asarray(given, dtype=np.float64), count))
        self._whole.append(np.full(count, whole))
        return np.arange(first, first + count, dtype=np.int64)

    def add_row(self, name: str, *, lower: float = -math.inf, upper: float = math.inf) -> int:
        """Add a row without entries and return its number."""
        self._rows.append(name)
        self._row_lower.append(lower)
        self._row_upper.append(upper)
        return len(self._rows) - 1

    def add_entries(self, rows: Rows | int, columns: Rows | int, values: Floats | float) -> None:
        """Add coefficients at places that have none yet; zeros are left out.

        Raises
        ------
        ModelTooLargeError
            The files would take more than ``most_bytes``.
        """
        at_rows, at_columns, given = np.broadcast_arrays(
            np.asarray(rows, dtype=np.int64),
            np.asarray(columns, dtype=np.int64),
            np.asarray(values, dtype=np.float64),
        )
        kept = np.flatnonzero(given)
        self._entries.append((at_rows.ravel()[kept], at_columns.ravel()[kept], given.ravel()[kept]))
        self.n_entries += len(kept)
        if self.n_bytes > self.most_bytes:
            raise ModelTooLargeError

    @property
    def n_bytes(self) -> float:
        """How much the files take with what stands so far, from above."""
        return float(BYTES_OF_ENTRY * (self.n_entries + len(self._columns) + len(self._rows)))

    def model(self) -> LinearModel:
        """Return what was added."""
        rows, columns, values = (
            np.concatenate([np.zeros(0, kind), *(entry[part] for entry in self._entries)])
            for part, kind in ((0, np.int64), (1, np.int64), (2, np.float64))
        )
        order = np.lexsort((rows, columns))
        counts = np.bincount(columns, minlength=len(self._columns))
        return LinearModel(
            columns=tuple(self._columns),
            objective=np.concatenate([np.zeros(0), *self._objective]),
            lower=np.concatenate([np.zeros(0), *self._lower]),
            upper=np.concatenate([np.zeros(0), *self._upper]),
            whole=np.concatenate([np.zeros(0, dtype=np.bool_), *self._whole]),
            rows=tuple(self._rows),
            row_lower=np.array(self._row_lower, dtype=np.float64),
            row_upper=np.array(self._row_upper, dtype=np.float64),
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            indices=rows[order],
            values=values[order],
        )


def power_of_ten(largest: float, least: float = 1.0) -> float:
    """Return the unit in which the largest of some amounts is at most 1,000.

    Examples
    --------
    >>> power_of_ten(120_000.0), power_of_ten(0.3)
    (1000.0, 1.0)
    """
    if largest <= 1000 * least:
        return least
    return float(10.0 ** math.ceil(math.log10(largest) - 3))
