"""Rows of a problem in arrays, against loops over the rows as they were written."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.arrays import Flags, Rows
from planner.offering.problem import DecisionProblem, LinearRow
from planner.solving.system import build_system
from tests.problem_cases import row

SEEDS = st.integers(0, 10_000)


def _problem(
    seed: int,
    rows: tuple[LinearRow, ...] = (),
    n_assets: int = 0,
    *,
    top: int = 3,
    n_projects: int = 4,
) -> DecisionProblem:
    """Return some projects of up to four options, some of none, with many equal numbers."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(n_projects), rng.integers(0, 5, n_projects))
    count = len(owner)
    return DecisionProblem(
        projects=tuple(f"p{i}" for i in range(n_projects)),
        owner=owner,
        cents=rng.integers(0, top, count),
        worth=rng.integers(0, top, count).astype(np.float64),
        tie=rng.integers(0, top, count),
        budget_cents=None,
        rows=rows,
        assets=tuple(f"a{g}" for g in range(n_assets)),
        asset_cents=rng.integers(0, 5, n_assets),
        asset_worth=-rng.integers(0, 5, n_assets).astype(np.float64),
    )


def _chosen(problem: DecisionProblem, seed: int) -> Rows:
    """Return an option of some projects, increasing."""
    rng = np.random.default_rng(seed)
    projects = [p for p in np.unique(problem.owner).tolist() if rng.random() < 0.7]
    picked = [int(rng.choice(np.flatnonzero(problem.owner == p))) for p in projects]
    return np.array(picked, dtype=np.int64)


def _subsets(n_assets: int) -> Iterator[Flags]:
    for bits in product([False, True], repeat=n_assets):
        yield np.array(bits, dtype=np.bool_)


def _left_side(one: LinearRow, options: Rows, assets: Flags) -> float:
    """Return what a choice uses of a row, term by term."""
    used = sum(c for o, c in zip(one.options, one.option_coefficients, strict=True) if o in options)
    return float(
        used + sum(c for g, c in zip(one.assets, one.asset_coefficients, strict=True) if assets[g])
    )


def _linked(seed: int, n_assets: int = 4) -> DecisionProblem:
    """Return a problem in which one asset relieves each link, and assets need others."""
    rng = np.random.default_rng(seed)
    base = _problem(seed, n_assets=n_assets)
    steps = [
        row(f"step[{g}]", {}, 0.0, {g: float(size), int(other): -float(size)})
        for g, size in enumerate(rng.integers(1, 4, n_assets).tolist())
        if (other := rng.integers(n_assets)) != g and rng.random() < 0.6
    ]
    links = [
        row(
            f"needs[{project}]",
            dict.fromkeys(np.flatnonzero(base.owner == project).tolist(), 1.0),
            0.0,
            {int(rng.integers(n_assets)): -1.0},
        )
        for project in range(len(base.projects))
    ]
    whole = row("whole", dict.fromkeys(range(len(base)), 1.0), 3.0)
    rows = [*steps, *links, whole]
    return replace(base, rows=tuple(rows[k] for k in rng.permutation(len(rows))))


@given(SEEDS)
def test_groups_are_the_projects_that_have_options(seed: int) -> None:
    """Each project with options is told once, with the place of its first option."""
    problem = _problem(seed)
    first, having = build_system(problem).groups
    wanted: dict[int, int] = {}
    for option, project in enumerate(problem.owner.tolist()):
        wanted.setdefault(project, option)
    assert dict(zip(having.tolist(), first.tolist(), strict=True)) == wanted
    assert having.tolist() == sorted(wanted)


@given(SEEDS)
def test_a_twin_is_an_equal_option_of_the_project_with_a_smaller_tie(seed: int) -> None:
    """An option has an earlier twin exactly where another equals it and comes first."""
    problem = _problem(seed, top=2)
    options = np.random.default_rng(seed).permutation(_chosen(problem, seed))
    wanted = [
        any(
            problem.owner[other] == problem.owner[option]
            and problem.cents[other] == problem.cents[option]
            and problem.worth[other] == problem.worth[option]
            and problem.tie[other] < problem.tie[option]
            for other in range(len(problem))
        )
        for option in options.tolist()
    ]
    assert build_system(problem).has_earlier_twin(options).tolist() == wanted


@given(SEEDS)
def test_a_run_is_of_one_project_and_alike_in_every_row(seed: int) -> None:
    """Neighbours of one project with the same entries in all rows share a number, no others."""
    rng = np.random.default_rng(seed)
    count = len(_problem(seed))
    rows = tuple(
        row(f"r{k}", {o: float(rng.integers(1, 3)) for o in range(count) if rng.random() < 0.5}, 1)
        for k in range(int(rng.integers(0, 3)))
    )
    problem = _problem(seed, rows)
    entries = [
        (
            project,
            [
                dict(zip(r.options.tolist(), r.option_coefficients, strict=True)).get(o)
                for r in rows
            ],
        )
        for o, project in enumerate(problem.owner.tolist())
    ]
    run = build_system(problem).run.tolist()
    assert [a != b for a, b in pairwise(run)] == [a != b for a, b in pairwise(entries)]


