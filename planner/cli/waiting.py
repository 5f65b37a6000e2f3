"""A sign of life while a command computes: on stderr, on a terminal, and only after a second."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_S = 1.0


class Waiting:
    """A spinner with the time taken, shown once a command has been silent for a second.

    It ends when the command begins to write; nothing of it stays on the screen.

    Parameters
    ----------
    text : str
        What is being done.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._timer = threading.Timer(PATIENCE_S, self._show)
        self._timer.daemon = True
        self._ended = False
        self._timer.start()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._ended:
                return
            columns = (SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task(self._text, total=None)
            self._bar.start()

    def end(self) -> None:
        """Take the spinner away; safe to call more than once."""
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._bar is not None:
                self._bar.stop()
                self._bar = None


_now: Waiting | None = None


@contextmanager
def waiting(text: str, *, shown: bool) -> Iterator[None]:
    """Show that a command is at work, until it writes or ends.

    Parameters
    ----------
    text : str
        What is being done.
    shown : bool
        Whether it was not asked to be quiet; without a terminal nothing is shown in any case.
    """
    global _now  # one command runs in one process
    _now = Waiting(text) if shown and sys.stderr.isatty() else None
    try:
        yield
    finally:
        stop_waiting()


def stop_waiting() -> None:
    """Take the spinner away, because something is about to be written."""
    global _now
    if _now is not None:
        _now.end()
        _now = None
