"""From a portfolio and a model to a finished HTML report."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from planner import __version__, _api
from planner._resources import resource_root
from planner.domain.plan import Plan
from planner.domain.portfolio import Portfolio
from planner.domain.posterior import Posterior
from planner.domain.vocabulary import Status
from planner.errors import ResourceError
from planner.report.html.build import build_report
from planner.report.html.material import (
    Material,
    Provenance,
    Style,
    funded_places,
    shown_places,
)
from planner.report.html.outcomes import plan_draws
from planner.report.html.render import render_html

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
    """

    html: str
    plan: Plan


def make_report(
    portfolio: Portfolio,
    model: Posterior,
    *,
    provenance: Provenance,
    style: Style = Style.BOARD,
    seed: int = 0,
    gap: float = _api.DEFAULT_GAP,
    time_limit_s: float = _api.DEFAULT_TIME_LIMIT_S,
    model_folder: Path | None = None,
) -> HtmlReport:
    """Plan a portfolio and report on the plan.

    Parameters
    ----------
    portfolio, model, seed, gap, time_limit_s : optional
        As for :func:`planner.plan`.
    provenance : Provenance
        Date, command and versions for the manifest.
    style : Style
        Whom it is for.
    model_folder : Path, optional
        Where the model's diagnostics lie; found by its name where not given.

    Returns
    -------
    HtmlReport
    """
    plan = _api.plan(portfolio, model, seed=seed, gap=gap, time_limit_s=time_limit_s)
    return HtmlReport(
        render_html(
            build_report(
                gather(
                    plan,
                    portfolio,
                    model,
                    provenance=provenance,
                    style=style,
                    model_folder=model_folder,
                )
            )
        ),
        plan,
    )


def gather(
    plan: Plan,
    portfolio: Portfolio,
    model: Posterior,
    *,
    provenance: Provenance,
    style: Style = Style.BOARD,
    model_folder: Path | None = None,
) -> Material:
    """Return a plan with its forecasts, draws and diagnostics."""
    if plan.status is Status.INFEASIBLE:
        return Material(
            plan=plan, portfolio=portfolio, model=model, style=style, provenance=provenance
        )
    funded = funded_places(plan)
    wanted = sorted({*funded, *shown_places(plan)})
    projects = {project.id: project for project in portfolio.projects}
    forecasts = {
        name: _api.forecast(projects[name], model, seed=plan.seed)
        for name in (plan.decisions[place].project for place in wanted)
    }
    of_funded = [forecasts[plan.decisions[place].project] for place in funded]
    fit, checks = stored_results(model, model_folder) if style is Style.TECH else ({}, {})
    return Material(
        plan=plan,
        portfolio=portfolio,
        model=model,
        style=style,
        provenance=provenance,
        forecasts=forecasts,
        draws=plan_draws(plan, portfolio, of_funded) if funded else None,
        diagnostics=fit,
        checks=checks,
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
    return tuple(  # type: ignore[return-value]
        found if found.get("draws_sha256") == model.sha256 else {} for found in (fit, checks)
    )


def versions() -> dict[str, str]:
    """Return versions of this program and of what computes in it."""
    found = {"planner": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        found[name] = metadata.version(name)
    return found


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
