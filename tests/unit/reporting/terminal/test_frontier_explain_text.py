"""Frontiers, explanations and tornados in words and pictures."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from planner.domain.facts.alternatives import AddedBudget, Standby
from planner.domain.facts.decisions import Likely, Skipped
from planner.domain.facts.explanation import Account, Firmness, Lever, Turn
from planner.domain.results.explanation import Explanation, Flip, RunnerUp, Tornado, TornadoBar
from planner.domain.results.frontier import Frontier, FrontierPoint, NextStep
from planner.domain.vocabulary import Objective, Verdict
from planner.reporting.figures.files import figure_bytes
from planner.reporting.figures.frontier import draw_frontier
from planner.reporting.figures.tornado import draw_tornado
from planner.reporting.terminal.explain import render_explanation
from planner.reporting.terminal.frontier import render_frontier, shadow_price_sentence

POINT = FrontierPoint(1e6, 0.0, 9e5, 2.5e6, 2.6e6, 2.4e6, 1e5, 3.2, 0.123, ("a", "b"), 1.8)
FRONTIER = Frontier(
    axis="budget",
    portfolio="A portfolio with a name that is far too long for its place",
    currency="USD",
    objective=Objective.NET_VALUE,
    level=0.9,
    model={"name": "published", "sha256": "0"},
    seed=0,
    inputs_sha256="",
    points=(replace(POINT, budget=0.0, funded=(), shadow_price=0.0), POINT),
    you_are_here=1e6,
    next_step=NextStep(
        AddedBudget(
            amount=1e4,
            changes=(),
            spend=0.0,
            gain=5.0,
            objective=Objective.NET_VALUE,
            is_measured=False,
            has_periods=False,
            currency="USD",
        )
    ),
)
TORNADO = Tornado(
    100.0,
    "USD",
    (
        TornadoBar("label price of $helf", 0.1, 0.4, "per image", 160.0, 40.0),
        TornadoBar("own luck of $helf", 0.05, 0.2, "error at 1,000 images", 130.0, 80.0),
    ),
)
TURN = Turn(
    lever=Lever.VALUE,
    now=10.0,
    at=5.0,
    limit=0.0,
    is_funded=True,
    goes_on=True,
    currency="USD",
)
EXPLANATION = Explanation(
    portfolio="P",
    currency="USD",
    model={"name": "published", "sha256": "0"},
    seed=0,
    inputs_sha256="",
    project="shelf",
    verdict=Verdict.GO,
    account=Account(
        reason=Skipped("skip shelf"),
        is_ruled=False,
        levers=(Lever.VALUE,),
        was_tried=True,
        core_index=0.93,
        firmness=Firmness.CORE,
        bounds=(0.9, 0.1),
        is_solved=True,
        currency="USD",
    ),
    flips=(Flip("value", 10.0, 5.0, (0.0, 10.0), TURN),),
    runner_up=RunnerUp(
        Standby(
            architecture="ResNet-50",
            images=10,
            start=None,
            cost=1.0,
            likely=Likely(0.5, (), 0),
            lacks=2.0,
            is_funded=True,
            objective=Objective.NET_VALUE,
            currency="USD",
        )
    ),
    binding=("budget",),
    core_index=0.93,
    standing="core",
    tornado=TORNADO,
)


def shown(blocks: object) -> str:
    console = Console(width=80, file=StringIO())
    for block in blocks:  # type: ignore[attr-defined]
        console.print(block)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("axis", ["budget", "risk"])
@pytest.mark.parametrize("objective", list(Objective))
def test_frontiers_fit_a_page_whatever_they_count(axis: str, objective: Objective) -> None:
    """No line is longer than 80 characters and no number is cut, up to 1e15."""
    huge = replace(POINT, budget=1e15, committed=1e15, value=1e15, mean=-1e15, cvar=-1e15)
    points = (*FRONTIER.points, huge)
    if objective is Objective.TARGETS_MET:
        points = tuple(replace(one, value=12.0, mean=11.0, cvar=1.5) for one in points)
    found = replace(FRONTIER, axis=axis, objective=objective, points=points)
    text = shown(render_frontier(found))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "…" not in "".join(line for line in text.splitlines()[1:])


def test_the_shadow_price_is_said_with_unit_and_sign() -> None:
    """And 0 is explained; targets count by the thousand."""
    assert "one more USD of budget adds about USD 1.8" in shadow_price_sentence(FRONTIER)
    slack = replace(FRONTIER, points=(replace(POINT, shadow_price=0.0),))
    assert "does not bind" in shadow_price_sentence(slack)
    targets = replace(FRONTIER, objective=Objective.TARGETS_MET)
    assert "another USD 1,000 of budget adds about 1,800" in shadow_price_sentence(targets)
    assert shadow_price_sentence(replace(FRONTIER, you_are_here=None)) == ""


def test_an_explanation_says_everything_it_holds() -> None:
    """Text, flips, runner-up, binding, core index, bars with their inputs."""
    text = shown(render_explanation(EXPLANATION))
    for words in (
        "Not funded: skip shelf.",
        "drops out from USD 5",
        "Runner-up",
        "Binding: budget",
        "93 %",
    ):
        assert words in text
    assert "20 %" in text
    assert "160" in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 79


def test_a_tornado_without_bars_says_so() -> None:
    """Nothing can be told from no effect."""
    none = replace(EXPLANATION, tornado=replace(TORNADO, bars=()))
    assert "No uncertain input" in shown(render_explanation(none))


def test_figures_take_any_name_and_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    """A dollar sign is no mathematics."""
    written = []
    for run in ("one", "two"):
        figures = (
            draw_tornado(TORNADO, currency="USD", title="$helf $"),
            draw_frontier(FRONTIER),
            draw_frontier(replace(FRONTIER, axis="risk")),
        )
        paths = [tmp_path / f"{run}{number}.svg" for number in range(len(figures))]
        for figure, path in zip(figures, paths, strict=True):
            path.write_bytes(figure_bytes(figure))
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]
