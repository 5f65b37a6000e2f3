"""A real browser, headless, at a real server; skipped only where no Chromium can be had."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parents[2]
AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
MOST_MS = 60_000
"""A machine that does other things as well is slow, not wrong."""
expect.set_options(timeout=MOST_MS)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the installed Chromium; ``.ci/run`` installs it where the system has the package."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is installed, and the system has no package of it")
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=options)
        yield browser
        browser.close()


@dataclass
class Shown:
    """A page as somebody sees it, with what went wrong on it."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def listen(self) -> "Shown":
        """Keep errors of scripts and of the console."""

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.wrong.append(message.text)

        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        return self

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(width))

    def violations(self) -> list[str]:
        """Return what axe-core finds that is serious or critical."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run()")["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
            for rule in found
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]


type Open = Callable[..., Shown]


@pytest.fixture
def show(chromium: Browser) -> Iterator[Open]:
    """Return what opens an address in a window of some width, light or dark."""
    contexts: list[BrowserContext] = []

    def opened(address: str, *, width: int = 1280, dark: bool = False, **more: Any) -> Shown:
        scheme: Any = "dark" if dark else "light"
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **more
        )
        contexts.append(context)
        shown = Shown(context.new_page()).listen()
        shown.page.set_default_timeout(MOST_MS)
        shown.page.goto(address)
        return shown

    yield opened
    for context in contexts:
        context.close()


@dataclass(frozen=True)
class Server:
    """A running ``planner serve``."""

    process: subprocess.Popen[str]
    address: str


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Run the server in a process of its own, without a file."""
    command = [sys.executable, "-m", "planner", "serve", "--port", "0", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#\S+", address)
        yield Server(process, address)
    finally:
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=10)
