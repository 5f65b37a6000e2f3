"""How does a fit become a model folder, whole or not at all?"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner._resources import resource_root
from planner._version import __version__
from planner.domain.model.specification import WRITTEN_BELOW
from planner.domain.portfolio.pilot_record import PILOTS_OF
from planner.errors import InputError, Problem
from planner.files import new_folder, write_text
from planner.files.leftovers import is_leftover
from planner.reference.store import (
    CARD_FILE,
    DIAGNOSTICS_FILE,
    DRAWS_FILE,
    SPEC_FILE,
    sha256_of,
    write_draws,
)
from planner.regression.cards.card import card_text
from planner.regression.cards.data import data_card
from planner.regression.fitting.fit import Fit
from planner.regression.fitting.group_fits import GROUP_FILES
from planner.regression.published.texts import RECONSTRUCTION_NOTICE
from planner.regression.rows.observations import ObservationTable
from planner.regression.rows.reconstruction import RECONSTRUCTION_FILE
from planner.regression.rows.shipped import OBSERVATIONS_FILE, excluded_counts

POSTERIOR_FILE = "posterior.nc"
MODEL_FILES = (
    SPEC_FILE,
    DRAWS_FILE,
    DIAGNOSTICS_FILE,
    CARD_FILE,
    POSTERIOR_FILE,
    "validation.json",
    "decisions.json",
    "checks.json",
    *GROUP_FILES,
)
"""What a model's folder may hold and still be replaced: all of it can be computed again."""

_PACKAGES = ("pymc", "pytensor", "nutpie", "arviz", "numpy", "scipy")


@dataclass(frozen=True)
class RowSources:
    """Where the rows of a fit come from.

    Attributes
    ----------
    with_shipped_data : bool
        Whether the shipped results are among them.
    own_file : Path or None
        The user's table.
    n_own_rows : int
        Rows of the user's own, pilots included.
    pilots : mapping of str to str
        Checksum of the runs of each project whose pilots are among them.
    reconstruction : bool
        Whether they are the reconstructed rows behind the published regression.
    """

    with_shipped_data: bool
    own_file: Path | None = None
    n_own_rows: int = 0
    pilots: Mapping[str, str] = field(default_factory=dict)
    reconstruction: bool = False


