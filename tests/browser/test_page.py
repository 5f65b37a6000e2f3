"""The page of ``planner serve`` as people use it: with clicks, with keys, on any screen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from planner.cli.app import app
from tests.browser.conftest import Open, Server, Shown

ROOT = Path(__file__).parents[2]
RETAIL = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"
PASTE = """([key, text]) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector(`[data-key="${key}"]`).dispatchEvent(event);
}"""
HOSTILE = '<img src=x onerror="document.title=1">'


def settled(page: Page) -> None:
    """Wait until the plan is that of what stands in the table."""
    expect(page.locator("#status")).to_have_text("planned")


@contextmanager
def moved(page: Page) -> Iterator[None]:
    """Wait until what is done inside has led to another plan."""
    before = page.locator("body").get_attribute("data-planned") or ""
    yield
    expect(page.locator("body")).not_to_have_attribute("data-planned", before)
    settled(page)


def explained(page: Page) -> None:
    """Wait until everything beside the plan is drawn, too."""
    settled(page)
    page.wait_for_selector("#frontier svg, #frontier .waiting")


def cell(page: Page, sheet: str, row: int, column: str) -> Any:
    return page.locator(f'[data-key="{sheet}|{row}|{column}"]')


def opened(show: Open, server: Server, file: Path = RETAIL, **window: Any) -> Shown:
    shown = show(server.address, **window)
    shown.page.set_input_files("#file", file)
    settled(shown.page)
    return shown


def saved(page: Page, kind: str) -> bytes:
    """Save with clicks; return what was downloaded."""
    page.click("#save")
    with page.expect_download() as download:
        page.click(f'[data-save="{kind}"]')
    return download.value.path().read_bytes()


def plan_of(content: bytes, folder: Path) -> bytes:
    """Return what the command line prints for a saved file."""
    file = folder / "portfolio.yaml"
    file.write_bytes(content)
    return CliRunner().invoke(app, ["plan", str(file), "--json"]).stdout_bytes


def test_from_three_questions_to_a_saved_plan_that_the_command_line_makes_too(
    show: Open, server: Server, tmp_path: Path
) -> None:
    """Answer, plan, edit, add a run, save, reload: the same plan, byte for byte."""
    shown = show(server.address)
    page = shown.page
    page.fill('[data-path="projects.id"]', "weld-defects")
    page.fill('[data-path="projects.value"]', "150k")
    page.click("#start")
    settled(page)
    first = page.locator("#tiles").inner_text()
    with moved(page):
        cell(page, "Projects", 0, "images.held").fill("8k")
        cell(page, "Projects", 0, "images.held").press("Enter")
    expect(page.locator("#compared")).to_be_visible()
    assert page.locator("#tiles").inner_text() != first
    page.click("#tab-Pilots")
    page.click("text=Add a run")
    page.fill("#run-images", "4k")
    page.fill("#run-error", "12%")
    with moved(page):
        page.click("#run-add")
    expect(cell(page, "Pilots", 0, "error")).to_have_value("12%")
    content, plan = saved(page, "yaml"), saved(page, "json")
    assert b"pilots:" in content
    assert plan == plan_of(content, tmp_path)
    page.reload()
    settled(page)
    assert saved(page, "yaml") == content
    assert saved(page, "json") == plan
    again = show(server.address).page  # another browser, which knows nothing of the first
    expect(again.locator("#begin")).to_be_visible()
    (tmp_path / "weld.yaml").write_bytes(content)
    again.set_input_files("#file", tmp_path / "weld.yaml")
    settled(again)
    assert saved(again, "json") == plan
    assert shown.wrong == []


def test_every_number_on_the_screen_is_one_of_the_plans(show: Open, server: Server) -> None:
    """What is shown with a place in the JSON is what stands there, after the one formatter."""
    shown = opened(show, server)
    plan = json.loads(saved(shown.page, "json"))
    found = shown.page.eval_on_selector_all(
        "[data-json]", "nodes => nodes.map(n => [n.dataset.json, n.textContent])"
    )
    assert len(found) > 15
    for place, text in found:
        value: Any = plan
        for step in place.replace("]", "").replace("[", ".").split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
        assert _reads_as(text, value), (place, text, value)


def _reads_as(text: str, value: float) -> bool:
    bare = text.removeprefix("USD ").replace(",", "").replace("−", "-")
    if bare.endswith(" %"):
        share = 100 * value
        number = float(bare.removesuffix(" %").lstrip("<> "))
        return share < number if "<" in text else abs(share - number) <= 0.5
    return abs(float(bare) - value) <= (0.005 if abs(value) < 100 else 0.5)


def test_a_mistake_stands_at_its_cell_and_the_old_answer_is_greyed(
    show: Open, server: Server
) -> None:
    """The message of the command line under the cell; undo brings the plan back."""
    shown = opened(show, server)
    page = shown.page
    held = cell(page, "Projects", 0, "images.held")
    held.fill("8kk")
    expect(page.locator("#status")).to_have_text("1 mistake")
    expect(held).to_have_attribute("aria-invalid", "true")
    message = page.locator('[data-cell="Projects|0|images.held"] .mistake')
    expect(message).to_contain_text('"8kk" is not a number (a number of images was expected).')
    expect(page.locator("body")).to_have_class("old")
    assert shown.violations() == []
    held.press("Tab")
    page.keyboard.press("Control+z")
    settled(page)
    expect(held).to_have_value("8k")
    expect(page.locator("body")).not_to_have_class("old")
    assert shown.wrong == []


def test_curves_follow_the_table_and_are_greyed_until_they_do(show: Open, server: Server) -> None:
    """The table of an edit comes first; what is drawn of the plan before is marked as old."""
    shown = opened(show, server)
    page = shown.page
    expect(page.locator(".stale")).to_have_count(0)
    first = page.locator("#frontier").inner_html()
    with moved(page):
        cell(page, "Projects", 0, "value").fill("900k")
        expect(page.locator(".stale")).to_have_count(3)
    expect(page.locator(".stale")).to_have_count(0)
    assert page.locator("#frontier").inner_html() != first
    assert shown.wrong == []


def test_a_block_from_excel_lands_in_its_cells(show: Open, server: Server) -> None:
    """Pasted at a cell, with its headers; one step to undo."""
    shown = opened(show, server)
    page = shown.page
    block = "Images held\tValue if target is met\n9k\t95k\n43k\t65k\n"
    held = cell(page, "Projects", 0, "images.held")
    held.focus()
    page.evaluate(PASTE, ["Projects|0|images.held", block])
    expect(cell(page, "Projects", 1, "value")).to_have_value("65k")
    expect(cell(page, "Projects", 1, "images.held")).to_have_value("43k")
    page.click("#undo")
    expect(cell(page, "Projects", 1, "value")).to_have_value("60k")
    expect(cell(page, "Projects", 0, "images.held")).to_have_value("8k")


def test_the_levers_move_the_plan_and_the_file(show: Open, server: Server) -> None:
    """Budget and caution are fields of the file; the plan at the start stays beside."""
    shown = opened(show, server)
    page = shown.page
    with moved(page):
        page.locator("#budget").fill("2")
    expect(page.locator("#compared")).to_be_visible()
    assert "budget: 1300" in saved(page, "yaml").decode()  # 2 % of 2.5 times 25k, two digits
    with moved(page):
        page.locator("#caution").fill("40")
    assert "risk: {measure: cvar, level: 90%, weight: 40%}" in saved(page, "yaml").decode()
    page.click("#from-here")
    expect(page.locator("#compared")).to_be_hidden()


def test_the_keyboard_alone_suffices(show: Open, server: Server, tmp_path: Path) -> None:
    """Answer, plan, edit, undo, change part, and save, without a mouse."""
    shown = show(server.address)
    page = shown.page
    expect(page.locator("#begin")).to_be_visible()
    keys = page.keyboard

    def reach(selector: str) -> None:
        for _ in range(150):
            keys.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"{selector} is not reached by the tab key")

    reach('[data-path="projects.id"]')
    keys.press("Control+a")
    keys.type("seams")
    reach("#start")
    keys.press("Enter")
    settled(page)
    reach('[data-key="Projects|0|images.held"]')
    with moved(page):
        keys.press("Control+a")
        keys.type("7k")
        keys.press("Enter")
    expect(page.locator("#help")).to_contain_text("Labelled images of this very task owned today")
    reach("#undo")
    keys.press("Enter")
    expect(cell(page, "Projects", 0, "images.held")).to_have_value("5k")
    settled(page)
    page.locator("#tab-Projects").focus()
    keys.press("ArrowRight")
    expect(page.locator("#tab-Pilots")).to_have_attribute("aria-selected", "true")
    reach("#panel button")
    keys.press("Enter")
    expect(page.locator("#run-box")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#run-box")).to_be_hidden()
    reach("#save")
    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    with page.expect_download() as download:
        keys.press("Enter")
    assert b"id: seams" in download.value.path().read_bytes()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) != "none"
    assert shown.wrong == []


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (1280, True), (768, False), (390, False), (390, True)]
)
def test_the_page_fits_the_screen_and_can_be_used_by_everybody(
    show: Open, server: Server, width: int, dark: bool
) -> None:
    """No overflow, no error, and nothing serious for axe-core: at the start, planned, each part."""
    shown = show(server.address, width=width, dark=dark)
    page = shown.page
    expect(page.locator("#begin")).to_be_visible()
    assert (shown.overflow, shown.violations()) == (0, [])
    page.set_input_files("#file", RETAIL)
    explained(page)
    assert (shown.overflow, shown.violations()) == (0, [])
    for part in page.locator("#tabs button").all():
        part.click()
        assert shown.overflow == 0, part.inner_text()
    if width == 1280:
        for part in page.locator("#tabs button").all():
            part.click()
            assert shown.violations() == [], part.inner_text()
        page.click("#save")
        assert shown.violations() == []
    assert shown.wrong == []


def test_a_name_that_would_be_markup_is_a_name(show: Open, server: Server) -> None:
    """Whatever a project is called, the page shows it and runs nothing."""
    shown = opened(show, server)
    page = shown.page
    name = cell(page, "Projects", 2, "id")
    name.fill(HOSTILE)
    name.press("Tab")
    expect(page.locator("#status")).not_to_have_text("planned")
    page.click("#tab-Rules")
    rule = cell(page, "Rules", 1, "projects")
    rule.fill("shelf-gaps, price-tags")
    rule.press("Tab")
    explained(page)
    assert HOSTILE in page.locator("#decisions").inner_text()
    assert page.locator("img").count() == 0
    assert page.title() != "1"
    assert shown.wrong == []


def test_without_the_token_the_page_says_how_to_open_it(show: Open, server: Server) -> None:
    """Whoever knows the port alone sees no portfolio."""
    shown = show(server.address.partition("#")[0])
    expect(shown.page.locator("#alert")).to_contain_text(
        "Open the page by the address that planner serve printed."
    )
    expect(shown.page.locator("#begin")).to_be_hidden()


def test_the_token_leaves_the_address_bar(show: Open, server: Server) -> None:
    """Nobody who looks over a shoulder, or at a shared screen, can read it there."""
    shown = show(server.address)
    expect(shown.page.locator("#begin")).to_be_visible()
    assert "#" not in shown.page.url
