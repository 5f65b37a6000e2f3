"""A linear model as files: MPS and LP, written by HiGHS."""

from pathlib import Path
from typing import Any

import highspy
import numpy as np

from planner._stdout import unreachable_stdout
from planner.errors import NotConvergedError
from planner.solving.extensive.linear_model import LinearModel

__all__ = ["write_model"]


def write_model(model: LinearModel, paths: tuple[Path, ...]) -> None:
    """Write a model once for each path; the ending, ``.mps`` or ``.lp``, says how.

    Numbers have as many digits as bring the same double back.

    Raises
    ------
    NotConvergedError
        HiGHS does not take the model, or could not write it.
    """
    with unreachable_stdout():
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        answers = [solver.passModel(_as_highs(model))]
        answers += [solver.writeModel(str(path)) for path in paths]
    if any(answer != highspy.HighsStatus.kOk for answer in answers):
        message = "HiGHS could not write the model; nothing was exported."
        raise NotConvergedError(message)


def _as_highs(model: LinearModel) -> Any:  # noqa: ANN401 - highspy has no types
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.columns), len(model.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_names_, lp.row_names_ = list(model.columns), list(model.rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.objective, model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [whole if flag else free for flag in model.whole.tolist()]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = model.starts.astype(np.int32)
    lp.a_matrix_.index_ = model.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.values
    return lp
