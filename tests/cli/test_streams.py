"""Standard streams that are closed, full, slow, odd or read no further; interrupts; libraries."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RETAIL = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"
PLANNER = Path(sys.executable).with_name("planner")
PRICES = [str(PLANNER), "catalogue", "prices", "--json"]
NAMED = """\
version: 1
portfolio: {name: Café ✓, budget: 20k}
projects:
  - id: Größe-数
    classes: 10
    target_accuracy: 94%
    images: {held: 5k, limit: 100k, price: 0.50}
    value: 80k
    architectures: [ResNet-50]
"""


def plain(**more: str) -> dict[str, str]:
    """Return the environment without what decides how Python's streams are set up."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PLANNER", "MPL"))}
    return ours | more


def shell(line: str, tmp_path: Path, **more: str) -> tuple[int, str, str]:
    """Run a line of bash, ``planner`` in it being ours; return exit code, stdout and stderr."""
    bound = f'planner() {{ {shlex.quote(str(PLANNER))} "$@"; }}; {line}'
    done = subprocess.run(
        ["bash", "-c", bound], cwd=tmp_path, env=plain(**more), capture_output=True, timeout=120
    )
    text = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in text[0] + text[1], text
    assert "Exception ignored" not in text[1], text
    assert "bug in planner" not in text[1], text
    return done.returncode, *text


LOST = "The output cannot be written: "
CLOSED, FULL = f"{LOST}standard output is closed.\n", f"{LOST}No space left on device.\n"


