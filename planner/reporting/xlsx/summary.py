"""The first sheet of the results: the decision, its worth, its risk, and how it was made."""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.domain.format import count, figure, percent
from planner.domain.results.plan import Decision, Plan
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.domain.words.measure_first import first_words
from planner.domain.words.proof import PROVEN, draws_leave, proof_state
from planner.reporting.headline import approval
from planner.reporting.sections.plan_columns import BASELINES
from planner.reporting.terminal.plan_risk import objective_words
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Book
from planner.reporting.xlsx.columns import sheet_columns
from planner.reporting.xlsx.look import Sheet

__all__ = ["write_summary"]

_WORTH = {
    Objective.NET_VALUE: "Expected net value: value earned less cost",
    Objective.VALUE: "Expected value, before cost",
    Objective.TARGETS_MET: "Expected number of targets met",
    Objective.ACCURACY: "Expected cut of errors: share of errors, summed over projects",
}


@dataclass(frozen=True)
class _Item:
    """A line of the summary."""

    label: str
    value: object
    unit: str
    number_format: str
    meaning: str
    key: str


def write_summary(book: Book, plan: Plan) -> None:
    """Write the sheet."""
    years = f"{figure(plan.horizon_years)} year" + ("" if plan.horizon_years == 1 else "s")
    hint = f"Amounts in {plan.currency} over {years}. Model {plan.model['name']}, seed {plan.seed}."
    sheet = book.add("Summary", plan.portfolio, hint)
    look.widths(sheet, (40, 34, 14, 78))
    row = look.header_row(sheet, 3, ("What", "Amount", "Unit", "Meaning"))
    for item in _items(plan):
        look.boxed(look.put(sheet, row, 1, item.label, bold=True))
        lines = max(look.lines_of(sheet, 2, item.value), look.lines_of(sheet, 4, item.meaning))
        look.stretch(sheet, row, lines)
        look.boxed(look.put(sheet, row, 2, item.value, item.number_format, wrap=lines > 1))
        look.boxed(look.put(sheet, row, 3, item.unit, indent=1))
        look.boxed(look.put(sheet, row, 4, item.meaning, wrap=True))
        book.entry(sheet, item.label, item.unit, item.meaning, item.key)
        row += 1
    row = _write_funded(sheet, row + 1, plan)
    row = _write_conflict(sheet, row, plan)
    if plan.audit is not None and plan.audit.baselines:
        row = look.title_row(sheet, row + 1, "Other ways to spend the budget, on the same draws")
        columns = sheet_columns(BASELINES, plan.audit.baselines)
        titles = [(column.title(plan.currency), column.number_format) for column in columns]
        rows = ([column.of(item) for column in columns] for item in plan.audit.baselines)
        look.table(sheet, row, titles, rows)
        book.describe(sheet.title, columns)
    look.finish(sheet)


def _items(plan: Plan) -> Iterator[_Item]:
    money, currency = look.MONEY, plan.currency
    state = PROVEN[proof_state(plan)]
    yield _Item("Status", state, "", look.TEXT, "Whether a better plan can exist.", "status")
    yield _Item("Budget", plan.budget.limit, currency, money, "Hard limit on committed spend.",
                "budget.limit")  # fmt: skip
    if plan.status is Status.INFEASIBLE:
        return
    asked = approval(plan)
    yield _Item("Sum to approve", asked.total, currency, money, "Budget and reserve together.",
                "")  # fmt: skip
    if plan.risk is not None:
        yield _Item("Of it a reserve", plan.risk.reserve_p80, currency, money,
                    "Held beside the budget, so that both cover the cost in 80 % of outcomes.",
                    "risk.reserve_p80")  # fmt: skip
        yield _Item("Chance that it is not enough", asked.chance_short, "%", look.CHANCE,
                    "Chance that the cost is more than the sum to approve.", "")  # fmt: skip
    yield _Item("Committed", plan.budget.committed, currency, money, "What the plan binds; a price "
                "range counts at its mean.", "budget.committed")  # fmt: skip
    yield _Item("Left", plan.budget.left, currency, money, "Of the budget.", "budget.left")
    funded = sum(decision.verdict is not Verdict.NO_GO for decision in plan.decisions)
    yield _Item("Projects funded", funded, "projects", look.COUNT,
                f"Of {len(plan.decisions)} in the portfolio.", "decisions[].verdict")  # fmt: skip
    yield from _first(plan)
    yield from _worth(plan)
    yield from _risk(plan)
    yield _Item("Worth of one more unit of budget", plan.budget.shadow_price, "per unit",
                "0.00##", "What the next unit of money adds, at the margin.",
                "budget.shadow_price")  # fmt: skip
    yield _Item("Inputs", plan.inputs_sha256, "SHA-256", look.TEXT, "Of the portfolio file.",
                "inputs_sha256")  # fmt: skip


def _first(plan: Plan) -> Iterator[_Item]:
    """Yield what to run before anything is committed, and what that is worth."""
    first = plan.measure_first
    if first is None:
        return
    unit, shape = _unit(plan)
    yield _Item("Do first: price of the runs", first.price, plan.currency, look.MONEY,
                first_words(first, plan.currency), "measure_first.price")  # fmt: skip
    yield _Item("Do first: what it adds", first.gain, unit, shape,
                "What deciding after the runs adds to the plan's worth, once they are paid.",
                "measure_first.gain")  # fmt: skip


