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
from planner.domain.portfolio.grading import Step
from planner.domain.portfolio.mistakes import Errors, MissShare
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Blind, Deploy, Mode
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
        projects.append(replace(project, use=use, errors=errors, today=today, benefits=benefits))
    return replace(plain, projects=tuple(projects), mode=Mode.COMMIT, hold=None)


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


def cost_by_hand(errors: Errors, error: float, guess: float) -> float:
    """Return what the errors cost for an image; what never learned answers always the same."""
    if errors.cost_per_error is not None:
        return errors.cost_per_error * error
    share, miss, alarm = errors.prevalence or 0, errors.miss or 0, errors.false_alarm or 0
    if error >= guess * (1 - 1e-12):
        return min(share * miss, (1 - share) * alarm)
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

        bare = replace(project, errors=None, benefits=(), upkeep=None, end=None, inference=None,
                       today=None, alternatives=())  # fmt: skip
        today = None if project.today is None else replace(project.today, error=None)
        plain = [b for b in project.benefits if not isinstance(b.yearly or b.once, tuple)]
        self.project = project
        self.value = (project.value or 0.0) / (1 + portfolio.discount_rate) ** start
        self.sums = sums(replace(project, errors=None, today=today, benefits=tuple(plain)))
        self.volume = sums(replace(bare, today={"price_per_1000": 1_000}))["live"]  # type: ignore[arg-type]
        self.graded = []
        for benefit in project.benefits:
            steps = benefit.yearly or benefit.once
            if isinstance(steps, tuple):
                once, yearly = (1.0, None) if benefit.yearly is None else (None, 1.0)
                unit = replace(benefit, once=once, yearly=yearly)
                paid = sums(replace(bare, benefits=(unit,)))[str(benefit.when)]
                self.graded.append((str(benefit.when), steps, paid))

    def draw(self, error: float, met: bool, guess: float) -> tuple[float, float]:
        """Return what is earned and what is paid in use where it errs so often."""
        earned = {name: self.sums[name] for name in ("target", "live", "always")}
        errors, today = self.project.errors, self.project.today
        if errors is not None:
            earned["live"] -= self.volume * cost_by_hand(errors, error, guess)
            if today is not None and isinstance(today.error, str):
                earned["live"] += self.volume * (errors.prevalence or 0) * (errors.miss or 0)
            elif today is not None and today.error is not None:
                earned["live"] += self.volume * cost_by_hand(errors, float(today.error), math.inf)
        for when, steps, unit in self.graded:
            earned[when] += unit * earned_by_hand(steps, 1 - error)
        operating = earned["live"] + met * (self.value + earned["target"])
        use = self.project.use
        deploy = Deploy.IF_TARGET_MET if use is None else use.deploy
        live = {"if_target_met": met, "always": True, "if_pays": operating > self.sums["paid"]}
        if not live[str(deploy)]:
            return earned["always"], 0.0
        return earned["always"] + operating, self.sums["paid"]
