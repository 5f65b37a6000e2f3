"""What can be known of classes that no image shows? An image shows one class, so n images show n.

Whatever is learnt, the classes that n images cannot contain are answered wrongly: the error is at
least the share of all but the n most frequent classes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats

DIGITS = 12
"""Decimals of a share: three of ten classes are .3, however they are summed."""


@dataclass(frozen=True, eq=False)
class UnseenClasses:
    """Least error by images, from class shares.

    Attributes
    ----------
    images : ndarray of shape (k,)
        Whole numbers of images, rising from 0.
    seen : ndarray of shape (k,)
        Share of as many of the most frequent classes; between them a straight line, at the last 1.
    """

    images: Floats
    seen: Floats

    @classmethod
    def equally_frequent(cls, n_classes: float) -> "UnseenClasses":
        """Return those of equally frequent classes; of a complexity, their effective number."""
        whole = math.floor(n_classes)
        if whole == n_classes:
            return cls(np.array([0.0, whole]), np.array([0.0, 1.0]))
        images = np.array([0.0, whole, whole + 1.0])
        return cls(images, np.array([0.0, whole / n_classes, 1.0]))

    @classmethod
    def of_counts(cls, counts: Iterable[float]) -> "UnseenClasses":
        """Return those of classes with these numbers of images."""
        sizes = np.sort(np.array([float(count) for count in counts if count > 0]))[::-1]
        shares = np.cumsum(sizes / sizes[0])
        return cls(np.arange(len(sizes) + 1.0), np.concatenate([[0.0], shares / shares[-1]]))

    def least_error(self, images: Floats) -> Floats:
        """Return the share of the classes that so many images cannot contain.

        Examples
        --------
        >>> few = UnseenClasses.equally_frequent(10_000)
        >>> few.least_error(np.array([4_000.0, 20_000.0])).round(6).tolist()
        [0.6, 0.0]
        """
        return np.round(1.0 - np.interp(np.floor(images), self.images, self.seen), DIGITS)

    def images_for(self, error: float) -> float:
        """Return the fewest images whose classes allow an error.

        Examples
        --------
        >>> UnseenClasses.equally_frequent(10_000).images_for(0.5)
        5000.0
        """
        least = 1.0 - error - 0.1**DIGITS
        near = max(math.floor(np.interp(least, self.seen, self.images)) - 1.0, 0.0)
        whole = near + np.arange(4.0)
        return float(whole[np.argmax(np.interp(whole, self.images, self.seen) >= least)])