@pytest.mark.parametrize("unbuffered", ["", pytest.param("1", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("planner catalogue prices --json | head -1; exit ${PIPESTATUS[0]}", 0, "{\n", ""),
        ("planner plan no.yaml --json 2>&1 | true; exit ${PIPESTATUS[0]}", 3, "", ""),
        ("planner catalogue prices --json >&-", 3, "", CLOSED),
        ("planner catalogue prices --json >/dev/full", 3, "", FULL),
        ("planner catalogue prices --json >&- 2>&-", 3, "", ""),
        ("planner --version 2>&-", 0, "planner ", ""),
        ("planner --version <&- 2>/dev/full", 0, "planner ", ""),
        ("planner --version >&-", 3, "", CLOSED),
        ("planner --help >/dev/full", 3, "", FULL),
        ("planner nonsense 2>&-", 2, "", ""),
        ("planner nonsense 2>/dev/full", 2, "", ""),
        ("planner plan no.yaml 2>&-", 3, "", ""),
        ("planner plan no.yaml >&-", 3, "", "no.yaml\n   there is no such file."),
    ],
)
def test_a_stream_that_is_not_there_is_no_failure_and_a_lost_answer_is_said(
    tmp_path: Path, line: str, code: int, out: str, err: str, unbuffered: str
) -> None:
    """The command keeps its exit code; an answer that nobody can read has one of its own."""
    got = shell(line, tmp_path, **({"PYTHONUNBUFFERED": unbuffered} if unbuffered else {}))
    assert got[0] == code, got
    assert got[1].startswith(out), got
    assert bool(got[1]) == bool(out), got
    assert got[2].startswith(err), got
    assert bool(got[2]) == bool(err), got


@pytest.mark.slow
def test_a_plan_is_written_whichever_streams_are_there(tmp_path: Path) -> None:
    """With the solver at work below: the head, the file, the answer; infeasible stays exit 4."""
    plan = f"planner plan {shlex.quote(str(RETAIL))}"
    assert shell(f"{plan} -q | head -1; exit ${{PIPESTATUS[0]}}", tmp_path)[0] == 0
    code, out, _ = shell(f"{plan} --json 2>&-", tmp_path)
    assert (code, json.loads(out)["status"]) == (0, "optimal")
    code, _, err = shell(f"{plan} -q --xlsx plan.xlsx >&-", tmp_path)
    assert (code, err) == (3, CLOSED)
    assert (tmp_path / "plan.xlsx").read_bytes()[:2] == b"PK"
    code, _, err = shell(f"{plan} -q >/dev/full", tmp_path, PYTHONUNBUFFERED="1")
    assert (code, err) == (3, FULL)


def test_no_file_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """What is written to a stream never ends up in a file that was opened later."""
    code, _, _ = shell("planner init -o p.yaml <&- >&- 2>&-", tmp_path)
    assert code == 3  # "Wrote p.yaml" was lost
    assert (tmp_path / "p.yaml").read_text(encoding="utf-8").startswith("# ")
    assert [path.name for path in tmp_path.iterdir()] == ["p.yaml"]


@pytest.mark.parametrize("blocking", [True, False])
def test_a_slow_reader_gets_every_byte(blocking: bool) -> None:
    """More than a pipe holds, read in small pieces, also from a pipe that does not block."""
    whole = subprocess.run(PRICES, capture_output=True, check=True, env=plain()).stdout
    assert len(whole) > 100_000
    reading, writing = os.pipe()
    os.set_blocking(writing, blocking)
    with subprocess.Popen(PRICES, stdout=writing, stderr=subprocess.PIPE, env=plain()) as process:
        os.close(writing)
        got = b""
        while piece := os.read(reading, 8192):
            got += piece
            time.sleep(0.01)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    os.close(reading)
    assert process.returncode == 0
    assert got == whole


@pytest.mark.parametrize(
    "encoding", ["ascii", pytest.param("cp1252", marks=pytest.mark.slow), "utf-8:strict"]
)
def test_no_encoding_of_a_terminal_stops_a_command(tmp_path: Path, encoding: str) -> None:
    """Text shows a mark for what cannot be shown; JSON loses nothing."""
    (tmp_path / "p.yaml").write_text(NAMED, encoding="utf-8")
    code, out, _ = shell("planner estimate p.yaml --json", tmp_path, PYTHONIOENCODING=encoding)
    assert code == 0
    assert json.loads(out)["projects"][0]["id"] == "Größe-数"
    done = subprocess.run(
        [PLANNER, "estimate", "p.yaml"],
        cwd=tmp_path,
        env=plain(PYTHONIOENCODING=encoding),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert b"ResNet-50" in done.stdout
    assert "数".encode() in done.stdout or b"?" in done.stdout


def hear_interrupts() -> None:
    """Heed Ctrl-C, which is ignored in what a shell starts in the background, tests included."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(command: list[str], tmp_path: Path, when: float) -> tuple[int, float, str]:
    """Interrupt a command some time after its start; return exit code, seconds taken, stderr."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=plain(),
        preexec_fn=hear_interrupts,
    ) as process:
        time.sleep(when)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    return process.returncode, time.monotonic() - sent, errors.decode()


GROCERY = ROOT / "examples" / "04_grocery_chain" / "portfolio.yaml"


def test_an_interrupt_ends_a_computation_at_once(tmp_path: Path) -> None:
    """Exit 130, no traceback, nothing written, whatever is computed."""
    command = [str(PLANNER), "plan", str(GROCERY), "--xlsx", "plan.xlsx"]
    code, seconds, errors = interrupted(command, tmp_path, 2.0)
    assert (code, errors) == (130, "")
    assert seconds < 5
    assert list(tmp_path.iterdir()) == []


LOADING = """
import signal, sys, runpy
class Stopped:
    def find_spec(self, name, path=None, target=None):
        if name == "planner.cli.plan":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Stopped())
sys.argv = ["planner", "--version"]
runpy.run_module("planner", run_name="__main__")
"""


def test_an_interrupt_while_the_program_is_loaded_is_no_traceback(tmp_path: Path) -> None:
    """The installed script begins where ``python -m planner`` does."""
    done = subprocess.run(
        [sys.executable, "-c", LOADING],
        cwd=ROOT,
        env=plain(),
        capture_output=True,
        text=True,
        preexec_fn=hear_interrupts,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert "from planner.__main__ import main" in PLANNER.read_text(encoding="utf-8")


def test_an_interrupt_ends_the_wait_for_a_slow_reader() -> None:
    """Nobody reads, the pipe is full, and Ctrl-C still works."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        PRICES,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=plain(),
        preexec_fn=hear_interrupts,
    ) as process:
        os.close(writing)
        threading.Timer(1.2, process.send_signal, [signal.SIGINT]).start()
        assert process.stderr is not None
        errors = process.stderr.read()
        os.close(reading)
    assert (process.returncode, errors) == (130, b"")


@pytest.mark.slow
def test_libraries_keep_their_messages_to_themselves(tmp_path: Path) -> None:
    """Matplotlib without a folder for its cache, and without HOME: only what we say is said."""
    (tmp_path / "file").touch()
    (tmp_path / "p.yaml").write_text(NAMED.replace("数", "size"), encoding="utf-8")
    nowhere = str(tmp_path / "file" / "below")
    code, out, err = shell(
        "env -u HOME planner_ estimate p.yaml --plot pictures -q".replace("planner_", str(PLANNER)),
        tmp_path,
        MPLCONFIGDIR=nowhere,
        XDG_CACHE_HOME=nowhere,
    )
    assert (code, err) == (0, "")
    assert "Wrote" in out


def test_warnings_of_libraries_are_shown_to_those_who_ask(tmp_path: Path) -> None:
    """-W works as everywhere in Python; without it nothing is printed."""
    code = "from planner.cli.quiet import quiet_libraries as q; q(); import warnings, logging;"
    code += "warnings.warn('hear'); logging.getLogger('some').warning('a ' + 'log')"
    for flags, expected in (([], False), (["-W", "always"], True)):
        done = subprocess.run(
            [sys.executable, *flags, "-c", code], env=plain(), capture_output=True, text=True
        )
        assert ("hear" in done.stderr) == expected
        assert "a log" not in done.stderr
