"""One seam for work that splits: order, what is kept, what is refused. No process is started."""

import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.tasks import SERIAL, open_tasks
from planner.tasks.digest import digest
from planner.tasks.kept import KeptResults, Known
from planner.tasks.lost import LostTaskError, NoBackendError
from planner.tasks.open import require_backend
from planner.tasks.pickling import as_bytes, from_bytes
from planner.tasks.pools import parcel_of
from planner.tasks.seam import Run, collected
from planner.tasks.worker import OtherReleaseError, Parcel, run_item

ROOT = Path(__file__).parents[3]


def scaled(factor: float, item: int) -> float:
    return factor * item


def broken(_shared: object, item: int) -> int:
    if item == 3:
        message = "item 3 is wrong"
        raise ValueError(message)
    return item


def test_results_come_in_the_order_of_the_items() -> None:
    """Whatever the order in which they are done; progress is told before the first and after each.

    Threads stand in for any executor of ``concurrent.futures``.
    """
    items, told = [5, 1, 9, 2], list[tuple[int, int]]()

    def say(done: int, total: int) -> None:
        told.append((done, total))

    assert SERIAL.map(scaled, items, shared=2.0, key="k", on_step=say) == [10.0, 2.0, 18.0, 4.0]
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    with ThreadPoolExecutor(2) as threads, open_tasks(threads) as tasks:
        assert tasks.map(scaled, items, shared=2.0, key="k") == [10.0, 2.0, 18.0, 4.0]
        assert tasks.map(scaled, [], shared=2.0, key="k") == []


def test_what_a_task_raises_is_raised() -> None:
    """A bug or bad input is not tried again."""
    with pytest.raises(ValueError, match="item 3 is wrong"):
        SERIAL.map(broken, [1, 2, 3, 4], shared=None, key="k")
    with (
        ThreadPoolExecutor(2) as threads,
        open_tasks(threads) as tasks,
        pytest.raises(ValueError, match="item 3 is wrong"),
    ):
        tasks.map(broken, [1, 2, 3, 4], shared=None, key="k")


def test_fewer_results_than_items_are_never_returned() -> None:
    """A backend that forgets one is a bug, not an answer."""
    run = Run(scaled, [1, 2, 3], 2.0, "k")
    with pytest.raises(RuntimeError, match="2 of 3 tasks came back"):
        collected(run, lambda places: [(place, 0.0) for place in places[:2]], None)


def test_what_is_kept_is_not_computed_again(tmp_path: Path) -> None:
    """Unless it is cut short, of other input, or of other work: then it is, and is right."""
    items = [1, 2, 3]
    with open_tasks("serial", tmp_path / "kept") as tasks:
        first = tasks.map(scaled, items, shared=2.0, key="k")
    files = sorted((tmp_path / "kept").iterdir())
    assert len(files) == 3
    changed = files[1].read_bytes()
    files[1].write_bytes(changed[: len(changed) // 2])
    ran: list[int] = []

    with open_tasks(None, tmp_path / "kept") as tasks:

        def say(done: int, _total: int) -> None:
            ran.append(done)

        assert tasks.map(scaled, items, shared=2.0, key="k", on_step=say) == first
        assert ran == [2, 3]  # two were known, one was cut short
        assert tasks.map(scaled, items, shared=3.0, key="k") == [3.0, 6.0, 9.0]
        assert tasks.map(broken, [1, 2], shared=2.0, key="k") == [1, 2]
    assert len(list((tmp_path / "kept").iterdir())) == 8


def test_a_kept_none_is_a_result(tmp_path: Path) -> None:
    """What was found to be nothing need not be looked for again."""
    kept = KeptResults.at(tmp_path)
    assert kept.read("k", 1) is None
    kept.write("k", 1, None)
    known: Known[None] | None = kept.read("k", 1)
    assert known is not None
    assert known.value is None


@dataclass(frozen=True, eq=False)
class Holder:
    name: str
    values: np.ndarray
    more: dict[str, object]


def test_a_digest_tells_every_difference() -> None:
    """Of a number, a name, a type or a shape; not the order of a mapping or a set."""
    one = Holder("a", np.arange(6.0), {"x": frozenset({"p", "q"}), "y": (1, None)})
    same = Holder("a", np.arange(6.0), {"y": (1, None), "x": frozenset({"q", "p"})})
    others = [
        Holder("b", np.arange(6.0), one.more),
        Holder("a", np.arange(6.0).reshape(2, 3), one.more),
        Holder("a", np.arange(6), one.more),
        Holder("a", np.arange(6.0), {**one.more, "y": (1, 0)}),
        Holder("a", np.arange(6.0), {**one.more, "y": (True, None)}),
    ]
    found = [digest(one), *map(digest, others)]
    assert digest(same) == found[0]
    assert len(set(found)) == len(found)
    with pytest.raises(TypeError, match="has no digest"):
        digest(lambda: None)


def test_a_worker_of_another_release_refuses() -> None:
    """With both releases, before it unpacks anything; and so where other bytes arrive."""
    parcel = parcel_of(Run(scaled, [1], 2.0, "k"))
    assert run_item(parcel, 4) == 8.0
    old = Parcel(parcel.sha256, "0.0.9", b"not even a pickle")
    with pytest.raises(OtherReleaseError, match=r"has release .*, this process 0\.0\.9"):
        run_item(old, 4)
    with pytest.raises(OtherReleaseError, match="was given"):
        run_item(Parcel("0" * 64, parcel.release, parcel.content), 4)


@pytest.mark.parametrize(
    "backend", ["ray", "processes:0", "processes:x", "dask:here", "processes:5000", ""]
)
def test_what_is_no_backend_is_refused(backend: str) -> None:
    """With what can be written, exit code 2."""
    with pytest.raises(NoBackendError, match=r"expected .*\n.*fix  processes:4, dask"):
        require_backend(backend)
    file = str(ROOT / "examples/03_small_grant/portfolio.yaml")
    assert CliRunner().invoke(app, ["frontier", file, "--backend", backend]).exit_code == 2


def test_read_only_mappings_travel() -> None:
    """Declarations of models hold some."""
    record = Holder("a", np.zeros(2), {"x": MappingProxyType({"y": 1})})
    found = from_bytes(as_bytes(record))
    assert isinstance(found, Holder)
    assert found.more == record.more
    assert digest(found) == digest(record)


def test_lost_tasks_are_named() -> None:
    """With both causes, and what to do."""
    assert "Task 'p07' killed every process" in str(LostTaskError(["p07"]))
    assert "5 tasks: 0, 1, 2 and 2 more" in str(LostTaskError(list(range(5))))


class _Forgetful(Executor):
    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        future: Future[object] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_any_executor_serves() -> None:
    """One that is no pool of the standard library at all."""
    with open_tasks(_Forgetful()) as tasks:
        assert tasks.map(scaled, [1, 2], shared=2.0, key="k") == [2.0, 4.0]


def test_nothing_here_imports_dask() -> None:
    """It is reached only where it is asked for."""
    assert "distributed" not in sys.modules or "planner.tasks.cluster" in sys.modules
