"""Which of the shipped results may a forecast model be fitted on, and in which coding?

``data/transfer_observations.csv`` is never edited: exclusions, thinning and recoding are rules
here, each with its reason, and the model card lists them with the rows they drop.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from planner._resources import resource_root
from planner.domain.vocabulary import Backbone, Task
from planner.reference.table_rows import damaged_table, read_table
from planner.regression.rows.architectures import (
    canonical_architecture,
    known_covariates,
    known_pretraining,
)
from planner.regression.rows.observations import (
    STRUCTURED,
    Observation,
)

OBSERVATIONS_FILE = "transfer_observations.csv"

COLUMNS = (
    "study",
    "dataset",
    "task",
    "architecture",
    "n_classes",
    "n_train",
    "pretrained",
    "pretraining",
    "backbone",
    "error",
    "start_error",
    "relative_complexity",
)

type Row = Mapping[str, str]


@dataclass(frozen=True)
class Exclusion:
    """A rule that drops rows, with the reason that goes into the model card."""

    name: str
    reason: str
    applies: Callable[[Row], bool]


_CG_LONG_CURVES = frozenset(
    {
        "none",
        "synthetic-bop-mulclass-pool64k-n4000",
        "synthetic-bop-mulclass-pool64k-n64000",
    }
)
_CG_SHORT_CURVES = frozenset({"none", "synthetic-bop-mulclass-pool64k-n64000"})
_CG_SHORT_NETWORKS = frozenset({"ResNet-18", "ResNet-34", "ResNet-101", "ResNet-152"})


def _is_surplus_cg_row(row: Row) -> bool:
    """Tell whether a cg-transfer row is outside the 43 that are kept."""
    if row["study"] != "cg-transfer":
        return False
    if row["dataset"] != "imagenet-1k":
        return True
    if row["architecture"] == "ResNet-50":
        return row["pretraining"] not in _CG_LONG_CURVES
    kept = row["architecture"] in _CG_SHORT_NETWORKS and row["pretraining"] in _CG_SHORT_CURVES
    return not kept


_GEO_BENCH_NETWORKS = frozenset({"U-Net ResNet-18", "DeepLabV3 ResNet-50", "U-Net ResNet-101"})
_VTAB_OTHER_STARTS = frozenset({"rotation", "exemplar", "sup-rotation-100%", "semi-exemplar-10%"})


def _is_surplus_start(row: Row) -> bool:
    return row["study"] == "vtab-other" and row["pretraining"] not in _VTAB_OTHER_STARTS


_OPENSELFSUP_IMAGENET = frozenset({"none", "moco-v2", "simclr", "rotation-pred"})

EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion(
        "aircraft-size",
        "FGVC-Aircraft in tllib: its training size is an assumption, not a sourced number",
        lambda row: row["study"] == "tllib" and row["dataset"] == "fgvc-aircraft",
    ),
    Exclusion(
        "imagenet-subsets",
        "Stanford Dogs and Imagenette in stable-transfer are subsets of ImageNet: pretraining has "
        "seen their classes, so they say nothing about transfer",
        lambda row: (
            row["study"] == "stable-transfer" and row["dataset"] in {"stanford-dogs", "imagenette"}
        ),
    ),
    Exclusion(
        "cg-near-duplicates",
        "cg-transfer: of 230 ImageNet rows 43 are kept (ResNet-50: three of eight nine-point "
        "curves; ResNet-18, -34, -101, -152: from scratch and the largest synthetic pretraining); "
        "the others are near-duplicates that would swamp the noise, and its segmentation rows lie "
        "at the ceiling",
        _is_surplus_cg_row,
    ),
    Exclusion(
        "structured-tasks",
        "counting, distance, position and orientation, mostly of rendered scenes: no project is of "
        "that kind, and their curves are of another shape",
        lambda row: row["dataset"] in STRUCTURED and not _is_surplus_start(row),
    ),
    Exclusion(
        "simclr-v2-near-copies",
        "SimCLRv2: thirteen networks of one recipe on the same images; ResNet-50 stands for all",
        lambda row: row["study"] == "simclr-v2" and row["architecture"] != "ResNet-50",
    ),
    Exclusion(
        "vtab-other-starts",
        "VTAB with 14 other pretrainings: four are kept, one of each kind (self-supervised twice, "
        "half and fully supervised); generative ones are far from what is used, the rest are near "
        "copies",
        _is_surplus_start,
    ),
    Exclusion(
        "geo-bench-near-copies",
        "GEO-Bench: three of six networks are kept for each data set; they are near copies",
        lambda row: row["study"] == "geo-bench" and row["architecture"] not in _GEO_BENCH_NETWORKS,
    ),
    Exclusion(
        "openselfsup-imagenet",
        "OpenSelfSup on ImageNet at 1 and 10 %: four of nine starts are kept",
        lambda row: (
            row["study"] == "openselfsup"
            and row["dataset"] == "imagenet-1k"
            and row["pretraining"] not in _OPENSELFSUP_IMAGENET
        ),
    ),
    Exclusion(
        "caffenet-schedules",
        "CaffeNet with a schedule that was not adapted to fewer images",
        lambda row: row["study"] == "caffenet-benchmark" and "schedule" in row["pretraining"],
    ),
)

RECODING = (
    "rendered images are not pretraining in the sense of the other studies, so pretrained is 0 "
    "for every pretraining whose name begins with synthetic-"
)


def read_observations(
    path: Path | None = None, *, with_frozen: bool = True
) -> tuple[Observation, ...]:
    """Return the shipped results that a model is fitted on, in the order of the file.

    Parameters
    ----------
    path : Path, optional
        Another file of the same columns.
    with_frozen : bool, default=True
        Whether rows with a frozen backbone are kept.

    Raises
    ------
    ResourceError
        The table is missing or damaged.
    """
    file = resource_root("data") / OBSERVATIONS_FILE if path is None else path
    every = _observations(file)
    return tuple(o for o in every if with_frozen or o.backbone is not Backbone.FROZEN)


@lru_cache(maxsize=2)
def _observations(file: Path) -> tuple[Observation, ...]:
    """Return all rows of a table that a process reads more than once."""
    rows = [row for row in read_table(file, COLUMNS) if not is_excluded(row)]
    try:
        return tuple(map(observation_from_row, rows))
    except (ValueError, ZeroDivisionError) as error:
        raise damaged_table(file, str(error)) from None


def is_excluded(row: Row) -> bool:
    """Tell whether a rule drops a row of the shipped table."""
    return any(rule.applies(row) for rule in EXCLUSIONS)


def excluded_counts(path: Path | None = None) -> dict[str, int]:
    """Return how many rows each exclusion drops."""
    file = resource_root("data") / OBSERVATIONS_FILE if path is None else path
    rows = read_table(file, COLUMNS)
    return {rule.name: sum(map(rule.applies, rows)) for rule in EXCLUSIONS}


def observation_from_row(row: Row) -> Observation:
    """Return a row of the shipped table as a record, recoded as :data:`RECODING` says."""
    task = Task(row["task"])
    architecture = canonical_architecture(row["architecture"])
    top1_percent, parameters = known_covariates(architecture)
    synthetic = row["pretraining"].startswith("synthetic-")
    images, self_supervised = known_pretraining(row["pretraining"])
    start = row["start_error"]
    return Observation(
        dataset=row["dataset"],
        task=task,
        architecture=architecture,
        n_images=float(row["n_train"]),
        error=float(row["error"]),
        relative_complexity=float(row["relative_complexity"]),
        pretrained=row["pretrained"] == "1" and not synthetic,
        backbone=Backbone(row["backbone"]),
        study=row["study"],
        pretraining=row["pretraining"],
        chance_error=float(start) if start else chance_error(task, float(row["n_classes"])),
        top1_percent=top1_percent,
        parameters=parameters,
        pretraining_images=images,
        self_supervised=self_supervised,
    )


def chance_error(task: Task, n_classes: float) -> float:
    """Return the error of the majority guess among equally frequent classes; 1 for segmentation."""
    return 1.0 if task is Task.SEGMENTATION else 1.0 - 1.0 / n_classes


def uniform_complexity(n_classes: float) -> float:
    """Return the relative complexity of ``n_classes`` equally frequent classes."""
    return math.log(n_classes) / math.log(1000.0)
