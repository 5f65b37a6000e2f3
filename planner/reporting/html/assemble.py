"""From a portfolio and a model to a finished HTML report."""

import datetime
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from planner._resources import resource_root
from planner._version import __version__
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.frontier import Frontier
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError, ResourceError, bad_value
from planner.forecasting.forecast import Forecast
from planner.offering.deadline import NEVER, Deadline, deadline_in
from planner.offering.objective import require_search_limits
from planner.offering.problem import Solution
from planner.planning.judge import outcome_draws
from planner.planning.pilots.first import with_first_runs
from planner.planning.plan import plan_of, search_allowance
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.sharing import purchases
from planner.questions.frontier.frontier import build_frontier
from planner.questions.why.holdings import plan_tornado
from planner.reference.tables import catalogue_of
from planner.reporting.html.render import render_html
from planner.reporting.sections.material import Material, Provenance, Style, shown_places
from planner.reporting.sections.outcomes import PlanDraws
from planner.reporting.sections.report import build_report

FRONTIER_POINTS = 13
FEW_POINTS = 5
"""Budgets tried where each takes a search of its own."""
PLAN_SHARE, ANSWERS_SHARE, FRONTIER_SHARE = 0.4, 0.3, 0.7
"""Of the time that is left, where any was asked for: the plan, what goes with it, the frontier."""
DRAWING_S = 3.0
"""Of the time asked for, where any was, for the pictures and the page."""
_PACKAGES = ("numpy", "scipy", "pulp", "highspy", "matplotlib", "jinja2")


@dataclass(frozen=True)
class HtmlReport:
    """A report and the plan it shows.

    Attributes
    ----------
    html : str
        The whole file.
    plan : Plan
        What every number in it is read from.
    material : Material
        What its pictures are drawn from; see :func:`planner.reporting.slides.report_slides`.
    """

    html: str
    plan: Plan
    material: Material


def make_report(
    portfolio: Portfolio,
    model: Posterior,
    *,
    provenance: Provenance,
    style: Style = Style.BOARD,
    seed: int = 0,
    gap: float | None = None,
    time_limit_s: float | None = None,
    model_folder: Path | None = None,
) -> HtmlReport:
    """Plan a portfolio and report on the plan.

    Parameters
    ----------
    portfolio, model, seed, gap, time_limit_s : optional
        As for :func:`planner.plan`; the plan is the same.
    provenance : Provenance
        Date, command and versions for the manifest.
    style : Style
        Whom it is for.
    model_folder : Path, optional
        Where the model's diagnostics lie; found by its name where not given.

    Returns
    -------
    HtmlReport

    Raises
    ------
    InputError
        As for :func:`planner.plan`.
    """
    require_search_limits(gap, time_limit_s)
    prepared = prepare(portfolio, model, catalogue_of(portfolio), seed=seed)
    deadline = deadline_in(time_limit_s).earlier(DRAWING_S)
    solution = solve_prepared(prepared, gap=gap, allowance=search_allowance(deadline, PLAN_SHARE))
    plan = plan_of(prepared, solution, deadline=deadline.after_share(ANSWERS_SHARE))
    plan = with_first_runs(plan, prepared, solution, timed=time_limit_s is not None)
    material = gather(
        plan,
        prepared,
        solution,
        provenance=provenance,
        style=style,
        model_folder=model_folder,
        deadline=deadline,
    )
    return HtmlReport(render_html(build_report(material)), plan, material)


def gather(
    plan: Plan,
    prepared: Prepared,
    solution: Solution,
    *,
    provenance: Provenance,
    style: Style = Style.BOARD,
    model_folder: Path | None = None,
    deadline: Deadline = NEVER,
) -> Material:
    """Return a plan with its forecasts, draws, frontier, tornado and diagnostics."""
    model = prepared.posterior
    fit, checks = stored_results(model, model_folder) if style is Style.TECH else ({}, {})
    found = Material(
        plan=plan,
        portfolio=prepared.portfolio,
        model=model,
        style=style,
        provenance=provenance,
        diagnostics=fit,
        checks=checks,
    )
    if plan.status is Status.INFEASIBLE:
        return found
    return Material(
        **{
            **vars(found),
            "forecasts": _forecasts(plan, prepared, solution),
            "draws": _draws(prepared, solution),
            "frontier": _frontier(prepared, deadline),
            "tornado": plan_tornado(
                prepared, solution, plan.audit.held_out_expected if plan.audit else None
            ),
        }
    )


def stored_results(
    model: Posterior, folder: Path | None = None
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Return what the model's folder holds on its fit and its checks; empty where it has none.

    Results of other draws than the model's are not returned.
    """
    if folder is None:
        try:
            folder = resource_root("models") / model.name
        except ResourceError:
            return {}, {}
    fit, checks = (_read(folder / name) for name in ("diagnostics.json", "checks.json"))
    sha256 = model.sha256
    return (
        fit if fit.get("draws_sha256") == sha256 else {},
        checks if checks.get("draws_sha256") == sha256 else {},
    )


def style_of(word: str) -> Style:
    """Return a style by its word.

    Raises
    ------
    InputError
        There is no such style.
    """
    try:
        return Style(word)
    except ValueError:
        known = ", ".join(Style)
        message = f"got {word!r}; expected one of {known}."
        raise bad_value("style", message, 'style="board"') from None


def provenance_of(date: str | None, command: str) -> Provenance:
    """Return what the manifest says of the making; today's date if none is given."""
    today = datetime.datetime.now().astimezone().date().isoformat()
    return Provenance(date=today if date is None else date, command=command, versions=versions())


def versions() -> dict[str, str]:
    """Return versions of this program and of what computes in it."""
    found = {"planner": __version__, "python": platform.python_version()}
    return found | {name: metadata.version(name) for name in _PACKAGES}


def _forecasts(plan: Plan, prepared: Prepared, solution: Solution) -> dict[str, Forecast]:
    """Return the forecast behind each decision shown: of what is bought, where it is funded."""
    picks = prepared.layout.picks(solution.options)
    found = {}
    for place in shown_places(plan):
        menu, options, pick = prepared.menus[place], prepared.options[place], picks[place]
        own = pick is None or options.alternative(pick) is not None
        forecast = menu.forecast if own or pick is None else menu.way(options, pick).measured
        found[menu.project.id] = forecast
    return found


def _draws(prepared: Prepared, solution: Solution) -> PlanDraws | None:
    """Return the outcomes of the plan; None if it funds nothing."""
    picks = prepared.layout.picks(solution.options)
    if all(pick is None for pick in picks):
        return None
    bought = purchases(prepared.portfolio, prepared.options, picks)
    draws, targets = outcome_draws(prepared, picks, bought)
    return PlanDraws(draws.cost, draws.net_value, targets)


def _frontier(prepared: Prepared, deadline: Deadline) -> Frontier | None:
    """Return what other budgets buy; None where no point of it converged, or there is no time."""
    if deadline.has_passed():
        return None
    try:
        return build_frontier(
            prepared.portfolio,
            prepared.posterior,
            prepared.catalogue,
            points=FRONTIER_POINTS if prepared.has_one_budget else FEW_POINTS,
            seed=prepared.seed,
            prepared=prepared,
            deadline=deadline.after_share(FRONTIER_SHARE),
        )
    except NotConvergedError:  # the plan itself stands; the report says what it lacks
        return None


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
