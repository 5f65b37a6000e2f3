"""How do thousands of measured runs become as few as an update needs?

Repeats of one training say of its curve what their mean says. A run's log10 error y varies about
the curve by what belongs to its number of images (the discrepancy, which all repeats share, and the
discount of far runs), and by what is its own: repeat noise and the choice of test images, of
variance v. Of n repeats the likelihood is, exactly,

    N(mean y | curve, discrepancy + discount + v / n)
        times exp(-spread / 2 v) v^(-(n - 1) / 2), with spread = sum of (y - mean y)^2,

so that mean, number and spread are all there is to know. Own noise averages out; the discrepancy
does not.

Where even different sizes are many, those within a thirty-second of a decade count as repeats at
their mean size, after taking out the straight line that the errors follow there. What that leaves
out: over such a width a curve bends by less than 1e-5 in log10 error, and a discrepancy strays from
its mean by .007 of its size, which the nodes of a path, four times as far apart, do not resolve
either. Where bins are still too many they are made twice as wide, and twice again.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.forecasting.pilots.runs import PilotRun

type _Key = tuple[object, float, float]

MOST_ALONE = 64
"""Runs up to which each stands for itself."""

MOST_GROUPS = 64
"""Groups above which sizes are pooled more coarsely: an update's time grows with them."""

WIDTHS = (0.0, 1 / 32, 1 / 16, 1 / 8, 1 / 4)
"""Decades of images within which runs count as repeats; 0 for the same size alone."""


def pool_runs(runs: Sequence[PilotRun]) -> tuple[PilotRun, ...]:
    """Return the runs as they are if they are few, otherwise one for each group of repeats.

    Parameters
    ----------
    runs : sequence of PilotRun
        In canonical order, each standing for itself.

    Returns
    -------
    tuple of PilotRun
        By option and rising images.
    """
    if len(runs) <= MOST_ALONE:
        return tuple(runs)
    groups: dict[_Key, list[PilotRun]] = {}
    for width in WIDTHS:
        groups = _groups(runs, width)
        if len(groups) <= MOST_GROUPS:
            break
    pooled = [group[0] if len(group) == 1 else _mean_run(group) for group in groups.values()]
    options = {run.option: at for at, run in reversed(list(enumerate(runs)))}
    return tuple(sorted(pooled, key=lambda run: (options[run.option], run.log10_images)))


def _groups(runs: Sequence[PilotRun], width: float) -> dict[_Key, list[PilotRun]]:
    """Return runs of one option, about one size, and test sets alike within a factor of two."""
    found: dict[_Key, list[PilotRun]] = {}
    for run in runs:
        size = math.floor(run.log10_images / width) if width else run.log10_images
        tested = round(math.log2(run.test_images)) if run.test_images else -1
        found.setdefault((run.option, size, tested), []).append(run)
    return found


def _mean_run(group: Sequence[PilotRun]) -> PilotRun:
    """Return the run that repeats amount to."""
    sizes = np.array([run.log10_images for run in group])
    errors = np.array([run.log10_error for run in group])
    centre, mean = float(sizes.mean()), float(errors.mean())
    away, rest = sizes - centre, errors - mean
    lever = float(away @ away)
    is_line = bool(np.ptp(sizes) > 0.0)
    slope = float(away @ rest) / lever if is_line else 0.0
    rest = rest - slope * away
    return replace(
        group[0],
        log10_images=centre if is_line else float(sizes[0]),
        log10_error=mean,
        variance=float(np.mean([run.variance for run in group])),
        lasting=float(np.mean([run.lasting for run in group])),
        repeats=len(group),
        spread=float(rest @ rest),
        freedom=len(group) - 1 - is_line,
    )
