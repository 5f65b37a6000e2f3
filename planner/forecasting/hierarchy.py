"""What does a declared model say about the options of a project it never saw?

Given a draw of everything that projects share, and the mixing variables of its Student-t effects,
level, log slope and logit floor of all options of a project are jointly Gaussian: a mean, and
independent effects shared by those options that have a label in common. This module returns that
prior as records; updates with pilots condition on it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.model.covariates import ARCHITECTURE_COVARIATES, REFERENCE_COMPLEXITY
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import PREDICTORS, Group, Predictor, Term
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Task
from planner.forecasting.architectures import Covariate, KnownArchitecture
from planner.forecasting.luck import Luck

_OWN_LABELS = frozenset({"architecture", "curve"})
_COVARIATES = ARCHITECTURE_COVARIATES
PROJECT_COLUMNS = frozenset(
    ("relative_complexity", "complexity", "segmentation", "structured", "unstructured", "ordinary")
)
"""Columns of a declaration that say something of a project and not of an option."""
_ALL = slice(None)


@dataclass(frozen=True)
class Option:
    """One way to build a project's model; ``architecture`` None stands for one not named yet."""

    architecture: KnownArchitecture | None
    pretrained: bool = True
    frozen: bool = False

    @property
    def name(self) -> str:
        """Name of the architecture, empty for none."""
        return "" if self.architecture is None else self.architecture.name

    @property
    def curve(self) -> str:
        """Name of its learning curve."""
        return f"{self.name}, {self.pretrained:d}, {self.frozen:d}"

    def covariate(self, name: str) -> Covariate:
        """Return an architecture covariate; unknown without an architecture."""
        return Covariate() if self.architecture is None else getattr(self.architecture, name)


@dataclass(frozen=True, eq=False)
class Component:
    """Independent normal effects shared by options of equal label.

    Attributes
    ----------
    name : str
        Of the group, or of the term whose covariate is uncertain.
    labels : tuple of str
        One per option.
    times : ndarray of shape (n_options,)
        What the effect is multiplied by.
    variance : ndarray of shape (n_draws, n_options)
        Of the effect itself, equal where labels are.
    per_project : bool
        Whether it belongs to the project rather than to an architecture or a curve.
    per_curve : bool
        Whether it belongs to a single curve. An effect of neither kind is an architecture's: the
        same for all projects of a run, for an architecture that suits one suits others.
    rows : slice
        Which draws of the run ``variance`` has; all by default.
    """

    name: str
    labels: tuple[str, ...]
    times: Floats
    variance: Floats
    per_project: bool = False
    per_curve: bool = False
    rows: slice = _ALL

    def draw(self, luck: Luck) -> Floats:
        """Return one joint draw per population draw, shape (n_draws, n_options)."""
        used = dict.fromkeys(
            label for label, times in zip(self.labels, self.times.tolist(), strict=True) if times
        )
        normals = {label: self._normals(luck, label) for label in used}
        nothing = np.zeros(len(self.variance))
        effects = np.stack([normals.get(label, nothing) for label in self.labels])
        effects *= np.sqrt(self.variance.T)
        effects *= self.times[:, None]
        return effects.T

    def _normals(self, luck: Luck, label: str) -> Floats:
        names = ("effect", self.name, label)
        if self.per_project or self.per_curve:
            return luck.normals(*names, stratified=self.per_project)[self.rows]
        return luck.shared_normals(*names)[self.rows]