@given(SEEDS)
def test_no_plan_needs_an_option_that_another_dominates(seed: int) -> None:
    """What is left has for every option one as good, and no two of one run dominate each other."""
    rng = np.random.default_rng(seed)
    base = _problem(seed)
    demand = row("fund", dict.fromkeys(np.flatnonzero(base.owner == 1).tolist(), -1.0), -1.0)
    limit = row("most", dict.fromkeys(np.flatnonzero(base.owner < 2).tolist(), 1.0), 2.0)
    problem = replace(base, rows=(demand, limit), worth=base.worth - float(rng.integers(0, 2)))
    kept = np.flatnonzero(build_system(problem).undominated).tolist()
    owner, cents, worth = (x.tolist() for x in (problem.owner, problem.cents, problem.worth))
    for option in range(len(problem)):
        as_good = [
            k
            for k in kept
            if owner[k] == owner[option] and cents[k] <= cents[option] and worth[k] >= worth[option]
        ]
        assert as_good or (worth[option] <= 0 and owner[option] != 1)
        assert option not in kept or as_good == [option]


@given(SEEDS)
def test_an_asset_implies_what_every_set_of_assets_with_it_holds(seed: int) -> None:
    """Asset g implies h exactly where no set of assets that keeps the steps has g without h."""
    problem = _linked(seed)
    steps = [one for one in problem.rows if not len(one.options)]
    nothing = np.zeros(0, dtype=np.int64)
    kept = [
        owned
        for owned in _subsets(len(problem.assets))
        if all(_left_side(one, nothing, owned) <= one.limit for one in steps)
    ]
    wanted = [
        [all(owned[h] for owned in kept if owned[g]) for h in range(len(problem.assets))]
        for g in range(len(problem.assets))
    ]
    assert build_system(problem).implied.tolist() == wanted


def test_only_steps_imply_anything() -> None:
    """Rows with room, with options, of three assets or of unequal sizes imply no asset."""
    rows = (
        row("room", {}, 1.0, {0: 1.0, 1: -1.0}),
        row("option", {0: 1.0}, 0.0, {0: 1.0, 1: -1.0}),
        row("three", {}, 0.0, {0: 1.0, 1: -1.0, 2: -1.0}),
        row("half", {}, 0.0, {0: 1.0, 1: -2.0}),
        row("alone", {}, 0.0, {2: -1.0}),
        row("both", {}, 0.0, {0: -1.0, 2: -1.0}),
    )
    problem = replace(_problem(1, n_assets=3), rows=rows)
    assert build_system(problem).implied.tolist() == np.eye(3, dtype=np.bool_).tolist()


def test_steps_imply_all_the_steps_before_whatever_their_order() -> None:
    """The last of a chain of steps needs every one before it, the first none."""
    chain = {3: 0, 1: 3, 2: 1}
    rows = tuple(row(f"s{a}", {}, 0.0, {b: -7.0, a: 7.0}) for a, b in chain.items())
    implied = build_system(replace(_problem(1, n_assets=4), rows=rows)).implied
    owned = {g: np.flatnonzero(implied[g]).tolist() for g in range(4)}
    assert owned == {0: [0], 3: [0, 3], 1: [0, 1, 3], 2: [0, 1, 2, 3]}


@given(SEEDS)
def test_required_assets_are_the_least_set_that_keeps_the_rows(seed: int) -> None:
    """With one relief for each link, what is bought is in every set that keeps all rows."""
    problem = _linked(seed)
    options = _chosen(problem, seed)
    keeping = [
        owned
        for owned in _subsets(len(problem.assets))
        if all(_left_side(one, options, owned) <= one.limit for one in problem.rows)
    ]
    bought = build_system(problem).required_assets(options)
    if not keeping:
        assert bought is None
    else:
        assert bought is not None
        assert bought.tolist() == np.logical_and.reduce(keeping).tolist()


