"""What is a pilot worth, and on which pilots does a model rest?

Updates with pilots and refits with them both read this, so that a run counts the same in either. A
refit records the runs it was fitted with, by project.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict

from planner.domain.portfolio.project import Pilot, Project

PILOTS_OF = "pilots of "
"""What an entry of a model's provenance begins with that records the runs of a project."""

FAR_DECADES = 1.5
"""Runs with fewer images than the largest run by more than this many decades count for less."""

FAR_SD_PER_DECADE = 0.1
"""Extra standard deviation of log10 error for each decade beyond :data:`FAR_DECADES`."""


def resolved_architecture(pilot: Pilot, project: Project) -> str | None:
    """Return the network of a run: where it names none, the project's if that has a single one."""
    if pilot.architecture is None and len(project.architectures) == 1:
        return project.architectures[0]
    return pilot.architecture


def far_variance(images: float, largest: float) -> float:
    """Return the extra variance of a run far below the largest one.

    A power law holds over a decade or two; what a distant start says of the end is worth less.

    Examples
    --------
    >>> far_variance(1_000, 10_000)
    0.0
    >>> round(far_variance(100, 316_228), 3)
    0.04
    """
    beyond = math.log10(largest / images) - FAR_DECADES
    return (FAR_SD_PER_DECADE * max(0.0, beyond)) ** 2


def pilots_digest(project: Project) -> str:
    """Return a checksum of all that an update with a project's pilots rests on.

    The order of the pilots does not matter, and neither does anything else of the project than its
    task and what its runs take from it.
    """
    runs = sorted(
        json.dumps({**asdict(pilot), "architecture": resolved_architecture(pilot, project)})
        for pilot in project.pilots
    )
    task = [
        project.task,
        project.relative_complexity,
        project.start_error,
        project.pretrained,
        project.backbone,
    ]
    return hashlib.sha256(json.dumps([task, runs]).encode()).hexdigest()


def recorded_pilots(provenance: Mapping[str, str], project: Project) -> str | None:
    """Return the checksum of the project's runs that a model was fitted with; None without any."""
    return provenance.get(f"{PILOTS_OF}{project.id}")
