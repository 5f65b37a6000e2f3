"""Which measured runs of a project does its forecast learn from, and how sure is each?"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from planner.domain.portfolio.pilot_record import far_variance, resolved_architecture
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Backbone, Task
from planner.domain.words.warnings import forecasts as words
from planner.errors import InputError, Problem
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.hierarchy import Option

LN10 = math.log(10.0)

_CLEAR_RISE = 2.0  # standard deviations of the difference between two runs
_MOST_SAID = 3  # warnings of one kind about one project
_FLAT_SIZES = 3
_FLAT_SPAN = 0.4  # decades that they must span
_FLAT_FALL = 0.08  # of log10 error per decade, where .2 to .3 is common
_FLAT_AT_MOST = 0.2  # which one standard deviation more must not pass
_REPEAT_SD = 0.02  # of log10 error, for that comparison alone


@dataclass(frozen=True)
class PilotRun:
    """One measured run, as the update reads it.

    Attributes
    ----------
    option : Option
        What was trained.
    log10_images, log10_error : float
        Images trained on and error measured.
    variance : float
        Of one run's log10 error, beyond repeat noise: the sampling of its test images.
    lasting : float
        Variance that no repeat takes away: the discount of far runs.
    test_images : int or None
        Images the error was measured on.
    repeats : int
        How many runs it stands for; images, error and variances are their means.
    spread : float
        Sum of squares of their log10 errors about their line.
    freedom : int
        Degrees of freedom of the spread; 0 for a run that stands for itself alone.
    """

    option: Option
    log10_images: float
    log10_error: float
    variance: float
    lasting: float = 0.0
    test_images: int | None = None
    repeats: int = 1
    spread: float = 0.0
    freedom: int = 0


def read_runs(project: Project, find: Callable[[str], KnownArchitecture]) -> tuple[PilotRun, ...]:
    """Return a project's pilots in canonical order: the order in the file never matters.

    Parameters
    ----------
    project : Project
        Where a pilot names no architecture and the project has a single one, it is that.
    find : callable
        From a name to what the model knows of it; raises for unknown names.

    Raises
    ------
    InputError
        An error of 0 without the number of test images, or a frozen backbone from scratch.
    """
    problems = list(_problems(project))
    if problems:
        raise InputError(problems)
    runs = [(_option(pilot, project, find), pilot) for pilot in project.pilots]
    largest = max((pilot.images for _, pilot in runs), default=1)
    read = [
        PilotRun(
            option=option,
            log10_images=math.log10(pilot.images),
            log10_error=math.log10(_usable_error(pilot)),
            variance=_sampling_variance(pilot, project),
            lasting=far_variance(pilot.images, largest),
            test_images=pilot.test_images,
        )
        for option, pilot in runs
    ]
    return tuple(sorted(read, key=_canonical))


def pilot_warnings(project: Project) -> tuple[Warning_, ...]:
    """Return what is strange about a project's pilots; they count all the same."""
    return tuple(
        Warning_(code, project.id, f"projects[{project.id}].{field}", message)
        for found in (_above_chance(project), _rising(project), _flat(project))
        for code, field, message in _first_few(list(found))
    )


