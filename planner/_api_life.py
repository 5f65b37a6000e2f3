"""The verbs beside a plan: how its projects rank, and what came of it.

The other verbs stand in :mod:`planner._api` and :mod:`planner._api_evidence`.
"""

from typing import TYPE_CHECKING

from planner._api import require_loaded

if TYPE_CHECKING:  # importing this module must not cost what its verbs need
    from planner.domain.model.posterior import Posterior
    from planner.domain.portfolio.portfolio import Portfolio
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
