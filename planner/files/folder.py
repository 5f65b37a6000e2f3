"""A folder that appears whole or not at all, in place of an earlier one or anew."""

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.files.exclusive import alone_in
from planner.files.leftovers import give_back, remove_leftovers
from planner.files.permissions import Permissions, permissions
from planner.files.target import said
from planner.files.temporary import hidden_folder, sync, sync_folder

_PRIVATE = 0o700


@contextmanager
def new_folder(
    folder: Path, *, force: bool = False, sources: Iterable[str | os.PathLike[str]] = ()
) -> Iterator[Path]:
    """Fill a folder aside; it takes its name when the block ends well, and is gone if it does not.

    Parameters
    ----------
    folder : Path
        Its name; folders above it are made.
    force : bool, default=False
        Whether a folder that stands there is replaced. It is removed only when the new one has
        taken its name, and comes back whatever stops that, an interrupt included.
    sources : iterable of path, optional
        Files that the folder is made from: nobody may look into it who could not read these.

    Yields
    ------
    Path
        The folder to fill.

    Raises
    ------
    InputError
        Something stands there and ``force`` is not set.
    NotWrittenError
        The disk is full, or the system refuses for a reason of its own.
    """
    with said(folder):
        parent, sources = folder.absolute().parent, tuple(sources)
        parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(parent)
        with _filled(folder, parent, sources) as made:
            yield made
            for path in sorted(made.iterdir()):
                _settle(path, sources)
            sync_folder(made)
            with alone_in(parent):
                _take_name(made, parent / folder.name, force=force)
            sync_folder(parent)


@contextmanager
def _filled(
    folder: Path, parent: Path, sources: tuple[str | os.PathLike[str], ...]
) -> Iterator[Path]:
    """Hold the hidden folder that is being filled; it is gone when the block ends."""
    with hidden_folder(parent, "new", permissions(folder, sources, folder=True)) as made:
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _take_name(made: Path, folder: Path, *, force: bool) -> None:
    if not os.path.lexists(folder):
        made.rename(folder)
        return
    if not force:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    with hidden_folder(folder.parent, "old", Permissions(folder=True)) as aside:
        try:
            folder.rename(aside / folder.name)
            made.rename(folder)
        finally:  # whatever stopped it: nothing is removed unless the new one has the name
            if os.path.lexists(made) or not os.path.lexists(folder):
                give_back(aside)
            else:
                shutil.rmtree(aside, ignore_errors=True)


def _settle(path: Path, sources: tuple[str | os.PathLike[str], ...]) -> None:
    """Have a file on the disk, no wider than what it is made from, whoever wrote it."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if sources and os.name == "posix" and hasattr(os, "fchmod"):
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            os.fchmod(descriptor, mode & permissions(path / "new", sources).at_creation())
        sync(descriptor)
    finally:
        os.close(descriptor)
