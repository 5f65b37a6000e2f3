"""Which options does each project have, at what cost and chance?

An option is an architecture and a number of images. The grid of images is refined around the
levels that are worth most at the budget's going price, so that ``options`` prints exactly the
set that ``plan`` chose from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.allocation.grid import Levels, image_levels, midpoints
from planner.allocation.money import budget_to_cents
from planner.allocation.objective import resolve_objective
from planner.allocation.relaxation import relaxed_price
from planner.allocation.table import build_table, objective_worth
from planner.catalogue.tables import candidates
from planner.costing.options import price_images
from planner.costing.training import TrainingRate, price_training
from planner.domain.catalogue import Catalogue
from planner.domain.option import Cents, ProjectOptions
from planner.domain.portfolio import Compute, Fund, Portfolio
from planner.domain.project import Project
from planner.domain.vocabulary import Objective
from planner.forecast.forecast import Forecast

REFINEMENT_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Menu:
    """Everything priced for one project, and which of it the plan may choose.

    Attributes
    ----------
    project : Project
        Whose.
    forecast : Forecast
        Behind the chances.
    rates : tuple of TrainingRate
        Training price of each candidate architecture.
    priced : ProjectOptions
        Every architecture at every level of images.
    demanded : bool
        A ``fund`` rule names the project: thresholds for GO and PILOT do not filter its options.
    threshold : float
        Least chance at which an option may be funded, apart from the project's own ``min_chance``.
    """

    project: Project
    forecast: Forecast
    rates: tuple[TrainingRate, ...]
    priced: ProjectOptions
    demanded: bool
    threshold: float

    @property
    def is_trivial(self) -> bool:
        """Whether the target is met with no images at all and no rule demands the project."""
        return self.project.target_is_trivial and not self.demanded

    def eligible(self, min_chance: float | None) -> NDArray[np.bool_]:
        """Return which priced options may be chosen under a least chance set by the user."""
        if self.is_trivial:
            return np.zeros(len(self.priced), dtype=np.bool_)
        return self.priced.chance >= max(self.threshold, min_chance or 0.0)

    @property
    def options(self) -> ProjectOptions:
        """What the plan may choose."""
        return self.priced.take(self.eligible(self.project.min_chance))


def build_options(
    portfolio: Portfolio, forecasts: Mapping[str, Forecast], catalogue: Catalogue
) -> tuple[ProjectOptions, ...]:
    """Return every option the plan may choose, project by project in file order.

    Options of a project are its architectures times its numbers of images. An option exists if
    its chance of target reaches the project's ``min_chance`` and the threshold that applies:
    ``pilot_chance`` before the first pilot, ``go_chance`` after it, none for a project that a
    ``fund`` rule names. A project whose target the majority guess meets has no options unless a
    ``fund`` rule names it.

    Parameters
    ----------
    portfolio : Portfolio
        Its budget, if any, steers where the grid is refined.
    forecasts : mapping of str to Forecast
        By project id.
    catalogue : Catalogue
        Architectures and prices.
    """
    return tuple(menu.options for menu in build_menus(portfolio, forecasts, catalogue))


def build_menus(
    portfolio: Portfolio, forecasts: Mapping[str, Forecast], catalogue: Catalogue
) -> tuple[Menu, ...]:
    """Return everything priced, project by project in file order; see :func:`build_options`."""
    objective = resolve_objective(portfolio)
    demanded = {p for rule in portfolio.rules if isinstance(rule, Fund) for p in rule.projects}
    price_list = _PriceList(portfolio.compute, catalogue)
    menus = []
    for project in portfolio.projects:
        threshold = portfolio.go_chance if project.pilots else portfolio.pilot_chance
        forecast, rates = forecasts[project.id], price_list.rates(project)
        levels = image_levels(project.images.held, project.images.limit)
        menus.append(
            Menu(
                project=project,
                forecast=forecast,
                rates=rates,
                priced=_price(project, forecast, rates, levels, portfolio.compute),
                demanded=project.id in demanded,
                threshold=0.0 if project.id in demanded else threshold,
            )
        )
    for _ in range(REFINEMENT_ROUNDS):
        menus = _refined(menus, portfolio, objective)
    return tuple(menus)


class _PriceList:
    """Training rates, computed once for projects that choose from the same architectures."""

    def __init__(self, compute: Compute, catalogue: Catalogue) -> None:
        self._compute = compute
        self._catalogue = catalogue
        self._known: dict[tuple[str, ...], tuple[TrainingRate, ...]] = {}

    def rates(self, project: Project) -> tuple[TrainingRate, ...]:
        offered = candidates(project, self._catalogue, self._compute)
        names = tuple(architecture.name for architecture in offered)
        if names not in self._known:
            self._known[names] = price_training(offered, self._compute, self._catalogue)
        return self._known[names]


def _refined(menus: Sequence[Menu], portfolio: Portfolio, objective: Objective) -> list[Menu]:
    """Return the menus with levels added around each project's best level at the budget's price."""
    price = 0.0
    if portfolio.budget is not None:
        table = build_table([menu.options for menu in menus], objective)
        price = relaxed_price(table, budget_to_cents(portfolio.budget))
    return [_with_levels_between(menu, objective, price, portfolio.compute) for menu in menus]


def _with_levels_between(
    menu: Menu, objective: Objective, price_per_cent: float, compute: Compute
) -> Menu:
    """Return the menu with the steps beside its best levels halved."""
    rows = np.flatnonzero(menu.eligible(menu.project.min_chance))
    if len(rows) == 0:
        return menu
    levels = np.unique(menu.priced.images_total)
    score = (
        objective_worth(menu.priced, objective)[rows]
        - price_per_cent * menu.priced.total_cents[rows]
    )
    # The fractional project of the relaxation has two best levels; both are refined.
    tolerance = 1e-9 * float(np.abs(score).max())
    best = np.unique(menu.priced.images_total[rows][score >= score.max() - tolerance])
    wanted = [midpoints(levels, int(np.searchsorted(levels, n))) for n in (best[0], best[-1])]
    added = np.unique(np.concatenate(wanted))
    if len(added) == 0:
        return menu
    extra = _price(menu.project, menu.forecast, menu.rates, added, compute)
    return replace(menu, priced=_merged(menu.priced, extra))


def _price(
    project: Project,
    forecast: Forecast,
    rates: Sequence[TrainingRate],
    levels: Levels,
    compute: Compute,
) -> ProjectOptions:
    """Return every architecture at every level, priced, with its chance on the solve's draws."""
    names = tuple(rate.architecture for rate in rates)
    priced = price_images(project, levels, rates, compute)
    chance = _chances(project, forecast, names, levels)

    def each(row: NDArray[np.int64]) -> Cents:
        return np.tile(row, len(names))

    return ProjectOptions(
        project=project.id,
        architectures=names,
        architecture_index=np.repeat(np.arange(len(names), dtype=np.int64), len(levels)),
        images_total=each(levels),
        images_to_buy=each(priced.to_buy),
        data_cents=each(priced.data_cents),
        training_cents=priced.training_cents.ravel(),
        fixed_cents=each(priced.fixed_cents),
        chance=chance,
        expected_value=chance * (project.value or 0.0),
    )


