"""Which columns do the tables of results have? Header, unit, meaning and name in ``--json``."""

import math
from dataclasses import dataclass

from planner.domain.results.plan import (
    Baseline,
    Decision,
    PeriodSpend,
    Plan,
    SharedResult,
    UnitSpend,
)
from planner.domain.vocabulary import Verdict
from planner.questions.estimate.estimate import ProjectEstimate
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Column

__all__ = ["BASELINES", "PERIODS", "PLAN", "PROJECT_RANGES", "SHARES", "UNITS", "Share", "shares"]

_FUNDED_ONLY = "Empty if the project is not funded."


def _if_funded(decision: Decision, value: object) -> object:
    return None if decision.verdict is Verdict.NO_GO else value


def _or_never(images: float | None) -> float:
    """Return an infinite number for a quantile that is never reached."""
    return math.inf if images is None else images


PLAN: tuple[Column[Decision], ...] = (
    Column("Project", "", look.TEXT, "Name in the portfolio.", "decisions[].project",
           lambda d: d.project, 22),
    Column("Verdict", "", look.TEXT, "GO: funded and likely enough. PILOT: funded, but measure "
           "first. NO-GO: not funded; once a pilot is measured, nothing below go_chance is, unless "
           "a rule demands it.", "decisions[].verdict", lambda d: str(d.verdict), 10),
    Column("Architecture", "", look.TEXT, f"Network to train. {_FUNDED_ONLY}",
           "decisions[].architecture", lambda d: d.architecture, 18),
    Column("Train on", "images", look.COUNT, f"Labelled images in all. {_FUNDED_ONLY}",
           "decisions[].images_total", lambda d: _if_funded(d, d.images_total), 12),
    Column("To buy", "images", look.COUNT, "Images labelled for this project itself. "
           f"{_FUNDED_ONLY}", "decisions[].images_to_buy",
           lambda d: _if_funded(d, d.images_to_buy), 12),
    Column("Chance of target", "%", look.CHANCE, "Chance that the trained system meets its "
           f"target. {_FUNDED_ONLY}", "decisions[].chance_of_target",
           lambda d: _if_funded(d, d.chance_of_target), 12),
    Column("Data", "money", look.MONEY, "Committed for labelling images.",
           "decisions[].cost.data", lambda d: d.cost.data),
    Column("Training", "money", look.MONEY, "Committed for training.",
           "decisions[].cost.training", lambda d: d.cost.training),
    Column("Fixed", "money", look.MONEY, "Committed for setting up a collection.",
           "decisions[].cost.fixed", lambda d: d.cost.fixed),
    Column("Shared", "money", look.MONEY, "The project's share of shared assets.",
           "decisions[].cost.shared", lambda d: d.cost.shared),
    Column("Total", "money", look.MONEY, "Data, training, fixed and shared: a live sum.",
           "decisions[].cost.total", lambda d: d.cost.total),
    Column("Expected spend", "money", look.MONEY, "Mean spend: the total in mode commit, less in "
           "mode stop_when_reached.", "decisions[].expected_cost", lambda d: d.expected_cost),
    Column("Expected value", "money", look.MONEY, "Value times chance of target; a present value "
           "if there is a discount rate.", "decisions[].expected_value",
           lambda d: d.expected_value),
    Column("Expected net value", "money", look.MONEY, "Expected value less what it costs.",
           "decisions[].expected_net_value", lambda d: d.expected_net_value),
    Column("Starts in", "period", look.TEXT, "Period in which it starts, if there are periods.",
           "decisions[].start", lambda d: d.start, 11),
    Column("Uses", "", look.TEXT, "Shared assets it uses.", "decisions[].assets",
           lambda d: ", ".join(d.assets) or None, 18),
    Column("Why", "", look.TEXT, "The reason in a sentence.", "decisions[].why",
           lambda d: d.why, 90),
)  # fmt: skip

PROJECT_RANGES: tuple[Column[ProjectEstimate], ...] = (
    Column("Project", "", look.TEXT, "Name in the portfolio.", "estimate: projects[].id",
           lambda p: p.id, 22),
    Column("Target error", "%", "0.0##%", "Error at which the target is met.",
           "estimate: projects[].target_error", lambda p: p.target_error),
    Column("Majority guess", "% error", look.RATE, "Error of always answering the most frequent "
           "class.", "estimate: projects[].majority_guess_error",
           lambda p: p.majority_guess_error),
    Column("Data needed P10", "images", look.COUNT, "Total images at which the target is met; not "
           "exceeded in 10 % of outcomes.", "estimate: projects[].data_needed.p10",
           lambda p: _or_never(p.data_needed.p10), 18),
    Column("Data needed P50", "images", look.COUNT, "The same, not exceeded in half of them.",
           "estimate: projects[].data_needed.p50", lambda p: _or_never(p.data_needed.p50), 18),
    Column("Data needed P90", "images", look.COUNT, "The same, not exceeded in 90 % of them.",
           "estimate: projects[].data_needed.p90", lambda p: _or_never(p.data_needed.p90), 18),
    Column("Never reached", "% chance", look.CHANCE, "Chance that no number of images meets the "
           "target.", "estimate: projects[].data_needed.chance_never",
           lambda p: p.data_needed.chance_never),
    Column("Error now P10", "%", look.RATE, "Error with the images held; not exceeded in 10 % "
           "of outcomes.", "estimate: projects[].error_now.p10", lambda p: p.error_now.p10),
    Column("Error now P50", "%", look.RATE, "The same, not exceeded in half of them.",
           "estimate: projects[].error_now.p50", lambda p: p.error_now.p50),
    Column("Error now P90", "%", look.RATE, "The same, not exceeded in 90 % of them.",
           "estimate: projects[].error_now.p90", lambda p: p.error_now.p90),
    Column("Error at limit P10", "%", look.RATE, "Error with all images that can be owned; not "
           "exceeded in 10 % of outcomes.", "estimate: projects[].error_at_limit.p10",
           lambda p: p.error_at_limit.p10),
    Column("Error at limit P50", "%", look.RATE, "The same, not exceeded in half of them.",
           "estimate: projects[].error_at_limit.p50", lambda p: p.error_at_limit.p50),
    Column("Error at limit P90", "%", look.RATE, "The same, not exceeded in 90 % of them.",
           "estimate: projects[].error_at_limit.p90", lambda p: p.error_at_limit.p90),
    Column("Chance at limit", "%", look.CHANCE, "Chance of the target with all images that can "
           "be owned.", "estimate: projects[].chance_of_target_at_limit",
           lambda p: p.chance_of_target_at_limit),
)  # fmt: skip

