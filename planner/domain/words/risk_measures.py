"""What a plan maximises under a measure of risk, in words."""

from collections.abc import Mapping

from planner.domain.format import figure, percent_as_set


def under_risk(what: str, measure: str, numbers: Mapping[str, float]) -> str:
    """Return a kind of worth as a measure of risk counts it.

    Examples
    --------
    >>> under_risk("net value", "cvar", {"level": 0.9, "weight": 0.25})
    'risk-adjusted net value (0.75 × mean + 0.25 × mean of the worst 10 %)'
    >>> under_risk("net value", "quantile", {"level": 0.8})
    'net value reached in 80 % of outcomes'
    """
    if measure == "cvar":
        weight, level = numbers["weight"], numbers["level"]
        return (
            f"risk-adjusted {what} ({figure(1 - weight)} × mean + {figure(weight)} × mean "
            f"of the worst {percent_as_set(1 - level)})"
        )
    if measure == "quantile":
        return f"{what} reached in {percent_as_set(numbers['level'])} of outcomes"
    return f"certainty equivalent of the {what} (entropic, {figure(numbers['aversion'], 6)})"
