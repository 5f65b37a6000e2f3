"""Collecting in rounds where the images needed are known."""

import numpy as np
import pytest

from planner.domain.results.validation import PilotMode
from planner.errors import InputError
from planner.questions.collect.rounds import RoundsRun
from planner.reference.store import load_model
from planner.validation.collection import ROUNDS, Collected, rounds_test, score_rounds
from planner.validation.collection_truth import truth_of
from planner.validation.curve_file import Curve
from planner.validation.pilot_modes import modes_of
from tests.collection_truths import development_truths

SIZES = (500, 1_000, 2_000, 5_000, 20_000)


def curve(*errors: float, sizes: tuple[int, ...] = SIZES) -> Curve:
    return Curve("c", sizes, errors, n_classes=20, architecture="ResNet-50")


def test_a_curve_is_the_truth_between_its_points() -> None:
    """A tenth is held, runs up to there are pilots, and targets end at the full set's accuracy."""
    truth = truth_of(curve(0.5, 0.4, 0.3, 0.2, 0.1))
    assert truth is not None
    assert (truth.full, truth.held, truth.cap) == (20_000, 2_000, 200_000)
    assert truth.pilot_sizes == (500, 1_000, 2_000)
    assert truth.targets[0] == pytest.approx(71.0)
    assert truth.targets[-1] == pytest.approx(90.0)
    assert truth.needed(truth.targets[-1]) == pytest.approx(20_000)


def test_repeats_count_by_their_mean() -> None:
    """Two runs at one size are one point of the truth."""
    truth = truth_of(curve(0.5, 0.3, 0.1, sizes=(100, 100, 2_000)))
    assert truth is not None
    assert truth.accuracy.tolist() == pytest.approx([60.0, 90.0])


@pytest.mark.parametrize(
    "bad",
    [
        curve(0.5, 0.4, sizes=(5_000, 20_000)),  # nothing up to a tenth
        curve(0.105, 0.1, sizes=(500, 20_000)),  # half a point to gain
        curve(0.1, 0.3, sizes=(500, 20_000)),  # rising
        curve(0.2, sizes=(500,)),
    ],
)
def test_curves_without_anything_to_reach_are_left_out(bad: Curve) -> None:
    """They are counted in a note and score nothing."""
    assert truth_of(bad) is None
    found = rounds_test([bad], "m", lambda _curve: load_model("transfer"))
    assert (found.curves, found.scores) == (0, ())
    assert found.notes[0].startswith("1 curve left out")


@pytest.mark.slow
def test_rounds_help_and_targets_are_met() -> None:
    """On a plain curve no target is missed, and five rounds waste less than one."""
    model = load_model("transfer")
    plain = curve(0.5, 0.4, 0.32, 0.24, 0.15)
    found = rounds_test([plain], "transfer", lambda _curve: model)
    assert [score.rounds for score in found.scores] == list(ROUNDS)
    assert all(score.targets == 10 and score.failure_rate == 0.0 for score in found.scores)
    ratios = [score.mean_cost_ratio for score in found.scores]
    assert ratios == sorted(ratios, reverse=True)  # type: ignore[type-var]
    assert found == rounds_test([plain], "transfer", lambda _curve: model)


def test_ratios_are_of_targets_that_were_met() -> None:
    """A miss counts as a failure and costs the penalty; its spend is no ratio."""
    met = Collected(RoundsRun((300,), reached=True, spend=300.0, cost=300.0), 200.0)
    missed = Collected(RoundsRun((100,), reached=False, spend=100.0, cost=1e8 + 100.0), 200.0)
    score = score_rounds("m", 1, [met, missed])
    assert (score.failure_rate, score.mean_cost_ratio) == (0.5, 0.5)
    assert score.mean_cost == pytest.approx((300.0 + 1e8 + 100.0) / 2)
    assert score_rounds("m", 1, [missed]).mean_cost_ratio is None


def test_the_development_truths_are_eight_long_curves() -> None:
    """The nine-point ImageNet curves among the shipped results, straight and rising at the end."""
    truths = development_truths()
    assert len(truths) == 8
    assert all(len(truth.images) == 9 and np.all(np.diff(truth.images) > 0) for truth in truths)


def test_pilot_modes_have_names() -> None:
    """Words or members name modes; anything else is answered with what is expected."""
    assert modes_of(["one", PilotMode.ALL]) == (PilotMode.ONE, PilotMode.ALL)
    assert modes_of("none") == (PilotMode.NONE,)
    with pytest.raises(InputError, match="none, smallest, one, all"):
        modes_of(["two"])
