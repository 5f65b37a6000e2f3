"""What do pilots add on the curves a model is developed on, each forecast without its data set?

Curves of one data set are no independent evidence, so a data set with more than a quarter of the
curves stands apart. Counting, distance and pose tasks are left out: no project is of that kind.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.results.validation import PilotEvidence, PilotMode
from planner.domain.vocabulary import Backbone, Task
from planner.validation.collection import rounds_test
from planner.validation.curve_file import Curve
from planner.validation.pilot_modes import score_modes

OTHERS = "all other data sets"
EVERYTHING = "all data sets"
LARGEST_SHARE = 0.25
"""Of the curves, above which a data set stands apart."""


class MeasuredRows(Protocol):
    """The columns of fitted rows that are read here; see the fit's own table of observations."""

    @property
    def curve(self) -> Sequence[str]:
        """Label of each row's curve."""
        ...

    @property
    def dataset(self) -> Sequence[str]:
        """Its data set."""
        ...

    @property
    def architecture(self) -> Sequence[str]:
        """Its network."""
        ...

    @property
    def n_images(self) -> Floats:
        """Images trained on."""
        ...

    @property
    def error(self) -> Floats:
        """Measured, in (0, 1)."""
        ...

    @property
    def relative_complexity(self) -> Floats:
        """Of the task."""
        ...

    @property
    def pretrained(self) -> Floats:
        """Flag, 0 or 1."""
        ...

    @property
    def frozen(self) -> Floats:
        """Flag, 0 or 1."""
        ...

    @property
    def segmentation(self) -> Floats:
        """Flag, 0 or 1."""
        ...

    @property
    def structured(self) -> Floats:
        """Flag, 0 or 1."""
        ...


def development_curves(rows: MeasuredRows) -> dict[str, list[Curve]]:
    """Return curves with at least two sizes among fitted rows, by data set."""
    members: dict[str, list[int]] = {}
    for at, label in enumerate(rows.curve):
        if not rows.structured[at]:
            members.setdefault(label, []).append(at)
    found: dict[str, list[Curve]] = {}
    for label, own in members.items():
        if len(set(rows.n_images[own].tolist())) > 1:
            found.setdefault(rows.dataset[own[0]], []).append(_curve(rows, label, own))
    return found


def pilot_evidence(
    curves: Mapping[str, Sequence[Curve]],
    without: Mapping[str, Posterior],
    *,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> PilotEvidence:
    """Score what pilots add, and collecting in rounds, on curves whose data sets were left out.

    Parameters
    ----------
    curves : mapping of str to sequence of Curve
        By data set; see :func:`development_curves`.
    without : mapping of str to Posterior
        The model fitted without each data set.
    seed : int, default=0
        Of the projects' luck.
    on_step : callable, optional
        Told groups done and groups in all.
    """
    grouped = _groups(curves)
    owner = {curve.id: dataset for dataset, found in curves.items() for curve in found}

    def posterior_of(curve: Curve) -> Posterior:
        return without[owner[curve.id]]

    name = next(iter(without.values())).name
    tests, rounds = {}, {}
    for done, (label, found) in enumerate(grouped.items()):
        tests[label] = score_modes(found, name, posterior_of, list(PilotMode), seed=seed)
        rounds[label] = rounds_test(found, name, posterior_of, seed=seed)
        if on_step is not None:
            on_step(done + 1, len(grouped))
    return PilotEvidence(tests, rounds)


def _groups(curves: Mapping[str, Sequence[Curve]]) -> dict[str, list[Curve]]:
    """Return curves by group, the rest of the data sets first."""
    counts = Counter({dataset: len(found) for dataset, found in curves.items()})
    apart = [name for name, count in counts.items() if count > LARGEST_SHARE * counts.total()]
    rest = [curve for name, found in curves.items() if name not in apart for curve in found]
    if len(apart) == len(curves) or not apart:
        return {EVERYTHING: [curve for found in curves.values() for curve in found]}
    return {OTHERS: rest, **{name: list(curves[name]) for name in apart}}


def _curve(rows: MeasuredRows, label: str, at: Sequence[int]) -> Curve:
    ordered = sorted(at, key=lambda row: float(rows.n_images[row]))
    first = ordered[0]
    return Curve(
        id=label,
        images=tuple(round(float(rows.n_images[row])) for row in ordered),
        errors=tuple(float(rows.error[row]) for row in ordered),
        n_classes=max(2, round(1000.0 ** float(rows.relative_complexity[first]))),
        architecture=rows.architecture[first],
        pretrained=bool(rows.pretrained[first]),
        task=Task.SEGMENTATION if rows.segmentation[first] else Task.CLASSIFICATION,
        backbone=Backbone.FROZEN if rows.frozen[first] else Backbone.FINETUNED,
    )
