"""Which measured runs look wrong, and what may have happened? Suspected, said, and still kept."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.domain.portfolio.project import Pilot, Project
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Task
from planner.domain.words.warnings import runs as words

__all__ = ["RunRow", "repeat_warnings", "run_doubts", "unfinished_warnings", "without_identical"]

_LINES_SHOWN = 5
_REPEAT_SD = 0.02
"""Of log10 error between repeats of one training; only to tell a rise from noise."""
_CLEAR_RISE = 2.0  # standard deviations of the difference between two runs
_LN10 = math.log(10.0)


@dataclass(frozen=True)
class RunRow:
    """One row of a file of runs.

    Attributes
    ----------
    project : str
        Id.
    pilot : Pilot
        What was measured; architectures have the catalogue's names.
    line : int
        Where the row begins.
    """

    project: str
    pilot: Pilot
    line: int


def without_identical(
    runs: Sequence[RunRow], file: str
) -> tuple[tuple[RunRow, ...], tuple[Warning_, ...]]:
    """Return the runs with identical rows once, and a warning for each project that had some."""
    first: dict[tuple[str, Pilot], int] = {}
    again: dict[str, list[str]] = {}
    for run in runs:
        line = first.setdefault((run.project, run.pilot), run.line)
        if line != run.line:
            again.setdefault(run.project, []).append(f"{run.line} (as {line})")
    kept = tuple(run for run in runs if first[run.project, run.pilot] == run.line)
    return kept, tuple(
        Warning_(
            "RUN_TWICE",
            project,
            file,
            words.identical_rows(_lines(lines)),
        )
        for project, lines in again.items()
    )


def unfinished_warnings(states: Mapping[int, str], file: str) -> tuple[Warning_, ...]:
    """Return which rows were left out, by line and state: a tracker's runs that did not finish."""
    if not states:
        return ()
    lines = _lines(f"{line} ({state})" for line, state in states.items())
    return (Warning_("RUN_NOT_FINISHED", None, file, words.not_finished(lines)),)


def repeat_warnings(runs: Sequence[RunRow], file: str) -> tuple[Warning_, ...]:
    """Return warnings for rows that claim to be the same training but differ in error."""
    first: dict[tuple[object, ...], RunRow] = {}
    found: dict[str, list[str]] = {}
    for run in runs:
        pilot = run.pilot
        if pilot.seed is None:
            continue
        key = (run.project, *_curve(pilot), pilot.images, pilot.seed)
        other = first.setdefault(key, run)
        if other.pilot.error != pilot.error:
            found.setdefault(run.project, []).append(f"{other.line} and {run.line}")
    return tuple(
        Warning_(
            "RUN_SEED_REPEATED",
            project,
            file,
            words.seed_repeated(_lines(lines)),
        )
        for project, lines in found.items()
    )


def run_doubts(
    runs: Sequence[RunRow], projects: Mapping[str, Project], file: str
) -> tuple[Warning_, ...]:
    """Return what is strange about the runs of each project, in the order of the file.

    Codes are ``PILOT_ABOVE_CHANCE``, ``PILOT_RISES``, ``PILOT_ERROR_ZERO``, ``PILOT_ABOVE_HELD``
    and ``PILOT_ABOVE_LIMIT``.

    Parameters
    ----------
    runs : sequence of RunRow
        New runs.
    projects : mapping of str to Project
        By id; pilots they have already belong to the same curves.
    file : str
        Name of the file of runs, for messages.
    """
    found: list[Warning_] = []
    for name in dict.fromkeys(run.project for run in runs):
        if name not in projects:
            continue
        project, own = projects[name], [run for run in runs if run.project == name]
        checks = (_above_chance, _rising, _without_error, _above_held)
        found += [
            Warning_(code, name, file, message)
            for check in checks
            for code, message in check(project, own)
        ]
    return tuple(found)


