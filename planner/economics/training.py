"""What does training on one image for one epoch cost, for each architecture?

Basis ``paper`` is Eq. 4 of Thompson et al. (AAAI/IAAI 2024) verbatim. Basis ``measured`` counts
the network's real forward operations, divides them by what the accelerator achieves on it, and
pays a dated hourly price. Both count the backward pass as twice the forward pass.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from planner.domain.catalogue import Accelerator, Catalogue
from planner.domain.format import count, fixed
from planner.domain.limits import MAX_MONEY, MAX_REPEATS
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.portfolio import Compute
from planner.domain.quantities import Amount, Range, amount_mean
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Basis
from planner.domain.words.warnings.files import far_from_cloud_prices
from planner.economics.beta import fit_beta
from planner.economics.speed import LOADER_CEILING_IMAGES_PER_S, table_utilisation
from planner.errors import InputError, Problem, bad_value

__all__ = [
    "TrainingRate",
    "compute_warnings",
    "hourly_price",
    "paper_training_cost",
    "price_training",
    "require_finite_mean",
    "usd_per_flop",
]

PASSES = 3
"""Forward once, backward twice as dear."""

FLOP_PER_MAC = 2

USD_PER_FLOP_USUAL = (1e-19, 1e-14)
"""Clouds ask 1e-18 to 2e-16 USD per FLOP; outside these bounds the unit is likely wrong."""


@dataclass(frozen=True)
class TrainingRate:
    """Cost of training one architecture on one image for one epoch, for one trial.

    Attributes
    ----------
    architecture : str
        Catalogue name.
    usd_per_image_epoch : float
        Mean over the price and utilisation ranges, if any.
    gpu_seconds_per_image_epoch : float or None
        Mean accelerator-seconds; None on the basis ``paper``, which knows no hardware.
    how : str
        One sentence: which numbers, from where, of when.
    input_bound : bool
        The data loader, not the accelerator, sets the pace.
    """

    architecture: str
    usd_per_image_epoch: float
    gpu_seconds_per_image_epoch: float | None
    how: str
    input_bound: bool = False


def paper_training_cost(
    parameters: float, epochs: float, images: float, usd_per_flop: float, trials: float = 1
) -> float:
    r"""Return the training cost of Eq. 4, verbatim.

    .. math:: C_{train} = c_{FLOP} \cdot 2 \cdot P \cdot E \cdot 3 \cdot N \cdot T

    Parameters
    ----------
    parameters : float
        Trainable parameters, taken as connections used once per forward pass.
    epochs, images, trials : float
        Passes over the images, images, and trainings paid.
    usd_per_flop : float
        Price of one floating-point operation.

    Returns
    -------
    float
        Currency units, not rounded.

    Notes
    -----
    2 × parameters undercounts the forward operations of convolutional networks 10- to
    3000-fold; the basis ``measured`` counts them.

    References
    ----------
    .. [1] Thompson et al. (AAAI/IAAI 2024), Eq. 4.

    Examples
    --------
    >>> round(paper_training_cost(5.29e6, 50, 200_000, 3e-11), 2)
    9522.0
    """
    return usd_per_flop * FLOP_PER_MAC * parameters * epochs * PASSES * images * trials


def usd_per_flop(usd_per_hour: float, peak_flop_per_s: float, utilisation: float) -> float:
    r"""Return the price of one floating-point operation on a rented accelerator.

    .. math:: p / (3600 \cdot F_{peak} \cdot u)

    Parameters
    ----------
    usd_per_hour : float
        Price of one accelerator-hour.
    peak_flop_per_s : float
        Dense peak of one accelerator at the precision of training.
    utilisation : float
        Achieved over peak, above 0.

    Examples
    --------
    >>> f"{usd_per_flop(1.0, 1.25e14, 0.3):.1e}"
    '7.4e-18'
    """
    return usd_per_hour / (3600 * peak_flop_per_s * utilisation)


def price_training(
    architectures: Sequence[Architecture], compute: Compute, catalogue: Catalogue
) -> tuple[TrainingRate, ...]:
    r"""Return the training rate of each architecture, in the order given.

    Basis ``measured``, in USD for one image and epoch:

    .. math:: 6 \cdot MAC \cdot E[1/u] / F_{peak} \cdot E[p] / 3600

    with forward multiply-accumulates MAC, utilisation u, dense peak F and hourly price p. A
    utilisation from the table is capped so that no accelerator trains on more images a second
    than :data:`planner.economics.speed.LOADER_CEILING_IMAGES_PER_S`; one that the user states is
    taken as achieved end to end and is not capped.

    Raises
    ------
    InputError
        The basis cannot price an architecture, the accelerator is unknown or lacks a peak or a
        price, or a number is out of its range.
    """
    _require_usable(compute)
    if compute.basis == Basis.PAPER:
        return tuple(_paper_rate(item, compute) for item in architectures)
    return tuple(_measured_rate(item, compute, catalogue) for item in architectures)


def hourly_price(compute: Compute, catalogue: Catalogue) -> tuple[float, str]:
    """Return the mean price of an accelerator-hour, and the words for it."""
    machine = _machine(compute, catalogue)
    return machine.usd_per_second * 3_600, machine.price_words


def compute_warnings(compute: Compute) -> tuple[Warning_, ...]:
    """Return a warning ``USD_PER_FLOP`` if the price of a FLOP is far from any cloud's."""
    low, high = USD_PER_FLOP_USUAL
    price = amount_mean(compute.usd_per_flop)
    if compute.basis != Basis.PAPER or low <= price <= high:
        return ()
    message = far_from_cloud_prices(price)
    return (Warning_("USD_PER_FLOP", None, "compute.usd_per_flop", message),)


