"""Menus of a portfolio too large to hold every forecast: priced in blocks, made when looked at.

What a forecast has drawn takes half a megabyte. So a block of projects is forecast and priced, and
only what it offers is kept; a menu that is looked at later is made anew, with a forecast that draws
the same again. Blocks are independent tasks: anything that runs tasks may price them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import batched
from typing import overload

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Warning_
from planner.forecasting.forecast import ForecastOf
from planner.offering.graded import require_committed
from planner.offering.options import Menu, MenuMaker
from planner.offering.pricing import PricedOptions
from planner.tasks import Tasks

__all__ = ["MOST_AT_ONCE", "BlockWork", "MenusInTurn", "price_in_blocks"]

MOST_AT_ONCE = 1024
"""Projects up to which all forecasts are kept, which takes up to a gigabyte."""
BLOCK = 64
"""Projects priced by one task, and menus kept of those looked at last."""


@dataclass(frozen=True, eq=False)
class BlockWork:
    """What every block of a portfolio is priced on.

    Attributes
    ----------
    maker : MenuMaker
        Of the portfolio.
    posterior : Posterior
        The fitted model.
    forecast_of : ForecastOf
        Who forecasts a project.
    """

    maker: MenuMaker
    posterior: Posterior
    forecast_of: ForecastOf

    @property
    def portfolio(self) -> Portfolio:
        """Whose projects are priced."""
        return self.maker.portfolio

    def bare(self, index: int) -> Menu:
        """Return the menu of one project with nothing forecast or priced yet."""
        project, known = self.portfolio.projects[index], self.maker.catalogue.architectures
        forecast = self.forecast_of(
            project, self.posterior, architectures=known, seed=self.maker.seed
        )
        return self.maker.bare(project, forecast)

    def priced(self, index: int) -> "Offered":
        """Return what one project offers; its forecast is dropped."""
        return Offered.of(self.maker.filled(self.bare(index)))


@dataclass(frozen=True, eq=False)
class Offered:
    """What is kept of a menu.

    Attributes
    ----------
    priced : PricedOptions
        Its options.
    warnings : tuple of Warning_
        What its forecast warns of.
    """

    priced: PricedOptions
    warnings: tuple[Warning_, ...]

    @staticmethod
    def of(menu: Menu) -> "Offered":
        """Return what is kept of a menu."""
        return Offered(PricedOptions(menu.priced, menu.success), menu.warnings)

    def on(self, bare: Menu) -> Menu:
        """Return the menu again."""
        return replace(
            bare,
            priced=self.priced.options,
            success=self.priced.success,
            known_warnings=self.warnings,
        )


class MenusInTurn(Sequence[Menu]):
    """Menus of a portfolio, in file order, of which the last few looked at are kept."""

    def __init__(self, work: BlockWork, offered: Sequence[Offered]) -> None:
        self._work = work
        self._offered = offered
        self._looked_at = lru_cache(maxsize=BLOCK)(self._made)

    def _made(self, index: int) -> Menu:
        return self._offered[index].on(self._work.bare(index))

    def __len__(self) -> int:
        return len(self._offered)

    @overload
    def __getitem__(self, index: int) -> Menu: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Menu, ...]: ...
    def __getitem__(self, index: int | slice) -> Menu | tuple[Menu, ...]:
        every = range(len(self))
        if isinstance(index, slice):
            return tuple(self._looked_at(one) for one in every[index])
        return self._looked_at(every[index])


def price_block(work: BlockWork, block: tuple[int, ...]) -> tuple[Offered, ...]:
    """Return what some projects offer; a task."""
    return tuple(map(work.priced, block))


def price_in_blocks(work: BlockWork, tasks: Tasks, known: Mapping[str, Menu]) -> MenusInTurn:
    """Return the menus of a portfolio, priced block by block.

    Parameters
    ----------
    work : BlockWork
        Of the portfolio.
    tasks : Tasks
        Who prices the blocks.
    known : mapping of str to Menu
        By project id, of those that are as they would be made here.
    """
    projects = work.portfolio.projects
    require_committed(work.portfolio)
    new = [index for index, project in enumerate(projects) if project.id not in known]
    blocks = list(batched(new, BLOCK))
    found = dict(_told(blocks, tasks.map(price_block, blocks, shared=work, key="prices")))
    for index, project in enumerate(projects):
        if project.id in known:
            found[index] = Offered.of(known[project.id])
    return MenusInTurn(work, [found[index] for index in range(len(projects))])


def _told(
    blocks: Sequence[tuple[int, ...]], offered: Sequence[tuple[Offered, ...]]
) -> Iterator[tuple[int, Offered]]:
    for block, mine in zip(blocks, offered, strict=True):
        yield from zip(block, mine, strict=True)
