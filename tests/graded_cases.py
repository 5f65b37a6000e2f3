"""Lives in which the error itself counts, random; what one draw of them is worth, by hand."""

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np

from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.benefits import Benefit
from planner.domain.portfolio.in_use.field_use import Review, Shift
from planner.domain.portfolio.in_use.grading import Step
from planner.domain.portfolio.in_use.mistakes import Errors, MissShare
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range, amount_mean
from planner.domain.vocabulary import Blind, Deploy, Earned, Mode
from tests.life_cases import by_hand, lived_portfolio

NORMAL = NormalDist()


def random_errors(rng: np.random.Generator, two_classes: bool, size: float) -> dict[str, Any]:
    """Return what errors cost."""
    if not two_classes or rng.random() < 0.3:
        return {"cost_per_error": round(float(rng.uniform(0, 0.02 * size)), 4)}
    point = [{"miss_share": 0.3}, "equal", "best"][int(rng.integers(3))]
    return {
        "miss": round(float(rng.uniform(0, 0.05 * size)), 4),
        "false_alarm": round(float(rng.uniform(0, 0.02 * size)), 4),
        "prevalence": float(rng.choice([0.02, 0.3, 0.6])),
        "operating_point": point,
    }


def graded_portfolio(seed: int) -> Portfolio:
    """Return a random small portfolio in which the errors of most projects count."""
    plain = lived_portfolio(seed)
    rng = np.random.default_rng([seed, 17])
    projects = []
    for project in plain.projects:
        use = project.use
        if use is None or rng.random() < 0.25:
            projects.append(project)
            continue
        use = replace(use, images_per_year=int(rng.integers(100, 9_000)))
        if rng.random() < 0.6:
            project = replace(project, classes=2, class_counts=None, relative_complexity=math.nan)
        two = project.classes == 2
        errors = Errors(**random_errors(rng, two, 30.0))
        blind = errors.is_pair and rng.random() < 0.3
        today = project.today
        if today is not None and rng.random() < 0.7:
            error = Blind.ALWAYS_NO if blind else float(rng.uniform(0, 0.4))
            today = replace(today, error=error)
        benefits = project.benefits
        if rng.random() < 0.5:
            steps = (Step(accuracy=0.7, amount=0), Step(accuracy=0.95, amount=9))
            graded = Benefit(id="graded", yearly=steps, when=str(rng.choice(["target", "live"])))  # type: ignore[arg-type]
            once = Benefit(id="once", once=(Step(accuracy=0.9, amount=7),), window_years=2)
            benefits = (*benefits, graded, once)
        project = replace(project, use=use, errors=errors, today=today, benefits=benefits)
        projects.append(_in_the_field(project, rng))
    return replace(plain, projects=tuple(projects), mode=Mode.COMMIT, hold=None)


def _in_the_field(project: Project, rng: np.random.Generator) -> Project:
    """Return a project with review, shift or no target, or as it is."""
    if rng.random() < 0.4:
        review = Review(share=0.1, finds=0.4, price_per_1000=float(rng.uniform(0, 9)), error=0.02)
        project = replace(project, review=review)
    if rng.random() < 0.4:
        drop = Range(0.05, 0.2) if rng.random() < 0.5 else 0.1
        shift = Shift(accuracy_drop=drop) if rng.random() < 0.5 else Shift(points=11)
        target = {"target_accuracy": None, "target_iou": None, "target_error": 0.4}
        project = replace(project, shift=shift, **target)  # type: ignore[arg-type]
    if rng.random() < 0.4 and project.use is not None:
        deploy = Deploy.IF_PAYS if rng.random() < 0.7 else Deploy.ALWAYS
        none = {"target_accuracy": None, "target_iou": None, "target_error": None}
        live = tuple(replace(benefit, when=Earned.LIVE) for benefit in project.benefits)
        benefits = live or (Benefit(id="live", yearly=3.0, when=Earned.LIVE),)
        project = replace(
            project,
            use=replace(project.use, deploy=deploy),
            value=None,
            benefits=benefits,
            **none,  # type: ignore[arg-type]
        )
    return project


def in_use_by_hand(project: Project, error: float, drop: float, lost: float) -> float:
    """Return what an error in the laboratory becomes in use."""
    shifted = min(1.0, 1 - (1 - error) * (1 - drop) + lost)
    review = project.review
    if review is None:
        return shifted
    return (1 - review.finds) * shifted + review.share * review.error


def mistakes_by_hand(errors: Errors, error: float) -> tuple[float, float]:
    """Return misses and false alarms of an image."""
    share = errors.prevalence or 0.0
    point = errors.point
    if isinstance(point, MissShare):
        missed = min(point.miss_share * error, share)
        return missed, min((1 - point.miss_share) * error, 1 - share)
    if str(point) == "equal" or error >= 0.5:
        return share * error, (1 - share) * error
    apart = 2 * NORMAL.inv_cdf(1 - error)
    at = math.log((1 - share) * (errors.false_alarm or 0) / (share * (errors.miss or 0))) / apart
    return share * NORMAL.cdf(at - apart / 2), (1 - share) * NORMAL.cdf(-at - apart / 2)


