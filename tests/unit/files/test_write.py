"""A file holds all of its content or is as it was, whatever goes wrong; who may read it."""

import errno
import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.errors import InputError, NotWrittenError
from planner.files import (
    new_folder,
    replace_if_unchanged,
    require_file,
    require_folder,
    temporary,
    write_bytes,
    write_files,
    write_text,
)
from planner.files.exclusive import alone_in
from tests.faults import every_fault

OLD, NEW = b"old", b"new" * 1000


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Let the umask of whoever runs the tests not matter."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_not_overwritten_unasked(tmp_path: Path) -> None:
    """A second write needs force, and leaves no other file behind."""
    path = tmp_path / "p.yaml"
    assert write_text(path, "één\n") == path
    with pytest.raises(InputError, match="not overwritten"):
        write_text(path, "two\n")
    assert path.read_bytes() == "één\n".encode()
    write_text(path, "two\n", force=True)
    assert path.read_bytes() == b"two\n"
    assert names(tmp_path) == ["p.yaml"]


@pytest.mark.parametrize("force", [True, False])
def test_a_file_is_whole_or_as_it_was(tmp_path: Path, *, force: bool) -> None:
    """A full disk, a broken one or an interrupt at any call: old or new, and nothing beside."""
    path = tmp_path / "p"
    before = [OLD] if force else [None]

    for fault in every_fault(lambda: write_bytes(path, NEW, force=force)):
        assert set(names(tmp_path)) <= {"p"}, fault
        now = path.read_bytes() if path.exists() else None
        assert now in ([NEW] if fault.at == 0 else [NEW, *before]), fault
        path.unlink(missing_ok=True)
        if force:
            path.write_bytes(OLD)
            before = [OLD]


def test_a_changed_file_is_not_replaced(tmp_path: Path) -> None:
    """What someone else wrote meanwhile stays, and the error says what to do."""
    path = tmp_path / "p.yaml"
    path.write_bytes(OLD)
    replace_if_unchanged(path, OLD, NEW)
    assert path.read_bytes() == NEW
    with pytest.raises(NotWrittenError, match="the file changed") as caught:
        replace_if_unchanged(path, OLD, b"newer")
    assert "again" in caught.value.problems[0].fix
    assert path.read_bytes() == NEW
    path.unlink()
    with pytest.raises(NotWrittenError, match="the file changed"):
        replace_if_unchanged(path, NEW, b"newer")
    assert names(tmp_path) == []


def test_a_replaced_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    """The same faults, with the last look at the file."""
    path = tmp_path / "p"
    path.write_bytes(OLD)
    for fault in every_fault(lambda: replace_if_unchanged(path, OLD, NEW)):
        assert names(tmp_path) == ["p"], fault
        assert path.read_bytes() in ([NEW] if fault.at == 0 else [OLD, NEW]), fault
        path.write_bytes(OLD)


def test_several_files_are_all_made_before_the_first_takes_its_name(tmp_path: Path) -> None:
    """None is half-written; a folder made for them goes with them."""
    folder = tmp_path / "new" / "folder"
    files = [("a", NEW), ("b", NEW + NEW)]
    for fault in every_fault(lambda: write_files(folder, files)):
        found = {path.name: path.read_bytes() for path in folder.glob("*")}
        assert found.items() <= dict(files).items(), fault
        if fault.at == 0:
            assert found == dict(files)
        else:
            assert found or fault.after or names(tmp_path) == [], fault
        for path in folder.glob("*"):
            path.unlink()
        if folder.exists():
            folder.rmdir()
            folder.parent.rmdir()


def test_a_folder_that_cannot_take_one_of_the_files_gets_none(tmp_path: Path) -> None:
    """What is refused is said with its place; files of other names stay."""
    (tmp_path / "b").mkdir()
    (tmp_path / "c").write_text("mine")
    with pytest.raises(InputError, match="is a folder"):
        write_files(tmp_path, [("a", NEW), ("b", NEW)])
    assert names(tmp_path) == ["b", "c"]


def kinds(folder: Path) -> list[Path]:
    """Return something of every kind that is no file to write to."""
    os.mkfifo(folder / "pipe")
    (folder / "to_pipe").symlink_to(folder / "pipe")
    return [folder / "pipe", folder / "to_pipe", Path("/dev/null"), Path("/dev/stdin")]


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe, a device or a link to one is neither waited for nor replaced, force or not."""
    for path in kinds(tmp_path):
        for force in (True, False):
            with pytest.raises(InputError, match="not a regular file") as caught:
                write_bytes(path, NEW, force=force)
            problem = caught.value.problems[0]
            assert problem.place == str(path)
            assert problem.fix.startswith("name a file, such as ")
    assert (tmp_path / "pipe").is_fifo()


def test_places_that_cannot_be_written_are_told_apart(tmp_path: Path) -> None:
    """A folder, one that is not there, a name too long and one with a NUL, each with a fix."""
    for path, words, fix in (
        (tmp_path, "is a folder", str(tmp_path / "portfolio.yaml")),
        (tmp_path / "none" / "p", "does not exist", "create it first"),
        (tmp_path / ("x" * 300), "cannot be written", "choose a shorter name"),
        (Path("a\0b"), "NUL", "portfolio.yaml"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            write_bytes(path, NEW, force=True)
        assert caught.value.problems[0].fix == fix
        assert "\0" not in str(caught.value)
    assert names(tmp_path) == []


def test_a_link_stays_one(tmp_path: Path) -> None:
    """The file it leads to is written, also one that is not there yet; a loop is said."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link, target = tmp_path / "link", folder / "target"
    link.symlink_to(target)
    write_bytes(link, OLD)
    write_bytes(link, NEW, force=True)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert (names(folder), names(tmp_path)) == (["target"], ["elsewhere", "link"])
    with pytest.raises(InputError, match="not overwritten"):
        write_bytes(link, OLD)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError, match="cannot be written"):
        write_bytes(tmp_path / "loop", OLD, force=True)


