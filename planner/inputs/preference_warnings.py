"""What in risk, time, units and sharing does nothing, or likely not what was meant?"""

from collections.abc import Iterator

from planner.domain.format import figure, money, money_to_the_cent, percent_as_set
from planner.domain.portfolio.portfolio import Portfolio, SharedAsset, UnitShare
from planner.domain.portfolio.project import Project
from planner.domain.portfolio.risk import NUMBERS, RiskKind
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import AssetKind, Objective

_USUAL_AVERSION = (0.01, 100.0)
"""Times all that is at stake: below, the measure is the mean; above, the worst draw alone."""


def preference_warnings(portfolio: Portfolio) -> tuple[Warning_, ...]:
    """Return the warnings about a portfolio's risk, periods, units and shared assets.

    Codes are ``NOT_USED``, ``RISK_WEIGHT_ZERO``, ``AVERSION_SCALE``, ``BUDGET_ABOVE_PERIODS``,
    ``UNIT_SHARES`` and ``ASSET_UNUSED``.
    """
    return (
        *_risk(portfolio),
        *_periods(portfolio),
        *_units(portfolio),
        *(warning for asset in portfolio.shared for warning in _asset(asset, portfolio)),
    )


def _risk(portfolio: Portfolio) -> Iterator[Warning_]:
    risk = portfolio.risk
    for name in ("level", "weight", "aversion"):
        path = f"portfolio.risk.{name}"
        if path in portfolio.given and name not in NUMBERS[RiskKind(risk.measure)]:
            yield Warning_(
                "NOT_USED", None, path, f"{name} is not used by the measure {risk.measure}."
            )
    if risk.measure == RiskKind.CVAR and risk.weight == 0:
        message = "A weight of 0 leaves the tail out: the plan is that of the expectation."
        yield Warning_("RISK_WEIGHT_ZERO", None, "portfolio.risk.weight", message)
    if risk.measure == RiskKind.ENTROPIC and risk.aversion:
        yield from _aversion(portfolio, risk.aversion)


def _aversion(portfolio: Portfolio, aversion: float) -> Iterator[Warning_]:
    """Yield a warning if an aversion is far from one over what is at stake."""
    values = [project.value for project in portfolio.projects]
    counts = portfolio.objective is Objective.TARGETS_MET or not any(values)
    stake = float(len(values)) if counts else sum(value or 0.0 for value in values)
    low, high = _USUAL_AVERSION
    if stake <= 0 or low <= aversion * stake <= high:
        return
    unit = "target" if counts else f"{portfolio.currency} of worth"
    sense = (
        "so small that the plan is that of the expectation"
        if aversion * stake < low
        else "so large that the worst draw alone decides"
    )
    message = (
        f"An aversion of {figure(aversion)} per {unit} is {sense}: with "
        f"{money(stake, '' if counts else portfolio.currency)} at stake in all, between "
        f"{figure(1 / stake, 1)} and {figure(10 / stake, 1)} is usual."
    )
    yield Warning_("AVERSION_SCALE", None, "portfolio.risk.aversion", message)


def _periods(portfolio: Portfolio) -> Iterator[Warning_]:
    if portfolio.discount_rate and not portfolio.periods and not _is_used(portfolio):
        message = "discount_rate is not used: without periods everything starts at once."
        yield Warning_("NOT_USED", None, "portfolio.discount_rate", message)
    total = sum(period.budget for period in portfolio.periods)
    if portfolio.periods and portfolio.budget is not None and portfolio.budget > total:
        message = (
            f"The budget of {money_to_the_cent(portfolio.budget, portfolio.currency)} is above the "
            f"{money_to_the_cent(total)} that the periods allow together; the periods bind."
        )
        yield Warning_("BUDGET_ABOVE_PERIODS", None, "portfolio.budget", message)


def _is_used(portfolio: Portfolio) -> bool:
    """Whether anything is paid or earned after the start."""
    parts = ("use", "inference", "upkeep", "today", "end")
    return any(
        p.benefits or any(getattr(p, name) is not None for name in parts)
        for p in portfolio.projects
    )


def _units(portfolio: Portfolio) -> Iterator[Warning_]:
    """Yield a warning if every unit is bounded so low that nothing can be spent at all."""
    most: dict[str, float] = {}
    for rule in portfolio.rules:
        if isinstance(rule, UnitShare) and rule.max_share is not None:
            most[rule.unit] = min(rule.max_share, most.get(rule.unit, 1.0))
    units = {project.unit for project in portfolio.projects}
    if not units or not all(unit is not None and unit in most for unit in units):
        return
    total = sum(most[unit] for unit in units if unit is not None)
    if total < 1 - 1e-9:
        message = (
            f"The greatest shares of all units sum to {percent_as_set(total)}: nothing that costs "
            "anything can be funded. Raise one, or leave a unit without a rule."
        )
        yield Warning_("UNIT_SHARES", None, "rules", message)


def _asset(asset: SharedAsset, portfolio: Portfolio) -> Iterator[Warning_]:
    """Yield a warning about an asset that no member can gain by."""
    members = [project for project in portfolio.projects if project.id in asset.members]
    reason = ""
    if asset.kind == AssetKind.BASE_MODEL:
        discount = asset.gives.training_discount
        if asset.gives.pretrained and not discount and all(item.pretrained for item in members):
            reason = "its members start from pretrained weights already"
        elif not asset.gives.anything and not asset.required:
            reason = "it gives nothing and is not required, so it is never bought"
    elif asset.images is None and not asset.required:
        reason = "it has no images and is not required, so it is never bought"
    elif asset.images is not None and not any(_can_take(item) for item in members):
        reason = "its members hold all the images that they can have"
    if reason:
        message = f"{asset.id} makes no difference to its members: {reason}."
        yield Warning_("ASSET_UNUSED", None, f"shared[{asset.id}]", message)


def _can_take(project: Project) -> bool:
    return project.images.held < project.images.limit
