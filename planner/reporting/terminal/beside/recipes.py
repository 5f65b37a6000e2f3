"""Ways to train one project side by side, in a terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure, money, percent, shorten
from planner.domain.format import target as target_words
from planner.questions.estimate.estimate import Spread
from planner.questions.recipes import ComparedRecipe, Comparison
from planner.reporting.terminal.draw import paragraphs, plain_table

__all__ = ["render_comparison"]


def render_comparison(found: Comparison, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield a row for each way, then what each letter is, and what no chance knows of."""
    unit = shorten(found.currency, 8)
    yield Text(f"{shorten(found.project, 30)} · target error {target_words(found.target_error)}",
               style="bold")  # fmt: skip
    table = plain_table()
    table.add_column("", no_wrap=True)
    table.add_column("Trained", no_wrap=True)
    for name in ("On", "Hours", "Days", f"Training {unit}", "Total P50", "P90", "Chance"):
        table.add_column(name, justify="right", no_wrap=True)
    for row, letter in zip(found.recipes, _letters(len(found.recipes)), strict=True):
        table.add_row(letter, *_cells(row))
    yield table
    yield from paragraphs(
        f"{letter}: {row.recipe or 'as in the file'}"
        for row, letter in zip(found.recipes, _letters(len(found.recipes)), strict=True)
    )
    if not quiet:
        yield from paragraphs([_HOW_TO_READ, *found.notes], style="dim")


_HOW_TO_READ = (
    "Hours are accelerator-hours of all trainings, days those on the accelerators that train at "
    "once (compute.gpus). P50 and P90 are not exceeded in 50 and 90 % of outcomes."
)


def _letters(number: int) -> list[str]:
    return [f"R{at}" if at else "file" for at in range(number)]


def _cells(row: ComparedRecipe) -> tuple[str | Text, ...]:
    return (
        Text(shorten(row.architecture, 15)),
        count(row.images),
        "–" if row.accelerator_hours is None else figure(row.accelerator_hours),
        "–" if row.wall_hours is None else figure(row.wall_hours / 24),
        _median(row.training),
        _median(row.total),
        money(row.total.p90 or 0.0),
        percent(row.chance_of_target),
    )


def _median(cost: Spread) -> str:
    return money(cost.p50 or 0.0)
