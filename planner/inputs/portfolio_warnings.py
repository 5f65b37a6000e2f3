"""What in a valid portfolio should its author know before relying on a plan?

These need the file and the tables alone. What needs a fitted model, such as a target beyond the
evidence, is said by the forecast; codes that both use mean the same.
"""

from collections.abc import Iterator

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.in_use.rebalance import balanced_project, balances
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import WEEKS_PER_YEAR, amount_mean
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import AlternativeKind, Basis, Metric
from planner.domain.words.warnings import files as words
from planner.domain.wrong_answers import blindly, cost_per_image
from planner.inputs.preference_warnings import preference_warnings
from planner.reference.candidates import candidate_warnings
from planner.reference.tables import catalogue_of

USUAL_USD_PER_FLOP = (1e-19, 1e-14)
"""From the cheapest to the dearest that cloud prices and utilisations of the last decade imply."""

DEAR_SERVICE = 1_000.0
"""Price of 1,000 images from which it is likely that of one image, times 1,000."""

_UNUSED_BY = {
    Basis.PAPER: ("accelerator", "usd_per_hour", "utilisation"),
    Basis.MEASURED: ("usd_per_flop",),
}


def portfolio_warnings(
    portfolio: Portfolio, catalogue: Catalogue | None = None
) -> tuple[Warning_, ...]:
    """Return the warnings about a portfolio, its own first, then each project's in file order.

    Codes are ``VALUE_MISSING``, ``CURRENCY``, ``USD_PER_FLOP``, ``NOT_USED``, ``TARGET_TRIVIAL``,
    ``RC_ABOVE_ONE``, ``PRICE_ZERO``, ``ZERO_COUNT_CLASS``, ``HORIZON_CUTS``, ``LIVE_TOO_LATE``,
    ``PER_1000``, ``CARBON_UNCOUNTED``, ``BALANCE_PUNISHED``, those of
    :func:`planner.inputs.preference_warnings.preference_warnings` and, for architectures named
    for another task than they were built for, ``ARCHITECTURE_TASK`` and ``ARCHITECTURE_DETECTOR``.

    Parameters
    ----------
    portfolio : Portfolio
        As read.
    catalogue : Catalogue, optional
        The shipped one by default.
    """
    catalogue = catalogue or catalogue_of(portfolio)
    found = [
        *_portfolio_warnings(portfolio),
        *_carbon_warnings(portfolio, catalogue),
        *preference_warnings(portfolio),
    ]
    for project in portfolio.projects:
        for code, field, message in _project_warnings(project, portfolio):
            path = f"projects[{project.id}].{field}"
            found.append(Warning_(code, project.id, path, message))
        if project.architectures:
            found += candidate_warnings(project, catalogue, portfolio.compute)
    return tuple(found)


def _portfolio_warnings(portfolio: Portfolio) -> Iterator[Warning_]:
    compute = portfolio.compute
    if portfolio.objective is None and not any(item.has_worth for item in portfolio.projects):
        yield Warning_("VALUE_MISSING", None, "portfolio.objective", words.VALUES_MISSING)
    if portfolio.currency.strip().upper() != "USD" and _uses_dollar_prices(portfolio):
        message = words.dollar_prices(portfolio.currency)
        yield Warning_("CURRENCY", None, "portfolio.currency", message)
    low, high = USUAL_USD_PER_FLOP
    price = amount_mean(compute.usd_per_flop)
    if compute.basis is Basis.PAPER and not low <= price <= high:
        message = words.flop_price_unusual(price, USUAL_USD_PER_FLOP)
        yield Warning_("USD_PER_FLOP", None, "compute.usd_per_flop", message)
    for name in _UNUSED_BY[compute.basis]:
        if f"compute.{name}" in portfolio.given:
            message = words.unused_on_basis(name, compute.basis)
            yield Warning_("NOT_USED", None, f"compute.{name}", message)


