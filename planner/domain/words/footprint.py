"""What a plan uses and emits, in sentences."""

from collections.abc import Iterator, Mapping

from planner.domain.format import figure, shorten
from planner.domain.results.life import Footprint

__all__ = ["footprint_words"]


def footprint_words(
    whole: Footprint, parts: Mapping[str, Footprint | None], currency: str
) -> Iterator[str]:
    """Yield the electricity and emissions of a plan, and what accuracy each project buys.

    ``parts`` are by project; those of alternatives buy no accuracy of a model.
    """
    used = f"{figure(whole.kwh)} kWh and {figure(whole.carbon_kg)} kg of CO2 equivalent"
    if whole.accelerator_hours:
        yield (
            f"Training takes {figure(whole.accelerator_hours)} accelerator-hours; with running as "
            f"far as it is expected, {used}."
        )
    elif whole.kwh:  # trained on hardware that the file says nothing of, or not at all
        yield f"Running, as far as it is expected, takes {used}; no training is counted."
    said = [
        f"{shorten(name, 30)} {figure(one.accuracy_points)} points "
        f"({_each(one.points_per_1000, f'per {currency} 1,000')}, "
        f"{_each(one.points_per_kwh, 'per kWh')})"
        for name, one in parts.items()
        if one is not None and one.accuracy_points is not None
    ]
    if said:
        yield f"Accuracy over the majority guess: {'; '.join(said)}."


def _each(points: float | None, unit: str) -> str:
    return f"none {unit}" if points is None else f"{figure(points)} {unit}"
