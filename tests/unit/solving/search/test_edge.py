"""Better plans at the edge of the tail: what a search keeps, and what its weights promise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from planner.domain.arrays import Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.problem import DecisionProblem
from planner.solving.certify import Choice
from planner.solving.lp.master import Relaxed
from planner.solving.lp.relax import Relaxation
from planner.solving.run import Run
from planner.solving.search import edge
from planner.solving.search.changes import NOT_FUNDED, Changes, make_changes
from planner.solving.search.draft import draft_from
from planner.solving.search.edge import UNKNOWN, EdgeSearch, find_edge
from planner.solving.solver import PortfolioSolver
from planner.solving.tail import worst_share
from tests.benchmarks.engine_cases import make_case
from tests.efforts import nothing, plenty
from tests.problem_cases import certain_outcomes, cvar, feasible, row, value_of

CHANGES = "planner.solving.search.changes"
SEEDS = st.integers(0, 10_000)
LEVELS = st.sampled_from([0.5, 0.63, 0.8, 0.9, 0.99])
NONE = np.zeros(0, dtype=np.int64)
FEW = settings(max_examples=20)


def _case(
    seed: int, level: float = 0.8, *, rules: bool = False, n_projects: int = 6, n_draws: int = 40
) -> DecisionProblem:
    """Return a small portfolio; with rules and assets where asked for."""
    rng = np.random.default_rng(seed)
    return make_case(
        seed,
        n_projects,
        1,
        3,
        n_draws,
        share=float(rng.choice([0.2, 0.5, 1.0])),
        risk=RiskMeasure("cvar", level, float(rng.choice([0.3, 0.6, 1.0]))),
        rows=rules and seed % 2 == 0,
        n_assets=1 + seed % 2 if rules else 0,
    )


def _relaxed(problem: DecisionProblem) -> tuple[Run, Relaxation]:
    """Return a solve of a problem, relaxed."""
    run = PortfolioSolver(problem)._run(None, problem.risk, None)
    relaxation = run.relax(1e-4, plenty())
    if relaxation is None:
        reject()
    return run, relaxation


def _plan(run: Run, seed: int) -> Choice:
    """Return a random plan that keeps the rows, with the assets that it needs."""
    rng, problem = np.random.default_rng(seed), run.problem
    for size in np.repeat([1.0, 0.7, 0.4, 0.2, 0.0], 20).tolist():
        projects = np.flatnonzero(rng.random(len(problem.projects)) < size).tolist()
        own = [np.flatnonzero((problem.owner == p) & run.terms.usable) for p in projects]
        picked = np.array([rng.choice(o) for o in own if len(o)], dtype=np.int64)
        draft = draft_from(run.judge, picked, NONE)
        if draft is not None:
            return run.judge.value(draft.options, draft.assets)
    return reject()


def _search(run: Run, relaxation: Relaxation, *, quick: bool = False) -> EdgeSearch:
    return EdgeSearch(run.judge, relaxation.bound, relaxation.prices.per_cent, quick=quick)


def _keeps_everything(problem: DecisionProblem, choice: Choice) -> bool:
    owner = problem.owner[choice.options]
    return len(set(owner.tolist())) == len(owner) and feasible(
        problem, choice.options, choice.assets, problem.budget_cents
    )


def _is_no_worse(problem: DecisionProblem, found: Choice, start: Choice) -> bool:
    """Whether a plan is worth at least as much, up to the rounding of its sums."""
    return found.value >= start.value - 1e-12 * float(np.abs(problem.worth).max()) - 1e-12


def _constant(worth: list[float], cents: list[int], budget: int) -> DecisionProblem:
    """Return projects of one option each whose worth is the same in all of ten draws."""
    paid, count = np.array(cents, dtype=np.int64), len(worth)
    success = np.ones((count, 10), dtype=np.bool_)
    return DecisionProblem(
        projects=tuple(f"p{i}" for i in range(count)),
        owner=np.arange(count),
        cents=paid,
        worth=np.array(worth),
        tie=np.zeros(count, dtype=np.int64),
        budget_cents=budget,
        risk=RiskMeasure("cvar", 0.8, 0.5),
        outcomes=certain_outcomes(success, np.array(worth), paid, counts_cost=False),
    )


@FEW
@given(SEEDS, LEVELS, st.booleans(), st.booleans(), st.booleans())
def test_a_plan_becomes_no_worse_and_keeps_everything(
    seed: int, level: float, rules: bool, quick: bool, again: bool
) -> None:
    """From any plan on: at least its worth, within budget and rows, valued as it is."""
    problem = _case(seed, level, rules=rules)
    run, relaxation = _relaxed(problem)
    start = _plan(run, seed)
    near = relaxation.relaxed if again else None
    search = _search(run, relaxation, quick=quick)
    found = search.run(start, np.inf, plenty(), near=near)
    assert _keeps_everything(problem, found)
    further = search.run(found, np.inf, plenty())
    assert _keeps_everything(problem, further)
    assert _is_no_worse(problem, further, found)
    assert _is_no_worse(problem, found, start)
    assert found.value == run.judge.value(found.options, found.assets).value
    assert found.value == pytest.approx(value_of(problem, found.options, found.assets), rel=1e-9)
    assert found.value <= relaxation.bound.value + 1e-9 * relaxation.bound.magnitude


@settings(max_examples=8)
@given(SEEDS, st.booleans(), st.booleans())
def test_the_same_search_finds_the_same_plan(seed: int, rules: bool, quick: bool) -> None:
    """Twice by one search and once by another: the same options, assets and worth."""
    run, relaxation = _relaxed(_case(seed, rules=rules))
    start, one = _plan(run, seed), _search(run, relaxation, quick=quick)
    found = [
        search.run(start, np.inf, plenty(), near=relaxation.relaxed)
        for search in (one, one, _search(run, relaxation, quick=quick))
    ]
    answers = {(f.options.tobytes(), f.assets.tobytes(), f.value) for f in found}
    assert len(answers) == 1


def _weigh(problem: DecisionProblem, seed: int) -> tuple[EdgeSearch, Run, Choice, Changes]:
    """Return a search that knows its changes, and a plan to weigh them against."""
    run, relaxation = _relaxed(problem)
    search, choice = _search(run, relaxation), _plan(run, seed)
    search._changes = make_changes(run.judge, relaxation.bound, choice, 10**6)
    return search, run, choice, search._changes


def _after(run: Run, choice: Choice, changes: Changes, columns: tuple[int, ...]) -> Rows:
    """Return the options of a plan after some changes."""
    taken = {int(run.problem.owner[o]): int(o) for o in choice.options}
    taken |= {int(changes.owner[c]): int(changes.option[c]) for c in columns}
    return np.array(sorted(o for o in taken.values() if o >= 0), dtype=np.int64)


@FEW
@given(SEEDS, LEVELS, st.integers(1, 50))
def test_a_change_gains_at_least_its_weight_where_every_draw_is_near(
    seed: int, level: float, n_draws: int
) -> None:
    """With at most fifty draws no change of one project, nor a pair, gains less than weighed."""
    problem = replace(_case(seed, level, n_draws=n_draws), budget_cents=10**15)
    search, run, choice, changes = _weigh(problem, seed)
    draft = draft_from(run.judge, choice.options, NONE)
    assert draft is not None
    assert choice.worth_draws is not None
    found = find_edge(choice.worth_draws, level)
    assert len(found.near) == n_draws
    weighed = search._weighed(found, search._columns(draft))
    scale = float(np.abs(changes.by_draw).max(initial=1.0)) * len(problem.projects)
    taken = dict(zip(problem.owner[choice.options].tolist(), choice.options.tolist(), strict=True))
    for column in range(len(changes.option)):
        project, option = int(changes.owner[column]), int(changes.option[column])
        if option == taken.get(project, NOT_FUNDED):
            assert weighed.gain[column] == -np.inf
            continue
        options = _after(run, choice, changes, (column,))
        gained = value_of(problem, options, choice.assets) - choice.value
        assert weighed.gain[column] <= gained + 1e-6 * scale
        paid = int(problem.cents[options].sum() - problem.cents[choice.options].sum())
        assert weighed.cents[column] == paid
    some = np.flatnonzero(weighed.gain > -np.inf)[:8]
    for one, two, gain in zip(*search._pairs(found, weighed, some, np.inf), strict=True):
        options = _after(run, choice, changes, (int(one), int(two)))
        assert gain <= value_of(problem, options, choice.assets) - choice.value + 1e-6 * scale


@settings(max_examples=10)
@given(SEEDS, st.sampled_from([0.8, 0.9]))
def test_deep_draws_count_as_in_the_tail_and_far_ones_as_out_of_it(seed: int, level: float) -> None:
    """A weight is the tail's average with the deep draws whole, the near as they are, no others."""
    problem = replace(_case(seed, level, n_projects=4, n_draws=600), budget_cents=10**15)
    search, run, choice, changes = _weigh(problem, seed)
    draft = draft_from(run.judge, choice.options, NONE)
    assert draft is not None
    assert problem.outcomes is not None
    draws = choice.worth_draws
    assert draws is not None
    found = find_edge(draws, level)
    assert len(found.deep) + len(found.near) < 600
    weighed = search._weighed(found, search._columns(draft))
    share, scale = problem.risk.weight, float(np.abs(changes.by_draw).max(initial=1.0))
    for column in np.flatnonzero(weighed.gain > -np.inf).tolist():
        options = _after(run, choice, changes, (column,))
        after = problem.outcomes.worth_draws(options).sum(axis=0)
        short = (found.at - after[found.deep]).sum()
        short += np.maximum(found.at - after[found.near], 0).sum()
        tail = found.at - short / ((1 - level) * 600)
        wanted = (1 - share) * problem.worth[options].sum() + share * tail - choice.value
        assert weighed.gain[column] == pytest.approx(wanted, abs=1e-5 * scale)


