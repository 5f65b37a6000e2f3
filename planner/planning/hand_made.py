"""A plan put together by hand: what it drags along, what it costs, which rules it breaks.

Simple rules and checks build plans option by option. The assets an option needs follow from the
link rows of the problem, so no rule needs to know what kind of asset it is.
"""

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Rows
from planner.offering.problem import DecisionProblem, LinearRow

_SLACK = 1e-9


class HandMadePlan:
    """Options taken one by one, with the assets they need and the rows they load.

    Parameters
    ----------
    problem : DecisionProblem
        Whose rows and assets count.
    budget_cents : int or None
        In place of the problem's own; None: no limit but that of the rows.
    """

    def __init__(self, problem: DecisionProblem, budget_cents: int | None = None) -> None:
        self.problem = problem
        self.budget_cents = problem.budget_cents if budget_cents is None else budget_cents
        self.chosen: dict[int, int] = {}
        self.assets: NDArray[np.bool_] = np.zeros(len(problem.assets), dtype=np.bool_)
        self.cents = 0
        self._load = np.zeros(len(problem.rows))
        self._limits = np.array([row.limit for row in problem.rows], dtype=np.float64)
        self._of_option, self._of_asset = problem.loads

    @property
    def rows(self) -> Rows:
        """Chosen options, increasing."""
        return np.array(sorted(self.chosen.values()), dtype=np.int64)

    def take(self, option: int, *, force: bool = False) -> bool:
        """Fund a project with an option and what it needs; leave all as it was if it does not fit.

        It fits if the budget holds and no row is exceeded further than before. With ``force`` it is
        taken anyway.

        Returns
        -------
        bool
            Whether it was taken.
        """
        owner = int(self.problem.owner[option])
        load, cents = self._load.copy(), self.cents
        before = self.chosen.get(owner)
        if before is not None:
            cents -= int(self.problem.cents[before])
            self._of_option.add(load, before, -1.0)
        cents += int(self.problem.cents[option])
        self._of_option.add(load, option, 1.0)
        bought = self._needed(load)
        cents += int(self.problem.asset_cents[bought].sum())
        if not force and not self._fits(load, cents):
            return False
        self._load, self.cents = load, cents
        self.assets[bought] = True
        self.chosen[owner] = option
        return True

    def broken(self) -> tuple[str, ...]:
        """Return the names of the user's rules that the draft breaks, and ``budget`` if it does."""
        over = np.flatnonzero(self._load > self._limits + _slack(self._limits))
        rows = [self.problem.rows[index] for index in over.tolist()]
        names = dict.fromkeys(row.rule or row.name for row in rows)
        if self.budget_cents is not None and self.cents > self.budget_cents:
            names["budget"] = None
        return tuple(names)

    def _fits(self, load: NDArray[np.float64], cents: int) -> bool:
        if self.budget_cents is not None and cents > max(self.budget_cents, self.cents):
            return False
        worse = load > np.maximum(self._limits, self._load) + _slack(self._limits)
        return not bool(worse.any())

    def _needed(self, load: NDArray[np.float64]) -> Rows:
        """Return the assets that the exceeded link rows ask for; their load is added in place."""
        bought: list[int] = []
        waiting = True
        while waiting:
            waiting = False
            for index in np.flatnonzero(load > self._limits + _slack(self._limits)).tolist():
                asset = _relieving(self.problem.rows[index], self.assets, bought)
                if asset is not None:
                    bought.append(asset)
                    self._of_asset.add(load, asset, 1.0)
                    waiting = True
        return np.array(bought, dtype=np.int64)


def _relieving(row: LinearRow, owned: NDArray[np.bool_], bought: list[int]) -> int | None:
    """Return the first asset not yet owned that makes room in a row, or None."""
    for asset, coefficient in zip(
        row.assets.tolist(), row.asset_coefficients.tolist(), strict=True
    ):
        if coefficient < 0 and not owned[asset] and asset not in bought:
            return int(asset)
    return None


def _slack(limits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a sum may exceed a limit by through rounding alone."""
    return np.asarray(_SLACK * np.maximum(1.0, np.abs(limits)))
