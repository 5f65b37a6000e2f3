"""Project luck: the same random numbers for the same seed, project and purpose, in any order.

A counter-based generator (Philox) is keyed by seed, project id and purpose. Adding, removing or
permuting other projects, splitting the work or changing the number of workers changes nothing.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.domain.posterior import N_CHAINS


def keyed_generator(seed: int, *names: str) -> np.random.Generator:
    """Return a generator that depends on the seed and the names alone."""
    text = "\x1f".join((str(seed), *names)).encode()
    key = np.frombuffer(hashlib.sha256(text).digest()[:16], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def stratified_normals(
    rng: np.random.Generator, n_draws: int, n_chains: int = N_CHAINS
) -> NDArray[np.float64]:
    """Return standard normals, one from each of the equally likely strata of each chain.

    Each chain of ``n_draws / n_chains`` values covers the distribution evenly, which removes most
    of the Monte Carlo error of a chance without touching its expectation; the order is random.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    n_draws : int
        Total number of values.
    n_chains : int, default=4
        Blocks that are stratified on their own, so that each half of the chains is a fair sample.

    Returns
    -------
    ndarray of shape (n_draws,)
    """
    blocks = np.array_split(np.arange(n_draws), n_chains)
    uniforms = [(rng.permutation(len(b)) + rng.random(len(b))) / max(len(b), 1) for b in blocks]
    return np.asarray(ndtri(np.concatenate(uniforms)), dtype=np.float64)
