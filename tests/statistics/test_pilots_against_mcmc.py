"""Updates with pilots against refits with the pilots among their rows; run with ``-m mcmc``.

Two cases; the others are in ``tests/benchmarks/test_pilot_refits.py``.
"""

import pytest

from tests.statistics.pilot_refits import CASES, agreement, assert_agrees

pytestmark = pytest.mark.mcmc


@pytest.mark.parametrize("name", ["one run", "three runs"])
def test_an_update_agrees_with_a_refit(name: str) -> None:
    """Errors and data needed after an update are those of a refit with the runs appended."""
    assert_agrees(agreement(CASES[name]))
