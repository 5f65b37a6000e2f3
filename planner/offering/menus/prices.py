"""What training and running the networks of a project costs."""

from collections.abc import Sequence
from dataclasses import replace

from planner.domain.catalogue import Catalogue
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.portfolio import Committed, Compute
from planner.domain.portfolio.project import Project
from planner.economics.life.serving import ServingRate
from planner.economics.stated_hours import project_rates
from planner.economics.training import TrainingRate, price_training
from planner.offering.life import serving_of
from planner.offering.rules import same_name
from planner.reference.tables import candidates

__all__ = ["PriceList"]


class PriceList:
    """Training rates, computed once for projects that choose from the same architectures."""

    def __init__(self, compute: Compute, catalogue: Catalogue) -> None:
        self._compute = compute
        self._catalogue = catalogue
        self._known: dict[tuple[str, ...], tuple[TrainingRate, ...]] = {}

    @property
    def architectures(self) -> tuple[Architecture, ...]:
        """The catalogue's."""
        return self._catalogue.architectures

    def rates(
        self, project: Project, committed: Sequence[Committed] = ()
    ) -> tuple[TrainingRate, ...]:
        """Return rates of the candidates, and of an architecture that is decided already."""
        offered = candidates(project, self._catalogue, self._compute)
        decided = [rule.architecture for rule in committed if rule.architecture is not None]
        missing = {same_name(a.name) for a in offered}
        extra = tuple(name for name in decided if same_name(name) not in missing)
        if extra:
            named = replace(project, architectures=extra)
            offered = (*offered, *candidates(named, self._catalogue, self._compute))
        if project.accelerator_hours is not None:
            return project_rates(project, offered, self._compute, self._catalogue)
        names = tuple(architecture.name for architecture in offered)
        if names not in self._known:
            self._known[names] = price_training(offered, self._compute, self._catalogue)
        return self._known[names]

    def serving(self, project: Project, rates: Sequence[TrainingRate]) -> tuple[ServingRate, ...]:
        """Return what running each architecture costs; empty where no machine is asked for."""
        by_name = {item.name: item for item in self._catalogue.architectures}
        named = [by_name[rate.architecture] for rate in rates]
        return serving_of(project, named, self._compute, self._catalogue)
