"""The scaling laws as terminal tables."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.domain.format import figure
from planner.domain.laws import START, Laws, SlopeReading, WorkedNumber
from planner.domain.vocabulary import Growth
from planner.reference.context_card import ContextCard
from planner.reporting.terminal.draw import titled_table


def render_laws(laws: Laws) -> tuple[RenderableType, ...]:
    """Return the laws, the worked numbers and how to read them, to print in order."""
    sources = _sources(laws)
    notes = [Text(f"- {note}") for note in laws.notes]
    slope_notes = [Text(f"- {note}") for note in laws.slope_notes]
    numbered = [Text(f"[{number}] {source}", style="dim") for source, number in sources.items()]
    return (
        _law_table(laws, sources),
        Text(),
        _slope_table(laws, sources),
        Text(),
        *slope_notes,
        Text(),
        _worked_table(laws, sources),
        Text(),
        *notes,
        Text(),
        *numbered,
    )


def render_context(card: ContextCard) -> tuple[RenderableType, ...]:
    """Return the context card and how to read it."""
    cited = (number.source for number in card.context)
    sources = {source: at for at, source in enumerate(dict.fromkeys(cited), start=1)}
    return (
        _numbers_table("To place a number beside", card.context, sources),
        Text(),
        *(Text(f"- {note}") for note in card.notes),
        Text(),
        *(Text(f"[{number}] {source}", style="dim") for source, number in sources.items()),
    )


def _sources(laws: Laws) -> dict[str, int]:
    """Return the number of each source, in order of appearance."""
    cited = [
        *(law.source for law in laws.laws),
        *(reading.source for reading in laws.slopes),
        *(number.source for number in laws.worked),
    ]
    return {source: number for number, source in enumerate(dict.fromkeys(cited), start=1)}


def _law_table(laws: Laws, sources: dict[str, int]) -> Table:
    start = "" if laws.growth is Growth.POWER else ", from 10 %"
    table = titled_table(f"How many times as much it takes to divide the error by k{start}")
    table.add_column("of", no_wrap=True)
    table.add_column("law", no_wrap=True)
    table.add_column("grows as", no_wrap=True)
    for k in laws.factors:
        table.add_column(f"k = {k}", justify="right", no_wrap=True)
    table.add_column("", style="dim", no_wrap=True)
    for law in laws.laws:
        multipliers = [_times(times) for times in laws.multipliers(law).values()]
        power = f"k^{law.exponent:.3g}"
        if laws.growth is Growth.EXPONENTIAL:
            power = f"{figure(law.multiplier(2.0) ** (1 / (50 * START)))}^points"
        table.add_row(law.resource, law.name, power, *multipliers, f"[{sources[law.source]}]")
    return table


def _slope_table(laws: Laws, sources: dict[str, int]) -> Table:
    table = titled_table("Two slopes: log10 error per tenfold images, and the images that halve it")
    table.add_column("measured", no_wrap=True)
    table.add_column("of", no_wrap=True)
    table.add_column("slope", justify="right", no_wrap=True)
    table.add_column("halving", justify="right", no_wrap=True)
    table.add_column("range")
    table.add_column("", style="dim", no_wrap=True)
    for reading in laws.slopes:
        digits = 3 if reading.kind == "across tasks" else 2  # printed ones as they are printed
        table.add_row(
            reading.kind.split()[0],
            reading.name,
            f"{reading.slope:.{digits}f}",
            f"{_times(reading.halving)}×",
            _range(reading),
            f"[{sources[reading.source]}]",
        )
    return table


def _range(reading: SlopeReading) -> str:
    if reading.low is None or reading.high is None:
        return reading.range_is
    return f"{reading.low:.2f} to {reading.high:.2f}, {reading.range_is}"


def _worked_table(laws: Laws, sources: dict[str, int]) -> Table:
    return _numbers_table("Worked numbers", laws.worked, sources)


def _numbers_table(title: str, worked: Iterable[WorkedNumber], sources: dict[str, int]) -> Table:
    table = titled_table(title)
    table.add_column("what")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("how")
    table.add_column("", style="dim", no_wrap=True)
    for number in worked:
        value = f"{_times(number.value)} {number.unit}".replace(" ×", "×")
        table.add_row(number.what, value, number.how, f"[{sources[number.source]}]")
    return table


def _times(value: float) -> str:
    """Return a multiplier with at most ten characters."""
    if value >= 1e7 or value < 0.01:
        return f"{value:.3g}".replace("e+", "e")
    return figure(value)