@dataclass(frozen=True, eq=False)
class GaussianPredictor:
    """Level, log slope or logit floor of all options, jointly Gaussian given the draw.

    Attributes
    ----------
    mean : ndarray of shape (n_draws, n_options)
        From the coefficients and the stored effects of each draw.
    components : tuple of Component
        Effects that are new in a new project.
    """

    mean: Floats
    components: tuple[Component, ...] = ()

    def draw(self, luck: Luck) -> Floats:
        """Return one joint draw per population draw, shape (n_draws, n_options)."""
        return sum((part.draw(luck) for part in self.components), start=self.mean.copy())

    def covariance(self, rows: Sequence[int], columns: Sequence[int]) -> Floats:
        """Return prior covariances between options, shape (n_draws, n_rows, n_columns)."""
        r, c = np.asarray(rows, dtype=np.intp), np.asarray(columns, dtype=np.intp)
        total = np.zeros((len(self.mean), len(r), len(c)))
        for part in self.components:
            labels = np.array(part.labels)
            shared = (labels[r][:, None] == labels[c][None, :]).astype(np.float64)
            shared *= part.times[r][:, None] * part.times[c][None, :]
            total += shared * part.variance[:, r][:, :, None]
        return total

    def plus(self, other: "GaussianPredictor") -> "GaussianPredictor":
        """Return the sum of two independent parts."""
        return GaussianPredictor(self.mean + other.mean, (*self.components, *other.components))


@dataclass(frozen=True, eq=False)
class ProjectPrior:
    """Conditionally Gaussian prior of a project's options.

    ``level`` is that of the curve's declaration and ``slope`` the logarithm of its slope; for a
    log-linear curve they are log10 error at one image and its change per decade. ``floor`` is the
    logit of the floor's share of the majority guess, ``decay`` and ``ceiling`` the logarithms of
    the slope's decay and of the exponent near chance; None without one.
    """

    level: GaussianPredictor
    slope: GaussianPredictor
    floor: GaussianPredictor | None = None
    decay: GaussianPredictor | None = None
    ceiling: GaussianPredictor | None = None

    @property
    def predictors(self) -> dict[str, GaussianPredictor]:
        """Those there are, levels first."""
        found = {name: getattr(self, name) for name in PREDICTORS}
        return {name: predictor for name, predictor in found.items() if predictor is not None}


def project_prior(
    posterior: Posterior, project: Project, options: Sequence[Option], luck: Luck
) -> ProjectPrior:
    """Return the joint prior of a project's options, mixing variables drawn.

    Parameters
    ----------
    posterior : Posterior
        With a declaration.
    project : Project
        Its complexity and task count; pretraining and backbone are those of each option.
    options : sequence of Option
        In any order: each option's numbers are the same whichever others are asked for.
    luck : Luck
        Of the project; supplies mixing variables here and effects when drawing.
    """
    shared = prior_part(posterior, project, options, luck, own=False)
    own = prior_part(posterior, project, options, luck, own=True)
    joined = {name: part.plus(own[name]) if name in own else part for name, part in shared.items()}
    return ProjectPrior(**joined)


def prior_part(
    posterior: Posterior,
    project: Project,
    options: Sequence[Option],
    luck: Luck,
    *,
    own: bool,
    rows: slice = _ALL,
) -> dict[str, GaussianPredictor]:
    """Return the part of the prior that belongs to architectures and curves, or all the rest.

    The rest has every predictor and is the same for all architectures of a project, so it is drawn
    once; the part of their own has those predictors alone to which they contribute. ``rows`` are
    the draws wanted: each has the same numbers, whichever others are.
    """
    build = _Builder(posterior, project, tuple(options), luck, rows)
    found: dict[str, GaussianPredictor] = {}
    for name, part in _parts(posterior, own=own):
        found[name] = build.predictor(part)
        if name == "level" and posterior.family == "log_linear":
            found["slope"] = build.rise_per_decade(part, found[name])
    return found


@lru_cache(maxsize=16)
def _parts(posterior: Posterior, *, own: bool) -> tuple[tuple[str, Predictor], ...]:
    """Return the parts of all predictors, without those that have nothing of their own."""
    if posterior.spec is None:
        message = "a model without a declaration has no hierarchical prior"
        raise ValueError(message)
    parts = [(name, _part(each, own=own)) for name, each in posterior.spec.predictors.items()]
    return tuple((name, part) for name, part in parts if part.terms or part.groups or not own)


def own_parts(posterior: Posterior) -> tuple[Predictor, ...]:
    """Return the parts of all predictors that belong to architectures and curves."""
    return tuple(part for _, part in _parts(posterior, own=True))


