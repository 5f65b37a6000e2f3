"""Where may a search begin that is made again after a small change? At the plan before it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.results.option import ProjectOptions
from planner.offering.build_problem import Layout
from planner.offering.options import Menu
from planner.offering.problem import Start

__all__ = ["KnownPlan", "row_of"]


@dataclass(frozen=True, eq=False)
class KnownPlan:
    """A plan of a portfolio that is changed a little.

    Attributes
    ----------
    menus : sequence of Menu
        Before the change, in file order.
    options : tuple of ProjectOptions
        That the picks are rows of.
    picks : tuple of int or None
        Chosen option of each project.
    draw_weights : ndarray of float64 or None
        How much each draw counts at the margin.
    """

    menus: Sequence[Menu]
    options: tuple[ProjectOptions, ...]
    picks: tuple[int | None, ...]
    draw_weights: Floats | None

    def start(
        self, menus: Sequence[Menu], options: Sequence[ProjectOptions], layout: Layout
    ) -> Start:
        """Return where a search of the changed portfolio may begin.

        Parameters
        ----------
        menus, options : sequence
            After the change, in file order.
        layout : Layout
            Where the options stand.
        """
        picks = [
            pick if pick is None or menu is before else row_of(own, pick, now)
            for pick, menu, before, own, now in zip(
                self.picks, menus, self.menus, self.options, options, strict=True
            )
        ]
        return Start(np.sort(layout.chosen(picks)), self.draw_weights)


def row_of(before: ProjectOptions, pick: int, now: ProjectOptions) -> int | None:
    """Return the row of an option among others: the same network, images, way and start."""
    same = now.architecture_index == before.architecture_index[pick]
    same &= now.images_total == before.images_total[pick]
    for own, other in (
        (before.use_index, now.use_index),
        (before.start, now.start),
        (before.pool_images, now.pool_images),
    ):
        if own is not None and other is not None:
            alike = other == own[pick]
            same &= alike if alike.ndim == 1 else alike.all(axis=1)
    found = np.flatnonzero(same)
    return int(found[0]) if len(found) else None
