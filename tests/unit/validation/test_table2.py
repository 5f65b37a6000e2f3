"""The paper's out-of-sample test."""

import json
from dataclasses import asdict

import pytest
from scipy.stats import chi2

from planner.domain.model.posterior import Posterior
from planner.testing import synthetic_posterior
from planner.validation.table2 import EQUATION, table2_test


def test_eq1_misses_as_the_paper_shows(synthetic: Posterior) -> None:
    """Residuals of Eq. 1 have the known size, rows 2, 3 and 6 miss fourfold, and are explained."""
    test = table2_test([synthetic])
    assert test.rmse[EQUATION] == pytest.approx(0.459, abs=0.001)
    fourfold = {case.row for case in test.cases if 10 ** abs(case.log10_residual) > 4}
    assert fourfold == {2, 3, 6}
    assert {case.row for case in test.cases if case.why} == fourfold
    assert test.p_value == pytest.approx(chi2.sf(test.chi_square, 6), rel=1e-9)
    assert test.p_value < 0.01


def test_a_model_with_more_noise_covers_more() -> None:
    """Widening the noise cannot lose a case that was inside."""
    narrow, wide = (
        table2_test([synthetic_posterior(spread=0.0, sigma=sigma)]) for sigma in (0.01, 0.6)
    )
    pairs = zip(narrow.cases, wide.cases, strict=True)
    assert all(b.forecasts[0].inside_80 >= a.forecasts[0].inside_80 for a, b in pairs)
    assert sum(case.forecasts[0].inside_95 for case in wide.cases) >= 5
    assert sum(case.forecasts[0].inside_95 for case in narrow.cases) <= 1


def test_the_interval_holds_its_median(synthetic: Posterior) -> None:
    """Quantiles are ordered, and the record is plain data."""
    test = table2_test([synthetic, synthetic])
    for case in test.cases:
        for f in case.forecasts:
            assert f.p2_5 <= f.p10 <= f.median <= f.p90 <= f.p97_5
    assert json.loads(json.dumps(asdict(test), allow_nan=False))["degrees_of_freedom"] == 6
