"""What a person signs: one worth, one sum, what is released when, and how far to trust it.

Every output says these sentences, from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.domain.facts.decisions import (
    AboveBudget,
    AbovePeriods,
    InTheWay,
    NoPlanKeeps,
    NotHeld,
    Outbid,
    Skipped,
)
from planner.domain.format import shorten
from planner.domain.portfolio.risk import RiskKind
from planner.domain.results.plan import Decision, Plan
from planner.domain.words.life import left_out_words
from planner.domain.words.measure_first import first_words
from planner.domain.words.proof import draws_leave, proof_state
from planner.reporting import numbers
from planner.reporting.document import Name, Number, Part, Text, plain, say
from planner.reporting.sections.plan_columns import is_funded
from planner.reporting.sections.plan_tables import released
from planner.reporting.user_text import visible
from planner.reporting.words import headline as words

HELD_BACK = (AboveBudget, AbovePeriods, InTheWay, NoPlanKeeps, NotHeld, Outbid, Skipped)
"""Why a limit, and not its own worth, leaves a project out."""

__all__ = [
    "Approval",
    "approval",
    "approve_text",
    "best_text",
    "commits_text",
    "do_first_text",
    "evidence_text",
    "headline_lines",
    "not_included",
    "released_text",
    "worth_line",
    "worth_number",
    "worth_text",
]


@dataclass(frozen=True)
class Approval:
    """The sum to approve.

    Attributes
    ----------
    runs : float
        Price of the runs to buy first, beside the budget.
    budget : float
        Hard limit on what the plan commits.
    reserve : float
        Held beside it, so that both cover the cost in 80 % of outcomes.
    chance_short : float
        That the cost is more than budget and reserve.
    """

    runs: float
    budget: float
    reserve: float
    chance_short: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.runs + self.budget + self.reserve


def approval(plan: Plan) -> Approval:
    """Return the sum to approve for a plan."""
    risk = plan.risk
    runs = 0.0 if plan.measure_first is None else plan.measure_first.price
    if risk is None:
        return Approval(runs, plan.budget.limit, 0.0, 0.0)
    short = risk.chance_over_budget if risk.reserve_p80 == 0 else 0.2
    return Approval(runs, plan.budget.limit, risk.reserve_p80, short)


def approve_text(plan: Plan) -> Text:
    """Say which sum to approve, and how likely it is not enough."""
    if not any(map(is_funded, plan.decisions)) or plan.risk is None:
        return (words.NOTHING_FITS if _is_held_back(plan) else words.NOTHING_FUNDED,)
    asked, key = approval(plan), "budget.limit"
    parts = list(_parts(plan, asked))
    total = _money(plan, asked.total, key if asked.total == plan.budget.limit else "", named=True)
    if plan.risk.cost.p10 == plan.risk.cost.p90:
        return say(words.APPROVE_CERTAIN, total=total)
    short = numbers.chance(
        asked.chance_short, "risk.chance_over_budget" if asked.reserve == 0 else ""
    )
    if len(parts) == 1 and asked.reserve == 0:
        return say(words.APPROVE, total=total, short=short)
    return say(words.APPROVE_WITH, total=total, parts=_joined(parts), short=short)


def _is_held_back(plan: Plan) -> bool:
    """Whether a project would be funded but for the budget or a rule."""
    return any(isinstance(decision.reason, HELD_BACK) for decision in plan.decisions)


def _parts(plan: Plan, asked: Approval) -> Iterator[Text]:
    """Yield what the sum is made of."""
    if asked.runs > 0:
        yield say(words.RUNS, runs=_money(plan, asked.runs))
    limit = _money(plan, asked.budget, "budget.limit")
    if asked.reserve > 0:
        reserve = _money(plan, asked.reserve, "risk.reserve_p80")
        yield say(words.RESERVE, limit=limit, reserve=reserve)
    else:
        yield say(words.LIMIT, limit=limit)


def commits_text(plan: Plan) -> Text:
    """Say how much of the budget the plan commits."""
    return say(
        words.COMMITS,
        committed=_money(plan, plan.budget.committed, "budget.committed", named=True),
        to_run=_to_run(plan),
        left=_money(plan, plan.budget.left, "budget.left"),
    )


def _to_run(plan: Plan) -> Text:
    """Return what the budget binds besides what is committed, if it covers the whole life."""
    if plan.budget.running_at_cap is None:
        return ()
    return say(words.TO_RUN, running=_money(plan, plan.budget.running_at_cap))


def released_text(plan: Plan) -> Text:
    """Say what is released now, and what after a first run; empty where nothing is funded."""
    now, after = (released(plan, after_run=late) for late in (False, True))
    parts: dict[str, Text] = {
        "now": (_spend(plan, now, named=True),),
        "after": (_spend(plan, after, named=not now),),
        "now_count": _counted(now),
        "after_count": _counted(after),
    }
    if now and after:
        return say(words.RELEASE_BOTH, **parts)
    if now:
        return say(words.RELEASE_NOW, **parts)
    return say(words.RELEASE_AFTER, **parts) if after else ()


def _spend(plan: Plan, decisions: Sequence[Decision], *, named: bool) -> Number:
    cents = sum(round(100 * item.cost.total) for item in decisions)
    return _money(plan, cents / 100, named=named)


def _counted(decisions: Sequence[Decision]) -> Text:
    plural = " project" if len(decisions) == 1 else " projects"
    return (numbers.tally(len(decisions), numbers.PROJECTS), plural)


def do_first_text(plan: Plan) -> Text:
    """Say which runs to make first, at what price, and what deciding after them adds."""
    first = plan.measure_first
    if first is None:
        return ()
    kind = None if plan.objective is None else plan.objective.kind

    def worth(value: float, key: str = "") -> Number:
        if kind is None or kind.in_money:
            return _money(plan, value, key, named=bool(key))
        return numbers.worth(kind, value, plan.currency, key)

    adds = say(
        words.DO_FIRST_ADDS,
        gain=worth(first.gain, "measure_first.gain"),
        half=worth(1.96 * first.gain_se),
    )
    return (visible(first_words(first, plan.currency)), " ", *adds)


def worth_number(plan: Plan) -> Number:
    """Return the one worth to quote, in the unit of the plan's objective."""
    worth = plan.worth or 0.0
    key = "audit.held_out_value" if plan.audit is not None else ""
    if plan.objective is not None and not plan.objective.kind.in_money:
        return numbers.worth(plan.objective.kind, worth, plan.currency, key, named=True)
    return _money(plan, worth, key, named=True)


