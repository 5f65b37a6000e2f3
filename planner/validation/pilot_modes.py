"""How much do a curve's first points help to forecast the later ones?"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.format import percent_to_type
from planner.domain.model.posterior import Posterior
from planner.domain.results.validation import PilotMode, PilotScores, PilotTest
from planner.domain.scores import LEVELS, central_coverage, crps_of_draws, pit_of_draws
from planner.domain.words.answers import validation as words
from planner.errors import UnsupportedError, bad_value
from planner.validation.curve_file import Curve, CurveFile
from planner.validation.forecasts import (
    FEWEST_POINTS,
    FIRST_TENTH,
    PLUGIN,
    POWER_LAW,
    CurveForecast,
    anchored_forecast,
    model_forecast,
    plugin_forecast,
    power_law_forecast,
    rule_forecast,
)

ANCHORED = "anchored slope"
"""The published slope through the largest pilot."""

RULE = "anchored rule"
"""Two lines: log10 error falls by so much a decade from the largest pilot, with a spread."""

MULTIPLES = (2.0, 4.0, 10.0)
"""Targets are the errors first reached at these multiples of the last pilot's images."""


FEWEST_SEVERAL = 2
"""Sizes that make several pilots."""


@dataclass(frozen=True)
class PilotTask:
    """One curve, cut in two: what is given and what is to be forecast.

    Attributes
    ----------
    curve : Curve
        The whole of it.
    pilots : tuple of (int, float)
        Images and error of the points given, repeats included.
    last : int
        Largest number of images given; where nothing is, the smallest of the curve, so that
        points and targets are those of one pilot.
    targets : tuple of (float, float)
        Log10 images and error of each target.
    """

    curve: Curve
    pilots: tuple[tuple[int, float], ...]
    last: int
    targets: tuple[tuple[float, float], ...]

    @property
    def later(self) -> NDArray[np.bool_]:
        """Points to be forecast."""
        return np.array(self.curve.images) > self.last


@dataclass(frozen=True, eq=False)
class _Judged:
    name: str
    posterior_of: Callable[[Curve], Posterior]
    seed: int
    known: dict[tuple[PilotMode, str, str], "_Result | str | None"] = field(default_factory=dict)

    def result(
        self,
        mode: PilotMode,
        rival: str,
        task: PilotTask,
        forecast_of: Callable[[PilotTask], CurveForecast | None],
    ) -> "_Result | str | None":
        """Return a score, the reason of a refusal, or None; each curve is scored once."""
        key = (mode, rival, task.curve.id)
        if key not in self.known:
            try:
                forecast = forecast_of(task)
                self.known[key] = None if forecast is None else _score(task, forecast)
            except UnsupportedError as error:
                self.known[key] = error.problems[0].message
        return self.known[key]

    def forecast(self, task: PilotTask) -> CurveForecast:
        return model_forecast(task.curve, self.posterior_of(task.curve), self.seed, task.pilots)


@dataclass(frozen=True, eq=False)
class _Result:
    dataset: str
    pit: Floats
    crps: Floats
    bias: Floats
    need_pit: Floats
    log10_ratio: Floats
    chance_never: Floats
    is_reliable: bool


def pilot_tests(
    file: CurveFile, posterior: Posterior, modes: Sequence[PilotMode], *, seed: int = 0
) -> tuple[PilotTest, ...]:
    """Score a fitted model and its rivals on the later points of curves, given first ones.

    Parameters
    ----------
    file : CurveFile
        From :func:`planner.validation.curve_file.read_curves`.
    posterior : Posterior
        Model to judge.
    modes : sequence of PilotMode
        Which points are given; a mode named twice is scored once.
    seed : int, default=0
        Of the projects' luck.

    Returns
    -------
    tuple of PilotTest
        One for each mode, in the order none, smallest, one, all.
    """
    return score_modes(file.curves, posterior.name, lambda _curve: posterior, modes, seed=seed)


def score_modes(
    curves: Sequence[Curve],
    name: str,
    posterior_of: Callable[[Curve], Posterior],
    modes: Sequence[PilotMode],
    *,
    seed: int = 0,
) -> tuple[PilotTest, ...]:
    """Score curves that may each have a fitted model of its own; see :func:`pilot_tests`.

    Parameters
    ----------
    curves : sequence of Curve
        Whose later points are forecast.
    name : str
        Of the model.
    posterior_of : callable
        The fitted model that forecasts a curve.
    modes : sequence of PilotMode
        Which points are given; a mode named twice is scored once.
    seed : int, default=0
        Of the projects' luck.
    """
    groups = {name: curves}
    return score_groups(groups, name, posterior_of, modes, seed=seed)[name]