@settings(max_examples=10)
@given(SEEDS, st.sampled_from([0.8, 0.9]))
def test_a_step_is_taken_only_where_it_truly_helps(seed: int, level: float) -> None:
    """Whatever the weights promise, each step within the budget is worth more on all draws."""
    problem = _case(seed, level, n_projects=4, n_draws=300)
    search, run, choice, _ = _weigh(problem, seed)
    draft = draft_from(run.judge, choice.options, NONE)
    assert draft is not None
    while (step := search._step(draft, choice, 120)) is not None:
        after, value = step
        assert after.room() >= 0
        assert value.value > choice.value
        true = run.judge.value(after.options, after.assets).value
        rounding = 1e-9 * float(np.abs(problem.worth).max())  # a plan may be worth nothing
        assert value.value == pytest.approx(true, rel=1e-9, abs=rounding)
        draft, choice = after, value


@settings(max_examples=10)
@given(SEEDS)
def test_kicks_that_stay_too_dear_are_left(seed: int) -> None:
    """Random changes that no pass makes affordable again are not taken."""
    problem = _case(seed)
    run, relaxation = _relaxed(problem)
    start = _plan(run, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge, "PASSES_AGAIN", 0)
        found = _search(run, relaxation).run(start, np.inf, plenty())
    assert _keeps_everything(problem, found)
    assert _is_no_worse(problem, found, start)