@given(SEEDS)
def test_what_many_choices_require_is_what_each_of_them_does(seed: int) -> None:
    """Refused alike, and the same assets bought, reliefs to choose from included."""
    rng, base = np.random.default_rng(seed), _linked(seed)
    either = [
        row(f"either[{g}]", dict.fromkeys(range(g, len(base), 3), 1.0), 0.0, {g: -1.0, g - 1: -1.0})
        for g in range(1, min(3, len(base.assets)))
    ]
    most = row("most", dict.fromkeys(range(len(base)), 1.0), float(rng.integers(0, 4)))
    problem = replace(
        base, rows=(*base.rows, *either, most), asset_cents=rng.integers(0, 3, len(base.assets))
    )
    system, nothing = build_system(problem), np.zeros(len(base.assets), dtype=np.bool_)
    chosen = [_chosen(problem, seed + k) for k in range(12)]
    activity = np.array([system.activity(options, nothing) for options in chosen])
    keeps, bought = system.required_of_many(activity.reshape(12, system.n_rows))
    for options, one, assets in zip(chosen, keeps.tolist(), bought, strict=True):
        alone = system.required_assets(options)
        assert one == (alone is not None)
        assert alone is None or alone.tolist() == assets.tolist()


@given(SEEDS)
def test_a_pool_is_bought_step_by_step_as_far_as_it_is_needed(seed: int) -> None:
    """Of a pool with three steps the fewest are bought that hold what the options take."""
    rng = np.random.default_rng(seed)
    base = _problem(seed, n_assets=3)
    base = replace(base, asset_cents=rng.integers(1, 50, 3))
    need = {o: float(rng.integers(0, 40)) for o in range(len(base))}
    sizes = rng.integers(5, 40, 3).astype(np.float64)
    steps = [row(f"step[{g}]", {}, 0.0, {g: 1.0, g - 1: -1.0}) for g in (1, 2)]
    pool = row("pool", need, 10.0, {g: -float(sizes[g]) for g in range(3)})
    problem = replace(base, rows=(pool, *steps))
    options = _chosen(problem, seed)
    used = sum(need[o] for o in options.tolist())
    holds = [count for count in range(4) if used <= 10.0 + sizes[:count].sum()]
    bought = build_system(problem).required_assets(options)
    if not holds:
        assert bought is None
    else:
        assert bought is not None
        system = build_system(problem)
        assert not len(system.exceeded(system.activity(options, bought)))
        assert bought.tolist() == sorted(bought.tolist(), reverse=True)


def test_of_two_reliefs_the_cheaper_is_bought_then_the_one_worth_more() -> None:
    """Where two assets relieve a row, cost decides; where they cost the same, their worth."""
    link = row("either", {0: 1.0}, 0.0, {0: -1.0, 1: -1.0})
    base = replace(_problem(3, n_assets=2), rows=(link,), asset_worth=np.array([-9.0, -1.0]))
    one = np.array([0])
    for cents, wanted in (((5, 6), [True, False]), ((6, 5), [False, True])):
        found = build_system(replace(base, asset_cents=np.array(cents))).required_assets(one)
        assert found is not None
        assert found.tolist() == wanted
    found = build_system(replace(base, asset_cents=np.array([5, 5]))).required_assets(one)
    assert found is not None
    assert found.tolist() == [False, True]


def test_what_a_row_forces_is_bought_before_a_choice_is_made() -> None:
    """An asset that one row alone forces also serves a row that had the choice."""
    either = row("either", {0: 1.0}, 0.0, {0: -1.0, 1: -1.0})
    forced = row("forced", {0: 1.0}, 0.0, {1: -1.0})
    problem = replace(
        _problem(3, n_assets=2), rows=(either, forced), asset_cents=np.array([1, 1_000])
    )
    found = build_system(problem).required_assets(np.array([0]))
    assert found is not None
    assert found.tolist() == [False, True]


@given(SEEDS)
def test_activity_and_broken_rows_are_sums_term_by_term(seed: int) -> None:
    """What a choice uses of each row, and which rows it breaks, as written row by row."""
    problem = _linked(seed)
    rng = np.random.default_rng(seed)
    options, assets = _chosen(problem, seed), rng.random(len(problem.assets)) < 0.5
    system = build_system(problem)
    activity = system.activity(options, assets)
    used = [_left_side(one, options, assets) for one in problem.rows]
    assert activity.tolist() == used
    broken = [k for k, one in enumerate(problem.rows) if used[k] > one.limit]
    assert system.exceeded(activity).tolist() == broken


def test_whole_numbers_are_kept_exactly_and_others_up_to_rounding() -> None:
    """A row of cents refuses one cent more at a thousand billion; a row of parts has slack."""
    large = 10.0**12
    rows = (
        row("cents", {0: large}, large - 1),
        row("parts", {0: 0.1}, 0.1 - 1e-12),
        row("far", {0: 0.1}, 0.1 - 1e-6),
    )
    system = build_system(replace(_problem(3), rows=rows))
    activity = system.activity(np.array([0]), np.zeros(0, dtype=np.bool_))
    assert system.whole.tolist() == [True, False, False]
    assert system.exceeded(activity).tolist() == [0, 2]
