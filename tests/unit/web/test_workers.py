"""Processes that plan: the newest edit wins, and nobody waits for an answer that is old."""

import threading
import time
from typing import Any

import pytest

from planner.web.opening import Opened
from planner.web.sessions import Sessions
from planner.web.workers import Superseded, Worker
from tests.browser.portfolios import portfolio_of


@pytest.mark.slow
def test_the_newest_edit_wins() -> None:
    """A search for an older text is ended at once; the next plan is that of the new one."""
    sessions = Sessions(Opened("p.yaml", portfolio_of(20)), lambda: Worker("transfer", 0))
    session = sessions.of("a" * 32)
    slow = session.text.replace("budget: 100k", "budget: 100k\n  risk: {measure: cvar}")
    session.change(slow)
    found: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: found.append(sessions.ask(session, "plan")))
    asking.start()
    worker = session.worker
    while worker is None or not worker.is_busy:
        time.sleep(0.01)
        worker = session.worker
    session.change(portfolio_of(3))
    asking.join(timeout=20)
    assert not asking.is_alive()
    assert found[0]["superseded"]
    now = sessions.ask(session, "plan")
    assert len(now["view"]["decisions"]) == 3
    assert session.worker is not worker
    sessions.end()


@pytest.mark.slow
def test_a_bug_is_said_and_the_worker_goes_on() -> None:
    """What nobody foresaw reaches the page as such; the next question is answered."""
    worker = Worker("transfer", 0)
    assert "KeyError" in worker.ask("no such job", {})["bug"]
    job = {"text": portfolio_of(1), "name": "p.yaml"}
    assert worker.ask("plan", job)["view"]["status"] == "optimal"
    worker.end()
    with pytest.raises(Superseded):
        worker.ask("plan", job)
