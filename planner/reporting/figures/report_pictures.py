"""The pictures of the report: how outcomes spread, and what each project's images buy.

Colour is never the only signal: lines differ in their dashes, marks in their shape, and each is
named where it stands.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Draws
from planner.domain.format import count, fixed, money, percent
from planner.reporting.figure_text import rate_tick, short_tick
from planner.reporting.figures.svg import AMBER, BLUE, INK, MUTED, RED, RULE, report_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


S_CURVE_SIZE = (3.5, 1.45)
FAN_SIZE = (1.38, 0.91)
"""In inches, as on paper: letters are then as large as they say, and larger on a screen."""
SMALLEST = 7.0
"""Points; no letter of a picture is smaller on A4."""
SHADES = ("#dbe7ee", "#b9d1de", "#8fb5ca")
MOST_TICKS = 3
EDGE = 0.22
"""Share of the width near either end, where a centred label would leave the frame."""
_S_MARKS = {0.1: "^", 0.5: "o", 0.8: "D", 0.9: "s"}


@contextmanager
def sheet(size: tuple[float, float]) -> Iterator["Figure"]:
    """Yield an empty figure in the report's style; clear and reuse it for each picture."""
    from matplotlib.figure import Figure

    with report_style():
        yield Figure(figsize=size)


@dataclass(frozen=True, eq=False)
class SCurve:
    """What an S-curve shows.

    Attributes
    ----------
    label : str
        Of the horizontal axis, with its unit.
    marks : mapping of float to float
        Level to amount: the quantiles that are marked.
    draws : ndarray
        Equally likely outcomes.
    limit : float or None
        A vertical line, such as the budget.
    limit_name : str
        What it is.
    """

    label: str
    marks: dict[float, float]
    draws: Draws
    limit: float | None = None
    limit_name: str = ""


