"""Sixty seconds: what a finance lead asks is answered before anything is opened, as JSON has it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import planner

EXAMPLES = Path(__file__).parents[4] / "examples"
NAMES = [
    pytest.param("01_retail_shelves", marks=pytest.mark.slow),
    pytest.param("04_grocery_chain", marks=pytest.mark.slow),
    "11_screening_clinic",
]
NOW, AFTER, LIMIT = "Release now, USD", "After a first run, USD", "at an error ≤"
VALUE = re.compile(r'data-value="([^"]*)"')


@cache
def first_screen(name: str) -> tuple[str, dict[str, Any]]:
    """Return the first section of a report as HTML, and the plan as ``--json`` prints it."""
    portfolio = planner.read_portfolio(EXAMPLES / name / "portfolio.yaml")
    made = planner.report(portfolio, planner.load_model(), date="2027-01-01")
    begin = made.html.index('<section id="decision"')
    end = made.html.index("<section", begin + 1)
    return made.html[begin:end], json.loads(made.plan.to_json())


def cell(row: str, label: str) -> float | None:
    """Return the number in a cell of a row, None where there is none."""
    found = re.search(rf'data-label="{re.escape(label)}">(.*?)</td>', row)
    value = VALUE.search(found[1]) if found else None
    return None if value is None else float(value[1])


def rows(html: str) -> dict[str, str]:
    """Return the row of each project."""
    return dict(re.findall(r'<tr[^>]*><th scope="row"><bdi>(.*?)</bdi></th>(.*?)</tr>', html))


def tile(html: str, label: str) -> float:
    """Return the number of a tile."""
    return float(re.findall(rf"<dt>{label}</dt>.*?{VALUE.pattern}", html)[0])


@pytest.mark.parametrize("name", NAMES)
def test_what_to_release_now_and_what_after_which_result(name: str) -> None:
    """Money that waits for a run says up to which error of it, wherever a result decides."""
    html, plan = first_screen(name)
    runs = {run["project"]: run for run in plan.get("measure_first", {}).get("pilots", ())}
    table, sums = rows(html), {True: 0.0, False: 0.0}
    assert set(table) == {decision["project"] for decision in plan["decisions"]}
    for decision in plan["decisions"]:
        row = table[decision["project"]]
        run = decision.get("pilot") or runs.get(decision["project"])
        waits = decision["verdict"] == "PILOT" or decision["project"] in runs
        spend = None if decision["verdict"] == "NO-GO" else decision["cost"]["total"]
        assert cell(row, NOW) == (None if waits else spend)
        assert cell(row, AFTER) == (spend if waits else None)
        limit = None if run is None else run["go_if_error_at_most"]
        assert cell(row, LIMIT) == (limit if waits and spend is not None else None)
        sums[waits] += spend or 0.0
    assert tile(html, "Release now") == pytest.approx(sums[False])
    assert tile(html, "Release after a first run") == pytest.approx(sums[True])
    now = html.split("<dt>Release now</dt>")[1].split("</div>")[0]
    assert ("for first runs" in now) == bool(runs)


@pytest.mark.parametrize("name", NAMES)
def test_which_sum_to_approve_and_how_likely_it_is_not_enough(name: str) -> None:
    """Runs, budget and reserve; with a reserve the chance is a fifth, else that of the plan."""
    html, plan = first_screen(name)
    risk, runs = plan["risk"], plan.get("measure_first", {}).get("price", 0.0)
    total = plan["budget"]["limit"] + risk["reserve_p80"] + runs
    assert tile(html, "Sum to approve") == pytest.approx(total)
    short = 0.2 if risk["reserve_p80"] > 0 else risk["chance_over_budget"]
    lead = html[html.index('class="lead"') : html.index('class="tiles"')]
    assert float(VALUE.findall(lead)[-1]) == pytest.approx(short)
    assert "not enough in" in lead


@pytest.mark.parametrize("name", NAMES)
def test_which_worth_may_be_quoted_and_what_it_leaves_out(name: str) -> None:
    """The held-out one, with its range, and the names of what is not counted."""
    html, plan = first_screen(name)
    assert tile(html, "Worth to quote") == plan["audit"]["held_out_value"]
    for end in ("p10", "p90"):
        assert f'data-key="risk.net_value.{end}"' in html
    assert re.search(r"Not included: \w+", html)


@pytest.mark.slow
def test_runs_that_the_sum_does_not_hold_say_what_they_cost() -> None:
    """Under a measure of risk no set is chosen: the runs of PILOT projects stand beside the sum."""
    html, plan = first_screen("04_grocery_chain")
    prices = [one["pilot"]["price"] for one in plan["decisions"] if one.get("pilot")]
    assert len(prices) > 5
    said = re.search(rf"Their runs cost <[^>]*{VALUE.pattern}", html)
    assert said is not None
    assert float(said[1]) == pytest.approx(sum(prices))
    assert "planner pilots does" in html
    assert html.count("makes it GO at an error of at most") == len(prices)
    pilots = (one for one in plan["decisions"] if one["verdict"] == "PILOT")
    none = {one["project"] for one in pilots if not one.get("pilot")}
    named = re.search(r"No run of (.*?) costs less than what is spent there", html)
    assert named is not None
    assert set(re.findall(r"<bdi>(.*?)</bdi>", named[1])) == none
