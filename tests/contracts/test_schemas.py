"""What each command prints with --json has the shape that its shipped schema promises."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import planner
from planner._resources import shipped_schema
from planner.catalogue.portfolio_file import parse_portfolio
from planner.catalogue.yaml_source import read_yaml
from planner.cli.app import app
from planner.report.schemas import PORTFOLIO_FILE, make_schemas, schema_text
from tests.strategies import as_flow_yaml, mutated_data, portfolio_data

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "planner" / "schemas"
GRANT = str(ROOT / "examples" / "03_small_grant" / "portfolio.yaml")
RETAIL = str(ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml")
RUNNER = CliRunner()
COMMANDS = {
    "plan": ["plan", GRANT],
    "estimate": ["estimate", GRANT, "species"],
    "options": ["options", GRANT],
    "frontier": ["frontier", GRANT, "--points", "3"],
    "explain": ["explain", GRANT, "species"],
    "explain-plan": ["explain", GRANT],
    "collect": ["collect", RETAIL, "produce-quality"],
    "check": ["check", GRANT],
    "reproduce": ["reproduce"],
    "laws": ["laws"],
    "catalogue": ["catalogue", "labelling"],
    "doctor": ["doctor"],
    "model-show": ["model", "show", "transfer"],
    "model-compare": ["model", "compare", "transfer", "published"],
    "model-check": ["model", "check", "transfer"],
    "validate": ["validate"],
}


@cache
def made() -> dict[str, Any]:
    return make_schemas()


def strict(schema: Any) -> Any:
    """Return a schema that also refuses keys it does not name."""
    if isinstance(schema, dict):
        closed = {name: strict(part) for name, part in schema.items()}
        if closed.get("type") == "object" and "properties" in closed:
            closed["additionalProperties"] = False
        return closed
    return [strict(part) for part in schema] if isinstance(schema, list) else schema


def require(data: Any, name: str) -> None:
    jsonschema.Draft202012Validator(strict(copy.deepcopy(made()[name]))).validate(data)


def test_the_shipped_schemas_are_current(request: pytest.FixtureRequest) -> None:
    """The files in the package are what the records say today, no more and no fewer."""
    if request.config.getoption("--update-golden"):
        for path in SHIPPED.glob("*.json"):
            path.unlink()
        for name, schema in made().items():
            (SHIPPED / f"{name}.json").write_text(schema_text(schema), encoding="utf-8")
    assert {path.stem for path in SHIPPED.glob("*.json")} == set(made())
    for name, schema in made().items():
        assert shipped_schema(name) == schema_text(schema), f"{name}: run with --update-golden"


@pytest.mark.parametrize("name", sorted(make_schemas()))
def test_a_shipped_schema_is_a_schema(name: str) -> None:
    """Each is itself valid under the dialect it names."""
    jsonschema.Draft202012Validator.check_schema(made()[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_json_is_valid_under_its_schema(name: str) -> None:
    """Every key is named in the schema, every value is of its type."""
    result = RUNNER.invoke(app, [*COMMANDS[name], "--json"])
    assert result.exit_code == 0, result.output
    require(json.loads(result.stdout), name)


def test_the_json_of_an_infeasible_plan_is_valid(tmp_path: Path) -> None:
    """Conflict and fixes are part of the plan's schema."""
    text = Path(GRANT).read_text(encoding="utf-8") + "\nrules: [{fund: [species]}]\n"
    path = tmp_path / "portfolio.yaml"
    path.write_text(text, encoding="utf-8")
    result = RUNNER.invoke(app, ["plan", str(path), "--budget", "0.01", "--json"])
    assert result.exit_code == 4, result.output
    data = json.loads(result.stdout)
    assert data["conflict"]
    require(data, "plan")


def test_the_json_of_mistakes_is_valid(tmp_path: Path) -> None:
    """Bad input with --json answers in the shape of the error schema."""
    path = tmp_path / "portfolio.yaml"
    path.write_text("version: 1\n", encoding="utf-8")
    require(json.loads(RUNNER.invoke(app, ["plan", str(path), "--json"]).stdout), "error")


def test_the_json_of_a_diff_and_of_an_observation_is_valid(tmp_path: Path) -> None:
    """Commands that read another file answer in their shape too."""
    saved = tmp_path / "plan.json"
    saved.write_text(RUNNER.invoke(app, ["plan", GRANT, "--json"]).stdout, encoding="utf-8")
    result = RUNNER.invoke(app, ["diff", str(saved), str(saved), "--json"])
    require(json.loads(result.stdout), "diff")
    audited = RUNNER.invoke(app, ["plan", GRANT, "--audit", str(saved), "--json"])
    require(json.loads(audited.stdout), "plan-audit")
    runs = tmp_path / "runs.csv"
    runs.write_text("project,images,error\nspecies,4000,0.2\n", encoding="utf-8")
    observed = RUNNER.invoke(app, ["observe", GRANT, str(runs), "--dry-run", "--json"])
    require(json.loads(observed.stdout), "observe")


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*/portfolio.yaml")), ids=str)
def test_an_editor_marks_no_good_file(path: Path) -> None:
    """Each example is valid under the schema of the portfolio file."""
    data = read_yaml(path.read_text(encoding="utf-8"), path.name)[0].data
    jsonschema.validate(data, made()[PORTFOLIO_FILE])


@settings(max_examples=60)
@given(data=st.one_of(portfolio_data(), mutated_data(portfolio_data())))
def test_an_editor_marks_nothing_that_is_read(data: Any) -> None:
    """Whatever the file's own rules accept is valid under its schema, damaged or not."""
    try:
        parse_portfolio(as_flow_yaml(data).encode(), "p.yaml")
    except planner.InputError:
        return
    jsonschema.validate(data, made()[PORTFOLIO_FILE])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("projects", 0, "imgaes"), {}),
        (("projects", 0, "images", "hedl"), 3),
        (("projects", 0, "task"), "detection"),
        (("portfolio", "budget"), "plenty"),
        (("rules",), [{"forbid": ["a"]}]),
    ],
)
def test_an_editor_marks_a_misspelt_field(path: tuple[str | int, ...], value: object) -> None:
    """Unknown fields, words of no list and words for numbers are not valid."""
    file = ROOT / "examples" / "03_small_grant" / "portfolio.yaml"
    data: Any = read_yaml(file.read_text(encoding="utf-8"), file.name)[0].data
    here = data
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, made()[PORTFOLIO_FILE])


def test_every_field_of_the_file_is_explained() -> None:
    """An editor has words for each field of a project, of its images and of a shared asset."""
    parts = made()[PORTFOLIO_FILE]["$defs"]
    for section in ("ProjectSection", "ImagesSection", "SharedSection"):
        bare = {
            name
            for name, field in parts[section]["properties"].items()
            if "description" not in field
        }
        assert bare <= {"baseline"}, section


def test_report_json_has_the_shape_of_its_schema_and_holds_the_plan(tmp_path: Path) -> None:
    """What `report --json` prints fits report.json, and its plan fits plan.json."""
    page = tmp_path / "grant.html"
    result = RUNNER.invoke(app, ["report", GRANT, "-o", str(page), "--json"])
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    jsonschema.validate(printed, strict(made()["report"]))
    jsonschema.validate(printed["plan"], made()["plan"])
    assert printed["written"] == [str(page)]
