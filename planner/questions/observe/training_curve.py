"""Does a training that has begun still reach the target, and is it worth going on?"""

from dataclasses import asdict, dataclass

import numpy as np

from planner.domain.named_project import no_such_project, some_of
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import SCHEMA_VERSION
from planner.errors import InputError, Problem
from planner.forecasting.training_curve import forecast_end
from planner.inputs.runs.training_curve import CurvePoints

__all__ = ["TrainingOutlook", "outlook_of_training", "project_of_curve"]


@dataclass(frozen=True)
class TrainingOutlook:
    """Where a training ends, from its curve so far.

    Attributes
    ----------
    project : str
        Whose target is asked for.
    target_error : float
        In (0, 1).
    epochs_seen : int
        Points of the curve.
    last_epoch, final_epoch : float
        The last one seen, and the one at which training ends.
    last_error : float
        Measured there.
    rises : bool
        Whether it is above the first one: accuracies may stand for errors.
    final_error_p10, final_error_p50, final_error_p90 : float
        Of the end of the curve.
    chance_of_target : float
        That the curve ends at the target or below.
    chance_measured : float
        That the error measured at the end does, with its noise.
    stop_below : float
        Chance below which going on is not advised.
    advice : str
        ``stop`` or ``go on``.
    """

    project: str
    target_error: float
    epochs_seen: int
    last_epoch: float
    final_epoch: float
    last_error: float
    rises: bool
    final_error_p10: float
    final_error_p50: float
    final_error_p90: float
    chance_of_target: float
    chance_measured: float
    stop_below: float
    advice: str

    def to_dict(self) -> dict[str, object]:
        """Return it as plain data, as in ``planner observe --training-curve --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def project_of_curve(portfolio: Portfolio, project_id: str | None) -> Project:
    """Return the project whose training it is; the only one of a file unless it is named.

    Raises
    ------
    InputError
        There are several and none is named, or none has the id.
    """
    known = {project.id: project for project in portfolio.projects}
    if project_id is None and len(known) == 1:
        return portfolio.projects[0]
    if project_id in known:
        return known[project_id]
    message = f"whose training is it? The file has {some_of(known)}."
    if project_id is not None:
        message = no_such_project(project_id, known)
    fix = f"--project {next(iter(known), 'ID')}"
    raise InputError([Problem("--project", message, fix, code="UNKNOWN_NAME")])


def outlook_of_training(
    project: Project, curve: CurvePoints, *, final_epoch: float, stop_below: float
) -> TrainingOutlook:
    """Return where a training ends, and whether to go on.

    Parameters
    ----------
    project : Project
        Whose target counts.
    curve : CurvePoints
        So far.
    final_epoch : float
        Epoch at which training ends.
    stop_below : float
        Chance of the target below which it is not worth going on, in [0, 1].

    Raises
    ------
    InputError
        The curve goes on after the final epoch.
    """
    if not project.has_target:
        field = f"projects[{project.id}].target_accuracy"
        message = "whether to go on is asked of a target, and the project states none."
        raise InputError([Problem(field, message, "target_accuracy: 94%", code="MISSING")])
    last = curve.epochs[-1]
    if final_epoch < last:
        message = f"the curve goes to epoch {last:g}, but training ends at {final_epoch:g}."
        fix = f"--final-epoch {last:g}"
        raise InputError([Problem("--final-epoch", message, fix, code="CONTRADICTION")])
    end = forecast_end(np.array(curve.epochs), np.array(curve.errors), final_epoch)
    chance = end.chance(project.error_target)
    return TrainingOutlook(
        project=project.id,
        target_error=project.error_target,
        epochs_seen=len(curve.epochs),
        last_epoch=last,
        final_epoch=final_epoch,
        last_error=curve.errors[-1],
        rises=curve.errors[-1] > curve.errors[0],
        final_error_p10=end.quantile(0.1),
        final_error_p50=end.quantile(0.5),
        final_error_p90=end.quantile(0.9),
        chance_of_target=chance,
        chance_measured=end.chance(project.error_target, measured=True),
        stop_below=stop_below,
        advice="stop" if chance < stop_below else "go on",
    )
