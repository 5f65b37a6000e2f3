"""What do pilots add on the curves a model is developed on, each forecast without its data set?

Curves of one data set are no independent evidence, so every data set counts alike; kinds of curves
differ in shape, so each is reported apart. Counting, distance and pose tasks are left out: no
project is of that kind.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.results.validation import PilotEvidence, PilotMode
from planner.domain.vocabulary import Backbone, Task
from planner.validation.collection import rounds_test
from planner.validation.curve_file import Curve
from planner.validation.pilot_modes import score_groups

EVERYTHING = "all kinds"
ONE_EACH = "the longest curve of each data set"
_SAME_START = 1e-3
_KINDS = {"natural": "photographs", "specialised": "specialist images"}


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
    def chance_error(self) -> Floats:
        """Of the majority guess, or what else a curve starts from."""
        ...

    @property
    def domain_group(self) -> Sequence[str]:
        """Natural, specialised or structured."""
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
    kinds: Mapping[str, str],
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
    kinds : mapping of str to str
        Kind of each curve; see :func:`curve_kinds`.
    seed : int, default=0
        Of the projects' luck.
    on_step : callable, optional
        Told groups done and groups in all.
    """
    owner = {curve.id: dataset for dataset, found in curves.items() for curve in found}

    def posterior_of(curve: Curve) -> Posterior:
        return without[owner[curve.id]]

    everything = [curve for found in curves.values() for curve in found]
    grouped = {EVERYTHING: everything}
    for kind in sorted(set(kinds.values())):
        grouped[kind] = [curve for curve in everything if kinds[curve.id] == kind]
    name = next(iter(without.values())).name
    tests = score_groups(grouped, name, posterior_of, list(PilotMode), seed=seed, on_step=on_step)
    rounds = {ONE_EACH: rounds_test(_one_each(curves), name, posterior_of, seed=seed)}
    return PilotEvidence(tests, rounds)


def _one_each(curves: Mapping[str, Sequence[Curve]]) -> list[Curve]:
    """Return the longest curve of each data set; near copies tell nothing more of rounds."""
    return [max(found, key=lambda curve: len(set(curve.images))) for found in curves.values()]


def curve_kinds(rows: MeasuredRows) -> dict[str, str]:
    """Return each curve's kind: what its images are, and whether the backbone was trained."""
    found = {}
    for at, label in enumerate(rows.curve):
        images = _KINDS.get(rows.domain_group[at], rows.domain_group[at])
        what = "segmentation" if rows.segmentation[at] else images
        found[label] = f"{what}, {Backbone.FROZEN if rows.frozen[at] else Backbone.FINETUNED}"
    return found


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
        dataset=rows.dataset[first],
        zero_shot_error=_zero_shot(rows, first),
    )


def _zero_shot(rows: MeasuredRows, at: int) -> float | None:
    """Return what a frozen curve starts from, where that is not the majority guess."""
    classes = 1000.0 ** float(rows.relative_complexity[at])
    start = float(rows.chance_error[at])
    other = bool(rows.frozen[at]) and start < 1.0 - 1.0 / classes - _SAME_START
    return start if other else None
