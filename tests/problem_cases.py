"""Small problems in arrays, and a solver that tries every choice: the oracle of the fast ones."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import USUAL, Allowance
from planner.offering.outcomes import PackedOutcomes, empty_bits, set_success
from planner.offering.problem import DecisionProblem, LinearRow, Solution

NONE = np.zeros(0, dtype=np.int64)


def certain_outcomes(
    success: Flags,
    value: Floats,
    cents: Rows,
    *,
    counts_cost: bool = True,
    present: Floats | None = None,
) -> PackedOutcomes:
    """Return the outcomes of options whose cost is certain.

    Parameters
    ----------
    success : ndarray of bool, shape (n_options, n_draws)
        Whether the target is met.
    value, cents : ndarray, shape (n_options,)
        Worth of meeting it, and cost.
    counts_cost : bool, default=True
        Whether worth is net of cost.
    present : ndarray, shape (n_options,), optional
        Present-value factors; 1 without.
    """
    count, n_draws = success.shape
    bits = empty_bits(n_draws, count)
    set_success(bits, 0, success)
    return PackedOutcomes(
        bits=bits,
        value=np.asarray(value, dtype=np.float64),
        certain_cents=np.asarray(cents, dtype=np.float64),
        counts_cost=counts_cost,
        present=np.ones(count) if present is None else present,
    )


def row(
    name: str,
    options: dict[int, float],
    limit: float,
    assets: dict[int, float] | None = None,
    rule: str = "",
) -> LinearRow:
    """Return a row from coefficients by option and by asset."""
    bought = assets or {}
    return LinearRow(
        name,
        rule,
        np.array(list(options), dtype=np.int64),
        np.array(list(options.values()), dtype=np.float64),
        np.array(list(bought), dtype=np.int64),
        np.array(list(bought.values()), dtype=np.float64),
        limit,
    )


def make_problem(
    success: Sequence[Sequence[Sequence[int]]],
    cents: Sequence[Sequence[int]],
    values: Sequence[float],
    *,
    budget_cents: int | None = None,
    rows: Sequence[LinearRow] = (),
    asset_cents: Sequence[int] = (),
    counts_cost: bool = True,
) -> DecisionProblem:
    """Return a problem from success (project, option, draw), cents (project, option) and values."""
    owner = np.repeat(np.arange(len(cents)), [len(c) for c in cents]).astype(np.int64)
    flat = np.array([bits for project in success for bits in project], dtype=np.bool_)
    price = np.array([c for project in cents for c in project], dtype=np.int64)
    worth = np.array(values, dtype=np.float64)[owner]
    outcomes = certain_outcomes(flat, worth, price, counts_cost=counts_cost)
    bought = np.array(asset_cents, dtype=np.int64)
    return DecisionProblem(
        projects=tuple(f"p{i}" for i in range(len(cents))),
        owner=owner,
        cents=price,
        worth=outcomes.worth_at(np.full(outcomes.n_draws, 1 / outcomes.n_draws)),
        tie=np.arange(len(price)),
        budget_cents=budget_cents,
        rows=tuple(rows),
        assets=tuple(f"asset{k}" for k in range(len(bought))),
        asset_cents=bought,
        asset_worth=-bought / 100 if counts_cost else np.zeros(len(bought)),
        outcomes=outcomes,
    )


def random_problem(
    seed: int, *, projects: int = 3, levels: int = 3, draws: int = 60
) -> DecisionProblem:
    """Return a problem with a state of the world that all projects share."""
    rng = np.random.default_rng(seed)
    state = rng.normal(size=draws)
    success, cents, values = [], [], []
    for _ in range(projects):
        luck = rng.normal(size=draws)
        ease = np.sort(rng.normal(0.2, 0.8, levels))
        success.append([(state + luck < step).astype(int).tolist() for step in ease])
        cents.append(np.sort(rng.integers(500, 4000, levels)).tolist())
        values.append(float(rng.integers(20, 120)))
    return make_problem(success, cents, values, budget_cents=6000)


def choices(problem: DecisionProblem) -> Iterator[Rows]:
    """Yield every choice of at most one option of each project."""
    of_project = [np.flatnonzero(problem.owner == i) for i in range(len(problem.projects))]
    for picked in itertools.product(*([None, *rows.tolist()] for rows in of_project)):
        yield np.array([p for p in picked if p is not None], dtype=np.int64)


def cvar(draws: Floats, level: float) -> float:
    """Return the mean of the worst ``1 − level`` share, by its definition as a maximum."""
    grid = np.unique(draws)
    return max(float(t - np.maximum(t - draws, 0).mean() / (1 - level)) for t in grid)


def quantile(draws: Floats, level: float) -> float:
    """Return the most that a share of the draws reaches, by its definition."""
    return max(float(t) for t in draws if np.mean(draws >= t) >= level - 1e-12)


def worth_draws(problem: DecisionProblem, options: Rows, assets: Flags) -> Floats:
    """Return the worth of a choice in every draw."""
    outcomes = problem.outcomes
    assert outcomes is not None
    return outcomes.worth_draws(options).sum(axis=0) + float(problem.asset_worth[assets].sum())


def value_of(problem: DecisionProblem, options: Rows, assets: Flags) -> float:
    """Return the objective of a choice, risk measure included."""
    risk = problem.risk
    if risk.kind == "expected" or problem.outcomes is None:
        return float(problem.worth[options].sum() + problem.asset_worth[assets].sum())
    draws = worth_draws(problem, options, assets)
    if risk.kind == "quantile":
        return quantile(draws, risk.level)
    return (1 - risk.weight) * float(draws.mean()) + risk.weight * cvar(draws, risk.level)


def feasible(problem: DecisionProblem, options: Rows, assets: Flags, budget: int | None) -> bool:
    """Whether a choice keeps budget and rows."""
    cents = int(problem.cents[options].sum() + problem.asset_cents[assets].sum())
    if budget is not None and cents > budget:
        return False
    taken = np.zeros(len(problem))
    taken[options] = 1
    for one in problem.rows:
        load = one.option_coefficients @ taken[one.options]
        load += one.asset_coefficients @ assets[one.assets]
        if load > one.limit + 1e-9:
            return False
    return True


@dataclass(frozen=True)
class Enumerated:
    """Solves a problem by trying everything."""

    problem: DecisionProblem

    def solve(
        self,
        *,
        budget_cents: int | None = None,
        risk: RiskMeasure | None = None,
        gap: float | None = 1e-6,
        allowance: Allowance = USUAL,
    ) -> Solution:
        """Return the best choice; the cheapest among equals."""
        problem = self.problem if risk is None else replace(self.problem, risk=risk)
        budget = problem.budget_cents if budget_cents is None else budget_cents
        best: tuple[float, int, Rows, Flags] | None = None
        for options in choices(problem):
            for bits in itertools.product([False, True], repeat=len(problem.assets)):
                assets = np.array(bits, dtype=np.bool_)
                if not feasible(problem, options, assets, budget):
                    continue
                value = value_of(problem, options, assets)
                cents = int(problem.cents[options].sum() + problem.asset_cents[assets].sum())
                if best is None or (value, -cents) > (best[0] + 1e-12, -best[1]):
                    best = (value, cents, options, assets)
        assert best is not None
        value, cents, options, assets = best
        return Solution(
            options=options,
            assets=assets,
            status=Status.OPTIMAL,
            value=value,
            bound=value,
            gap=0.0,
            mean=value,
            tail=value,
            solver_bound=value,
            own_bound=value,
            committed_cents=cents,
            budget_price=0.0,
            row_prices=np.zeros(len(problem.rows)),
        )

    def sweep(
        self, budgets_cents: Sequence[int], deadline: Deadline = NEVER
    ) -> tuple[Solution, ...]:
        """Return the best choice for each budget."""
        return tuple(self.solve(budget_cents=budget) for budget in budgets_cents)


def packed(problem: DecisionProblem) -> PackedOutcomes:
    """Return the packed outcomes of a problem made here."""
    assert isinstance(problem.outcomes, PackedOutcomes)
    return problem.outcomes
