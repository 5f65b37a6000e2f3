"""What reading pilots and updating with them promises."""

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Discrepancy
from planner.domain.portfolio.pilot_record import far_variance
from planner.domain.portfolio.project import Pilot, Project
from planner.errors import InputError, UnsupportedError
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.discrepancy import DiscrepancyPath, path_sizes
from planner.forecasting.forecast import Forecast, build_forecast
from planner.forecasting.luck import Luck
from planner.forecasting.pilots.path import path_between
from planner.forecasting.pilots.runs import read_runs
from planner.testing import synthetic_hierarchy, synthetic_posterior

POSTERIOR = synthetic_hierarchy(800)


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


def forecast(*pilots: Pilot, **changes: object) -> Forecast:
    return build_forecast(project(*pilots, **changes), POSTERIOR)


def run(images: int = 1_000, error: float = 0.2, **more: object) -> Pilot:
    return Pilot(images=images, error=error, **more)  # type: ignore[arg-type]


def sd(found: Forecast, images: float, architecture: str | None = "ResNet-50") -> float:
    return float(np.std(np.log10(found.error_draws([images], architecture)[:, 0])))


def codes(found: Forecast) -> list[str]:
    return [warning.code for warning in found.warnings]


def test_a_run_takes_what_it_does_not_say_from_the_project() -> None:
    """Pretraining and backbone are the project's, and so is a single architecture."""
    read = read_runs(
        project(run(), run(pretrained=False), architectures=["ResNet-18"], backbone="frozen"),
        KnownArchitecture,
    )
    options = [(each.option.name, each.option.pretrained, each.option.frozen) for each in read]
    assert options == [("ResNet-18", False, False), ("ResNet-18", True, True)]


def test_test_images_widen_a_run() -> None:
    """The sampling variance of log10 error is (1 - e) / (e m ln² 10)."""
    (read,) = read_runs(project(run(error=0.2, test_images=100)), KnownArchitecture)
    assert read.variance == pytest.approx(0.8 / (0.2 * 100 * math.log(10) ** 2))


def test_no_error_counts_as_half_a_test_image() -> None:
    """An error of 0 on m images is read as 0.5 / m, with its wide sampling noise."""
    (read,) = read_runs(project(run(error=0.0, test_images=200)), KnownArchitecture)
    assert read.log10_error == pytest.approx(math.log10(0.5 / 200))
    assert math.sqrt(read.variance) > 0.5


@pytest.mark.parametrize(
    ("pilot", "words"),
    [
        (run(error=0.0), "test images"),
        (run(architecture="ResNet-51"), "ResNet-50"),
    ],
)
def test_runs_that_make_no_sense_are_refused(pilot: Pilot, words: str) -> None:
    """An error of 0 among nobody knows how many, a strange name."""
    with pytest.raises(InputError, match=words):
        forecast(pilot)


def test_a_model_with_one_residual_refuses_pilots() -> None:
    """The published equation cannot tell a data set from a repeat."""
    with pytest.raises(UnsupportedError, match="--model transfer"):
        build_forecast(project(run()), synthetic_posterior(400))


def test_strange_runs_count_and_are_named() -> None:
    """Errors above chance, and errors that rise with images, give warnings."""
    assert "PILOT_ABOVE_CHANCE" in codes(forecast(run(error=0.95)))
    assert "PILOT_RISES" in codes(forecast(run(error=0.2), run(10_000, 0.4)))
    assert "PILOT_RISES" not in codes(forecast(run(error=0.2), run(10_000, 0.21, test_images=50)))


def test_runs_far_below_the_largest_count_less() -> None:
    """Up to a decade and a half nothing is added; then a tenth in log10 error per decade."""
    assert far_variance(1_000, 30_000) == 0.0
    assert math.sqrt(far_variance(100, 1_000_000)) == pytest.approx(0.25)


def test_a_run_that_the_model_hardly_expects_is_said() -> None:
    """A nearly perfect network from ten images leaves few draws, and the forecast says so."""
    found = forecast(run(10, 1e-5, architecture="ResNet-50"))
    quality = found.pilot_quality
    assert quality is not None
    assert not quality.is_reliable
    assert "PILOT_UPDATE_UNRELIABLE" in codes(found)


def test_a_forecast_passes_through_its_pilot() -> None:
    """At the pilot's own size only repeat noise is left, also between the nodes of a path."""
    found = forecast(run(1_234, 0.2, architecture="ResNet-50"))
    errors = np.log10(found.error_draws([1_234], "ResNet-50")[:, 0])
    assert float(np.median(errors)) == pytest.approx(math.log10(0.2), abs=0.003)
    assert sd(found, 1_234) == pytest.approx(math.sqrt(2) * 0.01, rel=0.15)


