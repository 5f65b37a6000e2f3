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

from planner.allocation.engine import PortfolioSolver
from planner.allocation.problem import Problem, RiskMeasure, Solution
from tests.benchmarks.engine_cases import make_case
from tests.oracles.extensive_form import solve_extensive

pytestmark = pytest.mark.slow


def _timed(problem: Problem, gap: float) -> tuple[Solution, float]:
    start = time.process_time()
    solution = PortfolioSolver(problem).solve(gap=gap, time_limit_s=300)
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


@pytest.mark.parametrize(("n_projects", "gap", "seed"), [(1_000, 5e-4, 31), (5_000, 1e-3, 32)])
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
        return PortfolioSolver(problem).sweep(budgets), time.process_time() - start

    solutions, seconds = timer.pedantic(sweep, rounds=1, iterations=1)
    gaps = [item.gap for item in solutions]
    timer.extra_info |= {"sweep_s": seconds, "single_s": single, "solves": seconds / single}
    timer.extra_info |= {"median_gap": float(np.median(gaps)), "largest_gap": max(gaps)}
    values = [item.value for item in solutions]
    assert values == sorted(values)
    if kind == "expected":
        assert max(gaps) <= 1e-5


def test_growth_with_projects_and_draws(benchmark: BenchmarkFixture) -> None:
    """Seconds against projects and against draws, with the exponents of the fitted powers."""
    timer: Any = benchmark

    def fits() -> dict[str, Any]:
        sizes, draws = (250, 500, 1_000, 2_000, 4_000), (1_000, 2_000, 4_000, 8_000)
        by_size = [_timed(make_case(41, n, 15, 20, 500, share=1.0), 1e-3)[1] for n in sizes]
        by_draws = [_timed(make_case(42, 500, 15, 20, s, share=1.0), 1e-3)[1] for s in draws]
        return {
            "by_projects": dict(zip(sizes, by_size, strict=True)),
            "by_draws": dict(zip(draws, by_draws, strict=True)),
            "power_of_projects": float(np.polyfit(np.log(sizes), np.log(by_size), 1)[0]),
            "power_of_draws": float(np.polyfit(np.log(draws), np.log(by_draws), 1)[0]),
        }

    timer.extra_info |= timer.pedantic(fits, rounds=1, iterations=1)
