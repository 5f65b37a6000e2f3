"""What do plans of one portfolio promise, and what do the measured curves then give?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from planner.domain.catalogue import Catalogue
from planner.domain.model.architecture import Architecture
from planner.domain.model.covariates import PRETRAINING_CENTRE
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Backbone
from planner.economics.money import product_cents
from planner.forecasting.forecast import ForecastOf, build_forecast
from planner.planning.plan import build_plan
from planner.reference.candidates import is_priced
from planner.validation.decisions.rivals import NO_MODEL, rule_of
from planner.validation.decisions.worlds import TRAINING_IS_FREE, Truth, World

NONE, ONE, ALL = "nothing measured", "one pilot each", "all pilots"
PUBLISHED = "published model"
RULE, RULE_SPREAD = "anchored rule, one pilot each", "the same rule with its spread"
OF_MODEL = (NONE, ONE, ALL)
"""Plans made on the model that is judged."""

type Pilots = Callable[[Truth, int], tuple[Pilot, ...]]


@dataclass(frozen=True)
class Earned:
    """One project of one plan: what was promised, what was spent, what came of it.

    Attributes
    ----------
    dataset, kind : str
        Of the project's curve.
    promised, realised, best : float
        Net worth as the plan's audit had it, as measured, and as the clairvoyant plan has it.
    spent, best_spent : float
        By the plan, and by the clairvoyant one.
    funded, met : bool
        Whether the plan funds it, and whether its curve then reached the target.
    """

    dataset: str
    kind: str
    promised: float
    realised: float
    best: float
    spent: float
    best_spent: float
    funded: bool
    met: bool


def judge_world(
    world: World,
    without: Posterior,
    published: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
) -> dict[str, tuple[Earned, ...]]:
    """Return what each plan of a portfolio promised and realised, project by project.

    Parameters
    ----------
    world : World
        The portfolio and its truth.
    without, published : Posterior
        The model refitted without the portfolio's data sets; the published one.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Of the projects' luck; the portfolio's number is added.
    """
    known = with_architectures(catalogue, world.truths)
    best = clairvoyant(world)
    portfolio = world.portfolio
    one, every = (with_pilots(world, pilots) for pilots in (last_pilot, all_pilots))
    asked: dict[str, tuple[Portfolio, Posterior, ForecastOf]] = {
        NONE: (portfolio, without, build_forecast),
        ONE: (one, without, build_forecast),
        ALL: (every, without, build_forecast),
        PUBLISHED: (_for_published(portfolio), published, build_forecast),
        RULE: (one, NO_MODEL, rule_of(spread=False)),
        RULE_SPREAD: (one, NO_MODEL, rule_of(spread=True)),
    }
    return {
        name: earned(
            world,
            build_plan(
                planned, posterior, known, seed=seed + world.number, forecast_of=forecast_of
            ),
            best,
        )
        for name, (planned, posterior, forecast_of) in asked.items()
    }


def earned(world: World, plan: Plan, best: Sequence[int | None]) -> tuple[Earned, ...]:
    """Return what came of a plan, project by project, beside the clairvoyant's images."""
    found = []
    unseen = _held_out_share(plan)
    rows = zip(world.portfolio.projects, world.truths, plan.decisions, best, strict=True)
    for project, truth, decision, images in rows:
        funded = decision.architecture is not None and decision.images_total is not None
        met = funded and truth.reaches(decision.images_total or 0, project.error_target)
        spent = decision.cost.total
        best_spent = 0.0 if images is None else cost_of(project, images)
        value = project.mean_value
        found.append(
            Earned(
                dataset=truth.curve.dataset or truth.curve.id,
                kind=truth.kind,
                promised=decision.expected_value * unseen - spent,
                realised=(value if met else 0.0) - spent,
                best=0.0 if images is None else value - best_spent,
                spent=spent,
                best_spent=best_spent,
                funded=funded,
                met=met,
            )
        )
    return tuple(found)


