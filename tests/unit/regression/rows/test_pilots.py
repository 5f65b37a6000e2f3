"""A portfolio's own runs as rows of a fit, and forecasts of a model that rests on them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.pilot_record import PILOTS_OF, far_variance, pilots_digest
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.vocabulary import Backbone
from planner.errors import InputError
from planner.forecasting.forecast import build_forecast
from planner.regression.fitting.command import prepare_fit
from planner.regression.rows.pilots import pilot_rows
from planner.testing import synthetic_hierarchy


def project(*pilots: Pilot, **changes: object) -> Project:
    fields: dict[str, object] = {
        "id": "shelf",
        "classes": 10,
        "target_error": 0.05,
        "images": {"held": 0, "limit": 100_000},
        "pilots": pilots,
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


RUNS = (Pilot(1_000, 0.3, 500, "ResNet-50"), Pilot(4_000, 0.2, 500, "ResNet-50"))


def resting_on(posterior: Posterior, told: Project) -> Posterior:
    """Return a model as if it had been fitted with a project's pilots."""
    return replace(posterior, provenance={f"{PILOTS_OF}{told.id}": pilots_digest(told)})


def test_each_run_is_a_row_of_the_projects_own_data_set() -> None:
    """What a run does not say it takes from its project; unnamed networks have no covariates."""
    named, unnamed = pilot_rows(
        [
            project(Pilot(1_000, 0.3, backbone=Backbone.FROZEN), architectures=["resnet 50"]),
            project(Pilot(500, 0.4, 200), id="weld", pretrained=False),
        ]
    )
    assert (named.dataset, named.architecture) == ("project shelf", "ResNet-50")
    assert (named.backbone, named.pretrained) == (Backbone.FROZEN, True)
    assert named.chance_error == pytest.approx(0.9)
    assert (unnamed.dataset, unnamed.architecture) == ("project weld", "not named by weld")
    assert math.isnan(unnamed.top1_percent)
    assert not unnamed.pretrained
    assert unnamed.test_images == 200


def test_runs_far_below_the_largest_count_less_in_a_fit_too() -> None:
    """The row's sampling variance is that of its test images plus the discount."""
    near, _ = pilot_rows([project(Pilot(10_000, 0.3, 500), Pilot(100_000, 0.2, 500))])
    far, _ = pilot_rows([project(Pilot(100, 0.3, 500), Pilot(100_000, 0.2, 500))])
    extra = far.measurement_variance - near.measurement_variance
    assert extra == pytest.approx(far_variance(100, 100_000))


def test_runs_that_say_nothing_are_refused_together() -> None:
    """No pilots at all, an error of 0 among nobody knows how many images, an error of 100 %."""
    with pytest.raises(InputError, match="nothing to refit with"):
        pilot_rows([project()])
    with pytest.raises(InputError) as found:
        pilot_rows([project(Pilot(100, 0.0), Pilot(200, 1.0))])
    assert len(found.value.problems) == 2


def test_a_fit_takes_pilots_beside_the_shipped_rows() -> None:
    """Rows are added at the end, and the runs' checksum is recorded by project."""
    request = prepare_fit(None, pilots=[project(*RUNS), project(id="none")])
    assert request.table.dataset[-2:] == ("project shelf", "project shelf")
    assert request.sources.n_own_rows == 2
    assert dict(request.sources.pilots) == {"shelf": pilots_digest(project(*RUNS))}


def test_a_checksum_is_of_what_an_update_rests_on() -> None:
    """The order of runs, target and images do not matter; a changed run or task does."""
    told = pilots_digest(project(*RUNS))
    assert told == pilots_digest(project(*RUNS[::-1], target_error=0.1))
    assert told != pilots_digest(project(RUNS[0], replace(RUNS[1], error=0.21)))
    assert told != pilots_digest(project(*RUNS, classes=11))


def test_a_model_that_rests_on_the_pilots_keeps_all_draws() -> None:
    """Weighting its draws by the same pilots again would count them twice."""
    posterior = resting_on(synthetic_hierarchy(800), project(*RUNS))
    forecast = build_forecast(project(*RUNS), posterior)
    update = forecast._update()
    assert update is not None
    assert update.index.tolist() == list(range(800))
    assert update.quality.moved == 0.0
    assert update.quality.is_reliable


def test_with_coefficients_known_both_ways_agree() -> None:
    """Nothing of the population is left to weigh, so a refit's forecast is the update's."""
    posterior = synthetic_hierarchy(4_000, spread=0.0)
    plain = build_forecast(project(*RUNS), posterior)
    fitted = build_forecast(project(*RUNS), resting_on(posterior, project(*RUNS)))
    quantiles = [
        np.quantile(np.log10(each.error_draws([20_000.0], "ResNet-50")), [0.1, 0.5, 0.9])
        for each in (plain, fitted)
    ]
    np.testing.assert_allclose(quantiles[0], quantiles[1], atol=0.015)


def test_runs_observed_after_the_refit_are_told_of() -> None:
    """Another set of runs is an ordinary update, with a warning that some count twice."""
    posterior = resting_on(synthetic_hierarchy(800), project(RUNS[0]))
    forecast = build_forecast(project(*RUNS), posterior)
    codes = [warning.code for warning in forecast.warnings]
    assert "PILOTS_SINCE_REFIT" in codes
    again = build_forecast(project(RUNS[0]), posterior)
    assert "PILOTS_SINCE_REFIT" not in [warning.code for warning in again.warnings]