def _carbon_warnings(portfolio: Portfolio, catalogue: Catalogue) -> Iterator[Warning_]:
    """Say that what training emits is asked for and cannot be counted."""
    compute = portfolio.compute
    if portfolio.carbon is None:
        return
    if compute.basis is Basis.PAPER:
        message = words.CARBON_UNCOUNTED_PAPER
        yield Warning_("CARBON_UNCOUNTED", None, "compute.basis", message)
    elif catalogue.accelerator(compute.accelerator).power_w is None:
        message = words.power_unknown(compute.accelerator)
        yield Warning_("CARBON_UNCOUNTED", None, "compute.accelerator", message)


def _uses_dollar_prices(portfolio: Portfolio) -> bool:
    """Tell whether a price comes from the tables or from the paper rather than from the user."""
    compute = portfolio.compute
    if compute.basis is Basis.PAPER:
        return "compute.usd_per_flop" not in portfolio.given
    return compute.usd_per_hour is None


def _project_warnings(project: Project, portfolio: Portfolio) -> Iterator[tuple[str, str, str]]:
    """Yield (code, field, message)."""
    if project.target_is_trivial:
        message = _trivial(project, portfolio.currency)
        targets = ("target_accuracy", "target_error", "target_iou")
        given = next(name for name in targets if getattr(project, name) is not None)
        yield "TARGET_TRIVIAL", given, message
    if project.relative_complexity > 1:
        message = words.complexity_above_one(project.relative_complexity)
        yield "RC_ABOVE_ONE", "classes", message
    images = project.images
    if amount_mean(images.price) == 0 and images.limit > images.held:
        is_given = f"projects[{project.id}].images.price" in portfolio.given
        yield "PRICE_ZERO", "images.price", words.PRICE_ZERO if is_given else words.PRICE_LEFT_OUT
    counts = project.class_counts or {}
    empty = [str(name) for name, count in counts.items() if count == 0]
    if empty:
        yield "ZERO_COUNT_CLASS", "class_counts", words.classes_without_images(empty)
    if project.metric is Metric.ACCURACY and any(project.rebalance):
        yield "BALANCE_PUNISHED", "rebalance", _punished(project)
    yield from _life_warnings(project, portfolio)


def _trivial(project: Project, currency: str) -> str:
    """Say why meeting the target says nothing."""
    target, errors = project.error_target_in_use, project.errors
    if errors is None or (blind := blindly(errors)) is None:
        guess = project.majority_guess_error
        return words.target_trivial(guess, project.error_target, project.metric)
    cost = 1_000 * float(cost_per_image(errors, target))
    return words.target_saves_nothing(target, cost, 1_000 * blind.cheaper, currency)


def _punished(project: Project) -> str:
    """Say what most images of the rarest class change where accuracy counts."""
    one = max((b for b in balances(project) if b is not None), key=lambda b: b.reach)
    then = balanced_project(project, one)
    return words.balance_punished(
        one.name,
        one.reach,
        (project.relative_complexity, then.relative_complexity),
        (project.majority_guess_error, then.majority_guess_error),
    )


def _life_warnings(project: Project, portfolio: Portfolio) -> Iterator[tuple[str, str, str]]:
    """Yield what a life states that is not counted, and prices that look like slips of the pen."""
    horizon = portfolio.horizon_years
    if project.use is not None and project.use.years is not None and project.use.years > horizon:
        yield "HORIZON_CUTS", "use.years", words.horizon_cuts(project.use.years, horizon)
    weeks = 0.0 if project.build is None else project.build.weeks or 0.0
    if weeks / WEEKS_PER_YEAR >= horizon:
        yield "LIVE_TOO_LATE", "build.weeks", words.live_too_late(weeks, horizon)
    for one in project.alternatives:
        if one.price_per_1000 is None or isinstance(one.price_per_1000, tuple):
            continue
        price = amount_mean(one.price_per_1000)
        if one.kind is AlternativeKind.BUY and price >= DEAR_SERVICE:
            message = words.dear_service(one.id, price, portfolio.currency)
            yield "PER_1000", "alternatives", message