PERIODS: tuple[Column[PeriodSpend], ...] = (
    Column("Period", "", look.TEXT, "Name of the period.", "periods[].id", lambda p: p.id, 22),
    Column("Budget", "money", look.MONEY, "Hard limit on what starts in it.", "periods[].budget",
           lambda p: p.budget),
    Column("Committed", "money", look.MONEY, "What starts in it.", "periods[].committed",
           lambda p: p.committed),
)  # fmt: skip

UNITS: tuple[Column[UnitSpend], ...] = (
    Column("Unit", "", look.TEXT, "Business unit.", "units[].id", lambda u: u.id, 22),
    Column("Committed", "money", look.MONEY, "Spend of its projects, shares of shared assets "
           "included.", "units[].committed", lambda u: u.committed),
    Column("Without shared", "money", look.MONEY, "The same without shares of shared assets: what "
           "rules on a unit's share count.", "units[].own", lambda u: u.own),
    Column("Share of that", "%", look.CHANCE, "Its part of what all projects spend without "
           "shares of shared assets.", "units[].own_share", lambda u: u.own_share),
    Column("Projects", "number", look.COUNT, "How many it has.", "units[].projects",
           lambda u: u.projects),
    Column("Funded", "number", look.COUNT, "How many of them are funded.", "units[].funded",
           lambda u: u.funded),
)  # fmt: skip

BASELINES: tuple[Column[Baseline], ...] = (
    Column("Another way to spend the budget", "", look.TEXT, "What the plan is compared with.",
           "audit.baselines[].name", lambda b: b.name, 22),
    Column("Commits", "money", look.MONEY, "What it spends.", "audit.baselines[].committed",
           lambda b: b.committed),
    Column("Funds", "projects", look.COUNT, "How many projects it funds.",
           "audit.baselines[].funded", lambda b: b.funded),
    Column("Worth on held-out draws", "objective", look.MONEY, "Its objective on draws that no "
           "solve saw.", "audit.baselines[].held_out_value", lambda b: b.held_out_value, 18),
    Column("Plan is at least as good", "", look.TEXT, "Whether the plan is worth as much.",
           "audit.baselines[].beaten", lambda b: "yes" if b.beaten else "no"),
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """One user's part of a shared asset."""

    asset: SharedResult
    project: str
    amount: float


SHARES: tuple[Column[Share], ...] = (
    Column("Asset", "", look.TEXT, "Shared data set or base model.", "shared[].id",
           lambda s: s.asset.id, 22),
    Column("Kind", "", look.TEXT, "dataset or base_model.", "shared[].kind",
           lambda s: s.asset.kind),
    Column("Split", "", look.TEXT, "Rule by which its cost is divided.", "shared[].split",
           lambda s: s.asset.split),
    Column("Project", "", look.TEXT, "Member of the asset.", "shared[].shares",
           lambda s: s.project, 22),
    Column("Share", "money", look.MONEY, "What the project pays of it.",
           "shared[].shares[project]", lambda s: s.amount),
    Column("Alone", "money", look.MONEY, "What the project would pay if it bought the asset "
           "alone; empty if it does not use it.", "shared[].stand_alone[project]",
           lambda s: s.asset.stand_alone.get(s.project)),
    Column("Cost of the asset", "money", look.MONEY, "In all; the shares add up to it to the "
           "cent.", "shared[].cost", lambda s: s.asset.cost),
    Column("Pool", "images", look.COUNT, "Images in its pool.", "shared[].images",
           lambda s: s.asset.images or None),
    Column("No group pays less alone", "", look.TEXT, "Whether no group of users would pay less "
           "on its own.", "shared[].in_core", lambda s: "yes" if s.asset.in_core else "no"),
)  # fmt: skip


def shares(plan: Plan) -> list[Share]:
    """Return a row for each member of each shared asset that is bought."""
    return [
        Share(asset, project, amount)
        for asset in plan.shared
        for project, amount in asset.shares.items()
    ]
