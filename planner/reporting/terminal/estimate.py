"""An estimate as a person reads it: need, reach, price, and how sure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from planner.domain.format import (
    figure,
    money,
    percent,
    shorten,
)
from planner.domain.format import target as target_words
from planner.domain.vocabulary import Metric
from planner.domain.words.answers import estimate as words
from planner.domain.words.judged import measure_name
from planner.forecasting.warnings import ORDER_OF_MAGNITUDE_RATIO
from planner.reporting.columns import Surface
from planner.reporting.page import wrap
from planner.reporting.sections.estimate_tables import (
    cost_table,
    range_table,
    recommendation_table,
)
from planner.reporting.terminal.draw import assumptions, draw_table

if TYPE_CHECKING:
    from planner.questions.estimate.estimate import Estimate, ProjectEstimate

_HERE = Surface.TERMINAL
LARGE_ERROR = 0.05
"""Simulation error of a P90, relative to it, from which it is worth saying."""


_HOW_TO_READ = (
    "P10, P50, P80, P90: not exceeded in 10, 50, 80 and 90 % of outcomes.",
    (
        "Worst 10 %: the mean of the dearest 10 %. Each architecture is priced at its median need, "
        "or at the limit where that is lower. commit buys that many images now; stop buys until "
        "the target is met, at most up to the limit."
    ),
    words.BEST_EPOCH,
)


def render_estimate(estimate: "Estimate", *, verbose: bool = False) -> Iterator[Table | Text]:
    """Yield the estimate of each project, each block at most 79 columns wide.

    ``verbose`` adds every setting and default used.
    """
    for project in estimate.projects:
        yield Text(
            wrap(
                f"{shorten(project.id, 50)} · target error {_target(project)} · "
                f"model {estimate.model['name']}"
            ),
            style="bold",
        )
        yield draw_table(range_table(project, _HERE), padding=(0, 2))
        yield Text(_need_sentence(project))
        yield from (Text(wrap(said)) for said in _need_notes(project, estimate.currency))
        yield Text(wrap(project.spread_sources.sentence))
        yield draw_table(recommendation_table(project, estimate.currency, _HERE))
        yield Text("")
        yield draw_table(cost_table(project, estimate.currency, _HERE))
        yield from _cost_sentences(project, estimate.currency)
        yield Text("")
    for sentence in _HOW_TO_READ:
        yield Text(wrap(sentence), style="dim")
    if verbose:
        yield Text("")
        yield from assumptions(estimate.assumptions)


def _need_sentence(project: "ProjectEstimate") -> str:
    need = project.data_needed
    at_limit = percent(project.chance_of_target_at_limit)
    never = percent(need.chance_never)
    text = f"Chance of target at the limit {at_limit}; never reached in {never} of outcomes."
    low, high = need.p10, need.p90
    if low is not None and low > 0 and (high is None or high / low > ORDER_OF_MAGNITUDE_RATIO):
        text += "\nImages needed are known to the order of magnitude only."
    return text


def _target(project: "ProjectEstimate") -> str:
    """Return the target as an error, on the test set and in use where these differ."""
    shown = target_words(project.target_error)
    of = "" if project.metric is None else f" of {measure_name(project.metric)}"
    if project.target_error_in_use is None:
        return f"{shown}{of}"
    return f"{shown}{of} on the test set ({target_words(project.target_error_in_use)} in use)"


def _need_notes(project: "ProjectEstimate", currency: str) -> Iterator[str]:
    """Yield what few images leave out, what is missing at the limit, and what balance changes."""
    lead, need, then = project.recommendations[0], project.data_needed, project.balanced
    if project.rarest is not None:
        yield words.rarest_words(shorten(project.rarest.name, 30), project.rarest.images)
    if lead.shortfall_points is not None:
        yield words.shortfall_words(lead.shortfall_points)
    if then is not None:
        yield words.balanced_words(
            (project.relative_complexity, then.relative_complexity),
            (project.majority_guess_error, then.majority_guess_error),
            ((need.p10, need.p50, need.p90), (then.p10, then.p50, then.p90)),
        )
    if project.imbalance is not None:
        found = project.imbalance
        one, more = found.now, found.then
        yield words.imbalance_words(
            shorten(found.rarest, 30),
            lead.images_total,
            found.slope,
            (found.images_added, found.cost, currency),
            (
                (one.rarest_error, more.rarest_error),
                (one.balanced_accuracy, more.balanced_accuracy),
                (one.f1_rarest, more.f1_rarest),
            ),
        )


def _paid_for(project: "ProjectEstimate", currency: str) -> Iterator[str]:
    """Yield what training is a product of, and what accuracy is had for the money."""
    lead = project.recommendations[0]
    made, found = lead.training, lead.efficiency
    yield words.factors_words(
        made.images, made.epochs, made.trainings, made.per_image_epoch, made.product, currency
    )
    yield words.efficiency_words(
        lead.architecture,
        found.accuracy_points,
        found.points_per_1000,
        found.points_per_kwh,
        currency,
        project.metric or Metric.ACCURACY,
    )


def _cost_sentences(project: "ProjectEstimate", currency: str) -> Iterator[Text]:
    """Yield what the ranges need to be read rightly: hardware, approval, Monte Carlo error."""
    lead = project.recommendations[0]
    if lead.gpu_hours is not None:
        text = f"{lead.architecture}: {figure(lead.gpu_hours)} accelerator-hours"
        if lead.memory_floor_gb is not None:
            memory = figure(lead.memory_floor_gb, 2)
            text += f"; at least {memory} GB of memory, activations not counted"
        yield Text(wrap(f"{text}."))
    yield from (Text(wrap(said)) for said in _paid_for(project, currency))
    for name, found in (
        ("commit", lead.cost_ranges.commit),
        ("stop", lead.cost_ranges.stop_when_reached),
    ):
        if found.chance_over_approval is not None:
            share = percent(found.chance_over_approval)
            yield Text(f"Chance of exceeding the approval limit ({name}): {share}.")
        if found.p90_error > LARGE_ERROR * found.total.p90:
            error = money(found.p90_error, currency)
            yield Text(f"P90 ({name}) carries a simulation error of about {error}.")
