"""What to be warned of whatever a plan chooses."""

from collections.abc import Iterable, Sequence

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Warning_
from planner.domain.words.plan_warnings import ARCHITECTURES_ALIKE
from planner.economics.training import compute_warnings
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.offering.options import Menu
from planner.reference.tables import candidate_warnings


def standing_warnings(
    portfolio: Portfolio, menus: Sequence[Menu], catalogue: Catalogue
) -> Iterable[Warning_]:
    """Yield what to know whatever is chosen: the file, then project by project, then the model."""
    yield from portfolio_warnings(portfolio, catalogue)
    yield from compute_warnings(portfolio.compute)
    for menu in menus:
        yield from candidate_warnings(menu.project, catalogue, portfolio.compute)
        yield from menu.warnings
        yield from menu.forecast.architecture_warnings([rate.architecture for rate in menu.rates])
    yield from _dominance_warning(menus)


def _dominance_warning(menus: Sequence[Menu]) -> Iterable[Warning_]:
    """Say once that the model cannot tell architectures apart, where there was a choice."""
    blind = [m for m in menus if not m.forecast.varies_by_architecture and len(m.rates) > 1]
    if blind:
        field = "projects.architectures"
        yield Warning_("ARCHITECTURE_DOMINATED", None, field, ARCHITECTURES_ALIKE)


_SAID_TWICE = frozenset({"TARGET_TRIVIAL", "RC_ABOVE_ONE", "USD_PER_FLOP"})
"""Codes that both the file's reader and the forecast or the costing use, in other words."""


def unique_warnings(warnings: Iterable[Warning_]) -> tuple[Warning_, ...]:
    """Return each warning once, the first wording where two rooms say the same."""
    first: dict[object, Warning_] = {}
    for warning in warnings:
        key = (warning.code, warning.project) if warning.code in _SAID_TWICE else warning
        first.setdefault(key, warning)
    return tuple(first.values())
