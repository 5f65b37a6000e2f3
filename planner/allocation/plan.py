"""From a portfolio and a fitted model to an audited plan with its reasons."""

from collections.abc import Iterable, Mapping, Sequence

from planner.allocation.assumptions import list_assumptions
from planner.allocation.conflict import explain_conflict
from planner.allocation.explain import Scene, leftover_note, why_funded, why_not_funded
from planner.allocation.money import budget_to_cents
from planner.allocation.objective import require_plannable, resolve_objective
from planner.allocation.options import Menu, build_menus
from planner.allocation.risk import Draws, Funded, plan_risk
from planner.allocation.solve import Choice, choose
from planner.allocation.verdict import rule_on
from planner.catalogue.tables import candidate_warnings
from planner.costing.draws import data_cost_draws, training_cost_draws
from planner.costing.training import compute_warnings
from planner.domain.catalogue import Catalogue
from planner.domain.option import ProjectOptions
from planner.domain.plan import (
    SCHEMA_VERSION,
    AuditResult,
    BudgetResult,
    Cost,
    Decision,
    ObjectiveResult,
    Plan,
    Warning_,
)
from planner.domain.portfolio import Compute, Portfolio
from planner.domain.posterior import Posterior
from planner.domain.quantities import Range
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.forecast.forecast import Forecast, build_forecast


def build_plan(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    gap: float = 1e-6,
    time_limit_s: float = 60.0,
) -> Plan:
    """Choose architectures and images for a portfolio under its budget and rules.

    The choice maximises the objective on the solve's draws: ``net_value`` the sum of expected net values (money may
    stay unspent), ``value`` the sum of expected values, ``targets_met`` the sum of chances of target.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget.
    posterior : Posterior
        Whose joint draws to plan on; the first half of its chains serves the solve, the other the audit.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Fixes project luck and price draws.
    gap : float, default=1e-6
        Relative gap to the proven bound that counts as optimal.
    time_limit_s : float, default=60
        Seconds of search; then the best plan found is ``feasible``, with its gap.

    Returns
    -------
    Plan
        Audited; ``infeasible``, with the conflict and its smallest fixes, if no plan keeps all rules.

    Raises
    ------
    InputError
        No budget, no projects, or values missing that the objective needs.
    AuditError
        The plan, recomputed without the solver, is not what the solver said.
    """
    budget_cents = budget_to_cents(require_plannable(portfolio))
    objective = resolve_objective(portfolio)
    menus = build_menus(portfolio, _forecasts(portfolio, posterior, seed), catalogue)
    options = tuple(menu.options for menu in menus)
    choice = choose(
        options, objective, budget_cents, portfolio.rules, gap=gap, time_limit_s=time_limit_s
    )
    frame = _Frame(portfolio, posterior, seed, gap, menus, objective)
    warnings = (*_input_warnings(portfolio, catalogue), *_forecast_warnings(menus))
    if choice is None:
        return _infeasible_plan(frame, warnings, budget_cents)
    scene = Scene(portfolio, objective, menus, options, choice, budget_cents)
    return _chosen_plan(frame, scene, warnings)


def options_report(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, *, seed: int = 0
) -> dict[str, object]:
    """Return every option the plan may choose, priced, in the shape of ``planner options --json``.

    Together with the file's rules it is enough to check a plan by brute force: the objective ``net_value`` sums
    ``expected_net_value``, ``value`` sums ``expected_value``, ``targets_met`` sums ``chance_of_target``.
    """
    menus = build_menus(portfolio, _forecasts(portfolio, posterior, seed), catalogue)
    return {
        "schema_version": SCHEMA_VERSION,
        "model": {"name": posterior.name, "sha256": posterior.sha256},
        "seed": seed,
        "inputs_sha256": portfolio.inputs_sha256,
        "objective": str(resolve_objective(portfolio)),
        "options": [row for menu in menus for row in _option_rows(menu.options)],
    }


def _option_rows(options: ProjectOptions) -> Iterable[dict[str, object]]:
    for row in range(len(options)):
        yield {
            "project": options.project,
            "architecture": options.architecture(row),
            "images_total": int(options.images_total[row]),
            "cost_total": int(options.total_cents[row]) / 100,
            "chance_of_target": float(options.chance[row]),
            "expected_value": float(options.expected_value[row]),
            "expected_net_value": float(options.expected_net_value[row]),
        }


