"""Is what keeps a project out what the plan says keeps it out? Asked of every combination."""

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.domain.arrays import Flags
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Skip
from planner.domain.vocabulary import Status
from planner.offering.deadline import NEVER
from planner.planning.plan import scene_of
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.barred import barred_by, fits_in_place_of_some
from planner.planning.reasons.projects import SolvedScene
from planner.planning.reasons.why_not import Reason, why_not_funded
from planner.reference.store import load_model
from planner.reference.tables import load_catalogue
from tests.portfolio_table import PortfolioTable
from tests.random_portfolios import rich_portfolio

SEEDS = range(40)
MORE_SEEDS = range(40, 160)


@pytest.fixture(scope="module")
def model() -> Posterior:
    return load_model("published")


class Judge:
    """One plan of a small portfolio beside all combinations of its options."""

    def __init__(self, prepared: Prepared, scene: SolvedScene) -> None:
        self.scene = scene
        self.table = PortfolioTable(prepared)
        self.kept = {name: self.table.keeps(name) for name in self.table.limits}
        own = [self._line(project, pick) for project, pick in enumerate(scene.picks)]
        self.plan = np.array(own)
        at = self._rows(self.plan)
        self.worth = float(self.table.value[at][self._allowed(at)].max())
        self.tolerance = 1e-6 * max(1.0, abs(self.worth))

    def _line(self, project: int, pick: int | None) -> int:
        """Return the number of a plan's option among the table's; the last is: not funded."""
        lines = self.table.lines[project]
        if pick is None:
            return len(lines)
        options = self.scene.options[project]
        (found,) = (k for k, line in enumerate(lines) if _is(options, pick, line))
        return found

    def _rows(self, picks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of one combination: every way to pay for what it shares."""
        (combination,) = np.flatnonzero((self.table.picks == picks).all(axis=1))
        return np.flatnonzero(self.table.combination == combination)

    def _allowed(self, rows: NDArray[np.int64]) -> Flags:
        return np.all([kept[rows] for kept in self.kept.values()] or [rows >= 0], axis=0)

    def added(self, project: int) -> list[tuple[float, set[str]]]:
        """Return what each option, added to the plan, adds in worth, and the limits it breaks."""
        found = []
        for pick in range(len(self.scene.options[project])):
            picks = self.plan.copy()
            picks[project] = self._line(project, pick)
            rows = self._rows(picks)
            broken = {name for name, kept in self.kept.items() if not kept[rows].any()}
            found.append((float(self.table.value[rows].max()) - self.worth, broken))
        return found

    def funds(self, project: int, limits: set[str]) -> bool:
        """Whether any combination that keeps these limits funds a project."""
        rows = np.all([self.kept[name] for name in limits], axis=0) if limits else slice(None)
        lines = [self._line(project, k) for k in range(len(self.scene.options[project]))]
        offered = np.isin(self.table.picks[:, project], lines)[self.table.combination]
        return bool(offered[rows].any())


def _is(options, pick: int, line) -> bool:  # type: ignore[no-untyped-def]
    way = 0 if options.use_index is None else int(options.use_index[pick])
    start = 0 if options.start is None else int(options.start[pick])
    return (
        int(options.images_total[pick]) == line.images
        and options.architecture(pick) == line.architecture
        and start == line.start
        and options.uses[way] == line.uses
        and int(options.total_cents[pick]) == line.cents
        and all(
            int(options.pool_images[pick, k]) == line.pools[pool]
            for k, pool in enumerate(options.pools)
            if options.pool_images is not None
        )
    )


def assert_reason_is_true(judge: Judge, project: int, reason: Reason) -> None:
    """Assert what a reason claims, of the combinations that it speaks about."""
    scene, limits = judge.scene, set(reason.limits)
    expected = scene.portfolio.risk.measure == "expected"
    if reason.kind == "skipped":
        (rule,) = (rule for rule in scene.portfolio.rules if rule.name == reason.limits[0])
        assert isinstance(rule, Skip)
    elif reason.kind in {"trivial", "unlikely"}:
        assert not judge.table.lines[project] or scene.menus[project].is_trivial
    elif reason.kind == "barred":
        ours = limits & set(judge.kept)  # that assets are paid for holds in every combination
        assert not judge.funds(project, ours)
        if all(judge.table.lines):  # else a least chance, no limit of the table, is one of them
            assert all(judge.funds(project, ours - {name}) for name in ours)
    elif reason.kind in {"worthless", "dues"} and expected:
        assert all(more <= judge.tolerance for more, _ in judge.added(project))
    elif reason.kind == "measure":
        assert not expected or scene.solution.status is not Status.OPTIMAL
    elif expected:
        broken = [limits_of for more, limits_of in judge.added(project) if more > judge.tolerance]
        assert broken
        if reason.every:
            assert limits == set.intersection(*broken)
        else:
            assert limits == set.union(*broken)
            assert all(broken)


def judged(seed: int, model: Posterior) -> Counter[str]:
    """Return how many reasons of each kind the plan of a portfolio gives, all of them true."""
    prepared = prepare(rich_portfolio(seed), model, load_catalogue())
    solution = solve_prepared(prepared)
    seen: Counter[str] = Counter()
    if solution.status is Status.INFEASIBLE:
        return seen
    judge = Judge(prepared, scene_of(prepared, solution, 0.0, NEVER))
    for project, pick in enumerate(judge.scene.picks):
        if pick is None:
            reason = why_not_funded(judge.scene, project)
            assert_reason_is_true(judge, project, reason)
            seen[reason.kind] += 1
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_what_keeps_a_project_out_is_what_the_reason_names(seed: int, model: Posterior) -> None:
    """Limits that are named are broken, and none that is broken by every option is left out."""
    judged(seed, model)


@pytest.mark.slow
def test_no_reason_names_a_wrong_limit_in_a_hundred_portfolios(model: Posterior) -> None:
    """The same for more of them; every kind of reason that a limit gives occurs among them."""
    seen = sum((judged(seed, model) for seed in MORE_SEEDS), Counter[str]())
    assert min(seen[kind] for kind in ("barred", "in_the_way", "skipped")) >= 2, seen


@pytest.mark.slow
def test_a_plan_at_hand_changes_no_answer(model: Posterior) -> None:
    """What fits in place of some of a plan is what the models of limits allow."""
    fitted = barred = 0
    for seed in MORE_SEEDS:
        prepared = prepare(rich_portfolio(seed), model, load_catalogue())
        solution = solve_prepared(prepared)
        if solution.status is Status.INFEASIBLE:
            continue
        for index, options in enumerate(prepared.options):
            if len(options):
                fits = fits_in_place_of_some(prepared, index, solution.options)
                names = barred_by(prepared, index)
                assert not (fits and names), (seed, index)
                fitted, barred = fitted + fits, barred + bool(names)
    assert fitted > 100
    assert barred > 10
