"""What does a fitted model know of an architecture: its own effect, its covariates, or nothing?

Architecture effects are pooled towards ImageNet top-1 and parameter count. Top-1 is comparable
only within a training recipe, and more parameters mean more error only at equal top-1; so both
count where the catalogue's weights come from the recipe of the fitted ones, and otherwise neither
does and the architecture is drawn from the whole population.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from planner.domain.catalogue import unknown_name
from planner.domain.facts.evidence import Beyond, Outside
from planner.domain.model.architecture import Architecture, match_key
from planner.domain.model.covariates import (
    PRETRAINING_CENTRE,
    coded_architecture,
    coded_pretraining,
)
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Warning_
from planner.domain.words.warnings import forecasts as words

LARGEST_PRETRAINING = 2.5
"""Coded size of the largest pretraining set that was fitted (CLIP's); never extrapolated."""

_KERAS = "Keras Applications"

_ROUNDED_UP = 1.05
"""ImageNet-1000 is also said to have 1.3 million images."""


@dataclass(frozen=True)
class Covariate:
    """A coded architecture covariate; an uncertain one spreads about its value."""

    value: float = 0.0
    uncertain: bool = True


UNKNOWN = Covariate()
"""The population's mean and spread."""


@dataclass(frozen=True)
class KnownArchitecture:
    """An architecture as a fitted model sees it.

    Attributes
    ----------
    name : str
        As in the fitted labels or the catalogue; part of the key of its random numbers.
    top1, log10_parameters : Covariate
        Coded; not used where the effect itself was fitted.
    log10_pretraining, self_supervised : Covariate
        Coded size of the pretraining set, and whether it had no class labels.
    fitted : bool
        Whether its effect was.
    outside : Outside or None
        Why the rows say little about it; empty where they say enough.
    """

    name: str
    top1: Covariate = UNKNOWN
    log10_parameters: Covariate = UNKNOWN
    log10_pretraining: Covariate = UNKNOWN
    self_supervised: Covariate = UNKNOWN
    fitted: bool = False
    outside: Outside | None = None


@dataclass(frozen=True, eq=False)
class ArchitectureBook:
    """Everything a fitted model can say about architectures by name.

    Attributes
    ----------
    fitted : mapping of str to str
        Match key to the label of a fitted effect.
    catalogue : tuple of Architecture
        Others that may be asked for.
    top1, log10_parameters : tuple of float
        Coded span of the fitted architectures; never extrapolated.
    families : frozenset of str
        Families of the fitted architectures.
    """

    fitted: dict[str, str]
    catalogue: tuple[Architecture, ...]
    top1: tuple[float, float]
    log10_parameters: tuple[float, float]
    families: frozenset[str]

    def find(self, name: str) -> KnownArchitecture:
        """Return what is known of an architecture.

        Raises
        ------
        InputError
            Neither fitted nor in the catalogue; names up to three that are spelt alike.
        """
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    @cached_property
    def _found(self) -> dict[str, KnownArchitecture]:
        """Answers given: a portfolio asks for the same names thousands of times."""
        return {}

    def _look_up(self, name: str) -> KnownArchitecture:
        if label := self.fitted.get(match_key(name)):
            return self._with_weights(KnownArchitecture(label, fitted=True), name)
        found = next((item for item in self.catalogue if match_key(name) in item.keys), None)
        if found is None:
            names = [*(item.name for item in self.catalogue), *self.fitted.values()]
            raise unknown_name("architecture", name, list(dict.fromkeys(names)), "architecture")
        for key in found.keys:
            if label := self.fitted.get(key):
                return with_weights(KnownArchitecture(label, fitted=True), found)
        return self._from_covariates(found)

    def _from_covariates(self, item: Architecture) -> KnownArchitecture:
        """Return an architecture that was not fitted, as far as its covariates speak."""
        coded = coded_covariates(item)
        if coded is None:
            return with_weights(KnownArchitecture(item.name, outside=_incomparable(item)), item)
        spans = (self.top1, self.log10_parameters)
        clipped = [
            min(max(value, low), high) for value, (low, high) in zip(coded, spans, strict=True)
        ]
        why, is_known = None, item.stated
        if clipped != list(coded):
            why, is_known = Outside(Beyond.SPAN, unknown=left_open(item)), False
        elif item.stated:
            why = Outside(Beyond.STATED, unknown=left_open(item)) if left_open(item) else None
        elif item.family not in self.families:
            why = Outside(Beyond.FAMILY, item.family)
        uncertain = why is not None and not is_known
        top1, size = (Covariate(value, uncertain) for value in clipped)
        return with_weights(KnownArchitecture(item.name, top1, size, outside=why), item)

    def _with_weights(self, known: KnownArchitecture, name: str) -> KnownArchitecture:
        """Return a fitted architecture with what its weights were learnt on.

        One that the catalogue lacks is a fitted row's, started from ImageNet-1000 if from anything.
        """
        found = next((item for item in self.catalogue if match_key(name) in item.keys), None)
        item = Architecture(name, pretraining_images=PRETRAINING_CENTRE) if found is None else found
        return with_weights(known, item)


def read_book(posterior: Posterior, architectures: Sequence[Architecture] = ()) -> ArchitectureBook:
    """Return what a posterior and a catalogue say about architectures.

    The span of the covariates is that of the fitted architectures, as the catalogue has them.

    Parameters
    ----------
    posterior : Posterior
        Its labels name the fitted architectures.
    architectures : sequence of Architecture
        The catalogue.
    """
    return _read_book(posterior, tuple(architectures))


@lru_cache(maxsize=4)
def _read_book(posterior: Posterior, architectures: tuple[Architecture, ...]) -> ArchitectureBook:
    """Read once: hundreds of projects share a catalogue."""
    fitted = {match_key(label): label for label in _architecture_labels(posterior)}
    items = [item for item in architectures if any(key in fitted for key in item.keys)]
    coded = [pair for item in items if (pair := coded_covariates(item)) is not None]
    return ArchitectureBook(
        fitted=fitted,
        catalogue=architectures,
        top1=_span(pair[0] for pair in coded),
        log10_parameters=_span(pair[1] for pair in coded),
        families=frozenset(item.family for item in items),
    )


def with_weights(known: KnownArchitecture, item: Architecture) -> KnownArchitecture:
    """Return an architecture with what its weights were learnt on, as far as the catalogue says.

    What a portfolio leaves out of an architecture of its own stays unknown.
    """
    if not item.pretraining_images and not item.stated:
        return known
    size, labels = known.log10_pretraining, known.self_supervised
    if item.pretraining_images:
        coded = coded_pretraining(item.pretraining_images)
        size = Covariate(min(max(coded, 0.0), LARGEST_PRETRAINING), uncertain=False)
    if item.self_supervised is not None:
        labels = Covariate(float(item.self_supervised), uncertain=False)
    return replace(known, log10_pretraining=size, self_supervised=labels)


def left_open(item: Architecture) -> tuple[str, ...]:
    """Return the fields by which forecasts tell architectures apart that a portfolio leaves out."""
    names = ("imagenet_top1", "parameters", "pretraining_images", "self_supervised")
    return tuple(name for name in names if getattr(item, name) is None)


def _incomparable(item: Architecture) -> Outside:
    """Return why the accuracy of an architecture says nothing beside the fitted ones."""
    is_open = item.imagenet_top1 is None or item.parameters is None
    if item.stated and is_open:
        return Outside(Beyond.STATED, unknown=left_open(item))
    return Outside(Beyond.ANOTHER_RECIPE)


def coded_covariates(item: Architecture) -> tuple[float, float] | None:
    """Return coded top-1 and parameters; None where top-1 is not comparable with the fitted ones.

    Comparable are weights trained on ImageNet-1k alone in the original recipe of torchvision, or
    those of Keras Applications, from which the fitted rows start; of a portfolio's own architecture
    those of which it states no more images and no training without labels.
    """
    original = not item.weights_recipe and item.source.startswith("torchvision")
    comparable = item.pretraining == "imagenet-1k" and (original or item.weights_recipe == _KERAS)
    if item.stated:
        beyond = (item.pretraining_images or 0.0) > PRETRAINING_CENTRE * _ROUNDED_UP
        comparable = not beyond and not item.self_supervised
    if not comparable or item.imagenet_top1 is None or not item.parameters:
        return None
    return coded_architecture(100.0 * item.imagenet_top1, float(item.parameters))


def evidence_warnings(
    project: Project, names: Sequence[str], book: ArchitectureBook
) -> tuple[Warning_, ...]:
    """Return what to know about architectures that the fitted rows say little about.

    Named architectures are listed with their reasons; of a default list, which is about the
    catalogue rather than the project, only how many and which.
    """
    found = [(name, why) for name in names if (why := book.find(name).outside) is not None]
    if not found:
        return ()
    code, field = "ARCHITECTURE_OUTSIDE_EVIDENCE", "architectures"
    if project.architectures:
        field = f"projects[{project.id}].{field}"
        return (Warning_(code, project.id, field, words.named_outside_evidence(found)),)
    message = words.offered_outside_evidence([name for name, _ in found], len(names))
    return (Warning_(code, None, f"projects.{field}", message),)


def _architecture_labels(posterior: Posterior) -> Iterable[str]:
    """Yield the labels of fitted effects that belong to an architecture alone."""
    groups = () if posterior.spec is None else posterior.spec.groups
    for group in groups:
        if group.stored and group.by == ("architecture",):
            yield from posterior.labels.get(group.name, ())


def _span(values: Iterable[float]) -> tuple[float, float]:
    """Return smallest and largest value; without any, the centre alone."""
    found = list(values)
    return (min(found), max(found)) if found else (0.0, 0.0)