@dataclass(frozen=True)
class _Machine:
    """The accelerator with its peak and hourly price, and the words for them."""

    accelerator: Accelerator
    peak_flop_per_s: float
    usd_per_second: float
    price_words: str


def _paper_rate(architecture: Architecture, compute: Compute) -> TrainingRate:
    """Price one image-epoch by Eq. 4."""
    if architecture.parameters is None:
        raise _not_priced(architecture, "parameters")
    price = amount_mean(compute.usd_per_flop)
    how = (
        f"Eq. 4 of Thompson et al. (2024): {price:g} USD per FLOP x 2 x "
        f"{architecture.parameters:,} parameters x 3; "
        f"parameters from {architecture.source or 'the user'}."
    )
    usd = paper_training_cost(architecture.parameters, 1, 1, price)
    return TrainingRate(architecture.name, usd, None, how)


@lru_cache(maxsize=4096)  # a thousand projects ask for the same rates
def _measured_rate(
    architecture: Architecture, compute: Compute, catalogue: Catalogue
) -> TrainingRate:
    """Price one image-epoch by forward operations, achieved speed and the hourly price."""
    machine = _machine(compute, catalogue)
    if architecture.forward_gmacs is None:
        raise _not_priced(architecture, "forward operations")
    flop = architecture.forward_gmacs * 1e9 * FLOP_PER_MAC * PASSES
    seconds, input_bound, words = _seconds(architecture, flop, machine, compute, catalogue)
    how = (
        f"{architecture.forward_gmacs:g} GMACs x 2 x 3 per image on {machine.accelerator.name}, "
        f"{machine.accelerator.training_precision} peak {machine.peak_flop_per_s:.3g} FLOP/s, "
        f"{words}: {count(1 / seconds)} images/s at {machine.price_words}."
    )
    usd = seconds * machine.usd_per_second
    return TrainingRate(architecture.name, usd, seconds, how, input_bound)


def _seconds(
    architecture: Architecture,
    flop: float,
    machine: _Machine,
    compute: Compute,
    catalogue: Catalogue,
) -> tuple[float, bool, str]:
    """Return the mean time of one image, whether the loader sets it, and the words for it."""
    at_peak = flop / machine.peak_flop_per_s
    if compute.utilisation is not None:
        seconds = at_peak * _mean_of_inverse(compute.utilisation)
        return seconds, False, f"utilisation {compute.utilisation!s} as given"
    utilisation, words = table_utilisation(architecture, machine.accelerator, catalogue)
    speed = f"utilisation {fixed(utilisation, 3)} ({words})"
    computing, loading = at_peak / utilisation, 1 / LOADER_CEILING_IMAGES_PER_S
    if computing >= loading:
        return computing, False, speed
    speed += (
        f", held to the {count(LOADER_CEILING_IMAGES_PER_S)} images/s an ordinary loader "
        "feeds one GPU (ultralytics/yolov5 release 6.2, 2022-08)"
    )
    return loading, True, speed


