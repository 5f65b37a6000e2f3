"""What can be known of classes that no image shows? An image shows one class, so n images show n.

Whatever is learnt, the classes that n images cannot contain are answered wrongly: the error is at
least the share of all but the n most frequent classes.
"""

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
    seen : ndarray of shape (n_classes + 1,)
        Share of the most frequent 0, 1, 2, ... classes; between whole numbers a straight line.
    """

    seen: Floats

    @classmethod
    def equally_frequent(cls, n_classes: float) -> "UnseenClasses":
        """Return those of equally frequent classes; of a complexity, their effective number."""
        whole = np.arange(np.floor(n_classes) + 1.0)
        shares = np.minimum(whole / n_classes, 1.0)
        return cls(shares if shares[-1] == 1.0 else np.append(shares, 1.0))

    @classmethod
    def of_counts(cls, counts: Iterable[float]) -> "UnseenClasses":
        """Return those of classes with these numbers of images."""
        sizes = np.sort(np.array([float(count) for count in counts if count > 0]))[::-1]
        shares = np.cumsum(sizes / sizes[0])
        return cls(np.concatenate([[0.0], shares / shares[-1]]))

    def least_error(self, images: Floats) -> Floats:
        """Return the share of the classes that so many images cannot contain.

        Examples
        --------
        >>> few = UnseenClasses.equally_frequent(10_000)
        >>> few.least_error(np.array([4_000.0, 20_000.0])).round(6).tolist()
        [0.6, 0.0]
        """
        at = np.clip(np.floor(images), 0, len(self.seen) - 1).astype(np.intp)
        return np.round(1.0 - self.seen[at], DIGITS)

    def images_for(self, error: float) -> float:
        """Return the fewest images whose classes allow an error.

        Examples
        --------
        >>> UnseenClasses.equally_frequent(10_000).images_for(0.5)
        5000.0
        """
        return float(np.argmax(self.seen >= 1.0 - error - 0.1**DIGITS))
