"""What a backend may fail with, in words that say what to do."""

from typing import ClassVar

from planner.errors import InputError, NotConvergedError, Problem

__all__ = ["LostSchedulerError", "LostTaskError", "NoBackendError", "bad_backend"]

FIELD = "--backend"
FIX = "processes:4, dask, or dask:tcp://HOST:8786"


class NoBackendError(InputError):
    """A backend that is none, or that does not answer."""

    exit_code: ClassVar[int] = 2


class LostTaskError(NotConvergedError):
    """An item killed every process that ran it; the others are done."""

    def __init__(self, items: list[object]) -> None:
        self.items = items
        named = ", ".join(repr(item) for item in items[:3])
        more = f" and {len(items) - 3} more" if len(items) > 3 else ""
        which = "Task" if len(items) == 1 else f"{len(items)} tasks:"
        super().__init__(
            f"{which} {named}{more} killed every process that ran it, the last time with nothing "
            "beside it: it needs more memory than there is, or it makes the process crash. "
            "All other tasks are done; with --resume DIR they are kept for the next run."
        )


class LostSchedulerError(NotConvergedError):
    """The scheduler went away while tasks ran."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The scheduler{place} was lost while tasks ran. Start it again and run the same "
            "command: with --resume DIR what was done is read from there."
        )


def bad_backend(message: str, fix: str = FIX) -> NoBackendError:
    """Return the refusal of a backend."""
    return NoBackendError([Problem(FIELD, message, fix, code="BACKEND")])
