"""The rows of the published regression, those it was tested on beside those it was fitted on.

The rows it was fitted on are not public: what stands here for them is a reconstruction whose
errors are invented, and each row says so. The six it was tested on are printed in the paper.
"""

from collections.abc import Mapping

from planner._resources import resource_root
from planner.domain.vocabulary import Task
from planner.reference.table_rows import read_table

__all__ = ["COLUMNS", "published_rows"]

COLUMNS = (
    "source",
    "split",
    "data",
    "row",
    "case",
    "task",
    "images",
    "pretrained",
    "relative_complexity",
    "error",
    "note",
    "cited",
)
_SOURCES = {"pseudo_literature": "literature", "pseudo_client": "client"}
_RECONSTRUCTED, _PRINTED = "reconstructed; error invented", "as printed"


def published_rows() -> list[Mapping[str, str]]:
    """Return the 56 rows of the fit and the 6 of the test, in the order of their files.

    ``source`` is literature or client, ``split`` fit or test, ``data`` whether the row is printed
    or reconstructed; ``cited`` is where it comes from.
    """
    folder = resource_root("data")
    fitted = read_table(folder / "published_reconstruction.csv", _FITTED)
    tested = read_table(folder / "published_test_cases.csv", _TESTED)
    rows = [_fitted(number, row) for number, row in enumerate(fitted, start=1)]
    return [{name: row[name] for name in COLUMNS} for row in (*rows, *map(_of_test, tested))]


_SHARED = ("pretrained", "relative_complexity", "note", "source")
_FITTED = ("row_kind", "dataset", "task", "images", "error", *_SHARED)
_TESTED = ("row", "case", "n_train", "type_segmentation", "observed_error", *_SHARED)


def _fitted(number: int, row: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "source": _SOURCES[row["row_kind"]],
        "split": "fit",
        "data": _RECONSTRUCTED,
        "row": str(number),
        "case": row["dataset"],
        "task": row["task"],
        "images": row["images"],
        "error": row["error"],
        **_alike(row),
    }


def _of_test(row: Mapping[str, str]) -> Mapping[str, str]:
    is_segmentation = row["type_segmentation"] == "1"
    return {
        "source": "client",
        "split": "test",
        "data": _PRINTED,
        "row": row["row"],
        "case": row["case"],
        "task": str(Task.SEGMENTATION if is_segmentation else Task.CLASSIFICATION),
        "images": row["n_train"],
        "error": row["observed_error"],
        **_alike(row),
    }


def _alike(row: Mapping[str, str]) -> Mapping[str, str]:
    """Return what both files call alike."""
    names = ("pretrained", "relative_complexity", "note")
    return {**{name: row[name] for name in names}, "cited": row["source"]}
