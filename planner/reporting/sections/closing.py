"""The end of the report: what is not included, what was assumed, and how to make it again."""

from collections.abc import Iterator, Mapping

from planner.domain.format import count, figure
from planner.domain.portfolio.defaults import with_default
from planner.domain.portfolio.rules import CarbonCap
from planner.domain.quantities import Range
from planner.domain.vocabulary import Objective
from planner.domain.words.glossary import GLOSSARY
from planner.economics.footprint import training_footprint
from planner.reference.tables import catalogue_of
from planner.reporting import numbers
from planner.reporting.document import (
    Block,
    Bullets,
    Code,
    Definitions,
    Folded,
    Name,
    Number,
    Paragraph,
    Section,
    Signatures,
    Text,
    say,
)
from planner.reporting.sections.material import Material, Style
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

SETTINGS_ON_PAPER = 8


def excluded_section(material: Material) -> Section:
    """Return what the numbers leave out."""
    items = [said for name, said in words.EXCLUDED_ITEMS.items() if not _is_stated(material, name)]
    if not any(isinstance(rule, CarbonCap) for rule in material.portfolio.rules):
        items.append(words.CARBON_NOTE)
    if material.portfolio.discount_rate == 0 and material.portfolio.horizon_years > 1:
        items.append(words.EXCLUDED_UNDISCOUNTED)
    objective = material.plan.objective
    if objective is not None and not objective.kind.in_money:
        counts_errors = objective.kind is Objective.ACCURACY
        items.append(words.EXCLUDED_NO_MONEY if counts_errors else words.EXCLUDED_NO_VALUES)
    bullets = Bullets(tuple((item,) for item in items), tone="columns")
    return Section("excluded", words.EXCLUDED, (bullets,), tone="half", folded=True)


def _is_stated(material: Material, name: str) -> bool:
    """Whether every project's file states a part of its life."""
    plan, projects = material.plan, material.portfolio.projects
    if name == "field":
        return all(project.shift is not None for project in projects)
    if name == "delay":
        builds = [project.build for project in projects]
        return all(one is not None and (one.weeks or one.label_per_week) for one in builds)
    if name == "doubt":
        values = [project.value for project in projects if project.value is not None]
        return bool(values) and all(isinstance(value, Range) for value in values)
    if plan.life is None:
        return False
    return all(item.split(" of ")[0] != name for item in plan.not_included)


def assumptions_section(material: Material) -> Section:
    """Return the settings, sources and defaults behind the plan."""
    plan = material.plan
    blocks: list[Block] = [
        Paragraph((words.ASSUMPTIONS_LEAD,)),
        Definitions(tuple(_settings(plan.assumptions)), tone="columns", on_paper=SETTINGS_ON_PAPER),
    ]
    prices = plan.assumptions.get("training_prices")
    if isinstance(prices, Mapping) and prices:
        blocks.append(Folded(words.PRICES, (Definitions(tuple(_plain(prices))),)))
    images = plan.assumptions.get("image_prices")
    if isinstance(images, Mapping) and images:
        blocks.append(Folded(words.IMAGE_PRICES, (Definitions(tuple(_plain(images))),)))
    defaults = plan.assumptions.get("defaults_used")
    if isinstance(defaults, list) and defaults:
        items = tuple((Code(visible(with_default(str(path)))),) for path in defaults)
        summary = words.DEFAULTS.format(count=count(len(defaults)))
        blocks.append(Folded(summary, (Bullets(items, tone="columns"),)))
    terms = tuple((term, (meaning,)) for term, meaning in GLOSSARY.items())
    blocks.append(Folded(words.GLOSSARY_TITLE, (Definitions(terms, on_paper=0),)))
    return Section("assumptions", words.ASSUMPTIONS, tuple(blocks), tone="half", folded=True)


def _settings(assumptions: Mapping[str, object]) -> Iterator[tuple[str, Text]]:
    for name, label in words.ASSUMED.items():
        if name in assumptions:
            yield label, _setting(name, assumptions[name])


def _setting(name: str, value: object) -> Text:
    here = f"assumptions.{name}"
    if name in {"go_chance", "pilot_chance", "discount_rate"} and isinstance(value, int | float):
        return (numbers.level(float(value), here),)
    if name == "horizon_years" and isinstance(value, int | float):
        years = numbers.figure(float(value), "years", here)
        return (years, " year" if value == 1 else " years")
    if name == "objective":
        return (words.OBJECTIVES.get(str(value), visible(str(value))),)
    if name == "mode":
        return (words.MODES.get(str(value), visible(str(value))),)
    if isinstance(value, Mapping):
        known = ((key, item) for key, item in value.items() if item is not None)
        return ("; ".join(f"{key.replace('_', ' ')} {_value(item)}" for key, item in known),)
    return (visible(str(value)),)


def _value(item: object) -> str:
    number = isinstance(item, int | float) and not isinstance(item, bool)
    text = figure(float(str(item)), 6) if number else str(item)
    return visible(text)


def _plain(entries: Mapping[object, object]) -> Iterator[tuple[str, Text]]:
    for name, value in entries.items():
        yield visible(str(name)), (visible(str(value)),)


def manifest_section(material: Material) -> Section:
    """Return hashes, versions, date and command."""
    plan, made = material.plan, material.provenance
    versions = ", ".join(f"{name} {version}" for name, version in made.versions.items())
    items: list[tuple[str, Text]] = [
        ("Command", (Code(visible(made.command or words.MADE_IN_PYTHON)),)),
        ("Date", (visible(made.date),)),
        ("Inputs, SHA-256", (Code(plan.inputs_sha256 or "built in Python, no file"),)),
        ("Model", (Name(visible(plan.model["name"])), ", SHA-256 ", Code(plan.model["sha256"]))),
        ("Seed", (Number(str(plan.seed), float(plan.seed), "seed", "seed"),)),
        ("Versions", (visible(versions),)),
        *_footprint(material),
    ]
    blocks: list[Block] = [Paragraph((words.MANIFEST_LEAD,)), Definitions(tuple(items))]
    blocks.append(Paragraph((words.ON_PAPER,), "paper"))
    return Section("manifest", words.MANIFEST, tuple(blocks), tone="half", folded=True)


def _footprint(material: Material) -> Iterator[tuple[str, Text]]:
    """Yield what training uses and emits; nothing where nothing is trained or known of machines."""
    decisions = material.plan.decisions
    trained = [
        (material.project(at), one.architecture, one.images_total)
        for at, one in enumerate(decisions)
        if one.architecture
    ]
    found = training_footprint(material.portfolio, catalogue_of(material.portfolio), trained)
    if not trained or found is None:
        return
    carbon, hourly = material.portfolio.carbon, found.hourly
    known = Name(visible(carbon.region)) if carbon is not None else words.REGION_UNKNOWN
    yield (
        words.FOOTPRINT,
        say(
            words.FOOTPRINT_SAID,
            hours=numbers.figure(found.hours, "accelerator-hours", ""),
            kwh=numbers.figure(found.kwh, "kWh", ""),
            kg=numbers.figure(found.kg, "kg", ""),
            watts=numbers.figure(hourly.watts, "W", ""),
            pue=numbers.figure(hourly.pue, "", ""),
            grams=numbers.figure(hourly.grams_per_kwh, "g/kWh", ""),
            region=known,
        ),
    )


def signature_section(material: Material) -> Section | None:
    """Return lines to sign on, for a board."""
    if material.style is not Style.BOARD or not material.funded:
        return None
    return Section("signatures", words.SIGNATURES, (Signatures(words.ROLES),), tone="signing")
