"""What is said of features: a probe's errors, and the distance of two sets."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from planner.domain.format import count, figure, rate, shorten

if TYPE_CHECKING:
    from planner.questions.distance import Distance
    from planner.reference.feature_file import FeatureFile
    from planner.regression.probe import ProbeRun


def distance_lines(found: "Distance", *, explained: bool) -> Iterator[str]:
    """Yield the distance, between what, and, if it is to be explained, what 0 would mean."""
    yield f"{found.column}: {figure(found.distance, 4)}"
    for one in (found.first, found.second):
        yield f"  {one.file}: {count(one.rows)} images, {count(found.dimensions)} features"
    if explained:
        yield "0: the average embeddings hold the same numbers. There is no upper end."


def probe_lines(features: "FeatureFile", runs: "Sequence[ProbeRun]") -> Iterator[str]:
    """Yield what was probed, and the error measured with each share of the rows."""
    rows, columns = features.features.shape
    yield (
        f"{shorten(features.name, 30)}: {count(rows)} images, {count(columns)} features, "
        f"{count(len(features.classes))} classes"
    )
    for run in runs:
        yield (
            f"  learnt from {count(run.images)}: error {rate(run.error)} "
            f"({count(run.errors)} of {count(run.test_images)} wrong)"
        )
    yield "Each image is tested once, by a probe that learnt without it."
