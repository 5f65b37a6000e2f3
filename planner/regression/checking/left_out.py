"""How well does a model forecast data sets it was not fitted on? Computed once, then stored.

``validation.json`` stands beside the draws. It records what it was computed from, so a later reader
can tell whether it still belongs to the model.
"""

import datetime
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner._resources import resource_root
from planner.domain.model.model_card import ComparisonRow, Spread
from planner.domain.model.specification import ModelSpec, Reference
from planner.domain.results.validation import (
    SCHEMA_VERSION,
    LeftOutScores,
    ScoreSummary,
    StoredScores,
)
from planner.domain.scores import log_sum_exp
from planner.errors import ResourceError
from planner.reference.store import sha256_of, write_model_file
from planner.regression.checking.baselines import BASELINES, PLUGIN, POWER_LAW
from planner.regression.checking.new_dataset import dataset_log_likelihood, draw_curves, new_dataset
from planner.regression.checking.row_scores import (
    RowForecast,
    RowScores,
    merge_scores,
    score_rows,
    summarise_scores,
)
from planner.regression.fitting.folds import FoldConfig, FoldFit, assign_folds, refit_folds
from planner.regression.fitting.record import read_record
from planner.regression.rows.observations import ObservationTable, group_labels, select_rows
from planner.regression.rows.shipped import OBSERVATIONS_FILE
from planner.tasks import SERIAL, Tasks

VALIDATION_FILE = "validation.json"
ALL_ROWS = "all rows"
POWER_LAW_ROWS = "where a power law applies"
REFIT_COMMAND = "planner validate --refit"

EFFECTS_PER_DRAW = 4
"""New-data-set effects drawn with every joint draw: 2,000 normals alone leave outliers' densities
to chance."""

JOINT_DRAWS = 1000

_LIBRARIES = ("numpy", "scipy", "pymc", "nutpie")


def left_out_scores(
    table: ObservationTable,
    spec: ModelSpec,
    *,
    data_sha256: str,
    config: FoldConfig | None = None,
    cores: int | None = None,
    on_step: Callable[[int, int], None] | None = None,
    on_fold: Callable[[FoldFit], None] | None = None,
    today: datetime.date | None = None,
    tasks: Tasks = SERIAL,
) -> LeftOutScores:
    """Refit a specification with whole data sets left out, and score it beside simple models.

    Parameters
    ----------
    table, spec : ObservationTable, ModelSpec
        Rows and declaration of the model.
    data_sha256 : str
        Of the file the rows come from.
    config : FoldConfig, optional
        Folds, length and seed.
    cores : int, optional
        Chains run at the same time.
    on_step : callable, optional
        Told folds done and folds in all.
    on_fold : callable, optional
        Told each refit, for scores of another kind.
    today : date, optional
        Recorded; today by default.
    tasks : Tasks
        Runs the refits.
    """
    config = config or FoldConfig()
    fold = assign_folds(table, config.folds)
    parts: list[tuple[NDArray[np.int64], RowScores]] = []
    joint: dict[str, float] = {}
    runs: list[tuple[float, int, float]] = []
    for fit in refit_folds(table, spec, fold, config, cores=cores, on_step=on_step, tasks=tasks):
        parts.append((fit.rows, _score_fold(table, spec, fit, config.seed)))
        joint |= joint_log_density(table, spec, fit, config.seed)
        runs.append((fit.max_rhat, fit.divergences, fit.seconds))
        if on_fold is not None:
            on_fold(fit)
    scores = {spec.name: merge_scores(parts, len(table))}
    for name, forecast in BASELINES.items():
        rng = np.random.default_rng([config.seed, 1])
        rows = forecast(table, fold)
        scores[name] = score_rows(rows, table.log10_error, table.log10_chance, rng)
    return LeftOutScores(
        date=(today or datetime.datetime.now(tz=datetime.UTC).date()).isoformat(),
        model=spec.name,
        data_sha256=data_sha256,
        spec_sha256=spec_sha256(spec),
        seed=config.seed,
        folds=int(fold.max()) + 1,
        sampler={
            **{key: value for key, value in asdict(config).items() if key not in ("folds", "seed")},
            "max_rhat": max(rhat for rhat, _, _ in runs),
            "divergences": sum(count for _, count, _ in runs),
            "seconds": round(math.fsum(seconds for _, _, seconds in runs), 1),
        },
        versions=_versions(),
        slices=_by_slice(scores, table),
        datasets=_by_dataset(scores, table),
        joint_log_density=joint,
    )


