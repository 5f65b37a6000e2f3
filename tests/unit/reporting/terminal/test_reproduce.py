"""The study as terminal text."""

import dataclasses
import io

import pytest
from rich.console import Console

from planner.domain.laws import laws
from planner.regression.published.reproduce import reproduce
from planner.reporting.terminal.laws import render_laws
from planner.reporting.terminal.reproduce import render_reproduction


def printed(blocks: tuple[object, ...], width: int = 80) -> str:
    """Return what a plain terminal of that width shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for block in blocks:
        console.print(block)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


STUDY = printed(render_reproduction(reproduce()))
LAWS = printed(render_laws(laws()))


@pytest.mark.parametrize("text", [STUDY, LAWS], ids=["reproduce", "laws"])
def test_it_fits_eighty_columns_without_cutting_anything(text: str) -> None:
    """No line is wider than 80, and no cell ends in an ellipsis."""
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


@pytest.mark.parametrize(
    "shown",
    [
        "-5.378",
        "-1.117, -0.510",
        "Every digit agrees.",
        "0.191",
        "0.459",
        "10.1%",
        "probably a misprint of 10 %",
        "9,610.92",
        "9,610.77",
        "169,740.51",
        "169,739.34",
        "$93,423.00",
        "0.013971",
        "96.505%",
        "41,994,816",
        "42,398,617",
        "YOLOv5x v1.0-v3.1",
        "197,817",
        "98.04%",
        "not the paper's data",
    ],
)
def test_the_study_shows(shown: str) -> None:
    """Each number a reader would look for stands on the screen."""
    assert shown in " ".join(STUDY.split())


@pytest.mark.parametrize(
    "shown",
    ["k^2", "k^4", "k^9", "k^8.13", "k^14.3", "280×", "19,972×", "1,953,125×", "3,000,000×"],
)
def test_the_laws_show(shown: str) -> None:
    """Each law and worked number stands on the screen."""
    assert shown in LAWS


def test_a_term_that_differs_is_named() -> None:
    """If the fit did not print the paper's digits, the text would say where."""
    study = reproduce()
    terms = dict(study.table1.terms)
    terms["type"] = dataclasses.replace(terms["type"], p=0.2)
    wrong = dataclasses.replace(study, table1=dataclasses.replace(study.table1, terms=terms))
    assert "Digits differ for type." in printed(render_reproduction(wrong))