@given(st.integers(1, 50), st.floats(0.01, 0.99), SEEDS)
def test_the_edge_tells_the_tail(n_draws: int, level: float, seed: int) -> None:
    """Value at risk, size and shortfalls give CVaR; all of few draws are near, none deep."""
    worth = np.random.default_rng(seed).integers(-20, 20, n_draws).astype(np.float64)
    found = find_edge(worth, level)
    assert found.deep.tolist() == []
    assert found.near.tolist() == list(range(n_draws))
    assert found.size == pytest.approx((1 - level) * n_draws)
    assert found.missing.tolist() == (found.at - worth).tolist()
    tail = found.at - np.maximum(found.missing, 0).sum(dtype=np.float64) / found.size
    assert tail == pytest.approx(cvar(worth, level), abs=1e-6)


@given(st.integers(1, 900), st.sampled_from([0.05, 0.5, 0.75, 0.9, 0.99]), SEEDS, st.booleans())
def test_draws_are_deep_near_or_far(n_draws: int, level: float, seed: int, ties: bool) -> None:
    """Deep draws are worse than near ones and whole in the tail; far ones better and out of it."""
    rng = np.random.default_rng(seed)
    worth = rng.integers(0, 5, n_draws).astype(np.float64) if ties else rng.normal(0, 9, n_draws)
    found = find_edge(worth, level)
    far = np.setdiff1d(np.arange(n_draws), np.concatenate([found.deep, found.near]))
    assert len(found.deep) + len(found.near) + len(far) == n_draws
    assert (np.diff(found.deep) > 0).all()
    assert (np.diff(found.near) > 0).all()
    assert worth[found.deep].max(initial=-np.inf) <= worth[found.near].min()
    assert worth[far].min(initial=np.inf) >= worth[found.near].max()
    weights = worst_share(worth, 1 - level)
    assert np.allclose(weights[found.deep], 1 / found.size)
    assert not weights[far].any()
    assert found.at in worth[found.near]
    short = (found.at - worth[found.deep]).sum() + np.maximum(found.at - worth[found.near], 0).sum()
    assert found.at - short / found.size == pytest.approx(weights @ worth, abs=1e-9)


