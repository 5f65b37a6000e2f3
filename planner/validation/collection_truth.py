"""Which worlds are ways of collecting data tried on? Measured curves, taken as the truth.

The truth is the straight line between measured points. A tenth of the images is held, runs on up to
a tenth of them are known, and ten targets lie between the accuracy held plus one point and that of
the full set.

References
----------
.. [1] Mahmood, Lucas, Alvarez, Fidler, Law (NeurIPS 2022), Optimizing Data Collection for Machine
   Learning, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.validation.curve_file import Curve

HELD_SHARE = 0.1
N_TARGETS = 10
MOST_PILOTS = 10
CAP = 10
"""Collection ends at this multiple of the full set, whatever a method asks for."""

LEAST_GAIN = 1.0
"""Percentage points of accuracy that must lie between the images held and the full set."""


@dataclass(frozen=True, eq=False)
class Truth:
    """A learning curve taken as the truth: accuracy in per cent, straight between its points.

    Attributes
    ----------
    curve : Curve
        Where it was measured; its description is what a forecast knows.
    images : ndarray of shape (n_points,)
        Rising.
    accuracy : ndarray of shape (n_points,)
        In per cent.
    """

    curve: Curve
    images: Floats
    accuracy: Floats

    @property
    def name(self) -> str:
        """Name of the curve."""
        return self.curve.id

    @property
    def full(self) -> int:
        """Images of the full set."""
        return round(float(self.images[-1]))

    @property
    def held(self) -> int:
        """Images owned at the start."""
        return round(HELD_SHARE * self.full)

    @property
    def cap(self) -> int:
        """Most images that may be collected."""
        return CAP * self.full

    @property
    def pilot_sizes(self) -> tuple[int, ...]:
        """Sizes of the runs known at the start, the images held last."""
        below = [int(n) for n in self.images if n < self.held]
        return (*below[-(MOST_PILOTS - 1) :], self.held)

    @property
    def targets(self) -> Floats:
        """Accuracies to reach, in per cent."""
        return np.linspace(self.accuracy_at(self.held) + LEAST_GAIN, self.accuracy[-1], N_TARGETS)

    def accuracy_at(self, images: float) -> float:
        """Return the accuracy at a number of images; flat beyond the full set."""
        return float(np.interp(images, self.images, self.accuracy))

    def needed(self, target: float) -> float:
        """Return the images at which the line first reaches a target."""
        at = int(np.argmax(self.accuracy >= target))
        if at == 0:
            return float(self.images[0])
        share = (target - self.accuracy[at - 1]) / (self.accuracy[at] - self.accuracy[at - 1])
        return float(self.images[at - 1] + share * (self.images[at] - self.images[at - 1]))

    def runs(self, tried: Sequence[int]) -> tuple[Floats, Floats]:
        """Return images and accuracies of all runs, given the sizes collected so far."""
        sizes = [*self.pilot_sizes, *tried[1:]]
        return np.array(sizes, dtype=float), np.array([self.accuracy_at(n) for n in sizes])


def truth_of(curve: Curve) -> Truth | None:
    """Return a measured curve as a truth; None if nothing can be tried on it.

    It needs a point at up to a tenth of its largest size, and more than a percentage point to gain
    from there. Repeats at one size count by their mean error.
    """
    sizes = sorted(set(curve.images))
    points = list(zip(curve.images, curve.errors, strict=True))
    errors = np.array([np.mean([e for n, e in points if n == size]) for size in sizes])
    truth = Truth(curve, np.array(sizes, dtype=float), 100.0 * (1.0 - errors))
    if truth.held < sizes[0] or len(sizes) < 2:
        return None
    start = truth.accuracy_at(truth.held)
    seen = truth.accuracy[truth.images <= truth.held].max()
    if truth.accuracy[-1] <= max(start + LEAST_GAIN, float(seen)):
        return None
    reachable = truth.targets[0] > truth.accuracy[truth.images <= truth.held].max()
    return truth if reachable else None
