r"""What does a project pay, line by line?

Every cost is a line: a number of units, counted off what an option labels and trains on, times the
amount of one of them. Whoever asks for spend (the mean, the solve's draws, the audit's, ranges, the
tornado, rounds of collecting) sums the same lines and differs only in the counts and the amounts
that it puts in:

.. math:: \mathrm{spend}_{os} = \sum_\ell \mathrm{amount}_{\ell s} \cdot
    \mathrm{units}_\ell(\mathrm{labelled}_{os}, \mathrm{trained}_{os})

To add a cost, declare a line in :data:`LINES` that reads a field of the project: options, plan,
risk, ranges, tables, frames, workbook and JSON follow.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, reduce
from operator import add, attrgetter
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Cents, Floats
from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.portfolio import Compute, SharedAsset
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range, amount_mean
from planner.economics.money import product_cents, to_cents
from planner.economics.training import TrainingRate

__all__ = [
    "ASSET",
    "HOURS",
    "LINES",
    "SERVICE",
    "SOUGHT",
    "Counts",
    "Driver",
    "Entry",
    "Line",
    "Timing",
    "Total",
    "alternative_entries",
    "asset_entries",
    "by_timing",
    "committed",
    "entries_of",
    "place_of",
    "spend",
    "stopped",
    "training_amounts",
]

HOURS = "accelerator_hours"
"""Of a project: keys the draws of their range."""

type Numbers = NDArray[np.int64] | NDArray[np.float64]


class Timing(StrEnum):
    """When a line is paid."""

    ONCE = "once"
    """With the first image that its driver counts."""
    PER_IMAGE = "per image"
    """For each image, when it comes."""
    PER_TRAINING = "per training"
    """For each image in every training anew, at the price of compute."""


class Driver(StrEnum):
    """Which images a line is counted by."""

    LABELLED = "labelled"
    """Those that the project buys itself, beside what it holds and takes from pools."""
    MET = "met"
    """Those of them that it takes as they are met, not of one class at a price of its own."""
    SOUGHT = "sought"
    """Those that it buys of the rarest class at a price of its own."""
    TRAINED = "trained"
    """All that it trains on."""
    FUNDED = "funded"
    """Whatever it labels and trains on: paid if the project is funded."""


@dataclass(frozen=True)
class Line:
    """One cost of a project.

    Attributes
    ----------
    name : str
        Its key in what a decision costs.
    timing : Timing
        When it is paid.
    driver : Driver
        Which images it is counted by.
    field : str
        Of the project: says what one unit costs (what a training costs follows from compute), is
        named if the amount is too large, and keys the draws of a range. A line whose field is not
        set does not exist.
    buys : str
        What is paid for.
    price : str
        What the amount of one unit is called where it is a range.
    """

    name: str
    timing: Timing
    driver: Driver
    field: str
    buys: str
    price: str = ""


LINES = (
    Line("data", Timing.PER_IMAGE, Driver.MET, "images.price", "labelling images", "label price"),
    Line(
        "rarest",
        Timing.PER_IMAGE,
        Driver.SOUGHT,
        "class_prices",
        "images of the rarest class bought by itself",
        "price of the rarest class",
    ),
    Line(
        "licence",
        Timing.PER_IMAGE,
        Driver.LABELLED,
        "images.licence",
        "licences of images",
        "licence price",
    ),
    Line(
        "storage",
        Timing.PER_IMAGE,
        Driver.TRAINED,
        "images.storage",
        "storing images",
        "storage price",
    ),
    Line("training", Timing.PER_TRAINING, Driver.TRAINED, "images.limit", "training"),
    Line(
        "fixed",
        Timing.ONCE,
        Driver.LABELLED,
        "images.fixed_cost",
        "setting up a collection",
        "collection set-up cost",
    ),
    Line("people", Timing.ONCE, Driver.FUNDED, "build.people", "people", "cost of people"),
    Line("build", Timing.ONCE, Driver.FUNDED, "build.lines", "fixed costs", "fixed costs"),
    Line(
        "service",
        Timing.ONCE,
        Driver.FUNDED,
        "alternatives",
        "starting an alternative",
        "starting cost",
    ),
)
"""Every cost of a project that it does not share, in the order in which they are added up."""

SOUGHT = LINES[1]
"""Images of the rarest class, where they have a price of their own."""

ASSET = Line("asset", Timing.ONCE, Driver.FUNDED, "fixed_cost", "a shared asset", "fixed cost")
"""What a shared asset costs whatever is taken from its pool."""

SERVICE = LINES[-1]
"""What an alternative costs once; it has no other line, and an own model does not have it."""


@dataclass(frozen=True)
class Total:
    """Several amounts that are paid together, each with draws of its own.

    Attributes
    ----------
    parts : tuple of float or Range
        In the order of the file, which keys their draws.
    names : tuple of str
        What each is called in the file, for what tells them apart; may repeat.
    """

    parts: tuple[Amount, ...]
    names: tuple[str, ...] = ()

    @property
    def lognormal_mean(self) -> float:
        """Sum of the means."""
        return math.fsum(amount_mean(part) for part in self.parts)

    @property
    def varies(self) -> bool:
        """Whether any of them is a range."""
        return any(isinstance(part, Range) for part in self.parts)


@dataclass(frozen=True, eq=False)
class Entry:
    """A line of one project: with the amount of one unit.

    Attributes
    ----------
    line : Line
        Which.
    amount : float, Range, Total or ndarray of float64
        Currency units; computed amounts are arrays that broadcast with the counts.
    hours : float or Range, optional
        Of a training whose length the project states: a range varies what it costs.
    """

    line: Line
    amount: Amount | Total | Floats
    hours: Amount | None = None

    @cached_property
    def mean(self) -> float | Floats:
        """Mean amount of one unit."""
        return self.amount.lognormal_mean if isinstance(self.amount, Range | Total) else self.amount

    @property
    def parts(self) -> tuple[Amount, ...]:
        """Amounts of the file that one unit costs together; none where it is computed."""
        if isinstance(self.amount, Total):
            return self.amount.parts
        return () if isinstance(self.amount, np.ndarray) else (self.amount,)

    @property
    def part_names(self) -> tuple[str, ...]:
        """What each of these is called; empty where the amount is one of its own."""
        names = self.amount.names if isinstance(self.amount, Total) else ()
        again = [names[:at].count(name) for at, name in enumerate(names)]
        told = (f"{name} {n + 1}" if n else name for name, n in zip(names, again, strict=True))
        return tuple(told) or ("",) * len(self.parts)


@dataclass(frozen=True, eq=False)
class Counts:
    """What options are charged for.

    Attributes
    ----------
    labelled, trained : ndarray
        Images that a project buys itself, and all that it trains on; of any shape.
    sought : ndarray, optional
        Those labelled that are of the rarest class, bought at a price of its own; None for none.
    """

    labelled: Numbers
    trained: Numbers
    sought: Numbers | None = None

    def of(self, line: Line) -> NDArray[np.bool_] | Numbers:
        """Return how many units of a line are paid."""
        if line.driver is Driver.FUNDED:
            return np.ones(np.shape(self.trained), dtype=np.bool_)
        images = self._images(line.driver)
        return images > 0 if line.timing is Timing.ONCE else images

    def _images(self, driver: Driver) -> Numbers:
        if driver is Driver.TRAINED:
            return self.trained
        if driver is Driver.SOUGHT:
            return np.zeros_like(self.labelled) if self.sought is None else self.sought
        met = driver is Driver.MET and self.sought is not None
        return self.labelled - self.sought if met else self.labelled  # type: ignore[operator]


def stopped(need: Floats, owned: Numbers, cap: Numbers) -> Counts:
    """Return what is counted where labelling stops at the target, at the latest at a cap.

    Parameters
    ----------
    need : ndarray
        Total images at which the target is met; inf for never.
    owned, cap : ndarray
        Images that need not be bought, and most trained on; they broadcast with ``need``.
    """
    trained = np.minimum(np.maximum(need, owned), cap)
    return Counts(trained - owned, trained)


def entries_of(project: Project, training: float | Floats) -> tuple[Entry, ...]:
    """Return the lines of a project.

    Parameters
    ----------
    project : Project
        Whose fields say what the units cost.
    training : float or ndarray of float64
        What training on one image costs, of one architecture or of several, from
        :func:`training_amounts`.
    """
    found = []
    for line in LINES:
        if line is SERVICE:
            continue
        per_training = line.timing is Timing.PER_TRAINING
        amount = training if per_training else _stated(project, line.field)
        if amount is not None:
            found.append(Entry(line, amount, project.accelerator_hours if per_training else None))
    return tuple(found)


def _stated(project: Project, field: str) -> Amount | Total | None:
    """Return what a field of a project says that something costs; None where it is not given."""
    value: Any = project
    for name in field.split("."):
        value = None if value is None else getattr(value, name)
    if isinstance(value, Mapping):  # of one class
        value = next(iter(value.values()), None)
    if not isinstance(value, tuple):
        return cast("Amount | None", value)
    if not value:
        return None
    return Total(tuple(item.amount for item in value), tuple(item.name for item in value))


def alternative_entries(alternative: Alternative) -> tuple[Entry, ...]:
    """Return the lines of an alternative: what it costs once."""
    return (Entry(SERVICE, alternative.once),)


def asset_entries(asset: SharedAsset) -> tuple[Entry, ...]:
    """Return the lines of a shared asset: its fixed cost, and those of its pool of images."""
    fixed = Entry(ASSET, asset.fixed_cost)
    if asset.images is None:
        return (fixed,)
    amounts = (
        (line, attrgetter(line.field)(asset))
        for line in LINES
        if line.field.startswith("images.") and line.timing is not Timing.PER_TRAINING
    )
    return (fixed, *(Entry(line, amount) for line, amount in amounts if amount is not None))


def training_amounts(rates: Sequence[TrainingRate], compute: Compute) -> Floats:
    """Return what training on one image costs each architecture, for every epoch and trial."""
    return np.array([rate.usd_per_image_epoch * compute.passes for rate in rates], dtype=np.float64)


def place_of(owner: Project | SharedAsset) -> str:
    """Return where a file says what the owner pays."""
    return f"{'projects' if isinstance(owner, Project) else 'shared'}[{owner.id}]"


def committed(entries: Iterable[Entry], counts: Counts, place: str) -> dict[str, Cents]:
    """Return what the plan binds, by line, in whole cents.

    An amount of the file counts as the decimal number it is written as, a range at the mean of its
    lognormal; the product is rounded to the cent once (not the amount: a price of a fraction of a
    cent would round to nothing).

    Parameters
    ----------
    entries : iterable of Entry
        Of one owner.
    counts : Counts
        Whole images.
    place : str
        From :func:`place_of`.

    Raises
    ------
    InputError
        A cost is too large to be counted to the cent.
    """
    return {
        entry.line.name: _cents(entry, counts.of(entry.line), f"{place}.{entry.line.field}")
        for entry in entries
    }


def _cents(entry: Entry, units: NDArray[np.bool_] | Numbers, field: str) -> Cents:
    if entry.line.timing is Timing.ONCE:
        return np.where(units, np.int64(to_cents(float(entry.mean), field)), np.int64(0))
    if isinstance(entry.amount, int | float) and entry.line.timing is not Timing.PER_TRAINING:
        return product_cents(entry.amount, units.astype(np.int64), field)
    with np.errstate(over="ignore", invalid="ignore"):  # too large is answered by to_cents
        return to_cents(np.asarray(entry.mean * units.astype(np.float64)), field)


def spend(lines: Iterable[Line], counts: Counts, amounts: Iterable[float | Floats]) -> Floats:
    """Return amounts times units, summed over lines; means or draws, as the amounts are.

    Parameters
    ----------
    lines : iterable of Line
        Those that count.
    counts : Counts
        Which may differ from draw to draw.
    amounts : iterable of float or ndarray
        Of one unit of each line; they broadcast with the counts.
    """
    terms = [amount * counts.of(line) for line, amount in zip(lines, amounts, strict=True)]
    return np.asarray(reduce(add, terms) if terms else 0.0, dtype=np.float64)


def by_timing(entries: Iterable[Entry]) -> Mapping[Timing, float]:
    """Return the mean amounts that are paid at the same times for images, summed.

    What is paid whenever the project is funded does not depend on how its images are collected;
    none is bought of one class alone.
    """
    total = dict.fromkeys(Timing, 0.0)
    for entry in entries:
        if entry.line.driver in (Driver.FUNDED, Driver.SOUGHT):
            continue
        total[entry.line.timing] += float(entry.mean)
    return total