@FEW
@given(SEEDS, st.integers(1, 30))
def test_changes_hold_the_plan_and_what_loses_least(seed: int, most: int) -> None:
    """What the plan takes, the options that lose least, and projects cheap to drop; not more."""
    problem = _case(seed)
    run, relaxation = _relaxed(problem)
    bound, choice = relaxation.bound, _plan(run, seed)
    changes = make_changes(run.judge, bound, choice, most)
    options = changes.option[changes.option >= 0]
    dropped = changes.owner[len(options) :]
    assert set(choice.options.tolist()) <= set(options.tolist())
    assert (np.diff(options) > 0).all()
    assert run.terms.usable[options].all()
    room = max(most - len(choice.options), 1)
    assert len(options) + len(dropped) <= room + len(choice.options)
    losses = bound.losses(problem.owner)
    added = np.setdiff1d(options, choice.options)
    left = np.setdiff1d(np.flatnonzero(run.terms.usable), options)
    if len(added) and len(left):
        assert losses[added].max() <= losses[left].min()
    if int(run.terms.usable.sum()) + len(problem.projects) <= room:
        assert dropped.tolist() == list(range(len(problem.projects)))
    kept = np.setdiff1d(np.arange(len(problem.projects)), dropped)
    assert bound.best[dropped].max(initial=0.0) <= bound.best[kept].min(initial=np.inf)
    assert (changes.loss >= 0).all()


@FEW
@given(SEEDS)
def test_changes_tell_cost_and_worth_of_what_they_take(seed: int) -> None:
    """Cost, expected worth and draws are the option's; nothing for "not funded"."""
    problem = _case(seed)
    run, relaxation = _relaxed(problem)
    changes = make_changes(run.judge, relaxation.bound, _plan(run, seed), 12)
    some = np.flatnonzero(changes.option >= 0)
    options, outcomes = changes.option[some], problem.outcomes
    assert outcomes is not None
    assert changes.owner[some].tolist() == problem.owner[options].tolist()
    assert changes.cents[some].tolist() == problem.cents[options].tolist()
    assert changes.mean[some].tolist() == problem.worth[options].tolist()
    assert np.allclose(changes.by_draw[:, some].T, outcomes.worth_draws(options), rtol=1e-6)
    rest = changes.option < 0
    assert (changes.option[rest] == NOT_FUNDED).all()
    assert not changes.cents[rest].any()
    assert not changes.mean[rest].any()
    assert not changes.by_draw[:, rest].any()
    assert [changes.column[o] for o in options.tolist()] == some.tolist()
    assert changes.column[NOT_FUNDED] == NOT_FUNDED


