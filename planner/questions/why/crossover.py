"""At how many images a year is another way of doing the work worth what an own model is?"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from planner.domain.arrays import Rows
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.life import Use
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.explanation import Crossover
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.economics.life.graded import graded_draws
from planner.economics.life.worth import life_worth
from planner.offering.graded import errors_in_use
from planner.offering.life import LifeTerms, running_of
from planner.planning.prepare import Prepared, prepare_unbudgeted

__all__ = ["all_break_evens", "break_evens", "crossovers"]

MOST_IMAGES = 1e13
STEPS = 130
HALVINGS = 60


def crossovers(prepared: Prepared, index: int) -> tuple[Crossover, ...] | None:
    """Return where each alternative of a project is worth what its best own model is.

    Looked for at other numbers of images a year, all else as it is; of several crossings the
    nearest to today's number. None where nothing competes, or money does not count.
    """
    options, menu = prepared.options[index], prepared.menus[index]
    if not menu.project.alternatives or prepared.objective is not Objective.NET_VALUE:
        return None
    own = np.flatnonzero(~options.is_alternative)
    if len(own) == 0:
        return None
    best = int(own[np.argmax(options.expected_net_value[own])])
    return tuple(_crossings(prepared, index, best))


def _crossings(prepared: Prepared, index: int, best: int) -> Iterator[Crossover]:
    options, use = prepared.options[index], prepared.menus[index].project.use
    now = float(0 if use is None else use.images_per_year or 0)
    own = _worth_at(prepared, index, best)
    for row in np.flatnonzero(options.is_alternative).tolist():
        name, other = options.architecture(row), _worth_at(prepared, index, row)
        at, above = _nearest(lambda images, other=other: own(images) - other(images), now)  # type: ignore[misc]
        yield Crossover(name, options.architecture(best), now, at, above)


def break_evens(prepared: Prepared, index: int) -> tuple[Crossover, ...] | None:
    """Return from how many images a year on each compression of a project pays.

    Its best network as it is trained beside the same one compressed, on as many images if that is
    on offer. None where nothing is compressed, or money does not count.
    """
    options, menu = prepared.options[index], prepared.menus[index]
    if not menu.project.compress or prepared.objective is not Objective.NET_VALUE:
        return None
    own = np.flatnonzero(~options.is_alternative)
    named = [menu.way(options, row).compress for row in own.tolist()]
    plain = own[[one is None for one in named]]
    if len(plain) == 0:
        return None
    best = int(plain[np.argmax(options.expected_net_value[plain])])
    found = []
    for compress in menu.project.compress:
        smaller = own[[one == compress for one in named]]
        if len(smaller):
            row = _like(options, smaller, best)
            found.append(_break_even(prepared, index, (best, row), compress.id))
    return tuple(found) or None


def all_break_evens(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, *, seed: int = 0
) -> dict[str, tuple[Crossover, ...]]:
    """Return the same of every project that states compression and images a year, by its id."""
    asked = [one.compress and one.use and one.use.images_per_year for one in portfolio.projects]
    if not any(asked):
        return {}
    prepared = prepare_unbudgeted(portfolio, posterior, catalogue, seed=seed)
    found = {
        one.id: break_evens(prepared, index)
        for index, one in enumerate(portfolio.projects)
        if asked[index]
    }
    return {name: each for name, each in found.items() if each}


def _like(options: ProjectOptions, rows: Rows, best: int) -> int:
    """Return the option of some that trains the same network on as many images; else the best."""
    same = options.images_total[rows] == options.images_total[best]
    same &= options.architecture_index[rows] == options.architecture_index[best]
    some = rows[same] if same.any() else rows
    return int(some[np.argmax(options.expected_net_value[some])])


def _break_even(prepared: Prepared, index: int, rows: tuple[int, int], name: str) -> Crossover:
    options, use = prepared.options[index], prepared.menus[index].project.use
    now = float(0 if use is None else use.images_per_year or 0)
    plain, smaller = (_worth_at(prepared, index, row) for row in rows)
    at, above = _nearest(lambda images: smaller(images) - plain(images), now)
    return Crossover(options.architecture(rows[0]), name, now, at, above)


def _worth_at(prepared: Prepared, index: int, row: int) -> Callable[[float], float]:
    """Return what an option is worth by the images of a year."""
    menu, options = prepared.menus[index], prepared.options[index].take(np.array([row]))
    way, terms = menu.way(options, 0), LifeTerms.of(prepared.portfolio)
    spend = _spend(options)
    graded = options.life is not None and options.life.graded is not None
    draws = prepared.posterior.solve_rows
    years = running_of(menu.project, way, options, terms).run.lengths.shape[1]
    errors = errors_in_use(way, options.architecture(0), options.images_total, draws, years)

    def worth(images: float) -> float:
        use = replace(menu.project.use or Use(), images_per_year=round(images))
        project = replace(menu.project, use=use)
        if graded:
            found = graded_draws(running_of(project, way, options, terms), errors)
            return float(found.net.mean()) - spend
        life = life_worth(running_of(project, way, options, terms))
        net = life.gross_at(options.chance) - life.running_at(options.chance)
        return float(net[0]) - spend

    return worth


def _spend(options: ProjectOptions) -> float:
    if options.expected_cost is not None:
        return float(options.expected_cost[0])
    return int(options.total_cents[0]) / 100


def _nearest(ahead: Callable[[float], float], now: float) -> tuple[float | None, bool]:
    """Return the number nearest to today's where a difference changes its sign, and its sign above.

    None where it does not, and its sign everywhere.
    """
    grid = np.geomspace(1.0, MOST_IMAGES, STEPS)
    signs = np.array([ahead(float(images)) > 0 for images in grid])
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    if len(changes) == 0:
        return None, bool(signs[0])
    far = np.abs(np.log(grid[changes]) - np.log(max(now, 1.0)))
    at = int(changes[np.argmin(far)])
    low, high, above = float(grid[at]), float(grid[at + 1]), bool(signs[at + 1])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if (ahead(middle) > 0) == above else (middle, high)
    return high, above
