"""How near is a plan proven to be to the best one, and how much do the draws leave open?"""

from collections.abc import Mapping

from planner.domain.format import gap
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Status

__all__ = ["PROVEN", "draws_leave", "proof_state", "proof_words"]

BEST = 1e-6
"""Gap up to which a plan is called the best."""
STATES = {
    "optimal": "Proven optimal",
    "near": "Proven close to optimal",
    "feasible": "Not proven optimal, the search stopped early",
}


PROVEN: Mapping[str, str] = {
    "optimal": "Best plan under these forecasts",
    "near": "Best plan that the draws tell apart",
    "feasible": "Best found under these forecasts",
    "infeasible": "No plan fits",
}
"""What is known of a plan, in a few words, by the state that ``proof_state`` tells."""


def proof_state(plan: Plan) -> str:
    """Return ``optimal``, ``near`` (as near as was asked for), ``feasible`` or ``infeasible``."""
    if plan.status is Status.OPTIMAL and plan.objective is not None and plan.objective.gap > BEST:
        return "near"
    return str(plan.status)


def draws_leave(plan: Plan) -> float | None:
    """Return the standard error of a plan's worth as a share of it; None where there is none."""
    if plan.objective is None or plan.audit is None or not plan.audit.in_sample_se:
        return None
    return plan.audit.in_sample_se / abs(plan.objective.value) if plan.objective.value else None


def proof_words(plan: Plan) -> str:
    """Return how near the plan is to the best one on its draws, and what those leave open."""
    if plan.objective is None:
        return ""
    state = STATES[proof_state(plan)]
    text = f"{state}: at most {gap(plan.objective.gap)} below the best plan on these draws"
    share = draws_leave(plan)
    return f"{text}." if share is None else f"{text}; the draws themselves leave {gap(share)} open."
