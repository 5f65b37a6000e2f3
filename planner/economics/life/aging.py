r"""How old is a system in each part of a year of use, and what are its errors then?

Four midpoints a year; what is made fresh every :math:`T` years is as old as its last refresh. In
longer use than ten years one midpoint a year is enough, and after forty nothing ages further.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.in_use.drift import Refresh
from planner.economics.life.clock import Service

__all__ = ["Aged", "ages_in_use"]

PARTS, MANY_YEARS, OLDEST = 4, 10, 40.0


@dataclass(frozen=True, eq=False)
class Aged:
    """Errors of options by age.

    Attributes
    ----------
    error : tuple of ndarray, each of shape (n_options, n_draws)
        By age.
    is_guess : tuple of ndarray of bool, of the same shape
        In which draws it never learned anything.
    which : ndarray of int64, shape (n_slices, n_parts)
        Age in each part of each year of use.
    """

    error: tuple[Floats, ...]
    is_guess: tuple[Flags, ...]
    which: Rows

    def weights(self, run: Service) -> Iterator[tuple[int, Floats]]:
        """Yield each age with the share of each slice that is so old, shape (n_options, k)."""
        parts = self.which.shape[1]
        left = np.clip(run.lengths[:, :, None] * parts - np.arange(parts), 0.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(
                run.lengths[:, :, None] > 0, left / (run.lengths[:, :, None] * parts), 0.0
            )
        which = self.which[: run.lengths.shape[1]]
        for age in range(len(self.error)):
            yield age, (share * (which == age)).sum(axis=2)


def ages_in_use(years: int, refresh: Refresh | None) -> tuple[Floats, Rows]:
    """Return the ages that occur in so many years of use, and which occurs when.

    Examples
    --------
    >>> ages, which = ages_in_use(2, Refresh.YEARLY)
    >>> ages.tolist(), which.tolist()
    ([0.125, 0.375, 0.625, 0.875], [[0, 1, 2, 3], [0, 1, 2, 3]])
    """
    parts = PARTS if years <= MANY_YEARS else 1
    age = np.arange(years)[:, None] + (np.arange(parts) + 0.5) / parts
    every = None if refresh is None else refresh.years
    age = np.minimum(age, OLDEST) if every is None else age % every
    ages, which = np.unique(np.round(age, 9), return_inverse=True)
    return ages, which.reshape(age.shape).astype(np.int64)
