"""Forecasts against what was measured, as terminal tables of at most 80 columns."""

import math
from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.domain.format import count, percent, rate
from planner.domain.results.validation import (
    CaseInterval,
    CurveScores,
    CurveTest,
    LeftOutScores,
    PilotMode,
    PilotScores,
    PilotTest,
    RoundsTest,
    ScoreSummary,
    StoredScores,
    Table2Test,
    ValidationReport,
)
from planner.reporting.terminal.decisions import render_decisions
from planner.reporting.terminal.draw import titled_table

_READ_SCORES = (
    "An 80 % interval should hold 80 % of what is measured. CRPS is the error of a whole forecast "
    "in log10 error: smaller is better. Log density: larger is better. ± is one standard error of "
    "the mean over data sets."
)
_GIVEN = {
    PilotMode.NONE: "No pilot: points after the first",
    PilotMode.SMALLEST: "One pilot, the smallest size: points after it",
    PilotMode.ONE: "One pilot, the largest size within a tenth of the last: points after it",
    PilotMode.ALL: "All pilots within a tenth of the largest size: points beyond",
}
_READ_PILOTS = (
    "D*: images at which the curve first reached the error it has at 2, 4 and 10 times its last "
    "pilot (without pilots: its first point), and how far they were missed, in powers of ten "
    "(median). Data sets count alike. The anchored rule lets log10 error fall by .30 (frozen .20) "
    "a decade from the last pilot, give or take half of that; the anchored slope by the published "
    "slope; the power law sees the pilots alone and needs three sizes."
)
_READ_ROUNDS = (
    "Each curve is taken as the truth, straight between its points. A tenth of its images is held, "
    "runs up to there are pilots, and data for ten targets are collected in rounds, the forecast "
    "updated after each; missing a target costs as much as 10^8 images. Too much: images bought "
    "over images truly to be bought, minus 1, where the target was met."
)
_BIAS = "Bias above 0: errors were smaller than forecast."


def render_validation(report: ValidationReport) -> tuple[RenderableType, ...]:
    """Return the report's tables and sentences, to print in order."""
    blocks: list[RenderableType] = [*_table2(report.table2), Text(), *_left_out(report.left_out)]
    if report.curves is not None:
        blocks = [*_curves(report.curves), Text(), *blocks]
    if report.decisions is not None:
        blocks = [*render_decisions(report.decisions), Text(), *blocks]
    return tuple(blocks)


