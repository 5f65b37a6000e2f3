"""What do a team's measured runs change? Need, chance and cost before them and with them."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.places import placed
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.results.plan import SCHEMA_VERSION, Warning_
from planner.domain.results.risk import Quantiles
from planner.domain.words.warnings.runs import are_accuracies, unnamed_runs
from planner.economics.stated_hours import project_rates
from planner.economics.training import TrainingRate
from planner.errors import InputError, Problem
from planner.forecasting.forecast import Forecast, build_forecast
from planner.inputs.document import Document
from planner.inputs.portfolio_file import parse_with_document, portfolio_bytes
from planner.inputs.runs.runs import RunFile, read_runs
from planner.inputs.runs.write_yaml import add_pilots
from planner.questions.estimate.estimate import Asked, DataNeeded, Spread, estimate_project, spread
from planner.questions.estimate.ranges import cost_ranges
from planner.reference.own_architectures import with_own
from planner.reference.tables import candidates

__all__ = [
    "Observation",
    "ObservedFile",
    "Outlook",
    "PortfolioSource",
    "ProjectObservation",
    "build_observation",
    "compare",
    "observe_file",
    "open_portfolio",
]

_FAR = 0.03
"""An error that so few forecasts reach is far above expectation: worth a question."""

_PLAUSIBLE = (0.02, 0.98)
_RUNS_ASKED_AFTER = 400  # evenly spaced by images: as many as a median needs


@dataclass(frozen=True)
class Outlook:
    """What is known of a project at one time.

    Attributes
    ----------
    data_needed : DataNeeded
        Total images at which the target is reached.
    chance_of_target_at_limit : float
        With all the images that can be owned.
    error_at_limit : Spread
        Measured there.
    cost : Quantiles
        Total in the portfolio's currency if labelling stops at the target, at the latest at the
        limit: images bought, set-up and training.
    """

    data_needed: DataNeeded
    chance_of_target_at_limit: float
    error_at_limit: Spread
    cost: Quantiles


@dataclass(frozen=True)
class ProjectObservation:
    """A project before its new runs and with them.

    Attributes
    ----------
    id : str
        Of the project.
    architecture : str
        Whose outlook is shown: the one measured on most images, else the cheapest.
    target_error : float
        In (0, 1).
    images_limit : int
        Most images that can be owned.
    runs_added, pilots : int
        New runs, and all that the project now has.
    before, after : Outlook
        Without and with the new runs.
    """

    id: str
    architecture: str
    target_error: float
    images_limit: int
    runs_added: int
    pilots: int
    before: Outlook
    after: Outlook


@dataclass(frozen=True)
class Observation:
    """Every project with new runs, in the order of the portfolio."""

    model: Mapping[str, str]
    seed: int
    currency: str
    projects: tuple[ProjectObservation, ...]
    warnings: tuple[Warning_, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the observation as plain data, as in ``planner observe --json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "model": dict(self.model),
            "seed": self.seed,
            "currency": self.currency,
            "projects": [asdict(project) for project in self.projects],
            "warnings": [asdict(warning) for warning in self.warnings],
        }


@dataclass(frozen=True)
class PortfolioSource:
    """A portfolio file as it was read: its name, bytes, meaning, and where everything stands."""

    name: str
    content: bytes
    portfolio: Portfolio
    document: Document


@dataclass(frozen=True)
class ObservedFile:
    """A portfolio file with runs added, and what they change.

    Attributes
    ----------
    original, content : bytes
        Of the file that was read, and of the new one.
    runs : RunFile
        What was read.
    runs_known : int
        Runs that the portfolio had already.
    observation : Observation
        Before and after.
    """

    original: bytes
    content: bytes
    runs: RunFile
    runs_known: int
    observation: Observation


def observe_file(
    path: str | os.PathLike[str],
    runs: str | os.PathLike[str],
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
) -> ObservedFile:
    """Add a file of measured runs to a portfolio file and compare what is known; write nothing.

    Parameters
    ----------
    path, runs : path
        The portfolio, and a CSV file as :func:`planner.inputs.runs.runs.read_runs` takes it.
    posterior : Posterior
        Whose draws to use.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Fixes project luck.

    Raises
    ------
    InputError
        With every mistake in both files.
    """
    try:
        source = open_portfolio(path)
    except InputError as error:
        raise InputError([*error.problems, *_problems(Path(runs), catalogue)]) from None
    catalogue = with_own(catalogue, source.portfolio.architectures)
    read = read_runs(Path(runs), source.portfolio, catalogue)
    return compare(source, read, posterior, catalogue, seed=seed)


def open_portfolio(path: str | os.PathLike[str]) -> PortfolioSource:
    """Return a portfolio file as it was read, or raise with every mistake in it."""
    name = os.fspath(path)
    content = portfolio_bytes(path)
    return PortfolioSource(name, content, *parse_with_document(content, name))


def compare(
    source: PortfolioSource,
    read: RunFile,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
) -> ObservedFile:
    """Add runs to a portfolio file and compare what is known before them and with them."""
    portfolio = source.portfolio
    added = _new_runs(portfolio, read.pilots(), catalogue)
    changed = add_pilots(source.content, source.name, added, source.document)
    observed = _with_runs(portfolio, added)
    with placed(portfolio.places):
        observation = build_observation(
            portfolio, observed, posterior, catalogue, seed=seed, doubts=read.warnings
        )
    n_added = sum(len(pilots) for pilots in added.values())
    return ObservedFile(
        original=source.content,
        content=changed,
        runs=read,
        runs_known=len(read.runs) - n_added,
        observation=observation,
    )


def build_observation(
    before: Portfolio,
    after: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    doubts: Sequence[Warning_] = (),
) -> Observation:
    """Compare what is known of projects before new runs and with them.

    Parameters
    ----------
    before, after : Portfolio
        The same but for pilots, which ``after`` has more of.
    posterior : Posterior
        Whose draws to use.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Fixes project luck.
    doubts : sequence of Warning_
        What is known to be strange about the runs; not said again.

    Returns
    -------
    Observation
    """
    observed: list[ProjectObservation] = []
    warnings = list(doubts)
    for old, new in zip(before.projects, after.projects, strict=True):
        if len(new.pilots) == len(old.pilots):
            continue
        said = {warning.code for warning in warnings if warning.project == new.id}
        one, found = _observe_project(old, new, before.compute, posterior, catalogue, seed)
        observed.append(one)
        warnings += [warning for warning in found if _is_news(warning, said)]
    return Observation(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        currency=before.currency,
        projects=tuple(observed),
        warnings=tuple(warnings),
    )


def _is_news(warning: Warning_, said: set[str]) -> bool:
    """Tell whether a warning adds to what was said; above chance, an accuracy was asked after."""
    return warning.code not in said and not (
        warning.code == "PILOT_ACCURACY" and "PILOT_ABOVE_CHANCE" in said
    )


def _observe_project(
    old: Project,
    new: Project,
    compute: Compute,
    posterior: Posterior,
    catalogue: Catalogue,
    seed: int,
) -> tuple[ProjectObservation, tuple[Warning_, ...]]:
    """Return one project's observation, and the warnings of its new forecast."""
    known = catalogue.architectures
    now = build_forecast(new, posterior, architectures=known, seed=seed)
    was = build_forecast(old, posterior, architectures=known, seed=seed)
    name = _measured(new, catalogue, compute)
    if name is None:
        estimate = estimate_project(old, was, compute, catalogue, Asked(seed))
        name = estimate.recommendations[0].architecture
    (rate,) = project_rates(new, [catalogue.architecture(name)], compute, catalogue)
    observation = ProjectObservation(
        id=new.id,
        architecture=name,
        target_error=new.error_target,
        images_limit=new.images.limit,
        runs_added=len(new.pilots) - len(old.pilots),
        pilots=len(new.pilots),
        before=_outlook(was, rate, compute, seed),
        after=_outlook(now, rate, compute, seed),
    )
    runs = new.pilots[len(old.pilots) :]
    doubts = (*_accuracy_doubt(was, runs, name), *_unnamed(new, runs, catalogue, compute))
    return observation, (*doubts, *now.warnings)


