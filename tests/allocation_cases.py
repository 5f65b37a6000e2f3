"""Random options, rules and portfolios for tests of the allocation; a search without a solver."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    Exclusive,
    Fund,
    Portfolio,
    ProjectRule,
    Require,
    Skip,
)
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective, Status, Task
from planner.forecasting.forecast import build_forecast
from planner.offering.build_problem import Layout, build_layout, build_problem, plan_options
from planner.offering.effort import USUAL, Allowance
from planner.offering.options import Menu
from planner.offering.problem import DecisionProblem, Solution
from planner.offering.rules import skipped
from planner.planning.prepare import Prepared
from planner.reference.tables import load_catalogue
from planner.solving.solver import PortfolioSolver
from planner.testing import synthetic_posterior

MODEL = synthetic_posterior(40)


def make_options(
    project: str,
    cents: Sequence[int],
    chance: Sequence[float],
    value: float = 0.0,
    architectures: Sequence[str] = ("A",),
) -> ProjectOptions:
    """Return options with given costs and chances, the architectures taking turns."""
    count = len(cents)
    images = np.arange(10, 10 + count, dtype=np.int64)
    chances = np.array(chance, dtype=np.float64)
    return ProjectOptions(
        project=project,
        architectures=tuple(architectures),
        architecture_index=np.arange(count, dtype=np.int64) % len(architectures),
        images_total=images,
        images_to_buy=images,
        cents={"data": np.array(cents, dtype=np.int64)},
        chance=chances,
        expected_value=value * chances,
    )


def random_options(rng: np.random.Generator, project: str, count: int) -> ProjectOptions:
    """Return options whose chance rises, noisily, with their cost."""
    cents = np.sort(rng.integers(0, 1_000_000, count))
    chance = np.clip(np.log1p(cents) / 16 + rng.normal(0, 0.05, count), 0, 1)
    return make_options(
        project, cents.tolist(), chance.tolist(), float(rng.integers(0, 40_000)), ("A", "B")
    )


def random_rules(
    rng: np.random.Generator, projects: Sequence[str], count: int
) -> tuple[ProjectRule, ...]:
    """Return rules of random kinds over random projects."""
    rules: list[ProjectRule] = []
    for number in range(count):
        size = int(rng.integers(1, len(projects) + 1))
        some = tuple(str(p) for p in rng.permutation(list(projects))[:size])
        name = f"rules[{number}]: r"
        kinds: tuple[ProjectRule, ...] = (
            Require(name, some[0], some[-1]),
            Exclusive(name, some),
            Fund(name, some[:1]),
            Skip(name, some[:1]),
            AtMost(name, int(rng.integers(0, 3)), some),
            AtLeast(name, 1, some),
        )
        rules.append(kinds[int(rng.integers(0, len(kinds)))])
    return tuple(rules)


def allowed(rule: ProjectRule, funded: frozenset[str]) -> bool:
    """Whether a rule allows a set of funded projects; written apart from the product's own test."""
    if isinstance(rule, Require):
        return not (rule.project in funded and rule.needs not in funded)
    count = sum(project in funded for project in set(rule.projects))
    if isinstance(rule, Exclusive):
        return count < 2
    if isinstance(rule, Fund):
        return count == len(set(rule.projects))
    if isinstance(rule, Skip):
        return count == 0
    if isinstance(rule, AtMost):
        return count <= rule.count
    return count >= rule.count


def make_menu(
    name: str,
    cents: Sequence[int],
    chance: Sequence[float],
    min_chance: float | None = None,
    threshold: float = 0.0,
) -> Menu:
    """Return a project with options of given costs and chances."""
    project = Project(
        id=name, classes=10, target_error=0.1, images=Images(limit=100), min_chance=min_chance
    )
    return Menu(
        project=project,
        forecast=build_forecast(project, MODEL),
        rates=(),
        priced=make_options(name, cents, chance),
        demanded=threshold == 0.0,
        threshold=threshold,
    )


def prepare_menus(
    menus: Sequence[Menu], rules: Sequence[ProjectRule], budget_cents: int
) -> Prepared:
    """Return projects under rules and a budget, made ready to be planned by chances of target."""
    portfolio = Portfolio(
        projects=tuple(menu.project for menu in menus),
        rules=tuple(rules),
        budget=budget_cents / 100,
        objective=Objective.TARGETS_MET,
    )
    options = plan_options(menus, portfolio)
    return Prepared(
        portfolio=portfolio,
        posterior=MODEL,
        catalogue=load_catalogue(),
        seed=0,
        objective=Objective.TARGETS_MET,
        menus=tuple(menus),
        options=options,
        layout=build_layout(options, portfolio),
        budget_cents=budget_cents,
    )


