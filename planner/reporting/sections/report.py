"""A report from a plan: which sections, in which order."""

from planner.domain.vocabulary import Status
from planner.domain.words.proof import proof_state
from planner.reporting import numbers
from planner.reporting.document import (
    Block,
    Bullets,
    Mark,
    Name,
    Number,
    Paragraph,
    Report,
    Section,
    Text,
    say,
)
from planner.reporting.sections.audit import audit_section
from planner.reporting.sections.closing import (
    assumptions_section,
    excluded_section,
    manifest_section,
    signature_section,
)
from planner.reporting.sections.decision import decision_section
from planner.reporting.sections.diagnostics import diagnostics_section
from planner.reporting.sections.evidence import evidence_section
from planner.reporting.sections.life import life_section
from planner.reporting.sections.material import Material, Style
from planner.reporting.sections.methods import methods_section
from planner.reporting.sections.outlook import (
    amortisation_section,
    frontier_section,
    tornado_section,
    worth_section,
)
from planner.reporting.sections.register import register_section
from planner.reporting.sections.risk import risk_section
from planner.reporting.sections.rules import rules_section
from planner.reporting.user_text import visible
from planner.reporting.words import report as words


def build_report(material: Material) -> Report:
    """Put a report together: decision, risk, evidence, alternatives, register, small print.

    Parameters
    ----------
    material : Material
        The plan and what explains it. An infeasible plan gives a report of its conflict and the
        smallest fixes, with what was assumed, and no evidence.

    Returns
    -------
    Report
    """
    plan = material.plan
    text, tone, sign = words.STATUS[proof_state(plan)]
    found = _no_plan(material) if plan.status is Status.INFEASIBLE else _sections(material)
    return Report(
        title=visible(plan.portfolio),
        lines=tuple(_lines(material)),
        style=str(material.style),
        status=Mark(text, tone, sign),
        sections=tuple(section for section in found if section is not None),
        meta={
            "purpose": words.STYLES[str(material.style)],
            "generator": f"planner {material.provenance.versions.get('planner', '')}",
        },
    )


def _sections(material: Material) -> tuple[Section | None, ...]:
    style = material.style
    return (
        decision_section(material),
        worth_section(material),
        life_section(material),
        risk_section(material),
        evidence_section(material),
        tornado_section(material),
        frontier_section(material),
        amortisation_section(material),
        rules_section(material),
        excluded_section(material),
        register_section(material),
        audit_section(material),
        methods_section(material) if style is Style.GRANT else None,
        diagnostics_section(material) if style is Style.TECH else None,
        assumptions_section(material),
        manifest_section(material),
        signature_section(material),
    )


def _no_plan(material: Material) -> tuple[Section, ...]:
    """Return what is said where no plan keeps every rule."""
    plan = material.plan
    limit = numbers.amount(plan.budget.limit, plan.currency, "budget.limit", named=True)
    blocks: list[Block] = [Paragraph(say(words.INFEASIBLE_LEAD, limit=limit), "lead")]
    if plan.conflict:
        blocks.append(Paragraph((f"{words.CONFLICT}:",), "strong"))
        blocks.append(Bullets(tuple((Name(visible(rule)),) for rule in plan.conflict)))
    if plan.fixes:
        blocks.append(Paragraph((f"{words.FIXES}:",), "strong"))
        blocks.append(Bullets(tuple((visible(fix.text),) for fix in plan.fixes)))
    return (
        Section("decision", words.DECISION, tuple(blocks), tone="first"),
        register_section(material),
        excluded_section(material),
        assumptions_section(material),
        manifest_section(material),
    )


def _lines(material: Material) -> tuple[Text, ...]:
    plan = material.plan
    years = numbers.figure(plan.horizon_years, "years", "horizon_years")
    unit = " year" if plan.horizon_years == 1 else " years"
    return (
        say(words.HORIZON, years=(years, unit), currency=Name(visible(plan.currency))),
        say(
            words.MODEL_LINE,
            model=Name(visible(plan.model["name"])),
            seed=Number(str(plan.seed), float(plan.seed), "seed", "seed"),
        ),
        say(words.DATE_LINE, date=visible(material.provenance.date)),
    )
