r"""The risk-averse model, as on paper, in PuLP; scenarios never enter it.

Variables: ``choose[project,option]``, ``own[asset]``, ``tail`` (the risky part of the objective)
and, in the linear relaxation, ``lack[row]`` (by how much a row that must be filled is not).

.. math::

    \max \; (1-w) \sum_o w_o x_o + \sum_g a_g y_g + w \, t \quad \text{s.t.} \quad
    t \le \sum_o g_{ko} x_o + p_k, \quad \sum_o c_o x_o + \sum_g c_g y_g \le B, \quad
    \sum_{o \in i} x_o \le 1

and the named rows. One function adds one family of constraints. Worth, money and rows are scaled
by powers of two, which is exact, so that the solver's absolute tolerances mean the same for small
and for huge amounts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pulp

from planner.domain.arrays import Floats, Rows
from planner.solving.lp.cuts import CutPool
from planner.solving.lp.dual_prices import Terms
from planner.solving.system import System, power_of_two

LARGEST_WORTH = 2.0**10
LARGEST_MONEY = 2.0**20
LARGEST_COST = 2.0**40
LARGEST_NUMBER = 1e15
"""HiGHS refuses coefficients from there on."""


@dataclass(frozen=True, eq=False)
class Units:
    """Powers of two: one unit of the model in worth, in cents of the budget, of spend, of a row."""

    worth: float
    money: float
    spend: float
    row: Floats


@dataclass(eq=False)
class Model:
    """A PuLP problem with its variables, to be read like the algebra above."""

    problem: pulp.LpProblem
    system: System
    terms: Terms
    units: Units
    columns: Rows
    choose: list[pulp.LpVariable]
    own: list[pulp.LpVariable]
    tail: pulp.LpVariable
    lack: dict[int, pulp.LpVariable]
    nothing: pulp.LpVariable | None = None


def make_units(system: System, terms: Terms) -> Units:
    """Return the units that bring every family of numbers to a size the solver likes."""
    problem = system.problem
    worth = max(
        float(np.abs(problem.worth).max(initial=0.0)),
        float(np.abs(problem.asset_worth).max(initial=0.0)),
    )
    usable = problem.cents[terms.usable]
    dearest = max(int(usable.max(initial=0)), int(problem.asset_cents.max(initial=0)))
    money = [
        max(power_of_two(float(limit), LARGEST_MONEY), power_of_two(float(dearest), LARGEST_COST))
        for limit in (terms.budget_cents or dearest, terms.spend_limit)
    ]
    # Rows that count stay as they are.
    row = [power_of_two(size, LARGEST_MONEY) if size > 2**10 else 1.0 for size in system.largest]
    return Units(power_of_two(worth, LARGEST_WORTH), money[0], money[1], np.array(row))


def build_model(
    system: System,
    pool: CutPool,
    terms: Terms,
    columns: Rows,
    *,
    whole: bool,
    units: Units,
) -> Model:
    """Return the model over some options.

    Parameters
    ----------
    system : System
        Rows of the problem.
    pool : CutPool
        Cuts to begin with.
    terms : Terms
        Budget, weight of the tail and limit on spend.
    columns : ndarray of int64
        Options that take part.
    whole : bool
        Integers; False is the linear relaxation, with ``lack`` where ``x = 0`` breaks a row.
    units : Units
        From :func:`make_units`.
    """
    lp = pulp.LpProblem("plan", pulp.LpMaximize)
    cat: Literal["Binary", "Continuous"] = "Binary" if whole else "Continuous"
    own = lp.add_variable_matrix(
        "own[%s]", unique_names(map(plain_name, system.problem.assets)), 0, 1, cat=cat
    )
    labels = _labels(system, columns)
    choose = lp.add_variable_matrix("choose[%s]", labels, 0, 1 if whole else None, cat=cat)
    model = Model(
        problem=lp,
        system=system,
        terms=terms,
        units=units,
        columns=columns,
        choose=choose,
        own=own,
        tail=lp.add_variable("tail"),
        lack={},
    )
    if not whole:
        model.lack = {
            int(number): lp.add_variable(f"lack[{number}]", 0, 0)
            for number in np.flatnonzero(system.limit < 0)
        }
    maximise_worth(model)
    keep_budget(model)
    keep_rows(model)
    choose_at_most_one_option(model, [] if whole else system.groups[1].tolist())
    bound_the_tail(model, pool)
    bound_the_spend(model, pool)
    return model


def maximise_worth(model: Model) -> None:
    """Maximise the expectation and the tail of the worth, in their shares."""
    problem, share = model.system.problem, model.terms.tail
    worth = (1 - share) * problem.worth[model.columns] / model.units.worth
    pairs = [
        *_pairs(model.choose, worth),
        *_pairs(model.own, problem.asset_worth / model.units.worth),
    ]
    if share > 0:
        pairs.append((model.tail, share))
    model.problem.setObjective(pulp.lpSum_vars_coefs(pairs))


def keep_budget(model: Model) -> None:
    """Commit no more than the budget: ``budget_total``."""
    if model.terms.budget_cents is None:
        return
    problem, unit = model.system.problem, model.units.money
    spend = [
        *_pairs(model.choose, problem.cents[model.columns] / unit),
        *_pairs(model.own, problem.asset_cents / unit),
    ]
    _add(model, spend, model.terms.budget_cents / unit, "budget_total")


def keep_rows(model: Model) -> None:
    """Keep the user's rules and the links between options and assets, each row by its name."""
    system = model.system
    position, row, coefficient = system.entries(model.columns)
    order = np.argsort(row, kind="stable")
    ends = np.searchsorted(row[order], np.arange(system.n_rows + 1))
    names = unique_names(plain_name(item.name) for item in system.problem.rows)
    for number, name in enumerate(names):
        part = order[ends[number] : ends[number + 1]]
        unit = model.units.row[number]
        chosen = [model.choose[place] for place in position[part].tolist()]
        pairs = _pairs(chosen, coefficient[part] / unit)
        pairs += _pairs(model.own, system.assets[number] / unit)
        if number in model.lack:
            pairs.append((model.lack[number], -1.0))
        _add(model, pairs, system.limit[number] / unit, name)


