"""Where a fitted model lives, and how its draws are written and read.

A model is a folder: ``model.toml`` (what was fitted and why), ``draws.nc`` (joint draws, float32),
``diagnostics.json`` (checks, and the checksum of the draws) and ``CARD.md`` (for people).
"""

import hashlib
import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from planner._journal import note
from planner._resources import resource_root
from planner.domain.model.posterior import N_CHAINS, EvidencePart, EvidenceRange, Posterior
from planner.domain.model.specification import ModelSpec
from planner.domain.model.specification_file import parse_spec
from planner.errors import InputError, NotWrittenError, Problem, ResourceError
from planner.files import write_bytes, write_text
from planner.reference.netcdf3 import NetcdfContent, parse_netcdf3

DRAWS_FILE = "draws.nc"
SPEC_FILE = "model.toml"
DIAGNOSTICS_FILE = "diagnostics.json"
CARD_FILE = "CARD.md"

COPY_MODEL = "copy the model's folder to a place of your own, and name that with --model"
_FAMILIES = ("log_linear", "saturating")


def list_models(root: Path | None = None) -> tuple[str, ...]:
    """Return the names of the models found, sorted."""
    folder = resource_root("models") if root is None else root
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{SPEC_FILE}")))


def load_model(name_or_path: str | Path) -> Posterior:
    """Return a stored model as joint draws with where they come from.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped model, such as ``published``, or the path of a model folder.

    Returns
    -------
    Posterior
        Draws as native float64, each of shape (n_draws, ...), chains one after the other.

    Raises
    ------
    InputError
        No such model; the message lists those found.
    ResourceError
        The folder is there, but a file of it is missing or damaged.

    Examples
    --------
    >>> load_model("published").n_draws
    4000
    """
    folder = find_model(name_or_path)
    text, spec = _read_spec(folder)
    declaration = _declaration(folder, text, spec)
    content, sha256 = _read_draws(folder)
    draws = {name: values for name, values in content.variables.items() if values.ndim}
    labels = _labels(folder, content)
    note("model loaded", name=folder.name, sha256=sha256)
    _require_usable(folder, draws)
    _require_declared(folder, draws, labels, declaration)
    for values in draws.values():
        values.flags.writeable = False
    try:
        return Posterior(
            name=folder.name,
            family=spec["family"],
            draws=draws,
            sha256=sha256,
            evidence=_evidence(spec["evidence"]),
            labels=labels,
            provenance={key: str(value) for key, value in spec["provenance"].items()},
            spec=declaration,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder / SPEC_FILE, f"an entry is missing or unreadable: {error}") from None


def find_model(name_or_path: str | Path) -> Path:
    """Return the folder of a model, from its name or its path."""
    text = str(name_or_path)
    looks_like_path = isinstance(name_or_path, Path) or any(mark in text for mark in "/\\")
    if looks_like_path and Path(text).is_dir():
        return Path(text)
    if not looks_like_path and text in list_models():
        return resource_root("models") / text
    raise _unknown_model(text)


def write_draws(
    path: Path,
    draws: Mapping[str, ArrayLike],
    labels: Mapping[str, Sequence[str]] | None = None,
    attrs: Mapping[str, str] | None = None,
) -> str:
    """Write joint draws as float32 NetCDF-3 and return the file's SHA-256.

    The bytes depend on the arguments alone (no time stamp), and the file appears whole or not at
    all.

    Parameters
    ----------
    path : Path
        File to write; replaced if it exists.
    draws : mapping of str to array_like
        Each of shape (n_draws, ...), chains one after the other, all finite.
    labels : mapping of str to sequence of str, optional
        Names along trailing axes.
    attrs : mapping of str to str, optional
        Further text attributes of the file.

    Returns
    -------
    str
        SHA-256 of the file, in hexadecimal.

    Raises
    ------
    ValueError
        Lengths differ, are not a multiple of the number of chains, or a value is not finite in
        float32.
    """
    arrays = {name: np.asarray(values, dtype=np.float32) for name, values in draws.items()}
    problem = _problem_with(arrays)
    if problem:
        raise ValueError(problem)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _netcdf(arrays, labels or {}, attrs or {})
    write_bytes(path, content, force=True)
    return hashlib.sha256(content).hexdigest()


def write_model_file(path: Path, text: str) -> Path:
    """Write a text that belongs to a model, whole or not at all; return its path.

    Raises
    ------
    NotWrittenError
        The model's folder cannot be written to; says how to have one that can.
    """
    try:
        return write_text(path, text, force=True)
    except NotWrittenError as error:
        raise NotWrittenError(
            replace(problem, fix=problem.fix and COPY_MODEL) for problem in error.problems
        ) from None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _netcdf(
    arrays: Mapping[str, Any],
    labels: Mapping[str, Sequence[str]],
    attrs: Mapping[str, str],
) -> bytes:
    from scipy.io import netcdf_file  # slow to import, and only needed to write

    content = io.BytesIO()
    with netcdf_file(content, "w", version=2) as file:
        for name, text in sorted(attrs.items()):
            setattr(file, name, text.encode())
        file.labels = json.dumps({axis: list(names) for axis, names in labels.items()}).encode()
        for name, values in arrays.items():
            axes = [
                "draw" if axis == 0 else f"{name}_{axis}" for axis, _ in enumerate(values.shape)
            ]
            for axis, length in zip(axes, values.shape, strict=True):
                if axis not in file.dimensions:
                    file.createDimension(axis, length)
            file.createVariable(name, "f4", axes)[:] = values
        file.flush()
        return content.getvalue()


