"""Tasks on Dask: workers of this machine, or of a cluster that somebody runs.

Dask runs the tasks of a lost worker again. One that kills its workers is run once more alone, here.
Connections to a scheduler run code: they are for machines and networks one trusts, or TLS through
Dask's own configuration.
"""

import asyncio
import concurrent.futures
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from planner._extras import CLUSTER, require_extra
from planner.tasks.kept import KeptResults
from planner.tasks.lost import LostSchedulerError, bad_backend
from planner.tasks.pools import alone, one_thread_each, parcel_of
from planner.tasks.seam import Mapped, Run
from planner.tasks.worker import OtherReleaseError, Parcel, run_item

__all__ = ["DaskTasks", "dask_tasks"]

ALLOWED_FAILURES = 3
"""Deaths of workers of this machine beside a task after which it is taken for their cause.

An innocent one loses nothing by that: it is run once more alone. A cluster has its own setting;
where workers are preempted, 10 serves better.
"""
PATIENCE_S = 10
GONE_S, PAUSE_S = 20.0, 0.02
LOGGERS = ("distributed", "distributed.client")
"""Only errors are told, on standard error: lost workers are no news."""
CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)


@contextmanager
def dask_tasks(place: str | int | None, kept: KeptResults | None) -> Iterator["DaskTasks"]:
    """Open a scheduler's client, or workers of this machine.

    Parameters
    ----------
    place : str, int or None
        Address of a scheduler, or a number of workers; as many as cores without.
    kept : KeptResults or None
        Where results are written as they come.

    Raises
    ------
    NoBackendError
        No scheduler answers.
    MissingExtraError
        Dask is not installed.
    """
    require_extra(CLUSTER, "--backend dask")
    import dask

    settings = {
        "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
        "logging": dict.fromkeys(LOGGERS, "error"),
    }
    with dask.config.set(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # large graphs, ports in use: neither is an error
        distributed = _distributed()  # reads the settings of its loggers
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.ERROR)
        if isinstance(place, str):
            with _client(distributed.Client, place) as client:
                yield DaskTasks(client, f" at {place}", kept)
            return
        with (
            distributed.LocalCluster(
                n_workers=place or os.cpu_count() or 1,
                threads_per_worker=1,
                dashboard_address=None,
                host="127.0.0.1",
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield DaskTasks(client, "", kept)


def _distributed() -> Any:  # noqa: ANN401 - half of it ships types
    """Return Dask's package, which nothing else imports."""
    return import_module("distributed")


def _client(make: Callable[..., Any], address: str) -> Any:  # noqa: ANN401 - dask ships no types
    try:
        return make(address, timeout=PATIENCE_S)
    except (OSError, ValueError):
        message = f"no scheduler answers at {address}."
        fix = "start one with: dask scheduler; or use --backend processes"
        raise bad_backend(message, fix) from None


@dataclass(frozen=True, eq=False)
class DaskTasks(Mapped):
    """Tasks on the workers of a scheduler.

    Attributes
    ----------
    client : distributed.Client
        Of the scheduler.
    place : str
        Where it is, for messages.
    kept : KeptResults or None
        Where results are written as they come.
    """

    client: Any
    place: str = ""
    kept: KeptResults | None = None

    def _done[S, T, R](self, run: Run[S, T, R], places: list[int]) -> Iterator[tuple[int, R]]:
        distributed = _distributed()
        if not places:
            return
        parcel, left = parcel_of(run), set(places)
        # a task of its own, not scattered: should every worker that holds it die, it is made again
        sent = self.client.submit(_same, parcel, pure=False, key=f"shared-{parcel.sha256[:16]}")
        futures = {
            self.client.submit(
                run_item, sent, run.items[place], pure=False, key=_name(parcel, place)
            ): place
            for place in places
        }
        try:
            for future in self._arriving(list(futures)):
                try:
                    result = future.result()
                except distributed.KilledWorker:
                    continue
                left.discard(futures[future])
                yield futures[future], result
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] != "planner":
                raise
            message = f"A worker{self.place} has no such package: {error}. Install this release."
            raise OtherReleaseError(message) from None
        except (*CANCELLED, distributed.comm.CommClosedError, OSError) as error:
            if self.client.status == "running" and not isinstance(error, CANCELLED):
                raise  # what a task raised
            raise LostSchedulerError(self.place) from None
        finally:
            self._forget([*futures, sent])
        with one_thread_each():
            yield from alone(run, parcel, sorted(left))

    def _arriving(self, futures: list[Any]) -> Iterator[Any]:
        """Yield futures as they are done; stop where this machine's workers came back no more.

        Whoever runs a cluster may start its workers later: there is no end to waiting for them.
        """
        arriving, seen = _distributed().as_completed(futures), time.monotonic()
        while not arriving.is_empty():
            if found := arriving.next_batch(block=False):
                yield from found
                seen = time.monotonic()
            elif not self.place and time.monotonic() - seen > GONE_S:
                if not self.client.nthreads():
                    return
                seen = time.monotonic()
            time.sleep(PAUSE_S)

    def _forget(self, futures: list[Any]) -> None:
        """Drop what is not wanted any more; a scheduler that is gone has dropped it."""
        if self.client.status == "running":
            self.client.cancel(futures, force=True)


def _same(parcel: Parcel) -> Parcel:
    return parcel


def _name(parcel: Parcel, place: int) -> str:
    return f"planner-{parcel.sha256[:16]}-{place}"
