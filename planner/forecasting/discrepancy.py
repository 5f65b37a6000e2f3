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
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats, Levels, Rows, Singles
from planner.domain.model.specification import Discrepancy
from planner.forecasting.luck import Luck, normals_of, single_normals_of

DECADES_PER_NODE = 0.125
LARGEST_LOG10_IMAGES = 8.0
"""Beyond 10^8 images a path stays where it is, and a target counts as never met."""


@dataclass(frozen=True, eq=False)
class Between:
    """Where images lie between nodes.

    Attributes
    ----------
    low : ndarray of int, shape (n_images,)
        Node at or before each.
    share : ndarray of shape (n_images,)
        How far each lies on the way to the next node.
    first, last : int
        Nodes that all of them lie between.
    """

    low: Rows
    share: Floats
    first: int
    last: int


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

    def between(self, log10_images: Floats) -> Between:
        """Return between which nodes images lie; at least one."""
        position = self.position(log10_images)
        low = np.minimum(position.astype(np.intp), self.n_nodes - 2)
        return Between(low, position - low, int(low.min()), int(low.max()) + 1)

    def around(self, first: int, last: int) -> tuple[int, int]:
        """Return how many nodes lie left of the middle, and from it on, to reach some nodes."""
        middle = self.n_nodes // 2
        return middle - min(first, middle), max(last, middle) - middle + 1

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
class NearlyAt:
    """Departures at some images: nearly all at once, exactly where asked.

    Attributes
    ----------
    law, grid, place
        Of the path, and where between its nodes the images lie.
    levels : ndarray of shape (n_steps, n_rows)
        Random numbers of all steps.
    sizes : ndarray of shape (n_rows,), or None
        Of the project.
    """

    law: Discrepancy
    grid: NodeGrid
    place: Between
    levels: Levels
    sizes: Floats | None

    def single(self) -> Singles:
        """Return all departures, shape (n_images, n_rows), right to some 2e-6.

        A path is linear in its steps, so one product of matrices walks and interpolates.
        """
        walk = _walk(self.law, self.grid, self.place)[1]
        found = np.matmul(walk, single_normals_of(self.levels))
        if self.sizes is not None:
            found *= self.sizes.astype(np.float32)
        return np.asarray(found)

    def exact(self, images: Rows, rows: Rows) -> Floats:
        """Return departures at some numbers of images in some rows, as pairs."""
        walk = _walk(self.law, self.grid, self.place)[0]
        found: Floats = np.vecdot(walk[images], normals_of(self.levels[:, rows]).T)
        return found if self.sizes is None else found * self.sizes[rows]


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
        place = self.grid.between(log10_images)
        nodes = self.nodes(place.first, place.last, rows)
        steps = nodes[1:] - nodes[:-1]
        departure = np.empty((len(log10_images), nodes.shape[1]))
        for at, (node, share) in enumerate(zip(place.low - place.first, place.share, strict=True)):
            np.multiply(steps[node], share, out=departure[at])
            departure[at] += nodes[node]
        return departure

    def about(self, place: Between, rows: slice) -> NearlyAt:
        """Return departures in single precision, and the means to know some of them exactly."""
        levels = self._levels(place.first, place.last, rows)
        sizes = None if self.sizes is None else self.sizes[rows]
        return NearlyAt(self.law, self.grid, place, levels, sizes)

    def nodes(self, first: int, last: int, rows: slice) -> Floats:
        """Return paths on nodes ``first`` to ``last``, shape (n_nodes, n_rows)."""
        path = _walked(self._levels(first, last, rows), first, last, self.grid, self.law)
        if self.sizes is not None:
            path *= self.sizes[rows]
        return path

    def noise(self, rows: slice) -> Floats:
        """Return the option's standard normal repeat noise, shape (n_rows,)."""

        def half(which: int, length: int) -> Floats:
            return self.luck.quick_normals((1, length), "noise", self.option, str(which))

        return np.asarray(by_halves(self.luck.n_draws, rows, half)[0])

    def _levels(self, first: int, last: int, rows: slice) -> Levels:
        """Return the random numbers of all steps from the middle as far as asked, left to right."""
        origin, n_right = self.grid.around(first, last)

        def half(which: int, length: int) -> Levels:
            right = self._numbers((n_right, length), "right", which)
            if origin == 0:
                return right
            return np.vstack([self._numbers((origin, length), "left", which)[::-1], right])

        return by_halves(self.luck.n_draws, rows, half)

    def _numbers(self, shape: tuple[int, int], side: str, which: int) -> Levels:
        # the spacing is part of the key: other nodes are other paths, not a refinement of these
        spacing = f"{self.grid.decades_per_node:g}"
        names = ("discrepancy", self.option, spacing, side, str(which))
        return self.luck.quick_levels(shape, *names)


def _walked(levels: Levels, first: int, last: int, grid: NodeGrid, law: Discrepancy) -> Floats:
    """Return paths on nodes ``first`` to ``last`` by the random numbers of all steps."""
    path = normals_of(levels)
    _walk_in_place(path, grid, law, grid.around(first, last)[0])
    shift = first - min(first, grid.n_nodes // 2)
    return path[shift : shift + last - first + 1]


def _walk_in_place(path: Floats, grid: NodeGrid, law: Discrepancy, origin: int) -> None:
    """Turn standard normals into a stationary path, outwards from the origin."""
    keep = math.exp(-grid.decades_per_node / law.decades)
    fresh = law.scale * math.sqrt(1.0 - keep**2)
    path[origin] *= law.scale
    path[:origin] *= fresh
    path[origin + 1 :] *= fresh
    for node in range(origin + 1, len(path)):
        path[node] += keep * path[node - 1]
    for node in range(origin - 1, -1, -1):
        path[node] += keep * path[node + 1]


@lru_cache(maxsize=8)
def _walk(law: Discrepancy, grid: NodeGrid, place: Between) -> tuple[Floats, Singles]:
    """Return the matrix that takes standard normals of all steps to departures at images."""
    origin, n_right = grid.around(place.first, place.last)
    path = np.eye(origin + n_right)
    _walk_in_place(path, grid, law, origin)
    low = place.low - min(place.first, grid.n_nodes // 2)
    share = place.share[:, None]
    walk = path[low] + share * (path[low + 1] - path[low])
    return walk, walk.astype(np.float32)


def by_halves[T: np.generic](
    n_draws: int, rows: slice, half: Callable[[int, int], NDArray[T]]
) -> NDArray[T]:
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
