"""Reading a file that may be no end of bytes: a device or a pipe has no size before it is read."""

import os
from pathlib import Path

_PIECE = 1 << 20


class TooLargeError(OSError):
    """A file holds more than anything of its kind does."""


def read_at_most(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the bytes of a file, and stop reading where it is too large.

    Raises
    ------
    TooLargeError
        It holds more than ``most`` bytes.
    OSError
        It cannot be read.
    """
    pieces: list[bytes] = []
    left = most + 1
    with Path(path).open("rb") as stream:
        while left and (piece := stream.read(min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
    if not left:
        raise TooLargeError(None, f"it has more than {most:,} bytes", str(path))
    return b"".join(pieces)
