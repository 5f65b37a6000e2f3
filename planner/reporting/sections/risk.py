"""The risk: how far cost and net value may stray, and where the spread comes from."""

from collections.abc import Iterator, Sequence

import numpy as np

from planner.domain.format import count
from planner.domain.results.risk import Quantiles, RiskResult
from planner.reporting import numbers
from planner.reporting.document import (
    Block,
    Head,
    Paragraph,
    Picture,
    Pictures,
    Row,
    Section,
    Table,
    Text,
    plain,
    say,
)
from planner.reporting.figures import report_pictures as pictures
from planner.reporting.figures.svg import to_svg
from planner.reporting.sections.material import Material
from planner.reporting.sections.outcomes import PlanDraws
from planner.reporting.user_text import visible
from planner.reporting.words import findings
from planner.reporting.words import report as words

_LEVELS = {0.1: "p10", 0.5: "p50", 0.8: "p80", 0.9: "p90"}


def risk_section(material: Material) -> Section | None:
    """Return the S-curves with their sentences, the split of the spread, and the proof."""
    if material.plan.risk is None or material.draws is None:
        return None
    risk = material.plan.risk
    return Section(
        "risk",
        words.RISK,
        tuple(_blocks(material, risk, material.draws)),
        folded=True,
        gist=_gist(material, risk),
    )


def _gist(material: Material, risk: RiskResult) -> Text:
    """Return between which ends net value lies, in a few words."""
    if not material.counts_money:
        return ()
    return say(
        words.RISK_GIST,
        p10=numbers.amount(risk.net_value.p10, material.currency, "risk.net_value.p10", named=True),
        p90=numbers.amount(risk.net_value.p90, material.currency, "risk.net_value.p90"),
    )


def _blocks(material: Material, risk: RiskResult, draws: PlanDraws) -> Iterator[Block]:
    yield Pictures(tuple(_curves(material, risk, draws)), source=material.source)
    yield _quantiles(material, risk)
    yield from (Paragraph(text) for text in _sentences(material, risk))


def _curves(material: Material, risk: RiskResult, draws: PlanDraws) -> Iterator[Picture]:
    currency = material.currency
    with pictures.sheet(pictures.S_CURVE_SIZE) as figure:
        pictures.draw_s_curve(figure, cost_curve(material, risk, draws))
        alt = _alt(words.COST_CURVE, risk.cost, currency)
        svg = to_svg(figure, "s-cost", words.COST_CURVE, alt)
        yield Picture(svg, _cost_text(material, risk), cost_finding(material, risk))
        if material.counts_money:
            pictures.draw_s_curve(figure, net_curve(material, risk, draws))
            alt = _alt(words.NET_CURVE, risk.net_value, currency)
            svg = to_svg(figure, "s-net", words.NET_CURVE, alt)
            yield Picture(
                svg, _net_text(material, risk), net_finding(draws), (findings.NET_STAIRS,)
            )
        else:
            shares = target_shares(material, draws)
            text = say(
                words.TARGETS_BESIDE if material.counts_errors else words.TARGETS_SENTENCE,
                funded=numbers.tally(len(material.funded), numbers.PROJECTS),
                all=numbers.chance(float(shares[-1])),
                none=numbers.chance(float(shares[0])),
            )
            pictures.draw_tally(figure, shares)
            svg = to_svg(figure, "s-targets", words.TARGETS_CURVE, plain(text))
            yield Picture(svg, text, targets_finding(material, shares))


def cost_curve(material: Material, risk: RiskResult, draws: PlanDraws) -> pictures.SCurve:
    """Return what is drawn of the cost: how likely at most each amount is, and the budget."""
    axis = words.COST_AXIS.format(currency=visible(material.currency))
    limit = material.plan.budget.limit
    return pictures.SCurve(axis, _marks(risk.cost), draws.cost, limit, words.BUDGET_LINE)


def net_curve(material: Material, risk: RiskResult, draws: PlanDraws) -> pictures.SCurve:
    """Return what is drawn of the net value: how likely at most each amount is, and nothing."""
    axis = words.NET_AXIS.format(currency=visible(material.currency))
    return pictures.SCurve(axis, _marks(risk.net_value), draws.net_value, 0.0, words.BREAK_EVEN)


def target_shares(material: Material, draws: PlanDraws) -> list[float]:
    """Return how likely none, one, two … of the funded targets are met."""
    counts = np.bincount(draws.targets, minlength=len(material.funded) + 1)
    return [float(share) for share in counts / counts.sum()]


def targets_finding(material: Material, shares: Sequence[float]) -> Text:
    """Return how likely all funded targets are met."""
    return say(
        findings.TARGETS_ALL,
        funded=numbers.tally(len(material.funded), numbers.TARGETS),
        share=numbers.chance(shares[-1]),
    )


def cost_finding(material: Material, risk: RiskResult) -> Text:
    """Return how likely the budget is enough."""
    if risk.cost.p10 == risk.cost.p90:
        return (findings.COST_CERTAIN,)
    limit = material.plan.budget.limit
    return say(
        findings.COST_WITHIN,
        limit=numbers.amount(limit, material.currency, "budget.limit", named=True),
        share=numbers.chance(1 - risk.chance_over_budget),
    )


def net_finding(draws: PlanDraws) -> Text:
    """Return how likely the plan pays for itself."""
    return say(findings.NET_ABOVE, share=numbers.chance(float(np.mean(draws.net_value >= 0))))


def _marks(spread: Quantiles) -> dict[float, float]:
    return {level: getattr(spread, name) for level, name in _LEVELS.items() if level != 0.8}


