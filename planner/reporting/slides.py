"""The pictures of an answer, for slides: the finding above, the source below."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planner.domain.results.explanation import Explanation, PlanExplanation
from planner.domain.results.frontier import Frontier
from planner.domain.results.pilots import Pilots
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Verdict
from planner.domain.words.worth import objective_in
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate
from planner.reporting import numbers
from planner.reporting.document import Name, Text, plain, say
from planner.reporting.figures import report_pictures as pictures
from planner.reporting.figures.change import draw_change
from planner.reporting.figures.fan import draw_fan, fans
from planner.reporting.figures.files import Named, file_name
from planner.reporting.figures.frame import framed
from planner.reporting.figures.frontier import draw_frontier
from planner.reporting.figures.pictures import picture_of
from planner.reporting.figures.pilots import draw_pilots
from planner.reporting.figures.tornado import draw_tornado
from planner.reporting.figures.waterfall import draw_waterfall
from planner.reporting.sections import outlook, risk
from planner.reporting.sections.evidence import go_limits
from planner.reporting.sections.material import Material, funded_places, source_line
from planner.reporting.user_text import visible
from planner.reporting.words import findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SHEET = (5.2, 2.9)
"""Of a picture that has no size of its own, in inches."""


def plan_slides(plan: Plan) -> Iterator[Named]:
    """Yield what is funded, and where the worth comes from; nothing of an infeasible plan."""
    if not plan.decisions:
        return
    source = source_line(plan.portfolio, plan.model, plan.seed)
    figure = picture_of(plan)
    figure.axes[0].set_title("", loc="left")
    yield "plan", framed(figure, plain(_spend_finding(plan)), source)
    found = outlook.worth_steps(plan)
    if found is not None:
        figure = draw_waterfall(*found, visible(plan.currency))
        yield "worth", framed(figure, plain(outlook.worth_finding(*found)), source)


def report_slides(material: Material) -> Iterator[Named]:
    """Yield every picture of a report: the plan's, risk, inputs, budgets, learning curves."""
    plan = material.plan
    source = material.source
    yield from plan_slides(plan)
    for name, figure, title in (*_change(material), *_risk(material), *_outlook(material)):
        yield name, framed(figure, plain(title), source)
    for rank, place in enumerate(material.shown):
        decision, project = plan.decisions[place], material.project(place)
        figure = draw_fan(
            project, material.forecasts[project.id], decision.architecture, go_limits(decision)
        )
        figure.axes[0].set_title("")
        name = f"curve_{rank + 1:02d}_{file_name(project.id)}"
        yield name, framed(figure, plain(_fan_finding(material, place)), source)


def frontier_slides(frontier: Frontier) -> Iterator[Named]:
    """Yield what other budgets buy, or what caution costs."""
    source = source_line(frontier.portfolio, frontier.model, frontier.seed)
    yield "frontier", framed(draw_frontier(frontier), plain(_frontier_finding(frontier)), source)


def pilots_slides(found: Pilots) -> Iterator[Named]:
    """Yield what each outcome of the chosen runs changes; nothing where none is chosen."""
    if not found.policy:
        return
    price = sum(run.price for run in found.pilots if run.chosen)
    title = say(
        findings.PILOTS_FINDING,
        price=numbers.amount(price, found.currency, named=True),
        gain=numbers.amount(found.gain, found.currency, named=True),
    )
    source = source_line(found.portfolio, found.model, found.seed)
    yield "pilots", framed(draw_pilots(found), plain(title), source)


def explained_slides(
    found: Explanation | PlanExplanation, portfolio: str, project: str | None
) -> Iterator[Named]:
    """Yield the tornado of a project or of the whole plan; nothing where nothing moves it."""
    tornado = found.tornado
    if tornado is None or not tornado.bars:
        return
    widest = tornado.bars[0]
    low, high = (
        numbers.worth(objective_in(tornado.unit), end, found.currency, named=True)
        for end in sorted((widest.value_at_low, widest.value_at_high))
    )
    first, name = Name(visible(widest.input)), Name(visible(project or findings.WHOLE_PLAN))
    title = say(findings.TORNADO_MOVES, first=first, name=name, low=low, high=high)
    figure = draw_tornado(tornado, currency=visible(found.currency))
    source = source_line(portfolio, found.model, found.seed)
    yield f"tornado_{file_name(project or 'plan')}", framed(figure, plain(title), source)


