r"""How much electricity do machines use, and what does that emit?

.. math:: \mathrm{kWh} = h \cdot W / 1000 \cdot \mathrm{PUE}, \qquad
    \mathrm{kg} = \mathrm{kWh} \cdot g / 1000 \;(+ h \cdot \mathrm{embodied} / (\mathrm{life}))

of :math:`h` accelerator-hours at full power :math:`W`, in a data centre of power usage
effectiveness PUE, on electricity of :math:`g` grams of CO2 equivalent per kWh.
"""

from dataclasses import dataclass

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.carbon import Carbon
from planner.domain.portfolio.compute import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import HOURS_PER_YEAR
from planner.domain.vocabulary import Basis
from planner.reference.tables import load_catalogue

__all__ = [
    "KG_PER_TONNE",
    "UNKNOWN_REGION_G",
    "USUAL_PUE",
    "Emission",
    "embodied_kg_per_hour",
    "emission",
    "emissions_of",
]

USUAL_PUE = 1.58
"""Mean of the industry (Uptime Institute 2023, as in the table pue)."""

UNKNOWN_REGION_G = 475.0
"""Grams per kWh that CodeCarbon takes where the region is not known."""

EMBODIED_KG, LIFE_YEARS, BUSY = 150.0, 5.0, 0.85
"""Of one accelerator card, how long it lasts, and in which share of that it works."""

KG_PER_TONNE = 1_000


@dataclass(frozen=True)
class Emission:
    """What an hour of one accelerator uses and emits.

    Attributes
    ----------
    watts, pue, grams_per_kwh : float
        It is counted on.
    kwh : float
        Of an hour, the data centre's share included.
    kg : float
        CO2 equivalent of an hour.
    """

    watts: float
    pue: float
    grams_per_kwh: float
    kwh: float
    kg: float


def emission(catalogue: Catalogue, accelerator: str, carbon: Carbon | None) -> Emission | None:
    """Return what an hour of an accelerator uses and emits; None where no source gives its power.

    Without a stated place the industry's mean PUE and the intensity usual for unknown regions.
    """
    watts = catalogue.accelerator(accelerator).power_w
    if watts is None:
        return None
    grams, table = UNKNOWN_REGION_G, None
    if carbon is not None:
        row = catalogue.carbon_row(carbon.region)
        grams, table = row.gco2e_per_kwh, row.pue
    asked = None if carbon is None else carbon.pue
    pue = asked if asked is not None else table if table is not None else USUAL_PUE
    kwh = watts / 1_000 * pue
    made = embodied_kg_per_hour() if carbon is not None and carbon.embodied else 0.0
    return Emission(watts, pue, grams, kwh, kwh * grams / 1_000 + made)


def embodied_kg_per_hour() -> float:
    """Return what making an accelerator emitted, by the hour that it works.

    Examples
    --------
    >>> round(1_000 * embodied_kg_per_hour(), 4)
    4.029
    """
    return EMBODIED_KG / (LIFE_YEARS * HOURS_PER_YEAR * BUSY)


def emissions_of(
    project: Project, compute: Compute, carbon: Carbon | None
) -> tuple[Emission | None, Emission | None]:
    """Return what an hour of the machines emits that train a project, and that run it.

    None where no source gives their power; on the basis ``paper`` nothing is known of the first.
    """
    catalogue = load_catalogue()
    running = None if project.inference is None else project.inference.accelerator
    used = emission(catalogue, running or compute.accelerator, carbon)
    if compute.basis is Basis.PAPER:
        return None, used
    return emission(catalogue, compute.accelerator, carbon), used