def test_a_pilot_says_nothing_of_another_options_departure() -> None:
    """The piloted option is better known at the pilot's size than another of the project."""
    found = forecast(run(1_000, 0.2, architecture="ResNet-50"))
    assert sd(found, 1_000) < 0.5 * sd(found, 1_000, "ResNet-18")
    assert sd(found, 1_000, "ResNet-18") < 0.5 * sd(forecast(), 1_000, "ResNet-18")


def test_halves_of_the_draws_stay_apart() -> None:
    """No row of the half that plans stands for a draw of the half that audits."""
    curves = forecast(run(1_000, 0.02, architecture="ResNet-50"))
    update = curves._update()
    assert update is not None
    assert update.index[:400].max() < 400 <= update.index[400:].min()


@pytest.mark.parametrize("options", [{"floor": True}, {"student_t": True}, {"discrepancy": 0.0}])
def test_other_declarations_learn_too(options: dict[str, object]) -> None:
    """Floors, heavy tails and curves without discrepancy narrow with a pilot."""
    posterior = synthetic_hierarchy(800, **options)  # type: ignore[arg-type]
    pilot = run(1_000, 0.2, architecture="ResNet-50")
    after, before = (build_forecast(project(*runs), posterior) for runs in ([pilot], []))
    assert sd(after, 10_000) < 0.8 * sd(before, 10_000)


def test_bridges_have_the_law_of_the_path() -> None:
    """Between nodes the path varies as much as on them, and is correlated as declared."""
    spec = POSTERIOR.spec
    assert spec is not None
    path = DiscrepancyPath(spec.discrepancy, Luck(0, "x", 40_000), "a")
    sizes, values = path_between(path, np.array([3.06, 3.0, 3.02, 3.18]))
    assert sizes.tolist() == [3.02, 3.06, 3.18]
    expected = 0.01 * np.exp(-np.abs(sizes[:, None] - sizes))
    np.testing.assert_allclose(np.cov(values), expected, rtol=0.04)


def test_a_source_of_width_is_what_pilots_leave_open() -> None:
    """Shares still sum to one, and coefficients are no source of their own any more."""
    sources = forecast(run(architecture="ResNet-50")).spread_sources(50_000, "ResNet-50")
    total = sources.data_set + sources.architecture + sources.discrepancy_and_noise
    assert total == pytest.approx(1.0)
    assert sources.coefficients == 0.0
    assert "pilots leave open" in sources.sentence


def with_spread(posterior: Posterior, spread: float) -> Posterior:
    spec = posterior.spec
    assert spec is not None
    return replace(
        posterior, spec=replace(spec, discrepancy=replace(spec.discrepancy, spread=spread))
    )


def test_sizes_of_the_discrepancy_keep_its_variance() -> None:
    """Whatever their spread, sizes have a root mean square of 1, so that ranges stay as fitted."""
    for spread in (0.3, 0.8, 1.5):
        found = path_sizes(Discrepancy(0.1, spread=spread), Luck(0, "x", 40_000))
        assert found is not None
        assert math.sqrt(float(np.mean(found**2))) == pytest.approx(1.0, abs=0.005)
        assert found.max() / found.min() == pytest.approx(math.exp(4 * spread))
    assert path_sizes(Discrepancy(0.1), Luck(0, "x", 8)) is None


def test_pilots_tell_how_much_a_curve_strays() -> None:
    """Runs in line with each other narrow what lies ahead, runs out of line widen it."""
    posterior = with_spread(synthetic_hierarchy(2_000), 0.8)
    sizes = (500, 1_000, 2_000, 4_000)
    straight = [run(n, 0.4 * (500 / n) ** 0.4, architecture="ResNet-50") for n in sizes]
    zigzag = [
        run(n, 0.4 * (500 / n) ** 0.4 * 10 ** (0.08 * (-1) ** at), architecture="ResNet-50")
        for at, n in enumerate(sizes)
    ]
    widths = {}
    for name, runs in (("straight", straight), ("zigzag", zigzag)):
        for law, model in (("alike", with_spread(posterior, 0.0)), ("differ", posterior)):
            widths[name, law] = sd(build_forecast(project(*runs), model), 80_000)
    assert widths["straight", "differ"] < 0.9 * widths["straight", "alike"]
    assert widths["zigzag", "differ"] > 1.05 * widths["zigzag", "alike"]


def test_thousands_of_strange_runs_are_said_briefly() -> None:
    """Three warnings of a kind, the last with how many there are besides."""
    found = forecast(*(run(1_000 + at, 0.95, architecture="ResNet-50") for at in range(30)))
    said = [warning for warning in found.warnings if warning.code == "PILOT_ABOVE_CHANCE"]
    assert len(said) == 3
    assert said[-1].message.endswith("The same holds for 27 more.")
