"""Value of information against answers worked out by hand, and against other ways to them.

Three projects with value, cost and chance if times are good or bad; good with .5, shared by all; a
run says + with .9 where they are good and .1 where they are bad.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import binom, norm

from planner.domain.arrays import Floats, Rows
from planner.planning.pilots.evidence import Evidence, smoothed
from tests.oracles.value_of_information import (
    Choose,
    effective_draws,
    enumerated,
    perfect_value,
    sample_value,
    weights,
)

VALUE = np.array([100.0, 150.0, 90.0])
COST = np.array([40.0, 60.0, 40.0])
CHANCE = np.array([[0.8, 0.2], [0.7, 0.3], [0.5, 0.45]])  # good, bad
WORTH = VALUE[:, None] * CHANCE - COST[:, None]  # of the two states
TWO = np.array([0.5, 0.5])
RUN = np.array([[0.9, 0.1], [0.1, 0.9]])
SECOND = np.array([[0.8, 0.2], [0.2, 0.8]])


def under(budget: float, projects: Sequence[int] = (0, 1, 2)) -> Choose:
    """Return the best of all sets of projects that a budget pays for, by trying each."""
    sets = [
        np.array(chosen, dtype=np.int64)
        for size in range(len(projects) + 1)
        for chosen in itertools.combinations(range(len(projects)), size)
        if COST[[projects[k] for k in chosen]].sum() <= budget
    ]

    def choose(worth: Floats) -> Rows:
        return max(sets, key=lambda chosen: worth[chosen].sum())

    return choose


def states() -> tuple[Floats, Floats]:
    """Return worth and chance of every state: times, and which projects succeed."""
    worth, chance = [], []
    for good in (0, 1):
        for met in itertools.product((0, 1), repeat=3):
            worth.append(VALUE * met - COST)
            chance.append(0.5 * np.prod(np.where(met, CHANCE[:, good], 1.0 - CHANCE[:, good])))
    return np.array(worth).T, np.array(chance)


def both(first: Floats, second: Floats) -> Floats:
    """Return the likelihood of two runs together."""
    return np.array([a * b for a in first for b in second])


def evsi(budget: float, run: Floats = RUN, projects: Sequence[int] = (0, 1, 2)) -> float:
    """Return what a run is worth under a budget."""
    worth = WORTH[list(projects)]
    return sample_value(worth, enumerated(run), under(budget, projects)).value


def test_one_project_alone() -> None:
    """V1: worth 10 now; EVPI 20, EVPPI 10, EVSI 7, and 4 net of a price of 3."""
    alone, run = under(100, [0]), enumerated(RUN)
    found = sample_value(WORTH[:1], run, alone)
    assert found.now == pytest.approx(10.0)
    assert found.value == pytest.approx(7.0)
    assert found.value - 3.0 == pytest.approx(4.0)
    np.testing.assert_allclose(run.chance, [0.5, 0.5])
    np.testing.assert_allclose(weights(run), [[0.9, 0.1], [0.1, 0.9]])
    assert perfect_value(WORTH[:1], alone, prior=TWO) == pytest.approx(10.0)
    outcomes = np.array([[60.0, -40.0]])
    assert perfect_value(outcomes, alone, prior=TWO) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("budget", "now", "sampled", "partial", "perfect"),
    [
        (40, 10, 7.475, 10.25, 31.5),
        (60, 15, 4.975, 7.75, 48.45),
        (100, 25, 11.975, 17.75, 66.075),
        (140, 27.75, 11.5, 17.5, 71),
    ],
)
def test_a_portfolio_under_each_budget(
    budget: float, now: float, sampled: float, partial: float, perfect: float
) -> None:
    """V2: after a bad outcome every budget funds the third project alone, for .95."""
    found = sample_value(WORTH, enumerated(RUN), under(budget))
    assert found.now == pytest.approx(now)
    assert found.value == pytest.approx(sampled)
    assert found.choices[1].tolist() == [2]
    assert enumerated(RUN).means(WORTH)[1, 2] == pytest.approx(0.95)
    assert perfect_value(WORTH, under(budget), prior=TWO) == pytest.approx(partial)
    worth, chance = states()
    assert perfect_value(worth, under(budget), prior=chance) == pytest.approx(perfect)


def test_scarce_money_makes_information_worth_more_than_its_parts() -> None:
    """V2b: 7, 4.5 and 0 apart, 11.5 together without a limit, 11.975 where money is short."""
    apart = [evsi(100, projects=[k]) for k in range(3)]
    np.testing.assert_allclose(apart, [7.0, 4.5, 0.0], atol=1e-12)
    assert evsi(140) == pytest.approx(sum(apart))
    assert evsi(100) > sum(apart)


def test_a_run_paid_from_the_same_budget_may_cost_more_than_it_tells() -> None:
    """V3: of 100 the run leaves 95, and the two best projects no longer fit."""
    found = sample_value(WORTH, enumerated(RUN), under(100), choose_after=under(95))
    assert found.now + found.value == pytest.approx(19.975)
    assert found.value == pytest.approx(-5.025)
    assert found.value - 5.0 == pytest.approx(-10.025)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (60, (4.975, 2.2, 5.18)),
        (100, (11.975, 6.2, 12.425)),
        (140, (11.5, 5.5, 11.95)),
    ],
)
def test_a_second_run_adds_little(budget: float, expected: tuple[float, ...]) -> None:
    """V4: first, second, both: far from additive."""
    found = [evsi(budget, run) for run in (RUN, SECOND, both(RUN, SECOND))]
    np.testing.assert_allclose(found, expected)


def test_eight_draws_reweighted() -> None:
    """V5: effective draws 4.8780, means after + 30, 45, 5, worth 15 under a budget of 100."""
    good = np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
    rows = ["110", "111", "101", "010", "001", "010", "100", "001"]
    met = np.array([[int(digit) for digit in row] for row in rows])
    worth = (VALUE * met - COST).T
    run = enumerated(np.array([np.where(good, 0.9, 0.1), np.where(good, 0.1, 0.9)]))
    np.testing.assert_allclose(effective_draws(run), [4.8780, 4.8780], atol=5e-5)
    np.testing.assert_allclose(run.means(worth), [[30, 45, 5], [-10, -15, 5]], atol=1e-9)
    assert sample_value(worth, run, under(100)).value == pytest.approx(15.0)


def test_normal_worth_with_normal_noise() -> None:
    """V6: EVSI 3.261488 from closed forms; 1.630744 for a correlated project; sums and maxima."""
    rng = np.random.default_rng(6)
    n = 40_000
    common, own, noise = rng.standard_normal((3, n))
    a = 10 + 30 * common
    b = -5 + 25 * (0.6 * common + 0.8 * own)
    run = smoothed(a + 40 * noise)

    def best_of(groups: Sequence[Sequence[int]]) -> Choose:
        def choose(worth: Floats) -> Rows:
            sets = [np.array(g, dtype=np.int64) for g in groups]
            return max(sets, key=lambda chosen: worth[chosen].sum())

        return choose

    alone, pair = [[], [0]], [[], [0], [1], [0, 1]]
    cases = [
        (a[None], alone, 3.261488),
        (b[None], alone, 1.630744),
        (np.array([a, b]), pair, 4.892232),
        (np.array([a, b]), pair[:3], 3.261488),
    ]
    for worth, groups, expected in cases:
        found = sample_value(worth, run, best_of(groups))
        assert 0.03 < found.se < 0.25
        assert found.value == pytest.approx(expected, abs=3.0 * found.se)
    closed = 30 * (norm.pdf(1 / 3) + norm.cdf(1 / 3) / 3) - 10
    assert closed == pytest.approx(7.627083, abs=5e-7)
    strata = 10 + 30 * norm.ppf((np.arange(2000) + 0.5) / 2000)
    assert perfect_value(strata[None], best_of(alone)) == pytest.approx(closed, abs=0.02)


@pytest.mark.parametrize(
    ("kept", "expected"), [(1.0, 11.975), (0.95, 7.175), (0.9, 2.85), (0.85, -1.475)]
)
def test_delay_may_cost_more_than_the_run_tells(kept: float, expected: float) -> None:
    """V7: values after the run shrink; with a window for the first mover runs can lose."""
    later = kept * VALUE[:, None] * CHANCE - COST[:, None]
    found = sample_value(WORTH, enumerated(RUN), under(100), worth_after=later)
    assert found.value == pytest.approx(expected)


def counted_on(images: int) -> Evidence:
    """Return a run that counts errors among test images: 5 % if good, 12 % if bad."""
    counts = np.arange(images + 1)
    return enumerated(np.column_stack([binom.pmf(counts, images, p) for p in (0.05, 0.12)]))


def test_how_many_test_images() -> None:
    """V8: more of them tell more; at 1 + .02 apiece 200 pay best."""
    images = [10, 20, 50, 100, 200, 400]
    found = [sample_value(WORTH, counted_on(m), under(100)).value for m in images]
    expected = [2.6201, 4.7351, 9.0752, 12.8987, 16.0386, 17.4970]
    np.testing.assert_allclose(found, expected, atol=5e-5)
    net = [value - 1 - 0.02 * m for m, value in zip(images, found, strict=True)]
    assert images[int(np.argmax(net))] == 200
    assert max(net) == pytest.approx(11.0386, abs=5e-5)


def test_the_standard_error_is_that_of_repetition() -> None:
    """The error given with one sample is the spread over many, within a third."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        a = 10 + 30 * rng.standard_normal(1500)
        run = smoothed(a + 40 * rng.standard_normal(1500))
        found.append(sample_value(a[None], run, lambda w: np.flatnonzero(w > 0)))
    spread = np.std([one.value for one in found], ddof=1)
    said = math.sqrt(np.mean([one.se**2 for one in found]))
    assert 2 / 3 < said / spread < 3 / 2
    mean = np.mean([one.value for one in found])
    assert mean == pytest.approx(3.261488, abs=0.1 + 4 * spread / math.sqrt(60))
