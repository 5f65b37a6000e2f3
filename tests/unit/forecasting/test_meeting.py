"""Whether a target is met is told in single precision and is the answer of double precision."""

import math

import numpy as np
import pytest

from planner.domain.model.curve_shape import log10_share
from planner.domain.model.specification import Discrepancy
from planner.forecasting.curves.mean_curve import CurveDraws
from planner.forecasting.curves.meeting import TargetTest
from planner.forecasting.discrepancy import NODES, DiscrepancyPath
from planner.forecasting.luck import Luck

N_DRAWS = 600
IMAGES = np.array([0.0, 1.0, 30.0, 900.0, 5e4, 3e6, 1e8, 1e13])
WIDE = {"usual": (0.4, 0.5), "far": (30.0, 0.5), "steep": (0.4, 4.0), "far and steep": (90.0, 4.0)}


def curves(rng: np.random.Generator, width: float, bend: float) -> CurveDraws:
    """Return mean curves whose levels spread, and whose exponents become extreme."""
    level, slope, decay, exponent = rng.standard_normal((4, N_DRAWS))
    return CurveDraws(
        level=-0.5 + width * level,
        slope=np.exp(-1.0 + 0.5 * slope),
        decay=np.exp(-1.3 + 0.5 * decay),
        exponent=np.exp(-1.0 + bend * exponent),
    )


@pytest.mark.parametrize("at_chance", [1.0, 0.75])
@pytest.mark.parametrize("wide", WIDE)
def test_single_precision_changes_no_answer(wide: str, at_chance: float) -> None:
    """However far the curves lie, and for paths of any shape: as log10 errors compared plainly."""
    rng = np.random.default_rng([7, len(wide)])
    mean, law = curves(rng, *WIDE[wide]), Discrepancy(0.08, 1.0, at_chance=at_chance)
    path = DiscrepancyPath(
        law, Luck(3, wide, N_DRAWS), "a", NODES, np.exp(rng.normal(size=N_DRAWS))
    )
    noise, rows = 0.05 * rng.standard_normal(N_DRAWS), slice(0, N_DRAWS)
    values = {
        "level": mean.level,
        "slope": np.log(mean.slope),
        "decay": np.log(mean.decay if mean.decay is not None else 1.0),
        "ceiling": np.log(mean.exponent if mean.exponent is not None else 1.0),
    }
    log10_images = np.log10(np.maximum(IMAGES, 1.0))
    share = log10_share(values, log10_images[:, None] - 3.5)
    strayed = path.at(log10_images, rows) * law.height(10.0**share)
    told = []
    for target in (0.4, 0.05, 1e-4):
        test = TargetTest(IMAGES, target, 0.5, rows, law, 3.5, None)
        expected = share + strayed + noise <= math.log10(target / 0.5)
        expected[IMAGES < 1] = False
        found = test.met(mean, path, noise)
        np.testing.assert_array_equal(found, expected)
        told.append(found)
    assert 0 < np.mean(told) < 1