def _forecasts(portfolio: Portfolio, posterior: Posterior, seed: int) -> dict[str, Forecast]:
    return {
        project.id: build_forecast(project, posterior, seed=seed) for project in portfolio.projects
    }


class _Frame:
    """What every plan says about where it comes from."""

    def __init__(
        self,
        portfolio: Portfolio,
        posterior: Posterior,
        seed: int,
        gap: float,
        menus: tuple[Menu, ...],
        objective: Objective,
    ) -> None:
        self.portfolio, self.posterior = portfolio, posterior
        self.seed, self.gap, self.menus, self.objective = seed, gap, menus, objective

    def plan(self, architectures: Iterable[str], **rest: object) -> Plan:
        """Return a plan with provenance and assumptions filled in."""
        assumptions = list_assumptions(
            self.portfolio,
            self.posterior,
            self.objective,
            self.menus,
            frozenset(architectures),
            seed=self.seed,
            gap=self.gap,
        )
        common: Mapping[str, object] = {
            "model": {"name": self.posterior.name, "sha256": self.posterior.sha256},
            "seed": self.seed,
            "inputs_sha256": self.portfolio.inputs_sha256,
            "portfolio": self.portfolio.name,
            "currency": self.portfolio.currency,
            "horizon_years": self.portfolio.horizon_years,
            "assumptions": assumptions,
        }
        return Plan(**{**common, **rest})  # type: ignore[arg-type]


def _infeasible_plan(frame: _Frame, warnings: Sequence[Warning_], budget_cents: int) -> Plan:
    conflict = explain_conflict(frame.menus, frame.portfolio.rules, budget_cents)
    limit = budget_cents / 100
    return frame.plan(
        (),
        status=Status.INFEASIBLE,
        objective=None,
        budget=BudgetResult(limit=limit, committed=0.0, left=limit, shadow_price=0.0),
        decisions=(),
        warnings=_deduplicated(warnings),
        conflict=conflict.names,
        fixes=conflict.fixes,
    )


def _chosen_plan(frame: _Frame, scene: Scene, warnings: Sequence[Warning_]) -> Plan:
    choice, portfolio = scene.choice, scene.portfolio
    decided = [_decide(scene, index) for index in range(len(scene.options))]
    decisions = tuple(decision for decision, _ in decided)
    audit_draws = len(range(*frame.posterior.audit_rows.indices(frame.posterior.n_draws)))
    return frame.plan(
        (decision.architecture for decision in decisions if decision.architecture),
        status=choice.status,
        objective=ObjectiveResult(scene.objective, choice.value, choice.bound, choice.gap),
        budget=BudgetResult(
            limit=scene.budget_cents / 100,
            committed=choice.committed_cents / 100,
            left=scene.left_cents / 100,
            shadow_price=choice.budget_price,
        ),
        decisions=decisions,
        risk=plan_risk(
            _funded(scene, audit_draws, frame.seed), audit_draws, scene.budget_cents / 100
        ),
        audit=AuditResult(
            in_sample_value=choice.value,
            held_out_value=_held_out_value(scene),
            held_out_draws=audit_draws,
            solver_bound=choice.solver_bound,
            own_bound=choice.own_bound,
        ),
        warnings=_deduplicated(
            [
                *warnings,
                *(warning for _, found in decided for warning in found),
                *_dominance_warning(scene.menus),
            ]
        ),
        notes=tuple(_notes(scene, portfolio)),
    )


def _decide(scene: Scene, index: int) -> tuple[Decision, tuple[Warning_, ...]]:
    """Return what the plan does with one project, and what to be warned of."""
    options, menu, pick = scene.options[index], scene.menus[index], scene.choice.picks[index]
    if pick is None:
        why = why_not_funded(scene, index)
        held = menu.project.images.held
        no = Verdict.NO_GO
        return Decision(options.project, no, None, held, 0, Cost(), 0.0, 0.0, 0.0, why), ()
    chance = float(options.chance[pick])
    ruling = rule_on(menu, chance, scene.portfolio)
    decision = Decision(
        project=options.project,
        verdict=ruling.verdict,
        architecture=options.architecture(pick),
        images_total=int(options.images_total[pick]),
        images_to_buy=int(options.images_to_buy[pick]),
        cost=Cost.from_cents(
            int(options.data_cents[pick]),
            int(options.training_cents[pick]),
            int(options.fixed_cents[pick]),
        ),
        chance_of_target=chance,
        expected_value=float(options.expected_value[pick]),
        expected_net_value=float(options.expected_net_value[pick]),
        why=why_funded(scene, index, pick, ruling.reason),
    )
    return decision, ruling.warnings


