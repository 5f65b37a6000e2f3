"""Measures of risk: their names, the numbers each reads, and how a file says one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from planner.domain.fields.declared import Form, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import AVERSION, RISK_LEVEL, SHARE, word

__all__ = ["MEAN", "NO_CAUTION", "NUMBERS", "RiskKind", "RiskMeasure", "RiskPreference"]


class RiskKind(StrEnum):
    """Which functional of the worth a plan maximises."""

    EXPECTED = "expected"
    CVAR = "cvar"
    ENTROPIC = "entropic"
    QUANTILE = "quantile"


NUMBERS: Mapping[RiskKind, tuple[str, ...]] = {
    RiskKind.EXPECTED: (),
    RiskKind.CVAR: ("level", "weight"),
    RiskKind.ENTROPIC: ("aversion",),
    RiskKind.QUANTILE: ("level",),
}
"""Numbers that each measure reads, in the order in which ``--risk`` gives them after colons."""


@dataclass(frozen=True)
class RiskMeasure:
    """Which functional of the worth is maximised.

    Attributes
    ----------
    kind : {"expected", "cvar", "entropic", "quantile"}
        ``cvar``: ``(1 − weight) · mean + weight · CVaR`` of the worst ``1 − level`` share.
        ``quantile``: what is reached in a ``level`` share of outcomes.
    level, weight : float
        In (0, 1) and [0, 1].
    aversion : float
        Per unit of worth, positive; ``entropic`` only.
    """

    kind: str = "expected"
    level: float = 0.9
    weight: float = 0.5
    aversion: float = 0.0


MEAN = RiskMeasure()
"""Of the worth, whatever its spread."""


def _aversion_where_needed(part: Part) -> None:
    measure, aversion = part.values.get("measure"), part.values.get("aversion", 0)
    if measure == RiskKind.ENTROPIC and aversion is None:
        message = "an entropic measure needs its aversion, per unit of the objective, above 0."
        part.wrong("aversion", message, "aversion: 1e-6", "MISSING")
    if measure == RiskKind.QUANTILE and part.values.get("level", 0.9) == 0:
        message = "a quantile is reached in a share of outcomes above 0 %."
        part.wrong("level", message, "level: 80%")


@in_file("RiskSection", "``portfolio.risk``.", _aversion_where_needed)
@dataclass(frozen=True, kw_only=True)
class RiskPreference:
    """The plan's idea of risk.

    Attributes
    ----------
    measure : str
        ``expected``: the mean. ``cvar``: ``(1 − weight)·mean + weight·CVaR`` at ``level``.
        ``entropic``: ``−log E[exp(−aversion · worth)] / aversion``. ``quantile``: what is reached
        in a ``level`` share of outcomes; not convex, so that its gap is stated and mostly open.
    level : float
        CVaR is the mean of the worst ``1 − level`` share of outcomes; in [0, 1), at 0 the mean. A
        quantile at 0.8 is exceeded or met in 80 % of outcomes.
    weight : float
        Of CVaR against the mean, in [0, 1].
    aversion : float or None
        Per unit of the objective (of money, or of a target), above 0; ``entropic`` needs it.
    """

    measure: Annotated[
        str,
        word(RiskKind, as_text=True),
        Form(
            "Risk measure",
            "expected: the mean. cvar: the mean and the mean of the worst outcomes. entropic: an "
            "exponential utility. quantile: what is reached in a share of outcomes.",
            after="portfolio.baseline",
        ),
    ] = "expected"
    level: Annotated[
        float,
        RISK_LEVEL,
        Form(
            "Risk level",
            "With cvar: 90% looks at the mean of the worst 10 % of outcomes, 0% of all. With "
            "quantile: 80% maximises what is reached in 80 % of outcomes.",
            unit="%",
            after="portfolio.risk.measure",
        ),
    ] = 0.9
    weight: Annotated[
        float,
        SHARE,
        Form(
            "Risk weight",
            "With cvar: 0% counts the mean alone, 100% the worst outcomes alone.",
            unit="%",
            after="portfolio.risk.level",
        ),
    ] = 0.5
    aversion: Annotated[
        float | None,
        AVERSION,
        Form(
            "Risk aversion",
            "With entropic: per unit of money, such as 0.000001.",
            unit="1 / money",
            after="portfolio.risk.weight",
        ),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "risk")

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the measure reads, by name."""
        names = NUMBERS[RiskKind(self.measure)]
        return {name: getattr(self, name) or 0.0 for name in names}

    @property
    def is_cautious(self) -> bool:
        """Whether more than the mean counts: the mean of the worst 100 % is the mean."""
        by_tail = self.measure == RiskKind.CVAR
        return self.measure != RiskKind.EXPECTED and not (by_tail and self.level == 0)

    def maximised(self) -> RiskMeasure:
        """Return what a solver maximises."""
        if not self.is_cautious:
            return MEAN
        return RiskMeasure(str(self.measure), **self.numbers)


NO_CAUTION = RiskPreference()
"""Of a file that says nothing of risk."""
