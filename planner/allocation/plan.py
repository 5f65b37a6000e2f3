"""From a portfolio and a fitted model to an audited plan with its reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planner import __version__
from planner.allocation.assumptions import list_assumptions, training_prices
from planner.allocation.conflict import explain_conflict
from planner.allocation.explain import Scene, leftover_note, why_funded, why_not_funded
from planner.allocation.money import budget_to_cents
from planner.allocation.objective import require_plannable, require_search_limits, resolve_objective
from planner.allocation.options import Menu, build_menus
from planner.allocation.risk import Draws, Funded, plan_risk
from planner.allocation.rules import project_rules
from planner.allocation.solve import choose
from planner.allocation.verdict import rule_on
from planner.catalogue.portfolio_warnings import portfolio_warnings
from planner.catalogue.tables import candidate_warnings
from planner.costing.draws import data_cost_draws, training_cost_draws
from planner.costing.training import compute_warnings
from planner.domain.catalogue import Catalogue
from planner.domain.echo import echo_inputs
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
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import Basis, Objective, Status, Verdict
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

    The choice maximises the objective on the solve's draws: ``net_value`` the sum of expected net
    values (money may stay unspent), ``value`` the sum of expected values, ``targets_met`` the
    sum of chances of target.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget.
    posterior : Posterior
        Whose joint draws to plan on; the first half of its chains serves the solve, the other the
        audit.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Fixes project luck and price draws.
    gap : float, default=1e-6
        Relative gap to the proven bound at which the search may stop.
    time_limit_s : float, default=60
        Seconds of search; then the best plan found is ``feasible``, with its gap.

    Returns
    -------
    Plan
        Audited; ``infeasible``, with the conflict and its smallest fixes, if no plan keeps all
        rules.

    Raises
    ------
    InputError
        No budget, no projects, or values missing that the objective needs.
    AuditError
        The plan, recomputed without the solver, is not what the solver said.
    """
    require_search_limits(gap, time_limit_s)
    require_plannable(portfolio)
    budget_cents = budget_to_cents(portfolio.budget or 0.0)
    objective = resolve_objective(portfolio)
    menus = build_menus(portfolio, _forecasts(portfolio, posterior, catalogue, seed), catalogue)
    options = tuple(menu.options for menu in menus)
    choice = choose(
        options,
        objective,
        budget_cents,
        project_rules(portfolio.rules),
        gap=gap,
        time_limit_s=time_limit_s,
    )
    empty = replace(
        _empty_plan(portfolio, posterior, objective, menus, seed=seed, gap=gap),
        warnings=_unique(_standing_warnings(portfolio, menus, catalogue)),
    )
    if choice is None:
        conflict = explain_conflict(menus, project_rules(portfolio.rules), budget_cents)
        return replace(empty, conflict=conflict.names, fixes=conflict.fixes)
    scene = Scene(portfolio, objective, menus, options, choice, budget_cents)
    return _chosen_plan(empty, scene, posterior)


def options_report(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, *, seed: int = 0
) -> dict[str, object]:
    """Return every option the plan may choose, priced, as ``planner options --json`` prints it.

    Together with the file's rules it is enough to check a plan by brute force: the objective
    ``net_value`` sums ``expected_net_value``, ``value`` sums ``expected_value``,
    ``targets_met`` sums ``chance_of_target``.
    """
    menus = build_menus(portfolio, _forecasts(portfolio, posterior, catalogue, seed), catalogue)
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


def _forecasts(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, seed: int
) -> dict[str, Forecast]:
    known = catalogue.architectures
    return {
        project.id: build_forecast(project, posterior, architectures=known, seed=seed)
        for project in portfolio.projects
    }


def _empty_plan(
    portfolio: Portfolio,
    posterior: Posterior,
    objective: Objective,
    menus: Sequence[Menu],
    *,
    seed: int,
    gap: float,
) -> Plan:
    """Return a plan that funds nothing yet, with its provenance, assumptions and warnings."""
    limit = budget_to_cents(portfolio.budget or 0.0) / 100
    return Plan(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        inputs_sha256=portfolio.inputs_sha256,
        portfolio=portfolio.name,
        currency=portfolio.currency,
        horizon_years=portfolio.horizon_years,
        status=Status.INFEASIBLE,
        assumptions=list_assumptions(portfolio, posterior, objective, menus, seed=seed, gap=gap),
        objective=None,
        budget=BudgetResult(limit=limit, committed=0.0, left=limit, shadow_price=0.0),
        decisions=(),
        inputs=echo_inputs(portfolio),
        release=__version__,
    )