def _chances(
    project: Project, forecast: Forecast, architectures: Sequence[str], levels: Levels
) -> NDArray[np.float64]:
    """Return the chance of each architecture at each level, architecture by architecture."""
    named = architectures if forecast.varies_by_architecture else architectures[:1]
    chances = [
        forecast.chance(project.error_target, levels, name, rows=forecast.solve_rows)
        for name in named
    ]
    repeats = 1 if forecast.varies_by_architecture else len(architectures)
    return np.tile(np.concatenate(chances), repeats)


def _merged(one: ProjectOptions, other: ProjectOptions) -> ProjectOptions:
    """Return the options of both, by architecture and then by images."""

    def joined[T: np.generic](a: NDArray[T], b: NDArray[T]) -> NDArray[T]:
        return np.concatenate([a, b])

    both = ProjectOptions(
        one.project,
        one.architectures,
        joined(one.architecture_index, other.architecture_index),
        joined(one.images_total, other.images_total),
        joined(one.images_to_buy, other.images_to_buy),
        joined(one.data_cents, other.data_cents),
        joined(one.training_cents, other.training_cents),
        joined(one.fixed_cents, other.fixed_cents),
        joined(one.chance, other.chance),
        joined(one.expected_value, other.expected_value),
    )
    return both.take(np.lexsort((both.images_total, both.architecture_index)))
