"""How far apart are two files of embeddings?"""

import os
from dataclasses import asdict, dataclass

from planner.domain.dataset_distance import COLUMN, dataset_distance
from planner.domain.results.plan import SCHEMA_VERSION
from planner.errors import InputError, Problem
from planner.reference.feature_file import FeatureFile, read_features

__all__ = ["Distance", "EmbeddedSet", "measure_distance"]


@dataclass(frozen=True)
class EmbeddedSet:
    """One data set's file of embeddings.

    Attributes
    ----------
    file, sha256 : str
        Name and checksum.
    rows : int
        Images in it.
    """

    file: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Distance:
    """Two data sets and how far their average embeddings lie apart.

    Attributes
    ----------
    distance : float
        At least 0, without an upper end, in the unit of the embeddings.
    dimensions : int
        Features of an embedding.
    column : str
        What a table of results calls it, where a fit tries it as a variable.
    first, second : EmbeddedSet
        The files.
    """

    distance: float
    dimensions: int
    column: str
    first: EmbeddedSet
    second: EmbeddedSet

    def to_dict(self) -> dict[str, object]:
        """Return the distance as plain data, as in ``planner distance --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def measure_distance(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> Distance:
    """Return the published study's distance between two data sets, from their embeddings.

    Parameters
    ----------
    first, second : path
        ``.npz`` files with an array ``features`` by the same network.

    Raises
    ------
    InputError
        With every mistake in both files.
    """
    read: list[FeatureFile] = []
    problems: list[Problem] = []
    for path in (first, second):
        try:
            read.append(read_features(path, labelled=False))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    one, other = read
    width = one.features.shape[1]
    if other.features.shape[1] != width:
        message = (
            f"has {other.features.shape[1]:,} columns, those of {one.name} {width:,}: embeddings "
            "of two networks cannot be compared."
        )
        fix = "features of both data sets by the same network"
        raise InputError([Problem("features", message, fix, other.name, "SHAPE")])
    return Distance(
        dataset_distance(one.features, other.features), width, COLUMN, _set(one), _set(other)
    )


def _set(file: FeatureFile) -> EmbeddedSet:
    return EmbeddedSet(file.name, file.sha256, len(file.features))