def _funded(scene: Scene, n_draws: int, seed: int) -> list[Funded]:
    """Return the funded projects with their cost on the audit's draws."""
    return [
        Funded(
            project=menu.project,
            forecast=menu.forecast,
            architecture=options.architecture(pick),
            images=int(options.images_total[pick]),
            cost_draws=_cost_draws(menu, options, pick, scene.portfolio.compute, n_draws, seed),
        )
        for menu, options, pick in zip(scene.menus, scene.options, scene.choice.picks, strict=True)
        if pick is not None
    ]


def _cost_draws(
    menu: Menu, options: ProjectOptions, pick: int, compute: Compute, n_draws: int, seed: int
) -> Draws | float:
    """Return draws of the cost where a price is a range, the committed amounts elsewhere."""
    cost: Draws | float = int(options.fixed_cents[pick]) / 100
    to_buy, total = int(options.images_to_buy[pick]), int(options.images_total[pick])
    if isinstance(menu.project.images.price, Range):
        cost = cost + data_cost_draws(menu.project, to_buy, n_draws, seed)
    else:
        cost = cost + int(options.data_cents[pick]) / 100
    ranges = (compute.usd_per_flop, compute.usd_per_hour, compute.utilisation)
    if any(isinstance(amount, Range) for amount in ranges):
        rate = menu.rates[int(options.architecture_index[pick])]
        return cost + training_cost_draws(rate, total, compute, n_draws, seed)
    return cost + int(options.training_cents[pick]) / 100


def _held_out_value(scene: Scene) -> float:
    """Return the plan's objective on the draws the solve never saw."""
    total = 0.0
    for menu, options, pick in zip(scene.menus, scene.options, scene.choice.picks, strict=True):
        if pick is None:
            continue
        forecast = menu.forecast
        chance = float(
            forecast.chance(
                menu.project.error_target,
                [int(options.images_total[pick])],
                options.architecture(pick),
                rows=forecast.audit_rows,
            )[0]
        )
        value = chance * (menu.project.value or 0.0)
        if scene.objective is Objective.TARGETS_MET:
            total += chance
        elif scene.objective is Objective.VALUE:
            total += value
        else:
            total += value - int(options.total_cents[pick]) / 100
    return total


def _notes(scene: Scene, portfolio: Portfolio) -> Iterable[str]:
    yield leftover_note(scene)
    if portfolio.objective is None and scene.objective is Objective.TARGETS_MET:
        yield "No project has a value, so the plan maximises the expected number of targets met."


def _input_warnings(portfolio: Portfolio, catalogue: Catalogue) -> Iterable[Warning_]:
    yield from compute_warnings(portfolio.compute)
    for project in portfolio.projects:
        yield from candidate_warnings(project, catalogue, portfolio.compute)


def _forecast_warnings(menus: Sequence[Menu]) -> Iterable[Warning_]:
    for menu in menus:
        yield from menu.forecast.warnings


def _dominance_warning(menus: Sequence[Menu]) -> Iterable[Warning_]:
    """Say once that the model cannot tell architectures apart, where there was a choice."""
    blind = [m for m in menus if not m.forecast.varies_by_architecture and len(m.rates) > 1]
    if blind:
        message = (
            "Eq. 1 has no architecture term: at equal images every architecture has the same error, so the cheapest "
            "one always wins. Name the architectures you would deploy, or use a model that tells them apart."
        )
        yield Warning_("ARCHITECTURE_DOMINATED", None, "projects.architectures", message)


def _deduplicated(warnings: Iterable[Warning_]) -> tuple[Warning_, ...]:
    return tuple(dict.fromkeys(warnings))