def joint_log_density(
    table: ObservationTable, spec: ModelSpec, fit: FoldFit, seed: int
) -> dict[str, float]:
    """Return the log density of all rows of each left-out data set together."""
    found = {}
    thin = np.linspace(0, len(fit.draws["sigma"]) - 1, JOINT_DRAWS).astype(int)
    draws = {name: values[thin] for name, values in fit.draws.items()}
    for name, rows in _datasets(table, fit.rows):
        part = select_rows(table, _mask(rows, len(table)))
        rng = np.random.default_rng([seed, 2, int(rows[0])])
        values = dataset_log_likelihood(draws, fit.labels, spec, part, rng)
        found[name] = float(log_sum_exp(values) - math.log(len(values)))
    return found


def slices(table: ObservationTable, power_law: RowScores) -> dict[str, NDArray[np.bool_]]:
    """Return the kinds of rows that are reported apart; a row may be in several."""
    frozen, segmentation = table.frozen == 1, table.segmentation == 1
    structured = np.array(table.domain_group) == "structured"
    specialised = np.array(table.domain_group) == "specialised"
    return {
        ALL_ROWS: np.ones(len(table), dtype=bool),
        "fine-tuned or from scratch": ~frozen,
        "frozen backbone": frozen,
        "segmentation": segmentation,
        "classification of photographs": ~segmentation & ~structured & ~specialised,
        "remote sensing and medical": specialised,
        "counting, distance, pose": structured,
        POWER_LAW_ROWS: ~np.isnan(power_law.pit),
    }


def shipped_sha256() -> str:
    """Return the checksum of the shipped observations, which the shipped model is fitted on."""
    return sha256_of(resource_root("data") / OBSERVATIONS_FILE)


