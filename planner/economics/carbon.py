"""How much CO2 does training emit?"""

from planner.domain.catalogue import Catalogue
from planner.errors import bad_value

__all__ = ["DEFAULT_PUE", "carbon_kgco2e", "training_carbon_kgco2e"]

DEFAULT_PUE = 1.58
"""Power usage effectiveness of the average data centre, 2023 (Uptime Institute survey)."""


def carbon_kgco2e(
    gpu_hours: float, power_w: float, gco2e_per_kwh: float, pue: float = DEFAULT_PUE
) -> float:
    r"""Return the emissions of running accelerators, in kilograms of CO2 equivalent.

    .. math:: h \cdot W/1000 \cdot PUE \cdot g / 1000

    Parameters
    ----------
    gpu_hours : float
        Accelerator-hours.
    power_w : float
        Power of one accelerator under load, in watts.
    gco2e_per_kwh : float
        Carbon intensity of the grid, in grams per kilowatt-hour.
    pue : float
        Energy the data centre draws over what its machines draw, at least 1.

    Notes
    -----
    Host, network and the making of the hardware are not counted, and the card is taken to
    draw its full power.

    References
    ----------
    .. [1] Lacoste et al. (2019), Quantifying the Carbon Emissions of Machine Learning.

    Examples
    --------
    >>> round(carbon_kgco2e(1000, 400, 369, 1.58), 2)
    233.21
    """
    return gpu_hours * power_w / 1000 * pue * gco2e_per_kwh / 1000


def training_carbon_kgco2e(
    gpu_hours: float,
    accelerator: str,
    place: str,
    catalogue: Catalogue,
    pue: float | None = None,
) -> float:
    """Return the emissions of training on an accelerator of the tables at a place of the tables.

    Parameters
    ----------
    gpu_hours : float
        Accelerator-hours.
    accelerator : str
        Name in the accelerator table; its power is the thermal design power of one GPU.
    place : str
        ISO 3166 alpha-3 code, country or ``provider/region``.
    catalogue : Catalogue
        The tables.
    pue : float, optional
        That of the cloud region if listed, else :data:`DEFAULT_PUE`, where not given.

    Raises
    ------
    InputError
        Accelerator or place is unknown, or no source gives the accelerator's power.
    """
    chip = catalogue.accelerator(accelerator)
    row = catalogue.carbon_row(place)
    if chip.power_w is None:
        message = f"no source gives the power of {chip.name}; choose another accelerator."
        raise bad_value("compute.accelerator", message, code="NO_POWER")
    overhead = pue if pue is not None else row.pue if row.pue is not None else DEFAULT_PUE
    return carbon_kgco2e(gpu_hours, chip.power_w, row.gco2e_per_kwh, overhead)
