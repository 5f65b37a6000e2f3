"""What wrong answers cost in use: one price of an error, or misses and false alarms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import Form, InFile, Kind, Part, in_file
from planner.domain.fields.finding import Location, Reading
from planner.domain.fields.reading import check_record, read_record
from planner.domain.fields.values import LEVEL, MONEY, SHARE, Shape, word
from planner.domain.portfolio.benefits import Today
from planner.domain.vocabulary import Blind, OperatingPoint

__all__ = ["Errors", "MissShare", "Point", "errors_fit_together"]


@in_file("MissShareSection", "``operating_point`` as the share of the errors that are misses.")
@dataclass(frozen=True, kw_only=True)
class MissShare:
    """A known mix of errors.

    Attributes
    ----------
    miss_share : float
        Share of the errors that are misses.
    """

    miss_share: Annotated[float, SHARE, InFile(example="miss_share: 30%")]

    def __post_init__(self) -> None:
        check_record(self, "operating_point")


type Point = OperatingPoint | MissShare
"""How errors split: a word, or the share of misses among them."""

_WORDS = word(OperatingPoint)


@dataclass(frozen=True)
class PointValue:
    """How errors split into misses and false alarms: a word, or ``miss_share: 30%``."""

    cell: Kind | None = Kind.TEXT
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A word, or the share."""
        return {"anyOf": [_WORDS.shape, {"part": MissShare}, {"type": "string"}]}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the point."""
        if isinstance(raw, str) and raw.partition(":")[0].strip() == "miss_share":
            raw = {"miss_share": raw.partition(":")[2].strip()}
        if isinstance(raw, Mapping | MissShare):
            return read_record(MissShare, raw, here, reading)
        return _WORDS.read(raw, here, reading)


def _one_kind_of_price(part: Part) -> None:
    """Report prices of errors that do not go together, and a pair that lacks what it needs."""
    given = part.given
    pair = [name for name in ("miss", "false_alarm") if name in given]
    if "cost_per_error" in given and pair:
        message = "give cost_per_error, or miss and false_alarm; not both."
        part.wrong("cost_per_error", message, code="CONFLICT", at_key=True)
    if "cost_per_error" not in given and not pair:
        part.wrong("", "cost_per_error, or miss and false_alarm, is missing.",
                   "cost_per_error: 0.05", "MISSING")  # fmt: skip
    if pair and "prevalence" not in given:
        what = "a miss" if "miss" in pair else "a false alarm"
        message = f"{what} needs prevalence, the share of positives among the images."
        part.wrong(pair[0], message, "prevalence: 1%", "MISSING", at_key=True)
    for name in ("prevalence", "operating_point"):
        if name in given and not pair and "cost_per_error" in given:
            message = f"{name} tells misses from false alarms; cost_per_error does not."
            part.wrong(name, message, "miss: 100, false_alarm: 1", "CONFLICT", at_key=True)


@in_file("ErrorsSection", "``errors`` of a project: what wrong answers cost.", _one_kind_of_price)
@dataclass(frozen=True, kw_only=True)
class Errors:
    """What a wrong answer costs: one price, or a miss and a false alarm.

    Attributes
    ----------
    cost_per_error : float, optional
        Of any error.
    miss, false_alarm : float, optional
        Of a positive image called negative, and the reverse; what is not given costs nothing.
    prevalence : float, optional
        Share of positives among the images in use.
    operating_point : Point, optional
        How errors split into misses and false alarms; ``equal`` unless given.
    """

    cost_per_error: Annotated[
        float | None,
        MONEY,
        Form("Cost per error", "Of any wrong answer. Or of a miss and a false alarm.",
             unit="money", aliases=("cost per error",)),
    ] = None  # fmt: skip
    miss: Annotated[
        float | None, MONEY, Form("Cost of a miss", "A positive that is not found.", unit="money")
    ] = None
    false_alarm: Annotated[
        float | None,
        MONEY,
        Form("Cost of a false alarm", "A negative called positive.", unit="money"),
    ] = None
    prevalence: Annotated[
        float | None,
        LEVEL,
        Form("Prevalence", "Share of positives among the images in use.", unit="%"),
    ] = None
    operating_point: Annotated[
        Point | None,
        PointValue(),
        Form(
            "Operating point",
            "equal: both classes err alike. best: tuned to the costs. miss_share: 30% of errors.",
            default="equal",
            width=16,
        ),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "errors")

    @property
    def point(self) -> Point:
        """How errors split."""
        return self.operating_point or OperatingPoint.EQUAL

    @property
    def is_pair(self) -> bool:
        """Whether misses and false alarms are told apart."""
        return self.cost_per_error is None

    @property
    def cost_nothing(self) -> bool:
        """Whether every price is 0."""
        return not any((self.cost_per_error, self.miss, self.false_alarm))


def errors_fit_together(part: Part) -> None:
    """Report errors that a project cannot have, and what needs them."""
    errors, use, today = (part.values.get(name) for name in ("errors", "use", "today"))
    _today_can_answer_so(part, errors, today)
    if errors is None:
        if "errors" not in part.given and today is not None and today.error is not None:
            message = "the error of today costs nothing without errors."
            part.wrong("today", message, "errors: {cost_per_error: 0.05}", "MISSING", at_key=True)
        return
    if ("use" not in part.given or use is not None) and (
        use is None or use.images_per_year is None
    ):
        message = "a cost per error needs use.images_per_year."
        part.wrong("errors", message, "use: {images_per_year: 100k}", "MISSING", at_key=True)
    counts, classes = part.values.get("class_counts"), part.values.get("classes")
    classes = len(counts) if counts else classes
    if errors.is_pair and classes is not None and classes != 2:
        message = f"misses and false alarms need two classes; this task has {classes}."
        part.wrong("errors", message, "cost_per_error", "CONFLICT", at_key=True)
    if errors.is_pair and counts and len(counts) == 2:
        _not_as_rare_as_in_use(part, errors, [float(n) for n in counts.values()])


def _today_can_answer_so(part: Part, errors: Errors | None, today: Today | None) -> None:
    """Report that today answers always the same where errors are of one kind."""
    if errors is None or errors.is_pair or today is None or not isinstance(today.error, Blind):
        return
    message = f"{today.error} tells misses from false alarms; cost_per_error does not."
    part.wrong("today", message, "error: 5%", "CONFLICT", at_key=True)


def _not_as_rare_as_in_use(part: Part, errors: Errors, counts: list[float]) -> None:
    """Report images as rare in training as in use, where both classes are said to err alike.

    Its error then starts at that of always answering no, and split alike over both classes it would
    look nearly perfect.
    """
    guess = min(counts) / sum(counts) if sum(counts) > 0 else 0.5
    prevalence = errors.prevalence or 0.0
    alike = errors.point is OperatingPoint.EQUAL
    if alike and guess < 0.5 and guess <= 2 * min(prevalence, 1 - prevalence):
        message = (
            "trained on images as rare as in use, always answering no would look nearly perfect "
            "if both classes erred alike."
        )
        fix = "classes: 2, balanced as it will be trained, or operating_point: best"
        part.wrong("class_counts", message, fix, "CONFLICT", at_key=True)
