"""The first screen: what to do first, to release, to approve and to quote, and how sure it is."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.format import count
from planner.domain.results.plan import Decision, Plan
from planner.domain.vocabulary import Objective, Verdict
from planner.domain.words.measure_first import NOT_LOOKED_FOR, pilot_words
from planner.reporting import numbers
from planner.reporting.columns import Surface
from planner.reporting.document import (
    Bar,
    Block,
    Bullets,
    Folded,
    Link,
    Name,
    Paragraph,
    Part,
    Row,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
    say,
)
from planner.reporting.headline import (
    approval,
    approve_text,
    best_text,
    do_first_text,
    evidence_text,
    not_included,
    quantile_level,
    worth_number,
)
from planner.reporting.sections.material import Material, ranked_places
from planner.reporting.sections.plan_columns import is_funded
from planner.reporting.sections.plan_tables import (
    columns_shown,
    decision_table,
    foot_row,
    released,
)
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

ALL_ANCHOR = "all-projects"
MOST_PILOTS = 5
"""PILOT projects that are named."""
MOST_SAID = 2
"""PILOT projects up to which a sentence says what a run of each would change; the table does."""
MOST_ROWS = 40
"""Projects up to which the first table has a row for each."""


def decision_section(material: Material) -> Section:
    """Return the first section: what to sign, four numbers, what comes first, one table."""
    return Section("decision", words.DECISION, tuple(_blocks(material)), tone="first")


def _blocks(material: Material) -> Iterator[Block]:
    plan = material.plan
    yield Paragraph((*_lead(material), " ", *approve_text(plan)), "lead")
    yield Tiles(tuple(_tiles(material)))
    yield from (Paragraph(text, "alert") for text in _do_first(material) if text)
    if material.funded:
        yield Paragraph((*best_text(plan), *evidence_text(plan)))
    link = Link(words.EXCLUDED_LINK, "excluded")
    yield Paragraph((not_included(plan), " ", link))
    places = ranked_places(plan)
    shown = places[:MOST_ROWS]
    yield _table(material, shown, partial=len(shown) < len(places))
    everyone = all_projects(material)
    if everyone is not None:
        link = Link(words.ALL_LINK.format(total=count(len(plan.decisions))), ALL_ANCHOR)
        yield Paragraph((link,), "screen")
        yield everyone
    yield from _runs_waited_for(plan)
    yield from _noise(material)


def all_projects(material: Material) -> Folded | None:
    """Return the table of every project, where the first one shows only some."""
    total = len(material.plan.decisions)
    if total <= MOST_ROWS:
        return None
    places = ranked_places(material.plan)
    table = _table(material, places, partial=False, caption=words.ALL_CAPTION)
    summary = words.ALL_SUMMARY.format(total=count(total))
    return Folded(summary, (table,), ALL_ANCHOR, printed=True)


def _lead(material: Material) -> Text:
    total = len(material.plan.decisions)
    projects = numbers.tally(total, numbers.PROJECTS), " project" if total == 1 else " projects"
    if not material.funded:
        limit = material.plan.budget.limit
        amount = numbers.amount(limit, material.currency, "budget.limit", named=True)
        return say(words.FUND_NONE, projects=projects, limit=amount)
    funded = numbers.tally(len(material.funded), numbers.PROJECTS)
    return say(words.FUND, funded=funded, projects=projects)


def _tiles(material: Material) -> Iterator[Tile]:
    plan, currency = material.plan, material.currency
    asked = approval(plan)
    committed = numbers.amount(plan.budget.committed, currency, "budget.committed")
    left = numbers.amount(plan.budget.left, currency, "budget.left")
    note = (
        *_runs(words.TILE_RUNS_NOTE, asked.runs, currency),
        *say(words.TILE_APPROVE_NOTE, committed=committed, left=left),
    )
    total = asked.total if material.funded else 0.0
    yield Tile(words.TILE_APPROVE, (numbers.amount(total, currency, named=True),), note)
    for late, label in ((False, words.TILE_NOW), (True, words.TILE_AFTER)):
        waiting = released(plan, after_run=late)
        spend = sum(round(100 * item.cost.total) for item in waiting) / 100
        runs = () if late else _runs(words.TILE_NOW_RUNS_NOTE, asked.runs, currency)
        note = (*_who(waiting), *runs)
        yield Tile(label, (numbers.amount(spend, currency, named=True),), note)
    yield Tile(words.TILE_WORTH, (worth_number(plan),), _worth_note(material))


def _who(decisions: Sequence[Decision]) -> Text:
    """Return whose money it is: names where they are few, else how many there are."""
    if 0 < len(decisions) <= MOST_SAID:
        return _named(decisions)
    return numbers.tally(len(decisions), numbers.PROJECTS), " projects"


def _runs(said: str, price: float, currency: str) -> Text:
    """Return what first runs take of the sum to approve."""
    if price == 0:
        return ()
    return say(said, runs=numbers.amount(price, currency, "measure_first.price"))


def _worth_note(material: Material) -> Text:
    """Return between which ends the worth lies, and what it is if it is no plain expectation."""
    plan, currency = material.plan, material.currency
    if plan.objective is None or plan.risk is None or not material.funded:
        return ()
    parts: list[Part] = []
    if plan.assumptions.get("risk", "expected") != "expected":
        expected = plan.audit.held_out_expected if plan.audit else None
        if expected is not None:
            number = material.worth(expected, "audit.held_out_expected")
            level = quantile_level(plan)
            parts += (
                say(words.TILE_CAUTIOUS_NOTE, expected=number)
                if level is None
                else say(words.TILE_REACHED_NOTE, level=numbers.level(level), expected=number)
            )
    if material.counts_errors:
        return (*parts, *say(words.TILE_POINTS_NOTE, targets=_targets_met(material)))
    if not material.counts_money:
        return (*parts, *_targets_range(material))
    net = plan.risk.net_value
    kind = words.TILE_VALUE_NOTE if plan.objective.kind is Objective.VALUE else ""
    ends = say(
        words.TILE_RANGE_NOTE,
        p10=numbers.amount(net.p10, currency, "risk.net_value.p10", named=True),
        p90=numbers.amount(net.p90, currency, "risk.net_value.p90"),
        targets=_targets_met(material),
    )
    return (*parts, *([kind] if kind else []), *ends)


def _targets_met(material: Material) -> Text:
    """Return about how many targets are met, on draws that the plan was not chosen on."""
    draws = material.draws
    met = 0.0 if draws is None else float(np.mean(draws.targets))
    funded = numbers.tally(len(material.funded), numbers.PROJECTS)
    return ("about ", numbers.about(met, numbers.TARGETS), " of ", funded)


def _targets_range(material: Material) -> Text:
    if material.draws is None:
        return ()
    low, high = np.quantile(material.draws.targets, (0.1, 0.9), method="inverted_cdf")
    return say(
        words.WORTH_TARGETS_RANGE,
        p10=numbers.tally(float(low), numbers.TARGETS),
        p90=numbers.tally(float(high), numbers.TARGETS),
    )


def _table(material: Material, places: Sequence[int], *, partial: bool, caption: str = "") -> Table:
    """Return decisions as a table; with ``partial``, a row for those left out."""
    plan = material.plan
    without = () if material.counts_net else ("held_out_net_value",)
    table = decision_table(plan, Surface.PAGE, places=places, without=without)
    keys = [column.key for column in columns_shown(plan, Surface.PAGE, without)]
    rows = list(table.rows)
    if material.counts_net:
        at = keys.index("held_out_net_value")
        largest = max((item.held_out_net_value or 0.0 for item in plan.decisions), default=0.0)
        rows = [
            _with_bar(row, at, plan.decisions[place], largest)
            for row, place in zip(rows, places, strict=True)
        ]
    if partial:
        rows.append(_others(material, places, without))
        caption = words.DECISION_CAPTION_TOP.format(
            shown=len(places), total=count(len(plan.decisions))
        )
    rows += _adjustments(material, without)
    tone = f"{table.tone} screen" if partial else table.tone
    return replace(table, caption=caption or words.DECISION_CAPTION, rows=tuple(rows), tone=tone)


def _adjustments(material: Material, without: Collection[str]) -> Iterator[Row]:
    """Yield what lies between what the projects bring and the worth to quote."""
    plan = material.plan
    if not material.counts_net or plan.audit is None or plan.audit.held_out_expected is None:
        return
    shown = columns_shown(plan, Surface.PAGE, without)
    brought = sum(item.held_out_net_value or 0.0 for item in plan.decisions)
    expected, quoted = plan.audit.held_out_expected, plan.audit.held_out_value
    for label, step in (
        (words.SHARED_ROW, expected - brought),
        (words.CAUTION_ROW, quoted - expected),
    ):
        if abs(step) >= 0.005:
            cell: Text = (numbers.amount(step, material.currency),)
            yield foot_row(shown, {"project": (label,), "held_out_net_value": cell})


def _with_bar(row: Row, at: int, decision: Decision, largest: float) -> Row:
    """Return a row whose worth has a bar beside it."""
    if not is_funded(decision):
        return row
    bar = Bar(max(0.0, decision.held_out_net_value or 0.0) / largest if largest > 0 else 0.0)
    return replace(row, cells=(*row.cells[:at], (bar, *row.cells[at]), *row.cells[at + 1 :]))


def _others(material: Material, places: Sequence[int], without: Collection[str]) -> Row:
    """Return one row for the projects that are not shown."""
    plan, currency, left_out = material.plan, material.currency, set(places)
    others = [item for at, item in enumerate(plan.decisions) if at not in left_out]
    shown = columns_shown(plan, Surface.PAGE, without)
    cells: dict[str, Text] = {
        "project": say(words.THE_OTHERS, count=numbers.tally(len(others), numbers.PROJECTS))
    }
    for column in shown:
        if column.key == "held_out_net_value":
            cells[column.key] = column.total(others, currency)
        elif column.name in ("release_now", "release_after"):
            waiting = [item for item in others if is_funded(item) and column.value(item)]
            cells[column.name] = column.total(waiting, currency)
    return foot_row(shown, cells)


def _do_first(material: Material) -> Iterator[Text]:
    """Yield what to measure before which money is released, and what each result would change."""
    plan = material.plan
    yield do_first_text(plan)
    waiting = _waiting(plan)
    why = [note for note in plan.notes if note in NOT_LOOKED_FOR]
    if not waiting:
        yield tuple(why)
        return
    if len(waiting) <= MOST_SAID:
        said = [visible(pilot_words(item, plan.currency)) for item in waiting]
    else:
        said = [words.TABLE_SAYS] if any(item.pilot for item in waiting) else []
    spend = sum(round(100 * item.cost.total) for item in waiting) / 100
    yield (
        *say(
            words.DO_FIRST,
            pilots=_named(waiting),
            spend=numbers.amount(spend, material.currency, named=True),
            go=numbers.level(material.portfolio.go_chance, "assumptions.go_chance"),
        ),
        *(f" {text}" for text in said if text),
        *_beside(plan, waiting),
        *_without_run(waiting),
        *(f" {note}" for note in why),
    )


def _waiting(plan: Plan) -> list[Decision]:
    """Return every PILOT, the dearest first."""
    pilots = (item for item in plan.decisions if item.verdict is Verdict.PILOT)
    return sorted(pilots, key=lambda item: -item.cost.total)


def _without_run(waiting: Sequence[Decision]) -> Text:
    """Name the PILOT projects that have no row for an error, where others have."""
    none = [item for item in waiting if item.pilot is None]
    if not none or len(none) == len(waiting):
        return ()
    return (" ", *say(words.NO_CHEAP_RUN, projects=_named(none)))


def _beside(plan: Plan, waiting: Sequence[Decision]) -> Text:
    """Say what the runs of PILOT projects cost that are not in the sum to approve."""
    first = plan.measure_first
    paid = set() if first is None else {run.project for run in first.pilots}
    prices = [item.pilot.price for item in waiting if item.pilot and item.project not in paid]
    if not prices:
        return ()
    price = numbers.amount(sum(prices), plan.currency, named=True)
    return (" ", *say(words.RUNS_BESIDE, price=price))


def _runs_waited_for(plan: Plan) -> Iterator[Block]:
    """Yield the run behind each PILOT, where there are too many to be said above."""
    waiting = _waiting(plan)
    said = [text for item in waiting if (text := visible(pilot_words(item, plan.currency)))]
    if len(waiting) > MOST_SAID and said:
        yield Folded(words.RUNS_WAITED_FOR, (Bullets(tuple((text,) for text in said)),))


def _named(decisions: Sequence[Decision]) -> Text:
    """Return the first names, and how many more there are."""
    names: list[Text] = [(Name(visible(item.project)),) for item in decisions[:MOST_PILOTS]]
    if len(decisions) > MOST_PILOTS:
        names.append((f"{len(decisions) - MOST_PILOTS} more",))
    joined: list[Part] = []
    for index, name in enumerate(names):
        if index:
            joined.append(" and " if index == len(names) - 1 else ", ")
        joined.extend(name)
    return tuple(joined)


def _noise(material: Material) -> Iterator[Block]:
    """Yield which chances the draws do not tell from the bounds they are held against."""
    funded = [material.plan.decisions[place] for place in material.funded]
    said = [(item.project, material.plan.noise(item)) for item in funded]
    items = tuple(
        say(words.NOISE, name=Name(visible(project)), chance=noise)
        for project, noise in said
        if noise
    )
    if items:
        yield Paragraph((words.NOISE_LEAD,), "small")
        yield Bullets(items, tone="pairs")
