"""Reading reference tables, with a clear message if one is missing or damaged."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner._resources import resource_root
from planner.errors import ResourceError


def read_table(table: str | Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """Return the rows of a reference table.

    Parameters
    ----------
    table : str or Path
        Name of a table of ``data/``, or the path of one elsewhere.
    columns : sequence of str
        Columns it must have.

    Raises
    ------
    ResourceError
        The table is missing, empty or lacks a column.
    """
    path = table if isinstance(table, Path) else resource_root("data") / table
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows: list[Mapping[str, str]] = list(csv.DictReader(file))
    except (OSError, ValueError) as error:  # ValueError: bytes that are no UTF-8
        raise damaged_table(path, str(error)) from None
    if not rows:
        raise damaged_table(path, "it has no rows")
    missing = [column for column in columns if rows[0].get(column) is None]
    if missing:
        raise damaged_table(path, f"it lacks {', '.join(missing)}")
    return rows


def damaged_table(path: Path, found: str) -> ResourceError:
    """Return the error that names a table, what is wrong with it and the way out."""
    message = f"The table {path} cannot be read ({found}). Reinstall vision-planner."
    return ResourceError(message, str(path))
