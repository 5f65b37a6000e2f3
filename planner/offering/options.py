"""Which options does each project have, at what cost and chance?

An option is an architecture and a number of images, with the shared assets it uses and the period
it starts in. The grid of images is refined around the levels that are worth most at some price of
money, whatever the budget: ``options`` prints exactly the set that ``plan`` chose from, and every
other question about the portfolio chooses from the same (:mod:`planner.offering.refinement`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Bits, Rows
from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.in_use.rebalance import Balance
from planner.domain.portfolio.portfolio import Committed, Fund, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Deploy, Mode, Objective
from planner.economics.life.graded import is_graded
from planner.economics.life.worth import deploy_of
from planner.economics.training import TrainingRate
from planner.forecasting.forecast import Forecast
from planner.offering.alternatives import NO_IMAGES
from planner.offering.field import as_trained, remembering, way_in_use
from planner.offering.graded import require_committed
from planner.offering.grid import (
    FEWEST_IMAGES,
    image_levels,
    pooled_levels,
)
from planner.offering.life import LifeTerms
from planner.offering.menus.fewer import LARGE_FROM, MOST_OF_LARGE, best_rows
from planner.offering.menus.prices import PriceList
from planner.offering.menus.ways import project_ways
from planner.offering.objective import objective_worth, resolve_objective
from planner.offering.pricing import PricedOptions, PricingInputs, merged, price_way, way_levels
from planner.offering.refinement import (
    corners,
    levels_between,
    promising,
    refined_corners,
    refinement_rounds,
    spread,
)
from planner.offering.rules import as_committed
from planner.offering.variants import (
    Way,
    held_levels,
    pool_cents,
    present_factors,
    starts,
)

LEAST_GRADED, MOST_GRADED = 40, 12_000
"""Options of a project and period, and of all projects, whose worth in every draw may be kept."""
MOST_REFINED = 6
"""Architectures of a project for which levels are added around its best ones."""


@dataclass(frozen=True, eq=False)
class Menu:
    """Everything priced for one project, and which of it the plan may choose.

    Attributes
    ----------
    project : Project
        Whose.
    forecast : Forecast
        Behind the chances, of the project as it is written.
    rates : tuple of TrainingRate
        Training price of each candidate architecture, without discounts.
    priced : ProjectOptions
        Every architecture at every level of images, in every way and period.
    demanded : bool
        A ``fund`` or ``committed`` rule names the project: thresholds for GO and PILOT do not
        filter its options.
    threshold : float
        Least chance at which an option may be funded, apart from the project's own ``min_chance``.
    ways : tuple of Way
        Sets of shared assets that the project may use; ``priced.use_index`` points into them.
    success : ndarray of uint8 or None
        Whether each priced option meets the target in each of the solve's draws, packed along
        the draws; None where nothing asks for it.
    committed : tuple of Committed
        Rules that fix architecture or images of this project.
    known_warnings : tuple of Warning_ or None
        What the forecast warns of, where that was asked before.
    """

    project: Project
    forecast: Forecast
    rates: tuple[TrainingRate, ...]
    priced: ProjectOptions
    demanded: bool
    threshold: float
    ways: tuple[Way, ...] = ()
    success: Bits | None = None
    committed: tuple[Committed, ...] = ()
    known_warnings: tuple[Warning_, ...] | None = None

    @property
    def warnings(self) -> tuple[Warning_, ...]:
        """What to know before relying on the forecast."""
        return self.forecast.warnings if self.known_warnings is None else self.known_warnings

    @property
    def is_trivial(self) -> bool:
        """Whether meeting the target says nothing but is what counts, and no rule demands it."""
        counts = deploy_of(self.project) is Deploy.IF_TARGET_MET
        return self.project.target_is_trivial and counts and not self.demanded

    def eligible(
        self, min_chance: float | None, committed: Sequence[Committed] | None = None
    ) -> NDArray[np.bool_]:
        """Return which priced options may be chosen.

        Parameters
        ----------
        min_chance : float or None
            Least chance set by the user.
        committed : sequence of Committed, optional
            Rules that count; all of the project by default.
        """
        if self.is_trivial:
            return np.zeros(len(self.priced), dtype=np.bool_)
        least = np.where(self.priced.is_alternative, 0.0, self.threshold)
        allowed = self.priced.chance >= np.maximum(least, min_chance or 0.0)
        for rule in self.committed if committed is None else committed:
            allowed &= as_committed(self.priced, rule)
        return allowed

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of ``priced`` that the plan may choose."""
        return np.flatnonzero(self.eligible(self.project.min_chance))

    @property
    def options(self) -> ProjectOptions:
        """What the plan may choose."""
        return self.priced.take(self.eligible(self.project.min_chance))

    def way(self, options: ProjectOptions, row: int) -> Way:
        """Return the way of one option: its assets, forecast and training prices."""
        if not self.ways:
            return Way((), self.forecast, self.rates)
        return self.ways[0 if options.use_index is None else int(options.use_index[row])]


