"""Results of tasks kept in a folder, so that work which was stopped goes on where it stood.

One file for each item, written whole or not at all, named by the SHA-256 of the release, the key
and the item, and holding the SHA-256 of its own content: what is cut short or of another release
is computed again, not trusted. Files are pickles: a folder of one's own, never one from elsewhere.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from planner._version import __version__
from planner.files import require_folder, write_bytes
from planner.tasks.pickling import as_bytes, from_bytes

__all__ = ["KeptResults", "Known"]

FIELD = "--resume"
ENDING = ".result"
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, eq=False)
class Known[R]:
    """A result that was kept; it may be None."""

    value: R


@dataclass(frozen=True)
class KeptResults:
    """A folder of results.

    Attributes
    ----------
    folder : Path
        Made when the first result is written.
    """

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "KeptResults":
        """Return the results in a folder, or refuse what is none and cannot become one."""
        return cls(require_folder(folder, field=FIELD))

    def path(self, key: str, item: object) -> Path:
        """Return the file of an item."""
        text = "\x1f".join((__version__, key, repr(item)))
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}{ENDING}"

    def read[R](self, key: str, item: object) -> "Known[R] | None":
        """Return what is kept of an item; None where nothing is, or nothing whole."""
        path = self.path(key, item)
        if not path.is_file():
            return None
        content = path.read_bytes()
        digest, body = content[:_DIGEST], content[_DIGEST:]
        if hashlib.sha256(body).digest() != digest:
            return None
        return Known(cast("R", from_bytes(body)))

    def write(self, key: str, item: object, result: object) -> None:
        """Keep the result of an item."""
        body = as_bytes(result)
        self.folder.mkdir(parents=True, exist_ok=True)
        content = hashlib.sha256(body).digest() + body
        write_bytes(self.path(key, item), content, force=True)
