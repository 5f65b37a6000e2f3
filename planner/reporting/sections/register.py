"""The risk register: what may go wrong, how likely, how bad, and what to do about it.

Every entry is built from a number of the plan: the chance of a project, the spread of its cost,
the audit, or the spend that rests on a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.domain.format import count
from planner.domain.results.plan import Decision, Warning_
from planner.domain.vocabulary import Verdict
from planner.domain.words.shifts import shift_words
from planner.reporting import numbers
from planner.reporting.document import (
    Block,
    Bullets,
    Code,
    Folded,
    Head,
    Name,
    Number,
    Paragraph,
    Part,
    Row,
    Section,
    Table,
    Text,
    say,
)
from planner.reporting.sections.material import Material
from planner.reporting.user_text import visible
from planner.reporting.words import report as words
from planner.reporting.words import risks

MOST_MISSES = 5
ROWS_ON_PAPER = 7
LARGE_SHARE = 0.4
MOST_WARNED = 3


@dataclass(frozen=True)
class RegisterRow:
    """One row of the register; ``weight`` is its expected loss, for the order."""

    weight: float
    risk: Text
    likelihood: Text
    impact: Text
    mitigation: Text


def register_section(material: Material) -> Section:
    """Return the register, largest expected loss first, and the warnings in full."""
    entries = register_entries(material)
    rows = tuple(
        Row(
            (entry.risk, entry.likelihood, entry.impact, entry.mitigation),
            minor=at >= ROWS_ON_PAPER,
        )
        for at, entry in enumerate(entries)
    )
    columns = (Head("Risk"), Head("Likelihood"), Head("Impact"), Head("Mitigation"))
    blocks: list[Block] = [Table(words.REGISTER_CAPTION, columns, rows, tone="register")]
    left_out = len(_misses(material)) - MOST_MISSES
    if left_out > 0:
        more = numbers.tally(left_out, numbers.PROJECTS)
        blocks.append(Paragraph(say(words.REGISTER_REST, count=more), "small"))
    if material.plan.warnings:
        blocks.append(Folded(words.WARNINGS, (Bullets(tuple(_warnings(material))),)))
    return Section("register", words.REGISTER, tuple(blocks), folded=True)


def register_entries(material: Material) -> list[RegisterRow]:
    """Return the rows: of the plan, of its warnings, and what no number of it speaks of."""
    of_plan = sorted(_of_plan(material), key=lambda entry: -entry.weight)
    return [*of_plan, *_of_warnings(material), *(_standing(material) if material.funded else ())]


def _standing(material: Material) -> Iterator[RegisterRow]:
    """Yield the risks of every system; how far it falls in use is known where the file says so."""
    risk, impact, mitigation = risks.FIELD_DIFFERS
    stated = _stated_falls(material)
    if stated:
        yield RegisterRow(0.0, (risk,), stated, (risks.FIELD_IMPACT_COUNTED,), (mitigation,))
    else:
        yield RegisterRow(0.0, (risk,), (risks.NOT_ESTIMATED,), (impact,), (mitigation,))
    risk, impact, mitigation = risks.ATTACKS
    yield RegisterRow(0.0, (risk,), (risks.NOT_ESTIMATED,), (impact,), (mitigation,))


def _stated_falls(material: Material) -> Text:
    """Return what funded projects are said to lose in use; nothing where none says it."""
    projects = [material.project(place) for place in material.funded]
    falls = [(one.id, shift_words(one.shift)) for one in projects if one.shift is not None]
    said: list[Part] = []
    for name, fall in falls[:MOST_WARNED]:
        counted = say(risks.FIELD_COUNTED, name=Name(visible(name)), fall=fall)
        said += ("; " if said else risks.FIELD_STATED, *counted)
    if len(falls) > MOST_WARNED:
        said.append(f" and {count(len(falls) - MOST_WARNED)} more")
    if 0 < len(falls) < len(projects):
        said.append(risks.NOT_ESTIMATED_ELSEWHERE)
    return tuple(said)


def _of_plan(material: Material) -> Iterator[RegisterRow]:
    yield from _misses(material)[:MOST_MISSES]
    yield from _money(material)
    yield from _spread(material)


def _misses(material: Material) -> list[RegisterRow]:
    entries = [_miss(material, place) for place in material.funded]
    return sorted(entries, key=lambda entry: -entry.weight)


def _miss(material: Material, place: int) -> RegisterRow:
    """Return the risk that a funded project misses its target."""
    decision, project = material.plan.decisions[place], material.project(place)
    currency, chance = material.currency, 1 - decision.chance_of_target
    spend = numbers.amount(
        decision.cost.total, currency, f"decisions[{place}].cost.total", named=True
    )
    if project.value is None:
        impact = say(words.MISS_IMPACT_NO_VALUE, spend=spend)
    else:
        value = numbers.amount(project.mean_value, currency, named=True)
        impact = say(words.MISS_IMPACT, value=value, spend=spend)
    if decision.verdict is Verdict.PILOT:
        mitigation = say(words.MISS_PILOT, spend=spend)
    elif project.pilots:
        mitigation = say(words.MISS_GO_PILOTED, target=numbers.target(project, " error"))
    else:
        mitigation = say(words.MISS_GO, images=(_first_step(decision), " images"))
    return RegisterRow(
        chance * (project.mean_value + decision.cost.total),
        say(words.MISS, name=Name(visible(decision.project))),
        (numbers.chance(chance),),
        impact,
        mitigation,
    )


def _first_step(decision: Decision) -> Number:
    """Return a tenth of what is trained on, or what is held where that is more."""
    held = decision.images_total - decision.images_to_buy
    return numbers.images(max(held, round(decision.images_total / 10)))


def _money(material: Material) -> Iterator[RegisterRow]:
    risk, currency = material.plan.risk, material.currency
    if risk is None or not material.funded:
        return
    if risk.chance_over_budget > 0:
        excess = max(0.0, risk.cost.cvar90 - material.plan.budget.limit)
        reserve = numbers.amount(risk.reserve_p80, currency, "risk.reserve_p80", named=True)
        yield RegisterRow(
            risk.chance_over_budget * excess,
            (words.OVERSPEND,),
            (numbers.chance(risk.chance_over_budget, "risk.chance_over_budget"),),
            say(words.OVERSPEND_IMPACT, excess=numbers.amount(excess, currency, named=True)),
            say(words.OVERSPEND_MITIGATION, reserve=reserve)
            if risk.reserve_p80 > 0
            else (words.OVERSPEND_COVERED,),
        )
    draws = material.draws
    if material.counts_money and draws is not None:
        loss = float(np.mean(draws.net_value < 0))
        if loss > 0:
            lost = -float(np.mean(draws.net_value[draws.net_value < 0]))
            yield RegisterRow(
                loss * lost,
                (words.LOSS,),
                (numbers.chance(loss),),
                say(words.LOSS_IMPACT, lost=numbers.amount(lost, currency, named=True)),
                (words.LOSS_MITIGATION,),
            )


def _spread(material: Material) -> Iterator[RegisterRow]:
    plan, currency = material.plan, material.currency
    split = plan.risk.split if plan.risk else None
    if split is not None and material.funded and material.counts_money:
        sd = numbers.amount(split.shared_sd, currency, "risk.split.shared_sd", named=True)
        share = numbers.chance(split.shared_share, "risk.split.shared_share")
        yield RegisterRow(
            split.shared_sd * split.shared_share / 4,
            (words.TOGETHER,),
            say(words.TOGETHER_LIKELIHOOD, share=share),
            say(words.TOGETHER_IMPACT, sd=sd),
            (words.TOGETHER_MITIGATION,),
        )
    place = max(material.funded, key=lambda at: plan.decisions[at].cost.total, default=None)
    if place is not None and len(material.funded) > 1 and plan.budget.committed > 0:
        decision = plan.decisions[place]
        share_of = decision.cost.total / plan.budget.committed
        if share_of >= LARGE_SHARE:
            key = f"decisions[{place}].cost.total"
            spend = numbers.amount(decision.cost.total, currency, key, named=True)
            share = numbers.chance(share_of)
            yield RegisterRow(
                0.0,
                say(words.CONCENTRATION, name=Name(visible(decision.project))),
                say(words.CONCENTRATION_LIKELIHOOD, share=share),
                say(words.CONCENTRATION_IMPACT, spend=spend),
                (words.CONCENTRATION_MITIGATION,),
            )


def _of_warnings(material: Material) -> Iterator[RegisterRow]:
    """Yield one entry for each kind of warning, with the spend that rests on it."""
    plan, kinds = material.plan, dict[str, list[Warning_]]()
    for warning in plan.warnings:
        kinds.setdefault(warning.code, []).append(warning)
    for code, found in kinds.items():
        ids = {warning.project for warning in found if warning.project}
        about = [item for item in plan.decisions if item.project in ids]
        whole = any(warning.project is None for warning in found)
        spend = (
            sum(round(100 * item.cost.total) for item in (plan.decisions if whole else about)) / 100
        )
        names = [Name(visible(item.project)) for item in about[:MOST_WARNED]]
        yield RegisterRow(
            spend,
            (words.RISK_OF.get(code, code.replace("_", " ").capitalize()),),
            say(words.WARNED_LIKELIHOOD, count=_who(names, len(about), whole=whole)),
            _rests(material, spend),
            (words.MITIGATION.get(code, words.SEE_MESSAGE),),
        )


def _who(names: list[Name], total: int, *, whole: bool) -> Text:
    if not names or whole:
        return ("the whole portfolio",)
    parts: list[Name | str] = []
    for index, name in enumerate(names):
        parts += [", ", name] if index else [name]
    if total > len(names):
        parts.append(f" and {count(total - len(names))} more")
    return tuple(parts)


def _rests(material: Material, spend: float) -> Text:
    committed = material.plan.budget.committed
    if spend <= 0 or committed <= 0:
        return (words.WARNED_IMPACT_NONE,)
    return say(
        words.WARNED_IMPACT,
        spend=numbers.amount(spend, material.currency, named=True),
        share=numbers.chance(spend / committed),
    )


def _warnings(material: Material) -> Iterator[Text]:
    said: dict[tuple[str, str], list[str]] = {}
    for warning in material.plan.warnings:
        names = said.setdefault((warning.code, warning.message), [])
        if warning.project:
            names.append(warning.project)
    for (code, message), names in said.items():
        listed = [Name(visible(name)) for name in names[:MOST_WARNED]]
        who: Text = (*_who(listed, len(names), whole=False), ": ") if names else ()
        yield (Code(code), " ", *who, visible(message))
