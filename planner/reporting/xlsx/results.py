"""The workbook of a plan's results: what ``planner plan FILE --xlsx out.xlsx`` writes.

Summary, Plan, Why, Charts, Ranges, Inputs, Assumptions, Equations and Data dictionary; Spend and
Amortisation where the plan has periods, units or shared assets; Life where the file states one. A
portfolio that came as a workbook is copied, with the results before its own sheets. Numbers are
those of ``--json``, every digit of them; only their display is rounded.
"""

from collections.abc import Sequence

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
from planner.domain.results.risk import Quantiles
from planner.domain.vocabulary import Status, Verdict
from planner.questions.estimate.estimate import Estimate
from planner.reporting.columns import Columns, Look, Surface
from planner.reporting.sections.estimate_columns import ESTIMATES
from planner.reporting.sections.plan_columns import (
    PERIODS,
    SHARES,
    UNITS,
    WHY,
    decision_columns,
    is_funded,
    shares,
)
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Book
from planner.reporting.xlsx.charts import colour_verdicts
from planner.reporting.xlsx.columns import letters, sheet_columns
from planner.reporting.xlsx.equations import write_equations
from planner.reporting.xlsx.inputs import write_assumptions, write_dictionary, write_inputs
from planner.reporting.xlsx.life import write_life
from planner.reporting.xlsx.look import Sheet
from planner.reporting.xlsx.pictures import write_charts
from planner.reporting.xlsx.summary import write_summary

__all__ = ["results_bytes"]

type _Spread = tuple[str, str, Quantiles]


def results_bytes(
    plan: Plan,
    portfolio: Portfolio,
    catalogue: Catalogue,
    *,
    estimate: Estimate | None = None,
    source: bytes | None = None,
    name: str = "portfolio.xlsx",
) -> bytes:
    """Return the workbook of a plan as bytes; the same for the same arguments.

    Parameters
    ----------
    plan, portfolio : Plan, Portfolio
        What was decided, and on what.
    catalogue : Catalogue
        Sizes of architectures, for the equations.
    estimate : Estimate, optional
        Each project's ranges.
    source : bytes, optional
        The workbook that the portfolio was read from: it is copied, and results of an earlier plan
        in it are replaced.
    name : str, default="portfolio.xlsx"
        Of the source, for messages.
    """
    book = Book.over(source, name, plan.currency)
    write_summary(book, plan)
    if plan.status is not Status.INFEASIBLE:
        _write_plan(book, plan)
        _write_why(book, plan)
        write_charts(book, plan)
        _write_ranges(book, plan, estimate)
        _write_spend(book, plan)
        _write_shares(book, plan)
        write_life(book, plan, portfolio)
    write_inputs(book, portfolio)
    write_assumptions(book, plan)
    write_equations(book, plan, portfolio, catalogue)
    write_dictionary(book)
    return book.content(
        {"title": plan.portfolio, "creator": "planner", "lastModifiedBy": "planner"}
    )


def _write_plan(book: Book, plan: Plan) -> None:
    """Write a row for each decision; the total of each and of all are live sums."""
    sheet = book.add(
        "Plan",
        "Plan",
        "One row to a project, in the order of the portfolio. Totals are live sums of their parts.",
    )
    decisions = plan.decisions
    columns = decision_columns(plan)
    at, used = letters(columns, decisions), columns.on(Surface.SHEET, decisions)
    first, last = 4, 3 + len(decisions)
    row = book.table(sheet, 3, sheet_columns(columns, decisions), decisions)
    parts = [at[key] for key in at if key.startswith("cost.") and key != "cost.total"]
    for offset, decision in enumerate(decisions, first):
        text = f"=SUM({parts[0]}{offset}:{parts[-1]}{offset})"
        place = (offset, list(at).index("cost.total") + 1)
        book.formula(sheet, place, text, decision.cost.total, look.MONEY)
        if is_funded(decision):
            chance, against = decision.chance_of_target, plan.chance_bounds(decision.project)
            cell = sheet[f"{at['chance_of_target']}{offset}"]
            cell.number_format = look.chance_format(chance, against)
    look.put(sheet, row, 1, "Total", bold=True)
    for number, column in enumerate(used, 1):
        if column.kind is Look.MONEY:
            letter, total = (
                at[column.key],
                sum(float(str(column.value(d) or 0.0)) for d in decisions),
            )
            text = f"=SUM({letter}{first}:{letter}{last})" if decisions else "=0"
            book.formula(sheet, (row, number), text, float(total), look.MONEY)
            sheet.cell(row, number).font = look.bold()
    _write_check(book, sheet, row + 2, f"{at['cost.total']}{row}", plan)
    colour_verdicts(sheet, f"{at['verdict']}{first}:{at['verdict']}{max(first, last)}")
    look.finish(sheet, freeze="B4", repeat=3)


