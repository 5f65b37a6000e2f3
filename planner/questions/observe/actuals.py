"""What came of projects, against what was forecast of them: where in its forecast does each lie?

The forecast is that of the portfolio file as it stands: of the network and the images that the plan
chooses (or a saved plan chose), and of a candidate where it funds nothing. A quantile of 80 % says
that the forecast gave 80 % to as little or less.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import SCHEMA_VERSION, Decision, Plan
from planner.economics.ledger import Counts, entries_of, spend, training_amounts
from planner.economics.price_draws import PriceDraws
from planner.economics.stated_hours import project_rates
from planner.forecasting.forecast import Forecast, build_forecast
from planner.inputs.runs.actuals import ActualFile, ActualRow
from planner.planning.plan import build_plan
from planner.questions.estimate.estimate import spread
from planner.reference.tables import candidates

__all__ = ["Actuals", "Compared", "ComparedRow", "compare_actuals"]


@dataclass(frozen=True)
class Compared:
    """One number that came out, and its forecast.

    Attributes
    ----------
    actual : float
        As it was.
    planned : float or None
        What the plan commits: money, or images; None where it says nothing of it.
    p10, p50, p90 : float or None
        Of the forecast; None stands for infinite, and for images that no target asks for.
    quantile : float or None
        Share of the forecast at or below what came out, in [0, 1]; None where it was certain.
    """

    actual: float
    planned: float | None
    p10: float | None
    p50: float | None
    p90: float | None
    quantile: float | None


@dataclass(frozen=True)
class ComparedRow:
    """How a project stood on a day, against its forecast.

    Attributes
    ----------
    project, date : str
        Id, and day as year-month-day.
    funded : bool
        Whether the plan funds it.
    architecture : str
        Whose forecast it is.
    images_assumed : int
        On which spend and error were forecast: those of the row, else the plan's, else all.
    spend, images, error : Compared or None
        None where the row leaves them out. The forecast of images is of those needed for the
        target; its quantile is the chance that so many suffice.
    """

    project: str
    date: str
    funded: bool
    architecture: str
    images_assumed: int
    spend: Compared | None
    images: Compared | None
    error: Compared | None


@dataclass(frozen=True)
class Actuals:
    """Every row of a file, in its order."""

    model: Mapping[str, str]
    seed: int
    currency: str
    rows: tuple[ComparedRow, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as plain data, as in ``planner actuals --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


@dataclass(frozen=True, eq=False)
class _Scene:
    """What every row is compared on."""

    portfolio: Portfolio
    posterior: Posterior
    catalogue: Catalogue
    seed: int
    decisions: Mapping[str, Decision]


def compare_actuals(
    portfolio: Portfolio,
    file: ActualFile,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    plan: Plan | None = None,
    seed: int = 0,
) -> Actuals:
    """Return what came out against its forecast, row by row.

    Parameters
    ----------
    portfolio : Portfolio
        As it stood when the forecast was made.
    file : ActualFile
        What came out.
    posterior, catalogue, seed : optional
        As for a plan.
    plan : Plan, optional
        That was carried out; the plan of today's file where it has a budget unless given.
    """
    if plan is None and portfolio.spend_limit is not None:
        plan = build_plan(portfolio, posterior, catalogue, seed=seed)
    decisions = {} if plan is None else {item.project: item for item in plan.decisions}
    scene = _Scene(portfolio, posterior, catalogue, seed, decisions)
    rows: list[ComparedRow] = []
    for project in portfolio.projects:
        rows += _of_project(project, [row for row in file.rows if row.project == project.id], scene)
    order = {(row.project, row.date.isoformat()): at for at, row in enumerate(file.rows)}
    rows.sort(key=lambda row: order[row.project, row.date])
    return Actuals(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        currency=portfolio.currency,
        rows=tuple(rows),
    )


def _of_project(
    project: Project, rows: Sequence[ActualRow], scene: _Scene
) -> Sequence[ComparedRow]:
    if not rows:
        return ()
    known = scene.catalogue.architectures
    forecast = build_forecast(project, scene.posterior, architectures=known, seed=scene.seed)
    decision = scene.decisions.get(project.id)
    if decision is not None and decision.architecture is None:
        decision = None
    compute = scene.portfolio.compute
    name = decision.architecture if decision is not None else None
    if name is None:
        name = _candidate(project, compute, scene.catalogue)
    return [_compared(row, forecast, name, decision, scene) for row in rows]


def _candidate(project: Project, compute: Compute, catalogue: Catalogue) -> str:
    """Return the candidate that is cheapest to train."""
    rates = project_rates(project, candidates(project, catalogue, compute), compute, catalogue)
    return min(rates, key=lambda rate: rate.usd_per_image_epoch).architecture


def _compared(
    row: ActualRow, forecast: Forecast, name: str, decision: Decision | None, scene: _Scene
) -> ComparedRow:
    project = forecast.project
    planned = None if decision is None else decision.images_total
    images = row.images or planned or project.images.limit
    needed = forecast.data_needed_draws(project.error_target, name) if project.has_target else None
    cost = None if decision is None else decision.cost.total - decision.cost.shared
    return ComparedRow(
        project=row.project,
        date=row.date.isoformat(),
        funded=decision is not None,
        architecture=name,
        images_assumed=images,
        spend=_against(row.spend, _spend_draws(forecast, name, images, scene), cost),
        images=_against(row.images, needed, planned),
        error=_against(
            row.error, forecast.of_all_images.error_draws([float(images)], name)[:, 0], None
        ),
    )


def _against(actual: float | None, draws: Floats | None, planned: float | None) -> Compared | None:
    """Return a number against draws of it; a forecast without spread has no quantiles to lie at."""
    if actual is None:
        return None
    if draws is None:
        return Compared(float(actual), planned, None, None, None, None)
    is_certain = math.isclose(float(draws.min()), float(draws.max()), rel_tol=1e-12)
    quantile = None if is_certain else float(np.mean(draws <= actual))
    return Compared(float(actual), planned, **asdict(spread(draws)), quantile=quantile)


def _spend_draws(forecast: Forecast, name: str, images: int, scene: _Scene) -> Floats:
    """Return what buying up to so many images and training on them once costs, in each draw."""
    project, compute = forecast.project, scene.portfolio.compute
    (rate,) = project_rates(project, [scene.catalogue.architecture(name)], compute, scene.catalogue)
    entries = entries_of(project, training_amounts((rate,), compute)[0])
    draws = PriceDraws(compute, scene.seed, forecast.n_draws)
    bought = max(images - project.images.held, 0)
    counts = Counts(np.array([bought]), np.array([images]))
    amounts = [draws.amount(entry, project.id) for entry in entries]
    found = spend([entry.line for entry in entries], counts, amounts)
    return np.broadcast_to(found, (forecast.n_draws,))
