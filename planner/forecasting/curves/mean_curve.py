"""The mean curve of one option, by its parameters in every draw."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.model.curve_shape import LARGEST_EXPONENT, LN10, fallen


@dataclass(frozen=True, eq=False)
class CurveDraws:
    """Parameters of one option's mean curve, each of shape (n_rows,).

    Attributes
    ----------
    level, slope : ndarray
        For a saturating curve the level at 10^3.5 images and the fall of u per decade (positive);
        for a log-linear one log10 error at one image and its change per decade.
    floor : ndarray or None
        Share of the majority guess that no number of images removes.
    decay : ndarray or None
        How fast the fall slackens per decade of images.
    exponent : ndarray or None
        Of the curve near chance; 1 without one.
    """

    level: Floats
    slope: Floats
    floor: Floats | None = None
    decay: Floats | None = None
    exponent: Floats | None = None

    def rows(self, rows: slice | Rows) -> "CurveDraws":
        """Return some of the draws."""

        def kept(values: Floats | None) -> Floats | None:
            return None if values is None else values[rows]

        others = (kept(self.floor), kept(self.decay), kept(self.exponent))
        return CurveDraws(self.level[rows], self.slope[rows], *others)


def fall_at(decades: Floats, decay: Floats | None) -> Floats:
    """Return :func:`fallen` at images, shape (n, 1), which all architectures of a project share."""
    return decades if decay is None else _kept_fall(decades.tobytes(), decay.tobytes())


@lru_cache(maxsize=4)  # grids of images that are asked for in turn
def _kept_fall(decades: bytes, decay: bytes) -> Floats:
    found = fallen(np.frombuffer(decades)[:, None], np.frombuffer(decay))
    found.setflags(write=False)
    return found


def share_of_start(mean: CurveDraws, fall: Floats) -> Floats:
    """Return the mean curve as a share of its start, where it has fallen so many decades.

    The same as :func:`planner.domain.model.curve_shape.log10_share`, in place where it can be: most
    of the time of a plan's forecasts goes here.
    """
    odds = np.asarray(fall * mean.slope)
    odds -= mean.level
    odds *= LN10 if mean.exponent is None else LN10 / mean.exponent
    np.minimum(odds, LARGEST_EXPONENT, out=odds)
    np.exp(odds, out=odds)
    if mean.exponent is None:
        odds += 1.0
        share = np.divide(1.0, odds, out=odds)
    else:
        np.log1p(odds, out=odds)
        odds *= -mean.exponent
        share = np.exp(odds, out=odds)
    return share if mean.floor is None else np.asarray(mean.floor + (1.0 - mean.floor) * share)
