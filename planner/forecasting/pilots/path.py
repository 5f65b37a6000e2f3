"""How does the discrepancy of a measured curve run, given its pilots?"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats
from planner.forecasting.discrepancy import DiscrepancyPath


@dataclass(frozen=True, eq=False)
class PilotedGrid:
    """Nodes of a piloted option: the usual ones, and the sizes of its pilots."""

    nodes: Floats

    def log10_images(self) -> Floats:
        """Return log10 images of every node."""
        return self.nodes


@dataclass(frozen=True, eq=False)
class PilotedPath:
    """The discrepancy of a piloted option: its path before the pilots, moved towards them.

    Attributes
    ----------
    prior : DiscrepancyPath
        Before the pilots.
    between : ndarray of shape (n_between,)
        log10 images of pilots that are no nodes of the prior's grid, rising.
    prior_between : ndarray of shape (n_between, n_draws)
        The prior path there.
    log10_images : ndarray of shape (n_runs,)
        Of the option's pilots.
    pull : ndarray of shape (n_runs, n_draws)
        How strongly each pilot moves the path.
    """

    prior: DiscrepancyPath
    between: Floats
    prior_between: Floats
    log10_images: Floats
    pull: Floats

    @property
    def last(self) -> float:
        """Return log10 images of the largest pilot."""
        return float(self.log10_images.max())

    @cached_property
    def grid(self) -> PilotedGrid:
        """Nodes of the prior's grid, and the pilots."""
        nodes = np.concatenate([self.prior.grid.log10_images(), self.between])
        return PilotedGrid(np.sort(nodes))

    def at(self, log10_images: Floats, rows: slice) -> Floats:
        """Return departures of log10 error, shape (n_images, n_rows)."""
        nodes = self.grid.nodes
        inside = np.clip(log10_images, nodes[0], nodes[-1])
        low = np.clip(np.searchsorted(nodes, inside, side="right") - 1, 0, len(nodes) - 2)
        if len(low) == 0:
            return np.zeros((0, len(range(*rows.indices(self.prior.luck.n_draws)))))
        first = int(low.min())
        values = self.nodes(first, int(low.max()) + 1, rows)
        weight = ((inside - nodes[low]) / (nodes[low + 1] - nodes[low]))[:, None]
        path: Floats = (1.0 - weight) * values[low - first]
        path += weight * values[low - first + 1]
        return path

    def noise(self, rows: slice) -> Floats:
        """Return standard normal repeat noise of a new run, shape (n_rows,)."""
        return self.prior.noise(rows)

    def nodes(self, first: int, last: int, rows: slice) -> Floats:
        """Return paths on nodes ``first`` to ``last``, shape (n_nodes, n_rows)."""
        nodes = self.grid.nodes[first : last + 1]
        law, regular = self.prior.law, self.prior.grid.log10_images()
        gaps = np.abs(nodes[:, None] - self.log10_images)
        gain = law.scale**2 * np.exp(-gaps / law.decades)
        values: Floats = gain @ self.pull[:, rows]
        is_between = np.isin(nodes, self.between)
        if is_between.any():
            at = np.searchsorted(self.between, nodes[is_between])
            values[is_between] += self.prior_between[at, rows]
        if not is_between.all():
            wanted = np.searchsorted(regular, nodes[~is_between])
            values[~is_between] += self.prior.nodes(int(wanted[0]), int(wanted[-1]), rows)
        return values


def path_between(path: DiscrepancyPath, log10_images: Floats) -> tuple[Floats, Floats]:
    """Return sizes that are no nodes of a path, rising, and the path there for all draws.

    Between two nodes the path is a bridge, drawn from left to right.
    """
    regular, law = path.grid.log10_images(), path.law
    sizes = np.setdiff1d(np.minimum(log10_images, regular[-1]), regular)
    values = np.empty((len(sizes), path.luck.n_draws))
    normals = path.luck.generator("between nodes", path.option).standard_normal(values.shape)
    for at, size in enumerate(sizes):
        right = int(np.searchsorted(regular, size))
        left_value, right_value = path.nodes(right - 1, right, slice(None))
        left_size = float(regular[right - 1])
        if at and sizes[at - 1] > left_size:
            left_size, left_value = float(sizes[at - 1]), values[at - 1]
        near = math.exp(-(float(size) - left_size) / law.decades)
        far = math.exp(-(float(regular[right]) - float(size)) / law.decades)
        total = 1.0 - (near * far) ** 2
        values[at] = near * (1.0 - far**2) / total * left_value
        values[at] += far * (1.0 - near**2) / total * right_value
        sd = law.scale * math.sqrt((1.0 - near**2) * (1.0 - far**2) / total)
        values[at] += sd * normals[at] * (1.0 if path.sizes is None else path.sizes)
    return sizes, values
