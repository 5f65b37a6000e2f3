"""Which columns do the tables of a plan have? Each is declared here once, for every renderer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.domain.results.audit import Baseline
from planner.domain.results.plan import Decision, Plan, takes_place
from planner.domain.results.spending import Cost, PeriodSpend, SharedResult, UnitSpend
from planner.domain.vocabulary import Verdict
from planner.economics.ledger import LINES
from planner.reporting.columns import Column, Columns, Look, Surface, look_of
from planner.reporting.words.report import BASELINE_BEATEN, BASELINE_BETTER

__all__ = [
    "BASELINES",
    "DECISIONS",
    "PERIODS",
    "SHARES",
    "UNITS",
    "WHY",
    "Share",
    "baseline_columns",
    "decision_columns",
    "is_funded",
    "shares",
    "waits_for_run",
]

_TERMINAL, _PAGE, _NOTEBOOK = Surface.TERMINAL, Surface.PAGE, Surface.NOTEBOOK


def is_funded(decision: Decision) -> bool:
    """Whether the plan spends on the project: of the others most columns say nothing."""
    return decision.verdict is not Verdict.NO_GO


def waits_for_run(decision: Decision) -> bool:
    """Whether its money is released after a first run only, not now."""
    return decision.verdict is Verdict.PILOT


def _cost_column(kind: str) -> Column[Decision]:
    """Return the column of a line of the ledger, or of one that another release knew."""
    words = kind.replace("_", " ")
    buys = next((line.buys for line in LINES if line.name == kind), words)
    return Column(key=f"cost.{kind}", header=words.capitalize(), kind=Look.MONEY, unit="money",
                  given=is_funded, note=f"Committed for {buys}.")  # fmt: skip


DECISIONS = Columns[Decision](
    place="decisions",
    declared=(
        Column(key="project", header="Project", kind=Look.NAME, note="Name in the portfolio.",
               widths=(18, 15), sheet_width=22),
        Column(key="verdict", header="Verdict", kind=Look.VERDICT, sheet_width=10,
               note="GO: funded and likely enough. PILOT: funded, but measure first. NO-GO: not "
               "funded; once a pilot is measured, nothing below go_chance is, unless a rule "
               "demands it."),
        Column(key="architecture", header="Architecture", kind=Look.NAME, given=is_funded,
               of=lambda d: takes_place(d) or d.architecture,
               note="Network to train, or the alternative that does the work. Empty if the "
               "project is not funded.", widths=(16, 10), sheet_width=18),
        Column(key="images_total", header="Train on", kind=Look.COUNT, unit="images",
               given=is_funded, said={_PAGE: "Images to train on"}, sheet_width=12,
               note="Labelled images in all. Empty if the project is not funded."),
        Column(key="images_to_buy", header="To buy", kind=Look.COUNT, unit="images",
               given=is_funded, said={_PAGE: "of these to buy"}, sheet_width=12,
               note="Images labelled for this project itself. Empty if the project is not "
               "funded."),
        Column(key="chance_of_target", header="Chance of target", kind=Look.CHANCE, unit="%",
               given=is_funded, bounded=True, sheet_width=12,
               said={_TERMINAL: "Chance of\ntarget", _NOTEBOOK: "Chance"},
               note="Chance that the trained system meets its target. Empty if the project is "
               "not funded."),
        Column(key="expected_value", header="Expected value", kind=Look.MONEY, unit="money",
               given=is_funded, note="Value times chance of target; a present value if there is "
               "a discount rate."),
        Column(key="expected_net_value", header="Expected net value", kind=Look.MONEY,
               unit="money", given=is_funded, note="Expected value less what it costs, on the "
               "draws that the plan was chosen on."),
        Column(key="held_out_net_value", header="Worth", kind=Look.MONEY, unit="money",
               given=lambda d: is_funded(d) and d.held_out_net_value is not None,
               said={_PAGE: "Worth, {currency}"},
               note="Net value expected on draws that the plan was not chosen on, before shared "
               "assets: quote this one."),
        Column(key="", name="release_now", header="Release now", kind=Look.MONEY, unit="money",
               of=lambda d: None if waits_for_run(d) else d.cost.total, given=is_funded,
               said={_PAGE: "Release now, {currency}"}, note="Spend that waits for nothing."),
        Column(key="", name="release_after", header="After a run", kind=Look.MONEY, unit="money",
               of=lambda d: d.cost.total if waits_for_run(d) else None, given=is_funded,
               said={_PAGE: "After a first run, {currency}"},
               note="Spend to be released once a first run is measured."),
        Column(key="", name="release_if", header="If its error is at most", kind=Look.RATE,
               unit="%", of=lambda d: None if d.pilot is None else d.pilot.go_if_error_at_most,
               given=is_funded, optional=True, said={_PAGE: "at an error ≤"},
               note="Largest error of the first run after which the spend is released; empty "
               "where none decides."),
        Column(key="why", header="Why", kind=Look.WORD, note="The reason in a sentence.",
               sheet_width=90),
        Column(key="expected_cost", header="Expected spend", kind=Look.MONEY, unit="money",
               given=is_funded, note="Mean spend: the total in mode commit, less in mode "
               "stop_when_reached."),
        Column(key="start", header="Starts in", kind=Look.NAME, unit="period", given=is_funded,
               optional=True, said={_TERMINAL: "Start", _PAGE: "Start", _NOTEBOOK: "Start"},
               note="Period in which it starts, if there are periods.", widths=(7, 7),
               sheet_width=11),
        Column(key="assets", header="Uses", kind=Look.NAME, of=lambda d: ", ".join(d.assets),
               given=is_funded, optional=True, note="Shared assets it uses.", sheet_width=18),
        *(_cost_column(kind) for kind in Cost.ALWAYS),
        Column(key="cost.shared", header="Shared", kind=Look.MONEY, unit="money",
               given=is_funded, note="The project's share of shared assets."),
        Column(key="cost.total", header="Total", kind=Look.MONEY, unit="money", given=is_funded,
               said={_TERMINAL: "Spend", _PAGE: "Spend, {currency}", _NOTEBOOK: "Spend"},
               note="All parts of its cost together."),
    ),
    views={
        _TERMINAL: ("project", "images_total", "images_to_buy", "architecture", "start",
                    "cost.total", "chance_of_target", "verdict"),
        _PAGE: ("project", "verdict", "release_now", "release_after", "release_if",
                "chance_of_target", "held_out_net_value"),
        _NOTEBOOK: ("project", "verdict", "images_total", "images_to_buy", "architecture",
                    "cost.total", "chance_of_target", "held_out_net_value"),
        Surface.SHEET: ("project", "verdict", "architecture", "images_total", "images_to_buy",
                        "chance_of_target", "cost.data", "cost.training", "cost.fixed",
                        "cost.shared", "cost.total", "expected_cost", "expected_value",
                        "expected_net_value", "held_out_net_value", "start", "assets"),
    },
    tone=lambda decision: "" if is_funded(decision) else "off",
)  # fmt: skip
"""A row to each project, in the order of the portfolio; a frame has every column."""


WHY = replace(DECISIONS, views={Surface.SHEET: ("project", "verdict", "why")})
"""Why, project by project: in a workbook on a sheet of its own."""


USE_PAYS = replace(
    DECISIONS.column("chance_of_target"), header="Chance that use pays",
    said={_TERMINAL: "Chance\nuse pays", _NOTEBOOK: "Chance"},
    note="Chance that the trained system earns more in use than it costs there: no target is "
    "given. Empty if the project is not funded.",
)  # fmt: skip
EITHER = replace(
    USE_PAYS, header="Chance of target, or that use pays",
    said={_TERMINAL: "Chance", _NOTEBOOK: "Chance"},
    note="Chance that the trained system meets its target; without one, that it earns more in "
    "use than it costs there. Empty if the project is not funded.",
)  # fmt: skip


def _with_chance(plan: Plan, columns: Columns[Decision]) -> Columns[Decision]:
    """Return columns whose chance is called what it is: of a target, or that running it pays."""
    aims = {plan.has_target(item.project) for item in plan.decisions}
    named = {(False,): USE_PAYS, (False, True): EITHER}.get(tuple(sorted(aims)))
    if named is None:
        return columns
    declared = (named if one.key == named.key else one for one in columns.declared)
    return replace(columns, declared=tuple(declared))


def decision_columns(plan: Plan) -> Columns[Decision]:
    """Return the columns of a plan's decisions: those declared, and one for each other cost line.

    So that the parts of a cost always add up to its total, where all of them are shown.
    """
    columns = _with_chance(plan, _with_costs(plan.decisions))
    return _with_npv(columns) if any(one.life is not None for one in plan.decisions) else columns


def _with_costs(decisions: Sequence[Decision]) -> Columns[Decision]:
    """Return the declared columns, and one for each cost line that they do not know."""
    known = {column.key for column in DECISIONS.declared}
    found = dict.fromkeys(f"cost.{kind}" for item in decisions for kind in item.cost)
    others = tuple(key for key in found if key not in known)
    lines = tuple(_cost_column(key.removeprefix("cost.")) for key in others)
    at = [column.key for column in DECISIONS.declared].index("cost.shared")
    sheet = DECISIONS.views[Surface.SHEET]
    place = sheet.index("cost.shared")
    return replace(
        DECISIONS,
        declared=(*DECISIONS.declared[:at], *lines, *DECISIONS.declared[at:]),
        views={
            **DECISIONS.views,
            Surface.SHEET: (*sheet[:place], *others, *sheet[place:]),
        },
    )


NPV = Column[Decision](
    key="life.npv", header="Net present value", kind=Look.MONEY, unit="money", given=is_funded,
    of=lambda d: None if d.life is None else d.life.npv, said={_TERMINAL: "NPV"},
    note="All that is paid and earned over the horizon, as expected, at present value.",
)  # fmt: skip


def _with_npv(columns: Columns[Decision]) -> Columns[Decision]:
    """Return columns with the net present value of each decision's life."""
    views = {
        **columns.views,
        **{
            surface: (*columns.views[surface][:-1], NPV.key, columns.views[surface][-1])
            for surface in (_TERMINAL, Surface.SHEET)
        },
    }
    return replace(columns, declared=(*columns.declared, NPV), views=views)


