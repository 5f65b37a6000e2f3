"""Which runs to make before the money is committed, and what each outcome would change.

See :mod:`planner.planning.pilots`: runs on offer, the set to make, and its worth on unseen draws.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import numpy as np

from planner.domain.catalogue import Catalogue
from planner.domain.format import count
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.pilot_offer import PilotOffer
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.results.infeasible import InfeasibleError
from planner.domain.results.pilots import (
    InformationValue,
    Pilots,
    RunValue,
    SpendAfter,
    SpendThen,
    Unmeasured,
)
from planner.domain.suggest import did_you_mean
from planner.domain.vocabulary import Status
from planner.economics.amounts import budget_to_cents
from planner.errors import InputError, Problem, UnsupportedError
from planner.offering.build_problem import risk_measure
from planner.offering.deadline import NEVER
from planner.offering.objective import require_plannable
from planner.planning.held_out import HeldOut
from planner.planning.pilots.candidates import price_of_all
from planner.planning.pilots.choose import Limits
from planner.planning.pilots.confirm import Confirmed, confirm
from planner.planning.pilots.perfect import (
    Perfect,
    perfect_options,
    perfect_worth,
    value_of_one,
    value_of_shared,
)
from planner.planning.pilots.policy import decision_table
from planner.planning.pilots.scene import Scene, build_scene
from planner.planning.pilots.search import Search, choose_runs
from planner.planning.pilots.trial import Trial
from planner.planning.plan import plan_of, search_allowance
from planner.planning.prepare import Prepared, prepare_unbudgeted, solve_prepared
from planner.planning.reasons.budget_price import budget_price, dual_price
from planner.planning.reasons.standing import standing_warnings, unique_warnings
from planner.solving.measures import risk_value
from planner.tasks import SERIAL, Tasks

__all__ = ["build_pilots"]


def build_pilots(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    pilot_budget: float | None = None,
    from_budget: bool = False,
    runs: int | None = None,
    projects: Sequence[str] = (),
    seed: int = 0,
    tasks: Tasks = SERIAL,
) -> Pilots:
    """Return the runs on offer, the set to make, what it is worth and what each outcome changes.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget.
    posterior, catalogue : optional
        As for a plan.
    pilot_budget : float, optional
        Most that all runs may cost; the portfolio's own unless given, else whatever pays.
    from_budget : bool, default=False
        Runs are paid from the portfolio's budget, which is then smaller for the plan.
    runs : int, optional
        Most runs.
    projects : sequence of str
        Whose runs to look at; all by default.
    seed : int, default=0
        Fixes project luck and what test images show.
    tasks : Tasks
        Asks the engine for the plans after outcomes, where they are not listed.

    Raises
    ------
    InputError
        No budget, limits that are no limits, or projects that are not there.
    UnsupportedError
        A model that cannot tell how much a run says.
    InfeasibleError
        No plan keeps all rules.
    """
    require_plannable(portfolio)
    _require_answerable(portfolio, posterior, pilot_budget, runs, projects)
    prepared = prepare_unbudgeted(portfolio, posterior, catalogue, seed=seed, keeps_draws=True)
    solution = solve_prepared(prepared, allowance=search_allowance(NEVER))
    if solution.status is Status.INFEASIBLE:
        raise InfeasibleError(plan_of(prepared, solution))
    price = budget_price(prepared, solution)
    scene = build_scene(prepared, solution, dual_price(solution) if price is None else price)
    scene = _of_projects(scene, projects)
    search = Search(scene, from_budget=from_budget, tasks=tasks)
    chosen = choose_runs(search, _limits(portfolio, pilot_budget, runs))
    now = HeldOut(prepared, [solution]).objective(solution.options, solution.assets)
    confirmed = confirm(search, chosen)
    gain = confirmed.gain - scene.paid(chosen)
    known = perfect_options(scene)
    evpi = _evpi(scene, known, solution.value)
    shared = min(evpi, value_of_shared(scene))
    valued = sorted(_valued(search, chosen), key=lambda run: -run.net_gain)
    return Pilots(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        portfolio=portfolio.name,
        currency=portfolio.currency,
        value_now=now,
        value_with=now + gain,
        gain=gain,
        gain_se=confirmed.se,
        evpi=evpi,
        evppi=InformationValue(shared=shared, own=evpi - shared),
        own_by_project={
            project.id: value_of_one(scene, index, known[index])
            for index, project in enumerate(portfolio.projects)
        },
        pilots=tuple(valued),
        policy=tuple(
            decision_table(trial, scene.price, _asked(_project(prepared, trial)))
            for trial in _in_file_order(chosen)
        ),
        spend=_spend(chosen, confirmed),
        budget_price=scene.price,
        unmeasured=tuple(_unmeasured(scene, chosen, confirmed)),
        warnings=unique_warnings(standing_warnings(portfolio, prepared.menus, catalogue)),
    )


def _require_answerable(
    portfolio: Portfolio,
    posterior: Posterior,
    pilot_budget: float | None,
    runs: int | None,
    projects: Sequence[str],
) -> None:
    """Refuse, all at once, what cannot be asked."""
    problems = []
    if pilot_budget is not None and not (math.isfinite(pilot_budget) and pilot_budget >= 0.0):
        message = f"got {pilot_budget!r}; an amount of at least 0."
        problems.append(Problem("--pilot-budget", message, "--pilot-budget 5k"))
    if runs is not None and runs < 0:
        problems.append(Problem("--runs", f"got {runs}; at least 0.", "--runs 3"))
    known = [project.id for project in portfolio.projects]
    for name in projects:
        if name not in known:
            message = f"there is no project {name!r}."
            problems.append(
                Problem("--project", message, did_you_mean(name, known), code="UNKNOWN_PROJECT")
            )
    problems += [problem for project in portfolio.projects for problem in _made(project, portfolio)]
    if problems:
        raise InputError(problems)
    if posterior.family != "saturating":
        message = (
            f"model {posterior.name!r} has one residual for data sets and repeats together, so it "
            f"cannot tell how much a run says; model 'transfer' can."
        )
        raise UnsupportedError([Problem("model", message, "--model transfer", code="UNSUPPORTED")])


def _made(project: Project, portfolio: Portfolio) -> Iterator[Problem]:
    """Yield runs that the file offers and has among its pilots."""
    for at, offer in enumerate(project.pilots_on_offer):
        if any(_is_same_run(offer, pilot) for pilot in project.pilots):
            field = f"projects[{project.id}].pilots_on_offer[{at}].images"
            message = f"a run on {count(offer.images)} images is among the pilots already."
            place = portfolio.places.get(field, "")
            yield Problem(field, message, "take it off the offer", place, "ALREADY_MEASURED")


def _is_same_run(offer: PilotOffer, pilot: Pilot) -> bool:
    """Whether a run is known as far as both say what it is."""
    said = ((offer.architecture, pilot.architecture), (offer.backbone, pilot.backbone))
    known = all(one == other for one, other in said if one is not None and other is not None)
    return offer.images == pilot.images and known


def _limits(portfolio: Portfolio, pilot_budget: float | None, runs: int | None) -> Limits:
    asked = portfolio.pilot_budget if pilot_budget is None else pilot_budget
    return Limits(None if asked is None else budget_to_cents(asked), runs)


def _of_projects(scene: Scene, projects: Sequence[str]) -> Scene:
    """Return the scene with the runs of some projects alone; all for none named."""
    if not projects:
        return scene
    kept = [
        (trial, shown)
        for trial, shown in zip(scene.trials, scene.measured, strict=True)
        if trial.candidate.run.project in projects
    ]
    return replace(
        scene, trials=tuple(trial for trial, _ in kept), measured=tuple(one for _, one in kept)
    )


def _asked(project: Project) -> float:
    """Return the target as an error; 0 without one."""
    return project.error_target if project.has_target else 0.0


def _project(prepared: Prepared, trial: Trial) -> Project:
    return prepared.menus[trial.candidate.index].project


def _in_file_order(chosen: Sequence[Trial]) -> list[Trial]:
    return sorted(chosen, key=lambda trial: trial.candidate.index)


def _valued(search: Search, chosen: Sequence[Trial]) -> Iterator[RunValue]:
    """Yield every run on offer with what it is worth on its own."""
    search.look_at_each(search.scene.trials)
    for trial in search.scene.trials:
        worth = search.alone(trial)
        own = float(worth.by_project[trial.candidate.index])
        shown = worth.gain if worth.gain >= worth.se else 0.0
        yield RunValue(
            **asdict(trial.candidate.run),
            evsi=shown,
            evsi_se=worth.se,
            own=own if shown else 0.0,
            others=worth.gain - own if shown else 0.0,
            net_gain=shown - search.scene.paid((trial,)),
            chosen=any(trial is one for one in chosen),
        )


def _evpi(scene: Scene, known: Sequence[Perfect], now: float) -> float:
    """Return what knowing every outcome is worth, on the solve's draws."""
    perfect = perfect_worth(scene, known)
    return max(0.0, risk_value(perfect, risk_measure(scene.prepared.portfolio)) - now)


def _spend(chosen: Sequence[Trial], confirmed: Confirmed) -> SpendAfter:
    cents = price_of_all(trial.candidate for trial in chosen)
    p10, p50, p90 = np.quantile(confirmed.spend, [0.1, 0.5, 0.9], method="inverted_cdf").tolist()
    return SpendAfter(cents / 100, SpendThen(p10, p50, p90))


def _unmeasured(
    scene: Scene, chosen: Sequence[Trial], confirmed: Confirmed
) -> Iterator[Unmeasured]:
    """Yield what happens to projects without a run."""
    measured = {trial.candidate.index for trial in chosen}
    for index, project in enumerate(scene.prepared.portfolio.projects):
        if index not in measured:
            funded = scene.now.picks[index] is not None
            yield Unmeasured(project.id, funded, float(confirmed.funded[index]))
