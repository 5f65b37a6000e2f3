"""Rows of observations and the design matrix of Eq. 1."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.reference.table_rows import damaged_table, read_table

RECONSTRUCTION_FILE = "published_reconstruction.csv"

_COLUMNS = ("images", "pretrained", "relative_complexity", "type", "log10_error")


@dataclass(frozen=True, eq=False)
class Observations:
    """Measured (or reconstructed) errors with the covariates of Eq. 1, one row each.

    Attributes
    ----------
    images : ndarray of shape (n_rows,)
        Labelled images of the target task.
    pretrained, segmentation : ndarray of shape (n_rows,)
        0 or 1.
    relative_complexity : ndarray of shape (n_rows,)
        Task entropy over that of ImageNet-1000.
    log10_error : ndarray of shape (n_rows,)
        Response.
    """

    images: Floats
    pretrained: Floats
    relative_complexity: Floats
    segmentation: Floats
    log10_error: Floats

    def __len__(self) -> int:
        return len(self.images)


def design_matrix(rows: Observations) -> NDArray[np.float64]:
    """Return the columns 1, log10 images, pretrained x log10 images, RC, type; one row each."""
    log10_images = np.log10(rows.images)
    columns = (
        np.ones_like(log10_images),
        log10_images,
        rows.pretrained * log10_images,
        rows.relative_complexity,
        rows.segmentation,
    )
    return np.column_stack(columns)


def read_reconstruction(path: Path | None = None) -> Observations:
    """Return the 56 reconstructed rows behind Table 1; they are not the paper's data.

    Parameters
    ----------
    path : Path, optional
        File to read instead of the shipped one.

    Raises
    ------
    ResourceError
        The table is missing or damaged.
    """
    table = RECONSTRUCTION_FILE if path is None else path
    rows = read_table(table, _COLUMNS)
    try:
        columns = {name: np.array([float(row[name]) for row in rows]) for name in _COLUMNS}
    except ValueError as error:
        raise damaged_table(Path(table), str(error)) from None
    return Observations(
        images=columns["images"],
        pretrained=columns["pretrained"],
        relative_complexity=columns["relative_complexity"],
        segmentation=columns["type"],
        log10_error=columns["log10_error"],
    )