def build_menus(
    portfolio: Portfolio,
    forecasts: Mapping[str, Forecast],
    catalogue: Catalogue,
    *,
    seed: int = 0,
    keeps_draws: bool = False,
    known: Mapping[str, Menu] | None = None,
) -> tuple[Menu, ...]:
    """Return every option the plan may choose, priced, project by project in file order.

    Options of a project are its architectures times its numbers of images, times the sets of
    optional shared assets it may use and the periods it may start in. An option exists if
    its chance of target reaches the project's ``min_chance`` and the threshold that applies:
    ``pilot_chance`` before the first pilot, ``go_chance`` after it, none for a project that a
    ``fund`` or ``committed`` rule names. A project whose target the majority guess meets has no
    options unless such a rule names it. ``committed`` leaves only what was decided.

    Parameters
    ----------
    portfolio : Portfolio
        Its budget plays no part: what is on offer is the same under every one.
    forecasts : mapping of str to Forecast
        By project id.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Of price draws, and of forecasts of projects that start from a shared base model.
    keeps_draws : bool, default=False
        Keep success in each of the solve's draws, for measures of risk.
    known : mapping of str to Menu, optional
        By project id, of those that are as they would be made here.
    """
    require_committed(portfolio)
    maker = MenuMaker(portfolio, catalogue, seed, keeps_draws=keeps_draws)
    menus = dict(known or {})
    for project in portfolio.projects:
        if project.id not in menus:
            menus[project.id] = maker.filled(maker.bare(project, forecasts[project.id]))
    return tuple(menus[project.id] for project in portfolio.projects)


@dataclass(frozen=True, eq=False)
class MenuMaker:
    """Makes the menus of one portfolio; what they share is computed once.

    Attributes
    ----------
    portfolio, catalogue, seed, keeps_draws : optional
        As for :func:`build_menus`.
    """

    portfolio: Portfolio
    catalogue: Catalogue
    seed: int
    keeps_draws: bool

    @cached_property
    def _prices(self) -> PriceList:
        return PriceList(self.portfolio.compute, self.catalogue)

    @cached_property
    def _demanded(self) -> set[str]:
        return _demanded(self.portfolio)

    @cached_property
    def _terms(self) -> PricingInputs:
        return terms_of(self.portfolio, self.seed, keeps_draws=self.keeps_draws)

    def bare(self, project: Project, forecast: Forecast) -> Menu:
        """Return the menu of one project with nothing priced yet."""
        own = (forecast, self._prices, self._demanded, self.seed)
        return _bare_menu(project, self.portfolio, *own)

    def filled(self, menu: Menu) -> Menu:
        """Return it with everything priced that the plan may look at."""
        return _filled(menu, self.portfolio, self._terms)


def terms_of(portfolio: Portfolio, seed: int, *, keeps_draws: bool) -> PricingInputs:
    """Return what every option of a portfolio is priced on."""
    return PricingInputs(
        compute=portfolio.compute,
        stops=portfolio.mode is Mode.STOP_WHEN_REACHED,
        present=present_factors(portfolio),
        life=LifeTerms.of(portfolio),
        keeps_draws=keeps_draws,
        seed=seed,
        objective=resolve_objective(portfolio),
    )