def require_writable(folder: Path, *, force: bool) -> None:
    """Raise unless a model can be written to ``folder``; called before anything slow.

    Raises
    ------
    InputError
        The folder exists and ``force`` is not given, holds something else than a model, or its
        parent cannot be written to.
    """
    if not folder.name or folder.name in (".", ".."):
        raise _refused(folder, "name a new folder for the model.")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise _refused(folder, "exists and is no folder.")
    if folder.is_dir():
        _require_replaceable(folder, force=force)
    parent = next(p for p in (folder.absolute().parent, *folder.absolute().parents) if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise _refused(folder, f"cannot be made: {parent} may not be written to.")


def _require_replaceable(folder: Path, *, force: bool) -> None:
    """Raise unless a folder is empty, or holds a model and nothing else."""
    names = sorted(path.name for path in folder.iterdir() if not is_leftover(path))
    if not names:
        return
    strange = [name for name in names if name not in MODEL_FILES]
    if SPEC_FILE not in names or strange:
        found = ", ".join((strange or names)[:3])
        raise _refused(folder, f"holds something else than a model ({found}); name another folder.")
    if not force:
        raise _refused(folder, "holds a model already.", "--force")


def write_model(
    folder: Path,
    fit: Fit,
    sources: RowSources,
    *,
    force: bool = False,
    full_posterior: bool = False,
    made_from: Iterable[Path] = (),
) -> Path:
    """Write a fit as a model folder, which appears whole or not at all.

    Parameters
    ----------
    folder : Path
        To make; an existing one is replaced if it holds a model and ``force`` is given.
    fit : Fit
        Converged.
    sources : RowSources
        Where its rows come from.
    force : bool, default=False
        Whether a model that is there may be replaced.
    full_posterior : bool, default=False
        Whether ``posterior.nc``, the whole run as an ArviZ DataTree, is written too.
    made_from : iterable of Path, optional
        Files besides the user's table: nobody may look into the folder who could not read them.

    Returns
    -------
    Path
        The folder.
    """
    require_writable(folder, force=force)
    own = [] if sources.own_file is None else [sources.own_file]
    with new_folder(folder, force=force or folder.is_dir(), sources=[*own, *made_from]) as made:
        _write_files(made, folder.name, fit, sources)
        if full_posterior:
            fit.trace.to_netcdf(made / POSTERIOR_FILE, engine="h5netcdf")
    return folder


def _write_files(folder: Path, name: str, fit: Fit, sources: RowSources) -> None:
    attrs = {"model": name, "family": fit.spec.family}
    draws_sha256 = write_draws(folder / DRAWS_FILE, fit.draws, fit.labels, attrs)
    facts = _facts(name, fit, sources, draws_sha256)
    text = json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(folder / DIAGNOSTICS_FILE, text + "\n")
    write_text(folder / SPEC_FILE, spec_text(fit, facts))
    write_text(folder / CARD_FILE, card_text(fit.spec, facts))


def _facts(name: str, fit: Fit, sources: RowSources, draws_sha256: str) -> dict[str, Any]:
    """Return all that is recorded of a fit; nothing in it changes from run to run."""
    inputs = {"the declaration": sha256(fit.spec.text.encode()).hexdigest()}
    if sources.with_shipped_data:
        inputs[f"data/{OBSERVATIONS_FILE}"] = sha256_of(resource_root("data") / OBSERVATIONS_FILE)
    if sources.reconstruction:
        inputs[f"data/{RECONSTRUCTION_FILE}"] = sha256_of(
            resource_root("data") / RECONSTRUCTION_FILE
        )
    if sources.own_file is not None:
        inputs[sources.own_file.name] = sha256_of(sources.own_file)
    return {
        "draws_sha256": draws_sha256,
        "model": name,
        "inputs_sha256": inputs,
        "with_shipped_data": sources.with_shipped_data,
        "n_own_rows": sources.n_own_rows,
        **({"reconstruction": True} if sources.reconstruction else {}),
        "pilots_sha256": dict(sources.pilots),
        "sampling": dict(fit.sampling),
        "versions": {"planner": __version__, **{name: version(name) for name in _PACKAGES}},
        "evidence": evidence(fit.table, sources),
        **fit.diagnostics.to_dict(),
        "data_card": data_card(fit.table),
        "excluded": excluded_counts() if sources.with_shipped_data else {},
    }


def evidence(table: ObservationTable, sources: RowSources) -> dict[str, Any]:
    """Return what the rows span: images and relative complexity, also by task and backbone."""
    parts = []
    for segmentation, task in ((0.0, "classification"), (1.0, "segmentation")):
        for frozen, backbone in ((0.0, "finetuned"), (1.0, "frozen")):
            chosen = (table.segmentation == segmentation) & (table.frozen == frozen)
            if chosen.any():
                sets = {d for d, wanted in zip(table.dataset, chosen, strict=True) if wanted}
                part = {"rows": f"{task}, {backbone}", **_spans(table, chosen)}
                parts.append({**part, "n_datasets": len(sets)})
    everything = np.ones(len(table), dtype=bool)
    return {
        **_spans(table, everything),
        "description": describe_rows(table, sources),
        "parts": parts,
    }


def _spans(table: ObservationTable, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    images, complexity = table.n_images[chosen], table.relative_complexity[chosen]
    return {
        "images": [int(images.min()), int(images.max())],
        "relative_complexity": [_six(complexity.min()), _six(complexity.max())],
        "n_rows": int(chosen.sum()),
    }


def describe_rows(table: ObservationTable, sources: RowSources) -> str:
    """Return what the rows of a fit are, as a sentence."""
    n_sets, n_own = len(set(table.dataset)), sources.n_own_rows
    if sources.reconstruction:
        return f"{len(table)} reconstructed rows. {RECONSTRUCTION_NOTICE}"
    if not sources.with_shipped_data:
        return f"{n_own} results of your own on {n_sets} data sets, and no others."
    n_public = len(table) - n_own
    own = f" and {n_own} of your own" if n_own else ""
    alone = "" if n_own else "; no client projects"
    return f"{n_public} results of public studies{own} on {n_sets} image data sets{alone}."


def spec_text(fit: Fit, facts: Mapping[str, Any]) -> str:
    """Return ``model.toml``: the declaration, then evidence and provenance."""
    found = facts["evidence"]
    sampling = facts["sampling"]
    blocks = [
        fit.spec.text.rstrip(),
        WRITTEN_BELOW,
        "\n".join(["[evidence]", *_entries(found, "description")]),
        *("\n".join(["[[evidence.parts]]", *_entries(part)]) for part in found["parts"]),
    ]
    provenance = {
        "rows": found["description"],
        **{f"sha256 of {name}": sha for name, sha in facts["inputs_sha256"].items()},
        **{f"{PILOTS_OF}{name}": sha for name, sha in facts["pilots_sha256"].items()},
        "draws": (
            f"{sampling['chains']} x {sampling['kept_per_chain']} joint draws, float32, thinned "
            f"from {sampling['chains']} x {sampling['draws_per_chain']} by {sampling['sampler']}, "
            f"seed {sampling['seed']}"
        ),
        "diagnostics": facts["verdict"],
        **{f"version of {name}": number for name, number in facts["versions"].items()},
        "code": "planner fit",
    }
    lines = [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in provenance.items()]
    blocks.append("\n".join(["[provenance]", *lines]))
    return "\n\n".join(blocks) + "\n"


def _entries(part: Mapping[str, Any], *extra: str) -> Sequence[str]:
    names = ("rows", "images", "relative_complexity", "n_rows", "n_datasets", *extra)
    return [f"{name} = {json.dumps(part[name])}" for name in names if name in part]


def _six(value: float) -> float:
    return float(f"{value:.6g}")


def _refused(folder: Path, message: str, fix: str = "") -> InputError:
    return InputError([Problem("-o", message, fix, str(folder), "OUTPUT")])
