"""Options of a project whose errors count themselves: their worth in every draw, and its mean."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Rows
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.option import GradedMeans, OptionLife, ProjectOptions
from planner.domain.vocabulary import Mode
from planner.economics.life.graded import ErrorsInUse, GradedDraws, graded_draws, is_graded
from planner.economics.life.lines import Running
from planner.errors import Problem, UnsupportedError
from planner.offering.variants import Way

__all__ = [
    "Part",
    "errors_in_use",
    "graded_life",
    "graded_parts",
    "require_committed",
    "taken",
    "ways_of",
]


@dataclass(frozen=True, eq=False)
class Part:
    """Some options of a project that train one architecture.

    Attributes
    ----------
    rows : ndarray of int64
        Which.
    running : Running
        Those options in use.
    errors : ErrorsInUse
        Theirs.
    """

    rows: Rows
    running: Running
    errors: ErrorsInUse

    @property
    def draws(self) -> GradedDraws:
        """What they earn and pay in every draw."""
        return graded_draws(self.running, self.errors)


def errors_in_use(way: Way, architecture: str, images: Rows, draws: slice) -> ErrorsInUse:
    """Return the errors of one architecture at numbers of images, shape (n, n_draws)."""
    levels, back = np.unique(images, return_inverse=True)
    measured = way.measured.error_draws(levels, architecture, rows=draws)
    error, guess = measured, way.measured.project.majority_guess_error
    is_guess = measured >= guess * (1.0 - 1e-12)
    if way.alternative is not None:
        is_guess = np.zeros_like(is_guess)
    elif way.field is not None:
        error, is_guess = way.field.at(measured, draws), way.field.is_guess(measured, draws)
    met = error <= way.forecast.project.error_target
    return ErrorsInUse(error.T[back], met.T[back], is_guess.T[back])


def graded_parts(
    way: Way, options: ProjectOptions, running: Running, draws: slice
) -> Iterator[Part]:
    """Yield the options of one way by architecture, with their errors in some draws.

    ``running`` holds the same options in the same order.
    """
    for kind in np.unique(options.architecture_index).tolist():
        rows = np.flatnonzero(options.architecture_index == kind)
        name = options.architectures[kind]
        errors = errors_in_use(way, name, options.images_total[rows], draws)
        yield Part(rows, taken(running, rows), errors)


def ways_of(options: ProjectOptions) -> Iterator[Rows]:
    """Yield the options of each way of running a project."""
    if options.use_index is None:
        yield np.arange(len(options), dtype=np.int64)
        return
    for way in np.unique(options.use_index).tolist():
        yield np.flatnonzero(options.use_index == way)


def taken(running: Running, rows: Rows) -> Running:
    """Return some options in use."""
    run, serving = running.run, running.serving
    some = replace(
        run,
        start=run.start[rows],
        live=run.live[rows],
        stop=run.stop[rows],
        lengths=run.lengths[rows],
        counted=run.counted[rows],
    )
    if serving is not None:
        serving = replace(serving, seconds_per_image=serving.seconds_per_image[rows])
    emitted = running.emitted
    if emitted is not None:
        emitted = replace(emitted, hours=emitted.hours[rows])
    return Running(running.project, some, serving, emitted)


def graded_life(
    way: Way, options: ProjectOptions, running: Running, life: OptionLife
) -> OptionLife:
    """Return a life with what is expected where the error itself counts."""
    gross, paid = np.zeros(len(options)), np.zeros(len(options))
    for part in graded_parts(way, options, running, way.forecast.solve_rows):
        found = part.draws
        gross[part.rows] = found.gross.mean(axis=1)
        paid[part.rows] = found.running.mean(axis=1)
    unknown = np.full(len(options), np.nan)
    return replace(life, gross_met=unknown, gross_not=unknown, graded=GradedMeans(gross, paid))


def require_committed(portfolio: Portfolio) -> None:
    """Raise where errors count themselves but how many images are labelled depends on them.

    Raises
    ------
    UnsupportedError
        Naming every such project.
    """
    graded = [project.id for project in portfolio.projects if is_graded(project)]
    if portfolio.mode is Mode.STOP_WHEN_REACHED and graded:
        named = ", ".join(graded[:3]) + (", …" if len(graded) > 3 else "")
        message = (
            f"{named}: errors and graded benefits "
            "price every error, but labelling that stops at the target leaves the error there."
        )
        problem = Problem("portfolio.mode", message, "mode: commit", code="CONFLICT")
        raise UnsupportedError([problem])