def test_no_more_changes_are_held_than_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for ten changes, ten options at most are taken beside one more at the limit."""
    problem = _case(4, n_projects=20)
    run, relaxation = _relaxed(problem)
    choice = run.judge.value(NONE, np.zeros(0, dtype=np.bool_))
    assert problem.outcomes is not None
    monkeypatch.setattr(CHANGES + ".MOST_HELD", 10 * problem.outcomes.n_draws)
    changes = make_changes(run.judge, relaxation.bound, choice, 10**6)
    losses = relaxation.bound.losses(problem.owner)
    limit = np.sort(losses[run.terms.usable])[10]
    assert (changes.loss[changes.option >= 0] <= limit).all()
    assert 10 <= int((changes.option >= 0).sum()) <= 20


@settings(max_examples=15)
@given(SEEDS)
def test_a_relaxation_that_is_too_dear_ends_within_the_budget(seed: int) -> None:
    """Shares that cost more than there is give a plan that the budget pays for, or are left."""
    problem = _case(seed)
    run, relaxation = _relaxed(problem)
    dearest = np.flatnonzero(np.diff(problem.owner, append=len(problem.projects)))
    near = Relaxed(
        dearest,
        np.random.default_rng(seed).uniform(0.4, 1.0, len(dearest)),
        np.zeros(0),
        relaxation.prices,
        0.0,
    )
    start, search = _plan(run, seed), _search(run, relaxation)
    found = search.run(start, np.inf, plenty(), near=near)
    assert _keeps_everything(problem, found)
    assert _is_no_worse(problem, found, start)


def test_the_larger_share_of_each_project_is_a_start() -> None:
    """Funded where its shares are half or more together, with the largest; earliest of equals."""
    problem = _case(2, n_projects=4)
    run, relaxation = _relaxed(problem)
    options = np.array([0, 1, 3, 4, 6, 9])
    shares = np.array([0.2, 0.4, 0.3, 0.1, 1.0, 0.5])
    near = Relaxed(options, shares, np.zeros(0), relaxation.prices, 0.0)
    draft, choice = _search(run, relaxation)._larger_shares(near)
    assert draft.taken.tolist() == [1, NOT_FUNDED, 6, 9]
    even = replace(near, shares=np.array([0.4, 0.4, 0.5, 0.5, 0.49, 0.5]))
    assert _search(run, relaxation)._larger_shares(even)[0].taken.tolist() == [0, 3, NOT_FUNDED, 9]
    assert choice.value == run.judge.value(np.array([1, 6, 9]), draft.assets).value


def test_money_is_freed_at_least_loss_and_not_far_more_than_is_missing() -> None:
    """Of the changes that free up to 1.5 times what is missing the one that loses least."""
    run, relaxation = _relaxed(_case(2))
    search = EdgeSearch(run.judge, relaxation.bound, 0.0)
    nothing = np.zeros(5)
    gain = np.array([-5.0, -1.0, -3.0, 9.0, -np.inf])
    weighed = edge._Weighed(gain, np.array([-100, -1000, -150, 50, -100]), nothing, nothing, NONE)
    assert search._freeing(weighed, -100.0) == [(2,)]
    assert search._freeing(weighed, -10.0) == [(1,)]
    priced = EdgeSearch(run.judge, relaxation.bound, 0.01)
    assert priced._freeing(weighed, -10.0) == [(1,)]
    none = replace(weighed, cents=np.array([5, 6, 7, 8, 9]))
    assert search._freeing(none, -10.0) == []


@settings(max_examples=10)
@given(SEEDS)
def test_a_plan_of_options_outside_the_changes_is_improved_too(seed: int) -> None:
    """A project that takes an unknown option is weighed for nothing, the plan gets no worse."""
    problem = _case(seed)
    run, relaxation = _relaxed(problem)
    search, first = _search(run, relaxation), run.judge.value(NONE, np.zeros(0, dtype=np.bool_))
    search._changes = make_changes(run.judge, relaxation.bound, first, 4)
    start = _plan(run, seed)
    draft = draft_from(run.judge, start.options, NONE)
    assert draft is not None
    known = set(search._changes.option.tolist())
    unknown = [int(problem.owner[o]) for o in start.options.tolist() if o not in known]
    taken = search._columns(draft)
    assert np.flatnonzero(taken == UNKNOWN).tolist() == unknown
    assert start.worth_draws is not None
    weighed = search._weighed(find_edge(start.worth_draws, problem.risk.level), taken)
    assert (weighed.gain[np.isin(search._changes.owner, unknown)] == -np.inf).all()
    found = search.run(start, np.inf, plenty())
    assert _keeps_everything(problem, found)
    assert _is_no_worse(problem, found, start)


@pytest.mark.parametrize("quick", [False, True])
def test_where_nothing_can_change_the_plan_comes_back(quick: bool) -> None:
    """Without an option to pay for, or without a project, the empty plan stays."""
    for problem in (replace(_case(1), budget_cents=0), _constant([], [], 100)):
        run, relaxation = _relaxed(problem)
        start = run.judge.value(NONE, np.zeros(0, dtype=np.bool_))
        found = _search(run, relaxation, quick=quick).run(start, np.inf, plenty())
        assert (found.options.tolist(), found.value) == ([], 0.0)


@pytest.mark.parametrize("quick", [False, True])
def test_one_project_gives_way_to_another(quick: bool) -> None:
    """Where money is for one project, a pair of changes finds the better, the first of equals."""
    problem = _constant([10.0, 15.0, 20.0, 20.0], [100, 100, 100, 100], 100)
    run, relaxation = _relaxed(problem)
    start = run.judge.value(np.array([0]), np.zeros(0, dtype=np.bool_))
    found = _search(run, relaxation, quick=quick).run(start, np.inf, plenty())
    assert (found.options.tolist(), found.value) == ([2], 20.0)


def test_equal_changes_are_tried_in_their_order() -> None:
    """Of four equal projects the earlier is offered first, singles before pairs."""
    problem = _constant([7.0] * 4, [100] * 4, 300)
    search, run, choice, changes = _weigh(problem, 0)
    choice = run.judge.value(NONE, choice.assets)
    draft = draft_from(run.judge, NONE, NONE)
    assert draft is not None
    assert choice.worth_draws is not None
    found = find_edge(choice.worth_draws, 0.8)
    weighed = search._weighed(found, search._columns(draft))
    assert list(search._promising(found, weighed, 199.0, 120)) == [(0,), (1,), (2,), (3,)]
    pairs = list(search._promising(found, weighed, 200.0, 120))
    assert pairs[:2] == [(0, 1), (0, 2)]
    assert len(pairs) == edge.TRULY
    assert len(changes.option) == 8


def test_kicks_are_made_only_where_there_is_time_and_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick search, one that has reached its target, or that is out of time, makes none."""
    problem = _case(3)
    run, relaxation = _relaxed(problem)
    start = _plan(run, 3)

    def refuse(*_: object) -> None:
        raise AssertionError("kicked")

    monkeypatch.setattr(EdgeSearch, "_kicked", refuse)
    _search(run, relaxation, quick=True).run(start, np.inf, plenty())
    _search(run, relaxation).run(start, -np.inf, plenty())
    late = _search(run, relaxation).run(start, np.inf, nothing())
    assert late.options.tolist() == start.options.tolist()
    with pytest.raises(AssertionError, match="kicked"):
        _search(run, relaxation).run(start, np.inf, plenty())


