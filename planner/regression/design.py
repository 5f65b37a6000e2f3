"""Rows of observations and the design matrix of Eq. 1."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner._resources import resource_root
from planner.errors import ResourceError

RECONSTRUCTION_FILE = "published_reconstruction.csv"

type Column = NDArray[np.float64]


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

    images: Column
    pretrained: Column
    relative_complexity: Column
    segmentation: Column
    log10_error: Column

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
    source = resource_root("data") / RECONSTRUCTION_FILE if path is None else path
    try:
        with source.open(encoding="utf-8", newline="") as file:
            table = list(csv.DictReader(file))

        def column(name: str) -> Column:
            return np.array([float(row[name]) for row in table])

        return Observations(
            images=column("images"),
            pretrained=column("pretrained"),
            relative_complexity=column("relative_complexity"),
            segmentation=column("type"),
            log10_error=column("log10_error"),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        message = f"The table {source} cannot be read ({error!r}). Reinstall vision-planner."
        raise ResourceError(message) from None
