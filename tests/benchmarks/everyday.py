"""How long everyday portfolios take, as multiples of one fixed case in the same run.

``python -m tests.benchmarks.everyday --seeds 10 --sizes 10 30`` prints, for portfolios with the
default list of architectures, the median and the worst CPU seconds over seeds and their ratio to
the giant: 1,000 projects of 300 options on 2,000 draws under CVaR, solved to 5e-4. Forecasts alone,
memory and the machine's size stand beside. Nothing here runs with the tests.
"""

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import planner
from planner.domain.model.posterior import Posterior
from planner.planning.prepare import prepare
from planner.reference.tables import load_catalogue
from planner.solving.solver import PortfolioSolver
from tests.benchmarks.engine_cases import make_case
from tests.portfolio_files import CVAR, portfolio_text, write_portfolio

GIANT = (1_000, 15, 20, 2_000)
"""Projects, architectures, levels, draws."""


@dataclass(frozen=True)
class Row:
    """A case over seeds: CPU seconds of each."""

    name: str
    seconds: tuple[float, ...]

    def text(self, baseline: float) -> str:
        """Return the row as it is printed."""
        middle, worst = statistics.median(self.seconds), max(self.seconds)
        return f"{self.name:<34}{middle:>9.2f}{worst:>9.2f}{middle / baseline:>10.2f}"


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return what the work takes, garbage of earlier work collected before."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def giant(seed: int) -> float:
    """Return the CPU seconds of the baseline; making the case does not count."""
    problem = make_case(seed, *GIANT)
    return cpu_seconds(lambda: PortfolioSolver(problem).solve(gap=5e-4))


def everyday(n_projects: int, risk: str, seed: int, model: Posterior) -> float:
    """Return the CPU seconds from the file to the plan."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_portfolio(Path(folder), portfolio_text(seed, n_projects, risk=risk))
        return cpu_seconds(lambda: planner.plan(planner.read_portfolio(file), model))


def forecasts(n_projects: int, seed: int, model: Posterior) -> float:
    """Return the CPU seconds of forecasting and pricing every option under expected worth."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_portfolio(Path(folder), portfolio_text(seed, n_projects))
        portfolio = planner.read_portfolio(file)
    return cpu_seconds(lambda: prepare(portfolio, model, load_catalogue()))


def rows(seeds: Sequence[int], sizes: Sequence[int], forecast: Sequence[int]) -> Iterator[Row]:
    """Yield the baseline, then every case."""
    few = seeds[:3]  # the baseline takes longest
    yield Row("giant: 1,000 x 300 x 2,000, CVaR", tuple(giant(seed) for seed in few))
    model = planner.load_model()
    forecasts(2, 0, model)  # what is read once does not count
    for size in forecast:
        yield Row(f"forecasts of {size:,}", tuple(forecasts(size, seed, model) for seed in seeds))
    for size in sizes:
        for name, risk in (("expected", ""), ("CVaR", CVAR)):
            found = tuple(everyday(size, risk, seed, model) for seed in seeds)
            yield Row(f"plan of {size} projects, {name}", found)


def machine() -> str:
    """Return the size of the machine, and how much memory this run took at most."""
    text = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    if sys.platform == "win32":
        return text
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{text}, {whole:.0f} GiB of memory, at most {most:.0f} MB used"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 30])
    parser.add_argument("--forecasts", type=int, nargs="*", default=[30])
    asked = parser.parse_args()
    print(f"{'CPU seconds':<34}{'median':>9}{'worst':>9}{'x giant':>10}")  # noqa: T201
    baseline = 0.0
    for row in rows(range(asked.seeds), asked.sizes, asked.forecasts):
        baseline = baseline or statistics.median(row.seconds)
        print(row.text(baseline), flush=True)  # noqa: T201
    print(machine())  # noqa: T201


if __name__ == "__main__":
    main()
