"""Can the file be read as text at all? Bytes, encoding and characters, before any syntax."""

from pathlib import Path

from planner.errors import InputError, Problem
from planner.files.read import read_at_most
from planner.reference import plain_text

MAX_BYTES = 20_000_000
"""Of a file of any kind: a workbook packs its sheets and pictures."""

MAX_TEXT_BYTES = 20_000_000
"""Of text; a portfolio of 50,000 projects takes about 9 MB."""


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    InputError
        There is no such file, it is a folder, may not be read, or is implausibly large.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise _unreadable(path, "is a folder; name the portfolio file inside it.")
        if size > MAX_BYTES:
            raise _unreadable(
                path, f"has {size:,} bytes; a portfolio file has at most {MAX_BYTES:,}."
            )
        content = read_at_most(path, MAX_BYTES)
    except FileNotFoundError:
        raise _unreadable(
            path, "there is no such file.", "planner init -o portfolio.yaml"
        ) from None
    except PermissionError:
        raise _unreadable(path, "may not be read: permission denied.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(path, f"cannot be read: {reason}.") from None
    return content


def decode(content: bytes, name: str) -> str:
    """Return the text of a portfolio file's bytes; see :mod:`planner.reference.plain_text`."""
    start = "planner init -o portfolio.yaml writes a file to start from"
    return plain_text.decode(content, name, fix=start)


def _unreadable(path: Path, message: str, fix: str = "") -> InputError:
    place = str(path).replace("\0", "\\0")
    return InputError([Problem("", message, fix, place, "FILE")])
