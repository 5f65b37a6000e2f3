"""Cuts that touch a measure of risk."""

import numpy as np
import pytest

from planner.domain.portfolio.risk import RiskMeasure
from planner.solving.tail import measure, touching_weights


@pytest.mark.parametrize("aversion", [5e-324, 1e-300, 1e-12, 1e-3, 1.0, 1e6])
def test_no_plan_violates_an_entropic_cut(aversion: float) -> None:
    """However small or large the aversion, a cut touches its plan and lies above every other."""
    rng = np.random.default_rng(1)
    risk = RiskMeasure("entropic", aversion=aversion)
    plans = rng.normal(0, 1e5, (40, 300))
    for own in plans[:5]:
        cut = touching_weights(own, risk)
        scale = 1e-9 * float(np.abs(plans).max())
        assert cut.weights @ own + cut.penalty == pytest.approx(measure(own, risk), abs=scale)
        for other in plans:
            assert measure(other, risk) <= cut.weights @ other + cut.penalty + scale
