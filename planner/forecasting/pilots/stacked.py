"""Small linear systems, one for every draw: matrices of a few unknowns, draws along the last axis.

Loops run over the unknowns; each step is one operation on all draws.
"""

import numpy as np

from planner.domain.arrays import Floats


def spread_axes(values: Floats, ndim: int) -> Floats:
    """Insert axes before the last one, so that draws stay aligned."""
    return values.reshape(*values.shape[:-1], *(1,) * (ndim - values.ndim), values.shape[-1])


def cholesky(matrix: Floats) -> Floats:
    """Return lower factors of matrices of shape (n, n, ...): a few unknowns, thousands of draws."""
    factor = np.zeros_like(matrix)
    for j in range(len(matrix)):
        diagonal = matrix[j, j] - np.sum(factor[j, :j] ** 2, axis=0)
        factor[j, j] = np.sqrt(np.maximum(diagonal, np.finfo(np.float64).tiny))
        for i in range(j + 1, len(matrix)):
            inner = np.sum(factor[i, :j] * factor[j, :j], axis=0)
            factor[i, j] = (matrix[i, j] - inner) / factor[j, j]
    return factor


def solve_lower(factor: Floats, right: Floats) -> Floats:
    """Solve L x = right along the first axis."""
    solution = _empty_solution(factor, right)
    for i in range(len(right)):
        done = sum((factor[i, j] * solution[j] for j in range(i)), start=0.0)
        solution[i] = (right[i] - done) / factor[i, i]
    return solution


def solve_upper(factor: Floats, right: Floats) -> Floats:
    """Solve L' x = right along the first axis."""
    solution = _empty_solution(factor, right)
    for i in reversed(range(len(right))):
        done = sum((factor[j, i] * solution[j] for j in range(i + 1, len(right))), start=0.0)
        solution[i] = (right[i] - done) / factor[i, i]
    return solution


def _empty_solution(factor: Floats, right: Floats) -> Floats:
    return np.empty((len(right), *np.broadcast_shapes(factor.shape[2:], right.shape[1:])))
