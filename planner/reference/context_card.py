"""Training runs of the literature to place a number beside, each with its source.

Context alone: nothing is planned with them.
"""

import math
from dataclasses import asdict, dataclass

from planner.domain.laws import EFFICIENCY, SCHEMA_VERSION, SPECTRUM, WorkedNumber, usd_per_flop

__all__ = ["CONTEXT_NOTES", "ContextCard", "context_card", "spectrum_carbon_kg"]

STRUBELL = "Strubell, Ganesh & McCallum (2019, arXiv 1906.02243), Table 3"
DINOV2 = "facebookresearch/dinov2, MODEL_CARD.md"

WATTS, PUE, GRAMS_PER_KWH = 400.0, 1.58, 369.0
"""Of an A100 under full load, the industry's mean data centre, and the US grid of 2023."""
PEAK, UTILISATION = 3.12e14, 0.3
"""Dense 16-bit FLOP/s of an A100, and the share of it that is achieved."""

_SECOND_HAND = (
    "The 300,000-fold growth ends with AlphaGo Zero; the price of BERT-large is from a post of "
    "2018. Both are second-hand in their source."
)
_COMPUTED = (
    "Carbon of the 5 % burden is computed here with today's card, mean data centre and the US "
    "grid: an order of magnitude, and no claim of the article."
)
CONTEXT_NOTES = (
    "Context alone: other tasks, other years, other prices. Nothing here enters a plan.",
    _SECOND_HAND,
    _COMPUTED,
)


@dataclass(frozen=True)
class ContextCard:
    """Numbers of the literature, and how to read them."""

    context: tuple[WorkedNumber, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner laws --context``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def context_card() -> ContextCard:
    """Return the numbers that people compare their own with."""
    return ContextCard(_numbers(), CONTEXT_NOTES)


def _numbers() -> tuple[WorkedNumber, ...]:
    doublings = math.log2(1_000)
    return (
        WorkedNumber("training GPT-3, more than", 4e6, "USD", "as printed", SPECTRUM),
        WorkedNumber("a system that plays Go", 35e6, "USD", "as printed", SPECTRUM),
        WorkedNumber("BERT-large", 7_000, "USD", "64 chips × 96 h = 6,144 chip-h", EFFICIENCY),
        WorkedNumber("the same", 7_000 / (64 * 96), "USD/chip-h", "7,000 / 6,144", EFFICIENCY),
        WorkedNumber("compute of the largest runs, growth", 3e5, "×", "as printed", EFFICIENCY),
        WorkedNumber("AlexNet, two GPUs for 5 days", 2 * 5 * 24, "GPU-h", "2 × 5 × 24", SPECTRUM),
        WorkedNumber("the same, for 6 days", 2 * 6 * 24, "GPU-h", "2 × 6 × 24", SPECTRUM),
        WorkedNumber(
            "AlexNet to NASNet-A, compute", 1_000, "×", f"2^{doublings:.2f} = 6 × 167", SPECTRUM
        ),
        WorkedNumber(
            "parameters for each training image", 480e6 / 1.2e6, "", "480 M / 1.2 M", SPECTRUM
        ),
        WorkedNumber("compute to 5 % ImageNet error", 1e28, "FLOP", "10¹⁹ GFLOP", SPECTRUM),
        WorkedNumber(
            "price of a FLOP in it", usd_per_flop(1e11, 1e28), "USD", "10¹¹ / 10²⁸", SPECTRUM
        ),
        WorkedNumber(
            "carbon of it, order of magnitude",
            10.0 ** round(math.log10(spectrum_carbon_kg())),
            "kg CO2e",
            f"{PEAK:.3g} FLOP/s × {UTILISATION:g}, {WATTS:g} W, PUE {PUE:g}, "
            f"{GRAMS_PER_KWH:g} g/kWh",
            SPECTRUM,
        ),
        WorkedNumber(
            "BERT-base, electricity",
            1_507,
            "kWh",
            "12,041.51 W × 79 h × 1.58, as printed",
            STRUBELL,
        ),
        WorkedNumber("the same, carbon", 1_438, "lb CO2e", "as printed", STRUBELL),
        WorkedNumber("DINOv2 ViT-g", 22_000, "A100-h", "as printed", DINOV2),
        WorkedNumber("DINOv2, carbon", 7_000, "kg CO2e", "as printed: 7 t", DINOV2),
    )


def spectrum_carbon_kg() -> float:
    """Return what 10²⁸ FLOP emit on today's cards.

    Examples
    --------
    >>> round(spectrum_carbon_kg() / 1e9, 1)
    6.9
    """
    hours = 1e28 / (PEAK * UTILISATION) / 3_600
    return hours * WATTS / 1_000 * PUE * GRAMS_PER_KWH / 1_000
