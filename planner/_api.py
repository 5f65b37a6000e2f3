"""The verbs of the public interface; each command of the command line calls one of them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing this module must not cost what its verbs need
    from planner.domain.model.posterior import Posterior
    from planner.domain.portfolio.portfolio import Portfolio
    from planner.domain.portfolio.project import Project
    from planner.domain.results.explanation import Explanation, PlanExplanation
    from planner.domain.results.frontier import Frontier
    from planner.domain.results.plan import Plan, Warning_
    from planner.domain.results.plan_diff import PlanDiff
    from planner.domain.results.reaudit import Reaudit
    from planner.forecasting.forecast import Forecast
    from planner.questions.collect.collect import CollectionReport
    from planner.questions.estimate.estimate import Estimate
    from planner.reporting.html.assemble import HtmlReport
    from planner.tasks.open import Backend

DEFAULT_MODEL = "transfer"
DEFAULT_GAP = None
DEFAULT_TIME_LIMIT_S: float | None = None
DEFAULT_ROUNDS = 3
DEFAULT_POINTS = 31
DEFAULT_TOP = 3


def require_loaded(model: object, seed: object) -> None:
    """Refuse a name where a loaded model is needed, and what is no seed."""
    from planner.domain.model.posterior import Posterior
    from planner.errors import bad_value

    if not isinstance(model, Posterior):
        message = f"got {model!r}; expected a loaded model."
        raise bad_value("model", message, f"planner.load_model({str(model)!r})")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        message = f"got {seed!r}; a seed is a whole number of at least 0."
        raise bad_value("seed", message, "seed=0")


def load_model(name: str = DEFAULT_MODEL) -> "Posterior":
    """Load a fitted model: joint draws and where they come from.

    Parameters
    ----------
    name : str, default="transfer"
        Name of a shipped model, or path of a model folder.

    Returns
    -------
    Posterior
    """
    from planner.reference.store import load_model as load

    return load(name)


def read_portfolio(
    path: str | Path, *, overrides: Mapping[str, object] | None = None
) -> "Portfolio":
    """Read a portfolio file, version 1: YAML, TOML, or the Excel form filled in.

    Parameters
    ----------
    path : str or Path
        The file.
    overrides : mapping of str to object, optional
        Dotted field paths that win over the file, such as ``{"portfolio.budget": "50k"}``.

    Returns
    -------
    Portfolio

    Raises
    ------
    InputError
        With every mistake in the file, found in one pass.
    """
    from planner.inputs.portfolio_file import read_portfolio as read

    return read(path, overrides=overrides)


def check(path: str | Path) -> "tuple[Warning_, ...]":
    """Check a portfolio file; return its warnings, or raise with every mistake."""
    from planner.inputs.portfolio_file import check_portfolio

    return check_portfolio(path)


def forecast(
    project: "Project", model: "Posterior", *, seed: int = 0, portfolio: "Portfolio | None" = None
) -> "Forecast":
    """Forecast one project, with the architectures that its portfolio states, if one is given."""
    from planner.forecasting.forecast import build_forecast
    from planner.reference.tables import catalogue_of, load_catalogue

    require_loaded(model, seed)
    tables = load_catalogue() if portfolio is None else catalogue_of(portfolio)
    known = () if model.spec is None else tables.architectures  # without effects none is needed
    return build_forecast(project, model, architectures=known, seed=seed)


def estimate(
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    seed: int = 0,
    approval_limit: float | None = None,
    top: int = DEFAULT_TOP,
) -> "Estimate":
    """Estimate each project: :func:`planner.questions.estimate.estimate.build_estimate`."""
    from planner.questions.estimate.estimate import build_estimate
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    known = catalogue_of(portfolio)
    return build_estimate(
        portfolio, model, known, seed=seed, approval_limit=approval_limit, top=top
    )


def collect(
    portfolio: "Portfolio",
    project_id: str,
    model: "Posterior",
    *,
    rounds: int = DEFAULT_ROUNDS,
    penalty: float | None = None,
    round_cost: float = 0.0,
    architecture: str | None = None,
    seed: int = 0,
) -> "CollectionReport":
    """Say how much to collect now, and later; see :mod:`planner.questions.collect.collect`."""
    from planner.questions.collect.collect import build_collection
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    return build_collection(
        portfolio,
        project_id,
        model,
        catalogue_of(portfolio),
        rounds=rounds,
        penalty=penalty,
        round_cost=round_cost,
        architecture=architecture,
        seed=seed,
    )


def plan(
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    seed: int = 0,
    gap: float | None = DEFAULT_GAP,
    time_limit_s: float | None = DEFAULT_TIME_LIMIT_S,
    replications: int = 0,
    backend: "Backend" = None,
    resume: str | Path | None = None,
) -> "Plan":
    """Choose architectures and images for a portfolio under its budget and rules.

    Parameters
    ----------
    portfolio : "Portfolio"
        With a budget.
    model : "Posterior"
        Whose draws to plan on.
    seed : int, default=0
        Fixes project luck; the same inputs and seed give the same plan, byte for byte.
    gap : float, optional
        Relative distance to the proven bound at which the search may stop. Without one it stops at
        a quarter of the standard error that the draws leave on the plan's worth, at least 1e-4,
        and goes on to 1e-6 where little work proves that, or up to 30 projects are planned by
        expected worth. 0 asks for as much as work allows.
    time_limit_s : float, optional
        Seconds for all that follows once the options are priced; the best plan found in them is
        returned, with a warning. No limit without: then the clock is never looked at.
    replications : int, default=0
        Solves on batches of held-out draws that bound how far the plan is from the best one; 0 for
        none.
    backend, resume : optional
        Who forecasts a portfolio of more than 1,024 projects, and runs the replications; see
        :func:`planner.tasks.open.open_tasks`.

    Returns
    -------
    Plan
        Audited; ``infeasible`` with the conflict and its smallest fixes if no plan keeps all rules.
    """
    from planner.planning.plan import build_plan
    from planner.reference.tables import catalogue_of
    from planner.tasks import open_tasks

    require_loaded(model, seed)
    with open_tasks(backend, resume) as tasks:
        return build_plan(
            portfolio,
            model,
            catalogue_of(portfolio),
            seed=seed,
            gap=gap,
            time_limit_s=time_limit_s,
            replications=replications,
            measures=True,
            tasks=tasks,
        )


def export(
    portfolio: "Portfolio",
    model: "Posterior",
    folder: str | Path,
    *,
    seed: int = 0,
    gap: float | None = DEFAULT_GAP,
    time_limit_s: float | None = DEFAULT_TIME_LIMIT_S,
    replications: int = 0,
    backend: "Backend" = None,
    resume: str | Path | None = None,
    force: bool = False,
    private_as: Iterable[str | Path] = (),
) -> "Plan":
    """Plan, and write the whole model for another solver; see :mod:`planner.questions.export`.

    Parameters
    ----------
    portfolio, model, seed, gap, time_limit_s, replications, backend, resume : optional
        As for :func:`plan`; the plan is the same.
    folder : str or Path
        Made, with ``model.mps``, ``model.lp`` and ``model.json``.
    force : bool, default=False
        Replace what stands there.
    private_as : iterable of str or Path, optional
        Nobody may read the files who could not read these.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        The files would take more than 2 GB, the measure of risk has no linear form, or something
        stands where the folder would.
    """
    from planner.questions.export import plan_and_export
    from planner.reference.tables import catalogue_of
    from planner.tasks import open_tasks

    require_loaded(model, seed)
    with open_tasks(backend, resume) as tasks:
        return plan_and_export(
            portfolio,
            model,
            catalogue_of(portfolio),
            Path(folder),
            seed=seed,
            gap=gap,
            time_limit_s=time_limit_s,
            replications=replications,
            tasks=tasks,
            force=force,
            sources=[Path(path) for path in private_as],
        )


def read_plan(path: str | Path) -> "Plan":
    """Read a plan saved as JSON; see :func:`planner.inputs.plan_file.read_plan`."""
    from planner.inputs.plan_file import read_plan as read

    return read(path)


def audit_plan(plan: "Plan", portfolio: "Portfolio", model: "Posterior") -> "Reaudit":
    """Judge a saved plan's choice today; see :func:`planner.questions.changes.reaudit.reaudit`."""
    from planner.questions.changes.reaudit import reaudit
    from planner.reference.tables import catalogue_of

    require_loaded(model, plan.seed)
    return reaudit(plan, portfolio, model, catalogue_of(portfolio))


