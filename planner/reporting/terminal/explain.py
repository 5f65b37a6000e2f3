"""Why a project is funded or not, what would change that, and what moves its value."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import figure, percent, price, rate, shorten
from planner.domain.results.explanation import Explanation, PlanExplanation, Tornado, TornadoBar
from planner.domain.words.life import (
    beside_words,
    break_even_words,
    contribution_words,
    crossover_words,
)
from planner.domain.words.worth import amount_of, figure_of, objective_in
from planner.questions.why.core_index import CORE, EXTERIOR
from planner.reporting.columns import Surface
from planner.reporting.page import wrap
from planner.reporting.sections.frontier_columns import STANDINGS
from planner.reporting.terminal.draw import draw_table, paragraphs, plain_table

_CORE_INDEX = (
    "Core index: share of the states of the model (what all projects share; their own luck "
    "averaged) in which the plan best for that state funds the project. Core from 90 %, exterior "
    "up to 10 %, borderline between."
)
MOST_BARS = 12
BAR_WIDTH = 21
_STANDING = {
    "core": "core: in nearly every state of the model the best plan funds it",
    "borderline": "borderline: the best plan funds it in some states of the model, not in others",
    "exterior": "exterior: in nearly no state of the model the best plan funds it",
}


def render_explanation(found: Explanation, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield the explanation of one project block by block, each at most 79 columns wide."""
    yield _header(found, f"{shorten(found.project, 30)}: {found.verdict}")
    yield from paragraphs([found.text])
    if found.flips:
        yield Text("")
        yield Text("What would change the decision, all else as it is:", style="bold")
        for flip in found.flips:
            yield Text(wrap(f"  {flip.text}", indent="    "))
    said = [found.runner_up.text] if found.runner_up else []
    said += [crossover_words(one) for one in found.crossovers or ()]
    said += [break_even_words(one) for one in found.break_evens or ()]
    if found.published_shift:
        said.append(f"Published fall of accuracy {found.published_shift}.")
    if found.contributions:
        said.append(contribution_words(found.contributions))
    if found.beside:
        said.append(beside_words(found.beside))
    binding = ", ".join(found.binding) if found.binding else "none"
    said.append(f"Binding: {binding}.")
    core = percent(found.core_index, against=[CORE, EXTERIOR])
    said.append(f"Core index {core} ({_STANDING.get(found.standing, found.standing)}).")
    yield Text("")
    yield from paragraphs(said)
    if found.tornado is not None:
        yield Text("")
        yield from _tornado(found.tornado, found.currency, quiet=quiet)


def render_plan_explanation(
    found: PlanExplanation, *, quiet: bool = False
) -> Iterator[Table | Text]:
    """Yield the explanation of the whole plan block by block, each at most 79 columns wide."""
    yield _header(found, "the whole plan")
    yield from paragraphs([found.text])
    yield from paragraphs(one.text for one in found.binding)
    yield Text("")
    yield draw_table(
        STANDINGS.table(Surface.TERMINAL, found.standings, found.currency, bounds=(CORE, EXTERIOR))
    )
    if not quiet:
        yield from paragraphs([_CORE_INDEX])
    if found.tornado is not None:
        yield Text("")
        yield from _tornado(found.tornado, found.currency, quiet=quiet)


def _header(found: Explanation | PlanExplanation, what: str) -> Text:
    model = f"model {found.model['name']} · seed {found.seed}"
    return Text(wrap(f"{shorten(found.portfolio, 30)} · {what} · {model}"), style="bold")


def _tornado(tornado: Tornado, currency: str, *, quiet: bool) -> Iterator[Table | Text]:
    centre = amount_of(objective_in(tornado.unit), tornado.centre, currency)
    yield Text(
        wrap(f"What moves its value, {centre} expected on all draws:"),
        style="bold",
    )
    if not tornado.bars:
        yield from paragraphs(["No uncertain input can be told from no effect."])
        return
    table = plain_table()
    table.add_column("Input", max_width=26)
    table.add_column("P10", justify="right", no_wrap=True)
    table.add_column("P90", justify="right", no_wrap=True)
    table.add_column("Value\nat P10", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Value\nat P90", no_wrap=True, justify="right")
    reach = max(
        abs(value - tornado.centre)
        for bar in tornado.bars
        for value in (bar.value_at_low, bar.value_at_high)
    )
    for bar in tornado.bars[:MOST_BARS]:
        table.add_row(*(Text(cell) for cell in _bar_row(bar, tornado, reach)))
    yield table
    if not quiet:
        yield from paragraphs(_how_to_read(tornado))


def _bar_row(bar: TornadoBar, tornado: Tornado, reach: float) -> tuple[str, ...]:
    low, high = sorted((bar.value_at_low, bar.value_at_high))
    return (
        f"{bar.input}, {bar.unit}" if bar.unit else bar.input,
        input_words(bar.low, bar.unit),
        input_words(bar.high, bar.unit),
        _amount(bar.value_at_low, tornado.unit),
        _drawn(low, high, tornado.centre, reach),
        _amount(bar.value_at_high, tornado.unit),
    )


def _drawn(low: float, high: float, centre: float, reach: float) -> str:
    """Return a bar of characters around the centre, which ``│`` marks."""
    half = BAR_WIDTH // 2
    places = [round(half * (value - centre) / reach) if reach else 0 for value in (low, high)]
    cells = ["█" if places[0] <= k <= places[1] else " " for k in range(-half, half + 1)]
    cells[half] = "│"
    return "".join(cells)


def _how_to_read(tornado: Tornado) -> Iterator[str]:
    hidden = len(tornado.bars) - MOST_BARS
    if hidden > 0:
        yield f"{hidden} narrower bars are not shown; --json gives all."
    yield (
        "Each bar: the decision held fixed, its expected value if this one input were known to be "
        "its P10 (not exceeded in 10 % of outcomes) or its P90 (not exceeded in 90 %); all others "
        "vary as they do. Inputs that cannot be told from no effect are left out."
    )


def input_words(value: float, unit: str) -> str:
    """Return an uncertain input as it is printed: errors per cent, prices with their digits.

    Examples
    --------
    >>> input_words(0.0512, "error at 1,000 images"), input_words(0.075, "per image")
    ('5.12 %', '0.075')
    """
    if unit.startswith("error"):
        return rate(value)
    return price(value) if unit.startswith("per ") else figure(value)


def _amount(value: float, unit: str) -> str:
    return figure_of(objective_in(unit), value)
