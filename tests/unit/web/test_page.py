"""The page edits a file: tables, mistakes and plan are those of the command line."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.inputs.starter import STARTER, STARTER_TOML
from planner.inputs.yaml_source import read_yaml
from planner.reporting.xlsx.form import form_bytes
from planner.web.opening import QUESTIONS, Opened
from tests.unit.web.conftest import Page, client_of

ROOT = Path(__file__).parents[3]
CAREFUL = "Worth, with care for bad outcomes"
RETAIL = (ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml").read_bytes()


def command(folder: Path, content: bytes, *words: str) -> Any:
    """Return what the command line says of a file, as JSON text."""
    file = folder / "portfolio.yaml"
    file.write_bytes(content)
    return CliRunner().invoke(app, [words[0], str(file), *words[1:]])


def cell(found: dict[str, Any], sheet: str, row: int, column: str) -> str:
    text = found["state"]["tables"][sheet][row]["cells"].get(column, "")
    assert isinstance(text, str)
    return text


def test_the_plan_is_that_of_the_command_line_byte_for_byte(page: Page, tmp_path: Path) -> None:
    """Three answers, two edits, a run, saved: what `plan --json` says of the saved file."""
    page.act("start")
    page.edit("Projects", 0, "images.held", "9,000")
    page.edit("Portfolio", 0, "portfolio.name", 'Näme: "quoted" # no comment')
    page.act("add", sheet="Pilots", cells={"project": "shelf-gaps", "images": "4k", "error": "9%"})
    saved = page.save("yaml").content
    said = command(tmp_path, saved, "plan", "--json")
    assert said.exit_code == 0
    assert page.job("first")["json"] == said.stdout
    assert page.save("json").content == said.stdout_bytes


@pytest.mark.slow
def test_a_cautious_plan_is_that_of_the_command_line_too(page: Page, tmp_path: Path) -> None:
    """The lever of caution is two fields of the file, and the page plans what the file says."""
    page.open(RETAIL, "p.yaml")
    page.act("caution", weight=30)
    saved = page.save("yaml").content
    assert b"risk: {measure: cvar, level: 90%, weight: 30%}" in saved
    assert page.job("first")["json"] == command(tmp_path, saved, "plan", "--json").stdout
    worth = page.job("plan")["view"]["tiles"][0]
    assert (worth["label"], "; expected USD " in worth["note"]) == (CAREFUL, True)
    page.act("caution", weight=0)
    assert page.save("yaml").content == RETAIL


@pytest.mark.slow
def test_a_first_answer_leaves_no_trace_in_the_plan(page: Page, tmp_path: Path) -> None:
    """What a search under a time limit has seen does not steer the one that proves the plan."""
    content = (ROOT / "examples" / "04_grocery_chain" / "portfolio.yaml").read_bytes()
    page.open(content, "p.yaml")
    assert page.job("plan", quick=True)["quick"]
    assert not page.job("plan")["quick"]
    assert page.job("first")["json"] == command(tmp_path, content, "plan", "--json").stdout


@pytest.mark.slow
def test_an_infeasible_plan_is_that_of_the_command_line_too(page: Page, tmp_path: Path) -> None:
    """What cannot hold together, and the smallest changes that help."""
    page.open(RETAIL + b"  - {fund: [planogram, shelf-gaps]}\n", "p.yaml")
    page.edit("Portfolio", 0, "portfolio.budget", "1")
    said = command(tmp_path, page.save("yaml").content, "plan", "--json")
    assert said.exit_code == 4
    assert page.job("first")["json"] == said.stdout
    assert page.job("plan")["view"]["conflict"] == json.loads(said.stdout)["conflict"] != []


BAD = (
    RETAIL.replace(b"held: 8k", b"held: 8kk")
    .replace(b"target_accuracy: 95%", b"")
    .replace(b"budget: 25k", b"budget: -3")
    .replace(b"id: planogram ", b"id: shelf-gaps ")
    .replace(b"classes: 6", b"classes: 1")
    .replace(b"ConvNeXt-T]", b"ResNet-51]")
    .replace(b"limit: 60k, price: 0.54..0.77, ", b"")
)


def test_mistakes_stand_at_their_cells_in_the_words_of_the_command_line(
    page: Page, tmp_path: Path
) -> None:
    """Each with the same text and the same fix, at the cell it is about; none is lost."""
    said = json.loads(command(tmp_path, BAD, "plan", "--json").stdout)["problems"]
    found = page.open(BAD, "portfolio.yaml")["state"]["problems"]
    kept = ("message", "fix", "field", "code")
    assert [[p[key] for key in kept] for p in found] == [[p[key] for key in kept] for p in said]
    at = [(p["cell"]["sheet"], p["cell"]["row"], p["cell"]["column"]) for p in found]
    assert at == [
        ("Portfolio", 0, "portfolio.budget"),
        ("Projects", 0, "images.held"),
        ("Projects", 0, "architectures"),
        ("Projects", 1, "target_accuracy"),
        ("Projects", 2, "classes"),
        ("Projects", 2, "images.limit"),
        ("Projects", 3, "id"),
        ("Rules", 0, "projects"),
        ("Rules", 1, "projects"),
    ]


def test_a_mistake_that_only_planning_finds_stands_at_its_cell(page: Page) -> None:
    """A plan needs a budget; the cell for it is where that is said."""
    page.open(RETAIL, "p.yaml")
    page.edit("Portfolio", 0, "portfolio.budget", "")
    (problem,) = page.job("plan")["problems"]
    assert problem["cell"] == {"sheet": "Portfolio", "row": 0, "column": "portfolio.budget"}
    assert "a plan needs a budget" in problem["message"]


def test_a_file_that_does_not_parse_is_mended_as_text(page: Page) -> None:
    """The place of the mistake, no tables, and the text to work on."""
    state = page.open(b"version: 1\nprojects: [\n", "p.yaml")["state"]
    assert state["tables"] is None
    assert state["problems"][0]["place"].startswith("p.yaml:3:")
    state = page.act("text", text=RETAIL.decode())["state"]
    assert state["problems"] == []
    assert len(state["tables"]["Projects"]) == 4


def test_comments_and_layout_stay_through_edits(page: Page) -> None:
    """Of a file that came as YAML only the line of the value changes."""
    page.open(RETAIL, "p.yaml")
    page.edit("Projects", 0, "images.held", "9k")
    saved = page.save("yaml").content
    assert saved == RETAIL.replace(b"{held: 8k,", b"{held: 9k,")
    assert page.save("yaml").headers["x-planner-name"] == "p.yaml"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (STARTER_TOML.encode(), "portfolio.toml"),
        (form_bytes(read_yaml(STARTER, "s")[0].data), "ours.xlsx"),  # type: ignore[arg-type]
    ],
)
def test_a_portfolio_of_another_format_goes_on_as_yaml(
    page: Page, content: bytes, name: str, tmp_path: Path
) -> None:
    """The same portfolio, planned the same, and what stays behind is said."""
    found = page.open(content, name)
    assert found["state"]["problems"] == []
    assert "stay behind" in found["state"]["notes"][0]
    own = json.loads(command(tmp_path, STARTER.encode(), "plan", "--json").stdout)
    plan = json.loads(page.job("first")["json"])
    assert plan["decisions"] == own["decisions"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x00\xff\xfe", "a.yaml"),
        (b"PK\x03\x04 no workbook", "a.xlsx"),
        (b"version = [", "a.toml"),
        (b"name,images\n", "a.csv"),
        (b"", "noending"),
        (b"a" * 9_000_000, "a.yaml"),
    ],
)
def test_an_upload_that_is_no_portfolio_is_answered(page: Page, content: bytes, name: str) -> None:
    """With a problem in words, and what was open stays open."""
    page.open(RETAIL, "p.yaml")
    answer = page.post(f"/api/open?name={name}", content)
    assert answer.status_code in (200, 413)
    if answer.status_code == 200:
        assert answer.json()["problems"][0]["message"]
    assert page.post("/api/hello").json()["state"]["name"] == "p.yaml"


def test_an_answer_to_the_three_questions_that_cannot_be_read_is_a_mistake_at_its_cell(
    page: Page,
) -> None:
    """The first plan waits for it; nothing is guessed."""
    answers = {path: text for question in QUESTIONS for path, _, text in question.fields}
    found = page.act("start", answers={**answers, "projects.images.held": "some: many"})
    (problem,) = found["state"]["problems"]
    assert problem["cell"] == {"sheet": "Projects", "row": 0, "column": "images.held"}
    found = page.act("start", answers={**answers, "projects.task": "segmentation"})
    assert found["state"]["problems"] == []
    assert cell(found, "Projects", 0, "target_iou") == "92%"


def test_counts_and_names_are_typed_as_in_the_workbook_form(page: Page) -> None:
    """Lists become lists, counts become counts; what is not one is refused at its cell."""
    page.open(RETAIL, "p.yaml")
    found = page.edit("Projects", 1, "class_counts", 'ok: 9k, "torn, wet": 800')
    assert cell(found, "Projects", 1, "class_counts") == 'ok: 9k, "torn, wet": 800'
    data: Any = read_yaml(page.save("yaml").content.decode(), "p")[0].data
    assert data["projects"][1]["class_counts"] == {"ok": "9k", "torn, wet": 800}
    refused = page.edit("Projects", 1, "class_counts", "ok 9")["refused"]
    assert "is not a name with its number" in refused["message"]
    assert refused["cell"] == {"sheet": "Projects", "row": 1, "column": "class_counts"}
    found = page.edit("Projects", 0, "architectures", "ResNet-50, ConvNeXt-T")
    assert cell(found, "Projects", 0, "architectures") == "ResNet-50, ConvNeXt-T"


def test_rows_are_added_and_taken_out(page: Page) -> None:
    """Projects with a name of their own, rules of any kind, shared assets; all undone in turn."""
    before = page.open(RETAIL, "p.yaml")["state"]["text"]
    found = page.act("add", sheet="Projects", cells={"classes": "3"})
    assert cell(found, "Projects", 4, "id") == "project-1"
    found = page.act("add", sheet="Rules", cells={"rule": "fund", "projects": "project-1"})
    assert cell(found, "Rules", 2, "projects") == "project-1"
    found = page.edit("Rules", 2, "rule", "skip")
    assert "{skip: [project-1]}" in found["state"]["text"]
    found = page.edit("Rules", 0, "needs", "price-tags")
    assert "needs: price-tags}" in found["state"]["text"]
    assert found["state"]["problems"][-1]["cell"]["row"] == 4
    found = page.edit("Rules", 0, "projects", "produce-quality")
    assert "{require: produce-quality, needs: price-tags}" in found["state"]["text"]
    page.act("undo")
    assert "takes one project" in page.edit("Rules", 0, "projects", "a, b")["refused"]["message"]
    page.act("undo")
    found = page.act("add", sheet="Shared", cells={"id": "base", "kind": "base_model"})
    assert cell(found, "Shared", 0, "kind") == "base_model"
    found = page.act("remove", sheet="Projects", row=4)
    assert len(found["state"]["tables"]["Projects"]) == 4
    for _ in range(5):
        found = page.act("undo")
    assert found["state"]["text"] == before
    assert found["state"]["undo"] == 0
    found = page.act("redo")
    assert len(found["state"]["tables"]["Projects"]) == 5


def test_an_entry_of_a_project_is_given_to_another(page: Page) -> None:
    """People, lines and runs name their project; choosing another moves them there."""
    page.open(RETAIL, "p.yaml")
    run = {"project": "shelf-gaps", "images": "4k", "error": "9%"}
    found = page.act("add", sheet="Pilots", cells=run)
    assert cell(found, "Pilots", 0, "project") == "shelf-gaps"
    found = page.edit("Pilots", 0, "project", "planogram")
    assert cell(found, "Pilots", 0, "project") == "planogram"
    assert cell(found, "Pilots", 0, "images") == "4k"
    data: Any = read_yaml(found["state"]["text"], "p")[0].data
    assert [len(project.get("pilots", [])) for project in data["projects"]] == [0, 0, 0, 1]
    assert page.act("undo")["state"]["tables"]["Pilots"][0]["cells"]["project"] == "shelf-gaps"
    assert "refused" in page.edit("Pilots", 0, "project", "nobody")


def test_rules_follow_a_project_that_gets_another_name(page: Page) -> None:
    """Nothing is left pointing nowhere; one step back undoes all of it."""
    page.open(RETAIL, "p.yaml")
    found = page.edit("Projects", 0, "id", "gaps, new")
    assert found["state"]["problems"] == []
    assert cell(found, "Rules", 0, "needs") == "gaps, new"
    assert cell(found, "Rules", 1, "projects").startswith('"gaps, new", price-tags')
    assert page.act("undo")["state"]["text"].encode() == RETAIL


def test_a_word_being_typed_is_one_step_back(page: Page) -> None:
    """Keystrokes of one cell are undone together."""
    page.open(RETAIL, "p.yaml")
    where = {"sheet": "Projects", "row": 0, "column": "value"}
    for at, text in enumerate(("9", "95", "95k")):
        page.act("edit", **where, text=text, merge=at > 0)
    found = page.act("undo")
    assert cell(found, "Projects", 0, "value") == "90k"


def test_a_block_from_excel_is_pasted(page: Page) -> None:
    """Below its headers or from a cell on; rows beyond the end are new projects."""
    page.open(RETAIL, "p.yaml")
    block = "Images held\tValue if target is met\n9k\t91,000\n43k\t\n"
    found = page.act("paste", sheet="Projects", row=0, column="id", text=block)
    assert cell(found, "Projects", 0, "images.held") == "9k"
    assert cell(found, "Projects", 0, "value") == "91,000"
    assert cell(found, "Projects", 1, "value") == ""
    block = "planogram-2\tsegmentation\t5\nnew\tclassification\t7\n"
    found = page.act("paste", sheet="Projects", row=3, column="id", text=block)
    assert [cell(found, "Projects", row, "id") for row in (3, 4)] == ["planogram-2", "new"]
    assert cell(found, "Projects", 4, "classes") == "7"
    assert page.act("undo")["state"]["undo"] == 1


HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>"


@pytest.mark.slow
def test_names_that_would_be_formulas_or_scripts_are_texts(page: Page) -> None:
    """In the workbook no formula, on the page plain data."""
    page.act("start", answers={"projects.id": HOSTILE})
    page.edit("Portfolio", 0, "portfolio.name", HOSTILE)
    assert page.post("/api/hello").json()["state"]["problems"] == []
    book = openpyxl.load_workbook(io.BytesIO(page.save("xlsx").content))
    cells = [one for sheet in book for row in sheet.iter_rows() for one in row]
    named = [one for one in cells if isinstance(one.value, str) and "<script>" in one.value]
    assert named
    assert all(one.data_type == "s" for one in named)
    assert page.post("/api/hello").headers["content-type"] == "application/json"


@pytest.mark.slow
def test_a_name_that_would_be_a_script_is_text_in_the_saved_report(page: Page) -> None:
    """One file to mail; the reader's browser runs nothing that a name holds."""
    page.act("start", answers={"projects.id": HOSTILE})
    report = page.save("html")
    assert report.headers["content-type"].startswith("text/html")
    assert report.headers["x-planner-name"] == "portfolio.plan.html"
    assert "alert(1)" in report.text
    assert "<script>alert" not in report.text


