"""What does a shared asset cost, and who pays how much of it?

Users of one asset differ only in how much of it they need, and whoever needs more is served by what
serves him plus something on top. So the cost of a group of users is that of its neediest member:
the airport game. A fixed cost (all need the same) and a pool of images (some need more) are both
that game. Every rule here splits whole cents exactly; nothing is left over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Cents
from planner.domain.facts.shared_cost import SplitNote
from planner.domain.portfolio.portfolio import SharedAsset
from planner.economics.ledger import Counts, asset_entries, committed, place_of

__all__ = ["Shares", "User", "apportion", "asset_cents", "in_core", "split_cost"]


type Notes = tuple[SplitNote, ...]


@dataclass(frozen=True, kw_only=True)
class User:
    """One project that uses an asset.

    Attributes
    ----------
    project : str
        Id; breaks ties.
    stand_alone_cents : int
        Cost of the asset if this project were its only user, at least 0: :func:`asset_cents` at
        its need. 0: it needs nothing and pays nothing.
    usage : float
        What the rule ``usage`` weighs by, at least 0: images taken from the pool; without a pool
        the project's own committed cost.
    dual : float
        Dual prices of the project's links to the asset at the optimum of the relaxation, in
        currency, at least 0; the rule ``dual`` alone reads it.
    gain_cents : int or None
        What the project is worth to the plan before it pays its share, in cents; None where worth
        is not money. The rule ``dual`` alone reads it.
    """

    project: str
    stand_alone_cents: int
    usage: float = 0.0
    dual: float = 0.0
    gain_cents: int | None = None


@dataclass(frozen=True)
class Shares:
    """The cost of an asset, split.

    Attributes
    ----------
    rule : str
        As asked for.
    cents : mapping of str to int
        Share of each user, at least 0; they sum to the cost.
    stand_alone_cents : mapping of str to int
        What each would pay if it bought the asset alone.
    in_core : bool
        Whether no group of users would pay less on its own.
    notes : tuple of SplitNote
        Why the rule could not be followed to the letter; else empty.
    """

    rule: str
    cents: Mapping[str, int]
    stand_alone_cents: Mapping[str, int]
    in_core: bool
    notes: tuple[SplitNote, ...] = ()


def asset_cents(asset: SharedAsset, images: NDArray[np.int64]) -> Cents:
    """Return what an asset costs in all if its neediest user takes so many images from its pool.

    Parameters
    ----------
    asset : SharedAsset
        With or without a pool; without one the number of images changes nothing.
    images : ndarray of int64
        Images taken, at least 0, those that the pool holds already included.

    Returns
    -------
    ndarray of int64
        Cents, not decreasing in ``images``: the fixed cost, and for images beyond those held their
        price and once the cost of setting up their collection.

    Examples
    --------
    >>> from planner.domain.portfolio.project import Images
    >>> pool = Images(limit=1000, held=100, price=0.5)
    >>> asset = SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=20, images=pool)
    >>> asset_cents(asset, np.array([0, 100, 110])).tolist()
    [2000, 2000, 2500]
    """
    taken = np.asarray(images, dtype=np.int64)
    held = 0 if asset.images is None else asset.images.held
    bought = np.maximum(taken - held, 0)
    cents = committed(asset_entries(asset), Counts(bought, bought), place_of(asset))
    return sum(cents.values(), start=np.zeros_like(taken))


def split_cost(rule: str, users: Sequence[User]) -> Shares:
    r"""Split the cost of an asset among its users, exact to the cent.

    The cost is the largest ``stand_alone_cents``. Users are ordered by it,
    :math:`c_1 \le \dots \le c_n`.

    ``shapley``
        Each step of the cost is split equally among those who need it,
        :math:`x_i = \sum_{j \le i} (c_j - c_{j-1}) / (n - j + 1)`: the Shapley value [1]_. Of a
        fixed cost it is the equal split. Always in the core.
    ``equal``
        Everyone who needs something pays the same.
    ``usage``
        In proportion to ``usage``; equally where nobody has any.
    ``dual``
        In proportion to ``dual``, but nobody pays more than it would alone, nor, if the gains
        together cover the cost, more than it gains. Dual prices sum to the cost only where
        the relaxation buys the asset in part or at the margin; the notes say if they did not.

    Parameters
    ----------
    rule : {"shapley", "equal", "usage", "dual"}
        How.
    users : sequence of User
        Each project once.

    Returns
    -------
    Shares
        Users with equal inputs pay the same up to a cent; the odd cent goes to the largest
        remainder, among equal ones to the smaller id.

    Raises
    ------
    ValueError
        No such rule.

    References
    ----------
    .. [1] Littlechild and Owen (1973), A simple expression for the Shapley value in a special
       case, Management Science 20(3), 370-372.

    Examples
    --------
    >>> users = [User(project=p, stand_alone_cents=c) for p, c in zip("abcd", (8, 11, 13, 18))]
    >>> dict(split_cost("shapley", users).cents)
    {'a': 2, 'b': 3, 'c': 4, 'd': 9}
    """
    paying = [user for user in users if user.stand_alone_cents > 0]
    cost = max((user.stand_alone_cents for user in paying), default=0)
    parts, notes = _parts(rule, paying, cost)
    whole = apportion(cost, parts, [user.project for user in paying])
    shares = {user.project: 0 for user in users} | {
        user.project: cents for user, cents in zip(paying, whole, strict=True)
    }
    alone = {user.project: user.stand_alone_cents for user in users}
    return Shares(rule, shares, alone, in_core(shares, alone), notes)


def in_core(cents: Mapping[str, int], stand_alone_cents: Mapping[str, int]) -> bool:
    """Tell whether no group of users would pay less on its own than together.

    Parameters
    ----------
    cents : mapping of str to int
        Any split, also one that is not from here.
    stand_alone_cents : mapping of str to int
        Of the same users.

    Returns
    -------
    bool
        Exact: the shares sum to the cost, and of those who need at most so much, all who pay
        something together pay at most what that much costs. With costs that grow with need, no
        other group can object.
    """
    if sum(cents.values()) != max(stand_alone_cents.values(), default=0):
        return False
    paid = 0
    by_need = sorted(cents, key=lambda project: stand_alone_cents[project])
    for position, project in enumerate(by_need):
        paid += max(cents[project], 0)
        level = stand_alone_cents[project]
        is_last = position + 1 == len(by_need)
        if (is_last or stand_alone_cents[by_need[position + 1]] > level) and paid > level:
            return False
    return True


def apportion(total: int, parts: Sequence[Fraction], keys: Sequence[str]) -> list[int]:
    """Round parts to whole numbers that sum to ``total``, by the largest remainder.

    Parameters
    ----------
    total : int
        At least 0.
    parts : sequence of Fraction
        At least 0; scaled so that they sum to ``total``. Not all 0 if ``total`` is not.
    keys : sequence of str
        Ids; of equal remainders the smaller id comes first.

    Examples
    --------
    >>> apportion(100, [Fraction(1)] * 3, ["c", "b", "a"])
    [33, 33, 34]
    """
    weight = sum(parts, Fraction(0))
    if total == 0 or weight == 0:
        return [0] * len(parts)
    exact = list(parts) if weight == total else [part * total / weight for part in parts]
    whole = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(parts)), key=lambda i: (whole[i] - exact[i], keys[i]))
    for index in order[: total - sum(whole)]:
        whole[index] += 1
    return whole


def _parts(rule: str, users: Sequence[User], cost: int) -> tuple[list[Fraction], Notes]:
    """Return the unrounded shares of a rule, and what is to be said about them."""
    match rule:
        case "shapley":
            return _shapley(users), ()
        case "equal":
            return [Fraction(1)] * len(users), ()
        case "usage":
            parts = [Fraction(user.usage) for user in users]
            if any(parts) or not users:
                return parts, ()
            return [Fraction(1)] * len(users), (SplitNote.EQUAL,)
        case "dual":
            return _dual(users, cost)
        case _:
            message = f"no rule {rule!r} splits a cost"
            raise ValueError(message)


def _shapley(users: Sequence[User]) -> list[Fraction]:
    """Split each step of the cost equally among those who need it."""
    levels = sorted({user.stand_alone_cents for user in users})
    waiting = len(users)
    share, below = Fraction(0), 0
    share_at: dict[int, Fraction] = {}
    counts = dict.fromkeys(levels, 0)
    for user in users:
        counts[user.stand_alone_cents] += 1
    for level in levels:
        share += Fraction(level - below, waiting)
        share_at[level] = share
        waiting -= counts[level]
        below = level
    return [share_at[user.stand_alone_cents] for user in users]


def _dual(users: Sequence[User], cost: int) -> tuple[list[Fraction], Notes]:
    """Split by dual prices, held to what each would pay alone and, where possible, gains."""
    weights = [Fraction(max(user.dual, 0.0)) for user in users]
    notes: Notes = ()
    if users and not any(weights):
        weights = _shapley(users)
        notes += (SplitNote.NO_DUAL,)
    elif abs(sum(weights, Fraction(0)) * 100 - cost) >= 1:
        notes += (SplitNote.SCALED,)
    caps = [
        user.stand_alone_cents
        if user.gain_cents is None
        else min(user.stand_alone_cents, max(user.gain_cents, 0))
        for user in users
    ]
    if sum(caps) < cost:
        caps = [user.stand_alone_cents for user in users]
        notes += (SplitNote.ABOVE_GAINS,)
    return _filled(cost, weights, caps), notes


def _filled(cost: int, weights: Sequence[Fraction], caps: Sequence[int]) -> list[Fraction]:
    """Split a cost in proportion to weights, none above its cap; the caps sum to at least it.

    What the capped ones do not bear goes to the others by weight, at last to those of weight 0 by
    the room that they have left.
    """
    shares = [Fraction(0)] * len(caps)
    left, open_weight = Fraction(cost), sum(weights, Fraction(0))
    order = sorted((i for i, w in enumerate(weights) if w), key=lambda i: caps[i] / weights[i])
    for index in order:
        shares[index] = min(Fraction(caps[index]), left * weights[index] / open_weight)
        left -= shares[index]
        open_weight -= weights[index]
    room = [cap - share for cap, share in zip(caps, shares, strict=True)]
    if left > 0:
        total = sum(room, Fraction(0))
        shares = [share + left * free / total for share, free in zip(shares, room, strict=True)]
    return shares
