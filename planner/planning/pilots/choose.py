"""Which set of runs is worth most, once they are paid for?

From nothing, the run whose net gain (per unit of money, where a budget for runs binds) is largest
goes in first, with the outcomes of those chosen before in mind; a run may take the place of
another one of its project. Pairs are tried, too: two runs may pay together and neither alone. What
a run adds to a set has hardly ever grown with the set, so runs are asked in the order of what they
added before, and only as long as one may still be the best.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from planner.planning.pilots.candidates import price_of_all
from planner.planning.pilots.trial import Trial

__all__ = ["Limits", "best_set", "feasible"]

MOST_PAIRED = 4
"""Runs of which every two are tried together."""


@dataclass(frozen=True)
class Limits:
    """What runs may cost and how many there may be; None for no limit.

    Attributes
    ----------
    cents : int or None
        Pilot budget.
    runs : int or None
        At most so many.
    """

    cents: int | None = None
    runs: int | None = None

    def allow(self, trials: Sequence[Trial]) -> bool:
        """Whether a set keeps both."""
        paid = price_of_all(trial.candidate for trial in trials)
        return (self.cents is None or paid <= self.cents) and (
            self.runs is None or len(trials) <= self.runs
        )


def feasible(trials: Sequence[Trial], limits: Limits) -> Iterator[tuple[Trial, ...]]:
    """Yield every set with at most one run of a project that keeps the limits."""
    by_project: dict[int, list[Trial | None]] = {}
    for trial in trials:
        by_project.setdefault(trial.candidate.index, [None]).append(trial)
    for chosen in itertools.product(*by_project.values()):
        found = tuple(trial for trial in chosen if trial is not None)
        if limits.allow(found):
            yield found


type Net = Callable[[Sequence[Trial]], float]
"""Worth of a set of runs less its price."""


def best_set(trials: Sequence[Trial], net: Net, limits: Limits) -> tuple[Trial, ...]:
    """Return the set found to be worth most net of its price; none if nothing pays.

    Parameters
    ----------
    trials : sequence of Trial
        On offer.
    net : callable
        Worth of a set less its price.
    limits : Limits
        Of price and number.
    """
    order = {id(trial): number for number, trial in enumerate(trials)}
    known: dict[tuple[int, ...], float] = {(): 0.0}

    def asked(chosen: Sequence[Trial]) -> float:
        chosen = sorted(chosen, key=lambda trial: order[id(trial)])
        key = tuple(order[id(trial)] for trial in chosen)
        if key not in known:
            known[key] = net(chosen)
        return known[key]

    allowed = [trial for trial in trials if limits.allow((trial,))]
    alone = sorted(allowed, key=lambda trial: -asked((trial,)))
    found = [_grown((), alone, asked, limits, dense=False)]
    if limits.cents is not None:
        found.append(_grown((), alone, asked, limits, dense=True))
    best = max(found, key=asked)
    for pair in _pairs(alone, best, limits):
        with_pair = _with(best, pair)
        if limits.allow(with_pair) and asked(with_pair) > asked(best):
            best = _grown(with_pair, alone, asked, limits, dense=False)
        elif limits.allow(pair) and asked(pair) > asked(best):
            best = _grown(pair, alone, asked, limits, dense=False)
    return best


def _pairs(
    alone: Sequence[Trial], best: Sequence[Trial], limits: Limits
) -> Iterator[tuple[Trial, Trial]]:
    """Yield pairs of runs of different projects that are not in a set, the best alone first.

    Where a limit binds, those in the set may be in a better pair, too.
    """
    bound = limits.cents is not None or limits.runs is not None
    taken = set() if bound else {trial.candidate.index for trial in best}
    first: dict[int, Trial] = {}
    for trial in alone:
        if trial.candidate.index not in taken:
            first.setdefault(trial.candidate.index, trial)
    yield from itertools.combinations(list(first.values())[:MOST_PAIRED], 2)


def _with(chosen: Sequence[Trial], more: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return a set with more runs, which take the place of those of the same projects."""
    replaced = {trial.candidate.index for trial in more}
    return (*(t for t in chosen if t.candidate.index not in replaced), *more)


def _grown(
    start: tuple[Trial, ...], alone: Sequence[Trial], net: Net, limits: Limits, *, dense: bool
) -> tuple[Trial, ...]:
    """Return a set with runs added as long as they pay, the best first.

    ``dense`` puts net gain per unit of money first.
    """
    chosen = start
    guess = {id(trial): net((trial,)) for trial in alone}
    while True:
        best = _best_move(chosen, alone, net, limits, guess, dense=dense)
        if best is None:
            return chosen
        chosen = best


def _best_move(
    chosen: tuple[Trial, ...],
    alone: Sequence[Trial],
    net: Net,
    limits: Limits,
    guess: dict[int, float],
    *,
    dense: bool,
) -> tuple[Trial, ...] | None:
    """Return the set with the run that adds most; None if none adds anything.

    Guesses are what each run added when it was last asked; they are renewed in place.
    """

    def score(trial: Trial) -> float:
        gain = guess[id(trial)]
        return gain / max(trial.candidate.price_cents, 1) if dense and gain > 0 else gain

    here, fresh = net(chosen), set[int]()
    open_ = [t for t in alone if t not in chosen and limits.allow(_with(chosen, (t,)))]
    while open_:
        trial = max(open_, key=score)
        if id(trial) in fresh:
            return _with(chosen, (trial,)) if guess[id(trial)] > 0.0 else None
        guess[id(trial)] = net(_with(chosen, (trial,))) - here
        fresh.add(id(trial))
    return None
