"""From the laboratory into use: how far the accuracy falls there, and what people look at."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from planner.domain.fields.declared import RANGE, Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import DROP, MONEY_RANGE, POINTS, SHARE, word
from planner.domain.format import percent_as_set, percent_to_type
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import TARGETS

__all__ = [
    "PRESETS",
    "Preset",
    "Review",
    "Shift",
    "error_in_use",
    "field_fits_together",
    "lab_target",
]


class Preset(StrEnum):
    """A published fall of accuracy from a test set to data of another kind."""

    IMAGENET_V2 = "imagenet-v2"
    NEW_SITE = "new-site"
    OBJECTNET = "objectnet"


def _one_shift(part: Part) -> None:
    part.exactly_one(("accuracy_drop", "points", "preset"), "accuracy_drop: 10%")


@in_file("ShiftSection", "``shift`` of a project: how far accuracy falls in use.", _one_shift)
@dataclass(frozen=True, kw_only=True)
class Shift:
    """By how much the accuracy in use is below that on the test set.

    Attributes
    ----------
    accuracy_drop : float or Range, optional
        Share of the accuracy that is lost.
    points : float or Range, optional
        Percentage points that are lost.
    preset : Preset, optional
        A published fall.
    """

    accuracy_drop: Annotated[
        Amount | None,
        DROP,
        Form("Accuracy drop", "Share of the accuracy lost in use: 10%, or 22%..34%.", unit="%",
             aliases=("accuracy drop",)),
    ] = None  # fmt: skip
    points: Annotated[
        Amount | None, POINTS, Form("Points lost", "Or percentage points: 11.", unit="points")
    ] = None
    preset: Annotated[
        Preset | None,
        word(Preset),
        Form("Published shift", "Or a published fall: imagenet-v2, new-site, objectnet.", width=14),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "shift")

    @property
    def drop(self) -> Amount:
        """Share of the accuracy that is lost; 0 where points are."""
        if self.preset is not None:
            return PRESETS[self.preset].accuracy_drop or 0.0
        return self.accuracy_drop or 0.0

    @property
    def lost(self) -> Amount:
        """Accuracy that is lost, as a share; 0 where a share of it is."""
        points = self.points if self.preset is None else PRESETS[self.preset].points
        if isinstance(points, Range):
            return Range(points.p10 / 100, points.p90 / 100)
        return (points or 0.0) / 100


PRESETS = MappingProxyType(
    {
        Preset.IMAGENET_V2: Shift(points=Range(11.0, 14.0)),
        Preset.NEW_SITE: Shift(accuracy_drop=Range(0.22, 0.34)),
        Preset.OBJECTNET: Shift(accuracy_drop=Range(0.40, 0.45)),
    }
)
"""Recht et al. 2019 (arXiv 1902.10811), ImageNet: 11 to 14 points. Koh et al. 2021 (WILDS, arXiv
2012.07421), hospitals, cameras and fields not trained on: 22 to 34 % of the score. Barbu et al.
2019 (ObjectNet): 40 to 45 %."""


def _finds_what_it_sees(part: Part) -> None:
    """Report people who find fewer errors than they look at."""
    share, finds = part.values.get("share"), part.values.get("finds")
    if share is not None and finds is not None and finds < share:
        seen = percent_as_set(share)
        message = (
            f"people who look at {seen} of the images find at least {seen} of the errors; got "
            f"{percent_as_set(finds)}."
        )
        part.wrong("finds", message, f"finds: {percent_to_type(share)}")


@in_file(
    "ReviewSection", "``review`` of a project: images that people look at.", _finds_what_it_sees
)
@dataclass(frozen=True, kw_only=True)
class Review:
    """People who look at some of the images in use.

    Attributes
    ----------
    share : float
        Of the images that they see.
    finds : float
        Share of all errors that are among those; at least ``share``.
    price_per_1000 : float or Range
        Of 1,000 images that they see.
    error : float
        Of the people themselves.
    """

    share: Annotated[
        float,
        SHARE,
        InFile(example="share: 10%"),
        Form("Reviewed", "Share of the images that people look at.", unit="%"),
    ]
    finds: Annotated[
        float,
        SHARE,
        InFile(example="finds: 60%"),
        Form("Review finds", "Share of all errors that are among those.", unit="%"),
    ]
    price_per_1000: Annotated[
        Amount,
        MONEY_RANGE,
        InFile(example="price_per_1000: 400"),
        Form("Review per 1,000", f"Of 1,000 images that people look at. {RANGE}", unit="money",
             aliases=("review per 1000",)),
    ]  # fmt: skip
    error: Annotated[
        float, SHARE, Form("Error of review", "Of the people themselves.", unit="%")
    ] = 0.0

    def __post_init__(self) -> None:
        check_record(self, "review")

    @property
    def left(self) -> float:
        """Share of the errors that nobody looks at."""
        return 1.0 - self.finds

    @property
    def own(self) -> float:
        """Share of the images that people get wrong."""
        return self.share * self.error


def lab_target(target: float, shift: Shift | None, review: Review | None) -> float:
    """Return the error in the laboratory that a target in use asks for; at most 0: none does.

    Ranges count at the middle of their P10 and P90.

    Examples
    --------
    >>> round(lab_target(0.15, Shift(accuracy_drop=0.10), None), 6)
    0.055556
    >>> round(lab_target(0.15, Shift(points=11), None), 6)
    0.04
    """
    if review is not None:
        target -= review.own
        target = target / review.left if review.left > 0 else (1.0 if target >= 0 else 0.0)
    if shift is not None:
        target = 1.0 - (1.0 - target) / (1.0 - middle(shift.drop)) - middle(shift.lost)
    return min(round(target, 12), 1.0)


def error_in_use(error: float, shift: Shift | None, review: Review | None) -> float:
    """Return what an error in the laboratory is at least in use; of ranges the lower end counts.

    Examples
    --------
    >>> round(error_in_use(0.05, Shift(accuracy_drop=0.10), None), 6)
    0.145
    """
    if shift is not None:
        error = min(1.0, 1.0 - (1.0 - error) * (1.0 - _least(shift.drop)) + _least(shift.lost))
    return error if review is None else review.left * error + review.own


def middle(amount: Amount) -> float:
    """Return a number, or the middle of a range."""
    return (amount.p10 + amount.p90) / 2 if isinstance(amount, Range) else amount


def _least(amount: Amount) -> float:
    return amount.p10 if isinstance(amount, Range) else amount


def field_fits_together(part: Part) -> None:
    """Report a target that no accuracy in the laboratory reaches, and review of nobody knows what.

    A range is refused where even its lower end leaves too little.
    """
    shift, review, use = (part.values.get(name) for name in ("shift", "review", "use"))
    known = "use" not in part.given or use is not None
    if review is not None and known and (use is None or use.images_per_year is None):
        message = "review counts the images of a year, so it needs use.images_per_year."
        part.wrong("review", message, "use: {images_per_year: 100k}", "MISSING", at_key=True)
    name = next((n for n in TARGETS if part.values.get(n) is not None), None)
    if name is None:
        return
    value = float(part.values[name])
    target = value if name == "target_error" else 1.0 - value
    if review is not None and review.own > target:
        message = (
            f"people who look at {percent_as_set(review.share)} and err on "
            f"{percent_as_set(review.error)} of them get {percent_as_set(review.own)} of all "
            f"wrong, more than the target of {percent_as_set(round(target, 12))}."
        )
        part.wrong("review", message, at_key=True)
    elif shift is not None:
        _reachable(part, name, value, shift)


def _reachable(part: Part, name: str, value: float, shift: Shift) -> None:
    """Report a target above what a shift leaves of a perfect system."""
    drop, lost = _least(shift.drop), _least(shift.lost)
    most = round(1.0 - drop - lost, 12)
    accuracy = 1.0 - value if name == "target_error" else value
    if accuracy > most + 1e-12:
        by = percent_as_set(drop) if drop else f"{100 * lost:g} points"
        message = (
            f"a drop of {by} leaves at most {percent_as_set(most)} in the field; "
            f"{percent_as_set(round(accuracy, 12))} cannot be reached."
        )
        best = 1.0 - most if name == "target_error" else most
        part.wrong(name, message, f"{name}: {percent_to_type(round(best, 12))}", at_key=True)