def choose_at_most_one_option(model: Model, expected: Sequence[int] = ()) -> None:
    """Fund each project with at most one of its options: ``one_per_project[project]``.

    Options of the expected projects may join later.
    """
    problem = model.system.problem
    names = unique_names(map(plain_name, problem.projects))
    together: dict[int, list[pulp.LpVariable]] = {owner: [] for owner in expected}
    for owner, variable in zip(problem.owner[model.columns].tolist(), model.choose, strict=True):
        together.setdefault(owner, []).append(variable)
    for owner, variables in together.items():
        pairs = [(variable, 1.0) for variable in variables]
        _add(model, pairs, 1.0, f"one_per_project[{names[owner]}]")


def bound_the_tail(model: Model, pool: CutPool) -> None:
    """Keep the tail at or below its average over every known set of draws: ``tail_cut[k]``."""
    if model.terms.tail == 0:
        return
    for number, cut in enumerate(pool.worth):
        slopes = -cut.slope[model.columns] / model.units.worth
        pairs = [(model.tail, 1.0), *_pairs(model.choose, slopes)]
        _add(model, pairs, cut.constant / model.units.worth, f"tail_cut[{number}]")


def bound_the_spend(model: Model, pool: CutPool) -> None:
    """Keep the tail of the spend within its limit over known sets of draws: ``spend_cut[k]``."""
    unit = model.units.spend
    assets = model.system.problem.asset_cents / unit
    for number, cut in enumerate(pool.spend):
        pairs = [*_pairs(model.choose, cut.slope[model.columns] / unit), *_pairs(model.own, assets)]
        _add(model, pairs, model.terms.spend_limit / unit, f"spend_cut[{number}]")


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


def _pairs(
    variables: Sequence[pulp.LpVariable], factors: Floats
) -> list[tuple[pulp.LpVariable, float]]:
    return [(v, f) for v, f in zip(variables, factors.tolist(), strict=True) if f != 0]


def _add(
    model: Model, pairs: Sequence[tuple[pulp.LpVariable, float]], limit: float, name: str
) -> None:
    """Add a row; one without variables yet stands for ``0 ≤ limit``."""
    if not pairs:
        if model.nothing is None:
            model.nothing = model.problem.add_variable("nothing", 0, 0)
        pairs = [(model.nothing, 1.0)]
    model.problem.addConstraint(pulp.lpSum_vars_coefs(pairs) <= limit, name)


def _labels(system: System, columns: Rows) -> list[str]:
    """Return ``project,number`` of each option, numbered within its project."""
    owner = system.problem.owner
    names = unique_names(map(plain_name, system.problem.projects))
    first = np.searchsorted(owner, owner[columns])
    return [
        f"{names[project]},{number}"
        for project, number in zip(owner[columns].tolist(), (columns - first).tolist(), strict=True)
    ]
