"""Laws of fair shares: the formulas against the definitions, summed over every group of users."""

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.facts.shared_cost import SplitNote
from planner.domain.portfolio.portfolio import SharedAsset
from planner.domain.portfolio.project import Images
from planner.domain.quantities import Range
from planner.domain.words.shared_cost import split_words
from planner.economics.shared import Shares, User, asset_cents, in_core, split_cost

RULES = ("shapley", "equal", "usage", "dual")
needs = st.one_of(st.integers(0, 12), st.integers(0, 10**9), st.just(500))


@st.composite
def games(draw: st.DrawFn, most: int = 8) -> list[User]:
    """Draw the users of one asset; small and equal needs are common."""
    return [
        User(
            project=f"p{number}",
            stand_alone_cents=draw(needs),
            usage=draw(st.sampled_from([0.0, 1.0, 2.5, 1e6])),
            dual=draw(st.sampled_from([0.0, 0.01, 3.0, 1e5])),
            gain_cents=draw(st.sampled_from([None, -5, 0, 7, 10**9])),
        )
        for number in range(draw(st.integers(0, most)))
    ]


def shapley_by_orders(costs: Sequence[int]) -> list[Fraction]:
    """Return the Shapley value as defined: the mean increase of cost over all orders of arrival.

    Orders are grouped by who came before, so that eight users need 256 groups, not 40,320 orders.
    """
    players = range(len(costs))
    shares = [Fraction(0)] * len(costs)
    for size in range(len(costs)):
        orders = Fraction(
            math.factorial(size) * math.factorial(len(costs) - size - 1),
            math.factorial(len(costs)),
        )
        for before in itertools.combinations(players, size):
            cost = max((costs[i] for i in before), default=0)
            for player in set(players) - set(before):
                shares[player] += orders * (max(cost, costs[player]) - cost)
    return shares


def core_by_groups(cents: Mapping[str, int], alone: Mapping[str, int]) -> bool:
    """Return whether a split is in the core, asking every group."""
    if sum(cents.values()) != max(alone.values(), default=0):
        return False
    return all(
        sum(cents[p] for p in group) <= max(alone[p] for p in group)
        for size in range(1, len(cents) + 1)
        for group in itertools.combinations(cents, size)
    )


def split(rule: str, costs: Sequence[int]) -> Shares:
    """Split a game that is given by its costs alone."""
    users = [User(project=f"p{i}", stand_alone_cents=cost) for i, cost in enumerate(costs)]
    return split_cost(rule, users)


@settings(max_examples=150)
@given(st.lists(needs, max_size=8))
def test_shapley_shares_are_those_of_the_definition(costs: list[int]) -> None:
    """The closed form is the mean over all orders of arrival, to less than a cent."""
    exact = shapley_by_orders(costs)
    found = split("shapley", costs).cents.values()
    assert all(abs(cents - share) < 1 for cents, share in zip(found, exact, strict=True))
    whole = [Fraction(cost * math.factorial(8)) for cost in costs]  # divides by every group size
    scaled = split("shapley", [int(cost) for cost in whole]).cents.values()
    assert list(scaled) == [share * math.factorial(8) for share in exact]


@given(st.sampled_from(RULES), games())
def test_shares_sum_to_the_cost_to_the_cent(rule: str, users: list[User]) -> None:
    """Every rule splits the cost of the neediest user, all of it, and no share is negative."""
    shares = split_cost(rule, users)
    assert sum(shares.cents.values()) == max((u.stand_alone_cents for u in users), default=0)
    assert list(shares.cents) == [user.project for user in users]
    assert min(shares.cents.values(), default=0) >= 0


@given(st.sampled_from(RULES), games())
def test_who_needs_nothing_pays_nothing(rule: str, users: list[User]) -> None:
    """A user whose stand-alone cost is 0 has share 0 under every rule."""
    shares = split_cost(rule, users).cents
    assert all(shares[u.project] == 0 for u in users if u.stand_alone_cents == 0)


@given(st.sampled_from(RULES), games(most=5), st.data())
def test_equal_users_pay_the_same_up_to_a_cent(
    rule: str, users: list[User], data: st.DataObject
) -> None:
    """Two users alike in all but their name differ by a cent at most."""
    if not users:
        return
    twin = data.draw(st.sampled_from(users))
    again = User(
        project="twin",
        stand_alone_cents=twin.stand_alone_cents,
        usage=twin.usage,
        dual=twin.dual,
        gain_cents=twin.gain_cents,
    )
    shares = split_cost(rule, [*users, again]).cents
    assert abs(shares[twin.project] - shares["twin"]) <= 1


@given(st.sampled_from(["shapley", "equal"]), st.lists(needs, min_size=1, max_size=12))
def test_more_need_never_pays_less(rule: str, costs: list[int]) -> None:
    """Shares do not fall with need, odd cents included; equal shares differ by those alone."""
    shares = list(split(rule, costs).cents.values())
    slack = 0 if rule == "shapley" else 1
    for (cost, share), (other, paid) in itertools.combinations(zip(costs, shares, strict=True), 2):
        if cost < other:
            assert share <= paid + slack
        if other < cost:
            assert paid <= share + slack


@given(st.lists(needs, max_size=30))
def test_shapley_shares_are_in_the_core_odd_cents_included(costs: list[int]) -> None:
    """No group would pay less on its own, also after rounding to cents."""
    assert split("shapley", costs).in_core


