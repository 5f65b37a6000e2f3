"""Faults of the system, one at a time: every call that touches the disk fails once."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from unittest.mock import patch

CALLS = ("open", "write", "fsync", "replace", "rename", "link", "mkdir", "fchmod")
"""What a writer asks of the system; cleaning up (unlink, rmdir) is left to work."""


@dataclass(frozen=True)
class Fault:
    """One call of the system that goes wrong.

    Attributes
    ----------
    at : int
        The number of the call, from 1; 0 lets all of them pass.
    error : BaseException
        What it raises.
    after : bool
        Whether the call is done first, as when an interrupt comes just behind it.
    seen : list of str
        The calls so far.
    """

    at: int = 0
    error: BaseException = field(default_factory=KeyboardInterrupt)
    after: bool = False
    seen: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return where it struck, and how."""
        when = "behind" if self.after else "at"
        return f"{self.error!r} {when} call {self.at}: {' '.join(self.seen)}"


@contextmanager
def failing(fault: Fault) -> Iterator[None]:
    """Let one call of the system go wrong while the block lasts."""
    with ExitStack() as patches:
        for name in CALLS:
            patches.enter_context(patch.object(os, name, _wrapped(name, fault)))
        yield


def _wrapped(name: str, fault: Fault) -> Callable[..., object]:
    true = getattr(os, name)

    def call(*args: object, **kwargs: object) -> object:
        if "dir_fd" in kwargs:  # a folder is being removed
            return true(*args, **kwargs)
        fault.seen.append(name)
        if len(fault.seen) == fault.at and not fault.after:
            raise fault.error
        done = None if name == "fsync" else true(*args, **kwargs)  # the disk need not turn
        if len(fault.seen) == fault.at:
            raise fault.error
        return done

    return call


def every_fault(act: Callable[[], object]) -> Iterator[Fault]:
    """Do something again and again, with another fault each time; yield the fault it met.

    A full disk, a broken one, an interrupt just before each call and one just behind it. The
    caller looks at the disk, and makes it ready for the next time.
    """
    whole = Fault()
    with failing(whole):
        act()
    yield whole
    for at in range(1, len(whole.seen) + 1):
        for error, after in (
            (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), False),
            (OSError(errno.EIO, os.strerror(errno.EIO)), False),
            (KeyboardInterrupt(), False),
            (KeyboardInterrupt(), True),
        ):
            fault = Fault(at, error, after)
            with failing(fault), suppress(Exception, KeyboardInterrupt):
                act()
            yield fault
