"""``planner serve``: where it listens, what it says, and that it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.web.run import _listen

ROOT = Path(__file__).parents[2]
RETAIL = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    """Exit 3 with the port and a way out, and no server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["serve", "--port", str(port)])
    assert result.exit_code == 3
    assert f"cannot listen on 127.0.0.1, port {port}" in result.stderr
    assert "fix  --port 0 takes any that is free" in result.stderr


def test_answers_are_not_held_back_for_an_acknowledgement() -> None:
    """A connection that is accepted is known to be TCP: asyncio then sends small parts at once."""
    listening = _listen("127.0.0.1", 0)
    with listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.yaml"], "no such file"),
        (["list.csv"], "this is one table without sheets"),
        (["--model", "nowhere"], "nowhere"),
        (["--host", "no such host"], "cannot listen on no such host"),
    ],
)
def test_what_cannot_be_served_is_said_at_once(words: list[str], said: str) -> None:
    """Exit 3 before anything listens."""
    result = CliRunner().invoke(app, ["serve", "--port", "0", *words])
    assert result.exit_code == 3
    assert said in result.stderr


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run the server in a process; return it with its address and token."""
    command = [sys.executable, "-m", "planner", "serve", str(RETAIL), "--port", "0"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # a test run in the background ignores Ctrl-C, and so would what it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    found = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/#(\S{32,})\n", process.stdout.readline())
    try:
        assert found is not None
        yield process, found[1], found[2]
    finally:
        process.kill()
        process.communicate()


def ask(address: str, token: str, path: str, body: dict[str, Any]) -> Any:
    headers = {"origin": address, "x-planner-token": token, "x-planner-session": "c" * 32}
    request = Request(address + path, json.dumps(body).encode(), headers)  # noqa: S310
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read())


@pytest.mark.slow
def test_the_server_plans_in_a_process_of_its_own_and_ends_with_it(
    served: tuple[subprocess.Popen[str], str, str],
) -> None:
    """The plan is the command line's; the newest edit wins; Ctrl-C ends all of it at once."""
    process, address, token = served
    with urlopen(address, timeout=30) as page:  # noqa: S310
        assert b"<title>planner</title>" in page.read()
    with pytest.raises(HTTPError, match="401"):
        ask(address, "x" * 32, "/api/hello", {})
    ask(address, token, "/api/hello", {})
    found = ask(address, token, "/api/job", {"job": "first"})
    said = subprocess.run(
        [sys.executable, "-m", "planner", "plan", RETAIL.name, "--json"],
        cwd=RETAIL.parent,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert found["json"] == said.stdout
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert children
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline, "a process outlives its server"
        time.sleep(0.1)
    assert os.name == "posix"
