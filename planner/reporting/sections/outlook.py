"""Where the worth comes from, and what else could be: other inputs, budgets, shares of a cost."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain.format import count, shorten
from planner.domain.results.explanation import Tornado
from planner.domain.results.frontier import Frontier
from planner.domain.results.plan import Plan
from planner.domain.results.spending import SharedResult
from planner.domain.vocabulary import Objective
from planner.domain.words.worth import KINDS, unit_of
from planner.reporting import numbers
from planner.reporting.columns import Surface
from planner.reporting.document import (
    Block,
    Bullets,
    Head,
    Name,
    Number,
    Paragraph,
    Part,
    Picture,
    Pictures,
    Row,
    Section,
    Table,
    Text,
    say,
)
from planner.reporting.figure_text import plain_text, short_tick
from planner.reporting.figures.change import Change, draw_change
from planner.reporting.figures.svg import calm, report_style, to_svg
from planner.reporting.figures.waterfall import Step, draw_waterfall, steps_shown
from planner.reporting.sections.frontier_columns import frontier_columns, is_here, points_shown
from planner.reporting.sections.material import Material, funded_places
from planner.reporting.user_text import visible
from planner.reporting.words import findings
from planner.reporting.words import report as words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HALF_WIDTH, WHOLE_WIDTH = 3.5, 4.8
"""Of a picture in half a page, and of one that is not printed, in inches."""
MOST_BARS = 5
LONGEST_LABEL = 28
MOST_POINTS = 7
MOST_CHANGES = 12


def tornado_section(material: Material) -> Section:
    """Return the inputs whose uncertainty moves the result most."""
    return Section("tornado", words.TORNADO, tuple(_tornado(material)), tone="half", folded=True)


def _tornado(material: Material) -> Iterator[Block]:
    tornado = material.tornado
    if not material.funded or tornado is None or not tornado.bars:
        missing = words.TORNADO_MISSING if material.funded else words.TORNADO_NONE
        yield Paragraph((missing,))
        return
    low, high = _widest(tornado, material)
    with report_style(with_math=True):
        figure = tornado_figure(tornado, material.currency)
        alt = words.TORNADO_ALT.format(
            count=len(tornado.bars),
            first=visible(tornado.bars[0].input),
            low=low.text,
            high=high.text,
        )
        svg = to_svg(figure, "tornado", words.TORNADO, alt)
    picture = Picture(svg, (words.TORNADO_KEY,), tornado_finding(tornado, material))
    yield Pictures((picture,), tone="one", source=material.source)
    yield Paragraph((words.TORNADO_LEAD,), "small screen")


def tornado_finding(tornado: Tornado, material: Material) -> Text:
    """Return which input moves the worth most, and how far."""
    low, high = _widest(tornado, material)
    first = Name(visible(tornado.bars[0].input))
    return say(findings.TORNADO_FINDING, first=first, low=low, high=high)


def _widest(tornado: Tornado, material: Material) -> tuple[Number, Number]:
    """Return between which ends the worth lies as the first input moves."""
    widest = tornado.bars[0]
    low, high = sorted((widest.value_at_low, widest.value_at_high))
    return material.worth(low), material.worth(high)


def tornado_figure(tornado: Tornado, currency: str) -> "Figure":
    """Return the widest bars of a tornado, for a page."""
    from planner.reporting.figures.tornado import draw_tornado

    bars = tuple(
        replace(bar, input=shorten(visible(bar.input), LONGEST_LABEL))
        for bar in tornado.bars[:MOST_BARS]
    )
    figure = draw_tornado(replace(tornado, bars=bars), currency=visible(currency))
    figure.set_size_inches(HALF_WIDTH, 0.42 + 0.235 * len(bars))
    _calm_axis(figure.axes[0], plain_text(visible(tornado.unit), 12))
    figure.axes[0].tick_params(axis="y", length=0)
    figure.axes[0].margins(x=0.36)  # the inputs' values stand beside the bars
    calm(figure)
    return figure


def _calm_axis(axes: "Axes", unit: str) -> None:
    """Leave room between the ticks of a small picture, and say what its bars are."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(short_tick)
    axes.set_xlabel(words.TORNADO_AXIS.format(unit=unit))


