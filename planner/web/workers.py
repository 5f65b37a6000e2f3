"""Processes that plan, so that a new edit need not wait for an old answer.

A worker that computes for a portfolio which has changed since is told to drop it, and keeps what it
knows of the projects that are as they were. One that does not within a moment is ended, and another
begins at once: where the system can fork, from a process that has everything loaded already.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["Superseded", "Worker", "context"]

_PRELOADED = ("planner.web.loaded",)
_DROP = getattr(signal, "SIGUSR1", None)
"""Asks a worker to drop what it does; where there is no such signal it is ended."""
_PATIENCE_S = 0.2
"""For a step that cannot be interrupted."""


class Superseded(Exception):  # noqa: N818 - an answer, not a mistake
    """What the worker computed is no longer asked for."""


class _Dropped(BaseException):
    """Raised amid a computation that nobody waits for; nothing in between may hold it back."""


def context() -> Any:  # noqa: ANN401 - contexts of different classes
    """Return how processes are begun: forked from a warm one where that is possible."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(_PRELOADED))
    return found


class Worker:
    """A process that answers one question after the other.

    Parameters
    ----------
    model : str
        Name or folder of the fitted model.
    seed : int
        Of the projects' luck.
    """

    def __init__(self, model: str, seed: int) -> None:
        ctx = context()
        self._pipe, theirs = ctx.Pipe()
        self._process = ctx.Process(target=_serve, args=(theirs, model, seed), daemon=True)
        self._process.start()
        theirs.close()
        self._turn = threading.Lock()
        self._ended = False
        self._answered = 0

    def ask(
        self, name: str, job: Mapping[str, Any], *, wanted: Callable[[], bool] = lambda: True
    ) -> dict[str, Any]:
        """Return the answer to a job; waits for it.

        Parameters
        ----------
        name : str
            Of the job.
        job : mapping
            What it reads.
        wanted : callable
            Whether the answer is still asked for when the worker's turn comes.

        Raises
        ------
        Superseded
            It is no longer, or the worker was ended or told to drop it before it answered.
        """
        with self._turn:
            if not wanted():
                raise Superseded
            try:
                self._pipe.send((name, dict(job)))
                found: dict[str, Any] | None = self._pipe.recv()
            except (EOFError, OSError):
                self.end()
                raise Superseded from None
            finally:
                self._answered += 1
        if found is None:
            raise Superseded
        return found

    @property
    def is_busy(self) -> bool:
        """Whether it computes."""
        return self._turn.locked()

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self._ended and bool(self._process.is_alive())

    def drop(self) -> None:
        """Have the worker drop what it does; end it if it cannot."""
        if not self.is_busy:
            return
        if _DROP is None:
            self.end()
            return
        with suppress(OSError):
            os.kill(self._process.pid, _DROP)
        late = threading.Timer(_PATIENCE_S, self._end_unless_answered, [self._answered])
        late.daemon = True
        late.start()

    def _end_unless_answered(self, before: int) -> None:
        if self._answered == before:
            self.end()

    def end(self) -> None:
        """End the process, whatever it does."""
        self._ended = True
        with suppress(OSError, ValueError):
            self._process.kill()


def _serve(pipe: Connection, model: str, seed: int) -> None:
    """Answer until nobody asks any more."""
    from planner.web.engine import Engine, answer_of

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when it is over
    engine, droppable = Engine(model, seed), _Droppable()
    if _DROP is not None:
        signal.signal(_DROP, droppable.drop)
    with suppress(EOFError, OSError):
        while True:
            name, job = pipe.recv()
            pipe.send(droppable.run(partial(_answer, engine, answer_of, name, job)))


class _Droppable:
    """Runs one computation at a time, which a signal ends between two of its steps."""

    def __init__(self) -> None:
        self._is_running = False

    def run(self, compute: Callable[[], dict[str, object]]) -> dict[str, object] | None:
        """Return what is computed; None if it was dropped."""
        try:
            self._is_running = True
            found = compute()
            self._is_running = False
        except _Dropped:
            return None
        return found

    def drop(self, _number: int, _frame: object) -> None:
        """End the computation; without one there is nothing to do."""
        if self._is_running:
            self._is_running = False
            raise _Dropped


def _answer(engine: Any, answer_of: Any, name: str, job: Mapping[str, Any]) -> dict[str, object]:  # noqa: ANN401
    """Return an answer; a bug of ours is said and does not end the worker."""
    try:
        found: dict[str, object] = answer_of(engine, name, job)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must hear of it
        return {"bug": f"{type(error).__name__}: {error}"}
    return found
