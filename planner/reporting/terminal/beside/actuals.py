"""What came of projects against their forecast, in a terminal."""

from collections.abc import Callable, Iterator
from functools import partial

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, money, percent, rate, short, short_money, shorten
from planner.questions.observe.actuals import Actuals, Compared, ComparedRow
from planner.reporting.page import wrap
from planner.reporting.terminal.draw import plain_table

__all__ = ["last_line", "render_actuals"]

WIDE = 1e6
"""Numbers from here on are shown in millions, to fit a column."""
_HOW_TO_READ = (
    "P10, P50 and P90 are the forecast's, At is where in it the actual number lies: at 80 % it "
    "gave 80 % to as little or less. Of images that is the chance that so many suffice for the "
    "target. – where the forecast was certain. Spend leaves shared assets out."
)


def render_actuals(found: Actuals, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield a row for each number that came out."""
    table = plain_table()
    for name in ("Project", "Day", ""):
        table.add_column(name, no_wrap=True)
    for name in ("Actual", "Planned", "P10", "P50", "P90", "At"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.rows:
        for at, cells in enumerate(_rows(row)):
            head = (Text(shorten(row.project, 12)), row.date) if at == 0 else ("", "")
            table.add_row(*head, *cells)
    yield table
    if quiet:
        return
    unfunded = [row.project for row in found.rows if not row.funded]
    if unfunded:
        names = ", ".join(dict.fromkeys(shorten(name, 30) for name in unfunded))
        yield Text(wrap(f"Not funded by the plan: {names}; forecast of the cheapest network."))
    yield Text(wrap(_HOW_TO_READ), style="dim")


def _rows(row: ComparedRow) -> Iterator[tuple[str, ...]]:
    kinds: tuple[tuple[str, Compared | None, Callable[[float], str]], ...] = (
        ("spend", row.spend, money),
        ("images", row.images, count),
        ("error", row.error, partial(rate, digits=2)),
    )
    for name, item, say in kinds:
        if item is not None:
            yield name, *_cells(item, say)


def _cells(item: Compared, say: Callable[[float], str]) -> Iterator[str]:
    yield say(item.actual)
    yield "–" if item.planned is None else say(item.planned)
    long = {money: short_money, count: short}.get(say, say)
    for quantile in (item.p10, item.p50, item.p90):
        shown = say if quantile is None or quantile < WIDE else long
        nothing = "–" if item.quantile is None else "never"
        yield nothing if quantile is None else shown(quantile)
    yield "–" if item.quantile is None else percent(item.quantile)


def last_line(file: str, output: str | None, known: int, rows: int) -> str:
    """Return what was written, and what to do next."""
    if output is None:
        return "Nothing was written (--dry-run)."
    following = f"Next: planner observe {file} {output}"
    if known == rows:
        return f"All rows stand in {output} already. {following}"
    already = f" ({known} of {rows} rows stood there already)" if known else ""
    return f"Wrote {output}{already}. {following}"
