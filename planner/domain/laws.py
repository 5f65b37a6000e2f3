"""How much more data and compute a better error takes, by law, each with its source.

To improve an error k-fold is to divide it by k: 5 % to 1 % is k = 5. Every law here is a power, k
to an exponent, so equal *ratios* of error cost equal ratios of data; equal percentage points do
not.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from planner.domain.published_equations import slope
from planner.domain.vocabulary import Growth

SCHEMA_VERSION = 1

SPECTRUM = (
    "Thompson, Greenewald, Lee, Manso (IEEE Spectrum, October 2021), Deep Learning's Diminishing "
    "Returns"
)
PAPER = "Thompson et al. (AAAI/IAAI 2024), Eq. 1 with Table 1's coefficients"
DEVELOPMENT_CURVES = (
    "least squares on the ImageNet ResNet-50 curve from scratch in data/transfer_observations.csv"
)

VTAB_CURVES = (
    "1,000 images against the full set, 18 tasks, supervised ImageNet ResNet-50 (VTAB, Zhai et al. "
    "2019), in "
    "data/transfer_observations.csv"
)

EFFICIENCY = "the Cambridge article on the efficiency of training"

START = 0.10
"""Error from which growth that is exponential in accuracy is counted; both agree on halving it."""

SHOWN_FACTORS = (2, 5, 10)
"""Improvements k for which multipliers are printed."""


@dataclass(frozen=True)
class Law:
    """One power law: what multiplies when the error is divided by k.

    Attributes
    ----------
    name : str
        Short name.
    resource : str
        What multiplies: ``data`` or ``compute``.
    exponent : float
        The multiplier is k to this power.
    kind : str
        ``theory``, ``practice``, ``fitted`` or ``measured``.
    source : str
        Where the exponent comes from.
    """

    name: str
    resource: str
    exponent: float
    kind: str
    source: str

    def multiplier(self, k: float) -> float:
        """Return how many times as much is needed to divide the error by k."""
        return compute_multiplier(k, self.exponent)

    def grown(self, k: float, growth: Growth) -> float:
        """Return the same if it grew in a chosen way; exponentially with each point of accuracy.

        The rate is the one that halves an error of 10 % with as much as the power law asks, since
        its source gives none: from 10 % it then takes 2^exponent for every 5 points.

        Examples
        --------
        >>> law = Law("theory", "compute", 4.0, "theory", SPECTRUM)
        >>> [round(law.grown(k, Growth.EXPONENTIAL), 1) for k in (2, 10)]
        [16.0, 147.0]
        """
        if growth is Growth.POWER:
            return self.multiplier(k)
        halvings = (START - START / k) / (START / 2)
        return math.pow(self.multiplier(2.0), halvings)


@dataclass(frozen=True)
class WorkedNumber:
    """One number of the literature, recomputed.

    Attributes
    ----------
    what : str
        What it is.
    value : float
        Its value.
    unit : str
        Of the value.
    how : str
        The arithmetic.
    source : str
        Where the inputs come from.
    """

    what: str
    value: float
    unit: str
    how: str
    source: str


@dataclass(frozen=True)
class SlopeReading:
    """How fast log10 error falls with log10 images, by one reading, and what that implies.

    Attributes
    ----------
    name : str
        Short name.
    kind : str
        ``across tasks``, ``within a task`` or ``model``.
    slope : float
        Change of log10 error per decade of images; below 0.
    low, high : float or None
        Range of slopes, steepest first; None where there is a single curve.
    range_is : str
        What the range is, such as ``quartiles``.
    source : str
        Where it comes from.
    """

    name: str
    kind: str
    slope: float
    low: float | None
    high: float | None
    range_is: str
    source: str

    @property
    def halving(self) -> float:
        """How many times as many images halve the error."""
        return compute_multiplier(2.0, exponent_of_slope(self.slope))


@dataclass(frozen=True)
class Laws:
    """Every law and worked number that `planner laws` prints.

    Attributes
    ----------
    laws : tuple of Law
        Data first, then compute.
    factors : tuple of int
        Improvements k for which multipliers are shown.
    worked : tuple of WorkedNumber
        Numbers of the literature, recomputed.
    notes : tuple of str
        How to read them.
    slopes : tuple of SlopeReading
        The published slope, curves measured within a task, and the fitted model's own.
    slope_notes : tuple of str
        What tells them apart.
    growth : Growth
        How what is needed grows with accuracy, as it was asked for.
    """

    laws: tuple[Law, ...]
    factors: tuple[int, ...]
    worked: tuple[WorkedNumber, ...]
    notes: tuple[str, ...]
    slopes: tuple[SlopeReading, ...]
    slope_notes: tuple[str, ...]
    growth: Growth = Growth.POWER

    def multipliers(self, law: Law) -> dict[int, float]:
        """Return how many times as much each improvement that is shown takes."""
        return {k: law.grown(k, self.growth) for k in self.factors}

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner laws --json``."""
        rows = [
            {**asdict(law), "multipliers": {str(k): m for k, m in self.multipliers(law).items()}}
            for law in self.laws
        ]
        return {
            "schema_version": SCHEMA_VERSION,
            "laws": rows,
            "worked": [asdict(number) for number in self.worked],
            "notes": list(self.notes),
            "slopes": [{**asdict(reading), "halving": reading.halving} for reading in self.slopes],
            "slope_notes": list(self.slope_notes),
            **({} if self.growth is Growth.POWER else {"growth": str(self.growth)}),
        }


