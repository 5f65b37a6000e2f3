"""Options of a project whose errors count themselves: their worth in every draw, and its mean."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.in_use.drift import kept_after, refreshes
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.option import GradedMeans, OptionLife, ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.domain.words.assumptions import ACCURACY_STOPS, balance_stops
from planner.economics.life.aging import Aged, ages_in_use
from planner.economics.life.graded import ErrorsInUse, GradedDraws, graded_draws, is_graded
from planner.economics.life.lines import Running
from planner.errors import Problem, UnsupportedError
from planner.offering.variants import Way

__all__ = [
    "Part",
    "error_without",
    "errors_cut",
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


def errors_in_use(
    way: Way, architecture: str, images: Rows, draws: slice, years: int = 1
) -> ErrorsInUse:
    """Return the errors of one architecture at numbers of images, shape (n, n_draws).

    ``years`` is in how many of them it is used at most: so long it may age.
    """
    levels, back = np.unique(images, return_inverse=True)
    measured = way.measured.error_draws(levels, architecture, rows=draws)
    error, is_guess = _met_in_use(way, measured, draws, 1.0)
    met = error <= way.forecast.project.error_target
    aged = None
    if way.alternative is None:
        aged = _aged(way, architecture, levels, back, draws, years)
    return ErrorsInUse(error.T[back], met.T[back], is_guess.T[back], aged)


def _met_in_use(way: Way, measured: Floats, draws: slice, growth: float) -> tuple[Floats, Flags]:
    """Return errors in use, and where a system never learned anything, if that counts."""
    project = way.measured.project
    guess, aged = project.majority_guess_error, measured
    if growth != 1.0:
        aged = np.minimum(measured * growth, guess)
    is_field = way.field is not None and way.alternative is None
    error = way.field.at(aged, draws) if way.field is not None and is_field else aged
    if way.alternative is not None or project.errors is None or not project.errors.is_pair:
        return error, np.broadcast_to(np.False_, measured.shape)
    if way.field is not None and growth == 1.0:
        return error, way.field.is_guess(measured, draws)
    return error, measured >= guess * (1.0 - 1e-12)


def _aged(
    way: Way, architecture: str, levels: Rows, back: Rows, draws: slice, years: int
) -> Aged | None:
    """Return errors by age where a system ages; None where it does not."""
    project = way.measured.project
    upkeep = project.upkeep
    if upkeep is None or not refreshes(upkeep):
        return None
    ages, which = ages_in_use(years, way.refresh)
    left = levels[:, None] * kept_after(upkeep) ** ages
    asked, place = np.unique(left, return_inverse=True)
    measured = way.measured.error_draws(asked, architecture, rows=draws)
    grown = (1.0 + (upkeep.error_growth or 0.0)) ** ages
    rows = place.reshape(left.shape)[back]
    known: dict[float, tuple[Floats, Flags]] = {}
    errors, guesses = [], []
    for number, growth in enumerate(grown.tolist()):
        if growth not in known:
            known = {growth: _met_in_use(way, measured, draws, growth)}
        error, is_guess = known[growth]
        errors.append(error.T[rows[:, number]])
        guesses.append(is_guess.T[rows[:, number]])
    return Aged(tuple(errors), tuple(guesses), which)


def graded_parts(
    way: Way, options: ProjectOptions, running: Running, draws: slice
) -> Iterator[Part]:
    """Yield the options of one way by architecture, with their errors in some draws.

    ``running`` holds the same options in the same order.
    """
    for kind in np.unique(options.architecture_index).tolist():
        rows = np.flatnonzero(options.architecture_index == kind)
        name = options.architectures[kind]
        years = running.run.lengths.shape[1]
        errors = errors_in_use(way, name, options.images_total[rows], draws, years)
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
    fresh = running.fresh
    if fresh is not None:
        fresh = replace(fresh, images=fresh.images[rows], training=fresh.training[rows])
    return Running(running.project, some, serving, emitted, fresh, running.saved)


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


def error_without(project: Project) -> float:
    """Return the error of going without a project: today's, where it is stated, or a guess's.

    Examples
    --------
    >>> images = {"held": 0, "limit": 10}
    >>> error_without(Project(id="a", classes=4, target_error=0.1, images=images))
    0.75
    """
    stated = None if project.today is None else project.today.error
    return float(stated) if isinstance(stated, float | int) else project.majority_guess_error


def errors_cut(project: Project, way: Way, options: ProjectOptions, draws: slice) -> Floats:
    """Return by how much options cut the error in use, shape (n_options, n_draws).

    ``options`` are of one way. What a system still errs is taken as it goes live.
    """
    parts = []
    order = []
    for kind in np.unique(options.architecture_index).tolist():
        rows = np.flatnonzero(options.architecture_index == kind)
        levels, back = np.unique(options.images_total[rows], return_inverse=True)
        error = way.forecast.error_draws(levels, options.architectures[kind], rows=draws)
        parts.append(error_without(project) - error.T[back])
        order.append(rows)
    return np.concatenate(parts)[np.argsort(np.concatenate(order))]


def require_committed(portfolio: Portfolio) -> None:
    """Raise where errors count themselves but how many images are labelled depends on them.

    Raises
    ------
    UnsupportedError
        Naming every such project.
    """
    if portfolio.mode is not Mode.STOP_WHEN_REACHED:
        return
    balanced = [p.id for p in portfolio.projects if any(p.rebalance)]
    if balanced:
        problem = Problem(
            "portfolio.mode", balance_stops(balanced), "mode: commit", code="CONFLICT"
        )
        raise UnsupportedError([problem])
    if portfolio.objective is Objective.ACCURACY:
        problem = Problem("portfolio.mode", ACCURACY_STOPS, "mode: commit", code="CONFLICT")
        raise UnsupportedError([problem])
    graded = [p.id for p in portfolio.projects if is_graded(p) or refreshes(p.upkeep)]
    if graded:
        named = ", ".join(graded[:3]) + (", …" if len(graded) > 3 else "")
        message = (
            f"{named}: errors, graded benefits and drift "
            "price every error, but labelling that stops at the target leaves the error there."
        )
        problem = Problem("portfolio.mode", message, "mode: commit", code="CONFLICT")
        raise UnsupportedError([problem])
