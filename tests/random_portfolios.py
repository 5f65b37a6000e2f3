"""Random small portfolios with rules of every kind, periods, shares, pools, base models, holds.

Small enough that every combination of options can be added up, and made so that every limit binds
now and then: see :mod:`tests.portfolio_table`.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    Committed,
    Exclusive,
    Fund,
    Gives,
    Hold,
    Period,
    Portfolio,
    Require,
    RiskPreference,
    Rule,
    SharedAsset,
    Skip,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Mode, Objective
from planner.errors import InputError

MORE_IMAGES = {2: (2, 5, 9), 3: (1, 2, 4), 4: (1, 2)}
"""Images beyond those held, by number of projects: each is a level of its own."""


def rich_portfolio(seed: int) -> Portfolio:
    """Return a portfolio of two to four projects; the same seed gives the same one."""
    rng = np.random.default_rng([seed, 11])
    count = int(rng.choice([2, 3, 4], p=[0.45, 0.4, 0.15]))
    periods = _periods(rng) if rng.random() < 0.4 and count < 4 else ()
    stops = rng.random() < 0.4
    projects = tuple(_project(rng, f"p{i}", count, periods) for i in range(count))
    hold = None
    if stops and rng.random() < 0.6:
        level = float(rng.choice([0.5, 0.8, 0.9]))
        hold = Hold(chance=level) if rng.random() < 0.5 else Hold(cvar=level)
    portfolio = Portfolio(
        name=f"rich {seed}",
        projects=projects,
        shared=tuple(_assets(rng, [p.id for p in projects])) if rng.random() < 0.6 else (),
        periods=periods,
        discount_rate=0.1 if periods and rng.random() < 0.4 else 0.0,
        horizon_years=2.0,
        budget=_budget(rng, optional=bool(periods)),
        objective=None if rng.random() < 0.7 else list(Objective)[int(rng.integers(3))],
        mode=Mode.STOP_WHEN_REACHED if stops else Mode.COMMIT,
        hold=hold,
        risk=_risk(rng),
        pilot_chance=float(rng.choice([0.05, 0.3])),
    )
    while True:
        with suppress(InputError):  # rules that contradict each other are refused
            return replace(portfolio, rules=tuple(_rules(rng, projects)))


def _budget(rng: np.random.Generator, *, optional: bool) -> float | None:
    if optional and rng.random() < 0.35:
        return None
    return float(rng.choice([2, 6, 14, 30, 70, 150]))


def _risk(rng: np.random.Generator) -> RiskPreference:
    kind = rng.choice(["expected", "cvar", "entropic"], p=[0.8, 0.15, 0.05])
    if kind == "cvar":
        level = float(rng.choice([0.5, 0.8, 0.9]))
        return RiskPreference(measure="cvar", level=level, weight=round(float(rng.random()), 3))
    if kind == "entropic":
        return RiskPreference(measure="entropic", aversion=float(rng.choice([1e-300, 1e-3, 0.05])))
    return RiskPreference()


def _periods(rng: np.random.Generator) -> tuple[Period, ...]:
    budgets = rng.choice([2, 6, 14, 30, 100], size=2)
    return tuple(Period(id=f"t{i}", budget=float(b)) for i, b in enumerate(budgets))


def _project(rng: np.random.Generator, name: str, count: int, periods: Sequence[Period]) -> Project:
    held = int(rng.choice([0, 30, 300]))
    more = int(rng.choice(MORE_IMAGES[count]))
    price: float | Range = float(rng.choice([0.0, 0.31, 2.0, 4.0]))
    if rng.random() < 0.1:
        price = Range(1.0, 3.0)
    return Project(
        id=name,
        classes=int(rng.integers(3, 30)),
        pretrained=bool(rng.random() < 0.6),
        target_error=float(np.round(rng.uniform(0.08, 0.5), 2)) if rng.random() < 0.95 else 0.99,
        images=Images(
            held=held,
            limit=max(held, 10) + more,
            price=price,
            fixed_cost=float(rng.choice([0, 0, 12.25])),
        ),
        value=float(rng.choice([20, 80, 300])),
        architectures=("ResNet-50",) if rng.random() < 0.8 else ("ResNet-50", "EfficientNet-B0"),
        unit=str(rng.choice(["north", "south"])) if rng.random() < 0.9 else None,
        min_chance=float(rng.choice([0.4, 0.7, 0.95])) if rng.random() < 0.15 else None,
        earliest=str(rng.choice([p.id for p in periods]))
        if periods and rng.random() < 0.5
        else None,
    )


def _assets(rng: np.random.Generator, ids: Sequence[str]) -> list[SharedAsset]:
    found = []
    members = tuple(ids[: int(rng.integers(1, len(ids) + 1))])
    split = str(rng.choice(["shapley", "equal", "usage", "dual"]))
    if rng.random() < 0.5:
        images = Images(
            held=int(rng.integers(0, 3)),
            limit=int(rng.integers(4, 30)),
            price=float(rng.choice([0.1, 2.5])),
            fixed_cost=float(rng.choice([0, 7])),
        )
        found.append(
            SharedAsset(
                id="pool",
                kind="dataset",
                members=members,
                required=bool(rng.random() < 0.5),
                fixed_cost=float(rng.choice([0, 9.5])),
                images=images,
                split=split,
            )
        )
    if rng.random() < 0.5:
        gives = Gives(pretrained=True) if rng.random() < 0.6 else Gives(training_discount=0.4)
        found.append(
            SharedAsset(
                id="base",
                kind="base_model",
                members=tuple(ids),
                required=bool(rng.random() < 0.3),
                fixed_cost=float(rng.choice([3, 25, 90])),
                gives=gives,
                split=split,
            )
        )
    if rng.random() < 0.4:
        found.append(
            SharedAsset(id="store", kind="dataset", members=members, fixed_cost=15.01, split=split)
        )
    return found


def _rules(rng: np.random.Generator, projects: Sequence[Project]) -> list[Rule]:
    ids = [project.id for project in projects]
    units = [project.unit for project in projects if project.unit]
    some = tuple(str(p) for p in rng.permutation(ids)[: int(rng.integers(2, len(ids) + 1))])
    a, b = (projects[int(k)] for k in rng.permutation(len(ids))[:2])
    kinds: list[Rule] = [
        Require("require", a.id, b.id),
        Exclusive("exclusive", some),
        Fund("fund", (b.id,)),
        Skip("skip", (a.id,)),
        AtMost("at most", int(rng.integers(0, 3)), some),
        AtLeast("at least", 1, some),
        Committed("decided images", a.id, images=a.images.limit - 1),
        Committed("decided network", b.id, architecture="resnet 50"),
    ]
    if units:
        kinds += [
            UnitShare("most", units[0], max_share=float(rng.choice([0.0, 0.4, 0.75]))),
            UnitShare("least", units[-1], min_share=float(rng.choice([0.3, 0.6]))),
        ]
    return [rule for rule in kinds if rng.random() < 0.11]