@pytest.mark.slow
def test_a_saved_workbook_is_the_portfolio_again(page: Page) -> None:
    """With the plan's sheets in front, and the form filled in behind them."""
    page.open(RETAIL, "p.yaml")
    plan = json.loads(page.job("first")["json"])
    workbook = page.save("xlsx").content
    state = page.open(workbook, "again.xlsx")["state"]
    assert state["problems"] == []
    assert json.loads(page.job("first")["json"])["decisions"] == plan["decisions"]


def test_two_browsers_have_their_own_portfolios() -> None:
    """Both begin with the file that was served; what one changes the other does not see."""
    with client_of(Opened("p.yaml", RETAIL.decode())) as client:
        one, other = Page(client), Page(client, "b" * 32)
        one.edit("Projects", 0, "value", "1M")
        there = other.post("/api/hello").json()
        assert cell(there, "Projects", 0, "value") == "90k"
        assert cell(one.post("/api/hello").json(), "Projects", 0, "value") == "1M"


def test_the_plan_is_compared_with_the_one_at_the_start(page: Page) -> None:
    """By project: spend, chance and worth; nothing where nothing changed."""
    page.open(RETAIL, "p.yaml")
    first = page.job("plan")
    assert first["compared"] is None
    plan = json.loads(page.job("first")["json"])
    before = {item["project"]: item for item in plan["decisions"]}
    page.act("add", sheet="Rules", cells={"rule": "skip", "projects": "planogram"})
    after = page.job("plan")
    rows = {row["project"]: row for row in after["compared"]["rows"]}
    assert rows["planogram"]["verdict"] == f"{before['planogram']['verdict']} → NO-GO"
    spent = before["planogram"]["cost"]["total"]
    assert rows["planogram"]["spend"] == f"−{spent:,.0f}"
    page.act("compare")
    assert page.job("plan")["compared"] is None