@lru_cache(maxsize=64)
def _machine(compute: Compute, catalogue: Catalogue) -> _Machine:
    """Look up the accelerator, its peak and its price."""
    accelerator = catalogue.accelerator(compute.accelerator)
    peak = accelerator.training_peak_flop_per_s
    if peak is None:
        message = (
            f"no source gives the peak FLOP/s of {accelerator.name}; choose another accelerator."
        )
        raise bad_value("compute.accelerator", message, _default_accelerator(), "NO_PEAK")
    if compute.usd_per_hour is not None:
        mean = amount_mean(compute.usd_per_hour)
        given = (
            f" (mean of {compute.usd_per_hour})" if isinstance(compute.usd_per_hour, Range) else ""
        )
        return _Machine(accelerator, peak, mean / 3600, f"${mean:.2f}/h as given{given}")
    price = catalogue.hourly_price(accelerator.name)
    if price is None:
        message = (
            f"no on-demand price of {accelerator.name} is in the tables; set compute.usd_per_hour."
        )
        raise bad_value("compute.usd_per_hour", message, "", "NO_PRICE")
    words = f"{price}, source {', '.join(price.sources)}"
    return _Machine(accelerator, peak, price.median / 3600, words)


def _default_accelerator() -> str:
    """Return the accelerator used where none is named, as a fix to paste."""
    return f"accelerator: {Compute().accelerator}"


def _mean_of_inverse(utilisation: Amount) -> float:
    """Return E[1/u]: time is inversely proportional to utilisation."""
    if not isinstance(utilisation, Range):
        return 1 / utilisation
    return require_finite_mean(utilisation)


def require_finite_mean(utilisation: Range) -> float:
    """Return E[1/u] of a utilisation range, or refuse a range so wide that it is infinite."""
    mean = fit_beta(utilisation).mean_of_inverse
    if not math.isfinite(mean):
        message = (
            f"utilisation {utilisation} is so uncertain that the mean training time is infinite "
            "(its beta distribution has alpha <= 1); narrow the range."
        )
        raise bad_value("compute.utilisation", message, code="UTILISATION_TOO_WIDE")
    return mean


def _not_priced(architecture: Architecture, missing: str) -> InputError:
    """Return the error for an architecture whose size is not known."""
    message = (
        f"no source gives the {missing} of {architecture.name}, so its training cannot be priced."
    )
    return bad_value("architectures", message, code="ARCHITECTURE_NOT_PRICED")


_A_PRICE = f"a price is at least 0 and at most {MAX_MONEY:.0e}"
_REPEATS = f"expected a number of at least 0 and at most {count(MAX_REPEATS)}"


def _require_usable(compute: Compute) -> None:
    """Refuse prices, shares and counts outside their range, all in one error."""
    problems = [
        Problem(f"compute.{name}", f"got {getattr(compute, name)!s}; {expected}.")
        for name, good, expected in (
            ("usd_per_flop", _in(compute.usd_per_flop, 0, MAX_MONEY), _A_PRICE),
            ("usd_per_hour", _in(compute.usd_per_hour, 0, MAX_MONEY), _A_PRICE),
            (
                "utilisation",
                _in(compute.utilisation, 0, 1) and compute.utilisation != 0,
                "a utilisation is above 0 and at most 1",
            ),
            ("epochs", _in(compute.epochs, 0, MAX_REPEATS), _REPEATS),
            ("trials", _in(compute.trials, 0, MAX_REPEATS), _REPEATS),
        )
        if not good
    ]
    if problems:
        raise InputError(problems)


def _in(amount: Amount | None, low: float, high: float) -> bool:
    """Tell whether an amount, if given, is finite and within bounds."""
    if amount is None:
        return True
    if isinstance(amount, Range):
        return low < amount.p10 and amount.p90 < high
    return math.isfinite(amount) and low <= amount <= high
