"""Long measured curves on which ways of collecting data are developed."""

from functools import cache

from planner.reference.table_rows import read_table
from planner.validation.collection_truth import Truth, truth_of
from planner.validation.curve_file import Curve


@cache
def development_truths() -> tuple[Truth, ...]:
    """Return the eight nine-point ImageNet ResNet-50 curves among the shipped results."""
    points: dict[str, list[tuple[int, float]]] = {}
    for row in read_table("transfer_observations.csv", ("study", "n_train", "error")):
        key = (row["study"], row["dataset"], row["architecture"])
        if key == ("cg-transfer", "imagenet-1k", "ResNet-50"):
            point = round(float(row["n_train"])), float(row["error"])
            points.setdefault(row["pretraining"], []).append(point)
    curves = []
    for name, found in points.items():
        if len(found) == 9:
            images, errors = zip(*sorted(found), strict=True)
            # rendered images are no pretraining in the fitted rows' sense
            curves.append(Curve(name, images, errors, 1000, "ResNet-50", pretrained=False))
    return tuple(truth for truth in map(truth_of, curves) if truth is not None)
