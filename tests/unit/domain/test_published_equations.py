"""Eq. 1 and Eq. 2 with the printed coefficients."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner._resources import resource_root
from planner.domain.complexity import entropy_nats, relative_complexity
from planner.domain.published_equations import (
    PRINTED_COEFFICIENTS,
    TERMS,
    images_needed,
    predicted_error,
    slope,
)

FIGURE_2_RC = relative_complexity(entropy_nats([50_000, 1_000]))


@given(
    log10_images=st.floats(0, 15),
    complexity=st.floats(0, 2),
    pretrained=st.booleans(),
    segmentation=st.booleans(),
)
def test_eq2_inverts_eq1(
    log10_images: float, complexity: float, pretrained: bool, segmentation: bool
) -> None:
    """Images to error and back gives the images: the denominator follows Pretrain."""
    images = 10.0**log10_images
    error = predicted_error(images, complexity, pretrained=pretrained, segmentation=segmentation)
    back = images_needed(error, complexity, pretrained=pretrained, segmentation=segmentation)
    assert float(back) == pytest.approx(images, rel=1e-9)


@given(images=st.floats(1, 1e9), more=st.floats(1.01, 1e3), complexity=st.floats(0, 1.4))
def test_more_images_never_hurt_and_pretraining_never_does(
    images: float, more: float, complexity: float
) -> None:
    """Error falls with images and with pretraining, and rises for segmentation."""
    here = float(predicted_error(images, complexity))
    assert float(predicted_error(images * more, complexity)) < here
    assert float(predicted_error(images, complexity, pretrained=False)) >= here
    assert float(predicted_error(images, complexity, segmentation=True)) > here


def test_the_constants_are_the_printed_table() -> None:
    """The coefficients in the code are those of the shipped copy of Table 1, in its order."""
    path = resource_root("data") / "published_regression.csv"
    with path.open(encoding="utf-8", newline="") as file:
        printed = [float(row["coefficient"]) for row in csv.DictReader(file)]
    assert [PRINTED_COEFFICIENTS[term] for term in TERMS] == printed


@pytest.mark.parametrize(
    ("images", "complexity", "percent"),
    [
        (50_100, 0.012, 4.133),
        (61_000, 0.012, 4.034),
        (61_000, 0.100, 4.564),
        (3_000, 0.200, 7.605),
        (3_000, 0.348, 9.359),
        (3_000, 0.403, 10.110),
    ],
)
def test_eq1_gives_the_worked_errors(images: int, complexity: float, percent: float) -> None:
    """Table 2's predictions, recomputed to a thousandth of a per cent."""
    assert 100 * float(predicted_error(images, complexity)) == pytest.approx(percent, abs=0.001)


@pytest.mark.parametrize(
    ("pretrained", "segmentation", "images"),
    [(True, False, 197_817), (False, False, 2.024e9), (True, True, 2.255e10)],
)
def test_eq2_gives_the_worked_needs(pretrained: bool, segmentation: bool, images: float) -> None:
    """Figure 2's need with each switch, to the digits it is quoted with."""
    need = images_needed(0.035, FIGURE_2_RC, pretrained=pretrained, segmentation=segmentation)
    assert float(need) == pytest.approx(images, rel=3e-4)


@pytest.mark.parametrize(
    ("target", "images"),
    [(0.95, 10_890), (0.96, 66_800), (0.97, 692_700), (0.98, 1.87e7), (0.99, 5.24e9)],
)
def test_eq2_gives_the_needs_of_other_targets(target: float, images: float) -> None:
    """The need explodes with the target: a 99 % target is out of any budget's reach."""
    assert float(images_needed(1 - target, FIGURE_2_RC)) == pytest.approx(images, rel=2e-3)


def test_pretraining_divides_error_at_ten_thousand_images() -> None:
    """At N = 10⁴ pretraining divides the error by 10^0.212 = 1.63."""
    ratio = predicted_error(1e4, 0.3, pretrained=False) / predicted_error(1e4, 0.3)
    assert float(ratio) == pytest.approx(10**0.212)
    assert (slope(pretrained=True), slope(pretrained=False)) == (-0.123, -0.07)


def test_equations_take_arrays() -> None:
    """Images and complexities broadcast, and each entry is the scalar's answer."""
    errors = predicted_error(np.array([[1e3], [1e5]]), np.array([0.1, 0.5]))
    assert errors.shape == (2, 2)
    assert errors[1, 0] == float(predicted_error(1e5, 0.1))
