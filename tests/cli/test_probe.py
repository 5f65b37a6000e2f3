"""``planner probe`` and ``planner distance``: what is printed, written, refused and left alone."""

import json
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

import planner
from planner.cli.app import app

RUNNER = CliRunner()
TEXT = """\
# Ours, do not reorder
version: 1
projects:
  - id: shelf   # the big one
    classes: 3
    target_accuracy: 94%
    images: {held: 5k, limit: 100k, price: 0.50..0.60}
    value: 80k
    architectures: [ResNet-50]

  - {id: cells, task: segmentation, classes: 4, target_iou: 80%, images: {limit: 1k}, value: 1k}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(TEXT, encoding="utf-8")
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    features = rng.normal(size=(90, 5)) + 1.5 * (labels[:, np.newaxis] == np.arange(5))
    names = np.array(["full", "gap", "half"])[labels]
    np.savez("f.npz", features=features, labels=names)
    np.savez("moved.npz", features=features + 2.0)
    return tmp_path


def run(*arguments: str) -> Result:
    return RUNNER.invoke(app, arguments)


def probe(*arguments: str) -> Result:
    return run("probe", "p.yaml", "shelf", "f.npz", *arguments)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_a_copy_with_frozen_pilots_and_before_and_after_on_screen(here: Path) -> None:
    """The file is not touched; the copy differs by the pilots alone; the next step is said."""
    result = probe()
    assert result.exit_code == 0, result.output
    assert (here / "p.yaml").read_text(encoding="utf-8") == TEXT
    changed = (here / "p.observed.yaml").read_text(encoding="utf-8")
    added = [line for line in changed.splitlines() if line not in TEXT.splitlines()]
    assert changed.replace("\n".join(added) + "\n", "") == TEXT
    pilots = planner.read_portfolio(here / "p.observed.yaml").projects[0].pilots
    assert [pilot.images for pilot in pilots] == [18, 36, 72]
    assert {(pilot.backbone, pilot.test_images) for pilot in pilots} == {("frozen", 90)}
    assert "shelf: 3 runs added" in result.stdout
    assert "of 90 wrong" in result.stdout
    assert "Next: planner plan p.observed.yaml" in result.stdout
    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 80


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes_and_twice_adds_nothing(here: Path) -> None:
    """In place, again: the runs stand there already."""
    assert probe("-o", "a.yaml").exit_code == probe("-o", "b.yaml").exit_code == 0
    assert (here / "a.yaml").read_bytes() == (here / "b.yaml").read_bytes()
    assert probe("--in-place").exit_code == 0
    assert (here / "p.yaml").read_bytes() == (here / "a.yaml").read_bytes()
    again = probe("--in-place")
    assert "3 of the runs stood in the file already" in again.stdout
    assert (here / "p.yaml").read_bytes() == (here / "a.yaml").read_bytes()


@pytest.mark.slow
def test_a_dry_run_writes_nothing_and_json_is_what_python_returns(here: Path) -> None:
    """One object; another seed is another division into folds."""
    before = files(here)
    printed = json.loads(probe("--dry-run", "--json").stdout)
    found = planner.probe("p.yaml", "shelf", "f.npz", planner.load_model(), seed=0)
    assert printed == {
        **json.loads(json.dumps(found.to_dict())),
        "portfolio": "p.yaml",
        "output": None,
    }
    assert printed["features"]["classes"] == 3
    assert files(here) == before


@pytest.mark.slow
def test_a_network_is_named_as_the_catalogue_has_it(here: Path) -> None:
    """--architecture takes any spelling the tables know."""
    assert probe("--architecture", "resnet50").exit_code == 0
    pilots = planner.read_portfolio("p.observed.yaml").projects[0].pilots
    assert {pilot.architecture for pilot in pilots} == {"ResNet-50"}


def test_every_mistake_in_one_pass_and_nothing_written(here: Path) -> None:
    """Project, network and features are all named; exit 3."""
    np.savez("f.npz", features=np.full((4, 2), np.nan), labels=np.array([1, "a"], dtype=object))
    before = files(here)
    result = run("probe", "p.yaml", "shelv", "f.npz", "--architecture", "ResNot")
    assert result.exit_code == 3
    for words in ('"shelv"', "fix  shelf", "ResNot", "features[0, 0]", "labels.astype(str)"):
        assert words in result.stderr
    assert "4 problems" in result.stderr
    assert files(here) == before


def test_a_broken_portfolio_hides_no_mistake_of_the_features(here: Path) -> None:
    """Both files are read whatever the other is."""
    (here / "p.yaml").write_text("version: 1\nprojects: [{id: a, classes: 0}]\n")
    result = run("probe", "p.yaml", "a", "nowhere.npz")
    assert result.exit_code == 3
    assert "classes" in result.stderr
    assert "there is no such file" in result.stderr


def test_a_segmentation_project_is_refused(here: Path) -> None:
    """A probe of whole images measures no IoU."""
    result = run("probe", "p.yaml", "cells", "f.npz")
    assert result.exit_code == 3
    assert "segmentation" in result.stderr
    assert not (here / "p.observed.yaml").exists()


def test_features_are_not_overwritten_by_the_portfolio(here: Path) -> None:
    """--force replaces an earlier copy, not what was read."""
    before = (here / "f.npz").read_bytes()
    result = probe("-o", "f.npz", "--force")
    assert result.exit_code == 3
    assert (here / "f.npz").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (np.arange(90) % 2, "PROBE_CLASSES"),
        (np.random.default_rng(1).permutation(np.arange(90) % 3), "PILOT_ABOVE_CHANCE"),
    ],
)
def test_what_is_strange_is_said_and_still_counts(
    here: Path, labels: np.ndarray, code: str
) -> None:
    """Another number of classes than the project's; labels in another order than the features."""
    features = np.random.default_rng(2).normal(size=(90, 5))
    np.savez("f.npz", features=features, labels=labels)
    printed = json.loads(probe("--dry-run", "--json").stdout)
    codes = [warning["code"] for warning in printed["warnings"]]
    assert code in codes
    assert "PILOT_ACCURACY" not in codes


def test_too_few_for_a_quarter_is_said(here: Path) -> None:
    """A share that cannot be measured is left out with a note, not made up."""
    np.savez("f.npz", features=np.arange(45.0).reshape(15, 3), labels=np.arange(15) % 3)
    result = probe("--dry-run")
    assert result.exit_code == 0, result.output
    assert "Left out: 25 % of the rows" in result.stderr


def test_a_distance_is_zero_to_itself_and_the_length_of_a_shift(here: Path) -> None:
    """Both ways the same; labels are not needed."""
    assert "dataset_distance: 0\n" in run("distance", "f.npz", "f.npz").stdout
    assert "no upper end" in run("distance", "f.npz", "f.npz").stdout
    assert "no upper end" not in run("distance", "f.npz", "f.npz", "-q").stdout
    there, back = (
        json.loads(run("distance", *pair, "--json").stdout)["distance"]
        for pair in (("f.npz", "moved.npz"), ("moved.npz", "f.npz"))
    )
    assert there == back == pytest.approx(2.0)
    assert planner.distance("f.npz", "moved.npz").distance == there


def test_embeddings_of_two_networks_are_not_compared(here: Path) -> None:
    """Other numbers of features: exit 3, with both; and every bad file in one pass."""
    np.savez("wide.npz", features=np.ones((3, 7)))
    result = run("distance", "f.npz", "wide.npz")
    assert result.exit_code == 3
    assert "has 7 columns, those of f.npz 5" in result.stderr
    both = run("distance", "p.yaml", "nowhere.npz")
    assert "2 problems" in both.stderr
