r"""The integer model, as on paper, in PuLP.

Sets: projects :math:`i`, options :math:`o` of each (architecture and images).
Parameters: worth :math:`v_{io}`, cost :math:`c_{io}` in cents, budget :math:`B`.
Variables: :math:`x_{io} \in \{0, 1\}`, ``choose[project,architecture,images]``.

.. math::

    \max \sum_{io} v_{io} x_{io} \quad \text{s.t.} \quad \sum_{io} c_{io} x_{io} \le B, \quad
    \sum_o x_{io} \le 1, \quad \sum_i a_{ri} \sum_o x_{io} \le b_r

One function adds one family of constraints, named after its business rule. Worth and money are
scaled by powers of two, which is exact, so that the solver's absolute tolerances mean the same
for a budget of a thousand as for one of a thousand billion.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from planner.offering.rules import RuleRow
from planner.offering.table import OptionTable

type Rows = NDArray[np.int64]

LARGEST_WORTH = 2.0**10
LARGEST_MONEY = 2.0**20
LARGEST_COST = 2.0**40
"""HiGHS refuses coefficients from 1e15 on."""


@dataclass(frozen=True, eq=False)
class Model:
    """A PuLP problem with what is needed to read its answer.

    Attributes
    ----------
    problem : pulp.LpProblem
        Maximises.
    rows : ndarray of int64
        Row of the option table behind each variable.
    choose : list of pulp.LpVariable
        Parallel to ``rows``.
    worth_unit, money_unit : float
        Powers of two: one unit of the model in worth, and in cents.
    variables_of : dict of int to list of pulp.LpVariable
        Variables of each project.
    budget_row : list of pulp.LpConstraint
        The budget's constraint; empty if nothing costs anything.
    rule_constraints : list of pulp.LpConstraint or None
        Constraint that each rule row became; None where no variable takes part.
    """

    problem: pulp.LpProblem
    rows: Rows
    choose: list[pulp.LpVariable]
    worth_unit: float
    money_unit: float
    variables_of: dict[int, list[pulp.LpVariable]]
    budget_row: list[pulp.LpConstraint]
    rule_constraints: list[pulp.LpConstraint | None]


def build_model(
    table: OptionTable,
    rows: Rows,
    rule_rows: Sequence[RuleRow],
    budget_cents: int,
    covers: Iterable[Sequence[int]] = (),
) -> Model:
    """Return the model over some rows of the option table.

    Parameters
    ----------
    table : OptionTable
        Every option.
    rows : ndarray of int64
        Options that take part.
    rule_rows : sequence of RuleRow
        From :func:`planner.offering.rules.rule_rows`.
    budget_cents : int
        Hard limit.
    covers : iterable of sequences of int
        Sets of table rows that together cost more than the budget although the solver's
        tolerance let them pass; they are cut off.
    """
    problem = pulp.LpProblem("plan", pulp.LpMaximize)
    labels = _labels(table, rows)
    choose = problem.add_variable_matrix("choose[%s]", labels, cat="Binary")
    variables_of: dict[int, list[pulp.LpVariable]] = {}
    for owner, variable in zip(table.owner[rows].tolist(), choose, strict=True):
        variables_of.setdefault(owner, []).append(variable)
    largest_worth = float(np.abs(table.worth[rows]).max(initial=0.0))
    model = Model(
        problem,
        rows,
        choose,
        worth_unit=_unit(largest_worth, LARGEST_WORTH),
        money_unit=max(
            _unit(float(budget_cents), LARGEST_MONEY),
            _unit(float(table.cents[rows].max(initial=0)), LARGEST_COST),
        ),
        variables_of=variables_of,
        budget_row=[],
        rule_constraints=[],
    )
    maximise_worth(model, table)
    keep_budget(model, table, budget_cents)
    choose_at_most_one_option(model, table)
    keep_rules(model, table, rule_rows)
    cut_off_covers(model, table, covers)
    return model


def maximise_worth(model: Model, table: OptionTable) -> None:
    """Maximise the sum of the worth of the chosen options."""
    worth = table.worth[model.rows] / model.worth_unit
    model.problem.setObjective(_sum(model.choose, worth.tolist()))


def keep_budget(model: Model, table: OptionTable, budget_cents: int) -> None:
    """Commit no more than the budget: ``budget_total``."""
    cents = table.cents[model.rows] / model.money_unit
    if cents.any():
        spend = _sum(model.choose, cents.tolist())
        limit = budget_cents / model.money_unit
        model.budget_row.append(model.problem.addConstraint(spend <= limit, "budget_total"))


def choose_at_most_one_option(model: Model, table: OptionTable) -> None:
    """Fund each project with at most one of its options: ``one_per_project[project]``."""
    names = unique_names(plain_name(project) for project in table.projects)
    for owner, variables in model.variables_of.items():
        name = f"one_per_project[{names[owner]}]"
        model.problem.addConstraint(pulp.lpSum_vars(variables) <= 1, name)


def keep_rules(model: Model, table: OptionTable, rule_rows: Sequence[RuleRow]) -> None:
    """Keep the user's rules, each row named by its kind: ``require[…]``, ``fund[…]``, ….

    A row without variables binds nobody: that the rules can be kept is known before the model is
    built.
    """
    position = {project: i for i, project in enumerate(table.projects)}
    names = unique_names(plain_name(row.name) for row in rule_rows)
    for name, row in zip(names, rule_rows, strict=True):
        funded = [
            (variable, coefficient)
            for project, coefficient in row.terms
            if project in position
            for variable in model.variables_of.get(position[project], [])
        ]
        constraint = pulp.lpSum_vars_coefs(funded) <= row.limit if funded else None
        model.rule_constraints.append(
            None if constraint is None else model.problem.addConstraint(constraint, name)
        )


def cut_off_covers(model: Model, table: OptionTable, covers: Iterable[Sequence[int]]) -> None:
    """Cut off plans that overspend by less than the solver can see: ``cover[k]``.

    A set of options that overspends still does so when any of them is replaced by a dearer one
    of its project.
    """
    for number, cover in enumerate(covers):
        cheapest = {int(table.owner[row]): int(table.cents[row]) for row in cover}
        at_least_as_dear = [
            variable
            for row, variable in zip(model.rows.tolist(), model.choose, strict=True)
            if table.cents[row] >= cheapest.get(int(table.owner[row]), math.inf)
        ]
        limit = len(cheapest) - 1
        model.problem.addConstraint(pulp.lpSum_vars(at_least_as_dear) <= limit, f"cover[{number}]")


def plain_name(text: str) -> str:
    """Return a name that an LP file can hold; PuLP would turn brackets into underscores."""
    return re.sub(r"[^\w.,]+", "_", text, flags=re.ASCII).strip("_")[:60]


def unique_names(names: Iterable[str]) -> list[str]:
    """Return the names, those seen before with their number."""
    seen: set[str] = set()
    unique: list[str] = []
    for number, name in enumerate(names):
        own = name
        while own in seen:
            own = f"{own}_{number}"
        unique.append(own)
        seen.add(own)
    return unique


def _sum(variables: Sequence[pulp.LpVariable], factors: Sequence[float]) -> pulp.LpAffineExpression:
    return pulp.lpSum_vars_coefs(zip(variables, factors, strict=True))


def _unit(largest: float, wanted: float) -> float:
    """Return the power of two by which ``largest`` comes close to ``wanted`` from below."""
    if largest == 0:
        return 1.0
    return 2.0 ** math.ceil(math.log2(largest / wanted))


def _labels(table: OptionTable, rows: Rows) -> list[str]:
    names = unique_names(plain_name(project) for project in table.projects)
    owners = table.owner[rows].tolist()
    architectures = table.architecture[rows].tolist()
    images = table.images[rows].tolist()
    return [
        f"{names[owner]},{plain_name(table.options[owner].architectures[architecture])},{count}"
        for owner, architecture, count in zip(owners, architectures, images, strict=True)
    ]
