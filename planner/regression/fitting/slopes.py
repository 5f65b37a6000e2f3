"""How steeply does a fitted model let the error fall, for a project it has not seen?"""

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.laws import SlopeReading
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import ModelSpec
from planner.domain.vocabulary import Backbone, Task
from planner.regression.checking.new_dataset import draw_curves, new_dataset
from planner.regression.rows.observations import Observation, build_table
from planner.regression.rows.shipped import chance_error, uniform_complexity

AT_IMAGES = 10_000.0
"""Where the local slope is taken: inside the range of nearly every study."""

_CLASSES = 32
_STEP = 1.01
_SEED = 0
_KINDS = (
    ("pretrained", True, Backbone.FINETUNED),
    ("from scratch", False, Backbone.FINETUNED),
    ("frozen backbone", True, Backbone.FROZEN),
)


def local_slopes(posterior: Posterior) -> tuple[SlopeReading, ...]:
    """Return the local slopes of new projects; nothing for the published model, shown anyway.

    Returns
    -------
    tuple of SlopeReading
        Median, and the central 80 %, for fine-tuned, from scratch and frozen.
    """
    if posterior.spec is None:
        return ()
    source = f"model {posterior.name}, {posterior.n_draws:,} draws, sha256 {posterior.sha256[:12]}"
    return tuple(
        _reading(f"{posterior.name}, {name}", draws, source)
        for name, draws in slope_draws(posterior).items()
    )


def slope_draws(posterior: Posterior) -> dict[str, Floats]:
    """Return draws of the local slope of new classification projects, by how they are trained.

    d log10 error / d log10 images at 10,000 images and 32 equally frequent classes, of the curve
    without noise, over joint draws and new-project effects.
    """
    spec, draws = posterior.spec, posterior.draws
    if spec is None:
        scratch = draws["log10_images"]
        return {
            "pretrained": scratch + draws["pretrained_log10_images"],
            "from scratch": scratch,
        }
    columns = {column for term in spec.terms for column in term.columns}
    columns |= {label for group in spec.groups for label in (*group.by, *group.times)}
    kinds = _KINDS if "frozen" in columns else _KINDS[:2]
    return {name: _draws(posterior, spec, flag, backbone) for name, flag, backbone in kinds}


def _reading(name: str, slopes: Floats, source: str) -> SlopeReading:
    steep, median, flat = (float(q) for q in np.quantile(slopes, [0.1, 0.5, 0.9]))
    return SlopeReading(name, "model", median, steep, flat, "80 %", source)


def _draws(posterior: Posterior, spec: ModelSpec, pretrained: bool, backbone: Backbone) -> Floats:
    rows = build_table(
        Observation(
            dataset="new project",
            task=Task.CLASSIFICATION,
            architecture="",
            n_images=images,
            error=0.5,
            relative_complexity=uniform_complexity(_CLASSES),
            pretrained=pretrained,
            backbone=backbone,
            study="",
            pretraining="",
            chance_error=chance_error(Task.CLASSIFICATION, _CLASSES),
        )
        for images in (AT_IMAGES, AT_IMAGES * _STEP)
    )
    rng = np.random.default_rng(_SEED)
    described = new_dataset(posterior.draws, posterior.labels, spec, rows, rng)
    curve = draw_curves(described, rng)
    return np.asarray((curve[:, 1] - curve[:, 0]) / np.log10(_STEP))
