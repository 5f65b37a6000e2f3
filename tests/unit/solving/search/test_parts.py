"""The search of a portfolio part by part: bounds that hold, parts that leave nothing out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from planner.domain.arrays import Flags, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.effort import Effort
from planner.offering.outcomes import PackedOutcomes
from planner.offering.problem import DecisionProblem
from planner.solving.certify import Choice
from planner.solving.lp.cuts import Cut, CutPool
from planner.solving.lp.dual_prices import Prices, Terms, marginal_gain, price
from planner.solving.lp.master import Master
from planner.solving.lp.relax import Relaxation, Relaxer
from planner.solving.run import Run
from planner.solving.search import parts
from planner.solving.search.draft import rounded
from planner.solving.search.parts import NOT_FUNDED, Limits, OpenPart, PartSearch
from planner.solving.solver import PortfolioSolver
from planner.solving.system import build_system
from planner.solving.tail import DrawWeights, touching_weights, worst_share
from tests.benchmarks.engine_cases import link_row, make_case
from tests.efforts import nothing, plenty
from tests.oracles.extensive_form import solve_extensive
from tests.problem_cases import certain_outcomes, choices, cvar, feasible, value_of

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=20)
GAP = 1e-4


def _case(
    seed: int, n_projects: int, *, rules: bool = False, n_levels: int = 2, n_draws: int = 25
) -> DecisionProblem:
    """Return a portfolio of projects of few options; with rules and assets where asked for."""
    rng = np.random.default_rng(seed)
    return make_case(
        seed,
        n_projects,
        1,
        n_levels,
        n_draws,
        share=float(rng.choice([0.3, 0.6, 1.0])),
        risk=RiskMeasure("cvar", 0.8, float(rng.choice([0.5, 1.0]))),
        rows=rules and seed % 2 == 0,
        n_assets=1 + seed % 2 if rules else 0,
    )


def _plans(problem: DecisionProblem) -> Iterator[tuple[Rows, Flags]]:
    """Yield every plan that keeps budget and rows."""
    for options in choices(problem):
        for bits in product([False, True], repeat=len(problem.assets)):
            assets = np.array(bits, dtype=np.bool_)
            if feasible(problem, options, assets, problem.budget_cents):
                yield options, assets


@dataclass(frozen=True, eq=False)
class _Started:
    """A search with what it starts from."""

    solver: PortfolioSolver
    run: Run
    root: Relaxation
    start: Choice
    search: PartSearch

    def found(self, effort: Effort | None = None) -> tuple[Choice, float]:
        return self.search.run(self.start, self.root, effort or plenty())


def _started(problem: DecisionProblem, gap: float = GAP, *, seek: bool = True) -> _Started:
    """Return a search from the empty plan, or from one near the relaxation."""
    solver = PortfolioSolver(problem)
    run = solver._run(None, problem.risk, None)
    root = run.relax(gap, plenty())
    if root is None:
        reject()
    nearby = run.candidates(root.bound)

    def near(part: Relaxation) -> Choice | None:
        if not seek:
            return None
        gain = marginal_gain(run.judge.system, run.pool, run.terms, part.prices)
        draft, relaxed = rounded(run.judge, part.relaxed, gain, nearby), part.relaxed
        plans = [
            None if draft is None else run.judge.value(draft.options, draft.assets),
            run.judge.certified(relaxed.options[relaxed.shares > 0.5], relaxed.assets > 0.5),
        ]
        found = [plan for plan in plans if plan is not None]
        return max(found, key=lambda plan: plan.value, default=None)

    nothing = np.zeros(len(problem.assets), dtype=np.bool_)
    start = run.judge.certified(np.zeros(0, dtype=np.int64), nothing) or near(root)
    if start is None:
        reject()
    return _Started(solver, run, root, start, PartSearch(run.judge, run.relaxer, near, gap))


def _keeps(problem: DecisionProblem, choice: Choice) -> bool:
    owner = problem.owner[choice.options].tolist()
    return len(set(owner)) == len(owner) and feasible(
        problem, choice.options, choice.assets, problem.budget_cents
    )


@FEW
@given(SEEDS, st.booleans(), st.sampled_from([0, 4, 300]), st.booleans())
def test_no_plan_is_worth_more_than_the_bound(
    seed: int, rules: bool, finished: int, seek: bool
) -> None:
    """Whether parts are split or finished in tables, the best of all plans is within the bound."""
    problem = _case(seed, 5, rules=rules)
    best = max((value_of(problem, *plan) for plan in _plans(problem)), default=None)
    if best is None:
        reject()
    started = _started(problem, seek=seek)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FINISHED", finished)
        found, bound = started.found()
    rounding = 1e-9 * max(started.root.bound.magnitude, abs(best))
    assert _keeps(problem, found)
    assert started.start.value <= found.value <= best + rounding
    assert best - rounding <= bound <= started.root.bound.value
    if finished == 300:
        assert bound <= found.value + GAP * abs(found.value) + rounding


@pytest.mark.parametrize(
    ("seed", "n_projects", "n_draws"), [(1, 13, 60), (11, 13, 40), (13, 16, 20)]
)
@pytest.mark.parametrize("finished", [0, 8, 300])
def test_a_portfolio_is_proven_to_the_gap(
    monkeypatch: pytest.MonkeyPatch, seed: int, n_projects: int, n_draws: int, finished: int
) -> None:
    """Plan and bound are within the gap of what the model with every draw as a row says."""
    problem = _case(seed, n_projects, n_draws=n_draws)
    exact = solve_extensive(problem, gap=1e-6)
    assert exact.value is not None
    monkeypatch.setattr(parts, "FINISHED", finished)
    started = _started(problem)
    found, bound = started.found()
    assert _keeps(problem, found)
    assert found.value <= exact.bound * (1 + 1e-6)
    assert bound >= exact.value * (1 - 1e-6)
    assert bound <= found.value * (1 + GAP)
    if finished < 300:
        assert started.search.parts > 1


@pytest.mark.parametrize(("seed", "n_projects", "n_draws"), [(1, 13, 60), (13, 16, 40)])
def test_the_bound_never_rises(
    monkeypatch: pytest.MonkeyPatch, seed: int, n_projects: int, n_draws: int
) -> None:
    """Parts are looked at from the highest bound down, and none is bounded above its whole."""
    monkeypatch.setattr(parts, "FINISHED", 0)
    started, keys = _started(_case(seed, n_projects, n_draws=n_draws)), list[float]()
    look = started.search._looked_at

    def watched(part: OpenPart, known: Relaxation | None, effort: Effort) -> list[OpenPart]:
        keys.append(-part.key)
        children = look(part, known, effort)
        assert all(-child.key <= -part.key for child in children)
        return children

    monkeypatch.setattr(started.search, "_looked_at", watched)
    _, bound = started.found()
    assert len(keys) > 5
    assert keys[0] == started.root.bound.value
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) > 3
    assert bound <= keys[-1]


@pytest.mark.parametrize("most", [1, 3, 9])
def test_a_search_that_is_stopped_tells_a_bound_that_holds(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Stopped after some parts, the bound holds and is no lower than what all would give."""
    monkeypatch.setattr(parts, "FINISHED", 0)
    problem = _case(1, 13, n_draws=60)
    _, last = _started(problem).found()
    started, effort = _started(problem), plenty()
    look = started.search._looked_at

    def watched(part: OpenPart, known: Relaxation | None, own: Effort) -> list[OpenPart]:
        children = look(part, known, own)
        if started.search.parts == most:
            effort.spend(np.inf)
        return children

    monkeypatch.setattr(started.search, "_looked_at", watched)
    found, bound = started.found(effort)
    assert started.search.parts == most
    assert last <= bound <= started.root.bound.value
    assert found.value >= started.start.value
    exact = solve_extensive(problem, gap=1e-6)
    assert exact.value is not None
    assert bound >= exact.value * (1 - 1e-6)


