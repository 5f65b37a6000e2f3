"""Processes that plan: the newest edit wins, and nobody waits for an answer that is old."""

import sys
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
    """A search for an older text is dropped at once; the next plan is that of the new one."""
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
    sessions.end()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there a worker is ended")
def test_who_drops_an_old_question_keeps_what_it_knows() -> None:
    """An edit amid a computation ends that, not the worker; what it then says is as ever."""
    worker = Worker("transfer", 0)
    job = {"text": portfolio_of(4), "name": "p.yaml"}
    planned = worker.ask("plan", job)
    asking = threading.Thread(target=lambda: _dropped(worker, {**job, "text": portfolio_of(30)}))
    asking.start()
    while not worker.is_busy:
        time.sleep(0.01)
    time.sleep(0.1)
    worker.drop()
    asking.join(timeout=20)
    assert worker.is_alive
    assert worker.ask("plan", job) == planned
    worker.drop()  # with nothing to drop
    assert worker.ask("plan", job) == planned
    worker.end()


def _dropped(worker: Worker, job: dict[str, Any]) -> None:
    with pytest.raises(Superseded):
        worker.ask("plan", job)


@pytest.mark.slow
def test_who_waits_while_the_question_grows_old_is_not_computed_for() -> None:
    """A worker whose turn comes when nobody asks any more computes nothing."""
    worker = Worker("transfer", 0)
    with pytest.raises(Superseded):
        worker.ask("no such job", {}, wanted=lambda: False)
    worker.end()


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
