"""Which inputs move a decision's value most, as horizontal bars."""

from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.results.explanation import Tornado, TornadoBar
from planner.domain.words.worth import objective_in
from planner.reporting.figure_text import number_tick, plain_text
from planner.reporting.terminal.explain import input_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 12
LOW, HIGH, INK = "#8fb5ca", "#e08e0b", "#1b2a41"


@plain_style()
def draw_tornado(tornado: Tornado, *, currency: str, title: str = "") -> "Figure":
    """Return a matplotlib figure of a tornado, widest bar on top.

    The part of a bar towards the value at the input's P10 is plain, the part towards its P90 is
    hatched; the input's own P10 and P90 stand at its ends.
    """
    from matplotlib.figure import Figure

    bars = tornado.bars[:MOST_BARS]
    figure = Figure(figsize=(7.6, 1.4 + 0.42 * max(1, len(bars))), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    for place, bar in enumerate(bars):
        for value, at, colour, hatch in (
            (bar.value_at_low, bar.low, LOW, ""),
            (bar.value_at_high, bar.high, HIGH, "///"),
        ):
            move = value - tornado.centre
            axes.barh(place, move, 0.62, tornado.centre, color=colour, hatch=hatch, ec=INK, lw=0.4)
            axes.annotate(
                input_words(at, bar.unit),
                (value, place),
                textcoords="offset points",
                xytext=(4 if move >= 0 else -4, 0),
                ha="left" if move >= 0 else "right",
                va="center",
                fontsize=7,
            )
    axes.axvline(tornado.centre, color=INK, lw=1)
    labels = [_label(bar) for bar in bars]
    axes.set_yticks(range(len(bars)), labels, fontsize=7.5)
    axes.invert_yaxis()
    axes.margins(x=0.16)
    unit = plain_text(tornado.unit if objective_in(tornado.unit) else currency, 12)
    axes.set(
        xlabel=f"expected value of the decision, {unit} (plain: input at P10; hatched: at P90)",
        title=plain_text(title, 80),
    )
    axes.xaxis.set_major_formatter(number_tick)
    axes.grid(visible=True, axis="x", color="#d9dee5", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _label(bar: TornadoBar) -> str:
    name = plain_text(bar.input, 80)
    return f"{name}\n{plain_text(bar.unit)}" if bar.unit else name
