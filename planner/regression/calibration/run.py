"""How is a declaration calibrated by simulation? Priors, simulated errors, a hundred refits."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
    spaced_draws,
)
from planner.regression.fitting.build import LIKELIHOOD, RESPONSE, build_model
from planner.regression.rows.observations import ObservationTable
from planner.tasks import SERIAL, Tasks


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
    tasks: Tasks = SERIAL,
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
    tasks : Tasks
        Runs the refits.

    Raises
    ------
    InputError
        The number of refits is not sensible, or the model cannot be simulated from.

    References
    ----------
    .. [1] Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based
       calibration.
    """
    require_refits(n_refits)
    rows = reduced_design(table)
    simulated = simulate_from_priors(build_model(spec, rows), spec, n_refits, seed)
    shared = Refits(spec, rows, simulated, seed, config or RefitConfig())
    if on_estimate is not None:
        _compiled(shared)
        started = time.perf_counter()
        refit_one(shared, 0)
        on_estimate((time.perf_counter() - started) * n_refits, len(rows))
    places = list(range(n_refits))
    refits = tasks.map(refit_one, places, shared=shared, key="sbc", on_step=on_step)
    design = Design(spec.name, len(rows), len(set(rows.dataset)))
    return calibrate(simulated, refits, design, seed=seed)


@dataclass(frozen=True, eq=False)
class Refits:
    """What every refit needs: declaration, rows, simulated responses, and how long to sample."""

    spec: ModelSpec
    table: ObservationTable
    simulated: Simulated
    seed: int
    config: RefitConfig


@lru_cache(maxsize=1)
def _compiled(shared: Refits) -> Any:  # noqa: ANN401 - nutpie ships no types
    """Return the model compiled once in each process."""
    import nutpie

    return nutpie.compile_pymc_model(build_model(shared.spec, shared.table))


def refit_one(shared: Refits, place: int) -> Refitted:
    """Refit one simulated response; refit i samples with seed + 1 + i."""
    response, truths = shared.simulated.responses[place], shared.simulated.truths
    return _refit(_compiled(shared), response, shared.seed + 1 + place, shared.config, truths)


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
        draws={name: spaced_draws(value.reshape(-1)) for name, value in values.items()},
        max_rhat=max(float(arviz.rhat(value)) for value in values.values()),
        divergences=int(np.asarray(trace["sample_stats"]["diverging"].values).sum()),
    )
