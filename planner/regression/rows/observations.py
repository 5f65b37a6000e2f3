"""What is a measured result, and how do many of them become the columns a model is fitted on?

Reading the shipped results is in :mod:`planner.regression.rows.shipped`, a user's own table in
:mod:`planner.regression.rows.user_table`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.model.covariates import (
    REFERENCE_COMPLEXITY,
    coded_architecture,
    coded_pretraining,
)
from planner.domain.vocabulary import Backbone, Task

type Labels = tuple[str, ...]

LN10 = math.log(10.0)

STRUCTURED = frozenset(
    {
        "clevr-count",
        "clevr-distance",
        "dmlab",
        "kitti-distance",
        "dsprites-location",
        "dsprites-orientation",
        "smallnorb-azimuth",
        "smallnorb-elevation",
    }
)
"""The structured group of the VTAB benchmark: counting, distance, position and orientation, asked
mostly of rendered scenes. What ImageNet teaches helps little there, and with enough images the
error falls almost to zero."""

SPECIALISED = frozenset(
    {
        "patch-camelyon",
        "eurosat",
        "eurosat-5-way",
        "resisc45",
        "diabetic-retinopathy",
        "dermamnist",
        "pathmnist",
        "retinamnist",
        "nct-crc-he",
        "plantvillage",
        "levir-cd",
        "m-cashew-plant",
        "m-chesapeake",
        "m-nz-cattle",
    }
)
"""Remote sensing, medical and agricultural images: the specialised group of VTAB and its like."""


@dataclass(frozen=True)
class Observation:
    """One measured result: a network trained on so many images had this error.

    Attributes
    ----------
    dataset : str
        What it was trained for and tested on; rows that share it share its difficulty.
    task : Task
        Classification or segmentation.
    architecture : str
        Network, as the catalogue spells it.
    n_images : float
        Labelled training images, at least 1.
    error : float
        1 - accuracy or 1 - mean IoU, in (0, 1).
    relative_complexity : float
        ln k / ln 1000 for k equally frequent classes.
    pretrained : bool
        Whether training started from weights learnt on natural images.
    backbone : Backbone
        Whether all layers or only a head were trained.
    study, pretraining : str
        Where the row comes from; what the weights were learnt on.
    chance_error : float
        Error of the majority guess; 1 for segmentation.
    top1_percent, parameters : float
        Of the architecture; nan if unknown.
    test_images : float
        Images the error was measured on; infinite if unknown, which adds no sampling noise.
    pretraining_images : float
        Images the weights were learnt on; nan if unknown or from scratch.
    self_supervised : bool
        Whether they were learnt without class labels (texts beside images count as none).
    """

    dataset: str
    task: Task
    architecture: str
    n_images: float
    error: float
    relative_complexity: float
    pretrained: bool
    backbone: Backbone
    study: str
    pretraining: str
    chance_error: float
    top1_percent: float = math.nan
    parameters: float = math.nan
    test_images: float = math.inf
    pretraining_images: float = math.nan
    self_supervised: bool = False

    @property
    def curve(self) -> str:
        """Label of the learning curve the row lies on."""
        parts = (self.dataset, self.architecture, self.pretraining, self.study, self.backbone)
        return " | ".join(parts)

    @property
    def measurement_variance(self) -> float:
        """Sampling variance of log10 error from a finite test set, to first order.

        Binomial, for classification; a mean IoU has no such simple variance, so its test images
        add nothing.
        """
        if self.task is Task.SEGMENTATION:
            return 0.0
        return (1.0 - self.error) / (self.error * self.test_images) / LN10**2


@dataclass(frozen=True, eq=False)
class ObservationTable:
    """Rows to fit on, one array or tuple for each column, all of the same length.

    Attributes
    ----------
    study, dataset, domain_group, architecture, pretraining, curve : tuple of str
        Labels. ``domain_group`` is natural, specialised or structured; ``curve`` tells apart data
        set, architecture, pretraining, study and backbone.
    n_images, error, chance_error : ndarray of shape (n_rows,)
        As in :class:`Observation`.
    pretrained, frozen, segmentation, structured : ndarray of shape (n_rows,)
        Flags, 0 or 1.
    relative_complexity : ndarray of shape (n_rows,)
        As in :class:`Observation`.
    top1, log10_parameters : ndarray of shape (n_rows,)
        Coded covariates of the architecture; nan where unknown.
    log10_pretraining, self_supervised : ndarray of shape (n_rows,)
        Coded size of the pretraining set, nan where unknown; flag.
    measurement_variance : ndarray of shape (n_rows,)
        Known variance of log10 error beyond noise and discrepancy.
    """

    study: Labels
    dataset: Labels
    domain_group: Labels
    architecture: Labels
    pretraining: Labels
    curve: Labels
    n_images: Floats
    error: Floats
    chance_error: Floats
    pretrained: Floats
    frozen: Floats
    segmentation: Floats
    structured: Floats
    relative_complexity: Floats
    top1: Floats
    log10_parameters: Floats
    log10_pretraining: Floats
    self_supervised: Floats
    measurement_variance: Floats

    def __len__(self) -> int:
        return len(self.dataset)

    @property
    def log10_error(self) -> Floats:
        """log10 of the error: the response of every model."""
        return np.log10(self.error)

    @property
    def log10_chance(self) -> Floats:
        """log10 of the chance error: the ceiling of a saturating curve."""
        return np.log10(self.chance_error)


def build_table(observations: Iterable[Observation]) -> ObservationTable:
    """Return observations as columns, in the order given."""
    rows = tuple(observations)
    coded = [coded_architecture(row.top1_percent, row.parameters) for row in rows]

    def column(values: Iterable[float]) -> Floats:
        return np.array([float(value) for value in values])

    return ObservationTable(
        study=tuple(row.study for row in rows),
        dataset=tuple(row.dataset for row in rows),
        domain_group=tuple(domain_group(row.dataset) for row in rows),
        architecture=tuple(row.architecture for row in rows),
        pretraining=tuple(row.pretraining for row in rows),
        curve=tuple(row.curve for row in rows),
        n_images=column(row.n_images for row in rows),
        error=column(row.error for row in rows),
        chance_error=column(row.chance_error for row in rows),
        pretrained=column(row.pretrained for row in rows),
        frozen=column(row.backbone is Backbone.FROZEN for row in rows),
        segmentation=column(row.task is Task.SEGMENTATION for row in rows),
        structured=column(row.dataset in STRUCTURED for row in rows),
        relative_complexity=column(row.relative_complexity for row in rows),
        top1=column(pair[0] for pair in coded),
        log10_parameters=column(pair[1] for pair in coded),
        log10_pretraining=column(coded_pretraining(row.pretraining_images) for row in rows),
        self_supervised=column(row.self_supervised for row in rows),
        measurement_variance=column(row.measurement_variance for row in rows),
    )


def select_rows(table: ObservationTable, keep: NDArray[np.bool_]) -> ObservationTable:
    """Return the rows of a table where ``keep`` is true, in order."""

    def kept(value: Any) -> Any:  # noqa: ANN401 - a column of labels or of numbers
        if isinstance(value, tuple):
            return tuple(label for label, wanted in zip(value, keep, strict=True) if wanted)
        return value[keep]

    return ObservationTable(**{f.name: kept(getattr(table, f.name)) for f in fields(table)})


def design_columns(table: ObservationTable) -> dict[str, Floats]:
    """Return the columns that terms of a model specification may name.

    Unknown covariates of architectures are 0, the population mean: the architecture's own partly
    pooled effect takes up the difference. ``ordinary`` marks classification of photographs
    (neither structured nor segmentation); ``complexity`` is RC - 0.5; ``relative_complexity`` and
    ``log10_images`` are not centred, for specifications in the published coding.
    """
    return {
        "log10_images": np.log10(table.n_images),
        "relative_complexity": table.relative_complexity,
        "complexity": table.relative_complexity - REFERENCE_COMPLEXITY,
        "segmentation": table.segmentation,
        "pretrained": table.pretrained,
        "frozen": table.frozen,
        "structured": table.structured,
        "unstructured": 1.0 - table.structured,
        "ordinary": (1.0 - table.structured) * (1.0 - table.segmentation),
        "top1": np.nan_to_num(table.top1),
        "log10_parameters": np.nan_to_num(table.log10_parameters),
        "log10_pretraining": np.nan_to_num(table.log10_pretraining),
        "self_supervised": table.self_supervised,
    }


def group_labels(table: ObservationTable, by: Sequence[str]) -> tuple[Labels, NDArray[np.int64]]:
    """Return the distinct groups formed by some columns, and the group of every row.

    Parameters
    ----------
    table : ObservationTable
        Rows.
    by : sequence of str
        Columns whose combinations are groups.

    Returns
    -------
    names : tuple of str
        Labels in order of first appearance, joined by ``" | "``.
    index : ndarray of int, shape (n_rows,)
        Position of each row's group in ``names``.
    """
    columns = [_as_labels(getattr(table, name)) for name in by]
    keys = [" | ".join(parts) for parts in zip(*columns, strict=True)]
    names = tuple(dict.fromkeys(keys))
    position = {name: i for i, name in enumerate(names)}
    return names, np.array([position[key] for key in keys], dtype=np.int64)


def domain_group(dataset: str) -> str:
    """Return the VTAB group of a data set; sets outside VTAB count as natural."""
    if dataset in STRUCTURED:
        return "structured"
    return "specialised" if dataset in SPECIALISED else "natural"


def _as_labels(column: Labels | Floats) -> list[str]:
    """Return a column as text; flags become "0" and "1"."""
    return [value if isinstance(value, str) else f"{value:g}" for value in column]