def cost_by_hand(
    errors: Errors, error: float, is_guess: bool, review: Review | None = None
) -> float:
    """Return what the errors cost for an image.

    What never learned answers always the same; people who look at images find their part.
    """
    if errors.cost_per_error is not None:
        return errors.cost_per_error * error
    share, miss, alarm = errors.prevalence or 0, errors.miss or 0, errors.false_alarm or 0
    if is_guess:
        blind = min(share * miss, (1 - share) * alarm)
        if review is None:
            return blind
        own = cost_by_hand(errors, review.share * review.error, False)
        return (1 - review.finds) * blind + own
    missed, alarms = mistakes_by_hand(errors, error)
    return miss * missed + alarm * alarms


def earned_by_hand(steps: Iterable[Step], accuracy: float) -> float:
    """Return what is earned at an accuracy: on the line between its neighbours."""
    points = [(step.accuracy, step.amount) for step in steps]
    if accuracy <= points[0][0]:
        return points[0][1]
    for (low, at_low), (high, at_high) in pairwise(points):
        if accuracy <= high:
            return at_low + (at_high - at_low) * (accuracy - low) / (high - low)
    return points[-1][1]


class ByHand:
    """One option, its lines added up once, and any draw of it.

    Parameters
    ----------
    project, portfolio : Project, Portfolio
        As written.
    to_buy, start, hourly, instead : optional
        As for :func:`tests.life_cases.by_hand`.
    """

    def __init__(
        self,
        project: Project,
        portfolio: Portfolio,
        to_buy: int,
        start: float,
        hourly: float,
        instead: Alternative | None,
    ) -> None:
        def sums(one: Project) -> dict[str, float]:
            return by_hand(one, portfolio, to_buy, start, hourly, instead)

        nothing = dict.fromkeys(("errors", "upkeep", "end", "inference", "today", "review",
                                 "shift", "target_accuracy", "target_iou"))  # fmt: skip
        bare = replace(project, benefits=(), alternatives=(), target_error=0.3, **nothing)  # type: ignore[arg-type]
        today = None if project.today is None else replace(project.today, error=None)
        plain = [b for b in project.benefits if not isinstance(b.yearly or b.once, tuple)]
        self.project = project
        self.review = project.review if instead is None else None
        self.value = (project.value or 0.0) / (1 + portfolio.discount_rate) ** start
        lines: dict[str, Any] = {"errors": None, "review": None, "shift": None, "today": today}
        lines |= {"target_error": 0.3, "target_accuracy": None, "target_iou": None}
        self.sums = sums(replace(project, benefits=tuple(plain), **lines))
        self.volume = sums(replace(bare, today={"price_per_1000": 1_000}))["live"]  # type: ignore[arg-type]
        if self.review is not None:
            self.sums["paid"] += (
                self.volume * self.review.share * amount_mean(self.review.price_per_1000) / 1_000
            )
        self.graded = []
        for benefit in project.benefits:
            steps = benefit.yearly or benefit.once
            if isinstance(steps, tuple):
                once, yearly = (1.0, None) if benefit.yearly is None else (None, 1.0)
                unit = replace(benefit, once=once, yearly=yearly)
                paid = sums(replace(bare, benefits=(unit,)))[str(benefit.when)]
                self.graded.append((str(benefit.when), steps, paid))

    def draw(self, error: float, met: bool, is_guess: bool) -> tuple[float, float, bool]:
        """Return what is earned, what is paid, and whether using it pays where it errs so often."""
        earned = {name: self.sums[name] for name in ("target", "live", "always")}
        errors, today = self.project.errors, self.project.today
        if errors is not None:
            earned["live"] -= self.volume * cost_by_hand(errors, error, is_guess, self.review)
            if today is not None and isinstance(today.error, str):
                earned["live"] += self.volume * (errors.prevalence or 0) * (errors.miss or 0)
            elif today is not None and today.error is not None:
                earned["live"] += self.volume * cost_by_hand(errors, float(today.error), False)
        for when, steps, unit in self.graded:
            earned[when] += unit * earned_by_hand(steps, 1 - error)
        operating = earned["live"] + met * (self.value + earned["target"])
        use = self.project.use
        deploy = Deploy.IF_TARGET_MET if use is None else use.deploy
        pays = operating > self.sums["paid"]
        live = {"if_target_met": met, "always": True, "if_pays": pays}
        if not live[str(deploy)]:
            return earned["always"], 0.0, pays
        return earned["always"] + operating, self.sums["paid"], pays
