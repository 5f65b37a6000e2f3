"""planner compare: ways to train one project beside the file's own."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import planner
from planner.cli.app import app

RETAIL = str(Path(__file__).parents[2] / "examples" / "01_retail_shelves" / "portfolio.yaml")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["compare", RETAIL, *words], env={"COLUMNS": "80"})


def answer(*recipes: str, flags: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    given = [word for recipe in recipes for word in ("--recipe", recipe)]
    done = run("shelf-gaps", *given, "--json", *flags)
    assert done.exit_code == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)["recipes"]
    return rows


def test_hours_and_money_are_those_of_a_sum_by_hand() -> None:
    """GMACs, speed and price of an hour from the file: nothing of the product's pricing is used."""
    (row,) = answer(
        "usd_per_hour=2,utilisation=30%,epochs=20,trials=3,folds=4,testing_overhead=10%,"
        "early_stopping=25%,gpus=8,scaling=90%,accelerator=V100,architecture=ResNet-50,images=8000"
    )[1:]
    passes = 20 * 0.75 * 3 * 4 * 1.10
    flop = 4.089e9 * 2 * 3 * passes * 8_000
    hours = flop / (1.25e14 * 0.30) / 3_600
    assert row["accelerator_hours"] == pytest.approx(hours, rel=1e-3)
    assert row["training"]["p50"] == pytest.approx(2 * hours, rel=1e-3)
    assert row["wall_hours"] == pytest.approx(hours / (8 * 0.9), rel=1e-3)
    assert (row["epochs"], row["trainings"]) == (15, 12)


def test_chances_are_those_of_the_forecast_of_a_project_trained_so() -> None:
    """A frozen backbone, no weights, more images: each as its own project is forecast."""
    model = planner.load_model()
    portfolio = planner.read_portfolio(RETAIL)
    (project,) = (item for item in portfolio.projects if item.id == "shelf-gaps")
    file, frozen, scratch, more = answer(
        "backbone=frozen", "pretrained=false", "images=60k", flags=("--images", "9000")
    )
    for row, changes, images in (
        (file, {}, 9_000),
        (frozen, {"backbone": "frozen"}, 9_000),
        (scratch, {"pretrained": False}, 9_000),
        (more, {}, 60_000),
    ):
        forecast = planner.forecast(replace(project, **changes), model)
        chance = forecast.chance(project.error_target, [images], row["architecture"])[0]
        assert (row["images"], row["chance_of_target"]) == (images, chance)
    assert more["chance_of_target"] > file["chance_of_target"]
    assert more["total"]["p50"] > file["total"]["p50"]


def test_the_files_own_way_stands_first_and_nothing_set_is_the_same() -> None:
    """A recipe that repeats the file has its numbers; where passes differ, it is said."""
    file, same = answer("pretrained=true")
    assert {**same, "recipe": ""} == file
    shown = run("shelf-gaps", "--recipe", "epochs=5").stdout
    assert "knows nothing of epochs" in " ".join(shown.split())
    assert "knows nothing" not in run("shelf-gaps", "--recipe", "pretrained=false").stdout
    assert max(len(line.rstrip()) for line in shown.splitlines()) < 80


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ("epocs=20", "epochs"),
        ("trials=0", "above 0"),
        ("images=10,images=20", "set twice"),
        ("architecture=Resnett-50", "not in the catalogue"),
        ("epochs", "expected epochs=VALUE"),
        ("backbone=cold", "frozen"),
        ("early_stopping=100%", "nothing would be trained"),
        ("pretrained=false,backbone=frozen", "frozen"),
        ("gpus=2,basis=paper", "basis"),
    ],
)
def test_what_is_no_recipe_is_refused_at_its_flag(recipe: str, said: str) -> None:
    """With what was meant."""
    done = run("shelf-gaps", "--recipe", recipe)
    assert done.exit_code == 3
    assert "--recipe" in done.stderr
    assert said in " ".join(done.stderr.split())


def test_every_mistake_of_a_recipe_is_told_and_an_unknown_project_is() -> None:
    """In one pass."""
    done = run("shelf-gaps", "--recipe", "trials=0,gpus=x")
    assert "trials:" in done.stderr
    assert "gpus:" in done.stderr
    assert run("nobody").exit_code == 3