@pytest.mark.parametrize(
    ("replaced", "source", "expected"),
    [
        (None, None, 0o644),
        (None, 0o600, 0o600),
        (None, 0o640, 0o640),
        (None, 0o666, 0o644),
        (None, 0o444, 0o444),
        (0o600, None, 0o600),
        (0o600, 0o644, 0o600),
        (0o664, 0o664, 0o664),
        (0o664, None, 0o664),
        (0o644, 0o600, 0o600),
        (0o755, 0o644, 0o644),
    ],
)
def test_a_file_is_no_wider_than_what_it_replaces_and_is_made_from(
    tmp_path: Path, replaced: int | None, source: int | None, expected: int
) -> None:
    """Nobody reads a file who could not read those; the umask narrows only what is new."""
    path, other = tmp_path / "out", tmp_path / "in"
    for file, bits in ((path, replaced), (other, source)):
        if bits is not None:
            file.write_bytes(OLD)
            file.chmod(bits)
    write_bytes(path, NEW, force=True, sources=[other])
    assert mode(path) == expected


def test_a_private_file_is_private_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hidden file has its narrow mode when it is made, and before anything is in it."""
    (tmp_path / "in").write_bytes(OLD)
    (tmp_path / "in").chmod(0o600)
    seen = []
    true_open, true_write = os.open, os.write

    def opened(path: object, flags: int, mode: int = 0o777, **_: object) -> int:
        seen.append(mode if flags & os.O_CREAT else 0)
        return true_open(path, flags, mode)  # type: ignore[arg-type]

    def written(descriptor: int, content: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return true_write(descriptor, content)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "write", written)
    write_bytes(tmp_path / "out", NEW, sources=[tmp_path / "in"])
    write_files(tmp_path / "folder", [("a", NEW)], sources=[tmp_path / "in"])
    assert {0o600} <= set(seen) <= {0, 0o600}


def test_another_group_gets_what_everybody_gets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mode speaks of a group; where ours is another one, its bits say nothing of it."""
    source = tmp_path / "in"
    source.write_bytes(OLD)
    source.chmod(0o640)
    true = source.stat()
    foreign = os.stat_result((*true[:5], true.st_gid + 1, *true[6:]))
    monkeypatch.setattr("planner.files.permissions._looked_at", lambda path: foreign)
    monkeypatch.setattr(os, "fchown", lambda *_: (_ for _ in ()).throw(PermissionError()))
    write_bytes(tmp_path / "out", NEW, sources=[source])
    assert mode(tmp_path / "out") == 0o600


