"""The study's distance between average embeddings: a metric of averages, by SciPy and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance

from planner.domain.dataset_distance import dataset_distance

type Rows = NDArray[np.float64]


def embeddings(width: int = 4) -> st.SearchStrategy[Rows]:
    """Return rows of moderate numbers."""
    numbers = st.floats(-1e6, 1e6)
    shapes = st.tuples(st.integers(1, 6), st.just(width))
    return shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=numbers))


@given(one=embeddings(), other=embeddings(), third=embeddings())
def test_it_is_a_distance(one: Rows, other: Rows, third: Rows) -> None:
    """0 for the same set, the same both ways, never longer than by way of a third set."""
    there = dataset_distance(one, other)
    assert dataset_distance(one, one) == 0.0
    assert there == dataset_distance(other, one) >= 0.0
    by_way = dataset_distance(one, third) + dataset_distance(third, other)
    assert there <= by_way * (1 + 1e-12) + 1e-9


@given(one=embeddings(), other=embeddings())
def test_it_is_scipys_wasserstein_distance_between_the_averages(one: Rows, other: Rows) -> None:
    """An independent implementation agrees."""
    expected = wasserstein_distance(one.mean(axis=0), other.mean(axis=0))
    assert dataset_distance(one, other) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(one=embeddings(), shift=st.floats(-1e6, 1e6))
def test_a_shift_of_every_feature_is_its_length_and_has_no_upper_end(
    one: Rows, shift: float
) -> None:
    """Known answer: everything moved by c lies c apart; repeating rows changes nothing."""
    assert dataset_distance(one, one + shift) == pytest.approx(abs(shift), abs=1e-6)
    assert dataset_distance(one, np.concatenate([one, one])) == pytest.approx(0.0, abs=1e-6)


def test_coordinates_are_a_sample_as_the_study_has_it() -> None:
    """Averages with the same numbers in another order are at 0."""
    assert dataset_distance([[1.0, 2.0, 3.0]], [[3.0, 1.0, 2.0]]) == 0.0


@pytest.mark.parametrize(
    ("other", "message"), [([[1.0]], "2 and 1 features"), ([1.0, 2.0], "shape"), ([[]], "shape")]
)
def test_what_cannot_be_compared_is_refused(other: object, message: str) -> None:
    """Another number of features, no table, no rows."""
    with pytest.raises(ValueError, match=message):
        dataset_distance([[1.0, 2.0]], other)  # type: ignore[arg-type]
