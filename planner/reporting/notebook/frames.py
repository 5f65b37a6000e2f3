"""Records as tidy frames: stable column names, each explained, with its unit.

Every frame carries its data dictionary: ``frame.attrs["columns"]`` maps each column to what it
means and in what unit. Amounts of money are in ``frame.attrs["currency"]``; shares and chances are
in [0, 1].
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from planner._extras import NOTEBOOK, require_extra
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.explanation import Explanation, PlanExplanation, Tornado
from planner.domain.results.frontier import Frontier
from planner.domain.results.pilots import Pilots
from planner.domain.results.plan import Plan
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate
from planner.reporting.columns import Column, Columns, Look, Surface
from planner.reporting.figures.fan import images_shown
from planner.reporting.notebook.project_columns import project_columns, project_row
from planner.reporting.sections.estimate_columns import ESTIMATES
from planner.reporting.sections.frontier_columns import TORNADO, frontier_columns
from planner.reporting.sections.pilots_columns import RUNS
from planner.reporting.sections.plan_columns import decision_columns

if TYPE_CHECKING:
    import pandas as pd

FORECAST_COLUMNS = {
    "project": "id",
    "images": "total labelled images trained on",
    "error_p05": "error not exceeded in 5 % of outcomes",
    "error_p10": "error not exceeded in 10 % of outcomes",
    "error_p25": "error not exceeded in 25 % of outcomes",
    "error_p50": "error not exceeded in 50 % of outcomes",
    "error_p75": "error not exceeded in 75 % of outcomes",
    "error_p90": "error not exceeded in 90 % of outcomes",
    "error_p95": "error not exceeded in 95 % of outcomes",
    "chance_of_target": "P(error measured after training meets the target)",
    "inside_evidence": "whether the fitted rows span this number of images",
}

_UNITS = {
    Look.COUNT: "images",
    Look.NEED: "images, inf: never",
    Look.TALLY: "projects",
    Look.MONEY: "currency",
    Look.AMOUNT: "currency",
    Look.WORTH: "currency",
    Look.WORTH_TARGETS: "targets",
    Look.WORTH_POINTS: "share of errors",
    Look.TARGETS: "targets",
    Look.CHANCE: "share in [0, 1]",
    Look.RATE: "error in (0, 1)",
    Look.LEVEL: "share in [0, 1]",
}

_QUANTILES = {f"p{percent:02d}": percent / 100 for percent in (5, 10, 25, 50, 75, 90, 95)}


@singledispatch
def frame_of(record: object, **_options: str | None) -> "pd.DataFrame":
    """Return a record as a tidy frame with its data dictionary in ``attrs["columns"]``.

    Raises
    ------
    TypeError
        Nothing is known of such a record.
    """
    message = f"no frame is known for {type(record).__name__}"
    raise TypeError(message)


@frame_of.register(Plan)
def _(record: Plan) -> "pd.DataFrame":
    return _declared(decision_columns(record), record.decisions, record.currency)


@frame_of.register(Portfolio)
def _(record: Portfolio) -> "pd.DataFrame":
    rows = (project_row(project) for project in record.projects)
    return _frame(rows, project_columns(), currency=record.currency)


@frame_of.register(Forecast)
def _(record: Forecast, *, architecture: str | None = None) -> "pd.DataFrame":
    project = record.project
    images = np.unique(np.rint(images_shown(project)))
    errors = record.error_draws(images, architecture)
    quantiles = np.quantile(errors, list(_QUANTILES.values()), axis=0)
    chances = record.chance(project.error_target, images, architecture)
    low, high = record.posterior.evidence.images
    rows = (
        {
            "project": project.id,
            "images": int(count),
            **{
                f"error_{name}": float(quantiles[row, column])
                for row, name in enumerate(_QUANTILES)
            },
            "chance_of_target": float(chances[column]),
            "inside_evidence": bool(low <= count <= high),
        }
        for column, count in enumerate(images)
    )
    return _frame(rows, FORECAST_COLUMNS)


@frame_of.register(Estimate)
def _(record: Estimate) -> "pd.DataFrame":
    return _declared(ESTIMATES, record.projects, record.currency)


@frame_of.register(Frontier)
def _(record: Frontier) -> "pd.DataFrame":
    return _declared(frontier_columns(record), record.points, record.currency)


@frame_of.register(Pilots)
def _(record: Pilots) -> "pd.DataFrame":
    return _declared(RUNS, record.pilots, record.currency)


@frame_of.register(Explanation)
def _(record: Explanation) -> "pd.DataFrame":
    return _tornado_frame(record.tornado, record.currency)


@frame_of.register(PlanExplanation)
def _(record: PlanExplanation) -> "pd.DataFrame":
    return _tornado_frame(record.tornado, record.currency)


def _tornado_frame(tornado: Tornado | None, currency: str) -> "pd.DataFrame":
    return _declared(TORNADO, tornado.bars if tornado else (), currency)


def _declared[R](columns: Columns[R], records: Sequence[R], currency: str) -> "pd.DataFrame":
    """Return records as a frame of their declared columns."""
    shown = columns.on(Surface.FRAME, records)
    meanings = {column.frame_name: _meaning(column) for column in shown}
    rows = ({column.frame_name: _raw(column, record) for column in shown} for record in records)
    return _frame(rows, meanings, currency=currency)


def _meaning[R](column: Column[R]) -> str:
    """Return what a column means and in what unit its numbers are in a frame."""
    unit = _UNITS.get(column.kind, "")
    return f"{column.note} Unit: {unit}." if unit else column.note


def _raw[R](column: Column[R], record: R) -> object:
    value = column.value(record)
    if column.kind is Look.NEED:
        return float("inf") if value is None else value
    return str(value) if column.kind is Look.VERDICT else value


def _frame(
    rows: Iterable[Mapping[str, object]], columns: Mapping[str, str], **notes: str
) -> "pd.DataFrame":
    """Return rows as a frame with exactly these columns, in this order, and their meaning."""
    require_extra(NOTEBOOK, ".to_frame()")
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(columns))
    frame.attrs = {"columns": dict(columns), **notes}
    return frame
