"""The schemas that ship are schemas, current, and good for an editor.

What the commands print under them is in ``test_commands.py``.
"""

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
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.yaml_source import read_yaml
from planner.reporting.schemas import PORTFOLIO_FILE, make_schemas, schema_text
from tests.strategies import as_flow_yaml, mutated_data, portfolio_data

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "planner" / "schemas"
GRANT = str(ROOT / "examples" / "03_small_grant" / "portfolio.yaml")
RETAIL = str(ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml")
RUNNER = CliRunner()


@cache
def made() -> dict[str, Any]:
    return make_schemas()


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


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*/portfolio.yaml")), ids=str)
def test_an_editor_marks_no_good_file(path: Path) -> None:
    """Each example is valid under the schema of the portfolio file."""
    data = read_yaml(path.read_text(encoding="utf-8"), path.name)[0].data
    jsonschema.validate(data, made()[PORTFOLIO_FILE])


@pytest.mark.slow
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
