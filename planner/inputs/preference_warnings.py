"""What in risk, time, units and sharing does nothing, or likely not what was meant?"""

from collections.abc import Iterator

from planner.domain.portfolio.portfolio import Portfolio, SharedAsset, UnitShare
from planner.domain.portfolio.project import Project
from planner.domain.portfolio.risk import NUMBERS, RiskKind
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import AssetKind
from planner.domain.words.warnings import files as words

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
            message = words.unused_risk_number(name, risk.measure)
            yield Warning_("NOT_USED", None, path, message)
    if risk.measure == RiskKind.CVAR and risk.weight == 0:
        yield Warning_("RISK_WEIGHT_ZERO", None, "portfolio.risk.weight", words.RISK_WEIGHT_ZERO)
    if risk.measure == RiskKind.ENTROPIC and risk.aversion:
        yield from _aversion(portfolio, risk.aversion)


def _aversion(portfolio: Portfolio, aversion: float) -> Iterator[Warning_]:
    """Yield a warning if an aversion is far from one over what is at stake."""
    values = [project.mean_value for project in portfolio.projects]
    objective = portfolio.objective
    counts = (objective is not None and not objective.in_money) or not any(values)
    stake = float(len(values)) if counts else sum(values)
    low, high = _USUAL_AVERSION
    if stake <= 0 or low <= aversion * stake <= high:
        return
    currency, small = None if counts else portfolio.currency, aversion * stake < low
    message = words.aversion_unusual(aversion, stake, currency, small=small)
    yield Warning_("AVERSION_SCALE", None, "portfolio.risk.aversion", message)


def _periods(portfolio: Portfolio) -> Iterator[Warning_]:
    if portfolio.discount_rate and not portfolio.periods and not _is_used(portfolio):
        yield Warning_("NOT_USED", None, "portfolio.discount_rate", words.DISCOUNT_UNUSED)
    total = sum(period.budget for period in portfolio.periods)
    if portfolio.periods and portfolio.budget is not None and portfolio.budget > total:
        message = words.budget_above_periods(portfolio.budget, total, portfolio.currency)
        yield Warning_("BUDGET_ABOVE_PERIODS", None, "portfolio.budget", message)


def _is_used(portfolio: Portfolio) -> bool:
    """Whether anything is paid or earned after the start, or waits for a run."""
    parts = ("use", "inference", "upkeep", "today", "end")
    return any(
        p.benefits
        or any(getattr(p, name) is not None for name in parts)
        or any(offer.weeks for offer in p.pilots_on_offer)
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
        yield Warning_("UNIT_SHARES", None, "rules", words.unit_shares(total))


def _asset(asset: SharedAsset, portfolio: Portfolio) -> Iterator[Warning_]:
    """Yield a warning about an asset that no member can gain by."""
    members = [project for project in portfolio.projects if project.id in asset.members]
    reason = ""
    if asset.kind == AssetKind.BASE_MODEL:
        discount = asset.gives.training_discount
        if asset.gives.pretrained and not discount and all(item.pretrained for item in members):
            reason = "pretrained"
        elif not asset.gives.anything and not asset.required:
            reason = "gives_nothing"
    elif asset.images is None and not asset.required:
        reason = "no_images"
    elif asset.images is not None and not any(_can_take(item) for item in members):
        reason = "held"
    if reason:
        message = words.asset_unused(asset.id, reason)
        yield Warning_("ASSET_UNUSED", None, f"shared[{asset.id}]", message)


def _can_take(project: Project) -> bool:
    return project.images.held < project.images.limit
