"""A saved plan held against today, as a person reads it in a terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.results.reaudit import Reaudit
from planner.domain.words.worth import amount_of
from planner.reporting.page import wrap
from planner.reporting.terminal.diff import render_diff


def render_reaudit(result: Reaudit, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield the verdict, the faults, the worth then and now, and what differs."""
    if result.stands:
        yield Text(
            wrap("The saved plan stands: it keeps budget, rules and thresholds as of today."),
            style="bold green",
        )
    else:
        yield Text("The saved plan no longer stands.", style="bold red")
        for fault in result.faults:
            yield Text(wrap(f"  {fault.code}  {fault.message}", indent="    "))
    yield Text(wrap(_worth(result)))
    yield Text("A is the plan as saved, B the same choice today; nothing was optimised.")
    yield Text("")
    yield from render_diff(result.diff, quiet=quiet)


def _worth(result: Reaudit) -> str:
    then, now = result.held_out_then, result.held_out_now
    if then is None or now is None:
        return "Its worth then and now cannot be compared: the objectives differ."
    kind, currency = result.diff.after.objective, result.diff.after.currency
    was, is_now = amount_of(kind, then, currency), amount_of(kind, now, currency)
    return (
        f"On draws it was not chosen on it was worth {was} when saved, and is worth {is_now} now."
    )
