"""What does a system cost and earn while it is used? Every line once, with when it is paid.

To add a line, declare it in :data:`LIFE_LINES`: its worth in options, plan, risk and audit, the
life of each decision, cash by year, the report and what is "not included" follow.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.alternatives import Price, Tier
from planner.domain.portfolio.in_use.drift import kept_after, refreshes
from planner.domain.portfolio.in_use.grading import Earning, Step
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import HOURS_PER_YEAR, Range, amount_mean
from planner.domain.vocabulary import Earned, Window
from planner.domain.wrong_answers import cost_today, graded_cost
from planner.economics.emissions import Emission
from planner.economics.hardware import fallen_prices
from planner.economics.life.clock import Service, growth, ramp

__all__ = [
    "CARBON",
    "LIFE_LINES",
    "Emitted",
    "Flow",
    "Fresh",
    "Grade",
    "LifeLine",
    "Ranged",
    "Running",
    "Serving",
    "Step",
    "Tier",
    "yearly_price",
]

SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, eq=False)
class Serving:
    """What a machine does and costs that runs the options of a project.

    Attributes
    ----------
    seconds_per_image : ndarray of float64
        Of each option.
    per_hour : float
        Price of an hour of one machine today.
    compute : Compute
        By how much prices fall.
    """

    seconds_per_image: Floats
    per_hour: float
    compute: Compute


@dataclass(frozen=True, eq=False)
class Emitted:
    """What the machines of some options use and emit, and its price.

    Attributes
    ----------
    hours : ndarray of float64
        Accelerator-hours of each option's training.
    training, running : Emission or None
        Of an hour of the machines that train and run it; None where no source gives their power.
    per_kg : float
        Price of a kilogram of CO2 equivalent.
    """

    hours: Floats
    training: Emission | None
    running: Emission | None
    per_kg: float


@dataclass(frozen=True, eq=False)
class Fresh:
    """How options are kept fresh.

    Attributes
    ----------
    every : float
        Years between two refreshes.
    images, training : ndarray of float64
        Images that each option trains on, and what a training costs today.
    compute : Compute
        By how much its price falls.
    label_price : float
        Mean price of an image among those trained on.
    """

    every: float
    images: Floats
    training: Floats
    compute: Compute
    label_price: float


@dataclass(frozen=True, eq=False)
class Running:
    """A project's options in use.

    Attributes
    ----------
    project : Project
        Whose.
    run : Service
        When each option runs.
    serving : Serving or None
        What its machine costs; None where no machine is asked for.
    emitted : Emitted or None
        What its machines emit; None where the file does not say where they stand.
    fresh : Fresh or None
        How it is kept fresh; None where it is not.
    saved : float
        Share of the cost of running that compression saves.
    """

    project: Project
    run: Service
    serving: Serving | None = None
    emitted: Emitted | None = None
    fresh: Fresh | None = None
    saved: float = 0.0

    @cached_property
    def volume(self) -> Floats:
        """Images a year in each slice, shape (n, k)."""
        use = self.project.use
        images = 0 if use is None else use.images_per_year or 0
        return images * growth(self.run, use)

    @cached_property
    def ramped(self) -> Floats:
        """Share of full use in each slice, shape (n, k)."""
        return ramp(self.run, 0.0 if self.project.use is None else self.project.use.ramp_years)

    @cached_property
    def hours(self) -> Floats:
        """Hours a year of the machine that runs it in each slice, shape (n, k); 0 without one."""
        inference, serving = self.project.inference, self.serving
        if inference is None or inference.price_per_1000 is not None or serving is None:
            return np.zeros(self.run.lengths.shape)
        floor = inference.always_on * HOURS_PER_YEAR * SECONDS_PER_HOUR
        seconds = np.maximum(
            (1.0 - self.saved) * self.volume * serving.seconds_per_image[:, None], floor
        )
        return np.asarray(seconds / SECONDS_PER_HOUR)

    @property
    def trainings(self) -> float:
        """Trainings a year that keep it fresh."""
        fresh, upkeep = self.fresh, self.project.upkeep
        if fresh is None or upkeep is None:
            return 0.0
        often = upkeep.retrain_per_year
        return 1.0 / fresh.every if often is None else often

    @property
    def retrained(self) -> Floats:
        """Accelerator-hours a year of training it anew, shape (n, 1); 0 where nobody counts."""
        hours = np.zeros(len(self.run.start)) if self.emitted is None else self.emitted.hours
        return np.asarray(self.trainings * hours[:, None])


@dataclass(frozen=True)
class Ranged:
    """An amount of the file that is a range.

    Attributes
    ----------
    section, id, field : str
        Where it stands in a project: such as ``benefits``, ``press``, ``once``.
    amount : Range
        Which.
    """

    section: str
    id: str
    field: str
    amount: Range

    @property
    def key(self) -> str:
        """Under which it is drawn."""
        return f"{self.section}[{self.id}].{self.field}"


type Grade = Callable[[Floats, Flags], Floats]


@dataclass(frozen=True, eq=False)
class Flow:
    """Amounts of one line, each at its time.

    Attributes
    ----------
    earned : Earned
        On which condition.
    amounts, counted : ndarray of float64, shape (n, k)
        Currency units of a slice, below 0 where they are paid, and when they count, in years.
    begin, end : ndarray of float64, shape (n, k)
        When what is counted begins and ends; it accrues evenly in between.
    grade : callable, optional
        What the amounts are multiplied by, from the error in use and where it is that of a system
        that never learned anything.
    ranged : Ranged, optional
        What the amounts are the means of, where that is a range.
    """

    earned: Earned
    amounts: Floats
    counted: Floats
    begin: Floats
    end: Floats
    grade: Grade | None = None
    ranged: Ranged | None = None

    @property
    def runs(self) -> bool:
        """Whether it accrues while the system is used, and is no lump."""
        return bool(np.any(self.end > self.begin))


@dataclass(frozen=True)
class LifeLine:
    """One line of a life besides development and ``value``.

    Attributes
    ----------
    name : str
        Its key in ``life.lines``.
    is_given : callable
        Whether a project's file states it; a line that is not stated does not exist.
    flows : callable
        Its amounts.
    give : str
        Field that states it.
    words : str
        What it is, for the reader.
    is_gross : bool
        Whether what is lost by it counts against what is earned, and is no cost of running.
    """

    name: str
    is_given: Callable[[Project], bool]
    flows: Callable[[Running], Iterator[Flow]]
    give: str
    words: str
    is_gross: bool = False


def _yearly(running: Running, amounts: Floats, earned: Earned = Earned.LIVE) -> Flow:
    """Return amounts a year in every slice of use."""
    run = running.run
    begin = run.live[:, None] + run.since
    return Flow(earned, amounts * run.lengths, run.counted, begin, begin + run.lengths)


def _lump(running: Running, amount: Floats, at: Floats, earned: Earned = Earned.LIVE) -> Flow:
    """Return one amount at a time of each option that is ever live."""
    amounts = (amount * running.run.runs)[:, None]
    when = at[:, None]
    return Flow(earned, amounts, when, when, when)


def _benefits(running: Running) -> Iterator[Flow]:
    run = running.run
    for benefit in running.project.benefits:
        factor = _early(benefit.window_years, benefit.window, run.live)
        if benefit.once is not None:
            amount, grade = _earning(benefit.once)
            flow = _lump(running, amount * factor, run.live, benefit.when)
            ranged = _ranged("benefits", benefit.id, "once", benefit.once)
            yield replace(flow, grade=grade, ranged=ranged)
        elif benefit.yearly is not None:
            amount, grade = _earning(benefit.yearly)
            amounts = amount * factor[:, None] * running.ramped
            ranged = _ranged("benefits", benefit.id, "yearly", benefit.yearly)
            yield replace(_yearly(running, amounts, benefit.when), grade=grade, ranged=ranged)


def _ranged(section: str, name: str, field: str, amount: Earning | Price) -> Ranged | None:
    """Return a range with its place; None for a number, and for tiers and what the error grades."""
    return Ranged(section, name, field, amount) if isinstance(amount, Range) else None


def _earning(earning: Earning) -> tuple[float, Grade | None]:
    """Return an amount, and how it depends on the error: evenly between accuracies, flat outside.

    Examples
    --------
    >>> steps = (Step(accuracy=0.9, amount=0), Step(accuracy=0.98, amount=100_000))
    >>> amount, grade = _earning(steps)
    >>> (amount * grade(np.array([0.12, 0.08, 0.05, 0.03, 0.01]), np.zeros(5))).round(6).tolist()
    [0.0, 25000.0, 62500.0, 87500.0, 100000.0]
    """
    if not isinstance(earning, tuple):
        return amount_mean(earning), None
    accuracies = np.array([step.accuracy for step in earning])
    amounts = np.array([step.amount for step in earning])
    if not amounts.any():
        return 0.0, None

    def grade(error: Floats, _is_guess: Flags) -> Floats:
        return np.asarray(np.interp(np.round(1.0 - error, 12), accuracies, amounts))

    return 1.0, grade


def _early(years: float | None, window: Window, live: Floats) -> Floats:
    """Return which share of a benefit for being early is left at a live date."""
    if years is None:
        return np.ones(len(live))
    if window is Window.STEP:
        return (live <= years).astype(np.float64)
    return np.maximum(0.0, 1.0 - live / years)


def _today(running: Running) -> Iterator[Flow]:
    today, errors = running.project.today, running.project.errors
    if today is None:
        return
    each, wrong = amount_mean(today.price_per_1000) / 1_000, 0.0
    if errors is not None and today.error is not None:
        wrong = cost_today(errors, today.error)
    ranged = _ranged("today", "today", "price_per_1000", today.price_per_1000)
    if ranged is None:
        yield _yearly(running, running.volume * (each + wrong))
        return
    yield replace(_yearly(running, running.volume * each), ranged=ranged)
    if wrong:
        yield _yearly(running, running.volume * wrong)


def _errors(running: Running) -> Iterator[Flow]:
    errors = running.project.errors
    if errors is not None and not errors.cost_nothing:
        yield replace(
            _yearly(running, -running.volume), grade=graded_cost(errors, running.project.review)
        )


def _inference(running: Running) -> Iterator[Flow]:
    inference, serving = running.project.inference, running.serving
    if inference is None:
        return
    if inference.price_per_1000 is not None or serving is None:
        price = inference.price_per_1000 or 0.0
        paid = -(1.0 - running.saved) * yearly_price(running.volume, price)
        ranged = _ranged("inference", "inference", "price_per_1000", price)
        yield replace(_yearly(running, paid), ranged=ranged)
        return
    per_hour = serving.per_hour * fallen_prices(serving.compute, running.run.counted)
    yield _yearly(running, -running.hours * per_hour)


def yearly_price(images: Floats, price: Price) -> Floats:
    """Return what so many images a year cost, evenly spread over its months where tiers count.

    A range counts at its mean.

    Examples
    --------
    >>> tiers = (Tier(up_to=1_000, price=0), Tier(up_to=5_000_000, price=1.5), Tier(price=1.0))
    >>> float(yearly_price(np.array(96_000_000.0), tiers))
    125982.0
    """
    if not isinstance(price, tuple):
        return images / 1_000 * amount_mean(price)
    month, paid, below = images / 12, np.zeros(np.shape(images)), 0.0
    for tier in price:
        end = math.inf if tier.up_to is None else float(tier.up_to)
        paid = paid + np.clip(month - below, 0.0, end - below) / 1_000 * tier.price
        below = end
    return np.asarray(12 * paid)


def _review(running: Running) -> Iterator[Flow]:
    review = running.project.review
    if review is not None:
        each = review.share * amount_mean(review.price_per_1000) / 1_000
        ranged = _ranged("review", "review", "price_per_1000", review.price_per_1000)
        yield replace(_yearly(running, -running.volume * each), ranged=ranged)


def _upkeep(running: Running) -> Iterator[Flow]:
    upkeep, run = running.project.upkeep, running.run
    for line in () if upkeep is None else upkeep.lines:
        if line.yearly is not None:
            flow = _yearly(running, np.array(-amount_mean(line.yearly)))
            ranged = _ranged("upkeep.lines", line.id, "yearly", line.yearly)
            yield replace(flow, ranged=ranged)
        elif line.once is not None:
            flow = _lump(running, np.array(-amount_mean(line.once)), run.live)
            yield replace(flow, ranged=_ranged("upkeep.lines", line.id, "once", line.once))


def _refresh(running: Running) -> Iterator[Flow]:
    """Yield what is labelled anew, images rounded up, and trained on, in each year of use."""
    fresh, upkeep = running.fresh, running.project.upkeep
    if fresh is None or upkeep is None:
        return
    lost = np.ceil(np.round(fresh.images * (1.0 - kept_after(upkeep) ** fresh.every), 6))
    labels = lost / fresh.every * fresh.label_price
    prices = fallen_prices(fresh.compute, running.run.counted)
    trained = running.trainings * fresh.training[:, None] * prices
    yield _yearly(running, -(labels[:, None] + trained))


def _end(running: Running) -> Iterator[Flow]:
    end = running.project.end
    if end is not None and end.once is not None:
        flow = _lump(running, np.array(-amount_mean(end.once)), running.run.stop)
        yield replace(flow, ranged=_ranged("end", "end", "once", end.once))
    if end is not None and end.resale is not None:
        flow = _lump(running, np.array(amount_mean(end.resale)), running.run.stop)
        yield replace(flow, ranged=_ranged("end", "end", "resale", end.resale))


def _carbon(running: Running) -> Iterator[Flow]:
    """Yield the price of what training emits when it starts, and running while it is live."""
    emitted = running.emitted
    if emitted is None or not emitted.per_kg:
        return
    start = running.run.start[:, None]
    if emitted.training is not None:
        paid = -(emitted.hours * emitted.training.kg * emitted.per_kg)[:, None]
        yield Flow(Earned.ALWAYS, paid, start, start, start)
        if running.trainings:
            yield _yearly(running, -running.retrained * emitted.training.kg * emitted.per_kg)
    if emitted.running is not None:
        yield _yearly(running, -running.hours * emitted.running.kg * emitted.per_kg)


CARBON = LifeLine(
    "carbon", lambda _project: False, _carbon, "portfolio.carbon", "what its machines emit"
)
"""Stated once for all projects, so that no project states it."""

LIFE_LINES = (
    LifeLine(
        "benefits",
        lambda p: bool(p.benefits),
        _benefits,
        "benefits",
        "what it earns besides the value of the target",
    ),
    LifeLine(
        "today",
        lambda p: p.today is not None,
        _today,
        "today",
        "what the present way of working would cost",
    ),
    LifeLine(
        "inference",
        lambda p: p.inference is not None,
        _inference,
        "inference",
        "running it on images",
    ),
    LifeLine(
        "review", lambda p: p.review is not None, _review, "review", "people who look at images"
    ),
    LifeLine(
        "refresh",
        lambda p: bool(refreshes(p.upkeep)),
        _refresh,
        "upkeep.half_life",
        "labelling and training anew",
    ),
    LifeLine(
        "upkeep",
        lambda p: p.upkeep is not None and bool(p.upkeep.lines),
        _upkeep,
        "upkeep.lines",
        "keeping it in use",
    ),
    LifeLine(
        "errors",
        lambda p: p.errors is not None,
        _errors,
        "errors",
        "what its wrong answers cost",
        is_gross=True,
    ),
    LifeLine("end", lambda p: p.end is not None, _end, "end", "retiring it"),
)
"""In the order in which they are printed."""