def _above_chance(project: Project, runs: Sequence[RunRow]) -> Iterator[tuple[str, str]]:
    guess = project.majority_guess_error
    above = [run for run in runs if run.pilot.error > guess or run.pilot.error == 1.0]
    if not above:
        return
    worst = next((run for run in above if run.pilot.error < 1.0), above[0])
    lines, is_iou = _lines(run.line for run in above), project.task is Task.SEGMENTATION
    text = words.runs_above_chance(lines, worst.pilot.error, None if is_iou else guess)
    yield "PILOT_ABOVE_CHANCE", text


def _rising(project: Project, runs: Sequence[RunRow]) -> Iterator[tuple[str, str]]:
    """Yield each curve's clear rises once, pilots that the project has included."""
    curves: dict[object, list[tuple[float, float, float, str]]] = {}
    for pilot, where in (
        *((pilot, "in the portfolio") for pilot in project.pilots),
        *((run.pilot, f"line {run.line}") for run in runs),
    ):
        error, sd = _log_error(pilot)
        curves.setdefault(_curve(pilot), []).append((pilot.images, error, sd, where))
    for points in curves.values():
        told = [
            ((10**low, few, left), (10**high, many, right))
            for (few, low, sd_low, left), (many, high, sd_high, right) in pairwise(_by_size(points))
            if high - low > _CLEAR_RISE * math.hypot(sd_low, sd_high)
        ]
        if told:
            yield "PILOT_RISES", words.runs_rise(told)


def _by_size(
    points: Iterable[tuple[float, float, float, str]],
) -> list[tuple[float, float, float, str]]:
    """Return one point for each number of images: repeats are averaged."""
    grouped: dict[float, list[tuple[float, float, float, str]]] = {}
    for point in sorted(points):
        grouped.setdefault(point[0], []).append(point)
    return [
        (
            images,
            sum(point[1] for point in group) / len(group),
            math.hypot(*(point[2] for point in group)) / len(group),
            ", ".join(dict.fromkeys(point[3] for point in group)),
        )
        for images, group in grouped.items()
    ]


def _without_error(project: Project, runs: Sequence[RunRow]) -> Iterator[tuple[str, str]]:
    del project
    zero = [run for run in runs if run.pilot.error == 0.0]
    if zero:
        yield "PILOT_ERROR_ZERO", words.runs_without_error(_lines(run.line for run in zero))


def _above_held(project: Project, runs: Sequence[RunRow]) -> Iterator[tuple[str, str]]:
    held, limit = project.images.held, project.images.limit
    beyond = [run for run in runs if run.pilot.images > limit]
    above = [run for run in runs if held < run.pilot.images <= limit]
    if beyond:
        most = max(run.pilot.images for run in beyond)
        lines = _lines(run.line for run in beyond)
        yield "PILOT_ABOVE_LIMIT", words.runs_above_limit(lines, most, limit)
    if above:
        most = max(run.pilot.images for run in above)
        lines = _lines(run.line for run in above)
        yield "PILOT_ABOVE_HELD", words.runs_above_held(lines, most, held)


def _curve(pilot: Pilot) -> tuple[object, ...]:
    """Return what runs of one learning curve share."""
    return pilot.architecture, pilot.pretrained, pilot.backbone


def _log_error(pilot: Pilot) -> tuple[float, float]:
    """Return log10 error and its standard deviation between repeats and test sets."""
    error = pilot.error or 0.5 / (pilot.test_images or 1)
    variance = _REPEAT_SD**2
    if pilot.test_images is not None:
        variance += (1.0 - error) / (error * pilot.test_images * _LN10**2)
    return math.log10(error), math.sqrt(variance)


def _lines(lines: Iterable[int | str]) -> str:
    """Return lines of the file as a phrase."""
    names = [str(line) for line in lines]
    more = f" and {len(names) - _LINES_SHOWN} more" if len(names) > _LINES_SHOWN else ""
    return f"line{'s' if len(names) > 1 else ''} {', '.join(names[:_LINES_SHOWN])}{more}"
