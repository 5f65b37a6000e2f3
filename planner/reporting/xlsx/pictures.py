"""The sheet of charts: worth and spend by project, and how far cost and net value stray."""

from planner.domain.results.plan import Plan
from planner.domain.results.risk import Quantiles
from planner.reporting.sections.material import ranked_places
from planner.reporting.sections.plan_columns import is_funded
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Book
from planner.reporting.xlsx.charts import bar_chart, curve_chart
from planner.reporting.xlsx.look import Sheet

__all__ = ["write_charts"]

_LEVELS = (("p10", 0.1), ("p50", 0.5), ("p80", 0.8), ("p90", 0.9))


def write_charts(book: Book, plan: Plan) -> None:
    """Write the sheet, if anything is funded: numbers first, the charts beside them."""
    places = [place for place in ranked_places(plan) if is_funded(plan.decisions[place])]
    if not places or plan.risk is None:
        return
    hint = "Drawn by the workbook from the cells beside them; worth and ranges are on unseen draws."
    sheet = book.add("Charts", "Charts", hint)
    look.widths(sheet, (26, 16, 16))
    currency = plan.currency
    headers = [("Project", look.TEXT), (f"Worth ({currency})", look.MONEY),
               (f"Spend ({currency})", look.MONEY)]  # fmt: skip
    funded = [plan.decisions[place] for place in places]
    rows = [(item.project, item.held_out_net_value or 0.0, item.cost.total) for item in funded]
    row = look.table(sheet, 3, headers, rows)
    counts = plan.objective is not None and not plan.objective.kind.in_money
    span = (4, 3 + len(rows))
    if not counts:
        title = "Worth by project, before what is bought together"
        bar_chart(sheet, "E3", title, currency, column=2, rows=span)
    beside = "R3" if not counts else "E3"
    bar_chart(sheet, beside, "Committed spend by project", currency, column=3, rows=span)
    row = max(row + 1, 26)
    row = _write_curve(sheet, row, "Total cost", currency, plan.risk.cost)
    if not counts:
        _write_curve(sheet, row, "Net value", currency, plan.risk.net_value)
    look.finish(sheet, area=f"A1:AD{max(row + 19, 30)}")


def _write_curve(sheet: Sheet, row: int, what: str, currency: str, spread: Quantiles) -> int:
    """Write four quantiles with their chances and the curve beside them; return the next row."""
    headers = [(what, look.TEXT), (f"Amount ({currency})", look.MONEY),
               ("Chance of at most this", look.PERCENT)]  # fmt: skip
    rows = [(name.upper(), getattr(spread, name), level) for name, level in _LEVELS]
    look.table(sheet, row, headers, rows)
    title = f"{what}: chance of at most so much"
    curve_chart(sheet, f"E{row}", title, currency, rows=(row + 1, row + 4))
    return row + 19
