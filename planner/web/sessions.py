"""Whose portfolio is it? One in memory for each browser, with what was done to it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from planner.web.opening import Opened
from planner.web.workers import Superseded, Worker

__all__ = ["MOST_SESSIONS", "Session", "Sessions"]

MOST_SESSIONS = 40
MOST_WORKERS = 4
MOST_STEPS = 200
_WORKERS_TRIED = 2
MOST_KEPT_BYTES = 20 * 2**20
"""Of all texts that can be gone back to."""


@dataclass
class Session:
    """A portfolio that is being edited.

    Attributes
    ----------
    opened : Opened or None
        As it came; None until something is opened.
    text : str
        As it is now.
    revision : int
        Counts changes.
    undo, redo : list of str
        Texts to go back, and forward again, to.
    first : mapping or None
        The plan that later ones are compared with.
    notes : tuple of str
        What the user should know of the file.
    merges : bool
        Whether the next change goes on with the one before, and is undone with it.
    worker : Worker or None
        What plans for it.
    asked : list of int
        Revisions of the questions that it has been asked and not answered.
    lock : RLock
        One change at a time.
    """

    opened: Opened | None = None
    text: str = ""
    revision: int = 0
    undo: list[str] = field(default_factory=list)
    redo: list[str] = field(default_factory=list)
    first: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    merges: bool = False
    worker: Worker | None = None
    asked: list[int] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """Under which the file is saved."""
        return self.opened.name if self.opened is not None else ""

    def open(self, opened: Opened) -> None:
        """Begin with another portfolio."""
        self.opened, self.notes = opened, opened.notes
        self.undo, self.redo, self.first = [], [], None
        self._set(opened.text)

    def change(self, text: str) -> None:
        """Take a new text, which can be undone."""
        if text == self.text:
            return
        if not (self.merges and self.undo):  # a word being typed is one change
            self.undo.append(self.text)
        self.redo.clear()
        while len(self.undo) > MOST_STEPS or sum(map(len, self.undo)) > MOST_KEPT_BYTES:
            self.undo.pop(0)
        self._set(text)

    def back(self) -> None:
        """Undo the last change."""
        if self.undo:
            self.redo.append(self.text)
            self._set(self.undo.pop())

    def forth(self) -> None:
        """Do again what was undone."""
        if self.redo:
            self.undo.append(self.text)
            self._set(self.redo.pop())

    def _set(self, text: str) -> None:
        """Take a text; whoever still computes for the one before does so in vain."""
        self.text = text
        self.revision += 1
        if self.worker is not None and self.asked:
            self.worker.drop()


class Sessions:
    """All portfolios that are being edited, the least recently used of which give way.

    Parameters
    ----------
    begin : Opened or None
        What every browser begins with.
    worker : callable
        Begins a process that plans.
    """

    def __init__(self, begin: Opened | None, worker: Callable[[], Worker]) -> None:
        self._begin = begin
        self._worker = worker
        self._found: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, name: str) -> Session:
        """Return the session of a browser, a new one for one that was not seen before."""
        with self._lock:
            session = self._found.pop(name, None) or self._new()
            self._found[name] = session
            while len(self._found) > MOST_SESSIONS:
                _, old = self._found.popitem(last=False)
                _release(old)
            return session

    def ask(
        self,
        session: Session,
        name: str,
        *,
        meant: int | None = None,
        **job: Any,  # noqa: ANN401 - what the job reads
    ) -> dict[str, Any]:
        """Return what a worker answers on a session's portfolio as it is now.

        ``superseded`` if it changed meanwhile, or is no longer the revision that was ``meant``.
        """
        with session.lock:
            revision = session.revision
            if meant is not None and meant != revision:  # it was asked before an edit
                return {"superseded": True, "revision": revision}
            asked = {**job, "text": session.text, "name": session.name}
            session.asked.append(revision)  # from here on an edit has the worker drop it
        try:
            found = self._answer(session, name, asked, lambda: session.revision == revision)
        finally:
            session.asked.remove(revision)
        return {**found, "revision": revision}

    def _answer(
        self, session: Session, name: str, job: Mapping[str, Any], wanted: Callable[[], bool]
    ) -> dict[str, Any]:
        """Return a worker's answer; of another one if the first was ended for an older question."""
        for _ in range(_WORKERS_TRIED):
            with session.lock:
                worker = self._worker_of(session)
            with suppress(Superseded):
                found = worker.ask(name, job, wanted=wanted)
                return found if wanted() else {"superseded": True}
            if not wanted():
                break
        return {"superseded": True}

    def end(self) -> None:
        """End every process."""
        for session in self._found.values():
            _release(session)

    def _new(self) -> Session:
        session = Session()
        if self._begin is not None:
            session.open(self._begin)
        return session

    def _worker_of(self, session: Session) -> Worker:
        if session.worker is None or not session.worker.is_alive:
            with self._lock:
                self._make_room(session)
                session.worker = self._worker()
        return session.worker

    def _make_room(self, asking: Session) -> None:
        """End the processes of those who were not here for longest, where there are too many."""
        having = [
            one
            for one in self._found.values()
            if one is not asking and one.worker is not None and one.worker.is_alive
        ]
        for old in having[: max(0, len(having) + 1 - MOST_WORKERS)]:
            _release(old)


def _release(session: Session) -> None:
    if session.worker is not None:
        session.worker.end()
        session.worker = None