def diff(before: "Plan", after: "Plan") -> "PlanDiff":
    """Compare two plans; see :func:`planner.questions.changes.diff.compare_plans`."""
    from planner.questions.changes.diff import compare_plans

    return compare_plans(before, after)


def frontier(
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    budgets: Sequence[float] | None = None,
    risk: bool = False,
    points: int = DEFAULT_POINTS,
    goals: Sequence[str] = (),
    confidence: float = 0.9,
    seed: int = 0,
    time_limit_s: float | None = DEFAULT_TIME_LIMIT_S,
    backend: "Backend" = None,
    resume: str | Path | None = None,
) -> "Frontier":
    """Say what every budget buys; see :func:`planner.questions.frontier.frontier.build_frontier`.

    Parameters
    ----------
    portfolio : Portfolio
        Its budget, if any, marks where you are.
    model : Posterior
        Whose draws to plan on.
    budgets : sequence of float, optional
        Budgets to look at; by default evenly from 0 to beyond the present one.
    risk : bool, default=False
        Trade the mean against the worst outcomes under the present budget instead.
    points : int, default=31
        Budgets, where none are given.
    goals : sequence of str
        Such as ``"targets:5"``, ``"value:1M"``, ``"net_value:500k"`` or ``"all"``.
    confidence : float, default=0.9
        Chance with which goals are to be met.
    seed : int, default=0
        Fixes project luck.
    time_limit_s : float, optional
        Seconds for all that follows once the options are priced; budgets, weights and goals that
        they leave no time for are left out, and the notes say so. No limit without.
    backend, resume : optional
        Who solves the budgets, in groups; see :func:`planner.tasks.open.open_tasks`.

    Returns
    -------
    Frontier
    """
    from planner.questions.frontier.frontier import build_frontier
    from planner.reference.tables import catalogue_of
    from planner.tasks import open_tasks

    require_loaded(model, seed)
    with open_tasks(backend, resume) as tasks:
        return build_frontier(
            portfolio,
            model,
            catalogue_of(portfolio),
            budgets=budgets,
            risk=risk,
            points=points,
            goals=goals,
            confidence=confidence,
            seed=seed,
            time_limit_s=time_limit_s,
            tasks=tasks,
        )


