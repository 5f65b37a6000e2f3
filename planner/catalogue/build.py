"""Validated models of the portfolio file to the domain's records."""

from typing import Any

from planner.catalogue import schema
from planner.domain.catalogue import Catalogue
from planner.domain.portfolio import (
    AtLeast,
    AtMost,
    Committed,
    Compute,
    Exclusive,
    Fund,
    Gives,
    Hold,
    Period,
    Portfolio,
    Require,
    RiskPreference,
    Rule,
    SharedAsset,
    Skip,
    UnitShare,
)
from planner.domain.project import Images, Pilot, Project

_NAMES_SHOWN = 4


def build_portfolio(file: schema.PortfolioFile, catalogue: Catalogue) -> Portfolio:
    """Return the portfolio that a valid file describes.

    Architectures and accelerators get the names of the catalogue.
    """
    section = file.portfolio
    return Portfolio(
        name=section.name,
        currency=section.currency,
        budget=section.budget,
        objective=section.objective,
        mode=section.mode,
        risk=RiskPreference(
            measure=str(section.risk.measure),
            level=section.risk.level,
            weight=section.risk.weight,
            aversion=section.risk.aversion,
        ),
        horizon_years=section.horizon_years,
        go_chance=section.go_chance,
        pilot_chance=section.pilot_chance,
        compute=_compute(file.compute, catalogue),
        projects=tuple(_project(project, section.baseline, catalogue) for project in file.projects),
        shared=tuple(_shared(asset) for asset in file.shared),
        rules=tuple(
            build_rule(index, _named(rule, catalogue)) for index, rule in enumerate(file.rules)
        ),
        periods=tuple(Period(id=period.id, budget=period.budget) for period in section.periods),
        discount_rate=section.discount_rate,
        hold=Hold(chance=section.hold.chance, cvar=section.hold.cvar) if section.hold else None,
    )


def _named(rule: schema.AnyRule, catalogue: Catalogue) -> schema.AnyRule:
    """Return a rule whose architecture, if it has one, is called by the catalogue's name."""
    if not isinstance(rule, schema.CommittedRule) or rule.architecture is None:
        return rule
    name = catalogue.architecture(rule.architecture).name
    return rule.model_copy(update={"architecture": name})


def build_rule(index: int, rule: schema.AnyRule) -> Rule:
    """Return one of the user's rules with the name by which messages call it."""
    words = f"{rule.name} ({_words(rule)})" if rule.name else _words(rule)
    name = f"rules[{index}]: {words}"
    match rule:
        case schema.RequireRule():
            return Require(name, rule.require, rule.needs)
        case schema.ExclusiveRule():
            return Exclusive(name, tuple(rule.exclusive))
        case schema.FundRule():
            return Fund(name, tuple(rule.fund))
        case schema.SkipRule():
            return Skip(name, tuple(rule.skip))
        case schema.AtMostRule():
            return AtMost(name, rule.at_most, tuple(rule.of))
        case schema.AtLeastRule():
            return AtLeast(name, rule.at_least, tuple(rule.of))
        case schema.UnitRule():
            return UnitShare(name, rule.unit, rule.max_share, rule.min_share)
        case schema.CommittedRule():
            return Committed(name, rule.committed, rule.architecture, rule.images)


def _words(rule: schema.AnyRule) -> str:
    """Return what a rule says as a phrase."""
    match rule:
        case schema.RequireRule():
            return f"{rule.require} needs {rule.needs}"
        case schema.ExclusiveRule():
            return f"at most one of {_listed(rule.exclusive)}"
        case schema.FundRule():
            return f"fund {_listed(rule.fund)}"
        case schema.SkipRule():
            return f"skip {_listed(rule.skip)}"
        case schema.AtMostRule():
            return f"at most {rule.at_most} of {_listed(rule.of)}"
        case schema.AtLeastRule():
            return f"at least {rule.at_least} of {_listed(rule.of)}"
        case schema.UnitRule():
            return f"unit {rule.unit} {_bounds(rule)} of the spend"
        case schema.CommittedRule():
            how = "" if rule.architecture is None else f" with {rule.architecture}"
            many = "" if rule.images is None else f" on {rule.images:,} images"
            return f"{rule.committed} is committed{how}{many}"


def _bounds(rule: schema.UnitRule) -> str:
    """Return the bounds on a unit's share as a phrase."""
    bounds = (("at least", rule.min_share), ("at most", rule.max_share))
    return ", ".join(f"{side} {100 * bound:.6g} %" for side, bound in bounds if bound is not None)


def _listed(names: list[str]) -> str:
    """Return names as a phrase; a long list is cut, since the place shows the rest."""
    if len(names) <= _NAMES_SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[: _NAMES_SHOWN - 1])} and {len(names) - _NAMES_SHOWN + 1} more"


def _compute(section: schema.ComputeSection, catalogue: Catalogue) -> Compute:
    return Compute(
        basis=section.basis,
        usd_per_flop=section.usd_per_flop,
        accelerator=catalogue.accelerator(section.accelerator).name,
        usd_per_hour=section.usd_per_hour,
        utilisation=section.utilisation,
        epochs=section.epochs,
        trials=section.trials,
    )


def _project(
    section: schema.ProjectSection, portfolio_baseline: float | None, catalogue: Catalogue
) -> Project:
    baseline = section.baseline if section.baseline is not None else portfolio_baseline
    names = (catalogue.architecture(name).name for name in section.architectures or ())
    fields: dict[str, Any] = {} if baseline is None else {"baseline_entropy": baseline}
    return Project(
        id=section.id,
        task=section.task,
        classes=section.classes,
        class_counts=section.class_counts,
        pretrained=section.pretrained,
        backbone=section.backbone,
        target_accuracy=section.target_accuracy,
        target_error=section.target_error,
        target_iou=section.target_iou,
        images=_images(section.images),
        value=section.value,
        architectures=tuple(dict.fromkeys(names)),
        min_chance=section.min_chance,
        pilots=tuple(_pilot(run, catalogue) for run in section.pilots),
        unit=section.unit,
        earliest=section.earliest,
        **fields,
    )


def _pilot(section: schema.PilotSection, catalogue: Catalogue) -> Pilot:
    name = section.architecture
    return Pilot(
        **section.model_dump(exclude={"architecture"}),
        architecture=None if name is None else catalogue.architecture(name).name,
    )


def _images(section: schema.ImagesSection) -> Images:
    return Images(
        limit=section.limit,
        held=section.held,
        price=section.price,
        fixed_cost=section.fixed_cost,
    )


def _shared(section: schema.SharedSection) -> SharedAsset:
    gives = section.gives.model_dump(exclude_none=True) if section.gives else {}
    return SharedAsset(
        id=section.id,
        kind=str(section.kind),
        members=tuple(section.members),
        required=section.required,
        fixed_cost=section.fixed_cost,
        split=str(section.split),
        images=_images(section.images) if section.images else None,
        gives=Gives(**gives),
    )
