"""Running the real command line in this process, and what every answer of it must be."""

import contextlib
import io
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

from planner.cli.app import main

CODES = (0, 2, 3, 4, 5)
"""All exit codes but 1, which is a bug."""

LONGEST_S = 10.0

_HEAD = re.compile(r"^\S", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    arguments: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float


class HangError(BaseException):
    """A command did not end; no handler of the program may catch this."""


def run(*arguments: str) -> Answer:
    """Run ``planner`` with arguments; an exception that nobody expected is raised here."""
    out, err = _stream(), _stream()
    began = time.perf_counter()
    with (
        mock.patch.object(sys, "argv", ["planner", *arguments]),
        mock.patch.dict(os.environ, {"PLANNER_DEBUG": "1", "COLUMNS": "80"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _alarm(),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        else:
            code = 0
    return Answer(arguments, code, _text(out), _text(err), time.perf_counter() - began)


def require_good(answer: Answer) -> Answer:
    """Assert what holds for every answer, whatever the input was."""
    shown = f"{answer.arguments}\n{answer.stdout[-1000:]}\n{answer.stderr[-2000:]}"
    assert answer.code in CODES, f"exit code {answer.code}: {shown}"
    assert answer.seconds < LONGEST_S, f"{answer.seconds:.1f} s: {shown}"
    assert "Traceback" not in answer.stderr, shown
    if "--json" in answer.arguments and answer.code != 2:
        _require_json(answer, shown)
    elif answer.code == 3:
        assert "Nothing was computed" in answer.stderr or "cannot be used" in answer.stderr, shown
    return answer


def _require_json(answer: Answer, shown: str) -> None:
    """Assert one JSON object on stdout; a refusal names a place for every problem."""
    data = json.loads(answer.stdout)
    assert isinstance(data, dict), shown
    if answer.code == 3:
        assert data["problems"], shown
        for problem in data["problems"]:
            assert problem["place"].strip(), f"no place: {problem}\n{shown}"
            assert problem["message"].strip(), f"no message: {problem}\n{shown}"


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    """Raise after a while, where the system has alarms: a hang then names its line."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(*_: object) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(int(3 * LONGEST_S))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", newline="\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "replace")


def memory_mb() -> float:
    """Return the most memory that this process has taken so far."""
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 10)
