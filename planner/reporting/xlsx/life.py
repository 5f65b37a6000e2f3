"""The sheet *Life*: what each project pays and earns, present values and sums as live formulas.

Each amount is what is expected of one line in one stretch of time, with when it begins and ends;
when it counts, its present value, each line and each total are computed in the sheet, from the
discount rate and from where in a stretch amounts count. Change a pale cell and all of it follows.
"""

from dataclasses import dataclass

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.life import Life, LineCash
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Cash
from planner.domain.words.life import line_words
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Book, Column
from planner.reporting.xlsx.look import Sheet

__all__ = ["write_life"]

TITLE = "Life"
HINT = "What is paid and earned over the years, as expected; present values are live."
RATE, POINT = "Discount rate a year", "An amount counts at this share of its stretch of time"
_WHERE = {Cash.END: 1.0, Cash.MID: 0.5, Cash.START: 0.0}
_NEAR = 1e-9
"""Years; a time that differs by less is the one that the formula gives."""


@dataclass(frozen=True)
class _Flow:
    """One amount of one project."""

    project: str
    cash: LineCash

    @property
    def words(self) -> str:
        return line_words(self.cash.line)


_GIVEN: tuple[Column[_Flow], ...] = (
    Column("Project", "", look.TEXT, "Name in the portfolio.", "decisions[].project",
           lambda flow: flow.project, 30),
    Column("Line", "", look.TEXT, "What is paid or earned.", "decisions[].life.lines",
           lambda flow: flow.words, 30),
    Column("From", "years", "0.00", "When it begins, from the start of the plan.", "",
           lambda flow: flow.cash.begin),
    Column("To", "years", "0.00", "When it ends.", "", lambda flow: flow.cash.end),
    Column("Expected", "money", look.MONEY, "Earned, or paid if below 0; not discounted.", "",
           lambda flow: flow.cash.amount, 18),
)  # fmt: skip
_COMPUTED: tuple[Column[_Flow], ...] = (
    Column("Counts at", "years", "0.00", "When it counts.", "", lambda flow: flow.cash.counted),
    Column("Present value", "money", look.MONEY, "Discounted to the start of the plan.", "",
           lambda flow: flow.cash.amount, 18),
)  # fmt: skip
_LINES: tuple[Column[str], ...] = (
    Column("Present value of a line", "money", look.MONEY, "Sum of its present values.",
           "decisions[].life.lines", str),
    Column("Net present value", "money", look.MONEY, "Sum of the lines.",
           "decisions[].life.npv", str),
)  # fmt: skip


def write_life(book: Book, plan: Plan, portfolio: Portfolio) -> None:
    """Write the sheet, where the plan was made here and its file states a life."""
    lives = [(item.project, item.life) for item in plan.decisions if item.life is not None]
    if plan.life is None or not any(life.flows for _, life in lives):
        return
    sheet = book.add(TITLE, TITLE, HINT)
    rate = _setting(sheet, 3, RATE, portfolio.discount_rate, "0.00%")
    point = _setting(sheet, 4, POINT, _WHERE[portfolio.cash], "0.0")
    names = list(plan.life.lines)
    flows = [
        _Flow(project, cash)
        for project, life in lives
        for name in names
        for cash in life.flows
        if cash.line == name
    ]
    first = 10 + len(lives)  # the amounts begin below the table of the lines
    _write_lines(book, sheet, lives, names, [(flow.project, flow.cash.line) for flow in flows])
    _write_flows(book, sheet, flows, first, (rate, point), portfolio.discount_rate)
    look.finish(sheet, freeze="B6")


def _setting(sheet: Sheet, row: int, words: str, value: float, number_format: str) -> str:
    """Write a number that all formulas read; return its cell."""
    look.put(sheet, row, 1, words)
    look.boxed(look.put(sheet, row, 2, value, number_format), is_input=True)
    return f"$B${row}"


def _write_lines(
    book: Book,
    sheet: Sheet,
    lives: list[tuple[str, Life]],
    names: list[str],
    below: list[tuple[str, str]],
) -> None:
    """Write a row to each project and a column to each line, summed from the amounts below."""
    head, end, first = 6, len(names) + 2, 10 + len(lives)
    book.describe(sheet.title, _LINES)
    words = [f"{line_words(name)} ({book.currency})" for name in names]
    look.header_row(sheet, head, ["Project", *words, f"Net present value ({book.currency})"])
    for row, (project, life) in enumerate(lives, head + 1):
        look.put(sheet, row, 1, project)
        for column, name in enumerate(names, 2):
            at = [first + place for place, key in enumerate(below) if key == (project, name)]
            if at:  # the amounts of a line stand together
                text = f"=SUM(G{at[0]}:G{at[-1]})"
                book.formula(sheet, (row, column), text, life.lines[name], look.MONEY)
            elif name in life.lines:
                look.boxed(look.put(sheet, row, column, life.lines[name], look.MONEY))
        _write_sum(book, sheet, (row, end), f"B{row}", (row, end - 1), life.npv)
    total, lived = head + 1 + len(lives), [life for _, life in lives]
    look.put(sheet, total, 1, "Total", bold=True)
    for column, name in enumerate([*names, ""], 2):
        sums = [life.lines.get(name, 0.0) if name else life.npv for life in lived]
        letter = sheet.cell(head, column).column_letter
        _write_sum(
            book, sheet, (total, column), f"{letter}{head + 1}", (total - 1, column), sum(sums)
        )


def _write_sum(
    book: Book,
    sheet: Sheet,
    place: tuple[int, int],
    first: str,
    last: tuple[int, int],
    result: float,
) -> None:
    """Write the sum of the cells from one to another."""
    text = f"=SUM({first}:{sheet.cell(*last).coordinate})"
    book.formula(sheet, place, text, result, look.MONEY)
    sheet.cell(*place).font = look.bold()


def _write_flows(
    book: Book,
    sheet: Sheet,
    flows: list[_Flow],
    first: int,
    cells: tuple[str, str],
    rate: float,
) -> None:
    """Write a row to each amount, with its time and its present value as formulas."""
    rate_cell, point = cells
    columns = (*_GIVEN, *_COMPUTED)
    book.describe(sheet.title, columns)
    look.widths(sheet, [46, *(max(22, column.width) for column in columns[1:])])
    look.header_row(sheet, first - 1, [column.title(book.currency) for column in columns])
    where = float(sheet[point.replace("$", "")].value)
    for row, flow in enumerate(flows, first):
        cash = flow.cash
        for column, item in enumerate(_GIVEN, 1):
            cell = look.put(sheet, row, column, item.of(flow), item.number_format)
            look.boxed(cell, is_input=column > 2)
        by_point = cash.begin + where * (cash.end - cash.begin)
        if abs(by_point - cash.counted) < _NEAR:
            text = f"=C{row}+{point}*(D{row}-C{row})"
            book.formula(sheet, (row, 6), text, cash.counted, "0.00")
        else:
            look.boxed(look.put(sheet, row, 6, cash.counted, "0.00"), is_input=True)
        present = cash.amount * (1.0 + rate) ** -cash.counted
        text = f"=E{row}*(1+{rate_cell})^-F{row}"
        book.formula(sheet, (row, 7), text, present, look.MONEY)