def test_what_is_not_included_is_said_as_in_the_report(page: Page) -> None:
    """A file without a life names what no amount holds; the budget's tile is what is committed."""
    page.open(RETAIL, "p.yaml")
    view = page.job("plan")["view"]
    assert view["left_out"].startswith("Not included: running, upkeep, people")
    assert view["tiles"][1]["label"] == "Committed"


def test_every_number_on_the_page_is_the_plans(page: Page) -> None:
    """Each shown number names its place in the JSON and is what stands there."""
    page.open(RETAIL, "p.yaml")
    found = page.job("plan")
    plan = json.loads(page.job("first")["json"])
    shown = [
        part
        for row in found["view"]["table"]["rows"]
        for parts in row["cells"]
        for part in parts
        if part.get("key")
    ]
    shown += [tile["number"] for tile in found["view"]["tiles"]]
    assert len(shown) > 15
    for part in shown:
        value: Any = plan
        for step in part["key"].replace("]", "").replace("[", ".").split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
        assert value == part["v"], part


@pytest.mark.slow
def test_what_explains_the_plan_stands_on_the_same_draws(page: Page) -> None:
    """Fans of each project's choice; the frontier at the present budget; bars around the worth."""
    page.open(RETAIL, "p.yaml")
    plan = json.loads(page.job("first")["json"])
    first = page.job("first")["first"]
    assert [run["project"] for run in first["runs"]] == [
        run["project"] for run in plan.get("measure_first", {"pilots": []})["pilots"]
    ]
    assert [run["project"] for run in first["waiting"]] == [
        item["project"] for item in plan["decisions"] if item["verdict"] == "PILOT"
    ]
    policy = page.job("policy")["policy"]["projects"]
    assert [one["project"] for one in policy] == [run["project"] for run in first["runs"]]
    assert all(one["rows"][-1]["error"] == "more than that" for one in policy)
    fans = page.job("fans")["fans"]
    for fan, decision in zip(fans, plan["decisions"], strict=True):
        assert fan["project"] == decision["project"]
        if decision["architecture"]:
            assert fan["architecture"] == decision["architecture"]
            assert fan["chosen"] == decision["images_total"]
        levels = [list(column) for column in zip(*fan["errors"], strict=True)]
        assert all(column == sorted(column) for column in levels)
    assert [fan["project"] for fan in page.job("fans", projects=["planogram"])["fans"]] == [
        "planogram"
    ]
    frontier = page.job("frontier")["frontier"]
    assert frontier["here"] == plan["budget"]["limit"]
    tornado = page.job("tornado")["tornado"]
    widths = [abs(bar["at_high"] - bar["at_low"]) for bar in tornado["bars"]]
    assert widths == sorted(widths, reverse=True)


