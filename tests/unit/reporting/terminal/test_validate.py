"""Scores of forecasts, as text."""

import pytest
from rich.console import Console

from planner.domain.results.validation import (
    PilotMode,
    StoredScores,
    Table2Case,
    Table2Test,
    ValidationReport,
)
from planner.domain.vocabulary import Backbone
from planner.reporting.terminal.validate import render_validation
from planner.testing import synthetic_posterior
from planner.validation.curve_file import Curve, CurveFile
from planner.validation.curves import curve_test

SIZES = (10, 20, 40, 400, 800)
FELL = Curve("fell", SIZES, (0.5, 0.45, 0.4, 0.3, 0.25), n_classes=10)
FROZEN = Curve("frozen", SIZES[3:], (0.3, 0.25), n_classes=10, backbone=Backbone.FROZEN)


def text_of(*curves: Curve, modes: tuple[PilotMode, ...]) -> str:
    """Return what is printed on a terminal of 80 columns."""
    file = CurveFile("curves.csv", "0" * 64, curves, ())
    case = Table2Case(1, "client", 1000, 0.5, 0.1, 0.1, 0.0, (), "")
    report = ValidationReport(
        model="synthetic",
        model_sha256="0" * 64,
        seed=0,
        table2=Table2Test((case,), {}, 0.0, 1, 1.0, 0.2, ()),
        left_out=StoredScores(None, (), "planner validate --refit"),
        curves=curve_test(file, synthetic_posterior(), pilots=modes),
    )
    console = Console(width=80, no_color=True)
    with console.capture() as captured:
        for block in render_validation(report):
            console.print(block)
    return captured.get()


@pytest.mark.parametrize("mode", list(PilotMode))
def test_every_mode_fits_a_terminal(mode: PilotMode) -> None:
    """Eighty columns, no model's name broken over two lines, and a sentence on D*."""
    text = text_of(FELL, FROZEN, modes=(mode,))
    assert max(map(len, text.splitlines())) <= 80
    rival = "Eq. 1 plug-in" if mode is PilotMode.NONE else "anchored slope"
    assert any(line.strip().startswith(rival) for line in text.splitlines())
    assert "D*: images at which" in text


def test_a_power_law_on_some_curves_stands_beside_its_rivals_there() -> None:
    """Scores on different curves share no table."""
    late = Curve("late", (10, 20, 400), (0.5, 0.45, 0.3), n_classes=10)
    text = text_of(FELL, late, modes=(PilotMode.ALL,))
    first, second = text.split("The same, where there are three sizes")
    after = first.split("All pilots within a tenth")[1]
    assert "(2 curves, " in after
    assert "power law" not in after
    assert "(1 curve, " in second.splitlines()[0]
    assert "power law" in second.split("D*: images")[0]


def test_what_a_model_refuses_is_said() -> None:
    """A model that forecasts some curves only stands apart, with their number."""
    text = text_of(FELL, FROZEN, modes=(PilotMode.NONE,))
    assert "what synthetic can forecast (1 curve, " in text
    assert "synthetic cannot forecast 1 curve:" in text


def test_without_modes_there_is_no_word_of_pilots() -> None:
    """Nothing is printed of what was not asked for."""
    assert "pilot" not in text_of(FELL, modes=()).casefold()
