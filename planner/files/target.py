"""Where may a file be written? Said before anything is computed, and again before it is written."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from planner.errors import InputError, NotWrittenError, Problem

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def require_file(
    path: str | os.PathLike[str], *, force: bool, name: str = "portfolio.yaml", field: str = ""
) -> Path:
    """Return the file that will be written under a name, or refuse it.

    Parameters
    ----------
    path : path
        As the user wrote it. A link stays one: the file it leads to is written.
    force : bool
        Whether a file that stands there may be replaced.
    name : str
        Of a file, to suggest where a folder was named.
    field : str
        The flag that named it, such as ``-o``.

    Returns
    -------
    Path
        With all links followed.

    Raises
    ------
    InputError
        A folder, a pipe, a socket or a device stands there, the folder does not exist, or a file
        stands there and ``force`` is not set.
    """
    given = Path(path)
    try:
        target = Path(os.path.realpath(given))
        mode = given.stat().st_mode if os.path.lexists(target) or given.exists() else None
    except OSError as error:
        raise _refused(
            given, f"cannot be written: {reason(error)}.", fix_for(error), field
        ) from None
    except ValueError:
        message = "is no name of a file: it holds a NUL character."
        raise _refused(given, message, name, field) from None
    if mode is None:
        _require_parent(given, target, field)
    elif stat.S_ISDIR(mode):
        raise _refused(given, "is a folder; name a file in it.", str(given / name), field)
    elif not stat.S_ISREG(mode) or _is_stream(given):
        kind = next((word for is_kind, word in _KINDS if is_kind(mode)), "a stream")
        message = f"is not a regular file but {kind}, so nothing is written to it."
        raise _refused(given, message, f"name a file, such as {name}", field)
    elif not force:
        raise already_there(given, field)
    if not os.access(target.parent, os.W_OK | os.X_OK):
        message = f"cannot be written: {target.parent} may not be written to."
        raise _refused(given, message, _ELSEWHERE, field)
    return target


def _require_parent(given: Path, target: Path, field: str) -> None:
    if target.parent.is_dir():
        return
    if os.path.lexists(target.parent):
        message = f"cannot be written: {target.parent} is no folder."
        raise _refused(given, message, _ELSEWHERE, field)
    raise _refused(given, f"the folder {target.parent} does not exist.", "create it first", field)


def _is_stream(path: Path) -> bool:
    """Say whether a name such as ``/dev/stdout`` stands for what the process has open."""
    behind = str(path.readlink()) if path.is_symlink() else ""
    return any(name.startswith("/proc/") for name in (behind, os.path.realpath(path.parent)))


@contextmanager
def said(given: Path) -> Iterator[None]:
    """Say what the system refuses while the block lasts, with the place and what helps.

    Raises
    ------
    InputError
        What is written to appeared meanwhile.
    NotWrittenError
        The disk is full, or the system refuses for a reason of its own.
    """
    try:
        yield
    except NotWrittenError as error:
        raise NotWrittenError(
            replace(each, place=_place(given)) for each in error.problems
        ) from None
    except FileExistsError:
        raise already_there(given) from None
    except OSError as error:
        raise not_written(given, f"cannot be written: {reason(error)}.", fix_for(error)) from None


def already_there(path: Path, field: str = "") -> InputError:
    """Return the refusal to overwrite a file unasked."""
    message = "exists already and is not overwritten."
    return _refused(path, message, "--force, or another name", field)


def require_folder(
    path: str | os.PathLike[str], *, field: str = "", fix: str = "name a folder of your own"
) -> Path:
    """Return a folder that files will be written to, made or yet to be made, or refuse it.

    Parameters
    ----------
    path : path
        As the user wrote it.
    field : str
        The flag that named it, such as ``--plot``.
    fix : str
        What helps where nothing may be written to it.

    Raises
    ------
    InputError
        Something else stands there or on the way to it, or nothing may be written to it.
    """
    given = Path(path)
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            os.lstat(given)  # a name that is too long is no name of anything yet to be made
        first = next(p for p in (given.absolute(), *given.absolute().parents) if os.path.lexists(p))
        is_folder = first.is_dir()
    except (OSError, ValueError) as error:
        raise _refused(given, f"cannot be made: {reason(error)}.", fix_for(error), field) from None
    if not is_folder:
        where = "" if first == given.absolute() else f"{first} "
        message = f"{where}is no folder; name a folder for the files."
        raise _refused(given, message, str(given.with_name(f"{given.name}-files")), field)
    if not os.access(first, os.W_OK | os.X_OK):
        message = f"{first} may not be written to."
        raise _refused(given, message, fix, field)
    return given


def reason(error: Exception) -> str:
    """Return why the system refused, in its words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def fix_for(error: Exception) -> str:
    """Return what helps against a refusal of the system; empty if nothing is known to."""
    if os.name == "nt" and isinstance(error, PermissionError):
        return "close it in other programs, such as Excel, or name another file"
    return _FIXES.get(getattr(error, "errno", None) or 0, "")


_ELSEWHERE = "name a file in a folder that you may write to"
_FIXES = {
    errno.ENOSPC: "free some space, or name a file on another disk",
    errno.EDQUOT: "free some space, or name a file on another disk",
    errno.EACCES: _ELSEWHERE,
    errno.EPERM: _ELSEWHERE,
    errno.EROFS: _ELSEWHERE,
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EBUSY: "it is in use, or mounted by itself: name a file in another folder",
}


def not_written(path: Path, message: str, fix: str = "") -> NotWrittenError:
    """Return the error of a file that is left as it was after all else was done."""
    return NotWrittenError([_problem(path, message, fix)])


def _refused(path: Path, message: str, fix: str, field: str = "") -> InputError:
    return InputError([_problem(path, message, fix, field)])


def _problem(path: Path, message: str, fix: str, field: str = "") -> Problem:
    return Problem(field, message, fix, _place(path), "FILE")


def _place(path: Path) -> str:
    return str(path).replace("\0", "\\0")
