"""What should the author of a portfolio know before relying on a plan, in sentences?

What needs the file and the tables alone; what a forecast says stands in
:mod:`planner.domain.words.warnings.forecasts`.
"""

from collections.abc import Sequence

from planner.domain.format import count, figure, money, money_to_the_cent, percent_as_set, rate
from planner.domain.vocabulary import Metric
from planner.domain.words.judged import measure_name

__all__ = [
    "BUDGET_MISSING",
    "DISCOUNT_UNUSED",
    "PRICE_LEFT_OUT",
    "PRICE_ZERO",
    "RISK_WEIGHT_ZERO",
    "VALUES_MISSING",
    "asset_unused",
    "aversion_unusual",
    "balance_punished",
    "budget_above_periods",
    "built_for_another_task",
    "classes_without_images",
    "complexity_above_one",
    "dear_service",
    "dollar_prices",
    "far_from_cloud_prices",
    "flop_price_unusual",
    "horizon_cuts",
    "is_detector",
    "left_out_without_operations",
    "live_too_late",
    "not_in_tables",
    "small_images",
    "states_no_size",
    "target_saves_nothing",
    "target_trivial",
    "unit_shares",
    "unused_on_basis",
    "unused_risk_number",
]

BUDGET_MISSING = (
    "The file has no budget: a plan will need --budget, or budget: 120k under portfolio."
)
VALUES_MISSING = (
    "No project has a value, so the plan maximises the expected number of targets met. Give values "
    "to compare them in money."
)
PRICE_ZERO = "New labelled images cost nothing, so only training limits how many are bought."
PRICE_LEFT_OUT = "No price is given, so new labelled images count as free."
RISK_WEIGHT_ZERO = "A weight of 0 leaves the tail out: the plan is that of the expectation."
DISCOUNT_UNUSED = "discount_rate is not used: without periods everything starts at once."
MOST_CLASSES = 5


def horizon_cuts(years: float, horizon: float) -> str:
    """Say that use beyond the horizon is not counted.

    Examples
    --------
    >>> horizon_cuts(5.0, 3.0)
    'Used for 5 years, but counted for 3 (horizon_years).'
    """
    return f"Used for {figure(years)} years, but counted for {figure(horizon)} (horizon_years)."


def live_too_late(weeks: float, horizon: float) -> str:
    """Say that a system is live only when nothing is counted any more."""
    return (
        f"Live after {figure(weeks)} weeks of integration at the earliest, when the horizon of "
        f"{figure(horizon)} years is over: nothing it earns or costs in use is counted."
    )


def dear_service(name: str, price: float, currency: str) -> str:
    """Say that a price of 1,000 images looks like one of an image.

    Examples
    --------
    >>> dear_service("vendor", 1500.0, "USD")[:52]
    'vendor: 1,500 per 1,000 images is USD 1.50 an image;'
    """
    return (
        f"{name}: {money(price)} per 1,000 images is {money(price / 1000, currency)} an image; "
        "public services ask 1 to 4 per 1,000."
    )


def dollar_prices(currency: str) -> str:
    """Say that training is priced in dollars while amounts are in another currency."""
    return (
        f"Amounts are in {currency}, but training is priced in US dollars from the tables, one for "
        f"one. Give your own price in {currency}."
    )


def flop_price_unusual(price: float, usual: tuple[float, float]) -> str:
    """Say that the file's price of a FLOP is outside the usual."""
    return (
        f"{figure(price)} per FLOP is outside the usual {figure(usual[0])} to {figure(usual[1])}. "
        "The paper's default of 3e-11 is about a million times today's cloud price."
    )


def far_from_cloud_prices(price: float) -> str:
    """Say that the price of a FLOP that training is counted with is far from any cloud's."""
    return (
        f"{figure(price, 2)} USD per FLOP is far from cloud prices, which lie between 1e-18 and "
        "2e-16 (the published example, 3e-11, is about a million times too high). Use basis: "
        "measured for a price of today."
    )


def not_in_tables(architecture: str, basis: str) -> str:
    """Say that no table has the size by which a basis prices an architecture."""
    return f"basis {basis} cannot price {architecture}: its size is not in the tables."


def states_no_size(architecture: str, basis: str) -> tuple[str, str]:
    """Say that a portfolio states no size by which a basis prices an architecture, and the fix.

    Examples
    --------
    >>> states_no_size("my-net", "measured")[1]
    'gmacs: 4.1'
    """
    field, fix = ("parameters", "25M") if basis == "paper" else ("gmacs", "4.1")
    message = f"{field} of {architecture} is missing: basis {basis} prices its training by it."
    return message, f"{field}: {fix}"


def unused_on_basis(name: str, basis: str) -> str:
    """Say that a number is not used on a basis of costing."""
    return f"{name} is not used on the basis {basis}."


def unused_risk_number(name: str, measure: str) -> str:
    """Say that a number is not used by a measure of risk."""
    return f"{name} is not used by the measure {measure}."


