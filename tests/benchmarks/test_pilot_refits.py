"""Every case of updates with pilots against a full refit; run with ``--benchmark-only``, minutes.

Prints how far medians of log10 error, and median and 90 % quantile of log10 data needed, lie apart.
"""

from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.statistics.pilot_refits import CASES, Agreement, agreement, assert_agrees


@pytest.mark.parametrize("name", CASES)
def test_an_update_agrees_with_a_refit(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Errors and data needed after an update are those of a refit with the runs appended."""
    timer: Any = benchmark  # its methods carry no types
    found: Agreement = timer.pedantic(agreement, (CASES[name],), rounds=1, iterations=1)
    with capsys.disabled():
        print(f"\n{name:14s} {found}", end="")  # noqa: T201 - the table asked for
    assert_agrees(found)
