"""What do the features of a frozen network say? A probe's errors as runs of a project."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.named_project import no_such_project
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.quantities import show
from planner.domain.results.plan import Warning_
from planner.domain.suggest import did_you_mean
from planner.domain.vocabulary import Backbone, Task
from planner.domain.words.warnings import runs as words
from planner.errors import InputError, Problem
from planner.inputs.runs.doubts import RunRow
from planner.inputs.runs.runs import RunFile
from planner.questions.observe.observe import ObservedFile, compare, open_portfolio
from planner.reference.feature_file import FeatureFile, read_features
from planner.reference.own_architectures import with_own
from planner.regression.probe import PARTS, ProbeRun, probe_errors

__all__ = ["ProbedFile", "probe_file"]

_OF_ROWS_OF_A_CSV = "PILOT_ACCURACY"
"""A doubt that no probe gives rise to: its errors are counted here."""


@dataclass(frozen=True)
class ProbedFile:
    """A portfolio file with a probe's errors added as pilots, and what they change.

    Attributes
    ----------
    observed : ObservedFile
        The new bytes, the runs, before and after.
    features : FeatureFile
        What was probed.
    runs : tuple of ProbeRun
        What was measured, fewest images first.
    """

    observed: ObservedFile
    features: FeatureFile
    runs: tuple[ProbeRun, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the outcome as plain data, as in ``planner probe --json``."""
        file = self.features
        return {
            **self.observed.observation.to_dict(),
            "features": {
                "file": file.name,
                "sha256": file.sha256,
                "rows": len(file.features),
                "dimensions": file.features.shape[1],
                "classes": len(file.classes),
                "groups": None if file.groups is None else len(set(file.groups.tolist())),
            },
            "runs": {
                "rows": [{**asdict(run), "error": run.error} for run in self.runs],
                "known_already": self.observed.runs_known,
                "notes": list(self.observed.runs.notes),
            },
        }


def probe_file(
    path: str | os.PathLike[str],
    project_id: str,
    features: str | os.PathLike[str],
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    architecture: str | None = None,
    seed: int = 0,
) -> ProbedFile:
    """Probe features and add the errors to a project's pilots; write nothing.

    Parameters
    ----------
    path : path
        The portfolio.
    project_id : str
        Whose images the features are of.
    features : path
        As :func:`planner.reference.feature_file.read_features` takes it.
    posterior : Posterior
        One that learns from pilots.
    catalogue : Catalogue
        Architectures and prices.
    architecture : str, optional
        The network that made the features, if it is one of the catalogue.
    seed : int, default=0
        Of the folds and of project luck.

    Raises
    ------
    InputError
        With every mistake in both files, in the project's id and in the architecture's name.
    """
    problems: list[Problem] = []
    name = os.fspath(path)
    source = project = network = table = None
    try:
        source = open_portfolio(path)
        catalogue = with_own(catalogue, source.portfolio.architectures)
        project = _project(source.portfolio, project_id, name)
    except InputError as error:
        problems += error.problems
    try:
        network = architecture and catalogue.architecture(architecture).name
    except InputError as error:
        problems += [replace(item, field="architecture") for item in error.problems]
    try:
        table = read_features(features)
    except InputError as error:
        problems += error.problems
    if source is None or project is None or table is None or problems:
        raise InputError(problems)
    runs = _measured(table, seed)
    pilots = [_pilot(run, project, network or None) for run in runs]
    read = RunFile(
        name=table.name,
        sha256=table.sha256,
        runs=tuple(RunRow(project.id, pilot, 0) for pilot in pilots),
        warnings=tuple(_doubts(project, table, pilots)),
        notes=(*table.notes, *_left_out(runs)),
    )
    observed = compare(source, read, posterior, catalogue, seed=seed)
    found = observed.observation
    warnings = tuple(
        _in_our_words(item) for item in found.warnings if item.code != _OF_ROWS_OF_A_CSV
    )
    observation = replace(found, warnings=warnings)
    return ProbedFile(replace(observed, observation=observation), table, runs)


def _project(portfolio: Portfolio, project_id: str, place: str) -> Project:
    """Return the project that is meant; refuse one whose error is no share of wrong answers."""
    by_id = {project.id: project for project in portfolio.projects}
    if project_id not in by_id:
        message, fix = no_such_project(project_id, by_id), did_you_mean(project_id, by_id)
        raise InputError([Problem("PROJECT", message, fix, place, "UNKNOWN_NAME")])
    project = by_id[project_id]
    if project.task is Task.SEGMENTATION:
        message = (
            f"{show(project_id)} is segmentation: its error is 1 − mean IoU, which a probe of "
            "whole images does not measure."
        )
        fix = "planner observe, with IoU that you measured"
        field = f"projects[{project_id}].task"
        raise InputError([Problem(field, message, fix, place, "WRONG_MEASURE")])
    return project


def _measured(table: FeatureFile, seed: int) -> tuple[ProbeRun, ...]:
    """Return the probe's errors; what is wrong with groups gets the file as its place."""
    try:
        return probe_errors(table.features, table.labels, table.groups, seed=seed)
    except InputError as error:
        raise InputError([replace(item, place=table.name) for item in error.problems]) from None


def _pilot(run: ProbeRun, project: Project, architecture: str | None) -> Pilot:
    return Pilot(
        images=run.images,
        error=run.error,
        test_images=run.test_images,
        architecture=architecture,
        pretrained=None if project.pretrained else True,
        backbone=Backbone.FROZEN,
    )


def _left_out(runs: tuple[ProbeRun, ...]) -> Iterator[str]:
    missing = [1 / parts for parts in PARTS if 1 / parts not in {run.share for run in runs}]
    if missing:
        yield words.shares_left_out(missing)


def _in_our_words(warning: Warning_) -> Warning_:
    if warning.code != "PILOT_NO_ARCHITECTURE":
        return warning
    return replace(warning, message=words.PROBED_UNNAMED)


def _doubts(project: Project, table: FeatureFile, pilots: list[Pilot]) -> Iterator[Warning_]:
    """Yield what is strange about features that can be probed."""

    def doubt(code: str, message: str) -> Warning_:
        return Warning_(code, project.id, table.name, message)

    classes = project.classes or (project.class_counts and len(project.class_counts))
    if classes and classes != len(table.classes):
        yield doubt("PROBE_CLASSES", words.other_classes(len(table.classes), classes))
    worst, guess = max(pilot.error for pilot in pilots), project.majority_guess_error
    if worst > guess:
        yield doubt("PILOT_ABOVE_CHANCE", words.above_chance(worst, guess))
    if min(pilot.error for pilot in pilots) == 0.0:
        yield doubt("PILOT_ERROR_ZERO", words.NO_ERRORS)
    most, held = max(pilot.images for pilot in pilots), project.images.held
    if most > held:
        yield doubt("PILOT_ABOVE_HELD", words.above_held(most, held))
