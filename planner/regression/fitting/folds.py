"""What does a specification know without some of its data sets? Refits, one fold at a time.

A left-out curve gets a huge known variance, so one compiled model serves every fold, and a left-out
data set's effects are those of a data set the model never saw.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.model.posterior import N_CHAINS, Posterior
from planner.domain.model.specification import ModelSpec
from planner.errors import bad_value
from planner.regression.fitting.build import EXTRA_VARIANCE, build_model, effect_labels
from planner.regression.rows.observations import ObservationTable
from planner.tasks import SERIAL, Tasks

DEFAULT_FOLDS = 6
DEFAULT_SEED = 20261121

LEFT_OUT_VARIANCE = 1e10
"""Of log10 error: a row that says nothing."""


@dataclass(frozen=True)
class FoldConfig:
    """Length and care of the refits; shorter than a fit whose draws are kept.

    Attributes
    ----------
    folds : int
        Number of folds; at least the number of data sets for leaving out one at a time.
    chains, tune, draws : int
        Of each refit.
    target_accept : float
        Acceptance the step size is adapted to.
    seed : int
        Of the first fold; later ones count on.
    """

    folds: int = DEFAULT_FOLDS
    chains: int = 2
    tune: int = 800
    draws: int = 1000
    target_accept: float = 0.95
    seed: int = DEFAULT_SEED


@dataclass(frozen=True, eq=False)
class FoldFit:
    """Draws fitted without the rows of one fold.

    Attributes
    ----------
    rows : ndarray of int
        Left out.
    draws : mapping of str to ndarray
        Scalars and stored effects, chains one after the other.
    labels : mapping of str to tuple of str
        Of the stored effects.
    max_rhat : float
        Largest R-hat of the scalars.
    divergences : int
        After tuning.
    seconds : float
        Of sampling.
    """

    rows: NDArray[np.int64]
    draws: Mapping[str, Floats]
    labels: Mapping[str, tuple[str, ...]]
    max_rhat: float
    divergences: int
    seconds: float


def posterior_without(full: Posterior, fit: FoldFit) -> Posterior:
    """Return a model refitted without a fold, to forecast the data sets left out of it.

    Parameters
    ----------
    full : Posterior
        Fitted on all rows; its name, declaration and evidence stay.
    fit : FoldFit
        The refit; its draws are thinned to full chains.
    """
    n_draws = len(fit.draws["sigma"]) // N_CHAINS * N_CHAINS
    draws = {name: values[:n_draws] for name, values in fit.draws.items()}
    return replace(full, draws=draws, labels=fit.labels)


def assign_folds(table: ObservationTable, n_folds: int = DEFAULT_FOLDS) -> NDArray[np.int64]:
    """Return the fold of every row: whole data sets, dealt so that each fold mixes domains.

    Parameters
    ----------
    table : ObservationTable
        Rows.
    n_folds : int, default=9
        At least 2; capped at the number of data sets.

    Raises
    ------
    InputError
        Fewer than two folds or data sets.
    """
    domain = dict(zip(table.dataset, table.domain_group, strict=True))
    order = sorted(domain, key=lambda name: (domain[name], name))
    if n_folds < 2 or len(order) < 2:
        message = f"{n_folds} folds of {len(order)} data sets; at least two of each are needed."
        raise bad_value("folds", message, str(DEFAULT_FOLDS))
    fold = {name: i % min(n_folds, len(order)) for i, name in enumerate(order)}
    return np.array([fold[name] for name in table.dataset], dtype=np.int64)


def refit_folds(
    table: ObservationTable,
    spec: ModelSpec,
    fold: NDArray[np.int64],
    config: FoldConfig,
    *,
    cores: int | None = None,
    on_step: Callable[[int, int], None] | None = None,
    only: Sequence[int] | None = None,
    tasks: Tasks = SERIAL,
) -> Iterator[FoldFit]:
    """Yield the refit without each fold; minutes in all, the same draws for the same seed.

    Parameters
    ----------
    table, spec : ObservationTable, ModelSpec
        What to fit on what.
    fold : ndarray of int, shape (n_rows,)
        From :func:`assign_folds`.
    config : FoldConfig
        Length and seed.
    cores : int, optional
        Chains run at the same time.
    on_step : callable, optional
        Told folds done and folds in all, before the first and after each.
    only : sequence of int, optional
        Folds to refit, in this order; all by default.
    tasks : Tasks
        Runs the refits.
    """
    folds = range(int(fold.max()) + 1) if only is None else only
    shared = FoldRefits(table, spec, fold, config, cores)
    if tasks is not SERIAL:
        yield from tasks.map(refit_fold, list(folds), shared=shared, key="folds", on_step=on_step)
        return
    for done, each in enumerate(folds):  # one at a time: who asks may keep each as it comes
        if on_step is not None:
            on_step(done, len(folds))
        yield refit_fold(shared, each)
    if on_step is not None:
        on_step(len(folds), len(folds))


@dataclass(frozen=True, eq=False)
class FoldRefits:
    """What every refit without a fold needs; see :func:`refit_folds`."""

    table: ObservationTable
    spec: ModelSpec
    fold: NDArray[np.int64]
    config: FoldConfig
    cores: int | None = None


@lru_cache(maxsize=1)
def _compiled(shared: FoldRefits) -> Any:  # noqa: ANN401 - nutpie ships no types
    """Return the model compiled once in each process."""
    import nutpie

    return nutpie.compile_pymc_model(build_model(shared.spec, shared.table))


def refit_fold(shared: FoldRefits, fold: int) -> FoldFit:
    """Return the refit without one fold."""
    import nutpie

    spec, table, config = shared.spec, shared.table, shared.config
    labels = {group.name: effect_labels(table, group) for group in spec.groups if group.stored}
    out = shared.fold == fold
    left_out = {EXTRA_VARIANCE: np.where(out, LEFT_OUT_VARIANCE, 0.0)}
    started = time.perf_counter()
    trace = nutpie.sample(
        _compiled(shared).with_data(**left_out),
        draws=config.draws,
        tune=config.tune,
        chains=config.chains,
        cores=shared.cores or config.chains,
        seed=config.seed + fold,
        target_accept=config.target_accept,
        progress_bar=False,
        save_warmup=False,
    )
    seconds = time.perf_counter() - started
    return _fold_fit(trace, spec, labels, np.flatnonzero(out), seconds)


def _fold_fit(
    trace: Any,  # noqa: ANN401 - a DataTree, which xarray does not type
    spec: ModelSpec,
    labels: Mapping[str, tuple[str, ...]],
    rows: NDArray[np.int64],
    seconds: float,
) -> FoldFit:
    import arviz

    posterior = trace["posterior"]
    values = {
        name: np.asarray(posterior[name].values, dtype=np.float64)
        for name in (*spec.hyper_names, *spec.stored_names)
    }
    rhats = [float(arviz.rhat(values[name])) for name in spec.hyper_names if np.ptp(values[name])]
    return FoldFit(
        rows=rows,
        draws={name: value.reshape(-1, *value.shape[2:]) for name, value in values.items()},
        labels=labels,
        max_rhat=max(rhats),
        divergences=int(np.asarray(trace["sample_stats"]["diverging"].values).sum()),
        seconds=seconds,
    )