def frontier_section(material: Material) -> Section:
    """Return the best plan for each budget, and where this plan stands."""
    return Section("frontier", words.FRONTIER, tuple(_frontier(material)), tone="half", folded=True)


def _frontier(material: Material) -> Iterator[Block]:
    frontier = material.frontier
    if frontier is None or not frontier.points:
        yield Paragraph((words.FRONTIER_MISSING,))
        return
    from planner.reporting.figures.frontier import draw_frontier

    here = numbers.amount(material.plan.budget.limit, material.currency, "budget.limit", named=True)
    ends = [
        numbers.amount(point.budget, material.currency, named=True).text
        for point in (frontier.points[0], frontier.points[-1])
    ]
    with report_style(with_math=True):
        figure = draw_frontier(frontier)
        figure.set_size_inches(HALF_WIDTH, 1.5)
        figure.axes[0].set_ylabel(findings.WORTH_AXIS.format(unit=_unit(material)))
        calm(figure)
        alt = words.FRONTIER_ALT.format(first=ends[0], last=ends[1], here=here.text)
        svg = to_svg(figure, "frontier", words.FRONTIER, alt)
    picture = Picture(svg, (words.FRONTIER_KEY,), frontier_finding(frontier, material))
    yield Pictures((picture,), tone="one", source=material.source)
    yield Paragraph(_shadow(material))
    if frontier.next_step is not None:
        yield Paragraph((visible(frontier.next_step.text),), "screen")
    if frontier.goals:
        yield Bullets(tuple(_goals(frontier, material.currency)))
    yield _points(frontier, material)


def _unit(material: Material) -> str:
    """Return the unit of the worth, for an axis."""
    objective = material.plan.objective
    kind = None if objective is None else objective.kind
    return plain_text(visible(unit_of(kind, material.currency)), 12)


def frontier_finding(frontier: Frontier, material: Material) -> Text:
    """Return from which budget on more adds nothing, or what more would add."""
    points, currency = frontier.points, material.currency
    most = max(point.value for point in points)
    enough = next(point for point in points if point.value >= most - 1e-9 * abs(most))
    if points[-1].shadow_price == 0 and enough.budget < points[-1].budget:
        spend = numbers.amount(enough.committed, currency, named=True)
        return say(findings.FRONTIER_ENOUGH, enough=spend)
    return say(
        findings.FRONTIER_MORE,
        here=numbers.amount(material.plan.budget.limit, currency, "budget.limit", named=True),
        worth=material.worth(material.plan.worth or 0.0, "audit.held_out_value"),
        last=numbers.amount(points[-1].budget, currency, named=True),
        most=material.worth(points[-1].held_out_value),
    )


def _shadow(material: Material) -> Text:
    price = material.plan.budget.shadow_price
    if price <= 0:
        return (words.FRONTIER_SLACK,)
    if material.counts_money:
        number = numbers.figure(price, material.currency, "budget.shadow_price")
        name = Name(visible(material.currency))
        step: Text = ("one more ", name)
        return say(words.FRONTIER_SHADOW, step=step, price=(name, " ", number), unit=" of worth")
    objective = Objective.ACCURACY if material.counts_errors else Objective.TARGETS_MET
    per = 1000 * (100 if material.counts_errors else 1)
    number = numbers.figure(per * price, _unit(material))
    return say(
        words.FRONTIER_SHADOW,
        step=(Name(visible(material.currency)), " 1,000 more"),
        price=number,
        unit=f" expected {KINDS[objective]}",
    )


def _goals(frontier: Frontier, currency: str) -> Iterator[Text]:
    for goal in frontier.goals:
        asked = numbers.level(goal.confidence)
        if goal.budget is None:
            yield say(words.GOAL_NEVER, goal=visible(goal.goal), asked=asked)
        else:
            yield say(
                words.GOAL,
                goal=visible(goal.goal),
                budget=numbers.amount(goal.budget, currency, named=True),
                reached=numbers.chance(goal.reached, against=[goal.confidence]),
                asked=asked,
            )


