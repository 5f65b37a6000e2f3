"""How fast does a machine run a trained system, and what does its hour cost?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.domain.catalogue import Catalogue
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from planner.domain.vocabulary import Basis
from planner.economics.training import PASSES, price_training
from planner.errors import bad_value

__all__ = ["ServingRate", "price_serving"]


@dataclass(frozen=True)
class ServingRate:
    """What running one architecture takes.

    Attributes
    ----------
    architecture : str
        Catalogue name.
    seconds_per_image : float
        Of one machine.
    per_hour : float
        Price of an hour of it.
    """

    architecture: str
    seconds_per_image: float
    per_hour: float


def price_serving(
    project: Project, architectures: Sequence[Architecture], compute: Compute, catalogue: Catalogue
) -> tuple[ServingRate, ...]:
    """Return what running each architecture takes on the machine that a project asks for.

    Without a stated speed the forward pass takes a third of the time of training on an image, which
    is an assumption: tables of speeds are of training.

    Raises
    ------
    InputError
        No source gives the machine's price or peak, or an architecture's operations.
    """
    inference = project.inference
    if inference is None:
        return ()
    machine = _machine(compute, inference.accelerator)
    if inference.images_per_s is not None:
        seconds, hourly = 1.0 / inference.images_per_s, _hourly(project, machine, catalogue)
        return tuple(ServingRate(item.name, seconds, hourly) for item in architectures)
    return tuple(
        ServingRate(
            rate.architecture,
            (rate.gpu_seconds_per_image_epoch or 0.0) / PASSES,
            3_600 * rate.usd_per_image_epoch / (rate.gpu_seconds_per_image_epoch or 1.0),
        )
        for rate in price_training(architectures, machine, catalogue)
    )


def _machine(compute: Compute, accelerator: str | None) -> Compute:
    """Return the settings of the machine that runs it: those of training, or another's."""
    measured = replace(compute, basis=Basis.MEASURED)
    if accelerator is None or accelerator == compute.accelerator:
        return measured
    return replace(measured, accelerator=accelerator, usd_per_hour=None, utilisation=None)


def _hourly(project: Project, machine: Compute, catalogue: Catalogue) -> float:
    if machine.usd_per_hour is not None:
        return amount_mean(machine.usd_per_hour)
    price = catalogue.hourly_price(catalogue.accelerator(machine.accelerator).name)
    if price is None:
        message = f"no on-demand price of {machine.accelerator} is in the tables."
        field = f"projects[{project.id}].inference.accelerator"
        raise bad_value(field, message, "price_per_1000: 0.40", "NO_PRICE")
    return price.median
