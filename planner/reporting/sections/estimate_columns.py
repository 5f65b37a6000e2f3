"""Which columns does a table of an estimate have? Each is declared here once."""

from dataclasses import dataclass

from planner.questions.estimate.estimate import ProjectEstimate, Recommendation
from planner.questions.estimate.ranges import CostRange
from planner.reporting.columns import Column, Columns, Look, Surface

__all__ = ["COST_RANGES", "ESTIMATES", "RECOMMENDATIONS", "ModeRange"]

_NOTEBOOK = Surface.NOTEBOOK
_NAME_WIDTH = 18


@dataclass(frozen=True)
class ModeRange:
    """What one way to go about a project costs: ``commit`` or ``stop``."""

    mode: str
    found: CostRange


ESTIMATES = Columns[ProjectEstimate](
    place="estimate: projects",
    declared=(
        Column(key="id", name="project", header="Project", kind=Look.NAME, sheet_width=22,
               note="Name in the portfolio."),
        Column(key="relative_complexity", header="Relative complexity", kind=Look.FIGURE,
               note="Task entropy over that of the baseline."),
        Column(key="target_error", header="Target error", kind=Look.LEVEL, unit="%",
               note="Error at which the target is met."),
        Column(key="majority_guess_error", header="Majority guess", kind=Look.RATE,
               unit="% error", note="Error of always answering the most frequent class."),
        Column(key="data_needed.p10", header="Data needed P10", kind=Look.NEED, unit="images",
               said={_NOTEBOOK: "Needed P10"}, sheet_width=18,
               note="Total images at which the target is met; not exceeded in 10 % of "
               "outcomes."),
        Column(key="data_needed.p50", header="Data needed P50", kind=Look.NEED, unit="images",
               said={_NOTEBOOK: "P50"}, sheet_width=18,
               note="The same, not exceeded in half of them."),
        Column(key="data_needed.p90", header="Data needed P90", kind=Look.NEED, unit="images",
               said={_NOTEBOOK: "P90"}, sheet_width=18,
               note="The same, not exceeded in 90 % of them."),
        Column(key="data_needed.chance_never", name="chance_never", header="Never reached",
               kind=Look.CHANCE, unit="% chance",
               note="Chance that no number of images meets the target."),
        Column(key="error_now.p10", header="Error now P10", kind=Look.RATE, unit="%",
               note="Error with the images held; not exceeded in 10 % of outcomes."),
        Column(key="error_now.p50", header="Error now P50", kind=Look.RATE, unit="%",
               note="The same, not exceeded in half of them."),
        Column(key="error_now.p90", header="Error now P90", kind=Look.RATE, unit="%",
               note="The same, not exceeded in 90 % of them."),
        Column(key="error_at_limit.p10", header="Error at limit P10", kind=Look.RATE, unit="%",
               note="Error with all images that can be owned; not exceeded in 10 % of "
               "outcomes."),
        Column(key="error_at_limit.p50", header="Error at limit P50", kind=Look.RATE, unit="%",
               note="The same, not exceeded in half of them."),
        Column(key="error_at_limit.p90", header="Error at limit P90", kind=Look.RATE, unit="%",
               note="The same, not exceeded in 90 % of them."),
        Column(key="chance_of_target_at_limit", header="Chance at limit", kind=Look.CHANCE,
               unit="%", note="Chance of the target with all images that can be owned."),
        Column(key="recommendations[0].architecture", name="architecture",
               header="Architecture", kind=Look.NAME,
               of=lambda p: p.recommendations[0].architecture,
               note="Of the first recommendation."),
        Column(key="recommendations[0].images_total", name="images_total", header="Train on",
               kind=Look.COUNT, unit="images",
               of=lambda p: p.recommendations[0].images_total,
               note="Labelled images that it trains on."),
        Column(key="recommendations[0].images_to_buy", name="images_to_buy", header="To buy",
               kind=Look.COUNT, unit="images",
               of=lambda p: p.recommendations[0].images_to_buy,
               note="Of these, labelled images still to buy."),
        Column(key="recommendations[0].chance_of_target", name="chance_of_target",
               header="Chance of target", kind=Look.CHANCE, unit="%",
               of=lambda p: p.recommendations[0].chance_of_target,
               note="Chance of the target with so many images."),
        Column(key="recommendations[0].cost.total", name="cost_total", header="Cost",
               kind=Look.MONEY, unit="money", said={_NOTEBOOK: "Cost, {currency}"},
               of=lambda p: p.recommendations[0].cost.total,
               note="Price of the first recommendation."),
    ),
    views={
        Surface.SHEET: ("id", "target_error", "majority_guess_error", "data_needed.p10",
                        "data_needed.p50", "data_needed.p90", "data_needed.chance_never",
                        "error_now.p10", "error_now.p50", "error_now.p90", "error_at_limit.p10",
                        "error_at_limit.p50", "error_at_limit.p90", "chance_of_target_at_limit"),
        _NOTEBOOK: ("id", "data_needed.p10", "data_needed.p50", "data_needed.p90",
                    "chance_of_target_at_limit", "recommendations[0].architecture",
                    "recommendations[0].images_total", "recommendations[0].cost.total"),
    },
)  # fmt: skip

RECOMMENDATIONS = Columns[Recommendation](
    place="recommendations",
    declared=(
        Column(key="rank", header="#", kind=Look.FIGURE),
        Column(key="architecture", header="Architecture", kind=Look.NAME,
               widths=(_NAME_WIDTH, _NAME_WIDTH)),
        Column(key="images_total", header="Train on", kind=Look.COUNT, unit="images",
               note="Labelled images that it trains on."),
        Column(key="images_to_buy", header="To buy", kind=Look.COUNT, unit="images",
               note="Of these, labelled images still to buy."),
        Column(key="", name="collecting", header="Collecting", kind=Look.MONEY, unit="money",
               of=lambda one: sum(
                   amount for kind, amount in one.cost.parts.items() if kind != "training"
               ),
               note="All that is paid but training."),
        Column(key="cost.training", header="Training", kind=Look.MONEY, unit="money"),
        Column(key="cost.total", header="Total {currency}", kind=Look.MONEY, unit="money"),
        Column(key="chance_of_target", header="Chance", kind=Look.CHANCE, unit="%",
               note="Chance of the target with so many images."),
    ),
)  # fmt: skip

COST_RANGES = Columns[ModeRange](
    place="",
    declared=(
        Column(key="mode", header="Total {currency}", kind=Look.WORD),
        Column(key="found.total.p10", header="P10", kind=Look.MONEY, unit="money"),
        Column(key="found.total.p50", header="P50", kind=Look.MONEY, unit="money"),
        Column(key="found.total.p80", header="P80", kind=Look.MONEY, unit="money"),
        Column(key="found.total.p90", header="P90", kind=Look.MONEY, unit="money"),
        Column(key="found.total.cvar90", header="Worst 10 %", kind=Look.MONEY, unit="money",
               note="Mean of the dearest 10 %."),
        Column(key="found.contingency", header="Contingency", kind=Look.MONEY, unit="money",
               note="P80 less P50: what to hold back beside the median."),
        Column(key="found.chance_met", header="Target met", kind=Look.CHANCE, unit="%"),
    ),
)  # fmt: skip
