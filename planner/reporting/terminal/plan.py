"""A plan as a person reads it in a terminal: the decision, its worth, the risk, what to do next."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure, money, shorten
from planner.domain.results.explanation import Crossover
from planner.domain.results.plan import Decision, Plan, Warning_
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.domain.words.life import break_even_words
from planner.domain.words.measure_first import pilot_words
from planner.domain.words.proof import proof_words
from planner.domain.words.worth import amount_of
from planner.reporting.columns import Surface
from planner.reporting.headline import headline_lines, worth_line
from planner.reporting.page import PAGE_WIDTH, wrap
from planner.reporting.sections.plan_tables import decision_table
from planner.reporting.terminal.draw import assumptions, draw_table, paragraphs
from planner.reporting.terminal.plan_blocks import (
    baseline_sentence,
    life_sentences,
    plan_blocks,
    split_sentences,
)
from planner.reporting.terminal.plan_risk import hold_sentences, risk_sentences

_NONE: Mapping[str, Sequence[Crossover]] = MappingProxyType({})


def render_plan(
    plan: Plan,
    *,
    file: str,
    verbose: bool = False,
    quiet: bool = False,
    break_evens: Mapping[str, Sequence[Crossover]] = _NONE,
) -> Iterator[Table | Text]:
    """Yield the plan block by block, each at most 79 columns wide.

    The table and at most twelve lines below it; ``verbose`` adds reasons, risk, shared cost, proof
    and assumptions, ``quiet`` leaves what the plan is worth. ``break_evens`` of projects that
    state compression are told among the reasons.
    """
    yield _header(plan)
    if plan.status is Status.INFEASIBLE:
        yield from _infeasible(plan)
        return
    yield draw_table(decision_table(plan, Surface.TERMINAL))
    if quiet:
        yield from paragraphs([worth_line(plan)])
        return
    yield from paragraphs(_first_lines(plan))
    if verbose:
        yield from _more(plan, break_evens)
    yield Text(_next(plan, shlex.quote(file), verbose=verbose), style="dim")


def _first_lines(plan: Plan) -> Iterator[str]:
    """Yield what a person needs to sign, and what was asked for beside it."""
    yield from headline_lines(plan)
    if plan.risk is not None and plan.risk.hold is not None:
        yield from hold_sentences(plan, plan.risk)
    yield from _spend(plan)
    yield _distance(plan)


def _more(plan: Plan, break_evens: Mapping[str, Sequence[Crossover]]) -> Iterator[Table | Text]:
    """Yield what stands behind the first lines."""
    yield from plan_blocks(plan)
    if plan.life is not None:
        yield Text("")
        yield from paragraphs(life_sentences(plan))
    for name, found in break_evens.items():
        yield from paragraphs(f"{shorten(name, 30)}: {break_even_words(one)}" for one in found)
    yield Text("")
    yield from _reasons(plan)
    yield from paragraphs(pilot_words(decision, plan.currency) for decision in plan.decisions)
    yield Text("")
    risks = risk_sentences(plan) if _funds_anything(plan) else ()
    compared = baseline_sentence(plan) if _funds_anything(plan) else ""
    yield from paragraphs([*plan.notes, *split_sentences(plan), *risks, _proof(plan), compared])
    yield Text("")
    yield from _assumptions(plan)
    yield Text("")


def _next(plan: Plan, file: str, *, verbose: bool) -> str:
    """Return the commands that follow, as many as one line holds: measure first, why, hand on."""
    commands = [
        *([f"planner pilots {file}"] if plan.measure_first is not None else []),
        *([] if verbose else ["-v"]),
        f"planner explain {file} PROJECT",
        f"planner report {file}",
    ]
    line = f"Next: {commands[0]}"
    for command in commands[1:]:
        longer = f"{line} · {command}"
        line = longer if len(longer) <= PAGE_WIDTH else line
    return line


def render_warnings(warnings: Iterable[Warning_]) -> Iterator[Text]:
    """Yield one paragraph per kind of warning, with the projects it is about."""
    kinds: dict[str, dict[str, dict[str, None]]] = {}
    for warning in warnings:
        named = kinds.setdefault(warning.code, {}).setdefault(warning.message, {})
        if warning.project:
            named[shorten(warning.project, 30)] = None
    for code, messages in kinds.items():
        said = [(list(names), message) for message, names in messages.items()]
        if len(said) > 3 and all(names for names, _ in said):
            # Texts that differ in their numbers alone would fill pages: one stands for all.
            everyone = list(dict.fromkeys(name for names, _ in said for name in names))
            first = f"{said[0][1]} (Said of {everyone[0]}; for the others see --json.)"
            said = [(everyone, first)]
        for names, message in said:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            who = f"{', '.join(names[:3])}{more}: " if names else ""
            yield Text(wrap(f"! {code}  {who}{message}", indent="  "), style="yellow")


SAID_IN_FULL = frozenset(("TIME_LIMIT", "HOLD_MISSED", "BASELINE_NOT_BEATEN"))
"""Warnings about an answer itself: they are said with it, never only counted."""


def count_warnings(warnings: Sequence[Warning_]) -> Iterator[Text]:
    """Yield warnings about the answer in full, and the others counted, each kind once by name."""
    yield from render_warnings(item for item in warnings if item.code in SAID_IN_FULL)
    kinds: dict[str, dict[str, None]] = {}
    for item in warnings:
        if item.code not in SAID_IN_FULL:
            named = kinds.setdefault(item.code, {})
            if item.project:
                named[shorten(item.project, 18)] = None
    if not kinds:
        return
    counted = sum(item.code not in SAID_IN_FULL for item in warnings)
    said = ", ".join(f"{code}{_about(list(names))}" for code, names in kinds.items())
    noun = "warning" if counted == 1 else "warnings"
    text = f"! {counted} {noun}: {said}. In full: -v"
    yield Text(wrap(text, indent="  "), style="yellow")


def _about(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f" ({', '.join(names[:3])}{more})" if names else ""


def _header(plan: Plan) -> Text:
    years = f"{figure(plan.horizon_years)} year" + ("" if plan.horizon_years == 1 else "s")
    parts = (
        shorten(plan.portfolio, 30),
        f"budget {money(plan.budget.limit, plan.currency)}",
        years,
        f"model {plan.model['name']}",
        f"seed {plan.seed}",
    )
    return Text(" · ".join(parts), style="bold")


def _spend(plan: Plan) -> Iterator[str]:
    """Yield what is spent on average where labelling stops at the target."""
    if plan.assumptions.get("mode") == "stop_when_reached":
        spend = sum(decision.expected_cost for decision in plan.decisions)
        yield (
            f"Committed are the caps; labelling stops at the target, so the mean spend is "
            f"{money(spend, plan.currency)}."
        )


def _reasons(plan: Plan) -> Iterator[Text]:
    said = (
        f"{shorten(item.project, 30)}: {item.why}{_stray(plan, item)}" for item in plan.decisions
    )
    yield from paragraphs(said, indent="  ")


def _stray(plan: Plan, decision: Decision) -> str:
    """Say how far the net value of a funded project may stray."""
    if decision.ranges is None or plan.objective is None:
        return ""
    if plan.objective.kind not in {Objective.NET_VALUE, Objective.VALUE}:
        return ""
    net = decision.ranges.net_value
    return f" 8 of 10 outcomes: net {money(net.p10)} to {money(net.p90)}."


def _proof(plan: Plan) -> str:
    if plan.objective is None or plan.audit is None:
        return ""
    text = f"{proof_words(plan)} Recomputed without the solver to the cent."
    if not _funds_anything(plan):
        return text
    in_sample = _worth(plan, plan.audit.in_sample_value)
    return (
        f"{text} Worth and ranges are those on {count(plan.audit.held_out_draws)} draws it was "
        f"not chosen on; reasons and chances on those it was chosen on, where it counts "
        f"{in_sample}."
    )


def _distance(plan: Plan) -> str:
    """Return how far the plan may be from the best one, where that was asked for."""
    found = None if plan.audit is None else plan.audit.replicated_gap
    if found is None:
        return ""
    return (
        f"Over {found.replications} batches of {count(found.draws_each)} draws the best plan of "
        f"each is worth {_worth(plan, found.mean)} more in the mean than this one; with 95 % "
        f"confidence this plan is at most {_worth(plan, found.upper95)} below the best."
    )


def _funds_anything(plan: Plan) -> bool:
    return any(decision.verdict is not Verdict.NO_GO for decision in plan.decisions)


def _worth(plan: Plan, value: float) -> str:
    """Return a value of the plan's objective in its own unit."""
    return amount_of(None if plan.objective is None else plan.objective.kind, value, plan.currency)


def _infeasible(plan: Plan) -> Iterator[Text]:
    yield Text("No plan fits.", style="bold red")
    if plan.conflict:
        yield from paragraphs([f"These cannot hold together: {'; '.join(plan.conflict)}."])
    if plan.fixes:
        yield Text("Smallest fixes:")
        for fix in plan.fixes:
            yield Text(wrap(f"  {fix.text}", indent="    "))


def _assumptions(plan: Plan) -> Iterator[Text]:
    yield from assumptions(plan.assumptions)
    yield Text(wrap(f"  model sha256: {plan.model['sha256']}", indent="    "))
    yield Text(wrap(f"  inputs sha256: {plan.inputs_sha256}", indent="    "))