@dataclass(frozen=True)
class Chosen:
    """The chosen option of each project, in the order given, and the solution that they are of."""

    picks: tuple[int | None, ...]
    solution: Solution


def problem_of(
    options: Sequence[ProjectOptions], objective: Objective, rules: Sequence[ProjectRule] = ()
) -> tuple[DecisionProblem, Layout]:
    """Return options under rules as a problem in arrays, and the way back."""
    portfolio = Portfolio(projects=(), rules=tuple(rules), budget=0.0)
    nothing = np.zeros(0, dtype=np.int64)
    out = skipped(rules)
    offered = tuple(item.take(nothing) if item.project in out else item for item in options)
    layout = build_layout(offered, portfolio)
    return build_problem(portfolio, offered, layout, objective), layout


def choose(
    options: Sequence[ProjectOptions],
    objective: Objective,
    budget_cents: int,
    rules: Sequence[ProjectRule] = (),
    *,
    gap: float = 1e-6,
    allowance: Allowance = USUAL,
) -> Chosen | None:
    """Return the best choice of at most one option per project; None if none keeps the rules."""
    problem, layout = problem_of(options, objective, rules)
    solver = PortfolioSolver(problem)
    solution = solver.solve(budget_cents=budget_cents, gap=gap, allowance=allowance)
    if solution.status is Status.INFEASIBLE:
        return None
    return Chosen(layout.picks(solution.options), solution)


def best_by_enumeration(
    choices: Sequence[tuple[str, NDArray[np.int64], NDArray[np.float64]]],
    budget_cents: int,
    rules: Sequence[ProjectRule],
) -> float | None:
    """Return the best worth over every combination of options, or None if none is allowed.

    ``choices`` holds project, cents and worth of each project's options; every set of funded
    projects and every combination of their options is added up.
    """
    best: float | None = None
    for mask in itertools.product((False, True), repeat=len(choices)):
        taken = [choice for choice, is_in in zip(choices, mask, strict=True) if is_in]
        if not all(allowed(rule, frozenset(name for name, _, _ in taken)) for rule in rules):
            continue
        cents, worth = np.zeros(1, dtype=np.int64), np.zeros(1)
        for _, more_cents, more_worth in taken:
            cents = np.add.outer(cents, more_cents).ravel()
            worth = np.add.outer(worth, more_worth).ravel()
        fits = cents <= budget_cents
        if fits.any():
            top = float(worth[fits].max())
            best = top if best is None else max(best, top)
    return best


def random_portfolio(seed: int) -> Portfolio:
    """Return a small portfolio of mixed projects, with rules and a budget that often binds."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 5))
    objective = list(Objective)[seed % 3]
    projects = tuple(_random_project(rng, f"p{i}", objective) for i in range(count))
    rules = random_rules(rng, [p.id for p in projects], int(rng.integers(0, 4)))
    return Portfolio(
        projects=projects,
        rules=rules,
        objective=objective,
        budget=round(float(rng.choice([0, 30, 300, 3_000, 30_000, 1e6]) * rng.random()), 2),
    )


def _random_project(rng: np.random.Generator, name: str, objective: Objective) -> Project:
    segmentation = bool(rng.random() < 0.3)
    held = 0 if rng.random() < 0.4 else int(rng.integers(1, 3_000))
    limit = held + int(rng.choice([3, 8, 400, 60_000]) * (0.5 + rng.random())) + 1
    price = float(rng.choice([0.0, 0.05, 0.31, 2.5]))
    architectures = ("ResNet-50",) if rng.random() < 0.7 else ("ResNet-50", "EfficientNet-B0")
    if segmentation:
        architectures = ("DeepLabv3-R50",)
    no_value = objective is Objective.TARGETS_MET and rng.random() < 0.7
    return Project(
        id=name,
        task=Task.SEGMENTATION if segmentation else Task.CLASSIFICATION,
        classes=int(rng.integers(2, 40)),
        pretrained=bool(rng.random() < 0.8),
        target_error=float(
            np.round(rng.uniform(0.3, 0.8) if segmentation else rng.uniform(0.03, 0.4), 3)
        ),
        images=Images(
            held=held,
            limit=limit,
            price=Range(0.2, 0.5) if rng.random() < 0.15 else price,
            fixed_cost=float(rng.choice([0, 0, 25.5])),
        ),
        value=None if no_value else float(rng.choice([50, 2_000, 80_000])),
        min_chance=0.5 if rng.random() < 0.2 else None,
        architectures=architectures,
    )
