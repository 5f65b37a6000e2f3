"""Which part of a cost deserves attention?"""

from planner.domain.format import figure, money, percent
from planner.domain.results.plan import Cost

__all__ = ["reality_note"]


def reality_note(
    cost: Cost, architecture: str, gpu_hours: float | None = None, currency: str = "USD"
) -> str:
    """Return one sentence on how small compute is beside data, with the numbers of an option.

    Parameters
    ----------
    cost : Cost
        Committed cost of the option.
    architecture : str
        Printed.
    gpu_hours : float, optional
        Accelerator-hours of its training, printed if known.
    currency : str
        Of the cost.

    Examples
    --------
    >>> note = reality_note(Cost(data=900.0, training=100.0, total=1000.0), "ResNet-50")
    >>> note.partition(": ")[2]
    'training ResNet-50 is USD 100 of 1,000 (10 %).'
    """
    hours = "" if gpu_hours is None else f" ({figure(gpu_hours)} accelerator-hours)"
    head = f"training {architecture}{hours} is {money(cost.training, currency)}"
    if cost.total <= 0:
        return f"This option costs nothing: {head}."
    share = cost.training / cost.total
    tail = f"{head} of {money(cost.total)} ({percent(share)})"
    if share > 0.5:
        return f"Data, people and trials usually dominate, but here compute does: {tail}."
    return f"Data, people and trials dominate; compute rarely does: {tail}."
