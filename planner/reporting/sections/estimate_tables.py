"""Tables of an estimate of one project, for any renderer: ranges, recommendations, costs."""

from planner.questions.estimate.estimate import ProjectEstimate
from planner.reporting.columns import Surface
from planner.reporting.document import Head, Row, Table
from planner.reporting.sections.estimate_columns import (
    COST_RANGES,
    ESTIMATES,
    RECOMMENDATIONS,
    ModeRange,
)

__all__ = ["cost_table", "range_table", "recommendation_table"]

QUANTILES = ("p10", "p50", "p90")
_RANGES = {
    "images needed": "data_needed",
    "error with images held": "error_now",
    "error at the limit": "error_at_limit",
}


def range_table(project: ProjectEstimate, surface: Surface) -> Table:
    """Return need and errors, one to a row: the columns of all estimates, turned on their side."""
    columns = {column.key: column for column in ESTIMATES.declared}
    heads = (Head("", numeric=False), *(Head(name.upper(), numeric=True) for name in QUANTILES))
    rows = (
        Row(
            (
                (label,),
                *(columns[f"{key}.{name}"].cell(project, surface, "") for name in QUANTILES),
            )
        )
        for label, key in _RANGES.items()
    )
    return Table("", heads, tuple(rows))


def recommendation_table(project: ProjectEstimate, currency: str, surface: Surface) -> Table:
    """Return the architectures, best first, with what they need, cost and reach."""
    return RECOMMENDATIONS.table(surface, project.recommendations, currency)


def cost_table(project: ProjectEstimate, currency: str, surface: Surface) -> Table:
    """Return the total cost of the first architecture under both modes."""
    ranges = project.recommendations[0].cost_ranges
    rows = (ModeRange("commit", ranges.commit), ModeRange("stop", ranges.stop_when_reached))
    return COST_RANGES.table(surface, rows, currency)
