"""The 56 reconstructed rows behind Table 1, as rows that any declaration can be fitted on.

They are not the paper's data and their errors are invented, so they are never pooled with measured
results. Their least-squares fit is in :mod:`planner.regression.published`.
"""

import math
from collections.abc import Mapping

from planner._resources import resource_root
from planner.domain.vocabulary import Backbone, Task
from planner.reference.table_rows import damaged_table, read_table
from planner.regression.rows.observations import Observation, ObservationTable, build_table
from planner.regression.rows.shipped import chance_error

RECONSTRUCTION_FILE = "published_reconstruction.csv"

_COLUMNS = (
    "row_kind",
    "dataset",
    "task",
    "setting",
    "images",
    "pretrained",
    "relative_complexity",
    "log10_error",
)
_NO_NETWORK = "not recorded"


def reconstruction_table() -> ObservationTable:
    """Return the reconstructed rows in the order of their file.

    Networks are not recorded; a study is the kind of row, literature or client.

    Raises
    ------
    ResourceError
        The table is missing or damaged.
    """
    file = resource_root("data") / RECONSTRUCTION_FILE
    try:
        return build_table(map(_observation, read_table(file, _COLUMNS)))
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise damaged_table(file, str(error)) from None


def _observation(row: Mapping[str, str]) -> Observation:
    task, pretrained = Task(row["task"]), row["pretrained"] == "1"
    complexity = float(row["relative_complexity"])
    return Observation(
        dataset=row["dataset"],
        task=task,
        architecture=_NO_NETWORK,
        n_images=float(row["images"]),
        error=math.pow(10.0, float(row["log10_error"])),
        relative_complexity=complexity,
        pretrained=pretrained,
        backbone=Backbone.FINETUNED,
        study=row["row_kind"],
        pretraining="pretrained" if pretrained else "none",
        chance_error=chance_error(task, 1000.0**complexity),  # as many classes as have this entropy
    )
