"""The set of runs that the search finds, against all sets there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from planner.planning.pilots.choose import Limits, best_set, feasible
from planner.planning.pilots.trial import Trial


@dataclass(frozen=True, eq=False)
class Toy:
    """A run as the search sees it."""

    candidate: SimpleNamespace


def toys(rng: np.random.Generator, n_projects: int, each: int) -> list[Trial]:
    """Return runs of some projects at random prices."""
    return [
        cast(
            "Trial",
            Toy(SimpleNamespace(index=k, price_cents=int(rng.integers(50, 1500)), pools=())),
        )
        for k in range(n_projects)
        for _ in range(each)
    ]


def worth(rng: np.random.Generator, trials: Sequence[Trial]) -> "Net":
    """Return a worth of sets in which runs tell in part the same."""
    facts = rng.random((len(trials), 12)) < 0.4
    stake = rng.exponential(4.0, 12)
    at = {id(trial): number for number, trial in enumerate(trials)}

    def net(chosen: Sequence[Trial]) -> float:
        if not chosen:
            return 0.0
        told = facts[[at[id(trial)] for trial in chosen]].any(axis=0)
        return float(stake[told].sum()) - sum(t.candidate.price_cents for t in chosen) / 100

    return net


type Net = object


@pytest.mark.parametrize(
    "limits", [Limits(), Limits(cents=1500), Limits(runs=2), Limits(cents=1200, runs=3)]
)
def test_the_search_finds_nearly_what_enumeration_does(limits: Limits) -> None:
    """At least 97 % of the best in the mean of 60 cases, and never less than 80 %."""
    shares = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        trials = toys(rng, 4, 2)
        net = worth(rng, trials)
        found = best_set(trials, net, limits)  # type: ignore[arg-type]
        best = max(net(chosen) for chosen in feasible(trials, limits))  # type: ignore[operator]
        assert limits.allow(found)
        assert len({trial.candidate.index for trial in found}) == len(found)
        shares.append(net(found) / best if best > 0 else 1.0)  # type: ignore[operator]
    assert min(shares) > 0.8
    assert np.mean(shares) > 0.97


def test_two_runs_may_pay_together_and_neither_alone() -> None:
    """Pairs are tried."""
    trials = toys(np.random.default_rng(0), 3, 1)

    def net(chosen: Sequence[Trial]) -> float:
        indices = {trial.candidate.index for trial in chosen}
        return (10.0 if indices >= {0, 2} else 0.0) - len(indices)

    assert {trial.candidate.index for trial in best_set(trials, net, Limits())} == {0, 2}
    assert best_set(trials, net, Limits(runs=1)) == ()


def test_a_larger_run_takes_the_place_of_a_smaller_one() -> None:
    """One run of a project, the better one, even where the smaller pays better for its price."""
    small, large = (
        cast("Trial", Toy(SimpleNamespace(index=0, price_cents=cents, pools=())))
        for cents in (100, 500)
    )
    value = {id(small): 4.0, id(large): 10.0}

    def net(chosen: Sequence[Trial]) -> float:
        return sum(value[id(t)] - t.candidate.price_cents / 100 for t in chosen)

    assert best_set([small, large], net, Limits(cents=600)) == (large,)
    assert best_set([small, large], net, Limits(cents=300)) == (small,)
    assert best_set([small, large], net, Limits(cents=50)) == ()
