"""How much too much does collecting on our forecasts collect, and how often too little?

Each curve is a world in which the images truly needed are known. Starting from a tenth of them, the
data for a target are collected in at most 1, 3 or 5 rounds; after each the forecast is updated with
the new run and the rounds left are planned anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Pilot
from planner.domain.results.validation import RoundsScore, RoundsTest
from planner.domain.words.answers import validation as words
from planner.errors import UnsupportedError
from planner.forecasting.forecast import Forecast, build_forecast
from planner.questions.collect.rounds import (
    ReplannedRounds,
    RoundPrices,
    RoundsRun,
    simulate_rounds,
)
from planner.reference.tables import load_catalogue
from planner.tasks import SERIAL, Tasks
from planner.validation.collection_truth import Truth, truth_of
from planner.validation.curve_file import Curve
from planner.validation.forecasts import is_known, project_of

type Decide = Callable[[tuple[int, ...], int], int]
type Method = Callable[[Truth, float], Decide]

PRICES = RoundPrices(per_image=1.0, penalty=1e8)
ROUNDS = (1, 3, 5)

LEVELS = 500
"""Draws of data needed that a plan of rounds chooses among, evenly spaced in rank."""


@dataclass(frozen=True, eq=False)
class Forecaster:
    """Our own forecasts of a protocol's projects, each set of runs updated once."""

    posterior_of: Callable[[Curve], Posterior]
    seed: int = 0
    _known: dict[tuple[str, tuple[int, ...]], Forecast] = field(default_factory=dict)

    def forecast(self, truth: Truth, tried: tuple[int, ...]) -> Forecast:
        """Return the forecast after all runs so far."""
        key = truth.name, tried
        if key not in self._known:
            self._known[key] = self._build(truth, tried)
        return self._known[key]

    def needed(self, truth: Truth, tried: tuple[int, ...], target: float) -> Floats:
        """Return draws of data needed, given that the last run missed the target."""
        name = _architecture(truth.curve, self.posterior_of(truth.curve))
        draws = self.forecast(truth, tried).data_needed_draws(1.0 - target / 100.0, name)
        beyond = np.sort(draws[draws > tried[-1]])
        if not len(beyond):  # a belief that the runs refute says nothing: double
            return np.array([2.0 * tried[-1]])
        ranks = np.linspace(0, len(beyond) - 1, min(LEVELS, len(beyond)))
        return beyond[np.rint(ranks).astype(np.intp)]

    def by_rounds(self, truth: Truth, target: float) -> Decide:
        """Plan all rounds left on our draws of data needed."""
        return ReplannedRounds(lambda tried: self.needed(truth, tried, target), truth.cap, PRICES)

    def _build(self, truth: Truth, tried: tuple[int, ...]) -> Forecast:
        posterior = self.posterior_of(truth.curve)
        name = _architecture(truth.curve, posterior)
        images, accuracy = truth.runs(tried)
        pilots = tuple(
            Pilot(images=int(n), error=round(1.0 - v / 100.0, 12), architecture=name)
            for n, v in zip(images, accuracy, strict=True)
        )
        project = replace(
            project_of(truth.curve),
            images=Images(held=tried[-1], limit=truth.cap),
            architectures=() if name is None else (name,),
            pilots=pilots,
        )
        catalogue = load_catalogue().architectures
        return build_forecast(project, posterior, architectures=catalogue, seed=self.seed)


def rounds_test(
    curves: Sequence[Curve],
    name: str,
    posterior_of: Callable[[Curve], Posterior],
    *,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
    tasks: Tasks = SERIAL,
) -> RoundsTest:
    """Collect for ten targets of each curve on a model's forecasts, in 1, 3 and 5 rounds.

    Parameters
    ----------
    curves : sequence of Curve
        Those too short, or without a percentage point to gain, are counted and left out.
    name : str
        Of the model.
    posterior_of : callable
        The fitted model that forecasts a curve.
    seed : int, default=0
        Of the projects' luck.
    on_step : callable, optional
        Told curves done and curves in all.
    tasks : Tasks
        Tries the curves.
    """
    found = [truth_of(curve) for curve in curves]
    truths = [truth for truth in found if truth is not None]
    shared = _Trials(truths, [posterior_of(truth.curve) for truth in truths], seed)
    places = list(range(len(truths)))
    tried = tasks.map(collect_one, places, shared=shared, key="rounds", on_step=on_step)
    collected: dict[int, list[Collected]] = {rounds: [] for rounds in ROUNDS}
    for runs in tried:
        for rounds, run in runs.collected.items():
            collected[rounds] += run
    refused = [runs.refused for runs in tried if runs.refused]
    notes = []
    if short := len(found) - len(truths):
        notes.append(words.left_out_of_rounds(short))
    if refused:
        notes.append(words.cannot_forecast(name, len(refused), refused[0]))
    return RoundsTest(
        curves=len(truths) - len(refused),
        scores=tuple(
            score_rounds(name, rounds, runs) for rounds, runs in collected.items() if runs
        ),
        notes=tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class _Trials:
    """Curves and the models that forecast them."""

    truths: Sequence[Truth]
    models: Sequence[Posterior]
    seed: int


@dataclass(frozen=True, eq=False)
class _Tried:
    """What collecting on one curve came to, by rounds, and why a model would not forecast it."""

    collected: "dict[int, list[Collected]]"
    refused: str = ""


def collect_one(trials: _Trials, place: int) -> _Tried:
    """Collect for every target of one curve, in each number of rounds."""
    truth, model = trials.truths[place], trials.models[place]
    forecaster = Forecaster(lambda _curve: model, trials.seed)
    found: dict[int, list[Collected]] = {}
    try:
        for rounds in ROUNDS:
            found[rounds] = collect_all(forecaster.by_rounds, [truth], rounds)
    except UnsupportedError as error:
        return _Tried(found, error.problems[0].message)
    return _Tried(found)


@dataclass(frozen=True)
class Collected:
    """What collecting for one target came to, and the images that were truly to be bought."""

    run: RoundsRun
    truly_to_buy: float

    @property
    def ratio(self) -> float:
        """Images bought over those truly to be bought, minus 1."""
        return self.run.spend / PRICES.per_image / self.truly_to_buy - 1.0


def collect_all(method: Method, truths: Sequence[Truth], rounds: int) -> list[Collected]:
    """Return what a method comes to for every target of some curves."""
    collected = []
    for truth in truths:
        for target in truth.targets.tolist():
            needed = truth.needed(target)
            run = simulate_rounds(
                method(truth, target), needed=needed, held=truth.held, rounds=rounds, prices=PRICES
            )
            collected.append(Collected(run, needed - truth.held))
    return collected


def score_rounds(name: str, rounds: int, collected: Sequence[Collected]) -> RoundsScore:
    """Return how a method did over all curves and targets."""
    ratios = [each.ratio for each in collected if each.run.reached]
    return RoundsScore(
        model=name,
        rounds=rounds,
        targets=len(collected),
        failure_rate=float(np.mean([not each.run.reached for each in collected])),
        mean_cost_ratio=float(np.mean(ratios)) if ratios else None,
        median_cost_ratio=float(np.median(ratios)) if ratios else None,
        mean_cost=float(np.mean([each.run.cost for each in collected])),
    )


def _architecture(curve: Curve, posterior: Posterior) -> str | None:
    return curve.architecture if is_known(curve.architecture, posterior) else None
