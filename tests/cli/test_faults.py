"""Every command that writes, stopped at every step of its writing: what stood there, or all of it.

A full disk, a broken one and an interrupt come as exceptions; a kill ends a process of its own,
and the next write clears up after it.
"""

import functools
import os
import pkgutil
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from tests.faults import CALLS, Fault, every_fault

RUNNER = CliRunner()
TEXT = """\
version: 1
portfolio: {budget: 20k}
projects:
  - id: shelf
    classes: 10
    target_accuracy: 94%
    images: {held: 5k, limit: 100k, price: 0.50}
    value: 80k
    architectures: [ResNet-50]
"""
RUNS = "project,images,error\nshelf,5k,9.1%\n"
OLD = b"what stood there"
WRITERS = {
    "report": (["report", "p.yaml", "-o", "out/x.html", "--force"], ["x.html"]),
    "workbook": (["plan", "p.yaml", "-q", "--xlsx", "out/x.xlsx", "--force"], ["x.xlsx"]),
    "copy": (["observe", "p.yaml", "runs.csv", "-o", "out/x.yaml", "--force"], ["x.yaml"]),
    "in place": (["observe", "out/p.yaml", "runs.csv", "--in-place"], ["p.yaml"]),
    "starter": (["init", "-o", "out/x.yaml", "--force"], ["x.yaml"]),
    "schema": (["init", "--json-schema", "-o", "out/x.json", "--force"], ["x.json"]),
    "curves": (["estimate", "p.yaml", "--plot", "out"], ["01_shelf.svg", "01_shelf.png"]),
    "frontier": (["frontier", "p.yaml", "--plot", "out"], ["frontier.svg", "frontier.png"]),
    "tornado": (
        ["explain", "p.yaml", "shelf", "--plot", "out"],
        ["tornado_shelf.svg", "tornado_shelf.png"],
    ),
}
COMPUTED = (
    *(f"planner._api.{name}" for name in ("plan", "report", "estimate", "frontier", "explain")),
    *(f"planner._api.{name}" for name in ("forecast", "load_model")),
    "planner._api_evidence.observe",
    "planner.reporting.xlsx.results.results_bytes",
    "planner.reporting.figures.files.figure_bytes",
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with inputs in it; what is computed there is computed once."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for name, text in (("p.yaml", TEXT), ("runs.csv", RUNS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in COMPUTED:
        monkeypatch.setattr(name, _once(pkgutil.resolve_name(name)))
    return tmp_path


def _once[T](compute: Callable[..., T]) -> Callable[..., T]:
    kept: dict[str, T] = {}

    def answer(*args: object, **kwargs: object) -> T:
        key = repr([str(item)[:2000] for item in (*args, *sorted(kwargs.items(), key=str))])
        if key not in kept:
            kept[key] = compute(*args, **kwargs)
        return kept[key]

    return answer


def ready(folder: Path, name: str) -> dict[str, bytes]:
    """Put what stood there in its place, and nothing else; return it."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = {each: TEXT.encode() if name == "in place" else OLD for each in WRITERS[name][1]}
    for each, content in before.items():
        (folder / each).write_bytes(content)
    return before


def held(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder, hidden folders included."""
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_a_fault_at_any_step_leaves_the_old_file_or_the_whole_new_one(
    here: Path, name: str
) -> None:
    """Exit 3 with a sentence or 130; no half file, no hidden one, no bug."""
    command, _ = WRITERS[name]
    folder = here / "out"
    ended: list[Result] = []

    def act() -> None:
        ended[:] = [RUNNER.invoke(app, command)]

    before = ready(folder, name)
    act()
    new = held(folder)
    assert new.keys() == before.keys()
    assert all(new[each] != before[each] for each in new)
    ready(folder, name)
    for fault in every_fault(act):
        result = ended[0]
        assert result.exit_code in ({0} if fault.at == 0 else {0, 3, 130}), (fault, result.output)
        found = held(folder)
        assert found.keys() == before.keys(), fault
        assert all(found[each] in (before[each], new[each]) for each in found), fault
        if result.exit_code == 3:
            assert "No space left" in result.stderr or "Input/output error" in result.stderr
        ready(folder, name)


def killed_at(step: int, command: list[str]) -> int:
    """Run a command in a process of its own that is killed at a step; return how many it took."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        fault = Fault()

        def struck(true: Callable[..., object], *args: object, **kwargs: object) -> object:
            fault.seen.append("")
            if len(fault.seen) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return true(*args, **kwargs)

        with suppress(BaseException):
            write = os.write
            for name in CALLS:
                setattr(os, name, functools.partial(struck, getattr(os, name)))
            RUNNER.invoke(app, command)
            write(writing, bytes([len(fault.seen)]))
        os._exit(0)
    os.close(writing)
    taken = os.read(reading, 1)
    os.close(reading)
    os.waitpid(child, 0)
    return taken[0] if taken else 0


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_a_kill_at_any_step_leaves_the_old_file_or_the_whole_new_one(here: Path, name: str) -> None:
    """What the kill leaves hidden is gone after the next write to the folder."""
    command, _ = WRITERS[name]
    folder = here / "out"
    before = ready(folder, name)
    assert RUNNER.invoke(app, command).exit_code == 0
    new = held(folder)
    steps = 0
    for step in range(1, 200):
        ready(folder, name)
        steps = killed_at(step, command)
        found = held(folder)
        for each in before:
            assert found[each] in (before[each], new[each]), step
        assert all(each in before or each.startswith(".planner-") for each in found), step
        if steps:
            break
        assert RUNNER.invoke(app, ["init", "-o", "out/next.yaml"]).exit_code == 0
        assert held(folder).keys() == {*before, "next.yaml"}, step
    assert 5 < step == steps + 1