def _first_few(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return as many warnings of a kind as one reads, the last with how many there are besides."""
    few, rest = found[:_MOST_SAID], len(found) - _MOST_SAID
    if rest > 0:
        code, field, message = few[-1]
        few[-1] = (code, field, words.also_for(message, rest))
    return few


def _above_chance(project: Project) -> Iterator[tuple[str, str, str]]:
    guess = project.majority_guess_error
    for index, pilot in enumerate(project.pilots):
        if pilot.error > guess:
            yield (
                "PILOT_ABOVE_CHANCE",
                f"pilots[{index}].error",
                words.above_chance(pilot.error, pilot.images, guess),
            )


@dataclass(frozen=True)
class _Measured:
    """A run of one curve: images, log10 error, its standard deviation, place in the file."""

    images: int
    log10_error: float
    sd: float
    index: int

    @property
    def as_measured(self) -> tuple[float, int]:
        """Error and images."""
        return 10**self.log10_error, self.images


def _measured_curves(project: Project) -> list[list[_Measured]]:
    """Return the runs of each curve by rising images."""
    curves: dict[tuple[object, ...], list[_Measured]] = {}
    for index, pilot in enumerate(project.pilots):
        key = (resolved_architecture(pilot, project), pilot.pretrained, pilot.backbone)
        sd = math.sqrt(_sampling_variance(pilot, project) + _REPEAT_SD**2)
        run = _Measured(pilot.images, math.log10(_usable_error(pilot)), sd, index)
        curves.setdefault(key, []).append(run)
    return [sorted(runs, key=lambda run: (run.images, run.index)) for runs in curves.values()]


def _rising(project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield each curve whose error clearly rises with images once, with every run concerned."""
    for runs in _measured_curves(project):
        rises = [
            (few, many)
            for few, many in pairwise(runs)
            if many.images > few.images
            and many.log10_error - few.log10_error > _CLEAR_RISE * math.hypot(few.sd, many.sd)
        ]
        if not rises:
            continue
        told = [(*few.as_measured, *many.as_measured) for few, many in rises]
        yield "PILOT_RISES", f"pilots[{rises[0][1].index}]", words.rising(told)


def _flat(project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield each curve whose last runs hardly fall."""
    for runs in _measured_curves(project):
        sizes = sorted({run.images for run in runs})
        if len(sizes) < _FLAT_SIZES or runs[-1].log10_error <= math.log10(project.error_target):
            continue
        last = [run for run in runs if run.images >= sizes[-_FLAT_SIZES]]
        fall, doubt = _fall_per_decade(last)
        spanned = math.log10(sizes[-1] / sizes[-_FLAT_SIZES])
        if spanned >= _FLAT_SPAN and fall < _FLAT_FALL and fall + doubt < _FLAT_AT_MOST:
            first, end = last[0], runs[-1]
            target = project.error_target
            message = words.last_runs_flat(first.as_measured, end.as_measured, target)
            yield "PILOTS_FLAT", f"pilots[{end.index}]", message


def _fall_per_decade(runs: list[_Measured]) -> tuple[float, float]:
    """Return the fall of log10 error per decade by weighted least squares, and its sd."""
    x = [math.log10(run.images) for run in runs]
    weights = [run.sd**-2 for run in runs]
    total = math.fsum(weights)
    centre = math.fsum(w * at for w, at in zip(weights, x, strict=True)) / total
    spread = math.fsum(w * (at - centre) ** 2 for w, at in zip(weights, x, strict=True))
    slope = math.fsum(
        w * (at - centre) * run.log10_error for w, at, run in zip(weights, x, runs, strict=True)
    )
    return -slope / spread, spread**-0.5


def _problems(project: Project) -> Iterator[Problem]:
    for index, pilot in enumerate(project.pilots):
        here = f"projects[{project.id}].pilots[{index}]"
        if pilot.error == 0.0 and (pilot.test_images is None or _is_segmentation(project)):
            message = "no error at all? Among how many test images? On its own 0 says nothing."
            yield Problem(f"{here}.error", message, "test_images: 1000")


def _option(pilot: Pilot, project: Project, find: Callable[[str], KnownArchitecture]) -> Option:
    name = resolved_architecture(pilot, project)
    pretrained = project.pretrained if pilot.pretrained is None else pilot.pretrained
    backbone = project.backbone if pilot.backbone is None else pilot.backbone
    if pilot.backbone is Backbone.FROZEN:
        pretrained = True
    frozen = backbone is Backbone.FROZEN and pretrained
    return Option(None if name is None else find(name), pretrained, frozen)


def _usable_error(pilot: Pilot) -> float:
    """Return the error; half a test image's worth where none was missed."""
    if pilot.error > 0.0:
        return pilot.error
    return 0.5 / (pilot.test_images or 1)


def _is_segmentation(project: Project) -> bool:
    return project.task is Task.SEGMENTATION


def _sampling_variance(pilot: Pilot, project: Project) -> float:
    """Return the variance of log10 error that comes from the choice of test images.

    Binomial; a mean IoU has no such simple variance, so its test images add nothing.
    """
    if pilot.test_images is None or _is_segmentation(project):
        return 0.0
    error = _usable_error(pilot)
    return (1.0 - error) / (error * pilot.test_images * LN10**2)


def _canonical(run: PilotRun) -> tuple[str, bool, bool, float, float, float]:
    option = run.option
    return (
        option.name,
        option.pretrained,
        option.frozen,
        run.log10_images,
        run.log10_error,
        run.variance,
    )
