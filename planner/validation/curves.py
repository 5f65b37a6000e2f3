"""How well are curves forecast that no model was fitted on?

Every point is forecast from the project's description alone: task, classes, pretraining, backbone
and, where known, the architecture. Only the power law looks at a curve itself: at its first tenth.
What the first points of a curve add is tested in ``pilot_modes``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.format import percent_to_type
from planner.domain.model.covariates import REFERENCE_COMPLEXITY
from planner.domain.model.posterior import Posterior
from planner.domain.results.validation import CurveScores, CurveTest, PilotMode, RoundsTest
from planner.domain.scores import LEVELS, central_coverage, crps_of_draws, pit_of_draws
from planner.domain.words.answers import validation as words
from planner.errors import UnsupportedError
from planner.tasks import SERIAL, Tasks
from planner.validation.collection import rounds_test
from planner.validation.curve_file import Curve, CurveFile
from planner.validation.forecasts import (
    PLUGIN,
    POWER_LAW,
    CurveForecast,
    beyond_first_tenth,
    is_known,
    model_forecast,
    plugin_forecast,
    power_law_forecast,
)
from planner.validation.pilot_modes import pilot_tests

ALL_POINTS = "all points"
BEYOND = "points beyond the first tenth"


@dataclass(frozen=True, eq=False)
class _CurveResult:
    """Scores of one model on one curve, point by point and target by target."""

    pit: Floats
    crps: Floats
    bias: Floats
    log10_ratio: Floats
    need_pit: Floats
    chance_never: Floats


def curve_test(
    file: CurveFile,
    posterior: Posterior,
    *,
    seed: int = 0,
    pilots: Sequence[PilotMode] = (),
    rounds: bool = False,
    on_step: Callable[[int, int], None] | None = None,
    tasks: Tasks = SERIAL,
) -> CurveTest:
    """Score a fitted model, the published plug-in and a power law on measured curves.

    Parameters
    ----------
    file : CurveFile
        From :func:`planner.validation.curve_file.read_curves`.
    posterior : Posterior
        Model to judge.
    seed : int, default=0
        Of the projects' luck.
    pilots : sequence of PilotMode
        Further tests, in which the first points of each curve are given as pilots.
    rounds : bool, default=False
        Whether collecting in rounds is tried on the curves: about two seconds for each.
    on_step : callable, optional
        Told curves tried and curves in all, where rounds are.
    tasks : Tasks
        Tries the rounds.

    Returns
    -------
    CurveTest
        By model, on all points and on those beyond the first tenth of the curves that have at
        least three points there; and on later points given first ones.
    """
    notes = _notes(file, posterior)
    models: dict[str, dict[int, CurveForecast]] = {posterior.name: {}, PLUGIN: {}, POWER_LAW: {}}
    refused: list[str] = []
    for at, curve in enumerate(file.curves):
        try:
            models[posterior.name][at] = model_forecast(curve, posterior, seed)
        except UnsupportedError as error:
            refused.append(error.problems[0].message)
        models[PLUGIN][at] = plugin_forecast(curve)
        if (law := power_law_forecast(curve)) is not None:
            models[POWER_LAW][at] = law
    if refused:
        notes.append(words.cannot_forecast(posterior.name, len(refused), refused[0]))
    beyond = {at: beyond_first_tenth(file.curves[at]) for at in models[POWER_LAW]}
    everything = {
        at: np.ones(len(curve.images), dtype=bool) for at, curve in enumerate(file.curves)
    }
    scores = {ALL_POINTS: _scores(file, models, everything, skip=POWER_LAW)}
    if beyond:
        scores[BEYOND] = _scores(file, models, beyond)
    return CurveTest(
        file=file.name,
        sha256=file.sha256,
        curves=len(file.curves),
        points=sum(len(curve.images) for curve in file.curves),
        scores=scores,
        notes=tuple(notes),
        pilots=pilot_tests(file, posterior, pilots, seed=seed),
        rounds=_rounds(file, posterior, seed, on_step, tasks) if rounds else None,
    )


def _rounds(
    file: CurveFile,
    posterior: Posterior,
    seed: int,
    on_step: Callable[[int, int], None] | None,
    tasks: Tasks,
) -> RoundsTest:
    return rounds_test(
        file.curves,
        posterior.name,
        lambda _curve: posterior,
        seed=seed,
        on_step=on_step,
        tasks=tasks,
    )


def new_lows(curve: Curve) -> tuple[tuple[int, float], ...]:
    """Return (images, error) of each point below all before it, the first left out.

    These are targets the curve was seen to reach, with the images it took.
    """
    lows, best = [], curve.errors[0]
    for images, error in zip(curve.images[1:], curve.errors[1:], strict=True):
        if error < best:
            lows.append((images, error))
            best = error
    return tuple(lows)


def _scores(
    file: CurveFile,
    models: Mapping[str, Mapping[int, CurveForecast]],
    keep: Mapping[int, NDArray[np.bool_]],
    skip: str = "",
) -> tuple[CurveScores, ...]:
    results = []
    for model, forecasts in models.items():
        scored = [
            _score(file.curves[at], forecasts[at], chosen)
            for at, chosen in keep.items()
            if at in forecasts and chosen.any()
        ]
        if scored and model != skip:
            results.append(_summarise(model, scored))
    return tuple(results)


def _score(curve: Curve, forecast: CurveForecast, keep: NDArray[np.bool_]) -> _CurveResult:
    draws, observed = forecast.log10_error[:, keep], np.log10(curve.errors)[keep]
    first = np.array(curve.images)[keep].min()
    ratios, pits, never = [], [], []
    for images, target in new_lows(curve):
        if images < first:
            continue
        needed, truth = forecast.log10_needed(target), math.log10(images)
        ratios.append(
            abs(float(np.quantile(np.asarray(needed), 0.5, method="inverted_cdf")) - truth)
        )
        pits.append(float(pit_of_draws(needed[:, None], [truth])[0]))
        never.append(float(np.mean(np.isposinf(needed))))
    return _CurveResult(
        pit=pit_of_draws(draws, observed),
        crps=crps_of_draws(draws, observed),
        bias=np.median(draws, axis=0) - observed,
        log10_ratio=np.array(ratios),
        need_pit=np.array(pits),
        chance_never=np.array(never),
    )


def _summarise(model: str, results: Sequence[_CurveResult]) -> CurveScores:
    pit, crps, bias, ratios, need_pit, never = (
        np.concatenate([getattr(result, name) for result in results])
        for name in ("pit", "crps", "bias", "log10_ratio", "need_pit", "chance_never")
    )
    by_curve = np.array([result.crps.mean() for result in results])
    n = len(results)
    ratio = float(np.quantile(ratios, 0.5, method="inverted_cdf")) if len(ratios) else math.inf
    return CurveScores(
        model=model,
        curves=n,
        points=len(pit),
        coverage={percent_to_type(level): central_coverage(pit, level) for level in LEVELS},
        crps=float(crps.mean()),
        crps_by_curve=float(by_curve.mean()),
        crps_by_curve_se=float(by_curve.std(ddof=1) / math.sqrt(n)) if n > 1 else None,
        bias=float(bias.mean()),
        targets=len(ratios),
        median_abs_log10_ratio=ratio if math.isfinite(ratio) else None,
        need_coverage_80=central_coverage(need_pit, 0.8) if len(ratios) else None,
        chance_never=float(never.mean()) if len(ratios) else None,
    )


def _notes(file: CurveFile, posterior: Posterior) -> list[str]:
    notes = []
    unknown = sum(curve.n_classes is None for curve in file.curves)
    if unknown:
        notes.append(words.without_classes(unknown, REFERENCE_COMPLEXITY))
    if "pretrained" in file.absent:
        notes.append(words.NO_PRETRAINED)
    if "backbone" in file.absent:
        notes.append(words.NO_BACKBONE)
    named = {curve.architecture for curve in file.curves if curve.architecture}
    if strange := sorted(name for name in named if not is_known(name, posterior)):
        notes.append(words.unknown_names(strange))
    return notes
