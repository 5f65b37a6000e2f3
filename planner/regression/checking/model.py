"""Can a stored model be relied on? Reads what is stored, or computes what takes time."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from planner.domain.model.model_checks import CheckReport, CheckResult, CheckThresholds
from planner.domain.model.posterior import Posterior
from planner.errors import InputError, Problem
from planner.reference.store import write_model_file
from planner.regression.cards.model import sampling_checks
from planner.regression.checking.checks import (
    Evidence,
    check_loo,
    check_posterior_predictive,
    check_prior_predictive,
    check_prior_sensitivity,
    gather_evidence,
)
from planner.regression.checking.left_out import read_left_out, shipped_sha256
from planner.regression.fitting.record import read_fit_record, read_record
from planner.regression.rows.observations import ObservationTable, build_table
from planner.regression.rows.reconstruction import reconstruction_table
from planner.regression.rows.shipped import read_observations
from planner.regression.rows.user_table import read_user_table

CHECKS_FILE = "checks.json"

_CLOSED_FORM = (
    "This model has no declaration and no data sets: the other checks do not apply. Its digits are "
    "checked by planner reproduce."
)
_STOPPED = "Sampling failed, so the other checks were not looked at: they would judge noise."


def check_model(
    posterior: Posterior,
    folder: Path,
    *,
    full: bool = False,
    data: Path | None = None,
    limits: CheckThresholds | None = None,
    on_evidence: Callable[[Evidence], None] | None = None,
) -> CheckReport:
    """Check a stored model.

    Parameters
    ----------
    posterior : Posterior
        The model.
    folder : Path
        Where it is stored.
    full : bool, default=False
        Recompute everything (half a minute) and store it; otherwise read what is stored.
    data : Path, optional
        The user's rows, for a model fitted on some.
    limits : CheckThresholds, optional
        Thresholds.
    on_evidence : callable, optional
        Told what the checks rest on, for figures; needs ``full``.

    Raises
    ------
    InputError
        The rows a full check needs are not known.
    """
    sampling = sampling_checks(read_fit_record(folder))
    if posterior.spec is None:
        return _report(posterior, sampling, (_CLOSED_FORM,))
    if any(check.verdict == "FAIL" for check in sampling):
        return _report(posterior, sampling, (_STOPPED,))
    if not full:
        return _stored(posterior, folder, sampling)
    table = model_rows(posterior, folder, data)
    bounds = limits or CheckThresholds()
    evidence = gather_evidence(posterior, table)
    if on_evidence is not None:
        on_evidence(evidence)
    left_out = read_left_out(folder, posterior.spec, None)
    density, pit, by_dataset = check_loo(evidence, left_out.usable, bounds)
    checks = (
        check_prior_predictive(posterior.spec, table, bounds),
        check_posterior_predictive(evidence, bounds),
        density,
        pit,
        check_prior_sensitivity(evidence, bounds),
    )
    report = _report(posterior, (*sampling, *checks), (), by_dataset)
    _write(folder, posterior, checks, by_dataset)
    return report


def model_rows(posterior: Posterior, folder: Path, data: Path | None) -> ObservationTable:
    """Return the rows a model was fitted on.

    Raises
    ------
    InputError
        It was fitted on the user's rows, and their file is not named or has another number.
    """
    record = read_fit_record(folder)
    if record.reconstruction:
        return reconstruction_table()
    n_own = record.n_own_rows
    shipped = read_observations() if record.with_shipped_data else ()
    if n_own and data is None:
        message = f"{posterior.name} was fitted on {n_own} rows of your own; name their file."
        raise InputError([Problem("--data", message, "--data our_results.csv")])
    own = () if data is None or not n_own else read_user_table(data, shipped).observations
    if len(own) != n_own:
        message = f"{data} has {len(own)} rows; {posterior.name} was fitted on {n_own}."
        raise InputError([Problem("--data", message)])
    return build_table((*shipped, *own))


def rows_sha256(folder: Path) -> str:
    """Return a checksum of the rows a model was fitted on.

    The shipped rows are looked at as they are now; of the user's own only what was recorded is
    known.
    """
    record = read_fit_record(folder)
    if not (record.n_own_rows or record.reconstruction):
        return shipped_sha256()
    inputs = {name: sha for name, sha in record.inputs_sha256.items() if "." in name}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _report(
    posterior: Posterior,
    checks: tuple[CheckResult, ...],
    notes: tuple[str, ...],
    by_dataset: dict[str, dict[str, float]] | None = None,
) -> CheckReport:
    return CheckReport(posterior.name, posterior.sha256, checks, notes, by_dataset or {})


def _stored(posterior: Posterior, folder: Path, sampling: tuple[CheckResult, ...]) -> CheckReport:
    """Return the stored checks, or say how to compute them."""
    command = f"planner model check {folder.name} --full"
    path = folder / CHECKS_FILE
    if not path.is_file():
        note = f"Only sampling has been checked. The rest takes half a minute: {command}"
        return _report(posterior, sampling, (note,))
    stored = read_record(_StoredChecks, path, f"Compute it anew: {command}")
    if stored.draws_sha256 != posterior.sha256:
        note = f"The stored checks are of other draws and are not shown. Compute anew: {command}"
        return _report(posterior, sampling, (note,))
    by_dataset = {name: dict(entry) for name, entry in stored.by_dataset.items()}
    return _report(posterior, (*sampling, *stored.checks), (), by_dataset)


@dataclass(frozen=True)
class _StoredChecks:
    """What ``checks.json`` holds."""

    draws_sha256: str
    checks: tuple[CheckResult, ...]
    by_dataset: Mapping[str, Mapping[str, float]]


def _write(
    folder: Path,
    posterior: Posterior,
    checks: tuple[CheckResult, ...],
    by_dataset: dict[str, dict[str, float]],
) -> None:
    entry = {
        "schema_version": 1,
        "draws_sha256": posterior.sha256,
        "checks": [asdict(check) for check in checks],
        "by_dataset": by_dataset,
    }
    text = json.dumps(entry, indent=1, allow_nan=False) + "\n"
    write_model_file(folder / CHECKS_FILE, text)
