"""No number depends on the clock, and a time limit bounds the whole command."""

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from planner import _api
from tests.portfolio_files import CVAR, HARD, portfolio_text, write_portfolio

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "planner"
EXAMPLE = ROOT / "examples" / "04_grocery_chain" / "portfolio.yaml"
MAY_READ_A_CLOCK = {
    "offering/deadline.py": "the time limit that somebody asked for",
    "cli/error_page.py": "the name of an error's file",
    "cli/log_file.py": "when each line of a log was written",
    "cli/report.py": "the date of a report",
    "files/exclusive.py": "how long to wait for another writer",
    "files/leftovers.py": "how old a file left behind is",
    "regression/fitting/fit.py": "facts of a fit",
    "regression/fitting/folds.py": "facts of a fit",
    "regression/calibration/run.py": "how long the refits will take, told before they begin",
    "regression/checking/left_out.py": "facts of a fit",
    "reporting/html/assemble.py": "the date of a report",
    "web/engine.py": "the date of a report",
    "tasks/cluster.py": "whether workers of this machine are gone for good",
}
LOADED_RUNS = int(os.environ.get("LOADED_RUNS", "1"))
"""Of each kind; ``LOADED_RUNS=5`` makes ten of a file."""
BEST_KNOWN = 699_691
"""What the best plan of example 04 is worth, in whole USD; no plan is worth 1e-5 more."""
NEAR = 2e-3
"""How far below the best plan one may stay that no gap was asked of, as a share."""
FIRST_FOUND = 699_505
"""The same of the plan that is there before any time is spent on a better one."""
FAST = """
import time

def faster(clock, start):
    return lambda: start + 20 * (clock() - start)

for name in ("monotonic", "perf_counter", "time"):
    clock = getattr(time, name)
    setattr(time, name, faster(clock, clock()))
"""
"""A ``sitecustomize`` with which the clocks of a process run twenty times faster."""


def _reads_a_clock(tree: ast.AST) -> bool:
    """Whether a module imports a clock, or asks a date for now or today."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(a.name in ("time", "timeit") for a in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module in ("time", "timeit"):
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
            asked = ast.unparse(node.value).split(".")[-1]
            if asked in ("date", "datetime"):
                return True
    return False


def test_only_named_modules_read_a_clock() -> None:
    """Every module that does is listed with what for; a plan meets none but the deadline."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if _reads_a_clock(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set(MAY_READ_A_CLOCK)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "planner", *arguments]


def _fast(folder: Path) -> dict[str, str]:
    """Return an environment whose clocks run twenty times faster."""
    (folder / "sitecustomize.py").write_text(FAST, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def _out(*arguments: str, env: dict[str, str] | None = None) -> bytes:
    done = subprocess.run(_command(*arguments), capture_output=True, check=False, cwd=ROOT, env=env)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@contextmanager
def _two_busy_processes() -> Iterator[None]:
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


def test_the_fast_clock_is_fast(tmp_path: Path) -> None:
    """The patch that the tests here rest on does what they take it to do."""
    code = "import time; a = time.monotonic(); time.sleep(0.1); print(time.monotonic() - a)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=_fast(tmp_path)
    )
    assert float(done.stdout) > 1.5


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "frontier"])
def test_a_fast_clock_changes_no_byte(tmp_path: Path, command: str) -> None:
    """A portfolio under CVaR, searched to the end of its work, with the clock at twenty times."""
    path = write_portfolio(tmp_path, portfolio_text(2, 4, risk=CVAR))
    more = ["--points", "4"] if command == "frontier" else []
    usual = _out(command, str(path), "--json", *more)
    assert _out(command, str(path), "--json", *more, env=_fast(tmp_path)) == usual
    assert b"time_limit" not in usual
    assert b"TIME_LIMIT" not in usual


@pytest.mark.slow
def test_loaded_runs_of_the_example_give_the_same_bytes(tmp_path: Path) -> None:
    """Runs with two busy processes beside, half of them with a clock twenty times faster too."""
    with _two_busy_processes():
        runs = {_out("plan", str(EXAMPLE), "--json") for _ in range(LOADED_RUNS)}
        runs |= {
            _out("plan", str(EXAMPLE), "--json", env=_fast(tmp_path)) for _ in range(LOADED_RUNS)
        }
    assert len(runs) == 1
    plan = json.loads(runs.pop())
    assert plan["risk"]["caution"]["expected_given_up"] > 0
    assert plan["status"] == "optimal"
    assert plan["objective"]["gap"] <= plan["assumptions"]["gap_asked"]
    assert BEST_KNOWN * (1 - NEAR) <= plan["objective"]["value"] <= BEST_KNOWN * (1 + 1e-5) + 1