def _held_out_share(plan: Plan) -> float:
    """Return the value of a plan on draws its solve never saw, over that on those it was chosen on.

    The audit states it for the whole plan; here every project's part shrinks alike.
    """
    spent = sum(decision.cost.total for decision in plan.decisions)
    expected = sum(decision.expected_value for decision in plan.decisions)
    held_out = 0.0 if plan.audit is None else plan.audit.held_out_value
    return (held_out + spent) / expected if expected > 0 else 0.0


def clairvoyant(world: World) -> tuple[int | None, ...]:
    """Return the images of each project in the best plan that knows the measured curves.

    A project's images are the fewest that reach its target, or it is not funded; of all such plans
    within the budget the one of most worth, found by trying them all.
    """
    projects = world.portfolio.projects
    needed = [
        truth.needed(project.error_target, project.images.held)
        for project, truth in zip(projects, world.truths, strict=True)
    ]
    cents = np.array(
        [
            0 if images is None else round(100 * cost_of(project, images))
            for project, images in zip(projects, needed, strict=True)
        ]
    )
    values = np.array([round(100 * project.mean_value) for project in projects])
    worth = np.where([images is None for images in needed], 0, values - cents)
    picks = np.array(list(product((0, 1), repeat=len(projects))))
    within = picks @ cents <= round(100 * (world.portfolio.budget or 0.0))
    chosen = picks[int(np.argmax(np.where(within, picks @ worth, -1)))]
    return tuple(
        images if pick and images is not None else None
        for pick, images in zip(chosen.tolist(), needed, strict=True)
    )


def cost_of(project: Project, images: int) -> float:
    """Return what owning a number of images costs, to the cent."""
    price = project.images.price
    if not isinstance(price, int | float):
        message = "a world has prices without ranges"
        raise TypeError(message)
    bought = np.array([images - project.images.held], dtype=np.int64)
    return int(product_cents(float(price), bought, "data cost")[0]) / 100


def last_pilot(truth: Truth, held: int) -> tuple[Pilot, ...]:
    """Return the runs on the images held."""
    return _runs(truth, [at for at, n in enumerate(truth.curve.images) if n == held])


def all_pilots(truth: Truth, held: int) -> tuple[Pilot, ...]:
    """Return the runs on up to the images held."""
    return _runs(truth, [at for at, n in enumerate(truth.curve.images) if n <= held])


def with_architectures(catalogue: Catalogue, truths: Iterable[Truth]) -> Catalogue:
    """Return a catalogue that can price every curve's architecture; training is free here.

    One that was added is taken to start from ImageNet-1000, as a fitted row's is that the catalogue
    lacks.
    """
    added: dict[str, Architecture] = {}
    for truth in truths:
        name = truth.curve.architecture
        found = None if name is None else catalogue.find_architecture(name)
        if name is None or (found is not None and is_priced(found, TRAINING_IS_FREE)):
            continue
        item = found or Architecture(
            name, task=truth.curve.task, pretraining_images=PRETRAINING_CENTRE
        )
        added[item.name] = replace(item, forward_gmacs=1.0, input_px=224)
    kept = tuple(item for item in catalogue.architectures if item.name not in added)
    return replace(catalogue, architectures=(*kept, *(added[name] for name in sorted(added))))


def with_pilots(world: World, pilots: Pilots) -> Portfolio:
    """Return a world's portfolio with runs measured."""
    measured = tuple(
        replace(project, pilots=pilots(truth, project.images.held))
        for project, truth in zip(world.portfolio.projects, world.truths, strict=True)
    )
    return replace(world.portfolio, projects=measured)


def _runs(truth: Truth, at: Sequence[int]) -> tuple[Pilot, ...]:
    curve = truth.curve
    return tuple(
        Pilot(curve.images[each], curve.errors[each], architecture=curve.architecture, seed=each)
        for each in at
    )


def _for_published(portfolio: Portfolio) -> Portfolio:
    """Return the portfolio as the published model can take it: it knows no frozen backbone."""
    taken = tuple(
        replace(project, backbone=Backbone.FINETUNED, zero_shot_error=None)
        for project in portfolio.projects
    )
    return replace(portfolio, projects=taken)
