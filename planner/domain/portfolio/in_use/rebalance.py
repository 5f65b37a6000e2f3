"""More images of the rarest class than are met: how many, and at what price."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.domain.fields.declared import Kind, Part
from planner.domain.fields.finding import WRONG, Location, Reading
from planner.domain.fields.values import POSITIVE_COUNT, Shape
from planner.domain.format import count
from planner.domain.portfolio.in_use.classes import rarest
from planner.domain.quantities import Amount, amount_mean, show
from planner.domain.vocabulary import Task

if TYPE_CHECKING:
    from planner.domain.portfolio.project import Project

__all__ = [
    "REBALANCES",
    "Balance",
    "balance_fits",
    "balanced_project",
    "balances",
    "label_price",
]

MOST = 3
"""Numbers of images compared for one project; each is another way to train every option."""
_NONE = "none"
_ROUNDING = 1e-9


@dataclass(frozen=True)
class RebalanceValue:
    """Images of the rarest class to reach, or none; of several the plan chooses."""

    cell: Kind | None = Kind.NAMES
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A number or ``none``, or several."""
        one: Shape = {"anyOf": [*POSITIVE_COUNT.shape["anyOf"], {"const": _NONE}]}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the numbers, each once; 0 is none."""
        items: Sequence[object] = raw if isinstance(raw, list | tuple) else [raw]
        if not items or isinstance(raw, Mapping):
            expected = "none, a number of images of the rarest class, or a list of these"
            reading.wrong(here, f"got {show(raw)}; expected {expected}.", "[none, 10k]")
            return WRONG
        found = [self._one(item, (*here, at), reading) for at, item in enumerate(items)]
        if any(item is WRONG for item in found):
            return WRONG
        if len(set(found)) < len(found):
            reading.wrong(here, "a number is given twice; keep one of each.")
            return WRONG
        return tuple(found)

    def _one(self, item: object, here: Location, reading: Reading) -> object:
        is_none = item == _NONE or (item == 0 and not reading.source.written)
        return 0 if is_none else POSITIVE_COUNT.read(item, here, reading)


REBALANCES = RebalanceValue()


@dataclass(frozen=True)
class Balance:
    """Training with more images of the rarest class than are met.

    Attributes
    ----------
    name : str
        The class.
    reach : int
        Images of it where the others have as many as the file counts; in proportion elsewhere.
    sought : float
        Share of all images trained on that is bought of it beyond those that are met.
    times : float
        How many times as frequent it is among them as it is met.
    """

    name: str
    reach: int
    sought: float
    times: float

    @classmethod
    def of(cls, counts: Mapping[str, float], reach: int) -> "Balance":
        """Return the training of a task with these images per class.

        Examples
        --------
        >>> one = Balance.of({"common": 50_000, "rare": 1_000}, 10_000)
        >>> round(one.sought, 6), one.times, one.images(60_000)
        (0.15, 10.0, 9000)
        """
        name = rarest(counts)
        more = reach - counts[name]
        total = math.fsum(count for count in counts.values() if count > 0)
        return cls(name, reach, more / (total + more), reach / counts[name])

    def images(self, total: int) -> int:
        """Return how many of so many images trained on are bought of the rarest class alone."""
        return math.floor(total * self.sought + _ROUNDING)

    def least(self, held: int) -> int:
        """Return the fewest images trained on that leave none of those held unused, and seek one.

        Examples
        --------
        >>> one = Balance.of({"common": 50_000, "rare": 1_000}, 10_000)
        >>> one.least(51_000), one.least(0)
        (60000, 7)
        """
        kept = math.ceil(held / (1.0 - self.sought) - _ROUNDING)
        return max(kept, math.ceil(1.0 / self.sought - _ROUNDING))


def balances(project: "Project") -> tuple[Balance | None, ...]:
    """Return what the plan may choose; None is training on classes as they are met."""
    counts = project.class_counts
    if not project.rebalance or counts is None:
        return (None,)
    return tuple(Balance.of(counts, reach) if reach else None for reach in project.rebalance)


def balanced_project(project: "Project", balance: Balance) -> "Project":
    """Return the task whose classes are as frequent as they are trained on."""
    counts = project.class_counts or {}
    return replace(
        project,
        class_counts={**counts, balance.name: float(balance.reach)},
        relative_complexity=math.nan,
        rebalance=(),
        class_prices=None,
    )


def label_price(project: "Project", balance: Balance | None) -> float:
    """Return the mean price of an image among all that are trained on."""
    usual = amount_mean(project.images.price)
    own = next(iter((project.class_prices or {}).values()), None)
    if balance is None or own is None:
        return usual
    return usual + balance.sought * (amount_mean(own) - usual)


def balance_fits(part: Part) -> None:
    """Report numbers of images that the rarest class cannot reach, and prices of other classes."""
    chosen, counts = part.values.get("rebalance") or (), part.values.get("class_counts")
    prices: Mapping[str, Amount] = part.values.get("class_prices") or {}
    if "rebalance" in part.given and not chosen and part.values.get("rebalance") is None:
        return  # reported already
    if not any(chosen):
        _priced_for_nothing(part, prices)
        return
    if part.values.get("task") == Task.SEGMENTATION or not counts:
        if part.values.get("task") == Task.SEGMENTATION or "class_counts" not in part.given:
            message = "rebalancing needs a classification with class_counts: which class is rare."
            fix = "class_counts: {ok: 9000, torn: 800}"
            part.wrong("rebalance", message, fix, "MISSING", at_key=True)
        return
    if len(chosen) > MOST:
        message = f"{len(chosen)} numbers of images; at most {MOST} are compared."
        part.wrong("rebalance", message, at_key=True)
    if _reachable(part, chosen, counts):
        _obtainable(part, chosen, counts)
    for name in prices:
        if name != rarest(counts):
            message = f"only {show(rarest(counts))}, the rarest class, is bought by itself."
            part.wrong("class_prices", message, f"{{{rarest(counts)}: 2.00}}", at_key=True)


def _priced_for_nothing(part: Part, prices: Mapping[str, Amount]) -> None:
    if prices:
        message = "a class is bought by itself only where the plan may rebalance."
        part.wrong("class_prices", message, "rebalance: [none, 10k]", "MISSING", at_key=True)


def _obtainable(part: Part, chosen: Sequence[int], counts: Mapping[str, float]) -> None:
    """Report numbers for which more images must be trained on than can be owned."""
    images = part.values.get("images")
    for one in (Balance.of(counts, reach) for reach in chosen if reach):
        if images is not None and one.least(images.held) > images.limit:
            message = (
                f"{count(one.reach)} images of {show(one.name)} beside the {count(images.held)} "
                f"held take {count(one.least(images.held))} in all; the limit is "
                f"{count(images.limit)}."
            )
            fix = f"images.limit: {one.least(images.held)}"
            part.wrong("rebalance", message, fix, at_key=True)


def _reachable(part: Part, chosen: Sequence[int], counts: Mapping[str, float]) -> bool:
    """Return whether the rarest class can have so many images; report where it cannot."""
    name, most, fine = rarest(counts), max(counts.values()), True
    for reach in chosen:
        if reach and reach <= counts[name]:
            message = f"{show(name)} has {count(counts[name])} images already; got {count(reach)}."
            part.wrong("rebalance", message, f"more than {count(counts[name])}", at_key=True)
            fine = False
        if reach > most:
            message = (
                f"{count(reach)} images are more than the {count(most)} of the most frequent class."
            )
            part.wrong("rebalance", message, f"at most {count(most)}", at_key=True)
            fine = False
    return fine
