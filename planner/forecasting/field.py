"""What errors measured in the laboratory become in use: one rising map for each draw."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.project import Project
from planner.forecasting.forecast import ErrorCurve, Forecast
from planner.forecasting.memory import at_hand

__all__ = ["FieldMap", "in_field"]

SEARCHED = np.concatenate([[1.0], np.geomspace(2.0, 1e8, 160)])
"""Images among which a need is looked for where the map differs between draws."""


@dataclass(frozen=True, eq=False)
class FieldMap:
    r"""Error in use by error in the laboratory.

    .. math:: e_c = \min(e + \delta, \mathrm{guess}), \quad e_f = \min(1, 1 - (1 - e_c)(1 - d) + p),
        \quad e' = (1 - f) e_f + s e_h

    Attributes
    ----------
    added : ndarray of float64, shape (n_draws,)
        What compression adds.
    kept, lost : ndarray of float64, shape (n_draws,)
        Share of the accuracy that is kept, and accuracy that is lost.
    left, own : float
        Share of the errors that nobody looks at, and of the images that people get wrong.
    guess : float
        Error of what never learned anything.
    """

    added: Floats
    kept: Floats
    lost: Floats
    left: float
    own: float
    guess: float

    def at(self, error: Floats, rows: slice) -> Floats:
        """Return errors in use, shape (n_rows, k) as those given."""
        found = np.empty(error.T.shape)
        some = FieldMap(
            self.added[rows], self.kept[rows], self.lost[rows], self.left, self.own, self.guess
        )
        for block in at_hand(found.shape):
            some._map(error.T[block], found[block])
        return found.T

    def _map(self, error: Floats, found: Floats) -> None:
        """Write errors in use, shape (k, n_draws): most of a life's time goes here."""
        np.add(error, self.added, out=found)
        np.minimum(found, self.guess, out=found)
        if self._is_shifted:
            found *= self.kept  # 1 - (1 - e) kept + lost
            found += 1.0 - self.kept + self.lost
            if self._passes_one:
                np.minimum(1.0, found, out=found)
        if self.left != 1.0 or self.own != 0.0:
            found *= self.left
            found += self.own

    @cached_property
    def _passes_one(self) -> bool:
        return bool(np.any(self.lost > self.kept * (1.0 - self.guess)))

    def is_guess(self, error: Floats, rows: slice) -> Flags:
        """Return where an error in the laboratory is that of what never learned anything."""
        return np.asarray(error + self.added[rows, None] >= self.guess * (1.0 - 1e-12))

    @property
    def is_identity(self) -> bool:
        """Whether nothing changes."""
        moved = self.added.any() or self._is_shifted
        return not moved and self.left == 1.0 and self.own == 0.0

    @cached_property
    def _is_shifted(self) -> bool:
        return bool(self.lost.any() or np.any(self.kept != 1.0))

    @property
    def is_certain(self) -> bool:
        """Whether it is the same in every draw."""
        return all(np.ptp(part) == 0 for part in (self.added, self.kept, self.lost))

    def laboratory(self, target: float) -> float:
        """Return the error in the laboratory that an error in use comes from, in the first draw."""
        if self.left == 0.0:
            return np.inf if target >= self.own else -np.inf
        shifted = (target - self.own) / self.left - float(self.lost[0])
        return 1.0 - (1.0 - shifted) / float(self.kept[0]) - float(self.added[0])


@dataclass(frozen=True, eq=False)
class _FieldCurve:
    """A learning curve as it is met in use."""

    curve: ErrorCurve
    field: FieldMap

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return errors in use, shape (n_rows, n_images)."""
        return self.field.at(self.curve.error(images, rows), rows)

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return where the error in use meets a target, shape (n_images, n_rows)."""
        return np.asarray(np.less_equal(self.error(images, rows).T, error_target))

    def data_needed(self, error_target: float, rows: slice, about: float | None = None) -> Floats:
        """Return total images at which the error in use first meets the target."""
        if self.field.is_certain:
            target = self.field.laboratory(error_target)
            if 0.0 < target < 1.0:
                return self.curve.data_needed(target, rows, about)
            count = len(range(*rows.indices(len(self.field.kept))))
            return np.full(count, 0.0 if target >= 1.0 else np.inf)
        met = self.error(SEARCHED, rows) <= error_target
        first = np.argmax(met, axis=1)
        return np.where(met.any(axis=1), SEARCHED[first], np.inf)


def in_field(forecast: Forecast, project: Project, field: FieldMap) -> Forecast:
    """Return the forecast of errors in use.

    Parameters
    ----------
    forecast : Forecast
        Of errors in the laboratory.
    project : Project
        Whose target is one in use.
    field : FieldMap
        From the laboratory into use.
    """
    if field.is_identity:
        return forecast

    return forecast.seen_through(project, lambda curve: _FieldCurve(curve, field))
