"""Two plans side by side, as a person reads them in a terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.facts.changes import ChangeKind
from planner.domain.format import count, figure, fixed, money, percent, shorten
from planner.domain.results.plan_diff import PlanDiff, PlanHead, ProjectChange, Standing
from planner.domain.vocabulary import Objective, Verdict
from planner.reporting.page import PAGE_WIDTH, wrap
from planner.reporting.terminal.draw import plain_table


def render_diff(
    diff: PlanDiff, *, quiet: bool = False, verbose: bool = False
) -> Iterator[Table | Text]:
    """Yield the comparison block by block, each at most 79 columns wide.

    ``quiet`` leaves out the sentences, ``verbose`` adds the projects that are the same.
    """
    yield Text(f"A  {_head(diff.before)}", style="bold")
    yield Text(f"B  {_head(diff.after)}", style="bold")
    yield _totals(diff)
    if diff.changes:
        yield Text("What differs for all projects:")
        for change in diff.changes:
            line = f"  {change.field}: {_plain(change.before)} → {_plain(change.after)}"
            yield Text(wrap(line, indent="    "))
    elif not diff.inputs_known:
        yield Text(
            wrap("One of the plans does not say what it was made from: results alone are compared.")
        )
    shown = [item for item in diff.projects if verbose or item.change is not ChangeKind.SAME]
    if shown:
        yield Text("")
        yield _table(shown)
        if not quiet:
            yield Text("")
            for item in shown:
                yield Text(wrap(f"{shorten(item.project, 30)}: {item.why}", indent="  "))
    same = sum(item.change is ChangeKind.SAME for item in diff.projects)
    if same == len(diff.projects):
        yield Text("Both plans do the same with every project.")
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


def _totals(diff: PlanDiff) -> Table:
    table = plain_table((0, 2))
    for name in ("", "A", "B", "B − A"):
        table.add_column(name, justify="left" if not name else "right")
    first, second = diff.before, diff.after
    if first.currency != second.currency:
        table.add_row(
            f"committed, {shorten(first.currency, 8)} / {shorten(second.currency, 8)}",
            money(first.committed),
            money(second.committed),
            "–",
        )
        return table
    unit = shorten(second.currency, 8)
    change = second.committed - first.committed
    table.add_row(
        f"committed, {unit}", money(first.committed), money(second.committed), _signed(change)
    )
    if first.objective == second.objective and first.value is not None and second.value is not None:
        targets = first.objective == Objective.TARGETS_MET
        words = "targets expected" if targets else f"{_WORDS[first.objective or '']}, {unit}"
        show = _targets if targets else money
        step = second.value - first.value
        sign = "+" if step > 0 else ""
        table.add_row(words, show(first.value), show(second.value), f"{sign}{show(step)}")
    return table


_WORDS = {"net_value": "objective, net value", "value": "objective, value"}


def _table(changes: list[ProjectChange]) -> Table:
    table = plain_table()
    table.add_column("Project", max_width=18, no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Train on", justify="right", no_wrap=True)
    table.add_column("Architecture", max_width=16, no_wrap=True)
    table.add_column("Spend", justify="right", no_wrap=True)
    table.add_column("Chance", justify="right", no_wrap=True)
    for item in changes:
        if item.change is ChangeKind.SAME:
            table.add_row(shorten(item.project, 18), "=", *_cells(item.after), style="dim")
            continue
        table.add_row(shorten(item.project, 18), "A", *_cells(item.before))
        table.add_row("", "B", *_cells(item.after))
    return table


def _cells(standing: Standing | None) -> tuple[str, ...]:
    if standing is None:
        return ("not in it", "–", "–", "–", "–")
    if standing.verdict is Verdict.NO_GO:
        return (str(standing.verdict), "–", "–", "–", "–")
    return (
        str(standing.verdict),
        count(standing.images_total),
        shorten(standing.architecture or "–", 16),
        money(standing.cost_total),
        percent(standing.chance_of_target, against=standing.against),
    )


def _targets(number: float) -> str:
    return fixed(number, 2)


def _signed(amount: float) -> str:
    return money(amount) if amount <= 0 else f"+{money(amount)}"


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
