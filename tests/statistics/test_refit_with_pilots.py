"""A refit with a portfolio's pilots, written, loaded and forecast from; run with ``-m mcmc``."""

from pathlib import Path

import numpy as np
import pytest

from planner.domain.portfolio.project import Images, Pilot, Project
from planner.forecasting.forecast import build_forecast
from planner.reference.store import load_model
from planner.regression.fitting.command import prepare_fit
from planner.regression.fitting.fit import fit_model
from planner.regression.fitting.write_model import write_model

pytestmark = pytest.mark.mcmc


def test_a_refit_is_used_and_agrees_with_a_good_update(tmp_path: Path) -> None:
    """Where the update is reliable, the refitted model says the same of the project."""
    runs = tuple(
        Pilot(n, e, 2_000, "ResNet-50") for n, e in ((500, 0.5), (1_000, 0.4), (4_000, 0.27))
    )
    project = Project(
        id="shelf", classes=20, target_error=0.1, images=Images(limit=100_000), pilots=runs
    )
    request = prepare_fit(None, pilots=[project])
    fit = fit_model(request.table, request.spec, seed=1, tune=300, draws=400, target_accept=0.9)
    folder = write_model(tmp_path / "ours", fit, request.sources)
    after = build_forecast(project, load_model(folder))
    update = build_forecast(project, load_model("transfer"))
    assert after.pilot_quality is not None
    assert after.pilot_quality.moved == 0.0
    assert after.pilot_quality.is_reliable
    quantiles = [
        np.quantile(np.log10(each.error_draws([20_000.0], "ResNet-50")[:, 0]), [0.1, 0.5, 0.9])
        for each in (after, update)
    ]
    np.testing.assert_allclose(quantiles[0], quantiles[1], atol=0.06)
