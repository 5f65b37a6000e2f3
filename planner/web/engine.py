"""What a worker process computes for the page: the plan, and what explains it.

A worker keeps the portfolio it planned last, so that fans, frontier, tornado and report stand on
the same options and the same draws as the plan they are shown beside.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from planner import _api, _api_evidence
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Status
from planner.errors import InputError, NotConvergedError, PlannerError
from planner.inputs.portfolio_file import parse_portfolio
from planner.offering.problem import Solution
from planner.planning.pilots.first import with_first_runs
from planner.planning.plan import plan_prepared
from planner.planning.prepare import Prepared, prepare
from planner.reference.tables import catalogue_of
from planner.web.problems import problem_rows
from planner.web.showing import (
    fan_view,
    first_view,
    frontier_view,
    plan_view,
    policy_view,
    tornado_view,
)

__all__ = ["JOBS", "Engine", "answer_of"]

QUICK_S = 1.2
"""Of a first answer while the proof is still searched for."""
MOST_AT_ONCE = 4
"""Projects up to which a cautious plan needs no first answer."""
FRONTIER_POINTS = 13


@dataclass(frozen=True, eq=False)
class Case:
    """A portfolio with its plan, and what both were made from.

    Attributes
    ----------
    asked : tuple of str
        Text and name of the file.
    prepared, solution, plan : Prepared, Solution, Plan
        Of it.
    limit_s : float or None
        Time that the search had, if any.
    is_whole : bool
        Whether the plan says what to measure first.
    """

    asked: tuple[str, str]
    prepared: Prepared
    solution: Solution
    plan: Plan
    limit_s: float | None
    is_whole: bool = False


@dataclass
class Engine:
    """One worker's memory: the case that was planned last.

    Attributes
    ----------
    model : str
        Name or folder of the fitted model.
    seed : int
        Of the projects' luck.
    """

    model: str = _api.DEFAULT_MODEL
    seed: int = 0
    case: Case | None = field(default=None, repr=False)

    def plan(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return the plan as the page shows it, before it says what to measure first."""
        case = self._case(job)
        is_proven = case.plan.status in (Status.OPTIMAL, Status.INFEASIBLE)
        quick = case.limit_s is not None
        return {"view": plan_view(case.plan), "quick": quick, "proven": is_proven}

    def first(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return what to measure first, and the whole plan as ``plan --json`` prints it."""
        case = self._whole(job)
        return {"json": case.plan.to_json() + "\n", "first": first_view(case.plan)}

    def fans(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return the learning curve of each project asked for, of what the plan chose."""
        case = self._case(job)
        picks = case.prepared.layout.picks(case.solution.options)
        wanted = job.get("projects")
        found = []
        for place, decision in enumerate(case.plan.decisions):
            if wanted is not None and decision.project not in wanted:
                continue
            menu, options = case.prepared.menus[place], case.prepared.options[place]
            pick = picks[place]
            forecast = menu.forecast if pick is None else menu.way(options, pick).forecast
            found.append(fan_view(decision, forecast))
        return {"fans": found}

    def frontier(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return what other budgets buy."""
        from planner.questions.frontier.frontier import build_frontier

        case = self._case(job)
        if case.plan.status is Status.INFEASIBLE:
            return {"frontier": None}
        prepared = case.prepared
        try:
            found = build_frontier(
                prepared.portfolio,
                prepared.posterior,
                prepared.catalogue,
                points=FRONTIER_POINTS,
                seed=prepared.seed,
                prepared=prepared,
            )
        except NotConvergedError:  # the plan itself stands
            return {"frontier": None}
        return {"frontier": frontier_view(found)}

    def tornado(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return which uncertain inputs move the plan's worth most."""
        from planner.questions.why.holdings import plan_tornado

        case = self._case(job)
        if case.plan.status is Status.INFEASIBLE:
            return {"tornado": None}
        audit = case.plan.audit
        expected = None if audit is None else audit.held_out_expected
        found = plan_tornado(case.prepared, case.solution, expected)
        return {"tornado": None if found is None else tornado_view(found, case.plan.currency)}

    def policy(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return what each result of the runs would decide."""
        case = self._case(job)
        model = case.prepared.posterior
        found = _api_evidence.pilots(case.prepared.portfolio, model, seed=self.seed)
        return {"policy": policy_view(found)}

    def report(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return the HTML report of the plan."""
        portfolio = self._portfolio(job)
        made = _api.report(
            portfolio,
            _model(self.model),
            date=datetime.datetime.now().astimezone().date().isoformat(),
            command=f"planner report {job['name']}",
            seed=self.seed,
        )
        return {"text": made.html}

    def workbook(self, job: Mapping[str, Any]) -> dict[str, object]:
        """Return the form filled in, with the plan's results before it."""
        from planner.reporting.xlsx.form import form_bytes
        from planner.reporting.xlsx.results import results_bytes

        case = self._whole(job)
        content = results_bytes(
            case.plan,
            case.prepared.portfolio,
            case.prepared.catalogue,
            estimate=_api.estimate(case.prepared.portfolio, _model(self.model), seed=self.seed),
            source=form_bytes(job["data"]),
            name="portfolio.xlsx",
        )
        return {"content": content}

    def _portfolio(self, job: Mapping[str, Any]) -> Portfolio:
        return parse_portfolio(str(job["text"]).encode("utf-8"), str(job["name"]))

    def _case(self, job: Mapping[str, Any]) -> Case:
        """Return the case of a job, planned anew unless it is the last one."""
        asked = (job["text"], job["name"])
        last, quick = self.case, bool(job.get("quick"))
        if last is not None and last.asked == asked and (last.limit_s is None or quick):
            return last
        if last is not None and last.asked == asked:
            prepared = replace(last.prepared)  # a solver without memory, as of the command line
        else:
            portfolio = self._portfolio(job)
            known = catalogue_of(portfolio)
            before = None if last is None else last.prepared
            model = _model(self.model)
            prepared = prepare(portfolio, model, known, seed=self.seed, before=before)
        limit = QUICK_S if quick and _takes_long(prepared.portfolio) else None
        solution, plan = plan_prepared(prepared, gap=_api.DEFAULT_GAP, time_limit_s=limit)
        self.case = Case(asked, prepared, solution, plan, limit)
        return self.case

    def _whole(self, job: Mapping[str, Any]) -> Case:
        """Return the case of a job with the runs that are worth making first."""
        case = self._case(job)
        if not case.is_whole:
            plan = with_first_runs(case.plan, case.prepared, case.solution)
            self.case = case = replace(case, plan=plan, is_whole=True)
        return case


JOBS: Mapping[str, Callable[[Engine, Mapping[str, Any]], dict[str, object]]] = {
    "plan": Engine.plan,
    "first": Engine.first,
    "fans": Engine.fans,
    "frontier": Engine.frontier,
    "tornado": Engine.tornado,
    "policy": Engine.policy,
    "report": Engine.report,
    "workbook": Engine.workbook,
}


def answer_of(engine: Engine, name: str, job: Mapping[str, Any]) -> dict[str, object]:
    """Return what a job found, or the problems that the command line would print."""
    try:
        return JOBS[name](engine, job)
    except InputError as error:
        return {"problems": problem_rows(error)}
    except PlannerError as error:
        row = {"message": str(error), "fix": "", "place": "", "field": "", "code": "ERROR"}
        return {"problems": [row]}


def _takes_long(portfolio: Portfolio) -> bool:
    return portfolio.risk.is_cautious and len(portfolio.projects) > MOST_AT_ONCE


@cache
def _model(name: str) -> Posterior:
    return _api.load_model(name)