@pytest.mark.slow
def test_loaded_runs_under_rules_give_the_same_bytes(tmp_path: Path) -> None:
    """Thirty projects with six rules under expected worth, and a budget that is tight."""
    path = write_portfolio(tmp_path, portfolio_text(1, 30, rules=True, share=0.08))
    with _two_busy_processes():
        runs = {_out("plan", str(path), "--json") for _ in range(LOADED_RUNS)}
        runs |= {_out("plan", str(path), "--json", env=_fast(tmp_path)) for _ in range(LOADED_RUNS)}
    assert len(runs) == 1


def test_a_plan_that_a_time_limit_stopped_says_so(tmp_path: Path) -> None:
    """It is feasible, the limit stands in the assumptions, and warnings tell what it cost."""
    path = write_portfolio(tmp_path, portfolio_text(5, 20, risk=HARD))
    portfolio, model = _api.read_portfolio(path), _api.load_model()
    stopped: Any = _api.plan(portfolio, model, time_limit_s=0.0).to_dict()
    assert stopped["status"] == "feasible"
    assert stopped["assumptions"]["time_limit_s"] == 0.0
    told = [one["message"] for one in stopped["warnings"] if one["code"] == "TIME_LIMIT"]
    assert told[0].startswith("The search was stopped by --time-limit 0: ")
    assert "left no time for" in told[1]
    assert "what caution costs" in told[1]
    assert stopped["risk"]["caution"] is None
    assert stopped["budget"]["shadow_price"] >= 0


def test_a_time_limit_that_is_not_reached_changes_nothing_but_what_was_asked() -> None:
    """With more than enough time the plan is that of no limit; the assumption tells it.

    Runs to make first are an answer of their own, which a limit leaves out and says so.
    """
    portfolio = _api.read_portfolio(ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml")
    model = _api.load_model()
    usual: Any = _api.plan(portfolio, model).to_dict()
    ample: Any = _api.plan(portfolio, model, time_limit_s=600.0).to_dict()
    assert ample["assumptions"].pop("time_limit_s") == 600.0
    assert "measure_first" not in ample
    assert usual.pop("measure_first")["pilots"]
    assert "a time limit was asked for" in ample["notes"].pop()
    for decision in (*usual["decisions"], *ample["decisions"]):
        decision.pop("pilot", None)
    assert ample == usual


@pytest.mark.slow
def test_more_time_never_gives_the_example_a_worse_plan() -> None:
    """Example 04 at no, some and more time: each plan is worth at least the one before."""
    portfolio, model = _api.read_portfolio(EXAMPLE), _api.load_model()
    values = [_value(_api.plan(portfolio, model, time_limit_s=limit)) for limit in (0.0, 0.5, 2.0)]
    assert values == sorted(values)
    assert values[0] >= FIRST_FOUND


def _value(plan: Any) -> float:
    return float(plan.objective.value)


@pytest.mark.timed
@pytest.mark.parametrize("case", ["example", "64 projects", "12 projects"])
@pytest.mark.parametrize("command", ["plan", "report", "frontier"])
def test_a_time_limit_bounds_the_whole_command(tmp_path: Path, case: str, command: str) -> None:
    """The wall time of a command is at most 1.2 times the limit, beyond start-up."""
    path = {
        "example": lambda: EXAMPLE,
        "64 projects": lambda: write_portfolio(tmp_path, portfolio_text(64, 64, risk=CVAR)),
        "12 projects": lambda: write_portfolio(tmp_path, portfolio_text(12, 12, risk=HARD)),
    }[case]()
    start_up = _seconds("options", str(path), "--json")
    to = ["-o", str(tmp_path / "plan.html")] if command == "report" else []
    # The pictures of a report take some three seconds to draw, whatever is asked of the searches.
    for limit in (5.0, 20.0) if command == "report" else (2.0, 5.0, 20.0):
        took = _seconds(command, str(path), *to, "--json", "--time-limit", f"{limit:g}")
        assert took <= 1.2 * limit + start_up


def _seconds(*arguments: str) -> float:
    start = time.monotonic()
    _out(*arguments)
    return time.monotonic() - start