def draw_s_curve(figure: "Figure", curve: SCurve) -> None:
    """Draw the share of outcomes that do not exceed each amount."""
    figure.clear()
    axes = _axes(figure, left=0.45, bottom=0.37, right=0.12, top=0.16)
    levels = np.linspace(0.005, 0.995, 100)
    amounts = np.quantile(curve.draws, levels, method="inverted_cdf")
    axes.plot(amounts, levels, color=BLUE, lw=1.8, solid_capstyle="round")
    if np.ptp(curve.draws) == 0:  # one amount needs a scale to stand on
        axes.set_xlim(0, 1.1 * max(float(curve.draws[0]), curve.limit or 0.0, 1.0))
    axes.set(ylim=(0, 1), xlabel=curve.label, ylabel="chance of at most this")
    axes.grid(visible=True, axis="y", color=RULE, lw=0.5)
    axes.set_yticks([0, 0.1, 0.5, 0.9, 1], ["0 %", "10 %", "50 %", "90 %", "100 %"])
    axes.tick_params(length=2.5)
    if curve.limit is not None:
        axes.axvline(curve.limit, color=RED, lw=1.1, ls="--")
        axes.annotate(
            curve.limit_name,
            (curve.limit, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            color=RED,
            fontsize=SMALLEST,
        )
    for level, amount in curve.marks.items():
        axes.plot([amount, amount], [0, level], color=MUTED, lw=0.7, ls=":")
        axes.plot(amount, level, _S_MARKS.get(level, "o"), color=INK, ms=4.5)
        _label(axes, amount, level, f"P{fixed(100 * level, 0)}  {money(amount)}")
    _few_ticks(axes)


def _axes(figure: "Figure", *, left: float, bottom: float, right: float, top: float) -> "Axes":
    """Return the only axes of a figure, its margins in inches."""
    width, height = figure.get_size_inches()
    return figure.add_axes(
        (
            left / width,
            bottom / height,
            1 - (left + right) / width,
            1 - (bottom + top) / height,
        )
    )


def _label(axes: "Axes", amount: float, level: float, text: str) -> None:
    """Write beside a mark, on the side that has room."""
    low, high = axes.get_xlim()
    right = amount > low + 0.62 * (high - low)
    axes.annotate(
        text,
        (amount, level),
        xytext=(-6 if right else 6, 3 if right else -8),
        textcoords="offset points",
        ha="right" if right else "left",
        fontsize=SMALLEST,
        bbox={"fc": "white", "ec": "none", "pad": 0.8, "alpha": 0.85},
    )


def _few_ticks(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(short_tick)


@dataclass(frozen=True, eq=False)
class Fan:
    """A project's learning curve with what is marked on it.

    Attributes
    ----------
    images : ndarray of shape (n,)
        Where the curve was computed, increasing.
    bands : sequence of (ndarray, ndarray)
        Lower and upper error of the 90, 80 and 50 % bands.
    median : ndarray of shape (n,)
        Of the error.
    inside : ndarray of bool, shape (n,)
        Whether the fitted evidence reaches there.
    target : float or None
        Error asked for.
    held, limit : int
        Images.
    bought : int or None
        Images the plan trains on; None if it is not funded.
    pilots : sequence of (images, error)
        Measured runs.
    limits : sequence of (images, error)
        Runs that a decision waits for, and the largest error after which it is to go.
    """

    images: Draws
    bands: Sequence[tuple[Draws, Draws]]
    median: Draws
    inside: NDArray[np.bool_]
    target: float | None
    held: int
    limit: int
    bought: int | None
    pilots: Sequence[tuple[float, float]]
    limits: Sequence[tuple[float, float]] = ()


def draw_fan(figure: "Figure", fan: Fan) -> None:
    """Draw error against images: bands, median (dashed outside the evidence) and marks."""
    from matplotlib.ticker import LogLocator, NullLocator

    figure.clear()
    axes = _axes(figure, left=0.37, bottom=0.16, right=0.11, top=0.13)
    axes.set(xscale="log", yscale="log")
    for (lower, upper), shade in zip(fan.bands, SHADES, strict=True):
        axes.fill_between(fan.images, lower, upper, color=shade, lw=0)
    axes.plot(fan.images, np.where(fan.inside, fan.median, np.nan), color=INK, lw=1.5)
    outside = ~fan.inside | ~np.r_[fan.inside[1:], True] | ~np.r_[True, fan.inside[:-1]]
    axes.plot(fan.images, np.where(outside, fan.median, np.nan), color=INK, lw=1.5, ls=(0, (3, 2)))
    if fan.target is not None:
        axes.axhline(fan.target, color=RED, lw=1.1, ls="-.")
    _go_limits(axes, fan.limits)
    if fan.pilots:
        x, y = zip(*fan.pilots, strict=True)
        axes.plot(x, y, "o", color="white", mec=AMBER, mew=1.6, ms=4.5)
    axes.set(xlim=(fan.images[0], fan.images[-1]), ylim=_error_limits(fan))
    _verticals(axes, fan)
    axes.grid(visible=True, which="major", color=RULE, lw=0.5)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(LogLocator(numticks=3))
    axes.xaxis.set_major_formatter(short_tick)
    _error_ticks(axes)
    axes.tick_params(which="both", length=2, pad=1.5, labelsize=SMALLEST)


def _verticals(axes: "Axes", fan: Fan) -> None:
    """Mark images held and obtainable, and above the frame those that are trained on."""
    axes.axvline(fan.limit, color=MUTED, lw=0.9, dashes=(5, 2))
    if fan.held > 0:
        axes.axvline(fan.held, color=MUTED, lw=0.9, dashes=(1, 1.5))
    if fan.bought is None:
        return
    axes.axvline(fan.bought, color=BLUE, lw=1.3)
    share = axes.transAxes.inverted().transform(axes.transData.transform((fan.bought, 1.0)))[0]
    side = "left" if share < EDGE else "right" if share > 1 - EDGE else "center"
    axes.annotate(
        f"▼ {count(fan.bought)}",
        (fan.bought, 1.0),
        xycoords=("data", "axes fraction"),
        xytext={"left": (-2.5, 2), "right": (2.5, 2), "center": (0, 2)}[side],
        textcoords="offset points",
        ha=side,
        fontsize=SMALLEST,
        color=BLUE,
    )


def _go_limits(axes: "Axes", limits: Sequence[tuple[float, float]]) -> None:
    """Mark the largest error after which each run releases the money: a bar to stay below."""
    for images, error in limits:
        axes.plot([images, images], [0.5 * error, error], color=AMBER, lw=1.0)
        axes.plot(images, error, "_", color=AMBER, ms=9, mew=1.8)


def _error_limits(fan: Fan) -> tuple[float, float]:
    """Return limits that hold the 90 % band, the target and the pilots, at most 3 decades."""
    lower, upper = fan.bands[0]
    marked = [error for _, error in (*fan.pilots, *fan.limits)]
    marked += [] if fan.target is None else [fan.target]
    top = min(1.0, 1.15 * max([*marked, float(np.max(upper))]))
    lows = [*marked, float(np.min(lower))]
    return max(0.75 * min(lows), top / 1000), top


def _error_ticks(axes: "Axes") -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    low, high = axes.get_ylim()
    wanted = [d * 10.0**e for e in range(-5, 1) for d in (1, 2, 5)]
    seen = [tick for tick in wanted if low <= tick <= high]
    if len(seen) > MOST_TICKS:
        seen = [tick for tick in seen if f"{tick:e}"[0] == "1"]
    axes.yaxis.set_major_locator(FixedLocator(seen))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(rate_tick)


def draw_tally(figure: "Figure", shares: Sequence[float]) -> None:
    """Draw how likely each number of met targets is."""
    figure.clear()
    axes = _axes(figure, left=0.45, bottom=0.37, right=0.12, top=0.16)
    bars = axes.bar(range(len(shares)), shares, color=BLUE, width=0.7)
    axes.bar_label(bars, [percent(share) for share in shares], fontsize=SMALLEST, padding=1)
    axes.set(xlabel="targets met", ylabel="chance", ylim=(0, 1.15 * max(shares)))
    axes.set_xticks(range(len(shares)))
    axes.yaxis.set_major_formatter(rate_tick)
    axes.tick_params(length=2.5)
