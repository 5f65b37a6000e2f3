"""How is a declaration calibrated by simulation? Priors, simulated errors, a hundred refits."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.domain.model.specification import ModelSpec
from planner.domain.results.calibration import Calibration
from planner.errors import InputError, Problem
from planner.regression.calibration.design import reduced_design
from planner.regression.calibration.ranks import (
    Design,
    Refitted,
    Simulated,
    calibrate,
    require_refits,
)
from planner.regression.fitting.build import LIKELIHOOD, RESPONSE, build_model
from planner.regression.rows.observations import ObservationTable


@dataclass(frozen=True)
class RefitConfig:
    """How long each refit samples.

    Attributes
    ----------
    chains, tune, draws : int
        Chains, and steps of each before and after adaptation ends.
    target_accept : float
        Acceptance the step size is adapted to.
    cores : int
        Chains run at the same time; draws do not depend on it.
    """

    chains: int = 2
    tune: int = 600
    draws: int = 600
    target_accept: float = 0.95
    cores: int = 2


def calibrate_declaration(
    spec: ModelSpec,
    table: ObservationTable,
    n_refits: int,
    *,
    seed: int,
    config: RefitConfig | None = None,
    on_estimate: Callable[[float, int], None] | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Draw parameters from the priors, simulate errors with them, refit and rank.

    If priors, simulation and sampler agree, the true value of each parameter is equally likely to
    have any rank among its posterior draws; this finds mistakes of the model's code and of the
    sampler, not of the model.

    Parameters
    ----------
    spec : ModelSpec
        As declared; whatever :func:`planner.regression.fitting.build.build_model` builds.
    table : ObservationTable
        Rows whose design is reduced; their errors are not looked at, but for the size that a
        declared discrepancy has near the chance error.
    n_refits : int
        10 to 1,000.
    seed : int
        Everything follows from it.
    config : RefitConfig, optional
        Length of each refit.
    on_estimate : callable, optional
        Told, before the refits begin, how many seconds all will take, from timing one, and how
        many rows they have.
    on_step : callable, optional
        Told refits done and in all.

    Raises
    ------
    InputError
        The number of refits is not sensible, or the model cannot be simulated from.

    References
    ----------
    .. [1] Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based
       calibration.
    """
    import nutpie

    require_refits(n_refits)
    settings = config or RefitConfig()
    rows = reduced_design(table)
    model = build_model(spec, rows)
    simulated = simulate_from_priors(model, spec, n_refits, seed)
    compiled = nutpie.compile_pymc_model(model)

    def refit(response: Any, seed_of_one: int) -> Refitted:  # noqa: ANN401 - one row of responses
        return _refit(compiled, response, seed_of_one, settings, simulated.truths)

    if on_estimate is not None:
        started = time.perf_counter()
        refit(simulated.responses[0], seed + 1)
        on_estimate((time.perf_counter() - started) * n_refits, len(rows))
    design = Design(spec.name, len(rows), len(set(rows.dataset)))
    return calibrate(simulated, refit, design, seed=seed, on_step=on_step)


def simulate_from_priors(model: Any, spec: ModelSpec, n: int, seed: int) -> Simulated:  # noqa: ANN401 - a PyMC model
    """Return parameters drawn from the priors and a response simulated with each.

    Parameters
    ----------
    model : pymc.Model
        Built from ``spec``.
    spec : ModelSpec
        Names the parameters; those fixed in it are left out.
    n : int
        Sets of parameters.
    seed : int
        Of the draws.

    Raises
    ------
    InputError
        Part of the likelihood cannot be simulated from.
    """
    import pymc as pm

    if model.potentials or len(model.observed_RVs) != 1:
        message = "part of this model's likelihood cannot be simulated from."
        raise InputError([Problem("--sbc", message, "another --model")])
    with model:
        drawn = pm.sample_prior_predictive(n, random_seed=seed)
    values = {name: np.asarray(drawn["prior"][name].values[0]) for name in spec.hyper_names}
    return Simulated(
        truths={name: value for name, value in values.items() if np.ptp(value) > 0.0},
        responses=np.asarray(drawn["prior_predictive"][LIKELIHOOD].values[0]),
    )


def _refit(
    compiled: Any,  # noqa: ANN401 - nutpie ships no types
    response: Any,  # noqa: ANN401 - an array
    seed: int,
    config: RefitConfig,
    wanted: Mapping[str, Any],
) -> Refitted:
    import arviz
    import nutpie

    trace = nutpie.sample(
        compiled.with_data(**{RESPONSE: response}),
        draws=config.draws,
        tune=config.tune,
        chains=config.chains,
        cores=config.cores,
        seed=seed,
        target_accept=config.target_accept,
        progress_bar=False,
        save_warmup=False,
    )
    values = {name: np.asarray(trace["posterior"][name].values, dtype=float) for name in wanted}
    return Refitted(
        draws={name: value.reshape(-1) for name, value in values.items()},
        max_rhat=max(float(arviz.rhat(value)) for value in values.values()),
        divergences=int(np.asarray(trace["sample_stats"]["diverging"].values).sum()),
    )
