"""How a table of results or of runs, or a file of features, was read, in sentences."""

from collections.abc import Sequence

__all__ = [
    "arrays_unused",
    "column_read_as",
    "columns_no_model_uses",
    "columns_unused",
    "measure_read_as_error",
    "rows_left_out",
    "rows_no_runs",
    "separated_by",
    "values_unknown",
]

MOST_COLUMNS = 6


def column_read_as(column: str, what: str) -> str:
    """Say what a column was understood as."""
    return f"The column {column} is read as {what}."


def columns_unused(columns: Sequence[str]) -> str:
    """Say which columns of a table of runs are not used."""
    more = ", …" if len(columns) > MOST_COLUMNS else ""
    return f"Columns not used: {', '.join(columns[:MOST_COLUMNS])}{more}."


def measure_read_as_error(measure: str) -> str:
    """Say how a measure other than the error is read."""
    return f"The column {measure} is read as error = 1 − {measure}."


def separated_by(separator: str) -> str:
    """Say what separates cells."""
    return f"Cells are separated by {separator}."


def arrays_unused(names: Sequence[str]) -> str:
    """Say which arrays of a file of features are not used."""
    return f"Arrays not used: {', '.join(names)}."


def columns_no_model_uses(names: Sequence[str]) -> str:
    """Say which columns of a table of results no model uses."""
    return f"Columns no model uses: {', '.join(names)}."


def rows_left_out(rows: int) -> str:
    """Say how many rows of a table of results belong to the shipped ones."""
    return f"Left out by rule: {rows} rows that belong to the shipped data."


def rows_no_runs(rows: int) -> tuple[str, ...]:
    """Say how many rows of a log of actuals are of spending alone; nothing where none is.

    Examples
    --------
    >>> rows_no_runs(1)
    ('1 row says no error of so many images, and is no run.',)
    """
    if not rows:
        return ()
    if rows == 1:
        return ("1 row says no error of so many images, and is no run.",)
    return (f"{rows} rows say no error of so many images, and are no runs.",)


def values_unknown(name: str, rows: int) -> str:
    """Say that a variable is not known for some rows."""
    return f"{name} is not known for {rows} rows; they count as average."
