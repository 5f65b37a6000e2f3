"""Amounts as the allocation counts and prints them."""

import math
from decimal import ROUND_FLOOR, Decimal

from planner.domain.portfolio import Portfolio


def budget_to_cents(budget: float) -> int:
    """Return the whole cents of a budget; a fraction of a cent cannot be spent.

    Examples
    --------
    >>> budget_to_cents(0.29), budget_to_cents(100.009)
    (29, 10000)
    """
    return int((Decimal(repr(float(budget))) * 100).to_integral_value(rounding=ROUND_FLOOR))


def total_budget_cents(portfolio: Portfolio) -> int | None:
    """Return the whole cents that bind in total: the budget, else all periods together, else None.

    Examples
    --------
    >>> total_budget_cents(Portfolio(budget=12.5))
    1250
    """
    if portfolio.budget is not None:
        return budget_to_cents(portfolio.budget)
    if portfolio.periods:
        return sum(budget_to_cents(period.budget) for period in portfolio.periods)
    return None


def money_words(amount: float) -> str:
    """Return an amount as it is printed in a sentence: to the cent if small or if it has cents.

    Examples
    --------
    >>> money_words(60319.0), money_words(1234.5), money_words(0.627)
    ('60,319', '1,234.50', '0.63')
    """
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


def chance_words(chance: float) -> str:
    """Return a chance in per cent, rounded down: what is printed never beats a threshold it misses.

    Examples
    --------
    >>> chance_words(0.5996), chance_words(0.6), chance_words(0.999)
    ('59.9%', '60.0%', '99.9%')
    """
    return f"{math.floor(1000 * chance + 1e-9) / 10:.1f}%"


def threshold_words(threshold: float) -> str:
    """Return a threshold in per cent, with the digits it was set with.

    Examples
    --------
    >>> threshold_words(0.6), threshold_words(0.999)
    ('60%', '99.9%')
    """
    return f"{100 * threshold:.6g}%"


def cents_words(cents: int) -> str:
    """Return whole cents as they are printed in a sentence.

    Examples
    --------
    >>> cents_words(6031900)
    '60,319'
    """
    return money_words(cents / 100)