PERIODS = Columns[PeriodSpend](
    place="periods",
    declared=(
        Column(key="id", header="Period", kind=Look.NAME, note="Name of the period.",
               widths=(30, 30), sheet_width=22),
        Column(key="budget", header="Budget", kind=Look.MONEY, unit="money",
               note="Hard limit on what starts in it."),
        Column(key="committed", header="Committed", kind=Look.MONEY, unit="money",
               note="What starts in it."),
        Column(key="", name="left", header="Left", kind=Look.MONEY, unit="money",
               of=lambda p: p.budget - p.committed, note="Of its budget."),
    ),
    views={
        _PAGE: ("id", "budget", "committed"),
        Surface.SHEET: ("id", "budget", "committed"),
    },
)  # fmt: skip

UNITS = Columns[UnitSpend](
    place="units",
    declared=(
        Column(key="id", header="Unit", kind=Look.NAME, note="Business unit.",
               said={_TERMINAL: "Business unit"}, widths=(22, 22), sheet_width=22),
        Column(key="committed", header="Committed", kind=Look.MONEY, unit="money",
               note="Spend of its projects, shares of shared assets included."),
        Column(key="own", header="Without shared", kind=Look.MONEY, unit="money",
               said={_TERMINAL: "Own", _PAGE: "Without shared assets"},
               note="The same without shares of shared assets: what rules on a unit's share "
               "count."),
        Column(key="own_share", header="Share of that", kind=Look.CHANCE, unit="%",
               said={_TERMINAL: "Of all own"},
               note="Its part of what all projects spend without shares of shared assets."),
        Column(key="projects", header="Projects", kind=Look.TALLY, unit="number",
               said={_PAGE: "Proposed"}, note="How many it has."),
        Column(key="funded", header="Funded", kind=Look.TALLY, unit="number",
               note="How many of them are funded."),
    ),
    views={
        _TERMINAL: ("id", "projects", "funded", "committed", "own", "own_share"),
        _PAGE: ("id", "committed", "own", "own_share", "funded", "projects"),
    },
)  # fmt: skip

