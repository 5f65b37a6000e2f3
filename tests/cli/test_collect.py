"""``planner collect``: clean streams, one JSON object, an answer in words, and what it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

RETAIL = str(Path(__file__).parents[2] / "examples" / "01_retail_shelves" / "portfolio.yaml")
RUNNER = CliRunner()


def run(*arguments: str, project: str = "shelf-gaps") -> str:
    result = RUNNER.invoke(
        app, ["collect", RETAIL, project, "--model", "published", *arguments], env={"COLUMNS": "80"}
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_help_shows_an_example() -> None:
    """The help ends with a line that can be pasted."""
    result = RUNNER.invoke(app, ["collect", "--help"])
    assert "Example: planner collect portfolio.yaml" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--rounds", "1"),
        ("--penalty", "1"),
        ("--penalty", "50M", "--rounds", "5", "--round-cost", "2k"),
        ("--architecture", "resnet50"),
    ],
)
def test_words_fit_the_page_and_json_is_one_object(arguments: tuple[str, ...]) -> None:
    """The same question answered twice: in words of at most 80 columns, and as data."""
    words = run(*arguments)
    data = json.loads(run(*arguments, "--json"))
    assert max(map(len, words.splitlines())) <= 80
    assert data["schema_version"] == 1
    steps = data["policy"]["rounds"]
    assert len(steps) <= data["rounds"]
    if data["advice"] == "COLLECT":
        assert f"ollect {steps[0]['images_to_buy']:,} images now" in " ".join(words.split())
    else:
        assert "do not start" in " ".join(words.split())


def test_too_small_a_value_says_do_not_start_and_from_where_it_pays() -> None:
    """With next to nothing at stake the advice is not to start."""
    words = " ".join(run("--penalty", "1").split())
    assert "do not start. Missing the target loses USD 1" in words
    assert "Collecting starts to pay from a penalty of USD" in words


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Asking twice gives the same answer, another seed another one."""
    assert run("--json") == run("--json")
    assert run("--json") != run("--json", "--seed", "1")


def test_without_value_or_penalty_it_refuses_with_both_fixes(tmp_path: Path) -> None:
    """Exit code 3, and nothing on stdout."""
    path = tmp_path / "portfolio.yaml"
    path.write_text(
        "version: 1\nprojects:\n  - {id: a, classes: 4, target_error: 6%, "
        "images: {held: 1k, limit: 50k, price: 0.3}}\n",
        encoding="utf-8",
    )
    result = RUNNER.invoke(app, ["collect", str(path), "a"])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "--penalty 100k" in result.stderr
    assert (
        RUNNER.invoke(
            app, ["collect", str(path), "a", "--penalty", "30k", "--architecture", "ResNet-50"]
        ).exit_code
        == 0
    )


def test_wrong_amounts_are_named_together() -> None:
    """Both flags stand in one message."""
    result = RUNNER.invoke(
        app, ["collect", RETAIL, "shelf-gaps", "--penalty", "much", "--round-cost=-3"]
    )
    assert result.exit_code == 3
    assert "--penalty" in result.stderr
    assert "--round-cost" in result.stderr
    assert "2 problems" in result.stderr


def words_of(tmp_path: Path, project: str, *arguments: str) -> str:
    """Return what collect says of a one-project file, on one line."""
    path = tmp_path / "portfolio.yaml"
    path.write_text(
        f"version: 1\nprojects:\n  - {{id: a, classes: 4, value: 90k, {project}}}\n",
        encoding="utf-8",
    )
    result = RUNNER.invoke(
        app, ["collect", str(path), "a", "--architecture", "ResNet-50", *arguments]
    )
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_images_that_a_run_has_tried_are_not_trained_on_first(tmp_path: Path) -> None:
    """A run on all images held that missed the target leaves only the question what to buy."""
    fields = "target_error: 6%, images: {held: 8k, limit: 150k, price: 0.3}"
    run_of_all = "pilots: [{images: 8k, error: 9%, architecture: ResNet-50}]"
    assert "First train on the 8,000 images" in words_of(tmp_path, fields)
    after = words_of(tmp_path, f"{fields}, {run_of_all}", "--round-cost", "500")
    assert "First train" not in after
    assert " Collect " in after
    assert "500 per round" in after


def test_a_trivial_target_needs_no_words_about_rounds(tmp_path: Path) -> None:
    """Where the majority guess meets the target, that is all there is to say."""
    said = words_of(tmp_path, "target_error: 80%, images: {held: 10, limit: 99, price: 1}")
    assert said.endswith("No images are needed: in every outcome those held meet the target.")


def test_an_unreachable_target_is_said_to_be_unreachable(tmp_path: Path) -> None:
    """No break-even is named where no amount would pay."""
    said = words_of(tmp_path, "target_error: 1e-9, images: {held: 10, limit: 99, price: 1}")
    assert "but no outcome meets it within the limit of 99 images" in said
    assert "starts to pay" not in said
