"""What a plan says of measuring first: the runs that pay, and the run behind each PILOT."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.domain.results.pilots import OutcomeRow
from planner.domain.results.plan import Decision, DecisionPilot, FirstRun, MeasureFirst, Plan
from planner.domain.vocabulary import Verdict
from planner.domain.words.measure_first import CAUTIOUS, TIMED, TOO_LARGE
from planner.offering.problem import Solution
from planner.planning.pilots.candidates import price_of_all
from planner.planning.pilots.choose import Limits
from planner.planning.pilots.confirm import confirm
from planner.planning.pilots.evidence import N_CELLS
from planner.planning.pilots.policy import decision_table
from planner.planning.pilots.scene import Scene, build_scene, learns_from_runs
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

    Left as it is where nothing can be learned from a run, or nothing pays. Under a measure of risk
    each PILOT has its run, and ``pilots`` looks for the set that pays. Whether a portfolio is
    too large is a count and never the clock; ``timed``, where a time limit was asked for, nothing
    is looked for.
    """
    if plan.audit is None or not learns_from_runs(prepared):
        return plan
    if timed:
        return replace(plan, notes=(*plan.notes, TIMED))
    options = sum(len(menu.priced) for menu in prepared.menus)
    if options * N_CELLS > MOST_PRODUCTS:
        return replace(plan, notes=(*plan.notes, TOO_LARGE))
    if prepared.portfolio.risk.is_cautious:
        waiting = {at for at, one in enumerate(plan.decisions) if one.verdict is Verdict.PILOT}
        scene = build_scene(prepared, solution, plan.budget.shadow_price, only=waiting)
        plan = replace(plan, notes=(*plan.notes, CAUTIOUS))
        return replace(plan, decisions=_with_pilots(scene, plan.decisions, ()))
    scene = build_scene(prepared, solution, plan.budget.shadow_price)
    search = Search(scene)
    chosen = choose_runs(search, Limits())
    first = _first(search, chosen)
    decisions = _with_pilots(scene, plan.decisions, () if first is None else chosen)
    return replace(plan, decisions=decisions, measure_first=first)


def _first(search: Search, chosen: Sequence[Trial]) -> MeasureFirst | None:
    """Return the runs with their worth on draws that no solve saw; None if they do not pay."""
    scene = search.scene
    confirmed = confirm(search, chosen)
    gain = confirmed.gain - scene.paid(chosen)
    if not chosen or gain <= confirmed.se:
        return None
    return MeasureFirst(
        pilots=tuple(
            _first_run(scene, trial) for trial in sorted(chosen, key=lambda t: t.candidate.index)
        ),
        price=price_of_all(t.candidate for t in chosen) / 100,
        gain=gain,
        gain_se=confirmed.se,
    )


def _first_run(scene: Scene, trial: Trial) -> FirstRun:
    run, (limit, chance) = trial.candidate.run, _passes(scene, trial)
    return FirstRun(
        run.project, run.architecture, run.backbone, run.images, run.price, limit, chance
    )


def _with_pilots(
    scene: Scene, decisions: Sequence[Decision], chosen: Sequence[Trial]
) -> tuple[Decision, ...]:
    """Return decisions with the run that each PILOT waits for."""
    return tuple(
        replace(decision, pilot=_pilot(scene, index, decision, chosen))
        for index, decision in enumerate(decisions)
    )


def _pilot(
    scene: Scene, index: int, decision: Decision, chosen: Sequence[Trial]
) -> DecisionPilot | None:
    """Return the run that a PILOT waits for; None where it costs more than is at stake.

    The one in the set to make, if it pays, else that on the images held, else the cheapest.
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
    run, (limit, chance) = trial.candidate.run, _passes(scene, trial)
    if decision.cost.total < run.price:
        return None
    return DecisionPilot(
        images=run.images,
        architecture=run.architecture,
        price=run.price,
        go_if_error_at_most=limit,
        chance_of_passing=chance,
    )


def _passes(scene: Scene, trial: Trial) -> tuple[float | None, float]:
    """Return the largest error after which a run's project is funded, and how likely that is.

    None where its result does not matter: all of them fund it, or none does.
    """
    project = scene.prepared.menus[trial.candidate.index].project
    target = project.error_target if project.has_target else 0.0
    passing = list(_passing(decision_table(trial, scene.price, target).rows))
    return passing[-1].error_at_most if passing else None, sum(row.chance for row in passing)


def _passing(rows: Sequence[OutcomeRow]) -> Iterator[OutcomeRow]:
    """Yield the rows, from the best outcome on, after which the project is funded."""
    for row in rows:
        if row.images_total is None:
            return
        yield row
