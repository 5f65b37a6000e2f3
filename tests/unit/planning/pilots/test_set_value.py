"""Joint outcomes of runs: each once, in order, whatever their number."""

import numpy as np
import pytest

from planner.planning.pilots.set_value import _joint


@pytest.mark.parametrize("n_runs", [1, 2, 5, 40])
def test_joint_outcomes_are_the_different_columns_in_order(n_runs: int) -> None:
    """Those of forty runs are too many to be numbered by what each of them could show."""
    rng = np.random.default_rng(n_runs)
    table = rng.integers(0, 8, (n_runs, 60))[:, rng.integers(0, 60, 300)]
    found, which = np.unique(table, axis=1, return_inverse=True)
    cells, back = _joint(list(table))
    assert cells == found.T.tolist()
    assert back.tolist() == which.reshape(-1).tolist()