def _part(predictor: Predictor, *, own: bool) -> Predictor:
    """Return the terms and groups that belong to architectures and curves, or the others."""
    owned = [group for group in predictor.groups if _OWN_LABELS & set(group.by)]
    centres = {name for group in owned for name in group.centre_on}

    def is_own(term: Term) -> bool:
        return term.name in centres or bool(set(term.columns) & set(_COVARIATES))

    return Predictor(
        terms=tuple(term for term in predictor.terms if is_own(term) is own),
        groups=tuple(group for group in predictor.groups if (group in owned) is own),
    )


@dataclass(frozen=True, eq=False)
class _Builder:
    """Turns predictors into means and components, for some options of one project.

    Inside, options are rows: what is added belongs to one option, or to all of them alike.
    """

    posterior: Posterior
    project: Project
    options: tuple[Option, ...]
    luck: Luck
    rows: slice = _ALL

    @property
    def n_draws(self) -> int:
        """Number of draws wanted."""
        return len(range(*self.rows.indices(self.posterior.n_draws)))

    def predictor(self, predictor: Predictor, log10_images: float = 0.0) -> GaussianPredictor:
        """Return mean and components of a predictor at a number of images."""
        columns = self._columns(log10_images)
        mean = np.zeros((len(self.options), self.n_draws))
        reused = {term.name: np.zeros(len(self.options), np.bool_) for term in predictor.terms}
        components: list[Component] = []
        for group in predictor.groups:
            times = self._product(group.times, columns)
            known = self._add_stored(mean, group, times)
            for name in group.centre_on:
                reused[name] |= known
            if (new := times * ~known).any():
                components.append(self._new_effects(group, new))
                self._add_elsewhere(mean, group, new)
        for term in predictor.terms:
            value = np.where(reused[term.name], 0.0, self._product(term.columns, columns))
            mean += np.multiply.outer(value, self._draws(term.name))
            components += self._uncertain(term, columns, ~reused[term.name])
        return GaussianPredictor(mean.T, tuple(components))

    def _draws(self, name: str) -> Floats:
        return self.posterior.draws[name][self.rows]

    def rise_per_decade(self, predictor: Predictor, at_one: GaussianPredictor) -> GaussianPredictor:
        """Return how a log-linear predictor changes over a decade of images.

        Effects keep their names, so that level and slope share their random numbers.
        """
        at_ten = self.predictor(predictor, 1.0)
        before = {part.name: part.times for part in at_one.components}
        rises = (
            replace(part, times=part.times - before.get(part.name, 0.0))
            for part in at_ten.components
        )
        components = tuple(part for part in rises if part.times.any())
        return GaussianPredictor(at_ten.mean - at_one.mean, components)

    def _add_stored(self, mean: Floats, group: Group, times: Floats) -> NDArray[np.bool_]:
        """Add fitted effects in place; return which options have one."""
        known = np.zeros(len(self.options), np.bool_)
        if not group.stored:
            return known
        effects = _stored_effects(self.posterior, group.name)
        for o, option in enumerate(self.options):
            label = _stored_label(option, group.by)
            if label in effects:
                known[o] = True
                mean[o] += effects[label][self.rows] * times[o]
        return known

    def _new_effects(self, group: Group, times: Floats) -> Component:
        """Return a group's effects in a new project; Student-t ones given their mixing."""
        labels = tuple(self._label(option, group.by) for option in self.options)
        own = _OWN_LABELS & set(group.by)
        # an effect of an architecture on one data set belongs to a single curve of the project
        per_curve = "curve" in own or bool(own and {"dataset", "study"} & set(group.by))
        variance = np.repeat(self._draws(group.sd)[None] ** 2, len(labels), axis=0)
        if group.family == "student_t":
            luck = replace(self.luck, project="") if own and not per_curve else self.luck
            squares = {
                label: luck.chi_squares(group.degrees, "effect", group.name, label)[self.rows]
                for label in dict.fromkeys(labels)
            }
            variance *= group.degrees / np.stack([squares[label] for label in labels])
        return Component(group.name, labels, times, variance.T, not own, per_curve, self.rows)

    def _add_elsewhere(self, mean: Floats, group: Group, times: Floats) -> None:
        """Add the shift of effects that lie elsewhere, in place.

        Which draws have one is decided before any pilot, in the share that each draw says; pilots
        then tell by weight.
        """
        if group.share_prior is None:
            return
        shares = self._draws(group.share)
        labels = [self._label(option, group.by) for option in self.options]
        uniform = {
            label: self.luck.uniforms("effect", group.name, label, "elsewhere")[self.rows]
            for label in dict.fromkeys(labels)
        }
        chosen = np.stack([uniform[label] < shares for label in labels])
        mean += group.shift * chosen * times[:, None]

    def _uncertain(
        self, term: Term, columns: Mapping[str, Floats], used: NDArray[np.bool_]
    ) -> list[Component]:
        """Return the spread that uncertain covariates bring, to first order in each."""
        found = []
        for name in (name for name in term.columns if name in _COVARIATES):
            uncertain = np.array([option.covariate(name).uncertain for option in self.options])
            others = self._product([other for other in term.columns if other != name], columns)
            times = others * uncertain * used
            if not times.any():
                continue
            sd = self._spec_sd(name)
            variance = (self._draws(term.name)[None] * sd) ** 2
            found.append(
                Component(
                    name=f"{term.name}: {name} not known",
                    labels=tuple(self._label(option, ("architecture",)) for option in self.options),
                    times=times,
                    variance=np.repeat(variance, len(self.options), axis=0).T,
                    rows=self.rows,
                )
            )
        return found

    def _label(self, option: Option, by: Sequence[str]) -> str:
        """Return what tells options apart for a group; data set and study are the project's own.

        Two projects that have not named an architecture yet may come to use different ones.
        """
        architecture = option.name or f"not named by {self.project.id}"
        words = {
            "architecture": architecture,
            "pretrained": f"{option.pretrained:d}",
            "frozen": f"{option.frozen:d}",
            "curve": f"{architecture}, {option.pretrained:d}, {option.frozen:d}",
        }
        return " | ".join(words[name] for name in by if name in words)

    def _spec_sd(self, covariate: str) -> float:
        spec = self.posterior.spec
        return 0.0 if spec is None else spec.covariate_sd.get(covariate, 1.0)

    def _product(self, names: Sequence[str], columns: Mapping[str, Floats]) -> Floats:
        """Return the product of columns, ones for no names."""
        return math.prod((columns[name] for name in names), start=np.ones(len(self.options)))

    def _columns(self, log10_images: float) -> dict[str, Floats]:
        """Return the columns a declaration may name, one value per option.

        A new project is of the ordinary population: structured tasks (counting, pose) stand apart
        in the fit, and no field of a project asks for them.
        """
        segmentation = float(self.project.task is Task.SEGMENTATION)
        complexity = self.project.relative_complexity
        constants = {
            "log10_images": log10_images,
            "relative_complexity": complexity,
            "complexity": complexity - REFERENCE_COMPLEXITY,
            "segmentation": segmentation,
            "structured": 0.0,
            "unstructured": 1.0,
            "ordinary": 1.0 - segmentation,
        }
        columns = {name: np.full(len(self.options), value) for name, value in constants.items()}
        columns["pretrained"] = np.array([float(option.pretrained) for option in self.options])
        columns["frozen"] = np.array([float(option.frozen) for option in self.options])
        for name in _COVARIATES:
            columns[name] = np.array([option.covariate(name).value for option in self.options])
        return columns


@lru_cache(maxsize=16)
def _stored_effects(posterior: Posterior, group: str) -> dict[str, Floats]:
    """Return the fitted effects of a group by label, each (n_draws,)."""
    effects = np.ascontiguousarray(posterior.draws[group].T)
    return dict(zip(posterior.labels[group], effects, strict=True))


def _stored_label(option: Option, by: Sequence[str]) -> str:
    """Return the label under which an option's effect would be stored; empty if it cannot be."""
    words = {
        "architecture": option.name,
        "pretrained": f"{float(option.pretrained):g}",
        "frozen": f"{float(option.frozen):g}",
    }
    return " | ".join(words[name] for name in by) if all(name in words for name in by) else ""
