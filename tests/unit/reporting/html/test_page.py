"""The whole page: numbers are the plan's, order is kept, nothing is loaded, all can read it."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import planner
from planner import _api
from planner.domain.vocabulary import Verdict
from planner.reporting.document import plain
from planner.reporting.figures.report_pictures import FAN_SIZE, draw_fan
from planner.reporting.headline import evidence_text, not_included
from planner.reporting.html.assemble import HtmlReport, stored_results
from planner.reporting.sections.evidence import FanView, go_limits
from planner.reporting.sections.outlook import changes_of
from planner.reporting.words import findings
from planner.reporting.words import report as words

ROOT = Path(__file__).parents[4]
EXAMPLES = {
    "retail": "01_retail_shelves",
    "figure2": "02_figure2",
    "grant": "03_small_grant",
}
DATE = "2026-11-21"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=1+1",
    "{{ 7 * 7 }}",
    "$x^2$ & &amp;",
    "👩‍🔬 shelf",
    "\u202eمشروع\u202c الرف",
    "x" * 300,
)
MADE = [("retail", "board"), ("figure2", "board"), ("grant", "grant"), ("retail", "tech")]
ORDER = [
    words.DECISION,
    words.RISK,
    words.EVIDENCE,
    words.TORNADO,
    words.FRONTIER,
    words.RULES,
    words.EXCLUDED,
    words.REGISTER,
    words.AUDIT,
    words.ASSUMPTIONS,
    words.MANIFEST,
]
VOID = {"meta", "link", "br", "img", "input"}


@cache
def made(example: str, style: str = "board") -> HtmlReport:
    portfolio = planner.read_portfolio(ROOT / "examples" / EXAMPLES[example] / "portfolio.yaml")
    return _api.report(portfolio, planner.load_model(), style=style, date=DATE)


def project(name: str, **other: Any) -> planner.Project:
    settled = {
        "classes": 4,
        "target_error": 0.1,
        "images": {"held": 2000, "limit": 20_000, "price": 0.1},
        "architectures": ("EfficientNet-B0",),
        "value": 20_000.0,
        **other,
    }
    return planner.Project(id=name, **settled)


@cache
def hostile() -> HtmlReport:
    portfolio = planner.Portfolio(
        name=HOSTILE[0],
        budget=3_000.0,
        projects=tuple(project(name) for name in HOSTILE),
    )
    return _api.report(portfolio, planner.load_model("published"), date=DATE, command=HOSTILE[1])


class Page(HTMLParser):
    """Elements in order, with their attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []
        self.feed(text)
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {"tag": tag, "text": "", **dict(attrs), "inside": [e["tag"] for e in self._open]}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element["text"] += data

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [element for element in self.elements if element["tag"] in tags]


def numbers(page: Page) -> Iterator[dict[str, Any]]:
    return (element for element in page.all("span") if element.get("class") == "n")


def at(data: Any, key: str) -> Any:
    """Return what stands at a path such as ``decisions[0].cost.total``."""
    for part in re.findall(r"[^.\[\]]+", key):
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def printed(text: str) -> tuple[float, float]:
    """Return the number that a text says, and the size of its last digit."""
    found = re.search(
        r"([−-]?[\d,]+(?:\.(\d+))?)(e[−+-]?\d+)?\s*(%|million|billion|trillion)?", text
    )
    assert found, text
    scale = {"%": 0.01, "million": 1e6, "billion": 1e9, "trillion": 1e12}.get(found[4] or "", 1.0)
    digits = float((found[1] + (found[3] or "")).replace(",", "").replace("−", "-"))
    return digits * scale, 10.0 ** -len(found[2] or "") * scale


@pytest.mark.parametrize(("example", "style"), MADE)
def test_every_number_equals_the_number_of_the_plan_after_rounding(
    example: str, style: str
) -> None:
    """A number with a path holds the JSON's number, and its text is that number rounded."""
    report = made(example, style)
    data = json.loads(report.plan.to_json())
    found = list(numbers(Page(report.html)))
    keyed = [number for number in found if "data-key" in number]
    assert len(keyed) >= 8
    for number in keyed:
        assert float(number["data-value"]) == at(data, number["data-key"]), number
    for number in found:
        if number["data-value"] and number["text"][0] not in "<>":
            value, last = printed(number["text"])
            exact = float(number["data-value"])
            three_digits = 0.006 * abs(exact)  # 2.02 billion, 7.12 %
            assert abs(value - exact) <= max(1.001 * last, three_digits), number


