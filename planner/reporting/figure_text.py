"""Text and numbers in figures: printed as they stand, whatever signs a name holds."""

from planner.domain.format import figure, rate, short_money, shorten


def plain_text(name: str, width: int = 60) -> str:
    r"""Return a name that matplotlib prints as it stands: no sign of it is markup.

    Examples
    --------
    >>> plain_text("a_b $x^2$")
    'a_b \\$x^2\\$'
    """
    return shorten(name, width).replace("$", r"\$")


def number_tick(value: float, _place: object = None) -> str:
    """Return an amount or a number at an axis."""
    return figure(value, 10)


def rate_tick(value: float, _place: object = None) -> str:
    """Return an error at an axis."""
    return rate(value)


def short_tick(value: float, _place: object = None) -> str:
    """Return an amount at a narrow axis."""
    return short_money(value)
