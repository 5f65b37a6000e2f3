"""Which portfolios are decisions tried on? Random ones, of measured curves taken as the truth.

Images are what money buys here: training is free, so that a plan's cost is that of its images, and
every project has one architecture, the one its curve was measured with. Between measured sizes a
curve is straight in log10 images and log10 error; nothing can be bought beyond its last size.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.validation.curve_file import Curve
from planner.validation.forecasts import project_of

PROJECTS = 8
HELD_SHARE = 0.26
"""Largest share of a curve's last size that a project may hold."""

TARGET_FROM, TARGET_TO = 0.5, 1.3
"""Targets are errors at so many times the images held, and up to so many times the last size."""

BEYOND_END = 0.9
"""Share of the last error that is asked for beyond the last size: out of reach."""

LOG10_COST = (3.7, 4.7)
"""Of buying everything, in currency units a project."""

LOG10_VALUE = (-0.5, 0.7)
"""Of a project's value over the cost of buying everything."""

BUDGET = (0.2, 0.5)
"""Of the cost of buying everything for all projects."""

TRAINING_IS_FREE = Compute(usd_per_hour=0.0, trials=1)

_MOST_DRAWS = 100
_SAME = 1.0 + 1e-9


@dataclass(frozen=True, eq=False)
class Truth:
    """A measured curve taken as the truth.

    Attributes
    ----------
    curve : Curve
        As measured; repeats at one size count by the mean of their log10 errors.
    kind : str
        What its images are.
    """

    curve: Curve
    kind: str = ""

    @cached_property
    def sizes(self) -> Floats:
        """Images of each measured size, rising."""
        return np.array(sorted(set(self.curve.images)), dtype=float)

    @cached_property
    def log10_errors(self) -> Floats:
        """Mean log10 error at each."""
        images, errors = np.array(self.curve.images), np.log10(self.curve.errors)
        return np.array([errors[images == size].mean() for size in self.sizes])

    @property
    def last(self) -> int:
        """Images of the last size."""
        return round(float(self.sizes[-1]))

    @property
    def held(self) -> int | None:
        """Largest size within the share of the last that may be held; None for none."""
        within = self.sizes[self.sizes <= HELD_SHARE * self.sizes[-1]]
        return round(float(within[-1])) if len(within) else None

    def error(self, images: Floats) -> Floats:
        """Return the error at numbers of images; that of the first and last size outside."""
        at = np.log10(np.maximum(images, 1.0))
        return np.asarray(10.0 ** np.interp(at, np.log10(self.sizes), self.log10_errors))

    def reaches(self, images: int, target: float) -> bool:
        """Tell whether the error at a number of images meets a target."""
        return bool(self.error(np.array([float(images)]))[0] <= target * _SAME)

    def needed(self, target: float, held: int) -> int | None:
        """Return the fewest images, of those held and more, that meet a target; None for never."""
        images = np.arange(held, self.last + 1, dtype=float)
        met = self.error(images) <= target * _SAME
        return held + int(np.argmax(met)) if met.any() else None


@dataclass(frozen=True, eq=False)
class World:
    """A portfolio whose truth is known.

    Attributes
    ----------
    number : int
        Of the portfolio.
    portfolio : Portfolio
        Without pilots.
    truths : tuple of Truth
        Of its projects, in order.
    """

    number: int
    portfolio: Portfolio
    truths: tuple[Truth, ...]


def usable_truths(
    curves: Mapping[str, Sequence[Curve]], kinds: Mapping[str, str]
) -> dict[str, list[Truth]]:
    """Return the curves that projects can be drawn from, by data set.

    Left out are curves without a size within the share that may be held, and those that are no
    better there than the majority guess: no target could be asked of them.
    """
    found: dict[str, list[Truth]] = {}
    for dataset, members in curves.items():
        for curve in members:
            truth = Truth(curve, kinds.get(curve.id, ""))
            held = truth.held
            if held is None or len(truth.sizes) < 2:
                continue
            if not truth.reaches(held, project_of(curve).majority_guess_error / _SAME**2):
                continue
            found.setdefault(dataset, []).append(truth)
    return found


def draw_world(
    truths: Mapping[str, Sequence[Truth]],
    number: int,
    rng: np.random.Generator,
    projects: int = PROJECTS,
) -> World:
    """Draw a portfolio: data sets alike and as few times each as can be, then one of their curves.

    Parameters
    ----------
    truths : mapping of str to sequence of Truth
        By data set.
    number : int
        Of the portfolio.
    rng : numpy.random.Generator
        Of all that is random about it.
    projects : int, default=8
        In the portfolio.
    """
    names = sorted(truths)
    order = np.concatenate(
        [rng.permutation(len(names)) for _ in range(math.ceil(projects / len(names)))]
    )
    chosen = []
    for place in order[:projects].tolist():
        members = truths[names[place]]
        chosen.append(members[int(rng.integers(len(members)))])
    drawn = [_project(truth, f"{at + 1}", rng) for at, truth in enumerate(chosen)]
    everything = math.fsum(cost for _, cost in drawn)
    return World(
        number=number,
        portfolio=Portfolio(
            name=f"Portfolio {number}",
            budget=round(float(rng.uniform(*BUDGET)) * everything, 2),
            compute=TRAINING_IS_FREE,
            projects=tuple(project for project, _ in drawn),
        ),
        truths=tuple(chosen),
    )


def _project(truth: Truth, name: str, rng: np.random.Generator) -> tuple[Project, float]:
    """Return a project of a curve, and what buying everything costs."""
    held = truth.held or truth.last
    described = project_of(truth.curve)
    target = _target(truth, held, described.majority_guess_error, rng)
    everything = float(10.0 ** rng.uniform(*LOG10_COST))
    value = round(everything * float(10.0 ** rng.uniform(*LOG10_VALUE)), 2)
    project = Project(
        id=name,
        task=described.task,
        classes=described.classes,
        relative_complexity=math.nan if described.classes else described.relative_complexity,
        pretrained=described.pretrained,
        backbone=described.backbone,
        zero_shot_error=described.zero_shot_error,
        target_error=target,
        images=Images(held=held, limit=truth.last, price=everything / (truth.last - held)),
        value=value,
        architectures=(truth.curve.architecture,) if truth.curve.architecture else (),
    )
    return project, everything


def _target(truth: Truth, held: int, chance_error: float, rng: np.random.Generator) -> float:
    """Return the error at a number of images drawn; again while the majority guess would do."""
    low, high = math.log10(TARGET_FROM * held), math.log10(TARGET_TO * truth.last)
    for _ in range(_MOST_DRAWS):
        images = 10.0 ** float(rng.uniform(low, high))
        beyond = BEYOND_END if images > truth.last else 1.0
        target = beyond * float(truth.error(np.array([images]))[0])
        if target < chance_error / _SAME:
            return target
    return float(truth.error(np.array([float(held)]))[0])
