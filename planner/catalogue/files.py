"""Writing a file whole or not at all, and never over another one unasked."""

import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from planner.errors import InputError, Problem


def write_text_atomic(path: str | os.PathLike[str], text: str, *, force: bool = False) -> Path:
    """Write a text as UTF-8; parameters, result and errors are those of `write_bytes_atomic`.

    Line ends are kept as they are.
    """
    return write_bytes_atomic(path, text.encode("utf-8"), force=force)


def write_bytes_atomic(
    path: str | os.PathLike[str], content: bytes, *, force: bool = False
) -> Path:
    """Write a file so that it holds all of its content or is not touched.

    Parameters
    ----------
    path : path
        Where to; its folder must exist.
    content : bytes
        What to write.
    force : bool, default=False
        Replace a file that stands there.

    Returns
    -------
    Path
        Of the file written.

    Raises
    ------
    InputError
        A file stands there and ``force`` is not set, or the folder cannot be written to.
    """
    target = Path(path)
    try:
        if target.is_dir():
            fix = str(target / "portfolio.yaml")
            raise _refusal(target, "is a folder; name a file in it.", fix)
        if not target.parent.is_dir():
            raise _refusal(target, f"the folder {target.parent} does not exist.", "create it first")
        _write(target, content, force=force)
    except FileExistsError:
        message = "exists already and is not overwritten."
        raise _refusal(target, message, "--force, or another name") from None
    except OSError as error:
        raise _refusal(target, f"cannot be written: {error.strerror or error}.") from None
    return target


def place_files(finished: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Copy finished files into a folder, replacing those of the same name, all or none.

    Parameters
    ----------
    finished : sequence of Path
        What to copy.
    folder : Path
        Created if missing.

    Returns
    -------
    tuple of Path
        Of the copies.

    Raises
    ------
    InputError
        The folder cannot be created or written to.
    """
    targets = tuple(folder / file.name for file in finished)
    copies = tuple(target.with_name(f".{target.name}.{uuid.uuid4().hex}") for target in targets)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, copy in zip(finished, copies, strict=True):
            shutil.copyfile(file, copy)
        for copy, target in zip(copies, targets, strict=True):
            copy.replace(target)
    except OSError as error:
        raise _refusal(folder, f"cannot be written to: {error.strerror or error}.") from None
    finally:
        for copy in copies:
            with suppress(OSError):
                copy.unlink()
    return targets


def _write(target: Path, content: bytes, *, force: bool) -> None:
    """Write beside the target first, then put the whole file in its place in one step."""
    temporary = target.with_name(f".{target.name[:40]}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        if force:
            temporary.replace(target)
        else:
            _link_if_absent(temporary, target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _link_if_absent(temporary: Path, target: Path) -> None:
    """Give a file its name unless another has it; a file that appears meanwhile stays whole."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        temporary.replace(target)


def _refusal(path: Path, message: str, fix: str = "") -> InputError:
    return InputError([Problem("", message, fix, str(path), "FILE")])
