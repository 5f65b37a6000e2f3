"""Files of features: what is read, and every mistake in one pass."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import InputError
from planner.reference import feature_file
from planner.reference.feature_file import read_features

FEATURES = np.arange(40.0).reshape(20, 2)
LABELS = np.arange(20) % 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f.npz"


def problems(path: Path, *, labelled: bool = True) -> dict[str, tuple[str, str, str]]:
    """Return what is wrong with a file: message, fix and code by field; its place is the file."""
    with pytest.raises(InputError) as caught:
        read_features(path, labelled=labelled)
    found = caught.value.problems
    assert {problem.place for problem in found} == {str(path)}
    return {problem.field: (problem.message, problem.fix, problem.code) for problem in found}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["float16", "float32", ">f8", "int8", "bool"])
def test_numbers_of_any_kind_are_read(path: Path, save: Any, dtype: str) -> None:
    """Compressed or not; the bytes are named by their checksum."""
    save(path, features=FEATURES.astype(dtype), labels=LABELS)
    read = read_features(path)
    assert np.array_equal(read.features, FEATURES.astype(dtype))
    assert (read.classes, read.groups, read.notes) == (("0", "1", "2", "3"), None, ())


@pytest.mark.parametrize("dtype", ["U5", "S5", "int64", "float32"])
def test_labels_and_groups_may_be_text(path: Path, dtype: str) -> None:
    """Each distinct entry is a class; other arrays are named."""
    np.savez(
        path,
        features=FEATURES,
        labels=LABELS.astype(dtype),
        groups=np.arange(20).astype(dtype),
        extra=1,
    )
    read = read_features(path)
    assert read.labels.tolist() == LABELS.tolist()
    assert [float(name) for name in read.classes] == [0, 1, 2, 3]
    assert read.notes == ("Arrays not used: extra.",)


def test_without_labels_only_features_are_looked_at(path: Path) -> None:
    """What a distance needs."""
    np.savez(path, features=FEATURES, labels=np.array([None]))
    assert read_features(path, labelled=False).notes == ()


def test_every_mistake_is_named_in_one_pass(path: Path) -> None:
    """Numbers, objects and lengths, each with its place in the arrays and a fix."""
    features = FEATURES.copy()
    features[3, 1] = np.nan
    labels = np.array(["a", None] * 10, dtype=object)
    np.savez(path, features=features, labels=labels, groups=np.arange(19))
    found = problems(path)
    assert list(found) == ["labels", "features[3, 1]", "groups"]
    assert found["labels"][1:] == ("labels.astype(str)", "PICKLE")
    assert found["features[3, 1]"][2] == "NOT_FINITE"
    assert found["groups"][0] == "has 19 entries; features have 20 rows."


@pytest.mark.parametrize(
    ("arrays", "field", "code"),
    [
        ({"features": FEATURES}, "labels", "MISSING"),
        ({"labels": LABELS}, "features", "MISSING"),
        ({"features": FEATURES[:, 0], "labels": LABELS}, "features", "SHAPE"),
        ({"features": FEATURES[:, :0], "labels": LABELS}, "features", "SHAPE"),
        ({"features": FEATURES.astype("U9"), "labels": LABELS}, "features", "BAD_VALUE"),
        ({"features": FEATURES * 1j, "labels": LABELS}, "features", "BAD_VALUE"),
        ({"features": np.full((20, 2), np.inf), "labels": LABELS}, "features[0, 0]", "NOT_FINITE"),
        ({"features": FEATURES + 1e200, "labels": LABELS}, "features[0, 0]", "NOT_FINITE"),
        ({"features": FEATURES, "labels": LABELS * 0}, "labels", "ONE_CLASS"),
        ({"features": FEATURES, "labels": np.arange(20) // 4}, "labels", "FEW"),
        ({"features": FEATURES, "labels": np.arange(19) % 2}, "labels", "LENGTH"),
        ({"features": FEATURES, "labels": np.eye(20)}, "labels", "SHAPE"),
        ({"features": FEATURES, "labels": LABELS / np.nan}, "labels[0]", "NOT_FINITE"),
        ({"features": FEATURES, "labels": LABELS.astype("M8[s]")}, "labels", "BAD_VALUE"),
        ({"features": FEATURES, "labels": LABELS, "groups": LABELS}, "groups", "FEW"),
        ({"features": FEATURES.astype(object), "labels": LABELS}, "features", "PICKLE"),
    ],
)
def test_nonsense_is_refused(path: Path, arrays: Any, field: str, code: str) -> None:
    """Whatever cannot be probed is named with its code."""
    np.savez(path, **arrays)
    found = problems(path)
    assert found[field][2] == code
    assert all(message for message, _, _ in found.values())


def test_no_pickle_is_ever_run(path: Path, tmp_path: Path) -> None:
    """An object that would write a file when unpickled is refused unread."""

    class Evil:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "run",)

    np.savez(path, features=FEATURES, labels=np.array([Evil()] * 20, dtype=object))
    assert problems(path)["labels"][2] == "PICKLE"
    assert not (tmp_path / "run").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    """A single array, text, nothing, a folder, no file at all."""
    np.save(tmp_path / "a.npy", FEATURES)
    (tmp_path / "t.npz").write_text("features")
    (tmp_path / "e.npz").write_bytes(b"")
    for name in ("a.npy", "t.npz", "e.npz"):
        assert "is no .npz file" in problems(tmp_path / name)[""][0]
    assert "folder" in problems(tmp_path)[""][0]
    assert "no such file" in problems(tmp_path / "nowhere.npz")[""][0]


def test_a_header_that_promises_more_than_is_there_allocates_nothing(path: Path) -> None:
    """A damaged array of a billion rows is refused by its header."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**15, 4)}
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("features.npy", header.getvalue())
        archive.writestr("labels.npy", b"\x93NUMPY\x09")
    found = problems(path)
    assert "shorter than its header" in found["features"][0]
    assert "cannot be read" in found["labels"][0]


def test_files_too_large_are_refused_packed_or_unpacked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds for the file, and for what it unpacks to."""
    np.savez_compressed(path, features=np.zeros((20, 1000)), labels=LABELS)
    monkeypatch.setattr(feature_file, "MAX_BYTES", 100_000)
    message, fix, _ = problems(path)[""]
    assert "unpacked" in message
    assert "float16" in fix
    monkeypatch.setattr(feature_file, "MAX_BYTES", 100)
    assert "unpacked" not in problems(path)[""][0]


@pytest.mark.parametrize("seed", range(60))
def test_damaged_bytes_are_read_or_refused_and_never_fail(path: Path, seed: int) -> None:
    """Bytes changed or cut anywhere end in an answer or in an InputError."""
    np.savez(path, features=FEATURES, labels=LABELS)
    rng = np.random.default_rng(seed)
    content = bytearray(path.read_bytes())
    for place in rng.integers(0, len(content), 4):
        content[place] = rng.integers(0, 256)
    path.write_bytes(bytes(content[: rng.integers(1, len(content) + 1)] if seed % 2 else content))
    with suppress(InputError):
        assert read_features(path).features.ndim == 2