def _write_why(book: Book, plan: Plan) -> None:
    """Write why each project is funded or not, a sheet of its own."""
    sheet = book.add(
        "Why",
        "Why, project by project",
        "The reason for each decision, in the order of the portfolio.",
    )
    book.table(sheet, 3, sheet_columns(WHY, plan.decisions), plan.decisions)
    colour_verdicts(sheet, f"B4:B{3 + max(1, len(plan.decisions))}")
    look.finish(sheet, freeze="B4", repeat=3)


def _write_check(book: Book, sheet: Sheet, row: int, total: str, plan: Plan) -> None:
    """Write the reconciliation: the live sum against what the plan committed."""
    look.put(sheet, row, 1, f"Committed by the plan ({plan.currency})")
    look.put(sheet, row, 3, plan.budget.committed, look.MONEY)
    look.put(sheet, row + 1, 1, f"Sum of the rows less that ({plan.currency})")
    text = f"=ROUND({total}-C{row},2)"
    book.formula(sheet, (row + 1, 3), text, 0.0, look.MONEY)
    meaning = "The same amount, from the plan; the difference below it is 0."
    book.entry(sheet, "Committed by the plan", plan.currency, meaning, "budget.committed")


def _write_ranges(book: Book, plan: Plan, estimate: Estimate | None) -> None:
    sheet = book.add(
        "Ranges",
        "Ranges",
        "P90 is not exceeded in 90 % of outcomes, P50 in half of them, P10 in 10 % of them.",
    )
    row = 3
    if estimate is not None:
        row = look.title_row(
            sheet, row, "Projects, each on its own (first recommended architecture)"
        )
        row = _table(book, sheet, row, ESTIMATES, estimate.projects) + 1
    if plan.risk is not None and any(d.verdict is not Verdict.NO_GO for d in plan.decisions):
        row = look.title_row(sheet, row, "The plan, on draws that the solve never saw")
        spreads: list[_Spread] = [("Cost", "cost", plan.risk.cost)]
        objective = plan.objective
        if objective is not None and objective.kind.in_money:
            spreads.insert(0, ("Net value", "net_value", plan.risk.net_value))
        for label, key, found in spreads:
            row = _write_spread(book, sheet, row, label, key, found)
        look.put(sheet, row, 1, "Chance that the cost exceeds the budget (%)")
        look.put(sheet, row, 4, plan.risk.chance_over_budget, look.CHANCE)
        meaning, key = "On draws that the solve never saw.", "risk.chance_over_budget"
        book.entry(sheet, "Chance that the cost exceeds the budget", "%", meaning, key)
    look.finish(sheet, freeze="B3")


_WORDS = (
    ("p10", "P10", "not exceeded in 10 % of outcomes"),
    ("p50", "P50", "not exceeded in half of the outcomes"),
    ("p80", "P80", "not exceeded in 80 % of outcomes"),
    ("p90", "P90", "not exceeded in 90 % of outcomes"),
    ("mean", "Mean", "over all outcomes"),
    ("cvar90", "Mean of the worst 10 %", "of outcomes: lowest net values, highest costs"),
)


def _write_spread(
    book: Book, sheet: Sheet, row: int, label: str, key: str, found: Quantiles
) -> int:
    """Write the quantiles of one amount, each with its sentence; return the next row."""
    for name, short, sentence in _WORDS:
        look.put(sheet, row, 1, f"{label}: {short} ({book.currency})")
        look.put(sheet, row, 4, getattr(found, name), look.MONEY)
        look.put(sheet, row, 5, sentence, indent=1)
        meaning = f"{label} {sentence}."
        book.entry(sheet, f"{label}: {short}", book.currency, meaning, f"risk.{key}.{name}")
        row += 1
    return row


def _write_spend(book: Book, plan: Plan) -> None:
    """Write spend by period and by unit, where there are any."""
    if not (plan.periods or plan.units):
        return
    sheet = book.add("Spend", "Spend", "Committed spend by period and by business unit.")
    row = 3
    if plan.periods:
        row = _table(book, sheet, row, PERIODS, plan.periods) + 1
    if plan.units:
        _table(book, sheet, row, UNITS, plan.units)
    look.finish(sheet)


def _write_shares(book: Book, plan: Plan) -> None:
    """Write who pays for what is shared."""
    rows = shares(plan)
    if not rows:
        return
    sheet = book.add(
        "Amortisation",
        "Amortisation",
        "Bought once, paid for by the projects that use it; shares add up to the cost to the cent.",
    )
    _table(book, sheet, 3, SHARES, rows)
    look.finish(sheet, freeze="A4", repeat=3)


def _table[R](book: Book, sheet: Sheet, row: int, columns: Columns[R], records: Sequence[R]) -> int:
    """Write records as their declared columns; return the next row."""
    return book.table(sheet, row, sheet_columns(columns, records), records)