def _unit(plan: Plan) -> tuple[str, str]:
    """Return the unit of a plan's worth, and how its cell shows it."""
    kind = None if plan.objective is None else plan.objective.kind
    shapes = {Objective.TARGETS_MET: ("targets", "0.00"), Objective.ACCURACY: ("share", "0.000")}
    return shapes.get(kind, (plan.currency, look.MONEY)) if kind else (plan.currency, look.MONEY)


def _worth(plan: Plan) -> Iterator[_Item]:
    if plan.objective is None:
        return
    unit, shape = _unit(plan)
    label, words = _WORTH[plan.objective.kind].split(":")[0], _WORTH[plan.objective.kind]
    if plan.assumptions.get("risk", "expected") != "expected":
        words = objective_words(plan)
        words = words[0].upper() + words[1:]
        label = words.partition(" (")[0]
    if plan.audit is None:
        return
    draws = count(plan.audit.held_out_draws)
    yield _Item(label, plan.audit.held_out_value, unit, shape,
                f"{words}; on {draws} draws that the plan was not chosen on: quote this one.",
                "audit.held_out_value")  # fmt: skip
    yield _Item("On the draws it was chosen on", plan.audit.in_sample_value, unit, shape,
                "The same there: what the search maximised, and no number to quote.",
                "audit.in_sample_value")  # fmt: skip
    yield _Item("Gap to the proven bound", plan.objective.gap, "%", "0.0000%",
                "No plan is better by more than this.", "objective.gap")  # fmt: skip
    if draws_leave(plan) is not None and plan.audit is not None:
        yield _Item("What the draws leave open", plan.audit.in_sample_se, unit, shape,
                    "Standard error of the plan's worth on the draws that it was chosen on.",
                    "audit.in_sample_se")  # fmt: skip


def _risk(plan: Plan) -> Iterator[_Item]:
    if plan.risk is None or all(d.verdict is Verdict.NO_GO for d in plan.decisions):
        return
    net, cost = plan.risk.net_value, plan.risk.cost
    money, currency = look.MONEY, plan.currency
    if plan.objective is not None and plan.objective.kind.in_money:
        for name, sentence in (("p10", "10 %"), ("p50", "half"), ("p90", "90 %")):
            yield _Item(f"Net value {name.upper()}", getattr(net, name), currency, money,
                        f"Net value is not above this in {sentence} of outcomes.",
                        f"risk.net_value.{name}")  # fmt: skip
        yield _Item("Net value in the worst 10 %", net.cvar90, currency, money,
                    "Mean of the worst 10 % of outcomes.", "risk.net_value.cvar90")  # fmt: skip
    for name, sentence in (("p50", "half"), ("p90", "90 %")):
        yield _Item(f"Cost {name.upper()}", getattr(cost, name), currency, money,
                    f"Cost is not above this in {sentence} of outcomes.",
                    f"risk.cost.{name}")  # fmt: skip
    yield _Item("Chance of overspending", plan.risk.chance_over_budget, "%", look.CHANCE,
                "Chance that the cost exceeds the budget.", "risk.chance_over_budget")  # fmt: skip


def _write_funded(sheet: Sheet, row: int, plan: Plan) -> int:
    """Write what is funded, largest spend first; return the next row."""
    funded = [d for d in plan.decisions if d.verdict is not Verdict.NO_GO]
    if plan.status is Status.INFEASIBLE:
        return row
    row = look.title_row(sheet, row, "Funded" if funded else "Nothing is funded")
    if not funded:
        return look.note(sheet, row, "Sheet Plan says why, project by project.")
    headers = [("Project", look.TEXT), (f"Committed ({plan.currency})", look.MONEY),
               ("Verdict", look.TEXT), ("What it buys", look.TEXT)]  # fmt: skip
    dearest_first = sorted(funded, key=lambda d: -d.cost.total)
    rows = [(d.project, d.cost.total, str(d.verdict), _bought(plan, d)) for d in dearest_first]
    return look.table(sheet, row, headers, rows)


def _bought(plan: Plan, decision: Decision) -> str:
    bounds = plan.chance_bounds(decision.project)
    chance = percent(decision.chance_of_target, against=bounds)
    of_what = "chance of target" if plan.has_target(decision.project) else "chance that use pays"
    return (
        f"{decision.architecture}, {count(decision.images_total)} images "
        f"({count(decision.images_to_buy)} to buy), {of_what} {chance}"
    )


def _write_conflict(sheet: Sheet, row: int, plan: Plan) -> int:
    """Write what cannot hold together and the smallest changes that help; return the next row."""
    for title, texts in (
        ("These cannot hold together", plan.conflict),
        ("Smallest changes that help", tuple(fix.text for fix in plan.fixes)),
    ):
        if texts:
            row = look.title_row(sheet, row, title)
            for text in texts:
                row = look.note(sheet, row, text)
            row += 1
    return row