@given(st.sampled_from(RULES), games(), st.lists(st.integers(-9, 20), min_size=8, max_size=8))
def test_the_core_test_asks_no_group_less_than_all(
    rule: str, users: list[User], moved: list[int]
) -> None:
    """The test by sorted needs agrees with asking all groups, for any split, negative ones too."""
    shares = split_cost(rule, users)
    assert shares.in_core == core_by_groups(shares.cents, shares.stand_alone_cents)
    small = {user.project: user.stand_alone_cents % 13 for user in users}
    bent = dict(zip(small, moved, strict=False))
    if bent:
        last = next(reversed(bent))
        bent[last] += max(small.values()) - sum(bent.values())
    assert in_core(bent, small) == core_by_groups(bent, small)


@given(games())
def test_dual_shares_exceed_neither_stand_alone_cost_nor_gain_where_gains_suffice(
    users: list[User],
) -> None:
    """Nobody pays more than alone; nobody is made a loser if the gains cover the cost."""
    shares = split_cost("dual", users)
    assert all(shares.cents[u.project] <= u.stand_alone_cents for u in users)
    limits = {
        u.project: u.stand_alone_cents
        if u.gain_cents is None
        else min(u.stand_alone_cents, max(u.gain_cents, 0))
        for u in users
    }
    if sum(limits.values()) >= sum(shares.cents.values()):
        assert all(shares.cents[p] <= limit for p, limit in limits.items())
    else:
        assert SplitNote.ABOVE_GAINS in shares.notes


def test_dual_prices_that_sum_to_the_cost_are_the_shares() -> None:
    """Link prices of a tight relaxation are taken as they stand; others are scaled, aloud."""
    tight = [
        User(project="a", stand_alone_cents=4000, dual=10.0),
        User(project="b", stand_alone_cents=4000, dual=30.0),
    ]
    assert split_cost("dual", tight) == Shares(
        "dual", {"a": 1000, "b": 3000}, {"a": 4000, "b": 4000}, in_core=True
    )
    loose = [User(project=u.project, stand_alone_cents=8000, dual=u.dual) for u in tight]
    found = split_cost("dual", loose)
    assert found.cents == {"a": 2000, "b": 6000}
    assert found.notes == (SplitNote.SCALED,)
    assert split_words(found.notes) == (
        "The dual prices do not sum to the cost and were scaled to it."
    )
    blank = [User(project=u.project, stand_alone_cents=8000) for u in tight]
    assert split_cost("dual", blank).cents == {"a": 4000, "b": 4000}
    assert split_cost("dual", blank).notes[0] is SplitNote.NO_DUAL


def test_usage_shares_follow_the_images_used() -> None:
    """Three quarters of the images are three quarters of the cost, which may leave the core."""
    users = [
        User(project="a", stand_alone_cents=1000, usage=1),
        User(project="b", stand_alone_cents=1000, usage=3),
        User(project="c", stand_alone_cents=10, usage=4),
    ]
    found = split_cost("usage", users)
    assert found.cents == {"a": 125, "b": 375, "c": 500}
    assert not found.in_core
    unused = [User(project="a", stand_alone_cents=3), User(project="b", stand_alone_cents=3)]
    assert split_cost("usage", unused).cents == {"a": 2, "b": 1}
    assert split_cost("usage", unused).notes == (SplitNote.EQUAL,)


def test_published_airport_games_are_split_as_published() -> None:
    """Runways of 8, 11, 13 and 18, and of 40 to 90, have known Shapley values."""
    assert list(split("shapley", [8, 11, 13, 18]).cents.values()) == [2, 3, 4, 9]
    six = split("shapley", [6 * cost for cost in (40, 50, 60, 70, 80, 90)])
    assert list(six.cents.values()) == [40, 52, 67, 87, 117, 177]


def test_a_rule_without_a_name_is_refused() -> None:
    """A rule that does not exist splits nothing."""
    with pytest.raises(ValueError, match="no rule 'fair'"):
        split_cost("fair", [])


def test_many_users_with_different_needs_are_split_exactly() -> None:
    """Five hundred levels keep their sum, their order and the core."""
    shares = split("shapley", [977 * number**2 for number in range(1, 501)])
    assert sum(shares.cents.values()) == 977 * 500**2
    assert shares.in_core
    assert list(shares.cents.values()) == sorted(shares.cents.values())


@given(
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.035, 0.333, Range(0.3, 0.45)]),
    st.sampled_from([0.0, 12.5]),
    st.lists(st.integers(0, 3000), min_size=1, max_size=6),
)
def test_a_pool_costs_its_fixed_cost_and_the_images_beyond_its_own(
    held: int, price: float | Range, set_up: float, taken: list[int]
) -> None:
    """Held images are free, a collection is set up once, and more never costs less."""
    pool = Images(limit=4000, held=held, price=price, fixed_cost=set_up)
    asset = SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=40.25, images=pool)
    found = asset_cents(asset, np.array(sorted(taken)))
    mean = price.lognormal_mean if isinstance(price, Range) else price
    for cents, images in zip(found.tolist(), sorted(taken), strict=True):
        bought = max(images - held, 0)
        labels = mean * bought + (set_up if bought else 0)
        assert cents == pytest.approx(100 * (40.25 + labels), abs=0.51)
    assert np.all(np.diff(found) >= 0)
    plain = SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=40.25)
    assert asset_cents(plain, np.array(taken)).tolist() == [4025] * len(taken)
