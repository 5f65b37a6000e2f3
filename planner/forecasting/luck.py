"""Project luck: the same random numbers for the same seed, project and purpose, in any order.

A counter-based generator (Philox) is keyed by seed, project id and purpose. Adding, removing or
permuting other projects, splitting the work or changing the number of workers changes nothing.
"""

import hashlib
import threading
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.domain.arrays import Floats, Levels, Singles
from planner.domain.model.posterior import N_CHAINS


def keyed_generator(seed: int, *names: str) -> np.random.Generator:
    """Return a generator that depends on the seed and the names alone."""
    return np.random.Generator(np.random.Philox(key=_key(seed, names)))


def _key(seed: int, names: tuple[str, ...]) -> NDArray[np.uint64]:
    text = "\x1f".join((str(seed), *names)).encode()
    return np.frombuffer(hashlib.sha256(text).digest()[:16], dtype=np.uint64)


class _Counter(threading.local):
    """One generator for each thread, set to a key anew: making one takes ten times as long."""

    def __init__(self) -> None:
        self.philox = np.random.Philox(key=0)
        self.fresh = self.philox.state

    def words(self, key: NDArray[np.uint64], count: int) -> NDArray[np.uint64]:
        """Return the first raw words of a generator that is made with a key."""
        counted: dict[str, object] = dict(self.fresh)
        counted["state"] = {"counter": np.zeros(4, dtype=np.uint64), "key": key}
        self.philox.state = counted  # type: ignore[assignment]
        return np.asarray(self.philox.random_raw(count), dtype=np.uint64)


_counter = _Counter()


@dataclass(frozen=True)
class Luck:
    """The random numbers of one project, each by the name of what it is for.

    The same names give the same numbers, whatever else was asked for before: effects of a data
    set are shared by all options of a project, effects of an architecture by those that use it.

    Attributes
    ----------
    seed : int
        Of the run.
    project : str
        Id of the project.
    n_draws : int
        Length of every vector.
    """

    seed: int
    project: str
    n_draws: int

    def generator(self, *names: str) -> np.random.Generator:
        """Return a generator of its own for a purpose."""
        return keyed_generator(self.seed, self.project, *names)

    def normals(self, *names: str, stratified: bool = False) -> Floats:
        """Return standard normals, shape (n_draws,)."""
        if stratified:
            return stratified_normals(self.generator(*names), self.n_draws)
        return np.asarray(self.quick_normals((1, self.n_draws), *names)[0])

    def quick_normals(self, shape: tuple[int, int], *names: str) -> Floats:
        """Return what :func:`quantile_normals` gives for the generator of a purpose."""
        return normals_of(self.quick_levels(shape, *names))

    def quick_levels(self, shape: tuple[int, int], *names: str) -> Levels:
        """Return which of the quantiles they are."""
        key = _key(self.seed, (self.project, *names))
        return _as_levels(_counter.words(key, _n_words(shape)), shape)

    def shared_normals(self, *names: str) -> Floats:
        """Return standard normals of what all projects share, such as an architecture's effect.

        The same for every project, and kept: projects choose from the same architectures.
        """
        return _shared_normals(self.seed, self.n_draws, names)

    def uniforms(self, *names: str) -> Floats:
        """Return uniform numbers, shape (n_draws,), one from each stratum of every chain."""
        return stratified_uniforms(self.generator(*names), self.n_draws)

    def chi_squares(self, degrees: float, *names: str) -> Floats:
        """Return chi-squared draws, shape (n_draws,): they mix normals into a Student t."""
        return self.generator(*names, "mixing").chisquare(degrees, self.n_draws)


@lru_cache(maxsize=1024)
def _shared_normals(seed: int, n_draws: int, names: tuple[str, ...]) -> Floats:
    """Return normals of no project: an empty id belongs to none."""
    found = Luck(seed, "", n_draws).normals(*names)
    found.flags.writeable = False
    return found


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
    uniforms = stratified_uniforms(rng, n_draws, n_chains)
    return np.asarray(ndtri(uniforms), dtype=np.float64)


def stratified_uniforms(
    rng: np.random.Generator, n_draws: int, n_chains: int = N_CHAINS
) -> NDArray[np.float64]:
    """Return uniform numbers in [0, 1), stratified as :func:`stratified_normals` are."""
    blocks = np.array_split(np.arange(n_draws), n_chains)
    uniforms = [(rng.permutation(len(b)) + rng.random(len(b))) / max(len(b), 1) for b in blocks]
    return np.concatenate(uniforms)


N_QUANTILES = 65_536


def quantile_normals(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return normals that are one of 65,536 equally likely quantiles each, row after row.

    Their variance falls short of 1 by 2e-5 and they end at 4.3 standard deviations; they cost a
    quarter of exact ones, which otherwise take most of the time of a forecast.

    Parameters
    ----------
    rng : Generator
        A longer draw from the same state begins with the same values.
    shape : tuple of int
        Rows and columns.
    """
    return normals_of(_as_levels(rng.bit_generator.random_raw(_n_words(shape)), shape))


def _n_words(shape: tuple[int, int]) -> int:
    return -(-shape[0] * shape[1] // 4)


def _as_levels(words: NDArray[np.uint64], shape: tuple[int, int]) -> Levels:
    """Return one for each 16 bits of some words."""
    return words.astype("<u8", copy=False).view("<u2")[: shape[0] * shape[1]].reshape(shape)


def normals_of(levels: Levels) -> Floats:
    """Return the normals that are some of the quantiles."""
    # 16 bits never point beyond 65,536 quantiles; to check that they do takes as long again
    return np.asarray(np.take(_quantiles(), levels, mode="wrap"))


def single_normals_of(levels: Levels) -> Singles:
    """Return the same in single precision."""
    return np.asarray(np.take(_single_quantiles(), levels, mode="wrap"))


@cache
def _quantiles() -> NDArray[np.float64]:
    return np.asarray(ndtri((np.arange(N_QUANTILES) + 0.5) / N_QUANTILES), dtype=np.float64)


@cache
def _single_quantiles() -> Singles:
    return _quantiles().astype(np.float32)