def quantile_level(plan: Plan) -> float | None:
    """Return in which share of outcomes the worth to quote is reached; None for other measures."""
    settings = plan.assumptions.get("risk_settings")
    if plan.assumptions.get("risk") != RiskKind.QUANTILE or not isinstance(settings, dict):
        return None
    return float(settings["level"])


def worth_text(plan: Plan) -> Text:
    """Say what the plan is worth: the number to quote, and its range."""
    if plan.objective is None or plan.audit is None or not any(map(is_funded, plan.decisions)):
        return ()
    kind, worth = plan.objective.kind, worth_number(plan)
    cautious = plan.assumptions.get("risk", "expected") != "expected"
    if not kind.in_money:
        funded = numbers.tally(sum(map(is_funded, plan.decisions)), numbers.PROJECTS)
        level = quantile_level(plan)
        if level is not None:
            share = numbers.level(level)
            return say(words.COUNTED_REACHED, worth=worth, level=share, funded=funded)
        return say(words.WORTH_COUNTED[str(kind)], worth=worth, funded=funded)
    expected = plan.audit.held_out_expected
    if cautious and expected is not None:
        number = _money(plan, expected, "audit.held_out_expected")
        said = say(words.WORTH_CAUTIOUS, worth=worth, expected=number)
        level = quantile_level(plan)
        if level is not None:
            said = say(
                words.WORTH_REACHED, worth=worth, level=numbers.level(level), expected=number
            )
    else:
        said = say(words.WORTH_BY_OBJECTIVE[str(kind)], worth=worth)
    return (*said, *_range(plan))


def _range(plan: Plan) -> Text:
    if plan.risk is None:
        return ()
    net = plan.risk.net_value
    return say(
        words.WORTH_RANGE,
        p10=_money(plan, net.p10, "risk.net_value.p10"),
        p90=_money(plan, net.p90, "risk.net_value.p90"),
    )


def best_text(plan: Plan) -> Text:
    """Say how near the plan is to the best one under the forecasts it was made on."""
    if plan.objective is None:
        return ()
    gap = numbers.gap(plan.objective.gap, "objective.gap")
    share = draws_leave(plan)
    leave: Text = () if share is None else say(words.DRAWS_LEAVE, open=numbers.gap(share))
    return say(words.BEST[proof_state(plan)], gap=gap, leave=leave)


def evidence_text(plan: Plan) -> Text:
    """Say what the forecasts rest on, and how much of that are the reader's own runs."""
    evidence = str(plan.assumptions.get("evidence") or "").split("; no client projects")[0]
    given = plan.inputs.get("projects")
    projects = given if isinstance(given, Mapping) else {}
    measured = sum(
        bool(item.get("pilots")) for item in projects.values() if isinstance(item, Mapping)
    )
    sentences = ". " in evidence
    own: Text = (words.NO_RUN if sentences else words.NOTHING_MEASURED,)
    if measured:
        own = say(
            words.SOME_RUNS if sentences else words.MEASURED,
            measured=numbers.tally(measured, numbers.PROJECTS),
            projects=numbers.tally(len(plan.decisions), numbers.PROJECTS),
        )
    said = visible(evidence.rstrip("."))
    if sentences:
        return say(words.EVIDENCE_SENTENCES, evidence=said, runs=own)
    return say(words.EVIDENCE, evidence=said, and_runs=own)


def headline_lines(plan: Plan) -> Iterator[str]:
    """Yield what a person needs to sign as plain sentences, long names cut."""
    yield from (_line(text) for text in (worth_text(plan), _sum(plan), released_text(plan)))
    yield _line(do_first_text(plan))
    yield _line((*best_text(plan), *evidence_text(plan)))
    yield not_included(plan)


def not_included(plan: Plan) -> str:
    """Say what the numbers leave out."""
    return words.NOT_INCLUDED if plan.life is None else left_out_words(plan.not_included)


def worth_line(plan: Plan) -> str:
    """Return the worth and what the plan commits, in plain words."""
    return " ".join(_line(text) for text in (worth_text(plan), commits_text(plan)) if text)


def _sum(plan: Plan) -> Text:
    funds = any(map(is_funded, plan.decisions))
    return (*approve_text(plan), " ", *(commits_text(plan) if funds else ()))


def _line(text: Text) -> str:
    parts = (shorten(part.text, 30) if isinstance(part, Name) else plain((part,)) for part in text)
    return "".join(parts).strip()


def _money(plan: Plan, value: float, key: str = "", *, named: bool = False) -> Number:
    return numbers.amount(value, visible(plan.currency), key, named=named)


def _joined(parts: Sequence[Text]) -> Text:
    """Return texts one after the other, ``and`` before the last."""
    found: list[Part] = []
    for at, part in enumerate(parts):
        if at:
            found.append(" and " if at == len(parts) - 1 else ", ")
        found.extend(part)
    return tuple(found)
