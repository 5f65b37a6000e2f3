"""What a killed writer left: removed by the next write, and nothing else is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.files import leftovers, new_folder, temporary, write_bytes, write_files
from planner.files.leftovers import remove_leftovers
from planner.files.temporary import hidden_name
from tests.faults import every_fault

KILLED = """
import os, signal, sys
from pathlib import Path
from planner.files import new_folder, write_bytes, write_files

def killed(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[2])
if sys.argv[1] == "file":
    os.fsync = killed
    write_bytes(folder / "p", b"new", force=True)
elif sys.argv[1] == "files":
    os.replace = killed
    write_files(folder, [("a", b"new")])
else:
    rename, left = os.rename, int(sys.argv[3])
    def renamed(*args):
        global left
        if not left:
            killed()
        left -= 1
        rename(*args)
    os.rename = renamed
    with new_folder(folder / "model", force=True) as made:
        (made / "x").write_bytes(b"new")
"""


def killed(*arguments: object) -> None:
    """Run a writer that is killed in the middle."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, arguments)], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", ["file", "files"])
def test_the_next_write_removes_what_a_killed_one_left(tmp_path: Path, kind: str) -> None:
    """The hidden file is there after the kill, and gone after the next write."""
    killed(kind, tmp_path)
    (left,) = names(tmp_path)
    assert left.startswith(".planner-")
    write_bytes(tmp_path / "p", b"newer")
    assert names(tmp_path) == ["p"]


@pytest.mark.parametrize("renames", [0, 1])
def test_a_model_that_was_put_aside_by_a_killed_writer_comes_back(
    tmp_path: Path, renames: int
) -> None:
    """Between the two renames of a swap nothing has the name; the next write gives it back."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "x").write_bytes(b"old")
    killed("swap", tmp_path, renames)
    assert len(names(tmp_path)) > 1
    assert (tmp_path / "model").exists() == (renames == 0)
    write_bytes(tmp_path / "other", b"")
    assert names(tmp_path) == ["model", "other"]
    assert (tmp_path / "model" / "x").read_bytes() == b"old"


def test_what_a_living_writer_holds_stays(tmp_path: Path) -> None:
    """A second writer in the same folder does not take the first one's hidden file."""
    code = (
        "import os, sys\nfrom planner.files import write_bytes\ntrue = os.fsync\n"
        "def wait(descriptor):\n    print('made', flush=True)\n    sys.stdin.read()\n"
        "    os.fsync = true\nos.fsync = wait\nwrite_bytes(sys.argv[1], b'first')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "first")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"made\n"
        write_bytes(tmp_path / "second", b"second")
        assert len(names(tmp_path)) == 2
        first.communicate(b"", timeout=60)
    assert first.returncode == 0
    assert names(tmp_path) == ["first", "second"]


def test_only_our_own_names_are_touched(tmp_path: Path) -> None:
    """Files of others, links and folders under such a name stay, however old."""
    mark = hidden_name(tmp_path, "tmp").name
    for name in (".planner-", ".planner-x.tmp", mark[:-4], f"{mark}~", mark[1:], ".hidden.tmp"):
        (tmp_path / name).write_text("mine")
        os.utime(tmp_path / name, (1, 1))
    hidden_name(tmp_path, "tmp").symlink_to(tmp_path / "nowhere")
    hidden_name(tmp_path, "tmp").mkdir()
    hidden_name(tmp_path, "new").write_text("mine")
    before = names(tmp_path)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == before
    remove_leftovers(tmp_path / "nowhere")


def test_files_of_another_user_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that many write to, each clears up after himself."""
    left = hidden_name(tmp_path, "tmp")
    left.touch()
    monkeypatch.setattr(os, "geteuid", lambda: left.stat().st_uid + 1)
    remove_leftovers(tmp_path)
    assert left.exists()


@pytest.mark.parametrize("why", ["no locks", "another machine"])
def test_where_locks_say_nothing_only_what_is_old_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """A file system without locks, or one that another machine writes to."""
    left, folder = hidden_name(tmp_path, "tmp"), hidden_name(tmp_path, "new")
    left.touch()
    folder.mkdir()
    if why == "no locks":
        monkeypatch.setattr(temporary, "fcntl", None)
    else:
        monkeypatch.setattr(leftovers, "this_machine", lambda: "00000000")
    remove_leftovers(tmp_path)
    assert len(names(tmp_path)) == 2
    for path in (left, folder):
        then = time.time() - 2 * leftovers.OLD_S
        os.utime(path, (then, then))
    remove_leftovers(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_is_whole_or_as_it_was(tmp_path: Path, *, there: bool) -> None:
    """An interrupt or a full disk anywhere in the swap: the old one is back, or the new stands."""
    folder = tmp_path / "model"

    def ready() -> None:
        for path in folder.glob("*"):
            path.unlink()
        if folder.exists():
            folder.rmdir()
        if there:
            folder.mkdir()
            (folder / "old").write_bytes(b"old")

    def swap() -> None:
        with new_folder(folder, force=True) as made:
            write_files(made, [("x", b"new"), ("y", b"new")])

    ready()
    for fault in every_fault(swap):
        whole = {"x": b"new", "y": b"new"}
        before = {"old": b"old"} if there else {}
        found = {path.name: path.read_bytes() for path in folder.glob("*")}
        assert found in ([whole] if fault.at == 0 else [whole, before]), fault
        assert set(names(tmp_path)) <= {"model"}, fault
        ready()


def test_a_folder_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    """Not even one that appears while the new one is made."""
    folder = tmp_path / "model"
    with pytest.raises(InputError, match="not overwritten"), new_folder(folder) as made:  # noqa: PT012
        (made / "x").write_bytes(b"new")
        folder.mkdir()
        (folder / "theirs").write_bytes(b"old")
    assert (names(tmp_path), names(folder)) == (["model"], ["theirs"])


def test_a_failing_block_leaves_nothing(tmp_path: Path) -> None:
    """What was made aside is gone, whatever stopped it."""
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "a" / "model") as made:  # noqa: PT012
        (made / "x").write_bytes(b"new")
        raise KeyboardInterrupt
    assert names(tmp_path / "a") == []
