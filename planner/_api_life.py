"""The verbs beside a plan: how its projects rank, and what came of it.

The other verbs stand in :mod:`planner._api` and :mod:`planner._api_evidence`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from planner._api import require_loaded

if TYPE_CHECKING:  # importing this module must not cost what its verbs need
    from planner.domain.model.posterior import Posterior
    from planner.domain.portfolio.portfolio import Portfolio
    from planner.domain.results.plan import Plan
    from planner.questions.observe.actuals import Actuals
    from planner.questions.rank import Ranking


def rank(portfolio: "Portfolio", model: "Posterior", *, seed: int = 0) -> "Ranking":
    """Order projects by what they return for the money they commit; nothing is chosen.

    Parameters
    ----------
    portfolio : Portfolio
        A budget is not needed; with one, options dearer than it are left out.
    model : Posterior
        Whose draws to rank on.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    Ranking
        Each project with its most worthwhile option, best return first.
    """
    from planner.questions.rank import rank_projects
    from planner.reference.tables import load_catalogue

    require_loaded(model, seed)
    return rank_projects(portfolio, model, load_catalogue(), seed=seed)


def actuals(
    portfolio: "Portfolio",
    path: str | Path,
    model: "Posterior",
    *,
    plan: "Plan | None" = None,
    seed: int = 0,
) -> "Actuals":
    """Compare what came of projects with what was forecast of them; write nothing.

    Parameters
    ----------
    portfolio : Portfolio
        As it stood when the forecast was made.
    path : str or Path
        CSV with the columns project, date, and of spend, images and error at least one.
    model : Posterior
        Whose draws are the forecast.
    plan : Plan, optional
        That was carried out; today's of the portfolio, where it has a budget, unless given.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    Actuals
        Each row with the forecast's quantile of what came out.

    Raises
    ------
    InputError
        With every mistake in the file.
    """
    from planner.inputs.runs.actuals import read_actuals
    from planner.questions.observe.actuals import compare_actuals
    from planner.reference.tables import load_catalogue

    require_loaded(model, seed)
    file = read_actuals(Path(path), portfolio)
    return compare_actuals(portfolio, file, model, load_catalogue(), plan=plan, seed=seed)
