"""What a model's folder records of its fit, as far as it is used again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.domain.json_shape import decode
from planner.domain.model.model_checks import CheckVerdict
from planner.errors import ResourceError
from planner.reference.store import DIAGNOSTICS_FILE

__all__ = ["FitRecord", "StoredCheck", "read_fit_record", "read_record"]


@dataclass(frozen=True)
class StoredCheck:
    """One check of the sampler, as written by the fit."""

    name: str
    verdict: CheckVerdict
    value: float | None
    threshold: float | None
    worst: str
    advice: str


@dataclass(frozen=True)
class FitRecord:
    """What ``diagnostics.json`` says.

    Attributes
    ----------
    checks : tuple of StoredCheck
        Of the sampler; empty for a model in closed form.
    method : str
        How a model in closed form was drawn from; empty for others.
    n_own_rows : int
        Rows of the user's own that the model was fitted on.
    with_shipped_data : bool
        Whether it was fitted on the shipped rows as well.
    reconstruction : bool
        Whether it was fitted on the reconstructed rows behind the published regression.
    inputs_sha256 : mapping of str to str
        Checksums of what it was made from, by file.
    """

    checks: tuple[StoredCheck, ...] = ()
    method: str = ""
    n_own_rows: int = 0
    with_shipped_data: bool = True
    reconstruction: bool = False
    inputs_sha256: Mapping[str, str] = field(default_factory=dict)


def read_fit_record(folder: Path) -> FitRecord:
    """Return what a model's ``diagnostics.json`` records.

    Raises
    ------
    ResourceError
        The file is missing or damaged.
    """
    way_out = "Restore the model's folder, or fit it anew."
    return read_record(FitRecord, folder / DIAGNOSTICS_FILE, way_out)


def read_record[T](kind: type[T], path: Path, way_out: str) -> T:
    """Return the record that a JSON file of a model holds.

    Parameters
    ----------
    kind : type
        A dataclass; entries of the file that it does not have are passed over.
    path : Path
        The file.
    way_out : str
        What to do if it cannot be used, as a sentence.

    Raises
    ------
    ResourceError
        The file is missing, is no JSON, or holds something else.
    """
    try:
        record, misfits = decode(kind, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path} cannot be used ({error}). {way_out}"
        raise ResourceError(message, str(path)) from None
    if record is None:
        first = misfits[0]
        more = f", and {len(misfits) - 1} more" if len(misfits) > 1 else ""
        found = f"{first.path or 'the file'}: {first.message}{more}"
        raise ResourceError(f"{path} is damaged and cannot be used. {found} {way_out}", str(path))
    return record
