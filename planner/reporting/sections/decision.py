"""The decision: what to fund, with how much, and what it buys."""

from collections.abc import Iterator, Sequence

import numpy as np

from planner.domain.format import count
from planner.domain.portfolio.portfolio import chance_bounds
from planner.domain.results.plan import Decision
from planner.domain.vocabulary import Mode, Objective, Verdict
from planner.reporting import numbers
from planner.reporting.document import (
    Bar,
    Block,
    Bullets,
    Column,
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
from planner.reporting.sections.material import Material, verdict_mark
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
    with_start = any(decision.start for decision in plan.decisions)
    largest = max((item.cost.total for item in plan.decisions), default=0.0)
    rows = [_row(material, place, largest, with_start=with_start) for place in places]
    if partial:
        rows.append(_others(material, places, with_start=with_start))
        caption = words.DECISION_CAPTION_TOP.format(
            shown=len(places), total=count(len(plan.decisions))
        )
    return Table(
        caption or words.DECISION_CAPTION,
        tuple(_columns(material, with_start=with_start)),
        tuple(rows),
        _foot(material, with_start=with_start),
        tone="decision",
    )


def _columns(material: Material, *, with_start: bool) -> Iterator[Column]:
    yield Column("Project")
    yield Column("Verdict")
    yield Column(f"Spend, {material.currency}", numeric=True)
    yield Column("Chance of target", numeric=True)
    yield Column("Images to train on", numeric=True)
    yield Column("of these to buy", numeric=True)
    yield Column("Architecture")
    if with_start:
        yield Column("Start")
    if _has_values(material):
        yield Column(f"Expected net value, {material.currency}", numeric=True)


def _row(material: Material, place: int, largest: float, *, with_start: bool) -> Row:
    decision, here = _decision(material, place), f"decisions[{place}]"
    name: Text = (Name(visible(decision.project)),)
    funded = decision.verdict is not Verdict.NO_GO
    cells: list[Text] = [name, (verdict_mark(decision),)]
    if funded:
        spend = numbers.amount(decision.cost.total, material.currency, f"{here}.cost.total")
        share = decision.cost.total / largest if largest else 0.0
        key = f"{here}.chance_of_target"
        cells += [
            (Bar(share), spend),
            (_chance(material, place, key),),
            (numbers.images(decision.images_total, f"{here}.images_total"),),
            (numbers.images(decision.images_to_buy, f"{here}.images_to_buy"),),
            (Name(visible(decision.architecture or "")),),
        ]
    else:
        cells += [("–",)] * 5
    if with_start:
        cells.append((Name(visible(decision.start)),) if decision.start else ("–",))
    if _has_values(material):
        key = f"{here}.expected_net_value"
        net = numbers.amount(decision.expected_net_value, material.currency, key)
        cells.append((net,) if funded else ("–",))
    return Row(tuple(cells), tone="" if funded else "off")


def _chance(material: Material, place: int, key: str) -> Number:
    bounds = chance_bounds(material.portfolio, material.project(place))
    return numbers.chance(_decision(material, place).chance_of_target, key, against=bounds)


def _others(material: Material, places: Sequence[int], *, with_start: bool) -> Row:
    """Return one row for the projects that are not shown."""
    plan = material.plan
    others = [item for at, item in enumerate(plan.decisions) if at not in set(places)]
    left_out = numbers.tally(len(others), numbers.PROJECTS)
    spend = sum(round(100 * item.cost.total) for item in others) / 100
    cells: list[Text] = [
        say(words.THE_OTHERS, count=left_out),
        ("",),
        (numbers.amount(spend, material.currency),),
    ]
    cells += [("",)] * (5 if with_start else 4)
    if _has_values(material):
        net = sum(item.expected_net_value for item in others)
        cells.append((numbers.amount(net, material.currency),))
    return Row(tuple(cells))


def _foot(material: Material, *, with_start: bool) -> Row:
    key = "budget.committed"
    committed = numbers.amount(material.plan.budget.committed, material.currency, key)
    buy = sum(item.images_to_buy for item in material.plan.decisions)
    cells: list[Text] = [(words.TOTAL,), ("",), (committed,), ("",), ("",)]
    cells += [(numbers.images(buy),), ("",)]
    if with_start:
        cells.append(("",))
    if _has_values(material):
        net = sum(item.expected_net_value for item in material.plan.decisions)
        cells.append((numbers.amount(net, material.currency),))
    return Row(tuple(cells))


def _has_values(material: Material) -> bool:
    return any(project.value is not None for project in material.portfolio.projects)


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
    plan, currency = material.plan, material.currency
    if plan.periods:
        by_period = (
            Column("Period"),
            Column("Budget", numeric=True),
            Column("Committed", numeric=True),
        )
        rows = tuple(
            Row(
                (
                    (Name(visible(period.id)),),
                    (numbers.amount(period.budget, currency, f"periods[{at}].budget"),),
                    (numbers.amount(period.committed, currency, f"periods[{at}].committed"),),
                )
            )
            for at, period in enumerate(plan.periods)
        )
        yield Table(f"{words.PERIODS_CAPTION}, {currency}", by_period, rows)
    if plan.units:
        columns = (
            Column("Unit"),
            Column("Committed", numeric=True),
            Column("Without shared assets", numeric=True),
            Column("Share of that", numeric=True),
            Column("Funded", numeric=True),
            Column("Proposed", numeric=True),
        )
        rows = tuple(
            Row(
                (
                    (Name(visible(unit.id)),),
                    (numbers.amount(unit.committed, currency, f"units[{at}].committed"),),
                    (numbers.amount(unit.own or 0.0, currency, f"units[{at}].own"),),
                    (numbers.chance(unit.own_share or 0.0, f"units[{at}].own_share"),),
                    (numbers.tally(unit.funded, numbers.PROJECTS, f"units[{at}].funded"),),
                    (numbers.tally(unit.projects, numbers.PROJECTS, f"units[{at}].projects"),),
                )
            )
            for at, unit in enumerate(plan.units)
        )
        yield Table(f"{words.UNITS_CAPTION}, {currency}", columns, rows)


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
