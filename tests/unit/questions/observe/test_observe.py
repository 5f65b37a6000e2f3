"""Before and after measured runs, and the file that holds them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.errors import InputError, UnsupportedError
from planner.forecasting.forecast import build_forecast
from planner.inputs.portfolio_file import parse_portfolio
from planner.questions.estimate.estimate import Spread
from planner.questions.observe.observe import ObservedFile, build_observation, observe_file
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_hierarchy

HEAD = "project,images,error,architecture\n"

type Observe = Callable[..., ObservedFile]

CATALOGUE = load_catalogue()
TEXT = """\
version: 1   # kept
projects:
  - id: shelf
    classes: 10
    target_error: 5%
    images: {held: 5k, limit: 100k, price: 0.5}
    architectures: [ResNet-18, ResNet-50]
  - id: other
    classes: 10
    target_error: 5%
    images: {held: 5k, limit: 100k, price: 0.5}
    pilots: [{images: 1k, error: 20%, architecture: resnet50}]
"""


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    return synthetic_hierarchy()


@pytest.fixture
def observe(tmp_path: Path, posterior: Posterior) -> Observe:
    def observe_text(runs: str, text: str = TEXT) -> ObservedFile:
        path, csv = tmp_path / "p.yaml", tmp_path / "runs.csv"
        path.write_text(text, encoding="utf-8")
        csv.write_text(runs, encoding="utf-8")
        return observe_file(path, csv, posterior, CATALOGUE)

    return observe_text


def test_projects_with_new_runs_are_compared_in_the_order_of_the_portfolio(
    observe: Observe,
) -> None:
    """Each with the architecture measured on most images, and the limit it is about."""
    found = observe(
        f"{HEAD}other,5k,12%,ResNet-18\nshelf,5k,9%,ResNet-50\nshelf,1k,15%,ResNet-18\n"
    )
    shelf, other = found.observation.projects
    assert (shelf.id, shelf.architecture, shelf.runs_added, shelf.pilots) == (
        "shelf",
        "ResNet-50",
        2,
        2,
    )
    assert (other.id, other.architecture, other.runs_added, other.pilots) == (
        "other",
        "ResNet-18",
        1,
        2,
    )
    assert (shelf.target_error, shelf.images_limit) == (0.05, 100_000)


def test_runs_narrow_what_is_known(observe: Observe) -> None:
    """Data needed and error at the limit have a narrower range; cost stays within its bounds."""
    found = observe(f"{HEAD}shelf,5k,9%,ResNet-50\n")
    (shelf,) = found.observation.projects
    for outlook in (shelf.before, shelf.after):
        assert outlook.cost.p10 <= outlook.cost.p50 <= outlook.cost.p90
        assert outlook.cost.p90 <= 95_000 * 0.5 * 1.2
    assert width(shelf.after.error_at_limit) < width(shelf.before.error_at_limit)
    assert shelf.after.data_needed.chance_never < shelf.before.data_needed.chance_never


def width(spread: Spread) -> float:
    assert spread.p10 is not None
    assert spread.p90 is not None
    return spread.p90 / spread.p10


def test_the_outlook_with_the_runs_is_that_of_the_written_file(
    observe: Observe, posterior: Posterior
) -> None:
    """What is shown as after is what planning on the new file rests on."""
    found = observe(f"{HEAD}shelf,5k,9%,ResNet-50\n")
    portfolio = parse_portfolio(found.content, "p.yaml")
    project = portfolio.projects[0]
    assert project.pilots == (Pilot(5_000, 0.09, architecture="ResNet-50"),)
    forecast = build_forecast(project, posterior, architectures=CATALOGUE.architectures, seed=0)
    chance = forecast.chance(0.05, [100_000], "ResNet-50")[0]
    assert found.observation.projects[0].after.chance_of_target_at_limit == chance
    assert b"version: 1   # kept\n" in found.content


def test_runs_that_are_there_already_are_not_doubled(observe: Observe) -> None:
    """The same run under another spelling of its architecture adds nothing."""
    found = observe(f"{HEAD}other,1000,0.2,ResNet 50\n")
    assert (found.runs_known, found.observation.projects) == (1, ())
    assert found.content == TEXT.encode()


def test_without_an_architecture_the_cheapest_is_shown(observe: Observe) -> None:
    """A run that names none tells of all; the first recommendation is shown."""
    found = observe("project,images,error\nshelf,5k,9%\n").observation
    assert found.projects[0].architecture in {"ResNet-18", "ResNet-50"}
    assert [w.message for w in found.warnings if w.code == "PILOT_NO_ARCHITECTURE"]
    named = observe(f"{HEAD}shelf,5k,9%,ResNet-50\n").observation
    assert not [w for w in named.warnings if w.code == "PILOT_NO_ARCHITECTURE"]


def test_errors_far_above_the_forecast_are_asked_after(observe: Observe) -> None:
    """Errors that no forecast expects while one minus them is expected may be accuracies."""
    found = observe(f"{HEAD}shelf,5k,88%,ResNet-50\nshelf,1k,80%,ResNet-50\n")
    said = {warning.code: warning.message for warning in found.observation.warnings}
    assert "12 % is not: are these accuracies?" in said["PILOT_ACCURACY"]
    above = observe(f"{HEAD}shelf,5k,94%,ResNet-50\n").observation.warnings
    codes = [warning.code for warning in above]
    assert codes.count("PILOT_ABOVE_CHANCE") == 1
    assert "PILOT_ACCURACY" not in codes
    usual = observe(f"{HEAD}shelf,5k,9%,ResNet-50\n").observation.warnings
    assert "PILOT_ACCURACY" not in [warning.code for warning in usual]


def test_mistakes_of_both_files_come_together(observe: Observe) -> None:
    """One pass over the portfolio and the runs."""
    with pytest.raises(InputError) as caught:
        observe(f"{HEAD}shelf,x,9%,\nno-one,5k,9%,\n", TEXT.replace("held: 5k", "hedl: 5k"))
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["projects[shelf].images.hedl", "projects[other].images.hedl", "images"]


def test_a_model_that_cannot_learn_from_pilots_says_so(synthetic: Posterior) -> None:
    """Rather than show the same numbers twice."""
    before = Portfolio(
        projects=(Project(id="a", classes=4, target_error=0.05, images=Images(limit=100)),)
    )
    (project,) = before.projects
    after = replace(before, projects=(replace(project, pilots=(Pilot(50, 0.3),)),))
    with pytest.raises(UnsupportedError, match="transfer"):
        build_observation(before, after, synthetic, CATALOGUE)


def test_json_has_a_schema_version_and_plain_values(observe: Observe) -> None:
    """Infinite quantiles are null, so that the text is JSON."""
    text = json.dumps(
        observe(f"{HEAD}shelf,5k,60%,ResNet-50\n").observation.to_dict(), allow_nan=False
    )
    data = json.loads(text)
    assert data["schema_version"] == 1
    assert data["projects"][0]["after"]["data_needed"]["p90"] is None


def test_order_of_rows_changes_nothing(observe: Observe) -> None:
    """The same runs in another order give the same numbers."""
    rows = ["shelf,5k,9%,ResNet-50\n", "shelf,1k,15%,ResNet-18\n", "shelf,2k,13%,ResNet-50\n"]
    forward, backward = (observe(HEAD + "".join(order)) for order in (rows, rows[::-1]))
    assert forward.observation.projects == backward.observation.projects
