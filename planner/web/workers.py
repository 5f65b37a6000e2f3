"""Processes that plan, so that a new edit need not wait for an old answer.

A worker that computes for a portfolio which has changed since is ended, and another begins at
once: where the system can fork, from a process that has everything loaded already.
"""

import multiprocessing
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["Superseded", "Worker", "context"]

_PRELOADED = ("planner.web.loaded",)


class Superseded(Exception):  # noqa: N818 - an answer, not a mistake
    """The worker was ended: what it computed is no longer asked for."""


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

    def ask(self, name: str, job: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a job; waits for it.

        Raises
        ------
        Superseded
            The worker was ended before it answered.
        """
        with self._turn:
            try:
                self._pipe.send((name, dict(job)))
                found: dict[str, Any] = self._pipe.recv()
            except (EOFError, OSError):
                self.end()
                raise Superseded from None
        return found

    @property
    def is_busy(self) -> bool:
        """Whether it computes."""
        return self._turn.locked()

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self._ended and bool(self._process.is_alive())

    def end(self) -> None:
        """End the process, whatever it does."""
        self._ended = True
        with suppress(OSError, ValueError):
            self._process.kill()


def _serve(pipe: Connection, model: str, seed: int) -> None:
    """Answer until nobody asks any more."""
    from planner.web.engine import Engine, answer_of

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when it is over
    engine = Engine(model, seed)
    with suppress(EOFError, OSError):
        while True:
            name, job = pipe.recv()
            pipe.send(_answer(engine, answer_of, name, job))


def _answer(engine: Any, answer_of: Any, name: str, job: Mapping[str, Any]) -> dict[str, object]:  # noqa: ANN401
    """Return an answer; a bug of ours is said and does not end the worker."""
    try:
        found: dict[str, object] = answer_of(engine, name, job)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must hear of it
        return {"bug": f"{type(error).__name__}: {error}"}
    return found
