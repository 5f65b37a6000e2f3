"""A plan as a person reads it in a terminal: the decision, its worth, the risk, what to do next."""

import shlex
import textwrap
from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.plan import Decision, Plan, Warning_
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.report.format import count, money, percent, shorten

PAGE_WIDTH = 79
SMALLEST_GAP_SHOWN = 1e-6
_STYLE = {Verdict.GO: "bold green", Verdict.PILOT: "bold yellow", Verdict.NO_GO: "dim"}
_OBJECTIVE_WORDS = {
    Objective.NET_VALUE: "expected net value",
    Objective.VALUE: "expected value",
    Objective.TARGETS_MET: "expected to meet",
}


def render_plan(
    plan: Plan, *, file: str, verbose: bool = False, quiet: bool = False
) -> Iterator[Table | Text]:
    """Yield the plan block by block, each at most 79 columns wide."""
    yield _header(plan)
    if plan.status is Status.INFEASIBLE:
        yield from _infeasible(plan)
        return
    yield _decision_table(plan)
    yield from _paragraphs(_summary(plan))
    if not quiet:
        yield Text("")
        yield from _reasons(plan)
        yield Text("")
        yield from _paragraphs([*plan.notes, *_risk_sentences(plan), _proof(plan)])
    if verbose:
        yield Text("")
        yield from _assumptions(plan)
    if not quiet:
        yield Text("")
        name = shlex.quote(file)
        yield Text(f"Next: planner options {name}\n      planner estimate {name}", style="dim")


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
            yield Text(_wrap(f"! {code}  {who}{message}", indent="  "), style="yellow")


def _header(plan: Plan) -> Text:
    years = f"{plan.horizon_years:g} year" + ("" if plan.horizon_years == 1 else "s")
    parts = (
        shorten(plan.portfolio, 30),
        f"budget {money(plan.budget.limit, plan.currency)}",
        years,
        f"model {plan.model['name']}",
        f"seed {plan.seed}",
    )
    return Text(" · ".join(parts), style="bold")


def _decision_table(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_footer=True)
    table.add_column("Project", footer="Total", max_width=18, no_wrap=True)
    table.add_column("Train on", justify="right", no_wrap=True)
    table.add_column("To buy", justify="right", no_wrap=True)
    table.add_column("Architecture", max_width=16, no_wrap=True)
    table.add_column("Spend", footer=money(plan.budget.committed), justify="right", no_wrap=True)
    table.add_column("Chance of\ntarget", justify="right")
    table.add_column("Verdict", no_wrap=True)
    for decision in plan.decisions:
        table.add_row(*_row(decision))
    return table


def _row(decision: Decision) -> tuple[Text, ...]:
    funded = decision.verdict is not Verdict.NO_GO
    cells = (
        shorten(decision.project, 18),
        count(decision.images_total) if funded else "–",
        count(decision.images_to_buy) if funded else "–",
        shorten(decision.architecture or "–", 16),
        money(decision.cost.total) if funded else "–",
        percent(decision.chance_of_target, down=True) if funded else "–",
    )
    style = "" if funded else "dim"
    verdict = Text(str(decision.verdict), style=_STYLE[decision.verdict])
    return (*(Text(cell, style=style) for cell in cells), verdict)


def _summary(plan: Plan) -> Iterator[str]:
    if plan.objective is None:
        return
    words = _OBJECTIVE_WORDS[plan.objective.kind]
    amount = _worth(plan, plan.objective.value)
    yield (
        f"Committed {money(plan.budget.committed, plan.currency)} of "
        f"{money(plan.budget.limit, plan.currency)}; {money(plan.budget.left)} left; "
        f"{words} {amount}."
    )
    pilots = [shorten(d.project, 30) for d in plan.decisions if d.verdict is Verdict.PILOT]
    if pilots:
        yield (
            f"Committed but marked PILOT: {', '.join(pilots)}. Measure a first run before "
            f"releasing that money."
        )


def _reasons(plan: Plan) -> Iterator[Text]:
    for decision in plan.decisions:
        yield Text(_wrap(f"{shorten(decision.project, 30)}: {decision.why}", indent="  "))


def _risk_sentences(plan: Plan) -> Iterator[str]:
    if plan.risk is None or not _funds_anything(plan):
        return
    net, cost = plan.risk.net_value, plan.risk.cost
    if plan.objective is not None and plan.objective.kind is not Objective.TARGETS_MET:
        yield (
            f"Net value on draws the plan never saw: P10 {money(net.p10)}, P50 {money(net.p50)}, "
            f"P90 {money(net.p90)} (P90 is not exceeded in 90 % of outcomes); "
            f"mean of the worst 10 %: {money(net.cvar90)}."
        )
    if cost.p10 == cost.p90:
        yield f"Cost is certain: {money(cost.p50, plan.currency)} once committed."
    else:
        yield (
            f"Cost: P50 {money(cost.p50)}, P80 {money(cost.p80)}, P90 {money(cost.p90)} (P90 is "
            f"not exceeded in 90 % of outcomes); chance of exceeding the budget "
            f"{percent(plan.risk.chance_over_budget, 1)}."
        )


def _proof(plan: Plan) -> str:
    if plan.objective is None or plan.audit is None:
        return ""
    proven = plan.status is Status.OPTIMAL
    state = "Proven optimal" if proven else "Not proven optimal, the search stopped early"
    gap = plan.objective.gap
    size = "at most 0.0001 %" if gap <= SMALLEST_GAP_SHOWN else f"{100 * gap:.2g} %"
    text = f"{state}: {size} below the bound; recomputed without the solver to the cent."
    if not _funds_anything(plan):
        return text
    held_out, in_sample = (
        _worth(plan, value) for value in (plan.audit.held_out_value, plan.audit.in_sample_value)
    )
    return (
        f"{text} On {plan.audit.held_out_draws:,} draws it was not chosen on it is worth "
        f"{held_out}, on those it was chosen on {in_sample}."
    )


def _funds_anything(plan: Plan) -> bool:
    return any(decision.verdict is not Verdict.NO_GO for decision in plan.decisions)


def _worth(plan: Plan, value: float) -> str:
    """Return a value of the plan's objective in its own unit."""
    if plan.objective is not None and plan.objective.kind is Objective.TARGETS_MET:
        return f"{value:.2f} targets"
    return money(value, plan.currency)


def _infeasible(plan: Plan) -> Iterator[Text]:
    yield Text("No plan fits.", style="bold red")
    if plan.conflict:
        yield from _paragraphs([f"These cannot hold together: {'; '.join(plan.conflict)}."])
    if plan.fixes:
        yield Text("Smallest fixes:")
        for fix in plan.fixes:
            yield Text(_wrap(f"  {fix.text}", indent="    "))


def _assumptions(plan: Plan) -> Iterator[Text]:
    yield Text("Assumptions", style="bold")
    for name, value in plan.assumptions.items():
        yield Text(_wrap(f"  {name}: {value}", indent="    "))
    yield Text(_wrap(f"  model sha256: {plan.model['sha256']}", indent="    "))
    yield Text(_wrap(f"  inputs sha256: {plan.inputs_sha256}", indent="    "))


def _paragraphs(sentences: Iterable[str]) -> Iterator[Text]:
    for sentence in sentences:
        if sentence:
            yield Text(_wrap(sentence))


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        PAGE_WIDTH,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=True,
        drop_whitespace=True,
    )
