"""What should be known before relying on a forecast?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.domain.format import count, figure, percent, percent_as_set, rate
from planner.domain.model.posterior import EvidencePart, EvidenceRange, Posterior
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Warning_

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


def _findings(
    project: Project, posterior: Posterior, data_needed: NDArray[np.float64]
) -> Iterator[tuple[str, str, str]]:
    """Yield (code, field, message)."""
    evidence, whose = _evidence(project, posterior)
    if project.target_is_trivial:
        text = (
            "Always answering the most frequent class already has an error of "
            f"{rate(project.majority_guess_error)}, no worse than the target error of "
            f"{percent_as_set(project.error_target)}: no images are needed. Use a target per "
            "class, or balanced accuracy."
        )
        yield "TARGET_TRIVIAL", "target_error", text
    elif _median(data_needed) > evidence.images[1]:
        text = (
            f"The median need for an error of {percent_as_set(project.error_target)} lies beyond "
            f"the fitted rows{whose}, which end at {count(evidence.images[1])} images. Treat the "
            f"target as not shown reachable: relax it, or measure a pilot."
        )
        yield "BEYOND_EVIDENCE", "target_error", text
    if project.images.limit > evidence.images[1] or 0 < project.images.held < evidence.images[0]:
        text = (
            f"The fitted rows{whose} span {count(evidence.images[0])} to "
            f"{count(evidence.images[1])} images; outside, the forecast is an extrapolation and "
            f"its range too narrow."
        )
        yield "EXTRAPOLATED", "images", text
    complexity = project.relative_complexity
    low, high = evidence.relative_complexity
    if not low <= complexity <= high:
        text = (
            f"Relative complexity {figure(complexity)} lies outside the fitted {figure(low)} to "
            f"{figure(high)}"
            f"{whose}."
        )
        yield "EXTRAPOLATED_COMPLEXITY", "classes", text
    if complexity > 1:
        text = f"Relative complexity {figure(complexity)} exceeds that of the baseline task."
        yield "RC_ABOVE_ONE", "classes", text
    if isinstance(evidence, EvidencePart) and evidence.n_datasets < FEW_DATASETS:
        text = (
            f"The fitted rows{whose} come from {evidence.n_datasets} data sets only: how such data "
            f"sets differ is known roughly, and the range with it."
        )
        yield "FEW_DATASETS", "task", text
    if isinstance(evidence, EvidenceRange) and evidence.parts:
        text = (
            f"No fitted row is {_part(project)}; the forecast adds up what was learnt from other "
            f"tasks and backbones. Measure a pilot before relying on it."
        )
        yield "NO_EVIDENCE", "task", text
    if not project.pretrained and posterior.family == "saturating":
        text = (
            "Outside deep fine-tuning the ranges are too narrow: on independent curves of networks "
            "trained from raw pixels and of classical learners they covered less than they claim. "
            "Measure a pilot, or start from pretrained weights."
        )
        yield "RANGE_TOO_NARROW", "pretrained", text
    if not project.pretrained and posterior.spec is None:
        share = np.mean(posterior.draws["log10_images"] >= 0)
        text = (
            f"Training from scratch is weakly identified: in {percent(share)} of draws more "
            "images do not help at all; those count as never."
        )
        yield "SCRATCH_WEAK_EVIDENCE", "pretrained", text


def _evidence(project: Project, posterior: Posterior) -> tuple[EvidenceRange | EvidencePart, str]:
    """Return what the rows of the project's task and backbone span, and whose span it is."""
    part = posterior.evidence.parts.get(_part(project))
    return (posterior.evidence, "") if part is None else (part, f" ({_part(project)})")


def _part(project: Project) -> str:
    return f"{project.task}, {project.backbone}"


def _median(draws: NDArray[np.float64]) -> float:
    return float(np.quantile(draws, 0.5, method="inverted_cdf"))