def compute_multiplier(k: float, exponent: float) -> float:
    """Return k to the exponent: how many times as much it takes to divide the error by k.

    Parameters
    ----------
    k : float
        Improvement, positive; 2 halves the error.
    exponent : float
        Of the law.

    Raises
    ------
    ValueError
        ``k`` is not a positive finite number.

    Examples
    --------
    >>> compute_multiplier(10, 4), compute_multiplier(2, 9)
    (10000.0, 512.0)
    """
    if not (math.isfinite(k) and k > 0):
        message = f"an improvement k is a positive number; got {k!r}"
        raise ValueError(message)
    return math.pow(k, exponent)


def exponent_of_slope(error_slope: float) -> float:
    """Return the data exponent that a slope of log error on log images implies: -1 / slope.

    Examples
    --------
    >>> round(exponent_of_slope(-0.123), 2)
    8.13
    """
    if not error_slope < 0:
        message = f"a learning curve falls: its slope is below 0; got {error_slope!r}"
        raise ValueError(message)
    return -1.0 / error_slope


def usd_per_flop(usd: float, flop: float) -> float:
    """Return a price over an amount of computing.

    Examples
    --------
    >>> usd_per_flop(1e11, 1e28)
    1e-17
    """
    return usd / flop


def laws(fitted: Sequence[SlopeReading] = (), growth: Growth = Growth.POWER) -> Laws:
    """Return the data and compute laws, what the slopes imply, and worked numbers.

    Parameters
    ----------
    fitted : sequence of SlopeReading
        The slopes of a fitted model, shown beside the published and the measured ones.
    growth : Growth
        As what multipliers grow; for reference only, no forecast and no plan reads it.
    """
    return Laws(
        laws=tuple(law for law in _laws() if growth is Growth.POWER or law.kind in _STATED),
        factors=SHOWN_FACTORS,
        worked=_worked(),
        notes=_unwrapped(_NOTES if growth is Growth.POWER else (*_NOTES[1:-1], *_EXPONENTIAL)),
        slopes=(*_slopes(), *fitted),
        slope_notes=_unwrapped(_SLOPE_NOTES),
        growth=growth,
    )


_STATED = ("theory", "practice")
"""Laws that are stated and not read off a curve, which is a power."""


def _slopes() -> tuple[SlopeReading, ...]:
    across, within = "across tasks", "within a task"
    return (
        SlopeReading("Eq. 1, pretrained", across, slope(), None, None, "sum of two terms", PAPER),
        SlopeReading(
            "Eq. 1, from scratch",
            across,
            slope(pretrained=False),
            -0.127,
            -0.013,
            "95 %",
            PAPER,
        ),
        SlopeReading(
            "ImageNet, from scratch", within, -0.32, None, None, "one curve", DEVELOPMENT_CURVES
        ),
        SlopeReading("VTAB, pretrained", within, -0.36, -0.44, -0.21, "quartiles", VTAB_CURVES),
    )


