"""Runs go into a portfolio file without touching anything else in it."""

import re

import pytest

from planner.domain.portfolio.project import Pilot
from planner.domain.quantities import parse_rate
from planner.domain.vocabulary import Backbone
from planner.errors import InputError
from planner.inputs.runs.write_yaml import add_pilots, pilot_row
from planner.inputs.toml_source import read_toml
from planner.inputs.yaml_source import read_yaml

RUN = Pilot(images=20_000, error=0.081)
FULL = Pilot(
    images=500,
    error=0.3,
    test_images=200,
    architecture="ViT-B/16",
    pretrained=False,
    backbone=Backbone.FINETUNED,
    seed=3,
)
ROW = "{images: 20000, error: 8.1%}"


def added(text: str, *runs: Pilot, project: str = "a", name: str = "p.yaml") -> str:
    return add_pilots(text.encode(), name, {project: runs or (RUN,)}).decode()


# In each text, what is inserted stands between guillemets.
YAML = {
    "no pilots, comments after": f"""
projects:
  - id: a  # first
    x: {{y: 1,
      z: 2}} # tail«
    pilots:
      - {ROW}»
    # about b
  - id: b
""",
    "no line end": f"projects:\n- id: a«\n  pilots:\n    - {ROW}»",
    "a block of text last": f"""
projects:
- id: a
  n: |
    text

«  pilots:
    - {ROW}
»- id: b
""",
    "a list of rows": f"""
projects:
- id: a
  pilots:
  - {{images: 3, error: 2%}}  # old«
  - {ROW}»

  # more
  x: 1
""",
    "a list of blocks": f"""
projects:
- id: a
  pilots:
    - images: 3
      error: 2%«
    - {ROW}»
""",
    "an empty list": f"projects:\n- id: a\n  pilots: [«{ROW}»] # none\n",
    "one line": f"projects:\n- id: a\n  pilots: [{{images: 3, error: 2%}}«, {ROW}»] # one\n",
    "several lines, comma last": f"""
projects:
- id: a
  pilots: [
    {{images: 3, error: 2%}}, # old, really«
    {ROW}»
    # end, really
  ]
""",
    "several lines, no comma": f"""
projects:
- id: a
  pilots: [
    {{images: 3, error: 2%}}«,» # old, really«
    {ROW}»
  ]
""",
    "flow": f"projects: [{{id: a, x: {{y: 1}}«, pilots: [{ROW}]»}}, {{id: b}}]\n",
    "flow, comma last": f"projects: [{{id: a, x: 1«, pilots: [{ROW}]»,}}]\n",
    "JSON": """{"projects": [
  {"id": "a", "x": "b"«, "pilots": [{"images": 20000, "error": "8.1%"}]»}
]}""",
}
TOML = {
    "no pilots": """
[[projects]]
id = "a" # x«
pilots = [
  {images = 20000, error = "8.1%"},
]»
classes = 4
[projects.images]
limit = 1
""",
    "several lines": """
[[projects]]
id = 'a'
pilots = [{images = 3, error = "2]%"}, # old, really«
          {images = 20000, error = "8.1%"}»
]
""",
    "an empty list": """
[[projects]]
id = "a"
pilots = [«{images = 20000, error = "8.1%"}»]
""",
    "tables": """
[[projects]]
id = "a"
[[ projects.pilots ]]
images = 3
error = 0.2 # old«

[[ projects.pilots ]]
images = 20000
error = "8.1%"»

[portfolio]
""",
    "inline": """
projects = [{id = "a"«, pilots = [{images = 20000, error = "8.1%"}]», x = 1}, {id = "b"}]
""",
}


def check(marked: str, name: str) -> None:
    before = re.sub(r"«[^»]*»", "", marked)
    assert added(before, name=name) == marked.replace("«", "").replace("»", "")


@pytest.mark.parametrize("layout", YAML)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_yaml_keeps_every_other_byte(layout: str, newline: str, mark: str) -> None:
    """Comments, layout, line ends and a byte-order mark stay; rows are written in a line each."""
    check(mark + YAML[layout].replace("\n", newline), "p.yaml")


@pytest.mark.parametrize("layout", TOML)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_toml_keeps_every_other_byte(layout: str, newline: str) -> None:
    """The same in TOML, whichever way the list is written."""
    check(TOML[layout].replace("\n", newline), "p.toml")


def test_several_projects_and_runs_in_one_go() -> None:
    """Insertions do not get into each other's way; projects are found by id, not by place."""
    text = "projects:\n  - id: a\n  - id: b\n    pilots: [{images: 3, error: 2%}]\n  - id: c\n"
    result = add_pilots(text.encode(), "p.yml", {"c": [RUN], "b": [FULL, RUN], "a": []}).decode()
    document, _ = read_yaml(result, "p.yml")
    assert isinstance(document.data, dict)
    assert document.data["projects"] == [
        {"id": "a"},
        {"id": "b", "pilots": [{"images": 3, "error": "2%"}, pilot_row(FULL), pilot_row(RUN)]},
        {"id": "c", "pilots": [pilot_row(RUN)]},
    ]


@pytest.mark.parametrize("name", ["p.yaml", "p.toml"])
def test_every_field_of_a_run_is_written(name: str) -> None:
    """What the run knows is in the file, in the types that reading expects."""
    is_toml = name.endswith("toml")
    text = '[[projects]]\nid = "a"\n' if is_toml else "projects: [{id: a}]"
    document, _ = (read_toml if is_toml else read_yaml)(added(text, FULL, name=name), name)
    assert isinstance(document.data, dict)
    assert document.data["projects"][0]["pilots"] == [
        {
            "images": 500,
            "error": "30%",
            "test_images": 200,
            "architecture": "ViT-B/16",
            "pretrained": False,
            "backbone": "finetuned",
            "seed": 3,
        }
    ]


@pytest.mark.parametrize("error", [0.0, 1.0, 0.081, 1 / 3, 1e-7, 5e-324, 0.29, 0.07, 1 - 1e-16])
def test_errors_are_written_exactly(error: float) -> None:
    """Reading a written error gives the same number, to the last bit."""
    assert parse_rate(pilot_row(Pilot(images=1, error=error))["error"]) == error


def test_a_layout_that_cannot_take_rows_is_refused() -> None:
    """Rather than change what the file says, say what to do."""
    text = 'projects = [{x = {id = "z"}, id = """a"""}]\n'
    with pytest.raises(InputError, match=r"p\.toml:1:13[\s\S]*pilots: \[\]"):
        added(text, name="p.toml")


def test_nothing_to_add_changes_nothing() -> None:
    """The same bytes come back."""
    text = "\ufeffprojects:\r\n- id: a # x"
    assert add_pilots(text.encode(), "p.yaml", {"a": (), "b": ()}) == text.encode()
