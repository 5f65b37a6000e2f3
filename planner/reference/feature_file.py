"""What does a file of features hold? A NumPy archive to arrays, or every mistake in it at once.

``features`` has a row for each image; ``labels`` and ``groups`` an entry. Nothing in the file is
executed: pickles are refused, and no array is larger than its header and its member agree on.
"""

import hashlib
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.words.warnings.tables import arrays_unused
from planner.errors import InputError, Problem
from planner.files.read import TooLargeError, read_at_most

__all__ = ["LEAST_PER_CLASS", "FeatureFile", "read_features"]

MAX_BYTES = 1_000_000_000
"""Of a file, and of its arrays once unpacked: 120,000 rows of 2,048 numbers in four bytes each."""

LEAST_PER_CLASS = 5
LEAST_GROUPS_PER_CLASS = 3  # one to test on, and two to choose the regularisation with
_LARGEST = 1e30  # beyond it squares of single numbers overflow
_NAMES = ("features", "labels", "groups")
_SHOWN = 5
_SAVE = "np.savez(FILE, features=features, labels=labels)"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, EOFError, RuntimeError,
    KeyError, IndexError, TypeError, SyntaxError, MemoryError, OverflowError,
)  # fmt: skip
"""What damaged archives and headers raise in the libraries that read them."""


@dataclass(frozen=True, eq=False)
class FeatureFile:
    """Features of images by a frozen network, and what is known of each image.

    Attributes
    ----------
    name, sha256 : str
        File name and checksum.
    features : ndarray, shape (n_images, n_features)
        Finite numbers.
    labels : ndarray of int, shape (n_images,)
        Numbers of classes, from 0; empty where they were not asked for.
    classes : tuple of str
        What each number stands for.
    groups : ndarray of int, shape (n_images,), optional
        Rows of one group belong together: of one patient, one video, one place.
    notes : tuple of str
        What was not used.
    """

    name: str
    sha256: str
    features: NDArray[Any]
    labels: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    classes: tuple[str, ...] = ()
    groups: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()


def read_features(path: str | os.PathLike[str], *, labelled: bool = True) -> FeatureFile:
    """Read an ``.npz`` file of features.

    Parameters
    ----------
    path : path
        As ``numpy.savez`` or ``savez_compressed`` writes it: array ``features``, and ``labels`` and
        ``groups`` where labels are asked for.
    labelled : bool, default=True
        Whether labels are needed; without, no array but the features is looked at.

    Raises
    ------
    InputError
        With every mistake.
    """
    name = os.fspath(path)
    content = _content(name)
    wanted = _NAMES if labelled else _NAMES[:1]
    reader = _Reader(name)
    arrays, others = reader.arrays(content, wanted)
    for needed in wanted[:2]:
        if needed not in arrays and not reader.reported(needed):
            there = ", ".join([*arrays, *others][:_SHOWN]) or "none"
            reader.wrong(needed, f"the file has no such array; it has {there}.", _SAVE, "MISSING")
    reader.check_features(arrays)
    codes = {key: reader.codes(key, arrays) for key in wanted[1:] if key in arrays}
    reader.check_classes(codes)
    if reader.problems:
        raise InputError(reader.problems)
    labels, groups = codes.get("labels"), codes.get("groups")
    unused = [other for other in others if labelled]
    return FeatureFile(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        features=arrays["features"],
        labels=labels[1] if labels else np.empty(0, dtype=np.int64),
        classes=labels[0] if labels else (),
        groups=groups[1] if groups else None,
        notes=(arrays_unused(unused[:_SHOWN]),) if unused else (),
    )


def _content(name: str) -> bytes:
    """Return the bytes of a file that may be an archive."""
    path = Path(name)
    try:
        if path.is_dir():
            raise _unreadable(name, "is a folder; name an .npz file in it.")
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(name, _TOO_LARGE, _FEWER)
        return read_at_most(path, MAX_BYTES)
    except FileNotFoundError:
        raise _unreadable(name, "there is no such file.") from None
    except TooLargeError:
        raise _unreadable(name, _TOO_LARGE, _FEWER) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(name, f"cannot be read: {reason}.") from None


_TOO_LARGE = f"has more than {MAX_BYTES:,} bytes."
_FEWER = "save a random part of the rows, or features.astype('float16')"


def _unreadable(name: str, message: str, fix: str = _SAVE) -> InputError:
    return InputError([Problem("", message, fix, name.replace("\0", "\\0"), "FILE")])