def test_a_question_about_an_older_revision_is_not_computed(page: Page) -> None:
    """What was asked before an edit must not stand in the way of what is asked after it."""
    before = page.open(RETAIL, "p.yaml")["state"]["revision"]
    assert "superseded" not in page.job("fans", revision=before)
    page.edit("Projects", 0, "images.held", "9k")
    assert page.job("first", revision=before) == {"superseded": True, "revision": before + 1}


def test_a_change_is_answered_with_its_plan(page: Page) -> None:
    """One request says how the portfolio stands, then its plan: what two requests say."""
    page.open(RETAIL, "p.yaml")
    page.job("plan")
    edit = {"sheet": "Projects", "row": 0, "column": "value", "text": "51k"}
    stands, planned = page.changed("edit", **edit)
    assert stands == {"state": page.post("/api/hello").json()["state"]}
    assert planned == page.job("plan")
    assert planned["revision"] == stands["state"]["revision"]
    (same,) = page.changed("edit", **edit)
    assert same == stands
    (refused,) = page.changed("edit", **{**edit, "column": "class_counts", "text": "ok 900"})
    assert refused["refused"]["message"]
    assert page.changed("no such thing") == [{"error": "There is no such action."}]
    assert [found["state"]["open"] for found in page.changed("close")] == [False]


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "nothing"},
        {"action": "edit", "sheet": "Nowhere", "row": 0, "column": "id", "text": "x"},
        {"action": "edit", "sheet": "Projects", "row": 99, "column": "id", "text": "x"},
        {"action": "edit", "sheet": "Projects", "row": -1, "column": "id", "text": "x"},
        {"action": "edit", "sheet": "Projects", "row": "0", "column": "id", "text": "x"},
        {"action": "edit", "sheet": "Rules", "row": 0, "column": "max_share", "text": "5%"},
        {"action": "add", "sheet": "Pilots", "cells": {"project": "nobody", "images": "3"}},
        {"action": "add", "sheet": "Prices"},
        {"action": "remove", "sheet": "Rules", "row": 7},
        {"action": "caution", "weight": 101},
        {"action": "caution", "weight": True},
    ],
)
def test_what_cannot_be_done_is_answered_and_changes_nothing(
    page: Page, sent: dict[str, Any]
) -> None:
    """Also what a page that is out of date asks for."""
    page.open(RETAIL, "p.yaml")
    found = page.post("/api/act", sent).json()
    assert "refused" in found or "error" in found
    assert page.save("yaml").content == RETAIL
