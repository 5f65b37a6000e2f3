"""How training is priced: what is trained on, how fast, at what price, how often."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import RANGE, Form, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import (
    ACCELERATOR,
    DECLINE,
    FOLDS,
    HOURLY_PRICE,
    OVERHEAD,
    PEOPLE,
    POSITIVE_PRICE,
    REPEATS,
    REPEATS_RANGE,
    SCALING,
    UTILISATION,
    word,
)
from planner.domain.quantities import Amount, amount_mean
from planner.domain.vocabulary import Basis

__all__ = ["USUAL_COMPUTE", "Compute"]


def _time_needs_hardware(part: Part) -> None:
    if part.values.get("gpus") is not None and part.values.get("basis") is Basis.PAPER:
        message = "the basis paper knows no hardware, so training takes no time on it."
        part.wrong("gpus", message, "basis: measured", "CONFLICT", at_key=True)


@in_file("ComputeSection", "``compute``.", _time_needs_hardware)
@dataclass(frozen=True, kw_only=True)
class Compute:
    """How training is priced.

    Attributes
    ----------
    basis : Basis
        ``measured``: forward operations over achieved FLOP/s times a dated hourly price.
        ``paper``: Eq. 4 of Thompson et al. (2024) verbatim.
    usd_per_flop : float or Range
        Price of one FLOP, basis ``paper``.
    accelerator : str
        Name in the accelerator table, basis ``measured``.
    usd_per_hour : float, Range or None
        Price of one accelerator-hour; None takes the table's median.
    utilisation : float, Range or None
        Achieved over peak FLOP/s; None takes the throughput table, per architecture.
    epochs : float
        Passes over the training images.
    trials : float or Range
        Trainings paid per delivered model; of a range the mean is committed, and how many they are
        in the end is one uncertain number for all projects.
    folds : int
        Parts that each training is done without in turn, such as sites: so many trainings.
    testing_overhead : float
        Share of training paid besides for tests.
    gpus : float, optional
        Accelerators that train at once: with it, the time of training delays the live date.
    scaling : float
        Share of their speed that so many achieve together.
    price_decline : float
        By which share prices of compute fall in a year; what starts later, and runs later, pays
        less.
    """

    basis: Annotated[
        Basis,
        word(Basis),
        Form(
            "Basis",
            "measured: real operations, achieved speed, hourly price. paper: Eq. 4 of Thompson et "
            "al. (2024).",
        ),
    ] = Basis.MEASURED
    usd_per_flop: Annotated[
        Amount,
        POSITIVE_PRICE,
        Form(
            "Price per FLOP",
            "For basis paper alone: one number, or a range P10..P90.",
            unit="money",
            aliases=("usd per flop",),
            after="compute.utilisation",
        ),
    ] = 3e-11
    accelerator: Annotated[
        str, ACCELERATOR, Form("Accelerator", "A name that planner catalogue accelerators lists.")
    ] = "A100 40GB"
    usd_per_hour: Annotated[
        Amount | None,
        HOURLY_PRICE,
        Form(
            "Price per accelerator-hour",
            RANGE,
            unit="money",
            default="median of the price table",
            aliases=("usd per hour",),
        ),
    ] = None
    utilisation: Annotated[
        Amount | None,
        UTILISATION,
        Form(
            "Utilisation",
            "Achieved share of peak speed: 30%, or a range such as 20%..40%.",
            unit="%",
            default="measured throughput, per architecture",
        ),
    ] = None
    epochs: Annotated[
        float, REPEATS, Form("Epochs", "Passes over the training images.", unit="passes")
    ] = 50
    trials: Annotated[
        Amount,
        REPEATS_RANGE,
        Form(
            "Trials",
            "Trainings paid for each delivered model, tuning included; 3..8 is P10..P90.",
            unit="trainings",
        ),
    ] = 1
    folds: Annotated[
        int,
        FOLDS,
        Form(
            "Folds",
            "Parts that each training is done without in turn, such as sites.",
            unit="trainings",
        ),
    ] = 1
    testing_overhead: Annotated[
        float,
        OVERHEAD,
        Form("Testing overhead", "Share of training paid besides for tests: 10%.", unit="%"),
    ] = 0.0
    gpus: Annotated[
        float | None,
        PEOPLE,
        Form(
            "Accelerators at once",
            "With it, the time of training delays the live date.",
            unit="number",
            aliases=("gpus",),
        ),
    ] = None
    scaling: Annotated[
        float,
        SCALING,
        Form("Scaling", "Share of their speed that so many achieve together.", unit="%"),
    ] = 1.0
    price_decline: Annotated[
        float,
        DECLINE,
        Form(
            "Price decline",
            "Share by which prices of compute fall in a year, for later starts and for running.",
            unit="% per year",
            aliases=("price decline",),
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_record(self, "compute")

    @property
    def passes(self) -> float:
        """How often each image is trained on, for all trainings paid, in the mean."""
        return self.epochs * amount_mean(self.trials) * self.folds * (1.0 + self.testing_overhead)


USUAL_COMPUTE = Compute()
"""How training is priced where the file does not say."""
