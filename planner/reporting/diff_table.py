"""What changed between two plans, as tables: the whole first, then project by project."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from planner.domain.facts.changes import ChangeKind
from planner.domain.format import count, fixed, money, points, shorten
from planner.domain.results.plan_diff import PlanDiff, ProjectChange, Standing
from planner.domain.vocabulary import Objective, Verdict
from planner.domain.words.worth import figure_of, unit_of
from planner.reporting.document import Head, Name, Row, Table, Text
from planner.reporting.user_text import visible
from planner.reporting.words.changes import (
    CHANCE,
    COMMITTED,
    PROJECT,
    SPEND,
    TARGETS,
    WHAT,
    WORTH,
)

__all__ = ["changes_table", "shown_changes", "sign_of", "totals_table", "what_changed"]

NONE = "–"


def totals_table(diff: PlanDiff) -> Table:
    """Return worth, spend and targets of both plans, and what changed."""
    first, second = diff.before, diff.after
    delta, unit = diff.delta, shorten(visible(second.currency), 8)
    heads = (Head(""), *(Head(name, numeric=True) for name in ("A", "B", "B − A")))
    rows = []
    if delta is not None and delta.worth is not None:
        kind = second.objective
        show = partial(figure_of, kind)
        name = TARGETS if kind == Objective.TARGETS_MET else f"{WORTH}, {unit_of(kind, unit)}"
        rows.append(_row(name, show(first.worth or 0.0), show(second.worth or 0.0)))
        rows[-1] = _with(rows[-1], _signed(show(delta.worth), delta.worth))
    same = delta is not None and delta.spend is not None
    name = f"{COMMITTED}, {unit}" if same else COMMITTED
    step = _signed(money(delta.spend), delta.spend) if delta and delta.spend is not None else NONE
    amounts = [
        money(head.committed, "" if same else shorten(visible(head.currency), 8))
        for head in (first, second)
    ]
    rows.append(_with(_row(name, *amounts), step))
    if second.objective != Objective.TARGETS_MET and delta is not None:
        step = _signed(_targets(delta.targets), delta.targets)
        rows.append(_with(_row(TARGETS, _targets(first.targets), _targets(second.targets)), step))
    return Table("", heads, tuple(rows))


def _row(*cells: str) -> Row:
    return Row(tuple((cell,) for cell in cells))


def _with(row: Row, cell: str) -> Row:
    return Row((*row.cells, (cell,)))


def shown_changes(diff: PlanDiff, *, everything: bool = False) -> list[ProjectChange]:
    """Return the projects that changed, or all, the largest change of worth first."""
    found = [item for item in diff.projects if everything or item.change is not ChangeKind.SAME]
    return sorted(found, key=_size, reverse=True)


def _size(item: ProjectChange) -> tuple[float, float]:
    if item.delta is None:
        return 0.0, 0.0
    return abs(item.delta.worth or 0.0), abs(item.delta.spend or 0.0)


def changes_table(diff: PlanDiff, changes: Sequence[ProjectChange], *, width: int = 0) -> Table:
    """Return a row for each project: what happened, and what it does to spend, chance, worth.

    Without the worth where plans count targets, not money.
    """
    unit = shorten(visible(diff.after.currency), 8)
    counts = diff.after.objective in (Objective.TARGETS_MET, Objective.ACCURACY)
    heads = (
        Head(""),
        Head(PROJECT, width=width),
        Head(WHAT),
        Head(f"{SPEND}, {unit}", numeric=True),
        Head(CHANCE, numeric=True),
        Head(f"{WORTH}, {unit}", numeric=True),
    )
    rows = tuple(_change_row(item) for item in changes)
    if counts:
        rows = tuple(replace(row, cells=row.cells[:-1]) for row in rows)
    return Table("", heads[:-1] if counts else heads, rows)


def _change_row(item: ProjectChange) -> Row:
    delta = item.delta
    cells: tuple[Text, ...] = (
        (sign_of(item),),
        (Name(visible(item.project)),),
        (what_changed(item),),
        *((cell,) for cell in ([NONE] * 3 if delta is None else _deltas(item))),
    )
    return Row(cells, tone="off" if item.change is ChangeKind.SAME else "")


def _deltas(item: ProjectChange) -> Iterator[str]:
    delta = item.delta
    if delta is None:
        return
    yield NONE if delta.spend is None else _signed(money(delta.spend), delta.spend)
    if delta.chance is None:
        yield NONE
    else:
        size = points(delta.chance).removesuffix(" points")
        yield f"{'+' if delta.chance > 0 else '−'}{size} pt" if size != "0.0" else "0"
    yield NONE if delta.worth is None else _signed(money(delta.worth), delta.worth)


def sign_of(item: ProjectChange) -> str:
    """Return + for what is newly funded, − for what no longer is, ~ for what changed, = else."""
    if item.change is ChangeKind.SAME:
        return "="
    before, after = _is_funded(item.before), _is_funded(item.after)
    if before == after:
        return {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "−"}.get(item.change, "~")
    return "+" if after else "−"


def _is_funded(standing: Standing | None) -> bool:
    return standing is not None and standing.verdict is not Verdict.NO_GO


def what_changed(item: ProjectChange) -> str:
    """Return in a few words what a plan now does with a project."""
    before, after = item.before, item.after
    if before is None or after is None:
        only = after or before
        verdict = "" if only is None else str(only.verdict)
        return f"{'new' if before is None else 'gone'} ({verdict})"
    if before.verdict is not after.verdict:
        return f"{before.verdict} → {after.verdict}"
    if before.images_total != after.images_total:
        return f"{count(before.images_total)} → {count(after.images_total)} images"
    if before.architecture != after.architecture:
        return f"→ {shorten(visible(after.architecture or NONE), 18)}"
    if before.start != after.start:
        return f"starts {shorten(visible(after.start or NONE), 12)}"
    return _choice_changed(before.choice or {}, after.choice or {}) or str(after.verdict)


def _choice_changed(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Return the first thing besides networks and images that is chosen otherwise."""
    for name in after:
        if name in before and before[name] != after[name]:
            return f"{name} {_chosen(before[name])} → {_chosen(after[name])}"
    return ""


def _chosen(value: object) -> str:
    if isinstance(value, int):
        return count(value)
    return NONE if value is None else shorten(visible(str(value)), 12)


def _targets(number: float) -> str:
    return fixed(number, 2)


def _signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text
