"""The decision: what to fund, with how much, and what it buys."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.format import count
from planner.domain.results.plan import Decision, MeasureFirst
from planner.domain.vocabulary import Mode, Objective
from planner.domain.words.measure_first import first_words, worth_words
from planner.reporting import numbers
from planner.reporting.columns import Surface
from planner.reporting.document import (
    Bar,
    Block,
    Bullets,
    Folded,
    Link,
    Name,
    Number,
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
from planner.reporting.sections.material import Material
from planner.reporting.sections.plan_columns import is_funded
from planner.reporting.sections.plan_tables import (
    columns_shown,
    decision_table,
    foot_row,
    spend_tables,
)
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

ALL_ANCHOR = "all-projects"


def decision_section(material: Material) -> Section:
    """Return the first section: one sentence, four numbers, one table."""
    return Section("decision", words.DECISION, tuple(_blocks(material)), tone="first")


def _blocks(material: Material) -> Iterator[Block]:
    plan = material.plan
    yield Paragraph((*_lead(material), " ", *_worth(material)), "lead")
    yield Tiles(tuple(_tiles(material)))
    shown = material.shown
    partial = len(shown) < len(plan.decisions)
    yield _table(material, shown, partial=partial)
    if partial:
        link = Link(words.ALL_LINK.format(total=count(len(plan.decisions))), ALL_ANCHOR)
        yield Paragraph((link, " ", words.ALL_ON_PAPER), "small")
    if plan.measure_first is not None:
        yield Paragraph(_do_first(plan.measure_first, plan.currency), "alert")
    pilots = [place for place in material.funded if _decision(material, place).verdict == "PILOT"]
    if pilots:
        yield Paragraph(_measure_first(material, pilots), "alert")
    if plan.assumptions.get("mode") == Mode.STOP_WHEN_REACHED and material.funded:
        spend = sum(item.expected_cost for item in plan.decisions)
        amount = numbers.amount(spend, material.currency, named=True)
        yield Paragraph(say(words.CAPS, spend=amount))
    yield from (Paragraph((visible(note),)) for note in plan.notes)
    yield from _spend_tables(material)
    yield Paragraph(_rule(material), "small")
    yield from _noise(material)


def all_projects(material: Material) -> Folded | None:
    """Return the table of every project, where the decision shows only some."""
    total = len(material.plan.decisions)
    if len(material.shown) == total:
        return None
    table = _table(material, range(total), partial=False, caption=words.ALL_CAPTION)
    return Folded(words.ALL_SUMMARY.format(total=count(total)), (table,), ALL_ANCHOR)


def _decision(material: Material, place: int) -> Decision:
    return material.plan.decisions[place]


def _lead(material: Material) -> Text:
    plan = material.plan
    limit = numbers.amount(plan.budget.limit, material.currency, "budget.limit", named=True)
    total = len(plan.decisions)
    projects = numbers.tally(total, numbers.PROJECTS), _plural(" project", total)
    if not material.funded:
        return say(words.FUND_NONE, projects=projects, limit=limit)
    return say(
        words.FUND,
        funded=numbers.tally(len(material.funded), numbers.PROJECTS),
        projects=projects,
        committed=_committed(material),
        limit=limit,
    )


def _worth(material: Material) -> Text:
    """Say what the plan is worth, always with its range."""
    plan = material.plan
    if plan.objective is None or not material.funded:
        return ()
    worth = material.worth(plan.objective.value, "objective.value")
    if plan.assumptions.get("risk", "expected") != "expected":
        measure = visible(str(plan.assumptions["risk"]))
        return say(words.RISK_ADJUSTED, measure=measure, worth=worth)
    if not material.counts_money:
        funded = numbers.tally(len(material.funded), numbers.PROJECTS)
        text = say(
            words.WORTH_TARGETS, worth=numbers.targets(worth.value or 0.0, worth.key), funded=funded
        )
        return (*text, *_targets_range(material))
    if plan.risk is None:
        return ()
    sentence = words.WORTH_NET
    if plan.objective.kind is Objective.VALUE:
        sentence = words.WORTH_VALUE
    net = plan.risk.net_value
    return say(
        sentence,
        worth=worth,
        p10=numbers.amount(net.p10, material.currency, "risk.net_value.p10", named=True),
        p90=numbers.amount(net.p90, material.currency, "risk.net_value.p90"),
    )


def _targets_range(material: Material) -> Text:
    if material.draws is None:
        return ()
    low, high = np.quantile(material.draws.targets, (0.1, 0.9), method="inverted_cdf")
    return say(
        words.WORTH_TARGETS_RANGE,
        p10=numbers.tally(float(low), numbers.TARGETS),
        p90=numbers.tally(float(high), numbers.TARGETS),
    )


def _tiles(material: Material) -> Iterator[Tile]:
    plan, currency = material.plan, material.currency
    limit = numbers.amount(plan.budget.limit, currency, "budget.limit")
    left = numbers.amount(plan.budget.left, currency, "budget.left")
    note = say(words.TILE_COMMITTED_NOTE, limit=limit, left=left)
    yield Tile(words.TILE_COMMITTED, (_committed(material),), note)
    net = plan.risk.net_value if plan.risk else None
    if net is not None and material.counts_money and plan.objective is not None:
        value = plan.objective.kind is Objective.VALUE
        label = words.TILE_VALUE if value else words.TILE_NET
        name = "expected_value" if value else "expected_net_value"
        total = sum(getattr(item, name) for item in plan.decisions)
        key = "objective.value" if _is(total, plan.objective.value) else ""
        ends = say(
            words.TILE_RANGE_NOTE,
            p10=numbers.amount(net.p10, currency, "risk.net_value.p10", named=True),
            p90=numbers.amount(net.p90, currency, "risk.net_value.p90"),
        )
        number = numbers.amount(total, currency, key, named=True)
        yield Tile(label, (number,), ends if material.funded else ())
    met = sum(item.chance_of_target for item in plan.decisions)
    funded = numbers.tally(len(material.funded), numbers.PROJECTS)
    proposed = numbers.tally(len(plan.decisions), numbers.PROJECTS)
    note = say(words.TILE_TARGETS_NOTE, funded=funded, projects=proposed)
    yield Tile(words.TILE_TARGETS, (numbers.targets(met),), note)
    if plan.risk is not None:
        over = numbers.chance(plan.risk.chance_over_budget, "risk.chance_over_budget")
        certain = plan.risk.cost.p10 == plan.risk.cost.p90
        p90 = numbers.amount(plan.risk.cost.p90, currency, "risk.cost.p90", named=True)
        said = (words.TILE_CERTAIN_NOTE,) if certain else say(words.TILE_OVER_NOTE, p90=p90)
        yield Tile(words.TILE_OVER, (over,), said)


def _table(material: Material, places: Sequence[int], *, partial: bool, caption: str = "") -> Table:
    """Return decisions as a table; with ``partial``, a row for those left out."""
    plan = material.plan
    without = () if _has_values(material) else ("expected_net_value",)
    table = decision_table(plan, Surface.PAGE, places=places, without=without)
    keys = [column.key for column in columns_shown(plan, Surface.PAGE, without)]
    largest = max((item.cost.total for item in plan.decisions), default=0.0)
    rows = [
        _with_bar(row, keys.index("cost.total"), plan.decisions[place], largest)
        for row, place in zip(table.rows, places, strict=True)
    ]
    if partial:
        rows.append(_others(material, places, without))
        caption = words.DECISION_CAPTION_TOP.format(
            shown=len(places), total=count(len(plan.decisions))
        )
    return replace(table, caption=caption or words.DECISION_CAPTION, rows=tuple(rows))


def _with_bar(row: Row, at: int, decision: Decision, largest: float) -> Row:
    """Return a row whose spend has a bar beside it."""
    if not is_funded(decision):
        return row
    bar = Bar(decision.cost.total / largest if largest else 0.0)
    return replace(row, cells=(*row.cells[:at], (bar, *row.cells[at]), *row.cells[at + 1 :]))


def _others(material: Material, places: Sequence[int], without: Collection[str]) -> Row:
    """Return one row for the projects that are not shown."""
    plan, currency = material.plan, material.currency
    others = [item for at, item in enumerate(plan.decisions) if at not in set(places)]
    left_out = numbers.tally(len(others), numbers.PROJECTS)
    shown = columns_shown(plan, Surface.PAGE, without)
    cells = {
        column.key: column.total(others, currency)
        for column in shown
        if column.key in ("cost.total", "expected_net_value")
    }
    return foot_row(shown, {**cells, "project": say(words.THE_OTHERS, count=left_out)})


def _has_values(material: Material) -> bool:
    return any(project.has_worth for project in material.portfolio.projects)


def _do_first(first: MeasureFirst, currency: str) -> Text:
    """Return what to run before anything is committed, and what that is worth."""
    return (visible(f"{first_words(first, currency)} {worth_words(first, currency)}"),)


def _measure_first(material: Material, pilots: Sequence[int]) -> Text:
    names: list[Text] = [(Name(visible(_decision(material, at).project)),) for at in pilots[:5]]
    if len(pilots) > 5:
        names.append((f"{len(pilots) - 5} more",))
    joined: list[Part] = []
    for index, name in enumerate(names):
        if index:
            joined.append(" and " if index == len(names) - 1 else ", ")
        joined.extend(name)
    joined.append(" are" if len(pilots) > 1 else " is")
    spend = sum(round(100 * _decision(material, at).cost.total) for at in pilots) / 100
    amount = numbers.amount(spend, material.currency, named=True)
    return say(words.MEASURE_FIRST, pilots=tuple(joined), spend=amount)


def _spend_tables(material: Material) -> Iterator[Table]:
    captions = {"periods": words.PERIODS_CAPTION, "units": words.UNITS_CAPTION}
    there = [name for name in captions if getattr(material.plan, name)]
    tables = spend_tables(material.plan, Surface.PAGE)
    for name, table in zip(there, tables, strict=True):
        yield replace(table, caption=f"{captions[name]}, {material.currency}")


def _rule(material: Material) -> Text:
    portfolio = material.portfolio
    go, pilot = portfolio.go_chance, portfolio.pilot_chance
    return say(
        words.VERDICT_RULE,
        go=numbers.level(go, "assumptions.go_chance"),
        pilot=numbers.level(pilot, "assumptions.pilot_chance"),
    )


def _noise(material: Material) -> Iterator[Block]:
    """Yield which chances the draws do not tell from the bounds they are held against."""
    funded = [_decision(material, place) for place in material.funded]
    said = [(item.project, material.plan.noise(item)) for item in funded]
    items = tuple(
        say(words.NOISE, name=Name(visible(project)), chance=noise)
        for project, noise in said
        if noise
    )
    if items:
        yield Paragraph((words.NOISE_LEAD,), "small")
        yield Bullets(items, tone="pairs")


def _committed(material: Material) -> Number:
    value = material.plan.budget.committed
    return numbers.amount(value, material.currency, "budget.committed", named=True)


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _is(one: float, other: float) -> bool:
    return abs(one - other) <= 0.005 + 1e-9 * abs(other)