def remade(menu: Menu, project: Project, portfolio: Portfolio, terms: PricingInputs) -> Menu:
    """Return the menu as a file would give it in which the project's numbers are others.

    Parameters
    ----------
    menu : Menu
        Of the project as it was.
    project : Project
        With another target, value or price; what is measured and trained is as it was.
    portfolio : Portfolio
        With the project in it.
    terms : PricingInputs
        From :func:`terms_of`.
    """

    def moved(forecast: Forecast, balance: Balance | None = None) -> Forecast:
        asked = replace(as_trained(project, balance), pretrained=forecast.project.pretrained)
        return replace(forecast, project=replace(asked, pilots=forecast.project.pilots))

    def remade_way(way: Way) -> Way:
        if way.laboratory is None:
            return replace(way, forecast=moved(way.forecast))
        return way_in_use(way, moved(way.laboratory, way.rebalance), terms.seed)

    ways = tuple(map(remade_way, menu.ways))
    bare = replace(
        menu,
        project=project,
        forecast=moved(menu.forecast),
        ways=ways,
        priced=_no_options(),
        success=None,
    )
    meets_alike = project.error_target == menu.project.error_target
    return _filled(bare, portfolio, terms, menu if meets_alike else None)


def released(menu: Menu, portfolio: Portfolio, terms: PricingInputs) -> Menu:
    """Return the menu under other rules: what is committed and what is demanded read anew."""
    committed = _committed(menu.project, portfolio)
    demanded = bool(committed) or menu.project.id in _demanded(portfolio)
    bare = replace(
        menu,
        committed=committed,
        demanded=demanded,
        threshold=0.0 if demanded else _threshold(menu.project, portfolio),
        priced=_no_options(),
        success=None,
    )
    return _filled(bare, portfolio, terms, menu)


def _committed(project: Project, portfolio: Portfolio) -> tuple[Committed, ...]:
    return tuple(
        rule
        for rule in portfolio.rules
        if isinstance(rule, Committed) and rule.project == project.id
    )


def _demanded(portfolio: Portfolio) -> set[str]:
    """Return the projects that a ``fund`` rule names."""
    return {p for rule in portfolio.rules if isinstance(rule, Fund) for p in rule.projects}


def _threshold(project: Project, portfolio: Portfolio) -> float:
    """Return the least chance at which a project that no rule demands may be funded."""
    return portfolio.go_chance if project.pilots else portfolio.pilot_chance


