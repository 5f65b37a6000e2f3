"""What is not installed is said before anything is computed, by its extra and how to add it."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from packaging.requirements import Requirement
from typer.testing import CliRunner

import planner
from planner import _extras
from planner._extras import EXTRAS, FIT, NOTEBOOK
from planner._resources import shipped_schema
from planner.cli.app import app
from planner.errors import MissingExtraError
from planner.testing import synthetic_posterior

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for an installation without extras."""
    monkeypatch.setattr(_extras, "_is_installed", lambda package: False)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


def test_extras_are_those_of_the_metadata() -> None:
    """Names and packages are what pyproject.toml declares; ``all`` is all of them."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["project"]["optional-dependencies"]
    (everything,) = map(Requirement, declared.pop("all"))
    assert everything.extras == set(declared)
    assert {extra.name: set(extra.packages) for extra in EXTRAS} == {
        name: {Requirement(text).name for text in texts} for name, texts in declared.items()
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["fit", "-o", "OUT"],
        ["fit", "no such file.csv", "-o", "OUT"],
        ["fit", "-o", "OUT", "--model", "published"],
        ["fit", "--candidates", "type"],
        ["fit", "--sbc", "20"],
        ["reproduce", "--refit"],
        ["validate", "--refit"],
        ["model", "check", "transfer", "--full"],
        ["model", "check", "--plots", "OUT"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("base")
def test_a_command_that_needs_an_extra_names_it_and_how_to_add_it(
    arguments: list[str], tmp_path: Path
) -> None:
    """Exit 3, one sentence with the extra, a command to paste, and nothing written."""
    arguments = [str(tmp_path / "out") if word == "OUT" else word for word in arguments]
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (3, "")
    assert 'needs the extra "fit"' in result.stderr
    assert result.stderr.index("pymc") < result.stderr.index("fix  uv sync --inexact --extra fit")
    assert "Checking" not in result.stderr
    assert not list(tmp_path.iterdir())
    printed = json.loads(run(*arguments, "--json").stdout)
    jsonschema.validate(printed, json.loads(shipped_schema("error")))
    assert (printed["exit_code"], printed["problems"][0]["code"]) == (3, "EXTRA")


@pytest.mark.usefixtures("base")
def test_a_probe_names_its_extra(tmp_path: Path) -> None:
    """Exit 3 before any file is looked at, from the command line and from Python."""
    result = run("probe", "nowhere.yaml", "x", "nowhere.npz")
    assert result.exit_code == 3
    assert 'planner probe needs the extra "probe"; not installed: scikit-learn' in result.stderr
    assert "fix  uv sync --inexact --extra probe" in result.stderr
    with pytest.raises(MissingExtraError, match=r"planner\.probe needs"):
        planner.probe("nowhere.yaml", "x", "nowhere.npz", synthetic_posterior())
    assert run("distance", "nowhere.npz", "nowhere.npz").stderr.count("no such file") == 2


@pytest.mark.usefixtures("base")
def test_serving_names_its_extra() -> None:
    """Exit 3 before a file is looked at or a port is taken."""
    result = run("serve", "nowhere.yaml")
    assert result.exit_code == 3
    assert 'planner serve needs the extra "web"; not installed: starlette' in result.stderr
    assert "fix  uv sync --inexact --extra web" in result.stderr


@pytest.mark.usefixtures("base")
def test_a_model_in_closed_form_is_checked_without_the_extra() -> None:
    """Where nothing is recomputed nothing is missing."""
    assert run("model", "check", "published", "--full").exit_code == 0


@pytest.mark.usefixtures("base")
def test_doctor_is_content_without_extras_and_lists_what_they_would_add() -> None:
    """Exit 0; each extra with what it is for, its commands and how to add it."""
    result = run("doctor", "--json")
    printed = json.loads(result.stdout)
    jsonschema.validate(printed, json.loads(shipped_schema("doctor")))
    assert (result.exit_code, printed["sound"]) == (0, True)
    for extra, found in zip(EXTRAS, printed["extras"], strict=True):
        assert found["installed"] is False
        assert set(found["packages"].values()) == {None}
        assert found["commands"] == list(extra.commands)
        assert found["how"] == f"uv sync --inexact --extra {extra.name}"
    text = run("doctor").stdout
    for extra in EXTRAS:
        assert f"Extra {extra.name} is not installed" in text
        assert all(command in " ".join(text.split()) for command in extra.commands)


def test_doctor_says_the_versions_of_an_extra_that_is_there() -> None:
    """With everything installed there is nothing to add."""
    printed = json.loads(run("doctor", "--json").stdout)
    assert all(extra["installed"] for extra in printed["extras"])
    assert all(extra["packages"].values() for extra in printed["extras"])


@pytest.mark.usefixtures("base")
def test_from_python_the_error_is_the_same(tmp_path: Path) -> None:
    """A frame and a fit name their extra; a table and a picture need none."""
    portfolio = planner.read_portfolio(EXAMPLE)
    with pytest.raises(MissingExtraError, match=r'\.to_frame\(\) needs the extra "notebook"'):
        portfolio.to_frame()
    forecast = planner.forecast(portfolio.projects[0], synthetic_posterior(), seed=0)
    with pytest.raises(MissingExtraError, match="--extra notebook"):
        forecast.to_frame()
    with pytest.raises(MissingExtraError, match=r'planner\.fit needs the extra "fit"'):
        planner.fit(None, tmp_path / "ours")
    assert "<table" in portfolio._repr_html_()
    assert forecast.plot().axes


def test_outside_a_checkout_pip_adds_an_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An installed package has no project to synchronise."""
    monkeypatch.setattr(_extras, "_CHECKOUT", tmp_path)
    assert FIT.how == 'pip install "vision-planner[fit]"'
    assert NOTEBOOK.how == 'pip install "vision-planner[notebook]"'
