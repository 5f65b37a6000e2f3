"""How well does a line separate the classes? A linear probe of a frozen network's features.

Everything statistical is scikit-learn's: multinomial logistic regression on standardised features,
its regularisation chosen by cross-validation inside the training side of every fold. Each row is
tested once, by a model that saw neither it nor any other row of its group.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Rows
from planner.errors import bad_value

if TYPE_CHECKING:
    from sklearn.model_selection import GridSearchCV

__all__ = ["PARTS", "ProbeRun", "probe_errors"]

PARTS = (4, 2, 1)
"""A quarter, a half and all of the rows that a fold may learn from."""

MOST_FOLDS = 5
_MOST_INNER = 3
_STRENGTHS = tuple(10.0**power for power in range(-4, 2))
"""Inverse strengths of the ridge penalty to choose from; of equals the strongest penalty wins."""
_ITERATIONS = 500

type _Split = tuple[Rows, Rows]


@dataclass(frozen=True)
class ProbeRun:
    """What a probe measured with one share of the rows.

    Attributes
    ----------
    share : float
        Of the rows that a fold may learn from, in (0, 1].
    images : int
        Rows learnt from, the mean over folds.
    errors, test_images : int
        Rows answered wrongly, of all that were tested.
    """

    share: float
    images: int
    errors: int
    test_images: int

    @property
    def error(self) -> float:
        """Share of rows answered wrongly."""
        return self.errors / self.test_images


def probe_errors(
    features: NDArray[Any], labels: Rows, groups: Rows | None = None, *, seed: int = 0
) -> tuple[ProbeRun, ...]:
    """Measure the error of a linear probe on a quarter, a half and all of the rows.

    Parameters
    ----------
    features : ndarray, shape (n_images, n_features)
        Finite numbers.
    labels : ndarray of int, shape (n_images,)
        Rows of classes.
    groups : ndarray of int, shape (n_images,), optional
        Rows of one group never lie on both sides of a fold; shares are of groups then.
    seed : int, default=0
        Of the folds; the same seed gives the same errors.

    Returns
    -------
    tuple of ProbeRun
        Fewest images first. A share that leaves a class with fewer than two rows (or groups) to
        learn from in some fold is left out.

    Raises
    ------
    InputError
        Groups cannot be divided so that every fold has all classes to learn from.
    """
    from threadpoolctl import threadpool_limits

    data = _Data(np.asarray(features, dtype=np.float64), labels, groups, seed)
    everything = np.arange(len(labels))
    folds = list(data.folds(everything, MOST_FOLDS))
    with threadpool_limits(limits=1):  # many small fits: threads would wait for each other
        found = [run for parts in PARTS if (run := _run(data, folds, parts)) is not None]
    if not found:
        message = (
            "the groups cannot be divided into folds that leave every class two groups to learn "
            "from."
        )
        raise bad_value("groups", message, "smaller groups of about equal size", "FEW")
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Data:
    """Rows, and how they are divided."""

    features: NDArray[np.float64]
    labels: Rows
    groups: Rows | None
    seed: int

    def least(self, rows: Rows) -> int:
        """Return the fewest rows (groups, where there are some) that a class has among these."""
        held = rows if self.groups is None else self.groups[rows]
        pairs = np.unique(np.stack([self.labels[rows], held]), axis=1)
        return int(np.bincount(pairs[0], minlength=int(self.labels.max()) + 1).min())

    def folds(self, rows: Rows, most: int) -> Iterator[_Split]:
        """Yield rows to learn from and rows to test on, each row tested once, classes balanced."""
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

        kind = StratifiedKFold if self.groups is None else StratifiedGroupKFold
        splitter = kind(min(most, self.least(rows)), shuffle=True, random_state=self.seed)
        groups = None if self.groups is None else self.groups[rows]
        for learn, test in splitter.split(rows[:, np.newaxis], self.labels[rows], groups):
            yield rows[learn], rows[test]

    def part(self, rows: Rows, parts: int) -> Rows | None:
        """Return one part of the rows; None if a class would have fewer than two in it."""
        if self.least(rows) < 2 * parts:
            return None
        chosen = rows if parts == 1 else next(self.folds(rows, parts))[1]
        return chosen if self.least(chosen) >= 2 else None


def _run(data: _Data, folds: list[_Split], parts: int) -> ProbeRun | None:
    """Return what is measured with one share of the rows; None if some fold has too few."""
    learnt = [data.part(learn, parts) for learn, _ in folds]
    if any(rows is None for rows in learnt):
        return None
    known = [rows for rows in learnt if rows is not None]
    wrong = sum(_wrong(data, rows, test) for rows, (_, test) in zip(known, folds, strict=True))
    images = round(float(np.mean([len(rows) for rows in known])))
    return ProbeRun(1 / parts, images, wrong, len(data.labels))


def _wrong(data: _Data, learn: Rows, test: Rows) -> int:
    """Return how many of the rows tested are answered wrongly."""
    from sklearn.exceptions import ConvergenceWarning

    place = np.empty(len(data.labels), dtype=np.int64)
    place[learn] = np.arange(len(learn))
    inner = [(place[a], place[b]) for a, b in data.folds(learn, _MOST_INNER)]
    with (
        warnings.catch_warnings()
    ):  # a step short of the optimum, the weakest penalties classify alike
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = _search(inner).fit(data.features[learn], data.labels[learn])
    return int(np.sum(fitted.predict(data.features[test]) != data.labels[test]))


def _search(inner: list[_Split]) -> "GridSearchCV":
    """Return logistic regression that chooses its regularisation on the given folds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=_ITERATIONS))
    grid = {"logisticregression__C": _STRENGTHS}
    return GridSearchCV(probe, grid, scoring="accuracy", cv=inner, error_score="raise")
