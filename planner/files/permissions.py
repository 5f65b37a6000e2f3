"""Who may read what is written: no one who could not read what it replaces or is made from."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FOLDER = 0o777
_FILE = 0o666
_READ = 0o444
_GROUP = 0o070
_OTHERS = 0o007


@dataclass(frozen=True)
class Permissions:
    """What a file or folder to be made may be at most.

    Attributes
    ----------
    replaced : os.stat_result or None
        Of what stands there: mode, owner and group are kept where that is possible.
    sources : tuple of os.stat_result
        Of the files it is made from: nothing is granted that these do not grant.
    folder : bool
        Whether it is a folder: who may read the sources may look around in it.
    """

    replaced: os.stat_result | None = None
    sources: tuple[os.stat_result, ...] = ()
    folder: bool = False

    def at_creation(self) -> int:
        """Return the mode to make it with; the system takes its umask from it."""
        usual = _FOLDER if self.folder else _FILE
        mode = usual if self.replaced is None else self.replaced.st_mode & _FOLDER
        for source in self.sources:
            mode &= _spread(source.st_mode) if self.folder else source.st_mode
        return mode

    def settle(self, descriptor: int) -> None:
        """Give what was just made, and is empty, the owner, group and mode it ends with."""
        if not hasattr(os, "fchmod") or os.name != "posix":  # a system without such modes
            return
        made = os.fstat(descriptor)
        mode = stat.S_IMODE(made.st_mode)
        if self.replaced is not None:
            made = _handed_over(descriptor, made, self.replaced)
            mode = self.at_creation()
        for limit in (self.replaced, *self.sources):
            if limit is not None and limit.st_gid != made.st_gid:
                mode &= ~_GROUP | (limit.st_mode & _OTHERS) << 3  # its group gets what all get
        with suppress(OSError):  # a file system without modes; it was made with no more
            os.fchmod(descriptor, mode)


def _spread(mode: int) -> int:
    """Return all rights for those who may read."""
    read = mode & _READ
    return read | read >> 1 | read >> 2


def permissions(
    target: Path, sources: Iterable[str | os.PathLike[str]], *, folder: bool = False
) -> Permissions:
    """Return what may be granted on what replaces ``target`` and is made from other files.

    Files that are not there, or not to be looked at, limit nothing.
    """
    found = [_looked_at(Path(source)) for source in sources]
    known = tuple(item for item in found if item is not None)
    return Permissions(_looked_at(target), known, folder)


def _looked_at(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _handed_over(descriptor: int, made: os.stat_result, before: os.stat_result) -> os.stat_result:
    """Give a file the owner and group of the one it replaces, as far as the system allows."""
    for owner, group in ((before.st_uid, before.st_gid), (-1, before.st_gid)):
        if (made.st_uid, made.st_gid) == (before.st_uid, before.st_gid):
            break
        with suppress(OSError, AttributeError):
            os.fchown(descriptor, owner, group)
        made = os.fstat(descriptor)
    return made
