"""Before and after fit a screen, whatever the numbers are."""

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from planner.domain.results.risk import Quantiles
from planner.questions.estimate.estimate import DataNeeded, Spread
from planner.questions.observe.observe import Observation, Outlook, ProjectObservation
from planner.reporting.terminal.observe import render_observation

NARROW = Outlook(
    DataNeeded(134_000.0, 184_000.0, 352_000.0, 0.0),
    0.59,
    Spread(0.021, 0.034, 0.051),
    Quantiles(mean=4e4, p10=1.2e4, p50=3e4, p80=5e4, p90=6e4, cvar90=7e4),
)
WIDE = Outlook(
    DataNeeded(912.0, 200_000.0, 1.3e8, 0.12), 0.5, Spread(0.001, 0.04, 0.5), NARROW.cost
)
NEVER = replace(WIDE, data_needed=DataNeeded(9.9996e11, None, None, 0.6))


PROJECT = ProjectObservation("shelf", "ResNet-50", 0.06, 200_000, 2, 3, WIDE, NARROW)


def text(project: ProjectObservation) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=80)
    for block in render_observation(Observation({"name": "x"}, 0, "USD", (project,), ())):
        console.print(block)
    return stream.getvalue()


def test_before_and_after_stand_side_by_side() -> None:
    """Each quantity on a line of its own, with what it was and what it is."""
    lines = [" ".join(line.split()) for line in text(PROJECT).splitlines()]
    assert lines[0] == "shelf: 2 runs added, 3 in all · target error 6 % · ResNet-50"
    assert "images needed 912 / 200,000 / 130M → 134,000 / 184,000 / 352,000" in lines
    assert "P90 over P10 142,544 → 2.6" in lines
    assert "never reached 12 % → 0 %" in lines
    assert "chance at 200,000 50 % → 59 %" in lines
    assert "error at 200,000 0.1 / 4 / 50 % → 2.1 / 3.4 / 5.1 %" in lines
    assert "total, USD 12,000 / 30,000 / 60,000 → 12,000 / 30,000 / 60,000" in lines


def test_a_range_without_an_end_says_so() -> None:
    """Never is a word, not a number."""
    shown = text(replace(PROJECT, after=NEVER))
    assert "1T / never / never" in shown
    assert "no end" in shown


def test_a_range_that_stays_wide_is_called_what_it_is() -> None:
    """Above a factor of 100 only the order of magnitude is known; below, nothing is said."""
    assert "order of magnitude only" in text(replace(PROJECT, after=WIDE))
    assert "order of magnitude only" in text(replace(PROJECT, after=NEVER))
    assert "order of magnitude" not in text(PROJECT)


@pytest.mark.parametrize("outlook", [WIDE, NARROW, NEVER])
def test_eighty_columns_are_enough(outlook: Outlook) -> None:
    """Also for long names, for millions and for yen."""
    big = Quantiles(mean=9e12, p10=8.88e11, p50=9.99e12, p80=9.9e12, p90=9.99e15, cvar90=9e12)
    outlook = replace(outlook, cost=big)
    shown = text(
        replace(
            PROJECT,
            id="x" * 300,
            architecture="y" * 80,
            images_limit=999_999_999,
            before=outlook,
            after=outlook,
        )
    )
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    assert all(line.strip() for line in shown.splitlines())
