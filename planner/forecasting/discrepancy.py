"""How does a real curve stray from its shape? A path over log10 images, one per draw and option.

An Ornstein-Uhlenbeck path is exact on nodes an eighth of a decade apart, from 1 to 10^8 images,
and straight in between, so that its variance between nodes sags by at most 6 %. Denser nodes change
quantiles of error by less than .005 in log10, which is their Monte Carlo error. A first crossing
comes the earlier the denser the nodes, since the path is rough at every scale: against twice as
many nodes the median of log10 data needed is .007 higher, against ten times as many .045, where its
80 % range spans three decades.

Some curves stray more than others: where the declaration says so, each project has a size of its
own, one per draw, and pilots tell which sizes are likely.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.specification import Discrepancy
from planner.forecasting.luck import Luck

DECADES_PER_NODE = 0.125
LARGEST_LOG10_IMAGES = 8.0
"""Beyond 10^8 images a path stays where it is, and a target counts as never met."""


@dataclass(frozen=True)
class NodeGrid:
    """Where paths have their nodes; denser ones serve measurements."""

    decades_per_node: float = DECADES_PER_NODE

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return round(LARGEST_LOG10_IMAGES / self.decades_per_node) + 1

    def position(self, log10_images: Floats) -> Floats:
        """Return positions between the first node (0) and the last."""
        position = log10_images / self.decades_per_node
        return np.asarray(np.clip(position, 0.0, self.n_nodes - 1), dtype=np.float64)

    def log10_images(self) -> Floats:
        """Return log10 images of every node."""
        return np.arange(self.n_nodes, dtype=np.float64) * self.decades_per_node


NODES = NodeGrid()
"""What forecasts use."""


def path_sizes(law: Discrepancy, luck: Luck, layer: int = 0) -> Floats | None:
    """Return how large a project's discrepancy is in each draw, in units of the declared scale.

    Parameters
    ----------
    law : Discrepancy
        As declared.
    luck : Luck
        Of the project.
    layer : int, default=0
        Another one is another independent assignment to the draws.

    Returns
    -------
    ndarray of shape (n_draws,), or None
        None where all projects have the declared scale.
    """
    if law.spread == 0.0:
        return None
    return law.sizes(luck.normals("discrepancy size", f"{layer}", stratified=True))


@dataclass(frozen=True, eq=False)
class DiscrepancyPath:
    """The paths of one option, walked outwards from the middle only as far as asked.

    Half of the draws serve the solve and half the audit; each half has its own numbers, so that
    one half costs half, and gives the same bits as the whole.

    Attributes
    ----------
    law : Discrepancy
        Standard deviation and memory.
    luck : Luck
        Of the project.
    option : str
        Name of the option; a path says nothing about another option's.
    grid : NodeGrid
        Nodes.
    sizes : ndarray of shape (n_draws,), or None
        From :func:`path_sizes`; None for the declared scale in every draw.
    """

    law: Discrepancy
    luck: Luck
    option: str
    grid: NodeGrid = NODES
    sizes: Floats | None = None

    def at(self, log10_images: Floats, rows: slice) -> Floats:
        """Return departures of log10 error, shape (n_images, n_rows)."""
        if self.law.scale == 0.0 or len(log10_images) == 0:
            return np.zeros((len(log10_images), len(range(*rows.indices(self.luck.n_draws)))))
        position = self.grid.position(log10_images)
        low = np.minimum(position.astype(np.intp), self.grid.n_nodes - 2)
        first = int(low.min())
        nodes = self.nodes(first, int(low.max()) + 1, rows)
        steps = nodes[1:] - nodes[:-1]
        departure = np.empty((len(low), nodes.shape[1]))
        for at, (node, share) in enumerate(zip(low - first, position - low, strict=True)):
            np.multiply(steps[node], share, out=departure[at])
            departure[at] += nodes[node]
        return departure

    def nodes(self, first: int, last: int, rows: slice) -> Floats:
        """Return paths on nodes ``first`` to ``last``, shape (n_nodes, n_rows)."""
        path = by_halves(
            self.luck.n_draws, rows, lambda which, length: self._half(first, last, which, length)
        )
        if self.sizes is not None:
            path *= self.sizes[rows]
        return path

    def noise(self, rows: slice) -> Floats:
        """Return the option's standard normal repeat noise, shape (n_rows,)."""

        def half(which: int, length: int) -> Floats:
            return self.luck.quick_normals((1, length), "noise", self.option, str(which))

        return np.asarray(by_halves(self.luck.n_draws, rows, half)[0])

    def _half(self, first: int, last: int, which: int, length: int) -> Floats:
        """Walk from the middle node to the right and to the left, as far as asked."""
        middle = self.grid.n_nodes // 2
        keep = math.exp(-self.grid.decades_per_node / self.law.decades)
        fresh = self.law.scale * math.sqrt(1.0 - keep**2)
        origin = middle - min(first, middle)
        n_right = max(last, middle) - middle + 1
        path = np.empty((origin + n_right, length))
        path[origin:] = self._normals((n_right, length), "right", which)
        path[:origin] = self._normals((origin, length), "left", which)[::-1]
        path[origin] *= self.law.scale
        path[:origin] *= fresh
        path[origin + 1 :] *= fresh
        for node in range(origin + 1, len(path)):
            path[node] += keep * path[node - 1]
        for node in range(origin - 1, -1, -1):
            path[node] += keep * path[node + 1]
        shift = first - min(first, middle)
        return path[shift : shift + last - first + 1]

    def _normals(self, shape: tuple[int, int], side: str, which: int) -> Floats:
        # the spacing is part of the key: other nodes are other paths, not a refinement of these
        spacing = f"{self.grid.decades_per_node:g}"
        names = ("discrepancy", self.option, spacing, side, str(which))
        return self.luck.quick_normals(shape, *names)


def by_halves(n_draws: int, rows: slice, half: Callable[[int, int], Floats]) -> Floats:
    """Return some columns of two halves side by side, making only the halves they touch.

    Parameters
    ----------
    n_draws : int
        Columns of both halves.
    rows : slice
        Columns to return.
    half : callable
        Takes 0 or 1 and the half's number of columns; returns an array of that many columns.
    """
    start, stop, step = rows.indices(n_draws)
    middle = n_draws // 2
    wanted = [0] if stop <= middle else [1] if start >= middle else [0, 1]
    made = [half(which, middle if which == 0 else n_draws - middle) for which in wanted]
    both = made[0] if len(made) == 1 else np.hstack(made)
    offset = middle * wanted[0]
    if (start - offset, stop - offset, step) == (0, both.shape[1], 1):
        return both
    return np.ascontiguousarray(both[:, start - offset : stop - offset : step])