def _read_draws(folder: Path) -> tuple[NetcdfContent, str]:
    """Return the draws and their checksum, which must be the recorded one."""
    path = folder / DRAWS_FILE
    content = _read_bytes(path)
    sha256 = hashlib.sha256(content).hexdigest()
    recorded = _recorded_sha256(folder)
    if sha256 != recorded:
        found = f"its checksum is {sha256[:12]}…, but {recorded[:12]}… was recorded"
        raise _damaged(path, found)
    try:
        return parse_netcdf3(content), sha256
    except ValueError as error:
        raise _damaged(path, str(error)) from None


def _recorded_sha256(folder: Path) -> str:
    path = folder / DIAGNOSTICS_FILE
    try:
        return str(json.loads(_read_bytes(path))["draws_sha256"])
    except (ValueError, KeyError, TypeError):
        raise _damaged(path, "it records no draws_sha256") from None


def _read_spec(folder: Path) -> tuple[str, dict[str, Any]]:
    path = folder / SPEC_FILE
    try:
        text = _read_bytes(path).decode("utf-8")
        spec = tomllib.loads(text)
    except ValueError as error:  # TOML that does not parse, or bytes that are no UTF-8
        raise _damaged(path, str(error)) from None
    if spec.get("family") not in _FAMILIES:
        found = f"family is {spec.get('family')!r}; expected one of {', '.join(_FAMILIES)}"
        raise _damaged(path, found)
    return text, spec


def _declaration(folder: Path, text: str, spec: Mapping[str, Any]) -> ModelSpec | None:
    """Return what was fitted; None for a model in closed form, whose file declares no predictor."""
    if "level" not in spec:
        return None
    try:
        return parse_spec(text, str(folder / SPEC_FILE))
    except InputError as error:
        raise _damaged(folder / SPEC_FILE, error.problems[0].message) from None


def _labels(folder: Path, content: NetcdfContent) -> dict[str, tuple[str, ...]]:
    try:
        entries = json.loads(content.attributes.get("labels", "{}"))
        return {name: tuple(map(str, names)) for name, names in entries.items()}
    except (ValueError, AttributeError, TypeError):
        raise _damaged(folder / DRAWS_FILE, "its labels are unreadable") from None


def _require_declared(
    folder: Path,
    draws: Mapping[str, Any],
    labels: Mapping[str, tuple[str, ...]],
    spec: ModelSpec | None,
) -> None:
    """Raise unless the draws hold every parameter that the declaration names."""
    if spec is None:
        return
    missing = [name for name in (*spec.hyper_names, *spec.stored_names) if name not in draws]
    if missing:
        raise _damaged(folder / DRAWS_FILE, f"it lacks {', '.join(missing)}")
    for name in spec.stored_names:
        if draws[name].shape[1:] != (len(labels.get(name, ())),):
            raise _damaged(folder / DRAWS_FILE, f"{name} and its labels differ in number")


def _evidence(entry: Mapping[str, Any]) -> EvidenceRange:
    return EvidenceRange(
        images=_pair(entry["images"]),
        relative_complexity=_pair(entry["relative_complexity"]),
        n_rows=int(entry["n_rows"]),
        description=str(entry["description"]),
        parts={
            str(part["rows"]): EvidencePart(
                images=_pair(part["images"]),
                relative_complexity=_pair(part["relative_complexity"]),
                n_rows=int(part["n_rows"]),
                n_datasets=int(part["n_datasets"]),
            )
            for part in entry.get("parts", ())
        },
    )


def _pair(values: Sequence[Any]) -> tuple[float, float]:
    low, high = values
    return float(low), float(high)


def _require_usable(folder: Path, draws: Mapping[str, Any]) -> None:
    problem = _problem_with(draws)
    if problem:
        raise _damaged(folder / DRAWS_FILE, problem)


def _problem_with(draws: Mapping[str, Any]) -> str:
    """Return what is wrong with a set of draws, or an empty text."""
    lengths = {len(values) if values.ndim else 0 for values in draws.values()}
    if len(lengths) != 1:
        return f"the variables have {sorted(lengths)} draws; expected one common number"
    (n_draws,) = lengths
    if n_draws == 0 or n_draws % N_CHAINS:
        return f"{n_draws} draws are not {N_CHAINS} chains of equal length"
    bad = sorted(name for name, values in draws.items() if not np.isfinite(values).all())
    return f"not finite: {', '.join(bad)}" if bad else ""


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path, error.strerror or "it cannot be read") from None


def _damaged(path: Path, found: str) -> ResourceError:
    message = (
        f"The model {path.parent.name!r} cannot be used. {path}: {found}. "
        "Reinstall vision-planner, or restore the model's folder from where it came."
    )
    return ResourceError(message, str(path))


def _unknown_model(text: str) -> InputError:
    from difflib import get_close_matches  # only on the way to an error

    found = list_models()
    close = get_close_matches(text.casefold(), found, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]}?" if close else ""
    listed = ", ".join(found) or "none"
    message = (
        f"there is no model {text[:80]!r}. Found in {resource_root('models')}: {listed}.{hint}"
    )
    fix = f"--model {(close or found)[0]}" if found else ""
    return InputError([Problem("model", message, fix, "--model", "UNKNOWN_MODEL")])