class _Reader:
    """Reads arrays one by one; what is wrong with them is collected."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def wrong(self, field: str, message: str, fix: str = "", code: str = "BAD_VALUE") -> None:
        """Take down a mistake."""
        self.problems.append(Problem(field, message, fix, self.name, code))

    def reported(self, field: str) -> bool:
        """Tell whether an array is known to be wrong."""
        return any(problem.field.partition("[")[0] == field for problem in self.problems)

    def arrays(
        self, content: bytes, wanted: tuple[str, ...]
    ) -> tuple[dict[str, NDArray[Any]], list[str]]:
        """Return the arrays asked for that can be read, and the names of all others."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGE:
            raise _unreadable(self.name, "is no .npz file of NumPy.") from None
        with archive:
            members = {item.filename.removesuffix(".npy"): item for item in archive.infolist()}
            chosen = {key: members[key] for key in wanted if key in members}
            if sum(item.file_size for item in chosen.values()) > MAX_BYTES:
                raise _unreadable(self.name, f"unpacked it {_TOO_LARGE}", _FEWER)
            found = {key: self.array(archive, key, item) for key, item in chosen.items()}
        kept = {key: array for key, array in found.items() if array is not None}
        return kept, [key for key in members if key not in wanted]

    def array(
        self, archive: zipfile.ZipFile, key: str, item: zipfile.ZipInfo
    ) -> NDArray[Any] | None:
        """Return one array; None if it is a pickle or damaged."""
        try:
            shape, dtype = _header(archive, item)
            if dtype.hasobject:
                fix = f"{key}.astype({'float' if key == 'features' else 'str'})"
                message = "the array holds Python objects; pickles are not read."
                self.wrong(key, message, fix, "PICKLE")
                return None
            stored = item.file_size
            if any(length < 0 for length in shape) or _bytes(shape, dtype) > stored:
                self.wrong(key, "the array is damaged: shorter than its header says.", "", "FILE")
                return None
            with archive.open(item) as stream:
                loaded: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
        except _DAMAGE as error:
            reason = str(error).partition("\n")[0][:100] or type(error).__name__
            self.wrong(key, f"the array cannot be read: {reason}.", _SAVE, "FILE")
            return None
        return loaded

    def check_features(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Report features that are no table of finite numbers, and lengths that differ."""
        features = arrays.get("features")
        if features is None:
            return
        if features.ndim != 2 or not features.size:
            message = f"got the shape {features.shape}; expected one row of numbers for each image."
            self.wrong("features", message, "features.reshape(len(features), -1)", "SHAPE")
        if features.dtype.kind not in "fiub":
            message = f"got {features.dtype}; expected real numbers."
            self.wrong("features", message, "features.astype('float32')")
        elif features.ndim == 2:
            self.check_finite(features)
        for key, array in arrays.items():
            if (
                key != "features"
                and features.ndim
                and array.ndim == 1
                and len(array) != len(features)
            ):
                message = f"has {len(array):,} entries; features have {len(features):,} rows."
                self.wrong(key, message, f"{key} of the same images, in their order", "LENGTH")

    def check_finite(self, features: NDArray[Any]) -> None:
        """Report numbers that are none or too large, by row and column."""
        with np.errstate(all="ignore"):
            places = np.argwhere(~(np.abs(features) < _LARGEST))
        if len(places):
            row, column = places[0]
            more = f", as {len(places) - 1:,} more" if len(places) > 1 else ""
            message = (
                f"got {features[row, column]}{more}; expected finite numbers below {_LARGEST:g}."
            )
            fix = "keep = np.isfinite(features).all(axis=1), for all arrays"
            self.wrong(f"features[{row}, {column}]", message, fix, "NOT_FINITE")

    def codes(
        self, key: str, arrays: Mapping[str, NDArray[Any]]
    ) -> tuple[tuple[str, ...], NDArray[np.int64]] | None:
        """Return the distinct entries of an array, and each entry's number among them."""
        array = arrays[key]
        if array.ndim != 1:
            one_hot = key == "labels" and array.ndim == 2 and array.shape[1] > 1
            fix = f"{key}.argmax(axis=1)" if one_hot else f"{key}.reshape(len({key}), -1)[:, 0]"
            self.wrong(key, f"got the shape {array.shape}; expected an entry a row.", fix, "SHAPE")
            return None
        if array.dtype.kind not in "fiubUS":
            message = f"got {array.dtype}; expected whole numbers or text."
            self.wrong(key, message, f"{key}.astype('str')")
            return None
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            row = int(np.argmin(np.isfinite(array)))
            fix = f"leave out rows without one of the {key}"
            message = f"got {array[row]}; expected {key} of every row."
            self.wrong(f"{key}[{row}]", message, fix, "NOT_FINITE")
            return None
        distinct, numbers = np.unique(array, return_inverse=True)
        return tuple(map(_text, distinct.tolist())), numbers.astype(np.int64)

    def check_classes(
        self,
        codes: Mapping[str, tuple[tuple[str, ...], NDArray[np.int64]] | None],
    ) -> None:
        """Report labels of one class, of classes with few rows, and of classes in few groups."""
        labels = codes.get("labels")
        if labels is None:
            return
        names, numbers = labels
        if len(names) < 2:
            message = f"got {len(names)} class{'' if names else 'es'}; expected at least 2."
            self.wrong("labels", message, "rows of every class of the project", "ONE_CLASS")
            return
        few = _fewer(names, np.bincount(numbers), LEAST_PER_CLASS)
        if few:
            message = f"each class needs at least {LEAST_PER_CLASS} rows; {few}."
            self.wrong("labels", message, "add rows of these classes, or leave them out", "FEW")
        groups = codes.get("groups")
        if groups is None or few or len(groups[1]) != len(numbers):
            return
        pairs = np.unique(np.stack([numbers, groups[1]]), axis=1)
        thin = _fewer(names, np.bincount(pairs[0]), LEAST_GROUPS_PER_CLASS)
        if thin:
            message = (
                f"each class needs rows in at least {LEAST_GROUPS_PER_CLASS} groups, or it cannot "
                f"be tested on groups it was not learnt from; {thin}."
            )
            self.wrong("groups", message, "smaller groups, or leave out these classes", "FEW")


def _header(
    archive: zipfile.ZipFile, item: zipfile.ZipInfo
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return the shape and type that a member says it has, before anything is allocated."""
    with archive.open(item) as stream:
        version = np.lib.format.read_magic(stream)
        first = version == (1, 0)
        read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    return shape, dtype


def _bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    size = dtype.itemsize
    for length in shape:
        size *= length
    return size


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _fewer(names: tuple[str, ...], counts: NDArray[np.int64], least: int) -> str:
    """Return which classes have fewer than that, with what they have; empty if none has."""
    few: Iterator[str] = (
        f"{name[:40]!r} has {count}"
        for name, count in zip(names, counts.tolist(), strict=True)
        if count < least
    )
    found = list(few)
    more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more
