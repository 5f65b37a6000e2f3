"""The warm linear program: whatever is changed in it, it answers like one written anew."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.arrays import Floats, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.problem import DecisionProblem, Outcomes, SpendBound
from planner.solving.lp.cuts import Cut, CutPool
from planner.solving.lp.dual_prices import Terms
from planner.solving.lp.master import Master, Relaxed
from planner.solving.lp.model import make_units
from planner.solving.solver import PortfolioSolver
from planner.solving.system import build_system
from planner.solving.tail import DrawWeights, touching_weights, worst_share
from tests.benchmarks.engine_cases import make_case
from tests.efforts import plenty

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25)
RISK = RiskMeasure("cvar", 0.8, 0.6)


@dataclass(frozen=True, eq=False)
class _Written:
    """Outcomes written out: worth and spend of every option in every draw."""

    worth: Floats
    spend: Floats

    @property
    def n_draws(self) -> int:
        return len(self.worth[0])

    def worth_at(self, weights: Floats) -> Floats:
        return np.asarray(self.worth @ weights)

    def worth_draws(self, options: Rows) -> Floats:
        return np.asarray(self.worth[options])

    def spend_at(self, weights: Floats) -> Floats:
        return np.asarray(self.spend @ weights)

    def spend_draws(self, options: Rows) -> Floats:
        return np.asarray(self.spend[options])


def _case(seed: int, *, spend: bool = False) -> DecisionProblem:
    """Return a portfolio with a rule or two and assets; with random spend where asked for."""
    problem = make_case(seed, 7, 1, 3, 30, share=0.5, risk=RISK, n_assets=seed % 3)
    assert problem.outcomes is not None
    if not spend:
        return problem
    rng = np.random.default_rng(seed)
    worth = problem.outcomes.worth_draws(np.arange(len(problem)))
    factors = rng.lognormal(0, 0.5, (len(problem.projects), 30))[problem.owner]
    outcomes: Outcomes = _Written(worth, problem.cents[:, None] * factors)
    assert problem.budget_cents is not None
    bound = SpendBound(0.7, problem.budget_cents)
    return replace(problem, outcomes=outcomes, budget_cents=None, spend=bound)


def _terms(problem: DecisionProblem) -> Terms:
    spend = 0.0 if problem.spend is None else float(problem.spend.limit_cents)
    usable = np.ones(len(problem), dtype=np.bool_)
    return Terms(problem.budget_cents, RISK.weight, spend, usable)


def _cuts(problem: DecisionProblem, count: int, seed: int) -> list[Cut]:
    """Return the cut at equal weights, and those that touch the tail of random plans."""
    rng, outcomes = np.random.default_rng(seed), problem.outcomes
    assert outcomes is not None
    even = np.full(outcomes.n_draws, 1 / outcomes.n_draws)
    pool = CutPool([Cut(DrawWeights(even), problem.worth)], [])
    draws = outcomes.worth_draws(np.arange(len(problem)))
    for _ in range(count):
        shares = rng.random(len(problem)) * (rng.random(len(problem)) < 0.4)
        pool.add_worth(outcomes, touching_weights(shares @ draws, RISK))
    return pool.worth


def _spend_cuts(problem: DecisionProblem, count: int, seed: int) -> list[Cut]:
    rng, outcomes, pool = np.random.default_rng(seed), problem.outcomes, CutPool()
    assert outcomes is not None
    for _ in range(count if problem.spend is not None else 0):
        taken = np.flatnonzero(rng.random(len(problem)) < 0.4)
        spend = outcomes.spend_draws(taken).sum(axis=0)
        pool.add_spend(outcomes, worst_share(-spend, 0.3))
    return pool.spend


def _master(problem: DecisionProblem, pool: CutPool, columns: Rows, terms: Terms) -> Master:
    system = build_system(problem)
    return Master(system, pool, terms, columns, make_units(system, _terms(problem)))


def _solved(master: Master) -> Relaxed:
    relaxed = master.solve(plenty())
    assert relaxed is not None
    return relaxed


def _like_a_new_one(master: Master, problem: DecisionProblem, terms: Terms) -> None:
    """Hold a warm linear program against one written with the same cuts and options."""
    fresh = _master(problem, master.pool, np.sort(master.columns), terms)
    got, wanted = _solved(master), _solved(fresh)
    assert got.objective == pytest.approx(wanted.objective, rel=1e-6, abs=1e-6)
    assert len(got.prices.per_cut) == len(master.pool.worth)
    assert len(got.prices.per_spend_cut) == len(master.pool.spend)


def _start(problem: DecisionProblem, seed: int, n_cuts: int) -> tuple[Master, CutPool]:
    """Return a linear program over two options of each project."""
    pool = CutPool(_cuts(problem, n_cuts, seed), _spend_cuts(problem, 3, seed))
    columns = np.flatnonzero(np.arange(len(problem)) % 3 < 2)
    return _master(problem, pool, columns, _terms(problem)), pool


@FEW
@given(SEEDS, st.booleans(), st.integers(2, 30))
def test_after_forgetting_it_answers_like_a_new_one(seed: int, spend: bool, most: int) -> None:
    """Fewer cuts, then more cuts and options: each time the answer of one written anew."""
    problem = _case(seed, spend=spend)
    master, pool = _start(problem, seed, 24)
    outcomes, first = problem.outcomes, pool.worth[0]
    assert outcomes is not None
    _solved(master)
    before = len(pool.worth)
    master.forget_idle(most)
    assert len(pool.worth) == (before if before <= most else 3 * most // 4)
    assert pool.worth[0] is first
    _like_a_new_one(master, problem, _terms(problem))
    pool.worth.extend(_cuts(problem, 4, seed + 1)[1:])
    pool.spend.extend(_spend_cuts(problem, 2, seed + 1))
    master.sync()
    master.add(np.flatnonzero(~master.known))
    _like_a_new_one(master, problem, _terms(problem))
    master.forget_idle(most)
    limits = replace(_terms(problem), spend_limit=0.4 * _terms(problem).spend_limit)
    master.set_terms(limits)
    _like_a_new_one(master, problem, limits)


@FEW
@given(SEEDS)
def test_what_bounds_something_is_not_forgotten(seed: int) -> None:
    """Dropping cuts that have never had a price leaves the relaxation as it was."""
    problem = _case(seed)
    master, pool = _start(problem, seed, 20)
    before = _solved(master)
    # A solve in between: what was first seen with the rest is now older than what has a price.
    again = _solved(master)
    priced = [cut for cut, price in zip(pool.worth, again.prices.per_cut, strict=True) if price > 0]
    master.forget_idle(20)
    assert len(pool.worth) == 15
    kept = {id(cut) for cut in pool.worth}
    if len(priced) < 15:
        assert all(id(cut) in kept for cut in priced)
        assert _solved(master).objective == pytest.approx(before.objective, rel=1e-7, abs=1e-7)


def test_those_that_bounded_nothing_for_longest_go_first() -> None:
    """Of cuts seen by earlier solves the ones never priced go; cuts not solved with yet stay."""
    problem = _case(3)
    master, pool = _start(problem, 3, 10)
    for _ in range(3):
        _solved(master)
    new = _cuts(problem, 5, 99)[1:]
    pool.worth.extend(new)
    master.forget_idle(12)
    assert len(pool.worth) == 9
    assert all(any(cut is one for one in pool.worth) for cut in new)


def test_the_first_cut_stays_even_alone() -> None:
    """With room for one cut the first is kept, so that the tail stays bounded."""
    problem = _case(3)
    master, pool = _start(problem, 3, 5)
    first = pool.worth[0]
    _solved(master)
    master.forget_idle(1)
    assert pool.worth == [first]


def test_nothing_is_forgotten_below_the_limit_or_without_a_tail() -> None:
    """Up to the limit every cut stays; new ones of the pool are built in all the same."""
    problem = _case(4)
    master, pool = _start(problem, 4, 10)
    master.forget_idle(11)
    assert len(pool.worth) == 11
    pool.worth.extend(_cuts(problem, 1, 5)[1:])
    master.forget_idle(12)
    assert len(_solved(master).prices.per_cut) == 12


@FEW
@given(SEEDS)
def test_demands_and_fixed_assets_hold_and_are_lifted(seed: int) -> None:
    """Projects that must be funded are, fixed assets are as fixed; then all is as before."""
    problem = _case(seed)
    rng, n_assets = np.random.default_rng(seed), len(problem.assets)
    terms = replace(_terms(problem), budget_cents=10**12)
    pool = CutPool(_cuts(problem, 10, seed), [])
    master = _master(problem, pool, np.arange(len(problem)), terms)
    before = _solved(master).objective
    must = rng.random(len(problem.projects)) < 0.5
    fixed = rng.integers(-1, 2, n_assets).astype(np.int8)
    # A project that needs an asset that is not bought cannot be funded.
    for one in problem.rows:
        if fixed[one.assets[0]] == 0:
            must[problem.owner[one.options[0]]] = False
    usable = rng.random(len(problem)) < 0.8
    usable |= np.isin(np.arange(len(problem)), np.flatnonzero(np.diff(problem.owner, prepend=-1)))
    master.set_terms(replace(terms, must=must, fixed=fixed, usable=usable))
    relaxed = _solved(master)
    funded = np.bincount(
        problem.owner[relaxed.options], weights=relaxed.shares, minlength=len(must)
    )
    assert np.allclose(funded[must], 1.0)
    assert (funded <= 1 + 1e-6).all()
    assert usable[relaxed.options].all()
    assert np.allclose(relaxed.assets[fixed == 1], 1.0)
    assert np.allclose(relaxed.assets[fixed == 0], 0.0)
    assert relaxed.objective <= before + 1e-6 * max(1.0, abs(before))
    master.set_terms(terms)
    assert _solved(master).objective == pytest.approx(before, rel=1e-7, abs=1e-7)


@FEW
@given(SEEDS)
def test_another_budget_and_weight_are_answered_like_a_new_one(seed: int) -> None:
    """After a change of budget and of the tail's weight: the answer of one written anew."""
    problem = _case(seed)
    master, _ = _start(problem, seed, 8)
    _solved(master)
    for budget, tail in ((10**4, 0.6), (10**6, 0.2), (10**12, 0.9)):
        terms = replace(_terms(problem), budget_cents=budget, tail=tail)
        master.set_terms(terms)
        _like_a_new_one(master, problem, terms)


def test_a_demand_that_options_cannot_meet_has_no_solution() -> None:
    """None is returned where a project must be funded and none of its options may be taken."""
    problem = _case(3)
    master, _ = _start(problem, 3, 2)
    must = np.arange(len(problem.projects)) == 2
    master.set_terms(replace(_terms(problem), must=must, usable=problem.owner != 2))
    assert master.solve(plenty()) is None
    master.set_terms(_terms(problem))
    assert master.solve(plenty()) is not None


@pytest.mark.parametrize("change", [lambda b: b, lambda b: b // 3])
def test_prices_of_the_tail_sum_to_its_weight(change: Callable[[int], int]) -> None:
    """Whatever the budget, prices are at least 0 and those of the tail sum to its weight."""
    problem = _case(6)
    solver = PortfolioSolver(problem)
    assert problem.budget_cents is not None
    run = solver._run(change(problem.budget_cents), RISK, None)
    relaxation = run.relax(1e-6, plenty())
    assert relaxation is not None
    prices = relaxation.prices
    assert prices.per_cut.sum() == pytest.approx(RISK.weight)
    assert prices.per_cent >= 0
    assert (prices.per_cut >= 0).all()
    assert (prices.per_row >= 0).all()
