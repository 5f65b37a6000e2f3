"""The best portfolio under a risk measure, with a bound that holds for every option and draw.

1. Relax (``relax``): linear program over few options, all priced; its dual prices bound every plan.
2. Round and improve (``draft``, ``exchange``, ``edge``): a plan near the relaxation, judged on all
   draws (``certify``).
   A quantile is not concave; it has ways of its own (``quantile``).
3. Search until the gap is reached or the effort is over: under CVaR and a budget alone, part by
   part of the whole portfolio, each relaxed again (``parts``), and parts with few options left
   choice by choice (``branch``); else integer models over growing cores of options that may still
   be in a better plan (``search``).

Cost of a round of step 1: a warm linear program, O(n_options) pricing, and O(n_options · draws in
the tail) for a new cut; a handful of rounds, and a few for each part of step 3.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.risk import MEAN, RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, USUAL, Allowance, Effort
from planner.offering.problem import DecisionProblem, Solution, SpendBound, Start
from planner.solving.answer import infeasible, nothing, sharper, status_at
from planner.solving.certify import Certifier
from planner.solving.gap import PROVEN_GAP
from planner.solving.lp.columns import FEW, start_options
from planner.solving.lp.cuts import Cut, CutPool, summed_draws
from planner.solving.lp.dual_prices import Terms
from planner.solving.lp.master import Master
from planner.solving.lp.model import LARGEST_NUMBER, Units, make_units
from planner.solving.lp.opening import opening_cuts
from planner.solving.lp.relax import Relaxer
from planner.solving.path.path import BudgetPath, applies
from planner.solving.quantile.solve import QuantileCase, solve_quantile
from planner.solving.quantile.table import Reach, read_options
from planner.solving.run import DrawsOf, Run
from planner.solving.sweep import swept
from planner.solving.system import build_system
from planner.solving.tail import DrawWeights, tail_key, tail_part, tail_share

RESCALE = 64.0
"""Change of a unit that is worth a new linear program."""
SETTLED = 30
"""Projects up to which the plan of the best expectation is always searched for to the end."""
PATIENCE, PATIENCE_EACH = 2.5 * SECOND, 2.5e4
"""Work of a search that no gap was asked of, at most, and more for each option.

Three quarters of what longer searches prove is proven by then, and plans hardly become better.
"""
WIDE, PATIENCE_WIDE = 100_000, 4e3
"""Options beyond which, with shared assets, each adds so much work: on seven portfolios of sixty
projects with all kinds of limits plans were then .4 % better in the mean, in half the time."""
SWEEPING = 1.5 * SECOND
"""Work for each budget of a sweep under a quantile."""
TRIED = 1 * SECOND
"""Work, the search's so far included, within which the best plan is looked for beyond the usual."""


