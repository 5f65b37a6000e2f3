"""Where do learning curves of one project meet a target?

An error meets its target where log10 of its share of the start stays within the room that target
and repeat noise leave::

    path height(share) <= log10(1 / share) + log10(target / start) - noise

Single precision decides nearly every draw, at a quarter of the time; what it cannot tell from
rounding is computed again in double precision, so that the answer is that of the errors themselves.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows, Singles
from planner.domain.model.curve_shape import LARGEST_EXPONENT, LN10, fallen
from planner.domain.model.specification import Discrepancy
from planner.domain.unseen_classes import UnseenClasses
from planner.forecasting.curves.mean_curve import CurveDraws
from planner.forecasting.discrepancy import Between, DiscrepancyPath, NearlyAt
from planner.forecasting.pilots.path import PilotedPath

_ROUNDING = 1e-6
"""Bound on what single precision loses of quantities of size 1, in decades of error."""
_EPSILON = 2 * float(np.finfo(np.float32).eps)
_LARGEST = 40.0  # exponents of which single precision holds the exponential of any two


class KnownAt:
    """Departures that are known at all images: the same questions as :class:`NearlyAt` answers."""

    def __init__(self, path: Floats) -> None:
        self._path = path

    def single(self) -> Singles:
        """Return all departures, shape (n_images, n_rows)."""
        return self._path.astype(np.float32)

    def exact(self, images: Rows, rows: Rows) -> Floats:
        """Return departures at some numbers of images in some rows, as pairs."""
        return np.asarray(self._path[images, rows])


@dataclass(frozen=True, eq=False)
class _Shape:
    """What the mean curves of one slope, decay and exponent share.

    Attributes
    ----------
    source : CurveDraws
        The first curve it was made for.
    fall : ndarray of shape (n_images, n_rows)
        Decades fallen.
    unit, rate : ndarray of shape (n_rows,)
        Natural logarithms of odds per decade, and the same times the slope.
    """

    source: CurveDraws
    fall: Floats
    unit: Floats
    rate: Floats

    def is_of(self, mean: CurveDraws) -> bool:
        """Return whether another curve has it too."""
        mine = self.source
        pairs = ((mean.slope, mine.slope), (mean.decay, mine.decay), (mean.exponent, mine.exponent))
        return all(_same(one, other) for one, other in pairs)

    @cached_property
    def steep(self) -> Singles:
        """Logarithm of the odds, but for the level."""
        return np.asarray(np.multiply(self.fall, self.rate), dtype=np.float32)

    @cached_property
    def odds(self) -> Singles:
        """The exponential of :attr:`steep`."""
        return np.asarray(np.exp(self.steep))

    @cached_property
    def scratch(self) -> tuple[Singles, Singles]:
        """Room to compute in: memory that is at hand is twice as fast."""
        return np.empty_like(self.steep), np.empty_like(self.steep)

    @cached_property
    def largest(self) -> float:
        """The largest absolute value of :attr:`steep`."""
        return float(np.abs(self.steep).max())

    @cached_property
    def per_unit(self) -> tuple[Singles, float]:
        """Decades per natural logarithm, and the largest."""
        inverse = 1.0 / self.unit
        return inverse.astype(np.float32), float(inverse.max())


class TargetTest:
    """Says of curves of one project in which draws they meet one target.

    Parameters
    ----------
    images : ndarray of shape (n_images,)
        Total images.
    error_target, start : float
        0 < target < start.
    rows : slice
        Draws.
    law : Discrepancy
        How departures are declared.
    reference : float
        log10 images at which level and slope are defined.
    unseen : UnseenClasses or None
        What images that show too few classes leave wrong.
    """

    def __init__(
        self,
        images: Floats,
        error_target: float,
        start: float,
        rows: slice,
        law: Discrepancy,
        reference: float,
        unseen: UnseenClasses | None,
    ) -> None:
        self._rows, self._law = rows, law
        self._room = math.log10(error_target / start)
        hopeless = images < 1
        self._log10_images = np.log10(np.where(hopeless, 1.0, images))
        self._decades = self._log10_images[:, None] - reference
        if unseen is not None:
            hopeless |= unseen.least_error(images) > error_target
        self._hopeless = hopeless
        self._shape: _Shape | None = None
        self._place: Between | None = None

    def met(self, mean: CurveDraws, path: DiscrepancyPath | PilotedPath, noise: Floats) -> Flags:
        """Return where a curve meets the target, shape (n_images, n_rows).

        Parameters
        ----------
        mean : CurveDraws
            Of the rows.
        path : DiscrepancyPath or PilotedPath
            Departure from the mean curve.
        noise : ndarray of shape (n_rows,)
            Of log10 error.
        """
        shape, room, departures = self._shape_of(mean), self._room - noise, self._along(path)
        met, unsure = self._nearly(shape, mean, room, departures.single())
        if len(unsure):
            met.ravel()[unsure] = self._exactly(shape, mean, room, departures, unsure)
        met[self._hopeless] = False
        return met

    def _along(self, path: DiscrepancyPath | PilotedPath) -> NearlyAt | KnownAt:
        if isinstance(path, PilotedPath) or self._law.scale == 0.0 or not len(self._decades):
            return KnownAt(path.at(self._log10_images, self._rows))
        if self._place is None:
            self._place = path.grid.between(self._log10_images)
        return path.about(self._place, self._rows)

    def _shape_of(self, mean: CurveDraws) -> _Shape:
        if self._shape is None or not self._shape.is_of(mean):
            unit = np.full_like(mean.slope, LN10) if mean.exponent is None else LN10 / mean.exponent
            fall = np.broadcast_to(
                fallen(self._decades, mean.decay), (len(self._decades), len(mean.slope))
            )
            self._shape = _Shape(mean, fall, unit, mean.slope * unit)
        return self._shape

    def _nearly(
        self, shape: _Shape, mean: CurveDraws, room: Floats, path: Singles
    ) -> tuple[Flags, Rows]:
        """Return where the target is met, and which answers rounding may have turned."""
        lift = mean.level * shape.unit
        per_unit, widest = shape.per_unit
        largest, far = shape.largest, float(np.abs(lift).max())
        odds, spare = shape.scratch
        if max(largest, far) < _LARGEST:
            np.multiply(shape.odds, np.exp(-lift).astype(np.float32), out=odds)
            np.log1p(odds, out=odds)
        else:
            np.subtract(shape.steep, lift.astype(np.float32), out=odds)
            np.logaddexp(odds, np.float32(0.0), out=odds)
        odds *= per_unit  # how far log10 of the mean curve lies below that of the start
        np.add(odds, room.astype(np.float32), out=spare)
        spare -= path
        if self._law.at_chance != 1.0:
            odds *= np.float32(-LN10)
            share = np.exp(odds, out=odds)
            share *= path
            share *= np.float32(1.0 - self._law.at_chance)
            spare += share
        met = spare >= 0
        margin = _EPSILON * (largest + far) * widest
        margin += _ROUNDING * (1.0 + float(np.abs(room).max()))
        np.abs(spare, out=spare)
        return met, np.flatnonzero(spare <= margin)

    def _exactly(
        self,
        shape: _Shape,
        mean: CurveDraws,
        room: Floats,
        departures: NearlyAt | KnownAt,
        asked: Rows,
    ) -> Flags:
        """Return the answers that are asked for by their place, in double precision."""
        images, rows = np.divmod(asked, len(room))
        unit = shape.unit[rows]
        depth = shape.fall[images, rows] * shape.rate[rows]
        depth -= mean.level[rows] * unit
        np.minimum(depth, LARGEST_EXPONENT, out=depth)
        np.exp(depth, out=depth)
        np.log1p(depth, out=depth)
        depth /= unit
        share = np.power(10.0, -depth)
        depth += room[rows]
        return np.asarray(departures.exact(images, rows) * self._law.height(share) <= depth)


def _same(one: Floats | None, other: Floats | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or np.array_equal(one, other)
