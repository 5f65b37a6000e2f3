"""A figure that stands alone: what it shows above it, where the numbers come from below."""

from textwrap import wrap
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.reporting.figures.svg import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE_SIZE, SOURCE_SIZE = 10.0, 7.0
_MARGIN = 0.09
_LINE = 1.35
"""Height of a line, in sizes of its letters."""
_POINTS = 72.0
_CHARACTER = 0.56
"""Mean width of a letter, in sizes; bold ones are a tenth wider."""


@plain_style()
def framed(figure: "Figure", title: str, source: str) -> "Figure":
    """Return a figure with a finding above it and its source below; it grows by their lines.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    title : str
        A sentence; broken into lines of the figure's width. No sign of it is markup.
    source : str
        Where the numbers come from.
    """
    width, height = figure.get_size_inches()
    above = _lines(title, width, 1.1 * TITLE_SIZE)
    below = _lines(source, width, SOURCE_SIZE)
    top = _height(above, TITLE_SIZE)
    bottom = _height(below, SOURCE_SIZE)
    whole = height + top + bottom
    _move(figure, bottom / whole, height / whole)
    figure.set_size_inches(width, whole)
    left = _MARGIN / width
    figure.text(
        left,
        1 - _MARGIN / whole,
        "\n".join(above),
        va="top",
        size=TITLE_SIZE,
        weight="bold",
        color=INK,
        parse_math=False,
    )
    figure.text(
        left,
        _MARGIN / whole,
        "\n".join(below),
        va="bottom",
        size=SOURCE_SIZE,
        color=MUTED,
        parse_math=False,
    )
    return figure


def _lines(text: str, width: float, size: float) -> list[str]:
    """Return a text broken at the width of a figure, in inches."""
    letters = int((width - 2 * _MARGIN) * _POINTS / (_CHARACTER * size))
    return wrap(text, max(10, letters), break_on_hyphens=False)


def _height(lines: list[str], size: float) -> float:
    """Return what lines need, in inches."""
    return (len(lines) * _LINE * size / _POINTS + 1.5 * _MARGIN) if lines else 0.0


def _move(figure: "Figure", start: float, share: float) -> None:
    """Leave the figure's own content its old height, from a share of the new one on."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0.0, start, 1.0, share))
        return
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position(
            (box.x0, start + share * box.y0, box.width, share * box.height), which="both"
        )
