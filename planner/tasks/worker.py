"""What runs in a worker: one item, with what is shared unpacked once.

A worker of another release of this package would give other bytes, so it refuses.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner._version import __version__
from planner.errors import PlannerError
from planner.tasks.pickling import as_bytes, from_bytes

__all__ = ["Call", "OtherReleaseError", "Parcel", "packed", "run_item"]


class OtherReleaseError(PlannerError):
    """A worker has another release than the caller."""

    exit_code = 5


@dataclass(frozen=True)
class Parcel:
    """Work and what it shares, as bytes or as a file with them, named by their SHA-256."""

    sha256: str
    release: str
    content: bytes | str


@dataclass(frozen=True, eq=False)
class Call:
    """What a parcel holds."""

    work: Callable[[Any, Any], Any]
    shared: Any


_unpacked: dict[str, Call] = {}
"""The last parcel of this process; one, since it may be hundreds of megabytes."""


def packed(work: Callable[..., object], shared: object) -> bytes:
    """Return work and what it shares as bytes."""
    return as_bytes(Call(work, shared))


def run_item(parcel: Parcel, item: object) -> object:
    """Return the result of one item.

    Raises
    ------
    OtherReleaseError
        This process has another release, or was given other bytes than were sent.
    """
    if parcel.release != __version__:
        message = (
            f"A worker has release {__version__}, this process {parcel.release}: the answers could "
            "differ. Install the same release on every worker."
        )
        raise OtherReleaseError(message)
    call = _unpacked.get(parcel.sha256)
    if call is None:
        _unpacked.clear()
        call = _unpacked[parcel.sha256] = _opened(parcel)
    return call.work(call.shared, item)


def _opened(parcel: Parcel) -> Call:
    content = parcel.content
    body = Path(content).read_bytes() if isinstance(content, str) else content
    found = hashlib.sha256(body).hexdigest()
    if found != parcel.sha256:
        message = f"A worker was given {found[:12]} where {parcel.sha256[:12]} was sent."
        raise OtherReleaseError(message)
    call = from_bytes(body)
    assert isinstance(call, Call)  # noqa: S101 - what packed() makes
    return call
