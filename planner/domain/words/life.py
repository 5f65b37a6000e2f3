"""What the lines of a life are called, and how it is said what none contains."""

import math
from collections.abc import Sequence

from planner.domain.format import count, figure, money, points
from planner.domain.results.explanation import Beside, Contribution, Crossover

__all__ = [
    "GIVE",
    "beside_words",
    "break_even_words",
    "contribution_words",
    "crossover_words",
    "left_out_words",
    "line_words",
    "payback",
    "payback_words",
]

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
MONTHS_SAID = 18
"""Longer is said in years."""
_LINES = {"today": "today's way saved", "end": "retirement"}


def line_words(name: str) -> str:
    """Return what a line of a life is called."""
    return _LINES.get(name, name)


def payback(years: float | None) -> tuple[str, float]:
    """Return in what words it is said when what is paid is earned back, and the number in them.

    Months where they are few.

    Examples
    --------
    >>> payback(0.7), payback(2.4)[1]
    (('earned back after {number} months', 9.0), 2.4)
    """
    if years is None:
        return "not earned back within the horizon", math.nan
    months = float(math.ceil(12 * years - 1e-9))
    if months <= 1:
        return "earned back within the first month", months
    if months <= MONTHS_SAID:
        return "earned back after {number} months", months
    return "earned back after {number} years", round(years, 1)


def payback_words(years: float | None) -> str:
    """Say when what is paid is earned back.

    Examples
    --------
    >>> payback_words(0.0), payback_words(2.4)
    ('earned back within the first month', 'earned back after 2.4 years')
    """
    said, number = payback(years)
    return said.format(number=figure(number))


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


def break_even_words(found: Crossover) -> str:
    """Say from how many images a year on a compressed network is worth more than as trained."""
    plain, small = found.alternative, found.architecture
    if found.images_per_year is None:
        better = f"{small} is worth more than" if found.own_above else f"{small} never pays beside"
        return f"Whatever the images a year, {better} {plain} as it is trained."
    side = "from" if found.own_above else "below"
    return (
        f"Compression {small} pays {side} {count(found.images_per_year)} images a year, beside "
        f"{plain} as it is trained (now {count(found.now)})."
    )


def contribution_words(found: Sequence[Contribution]) -> str:
    """Say what optional fields add to what a project is worth, and what they take.

    Examples
    --------
    >>> contribution_words([Contribution("benefits", 157_420.4), Contribution("end", -900.0)])
    'Optional fields, all else as it is: benefits +157,420, end −900.'
    """
    said = (f"{one.field} {'+' if one.amount > 0 else ''}{money(one.amount)}" for one in found)
    return f"Optional fields, all else as it is: {', '.join(said)}."


def beside_words(found: Sequence[Beside]) -> str:
    """Say what fields that are no money change on the same purchase.

    Examples
    --------
    >>> beside_words([Beside("shift", "none", -0.1, None)])[-45:]
    'is: shift (else none) −10.0 points of chance.'
    """
    said = "; ".join(map(_beside, found))
    return f"Optional fields that are no money, all else as it is: {said}."


def _beside(one: Beside) -> str:
    chance = f"{'−' if one.chance < 0 else '+'}{points(one.chance)} of chance"
    net = "" if one.amount is None else f", net {'+' if one.amount > 0 else ''}{money(one.amount)}"
    return f"{one.field} (else {one.instead}) {chance}{net}"


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
