"""Thousands of damaged inputs of every family: each is answered, quickly, with a place and no bug.

``FUZZ_EXAMPLES=50000`` asks for more of each family than the two thousand of a usual run,
``FUZZ_SEED=1`` for others.
"""

import os
import sys
from functools import cache
from pathlib import Path
from random import Random

import pytest
import typer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from planner import _api
from planner.forecasting.pilots import proposal
from planner.regression import probe
from planner.regression.fitting import command as fit_command
from planner.validation import report
from tests.fuzz.running import memory_mb, require_good, run
from tests.fuzz.targets import MODEL, TARGETS, Target, prepare

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))

MOST_MEMORY_MB = 1000


def leave_out_long_work(patch: pytest.MonkeyPatch) -> None:
    """End fits and validations where the work begins (their inputs are read); probe briefly.

    The sound model is read once, and modes of pilots are sought in two steps: weights stay exact.
    """

    def end(*_: object, **__: object) -> None:
        sys.stdout.write("{}")
        raise typer.Exit

    patch.setattr(fit_command, "run_fit", end)
    patch.setattr(report, "table2_test", end)
    patch.setattr(probe, "_STRENGTHS", (1.0,))
    patch.setattr(probe, "MOST_FOLDS", 2)
    patch.setattr(probe, "_MOST_INNER", 2)
    patch.setattr(proposal, "_SEARCH_STEPS", 2)
    read, read_once = _api.load_model, cache(_api.load_model)
    patch.setattr(_api, "load_model", lambda name: (read_once if name == MODEL else read)(name))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, and leave out what takes long once an input is read."""
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    leave_out_long_work(monkeypatch)
    return tmp_path


@pytest.mark.fuzz
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_damaged_inputs_are_answered(target: Target, place: Path) -> None:
    """No traceback, no hang, less than a gigabyte; every refusal names its place."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a seed cannot be made smaller
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**64 - 1))
    def damage(seed: int) -> None:
        rng = Random(seed + SEED)  # noqa: S311 - it keeps no secrets
        arguments = target.mutant(rng, place)
        require_good(run(*arguments))

    most_before = memory_mb()  # of all that ran before in this process
    damage()
    assert memory_mb() <= max(MOST_MEMORY_MB, most_before)
