"""Two plans side by side, as a person reads them in a terminal: the whole first."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.facts.changes import ChangeKind
from planner.domain.format import figure, money, shorten
from planner.domain.results.plan_diff import PlanDiff, PlanHead
from planner.reporting.diff_table import changes_table, shown_changes, totals_table
from planner.reporting.page import PAGE_WIDTH, wrap
from planner.reporting.terminal.draw import draw_table
from planner.reporting.words import changes as words


def render_diff(
    diff: PlanDiff, *, quiet: bool = False, verbose: bool = False
) -> Iterator[Table | Text]:
    """Yield the comparison block by block, each at most 79 columns wide.

    ``quiet`` leaves out the sentences, ``verbose`` adds the projects that are the same.
    """
    yield Text(f"A  {_head(diff.before)}", style="bold")
    yield Text(f"B  {_head(diff.after)}", style="bold")
    yield draw_table(totals_table(diff), padding=(0, 2))
    shown = shown_changes(diff, everything=verbose)
    if shown:
        yield Text("")
        yield draw_table(changes_table(diff, shown, width=18))
        if not quiet:
            yield Text(wrap(words.SIGNS), style="dim")
    if diff.changes:
        yield Text(f"{words.FOR_ALL}:")
        for change in diff.changes:
            line = f"  {change.field}: {_plain(change.before)} → {_plain(change.after)}"
            yield Text(wrap(line, indent="    "))
    elif not diff.inputs_known:
        yield Text(wrap(words.UNKNOWN_INPUTS))
    if not quiet:
        for item in shown:
            yield Text(wrap(f"{shorten(item.project, 30)}: {item.why}", indent="  "))
    yield from _same(diff, verbose=verbose)


def _same(diff: PlanDiff, *, verbose: bool) -> Iterator[Text]:
    """Yield how many projects are the same in both plans."""
    same = sum(item.change is ChangeKind.SAME for item in diff.projects)
    if same == len(diff.projects):
        yield Text(words.EVERYTHING_SAME)
    elif same and not verbose:
        noun = "project is" if same == 1 else "projects are"
        yield Text(f"{same} {noun} the same in both plans (-v shows them).", style="dim")


def _head(head: PlanHead) -> str:
    parts = (
        shorten(head.portfolio, 18),
        f"budget {money(head.budget, shorten(head.currency, 8))}",
        shorten(head.model.get("name", ""), 14),
        f"seed {head.seed}",
        "not solved" if head.status is None else str(head.status),
    )
    return shorten(" · ".join(parts), PAGE_WIDTH - 3)


def _plain(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return figure(value, 10)
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    return shorten(str(value), 120)
