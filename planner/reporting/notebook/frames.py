"""Records as tidy frames: stable column names, each explained, with its unit.

Every frame carries its data dictionary: ``frame.attrs["columns"]`` maps each column to what it
means and in what unit. Amounts of money are in ``frame.attrs["currency"]``; shares and chances are
in [0, 1].
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from planner._extras import NOTEBOOK, require_extra
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range
from planner.domain.results.explanation import Explanation, PlanExplanation, Tornado
from planner.domain.results.frontier import Frontier
from planner.domain.results.plan import Decision, Plan
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate
from planner.reporting.figures.fan import images_shown

if TYPE_CHECKING:
    import pandas as pd

PLAN_COLUMNS = {
    "project": "id",
    "verdict": "GO, PILOT or NO-GO",
    "architecture": "chosen network; missing if not funded",
    "images_total": "labelled images trained on",
    "images_to_buy": "of these, labelled images still to buy",
    "chance_of_target": "P(error measured after training meets the target)",
    "expected_value": "gross value expected, currency (present value)",
    "expected_net_value": "the same minus mean spend, currency",
    "why": "one paragraph",
    "expected_cost": "mean spend, currency",
    "start": "period in which it starts; missing without periods",
    "assets": "shared assets it uses, separated by ', '",
    "cost_data": "committed for labelled images, currency",
    "cost_training": "committed for training, currency",
    "cost_fixed": "committed for setting up collections, currency",
    "cost_shared": "its share of shared assets, currency",
    "cost_total": "committed in all, currency",
}

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

PORTFOLIO_COLUMNS = {
    "project": "id",
    "unit": "business unit; missing if none",
    "earliest": "first period in which it may start; missing if any",
    "task": "classification or segmentation",
    "relative_complexity": "task entropy over that of the baseline",
    "pretrained": "whether training starts from pretrained weights",
    "backbone": "finetuned or frozen",
    "target_error": "target as an error: 1 - accuracy, or 1 - mean IoU",
    "majority_guess_error": "error of always answering the most frequent class",
    "images_held": "labelled images owned now",
    "images_limit": "most labelled images that could ever be owned",
    "price_per_image_p10": "price of one more image, not undercut in 90 % of outcomes, currency",
    "price_per_image_p90": "price of one more image, not exceeded in 90 % of outcomes, currency",
    "collection_fixed_cost": "of setting up a collection, currency",
    "value": "earned if the target is met, currency; missing if not stated",
    "min_chance": "least chance of target at which it may be funded; missing if not stated",
    "pilots": "measured runs",
}

ESTIMATE_COLUMNS = {
    "project": "id",
    "relative_complexity": "task entropy over that of the baseline",
    "target_error": "target as an error: 1 - accuracy, or 1 - mean IoU",
    "majority_guess_error": "error of always answering the most frequent class",
    "data_needed_p10": "total images needed, not exceeded in 10 % of outcomes; inf: never",
    "data_needed_p50": "total images needed, not exceeded in 50 % of outcomes; inf: never",
    "data_needed_p90": "total images needed, not exceeded in 90 % of outcomes; inf: never",
    "chance_never": "P(no number of images meets the target)",
    "error_now_p10": "error with the images held, not exceeded in 10 % of outcomes",
    "error_now_p50": "error with the images held, not exceeded in 50 % of outcomes",
    "error_now_p90": "error with the images held, not exceeded in 90 % of outcomes",
    "error_at_limit_p10": "error at the limit, not exceeded in 10 % of outcomes",
    "error_at_limit_p50": "error at the limit, not exceeded in 50 % of outcomes",
    "error_at_limit_p90": "error at the limit, not exceeded in 90 % of outcomes",
    "chance_of_target_at_limit": "P(error measured at the limit meets the target)",
    "architecture": "first recommendation",
    "images_total": "labelled images it trains on",
    "images_to_buy": "of these, labelled images still to buy",
    "chance_of_target": "P(error measured at these images meets the target)",
    "cost_total": "price of the first recommendation, currency",
}

FRONTIER_COLUMNS = {
    "budget": "limit on committed spend, currency",
    "weight": "of the tail in the risk measure, in [0, 1]; 0 is the expectation",
    "committed": "spend of the best plan found, currency",
    "value": "objective reached, in its unit",
    "bound": "proven upper bound on the objective, in its unit",
    "mean": "expected net value on draws the plan never saw, currency",
    "cvar": "mean of its worst outcomes on these draws, currency",
    "expected_targets": "sum of the chances of target of what is funded",
    "chance_all": "P(every funded project meets its target)",
    "funded": "ids, separated by ', '",
    "n_funded": "projects",
    "shadow_price": "worth of one more unit of budget, units of the objective per currency",
}

TORNADO_COLUMNS = {
    "input": "what is moved",
    "unit": "of the input",
    "low": "its P10, in that unit",
    "high": "its P90, in that unit",
    "value_at_low": "the decision's value there, in the tornado's unit",
    "value_at_high": "the decision's value there, in the tornado's unit",
    "effect": "distance between the two",
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
    rows = (_decision_row(decision) for decision in record.decisions)
    return _frame(rows, PLAN_COLUMNS, currency=record.currency)


@frame_of.register(Portfolio)
def _(record: Portfolio) -> "pd.DataFrame":
    rows = (_project_row(project) for project in record.projects)
    return _frame(rows, PORTFOLIO_COLUMNS, currency=record.currency)


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
    rows = []
    for project in record.projects:
        lead = project.recommendations[0]
        spreads = {
            f"{name}_{quantile}": float("inf") if amount is None else amount
            for name in ("data_needed", "error_now", "error_at_limit")
            for quantile, amount in asdict(getattr(project, name)).items()
            if quantile != "chance_never"
        }
        rows.append(
            {
                "project": project.id,
                "relative_complexity": project.relative_complexity,
                "target_error": project.target_error,
                "majority_guess_error": project.majority_guess_error,
                "chance_never": project.data_needed.chance_never,
                **spreads,
                "chance_of_target_at_limit": project.chance_of_target_at_limit,
                "architecture": lead.architecture,
                "images_total": lead.images_total,
                "images_to_buy": lead.images_to_buy,
                "chance_of_target": lead.chance_of_target,
                "cost_total": lead.cost.total,
            }
        )
    return _frame(rows, ESTIMATE_COLUMNS, currency=record.currency)


@frame_of.register(Frontier)
def _(record: Frontier) -> "pd.DataFrame":
    rows = (
        {**asdict(point), "funded": ", ".join(point.funded), "n_funded": len(point.funded)}
        for point in record.points
    )
    return _frame(rows, FRONTIER_COLUMNS, currency=record.currency)


@frame_of.register(Explanation)
def _(record: Explanation) -> "pd.DataFrame":
    return _tornado_frame(record.tornado, record.currency)


@frame_of.register(PlanExplanation)
def _(record: PlanExplanation) -> "pd.DataFrame":
    return _tornado_frame(record.tornado, record.currency)


def _tornado_frame(tornado: Tornado | None, currency: str) -> "pd.DataFrame":
    bars = tornado.bars if tornado else ()
    rows = ({**asdict(bar), "effect": bar.effect} for bar in bars)
    return _frame(rows, TORNADO_COLUMNS, currency=currency)


def _frame(
    rows: Iterable[Mapping[str, object]], columns: Mapping[str, str], **notes: str
) -> "pd.DataFrame":
    """Return rows as a frame with exactly these columns, in this order, and their meaning."""
    require_extra(NOTEBOOK, ".to_frame()")
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(columns))
    frame.attrs = {"columns": dict(columns), **notes}
    return frame


def _decision_row(decision: Decision) -> dict[str, object]:
    row = asdict(decision)
    cost = row.pop("cost")
    row["verdict"] = str(decision.verdict)
    row["assets"] = ", ".join(decision.assets)
    return {**row, **{f"cost_{kind}": amount for kind, amount in cost.items()}}


def _project_row(project: Project) -> dict[str, object]:
    low, high = _ends(project.images.price)
    return {
        "project": project.id,
        "unit": project.unit,
        "earliest": project.earliest,
        "task": str(project.task),
        "relative_complexity": project.relative_complexity,
        "pretrained": project.pretrained,
        "backbone": str(project.backbone),
        "target_error": project.error_target,
        "majority_guess_error": project.majority_guess_error,
        "images_held": project.images.held,
        "images_limit": project.images.limit,
        "price_per_image_p10": low,
        "price_per_image_p90": high,
        "collection_fixed_cost": project.images.fixed_cost,
        "value": project.value,
        "min_chance": project.min_chance,
        "pilots": len(project.pilots),
    }


def _ends(amount: Amount) -> tuple[float, float]:
    return (amount.p10, amount.p90) if isinstance(amount, Range) else (amount, amount)