def _measured(project: Project, catalogue: Catalogue, compute: Compute) -> str | None:
    """Return the candidate that was measured on most images, None if none is known to be."""
    names = {item.name for item in candidates(project, catalogue, compute)}
    if len(names) == 1:
        return names.pop()
    measured = [
        (pilot.images, catalogue.architecture(pilot.architecture).name)
        for pilot in project.pilots
        if pilot.architecture is not None
    ]
    fitting = [(images, name) for images, name in measured if name in names]
    return max(fitting)[1] if fitting else None


def _outlook(forecast: Forecast, rate: TrainingRate, compute: Compute, seed: int) -> Outlook:
    project, name = forecast.project, rate.architecture
    needed = forecast.data_needed_draws(project.error_target, name)
    limit = [float(project.images.limit)]
    ranges = cost_ranges(project, forecast, rate, compute, images=project.images.limit, seed=seed)
    return Outlook(
        data_needed=DataNeeded(
            **asdict(spread(needed)), chance_never=float(np.mean(np.isinf(needed)))
        ),
        chance_of_target_at_limit=float(forecast.chance(project.error_target, limit, name)[0]),
        error_at_limit=spread(forecast.error_draws(limit, name)[:, 0]),
        cost=ranges.stop_when_reached.total,
    )


def _accuracy_doubt(
    forecast: Forecast, pilots: Sequence[Pilot], fallback: str
) -> tuple[Warning_, ...]:
    """Return a warning if errors lie far above the forecast and one minus them do not."""
    by_name: dict[str, list[Pilot]] = {}
    ordered = sorted(pilots, key=lambda pilot: pilot.images)
    for pilot in ordered[:: math.ceil(len(pilots) / _RUNS_ASKED_AFTER)]:
        by_name.setdefault(pilot.architecture or fallback, []).append(pilot)
    as_error, as_accuracy = np.hstack(
        [_reached(forecast, name, runs) for name, runs in by_name.items()]
    )
    low, high = _PLAUSIBLE
    if np.median(as_error) > _FAR or not low <= np.median(as_accuracy) <= high:
        return ()
    middle = sorted(pilot.error for pilot in pilots)[len(pilots) // 2]
    project = forecast.project.id
    field = f"projects[{project}].pilots"
    return (Warning_("PILOT_ACCURACY", project, field, are_accuracies(middle)),)


def _reached(forecast: Forecast, name: str, pilots: Sequence[Pilot]) -> NDArray[np.float64]:
    """Return the share of draws at or above each run's error, and at or above its complement."""
    errors = np.array([pilot.error for pilot in pilots])
    draws = forecast.of_all_images.error_draws([float(pilot.images) for pilot in pilots], name)
    return np.stack([np.mean(draws >= asked, axis=0) for asked in (errors, 1.0 - errors)])


def _unnamed(
    project: Project, runs: Sequence[Pilot], catalogue: Catalogue, compute: Compute
) -> tuple[Warning_, ...]:
    """Return a warning if runs leave open which of several architectures they measured."""
    unnamed = sum(pilot.architecture is None for pilot in runs)
    if not unnamed or len(candidates(project, catalogue, compute)) == 1:
        return ()
    field, message = f"projects[{project.id}].pilots", unnamed_runs(unnamed, len(runs))
    return (Warning_("PILOT_NO_ARCHITECTURE", project.id, field, message),)


def _new_runs(
    portfolio: Portfolio, runs: Mapping[str, Sequence[Pilot]], catalogue: Catalogue
) -> dict[str, tuple[Pilot, ...]]:
    """Return the runs that the portfolio does not have yet, by project."""
    found: dict[str, tuple[Pilot, ...]] = {}
    for project in portfolio.projects:
        known = {_canonical(pilot, catalogue) for pilot in project.pilots}
        found[project.id] = tuple(pilot for pilot in runs.get(project.id, ()) if pilot not in known)
    return found


def _with_runs(portfolio: Portfolio, added: Mapping[str, Sequence[Pilot]]) -> Portfolio:
    """Return the portfolio as the changed file describes it."""
    projects = tuple(
        replace(project, pilots=(*project.pilots, *added[project.id]))
        if added[project.id]
        else project
        for project in portfolio.projects
    )
    return replace(portfolio, projects=projects)


def _canonical(pilot: Pilot, catalogue: Catalogue) -> Pilot:
    name = pilot.architecture
    return pilot if name is None else replace(pilot, architecture=catalogue.architecture(name).name)


def _problems(runs: Path, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Return what is wrong with a file of runs, whatever the portfolio."""
    try:
        read_runs(runs, None, catalogue)
    except InputError as error:
        return error.problems
    return ()
