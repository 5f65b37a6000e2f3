"""What a model was told of its parameters, and what its rows made of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.format import figure as shown
from planner.domain.model.model_card import ParameterRow, Spread
from planner.reporting.figure_text import plain_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_priors", "placed"]

PRIOR, POSTERIOR, INK = "#c3ccd6", "#e08e0b", "#1b2a41"


def placed(row: ParameterRow) -> tuple[float, float, float] | None:
    """Return P10, median and P90 of the posterior where the prior's P10 is 0 and its P90 is 1.

    None for a parameter without a prior to compare with.

    Examples
    --------
    >>> prior, posterior = Spread(0.0, -1.0, 1.0), Spread(0.5, 0.0, 1.0)
    >>> placed(ParameterRow("b", "slope", "N(0, 0.78)", "wide", posterior, prior))
    (0.5, 0.75, 1.0)
    """
    prior, found = row.prior_spread, row.posterior
    if prior is None or prior.p10 is None or prior.p90 is None or prior.p90 <= prior.p10:
        return None
    if found.p10 is None or found.median is None or found.p90 is None:
        return None
    low, width = prior.p10, prior.p90 - prior.p10
    return tuple((value - low) / width for value in (found.p10, found.median, found.p90))  # type: ignore[return-value]


@plain_style()
def draw_priors(rows: Sequence[ParameterRow], *, title: str = "") -> "Figure":
    """Return a matplotlib figure: each parameter's 80 % before the rows were seen, and after.

    Every prior is drawn equally wide, so that a bar much shorter than it, or beside it, shows what
    the rows said.
    """
    from matplotlib.figure import Figure

    known = [(row, at) for row in rows if (at := placed(row)) is not None]
    figure = Figure(figsize=(7.6, 1.5 + 0.36 * max(1, len(known))), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    for place, (_, (low, middle, high)) in enumerate(known):
        axes.barh(place, 1.0, 0.7, 0.0, color=PRIOR)
        axes.barh(place, high - low, 0.3, low, color=POSTERIOR, ec=INK, lw=0.5, hatch="///")
        axes.plot([middle], [place], marker="|", ms=12, color=INK)
    axes.set_yticks(range(len(known)), [_label(row) for row, _ in known], fontsize=7)
    axes.invert_yaxis()
    axes.set(
        xlabel="plain: prior, P10 to P90; hatched: posterior, with its median",
        title=plain_text(title, 80),
    )
    axes.margins(x=0.04)
    axes.set_xticks([0.0, 1.0], ["prior P10", "prior P90"])
    axes.grid(visible=True, axis="x", color="#d9dee5", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _label(row: ParameterRow) -> str:
    return plain_text(f"{row.name}: {_ends(row.prior_spread)} to {_ends(row.posterior)}", 70)


def _ends(found: Spread | None) -> str:
    if found is None or found.p10 is None or found.p90 is None:
        return "unknown"
    return f"{shown(found.p10)}..{shown(found.p90)}"