def _points(frontier: Frontier, material: Material) -> Table:
    """Return some of the points as a table, so that nobody has to read the picture."""
    shown = points_shown(frontier)
    step = max(1, -(-len(shown) // MOST_POINTS))
    chosen = [
        point for at, point in enumerate(shown[::-1]) if at % step == 0 or is_here(frontier, point)
    ][::-1]
    columns = frontier_columns(frontier)
    table = columns.table(Surface.PAGE, chosen, material.currency, caption=words.FRONTIER_CAPTION)
    return replace(
        table,
        tone="screen",
        rows=tuple(replace(row, tone="strong" if row.tone == "here" else "") for row in table.rows),
    )


def amortisation_section(material: Material) -> Section | None:
    """Return who pays for what is bought once; None where nothing is shared."""
    if not material.portfolio.shared:
        return None
    return Section("shared", words.AMORTISATION, tuple(_amortisation(material)), folded=True)


def _amortisation(material: Material) -> Iterator[Block]:
    bought = [(at, asset) for at, asset in enumerate(material.plan.shared) if asset.is_bought]
    left = [asset for asset in material.plan.shared if not asset.is_bought]
    if not bought:
        yield Paragraph((words.AMORTISATION_UNUSED,))
    else:
        yield from _split_costs(material, bought)
    if left:
        yield Paragraph(say(words.AMORTISATION_LEFT, names=_names(left)))


def _names(assets: Sequence[SharedResult]) -> Text:
    parts: list[Part] = []
    for number, asset in enumerate(assets):
        parts += [", ", Name(visible(asset.id))] if number else [Name(visible(asset.id))]
    return tuple(parts)


def _split_costs(material: Material, bought: Sequence[tuple[int, SharedResult]]) -> Iterator[Block]:
    """Yield who pays for what is bought, and whether some group would rather leave."""
    yield Paragraph((words.AMORTISATION_LEAD,))
    rows: list[Row] = []
    for at, asset in bought:
        rows.extend(_shares(material, at, asset))
    total = sum(round(100 * asset.cost) for _, asset in bought) / 100
    columns = (
        Head("Asset"),
        Head("Paid by"),
        Head("Share", numeric=True),
        Head("Alone it would pay", numeric=True),
    )
    foot = Row(((words.TOTAL,), ("",), (numbers.amount(total, material.currency),), ("",)))
    caption = words.AMORTISATION_CAPTION.format(currency=visible(material.currency))
    yield Table(caption, columns, tuple(rows), foot)
    outside = any(not asset.in_core for _, asset in bought)
    yield Paragraph((words.NOT_IN_CORE if outside else words.IN_CORE,), "alert" if outside else "")


def _shares(material: Material, at: int, asset: SharedResult) -> Iterator[Row]:
    """Yield the asset's cost, then one row for each member that pays."""
    currency = material.currency
    what: list[str] = [asset.kind.replace("_", " ")] if asset.kind else []
    if asset.images:
        what.append(f"{count(asset.images)} images")
    if asset.split:
        what.append(f"split {asset.split}")
    label: Text = (Name(visible(asset.id)), f" ({', '.join(what)})" if what else "")
    cost = numbers.amount(asset.cost, currency, f"shared[{at}].cost")
    yield Row((label, ("cost",), (cost,), ("",)), tone="strong")
    for member, share in asset.shares.items():
        if share <= 0:
            continue
        alone = asset.stand_alone.get(member)
        key = f"shared[{at}].shares.{member}"
        yield Row(
            (
                (Name(visible(asset.id)),),
                (Name(visible(member)),),
                (numbers.amount(share, currency, key),),
                ("–",) if alone is None else (numbers.amount(alone, currency),),
            )
        )


def worth_section(material: Material) -> Section | None:
    """Return the waterfall that ends at the worth to quote; None where nothing is funded."""
    found = worth_steps(material.plan)
    if found is None:
        return None
    steps, last = found
    with report_style(with_math=True):
        figure = draw_waterfall(steps, last, visible(material.currency))
        figure.set_size_inches(WHOLE_WIDTH, 0.5 + 0.24 * (len(steps) + 1))
        calm(figure)
        alt = findings.WATERFALL_ALT.format(
            count=len(material.funded),
            brought=material.worth(sum(step.amount for step in steps)).text,
            worth=material.worth(last.amount).text,
        )
        svg = to_svg(figure, "waterfall", findings.WATERFALL, alt)
    audit = material.plan.audit
    key = findings.WATERFALL_KEY.format(draws=count(audit.held_out_draws if audit else None))
    title = worth_finding(steps, last)
    blocks = (
        Pictures((Picture(svg, (key,), title),), tone="one", source=material.source),
        *_change(material),
    )
    return Section("worth", findings.WATERFALL, blocks, tone="screen", gist=title, folded=True)


def _change(material: Material) -> Iterator[Block]:
    """Yield what the plan adds to what is held; nothing where no target is known."""
    changes = changes_of(material)
    if not changes:
        return
    with report_style(with_math=True):
        figure = draw_change(changes, findings.CHANGE_AXIS)
        figure.set_size_inches(WHOLE_WIDTH, 0.45 + 0.24 * len(changes))
        calm(figure)
        before, after = _targets(changes)
        alt = findings.CHANGE_ALT.format(count=len(changes), before=before.text, after=after.text)
        svg = to_svg(figure, "change", findings.CHANGE, alt)
    picture = Picture(svg, (findings.CHANGE_KEY,), change_finding(changes))
    yield Pictures((picture,), tone="one", source=material.source)


def changes_of(material: Material) -> list[Change]:
    """Return each funded project with the chance of target that it has today, and as proposed.

    Today is its architecture on the images held; without any, no target is met. Projects without a
    target, and those where another way than a model of one's own is chosen, are left out.
    """
    found = []
    for place in material.shown:
        decision, project = material.plan.decisions[place], material.project(place)
        if place not in material.funded or not decision.architecture or not project.has_target:
            continue
        forecast, held = material.forecasts[project.id], project.images.held
        rows = forecast.solve_rows
        today = 0.0
        if held > 0:
            reached = forecast.chance(project.error_target, [held], decision.architecture, rows)
            today = float(reached[0])
        note = findings.CHANGE_NOTE.format(
            images=count(decision.images_total),
            spend=numbers.amount(decision.cost.total, material.currency, named=True).text,
        )
        found.append(Change(visible(project.id), today, decision.chance_of_target, note))
    return found[:MOST_CHANGES]


def _targets(changes: Sequence[Change]) -> tuple[Number, Number]:
    """Return how many targets are met on average, today and as proposed."""
    before, after = (
        numbers.about(sum(getattr(one, end) for one in changes), numbers.TARGETS)
        for end in ("before", "after")
    )
    return before, after


def change_finding(changes: Sequence[Change]) -> Text:
    """Return how many targets are met with what is held, and as proposed."""
    before, after = _targets(changes)
    of = numbers.tally(len(changes), numbers.TARGETS)
    return say(findings.CHANGE_FINDING, before=before, of=of, after=after)


def worth_finding(steps: list[Step], last: Step) -> Text:
    """Return which project brings the most."""
    first = max(steps, key=lambda step: step.amount)
    share = numbers.chance(min(1.0, max(0.0, first.amount / last.amount)) if last.amount else 0.0)
    return say(findings.WATERFALL_FINDING, first=Name(first.name), share=share)


def worth_steps(plan: Plan) -> tuple[list[Step], Step] | None:
    """Return what brings or takes worth, and the worth to quote.

    None where the worth is no net value, or nothing is funded.
    """
    audit, funded = plan.audit, funded_places(plan)
    if plan.objective is None or plan.objective.kind is not Objective.NET_VALUE or not funded:
        return None
    if audit is None or audit.held_out_expected is None:
        return None
    brought = [
        Step(visible(plan.decisions[at].project), plan.decisions[at].held_out_net_value or 0.0)
        for at in funded
    ]
    total = sum(step.amount for step in brought)
    adjusted = [
        Step(words.SHARED_ROW, audit.held_out_expected - total),
        Step(words.CAUTION_ROW, audit.held_out_value - audit.held_out_expected),
    ]
    shown = steps_shown(brought, findings.OTHERS)
    steps = [*shown, *(step for step in adjusted if abs(step.amount) >= 0.005)]
    return steps, Step(words.TILE_WORTH, audit.held_out_value)
