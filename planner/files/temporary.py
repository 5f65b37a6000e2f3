"""The hidden file that becomes the target: made, filled, and gone if it does not become it.

It is locked while its writer lives, so that :mod:`planner.files.leftovers` can tell what a killed
one left behind.
"""

import errno
import hashlib
import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from planner.files.permissions import Permissions

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed anyway
    fcntl = None

_FLAGS = ("O_BINARY", "O_NOFOLLOW", "O_CLOEXEC", "O_NOINHERIT")
_ATTEMPTS = 5
_CANNOT_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF)


@contextmanager
def temporary_file(folder: Path, content: bytes, allowed: Permissions) -> Iterator[Path]:
    """Hold a hidden file with some content, all of it on the disk.

    It is gone when the block ends, unless it was given another name by then.
    """
    with _made(folder, allowed) as (path, descriptor):
        _write_all(descriptor, content)
        sync(descriptor)
        if fcntl is None:  # what is open cannot be renamed there
            os.close(descriptor)
        yield path


def hidden_name(folder: Path, kind: str) -> Path:
    """Return a name of our own that nothing bears yet; ``kind`` is its ending."""
    return folder / f".planner-{this_machine()}-{uuid.uuid4().hex}.{kind}"


def this_machine() -> str:
    """Return a mark of this machine: locks of another one may not be seen here."""
    return hashlib.sha256(platform.node().encode("utf-8", "replace")).hexdigest()[:8]


def locked(descriptor: int) -> bool | None:
    """Lock an open file without waiting: False if another has it, None if it cannot be locked."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


def sync(descriptor: int) -> None:
    """Have an open file on the disk; where that cannot be asked for, go on.

    Raises
    ------
    OSError
        The disk is full or broken.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    with suppress(OSError):  # Windows opens no folders; the file itself is whole in any case
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _made(folder: Path, allowed: Permissions) -> Iterator[tuple[Path, int]]:
    """Make an empty hidden file, again if another took it for a leftover before it was locked."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    for name in _FLAGS:
        flags |= getattr(os, name, 0)
    for _ in range(_ATTEMPTS):
        path, descriptor = hidden_name(folder, "tmp"), -1
        try:
            descriptor = os.open(path, flags, allowed.at_creation())
            if is_held(path, descriptor):
                allowed.settle(descriptor)
                yield path, descriptor
                return
        finally:
            close(descriptor)
            with suppress(OSError):
                path.unlink()
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(folder))


@contextmanager
def hidden_folder(parent: Path, kind: str, allowed: Permissions) -> Iterator[Path]:
    """Hold an empty hidden folder; it is gone when the block ends if it is empty again."""
    for _ in range(_ATTEMPTS):
        path, descriptor = hidden_name(parent, kind), -1
        try:
            path.mkdir(allowed.at_creation())
            with suppress(OSError):  # Windows opens no folders
                descriptor = os.open(path, os.O_RDONLY)
            if descriptor < 0 or is_held(path, descriptor):
                if descriptor >= 0:
                    allowed.settle(descriptor)
                yield path
                return
        finally:
            with suppress(OSError):
                path.rmdir()
            close(descriptor)
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(parent))


def is_held(path: Path, descriptor: int) -> bool:
    """Lock what was just made; False if another took it for a leftover before that."""
    return locked(descriptor) is not False and path.exists()


def close(descriptor: int) -> None:
    """Close a file that may be closed already, or was never open."""
    if descriptor >= 0:
        with suppress(OSError):
            os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
