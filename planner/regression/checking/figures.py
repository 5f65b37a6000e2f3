"""Figures behind ``planner model check``: sampling, replications, calibration; by arviz-plots."""

import importlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from planner._drawing import plain_style
from planner.domain.model.posterior import N_CHAINS, Posterior
from planner.files import write_files
from planner.regression.checking.checks import Evidence, loo_pit

POSTERIOR_FILE = "posterior.nc"
FORMATS = ("png", "svg")

_REPLICATIONS = 50
_LOWEST = -4.0
"""log10 error at which replications are cut off in the figure; some fall to 1e-15."""


def write_check_figures(
    target: Path,
    posterior: Posterior,
    folder: Path,
    evidence: Evidence,
    *,
    sources: Iterable[Path] = (),
) -> tuple[Path, ...]:
    """Draw ranks and traces, replications, left-out PIT and, from a full posterior, energy.

    Parameters
    ----------
    target : Path
        Folder; made if needed. Files in it are written all or none.
    posterior : Posterior
        Whose hyper-parameters are drawn.
    folder : Path
        Of the model; its ``posterior.nc`` is used if it is there.
    evidence : Evidence
        From :func:`planner.regression.checking.checks.gather_evidence`.
    sources : iterable of Path, optional
        Files the evidence was read from: the figures are as private as these.

    Returns
    -------
    tuple of Path
        Files written, PNG and SVG of each figure.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    def drawn() -> Iterator[tuple[str, bytes]]:
        for name, figure in _figures(posterior, folder, evidence):
            for suffix in FORMATS:
                yield f"{name}.{suffix}", _as_file(figure, suffix)
            plt.close("all")

    with _room_for(len(evidence.spec.hyper_names)), plain_style({"svg.hashsalt": "planner"}):
        return write_files(target, drawn(), sources=sources)


def _room_for(n_parameters: int) -> Any:  # noqa: ANN401 - a context manager that is not typed
    import arviz

    return arviz.rc_context({"plot.max_subplots": 3 * n_parameters})


def _figures(posterior: Posterior, folder: Path, evidence: Evidence) -> Iterable[tuple[str, Any]]:
    import arviz
    import arviz_plots

    tree = _draws_tree(posterior, evidence)
    names = list(tree["posterior"].data_vars)
    yield "trace", arviz_plots.plot_trace_dist(tree, var_names=names, compact=True)
    yield (
        "rank",
        arviz_plots.plot_rank(
            tree, var_names=names, figure_kwargs={"layout": "constrained", "figsize": (14, 14)}
        ),
    )
    replicated = arviz.from_dict(
        {
            "posterior_predictive": {
                "log10 error": np.maximum(evidence.replicated, _LOWEST)[None, :, :]
            },
            "observed_data": {"log10 error": evidence.table.log10_error},
        }
    )
    yield (
        "posterior_predictive",
        arviz_plots.plot_ppc_dist(replicated, num_samples=_REPLICATIONS, kind="ecdf"),
    )
    pits = arviz.from_dict({"loo_pit": {"left-out data sets": loo_pit(evidence)[None, :]}})
    yield "loo_pit", arviz_plots.plot_ecdf_pit(pits, group="loo_pit", sample_dims=["chain", "draw"])
    path = folder / POSTERIOR_FILE
    if path.is_file():
        whole = importlib.import_module("xarray").open_datatree(path)
        yield "energy", arviz_plots.plot_energy(whole)


def _draws_tree(posterior: Posterior, evidence: Evidence) -> Any:  # noqa: ANN401 - not typed
    import arviz

    names = [n for n in evidence.spec.hyper_names if np.ptp(posterior.draws[n]) > 0]
    values = {name: posterior.draws[name].reshape(N_CHAINS, -1) for name in names}
    return arviz.from_dict({"posterior": values})


def _as_file(plot: Any, suffix: str) -> bytes:  # noqa: ANN401 - a PlotCollection
    file = io.BytesIO()
    metadata = {"Date": None} if suffix == "svg" else {"Software": None}
    figure = plot.get_viz("figure")
    figure.savefig(file, format=suffix, bbox_inches="tight", metadata=metadata)
    return file.getvalue()
