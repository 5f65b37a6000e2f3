"""What would a purchase be without the fields of its project that are no money?

The same network on as many images, in a file that leaves one of them out: what pilots, weights, a
frozen network or a fall in use change is the forecast, and through it the chance and the worth.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.domain.portfolio.portfolio import Committed
from planner.domain.portfolio.project import Project
from planner.domain.results.explanation import Beside
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Backbone, Objective
from planner.errors import InputError
from planner.offering.options import Menu, build_menus
from planner.planning.prepare import Prepared

__all__ = ["beside_fields"]

_WITHOUT: dict[str, tuple[str, dict[str, object]]] = {
    "pilots": ("none", {"pilots": ()}),
    "pretrained": ("true", {"pretrained": True}),
    "backbone": ("finetuned", {"backbone": Backbone.FINETUNED, "zero_shot_error": None}),
    "shift": ("none", {"shift": None}),
}
"""By field: what stands in its place, and the fields of a project without it."""


def beside_fields(prepared: Prepared, index: int, pick: int | None) -> tuple[Beside, ...] | None:
    """Return what each such field adds to the chance and the worth of a funded option.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index : int
        Place of the project.
    pick : int or None
        Its option; None where it is not funded.

    Returns
    -------
    tuple of Beside or None
        In the order above; None for alternatives, and where the file states no such field.
    """
    options, project = prepared.options[index], prepared.menus[index].project
    if pick is None or options.is_alternative[pick]:
        return None
    found = []
    for field, (instead, fields) in _WITHOUT.items():
        if getattr(project, field) == fields[field]:
            continue
        try:
            without = replace(project, **fields)  # type: ignore[arg-type]
            menu = _menu(prepared, index, without, options, pick)
        except InputError:  # no file could leave it out, or the model cannot forecast it then
            continue
        for row in _same(menu.priced, options, pick):
            chance = float(options.chance[pick] - menu.priced.chance[row])
            net = float(options.expected_net_value[pick] - menu.priced.expected_net_value[row])
            in_money = prepared.objective is Objective.NET_VALUE
            found.append(Beside(field, instead, chance, net if in_money else None))
    return tuple(found) or None


def _menu(
    prepared: Prepared, index: int, project: Project, options: ProjectOptions, pick: int
) -> Menu:
    """Return what a project would offer with other fields, the images of an option among it."""
    portfolio, catalogue, seed = prepared.portfolio, prepared.catalogue, prepared.seed
    projects = list(portfolio.projects)
    projects[index] = project
    kept = Committed(
        name="",
        project=project.id,
        architecture=options.architecture(pick),
        images=int(options.images_total[pick]),
    )
    rules = tuple(one for one in portfolio.rules if not isinstance(one, Committed))
    forecast = prepared.forecast_of(
        project, prepared.posterior, architectures=catalogue.architectures, seed=seed
    )
    menus = build_menus(
        replace(portfolio, projects=tuple(projects), rules=(*rules, kept)),
        {project.id: forecast},
        catalogue,
        seed=seed,
        known={menu.project.id: menu for at, menu in enumerate(prepared.menus) if at != index},
    )
    return menus[index]


def _same(priced: ProjectOptions, options: ProjectOptions, pick: int) -> Iterator[int]:
    """Yield the one option that is the same purchase, if it is on offer there."""
    name, images = options.architecture(pick), int(options.images_total[pick])
    for row in np.flatnonzero(priced.images_total == images).tolist():
        alike = priced.architecture(row) == name and priced.choice(row) == options.choice(pick)
        if alike and _where(priced, row) == _where(options, pick):
            yield row
            return


def _where(options: ProjectOptions, row: int) -> tuple[int, tuple[str, ...]]:
    """Return the period in which an option starts, and the shared assets it uses."""
    start = 0 if options.start is None else int(options.start[row])
    way = 0 if options.use_index is None else int(options.use_index[row])
    return start, options.uses[way] if options.uses else ()