def _filled(
    menu: Menu, portfolio: Portfolio, terms: PricingInputs, like: Menu | None = None
) -> Menu:
    """Return a menu with everything priced: the first grid, and levels between its good ones.

    ``like`` is one of the same project under the same target, whose chances need no forecast.
    """
    known = None if like is None else PricedOptions(like.priced, like.success)
    levels = _levels(menu.project, menu.ways)
    fixed = [rule.images for rule in menu.committed if rule.images is not None]
    if fixed:
        levels = np.union1d(levels, np.array(fixed, dtype=np.int64))
    periods, objective = starts(menu.project, portfolio), terms.objective
    ways = menu.ways
    if is_graded(menu.project) or any(way.field is not None for way in ways):
        menu = replace(menu, ways=remembering(ways))  # while its options are priced
    menu = _priced(menu, levels, periods, terms, known=known)
    size = len(portfolio.projects)
    most = refined_corners(size)
    for _ in range(refinement_rounds(size)):
        menu = _refined(menu, objective, periods, terms, most, known)
    menu = replace(menu, ways=ways)
    by_draw = is_graded(menu.project) and objective.in_money
    if by_draw or objective is Objective.ACCURACY:
        return _with_fewer(menu, objective, max(LEAST_GRADED, MOST_GRADED // size))
    return menu if size < LARGE_FROM else _with_fewer(menu, objective, MOST_OF_LARGE, by_way=True)


def _with_fewer(menu: Menu, objective: Objective, most: int, *, by_way: bool = False) -> Menu:
    """Return a menu of the options worth most at some price of money; what is committed stays."""
    if menu.committed:
        return menu
    priced, worth = menu.priced, objective_worth(menu.priced, objective)
    eligible = menu.eligible(menu.project.min_chance)
    drawn = by_way and menu.success is not None
    rows = best_rows(priced, worth, eligible, most, by_way=by_way, by_network=drawn)
    success = None if menu.success is None else menu.success[rows]
    return replace(menu, priced=priced.take(rows), success=success)


def _bare_menu(
    project: Project,
    portfolio: Portfolio,
    forecast: Forecast,
    price_list: PriceList,
    demanded: set[str],
    seed: int,
) -> Menu:
    """Return the menu of one project with nothing priced yet."""
    committed = _committed(project, portfolio)
    asked = bool(committed) or project.id in demanded
    rates = price_list.rates(project, committed)
    return Menu(
        project=project,
        forecast=forecast,
        rates=rates,
        priced=_no_options(),
        demanded=asked,
        threshold=0.0 if asked else _threshold(project, portfolio),
        ways=project_ways(project, portfolio, forecast, rates, price_list, seed),
        committed=committed,
    )


def _no_options() -> ProjectOptions:
    nothing, none = np.zeros(0, dtype=np.int64), np.zeros(0)
    return ProjectOptions("", (), nothing, nothing, nothing, {}, none, none)


def _levels(project: Project, ways: Sequence[Way]) -> Rows:
    """Return the first grid of images; members of a pool take from it on a common grid.

    With what is held and what balances it among them.
    """
    if any(way.rebalance is not None for way in ways):
        return np.union1d(_grid(project, ways), held_levels(project))
    return _grid(project, ways)


def _grid(project: Project, ways: Sequence[Way]) -> Rows:
    images = project.images
    pools = [pool.images for way in ways for pool in way.pools if pool.images is not None]
    if pools:
        return pooled_levels(images.held, images.limit, pools[0].limit)
    return image_levels(images.held, images.limit)


def _priced(
    menu: Menu,
    levels: Rows,
    periods: Sequence[int],
    terms: PricingInputs,
    architectures: NDArray[np.int64] | None = None,
    known: PricedOptions | None = None,
) -> Menu:
    """Return the menu with more levels of images priced, for all or some architectures."""
    parts = [
        price_way(menu.project, menu.ways, number, own, periods, terms, architectures, known)
        for number, way in enumerate(menu.ways)
        if way.alternative is None and len(own := way_levels(menu.project, way, levels))
    ]
    if len(menu.priced) == 0:
        parts += [
            price_way(menu.project, menu.ways, number, NO_IMAGES, periods, terms)
            for number, way in enumerate(menu.ways)
            if way.alternative is not None
        ]
    if len(menu.priced):
        parts.insert(0, PricedOptions(menu.priced, menu.success))
    every = merged(parts)
    return replace(menu, priced=every.options, success=every.success)


def _refined(
    menu: Menu,
    objective: Objective,
    periods: Sequence[int],
    terms: PricingInputs,
    most: int | None,
    known: PricedOptions | None,
) -> Menu:
    """Return the menu with the steps beside its good levels, or ``most`` of them, halved."""
    own = menu.eligible(menu.project.min_chance) & ~menu.priced.is_alternative
    rows = np.flatnonzero(own)
    if len(rows) == 0 or any(rule.images is not None for rule in menu.committed):
        return menu
    # Members of a pool refine what they take from it, so that they meet on the same needs.
    origin = menu.project.images.held if menu.priced.pools else 0
    cents = menu.priced.bound_cents[rows].astype(np.float64)
    worth = objective_worth(menu.priced, objective)[rows]
    if menu.priced.pools:  # their images are not free: each member is charged its part
        pooled = pool_cents(menu.priced, menu.ways)[rows]
        cents = cents + pooled
        worth = worth - (pooled / 100 if objective is Objective.NET_VALUE else 0.0)
    best = corners(cents, worth)
    good = np.unique(menu.priced.images_total[rows][spread(best, most)]) - origin
    priced = menu.priced.images_total[~menu.priced.is_alternative]
    added = levels_between(np.unique(priced) - origin, good) + origin
    added = added[added >= min(FEWEST_IMAGES, menu.project.images.limit)]
    if len(added) == 0:
        return menu
    # A forecast of each architecture takes most of the time of a plan: with dozens on offer, finer
    # levels are worth it only for those that may be chosen.
    finer = None
    if menu.forecast.varies_by_architecture and len(menu.rates) > MOST_REFINED:
        kind = menu.priced.architecture_index[rows]
        finer = promising(cents, worth, kind, best, MOST_REFINED)
    return _priced(menu, added, periods, terms, finer, known)
