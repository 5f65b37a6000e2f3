"""Nothing below us writes on standard output; nothing that Python prints meanwhile is lost."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"
NOISY = """
import ctypes, os, sys, threading
from planner import _stdout
from planner._stdout import unreachable_stdout

def noise():
    os.write(1, b"noise\\n")
    ctypes.CDLL(None).puts(b"noise from C")
"""


def ran(script: str, *flags: str, shell: str = "") -> subprocess.CompletedProcess[str]:
    """Return what a script leaves on real descriptors; ``shell`` redirects them."""
    command = [sys.executable, *flags, "-c", NOISY + script]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    if shell:
        command = ["sh", "-c", f'exec "$@" {shell}', "sh", *command]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env=environment
    )


@pytest.mark.parametrize("flags", [(), ("-u",)], ids=["buffered", "unbuffered"])
def test_a_library_reaches_no_output_and_what_was_printed_keeps_its_order(
    flags: tuple[str, ...],
) -> None:
    """Python's and C's own lines stand in their order; the library's stand nowhere."""
    done = ran(
        """
print("first", flush=True)
ctypes.CDLL(None).printf(b"from C before\\n")
with unreachable_stdout():
    noise()
    print("between", flush=True)
print("last")
""",
        *flags,
    )
    assert done.stdout.splitlines() == ["first", "from C before", "between", "last"]
    assert done.stderr == ""


def test_the_descriptor_is_restored_when_something_is_raised() -> None:
    """An error, or an interrupt, inside the block leaves standard output as it was."""
    done = ran(
        """
open_before = sorted(os.listdir("/dev/fd"))
for error in (ValueError, KeyboardInterrupt):
    try:
        with unreachable_stdout():
            noise()
            raise error
    except error:
        print(error.__name__, sys.stdout.name, sys.stdout.fileno(), flush=True)
os.write(1, b"ours\\n")
assert sorted(os.listdir("/dev/fd")) == open_before
"""
    )
    assert done.stdout.splitlines() == [
        "ValueError <stdout> 1",
        "KeyboardInterrupt <stdout> 1",
        "ours",
    ]


@pytest.mark.parametrize("flush", [True, False])
def test_no_line_of_another_thread_is_lost(*, flush: bool) -> None:
    """Two threads make noisy objects in turn while a third prints; every line of it arrives."""
    done = ran(
        f"""
sys.setswitchinterval(1e-5)
working = threading.Barrier(3)
def make():
    working.wait()
    for _ in range(300):
        with unreachable_stdout():
            noise()
def tell():
    working.wait()
    for line in range(5000):
        print(line, flush={flush})
threads = [threading.Thread(target=work) for work in (make, make, tell)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    )
    assert done.stdout.split() == [str(line) for line in range(5000)]


@pytest.mark.parametrize("shell", [">&-", ">&- <&-", ">&- 2>&-"])
def test_a_closed_standard_output_stays_closed(shell: str, tmp_path: Path) -> None:
    """Where descriptor 1 is closed a library writes nowhere, and no file opened later hears it."""
    told = tmp_path / "told"
    ran(
        f"""
with unreachable_stdout():
    noise()
    with unreachable_stdout():
        noise()
try:
    os.fstat(1)
except OSError:
    told = open({str(told)!r}, "w")
    ctypes.CDLL(None).fflush(None)
    told.write("closed")
""",
        shell=shell,
    )
    assert told.read_text() == "closed"


@pytest.mark.parametrize("stream", ["None", "io.StringIO()", "io.TextIOWrapper(io.BytesIO())"])
def test_a_replaced_sys_stdout_needs_no_descriptor(stream: str) -> None:
    """A notebook's or a test's stream has no file below; the descriptor is guarded all the same."""
    done = ran(
        f"""
import io
sys.stdout = {stream}
with unreachable_stdout():
    noise()
os.write(1, b"ours\\n")
"""
    )
    assert done.stdout == "ours\n"


def test_without_a_c_library_to_ask_the_descriptor_is_still_guarded() -> None:
    """Where C's buffer cannot be reached nothing fails."""
    done = ran(
        """
def refuse(name): raise OSError("no such library")
_stdout.ctypes.CDLL = refuse
with unreachable_stdout():
    os.write(1, b"noise\\n")
print("ours")
"""
    )
    assert done.stdout == "ours\n"


def test_planning_in_a_script_is_silent_whatever_each_solver_object_prints() -> None:
    """``planner.plan()`` writes nothing, even if every object of the solver introduces itself."""
    done = ran(
        f"""
import highspy, planner
from pulp.apis import highs
made = []
class Noisy(highspy.Highs):
    def __init__(self):
        noise()
        made.append(self)
        super().__init__()
highs.highspy_mod.Highs = Noisy
portfolio, model = planner.read_portfolio({str(EXAMPLE)!r}), planner.load_model("transfer")
assert planner.plan(portfolio, model).status == "optimal"
assert planner.frontier(portfolio, model, budgets=[10_000.0, 20_000.0]).points
assert made
"""
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_only_one_module_makes_objects_of_the_solver() -> None:
    """Every object of HiGHS comes from the class that guards the descriptor; exports guard it."""
    makers = {
        path.name
        for path in (ROOT / "planner").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"HiGHS", "Highs", "HiGHS_CMD"}
    }
    assert makers == {"highs_options.py", "files.py"}
    files = (ROOT / "planner" / "solving" / "extensive" / "files.py").read_text(encoding="utf-8")
    assert re.search(r"with unreachable_stdout\(\):\n +solver: Any = highspy\.Highs\(\)", files)