def target_trivial(majority_guess: float, target: float, metric: Metric = Metric.ACCURACY) -> str:
    """Say that always answering the most frequent class meets the target."""
    if metric is not Metric.ACCURACY:
        return (
            f"Always giving the same answer already has an error of {rate(majority_guess)} in "
            f"{measure_name(metric)}, no worse than the target of {percent_as_set(target)}: no "
            "images are needed."
        )
    return (
        f"Always answering the most frequent class already has an error of {rate(majority_guess)}, "
        f"no worse than the target of {percent_as_set(target)}: no images are needed. Use a target "
        "per class, or metric: balanced_accuracy."
    )


def balance_punished(
    name: str, reach: int, complexity: tuple[float, float], guess: tuple[float, float]
) -> str:
    """Say that under accuracy balancing seems to cost; each pair is as met, and balanced."""
    return (
        f"Under accuracy the forecast punishes balancing: with {count(reach)} images of {name} "
        f"relative complexity rises from {figure(complexity[0])} to {figure(complexity[1])}, and "
        f"always giving the same answer errs on {rate(guess[1])} of the images in place of "
        f"{rate(guess[0])}. Weigh classes alike: metric: balanced_accuracy."
    )


def target_saves_nothing(target: float, cost: float, blind: float, currency: str) -> str:
    """Say that the errors of the target cost no less than answering without looking."""
    return (
        f"At the target's error of {percent_as_set(target)}, errors cost "
        f"{money(cost, currency)} per 1,000 images; always giving the same answer costs "
        f"{money(blind, currency)}. Meeting the target saves nothing: set a stricter one, or "
        "use: {deploy: if_pays}."
    )


def complexity_above_one(complexity: float) -> str:
    """Say that a task is more complex than the baseline task."""
    return (
        f"Relative complexity {figure(complexity)} exceeds that of the baseline task: the forecast "
        "extrapolates."
    )


def classes_without_images(names: Sequence[str]) -> str:
    """Say which classes have no images."""
    named = ", ".join(names[:MOST_CLASSES]) + (", …" if len(names) > MOST_CLASSES else "")
    return f"Classes without images are left out of the entropy: {named}."


def aversion_unusual(aversion: float, stake: float, currency: str | None, *, small: bool) -> str:
    """Say that an aversion is far from one over what is at stake.

    Parameters
    ----------
    aversion, stake : float
        Per unit of worth, and what is at stake in all.
    currency : str or None
        Of the stake; None where targets are counted.
    small : bool
        Whether it is too small, or else too large.
    """
    unit = "target" if currency is None else f"{currency} of worth"
    sense = "so large that the worst draw alone decides"
    if small:
        sense = "so small that the plan is that of the expectation"
    return (
        f"An aversion of {figure(aversion)} per {unit} is {sense}: with "
        f"{money(stake, currency or '')} at stake in all, between {figure(1 / stake, 1)} and "
        f"{figure(10 / stake, 1)} is usual."
    )


def budget_above_periods(budget: float, periods: float, currency: str) -> str:
    """Say that the total budget is more than the periods allow together."""
    return (
        f"The budget of {money_to_the_cent(budget, currency)} is above the "
        f"{money_to_the_cent(periods)} that the periods allow together; the periods bind."
    )


def unit_shares(total: float) -> str:
    """Say that the greatest shares of all units leave something that nobody may spend."""
    return (
        f"The greatest shares of all units sum to {percent_as_set(total)}: nothing that costs "
        "anything can be funded. Raise one, or leave a unit without a rule."
    )


def asset_unused(asset: str, why: str) -> str:
    """Say that no member gains by a shared asset; ``why`` is a key of what can be the case."""
    return f"{asset} makes no difference to its members: {_UNUSED[why]}."


_UNUSED = {
    "pretrained": "its members start from pretrained weights already",
    "gives_nothing": "it gives nothing and is not required, so it is never bought",
    "no_images": "it has no images and is not required, so it is never bought",
    "held": "its members hold all the images that they can have",
}


CARBON_UNCOUNTED_PAPER = (
    "the basis paper knows no hardware, so that what training uses and emits is not counted; "
    "neither electricity, nor carbon, nor a cap on it. basis: measured counts it."
)


def power_unknown(accelerator: str) -> str:
    """Say that what a machine uses and emits is not counted for want of a source."""
    return (
        f"no source gives the power of {accelerator}, so that what it uses and emits is not "
        "counted; neither electricity, nor carbon, nor a cap on it."
    )


def left_out_without_operations(names: Sequence[str]) -> str:
    """Say which architectures are not offered for want of a source."""
    return (
        f"{len(names)} architectures are not offered because no source gives their forward "
        f"operations: {', '.join(names)}. The basis `paper` prices them by parameters."
    )


def is_detector(name: str) -> str:
    """Say that an architecture was built to find objects."""
    return (
        f"{name} is an object detector; the error model knows classification and segmentation "
        "only. Its cost is computed as asked."
    )


def small_images(name: str, pixels: int | None) -> str:
    """Say that an architecture was built for small images."""
    return f"{name} was built for images of {pixels} px; its cost is for images that small."


def built_for_another_task(name: str, task: str, project_task: str) -> str:
    """Say that an architecture was built for another task than the project's."""
    return f"{name} was built for {task}, the project is {project_task}. It is used as asked."