BASELINES = Columns[Baseline](
    place="audit.baselines",
    declared=(
        Column(key="name", header="Another way to spend the budget", kind=Look.NAME,
               said={_PAGE: "Instead of the plan"}, note="What the plan is compared with.",
               sheet_width=22),
        Column(key="held_out_value", header="Worth on held-out draws", kind=Look.WORTH,
               unit="objective", said={_PAGE: "Worth"},
               note="Its objective on draws that no solve saw.", sheet_width=18),
        Column(key="committed", header="Commits", kind=Look.MONEY, unit="money",
               said={_PAGE: "Committed, {currency}"}, note="What it spends."),
        Column(key="funded", header="Funds", kind=Look.TALLY, unit="projects",
               said={_PAGE: "Funded"}, note="How many projects it funds."),
        Column(key="beaten", header="Plan is at least as good", kind=Look.WORD,
               of=lambda b: "yes" if b.beaten else "no",
               note="Whether the plan is worth as much."),
        Column(key="", name="verdict", header="Verdict", kind=Look.WORD,
               of=lambda b: BASELINE_BEATEN if b.beaten else BASELINE_BETTER,
               note="The same in words."),
    ),
    views={
        Surface.SHEET: ("name", "held_out_value", "committed", "beaten"),
        _PAGE: ("name", "committed", "funded", "held_out_value", "verdict"),
    },
)  # fmt: skip