def test_the_plan_of_a_report_is_the_plan() -> None:
    """Reporting changes nothing: the same bytes of JSON as planning alone."""
    portfolio = planner.read_portfolio(ROOT / "examples" / EXAMPLES["grant"] / "portfolio.yaml")
    alone = planner.plan(portfolio, planner.load_model())
    assert made("grant", "grant").plan.to_json() == alone.to_json()


def test_the_same_inputs_and_date_give_the_same_bytes() -> None:
    """Nothing but the date comes from a clock, and nothing from a random number."""
    portfolio = planner.Portfolio(budget=2_000.0, projects=(project("a"), project("b")))
    model = planner.load_model("published")
    one, other = (_api.report(portfolio, model, date=DATE, style="grant").html for _ in range(2))
    assert one == other
    assert DATE in one
    assert "1999-01-02" in _api.report(portfolio, model, date="1999-01-02").html


@pytest.mark.parametrize(("example", "style"), [("retail", "board"), ("grant", "grant")])
def test_sections_stand_in_the_promised_order(example: str, style: str) -> None:
    """The decision comes first; then risk, evidence, alternatives, rules, register, audit."""
    titles = [element["text"] for element in Page(made(example, style).html).all("h2")]
    assert [title for title in titles if title in ORDER] == ORDER
    assert titles[0] == words.DECISION


def test_a_grant_report_justifies_each_sample_size_with_citations() -> None:
    """Methods name the model, each project's images and the sources."""
    text = Page(made("grant", "grant").html).all("main")[0]["text"]
    assert words.METHODS in text
    for decision in made("grant", "grant").plan.decisions:
        assert f"{decision.project}: {decision.images_total:,} labelled images" in text
    assert "AAAI/IAAI 2024" in text


def test_a_technical_report_shows_the_checks_of_the_model() -> None:
    """Posterior predictive check, LOO-PIT, R-hat and effective sample sizes stand in it."""
    text = Page(made("retail", "tech").html).all("main")[0]["text"]
    for word in ("posterior predictive", "LOO-PIT", "R-hat", "bulk ESS", "tau_a"):
        assert word in text


def test_diagnostics_of_other_draws_are_not_shown() -> None:
    """What was checked must be what forecasts."""
    model = replace(planner.load_model(), sha256="0" * 64)
    assert stored_results(model) == ({}, {})


@pytest.mark.parametrize(("example", "style"), MADE)
def test_a_page_needs_nothing_but_itself(example: str, style: str) -> None:
    """No script, no file, no address: what the browser needs stands in the page, below 2 MB."""
    text = made(example, style).html
    page = Page(text)
    assert len(text.encode()) < 2_000_000
    assert not page.all("script", "img", "iframe", "object", "embed", "base", "form")
    for element in page.elements:
        assert not {"src", "srcset", "action", "data", "onclick", "onload"} & set(element)
        for name in ("href", "xlink:href"):
            assert (element.get(name) or "#").startswith(("#", "data:,"))
    assert all(found.startswith("#") for found in re.findall(r"url\(([^)]*)", text))
    assert "@import" not in text
    assert "@font-face" not in text


