"""Tasks on this machine's cores, and on any executor that speaks ``concurrent.futures``.

A killed process breaks the whole pool of the standard library: what was not done is then submitted
again to a new one. Where pools break again and again, each item that is left runs alone, so that
the one to blame is found and the others come back.
"""

import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from planner._version import __version__
from planner.tasks.kept import KeptResults
from planner.tasks.lost import LostTaskError
from planner.tasks.seam import Mapped, Run
from planner.tasks.worker import Parcel, packed, run_item

__all__ = ["ExecutorTasks", "PoolTasks", "alone", "one_thread_each"]

MOST_BREAKS = 2
"""Broken pools without a single result after which items run alone."""
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def _new_pool(workers: int) -> ProcessPoolExecutor:
    """Return processes that start clean: nothing of ours is copied into them."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Leave standard output to the caller, and an interrupt too: it ends this process."""
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_caller, daemon=True).start()


def _end_with_the_caller() -> None:
    """End when the caller is no more, however it ended: nobody else would say so."""
    caller = multiprocessing.parent_process()
    if caller is not None:
        caller.join()
        os._exit(1)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let processes that start meanwhile compute on one thread."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@dataclass(eq=False)
class PoolTasks(Mapped):
    """Tasks in processes of this machine.

    Attributes
    ----------
    workers : int
        Processes at the same time.
    kept : KeptResults or None
        Where results are written as they come.
    """

    workers: int
    kept: KeptResults | None = None
    _pool: ProcessPoolExecutor | None = field(default=None, repr=False)
    _others: set[int | None] = field(default_factory=set, repr=False)

    def _done[S, T, R](self, run: Run[S, T, R], places: list[int]) -> Iterator[tuple[int, R]]:
        if not places:
            return
        with TemporaryDirectory(prefix="planner-tasks-") as folder, one_thread_each():
            parcel = _parcel_file(run, Path(folder))
            left, breaks = list(places), 0
            while left and breaks < MOST_BREAKS:
                came = set()
                for place, result in self._round(run, parcel, left):
                    came.add(place)
                    yield place, result
                left = [place for place in left if place not in came]
                breaks = 0 if came else breaks + 1
            yield from alone(run, parcel, left)

    def _round[S, T, R](
        self, run: Run[S, T, R], parcel: Parcel, places: list[int]
    ) -> Iterator[tuple[int, R]]:
        """Yield what comes back until all is done or the pool breaks."""
        if self._pool is None:
            self._others = {child.pid for child in multiprocessing.active_children()}
        pool = self._pool = self._pool or _new_pool(self.workers)
        try:
            yield from submitted(pool, run, parcel, places)
        except BrokenExecutor:
            self._pool = None
            pool.shutdown(cancel_futures=True)

    def close(self, *, now: bool = False) -> None:
        """End the processes; ``now`` does not wait for what still runs in them."""
        if self._pool is None:
            return
        self._pool.shutdown(wait=not now, cancel_futures=True)
        if now:
            for child in multiprocessing.active_children():
                if child.pid not in self._others:
                    child.terminate()
        self._pool = None


def submitted[S, T, R](
    pool: Executor, run: Run[S, T, R], parcel: Parcel, places: list[int]
) -> Iterator[tuple[int, R]]:
    """Yield places and results as they come; what a task raises ends it.

    Raises
    ------
    BrokenExecutor
        The pool broke; all that was done before has been yielded.
    """
    futures = {pool.submit(run_item, parcel, run.items[place]): place for place in places}
    broken: BrokenExecutor | None = None
    try:
        for future in as_completed(futures):
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                broken = error
            elif error is not None:
                raise error
            else:
                yield futures[future], future.result()  # type: ignore[misc]
    finally:
        for future in futures:
            future.cancel()
    if broken is not None:
        raise broken


def alone[S, T, R](run: Run[S, T, R], parcel: Parcel, places: list[int]) -> Iterator[tuple[int, R]]:
    """Yield the results of items, each in a process with nothing beside it.

    Raises
    ------
    LostTaskError
        Naming the items that killed it, when all others are done.
    """
    lost: list[object] = []
    pool: ProcessPoolExecutor | None = None
    try:
        for place in places:
            pool = pool or _new_pool(1)
            try:
                yield from submitted(pool, run, parcel, [place])
            except BrokenExecutor:
                lost.append(run.items[place])
                pool.shutdown()
                pool = None
    finally:
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
    if lost:
        raise LostTaskError(lost)


def parcel_of[S, T, R](run: Run[S, T, R]) -> Parcel:
    """Return what is shared as bytes that travel with it."""
    content = packed(run.work, run.shared)
    return Parcel(hashlib.sha256(content).hexdigest(), __version__, content)


def _parcel_file[S, T, R](run: Run[S, T, R], folder: Path) -> Parcel:
    """Write what is shared to a file that each process reads once."""
    parcel = parcel_of(run)
    path = folder / parcel.sha256
    path.write_bytes(parcel.content if isinstance(parcel.content, bytes) else b"")
    return Parcel(parcel.sha256, parcel.release, str(path))


@dataclass(frozen=True, eq=False)
class ExecutorTasks(Mapped):
    """Tasks on somebody else's executor, which stays theirs to close."""

    executor: Executor
    kept: KeptResults | None = None

    def _done[S, T, R](self, run: Run[S, T, R], places: list[int]) -> Iterator[tuple[int, R]]:
        parcel, came = parcel_of(run), set()
        try:
            for place, result in submitted(self.executor, run, parcel, places):
                came.add(place)
                yield place, result
        except BrokenExecutor:
            with one_thread_each():
                yield from alone(run, parcel, [p for p in places if p not in came])
