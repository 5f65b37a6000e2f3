"""One of our processes at a time, from the last look at a file until another has its name."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.files.leftovers import is_leftover
from planner.files.temporary import locked

PATIENCE_S = 10.0
"""A lock is held for milliseconds; after so long something is wrong."""

STALE_S = 60.0
"""A lock file that is older was left by a killed process."""

_PAUSE_S = 0.01
_LOCK_FILE = ".planner.lock"
_TAKEN = (FileExistsError, PermissionError) if os.name == "nt" else (FileExistsError,)


class LockedError(OSError):
    """Another process holds the folder for longer than it could need."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep out other processes that ask for the same folder, as long as the block lasts.

    The folder itself is locked; where folders cannot be, a file in it that is made by one process
    alone stands for the lock.

    Raises
    ------
    LockedError
        Another process does not let go.
    """
    if is_leftover(folder):  # nobody else writes to a hidden folder of ours, which is locked
        yield
        return
    end = time.monotonic() + PATIENCE_S
    descriptor, free = _folder(folder), None
    try:
        while descriptor >= 0 and (free := locked(descriptor)) is False:
            _wait(folder, end)
        if free:
            yield
            return
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    with _lock_file(folder / _LOCK_FILE, end):
        yield


def _folder(folder: Path) -> int:
    try:
        return os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return -1


def _wait(folder: Path, end: float) -> None:
    if time.monotonic() > end:
        message = "another program keeps it locked"
        raise LockedError(None, message, str(folder))
    time.sleep(_PAUSE_S)


@contextmanager
def _lock_file(path: Path, end: float) -> Iterator[None]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_TEMPORARY", 0)
    descriptor = -1
    while descriptor < 0:
        try:
            descriptor = os.open(path, flags, 0o600)
        except _TAKEN:
            _remove_stale(path)
            _wait(path.parent, end)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes it when it is closed
            path.unlink()
        os.close(descriptor)


def _remove_stale(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > STALE_S:
            path.unlink()
