"""What does ``planner fit`` fit? Its rows, its specification, and where the result goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from planner._resources import resource_root
from planner.domain.model.specification import ModelSpec
from planner.domain.model.specification_file import parse_spec
from planner.domain.portfolio.pilot_record import pilots_digest
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.words.warnings.tables import columns_no_model_uses, rows_left_out
from planner.errors import InputError, Problem
from planner.reference.store import DRAWS_FILE, SPEC_FILE, list_models, sha256_of
from planner.regression.fitting.fit import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    DEFAULT_TARGET_ACCEPT,
    DEFAULT_TUNE,
    Fit,
    Progress,
    fit_model,
    require_converged,
)
from planner.regression.fitting.write_model import RowSources, require_writable, write_model
from planner.regression.published.texts import RECONSTRUCTION_NOTICE
from planner.regression.rows.observations import Observation, ObservationTable, build_table
from planner.regression.rows.pilots import pilot_rows
from planner.regression.rows.reconstruction import reconstruction_table
from planner.regression.rows.shipped import OBSERVATIONS_FILE, read_observations
from planner.regression.rows.user_table import UserTable, read_user_table

PUBLISHED = "published"
PUBLISHED_SPEC = Path(__file__).with_name("published_refit.toml")
RECONSTRUCTION_SPEC = Path(__file__).with_name("published_reconstruction.toml")
"""The same regression with wide priors about zero, to be fitted on the reconstructed rows."""

type Rows = Literal["shipped", "reconstruction"]


@dataclass(frozen=True, eq=False)
class FitRequest:
    """All that a fit needs, checked before anything slow begins.

    Attributes
    ----------
    spec : ModelSpec
        What to fit.
    table : ObservationTable
        Rows to fit it on.
    sources : RowSources
        Where they come from.
    notes : tuple of str
        What the user should know of the rows.
    further : mapping of str to tuple of str
        Text of the columns of the user's table that no model uses, for the user's own rows.
    """

    spec: ModelSpec
    table: ObservationTable
    sources: RowSources
    notes: tuple[str, ...]
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def prepare_fit(
    data: Path | None,
    model: str = "transfer",
    *,
    with_shipped_data: bool = True,
    pilots: Sequence[Project] = (),
    rows: Rows = "shipped",
) -> FitRequest:
    """Read and check rows and specification.

    Parameters
    ----------
    data : Path or None
        The user's table of results; None fits the shipped ones.
    model : str, default="transfer"
        ``transfer``, ``published``, another stored model, or the path of a TOML file.
    with_shipped_data : bool, default=True
        Whether the shipped results are fitted together with the user's.
    pilots : sequence of Project
        Whose own runs are fitted too, each project as a data set of its own.
    rows : {"shipped", "reconstruction"}, default="shipped"
        ``reconstruction``: the invented rows behind the published regression, by themselves.

    Raises
    ------
    InputError
        With every mistake in the table, or in the specification.
    """
    if rows == "reconstruction":
        return _prepare_reconstruction(data, model, pilots=pilots)
    if data is None and not with_shipped_data and not pilots:
        raise InputError([Problem("DATA", "there is nothing to fit; name a table of results.")])
    only_shipped = (data is None and not pilots) or (data is not None and _is_shipped(data))
    shipped = read_observations() if with_shipped_data or only_shipped else ()
    problems: list[Problem] = []
    spec, own = None, UserTable(())
    runs: tuple[Observation, ...] = ()
    try:
        spec = read_model_spec(model)
    except InputError as error:
        problems += error.problems
    try:
        if data is not None and not _is_shipped(data):
            own = read_user_table(data, shipped)
    except InputError as error:
        problems += error.problems
    try:
        if pilots:
            runs = pilot_rows(pilots)
    except InputError as error:
        problems += error.problems
    if problems or spec is None:
        raise InputError(problems)
    return FitRequest(
        spec=spec,
        table=build_table((*shipped, *own.observations, *runs)),
        sources=RowSources(
            with_shipped_data=bool(shipped),
            own_file=None if only_shipped else data,
            n_own_rows=len(own.observations) + len(runs),
            pilots={each.id: pilots_digest(each) for each in pilots if each.pilots},
        ),
        notes=_notes(own),
        further=own.further,
    )


def _prepare_reconstruction(
    data: Path | None, model: str, *, pilots: Sequence[Project]
) -> FitRequest:
    """Return a fit on the reconstructed rows, which are invented and so never pooled."""
    if data is not None or pilots:
        message = (
            "the reconstructed rows are invented and are never fitted together with measured "
            "results."
        )
        raise InputError([Problem("--rows", message, "--rows shipped")])
    published = model == PUBLISHED
    return FitRequest(
        spec=read_declaration(RECONSTRUCTION_SPEC) if published else read_model_spec(model),
        table=reconstruction_table(),
        sources=RowSources(with_shipped_data=False, reconstruction=True),
        notes=(RECONSTRUCTION_NOTICE,),
    )


def read_declaration(path: Path) -> ModelSpec:
    """Return a declaration that ships beside the code."""
    return parse_spec(path.read_text(encoding="utf-8"), path.name)


def _notes(own: UserTable) -> tuple[str, ...]:
    notes = []
    if own.unused_columns:
        notes.append(columns_no_model_uses(own.unused_columns))
    if own.n_excluded:
        notes.append(rows_left_out(own.n_excluded))
    return tuple(notes)


def read_model_spec(model: str) -> ModelSpec:
    """Return the specification of a stored model, or of a TOML file.

    Raises
    ------
    InputError
        No such model or file, or the file has mistakes: all of them.
    """
    if model == PUBLISHED:
        return read_declaration(PUBLISHED_SPEC)
    path = _spec_path(model)
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise _no_spec(f"{path} is not UTF-8 text.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _no_spec(f"{path} cannot be read: {reason}.") from None
    return parse_spec(text, str(path))


def run_fit(
    request: FitRequest,
    folder: Path,
    *,
    seed: int = DEFAULT_SEED,
    tune: int = DEFAULT_TUNE,
    draws: int = DEFAULT_DRAWS,
    target_accept: float = DEFAULT_TARGET_ACCEPT,
    force: bool = False,
    full_posterior: bool = False,
    progress: Progress | None = None,
    made_from: Sequence[Path] = (),
) -> Fit:
    """Fit, check and write a model; nothing is written unless the sampler converged.

    Raises
    ------
    InputError
        The folder may not be written.
    NotConvergedError
        A diagnostic misses its threshold.
    """
    require_writable(folder, force=force)
    fit = fit_model(
        request.table,
        request.spec,
        seed=seed,
        tune=tune,
        draws=draws,
        target_accept=target_accept,
        progress=progress,
    )
    require_converged(fit)
    write_model(
        folder,
        fit,
        request.sources,
        force=force,
        full_posterior=full_posterior,
        made_from=made_from,
    )
    return fit


def _is_shipped(data: Path) -> bool:
    """Tell whether a file is the shipped table itself, under any name."""
    try:
        return sha256_of(data) == sha256_of(resource_root("data") / OBSERVATIONS_FILE)
    except OSError:
        return False  # reading it as the user's table says what is wrong


def _spec_path(model: str) -> Path:
    if model in list_models():
        return resource_root("models") / model / SPEC_FILE
    path = Path(model)
    try:
        if path.is_dir() and (path / SPEC_FILE).is_file():
            return path / SPEC_FILE
        if path.is_file():
            return path
    except (OSError, ValueError):  # a name too long, or with a NUL character
        pass
    known = ", ".join(dict.fromkeys((*list_models(), PUBLISHED)))
    raise _no_spec(f"there is no model {model[:80]!r} ({known}), and no such TOML file.")


def _no_spec(message: str) -> InputError:
    return InputError([Problem("--model", message, "--model transfer", code="UNKNOWN_MODEL")])


def fit_report(fit: Fit, folder: Path) -> dict[str, object]:
    """Return what ``planner fit --json`` prints; it does not change from run to run."""
    return {
        "schema_version": SCHEMA_VERSION,
        "status": "fitted",
        "model": {"name": folder.name, "folder": str(folder), "family": fit.spec.family},
        "draws_sha256": sha256_of(folder / DRAWS_FILE),
        "n_draws": len(next(iter(fit.draws.values()))),
        "n_rows": len(fit.table),
        "n_datasets": len(set(fit.table.dataset)),
        "n_curves": len(set(fit.table.curve)),
        "sampling": dict(fit.sampling),
        **fit.diagnostics.to_dict(),
        "files": sorted(path.name for path in folder.iterdir()),
    }
