"""The rules: what decides a verdict, what the file asks for, what is left and who spends it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planner.domain.vocabulary import Mode
from planner.reporting import numbers
from planner.reporting.columns import Surface
from planner.reporting.document import Block, Bullets, Name, Paragraph, Section, Table, Text, say
from planner.reporting.sections.material import Material
from planner.reporting.sections.plan_tables import spend_tables
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

__all__ = ["rules_section"]


def rules_section(material: Material) -> Section:
    """Return what the plan had to keep, and what follows for its money."""
    return Section("rules", words.RULES, tuple(_blocks(material)), tone="half", folded=True)


def _blocks(material: Material) -> Iterator[Block]:
    plan = material.plan
    yield Paragraph(_verdicts(material))
    given = plan.inputs.get("rules")
    names = list(given) if isinstance(given, Mapping) else []
    if names:
        yield Paragraph((f"{words.RULES_ASKED}:",), "strong")
        yield Bullets(tuple((Name(visible(_own_words(str(name)))),) for name in names))
    if plan.assumptions.get("mode") == Mode.STOP_WHEN_REACHED and material.funded:
        spend = sum(item.expected_cost for item in plan.decisions)
        amount = numbers.amount(spend, material.currency, named=True)
        yield Paragraph(say(words.CAPS, spend=amount))
    yield from (Paragraph((visible(note),)) for note in plan.notes)
    yield from _spend_tables(material)


def _own_words(name: str) -> str:
    """Return what a rule says, without its number in the file."""
    return name.partition(": ")[2] or name


def _verdicts(material: Material) -> Text:
    portfolio = material.portfolio
    go, pilot = portfolio.go_chance, portfolio.pilot_chance
    return say(
        words.VERDICT_RULE,
        go=numbers.level(go, "assumptions.go_chance"),
        pilot=numbers.level(pilot, "assumptions.pilot_chance"),
    )


def _spend_tables(material: Material) -> Iterator[Table]:
    captions = {"periods": words.PERIODS_CAPTION, "units": words.UNITS_CAPTION}
    there = [name for name in captions if getattr(material.plan, name)]
    tables = spend_tables(material.plan, Surface.PAGE)
    for name, table in zip(there, tables, strict=True):
        yield replace(table, caption=f"{captions[name]}, {material.currency}")