def _laws() -> tuple[Law, ...]:
    pretrained, scratch = (exponent_of_slope(slope(pretrained=flag)) for flag in (True, False))
    within_task = exponent_of_slope(-0.32)
    fixed = "; architecture and epochs fixed"
    return (
        Law("statistical theory", "data", 2.0, "theory", SPECTRUM),
        Law("within a task, ImageNet", "data", within_task, "measured", DEVELOPMENT_CURVES),
        Law("Eq. 1, pretrained", "data", pretrained, "fitted", PAPER),
        Law("Eq. 1, from scratch", "data", scratch, "fitted", PAPER),
        Law("statistical theory", "compute", 4.0, "theory", SPECTRUM),
        Law("practice, on benchmarks", "compute", 9.0, "practice", SPECTRUM),
        Law("Eq. 1, pretrained", "compute", pretrained, "fitted", PAPER + fixed),
        Law("Eq. 1, from scratch", "compute", scratch, "fitted", PAPER + fixed),
    )


def _worked() -> tuple[WorkedNumber, ...]:
    spectrum_price = usd_per_flop(1e11, 1e28)
    pretrained, scratch = (exponent_of_slope(slope(pretrained=flag)) for flag in (True, False))

    def halving(exponent: float, name: str) -> WorkedNumber:
        value = compute_multiplier(2, exponent)
        return WorkedNumber(
            f"data to halve the error, {name}", value, "×", f"2^{exponent:.2f}", PAPER
        )

    return (
        halving(pretrained, "pretrained"),
        halving(scratch, "from scratch"),
        WorkedNumber("compute to 5 % ImageNet error", 1e28, "FLOP", "10¹⁹ GFLOP", SPECTRUM),
        WorkedNumber("its price", 1e11, "USD", "the same article", SPECTRUM),
        WorkedNumber("price per FLOP", spectrum_price, "USD/FLOP", "10¹¹ / 10²⁸", SPECTRUM),
        WorkedNumber(
            "the paper's $3e-11 over that",
            3e-11 / spectrum_price,
            "×",
            "3e-11 / 1e-17: beware of the paper's default",
            "Thompson et al. (AAAI/IAAI 2024), Figure 2; " + SPECTRUM,
        ),
        _burden("5 % to 1 %, theory", 5, 4),
        _burden("5 % to 1 %, practice", 5, 9),
        WorkedNumber(
            "AlexNet to NASNet-A, compute",
            math.log2(1000),
            "doublings",
            "1,000-fold = 2^9.97",
            SPECTRUM,
        ),
        WorkedNumber(
            "of it, more or longer use of hardware",
            1000 / 6,
            "×",
            "1,000 / 6",
            SPECTRUM,
        ),
    )


def _burden(what: str, k: int, exponent: int) -> WorkedNumber:
    value = compute_multiplier(k, exponent)
    return WorkedNumber(f"compute, {what}", value, "×", f"{k}^{exponent}", SPECTRUM)


def _unwrapped(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(note.split()) for note in notes)


_NOTES = (
    """To improve k-fold is to divide the error by k. Equal ratios of error take equal ratios of
    data; equal percentage points do not.""",
    """At fixed architecture and epochs, compute grows with the images, so it has the data's
    exponent.""",
    """Eq. 1's slopes mix many tasks and are two to five times flatter than curves measured within
    one task; measure a pilot before you trust either.""",
    """Others expect the model to grow exponentially with accuracy, not as a power. The two differ:
    take each as a reference only.""",
)
_EXPONENTIAL = (
    f"""Asked for: growth that is exponential in accuracy, so that equal percentage points cost
    equal ratios ({EFFICIENCY}). It gives no rate; here both agree on halving an error of 10 %, and
    k is counted from there. Beyond that a power ({SPECTRUM}) asks for more.""",
    """For reference only: forecasts and plans rest on neither, but on measured learning curves.""",
)
_SLOPE_NOTES = (
    """The published slope compares tasks: its rows have few sizes of any one task, so what makes
    tasks differ flattens it. It answers how error differs between projects of different size.""",
    """Curves within a task ask what more images of the same task bring. They are two to five times
    steeper, and differ a lot: over further public curves from about -0.03 to -0.36. Full
    fine-tuning is steep; frozen backbones, light adapters and classical learners are flat.""",
    """What is at stake: on ImageNet, planning with the published slope buys 8.5 times (pretrained)
    to 22 times (from scratch) the additional images that were needed; on flat curves it buys too
    few. One slope for all is wrong both ways: pool over tasks, and measure a pilot.""",
    """A fitted saturating model has no single slope: the error falls more slowly near the majority
    guess, and the rate differs between data sets. Shown is the local slope of a project it has
    not seen, at 10,000 images; the range holds 80 % of such projects.""",
)
