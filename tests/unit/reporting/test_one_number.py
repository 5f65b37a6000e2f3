"""One number, one story: whoever signs reads the same worth and the same sum everywhere."""

import io
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

import planner
from planner import _api
from planner.domain.format import money, percent
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Verdict
from planner.reference.tables import load_catalogue
from planner.reporting.headline import approval
from planner.reporting.terminal.plan import count_warnings, render_plan
from planner.reporting.xlsx.results import results_bytes

EXAMPLES = Path(__file__).parents[3] / "examples"
FOLDERS = [
    "01_retail_shelves",
    pytest.param("04_grocery_chain", marks=pytest.mark.slow),
]


@cache
def planned(folder: str) -> tuple[Portfolio, Plan, str]:
    portfolio = planner.read_portfolio(EXAMPLES / folder / "portfolio.yaml")
    made = _api.report(portfolio, planner.load_model(), date="2026-11-27")
    return portfolio, made.plan, made.html


class _Part(HTMLParser):
    """The text of one section."""

    def __init__(self, html: str, anchor: str) -> None:
        super().__init__()
        self.text, self._anchor, self._inside = "", anchor, False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._inside = dict(attrs).get("id") == self._anchor

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "section"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data + " "


def part(html: str, anchor: str) -> str:
    return re.sub(r" ([:.,;])", r"\1", re.sub(r"\s+", " ", _Part(html, anchor).text))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def on_screen(plan: Plan, *, verbose: bool = False) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    for block in render_plan(plan, file="p.yaml", verbose=verbose):
        console.print(block)
    return console.export_text()


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_finance_lead_finds_six_answers_on_the_first_screen(folder: str) -> None:
    """What now, what after which result, which sum, how likely too little, what not, what worth."""
    _, plan, html = planned(folder)
    cents = dict.fromkeys((False, True), 0)
    cautious = folder.startswith("04")  # runs are looked at by expected worth alone
    assert (plan.measure_first is None) == cautious
    runs = plan.measure_first
    chosen = {run.project for run in runs.pilots} if runs else set()
    for item in plan.decisions:
        waits = item.verdict is Verdict.PILOT or item.project in chosen
        cents[waits] += round(100 * item.cost.total)
    assert plan.risk is not None
    assert plan.audit is not None
    asked = (runs.price if runs else 0.0) + plan.budget.limit + plan.risk.reserve_p80
    short = 0.2 if plan.risk.reserve_p80 > 0 else plan.risk.chance_over_budget
    first = part(html, "decision")
    for answer in (
        f"Release now {money(cents[False] / 100, 'USD')}",
        f"Release after a first run {money(cents[True] / 100, 'USD')}",
        f"Measure first, for {money(runs.price, 'USD')}: " if runs else "",
        f"{money(runs.gain, 'USD')} to the worth" if runs else "",
        f"Approve {money(asked, 'USD')}",
        f"not enough in {percent(short)} of outcomes",
        "Not included: ",
        f"Worth to quote {money(plan.audit.held_out_value, 'USD')}",
    ):
        assert answer in first


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_worth_on_every_first_screen_is_the_same(folder: str) -> None:
    """Report, terminal, notebook and workbook lead with one number; another is named apart."""
    portfolio, plan, html = planned(folder)
    assert plan.audit is not None
    quoted, other = (
        money(value, "USD") for value in (plan.audit.held_out_value, plan.audit.in_sample_value)
    )
    assert quoted != other
    for text in (part(html, "decision"), on_screen(plan), plan._repr_html_()):
        assert quoted in flat(text)
        assert other not in flat(text)
    book = openpyxl.load_workbook(io.BytesIO(results_bytes(plan, portfolio, load_catalogue())))
    amounts = [row[1].value for row in book["Summary"].iter_rows(min_row=4)]
    assert amounts.index(plan.audit.held_out_value) < amounts.index(plan.audit.in_sample_value)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_figure_that_looks_like_the_worth_is_named_in_the_audit(folder: str) -> None:
    """One table says what each is and how far it lies from the number to quote."""
    _, plan, html = planned(folder)
    audit = part(html, "audit")
    assert plan.audit is not None
    assert plan.risk is not None
    assert plan.objective is not None
    for value in (
        plan.audit.held_out_value,
        plan.audit.in_sample_value,
        plan.objective.bound,
        plan.risk.net_value.mean,
        plan.risk.net_value.p50,
    ):
        assert money(value) in audit


def project(name: str, **images: object) -> planner.Project:
    return planner.Project(
        id=name,
        classes=4,
        target_error=0.1,
        images={"held": 2_000, "limit": 20_000, "price": 0.1, **images},  # type: ignore[arg-type]
        architectures=("ResNet-50",),
        value=20_000.0,
    )


def test_what_projects_are_worth_on_the_page_adds_up_to_the_headline() -> None:
    """Rows of projects, of what is bought together and of caution end at the worth to quote."""
    shared = {"id": "photos", "kind": "dataset", "members": ("a", "b"), "fixed_cost": 100.01}
    portfolio = planner.Portfolio(
        budget=3_000.0,
        projects=(project("a"), project("b")),
        shared=(shared,),  # type: ignore[arg-type]
        risk={"measure": "cvar", "weight": 0.5},  # type: ignore[arg-type]
    )
    made = _api.report(portfolio, planner.load_model("published"), date="2026-11-27")
    table = made.html.partition("<tbody>")[2].partition("</table>")[0]
    last = [
        float(row.rpartition('data-value="')[2].partition('"')[0])
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    assert len(last) == 5
    assert sum(last[:-1]) == pytest.approx(last[-1], abs=0.005)
    assert last[-1] == made.plan.worth
    assert last[2] == pytest.approx(-100.01)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_plan_is_its_table_and_twelve_lines(folder: str) -> None:
    """The rest stands behind -v."""
    plan = planned(folder)[1]
    shown = on_screen(plan)
    below = shown.partition("\nTotal ")[2].splitlines()[1:]
    assert 5 <= len(below) <= 12
    assert all(len(line.rstrip()) <= 80 for line in shown.splitlines())
    assert plan.decisions[0].why not in flat(shown)
    assert plan.decisions[0].why in flat(on_screen(plan, verbose=True))


def test_warnings_are_counted_and_each_kind_is_named_once_with_its_projects() -> None:
    """One paragraph; each names whom it is about."""
    plan = planned("01_retail_shelves")[1]
    (text,) = count_warnings(plan.warnings)
    said = flat(text.plain)
    assert said.startswith(f"! {len(plan.warnings)} warnings: ")
    assert all(said.count(code) == 1 for code in {item.code for item in plan.warnings})
    assert "(shelf-gaps)" in said


def test_the_sum_to_approve_is_budget_and_reserve() -> None:
    """Where prices are ranges and the budget is tight, the reserve is part of it."""
    portfolio = planner.Portfolio(
        budget=400.0, projects=(project("a", held=200, price="0.1..0.3"),)
    )
    plan = planner.plan(portfolio, planner.load_model("published"))
    assert plan.risk is not None
    asked = approval(plan)
    assert asked.reserve == plan.risk.reserve_p80 > 0
    runs = 0.0 if plan.measure_first is None else plan.measure_first.price
    assert asked.total == runs + 400.0 + plan.risk.reserve_p80
    shown = flat(on_screen(plan))
    assert f"Approve {money(asked.total, 'USD')}, that is " in shown
    assert f"400 as the budget and {money(asked.reserve)} as a reserve" in shown
    assert "not enough in 20 % of outcomes" in shown
