"""An update with pilots against a refit with the pilots among its rows; run with ``-m mcmc``.

One case; all of them are in ``tests/benchmarks/test_pilot_refits.py``.
"""

import pytest

from tests.statistics.pilot_refits import CASES, agreement, assert_agrees

pytestmark = pytest.mark.mcmc


def test_an_update_agrees_with_a_refit() -> None:
    """Errors and data needed after three runs are those of a refit with the runs appended."""
    assert_agrees(agreement(CASES["three runs"], tune=400, draws=800))
