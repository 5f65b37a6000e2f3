"""A folder that appears whole or not at all, in place of an earlier one or anew."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.files.exclusive import alone_in
from planner.files.leftovers import give_back, remove_leftovers
from planner.files.permissions import Permissions, permissions
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
    FileExistsError
        Something stands there and ``force`` is not set.
    OSError
        The system refuses.
    """
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(parent)
    with hidden_folder(parent, "new", permissions(folder, sources, folder=True)) as made:
        try:
            yield made
            _sync_files(made)
            with alone_in(parent):
                _take_name(made, parent / folder.name, force=force)
            sync_folder(parent)
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


def _sync_files(folder: Path) -> None:
    """Have every file of a folder on the disk before it takes its name."""
    for path in sorted(folder.iterdir()):
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            sync(descriptor)
        finally:
            os.close(descriptor)
    with suppress(OSError):
        sync_folder(folder)