def _chosen_plan(empty: Plan, scene: Scene, posterior: Posterior) -> Plan:
    """Return the plan with the choice, its risk, its audit and its reasons filled in."""
    choice = scene.choice
    decided = [_decide(scene, index) for index in range(len(scene.options))]
    audit_draws = len(range(*posterior.audit_rows.indices(posterior.n_draws)))
    funded = tuple(_funded(scene, audit_draws, empty.seed))
    names = {item.architecture for item in funded}
    return replace(
        empty,
        status=choice.status,
        assumptions={**empty.assumptions, "training_prices": training_prices(scene.menus, names)},
        objective=ObjectiveResult(scene.objective, choice.value, choice.bound, choice.gap),
        budget=BudgetResult(
            limit=scene.budget_cents / 100,
            committed=choice.committed_cents / 100,
            left=scene.left_cents / 100,
            shadow_price=choice.budget_price,
        ),
        decisions=tuple(decision for decision, _ in decided),
        risk=plan_risk(funded, audit_draws, scene.budget_cents / 100),
        audit=AuditResult(
            in_sample_value=choice.value,
            held_out_value=_held_out_value(scene),
            held_out_draws=audit_draws,
            solver_bound=choice.solver_bound,
            own_bound=choice.own_bound,
        ),
        warnings=_unique([*empty.warnings, *(item for _, found in decided for item in found)]),
        notes=tuple(_notes(scene)),
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


def _funded(scene: Scene, n_draws: int, seed: int) -> Iterable[Funded]:
    """Yield the funded projects with their cost on the audit's draws."""
    for menu, options, pick in zip(scene.menus, scene.options, scene.choice.picks, strict=True):
        if pick is None:
            continue
        certain, random = _cost_parts(menu, options, pick, scene.portfolio.compute, n_draws, seed)
        yield Funded(
            project=menu.project,
            forecast=menu.forecast,
            architecture=options.architecture(pick),
            images=int(options.images_total[pick]),
            fixed_cents=certain,
            random_cost=random,
        )


def _cost_parts(
    menu: Menu, options: ProjectOptions, pick: int, compute: Compute, n_draws: int, seed: int
) -> tuple[int, Draws | None]:
    """Return the cents no price range touches, and draws of the rest (None if there is none)."""
    certain = int(options.fixed_cents[pick])
    random: Draws | None = None
    if isinstance(menu.project.images.price, Range):
        to_buy = int(options.images_to_buy[pick])
        random = data_cost_draws(menu.project, to_buy, n_draws, seed)
    else:
        certain += int(options.data_cents[pick])
    if any(isinstance(amount, Range) for amount in _compute_prices(compute)):
        rate = menu.rates[int(options.architecture_index[pick])]
        total = int(options.images_total[pick])
        training = training_cost_draws(rate, total, compute, n_draws, seed)
        random = training if random is None else random + training
    else:
        certain += int(options.training_cents[pick])
    return certain, random


def _compute_prices(compute: Compute) -> tuple[Amount | None, ...]:
    """Return the amounts that price training on the chosen basis."""
    if compute.basis is Basis.PAPER:
        return (compute.usd_per_flop,)
    return (compute.usd_per_hour, compute.utilisation)


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


def _notes(scene: Scene) -> Iterable[str]:
    yield leftover_note(scene)
    if scene.portfolio.objective is None and scene.objective is Objective.TARGETS_MET:
        yield "No project has a value, so the plan maximises the expected number of targets met."


def _standing_warnings(
    portfolio: Portfolio, menus: Sequence[Menu], catalogue: Catalogue
) -> Iterable[Warning_]:
    """Yield what to know whatever is chosen: the file, then project by project, then the model."""
    yield from portfolio_warnings(portfolio)
    yield from compute_warnings(portfolio.compute)
    for menu in menus:
        yield from candidate_warnings(menu.project, catalogue, portfolio.compute)
        yield from menu.forecast.warnings
        yield from menu.forecast.architecture_warnings([rate.architecture for rate in menu.rates])
    yield from _dominance_warning(menus)


def _dominance_warning(menus: Sequence[Menu]) -> Iterable[Warning_]:
    """Say once that the model cannot tell architectures apart, where there was a choice."""
    blind = [m for m in menus if not m.forecast.varies_by_architecture and len(m.rates) > 1]
    if blind:
        message = (
            "Eq. 1 has no architecture term: at equal images every architecture has the same "
            "error, so the cheapest one always wins. Name the architectures you would deploy, or "
            "use a model that tells them apart."
        )
        yield Warning_("ARCHITECTURE_DOMINATED", None, "projects.architectures", message)


_SAID_TWICE = frozenset({"TARGET_TRIVIAL", "RC_ABOVE_ONE", "USD_PER_FLOP"})
"""Codes that both the file's reader and the forecast or the costing use, in other words."""


def _unique(warnings: Iterable[Warning_]) -> tuple[Warning_, ...]:
    """Return each warning once, the first wording where two rooms say the same."""
    first: dict[object, Warning_] = {}
    for warning in warnings:
        key = (warning.code, warning.project) if warning.code in _SAID_TWICE else warning
        first.setdefault(key, warning)
    return tuple(first.values())
