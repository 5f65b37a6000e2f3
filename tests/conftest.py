"""Fixtures and Hypothesis profiles shared by all tests."""

import os
import sys
from functools import cache

import pytest
import typer.main
import typer.testing
from hypothesis import HealthCheck, settings

from planner.domain.model.posterior import Posterior
from planner.testing import synthetic_posterior

# Images of containers often forbid compiled files; hundreds of processes would each compile anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The command tree of an application is the same at each call: built once, not thousands of times.
typer.main.get_command = typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]

settings.register_profile(
    "dev",
    max_examples=50,
    derandomize=True,
    deadline=None,  # two shared cores: a slow example is not a failure
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", parent=settings.get_profile("dev"), max_examples=300)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session")
def synthetic() -> Posterior:
    """Return a posterior that needs no files."""
    return synthetic_posterior()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use every core, up to four; none beside the test where wall times are compared."""
    is_timed = config.getoption("benchmark_only") or config.getoption("markexpr") == "timed"
    return 0 if is_timed else min(4, os.cpu_count() or 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites golden text."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite stored output instead of comparing"
    )
