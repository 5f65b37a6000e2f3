"""On which few rows is a declaration refitted a hundred times?"""

import numpy as np

from planner.regression.rows.observations import ObservationTable, select_rows

MOST_DATASETS = 4
MOST_ROWS = 6
"""Of each kind of rows, and of each data set of a kind."""


def reduced_design(
    table: ObservationTable, n_datasets: int = MOST_DATASETS, n_rows: int = MOST_ROWS
) -> ObservationTable:
    """Return a few rows of every kind, so that every term and effect stays in play.

    Kinds are told apart by task, backbone and structure. Of each, the data sets with most rows are
    kept, and of each data set whole curves, the longest first, as far as they go in; a curve that
    is too long is thinned evenly, its ends kept. Only the design is used: errors are simulated.

    Parameters
    ----------
    table : ObservationTable
        All rows.
    n_datasets, n_rows : int
        Most data sets of a kind, and most rows of a data set in a kind.
    """
    kinds = list(zip(table.segmentation, table.frozen, table.structured, strict=True))
    kept: list[int] = []
    for kind in dict.fromkeys(kinds):
        datasets: dict[str, list[int]] = {}
        for i in (i for i, each in enumerate(kinds) if each == kind):
            datasets.setdefault(table.dataset[i], []).append(i)
        largest = sorted(datasets, key=lambda name: (-len(datasets[name]), name))[:n_datasets]
        for name in largest:
            kept += _from_longest_curves(table, datasets[name], n_rows)
    return select_rows(table, np.isin(np.arange(len(table)), kept))


def _from_longest_curves(table: ObservationTable, rows: list[int], n_rows: int) -> list[int]:
    """Return rows of the longest curves, the last one thinned to what still goes in."""
    curves: dict[str, list[int]] = {}
    for i in rows:
        curves.setdefault(table.curve[i], []).append(i)
    kept: list[int] = []
    for curve in sorted(curves.values(), key=lambda each: (-len(each), table.curve[each[0]])):
        left = n_rows - len(kept)
        if left <= 0:
            break
        by_size = sorted(curve, key=lambda i: float(table.n_images[i]))
        at = np.linspace(0, len(by_size) - 1, min(left, len(by_size))).round().astype(int)
        kept += [by_size[j] for j in at]
    return kept