def test_kicks_leave_a_local_optimum() -> None:
    """A plan that no pair improves is left where three changes at once are better."""
    problem = _constant([30.0, 14.0, 14.0, 14.0], [300, 100, 100, 100], 300)
    run, relaxation = _relaxed(problem)
    start = run.judge.value(np.array([0]), np.zeros(0, dtype=np.bool_))
    assert _search(run, relaxation, quick=True).run(start, np.inf, plenty()).value == 30.0
    found = _search(run, relaxation).run(start, np.inf, plenty())
    assert (found.options.tolist(), found.value) == ([1, 2, 3], 42.0)


def test_assets_that_were_chosen_better_are_kept() -> None:
    """A plan that owns a dearer but worthier asset than the cheapest relief is not made worse."""
    base = _constant([50.0, 1.0], [100, 100], 10_000)
    problem = replace(
        base,
        rows=(row("needs", {0: 1.0}, 0.0, {0: -1.0, 1: -1.0}),),
        assets=("cheap", "dear"),
        asset_cents=np.array([10, 20]),
        asset_worth=np.array([-30.0, -1.0]),
    )
    run, relaxation = _relaxed(problem)
    start = run.judge.certified(np.array([0, 1]), np.array([False, True]))
    assert start is not None
    found = _search(run, relaxation).run(start, np.inf, plenty())
    assert _keeps_everything(problem, found)
    assert found.value >= start.value
