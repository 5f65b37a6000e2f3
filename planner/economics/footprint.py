"""What training a plan uses and emits, wherever its machines stand: for the end of a report."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Basis
from planner.economics.emissions import Emission, emission
from planner.economics.hardware import gpu_hours
from planner.economics.stated_hours import project_rates

__all__ = ["TrainingFootprint", "training_footprint"]


@dataclass(frozen=True)
class TrainingFootprint:
    """Accelerator-hours of all trainings, and what an hour uses and emits."""

    hours: float
    hourly: Emission

    @property
    def kwh(self) -> float:
        """Electricity."""
        return self.hours * self.hourly.kwh

    @property
    def kg(self) -> float:
        """CO2 equivalent."""
        return self.hours * self.hourly.kg


def training_footprint(
    portfolio: Portfolio, catalogue: Catalogue, trained: Iterable[tuple[Project, str, int]]
) -> TrainingFootprint | None:
    """Return the footprint of training networks on numbers of images.

    None on the basis ``paper``, which knows no hardware, and where no source gives the power.
    """
    compute = portfolio.compute
    if compute.basis is Basis.PAPER:
        return None
    hourly = emission(catalogue, compute.accelerator, portfolio.carbon)
    if hourly is None:
        return None
    hours = []
    for project, name, images in trained:
        (rate,) = project_rates(project, [catalogue.architecture(name)], compute, catalogue)
        hours.append(gpu_hours(rate, images, compute) or 0.0)
    return TrainingFootprint(math.fsum(hours), hourly)
