"""What does training a project cost that states its accelerator-hours? Else what is computed."""

from collections.abc import Sequence
from dataclasses import replace

from planner.domain.catalogue import Catalogue
from planner.domain.format import figure
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.compute import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range, amount_mean
from planner.domain.vocabulary import Basis
from planner.economics.training import TrainingRate, hourly_price, price_training
from planner.errors import bad_value

__all__ = ["project_rates"]

SECONDS_PER_HOUR = 3_600


def project_rates(
    project: Project, architectures: Sequence[Architecture], compute: Compute, catalogue: Catalogue
) -> tuple[TrainingRate, ...]:
    """Return the training rate of each architecture, in the order given.

    Stated hours are those of one training on as many images as can be owned, whatever the network;
    on fewer images it takes less in proportion. They hold all epochs; trials, folds and tests
    multiply them as ever; a
    range counts at its mean.

    Raises
    ------
    InputError
        As for :func:`planner.economics.training.price_training`; or hours are stated on the basis
        ``paper``, which knows none.
    """
    if project.accelerator_hours is None:
        return price_training(architectures, compute, catalogue)
    if compute.basis is Basis.PAPER:
        message = "the basis paper knows no hardware, so hours on it have no price."
        field = f"projects[{project.id}].accelerator_hours"
        raise bad_value(field, message, "basis: measured", "CONFLICT")
    price, words = hourly_price(compute, catalogue)
    stated, hours = project.accelerator_hours, amount_mean(project.accelerator_hours)
    each = hours / project.images.limit / compute.epochs
    how = (
        f"{_told(stated)} accelerator-hours for a training on {project.images.limit:,} images, "
        f"as stated, at {words}."
    )
    rate = TrainingRate("", each * price, each * SECONDS_PER_HOUR, how)
    return tuple(replace(rate, architecture=item.name) for item in architectures)


def _told(hours: Amount) -> str:
    """Return hours as they were stated; of a range the mean, which counts, as well."""
    if isinstance(hours, Range):
        return f"{hours} (mean {figure(hours.lognormal_mean, 6)})"
    return figure(hours, 6)
