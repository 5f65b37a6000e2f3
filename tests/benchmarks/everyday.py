"""How long everyday portfolios take, as multiples of one fixed case in the same run.

``python -m tests.benchmarks.everyday --seeds 10 --sizes 10 30`` prints, for portfolios with the
default list of architectures, the median and the worst CPU seconds over seeds and their ratio to
the giant: 1,000 projects of 300 options on 2,000 draws under CVaR, solved to 5e-4, and the largest
gap left. Forecasts alone, memory and the machine's size stand beside. ``--life-size 60`` adds
projects with a pool, an optional base model, shares of units, periods and six rules, ``--gaps
1e-3`` the same sizes at a gap asked for, ``--hard 12`` a tail that weighs nine tenths, ``--large
1000`` expected worth without what to measure first, ``--streamed 50000`` a large portfolio in a
process of its own. Nothing here runs with the tests.
"""

import argparse
import gc
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import planner
from planner.domain.model.posterior import Posterior
from planner.domain.results.plan import Plan
from planner.planning.plan import build_plan
from planner.planning.prepare import prepare
from planner.reference.tables import load_catalogue
from planner.solving.solver import PortfolioSolver
from tests.benchmarks.engine_cases import make_case
from tests.portfolio_files import CVAR, HARD, life_size_text, portfolio_text, write_portfolio

GIANT = (1_000, 15, 20, 2_000)
"""Projects, architectures, levels, draws."""


@dataclass(frozen=True)
class Row:
    """A case over seeds: CPU seconds of each, and the gaps of its plans where they are told."""

    name: str
    seconds: tuple[float, ...]
    gaps: tuple[float, ...] = ()

    def text(self, baseline: float) -> str:
        """Return the row as it is printed."""
        middle, worst = statistics.median(self.seconds), max(self.seconds)
        gap = f"{max(self.gaps):>10.1e}" if self.gaps else ""
        return f"{self.name:<42}{middle:>9.2f}{worst:>9.2f}{middle / baseline:>10.2f}{gap}"


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


type Text = Callable[[int], str]
"""Seed to a portfolio file."""


def planned(name: str, text: Text, seeds: Sequence[int], plan: Callable[[Path], Plan]) -> Row:
    """Return a case: the CPU seconds from each file to its plan."""
    seconds, gaps = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            file, found = write_portfolio(Path(folder), text(seed)), list[Plan]()
            seconds.append(cpu_seconds(partial(_into, found, plan, file)))
            (one,) = found
            gaps += [] if one.objective is None else [one.objective.gap]
    return Row(name, tuple(seconds), tuple(gaps))


def _into(found: list[Plan], plan: Callable[[Path], Plan], file: Path) -> None:
    found.append(plan(file))


def whole(model: Posterior, gap: float | None = None) -> Callable[[Path], Plan]:
    """Return how a command plans a file, what to measure first included."""
    return lambda file: planner.plan(planner.read_portfolio(file), model, gap=gap)


def alone(model: Posterior) -> Callable[[Path], Plan]:
    """Return how a file is planned without what to measure first."""
    return lambda file: build_plan(planner.read_portfolio(file), model, load_catalogue())


def streamed(n_projects: int, risk: str, model: str, baseline: float) -> None:
    """Plan a large portfolio of one architecture; print CPU seconds, memory and gap."""
    text = portfolio_text(0, n_projects, risk=risk)
    text = text.replace("classes:", "architectures: [ResNet-50], classes:")
    fitted = planner.load_model(model)
    row = planned(
        f"{n_projects:,} streamed, {risk[10:14] or 'expected'}, {model}",
        lambda _: text,
        [0],
        alone(fitted),
    )
    print(row.text(baseline), machine(), sep="\n", flush=True)  # noqa: T201


def forecasts(n_projects: int, seed: int, model: Posterior) -> float:
    """Return the CPU seconds of forecasting and pricing every option under expected worth."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_portfolio(Path(folder), portfolio_text(seed, n_projects))
        portfolio = planner.read_portfolio(file)
    return cpu_seconds(lambda: prepare(portfolio, model, load_catalogue()))


def rows(asked: argparse.Namespace) -> Iterator[Row]:
    """Yield the baseline, then every case."""
    seeds = range(asked.first, asked.first + asked.seeds)
    few = seeds[:3]  # the baseline takes longest
    yield Row("giant: 1,000 x 300 x 2,000, CVaR", tuple(giant(seed) for seed in few))
    model = planner.load_model()
    forecasts(2, 0, model)  # what is read once does not count
    for size in asked.forecasts:
        yield Row(f"forecasts of {size:,}", tuple(forecasts(size, seed, model) for seed in seeds))
    for size in asked.sizes:
        for name, risk in (("expected", ""), ("CVaR", CVAR)):
            text = partial(portfolio_text, n_projects=size, risk=risk)
            yield planned(f"plan of {size} projects, {name}", text, seeds, whole(model))
    yield from _harder_rows(asked, seeds, model)


def _harder_rows(
    asked: argparse.Namespace, seeds: Sequence[int], model: Posterior
) -> Iterator[Row]:
    """Yield cases that are asked for by name."""
    for size in asked.large:
        text = partial(portfolio_text, n_projects=size)
        yield planned(f"plan of {size:,}, expected, alone", text, seeds, alone(model))
    for size in asked.life_size:
        text = partial(life_size_text, n_projects=size, risk=CVAR)
        yield planned(f"plan of {size}, all kinds of limits, CVaR", text, seeds, whole(model))
    for size in asked.hard:
        text = partial(portfolio_text, n_projects=size, risk=HARD)
        yield planned(f"plan of {size}, CVaR .95 weight .9", text, seeds, whole(model))
    for gap in asked.gaps:
        kinds = ((asked.sizes, portfolio_text, ""), (asked.life_size, life_size_text, "limits, "))
        for some, kind, what in kinds:
            for size in some:
                name = f"plan of {size}, {what}CVaR, gap {gap:g}"
                text = partial(kind, n_projects=size, risk=CVAR)
                yield planned(name, text, seeds, whole(model, gap))


def machine() -> str:
    """Return the size of the machine, and how much memory this run took at most."""
    text = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    if sys.platform == "win32":
        return text
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{text}, {whole:.0f} GiB of memory, at most {most_megabytes():.0f} MB used"


def most_megabytes() -> float:
    """Return the most memory that this process held; its parent's is not counted on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        (most,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
        return int(most) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 30])
    parser.add_argument("--forecasts", type=int, nargs="*", default=[30])
    for flag in ("--large", "--life-size", "--hard", "--streamed"):
        parser.add_argument(flag, type=int, nargs="*", default=[])
    parser.add_argument("--gaps", type=float, nargs="*", default=[])
    parser.add_argument("--streamed-model", default="transfer")
    asked = parser.parse_args()
    print(f"{'CPU seconds':<42}{'median':>9}{'worst':>9}{'x giant':>10}{'gap':>10}")  # noqa: T201
    baseline = 0.0
    for row in rows(asked):
        baseline = baseline or statistics.median(row.seconds)
        print(row.text(baseline), flush=True)  # noqa: T201
    print(machine(), flush=True)  # noqa: T201
    for size in asked.streamed:
        for risk in ("", CVAR):  # each in a process of its own, whose memory is its own
            own = multiprocessing.get_context("spawn").Process(
                target=streamed, args=(size, risk, asked.streamed_model, baseline)
            )
            own.start()
            own.join()


if __name__ == "__main__":
    main()