def spec_sha256(spec: ModelSpec) -> str:
    """Return the checksum of what a declaration says, whatever its name, reasons and layout."""

    def essence(value: object) -> object:
        if isinstance(value, Mapping):
            skipped = {"why", "text"}
            return {str(k): essence(v) for k, v in sorted(value.items()) if k not in skipped}
        if isinstance(value, list | tuple):
            return [essence(item) for item in value]
        return value

    parts = {name: asdict(predictor) for name, predictor in spec.predictors.items()}
    parts["noise"] = asdict(spec.noise)
    law = asdict(spec.discrepancy)
    for name, absent in (("at_chance", 1.0), ("spread", 0.0)):
        if law[name] == absent:  # as good as not declared; older scores do not know of it
            del law[name]
    parts["discrepancy"] = law
    if spec.reference != Reference():
        parts["reference"] = asdict(spec.reference)
    parts["rest"] = {"family": spec.family, "covariate_sd": dict(spec.covariate_sd)}
    text = json.dumps(essence(parts), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def write_left_out(folder: Path, scores: LeftOutScores) -> Path:
    """Store scores with a model, whole or not at all; return the file.

    Raises
    ------
    NotWrittenError
        The folder cannot be written to.
    """
    text = json.dumps({"schema_version": SCHEMA_VERSION, **asdict(scores)}, indent=1) + "\n"
    return write_model_file(folder / VALIDATION_FILE, text)


def read_left_out(folder: Path, spec: ModelSpec | None, data_sha256: str | None) -> StoredScores:
    """Return the scores stored with a model, and what changed since they were computed.

    Parameters
    ----------
    folder : Path
        Of the model.
    spec : ModelSpec or None
        The model's declaration.
    data_sha256 : str or None
        Of the rows the model was fitted on; None if unknown.

    Raises
    ------
    ResourceError
        The file is there, but damaged.
    """
    command = f"{REFIT_COMMAND} --model {folder.name}"
    path = folder / VALIDATION_FILE
    if not path.is_file():
        return StoredScores(None, (), command, closed_form=spec is None)
    way_out = f"Compute it anew: {command}"
    scores = read_record(LeftOutScores, path, way_out)
    lacking = _lacking(scores)
    if lacking:
        raise ResourceError(
            f"{path} is damaged and cannot be used: it lacks {lacking}. {way_out}", str(path)
        )
    stale = []
    if spec is None or scores.spec_sha256 != spec_sha256(spec):
        stale.append("the model's declaration has changed since")
    if data_sha256 is not None and scores.data_sha256 != data_sha256:
        stale.append("the rows it is fitted on have changed since")
    return StoredScores(scores, tuple(stale), command)


def _score_fold(table: ObservationTable, spec: ModelSpec, fit: FoldFit, seed: int) -> RowScores:
    """Score the left-out rows, each data set as new."""
    draws = {name: np.repeat(v, EFFECTS_PER_DRAW, axis=0) for name, v in fit.draws.items()}
    parts = []
    for _, rows in _datasets(table, fit.rows):
        part = select_rows(table, _mask(rows, len(table)))
        rng = np.random.default_rng([seed, 0, int(rows[0])])
        described = new_dataset(draws, fit.labels, spec, part, rng)
        forecast = RowForecast(draw_curves(described, rng), described.row_sd)
        parts.append((rows, score_rows(forecast, part.log10_error, part.log10_chance, rng)))
    merged = merge_scores(parts, len(table))
    return RowScores(**{name: values[fit.rows] for name, values in vars(merged).items()})


def _datasets(
    table: ObservationTable, rows: NDArray[np.int64]
) -> list[tuple[str, NDArray[np.int64]]]:
    names, index = group_labels(table, ("dataset",))
    present = dict.fromkeys(int(i) for i in index[rows])
    return [(names[i], rows[index[rows] == i]) for i in present]


def _mask(rows: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    mask = np.zeros(n, dtype=bool)
    mask[rows] = True
    return mask


def _by_slice(
    scores: Mapping[str, RowScores], table: ObservationTable
) -> dict[str, dict[str, ScoreSummary]]:
    kinds = slices(table, scores[POWER_LAW])
    found = {kind: _by_model(scores, table, keep) for kind, keep in kinds.items()}
    for kind, models in found.items():
        if kind != POWER_LAW_ROWS:  # elsewhere it would stand beside other rows
            models.pop(POWER_LAW, None)
    return {kind: models for kind, models in found.items() if models}


def _by_dataset(
    scores: Mapping[str, RowScores], table: ObservationTable
) -> dict[str, dict[str, ScoreSummary]]:
    names, index = group_labels(table, ("dataset",))
    return {name: _by_model(scores, table, index == i) for i, name in enumerate(names)}


def _by_model(
    scores: Mapping[str, RowScores], table: ObservationTable, keep: NDArray[np.bool_]
) -> dict[str, ScoreSummary]:
    found = {
        model: summarise_scores(rows, table.log10_error, table.dataset, keep)
        for model, rows in scores.items()
    }
    return {model: summary for model, summary in found.items() if summary is not None}


def _versions() -> dict[str, str]:
    found = {}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return found


def _lacking(scores: LeftOutScores) -> str:
    """Return what stored scores lack of what is shown of them; empty if nothing."""
    if ALL_ROWS not in scores.slices:
        return f"the scores of {ALL_ROWS}"
    for kind, models in (*scores.slices.items(), *scores.datasets.items()):
        if scores.model not in models:
            return f"{scores.model} in {kind}"
        for name, summary in models.items():
            shares = (summary.coverage, summary.coverage_by_set)
            if any(level not in share for share in shares for level in _LEVELS):
                return f"the coverage of {name} in {kind}"
    for name in ("max_rhat", "divergences"):
        if not isinstance(scores.sampler.get(name, 0), int | float):
            return f"a number for the sampler's {name}"
    return ""


_LEVELS = ("50%", "80%", "90%", "95%")


def comparison_rows(first: StoredScores, second: StoredScores) -> tuple[ComparisonRow, ...]:
    """Return the left-out scores of two models; of a published one, those of its plug-in form."""
    scores = first.usable or second.usable
    if scores is None:
        return ()
    summaries = [_summary(stored, scores) for stored in (first, second)]
    values: dict[str, Callable[[ScoreSummary], float]] = {
        "left-out data sets: log density by set": lambda s: s.log_density_by_set,
        "left-out data sets: CRPS by set": lambda s: s.crps_by_set,
        "left-out rows inside the 80 % interval": lambda s: s.coverage["80%"],
        "left-out rows inside the 95 % interval": lambda s: s.coverage["95%"],
    }
    return tuple(
        ComparisonRow(
            what,
            *(None if s is None else Spread(value(s), None, None) for s in summaries),
        )
        for what, value in values.items()
    )


def _summary(stored: StoredScores, other: LeftOutScores) -> ScoreSummary | None:
    """Return the scores over all rows: a model's own, or the plug-in's where it has none."""
    if stored.usable is not None:
        return stored.usable.slices[ALL_ROWS][stored.usable.model]
    return other.slices[ALL_ROWS].get(PLUGIN) if stored.closed_form else None
