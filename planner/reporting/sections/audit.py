"""The audit: every figure that looks like the worth, what proves the plan, simpler plans."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.domain.format import count
from planner.domain.results.audit import AuditResult
from planner.domain.words.proof import draws_leave, proof_state
from planner.reporting import numbers
from planner.reporting.columns import Surface
from planner.reporting.document import (
    Block,
    Head,
    Number,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    say,
)
from planner.reporting.sections.material import Material
from planner.reporting.sections.plan_columns import baseline_columns
from planner.reporting.user_text import visible
from planner.reporting.words import reconciled
from planner.reporting.words import report as words
from planner.reporting.words.headline import DRAWS_LEAVE

__all__ = ["audit_section"]


def audit_section(material: Material) -> Section | None:
    """Return the figures reconciled, the proof and the comparison; None where nothing is funded."""
    audit = material.plan.audit
    if audit is None or not material.funded:
        return None
    blocks = (_reconciled(material, audit), *_baselines(material, audit), *_proof(material))
    return Section("audit", words.AUDIT, blocks, folded=True, gist=(words.AUDIT_GIST,))


@dataclass(frozen=True)
class _Figure:
    """A figure that could be taken for the worth.

    Attributes
    ----------
    name, meaning : str
        What it is called, and what it is.
    amount : Number
        With its path in ``--json``.
    """

    name: str
    amount: Number
    meaning: str


def _reconciled(material: Material, audit: AuditResult) -> Table:
    figures = list(_figures(material, audit))
    columns = (
        Head(reconciled.FIGURE),
        Head(reconciled.AMOUNT, numeric=True),
        Head(reconciled.DIFFERENCE, numeric=True),
        Head(reconciled.MEANING),
    )
    rows = tuple(
        Row(
            ((one.name,), (one.amount,), _apart(material, one, audit), (one.meaning,)),
            minor=one.name in (reconciled.BOUND, reconciled.TORNADO),
        )
        for one in figures
    )
    return Table(reconciled.CAPTION, columns, rows, tone="reconciled")


def _apart(material: Material, one: _Figure, audit: AuditResult) -> Text:
    """Return how far a figure lies from the worth to quote."""
    step = (one.amount.value or 0.0) - audit.held_out_value
    return ("–",) if one.amount.key == "audit.held_out_value" else (_amount(material, step),)


def _figures(material: Material, audit: AuditResult) -> Iterator[_Figure]:
    plan, draws = material.plan, count(audit.held_out_draws)

    def figure(name: str, value: float, key: str, meaning: str) -> _Figure:
        return _Figure(name, _amount(material, value, key), meaning.format(draws=draws))

    yield figure(
        reconciled.QUOTED, audit.held_out_value, "audit.held_out_value", reconciled.QUOTED_IS
    )
    expected = audit.held_out_expected
    if expected is not None and expected != audit.held_out_value:
        key = "audit.held_out_expected"
        yield figure(reconciled.EXPECTED, expected, key, reconciled.EXPECTED_IS)
    if material.counts_net and expected is not None:
        brought = sum(item.held_out_net_value or 0.0 for item in plan.decisions)
        if abs(brought - expected) >= 0.005:
            yield figure(reconciled.BROUGHT, brought, "", reconciled.BROUGHT_IS)
    in_sample = audit.in_sample_value
    yield figure(reconciled.CHOSEN_ON, in_sample, "audit.in_sample_value", reconciled.CHOSEN_ON_IS)
    if plan.objective is not None:
        bound = plan.objective.bound
        yield figure(reconciled.BOUND, bound, "objective.bound", reconciled.BOUND_IS)
    if plan.risk is not None and material.counts_money:
        net = plan.risk.net_value
        yield figure(reconciled.MEAN, net.mean, "risk.net_value.mean", reconciled.MEAN_IS)
        yield figure(reconciled.MEDIAN, net.p50, "risk.net_value.p50", reconciled.MEDIAN_IS)
    if material.tornado is not None:
        yield figure(reconciled.TORNADO, material.tornado.centre, "", reconciled.TORNADO_IS)


def _amount(material: Material, value: float, key: str = "") -> Number:
    objective = material.plan.objective
    kind = None if objective is None else objective.kind
    return numbers.worth(kind, value, material.currency, key)


def _baselines(material: Material, audit: AuditResult) -> Iterator[Block]:
    """Yield what simpler ways to spend the budget are worth on the same draws."""
    if not audit.baselines:
        return
    better = [base.name for base in audit.baselines if not base.beaten]
    sentence = words.BASELINES_NOT_BEATEN if better else words.BASELINES_BEATEN
    names = ", ".join(better or [base.name for base in audit.baselines])
    yield Paragraph(say(sentence, names=visible(names)), "alert" if better else "")
    columns = baseline_columns(material.plan)
    table = columns.table(
        Surface.PAGE, audit.baselines, material.currency, caption=words.BASELINES_CAPTION
    )
    yield replace(table, tone="screen")


def _proof(material: Material) -> Iterator[Block]:
    plan = material.plan
    if plan.objective is None or plan.audit is None:
        return
    share = draws_leave(plan)
    text = say(
        words.PROOF,
        state=words.STATUS[proof_state(plan)][0],
        gap=numbers.gap(plan.objective.gap, "objective.gap"),
        leave=() if share is None else say(DRAWS_LEAVE, open=numbers.gap(share)),
    )
    again = plan.audit.replicated_gap
    if again is not None:
        more = say(
            words.REPLICATED,
            count=numbers.tally(again.replications, "solves", "audit.replicated_gap.replications"),
            mean=material.worth(again.mean, "audit.replicated_gap.mean"),
            upper=material.worth(again.upper95, "audit.replicated_gap.upper95"),
        )
        text = (*text, " ", *more)
    yield Paragraph(text, "small")
