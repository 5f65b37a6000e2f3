"""When does what is expected to be paid and earned fall, and when has it paid back?"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.results.life import YearCash

__all__ = ["Cash", "by_year", "payback"]


@dataclass(frozen=True)
class Cash:
    """One expected amount.

    Attributes
    ----------
    amount : float
        Below 0 where it is paid; not discounted.
    counted : float
        When it counts, in years from the start of the plan.
    begin, end : float
        It accrues evenly between these times.
    """

    amount: float
    counted: float
    begin: float
    end: float


def by_year(flows: Iterable[Cash]) -> tuple[YearCash, ...]:
    """Return amounts summed by the year in which they accrue; year 0 is the start.

    Examples
    --------
    >>> by_year([Cash(-120.0, 0.0, 0.0, 0.0), Cash(50.0, 1.0, 0.0, 1.0), Cash(50.0, 1.0, 0.0, 1.0)])
    (YearCash(year=0, amount=-120.0), YearCash(year=1, amount=100.0))
    """
    sums: dict[int, list[float]] = {}
    for flow in flows:
        for year, share in _years(flow) if flow.amount else ():
            sums.setdefault(year, []).append(share * flow.amount)
    return tuple(YearCash(year, math.fsum(sums[year])) for year in sorted(sums))


def _years(flow: Cash) -> Iterator[tuple[int, float]]:
    """Yield the years in which an amount accrues, with its share of each."""
    length = flow.end - flow.begin
    if length <= 0:
        yield math.ceil(flow.counted - 1e-9), 1.0
        return
    for year in range(math.floor(flow.begin + 1e-9) + 1, math.ceil(flow.end - 1e-9) + 1):
        yield year, (min(year, flow.end) - max(year - 1, flow.begin)) / length


def payback(flows: Sequence[Cash], rate: float = 0.0) -> float | None:
    """Return when as much has been earned as was paid, in years; None if never.

    Parameters
    ----------
    flows : sequence of Cash
        Of one project, or of many.
    rate : float, default=0.0
        Discount rate a year of the amounts.

    Examples
    --------
    >>> flows = [Cash(-120e3, 0, 0, 0), *(Cash(50e3, k, k - 1, k) for k in range(1, 6))]
    >>> payback(flows), round(payback(flows, 0.08), 4)
    (2.4, 2.7769)
    """
    if not flows:
        return None
    amounts = np.array([flow.amount for flow in flows])
    present = amounts * (1.0 + rate) ** -np.array([flow.counted for flow in flows])
    begin, end = (np.array([getattr(flow, name) for flow in flows]) for name in ("begin", "end"))
    times = np.unique(np.concatenate([begin, end]))
    length = np.maximum(end - begin, 1e-300)
    share = np.clip((times[:, None] - begin) / length, 0.0, 1.0)
    share[:, end <= begin] = times[:, None] >= begin[end <= begin]
    return _crossing(times.tolist(), (share @ present).tolist())


def _crossing(times: list[float], sums: list[float]) -> float | None:
    """Return when a sum that has been below 0 last stops being so; 0 where it never is."""
    below = [at for at, amount in enumerate(sums) if amount < -1e-9]
    if not below:
        return 0.0
    last = below[-1]
    if last + 1 == len(times):
        return None
    low, high = sums[last], sums[last + 1]
    return times[last] + (times[last + 1] - times[last]) * -low / (high - low)