def score_groups(
    groups: Mapping[str, Sequence[Curve]],
    name: str,
    posterior_of: Callable[[Curve], Posterior],
    modes: Sequence[PilotMode],
    *,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> dict[str, tuple[PilotTest, ...]]:
    """Score groups of curves, which may overlap, as :func:`score_modes` does one.

    Parameters
    ----------
    groups : mapping of str to sequence of Curve
        By label; ids are unique among all curves.
    name, posterior_of, modes, seed
        As there.
    on_step : callable, optional
        Told groups done and groups in all.
    """
    judged = _Judged(name, posterior_of, seed)
    found = {}
    for done, (label, curves) in enumerate(groups.items()):
        found[label] = tuple(_test(curves, judged, mode) for mode in PilotMode if mode in modes)
        if on_step is not None:
            on_step(done + 1, len(groups))
    return found


def modes_of(words: Sequence[PilotMode | str]) -> tuple[PilotMode, ...]:
    """Return pilot modes from their names.

    Raises
    ------
    InputError
        An unknown name, or a text where a sequence of names is needed.
    """
    listed = [words] if isinstance(words, str) else list(words)
    for word in listed:
        if word not in list(PilotMode):
            message = f"got {word!r}; expected some of {', '.join(PilotMode)}."
            raise bad_value("pilots", message, 'pilots=("none", "smallest", "one", "all")')
    return tuple(PilotMode(word) for word in listed)


def pilot_task(curve: Curve, mode: PilotMode) -> PilotTask | None:
    """Cut a curve in two; None if it has too few points for that.

    Parameters
    ----------
    curve : Curve
        Points of the same images are repeats of one.
    mode : PilotMode
        All needs two different sizes within the first tenth, any other two in all.
    """
    smallest, largest = min(curve.images), max(curve.images)
    if smallest == largest:
        return None
    within = [n for n in curve.images if n <= FIRST_TENTH * largest]
    if mode is PilotMode.ALL and len(set(within)) < FEWEST_SEVERAL:
        return None
    far = mode in (PilotMode.ONE, PilotMode.ALL)
    last = max(within, default=smallest) if far else smallest
    points = zip(curve.images, curve.errors, strict=True)
    alone = mode is not PilotMode.ALL
    given = tuple((n, error) for n, error in points if (n == last if alone else n <= last))
    pilots = () if mode is PilotMode.NONE else given
    return PilotTask(curve, pilots, last, tuple(reached(curve, last)))


def reached(curve: Curve, last: int) -> Iterator[tuple[float, float]]:
    """Yield targets: errors a curve first reached at 2, 4 and 10 times some images.

    Between its points the curve is a straight line in log10 images and log10 error; repeats count
    by the mean of their log10 errors. A multiple is left out if it lies beyond the curve or if the
    curve was as low before.

    Yields
    ------
    tuple of float
        Log10 images, and the error reached there.
    """
    sizes = sorted(set(curve.images))
    x = np.log10(np.array(sizes, dtype=float))
    y = np.array(
        [
            np.mean(
                [math.log10(e) for n, e in zip(curve.images, curve.errors, strict=True) if n == m]
            )
            for m in sizes
        ]
    )
    for multiple in MULTIPLES:
        at = multiple * last
        if at > sizes[-1]:
            return
        target = float(np.interp(math.log10(at), x, y))
        if np.all(y[np.array(sizes) < at] > target):
            yield math.log10(at), 10.0**target


def _test(curves: Sequence[Curve], judged: _Judged, mode: PilotMode) -> PilotTest:
    cut = [pilot_task(curve, mode) for curve in curves]
    tasks = [task for task in cut if task is not None]
    results: dict[str, dict[int, _Result]] = {}
    refused: list[str] = []
    for name, forecast_of in _rivals(judged, mode).items():
        for at, task in enumerate(tasks):
            found = judged.result(mode, name, task, forecast_of)
            if isinstance(found, str):
                refused.append(found)
            elif found is not None:
                results.setdefault(name, {})[at] = found
    instead = sum(map(_is_instead, tasks)) if mode is PilotMode.ONE else 0
    notes = _notes(mode, len(cut) - len(tasks), instead)
    if refused:
        notes.append(words.cannot_forecast(judged.name, len(refused), refused[0]))
    same = results.get(POWER_LAW, {})
    return PilotTest(
        pilots=mode,
        curves=len(tasks),
        too_short=len(cut) - len(tasks),
        scores=_summaries(results, range(len(tasks))),
        where_power_law=_summaries(results, same) if same else (),
        notes=tuple(notes),
        smallest_instead=instead,
    )


def _rivals(
    judged: _Judged, mode: PilotMode
) -> Mapping[str, Callable[[PilotTask], CurveForecast | None]]:
    """Return who forecasts in a mode: without pilots there is nothing to anchor on."""
    if mode is PilotMode.NONE:
        return {judged.name: judged.forecast, PLUGIN: lambda task: plugin_forecast(task.curve)}
    anchored: Mapping[str, Callable[[PilotTask], CurveForecast | None]] = {
        judged.name: judged.forecast,
        RULE: lambda task: rule_forecast(task.curve, task.pilots),
        ANCHORED: lambda task: anchored_forecast(task.curve, task.pilots),
    }
    return {**anchored, POWER_LAW: _power_law} if mode is PilotMode.ALL else anchored


def _is_instead(task: PilotTask) -> bool:
    """Tell whether no size lies within a tenth, so that the smallest was given."""
    return task.last > FIRST_TENTH * max(task.curve.images)


def _power_law(task: PilotTask) -> CurveForecast | None:
    """Fit where the pilots have three different sizes: repeats do not tell a slope."""
    sizes = {images for images, _ in task.pilots}
    return power_law_forecast(task.curve) if len(sizes) >= FEWEST_POINTS else None


def _score(task: PilotTask, forecast: CurveForecast) -> _Result:
    draws = forecast.log10_error[:, task.later]
    observed = np.log10(task.curve.errors)[task.later]
    needs = [forecast.log10_needed(target) for _, target in task.targets]
    truths = [images for images, _ in task.targets]
    pairs = list(zip(needs, truths, strict=True))
    return _Result(
        dataset=task.curve.dataset or task.curve.id,
        pit=pit_of_draws(draws, observed),
        crps=crps_of_draws(draws, observed),
        bias=np.median(draws, axis=0) - observed,
        need_pit=np.array([pit_of_draws(need[:, None], [truth])[0] for need, truth in pairs]),
        log10_ratio=np.array([abs(_median(need) - truth) for need, truth in pairs]),
        chance_never=np.array([np.mean(np.isposinf(need)) for need in needs]),
        is_reliable=forecast.is_reliable,
    )


def _median(values: Floats) -> float:
    """Return a median that is one of the values: between a number and infinity lies none."""
    return float(np.quantile(values, 0.5, method="inverted_cdf"))


def _summaries(
    results: Mapping[str, Mapping[int, _Result]], keep: Collection[int]
) -> tuple[PilotScores, ...]:
    chosen = {
        model: [of_model[at] for at in keep if at in of_model]
        for model, of_model in results.items()
    }
    return tuple(_summarise(model, scored) for model, scored in chosen.items() if scored)


def _summarise(model: str, results: Sequence[_Result]) -> PilotScores:
    pit, crps, bias, need_pit, ratios, never = (
        np.concatenate([getattr(result, name) for result in results])
        for name in ("pit", "crps", "bias", "need_pit", "log10_ratio", "chance_never")
    )
    points = _weights(results, lambda result: len(result.pit))
    targets = _weights(results, lambda result: len(result.need_pit))
    ratio = _weighted_median(ratios, targets) if len(ratios) else math.inf
    return PilotScores(
        model=model,
        curves=len(results),
        points=len(pit),
        coverage=_coverage(pit, points),
        crps=float(crps @ points),
        crps_by_curve=float(np.mean([result.crps.mean() for result in results])),
        bias=float(bias @ points),
        targets=len(ratios),
        need_coverage=_coverage(need_pit, targets) if len(ratios) else None,
        median_abs_log10_ratio=ratio if math.isfinite(ratio) else None,
        chance_never=float(never @ targets) if len(ratios) else None,
        unreliable=sum(not result.is_reliable for result in results),
        datasets=len({result.dataset for result in results}),
    )


def _weights(results: Sequence[_Result], size: Callable[[_Result], int]) -> Floats:
    """Return weights of all points: data sets alike, then their curves, then the curve's points."""
    curves = Counter(result.dataset for result in results if size(result))
    parts = [
        np.full(size(result), 1.0 / (len(curves) * curves[result.dataset] * size(result)))
        for result in results
        if size(result)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _weighted_median(values: Floats, weights: Floats) -> float:
    """Return a median that is one of the values."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    at = min(int(np.searchsorted(below, 0.5 - 1e-12)), len(values) - 1)
    return float(values[order][at])


def _coverage(pit: Floats, weights: Floats) -> dict[str, float]:
    return {percent_to_type(level): central_coverage(pit, level, weights) for level in LEVELS}


def _notes(mode: PilotMode, too_short: int, instead: int) -> list[str]:
    notes = []
    if instead:
        notes.append(words.smallest_given(instead))
    if too_short:
        notes.append(words.too_few_sizes(too_short, needs_two=mode is PilotMode.ALL))
    return notes