def test_a_part_cut_short_is_put_back_whole() -> None:
    """What a stopped relaxation left half done becomes neither a plan nor two parts."""
    _, search = _prepared(_case(1, 13, n_draws=60))
    part = OpenPart(-search.root.bound.value, 9, Limits({0: np.array([-1, 0])}, {}))
    before = search.best
    assert search._looked_at(part, None, nothing()) == [part]
    assert search.best is before


@given(SEEDS)
@settings(max_examples=5)
def test_without_work_plan_and_bound_stay_as_they_were(seed: int) -> None:
    """No work gives back the plan and the bound that there were."""
    started = _started(_case(seed, 6))
    found, bound = started.found(nothing())
    assert found is started.start
    assert bound == started.root.bound.value
    assert started.search.parts == 0


def test_a_plan_within_the_gap_needs_no_search() -> None:
    """Nothing is looked at where the plan is as good as asked; the bound stays the root's."""
    started = _started(_case(2, 14, n_draws=40))
    best, _ = started.found()
    again = PartSearch(started.run.judge, started.run.relaxer, lambda _: None, 1e9)
    assert again.run(best, started.root, plenty()) == (best, started.root.bound.value)
    assert again.parts == 0


def test_a_part_is_never_bounded_above_the_part_it_came_from() -> None:
    """Children keep the bound of their parent where their own relaxation is less sharp."""
    _, search = _prepared(_case(1, 13, n_draws=60))
    lower = 0.99 * search.root.bound.value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FINISHED", 0)
        children = search._looked_at(OpenPart(-lower, 7, Limits({}, {})), search.root, plenty())
    assert [-child.key for child in children] == [lower, lower]