def curve_slides(
    estimate: Estimate, forecasts: Iterable[Forecast], portfolio: str
) -> Iterator[Named]:
    """Yield the learning curve of each project, of the architecture recommended first."""
    leads = {item.id: item.recommendations[0].architecture for item in estimate.projects}
    source = source_line(portfolio, estimate.model, estimate.seed)
    for name, figure in fans(forecasts, leads):
        yield name, framed(figure, "", source)


def _frontier_finding(frontier: Frontier) -> Text:
    """Return from which budget on more adds nothing, or what the largest budget buys."""
    points, currency = frontier.points, frontier.currency
    if frontier.axis != "budget":
        return (findings.FRONTIER_TRADE,)
    most = max(point.value for point in points)
    enough = next(point for point in points if point.value >= most - 1e-9 * abs(most))
    if points[-1].shadow_price == 0 and enough.budget < points[-1].budget:
        spend = numbers.amount(enough.committed, currency, named=True)
        return say(findings.FRONTIER_ENOUGH, enough=spend)
    last, worth_there = points[-1].budget, points[-1].held_out_value
    return say(
        findings.FRONTIER_RISES,
        last=numbers.amount(last, currency, named=True),
        most=numbers.worth(frontier.objective, worth_there, currency, named=True),
    )


def _change(material: Material) -> Iterator[tuple[str, "Figure", Text]]:
    """Yield what the plan adds to what is held."""
    changes = outlook.changes_of(material)
    if changes:
        figure = draw_change(changes, findings.CHANGE_AXIS)
        yield "change", figure, outlook.change_finding(changes)


def _risk(material: Material) -> Iterator[tuple[str, "Figure", Text]]:
    """Yield how cost, and net value or targets met, may turn out."""
    found, draws = material.plan.risk, material.draws
    if found is None or draws is None:
        return
    with pictures.sheet(SHEET) as figure:
        pictures.draw_s_curve(figure, risk.cost_curve(material, found, draws))
    yield "cost", figure, risk.cost_finding(material, found)
    with pictures.sheet(SHEET) as figure:
        if material.counts_money:
            pictures.draw_s_curve(figure, risk.net_curve(material, found, draws))
            last = "net_value", figure, risk.net_finding(draws)
        else:
            shares = risk.target_shares(material, draws)
            pictures.draw_tally(figure, shares)
            last = "targets", figure, risk.targets_finding(material, shares)
    yield last


def _outlook(material: Material) -> Iterator[tuple[str, "Figure", Text]]:
    """Yield which inputs move the worth, and what other budgets buy."""
    tornado, frontier = material.tornado, material.frontier
    if tornado is not None and tornado.bars and material.funded:
        figure = draw_tornado(tornado, currency=visible(material.currency))
        yield "tornado", figure, outlook.tornado_finding(tornado, material)
    if frontier is not None and frontier.points:
        yield "frontier", draw_frontier(frontier), outlook.frontier_finding(frontier, material)


def _spend_finding(plan: Plan) -> Text:
    """Return how many projects are funded, for how much."""
    projects = numbers.tally(len(plan.decisions), numbers.PROJECTS)
    funded = funded_places(plan)
    if not funded:
        return say(findings.FUNDED_NONE, projects=projects)
    return say(
        findings.SPEND,
        funded=numbers.tally(len(funded), numbers.PROJECTS),
        projects=(projects, " projects" if len(plan.decisions) > 1 else " project"),
        committed=numbers.amount(plan.budget.committed, plan.currency, named=True),
        limit=numbers.amount(plan.budget.limit, plan.currency),
    )


def _fan_finding(material: Material, place: int) -> Text:
    """Return what the plan's images reach, or that it buys none."""
    decision, project = material.plan.decisions[place], material.project(place)
    name = Name(visible(project.id))
    if decision.verdict is Verdict.NO_GO:
        return say(findings.FAN_NOT_FUNDED, project=name, target=numbers.target(project))
    bounds = material.plan.chance_bounds(decision.project)
    return say(
        findings.FAN_FUNDED,
        project=name,
        images=numbers.images(decision.images_total),
        target=numbers.target(project, " of error"),
        chance=numbers.chance(decision.chance_of_target, against=bounds),
    )
