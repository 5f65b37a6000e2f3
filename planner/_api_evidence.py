"""The verbs on what was measured: runs, features and tables of results, for a portfolio or a model.

The other verbs stand in :mod:`planner._api`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from planner._api import DEFAULT_MODEL, load_model, require_loaded

if TYPE_CHECKING:  # importing this module must not cost what its verbs need
    from planner.domain.model.posterior import Posterior
    from planner.domain.portfolio.portfolio import Portfolio
    from planner.domain.results.pilots import Pilots
    from planner.domain.results.validation import CurveTest, PilotMode
    from planner.questions.distance import Distance
    from planner.questions.observe.observe import ObservedFile
    from planner.questions.observe.probe import ProbedFile
    from planner.tasks.open import Backend


def observe(
    path: str | Path, runs: str | Path, model: "Posterior", *, seed: int = 0
) -> "ObservedFile":
    """Add a CSV file of measured runs to a portfolio file and compare what is known; write nothing.

    Parameters
    ----------
    path, runs : str or Path
        The portfolio, and the runs: project, images, error and optional columns.
    model : Posterior
        One that learns from pilots.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    ObservedFile
        ``content``, the bytes of the portfolio file with the runs in it, and ``observation``.

    Raises
    ------
    InputError
        With every mistake in both files.
    """
    from planner.questions.observe.observe import observe_file
    from planner.reference.tables import load_catalogue

    return observe_file(path, runs, model, load_catalogue(), seed=seed)


def probe(
    path: str | Path,
    project_id: str,
    features: str | Path,
    model: "Posterior",
    *,
    architecture: str | None = None,
    seed: int = 0,
) -> "ProbedFile":
    """Probe features of a frozen network and add the errors to a portfolio file; write nothing.

    Parameters
    ----------
    path : str or Path
        The portfolio.
    project_id : str
        Whose images the features are of.
    features : str or Path
        ``.npz`` file with arrays ``features``, ``labels`` and, optionally, ``groups``.
    model : Posterior
        One that learns from pilots.
    architecture : str, optional
        The network that made the features, if the catalogue has it.
    seed : int, default=0
        Of the folds and of project luck; the same seed gives the same bytes.

    Returns
    -------
    ProbedFile
        ``runs``, what was measured, and ``observed`` as from :func:`observe`.

    Raises
    ------
    InputError
        With every mistake in both files.
    MissingExtraError
        scikit-learn is not installed.
    """
    from planner._extras import PROBE, require_extra

    require_extra(PROBE, "planner.probe")
    from planner.questions.observe.probe import probe_file
    from planner.reference.tables import load_catalogue

    require_loaded(model, seed)
    return probe_file(
        path, project_id, features, model, load_catalogue(), architecture=architecture, seed=seed
    )


def distance(first: str | Path, second: str | Path) -> "Distance":
    """Measure how far two data sets lie apart.

    See :func:`planner.questions.distance.measure_distance`, and for arrays
    :func:`planner.domain.dataset_distance.dataset_distance`.
    """
    from planner.questions.distance import measure_distance

    return measure_distance(first, second)


def fit(
    data: str | Path | None,
    output: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    with_shipped_data: bool = True,
    pilots: "Portfolio | None" = None,
    rows: Literal["shipped", "reconstruction"] = "shipped",
    seed: int | None = None,
    force: bool = False,
) -> "Posterior":
    """Fit a model to a table of results and write it as a folder; return it loaded.

    Parameters
    ----------
    data : str, Path or None
        CSV of completed projects; None fits the shipped results alone.
    output : str or Path
        Folder to write; replaced only with ``force``, and only if the fit converged.
    model : str, default="transfer"
        ``transfer``, ``published``, or the path of a TOML declaration.
    with_shipped_data : bool, default=True
        Add the rows to the shipped ones instead of fitting them alone.
    pilots : Portfolio, optional
        Whose projects' own runs are fitted too, each project as a data set.
    rows : {"shipped", "reconstruction"}, default="shipped"
        ``reconstruction``: the invented rows behind the published regression, alone.
    seed : int, optional
        Of the sampler; the same seed gives the same draws.
    force : bool, default=False
        Replace the model that stands in ``output``.

    Returns
    -------
    Posterior

    Raises
    ------
    InputError
        With every mistake in the table or the declaration.
    MissingExtraError
        What samples is not installed.
    NotConvergedError
        The sampler did not converge; nothing was written.
    """
    from planner._extras import FIT, require_extra

    require_extra(FIT, "planner.fit")
    from planner.regression.fitting.command import prepare_fit, run_fit
    from planner.regression.fitting.fit import DEFAULT_SEED

    table = None if data is None else Path(data)
    request = prepare_fit(
        table,
        model,
        with_shipped_data=with_shipped_data,
        pilots=() if pilots is None else pilots.projects,
        rows=rows,
    )
    run_fit(request, Path(output), seed=DEFAULT_SEED if seed is None else seed, force=force)
    return load_model(str(output))


def validate(
    curves: str | Path,
    model: "Posterior",
    *,
    pilots: Sequence["PilotMode | str"] = ("none", "smallest", "one", "all"),
    rounds: bool = True,
    seed: int = 0,
) -> "CurveTest":
    """Score forecasts of curves that the model never saw; see ``planner validate --curves``.

    Parameters
    ----------
    curves : str or Path
        CSV file with columns ``curve_id,images,error`` and, where known, more.
    model : Posterior
        From :func:`planner.load_model`.
    pilots : sequence of {"none", "smallest", "one", "all"}
        Tests in which first points of each curve are given as pilots.
    rounds : bool, default=True
        Whether data are collected for targets of the curves in 1, 3 and 5 rounds: about two seconds
        for each curve.
    seed : int, default=0
        Of the projects' luck.

    Returns
    -------
    CurveTest

    Raises
    ------
    InputError
        The file has mistakes; all of them. Or an unknown pilot mode.
    """
    from planner.validation.curve_file import read_curves
    from planner.validation.curves import curve_test
    from planner.validation.pilot_modes import modes_of

    require_loaded(model, seed)
    modes = modes_of(pilots)
    return curve_test(read_curves(Path(curves)), model, seed=seed, pilots=modes, rounds=rounds)


def pilots(
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    pilot_budget: float | None = None,
    from_budget: bool = False,
    runs: int | None = None,
    projects: Sequence[str] = (),
    seed: int = 0,
    backend: "Backend" = None,
    resume: str | Path | None = None,
) -> "Pilots":
    """Say which runs to make first; see :func:`planner.questions.pilots.pilots.build_pilots`.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget.
    model : Posterior
        One that learns from pilots.
    pilot_budget : float, optional
        Most that all runs may cost; ``portfolio.pilot_budget`` unless given, else whatever pays.
    from_budget : bool, default=False
        Runs are paid from the portfolio's budget.
    runs : int, optional
        Most runs.
    projects : sequence of str
        Whose runs to look at; all by default.
    seed : int, default=0
        Fixes project luck; the same inputs and seed give the same answer, byte for byte.
    backend, resume : optional
        Who solves the plans after outcomes; see :func:`planner.tasks.open.open_tasks`.

    Returns
    -------
    Pilots
        Every run looked at, the set to make, its worth, and what to do after each outcome.
    """
    from planner.questions.pilots.pilots import build_pilots
    from planner.reference.tables import catalogue_of
    from planner.tasks import open_tasks

    require_loaded(model, seed)
    with open_tasks(backend, resume) as tasks:
        return build_pilots(
            portfolio,
            model,
            catalogue_of(portfolio),
            pilot_budget=pilot_budget,
            from_budget=from_budget,
            runs=runs,
            projects=projects,
            seed=seed,
            tasks=tasks,
        )
