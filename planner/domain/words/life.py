"""What the lines of a life are called, and how it is said what none contains."""

from collections.abc import Sequence

from planner.domain.format import count
from planner.domain.results.explanation import Crossover

__all__ = ["GIVE", "crossover_words", "left_out_words", "line_words"]

GIVE = {
    "people": "build.people",
    "fixed costs": "build.lines",
    "inference": "inference",
    "review": "review",
    "errors": "errors",
    "drift": "upkeep.half_life",
    "upkeep": "upkeep.lines",
    "compliance": "upkeep.lines",
    "benefits": "benefits",
    "today": "today",
    "carbon": "portfolio.carbon",
    "end": "end",
}
"""What a life may have, in the order in which it is listed, with the field that states it; empty
where this release computes none."""

MOST_FIELDS = 2
_LINES = {"today": "today's way saved", "end": "retirement"}


def line_words(name: str) -> str:
    """Return what a line of a life is called."""
    return _LINES.get(name, name)


def crossover_words(found: Crossover) -> str:
    """Say from how many images a year on an own model is worth more than another way."""
    name, own = found.alternative, f"an own model ({found.architecture})"
    if found.images_per_year is None:
        more, less = (own, name) if found.own_above else (name, own)
        return f"Whatever the images a year, {more} is worth at least as much as {less}."
    from_on, below = (own, name) if found.own_above else (name, own)
    return (
        f"From {count(found.images_per_year)} images a year on {from_on} is worth more than "
        f"{below}, below it less (now {count(found.now)}), all else as it is."
    )


def left_out_words(names: Sequence[str]) -> str:
    """Say what is not included, and which fields would state it; empty where nothing is left out.

    Examples
    --------
    >>> left_out_words(["people", "drift", "end of a"])
    'Not included: people, drift, end of a (give build.people, upkeep.half_life, …).'
    """
    if not names:
        return ""
    fields = [GIVE[name.split(" of ")[0]] for name in names]
    given = list(dict.fromkeys(field for field in fields if field))
    more = ", …" if len(given) > MOST_FIELDS else ""
    give = f" (give {', '.join(given[:MOST_FIELDS])}{more})" if given else ""
    return f"Not included: {', '.join(names)}{give}."
