"""How to collect a project's images, as a person reads it: what to do now, then what to expect."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, fixed, money, percent, price, shorten
from planner.domain.format import target as target_words
from planner.forecasting.warnings import ORDER_OF_MAGNITUDE_RATIO
from planner.reporting.page import wrap
from planner.reporting.terminal.draw import plain_table

if TYPE_CHECKING:
    from planner.questions.collect.collect import CollectionReport
    from planner.questions.collect.rounds import CollectionPolicy

LARGE_SE = 0.05
"""Monte Carlo error of the expected cost, as a share of it, from which it is shown."""


def render_collection(report: "CollectionReport") -> Iterator[Table | Text]:
    """Yield the advice, the rounds and the alternatives, each block at most 79 columns wide."""
    yield Text(
        f"{shorten(report.project, 30)} · target error {target_words(report.target_error)} · "
        f"{shorten(report.architecture, 20)} · model {report.model['name']}",
        style="bold",
    )
    yield Text(wrap(_advice(report)))
    if report.advice == "NO_IMAGES_NEEDED":
        return
    if report.policy.rounds:
        yield Text("")
        yield _rounds(report)
        yield Text(wrap(_expected(report)))
    yield Text("")
    yield _comparison(report)
    yield Text("")
    for sentence in _notes(report):
        yield Text(wrap(sentence), style="dim")


def _advice(report: "CollectionReport") -> str:
    """Say what to do now: first train on what nobody has trained on yet, then buy."""
    if report.advice == "NO_IMAGES_NEEDED":
        return "No images are needed: in every outcome those held meet the target."
    step = _first_purchase(report) if report.policy.rounds else _why_not(report)
    if report.held_are_tried or report.held == 0:
        return f"{step[0].upper()}{step[1:]}"
    training = money(report.held * report.prices.per_trained_image, report.currency)
    chance = percent(report.policy.chance_held_suffices)
    return (
        f"First train on the {count(report.held)} images held ({training}): they meet the target "
        f"already in {chance} of outcomes. If they do not, as all below supposes: {step}"
    )


def _first_purchase(report: "CollectionReport") -> str:
    step = report.policy.rounds[0]
    once = " No second round is worth its cost." if len(report.policy.rounds) == 1 else ""
    return (
        f"collect {count(step.images_to_buy)} images now ({count(step.images_total)} in all), "
        f"train, measure, and stop if the target is met.{once if report.rounds > 1 else ''}"
    )


def _why_not(report: "CollectionReport") -> str:
    at_stake = money(report.prices.penalty, report.currency)
    loses = f"do not start. Missing the target loses {at_stake}"
    if report.chance_within_limit == 0.0:
        return f"{loses}, but no outcome meets it within the limit of {count(report.limit)} images."
    return (
        f"{loses}, and every way to collect is expected to cost more than that: at best "
        f"{percent(report.chance_within_limit)} of outcomes meet the target within the limit of "
        f"{count(report.limit)} images. Collecting starts to pay from {_break_even(report)}."
    )


def _break_even(report: "CollectionReport") -> str:
    noun = "a value" if report.penalty_is == "value" else "a penalty"
    return f"{noun} of {money(report.break_even or 0.0, report.currency)}"


def _rounds(report: "CollectionReport") -> Table:
    table = plain_table((0, 2))
    table.add_column("Round", justify="right")
    table.add_column("Train on", justify="right")
    table.add_column("To buy", justify="right")
    table.add_column(f"Cost {report.currency}", justify="right")
    table.add_column("Needed in", justify="right")
    table.add_column("Target met by then", justify="right")
    for number, step in enumerate(report.policy.rounds, start=1):
        table.add_row(
            str(number),
            count(step.images_total),
            count(step.images_to_buy),
            money(step.cost),
            percent(step.chance_needed),
            percent(step.chance_reached),
        )
    return table


def _expected(report: "CollectionReport") -> str:
    policy = report.policy
    spend = money(policy.expected_spend, report.currency)
    return (
        f"Expected: {fixed(policy.expected_rounds, 1)} rounds, {count(policy.expected_images)} "
        f"images in all and {spend} spent (not over {money(policy.spend_p90)} in 90 % of "
        f"outcomes); the target is met in {percent(policy.chance_reached)} of outcomes. "
        f"Collecting pays from {_break_even(report)}."
    )


def _comparison(report: "CollectionReport") -> Table:
    table = plain_table((0, 2))
    table.add_column("")
    table.add_column("At most", justify="right")
    table.add_column("Target met", justify="right")
    table.add_column("Mean spend", justify="right")
    table.add_column(f"With {_loss(report)}", justify="right")
    others = report.alternatives
    rows = (
        (f"up to {report.rounds} rounds" if report.rounds > 1 else "one round", report.policy),
        ("all at once", others.at_once),
        ("to the limit", others.to_limit),
        ("collect nothing", others.nothing),
    )
    for name, policy in rows[:1] + rows[1 + (report.rounds == 1) :]:
        table.add_row(name, *_row(policy))
    return table


def _loss(report: "CollectionReport") -> str:
    return "value lost" if report.penalty_is == "value" else "penalty"


def _row(policy: "CollectionPolicy") -> tuple[str, ...]:
    return (
        count(policy.images_at_most),
        percent(policy.chance_reached),
        money(policy.expected_spend),
        money(policy.expected_cost),
    )


def _notes(report: "CollectionReport") -> Iterator[str]:
    need, prices, currency = report.data_needed, report.prices, report.currency
    vague = need.p90 is None or (need.p10 or 1.0) * ORDER_OF_MAGNITUDE_RATIO < need.p90
    if vague:
        yield (
            f"Images needed are known to the order of magnitude only (P10 {count(need.p10)}, P90 "
            f"{count(need.p90)}): the first round is as much a measurement as a purchase."
        )
    missed = report.policy.chance_reached < 0.5
    if missed and report.policy.rounds:
        never = need.chance_never / (1.0 - report.policy.chance_held_suffices)
        yield (
            f"More likely than not the target is missed: the limit itself meets it in "
            f"{percent(report.chance_within_limit)} of outcomes, and no number of images in "
            f"{percent(never)}. The rounds are worth their cost because of what a "
            f"success saves, not because one is likely."
        )
    if report.policy.expected_cost_se > LARGE_SE * report.policy.expected_cost:
        yield (
            f"With this few draws the expected cost is known to "
            f"± {money(report.policy.expected_cost_se, currency)} (one standard error)."
        )
    if report.policy.rounds:
        guess = "Later rounds are today's guess: add" if len(report.policy.rounds) > 1 else "Add"
        yield f"{guess} each round's run to the project's pilots and ask again."
    extras = [f"{price(prices.per_image, currency)} per image"]
    if prices.setup:
        extras.append(f"{money(prices.setup)} once to set up")
    if prices.per_round:
        extras.append(f"{money(prices.per_round)} per round")
    if prices.per_trained_image:
        thousand = money(1000.0 * prices.per_trained_image)
        extras.append(f"training all images anew each round, {thousand} per thousand")
    chosen = (
        f" {report.architecture} costs least in expectation of {report.n_architectures} candidates."
        if report.n_architectures > 1
        else ""
    )
    yield f"Costs: {'; '.join(extras)}.{chosen}"
