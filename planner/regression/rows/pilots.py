"""How do a project's own runs enter a fit? As rows of a new data set."""

import math
from collections.abc import Iterator, Sequence

from planner.domain.portfolio.pilot_record import far_variance, resolved_architecture
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError, Problem
from planner.regression.rows.architectures import canonical_architecture, known_covariates
from planner.regression.rows.observations import LN10, Observation

STUDY = "pilots"


def pilot_rows(projects: Sequence[Project]) -> tuple[Observation, ...]:
    """Return one row for each pilot of some projects; each project is a data set of its own.

    Parameters
    ----------
    projects : sequence of Project
        Those without pilots add nothing.

    Raises
    ------
    InputError
        No pilots at all, or runs that say nothing: an error of 0 among nobody knows how many test
        images, a frozen backbone from scratch. All of them.
    """
    problems = [problem for project in projects for problem in _problems(project)]
    if not any(project.pilots for project in projects):
        message = "no project has pilots: there is nothing to refit with."
        problems.append(Problem("pilots", message, "planner observe PORTFOLIO runs.csv"))
    if problems:
        raise InputError(problems)
    return tuple(_row(project, pilot) for project in projects for pilot in project.pilots)


def _problems(project: Project) -> Iterator[Problem]:
    for index, pilot in enumerate(project.pilots):
        here = f"projects[{project.id}].pilots[{index}]"
        untold = pilot.test_images is None or project.task is Task.SEGMENTATION
        if pilot.error == 0.0 and untold:
            message = "no error at all? Among how many test images? On its own 0 says nothing."
            yield Problem(f"{here}.error", message, "test_images: 1000")
        if pilot.error == 1.0:
            message = "an error of 100 % says nothing of a curve; leave the run out."
            yield Problem(f"{here}.error", message)


def _row(project: Project, pilot: Pilot) -> Observation:
    backbone = project.backbone if pilot.backbone is None else pilot.backbone
    pretrained = project.pretrained if pilot.pretrained is None else pilot.pretrained
    if pilot.backbone is Backbone.FROZEN:
        pretrained = True
    if not pretrained:
        backbone = Backbone.FINETUNED
    name = resolved_architecture(pilot, project)
    architecture = f"not named by {project.id}" if name is None else canonical_architecture(name)
    top1, parameters = known_covariates(architecture)
    error = pilot.error if pilot.error > 0.0 else 0.5 / (pilot.test_images or 1)
    return Observation(
        dataset=f"project {project.id}",
        task=project.task,
        architecture=architecture,
        n_images=float(pilot.images),
        error=error,
        relative_complexity=project.relative_complexity,
        pretrained=pretrained,
        backbone=backbone,
        study=STUDY,
        pretraining="imagenet-1k" if pretrained else "none",
        chance_error=project.start_error
        if backbone is Backbone.FROZEN
        else project.majority_guess_error,
        top1_percent=top1,
        parameters=parameters,
        test_images=_test_images(error, pilot, project),
    )


def _test_images(error: float, pilot: Pilot, project: Project) -> float:
    """Return test images that amount to the run's sampling noise and its distance together.

    Runs far below the project's largest one count for less, as they do in an update: see
    :data:`planner.domain.portfolio.pilot_record.FAR_DECADES`.
    """
    tested = math.inf if pilot.test_images is None else float(pilot.test_images)
    largest = max(each.images for each in project.pilots)
    far = far_variance(pilot.images, largest)
    if far == 0.0:
        return tested
    per_image = (1.0 - error) / (error * LN10**2)
    return per_image / (per_image / tested + far)
