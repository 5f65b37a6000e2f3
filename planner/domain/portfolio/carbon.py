"""What electricity and hardware emit: where training and running stand, and what it may cost."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import Form, InFile, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import BUDGET, MONEY, PUE, REGION, YES_NO

__all__ = ["Carbon"]


@in_file("CarbonSection", "``portfolio.carbon``.")
@dataclass(frozen=True, kw_only=True)
class Carbon:
    """Where machines stand, and what their emissions cost the plan.

    Attributes
    ----------
    region : str
        Country (code or name) or ``provider/region`` of the carbon tables.
    pue : float or None
        Power of the data centre over that of its machines; None: the region's in the tables, else
        1.58.
    price_per_tonne : float
        Of CO2 equivalent, for training when it starts and for running on a machine of its own.
    cap_kg : float or None
        Most kilograms of CO2 equivalent; a portfolio turns it into a rule when it is made.
    embodied : bool
        Whether making the accelerators counts as well, by the hours that they are used.
    """

    region: Annotated[
        str,
        REGION,
        InFile(example="region: FRA"),
        Form("Carbon region", "As planner catalogue carbon lists them.", aliases=("region",)),
    ]
    pue: Annotated[
        float | None,
        PUE,
        Form(
            "PUE",
            "Power of the data centre over that of its machines, 1 to 3.",
            default="of the region in the tables, else 1.58",
        ),
    ] = None
    price_per_tonne: Annotated[
        float,
        MONEY,
        Form(
            "Carbon price",
            "Of a tonne of CO2 equivalent, for training and for running on its own machine.",
            unit="money per tonne",
            aliases=("price per tonne",),
        ),
    ] = 0.0
    cap_kg: Annotated[
        float | None,
        BUDGET,
        Form(
            "Carbon cap",
            "Most CO2 equivalent of training and running, as if all that is funded went live.",
            unit="kg",
            default="none",
            aliases=("cap kg",),
        ),
    ] = None
    embodied: Annotated[
        bool,
        YES_NO,
        Form("Embodied carbon", "Count the making of accelerators by their hours of use."),
    ] = False

    def __post_init__(self) -> None:
        check_record(self, "carbon")
