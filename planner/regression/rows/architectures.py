"""What is known of the architectures in a table of results: spelling, ImageNet top-1, parameters.

Top-1 must share a training recipe to be comparable: newer recipes lift it by four to five points
without lifting transfer as much.
"""

import math
from collections.abc import Mapping
from functools import cache

from planner.domain.model.architecture import match_key
from planner.reference.table_rows import read_table

KERAS = "Keras Applications documentation, the weights stable-transfer starts from"
TORCHVISION = "torchvision weights metadata, first recipe; within .7 points of Keras where both are"

FITTED_ARCHITECTURES: Mapping[str, tuple[float, float, str]] = {
    # name: (ImageNet top-1 in per cent, millions of parameters, source); nan: no sourced value.
    "ResNet-50": (74.9, 25.6, KERAS),
    "ResNet-101": (76.4, 44.7, KERAS),
    "ResNet-50-v2": (76.0, 25.6, KERAS),
    "ResNet-101-v2": (77.2, 44.7, KERAS),
    "ResNet-152-v2": (78.0, 60.4, KERAS),
    "VGG-16": (71.3, 138.4, KERAS),
    "VGG-19": (71.3, 143.7, KERAS),
    "DenseNet-121": (75.0, 8.1, KERAS),
    "DenseNet-169": (76.2, 14.3, KERAS),
    "DenseNet-201": (77.3, 20.2, KERAS),
    "Xception": (79.0, 22.9, KERAS),
    "MobileNet-v1": (70.4, 4.3, KERAS),
    "MobileNet-v2": (71.3, 3.5, KERAS),
    "MobileNetV3-L": (75.6, 5.4, KERAS),
    "NASNet-Mobile": (74.4, 5.3, KERAS),
    "EfficientNet-B0": (77.1, 5.3, KERAS),
    "EfficientNet-B1": (79.1, 7.9, KERAS),
    "EfficientNet-B2": (80.1, 9.2, KERAS),
    "EfficientNet-B3": (81.6, 12.3, KERAS),
    "ResNet-18": (69.758, 11.689512, TORCHVISION),
    "ResNet-34": (73.314, 21.797672, TORCHVISION),
    # Its only sourced top-1 belongs to the newer recipe: parameters only.
    "ResNet-152": (math.nan, 60.192808, TORCHVISION),
}
"""Covariates of the fitted architectures; segmentation networks have none that is sourced."""

_IMAGENET = 1_281_167.0
_PRETRAINING: Mapping[str, tuple[float, bool]] = {
    # start of the name: (images, whether without class labels)
    "sup-": (_IMAGENET, False),
    "semi-": (_IMAGENET, False),
    "imagenet-1k": (_IMAGENET, False),
    "rotation": (_IMAGENET, True),
    "exemplar": (_IMAGENET, True),
    "jigsaw": (_IMAGENET, True),
    "rel": (_IMAGENET, True),
    "moco": (_IMAGENET, True),
    "simclr-v2": (_IMAGENET, True),
    "simclr-own-images": (math.nan, True),
    "simclr": (_IMAGENET, True),
    "deepcluster": (_IMAGENET, True),
    "npid": (_IMAGENET, True),
    "odc": (_IMAGENET, True),
    "clip-openai": (400e6, True),
    "dinov2-lvd-142m": (142e6, True),
    "phikon-v2-histology": (math.nan, True),
    "simsiam-stl-10": (1e5, True),
    "mini-imagenet": (38_400.0, False),
}
"""Size of the pretraining sets of the shipped rows; CLIP learnt from texts, not from classes."""

_NEWER_RECIPES = ("torchvision V2 weights",)


def canonical_architecture(name: str) -> str:
    """Return an architecture as the catalogue spells it; an unknown name stays as it is.

    Examples
    --------
    >>> canonical_architecture("efficientnet b0"), canonical_architecture("My Net")
    ('EfficientNet-B0', 'My Net')
    """
    return _spellings().get(match_key(name), name.strip())


def known_covariates(name: str) -> tuple[float, float]:
    """Return ImageNet top-1 in per cent and the number of parameters; nan where not sourced.

    An architecture outside :data:`FITTED_ARCHITECTURES` is looked up in ``data/architectures.csv``.
    There a top-1 counts only for weights trained on ImageNet-1000 alone and not by a newer recipe.
    """
    if name in FITTED_ARCHITECTURES:
        top1, millions, _ = FITTED_ARCHITECTURES[name]
        return top1, millions * 1e6
    return _catalogue().get(name, (math.nan, math.nan))


def known_pretraining(name: str) -> tuple[float, bool]:
    """Return the images of a pretraining set, nan if unknown, and whether it had no labels.

    Examples
    --------
    >>> known_pretraining("moco-v2-imagenet-1k"), known_pretraining("sup-exemplar-100%")
    ((1281167.0, True), (1281167.0, False))
    """
    for start, known in _PRETRAINING.items():
        if name.startswith(start):
            return known
    return math.nan, False


@cache
def _catalogue() -> Mapping[str, tuple[float, float]]:
    found = {}
    for row in _rows():
        plain = row["pretraining"] == "imagenet-1k" and row["weights_recipe"] not in _NEWER_RECIPES
        top1 = float(row["imagenet_top1"]) * 100 if plain and row["imagenet_top1"] else math.nan
        found[row["name"]] = (top1, float(row["params"]) if row["params"] else math.nan)
    return found


@cache
def _spellings() -> Mapping[str, str]:
    spellings = {}
    for row in _rows():
        for alias in filter(None, row["aliases"].split("; ")):
            spellings[match_key(alias)] = row["name"]
    for name in (*(row["name"] for row in _rows()), *FITTED_ARCHITECTURES):
        spellings[match_key(name)] = name
    return spellings


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    columns = ("name", "aliases", "params", "imagenet_top1", "pretraining", "weights_recipe")
    return tuple(read_table("architectures.csv", columns))
