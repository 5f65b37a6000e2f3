"""Which backend is meant by what the user wrote?"""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

from planner.tasks.kept import KeptResults
from planner.tasks.lost import bad_backend
from planner.tasks.seam import SerialTasks, Tasks

__all__ = ["Backend", "open_tasks", "require_backend"]

type Backend = str | Executor | None
"""``processes:4``, ``dask``, ``dask:tcp://host:8786``, an executor, or None for this process."""

MOST_WORKERS = 4096


@contextmanager
def open_tasks(backend: Backend = None, resume: str | Path | None = None) -> Iterator[Tasks]:
    """Open what runs tasks, for as long as the block lasts.

    Parameters
    ----------
    backend : str or Executor, optional
        ``processes`` or ``processes:N``; ``dask`` or ``dask:N`` for workers of this machine,
        ``dask:tcp://HOST:PORT`` for a scheduler; or any executor of ``concurrent.futures``. None,
        or ``serial``, runs one task after another here. Results do not depend on it.
    resume : str or Path, optional
        Folder in which every result is kept as it comes, and looked for first.

    Raises
    ------
    NoBackendError
        It is none of these, or no scheduler answers.
    """
    kept = None if resume is None else KeptResults.at(Path(resume))
    if isinstance(backend, Executor):
        from planner.tasks.pools import ExecutorTasks

        yield ExecutorTasks(backend, kept)
        return
    kind, place = require_backend(backend)
    if kind == "serial":
        yield SerialTasks(kept)
    elif kind == "processes":
        from planner.tasks.pools import PoolTasks

        pool = PoolTasks(place if isinstance(place, int) else os.cpu_count() or 1, kept)
        try:
            yield pool
        except BaseException:
            pool.close(now=True)
            raise
        pool.close()
    else:
        from planner.tasks.cluster import dask_tasks

        with dask_tasks(place, kept) as tasks:
            yield tasks


def require_backend(backend: object) -> tuple[str, str | int | None]:
    """Return kind and number of workers or address, or refuse what is no backend.

    Examples
    --------
    >>> require_backend("processes:4"), require_backend("dask:tcp://10.0.0.7:8786")
    (('processes', 4), ('dask', 'tcp://10.0.0.7:8786'))
    """
    if backend is None:
        return "serial", None
    if not isinstance(backend, str):
        message = f"got {backend!r}; expected a name or an executor of concurrent.futures."
        raise bad_backend(message)
    kind, _, place = backend.strip().partition(":")
    if kind in {"processes", "dask"} and (not place or place.isdecimal()):
        count = int(place) if place else None
        if count is None or 1 <= count <= MOST_WORKERS:
            return kind, count
        message = f"got {backend!r}; expected 1 to {MOST_WORKERS:,} workers."
        raise bad_backend(message)
    if kind == "dask" and "://" in place:
        return kind, place
    if backend == "serial":
        return kind, None
    message = f"got {backend!r}; expected processes:N, dask or dask:tcp://HOST:PORT."
    raise bad_backend(message)
