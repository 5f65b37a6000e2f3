"""How far accuracy falls from a test set to use, and where published falls come from."""

from planner.domain.format import figure
from planner.domain.portfolio.in_use.field_use import Preset, Shift
from planner.domain.quantities import Amount, Range

__all__ = ["shift_source", "shift_words"]

_SOURCES = {
    Preset.IMAGENET_V2: "11 to 14 points lost on a new test set of ImageNet (Recht et al. 2019, "
    "arXiv 1902.10811)",
    Preset.NEW_SITE: "22 to 34 % of the score lost at hospitals, cameras and fields not trained on "
    "(Koh et al. 2021, WILDS, arXiv 2012.07421)",
    Preset.OBJECTNET: "40 to 45 % lost on objects in unusual places and poses (Barbu et al. 2019, "
    "ObjectNet)",
}


def shift_source(shift: Shift | None) -> str | None:
    """Return what a published fall is and who measured it; None where none is asked for.

    Examples
    --------
    >>> print(shift_source(Shift(preset="objectnet")))
    objectnet: 40 to 45 % lost on objects in unusual places and poses (Barbu et al. 2019, ObjectNet)
    """
    if shift is None or shift.preset is None:
        return None
    return f"{shift.preset}: {_SOURCES[shift.preset]}"


def shift_words(shift: Shift) -> str:
    """Return what is lost in use, in words.

    Examples
    --------
    >>> shift_words(Shift(preset="objectnet"))
    '40 to 45 % of its accuracy'
    >>> shift_words(Shift(points=11))
    '11 points of accuracy'
    """
    if isinstance(shift.lost, Range) or shift.lost > 0:
        return f"{_hundredths(shift.lost)} points of accuracy"
    return f"{_hundredths(shift.drop)} % of its accuracy"


def _hundredths(share: Amount) -> str:
    ends = (share.p10, share.p90) if isinstance(share, Range) else (share,)
    return " to ".join(figure(100 * end, 3) for end in ends)
