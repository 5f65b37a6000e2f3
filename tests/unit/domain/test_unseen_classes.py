"""What images that show too few classes leave wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.portfolio.project import Images, Project
from planner.domain.unseen_classes import DIGITS, UnseenClasses
from planner.domain.vocabulary import Task
from planner.forecasting.forecast import build_forecast
from planner.reference.store import load_model


@given(counts=st.lists(st.integers(1, 1000), min_size=2, max_size=30), images=st.integers(0, 40))
def test_the_least_error_is_the_share_of_the_rarest_classes(counts: list[int], images: int) -> None:
    """n images show the n most frequent classes at best."""
    found = UnseenClasses.of_counts(counts).least_error(np.array([float(images)]))[0]
    rest = sorted(counts, reverse=True)[images:]
    assert found == pytest.approx(sum(rest) / sum(counts), abs=1e-12)


@given(classes=st.integers(2, 3000), error=st.floats(0.01, 0.99))
def test_images_for_an_error_are_the_fewest(classes: int, error: float) -> None:
    """One image fewer would leave too many classes unseen."""
    unseen = UnseenClasses.equally_frequent(classes)
    needed = unseen.images_for(error)
    below = unseen.least_error(np.array([needed, needed - 1.0]))
    assert below[0] <= error + 1e-9
    assert needed == 0 or below[1] > error


@pytest.mark.parametrize("classes", [3e6, 1e13])
def test_millions_of_classes_take_no_memory(classes: float) -> None:
    """What n images show of equally frequent classes is a straight line, however many they are."""
    unseen = UnseenClasses.equally_frequent(classes)
    assert len(unseen.seen) == 2
    assert unseen.least_error(np.array([classes / 4.0]))[0] == 0.75
    assert unseen.images_for(0.5) == pytest.approx(classes / 2.0, rel=2.0 * 0.1**DIGITS)


@given(classes=st.floats(1.0, 50.0), images=st.integers(0, 60))
def test_an_effective_number_of_classes_is_seen_by_whole_images(
    classes: float, images: int
) -> None:
    """Each image shows one of them, the last what is left."""
    least = UnseenClasses.equally_frequent(classes).least_error(np.array([float(images)]))[0]
    assert least == pytest.approx(max(1.0 - images / classes, 0.0), abs=1e-12)


@pytest.mark.parametrize("model", ["transfer", "published"])
def test_ten_thousand_classes_are_not_learnt_from_four_thousand_images(model: str) -> None:
    """4,000 images show at most 4,000 of 10,000 classes: an accuracy of 50 % takes 5,000."""
    project = Project(
        id="many", classes=10_000, target_accuracy=0.5, images=Images(held=0, limit=4_000)
    )
    forecast = build_forecast(project, load_model(model))
    assert forecast.chance(0.5, [4_000, 4_999]).tolist() == [0.0, 0.0]
    assert forecast.data_needed_draws(0.5).min() >= 5_000
    assert forecast.error_draws([4_000]).min() >= 0.6 - 1e-12


def test_segmentation_has_no_such_floor() -> None:
    """One image may show every class."""
    project = Project(
        id="s",
        task=Task.SEGMENTATION,
        classes=1_000,
        target_iou=0.5,
        images=Images(held=0, limit=4_000),
    )
    assert build_forecast(project, load_model("transfer")).error_draws([50]).min() < 0.9