class PortfolioSolver:
    """Solves one problem, again and again, keeping what each solve learns.

    Parameters
    ----------
    problem : DecisionProblem
        In arrays; with ``outcomes`` for any measure but the expectation, and for ``spend``.
    draws_of : callable, optional
        Returns what options are worth together, draw by draw; needed only where the problem has no
        ``outcomes`` that tell it.
    start : Start, optional
        A plan of nearly the same problem.

    Raises
    ------
    ValueError
        The measure or the bound on spend needs draws and the problem has none.

    Notes
    -----
    Tail-average cuts hold for any budget and any weight at the same level; options and basis of
    the linear relaxation are kept as well. Deterministic: one thread, fixed seeds, counted
    work; only a deadline that somebody asked for depends on the machine.
    """

    def __init__(
        self,
        problem: DecisionProblem,
        draws_of: DrawsOf | None = None,
        *,
        start: Start | None = None,
    ) -> None:
        self.problem = problem
        self._start = start
        self._draws_of = draws_of if problem.outcomes is None else self._summed
        self.system = build_system(problem)
        self._worth_cuts: dict[tuple[str, float], list[Cut]] = {}
        self._spend_cuts: dict[float, list[Cut]] = {}
        self._master: Master | None = None
        self._master_key: tuple[object, ...] = ()
        self._usable: dict[tuple[int | None, bool], Flags] = {}
        self._upper: dict[float, PortfolioSolver] = {}
        self._reach: dict[float, Reach] = {}

    def solve(
        self,
        *,
        budget_cents: int | None = None,
        risk: RiskMeasure | None = None,
        spend: SpendBound | None = None,
        gap: float | None = PROVEN_GAP,
        allowance: Allowance = USUAL,
    ) -> Solution:
        """Solve the problem, or the same one under another budget, measure or bound on spend.

        Parameters
        ----------
        budget_cents, risk, spend : optional
            In place of the problem's.
        gap : float or None, default=1e-6
            Relative gap at which to stop. None for the usual: a quarter of the standard error that
            the draws leave on the plan's worth, at least 1e-4; then on to 1e-6 as far as little
            work proves it, and always where few projects are chosen by expected worth.
        allowance : Allowance
            Of work, and of time where it was asked for; the best plan found within them is
            returned, with its true gap.

        Raises
        ------
        NotConvergedError
            Neither a plan nor a proof that there is none was found within them.
        """
        if not len(self.problem) or self.system.is_impossible:
            return nothing(self.problem)
        risk, spend = risk or self.problem.risk, spend or self.problem.spend
        if risk.kind == "quantile":
            return solve_quantile(self._quantile(budget_cents, risk, spend), gap, allowance)
        if gap is None and self._is_settled(risk, spend):
            gap = PROVEN_GAP
        finest = PROVEN_GAP if gap is None else gap
        known = self._read_off(budget_cents) if tail_share(risk) == 0 and spend is None else None
        if known is not None and known.gap <= finest:
            return replace(known, asked=finest)
        run = self._run(budget_cents, risk, spend)
        if run.terms.spend_limit < 0 or (run.terms.budget_cents or 0) < 0:
            return infeasible(self.problem)
        seed = self._seed(known)
        if gap is None:
            is_wide = len(self.problem) > WIDE and bool(self.problem.assets)
            each = PATIENCE_WIDE if is_wide else PATIENCE_EACH
            patience = PATIENCE + each * len(self.problem)
            allowance = replace(allowance, work=min(allowance.work, patience))
        effort = Effort(allowance)
        found = run.solve(gap, effort, seed=seed)
        return found if gap is not None else _gone_on(run, found, allowance.work, effort)

    def _quantile(
        self,
        budget_cents: int | None,
        risk: RiskMeasure,
        spend: SpendBound | None,
        known: Sequence[Solution] = (),
    ) -> QuantileCase:
        """Return the decision under a quantile, with the ways to solve it under other measures."""
        self._require_draws(risk, spend)
        judge = Certifier(self.system, self._terms(budget_cents, risk, spend), risk, spend)

        def under(other: RiskMeasure, allowance: Allowance) -> Solution:
            return self.solve(
                budget_cents=budget_cents, risk=other, spend=spend, gap=None, allowance=allowance
            )

        def linear(worth: Floats, allowance: Allowance) -> Solution:
            if risk.level not in self._upper:
                bold = replace(self.problem, worth=worth, risk=MEAN)
                self._upper[risk.level] = PortfolioSolver(bold)
            return self._upper[risk.level].solve(
                budget_cents=budget_cents, spend=spend, gap=None, allowance=allowance
            )

        def reach(prices: Sequence[float], effort: Effort) -> Reach:
            if risk.level not in self._reach:
                self._reach[risk.level] = read_options(self.problem, risk.level, prices, effort)
            return self._reach[risk.level]

        kept = (judge.certified(one.options, one.assets) for one in known)
        able = tuple(one for one in kept if one is not None)
        return QuantileCase(judge, under, linear, reach, able)

    def _seed(self, known: Solution | None) -> Rows | None:
        """Return the options of a plan to begin with."""
        if known is not None:
            return known.options
        return None if self._start is None else self._start.options

    def _is_settled(self, risk: RiskMeasure, spend: SpendBound | None) -> bool:
        """Whether the best plan is always looked for: few projects by expected worth."""
        few = len(self.problem.projects) <= SETTLED
        return few and tail_share(risk) == 0 and spend is None

    def _summed(self, options: Rows) -> Floats:
        outcomes = self.problem.outcomes
        if outcomes is None:
            raise RuntimeError
        return summed_draws(outcomes, options, np.ones(len(options)), spend=False)

    def _read_off(self, budget_cents: int | None) -> Solution | None:
        """Return the plan on the path of budgets, where nothing else binds."""
        budget = self.problem.budget_cents if budget_cents is None else budget_cents
        if budget is None or budget < 0 or self._path is None:
            return None
        return self._path.solution(budget)

    def sweep(
        self, budgets_cents: Sequence[int], deadline: Deadline = NEVER
    ) -> tuple[Solution | None, ...]:
        """Return a plan with its bound for each budget, warm from one to the next.

        None for a budget that the deadline left no time for.

        More budget never gives less value. Large portfolios are not searched, only relaxed,
        rounded and improved; each solution tells its own gap. Expected worth under the budget
        alone is not even relaxed: one sorted list of all options serves every budget.
        """
        if not len(self.problem) or self.system.is_impossible:
            return tuple(nothing(self.problem) for _ in budgets_cents)
        risk, spend = self.problem.risk, self.problem.spend
        if risk.kind == "quantile":
            return self._quantile_sweep(budgets_cents, deadline)

        def run_at(cents: int) -> Run:
            return self._run(cents, risk, spend)

        return swept(run_at, budgets_cents, len(self.problem), self._path, deadline)

    def _quantile_sweep(
        self, budgets_cents: Sequence[int], deadline: Deadline
    ) -> tuple[Solution | None, ...]:
        """Return a plan for each budget; each begins with the best plan of a smaller one."""
        risk, spend = self.problem.risk, self.problem.spend
        found: dict[int, Solution | None] = {}
        best: list[Solution] = []
        for budget in sorted(set(budgets_cents)):
            if budget < 0 or deadline.has_passed():
                found[budget] = infeasible(self.problem) if budget < 0 else None
                continue
            case = self._quantile(budget, risk, spend, best[-1:])
            solution = solve_quantile(case, None, Allowance(SWEEPING, deadline))
            found[budget] = solution
            if solution.status is not Status.INFEASIBLE:
                best.append(solution)
        return tuple(found[budget] for budget in budgets_cents)

    @cached_property
    def _path(self) -> BudgetPath | None:
        """Plans for any budget, where that is all that binds."""
        return BudgetPath(self.system) if applies(self.problem) else None

    def _run(self, budget_cents: int | None, risk: RiskMeasure, spend: SpendBound | None) -> Run:
        """Return a solve under the given terms on the warm linear program."""
        self._require_draws(risk, spend)
        terms = self._terms(budget_cents, risk, spend)
        pool = self._pool(risk, spend)
        master = self._warm_master(terms, pool, risk, spend)
        judge = Certifier(self.system, terms, risk, spend)
        return Run(Relaxer(master, risk, spend), judge, self._draws_of)

    def _require_draws(self, risk: RiskMeasure, spend: SpendBound | None) -> None:
        if self.problem.outcomes is None and (tail_share(risk) > 0 or spend is not None):
            msg = f"a plan under {risk.kind!r} or a bound on spend needs joint draws"
            raise ValueError(msg)

    def _terms(
        self, budget_cents: int | None, risk: RiskMeasure, spend: SpendBound | None
    ) -> Terms:
        budget = self.problem.budget_cents if budget_cents is None else budget_cents
        if budget is not None:
            # Beyond the price of everything the budget means nothing; huge numbers cost accuracy.
            budget = min(budget, self._dearest())
        key = (budget, tail_share(risk) == 0 and spend is None)
        if key not in self._usable:
            most = np.inf
            if budget is not None:
                most = budget - float(np.minimum(self.problem.asset_cents, 0).sum())
            self._usable = {key: self._needed(risk, spend) & (self.problem.cents <= most)}
        return Terms(
            budget_cents=budget,
            tail=tail_share(risk),
            spend_limit=0.0 if spend is None else float(spend.limit_cents),
            usable=self._usable[key],
        )

    def _needed(self, risk: RiskMeasure, spend: SpendBound | None) -> Flags:
        """Return which options a plan may need: where draws matter, all of them."""
        if tail_share(risk) > 0 or spend is not None:
            return np.ones(len(self.problem), dtype=np.bool_)
        return self.system.undominated

    def _pool(self, risk: RiskMeasure, spend: SpendBound | None) -> CutPool:
        """Return the cuts known for a measure; the first is that no tail beats the mean."""
        pool = CutPool(self._worth_cuts.setdefault(tail_key(risk), []), [])
        if spend is not None:
            pool.spend = self._spend_cuts.setdefault(spend.level, [])
        if tail_share(risk) > 0 and not pool.worth and self.problem.outcomes is not None:
            n_draws = self.problem.outcomes.n_draws
            pool.worth.append(Cut(DrawWeights(np.full(n_draws, 1 / n_draws)), self.problem.worth))
            if self._start is not None and risk == self.problem.risk:
                known = tail_part(self._start.draw_weights, risk)
                if known is not None:
                    pool.add_worth(self.problem.outcomes, known)
        return pool

    def _warm_master(
        self, terms: Terms, pool: CutPool, risk: RiskMeasure, spend: SpendBound | None
    ) -> Master:
        """Return the linear program of earlier solves, or a new one if it does not fit."""
        units = make_units(self.system, terms)
        key = (tail_key(risk), None if spend is None else spend.level, terms.budget_cents is None)
        master = self._master
        if master is None or key != self._master_key or _far(units, master.units):
            columns = self._columns(risk, spend) if master is None else np.sort(master.columns)
            if len(pool.worth) == 1 and len(self.problem) > FEW:
                found = opening_cuts(self.system, pool, terms, risk, columns)
                columns = np.union1d(columns, found)
            columns = columns[self.problem.cents[columns] / units.money < LARGEST_NUMBER]
            master = Master(self.system, pool, terms, columns, units)
            self._master, self._master_key = master, key
        return master

    def _columns(self, risk: RiskMeasure, spend: SpendBound | None) -> Rows:
        """Return the options that a first linear program begins with."""
        return start_options(self.system, self._needed(risk, spend))

    def _dearest(self) -> int:
        """Return the cost of every project at its dearest and of every asset."""
        dearest = np.zeros(len(self.problem.projects), dtype=np.int64)
        np.maximum.at(dearest, self.problem.owner, self.problem.cents)
        return int(dearest.sum()) + int(np.maximum(self.problem.asset_cents, 0).sum())


def _gone_on(run: Run, found: Solution, work: float, effort: Effort) -> Solution:
    """Return the best plan if little work proves one, else the better of two plans."""
    if found.status is Status.INFEASIBLE:
        return found
    left = TRIED - (work - effort.left)
    if found.gap > PROVEN_GAP and left > 0:
        finer = run.solve(PROVEN_GAP, effort.part(left))
        found = replace(sharper(finer, found), asked=found.asked, stop=found.stop)
    asked = PROVEN_GAP if found.gap <= PROVEN_GAP else found.asked
    return replace(found, asked=asked, status=status_at(found.gap, asked))


def _far(a: Units, b: Units) -> bool:
    ratios = (a.worth / b.worth, a.money / b.money, a.spend / b.spend)
    return any(not 1 / RESCALE <= ratio <= RESCALE for ratio in ratios)
