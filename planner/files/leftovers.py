"""What a killed writer left behind: removed by the next write to the folder, if it is ours.

Names are our own (:func:`planner.files.temporary.hidden_name`), and a living writer holds a lock on
what it writes. Where locks tell nothing, only what is an hour old is touched.
"""

import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.files.temporary import locked, this_machine

OLD_S = 3600.0
"""Age from which a leftover is removed without a lock that proves its writer dead."""

_NAME = re.compile(r"\.planner-([0-9a-f]{8})-[0-9a-f]{32}\.(tmp|new|old)")


def remove_leftovers(folder: Path) -> None:
    """Remove from a folder what writers that are no more left there; never raises.

    A folder that was put aside by one of them, and whose successor never came, gets its name back.
    """
    with suppress(OSError):
        for path in list(folder.iterdir()):
            found = _NAME.fullmatch(path.name)
            if found is not None:
                with suppress(OSError):
                    _remove(path, machine=found[1], kind=found[2])


def is_leftover(path: Path) -> bool:
    """Say whether a name is one of those that we write under."""
    return _NAME.fullmatch(path.name) is not None


def _remove(path: Path, *, machine: str, kind: str) -> None:
    status = path.lstat()
    wanted = stat.S_ISREG if kind == "tmp" else stat.S_ISDIR
    if not wanted(status.st_mode) or not _ours(status):
        return
    with _orphaned(path, status, here=machine == this_machine()) as dead:
        if not dead:
            return
        if kind == "tmp":
            path.unlink()
            return
        if kind == "old":
            give_back(path)
        shutil.rmtree(path, ignore_errors=True)


def give_back(aside: Path) -> None:
    """Give what was put aside its name again, unless something else bears it by now."""
    for kept in list(aside.iterdir()):
        name = aside.parent / kept.name
        if not os.path.lexists(name):
            kept.rename(name)


@contextmanager
def _orphaned(path: Path, status: os.stat_result, *, here: bool) -> Iterator[bool]:
    """Say, while the block lasts, whether the writer of a file or folder is no more."""
    old = time.time() - status.st_mtime > OLD_S
    descriptor = -1
    with suppress(OSError):  # Windows opens no folders
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path, flags)
    try:
        free = None if descriptor < 0 else locked(descriptor)
        if free is None and descriptor >= 0:
            os.close(descriptor)  # what is open cannot be removed there
            descriptor = -1
        yield free is not False and (old or (bool(free) and here))
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _ours(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
