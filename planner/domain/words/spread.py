"""Where does the width of a forecast come from, in a sentence?"""

from collections.abc import Iterable

from planner.domain.facts.spread import Source
from planner.domain.format import count, percent

__all__ = ["spread_words"]

LEAST_SHARE = 0.005
_WORDS = {
    Source.DATA_SET: "how new data sets differ",
    Source.COEFFICIENTS: "coefficients known only so well",
    Source.PROJECT: "what the pilots leave open about the project",
    Source.ARCHITECTURE: "what is not known of the architecture",
    Source.DISCREPANCY_AND_NOISE: "curves straying from their shape, and repeats",
    Source.RESIDUAL: "the residual, in which data sets and repeats are one",
}


def spread_words(images: float, shares: Iterable[tuple[Source, float]]) -> str:
    """Say the shares in one plain sentence, largest first.

    Examples
    --------
    >>> spread_words(1000, [(Source.PROJECT, 0.2), (Source.ARCHITECTURE, 0.8)])[:56]
    'Width at 1,000 images: 80 % what is not known of the arc'
    """
    ranked = sorted(shares, key=lambda item: -item[1])
    if not any(share for _, share in ranked):
        return f"At {count(images)} images the forecast has no spread."
    told = [f"{percent(share)} {_WORDS[name]}" for name, share in ranked if share >= LEAST_SHARE]
    return f"Width at {count(images)} images: {'; '.join(told)}."
