"""Validated models of the portfolio file to the domain's records."""

from typing import Any

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.portfolio import (
    Compute,
    Gives,
    Hold,
    Period,
    Portfolio,
    RiskPreference,
    Rule,
    SharedAsset,
)
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.portfolio.rules import rule_from
from planner.inputs.fields import schema


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
        rules=tuple(build_rule(index, rule, catalogue) for index, rule in enumerate(file.rules)),
        periods=tuple(Period(id=period.id, budget=period.budget) for period in section.periods),
        discount_rate=section.discount_rate,
        hold=Hold(chance=section.hold.chance, cvar=section.hold.cvar) if section.hold else None,
    )


def build_rule(index: int, rule: schema.AnyRule, catalogue: Catalogue) -> Rule:
    """Return one of the user's rules with the name by which messages call it."""
    fields = rule.model_dump(exclude_none=True)
    if "architecture" in fields:
        fields["architecture"] = catalogue.architecture(fields["architecture"]).name
    return rule_from(index, fields)


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
