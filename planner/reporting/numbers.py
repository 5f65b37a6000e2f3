"""Numbers of a plan as typed cards: the text printed and the value behind it never part."""

import math
from collections.abc import Iterable

from planner.domain import format as written
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Metric, Objective
from planner.domain.words.judged import measure_name
from planner.domain.words.worth import amount_of, figure_of, unit_of
from planner.reporting.document import Number, Text, say
from planner.reporting.words.report import TARGET_IN_USE

SHARE, IMAGES, TARGETS, PROJECTS = "share", "images", "targets", "projects"

TOO_WIDE = 1e7
"""Amounts from here on are shown in millions, where room is short."""


def amount(value: float, currency: str, key: str = "", *, named: bool = False) -> Number:
    """Return an amount of money; ``named`` prints its currency.

    Examples
    --------
    >>> amount(24970.6, "USD", "budget.committed", named=True).text
    'USD 24,971'
    """
    return Number(written.money(value, currency if named else ""), value, currency, key)


def short_amount(value: float, currency: str, key: str = "") -> Number:
    """Return an amount that fits a narrow column: from ten million on in millions."""
    text = written.money(value) if abs(value) < TOO_WIDE else written.short_money(value)
    return Number(text, value, currency, key)


def images(value: float | None, key: str = "") -> Number:
    """Return a number of images; ``never`` where it is infinite."""
    finite = value is not None and math.isfinite(value)
    return Number(written.count(value), value if finite else None, IMAGES, key)


def chance(value: float, key: str = "", *, against: Iterable[float | None] = ()) -> Number:
    """Return a chance or another share in per cent, on its own side of what it is held against."""
    return Number(written.percent(value, against=against), value, SHARE, key)


def level(value: float, key: str = "") -> Number:
    """Return a limit, level, target or rate of interest in per cent, as it was set."""
    known = None if math.isnan(value) else value
    return Number(written.percent_as_set(value), known, SHARE, key)


def target(project: Project, of: str = "") -> Text:
    """Return a project's target as an error: that on the test set, and that in use if it differs.

    ``of`` says of what it is one, after the number.
    """
    if project.metric is not Metric.ACCURACY:
        of = f"{of} ({measure_name(project.metric)})"
    asked, in_use = project.error_target, project.settled(project.error_target_in_use)
    if math.isnan(asked) or asked == in_use:
        return (level(asked), of) if of else (level(asked),)
    shown = Number(written.target(asked), asked, SHARE, "")
    return say(TARGET_IN_USE, target=shown, of=of, in_use=level(in_use))


def gap(value: float, key: str = "") -> Number:
    """Return a gap to a bound in per cent; one too small to show is told by its limit."""
    return Number(written.gap(value), value, SHARE, key if value >= 1e-6 else "")


def rate(value: float | None, key: str = "") -> Number:
    """Return an error rate in per cent, to three digits."""
    if value is None or not math.isfinite(value):
        return Number("–", None, SHARE, key)
    return Number(written.rate(value), value, SHARE, key)


def tally(value: float, unit: str, key: str = "") -> Number:
    """Return a count of things other than images."""
    return Number(written.fixed(value, 0), float(value), unit, key)


def targets(value: float, key: str = "", *, named: bool = False) -> Number:
    """Return an expected number of targets met."""
    text = written.targets(value) if named else written.fixed(value, 2)
    return Number(text, value, TARGETS, key)


def worth(
    objective: Objective | str | None,
    value: float,
    currency: str,
    key: str = "",
    *,
    named: bool = False,
) -> Number:
    """Return an amount of what an objective counts; ``named`` prints its unit.

    Examples
    --------
    >>> worth("accuracy", 0.08, "USD", named=True).text, worth("targets_met", 2.5, "USD").text
    ('8.0 points', '2.50')
    """
    text = amount_of(objective, value, currency) if named else figure_of(objective, value)
    return Number(text, value, unit_of(objective, currency), key)


def about(value: float, unit: str, key: str = "") -> Number:
    """Return an expected count to the nearest half, to be read as roughly that.

    Examples
    --------
    >>> about(1.98, "targets").text, about(1.4, "targets").text
    ('2', '1.5')
    """
    return Number(written.figure(round(2 * value) / 2), round(2 * value) / 2, unit, key)


def score(value: float, key: str = "") -> Number:
    """Return a number between 0 and 1 to two decimals."""
    return Number(written.fixed(value, 2), value, SHARE, key)


def figure(value: float, unit: str, key: str = "", *, digits: int = 3) -> Number:
    """Return any other number to so many significant digits."""
    return Number(written.figure(value, digits), value, unit, key)
