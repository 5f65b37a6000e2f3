"""How much of its peak does an accelerator achieve on a network, and how fast can it be fed?"""

from collections.abc import Sequence
from statistics import median

from planner.domain.catalogue import Accelerator, Catalogue, Throughput, chip_key
from planner.domain.model.architecture import Architecture

__all__ = ["DEFAULT_UTILISATION", "LOADER_CEILING_IMAGES_PER_S", "table_utilisation"]

LOADER_CEILING_IMAGES_PER_S = 1180.5
"""Most images/s one GPU is fed by an ordinary data loader.

The fastest network of the only end-to-end run with an ordinary loader: ResNet-18, 4×A100, 224 px,
ultralytics/yolov5 release 6.2 (2022-08). Smaller networks ran no faster there: they wait for
images. Tuned loaders reach twice as much (ResNet-50 2,470, NVIDIA DeepLearningExamples).
"""

DEFAULT_UTILISATION = 0.30
"""Achieved over peak FLOP/s where nothing was measured; Sevilla et al. (2022) give .3 to .4."""


def table_utilisation(
    architecture: Architecture, accelerator: Accelerator, catalogue: Catalogue
) -> tuple[float, str]:
    """Return the utilisation to expect and where it comes from.

    In order: runs of the architecture on this chip, on other chips, runs of its family, the
    default. Only mixed-precision runs of a single card count: several cards on one host measure
    the loader they share (see :data:`LOADER_CEILING_IMAGES_PER_S`). A run on another chip is
    scaled by what other networks achieve on both, for a faster chip waits more for its memory.
    """
    runs = [run for run in catalogue.throughput if run.precision == "amp" and run.n_devices == 1]
    own = [run for run in runs if architecture.name in run.architectures]
    here = [run for run in own if chip_key(run.accelerator) == accelerator.chip]
    family = {item.name for item in catalogue.architectures if item.family == architecture.family}
    kin = [run for run in runs if family.intersection(run.architectures)]
    for found, words in (
        (here or _without_pipeline(own), "measured"),
        (_without_pipeline(kin), f"median of the {architecture.family} family"),
    ):
        if found:
            values = [run.utilisation * _transfer(run, accelerator, runs) for run in found]
            return median(values), f"{words}, {_where(found)}"
    return DEFAULT_UTILISATION, "default of Sevilla et al. 2022, nothing like it was measured"


def _without_pipeline(runs: Sequence[Throughput]) -> Sequence[Throughput]:
    """Return the runs on synthetic data, which are of one card and comparable, or else all."""
    return [run for run in runs if not run.includes_input_pipeline] or runs


def _transfer(run: Throughput, accelerator: Accelerator, runs: Sequence[Throughput]) -> float:
    """Return the median ratio of utilisation here to there, over networks measured on both."""
    there = [other for other in runs if other.accelerator == run.accelerator]
    here = [other for other in runs if chip_key(other.accelerator) == accelerator.chip]
    ratios = [
        ours.utilisation / theirs.utilisation
        for ours in here
        for theirs in there
        if set(ours.architectures).intersection(theirs.architectures)
    ]
    return median(ratios) if ratios else 1.0


def _where(runs: Sequence[Throughput]) -> str:
    """Name the accelerators, sources and dates of measured runs."""
    chips = ", ".join(sorted({run.accelerator for run in runs}))
    sources = ", ".join(sorted({f"{run.source.split(' ')[0]} {run.source_date}" for run in runs}))
    return f"{chips}, {sources}"