@pytest.mark.parametrize(("example", "style"), MADE)
def test_a_page_can_be_read_without_seeing_it(example: str, style: str) -> None:
    """Headings in order, tables with captions and scopes, pictures with words, unique ids."""
    page = Page(made(example, style).html)
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("title")[0]["text"].strip()
    levels = [int(element["tag"][1]) for element in page.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    ids = [element["id"] for element in page.elements if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for reference in (element.get("aria-labelledby") or "").split():
            assert reference in ids
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(cell.get("scope") in {"col", "row"} for cell in page.all("th"))
    svgs = page.all("svg")
    assert svgs
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in svgs)


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(palette: int) -> None:
    """Every colour of text has a contrast of at least 4.5 on every ground it stands on."""
    text = made("retail").html
    block = re.findall(r":root \{([^}]*)\}", text)[palette]
    named = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block))
    for ground in ("ground", "soft", "warm"):
        for ink in ("ink", "muted", "good", "fair", "poor", "link"):
            shades = (luminance(named[ground]), luminance(named[ink]))
            bright, dark = max(shades), min(shades)
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_hostile_names_are_text_everywhere() -> None:
    """Markup, templates, formulas, emoji, 300 letters and right-to-left stay what was written."""
    report = hostile()
    page = Page(report.html)
    tame = {element["tag"] for element in Page(made("retail").html).elements}
    assert {element["tag"] for element in page.elements} <= tame
    assert not any(name.startswith("on") for element in page.elements for name in element)
    isolated = [element["text"] for element in page.all("bdi")]
    for name in HOSTILE:
        assert name in isolated
    assert "49" not in page.all("h1")[0]["text"]


def test_an_infeasible_portfolio_gives_a_page_that_says_what_to_change() -> None:
    """No plan is an answer: the conflict and the fixes stand first, and no curve is drawn."""
    portfolio = planner.Portfolio(
        name="Too little",
        budget=5.0,
        projects=(project("a", min_chance=0.9), project("b")),
        rules=({"fund": ["a"]},),  # type: ignore[arg-type]
    )
    report = _api.report(portfolio, planner.load_model("published"), date=DATE)
    page = Page(report.html)
    text = page.all("section")[0]["text"]
    assert report.plan.status == "infeasible"
    assert all(rule in text for rule in report.plan.conflict)
    assert all(fix.text in text for fix in report.plan.fixes)
    assert not page.all("svg")


PRINTED_MM = {"wide": 89.0, "one": 89.0, "small": 188 / 5 - 2.4}
"""How wide a picture is on A4, by its kind; from ``print.css``."""


@pytest.mark.parametrize(("example", "style"), MADE)
def test_no_letter_of_a_picture_is_smaller_than_seven_points_on_paper(
    example: str, style: str
) -> None:
    """What is drawn in so many inches is printed at least so wide."""
    blocks = re.findall(
        r'<div class="pictures (\w+)">(.*?)</div>', made(example, style).html, flags=re.DOTALL
    )
    seen = 0
    for kind, block in blocks:
        for width, drawn in re.findall(r'viewBox="0 0 ([\d.]+) .*?>(.*?)</svg>', block, re.DOTALL):
            scale = min(1.0, PRINTED_MM[kind] / 25.4 * 72 / float(width))
            sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", drawn)]
            seen += len(sizes)
            if kind != "one" or float(width) < 300:  # the waterfall is not printed
                assert not sizes or min(sizes) * scale >= 6.995, (kind, min(sizes), scale)
    assert seen > 10
    css = (ROOT / "planner/reporting/html/templates/print.css").read_text(encoding="utf-8")
    assert min(float(size) for size in re.findall(r"font-size: ([\d.]+)pt", css)) >= 7


def test_the_error_that_makes_a_pilot_go_stands_in_its_curve() -> None:
    """A bar at the run's images and the largest error, and its sign in the key."""
    report = made("retail")
    (waiting,) = (item for item in report.plan.decisions if item.pilot is not None)
    run = waiting.pilot
    assert run is not None
    assert go_limits(waiting) == [(run.images, run.go_if_error_at_most)]
    place = report.plan.decisions.index(waiting)
    figure = Figure(figsize=FAN_SIZE)
    draw_fan(figure, FanView(report.material, place).fan())
    marked = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in figure.axes[0].lines]  # type: ignore[index]
    assert (float(run.images), run.go_if_error_at_most) in marked
    assert dict(words.KEY_ITEMS)["go"] in report.html
    assert dict(words.KEY_ITEMS)["pilot"] not in report.html  # none was measured