def _table2(test: Table2Test) -> Iterator[RenderableType]:
    table = titled_table("Table 2 of the paper: six client projects that nothing was fitted on")
    table.add_column("", justify="right")
    table.add_column("case", no_wrap=True)
    for name in ("images", "seen", "Eq. 1"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("log10\nseen/Eq. 1", justify="right", no_wrap=True)
    models = [forecast.model for forecast in test.cases[0].forecasts]
    for model in models:
        table.add_column(f"{model[:14]}\nmedian, 80 %", justify="right", no_wrap=True)
    for case in test.cases:
        table.add_row(
            str(case.row),
            case.case,
            count(case.images),
            rate(case.observed_error),
            rate(case.equation_error),
            f"{case.log10_residual:+.2f}",
            *(_interval(forecast) for forecast in case.forecasts),
        )
    yield table
    sizes = ", ".join(f"{name} {value:.2f}" for name, value in test.rmse.items())
    yield Text(f"Root mean square log10 residual: {sizes}. Yellow: seen outside the 80 % interval.")
    yield Text(
        f"With the largest noise that Table 1 allows ({test.residual_sd}), chi-square of Eq. 1 is "
        f"{test.chi_square:.1f} on {test.degrees_of_freedom}, p = {test.p_value:.4f}: the fit's "
        f"noise is too small for new clients."
    )
    for note in test.notes:
        yield Text(note)
    yield Text("Why Eq. 1 misses:", style="bold")
    for case in test.cases:
        if case.why:
            yield Text(f"- Row {case.row}: {case.why}")


def _interval(forecast: CaseInterval) -> Text:
    median, low, high = (
        rate(value, 2).removesuffix(" %") for value in (forecast.median, forecast.p10, forecast.p90)
    )
    return Text(f"{median} {low}–{high}", style="" if forecast.inside_80 else "bold yellow")


def _left_out(stored: StoredScores) -> Iterator[RenderableType]:
    scores = stored.scores
    if stored.closed_form:
        yield Text(
            "This model is in closed form and is never refitted; as a plug-in it stands beside the "
            "scores of transfer: planner validate --model transfer."
        )
        return
    if scores is None:
        yield Text(
            "No leave-one-data-set-out scores are stored with this model. Computing them takes "
            f"minutes: {stored.refit_command}",
            style="yellow",
        )
        return
    yield _main_table(scores)
    yield Text(_READ_SCORES)
    yield Text(_BIAS)
    yield _slice_table(scores)
    yield Text(
        f"Stored on {scores.date}: {scores.folds} folds of whole data sets, {scores.model} "
        f"refitted for each; rows {scores.data_sha256[:12]}, declaration {scores.spec_sha256[:12]}."
    )
    if stored.stale:
        yield Text(
            f"STALE: {'; '.join(stored.stale)}. Compute anew: {stored.refit_command}",
            style="bold yellow",
        )
    yield from _sampler_note(scores)


def _sampler_note(scores: LeftOutScores) -> Iterator[Text]:
    """Say how far the refits can be trusted; they are shorter than a fit whose draws are kept."""
    rhat = float(str(scores.sampler.get("max_rhat", 1.0)))
    divergences = int(float(str(scores.sampler.get("divergences", 0))))
    if rhat > 1.01 or divergences:
        yield Text(
            f"The refits were short: largest R-hat {rhat:.3f}, {divergences} divergences in all. "
            "Good for scores to two digits, not for coefficients."
        )


def _main_table(scores: LeftOutScores) -> Table:
    models = scores.slices["all rows"]
    some = next(iter(models.values()))
    table = titled_table(
        f"Left out of the fit: {some.datasets} data sets ({some.rows} rows), each counting once"
    )
    _score_columns(table, "model")
    for model, summary in models.items():
        table.add_row(model, *_score_cells(summary))
    if "where a power law applies" in scores.slices:
        table.add_section()
        within = scores.slices["where a power law applies"]
        n = next(iter(within.values())).rows
        table.add_row(f"of {n} rows with two smaller sizes on their curve:", *[""] * 7)
        for model, summary in within.items():
            table.add_row(model, *_score_cells(summary))
    return table


def _score_columns(table: Table, first: str) -> None:
    table.add_column(first)
    table.add_column("log density", justify="right", no_wrap=True)
    table.add_column("CRPS", justify="right", no_wrap=True)
    for level in ("50 %", "80 %", "90 %", "95 %"):
        table.add_column(level, justify="right", no_wrap=True)
    table.add_column("bias", justify="right", no_wrap=True)


def _score_cells(summary: ScoreSummary) -> tuple[str, ...]:
    levels = ("50%", "80%", "90%", "95%")
    cover = [f"{summary.coverage_by_set[level]:.2f}" for level in levels]
    return (
        _with_error(summary.log_density_by_set, summary.log_density_by_set_se, 2),
        _with_error(summary.crps_by_set, summary.crps_by_set_se, 3),
        *cover,
        f"{summary.bias:+.2f}",
    )


def _with_error(value: float, error: float | None, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text if error is None else f"{text} ±{error:.{digits}f}"


def _slice_table(scores: LeftOutScores) -> Table:
    table = titled_table(
        f"{scores.model} by kind of rows, each row counting once; in brackets the pooled GLM"
    )
    table.add_column("rows")
    table.add_column("n/sets", justify="right", no_wrap=True)
    table.add_column("log density", justify="right", no_wrap=True)
    table.add_column("CRPS", justify="right", no_wrap=True)
    table.add_column("80 %", justify="right", no_wrap=True)
    table.add_column("95 %", justify="right", no_wrap=True)
    for kind, models in scores.slices.items():
        ours, other = models[scores.model], models.get("pooled GLM", models[scores.model])
        table.add_row(
            kind,
            f"{ours.rows}/{ours.datasets}",
            f"{ours.log_density:.2f} ({other.log_density:.2f})",
            f"{ours.crps:.2f} ({other.crps:.2f})",
            *(
                f"{ours.coverage[level]:.2f} ({other.coverage[level]:.2f})"
                for level in ("80%", "95%")
            ),
        )
    return table


def _curves(test: CurveTest) -> Iterator[RenderableType]:
    yield Text(f"{test.curves} curves, {test.points} points of {test.file}", style="bold")
    for kind, scores in test.scores.items():
        yield _curve_table(kind, scores)
    yield Text(
        "Each point is forecast from its project's description alone; the power law sees the first "
        "tenth of its curve. Reached: a curve's new lows, and how far the images needed for them "
        "were missed, in powers of ten (median), with the chance given to never reaching them."
    )
    yield Text(_BIAS)
    for note in test.notes:
        yield Text(f"- {note}", style="yellow")
    for pilots in test.pilots:
        yield Text()
        yield from _pilots(pilots)
    if any(pilots.scores for pilots in test.pilots):
        yield Text(_READ_PILOTS)
    if test.rounds is not None:
        yield Text()
        yield from _rounds(test.rounds)


def _rounds(test: RoundsTest) -> Iterator[RenderableType]:
    if test.scores:
        table = titled_table(
            f"Collecting in rounds on these forecasts ({_count(test.curves, 'curve')})"
        )
        table.add_column("model")
        for name in ("most\nrounds", "targets", "missed", "too much\nmean", "\nmedian"):
            table.add_column(name, justify="right", no_wrap=True)
        for score in test.scores:
            table.add_row(
                score.model,
                f"{score.rounds}",
                f"{score.targets}",
                percent(score.failure_rate),
                *(_times(value) for value in (score.mean_cost_ratio, score.median_cost_ratio)),
            )
        yield table
        yield Text(_READ_ROUNDS)
    for note in test.notes:
        yield Text(f"- Rounds: {note}", style="yellow")


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _pilots(test: PilotTest) -> Iterator[RenderableType]:
    given = _GIVEN[test.pilots]
    everywhere = tuple(score for score in test.scores if score.curves == test.curves)
    some = [score for score in test.scores if score.curves < test.curves]
    if everywhere:
        yield _pilot_table(given, everywhere)
    elif not some:
        yield Text(f"{given}: no curve can be forecast.")
    # scores on different curves cannot be compared: each row then stands with its rivals there
    within = test.where_power_law
    if within and within[-1].curves < test.curves:
        yield _pilot_table("The same, where there are three sizes up to a tenth", within)
        some = [score for score in some if score.model != within[-1].model]
    for score in some:
        yield _pilot_table(f"The same, what {score.model} can forecast", (score,))
    for note in test.notes:
        yield Text(f"- {note}", style="yellow")
    for score in test.scores:
        if score.unreliable:
            message = f"- {score.model}: {score.unreliable} updates cannot be relied on (k-hat)."
            yield Text(message, style="yellow")


def _pilot_table(title: str, scores: tuple[PilotScores, ...]) -> Table:
    curves = max(score.curves for score in scores)
    targets = max(score.targets for score in scores)
    table = titled_table(f"{title} ({_count(curves, 'curve')}, {targets} D*)")
    table.add_column("model")
    for name in ("points", "CRPS", "80 %", "95 %", "bias", "missed\nby 10^"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("D*\n80 %", "D*\n95 %", "never"):
        table.add_column(name, justify="right", no_wrap=True)
    for score in scores:
        table.add_row(*_pilot_cells(score))
    return table


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _pilot_cells(score: PilotScores) -> tuple[str, ...]:
    needs = score.need_coverage
    return (
        score.model,
        f"{score.points}",
        f"{score.crps:.3f}",
        f"{score.coverage['80%']:.2f}",
        f"{score.coverage['95%']:.2f}",
        f"{score.bias:+.2f}",
        _optional(score.median_abs_log10_ratio, score.targets),
        *("–" if needs is None else f"{needs[level]:.2f}" for level in ("80%", "95%")),
        "–" if score.chance_never is None else percent(score.chance_never),
    )


def _curve_table(kind: str, scores: tuple[CurveScores, ...]) -> Table:
    table = titled_table(f"{kind[0].upper()}{kind[1:]}")
    table.add_column("model")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("CRPS", justify="right", no_wrap=True)
    for level in ("50 %", "80 %", "90 %", "95 %"):
        table.add_column(level, justify="right", no_wrap=True)
    table.add_column("bias", justify="right", no_wrap=True)
    table.add_column("missed\nby 10^", justify="right", no_wrap=True)
    table.add_column("never", justify="right", no_wrap=True)
    for score in scores:
        table.add_row(
            score.model,
            f"{score.points}",
            f"{score.crps:.3f}",
            *(f"{score.coverage[level]:.2f}" for level in ("50%", "80%", "90%", "95%")),
            f"{score.bias:+.2f}",
            _optional(score.median_abs_log10_ratio, score.targets),
            "–" if score.chance_never is None else percent(score.chance_never),
        )
    return table


def _optional(value: float | None, targets: int) -> str:
    if targets == 0:
        return "–"
    return "∞" if value is None or not math.isfinite(value) else f"{value:.2f}"