def report(
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    style: str = "board",
    date: str | None = None,
    command: str = "",
    seed: int = 0,
    gap: float | None = DEFAULT_GAP,
    time_limit_s: float | None = DEFAULT_TIME_LIMIT_S,
    model_folder: str | Path | None = None,
) -> "HtmlReport":
    """Plan a portfolio and return the plan with its report, one self-contained HTML page.

    Parameters
    ----------
    portfolio, model, seed, gap, time_limit_s : optional
        As for :func:`plan`; the plan is the same.
    style : {"board", "grant", "tech"}
        Whom it is for: ``grant`` adds methods and sample sizes, ``tech`` the model's diagnostics.
    date : str, optional
        In the manifest; today's if not given. With it the same inputs give the same bytes.
    command : str
        To make the report again, for the manifest.
    model_folder : str or Path, optional
        Where the model's diagnostics lie; found by its name if not given.

    Returns
    -------
    HtmlReport
        ``html``, the page, and ``plan``. An infeasible plan gives a page that says why.
    """
    from planner.reporting.html.assemble import make_report, provenance_of, style_of

    require_loaded(model, seed)
    return make_report(
        portfolio,
        model,
        provenance=provenance_of(date, command),
        style=style_of(style),
        seed=seed,
        gap=gap,
        time_limit_s=time_limit_s,
        model_folder=None if model_folder is None else Path(model_folder),
    )


def write_xlsx(
    plan: "Plan",
    portfolio: "Portfolio",
    path: str | Path,
    *,
    estimate: "Estimate | None" = None,
    source: str | Path | None = None,
    force: bool = False,
    private_as: Iterable[str | Path] = (),
) -> Path:
    """Write a plan as a workbook, with live sums and the paper's equations as formulas.

    Parameters
    ----------
    plan, portfolio : Plan, Portfolio
        What was decided, and on what.
    path : str or Path
        Of the workbook to write.
    estimate : Estimate, optional
        Each project's ranges; without it only the plan's own are written.
    source : str or Path, optional
        The workbook that the portfolio was read from; a copy of it is written.
    force : bool, default=False
        Replace a file that stands there.
    private_as : iterable of str or Path, optional
        Nobody may read the workbook who could not read these files; ``source`` is always one.

    Returns
    -------
    Path
        Of the workbook.

    Raises
    ------
    InputError
        The file exists or cannot be written, or the source is no workbook.
    """
    from planner.files import write_bytes
    from planner.reference.tables import catalogue_of
    from planner.reference.text_file import read_bytes
    from planner.reporting.xlsx.results import results_bytes

    content = results_bytes(
        plan,
        portfolio,
        catalogue_of(portfolio),
        estimate=estimate,
        source=None if source is None else read_bytes(Path(source)),
        name=str(source),
    )
    sources = [*private_as, *(() if source is None else (source,))]
    return write_bytes(path, content, force=force, sources=sources)


def explain(
    portfolio: "Portfolio", project_id: str | None, model: "Posterior", *, seed: int = 0
) -> "Explanation | PlanExplanation":
    """Explain the decision on one project, or (None) what holds the whole plan.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget.
    project_id : str or None
        Which project.
    model : Posterior
        Whose draws to plan on.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    Explanation or PlanExplanation
        See :mod:`planner.questions.why.explain`.
    """
    from planner.questions.why.explain import build_explanation, build_plan_explanation
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    if project_id is None:
        return build_plan_explanation(portfolio, model, catalogue_of(portfolio), seed=seed)
    return build_explanation(portfolio, project_id, model, catalogue_of(portfolio), seed=seed)