def test_the_step_from_what_is_held_begins_at_the_chance_of_training_on_that() -> None:
    """It ends at the plan's chance; what trains on what is held stays where it is."""
    report = made("retail")
    changes = {one.name: one for one in changes_of(report.material)}
    funded = [one for one in report.plan.decisions if one.verdict is not Verdict.NO_GO]
    assert set(changes) == {one.project for one in funded}
    stayed = 0
    for decision in funded:
        change = changes[decision.project]
        forecast = report.material.forecasts[decision.project]
        held = forecast.project.images.held
        errors = forecast.error_draws([held], decision.architecture)[forecast.solve_rows, 0]
        assert change.before == np.mean(errors <= forecast.project.error_target)
        assert change.after == decision.chance_of_target
        if decision.images_total == held:
            stayed += 1
            assert change.before == change.after
    assert stayed
    assert findings.CHANGE_KEY in report.html


def test_what_one_signs_by_stands_above_the_table() -> None:
    """Sum, release, worth, evidence and what is not included are read without scrolling."""
    report = made("retail")
    section = report.html.split('<section id="decision"', 1)[1]
    above = re.sub(r"<[^>]*>", "", section.split("<table", 1)[0])
    for told in (
        words.TILE_APPROVE,
        words.TILE_NOW,
        words.TILE_AFTER,
        words.TILE_WORTH,
        plain(evidence_text(report.plan)).strip(),
        not_included(report.plan),
    ):
        assert told in " ".join(above.split()), told


def test_many_projects_show_the_first_by_verdict_and_worth_and_list_all() -> None:
    """Forty have a row, fifteen a picture; the list that is linked and printed holds every one."""
    portfolio = planner.Portfolio(
        budget=20_000.0,
        projects=tuple(
            project(f"p{index:02d}", value=3_000.0 * (index + 1)) for index in range(42)
        ),
    )
    report = _api.report(portfolio, planner.load_model("published"), date=DATE)
    page = Page(report.html)
    decisions = report.plan.decisions
    fans = [svg for svg in page.all("svg") if svg["aria-labelledby"].startswith("fan-")]
    assert len(fans) == 15
    assert any(link["href"] == "#all-projects" for link in page.all("a"))
    everyone = next(item for item in page.all("details") if item.get("id") == "all-projects")
    assert all(f"p{index:02d}" in everyone["text"] for index in range(42))
    assert "printed" in everyone["class"]
    shown = [int(svg["aria-labelledby"].split("-")[1].removesuffix("-t")) for svg in fans]
    order = [(list(Verdict).index(d.verdict), -(d.held_out_net_value or 0.0)) for d in decisions]
    assert [order[at] for at in shown] == sorted(order)[:15]


def test_a_plan_that_funds_nothing_says_so() -> None:
    """The sentence that leads is about money that stays, and no S-curve is drawn."""
    page = Page(made("figure2").html)
    assert "Fund none of 1 project" in page.all("section")[0]["text"]
    assert not [svg for svg in page.all("svg") if svg["aria-labelledby"].startswith("s-")]


def test_shares_of_a_shared_asset_add_up_on_the_page() -> None:
    """The amortisation table shows each payer's share; they sum to the cost to the cent."""
    shared = {"id": "photos", "kind": "dataset", "members": ("a", "b"), "fixed_cost": 100.01}
    portfolio = planner.Portfolio(
        budget=3_000.0,
        projects=(project("a"), project("b")),
        shared=(shared,),  # type: ignore[arg-type]
    )
    report = _api.report(portfolio, planner.load_model("published"), date=DATE)
    page = Page(report.html)
    keyed = {number.get("data-key"): float(number["data-value"]) for number in numbers(page)}
    paid = [value for key, value in keyed.items() if key and key.startswith("shared[0].shares.")]
    assert len(paid) == 2
    assert round(100 * sum(paid)) == round(100 * keyed["shared[0].cost"]) == 10_001


def test_an_unknown_style_is_refused() -> None:
    """The message names the styles there are."""
    portfolio = planner.Portfolio(budget=1.0, projects=(project("a"),))
    with pytest.raises(planner.InputError, match="board, grant, tech"):
        _api.report(portfolio, planner.load_model("published"), style="poster")


def test_the_folder_is_the_verb() -> None:
    """``planner.report`` answers a call, whatever was imported before."""
    portfolio = planner.Portfolio(budget=2_000.0, projects=(project("a"),))
    model = planner.load_model("published")
    assert planner.report(portfolio, model, date=DATE).html == (
        _api.report(portfolio, model, date=DATE).html
    )
