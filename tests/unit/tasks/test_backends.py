"""Backends that start processes: the same bytes, whoever is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.portfolio_files import CVAR, portfolio_text, write_portfolio

ROOT = Path(__file__).parents[3]
EVERY = ["processes:2", "dask:1", "dask:2"]
N_ITEMS = 16
ONE_EACH = "architectures: [ResNet-50]"

pytestmark = pytest.mark.slow


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.unit.tasks.workload", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def finished(*arguments: str | Path, code: int = 0) -> tuple[str, str]:
    process = start(*arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    return out, err


def ran(folder: Path) -> list[int]:
    """Return the items that were run, once for each run."""
    return sorted(int(path.name.split("-")[0]) for path in (folder / "ran").iterdir())


def planner(*arguments: str | Path) -> Any:
    """Return the JSON that a command prints, and nothing beside it on standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "planner", *map(str, arguments), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    return done.stdout


def test_every_backend_gives_the_same_bytes(tmp_path: Path) -> None:
    """Thirty projects under CVaR: a frontier here, in processes, and on one or two Dask workers."""
    text = portfolio_text(1, 30, risk=CVAR).replace("classes:", f"{ONE_EACH}, classes:")
    command: list[str | Path] = ["frontier", write_portfolio(tmp_path, text), "--points", "8"]
    expected = planner(*command)
    for backend in EVERY:
        assert planner(*command, "--backend", backend) == expected, backend


def test_replications_are_the_same_in_processes(tmp_path: Path) -> None:
    """And so is the plan beside them."""
    text = portfolio_text(2, 6, risk=CVAR).replace("classes:", f"{ONE_EACH}, classes:")
    command: list[str | Path] = ["plan", write_portfolio(tmp_path, text), "--replications", "3"]
    assert planner(*command, "--backend", "processes:2") == planner(*command)


def test_runs_to_make_first_are_the_same_whoever_asks_the_engine(tmp_path: Path) -> None:
    """Plans after outcomes under CVaR; those that were kept are not asked again."""
    text = portfolio_text(2, 2, risk=CVAR).replace("classes:", f"{ONE_EACH}, classes:")
    file = write_portfolio(tmp_path, text)
    command: list[str | Path] = ["pilots", file, "--runs", "1", "--resume"]
    kept = tmp_path / "kept"
    expected = planner(*command, kept)
    files = sorted(path.name for path in kept.iterdir())
    assert len(files) > 20
    assert planner(*command, kept) == expected
    own = tmp_path / "in processes"
    assert planner(*command, own, "--backend", "processes:2") == expected
    assert sorted(path.name for path in own.iterdir()) == files


@pytest.mark.parametrize("backend", ["processes:2", "dask:2"])
def test_a_killed_worker_changes_nothing(backend: str, tmp_path: Path) -> None:
    """Killed when the third result is there: the same bytes, something ran twice, all is there."""
    expected, _ = finished("serial", tmp_path / "serial")
    found, err = finished(backend, tmp_path / "killed", "--kill")
    assert found == expected
    runs = ran(tmp_path / "killed")
    assert set(runs) == set(range(N_ITEMS))
    assert len(runs) > N_ITEMS
    assert "Traceback" not in err


def test_an_item_that_kills_its_process_is_named(tmp_path: Path) -> None:
    """Exit 5; all others are kept, and the next run computes that one alone."""
    backend, folder, kept = "processes:2", tmp_path / "work", tmp_path / "kept"
    folder.mkdir()
    (folder / "poison").write_text("7", encoding="utf-8")
    _, err = finished(backend, folder, "--resume", kept, code=5)
    assert "Task 7 killed every process" in err
    assert len(list(kept.iterdir())) == N_ITEMS - 1
    (folder / "poison").unlink()
    for path in (folder / "ran").iterdir():
        path.unlink()
    found, _ = finished(backend, folder, "--resume", kept)
    assert ran(folder) == [7]
    assert found == finished("serial", tmp_path / "serial")[0]


def test_a_killed_caller_goes_on_from_what_is_kept(tmp_path: Path) -> None:
    """The same bytes; what was cut short is computed again."""
    folder, kept = tmp_path / "work", tmp_path / "kept"
    process = start("processes:2", folder, "--resume", kept)
    end = time.monotonic() + 60
    while len(list(kept.glob("*.result"))) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)  # its workers end with it
    known = sorted(kept.glob("*.result"))
    assert 3 <= len(known) < N_ITEMS
    known[0].write_bytes(known[0].read_bytes()[:-1])
    for path in (folder / "ran").iterdir():
        path.unlink()
    found, _ = finished("serial", folder, "--resume", kept)
    assert len(ran(folder)) == N_ITEMS - len(known) + 1
    assert found == finished("serial", tmp_path / "other")[0]


def test_a_scheduler_that_does_not_answer_is_said(tmp_path: Path) -> None:
    """Exit 2 within a quarter of a minute, with what to start."""
    began = time.monotonic()
    _, err = finished("dask:tcp://127.0.0.1:9", tmp_path, code=2)
    assert "no scheduler answers at tcp://127.0.0.1:9" in err
    assert "dask scheduler" in err
    assert time.monotonic() - began < 25


def test_a_plan_imports_no_dask() -> None:
    """Unless it is asked for."""
    code = (
        "import sys; from typer.testing import CliRunner; from planner.cli.app import app; "
        "r = CliRunner().invoke(app, ['plan', 'examples/03_small_grant/portfolio.yaml']); "
        "sys.exit(r.exit_code or ('distributed' in sys.modules) or ('dask' in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
