"""What does a specification know without a quarter of its data sets? Four refits, kept on disk.

Decisions are judged on portfolios drawn from one group of data sets, planned with the fit that
lacks it. A refit takes minutes, so its draws are kept beside the model, each with a fingerprint of
rows, declaration and sampler.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from planner.domain.model.posterior import N_CHAINS, Posterior
from planner.files import write_bytes
from planner.regression.fitting.folds import FoldConfig, FoldFit, refit_folds
from planner.regression.rows.observations import ObservationTable

N_GROUPS = 4

GROUP_FILES = tuple(f"without_group_{at + 1}.npz" for at in range(N_GROUPS))

GROUP_FITS = FoldConfig(folds=N_GROUPS, tune=700)
"""Length and seed of the four refits."""

STEPS_PER_SECOND = 37.0
"""Steps of one chain in a second on two cores with nothing else to do, for 1,000 rows."""


@dataclass(frozen=True, eq=False)
class GroupFit:
    """A model refitted without one group of data sets.

    Attributes
    ----------
    datasets : tuple of str
        Left out.
    posterior : Posterior
        The refit.
    max_rhat, divergences : float, int
        Of its sampling.
    """

    datasets: tuple[str, ...]
    posterior: Posterior
    max_rhat: float
    divergences: int


def dataset_groups(
    table: ObservationTable, n_groups: int = N_GROUPS
) -> tuple[tuple[str, ...], ...]:
    """Return data sets in groups that hold about as many curves of every kind.

    Near copies stay together: data sets whose names share their first word, such as ``eurosat``
    and ``eurosat-5-way``. Families are dealt by kind, those of most curves first, each to the
    group with the fewest curves of its kind.

    Parameters
    ----------
    table : ObservationTable
        Rows.
    n_groups : int, default=4
        Some may be empty if there are fewer families.
    """
    curves = _curves_by_dataset(table)
    families: dict[str, list[str]] = {}
    for dataset in sorted(curves):
        families.setdefault(dataset.split("-")[0], []).append(dataset)
    kinds = {family: _kind(table, members) for family, members in families.items()}
    sizes = {family: sum(curves[each] for each in members) for family, members in families.items()}
    order = sorted(families, key=lambda family: (kinds[family], -sizes[family], family))
    groups: list[list[str]] = [[] for _ in range(n_groups)]
    of_kind: Counter[tuple[int, str]] = Counter()
    total: Counter[int] = Counter()
    for family in order:
        kind = kinds[family]
        at = min(range(n_groups), key=lambda each: (of_kind[each, kind], total[each], each))
        groups[at] += families[family]
        of_kind[at, kind] += sizes[family]
        total[at] += sizes[family]
    return tuple(tuple(sorted(group)) for group in groups if group)


def group_fits(
    table: ObservationTable,
    full: Posterior,
    folder: Path,
    *,
    config: FoldConfig = GROUP_FITS,
    cores: int | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[GroupFit, ...]:
    """Return a model refitted without each group, from the folder where it is kept there.

    Parameters
    ----------
    table : ObservationTable
        Rows the model was fitted on.
    full : Posterior
        The model, with a declaration.
    folder : Path
        Where refits are kept: one file each.
    config : FoldConfig, optional
        Length and seed.
    cores : int, optional
        Chains run at the same time.
    on_step : callable, optional
        Told refits done and refits in all.

    Raises
    ------
    NotWrittenError
        A refit cannot be written to the folder.
    """
    if full.spec is None:
        message = "a model in closed form cannot be refitted"
        raise ValueError(message)
    groups = dataset_groups(table, config.folds)
    prints = dict(_prints(table, full, config))
    found = {at: _read(_path(folder, at), fingerprint) for at, fingerprint in prints.items()}
    missing = [at for at, fit in found.items() if fit is None]
    if missing:
        place = {name: at for at, group in enumerate(groups) for name in group}
        fold = np.array([place[name] for name in table.dataset], dtype=np.int64)
        refits = refit_folds(
            table, full.spec, fold, config, cores=cores, on_step=on_step, only=missing
        )
        for at, fit in zip(missing, refits, strict=True):
            _write(_path(folder, at), fit, prints[at])
            found[at] = fit
    return tuple(
        GroupFit(group, _posterior(full, fit), fit.max_rhat, fit.divergences)
        for group, fit in zip(groups, found.values(), strict=True)
        if fit is not None
    )


def missing_fits(
    table: ObservationTable, full: Posterior, folder: Path, config: FoldConfig = GROUP_FITS
) -> int:
    """Return how many refits are not kept in a folder, or no longer belong to the model."""
    prints = _prints(table, full, config)
    return sum(_read(_path(folder, at), fingerprint) is None for at, fingerprint in prints)


def expected_seconds(
    table: ObservationTable, refits: int, config: FoldConfig = GROUP_FITS
) -> float:
    """Return about how long some refits take on two idle cores."""
    steps = refits * (config.tune + config.draws)
    return steps / STEPS_PER_SECOND * len(table) / 1000.0


def _curves_by_dataset(table: ObservationTable) -> Counter[str]:
    owner = dict(zip(table.curve, table.dataset, strict=True))
    return Counter(owner.values())


def _kind(table: ObservationTable, datasets: Sequence[str]) -> str:
    """Return segmentation, or what most rows of some data sets show."""
    kinds = Counter(
        "segmentation" if segmentation else group
        for name, segmentation, group in zip(
            table.dataset, table.segmentation, table.domain_group, strict=True
        )
        if name in datasets
    )
    return kinds.most_common(1)[0][0]


def _posterior(full: Posterior, fit: FoldFit) -> Posterior:
    """Return the refit as a model; its checksum is that of its draws."""
    n_draws = len(fit.draws["sigma"]) // N_CHAINS * N_CHAINS
    draws = {name: values[:n_draws] for name, values in fit.draws.items()}
    digest = hashlib.sha256(b"".join(draws[name].tobytes() for name in sorted(draws)))
    return replace(full, draws=draws, labels=fit.labels, sha256=digest.hexdigest())


def _prints(
    table: ObservationTable, full: Posterior, config: FoldConfig
) -> tuple[tuple[int, str], ...]:
    """Return the fingerprint of each refit: its rows, declaration, sampler and group."""
    groups = dataset_groups(table, config.folds)
    common = hashlib.sha256()
    for column in fields(table):
        values = getattr(table, column.name)
        common.update(column.name.encode())
        common.update(values.tobytes() if isinstance(values, np.ndarray) else repr(values).encode())
    common.update(json.dumps([_plain(full.spec), _plain(config)]).encode())
    return tuple(
        (at, hashlib.sha256(common.digest() + repr(group).encode()).hexdigest())
        for at, group in enumerate(groups)
    )


def _plain(value: object) -> object:
    """Return a declaration as JSON has it, without the reasons given in it."""
    if is_dataclass(value):
        names = [each.name for each in fields(value) if each.name not in ("why", "text")]
        return [[name, _plain(getattr(value, name))] for name in names]
    if isinstance(value, Mapping):
        return [[str(name), _plain(value[name])] for name in sorted(value)]
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _path(folder: Path, at: int) -> Path:
    return folder / GROUP_FILES[at]


def _write(path: Path, fit: FoldFit, fingerprint: str) -> None:
    labels = {name: list(names) for name, names in fit.labels.items()}
    facts = {
        "fingerprint": fingerprint,
        "labels": labels,
        "max_rhat": fit.max_rhat,
        "divergences": fit.divergences,
        "seconds": fit.seconds,
    }
    content = io.BytesIO()
    arrays: dict[str, Any] = {
        f"draws_{name}": values.astype(np.float32) for name, values in fit.draws.items()
    }
    np.savez(content, facts=np.array(json.dumps(facts)), rows=fit.rows, **arrays)
    write_bytes(path, content.getvalue(), force=True)


def _read(path: Path, fingerprint: str) -> FoldFit | None:
    """Return a kept refit; None if there is none, or if it belongs to something else."""
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            if facts["fingerprint"] != fingerprint:
                return None
            draws = {
                name.removeprefix("draws_"): file[name].astype(np.float64)
                for name in file.files
                if name.startswith("draws_")
            }
            return FoldFit(
                rows=file["rows"],
                draws=draws,
                labels={name: tuple(names) for name, names in facts["labels"].items()},
                max_rhat=float(facts["max_rhat"]),
                divergences=int(facts["divergences"]),
                seconds=float(facts["seconds"]),
            )
    except (OSError, ValueError, KeyError):
        return None
