"""What should be known before relying on a forecast?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.domain.model.posterior import EvidencePart, EvidenceRange, Posterior
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Metric
from planner.domain.words.judged import AS_MET, assumed
from planner.domain.words.warnings import forecasts as words

ORDER_OF_MAGNITUDE_RATIO = 100.0
"""P90 over P10 of data needed above which only the order of magnitude is known."""

FEW_DATASETS = 5
"""Fewer data sets than this hardly tell how data sets differ."""


def forecast_warnings(
    project: Project, posterior: Posterior, data_needed: NDArray[np.float64]
) -> tuple[Warning_, ...]:
    """Return the warnings of one project's forecast, most serious first."""
    return tuple(
        Warning_(code, project.id, f"projects[{project.id}].{field}", message)
        for code, field, message in _findings(project, posterior, data_needed)
    )


def as_met_warnings(project: Project) -> tuple[Warning_, ...]:
    """Return that an answer takes classes as they are met, where a plan might balance them."""
    if not any(project.rebalance):
        return ()
    field = f"projects[{project.id}].rebalance"
    return (Warning_("BALANCE_LEFT_OUT", project.id, field, AS_MET),)


def most_evidence(project: Project, posterior: Posterior) -> float:
    """Return the most images that the rows of the project's task and backbone have."""
    return float(_evidence(project, posterior)[0].images[1])


def _findings(
    project: Project, posterior: Posterior, data_needed: NDArray[np.float64]
) -> Iterator[tuple[str, str, str]]:
    """Yield (code, field, message)."""
    evidence, part = _evidence(project, posterior)
    target = project.error_target
    if project.guess_meets_target:
        text = words.target_trivial(project.majority_guess_error, target, project.metric)
        yield "TARGET_TRIVIAL", "target_error", text
    elif _median(data_needed) > evidence.images[1]:
        text = words.beyond_evidence(target, part, evidence.images[1])
        yield "BEYOND_EVIDENCE", "target_error", text
    if project.images.limit > evidence.images[1] or 0 < project.images.held < evidence.images[0]:
        yield "EXTRAPOLATED", "images", words.extrapolated(part, evidence.images)
    if project.metric is not Metric.ACCURACY and project.class_counts is not None:
        yield "CLASS_ERRORS_ASSUMED", "metric", assumed(project.metric)
    complexity = project.relative_complexity
    low, high = evidence.relative_complexity
    if not low <= complexity <= high:
        text = words.complexity_outside(complexity, (low, high), part)
        yield "EXTRAPOLATED_COMPLEXITY", "classes", text
    if complexity > 1:
        yield "RC_ABOVE_ONE", "classes", words.complexity_above_one(complexity)
    if isinstance(evidence, EvidencePart) and evidence.n_datasets < FEW_DATASETS:
        yield "FEW_DATASETS", "task", words.few_datasets(part, evidence.n_datasets)
    if isinstance(evidence, EvidenceRange) and evidence.parts:
        yield "NO_EVIDENCE", "task", words.no_evidence(_part(project))
    if not project.pretrained and posterior.family == "saturating":
        yield "RANGE_TOO_NARROW", "pretrained", words.RANGE_TOO_NARROW
    if not project.pretrained and posterior.spec is None:
        share = float(np.mean(posterior.draws["log10_images"] >= 0))
        yield "SCRATCH_WEAK_EVIDENCE", "pretrained", words.scratch_weak(share)


def _evidence(project: Project, posterior: Posterior) -> tuple[EvidenceRange | EvidencePart, str]:
    """Return what the rows of the project's task and backbone span, and whose span it is."""
    name = _part(project)
    part = posterior.evidence.parts.get(name)
    return (posterior.evidence, "") if part is None else (part, name)


def _part(project: Project) -> str:
    return f"{project.task}, {project.backbone}"


def _median(draws: NDArray[np.float64]) -> float:
    return float(np.quantile(draws, 0.5, method="inverted_cdf"))
