"""Amounts as the budget counts them: whole cents."""

from decimal import ROUND_FLOOR, Decimal

from planner.domain.portfolio.portfolio import Portfolio


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
