"""A plan as a person reads it in a terminal: the decision, its worth, the risk, what to do next."""

import shlex
from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure, money, shorten, targets
from planner.domain.results.plan import Plan, Warning_
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.domain.words.measure_first import first_words, pilot_words, worth_words
from planner.domain.words.proof import proof_words
from planner.reporting.columns import Surface
from planner.reporting.page import wrap
from planner.reporting.sections.plan_tables import decision_table
from planner.reporting.terminal.draw import assumptions, draw_table, paragraphs
from planner.reporting.terminal.plan_blocks import (
    baseline_sentence,
    life_sentences,
    plan_blocks,
    split_sentences,
)
from planner.reporting.terminal.plan_risk import objective_words, risk_sentences


def render_plan(
    plan: Plan, *, file: str, verbose: bool = False, quiet: bool = False
) -> Iterator[Table | Text]:
    """Yield the plan block by block, each at most 79 columns wide."""
    yield _header(plan)
    if plan.status is Status.INFEASIBLE:
        yield from _infeasible(plan)
        return
    yield draw_table(decision_table(plan, Surface.TERMINAL))
    yield from paragraphs(_summary(plan))
    if plan.measure_first is not None:
        first = plan.measure_first
        yield from paragraphs([f"{first_words(first, plan.currency)} {_first_worth(plan)}"])
    yield from plan_blocks(plan)
    if plan.life is not None:
        yield Text("")
        yield from paragraphs(life_sentences(plan))
    if not quiet:
        yield Text("")
        yield from _reasons(plan)
        yield Text("")
        risks = risk_sentences(plan) if _funds_anything(plan) else ()
        compared = baseline_sentence(plan) if _funds_anything(plan) else ""
        yield from paragraphs(
            [*plan.notes, *split_sentences(plan), *risks, _proof(plan), compared, _distance(plan)]
        )
    if verbose:
        yield Text("")
        yield from _assumptions(plan)
    if not quiet:
        yield Text("")
        yield Text(_next(plan, shlex.quote(file)), style="dim")


def _next(plan: Plan, file: str) -> str:
    """Return the commands that follow: measure what is PILOT, ask why, look wider, hand on."""
    pilots = any(decision.verdict is Verdict.PILOT for decision in plan.decisions)
    commands = [
        *([f"planner pilots {file}"] if plan.measure_first is not None else []),
        *([f"planner observe {file} runs.csv"] if pilots else []),
        f"planner explain {file} PROJECT",
        f"planner frontier {file}",
        f"planner report {file}",
    ]
    return "Next: " + "\n      ".join(commands)


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


def _summary(plan: Plan) -> Iterator[str]:
    if plan.objective is None:
        return
    words = objective_words(plan)
    amount = _worth(plan, plan.objective.value)
    if plan.risk is not None and plan.risk.hold is not None:
        yield (
            f"Committed caps {money(plan.budget.committed, plan.currency)}; the budget of "
            f"{money(plan.budget.limit, plan.currency)} holds random spend; {words} {amount}."
        )
    else:
        yield (
            f"Committed {money(plan.budget.committed, plan.currency)}{_to_run(plan)} of "
            f"{money(plan.budget.limit, plan.currency)}; {money(plan.budget.left)} left; "
            f"{words} {amount}."
        )
    if plan.assumptions.get("mode") == "stop_when_reached":
        spend = sum(decision.expected_cost for decision in plan.decisions)
        yield (
            f"Committed are the caps; labelling stops at the target, so the mean spend is "
            f"{money(spend, plan.currency)}."
        )
    pilots = [shorten(d.project, 30) for d in plan.decisions if d.verdict is Verdict.PILOT]
    if pilots:
        yield (
            f"Committed but marked PILOT: {', '.join(pilots)}. Measure a first run before "
            f"releasing that money."
        )
    yield from (pilot_words(decision, plan.currency) for decision in plan.decisions)


def _first_worth(plan: Plan) -> str:
    """Say what measuring first adds, in the plan's own unit."""
    first = plan.measure_first
    if first is None:
        return ""
    if plan.objective is not None and plan.objective.kind is Objective.TARGETS_MET:
        return f"Deciding after that adds {targets(first.gain)} to the plan."
    return worth_words(first, plan.currency)


def _to_run(plan: Plan) -> str:
    """Return what the budget binds besides what is committed, if it covers the whole life."""
    if plan.budget.running_at_cap is None:
        return ""
    return f" and {money(plan.budget.running_at_cap)} to run all of it"


def _reasons(plan: Plan) -> Iterator[Text]:
    said = (f"{shorten(item.project, 30)}: {item.why}" for item in plan.decisions)
    yield from paragraphs(said, indent="  ")


def _proof(plan: Plan) -> str:
    if plan.objective is None or plan.audit is None:
        return ""
    text = f"{proof_words(plan)} Recomputed without the solver to the cent."
    if not _funds_anything(plan):
        return text
    held_out, in_sample = (
        _worth(plan, value) for value in (plan.audit.held_out_value, plan.audit.in_sample_value)
    )
    return (
        f"{text} On {count(plan.audit.held_out_draws)} draws it was not chosen on it is worth "
        f"{held_out}, on those it was chosen on {in_sample}."
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
    if plan.objective is not None and plan.objective.kind is Objective.TARGETS_MET:
        return targets(value)
    return money(value, plan.currency)


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
