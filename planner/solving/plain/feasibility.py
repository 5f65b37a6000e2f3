"""What do the rules cost at least, whatever it is worth?

The rules ask only which projects are funded, so the least budget that keeps them all is a small
integer model: one yes-or-no per project that a rule names, at the price of its cheapest option.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import pulp

from planner.domain.portfolio.portfolio import AtLeast, Fund, ProjectRule
from planner.errors import NotConvergedError
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance, Effort
from planner.offering.rules import broken_rules, rule_rows
from planner.solving.highs_options import highs

DECIDING_WORK = 30 * SECOND
"""For the least cost; its models are small."""


def least_cost_set(
    cheapest_cents: Mapping[str, int],
    rules: Sequence[ProjectRule],
    deadline: Deadline = NEVER,
) -> frozenset[str] | None:
    """Return the set of projects that keeps every rule for the least money.

    Parameters
    ----------
    cheapest_cents : mapping of str to int
        Cost of the cheapest option of each project that has one.
    rules : sequence of ProjectRule
        All to be kept.
    deadline : Deadline
        Where a time limit was asked for, and something else must be answered by then.

    Returns
    -------
    frozenset of str or None
        None if no set keeps the rules at any budget.

    Raises
    ------
    NotConvergedError
        Neither a set nor a proof that there is none was found within the limits.

    Examples
    --------
    >>> sorted(least_cost_set({"a": 300, "b": 200}, [AtLeast("r", 1, ("a", "b"))]))
    ['b']
    """
    if not any(isinstance(rule, Fund | AtLeast) for rule in rules):
        return frozenset()  # nothing funded keeps every other kind of rule
    problem = pulp.LpProblem("least_cost", pulp.LpMinimize)
    named = sorted({project for row in rule_rows(rules) for project, _ in row.terms})
    offered = [project for project in named if project in cheapest_cents]
    fund = dict(zip(offered, _binaries(problem, len(offered)), strict=True))
    largest = max([cheapest_cents[project] for project in offered], default=0)
    unit = 2.0 ** max(0, math.ceil(math.log2(max(largest, 1))) - 20)
    problem.setObjective(
        pulp.lpSum_vars_coefs((fund[p], cheapest_cents[p] / unit) for p in offered)
    )
    for number, row in enumerate(rule_rows(rules)):
        terms = [(fund[p], factor) for p, factor in row.terms if p in fund]
        if terms:
            problem.addConstraint(pulp.lpSum_vars_coefs(terms) <= row.limit, f"rule[{number}]")
        elif row.limit < 0:
            return None
    if not offered:
        return frozenset()
    stats = problem.solve(highs(gap=0.0, effort=Effort(Allowance(DECIDING_WORK, deadline))))
    if stats.status == pulp.constants.LpSolveStatus.Infeasible:
        return None
    chosen = frozenset(p for p, variable in fund.items() if (variable.varValue or 0) > 0.5)
    if not stats.has_solution or broken_rules(rules, chosen):
        message = (
            f"HiGHS could not decide whether the rules can hold together ({stats.status_str})."
        )
        raise NotConvergedError(message)
    return chosen


def total_cents(cheapest_cents: Mapping[str, int], funded: Iterable[str]) -> int:
    """Return the exact cost of funding each project at its cheapest."""
    return sum(cheapest_cents[project] for project in funded)


def _binaries(problem: pulp.LpProblem, count: int) -> list[pulp.LpVariable]:
    variables: list[pulp.LpVariable] = problem.add_variable_matrix(
        "fund[%s]", range(count), cat="Binary"
    )
    return variables
