"""What does a funded project use and emit, and what accuracy does it buy with that?"""

import math
from collections.abc import Sequence

from planner.domain.results.life import Footprint
from planner.economics.life.lines import Running
from planner.planning.prepare import Prepared

__all__ = ["footprint_of", "together"]


def footprint_of(
    prepared: Prepared, index: int, row: int, running: Running, live: float
) -> Footprint | None:
    """Return the footprint of one option; None where the file does not say where machines stand.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index, row : int
        Place of the project in the file, and of its option.
    running : Running
        That option in use.
    live : float
        Chance that it goes live.
    """
    emitted = running.emitted
    if emitted is None:
        return None
    trained = float(emitted.hours[0])
    used = live * float((running.hours * running.run.lengths).sum())
    pairs = [(trained, emitted.training), (used, emitted.running)]
    kwh = math.fsum(hours * one.kwh for hours, one in pairs if one is not None)
    points = _points(prepared, index, row)
    paid = int(prepared.options[index].total_cents[row]) / 100
    return Footprint(
        accelerator_hours=trained,
        kwh=kwh,
        carbon_kg=math.fsum(hours * one.kg for hours, one in pairs if one is not None),
        accuracy_points=points,
        points_per_1000=None if points is None or not paid else 1_000 * points / paid,
        points_per_kwh=None if points is None or not kwh else points / kwh,
    )


def _points(prepared: Prepared, index: int, row: int) -> float | None:
    """Return by how many points the expected error lies below the majority guess."""
    menu, options = prepared.menus[index], prepared.options[index]
    if options.is_alternative[row]:
        return None
    forecast = menu.way(options, row).forecast
    images, name = [float(options.images_total[row])], options.architecture(row)
    errors = forecast.error_draws(images, name, rows=forecast.solve_rows)[:, 0]
    return 100.0 * (menu.project.majority_guess_error - float(errors.mean()))


def together(prints: Sequence[Footprint]) -> Footprint | None:
    """Return several footprints as one; None of none."""
    if not prints:
        return None
    return Footprint(
        math.fsum(one.accelerator_hours for one in prints),
        math.fsum(one.kwh for one in prints),
        math.fsum(one.carbon_kg for one in prints),
    )