def test_the_disk_is_asked_to_keep_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is synced before it takes its name, its folder behind it."""
    done = []
    true_sync, true_replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        true_sync(descriptor)

    def replaced(*args: str) -> None:
        done.append("name")
        true_replace(*args)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_bytes(tmp_path / "p", NEW, force=True)
    assert done == ["file", "name", "folder"]


def test_a_disk_that_cannot_be_asked_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems know no sync; only a full or broken disk stops a write."""

    def refuse(descriptor: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    write_bytes(tmp_path / "p", NEW)
    assert (tmp_path / "p").read_bytes() == NEW


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "free some space, or name a file on another disk"),
        (errno.EROFS, "name a file in a folder that you may write to"),
        (errno.EBUSY, "it is in use, or mounted by itself: name a file in another folder"),
        (errno.EIO, ""),
    ],
)
def test_what_the_system_refuses_is_said_with_place_and_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, fix: str
) -> None:
    """In the system's words, and that the file is as it was."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(NotWrittenError, match=os.strerror(number)) as caught:
        write_bytes(tmp_path / "p", NEW, force=True)
    assert caught.value.problems[0].fix == fix
    assert caught.value.problems[0].place == str(tmp_path / "p")
    assert "Nothing was computed" not in str(caught.value)
    assert names(tmp_path) == []


def without(monkeypatch: pytest.MonkeyPatch, *absent: str) -> None:
    """Take calls away that a system may not have."""
    for name in absent:
        monkeypatch.delattr(os, name, raising=False)


def test_a_system_without_posix_calls_writes_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither locks, modes, owners nor folders that can be opened are needed."""
    true_open = os.open

    def no_folders(path: str, *args: int, **kwargs: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied")
        return true_open(path, *args, **kwargs)

    without(monkeypatch, "fchmod", "fchown", "geteuid", "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK")
    monkeypatch.setattr(os, "open", no_folders)
    monkeypatch.setattr(temporary, "fcntl", None)
    path = tmp_path / "p"
    write_bytes(path, OLD)
    write_bytes(path, NEW, force=True)
    replace_if_unchanged(path, NEW, OLD)
    with pytest.raises(NotWrittenError, match="the file changed"):
        replace_if_unchanged(path, NEW, OLD)
    write_files(tmp_path / "f", [("a", NEW)])
    assert path.read_bytes() == OLD
    assert (names(tmp_path), names(tmp_path / "f")) == (["f", "p"], ["a"])


def test_file_systems_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files cannot be linked they are moved, still without overwriting."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = write_bytes(tmp_path / "p.yaml", OLD)
    assert path.read_bytes() == OLD
    with pytest.raises(InputError, match="not overwritten"):
        write_bytes(path, NEW)
    assert names(tmp_path) == ["p.yaml"]


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two first writers of one name: the second is refused at the very end."""
    path = tmp_path / "p"
    true_sync = os.fsync

    def other_writer(descriptor: int) -> None:
        path.write_bytes(OLD)
        true_sync(descriptor)

    monkeypatch.setattr(os, "fsync", other_writer)
    with pytest.raises(InputError, match="not overwritten"):
        write_bytes(path, NEW)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["p"]


def test_a_folder_that_stays_locked_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever for another program."""
    monkeypatch.setattr("planner.files.exclusive.PATIENCE_S", 0.05)
    path = tmp_path / "p"
    path.write_bytes(OLD)
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(NotWrittenError, match="locked"):
        replace_if_unchanged(path, OLD, NEW)
    os.close(held)
    assert path.read_bytes() == OLD
    with alone_in(tmp_path):
        pass
    assert names(tmp_path) == ["p"]


def test_a_lock_file_of_a_killed_process_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where folders cannot be locked; a young one is respected, and gone in the end."""
    monkeypatch.setattr(temporary, "fcntl", None)
    monkeypatch.setattr("planner.files.exclusive.PATIENCE_S", 0.05)
    lock = tmp_path / ".planner.lock"
    lock.touch()
    with pytest.raises(OSError, match="locked"), alone_in(tmp_path):
        pass
    os.utime(lock, (1, 1))
    with alone_in(tmp_path):
        assert lock.exists()
    assert names(tmp_path) == []


def test_a_folder_that_may_not_be_written_to_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only disk or somebody else's folder; a file where a folder is meant is no folder."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(InputError, match=r"may not be written to\.") as caught:
        require_file(tmp_path / "p", force=True)
    assert "Nothing was computed." in str(caught.value)
    assert "Nothing was computed." in str(caught.value)
    assert caught.value.problems[0].fix == "name a file in a folder that you may write to"
    with pytest.raises(InputError, match="may not be written to"):
        require_folder(tmp_path / "p")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is no folder"):
        require_file(tmp_path / "file" / "p", force=True)


def test_early_refusals_name_the_flag(tmp_path: Path) -> None:
    """A command that computes long says first what could not be written after it."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"plan\.xlsx") as caught:
        require_file(tmp_path, force=True, name="plan.xlsx", field="--xlsx")
    assert caught.value.problems[0].field == "--xlsx"
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="is no folder"):
            require_folder(path)
    assert require_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert names(tmp_path) == ["file"]


APPENDING = """
import sys
from pathlib import Path
from planner.errors import NotWrittenError
from planner.files import replace_if_unchanged

path, mark = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    while True:
        before = path.read_bytes()
        try:
            replace_if_unchanged(path, before, before + f"{mark}{number}\\n".encode())
            break
        except NotWrittenError:
            pass
"""


def test_of_simultaneous_writers_none_loses_what_another_wrote(tmp_path: Path) -> None:
    """Each reads, adds a line and writes; whoever was too late begins again."""
    path = tmp_path / "p"
    path.touch()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDING, str(path), mark],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for mark in "abc"
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    for writer in writers:
        writer.communicate()
    lines = path.read_text().split()
    assert sorted(lines) == sorted(f"{mark}{number}" for mark in "abc" for number in range(20))
    for mark in "abc":
        assert [line for line in lines if line[0] == mark] == [f"{mark}{n}" for n in range(20)]
    assert names(tmp_path) == ["p"]


def test_a_folder_being_filled_takes_files_where_nothing_can_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is locked by ourselves; nobody waits for himself."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr("planner.files.exclusive.PATIENCE_S", 0.05)
    with new_folder(tmp_path / "model") as made:
        write_text(made / "x", "new")
    assert (tmp_path / "model" / "x").read_text() == "new"


def test_a_folder_whose_name_is_too_long_is_refused_before_anything_is_computed(
    tmp_path: Path,
) -> None:
    """It is no folder yet to be made: the system takes no such name."""
    with pytest.raises(InputError) as refused:
        require_folder(tmp_path / ("9" * 400), field="--plots")
    (problem,) = refused.value.problems
    assert "cannot be made" in problem.message
    assert problem.fix == "choose a shorter name"
