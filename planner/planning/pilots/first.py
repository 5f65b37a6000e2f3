"""What a plan says of measuring first: the runs that pay, and the run behind each PILOT."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.domain.results.pilots import OutcomeRow
from planner.domain.results.plan import Decision, DecisionPilot, FirstRun, MeasureFirst, Plan
from planner.domain.vocabulary import Verdict
from planner.domain.words.measure_first import TIMED, TOO_LARGE
from planner.offering.problem import Solution
from planner.planning.pilots.choose import Limits
from planner.planning.pilots.confirm import confirm
from planner.planning.pilots.evidence import N_CELLS
from planner.planning.pilots.policy import decision_table
from planner.planning.pilots.scene import Scene, build_scene, can_measure
from planner.planning.pilots.search import Search, choose_runs
from planner.planning.pilots.trial import Trial
from planner.planning.prepare import Prepared

__all__ = ["MOST_PRODUCTS", "with_first_runs"]

MOST_PRODUCTS = 2_000_000
"""Options times outcomes beyond which a plan does not look for runs; ``pilots`` does."""


def with_first_runs(
    plan: Plan, prepared: Prepared, solution: Solution, *, timed: bool = False
) -> Plan:
    """Return a plan that says what is worth measuring first.

    Left as it is where nothing can be learned from a run, or nothing pays. Whether a portfolio is
    too large is a count and never the clock; ``timed``, where a time limit was asked for, nothing
    is looked for.
    """
    if plan.audit is None or not can_measure(prepared):
        return plan
    if timed:
        return replace(plan, notes=(*plan.notes, TIMED))
    options = sum(len(menu.priced) for menu in prepared.menus)
    if options * N_CELLS > MOST_PRODUCTS:
        return replace(plan, notes=(*plan.notes, TOO_LARGE))
    scene = build_scene(prepared, solution, plan.budget.shadow_price)
    search = Search(scene)
    chosen = choose_runs(search, Limits())
    decisions = tuple(
        replace(decision, pilot=_pilot(scene, index, decision, chosen))
        for index, decision in enumerate(plan.decisions)
    )
    return replace(plan, decisions=decisions, measure_first=_first(search, chosen))


def _first(search: Search, chosen: Sequence[Trial]) -> MeasureFirst | None:
    """Return the runs with their worth on draws that no solve saw; None if they do not pay."""
    scene = search.scene
    confirmed = confirm(search, chosen)
    gain = confirmed.gain - scene.paid(chosen)
    if not chosen or gain <= confirmed.se:
        return None
    runs = [t.candidate.run for t in sorted(chosen, key=lambda t: t.candidate.index)]
    return MeasureFirst(
        pilots=tuple(
            FirstRun(run.project, run.architecture, run.backbone, run.images, run.price)
            for run in runs
        ),
        price=sum(t.candidate.price_cents for t in chosen) / 100,
        gain=gain,
        gain_se=confirmed.se,
    )


def _pilot(
    scene: Scene, index: int, decision: Decision, chosen: Sequence[Trial]
) -> DecisionPilot | None:
    """Return the run that a PILOT waits for; None where it costs more than is at stake.

    The one in the set to make, else that on the images held, else the cheapest.
    """
    mine = [trial for trial in scene.trials if trial.candidate.index == index]
    if decision.verdict is not Verdict.PILOT or not mine:
        return None
    held = scene.prepared.menus[index].project.images.held
    trial = min(
        mine,
        key=lambda t: (
            not any(t is one for one in chosen),
            t.candidate.is_probe or t.candidate.run.images != held,
            t.candidate.price_cents,
        ),
    )
    if decision.cost.total < trial.candidate.run.price:
        return None
    project = scene.prepared.menus[index].project
    target = project.error_target if project.has_target else 0.0
    passing = list(_passing(decision_table(trial, scene.price, target).rows))
    run = trial.candidate.run
    return DecisionPilot(
        images=run.images,
        architecture=run.architecture,
        price=run.price,
        go_if_error_at_most=passing[-1].error_at_most if passing else None,
        chance_of_passing=sum(row.chance for row in passing),
    )


def _passing(rows: Sequence[OutcomeRow]) -> Iterator[OutcomeRow]:
    """Yield the rows, from the best outcome on, after which the project is funded."""
    for row in rows:
        if row.images_total is None:
            return
        yield row
