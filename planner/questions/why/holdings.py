"""The tornado of a project, or of a whole plan: what is held, and what is uncertain about it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.domain.results.explanation import Tornado
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Basis, Mode, Objective
from planner.forecasting.forecast import Forecast
from planner.offering.packing import pack_outcomes
from planner.offering.problem import Solution
from planner.offering.variants import present_factors
from planner.planning.prepare import OptionKey, Prepared
from planner.planning.reasons.runner_up import best_option
from planner.questions.why.tornado import Holding, tornado_of

if TYPE_CHECKING:
    from planner.domain.quantities import Amount

__all__ = ["holding_of", "plan_tornado", "project_tornado"]


def project_tornado(prepared: Prepared, solution: Solution, index: int) -> Tornado | None:
    """Return the tornado of the option a project is funded with, or else of its best one.

    None for a project without options.
    """
    mine = [
        number for number in solution.options.tolist() if prepared.option(number).index == index
    ]
    number = mine[0] if mine else best_option(prepared, solution, index)
    if number is None:
        return None
    return _tornado(prepared, [holding_of(prepared, number)], 0.0)


def plan_tornado(prepared: Prepared, solution: Solution) -> Tornado | None:
    """Return the tornado of all that a plan funds; None if it funds nothing."""
    if len(solution.options) == 0:
        return None
    holdings = [holding_of(prepared, number) for number in solution.options.tolist()]
    certain = float(prepared.problem.asset_worth[solution.assets].sum())
    return _tornado(prepared, holdings, certain)


def _tornado(prepared: Prepared, holdings: list[Holding], certain: float) -> Tornado:
    compute = prepared.portfolio.compute
    paper = compute.basis is Basis.PAPER
    price: tuple[str, Amount | None] = (
        ("price of a FLOP", compute.usd_per_flop)
        if paper
        else ("price of an accelerator-hour", compute.usd_per_hour)
    )
    targets = prepared.objective is Objective.TARGETS_MET
    return tornado_of(
        holdings,
        prepared.posterior,
        unit="targets" if targets else prepared.portfolio.currency,
        compute_price=price,
        utilisation=None if paper else compute.utilisation,
        certain=certain,
    )


def holding_of(prepared: Prepared, number: int) -> Holding:
    """Return an option of the problem as the tornado reads it, over all draws of the model."""
    key = prepared.option(number)
    options, menu = prepared.options[key.index], prepared.menus[key.index]
    project = menu.project
    forecast = menu.way(options, key.row).forecast
    error = forecast.error_draws([key.images], key.architecture)[:, 0]
    start = 0 if options.start is None else int(options.start[key.row])
    present = float(present_factors(prepared.portfolio)[start])
    stops = prepared.portfolio.mode is Mode.STOP_WHEN_REACHED
    price = project.images.price
    training = int(options.training_cents[key.row]) / 100
    if stops:
        met, labelled, trained = _stopped(forecast, key, options)
        training, cost = training * trained, _mean_spend(prepared, number)
    else:
        met, labelled = error <= project.error_target, float(options.images_to_buy[key.row])
        cost = int(options.total_cents[key.row]) / 100
    targets = prepared.objective is Objective.TARGETS_MET
    return Holding(
        project=project.id,
        images=key.images,
        error=error,
        met=met.astype(np.float64),
        stake=1.0 if targets else (project.value or 0.0) * present,
        labelled=labelled,
        price=price,
        training=training,
        cost=cost,
        present=present if prepared.objective is Objective.NET_VALUE else 0.0,
    )


def _stopped(
    forecast: Forecast, key: OptionKey, options: ProjectOptions
) -> tuple[NDArray[np.bool_], float, float]:
    """Return success, images expected to be labelled, and the share of the cap trained on."""
    need = forecast.data_needed_draws(forecast.project.error_target, key.architecture)
    cap = int(options.images_total[key.row])
    owned = cap - int(options.images_to_buy[key.row])
    trained = np.minimum(np.maximum(np.ceil(need), owned), cap)
    share = float(trained.mean()) / max(cap, 1)
    return need <= cap, float((trained - owned).mean()), share


def _mean_spend(prepared: Prepared, number: int) -> float:
    """Return what an option spends in the mean of all draws, in currency.

    Read off the draws that plan and audit count, so that it cannot differ from theirs.
    """
    chosen = np.array([number], dtype=np.int64)
    halves = [
        pack_outcomes(
            prepared.groups(chosen),
            prepared.portfolio,
            prepared.objective,
            seed=prepared.seed,
            held_out=held_out,
        )
        for held_out in (False, True)
    ]
    one = np.zeros(1, dtype=np.int64)
    spend = np.concatenate([half.spend_draws(one)[0] for half in halves])
    return float(spend.mean()) / 100
