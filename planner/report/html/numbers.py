"""Numbers of a plan as typed cards: the text printed and the value behind it never part."""

import math

from planner.report.format import count, money, percent
from planner.report.html.cards import Number

SHARE, IMAGES, TARGETS, PROJECTS = "share", "images", "targets", "projects"


def amount(value: float, currency: str, key: str = "", *, named: bool = False) -> Number:
    """Return an amount of money; ``named`` prints its currency.

    Examples
    --------
    >>> amount(24970.6, "USD", "budget.committed", named=True).text
    'USD 24,971'
    """
    return Number(money(value, currency if named else ""), value, currency, key)


def images(value: float | None, key: str = "") -> Number:
    """Return a number of images; ``never`` where it is infinite."""
    finite = value is not None and math.isfinite(value)
    return Number(count(value), value if finite else None, IMAGES, key)


def chance(value: float, key: str = "", *, digits: int = 0, down: bool = False) -> Number:
    """Return a chance or another share in per cent; ``down`` rounds towards 0."""
    return Number(percent(value, digits, down=down), value, SHARE, key)


def rate(value: float | None, key: str = "") -> Number:
    """Return an error rate in per cent, to three digits."""
    if value is None or not math.isfinite(value):
        return Number("–", None, SHARE, key)
    return Number(f"{100 * value:.3g} %", value, SHARE, key)


def tally(value: float, unit: str, key: str = "") -> Number:
    """Return a count of things other than images."""
    return Number(f"{value:,.0f}", float(value), unit, key)


def targets(value: float, key: str = "", *, named: bool = False) -> Number:
    """Return an expected number of targets met."""
    return Number(f"{value:.2f} targets" if named else f"{value:.2f}", value, TARGETS, key)


def figure(value: float, unit: str, key: str = "", *, digits: int = 3) -> Number:
    """Return any other number to so many significant digits."""
    text = f"{value:,.{digits}g}"
    if "e" in text and 1 <= abs(value) < 1e15:
        text = f"{value:,.0f}"
    return Number(text.replace("-", "−"), value, unit, key)
