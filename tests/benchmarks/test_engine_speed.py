"""How long plans under risk take, and how that grows; run with ``--benchmark-only -m ""``.

Seconds are of the processor, so that other work on the machine counts less. Each bar runs on
instances (seeds) of its own. What is asserted are gaps and values, never times; the times stand in
the benchmark's table and its ``extra_info``.
"""

import resource
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.effort import SECOND, Allowance
from planner.offering.outcomes import PackedOutcomes
from planner.offering.problem import DecisionProblem, Solution
from planner.solving.solver import PortfolioSolver
from tests.benchmarks.engine_cases import make_case
from tests.oracles.extensive_form import solve_extensive

pytestmark = pytest.mark.slow


def _timed(problem: DecisionProblem, gap: float) -> tuple[Solution, float]:
    start = time.process_time()
    solution = PortfolioSolver(problem).solve(gap=gap, allowance=Allowance(300 * SECOND))
    return solution, time.process_time() - start


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_faster_than_the_extensive_form(benchmark: BenchmarkFixture, seed: int) -> None:
    """50 projects, 20 levels, 1,000 draws to a gap of 0.1 %: engine beside the extensive form."""
    problem = make_case(seed, 50, 1, 20, 1_000, share=1.0)
    timer: Any = benchmark
    start = time.process_time()
    extensive = solve_extensive(problem, gap=1e-3, time_limit_s=300)
    theirs = time.process_time() - start
    solution, ours = timer.pedantic(_timed, (problem, 1e-3), rounds=1, iterations=1)
    timer.extra_info |= {"extensive_s": theirs, "engine_s": ours, "ratio": theirs / ours}
    assert extensive.value is not None
    assert solution.gap <= 1e-3
    assert solution.bound >= extensive.value * (1 - 1e-9)
    assert extensive.bound >= solution.value * (1 - 1e-9)


@pytest.mark.parametrize(
    ("n_projects", "gap", "seed"),
    [
        (1_000, 5e-4, 31),
        (1_000, 5e-4, 33),
        (1_000, 5e-4, 64),
        (1_000, 5e-4, 65),
        (1_000, 5e-4, 66),
        (5_000, 1e-3, 32),
    ],
)
def test_large_portfolio(
    benchmark: BenchmarkFixture, n_projects: int, gap: float, seed: int
) -> None:
    """15 architectures, 20 levels, 2,000 draws, CVaR: the certified gap is as asked."""
    problem = make_case(seed, n_projects, 15, 20, 2_000, share=1.0)
    timer: Any = benchmark
    solution, seconds = timer.pedantic(_timed, (problem, gap), rounds=1, iterations=1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    timer.extra_info |= {"cpu_s": seconds, "gap": solution.gap, "peak_mb_with_draws": memory}
    assert solution.gap <= gap
    assert solution.value <= solution.bound <= solution.own_bound * (1 + 1e-9)


@pytest.mark.parametrize("kind", ["expected", "cvar"])
def test_frontier_of_31_budgets(benchmark: BenchmarkFixture, kind: str) -> None:
    """1,000 projects: a sweep over 31 budgets beside single solves at its middle."""
    problem = make_case(33, 1_000, 15, 20, 2_000, share=1.0)
    problem = replace(problem, risk=RiskMeasure(kind))
    _, single = _timed(problem, 5e-4)
    budgets = [int(b) for b in np.linspace(0, 2 * int(problem.budget_cents or 0), 31)]
    timer: Any = benchmark

    def sweep() -> tuple[tuple[Solution, ...], float]:
        start = time.process_time()
        found = PortfolioSolver(problem).sweep(budgets)
        return tuple(one for one in found if one is not None), time.process_time() - start

    solutions, seconds = timer.pedantic(sweep, rounds=1, iterations=1)
    gaps = [item.gap for item in solutions]
    timer.extra_info |= {"sweep_s": seconds, "single_s": single, "solves": seconds / single}
    timer.extra_info |= {"median_gap": float(np.median(gaps)), "largest_gap": max(gaps)}
    values = [item.value for item in solutions]
    assert values == sorted(values)
    if kind == "expected":
        assert max(gaps) <= 1e-5


def _first_draws(problem: DecisionProblem, n_draws: int) -> DecisionProblem:
    """Return the same portfolio seen through its first draws only."""
    outcomes = problem.outcomes
    assert isinstance(outcomes, PackedOutcomes)
    fewer = replace(outcomes, bits=outcomes.bits[:n_draws].copy())
    return replace(problem, outcomes=fewer, worth=fewer.worth_at(np.full(n_draws, 1 / n_draws)))


def _medians(cases: dict[int, list[DecisionProblem]], gap: float) -> tuple[dict[int, float], float]:
    """Return the median seconds of the cases of every size, and the largest gap reached."""
    solved = {size: [_timed(problem, gap) for problem in own] for size, own in cases.items()}
    seconds = {size: float(np.median([s for _, s in own])) for size, own in solved.items()}
    return seconds, max(solution.gap for own in solved.values() for solution, _ in own)


def _power(seconds: dict[int, float]) -> float:
    """Return the exponent of the power law through sizes and seconds."""
    return float(np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0])


SEEDS = (41, 42, 43)


def test_growth_with_projects(benchmark: BenchmarkFixture) -> None:
    """Median seconds of three instances of each size, to a gap of 0.1 %; the fitted power."""
    timer: Any = benchmark

    def fits() -> tuple[dict[int, float], float]:
        sizes = (250, 500, 1_000, 2_000, 4_000)
        return _medians(
            {n: [make_case(seed, n, 15, 20, 500, share=1.0) for seed in SEEDS] for n in sizes},
            1e-3,
        )

    seconds, gap = timer.pedantic(fits, rounds=1, iterations=1)
    timer.extra_info |= {"seconds": seconds, "power": _power(seconds), "largest_gap": gap}
    large = {size: second for size, second in seconds.items() if size >= 1_000}
    timer.extra_info |= {"power_from_1000": _power(large)}
    assert gap <= 1e-3


def test_growth_with_draws(benchmark: BenchmarkFixture) -> None:
    """Median seconds of three portfolios of 1,000 projects, seen through more and more draws."""
    timer: Any = benchmark

    def fits() -> tuple[dict[int, float], float]:
        whole = [make_case(seed, 1_000, 15, 20, 8_000, share=1.0) for seed in SEEDS]
        draws = (1_000, 2_000, 4_000, 8_000)
        return _medians({s: [_first_draws(p, s) for p in whole] for s in draws}, 1e-3)

    seconds, gap = timer.pedantic(fits, rounds=1, iterations=1)
    timer.extra_info |= {"seconds": seconds, "power": _power(seconds), "largest_gap": gap}
    assert gap <= 1e-3
