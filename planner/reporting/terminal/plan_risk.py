"""The risk of a plan in sentences: spread, where it comes from, what caution costs, what holds."""

from collections.abc import Iterator

from planner.domain.format import figure, money, money_to_the_cent, percent, percent_as_set
from planner.domain.results.plan import Plan
from planner.domain.results.risk import Interval, RiskResult
from planner.domain.vocabulary import Objective
from planner.domain.words.risk_measures import under_risk
from planner.domain.words.worth import KINDS, amount_of


def risk_sentences(plan: Plan) -> Iterator[str]:
    """Yield what net value and cost may come to on draws that the plan never saw."""
    risk = plan.risk
    if risk is None:
        return
    net = risk.net_value
    counts_money = plan.objective is None or plan.objective.kind.in_money
    if counts_money:
        yield (
            f"Net value on draws the plan never saw: P10 {money(net.p10, plan.currency)}, P50 "
            f"{money(net.p50)}, "
            f"P90 {money(net.p90)} (P90 is not exceeded in 90 % of outcomes); "
            f"mean of the worst 10 %: {money(net.cvar90)}."
        )
        yield from _split(plan, risk)
    yield _cost(plan, risk)
    yield from _caution(plan, risk)


def _split(plan: Plan, risk: RiskResult) -> Iterator[str]:
    """Say which part of the spread more projects do not average out."""
    split = risk.split
    if split is not None and split.shared_sd + split.luck_sd > 0:
        yield (
            f"Of its variance {percent(split.shared_share)} is shared by all projects (what the "
            "model does not know; more projects do not average it out), the rest each project's "
            f"own luck: standard deviations {money(split.shared_sd, plan.currency)} and "
            f"{money(split.luck_sd)}."
        )


def _cost(plan: Plan, risk: RiskResult) -> str:
    cost = risk.cost
    if cost.p10 == cost.p90:
        return f"Cost is certain: {money(cost.p50, plan.currency)} once committed."
    between = _between(risk.chance_over_budget_interval)
    return (
        f"Cost: P50 {money(cost.p50, plan.currency)}, P80 {money(cost.p80)}, P90 "
        f"{money(cost.p90)} (P90 is "
        f"not exceeded in 90 % of outcomes); chance of exceeding the budget "
        f"{percent(risk.chance_over_budget)}{between}."
    )


def _between(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f" (95 % interval {percent(interval.low)} to {percent(interval.high)})"


def _caution(plan: Plan, risk: RiskResult) -> Iterator[str]:
    """Say what the measure of risk costs in expectation, and what it buys."""
    caution = risk.caution
    if caution is None:
        return
    worst = f"mean of the worst {percent_as_set(1 - caution.level)}"
    kind = None if plan.objective is None else plan.objective.kind

    def amount(value: float) -> str:
        return amount_of(kind, value, plan.currency)

    cost = amount(caution.expected_given_up)
    if caution.is_lost_in_gap and caution.expected_given_up_at_most is not None:
        cost = f"at most {amount(caution.expected_given_up_at_most)}"
    if caution.tail_gained <= 0:
        yield (
            f"Caution costs {cost} of expected worth: the plan of the best expectation has no "
            f"worse a {worst}."
        )
    elif caution.price is None:
        yield (
            f"Caution costs {cost} of expected worth, too little for the search to tell from "
            f"nothing; against the best expectation found, the {worst} improves by "
            f"{amount(caution.tail_gained)}."
        )
    else:
        yield (
            f"Caution costs {cost} of expected worth and improves the {worst} by "
            f"{amount(caution.tail_gained)}: {figure(caution.price, 2)} given up for each 1 of "
            "tail risk removed."
        )


def hold_sentences(plan: Plan, risk: RiskResult) -> Iterator[str]:
    """Say whether the budget holds random spend on draws that the solve never saw."""
    hold = risk.hold
    if hold is None:
        return
    state = "holds" if hold.holds else "does NOT hold"
    limit = money(plan.budget.limit, plan.currency)
    if hold.kind == "cvar":
        yield (
            f"The budget {state} on draws the plan never saw: the mean of the dearest "
            f"{percent_as_set(1 - hold.level)} of outcomes is "
            f"{money_to_the_cent(hold.reached, plan.currency)} of {limit}."
        )
        return
    reached = percent(hold.reached, against=[hold.level])
    yield (
        f"The budget {state} on draws the plan never saw: spend stays within {limit} with a chance "
        f"of {reached}{_between(hold.interval)}; at least {percent_as_set(hold.level)} is asked "
        "for."
    )


def objective_words(plan: Plan) -> str:
    """Return what the plan maximises, in words that stand before its value."""
    if plan.objective is None:
        return ""
    kind = plan.objective.kind
    settings = plan.assumptions.get("risk_settings")
    if not isinstance(settings, dict) or plan.assumptions.get("risk") == "expected":
        return "expected to meet" if kind is Objective.TARGETS_MET else f"expected {KINDS[kind]}"
    return under_risk(KINDS[kind], str(plan.assumptions["risk"]), settings)
