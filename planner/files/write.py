"""Putting a file in its place: all of its content or none, one file or several."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner._journal import note
from planner.files.exclusive import alone_in
from planner.files.leftovers import remove_leftovers
from planner.files.permissions import permissions
from planner.files.target import not_written, require_file, require_folder, said
from planner.files.temporary import hidden_folder, sync_folder, temporary_file

type AnyPath = str | os.PathLike[str]


def write_text(
    path: AnyPath, text: str, *, force: bool = False, sources: Iterable[AnyPath] = ()
) -> Path:
    """Write a text as UTF-8, line ends as they are; all else as in `write_bytes`."""
    return write_bytes(path, text.encode("utf-8"), force=force, sources=sources)


def write_bytes(
    path: AnyPath, content: bytes, *, force: bool = False, sources: Iterable[AnyPath] = ()
) -> Path:
    """Write a file so that it holds all of its content or is not touched.

    Parameters
    ----------
    path : path
        Where to; its folder must exist. A link stays one: the file it leads to is written.
    content : bytes
        What to write.
    force : bool, default=False
        Replace a file that stands there. Its mode is kept, and its owner where that is possible.
    sources : iterable of path, optional
        Files that the content is made from: nobody may read it who could not read these.

    Returns
    -------
    Path
        As given.

    Raises
    ------
    InputError
        A file stands there and ``force`` is not set, or no file can stand there.
    NotWrittenError
        The disk is full, or the system refuses for a reason of its own.
    """
    given = Path(path)
    target = require_file(given, force=force)
    with said(given):
        remove_leftovers(target.parent)
        with temporary_file(target.parent, content, permissions(target, sources)) as temporary:
            if force:
                temporary.replace(target)
            else:
                _give_name(temporary, target)
        sync_folder(target.parent)
    note("written", file=str(given))
    return given


def replace_if_unchanged(
    path: AnyPath, expected: bytes, content: bytes, *, sources: Iterable[AnyPath] = ()
) -> Path:
    """Replace a file that was read earlier, unless someone has written to it since.

    Parameters
    ----------
    path : path
        Of the file.
    expected : bytes
        What was read from it.
    content : bytes
        What it is to hold, whole or not at all.
    sources : iterable of path, optional
        Further files that the content is made from; the file itself is always one.

    Returns
    -------
    Path
        As given.

    Raises
    ------
    NotWrittenError
        The file is no longer what was read, or cannot be written.

    Notes
    -----
    It is read again after the new file is on the disk and just before that takes its name, while
    other processes that use this function on the same folder wait. A program that is not ours and
    writes between these two steps is not seen.
    """
    given = Path(path)
    target = require_file(given, force=True)
    with said(given):
        remove_leftovers(target.parent)
        allowed = permissions(target, sources)
        with (
            temporary_file(target.parent, content, allowed) as temporary,
            alone_in(target.parent),
        ):
            if not target.exists() or target.read_bytes() != expected:
                raise not_written(given, *_CHANGED)
            temporary.replace(target)
        sync_folder(target.parent)
    note("written", file=str(given))
    return given


_CHANGED = (
    "the file changed after it was read, so it is left as it is now.",
    "run the command again: it starts from the file as it is now",
)


def write_files(
    folder: AnyPath, files: Iterable[tuple[str, bytes]], *, sources: Iterable[AnyPath] = ()
) -> tuple[Path, ...]:
    """Write several files to a folder, replacing those of the same name.

    All are on the disk before the first takes its name, so that a full disk leaves everything as it
    was.

    Parameters
    ----------
    folder : path
        Made if missing.
    files : iterable of (str, bytes)
        Names and contents, made one at a time.
    sources : iterable of path, optional
        Files that they are made from: nobody may read them who could not read these.

    Returns
    -------
    tuple of Path
        Of the files, in their order.

    Raises
    ------
    InputError
        Something else than a folder stands there, or something else than a file at a name.
    NotWrittenError
        The disk is full, or the system refuses for a reason of its own.
    """
    given, sources = require_folder(folder), tuple(sources)
    with said(given), _folder(given):
        remove_leftovers(given)
        with _staged(given, files, sources) as staged:
            for temporary, target in staged:
                temporary.replace(target)
        sync_folder(given)
        written = tuple(given / temporary.name for temporary, _ in staged)
    for path in written:
        note("written", file=str(path))
    return written


@contextmanager
def _staged(
    folder: Path, files: Iterable[tuple[str, bytes]], sources: tuple[AnyPath, ...]
) -> Iterator[list[tuple[Path, Path]]]:
    """Write files to a hidden folder beside their targets; what is left there goes."""
    made: list[tuple[Path, Path]] = []
    with hidden_folder(folder, "new", permissions(folder, sources, folder=True)) as aside:
        try:
            for name, content in files:
                target = require_file(folder / name, force=True)
                allowed = permissions(target, sources)
                with temporary_file(aside, content, allowed) as temporary:
                    temporary.replace(aside / name)
                made.append((aside / name, target))
            yield made
        finally:
            for path in aside.iterdir():
                path.unlink()


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Make a folder; what was made goes again if what is to stand in it cannot be written."""
    missing = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            with suppress(OSError):
                path.rmdir()
        raise


_NO_FAULT_OF_LINKS = (errno.EEXIST, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


def _give_name(temporary: Path, target: Path) -> None:
    """Give a file its name unless another has it; a file that appears meanwhile stays whole."""
    try:
        target.hardlink_to(temporary)
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno in _NO_FAULT_OF_LINKS:
            raise
        # a file system without hard links
        with alone_in(target.parent):
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
            temporary.replace(target)