def _alt(what: str, spread: Quantiles, currency: str) -> str:
    ends = {
        name: numbers.amount(getattr(spread, name), currency, named=True).text
        for name in ("p10", "p50", "p90")
    }
    return words.CURVE_ALT.format(what=what, **ends)


def _cost_text(material: Material, risk: RiskResult) -> Text:
    currency, cost = material.currency, risk.cost
    if cost.p10 == cost.p90:
        amount = numbers.amount(cost.p50, currency, "risk.cost.p50", named=True)
        return say(words.COST_CERTAIN, cost=amount)
    ends = {
        name: numbers.amount(
            getattr(cost, name), currency, f"risk.cost.{name}", named=name == "p10"
        )
        for name in ("p10", "p50", "p90")
    }
    return say(words.COST_SENTENCE, **ends)


def _net_text(material: Material, risk: RiskResult) -> Text:
    names = {"p10": "p10", "p50": "p50", "p90": "p90", "cvar": "cvar90"}
    ends = {
        part: numbers.amount(
            getattr(risk.net_value, name),
            material.currency,
            f"risk.net_value.{name}",
            named=name in ("p10", "cvar90"),  # each begins a sentence
        )
        for part, name in names.items()
    }
    return say(words.NET_SENTENCE, **ends)


def _quantiles(material: Material, risk: RiskResult) -> Table:
    """Return both spreads as a table with what each column means."""
    names = ("p10", "p50", "p80", "p90", "cvar90")
    columns = (
        Head(f"Amount, {material.currency}"),
        Head("P10: not exceeded in 10 %", numeric=True),
        Head("P50: in half", numeric=True),
        Head("P80: in 80 %", numeric=True),
        Head("P90: in 90 %", numeric=True),
        Head("mean of the worst 10 %", numeric=True),
    )
    rows = [
        Row(
            (
                (label,),
                *(
                    (numbers.amount(getattr(spread, name), material.currency, f"{path}.{name}"),)
                    for name in names
                ),
            )
        )
        for label, path, spread in (
            (words.COST_CURVE, "risk.cost", risk.cost),
            (words.NET_CURVE, "risk.net_value", risk.net_value),
        )
        if spread is risk.cost or material.counts_money
    ]
    audit = material.plan.audit
    drawn = count(audit.held_out_draws) if audit else "held-out"
    return Table(words.QUANTILES_CAPTION.format(draws=drawn), columns, tuple(rows), tone="screen")


def _sentences(material: Material, risk: RiskResult) -> Iterator[Text]:
    currency, cost = material.currency, risk.cost
    if cost.p10 != cost.p90 and risk.reserve_p80 > 0:
        over = numbers.chance(risk.chance_over_budget, "risk.chance_over_budget")
        text = say(
            words.CONTINGENCY,
            reserve=numbers.amount(risk.reserve_p80, currency, "risk.reserve_p80", named=True),
            limit=numbers.amount(material.plan.budget.limit, currency, "budget.limit", named=True),
            over=(over, " of outcomes"),
        )
        yield (*text, *_interval(risk))
    yield from _split(material, risk)
    yield from _caution(material, risk)
    yield from _hold(material, risk)


def _interval(risk: RiskResult) -> Text:
    interval = risk.chance_over_budget_interval
    if interval is None:
        return ()
    path = "risk.chance_over_budget_interval"
    return say(
        words.CONTINGENCY_INTERVAL,
        low=numbers.chance(interval.low, f"{path}.low"),
        high=numbers.chance(interval.high, f"{path}.high"),
    )


def _split(material: Material, risk: RiskResult) -> Iterator[Text]:
    split = risk.split
    if split is None or not material.counts_money:
        return
    yield say(
        words.SPLIT_SENTENCE,
        share=numbers.chance(split.shared_share, "risk.split.shared_share"),
        shared=numbers.amount(
            split.shared_sd, material.currency, "risk.split.shared_sd", named=True
        ),
        luck=numbers.amount(split.luck_sd, material.currency, "risk.split.luck_sd", named=True),
    )


def _caution(material: Material, risk: RiskResult) -> Iterator[Text]:
    caution = risk.caution
    if caution is None:
        return
    sentence, given = words.CAUTION_SENTENCE, "expected_given_up"
    if caution.is_lost_in_gap:
        sentence, given = words.CAUTION_LOST_IN_GAP, "expected_given_up_at_most"
    text = say(
        sentence,
        given=material.worth(getattr(caution, given), f"risk.caution.{given}"),
        gained=material.worth(caution.tail_gained, "risk.caution.tail_gained"),
        tail=numbers.level(1 - caution.level),
    )
    if caution.price is not None:
        price = numbers.figure(caution.price, "ratio", "risk.caution.price", digits=2)
        text = (*text, *say(words.CAUTION_PRICE, price=price))
    yield text


def _hold(material: Material, risk: RiskResult) -> Iterator[Text]:
    hold = risk.hold
    if hold is None:
        return
    end = words.HOLDS if hold.holds else words.HOLDS_NOT
    if hold.kind == "chance" and hold.interval is not None:
        text = say(
            words.HOLD_CHANCE,
            reached=numbers.chance(hold.reached, "risk.hold.reached", against=[hold.level]),
            low=numbers.chance(hold.interval.low, "risk.hold.interval.low"),
            high=numbers.chance(hold.interval.high, "risk.hold.interval.high"),
            level=numbers.level(hold.level, "risk.hold.level"),
        )
    else:
        currency, limit = material.currency, material.plan.budget.limit
        text = say(
            words.HOLD_CVAR,
            tail=numbers.level(1 - hold.level),
            reached=numbers.amount(hold.reached, currency, "risk.hold.reached", named=True),
            limit=numbers.amount(limit, currency, "budget.limit"),
        )
    yield (*text, end)