def baseline_columns(plan: Plan) -> Columns[Baseline]:
    """Return the columns of simpler plans, in the unit of a plan's objective."""
    if plan.objective is None or plan.objective.kind.in_money:
        return BASELINES
    return BASELINES.with_kind("held_out_value", look_of(plan.objective.kind))


@dataclass(frozen=True)
class Share:
    """One user's part of a shared asset."""

    asset: SharedResult
    project: str
    amount: float

    @property
    def alone(self) -> float | None:
        """What the project would pay if it bought the asset alone; None if it does not use it."""
        return self.asset.stand_alone.get(self.project)


SHARES = Columns[Share](
    place="shared",
    declared=(
        Column(key="id", header="Asset", kind=Look.NAME, of=lambda s: s.asset.id,
               note="Shared data set or base model.", sheet_width=22),
        Column(key="kind", header="Look", kind=Look.WORD, of=lambda s: s.asset.kind,
               note="dataset or base_model."),
        Column(key="split", header="Split", kind=Look.WORD, of=lambda s: s.asset.split,
               note="Rule by which its cost is divided."),
        Column(key="shares", header="Project", kind=Look.NAME, of=lambda s: s.project,
               note="Member of the asset.", widths=(30, 30), sheet_width=22),
        Column(key="shares[project]", header="Share", kind=Look.MONEY, unit="money",
               of=lambda s: s.amount, note="What the project pays of it."),
        Column(key="stand_alone[project]", header="Alone", kind=Look.MONEY, unit="money",
               of=lambda s: s.alone, note="What the project would pay if it bought the asset "
               "alone; empty if it does not use it."),
        Column(key="cost", header="Cost of the asset", kind=Look.MONEY, unit="money",
               of=lambda s: s.asset.cost, note="In all; the shares add up to it to the cent."),
        Column(key="images", header="Pool", kind=Look.COUNT, unit="images",
               of=lambda s: s.asset.images or None, note="Images in its pool."),
        Column(key="in_core", header="No group pays less alone", kind=Look.WORD,
               of=lambda s: "yes" if s.asset.in_core else "no",
               note="Whether no group of users would pay less on its own."),
    ),
)  # fmt: skip


def shares(plan: Plan) -> list[Share]:
    """Return a row for each member of each shared asset that is bought."""
    return [
        Share(asset, project, amount)
        for asset in plan.shared
        for project, amount in asset.shares.items()
    ]
