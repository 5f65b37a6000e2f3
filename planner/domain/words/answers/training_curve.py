"""What a partial training curve says, in sentences."""

from collections.abc import Iterator

from planner.domain.format import figure, percent, percent_as_set, rate, rates

__all__ = ["training_lines"]

ASSUMED = (
    "Assumed: the error falls as floor + A × epoch^−c, with noise, whatever the schedule; where "
    "the learning rate still falls, the end may be lower."
)
RISES = (
    "The error rises from the first epoch to the last one: are these accuracies, or does training "
    "diverge? The forecast below takes them as they are."
)


def training_lines(
    epochs: tuple[float, float],
    error: float,
    ends: tuple[float, float, float],
    target: tuple[float, float],
    stop_below: float,
    *,
    rises: bool = False,
) -> Iterator[str]:
    """Yield how far it is, where it ends, and what to do.

    Parameters
    ----------
    epochs : tuple of float
        The last seen, and the final one.
    error : float
        At the last one seen.
    ends : tuple of float
        P10, P50 and P90 of the error at the end.
    target : tuple of float
        Error asked for, and the chance of it.
    stop_below : float
        Chance below which going on is not advised.
    rises : bool, default=False
        Whether the last error is above the first one.
    """
    asked, chance = target
    yield (
        f"After epoch {figure(epochs[0])} of {figure(epochs[1])} the error is {rate(error)}. At "
        f"the end it will be {rates(ends)} (P10 / P50 / P90: not exceeded in 10, 50 and 90 % of "
        "cases)."
    )
    if rises:
        yield RISES
    yield f"Chance that it ends at {percent_as_set(asked)} or below: {percent(chance)}."
    limit = percent_as_set(stop_below)
    if chance < stop_below:
        yield f"Stop: that is below {limit}."
    else:
        yield f"Go on: that is not below {limit}."
    yield ASSUMED
