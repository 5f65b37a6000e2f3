"""What is asked of a plan has no answer where no plan fits: the error that carries that answer."""

from typing import ClassVar

from planner.domain.results.plan import Plan
from planner.errors import PlannerError


class InfeasibleError(PlannerError):
    """No plan keeps all rules, so that what was asked about it has no answer.

    Parameters
    ----------
    plan : Plan
        What ``planner.plan`` answers: infeasible, with the conflict and its smallest fixes.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        fixes = "".join(f"\n   fix  {fix.text}" for fix in plan.fixes)
        super().__init__(
            f"No plan fits: these cannot hold together: {'; '.join(plan.conflict)}.{fixes}"
        )
