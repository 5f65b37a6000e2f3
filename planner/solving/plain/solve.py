"""Which option of which project, under one budget and the user's rules?

Prune by dominance; bound by the linear relaxation; find a good plan greedily; discard every
option that the bound shows cannot improve on it; let HiGHS search what is left; audit. All
reductions are exact, so the answer is that of the full model.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import Fund, ProjectRule, Skip
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective, Status
from planner.offering.effort import USUAL, Allowance, Effort, Stop
from planner.offering.pruning import undominated
from planner.offering.relaxation import (
    Bound,
    Prices,
    budget_price,
    hull_rows,
    hull_steps,
    preferred_rows,
    upper_bound,
)
from planner.offering.rules import rule_rows
from planner.offering.table import OptionTable, build_table
from planner.solving.highs_options import highs
from planner.solving.plain.audit import Tally, require_sound
from planner.solving.plain.feasibility import least_cost_set, total_cents
from planner.solving.plain.formulation import Model, build_model
from planner.solving.plain.greedy import greedy_rows, polished_rows

type Floats = NDArray[np.float64]
type Rows = NDArray[np.int64]

PROVEN_GAP = 1e-6
"""Relative gap up to which a plan counts as optimal, whatever gap was asked for."""

MOST_COVERS = 50
ROUNDING = 1e-9
"""Relative slack when options are discarded by the bound: rounding must not discard an optimum."""


@dataclass(frozen=True)
class Choice:
    """What is chosen, and how good it is proven to be.

    Attributes
    ----------
    picks : tuple of int or None
        For each project, in the order given, the chosen option or None.
    status : Status
        Optimal within the asked gap, or feasible.
    value, bound, gap : float
        Objective recomputed from the picks; a proven upper bound; their relative distance.
    solver_bound, own_bound : float
        The bound HiGHS reports, and the one computed here without it.
    committed_cents : int
        Exact cost.
    budget_price : float
        Worth of one more unit of money (not cent), at least 0.
    stop : Stop
        What ended the search before the gap asked for was proven.
    """

    picks: tuple[int | None, ...]
    status: Status
    value: float
    bound: float
    gap: float
    solver_bound: float
    own_bound: float
    committed_cents: int
    budget_price: float
    stop: Stop = ""


def choose(
    options: Sequence[ProjectOptions],
    objective: Objective,
    budget_cents: int,
    rules: Sequence[ProjectRule] = (),
    *,
    gap: float = 1e-6,
    allowance: Allowance = USUAL,
) -> Choice | None:
    """Return the best choice of at most one option per project; None if rules and budget conflict.

    Parameters
    ----------
    options : sequence of ProjectOptions
        What may be chosen.
    objective : Objective
        What is maximised; money may stay unspent.
    budget_cents : int
        Hard limit on the sum of the costs.
    rules : sequence of ProjectRule
        All kept.
    gap : float, default=1e-6
        Relative gap at which the search may stop; a plan counts as optimal up to ``PROVEN_GAP``.
    allowance : Allowance
        Of work, and of time where it was asked for; the best plan found within them is returned.

    Raises
    ------
    AuditError
        The plan, recomputed without the solver, is not what the solver said.
    """
    effort = Effort(allowance)
    table = build_table(_without_skipped(options, rules), objective, rules)
    cheapest = _cheapest(table)
    demanded = least_cost_set(cheapest, rules)
    if demanded is None or total_cents(cheapest, demanded) > budget_cents:
        return None
    # Beyond the price of everything the budget means nothing; huge numbers only cost accuracy.
    budget_cents = min(budget_cents, _dearest(table))
    everything = undominated(table)
    prices = _dual_prices(table, everything, rules, budget_cents)
    # What costs more than all there is cannot be chosen, but says what more money would be worth.
    rows = everything[table.cents[everything] <= budget_cents]
    steps = hull_steps(table, rows)
    bound = _tightest_bound(table, prices, budget_price(steps, budget_cents), rules, budget_cents)
    incumbent = greedy_rows(table, rows, steps, budget_cents, rules, demanded)
    if rules:
        guided = preferred_rows(table, bound)
        other = greedy_rows(table, rows, steps, budget_cents, rules, demanded, guided)
        incumbent = max(incumbent, other, key=lambda chosen: _worth(table, chosen))
    floor = _worth(table, incumbent)
    slack = _rounding_slack(table, bound.value, floor, prices.per_cent * budget_cents)
    contenders = rows[bound.option_value[rows] >= floor - slack]
    found = _search(table, contenders, rules, budget_cents, gap, effort)

    def audited(chosen: Rows, claimed: float) -> tuple[tuple[int | None, ...], Tally]:
        picks = _picks(table, chosen, options)
        limit = bound.value + slack
        return picks, require_sound(
            options, picks, objective, budget_cents, rules, claimed=claimed, bound=limit
        )

    best = incumbent
    if found.rows is not None and _worth(table, found.rows) > floor:
        audited(found.rows, found.claimed)
    for chosen in found.seen:
        # All that the search came by: a longer one sees the same and more, so it is never worse.
        if _worth(table, chosen) > floor:
            better = polished_rows(table, rows, chosen, budget_cents, rules)
            best = max(better, best, key=lambda picked: _worth(table, picked))
    picks, tally = audited(best, _worth(table, best))
    # What was discarded cannot beat the incumbent, so the bound over what was left, but no less
    # than the incumbent, holds for every option.
    solver_bound = bound.value if found.bound is None else max(found.bound, floor)
    proven = max(tally.value, min(solver_bound, bound.value))
    distance = relative_gap(tally.value, proven)
    return Choice(
        picks=picks,
        status=Status.OPTIMAL if distance <= PROVEN_GAP else Status.FEASIBLE,
        value=tally.value,
        bound=proven,
        gap=distance,
        solver_bound=max(solver_bound, tally.value),
        own_bound=max(bound.value, tally.value),
        committed_cents=tally.cents,
        budget_price=100 * prices.per_cent,
        stop="" if distance <= gap else effort.stop or "work",
    )


def _tightest_bound(
    table: OptionTable,
    prices: Prices,
    other_price: float,
    rules: Sequence[ProjectRule],
    budget_cents: int,
) -> Bound:
    """Return the lower of the bounds at the dual prices and at another price of the budget."""
    prepared, must = rule_rows(rules), _must(table, rules)
    other = Prices(other_price, np.zeros(len(prepared)))
    bounds = [upper_bound(table, p, prepared, budget_cents, must=must) for p in (prices, other)]
    return min(bounds, key=lambda bound: bound.value)


def _rounding_slack(table: OptionTable, *amounts: float) -> float:
    """Return what sums of these magnitudes may be off by."""
    largest = float(np.abs(table.worth).max(initial=0.0))
    return ROUNDING * max(largest, *(abs(amount) for amount in amounts))


def relative_gap(value: float, bound: float) -> float:
    """Return the distance to the bound relative to the value (to the bound where the value is 0).

    Examples
    --------
    >>> relative_gap(90.0, 99.0)
    0.1
    """
    distance = max(0.0, bound - value)
    scale = abs(value) or abs(bound)
    return distance / scale if distance else 0.0


@dataclass(frozen=True, eq=False)
class _Found:
    """What the search brought back.

    Attributes
    ----------
    rows : ndarray of int64 or None
        The solver's last plan.
    claimed : float
        Its worth as the solver says.
    bound : float or None
        As far as it got.
    seen : tuple of ndarray of int64
        Plans within the budget that the solver came by, the last one too.
    """

    rows: Rows | None
    claimed: float
    bound: float | None
    seen: tuple[Rows, ...] = ()


def _search(
    table: OptionTable,
    rows: Rows,
    rules: Sequence[ProjectRule],
    budget_cents: int,
    gap: float,
    effort: Effort,
) -> _Found:
    """Solve the integer model; cut off what overspends within tolerance and solve again."""
    covers: list[list[int]] = []
    seen: list[Rows] = []
    if len(rows) == 0:
        return _Found(rows, 0.0, 0.0)
    while len(covers) < MOST_COVERS and not effort.is_over():
        model = build_model(table, rows, rule_rows(rules), budget_cents, covers)
        # Half the asked gap: scaling and tolerances must not use up the other half.
        solver = highs(gap=gap / 2, effort=effort)
        stats = model.problem.solve(solver)
        seen += _seen(model, solver.seen, table, budget_cents)
        bound = None if stats.best_bound is None else stats.best_bound * model.worth_unit
        if not stats.has_solution or stats.objective is None:
            return _Found(None, -math.inf, bound, tuple(seen))
        chosen = _chosen(model)
        if int(table.cents[chosen].sum()) <= budget_cents:
            claimed = stats.objective * model.worth_unit
            return _Found(chosen, claimed, bound, (*seen, chosen))
        covers.append(chosen.tolist())
    return _Found(None, -math.inf, None, tuple(seen))


def _seen(
    model: Model, found: Sequence[Floats], table: OptionTable, budget_cents: int
) -> Iterator[Rows]:
    """Yield the plans within the budget that HiGHS came by, each better than the one before."""
    place = {v.id: place for place, v in enumerate(model.problem.exported_variables())}
    columns = np.array([place.get(v.id, -1) for v in model.choose], dtype=np.int64)
    for values in found:
        chosen = np.sort(model.rows[np.append(values, 0.0)[columns] > 0.5])
        if int(table.cents[chosen].sum()) <= budget_cents:
            yield chosen


def _dual_prices(
    table: OptionTable,
    rows: Rows,
    rules: Sequence[ProjectRule],
    budget_cents: int,
) -> Prices:
    """Return dual prices of the relaxation: by sorting, or from HiGHS where rules take part."""
    prepared = rule_rows(rules)
    price = budget_price(hull_steps(table, rows), budget_cents)
    simple = Prices(price, np.zeros(len(prepared)))
    if not prepared:
        return simple
    corners = hull_rows(table, rows)
    model = build_model(table, corners, prepared, budget_cents)
    stats = model.problem.solve(highs(gap=0.0))
    if stats.status != pulp.constants.LpSolveStatus.Optimal:
        return simple
    return _prices(model)


def _prices(model: Model) -> Prices:
    """Read the dual prices back in cents; wrong signs within tolerance become 0."""
    per_cent = [max(0.0, row.pi or 0.0) for row in model.budget_row]
    per_rule = [max(0.0, (row.pi if row else 0.0) or 0.0) for row in model.rule_constraints]
    return Prices(
        sum(per_cent) * model.worth_unit / model.money_unit,
        np.array(per_rule, dtype=np.float64) * model.worth_unit,
    )


def _chosen(model: Model) -> Rows:
    taken = np.array([(variable.varValue or 0.0) > 0.5 for variable in model.choose])
    return np.sort(model.rows[taken])


def _worth(table: OptionTable, rows: Rows) -> float:
    return math.fsum(table.worth[rows].tolist())


def _picks(
    table: OptionTable, rows: Rows, options: Sequence[ProjectOptions]
) -> tuple[int | None, ...]:
    """Return the chosen option of each project in the order of ``options``."""
    of_project = {
        table.projects[int(table.owner[row])]: table.row_in_project(row) for row in rows.tolist()
    }
    return tuple(of_project.get(item.project) for item in options)


def _cheapest(table: OptionTable) -> dict[str, int]:
    return {
        project: int(table.cents[start:stop].min())
        for project, start, stop in zip(
            table.projects, table.first[:-1].tolist(), table.first[1:].tolist(), strict=True
        )
        if stop > start
    }


def _dearest(table: OptionTable) -> int:
    """Return the cost of every project at its dearest."""
    dearest = np.zeros(len(table.projects), dtype=np.int64)
    np.maximum.at(dearest, table.owner, table.cents)
    return int(dearest.sum())


def _must(table: OptionTable, rules: Sequence[ProjectRule]) -> NDArray[np.bool_]:
    """Return which projects a rule says are funded; there is then an option for each."""
    named = {project for rule in rules if isinstance(rule, Fund) for project in rule.projects}
    return np.array([project in named for project in table.projects], dtype=np.bool_)


def _without_skipped(
    options: Sequence[ProjectOptions], rules: Sequence[ProjectRule]
) -> list[ProjectOptions]:
    """Return the options, none left for projects that a rule says to skip."""
    skipped = {project for rule in rules if isinstance(rule, Skip) for project in rule.projects}
    nothing = np.zeros(0, dtype=np.int64)
    return [item.take(nothing) if item.project in skipped else item for item in options]
