"""Laws of the value of information, on random small decisions."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.arrays import Floats, Rows
from planner.planning.pilots.evidence import Evidence, smoothed
from planner.planning.pilots.smoother import equal_cells, run_basis
from tests.oracles.value_of_information import (
    Choose,
    enumerated,
    joint_cells,
    perfect_value,
    sample_value,
    weights,
)

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
N_DRAWS = 240


def choose_under(budget: float, cost: Floats) -> Choose:
    """Return the best of all sets that a budget pays for."""
    sets = [
        np.array(chosen, dtype=np.int64)
        for size in range(len(cost) + 1)
        for chosen in itertools.combinations(range(len(cost)), size)
        if cost[list(chosen)].sum() <= budget
    ]
    return lambda worth: max(sets, key=lambda chosen: worth[chosen].sum())


def toy(seed: int) -> tuple[Floats, Floats, Choose]:
    """Return worths of four projects by draw, a quality they share in part, and a budget."""
    rng = np.random.default_rng(seed)
    quality = rng.standard_normal((4, N_DRAWS)) + rng.standard_normal(N_DRAWS)
    worth = 10 * quality + rng.normal(0, 10, (4, 1))
    cost = rng.uniform(1, 5, 4)
    return worth, quality, choose_under(float(rng.uniform(2, 15)), cost)


@given(SEEDS)
def test_a_run_is_worth_no_less_than_nothing_and_no_more_than_knowing(seed: int) -> None:
    """0 ≤ EVSI ≤ EVPPI of the shared state ≤ EVPI where outcomes are enumerated."""
    rng = np.random.default_rng(seed)
    worth, _, choose = toy(seed)
    group = rng.integers(0, 6, N_DRAWS)
    by_group = rng.dirichlet(np.ones(5), 6).T  # chances of five outcomes given the group
    run = enumerated(by_group[:, group])
    sampled = sample_value(worth, run, choose).value
    partial = perfect_value(worth, choose, groups=group)
    perfect = perfect_value(worth, choose)
    assert -1e-9 <= sampled <= partial + 1e-9
    assert partial <= perfect + 1e-9


@given(SEEDS)
def test_smoothed_outcomes_average_to_what_is_expected_today(seed: int) -> None:
    """So that a smoothed run is never worth less than nothing, but for rounding."""
    rng = np.random.default_rng(seed)
    worth, quality, choose = toy(seed)
    run = smoothed(quality[0] + rng.normal(0, 0.5, N_DRAWS), step=0.0)
    np.testing.assert_allclose(run.chance @ run.means(worth), worth.mean(axis=1), atol=1e-8)
    np.testing.assert_allclose(weights(run).sum(axis=1), 1.0, atol=1e-8)
    assert sample_value(worth, run, choose).value >= -1e-8


@given(SEEDS, st.integers(min_value=1, max_value=200))
def test_more_test_images_are_worth_more(seed: int, images: int) -> None:
    """A run counted on more test images tells all that one on fewer does."""
    rng = np.random.default_rng(seed)
    error = rng.uniform(0.02, 0.3, 12)
    worth = 100 * (rng.random((4, 12)) < 0.5) - rng.uniform(10, 60, (4, 1))
    choose = choose_under(6.0, rng.uniform(1, 5, 4))

    def counted(m: int) -> Evidence:
        from scipy.stats import binom

        return enumerated(binom.pmf(np.arange(m + 1)[:, None], m, error))

    few, many = (sample_value(worth, counted(m), choose).value for m in (images, images + 7))
    assert many >= few - 1e-9


@given(SEEDS)
def test_nothing_is_worth_knowing_where_one_plan_wins_in_every_draw(seed: int) -> None:
    """Then EVPI, and with it every run, is 0."""
    rng = np.random.default_rng(seed)
    worth, quality, _ = toy(seed)
    worth = np.abs(worth) + 1.0  # all projects pay in every draw, and all fit
    choose = choose_under(100.0, np.ones(4))
    assert abs(perfect_value(worth, choose)) < 1e-9
    run = smoothed(quality[1] + rng.normal(0, 0.1, N_DRAWS))
    found = sample_value(worth, run, choose)
    assert abs(found.value) < 1e-9
    assert found.se < 1e-9


@given(SEEDS, st.permutations(range(4)))
def test_the_order_of_projects_changes_nothing(seed: int, order: list[int]) -> None:
    """The same run is worth the same, whichever project stands first."""
    rng = np.random.default_rng(seed)
    worth, quality, _ = toy(seed)
    cost = rng.uniform(1, 5, 4)
    run = smoothed(quality[2])
    here = sample_value(worth, run, choose_under(8.0, cost))
    there = sample_value(worth[order], run, choose_under(8.0, cost[order]))
    np.testing.assert_allclose([here.value, here.se], [there.value, there.se], rtol=1e-9)


@given(SEEDS)
def test_a_run_that_shares_nothing_gives_others_nothing(seed: int) -> None:
    """Worth of a project that neither the run nor money touches stays within its error."""
    rng = np.random.default_rng(seed)
    worth = rng.normal(3.0, 5.0, (1, N_DRAWS))
    run = smoothed(rng.standard_normal(N_DRAWS), n_cells=9)
    found = sample_value(worth, run, lambda mean: np.flatnonzero(mean > 0))
    assert found.value <= 5.0 * found.se + 1e-9


@given(SEEDS)
def test_two_runs_together_tell_as_much_as_one(seed: int) -> None:
    """Outcomes that are finer are worth at least as much, given the same fit."""
    rng = np.random.default_rng(seed)
    worth, quality, choose = toy(seed)
    columns = [run_basis(quality[k] + rng.normal(0, 0.3, N_DRAWS)) for k in (0, 1)]
    coarse = equal_cells(quality[0], 4)
    fine = np.unique(coarse * 4 + equal_cells(quality[1], 4), return_inverse=True)[1]
    values = [
        sample_value(worth, joint_cells(columns, cell), choose).value for cell in (coarse, fine)
    ]
    assert values[1] >= values[0] - 1e-8


def test_equal_measurements_share_a_cell() -> None:
    """Errors at the ceiling are one outcome."""
    measured = np.array([1.0, 1.0, 1.0, 1.0, 0.5, 0.2, 0.1, 0.3])
    cell: Rows = equal_cells(measured, 4)
    assert len(set(cell[:4].tolist())) == 1
    assert cell[5] <= cell[7] <= cell[4] < cell[0]