@pytest.mark.parametrize("seed", [1, 4])
def test_the_linear_program_is_that_of_the_whole_after_a_search(seed: int) -> None:
    """It answers like one written anew, with the same cuts and options and no part's demands."""
    started = _started(_case(seed, 13, n_draws=60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FINISHED", 0)
        started.found()
    assert started.search.parts > 1
    run, warm = started.run, started.run.relaxer.master
    fresh = Master(run.judge.system, run.pool, run.terms, np.sort(warm.columns), warm.units)
    got, wanted = warm.solve(plenty()), fresh.solve(plenty())
    assert got is not None
    assert wanted is not None
    assert got.objective == pytest.approx(wanted.objective, rel=1e-6)


@settings(max_examples=8)
@given(SEEDS, st.booleans())
def test_the_solver_answers_as_before_after_a_search(seed: int, rules: bool) -> None:
    """What parts demanded is lifted: the same problem is then solved like by a new solver."""
    problem = _case(seed, 6, rules=rules)
    started = _started(problem, seek=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FINISHED", 0)
        patch.setattr(parts, "MOST_CUTS", 6)
        patch.setattr(parts, "LEAST_CUTS", 6)
        started.found()
    budget = int(problem.budget_cents or 0) * 2 // 3
    for cents in (None, budget):
        fresh = PortfolioSolver(problem).solve(budget_cents=cents)
        again = started.solver.solve(budget_cents=cents)
        assert again.status is fresh.status
        assert again.value == pytest.approx(fresh.value, rel=3e-6, abs=1e-6)
        assert again.bound >= fresh.value * (1 - 3e-6) - 1e-6


def _prepared(problem: DecisionProblem) -> tuple[_Started, PartSearch]:
    """Return a search as it is when it looks at its first part."""
    started = _started(problem, seek=False)
    started.search.best, started.search.root = started.start, started.root
    return started, started.search


@FEW
@given(SEEDS)
def test_two_sides_part_the_options_that_may_still_matter(seed: int) -> None:
    """Each option within the slack is on one side, with its anchor; "not funded" on one alone."""
    problem = _case(seed, 4, n_levels=5, n_draws=60)
    _, search = _prepared(problem)
    rng, bound = np.random.default_rng(seed), search.root.bound
    project = int(rng.integers(4))
    own = np.flatnonzero((problem.owner == project) & search.terms.usable)
    if len(own) < 3:
        reject()
    limited = rng.random() < 0.5
    kept = np.append(NOT_FUNDED, own)
    if limited:
        kept = np.sort(rng.choice(kept, len(kept) - 1, replace=False))
    limits = Limits({project: kept} if limited else {}, {})
    pair = rng.choice(kept, 2, replace=False)
    anchors = int(pair[0]), int(pair[1])
    search.gap = float(rng.choice([0.0, 2.0]))
    near = np.sort(rng.choice(60, 30, replace=False))
    one, two = search._sides(limits, bound, project, anchors, near)
    slack = bound.value - search._enough
    matter = {o for o in kept.tolist() if o >= 0 and bound.best[project] - bound.reduced[o] < slack}
    if NOT_FUNDED in kept and bound.best[project] < slack:
        matter.add(NOT_FUNDED)
    together = [*one.tolist(), *two.tolist()]
    assert len(together) == len(set(together))
    assert matter | set(anchors) <= set(together) <= set(kept.tolist())
    assert len(one) > 0
    assert len(two) > 0
    assert (anchors[0] in one) != (anchors[1] in one)
    assert (anchors[0] in two) != (anchors[1] in two)
    assert (np.diff(one) > 0).all()
    assert (np.diff(two) > 0).all()


def test_options_go_to_the_anchor_whose_draws_they_resemble() -> None:
    """In the draws of the edge alone; options that are the same there are parted by their order."""
    problem = _case(1, 2, n_levels=4, n_draws=4)
    assert isinstance(problem.outcomes, PackedOutcomes)
    success = np.zeros((8, 4), dtype=np.bool_)
    success[:4] = [[0, 0, 0, 1], [1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 1, 0]]
    worth = np.array([9.0, 9.0, 8.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    outcomes = certain_outcomes(success, worth, problem.cents, counts_cost=False)
    _, search = _prepared(replace(problem, outcomes=outcomes))
    bound = replace(search.root.bound, reduced=np.zeros(8), best=np.zeros(2))
    limits = Limits({0: np.arange(4)}, {})
    search.best = replace(search.best, value=-1.0 - abs(bound.value))

    def sides(one: int, two: int, near: list[int]) -> list[list[int]]:
        found = search._sides(limits, bound, 0, (one, two), np.array(near))
        return [side.tolist() for side in found]

    assert sides(1, 0, [0, 1]) == [[1, 2], [0, 3]]
    assert sides(0, 1, [0, 1]) == [[0, 3], [1, 2]]
    assert sides(3, 1, [1, 2]) == [[0, 3], [1, 2]]
    assert sides(0, 1, [2]) == [[1, 2, 3], [0]]
    limits.options[0] = np.arange(-1, 4)
    assert sides(NOT_FUNDED, 1, [0, 1]) == [[NOT_FUNDED, 0, 3], [1, 2]]


@FEW
@given(SEEDS)
def test_the_terms_of_a_part_say_what_its_plans_may_take(seed: int) -> None:
    """Usable is what was and the part allows; a project without "not funded" must be funded."""
    problem = _case(seed, 5, rules=True, n_levels=3)
    _, search = _prepared(problem)
    rng = np.random.default_rng(seed)
    options: dict[int, Rows] = {}
    for project in np.flatnonzero(rng.random(5) < 0.6).tolist():
        own = np.append(NOT_FUNDED, np.flatnonzero(problem.owner == project))
        options[project] = np.sort(rng.choice(own, int(rng.integers(1, 4)), replace=False))
    assets = {g: bool(rng.random() < 0.5) for g in range(len(problem.assets)) if rng.random() < 0.7}
    before = search.terms.usable.copy()
    terms = search._terms(Limits(options, assets))
    assert terms.must is not None
    assert terms.fixed is not None
    for option, project in enumerate(problem.owner.tolist()):
        inside = project not in options or option in options[project]
        assert terms.usable[option] == (before[option] and inside)
    for project in range(5):
        assert terms.must[project] == (project in options and NOT_FUNDED not in options[project])
    assert terms.fixed.tolist() == [int(assets.get(g, -1)) for g in range(len(terms.fixed))]
    assert search.terms.usable.tolist() == before.tolist()
    assert (terms.budget_cents, terms.tail) == (search.terms.budget_cents, search.terms.tail)


@settings(FEW, suppress_health_check=[HealthCheck.filter_too_much])
@given(SEEDS)
def test_both_sides_of_every_split_hold_every_better_plan(seed: int) -> None:
    """A plan better than the one to beat that keeps a part's limits is in one of its halves."""
    problem = _case(seed, 4, rules=True, n_levels=3)
    started, search = _prepared(problem)
    halves = search._halves(Limits({}, {}), started.root)
    if halves is None:
        reject()

    def inside(limits: Limits, options: Rows, assets: Flags) -> bool:
        for project, kept in limits.options.items():
            own = options[problem.owner[options] == project]
            if (int(own[0]) if len(own) else NOT_FUNDED) not in kept:
                return False
        return all(assets[g] == bought for g, bought in limits.assets.items())

    for plan in _plans(problem):
        if value_of(problem, *plan) > search._enough:
            assert sum(inside(half, *plan) for half in halves) == 1


def test_demands_that_cannot_be_paid_together_leave_nothing() -> None:
    """A part with two projects that must be funded and cost more than there is holds no plan."""
    problem = _case(2, 6)
    cents = np.where(np.isin(problem.owner, [0, 1]), 600, 100)
    _, search = _prepared(replace(problem, cents=cents, budget_cents=1_199))
    limits = Limits({p: np.flatnonzero(problem.owner == p) for p in (0, 1)}, {})
    part = OpenPart(-search.root.bound.value, 9, limits)
    assert search._looked_at(part, None, plenty()) == []
    assert search._left == -np.inf
    _, search = _prepared(replace(problem, cents=cents, budget_cents=1_200))
    relaxation = search._relaxed(part, plenty(), 1e-9)
    assert relaxation is not None
    assert np.unique(problem.owner[relaxation.relaxed.options]).tolist() == [0, 1]


def test_demands_are_met_by_the_cheapest_options_where_only_those_fit() -> None:
    """Options that no linear program has seen are found where no others pay for all demands."""
    problem = _case(5, 3, n_levels=9)
    started, search = _prepared(problem)
    run, seen = started.run, np.array([8, 17, 26])
    master = Master(run.judge.system, run.pool, run.terms, seen, run.relaxer.master.units)
    search.relaxer = Relaxer(master, problem.risk, None)
    limits = Limits({p: np.arange(9 * p, 9 * p + 8) for p in range(3)}, {})
    cheapest = sum(int(problem.cents[kept].min()) for kept in limits.options.values())
    search.terms = replace(
        search.terms, budget_cents=cheapest, usable=np.ones(len(problem), dtype=np.bool_)
    )
    relaxation = search._relaxed(OpenPart(-1e18, 9, limits), plenty(), 1e-9)
    assert relaxation is not None
    funded = relaxation.relaxed
    shares = np.bincount(problem.owner[funded.options], funded.shares)
    assert shares.tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert problem.cents[funded.options] @ funded.shares <= cheapest * (1 + 1e-9)
    assert search._left == -np.inf


def test_a_project_without_an_option_to_pay_for_cannot_be_demanded() -> None:
    """A part in which a project must be funded, and nothing of it fits the budget, is empty."""
    base = _case(2, 6)
    cheap = replace(base, budget_cents=int(base.cents[base.owner == 0].min()) - 1)
    _, search = _prepared(cheap)
    part = OpenPart(-search.root.bound.value, 9, Limits({0: np.array([0, 1])}, {}))
    assert search._looked_at(part, None, plenty()) == []
    assert search._left == -np.inf
    prices = search.root.prices
    terms = search._terms(part.limits)
    bound = price(build_system(cheap), search.relaxer.pool, terms, prices)
    assert bound.value == -np.inf


def _with_optional_asset(seed: int) -> DecisionProblem:
    """Return a portfolio where three projects need an asset that is worth its cost or not."""
    base = _case(seed, 6)
    cost = int(base.cents.mean() * [0.2, 1.0, 3.0][seed % 3])
    return replace(
        base,
        rows=tuple(link_row(base.owner, project, 0) for project in range(3)),
        assets=("shared",),
        asset_cents=np.array([cost]),
        asset_worth=np.array([-cost / 100]),
    )


@pytest.mark.parametrize("seed", range(6))
def test_an_asset_is_settled_on_both_sides(seed: int) -> None:
    """Relaxed with the asset and without it, each side bounds its plans; one holds the best."""
    problem = _with_optional_asset(seed)
    _, search = _prepared(problem)
    best = {True: -np.inf, False: -np.inf}
    for options, assets in _plans(problem):
        side = bool(assets[0])
        best[side] = max(best[side], value_of(problem, options, assets))
    for bought in (True, False):
        part = OpenPart(-search.root.bound.value, 1, Limits({}, {0: bought}))
        relaxation = search._relaxed(part, plenty(), 1e-9)
        if relaxation is None:
            assert best[bought] == -np.inf
            continue
        assert relaxation.bound.value >= best[bought] - 1e-9 * relaxation.bound.magnitude
        assert relaxation.relaxed.assets[0] == pytest.approx(float(bought), abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_an_asset_taken_in_part_is_split_first(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """The first two parts buy an asset that the relaxation shares out, or do not; all is proven."""
    monkeypatch.setattr(parts, "FINISHED", 0)
    problem = _with_optional_asset(seed)
    started, search = _prepared(problem)
    share = float(started.root.relaxed.assets[0])
    halves = search._halves(Limits({}, {}), started.root)
    if 1e-6 < share < 1 - 1e-6:
        assert halves is not None
        assert [half.assets for half in halves] == [{0: True}, {0: False}]
    best = max(value_of(problem, *plan) for plan in _plans(problem))
    found, bound = started.found()
    rounding = 1e-9 * started.root.bound.magnitude
    assert found.value <= best + rounding
    assert bound >= best - rounding


def test_assets_that_count_for_nothing_are_split_too() -> None:
    """Where the objective counts no costs, an asset taken in part is settled all the same."""
    base = make_case(2, 6, 1, 2, 25, share=0.3, risk=RiskMeasure("cvar", 0.8, 0.5))
    mean = base.cents.mean()
    links = (link_row(base.owner, 0, 0), *(link_row(base.owner, p, 1) for p in (1, 2, 3)))
    problem = replace(
        base,
        rows=links,
        assets=("first", "second"),
        asset_cents=np.array([int(0.1 * mean), int(mean)]),
        asset_worth=np.zeros(2),
    )
    started, search = _prepared(problem)
    owned = started.root.relaxed.assets
    assert owned[0] == pytest.approx(0.0)
    assert 0.1 < owned[1] < 0.99
    halves = search._halves(Limits({}, {}), started.root)
    assert halves is not None
    assert [half.assets for half in halves] == [{1: True}, {1: False}]


@pytest.mark.parametrize("seed", [50, 52])
def test_a_part_with_nothing_to_split_is_bounded_sharply(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Without tables, too, a search ends within the gap: whole solutions are bounded as such."""
    monkeypatch.setattr(parts, "FINISHED", 0)
    problem = make_case(seed, 8, 1, 2, 30, share=0.35, risk=RiskMeasure("cvar", 0.8, 1.0))
    found, bound = _started(problem).found()
    assert bound <= found.value * (1 + GAP)


def _priced(problem: DecisionProblem, seed: int) -> tuple[CutPool, Terms, Prices]:
    """Return cuts, demands and prices, all random."""
    rng, risk = np.random.default_rng(seed), problem.risk
    assert problem.outcomes is not None
    n_draws = problem.outcomes.n_draws
    pool = CutPool([Cut(DrawWeights(np.full(n_draws, 1 / n_draws)), problem.worth)], [])
    every = problem.outcomes.worth_draws(np.arange(len(problem)))
    for _ in range(3):
        weights = touching_weights(rng.random(len(problem)) @ every, risk)
        pool.add_worth(problem.outcomes, weights)
        pool.add_spend(problem.outcomes, worst_share(rng.normal(size=n_draws), 0.3))
    terms = Terms(
        budget_cents=problem.budget_cents,
        tail=risk.weight,
        spend_limit=float(int(problem.cents.sum() * rng.uniform(0.05, 0.5))),
        usable=rng.random(len(problem)) < 0.9,
        must=rng.random(len(problem.projects)) < 0.3,
        fixed=rng.integers(-1, 2, len(problem.assets)).astype(np.int8),
    )
    typical = float(np.abs(problem.worth).max())
    per_cent = typical / float(problem.cents.mean())
    per_cut = rng.exponential(size=4) * (rng.random(4) < 0.7) + 1e-12
    largest = np.array([max(1.0, float(np.abs(r.option_coefficients).max())) for r in problem.rows])
    return (
        pool,
        terms,
        Prices(
            per_cent=float(rng.exponential() * per_cent * (rng.random() < 0.7)),
            per_row=rng.exponential(typical, len(problem.rows)) / largest,
            per_cut=per_cut * risk.weight / per_cut.sum(),
            per_spend_cut=rng.exponential(per_cent, 3) * (rng.random(3) < 0.3),
        ),
    )


def _allowed(problem: DecisionProblem, terms: Terms, options: Rows, assets: Flags) -> bool:
    """Whether a choice takes what is usable, funds what must be and has assets as fixed."""
    assert terms.must is not None
    assert terms.fixed is not None
    left = np.setdiff1d(np.arange(len(problem.projects)), problem.owner[options])
    return bool(
        terms.usable[options].all()
        and not terms.must[left].any()
        and assets[terms.fixed == 1].all()
        and not assets[terms.fixed == 0].any()
    )


def _lagrangian(
    problem: DecisionProblem,
    pool: CutPool,
    terms: Terms,
    prices: Prices,
    options: Rows,
    assets: Flags,
) -> float:
    """Return what a choice is worth when every row may be broken at its price."""
    taken = np.isin(np.arange(len(problem)), options)
    cents = int(problem.asset_cents[assets].sum())
    worth = (1 - terms.tail) * problem.worth[options].sum() + problem.asset_worth[assets].sum()
    for cut, share in zip(pool.worth, prices.per_cut, strict=True):
        worth += share * (cut.slope[options].sum() + cut.constant)
    left = (terms.budget_cents or 0) - problem.cents[options].sum() - cents
    worth += prices.per_cent * left
    for one, charge in zip(problem.rows, prices.per_row, strict=True):
        used = one.option_coefficients @ taken[one.options]
        used += one.asset_coefficients @ assets[one.assets]
        worth += charge * (one.limit - used)
    for cut, charge in zip(pool.spend, prices.per_spend_cut, strict=True):
        worth += charge * (terms.spend_limit - cut.slope[options].sum() - cents)
    return float(worth)


@settings(max_examples=30)
@given(SEEDS)
def test_any_prices_bound_the_plans_that_keep_demands(seed: int) -> None:
    """At any prices at least 0 no plan that keeps what must be is worth more than the bound."""
    problem = _case(seed, 4, rules=True)
    pool, terms, prices = _priced(problem, seed)
    bound = price(build_system(problem), pool, terms, prices)
    assert problem.outcomes is not None
    for options, assets in _plans(problem):
        if not _allowed(problem, terms, options, assets):
            continue
        spent = problem.outcomes.spend_draws(options).sum(axis=0)
        if -cvar(-spent - problem.asset_cents[assets].sum(), 0.7) > terms.spend_limit:
            continue
        left = np.setdiff1d(np.arange(4), problem.owner[options])
        lost = bound.losses(problem.owner)[options].sum() + bound.best[left].sum()
        assert value_of(problem, options, assets) <= bound.value - lost + 1e-9 * bound.magnitude


@settings(max_examples=30)
@given(SEEDS)
def test_a_bound_is_the_best_choice_at_its_prices(seed: int) -> None:
    """It is attained by a choice that keeps the demands, whatever rows that breaks at a charge."""
    problem = _case(seed, 4, rules=True)
    pool, terms, prices = _priced(problem, seed)
    bound = price(build_system(problem), pool, terms, prices)
    worth = [
        _lagrangian(problem, pool, terms, prices, options, np.array(bits, dtype=np.bool_))
        for options in choices(problem)
        for bits in product([False, True], repeat=len(problem.assets))
        if _allowed(problem, terms, options, np.array(bits, dtype=np.bool_))
    ]
    if not worth:
        assert bound.value == -np.inf
    else:
        assert bound.value == pytest.approx(max(worth), abs=1e-9 * bound.magnitude)
