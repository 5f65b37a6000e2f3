"""What every room sees of the tasks: one method, and the plainest way to do it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.tasks.digest import digest
from planner.tasks.kept import KeptResults, Known

__all__ = ["SERIAL", "Done", "Mapped", "OnStep", "Run", "SerialTasks", "Tasks", "collected"]


type OnStep = Callable[[int, int], None]
"""Told items done and items in all."""


class Tasks(Protocol):
    """Runs independent tasks; see :func:`planner.tasks.open.open_tasks`."""

    def map[S, T, R](
        self,
        work: Callable[[S, T], R],
        items: Sequence[T],
        *,
        shared: S,
        key: str,
        on_step: OnStep | None = None,
    ) -> list[R]:
        """Return ``work(shared, item)`` of each item, in the order of the items.

        Parameters
        ----------
        work : callable
            A pure function at the top of a module.
        items : sequence
            Plain values, such as numbers, texts and tuples of them; no two are equal.
        shared : object
            What all tasks read; sent once to each worker.
        key : str
            What the work is called, and all it depends on beside ``shared`` and the item.
        on_step : callable, optional
            Told items done and items in all, before the first and after each.

        Raises
        ------
        Exception
            What a task raises, as soon as it does: a bug or bad input is not tried again.
        LostTaskError
            An item killed every process that ran it.
        """
        ...


@dataclass(frozen=True, eq=False)
class Run[S, T, R]:
    """One call of ``map``."""

    work: Callable[[S, T], R]
    items: Sequence[T]
    shared: S
    key: str
    on_step: OnStep | None = None

    def told(self, done: int) -> None:
        """Tell how many are done."""
        if self.on_step is not None:
            self.on_step(done, len(self.items))


type Done[R] = Iterable[tuple[int, R]]
"""Places of items and their results, in the order in which they are done."""


def collected[S, T, R](
    run: Run[S, T, R], done: Callable[[list[int]], Done[R]], kept: KeptResults | None
) -> list[R]:
    """Return the results in the order of the items; those kept earlier are not computed again.

    Parameters
    ----------
    run : Run
        What is asked for.
    done : callable
        Computes the items at some places.
    kept : KeptResults or None
        Where each result is written as soon as it is there.
    """
    found: dict[int, R] = {}
    key = "" if kept is None else f"{run.key} {digest(run.work)} {digest(run.shared)}"
    if kept is not None:
        for place, item in enumerate(run.items):
            known: Known[R] | None = kept.read(key, item)
            if known is not None:
                found[place] = known.value
    run.told(len(found))
    for place, result in done([n for n in range(len(run.items)) if n not in found]):
        found[place] = result
        if kept is not None:
            kept.write(key, run.items[place], result)
        run.told(len(found))
    if len(found) != len(run.items):  # never fewer results than items
        message = f"{len(found)} of {len(run.items)} tasks came back"
        raise RuntimeError(message)
    return [found[place] for place in range(len(run.items))]


class Mapped(ABC):
    """What all ways to do tasks have in common: which are done already, and in what order.

    Attributes
    ----------
    kept : KeptResults or None
        Where results are written as they come.
    """

    kept: KeptResults | None

    def map[S, T, R](
        self,
        work: Callable[[S, T], R],
        items: Sequence[T],
        *,
        shared: S,
        key: str,
        on_step: OnStep | None = None,
    ) -> list[R]:
        """Return the results; see :class:`Tasks`."""
        run = Run(work, items, shared, key, on_step)
        return collected(run, lambda places: self._done(run, places), self.kept)

    @abstractmethod
    def _done[S, T, R](self, run: Run[S, T, R], places: list[int]) -> Iterator[tuple[int, R]]:
        """Yield the results at some places, in the order in which they are done."""


@dataclass(frozen=True, eq=False)
class SerialTasks(Mapped):
    """One task after another, in this process."""

    kept: KeptResults | None = None

    def _done[S, T, R](self, run: Run[S, T, R], places: list[int]) -> Iterator[tuple[int, R]]:
        return ((place, run.work(run.shared, run.items[place])) for place in places)


SERIAL: Tasks = SerialTasks()
"""Where nothing else is asked for."""
