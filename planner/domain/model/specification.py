"""What is a forecast model, written as data?

A specification is TOML text: the family of the error curve and, for each predictor that shapes it,
its terms (coefficient times columns, with a prior and the reason for it) and its group effects (who
shares what). Fitting turns it into a sampler's model, forecasting into draws for a new project.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.domain.model.covariates import REFERENCE_COMPLEXITY, REFERENCE_LOG10_IMAGES

type PriorFamily = Literal["normal", "half_normal", "lognormal", "beta", "fixed"]
type EffectFamily = Literal["normal", "student_t", "two_normals"]
type CurveFamily = Literal["log_linear", "saturating"]

PREDICTORS = ("level", "slope", "floor", "decay", "ceiling")
"""Predictors a specification may have; a ``log_linear`` one has the level alone."""

COLUMNS = (
    "log10_images",
    "relative_complexity",
    "complexity",
    "segmentation",
    "pretrained",
    "frozen",
    "structured",
    "unstructured",
    "ordinary",
    "top1",
    "log10_parameters",
    "log10_pretraining",
    "self_supervised",
)

"""Columns a term may name; see :func:`planner.regression.rows.observations.design_columns`."""

LABELS = ("dataset", "architecture", "pretrained", "frozen", "study", "curve")
"""Labels a group may be formed by."""

LARGEST_DEVIATION = 2.0
"""Sizes of the discrepancy end so many standard deviations from their median."""

WRITTEN_BELOW = "# ---- Written by planner fit; not part of the declaration ----"
"""Line of a stored ``model.toml`` below which evidence and provenance stand."""


@dataclass(frozen=True)
class Prior:
    """Prior of one scalar.

    Attributes
    ----------
    family : {"normal", "half_normal", "lognormal", "beta", "fixed"}
        ``normal`` has mean ``location`` and sd ``scale``; ``half_normal`` has scale ``scale``;
        ``lognormal`` has the logarithm of its median in ``location`` and the sd of the logarithm
        in ``scale``; ``beta`` has mean ``location`` and the weight of ``scale`` observations;
        ``fixed`` is the value ``location``.
    location, scale : float
        Scale is positive.
    """

    family: PriorFamily
    location: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Term:
    """Coefficient ``name`` times the product of ``columns`` (none: a constant)."""

    name: str
    columns: tuple[str, ...]
    prior: Prior
    why: str = ""


@dataclass(frozen=True)
class Group:
    """One effect for each distinct combination of the labels ``by``, times columns ``times``.

    Attributes
    ----------
    name, sd : str
        Names of the effects and of their standard deviation.
    by, times : tuple of str
        Labels that tell groups apart; columns whose product multiplies the effect.
    sd_prior : Prior
        Of the standard deviation.
    family : {"normal", "student_t", "two_normals"}
        Distribution of effects about their centre; ``degrees`` of freedom of the second. In the
        third a ``share`` of the effects lies about ``shift`` instead, with the same sd.
    centred : bool
        Whether the sampler sees the effects themselves; otherwise standardised ones. The model is
        the same; with much data per group the former samples better, with little the latter.
    centre_on : tuple of str
        Terms of the same predictor that make up the centre of the effects.
    stored : bool
        Whether fitted effects are kept for new projects (``centre_on`` included), as those of
        architectures are. Any other group is new in a new project.
    why : str
        Reason, for the model card.
    stored_from : int
        Data sets in which a label must occur for its effect to be kept: in a single one it can
        hardly be told from the data set.
    share, share_prior, shift : str, Prior or None, float
        Of ``two_normals``: name and prior of the share, and where its effects lie.
    """

    name: str
    by: tuple[str, ...]
    times: tuple[str, ...]
    sd: str
    sd_prior: Prior
    family: EffectFamily = "normal"
    degrees: float = 4.0
    centred: bool = False
    centre_on: tuple[str, ...] = ()
    stored: bool = False
    why: str = ""
    stored_from: int = 1
    share: str = ""
    share_prior: Prior | None = None
    shift: float = 0.0

    @property
    def scalars(self) -> tuple[tuple[str, Prior], ...]:
        """Names and priors of the group's own parameters."""
        own = ((self.sd, self.sd_prior),)
        return own if self.share_prior is None else (*own, (self.share, self.share_prior))


@dataclass(frozen=True)
class Reference:
    """The number of images at which level and slope of a saturating curve are defined.

    Attributes
    ----------
    log10_images : float
        For a task of relative complexity 0.5.
    per_complexity : float
        How log10 images moves with relative complexity; 3 keeps images per (effective) class the
        same. Where curves of many classes bend later, level and slope are then hardly correlated.
    """

    log10_images: float = REFERENCE_LOG10_IMAGES
    per_complexity: float = 0.0

    def decades(self, log10_images: Any, relative_complexity: Any) -> Any:  # noqa: ANN401 - numbers or arrays
        """Return log10 images beyond the reference.

        Examples
        --------
        >>> Reference().decades(4.5, 0.2), Reference(2.5, 3.0).decades(4.5, 1.0)
        (1.0, 0.5)
        """
        moved = self.per_complexity * (relative_complexity - REFERENCE_COMPLEXITY)
        return log10_images - self.log10_images - moved


@dataclass(frozen=True)
class Predictor:
    """Terms and groups whose sum is the level or one of the other predictors.

    Slope, decay and ceiling are logarithms, the floor is a logit.
    """

    terms: tuple[Term, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Discrepancy:
    """How a real curve departs from its shape: an Ornstein-Uhlenbeck path.

    Attributes
    ----------
    scale : float
        Standard deviation in log10 error, root mean square over projects; 0 for none.
    decades : float
        Memory in decades of images: the correlation falls by a factor of e over it.
    at_chance : float
        What is left of the departure where the error is that of guessing, as a share of
        ``scale``; 1 for the same everywhere. No curve strays far above the ceiling.
    spread : float
        How sizes differ between projects: standard deviation of the logarithm; 0 for not at all.
        A fit takes all curves to stray by ``scale``.
    """

    scale: float = 0.0
    decades: float = 1.0
    at_chance: float = 1.0
    spread: float = 0.0

    def height(self, share_of_chance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is left of the departure at errors that are shares of the guess.

        Examples
        --------
        >>> Discrepancy(0.1, at_chance=0.5).height(np.array([0.0, 0.5, 1.0])).tolist()
        [1.0, 0.75, 0.5]
        """
        return 1.0 - (1.0 - self.at_chance) * np.minimum(share_of_chance, 1.0)

    def sizes(self, normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how large the departures of projects are, in units of ``scale``.

        Log-normal, clipped at two standard deviations of the logarithm; the root mean square is 1.

        Parameters
        ----------
        normals : ndarray
            Standard normal, one for each project.

        Examples
        --------
        >>> Discrepancy(0.1, spread=0.8).sizes(np.array([-2.0, 0.0, 2.0, 9.0])).round(2).tolist()
        [0.12, 0.59, 2.9, 2.9]
        """
        cut, twice = LARGEST_DEVIATION, 2.0 * self.spread
        mean_square = math.exp(0.5 * twice**2) * (_below(cut - twice) - _below(-cut - twice))
        mean_square += 2.0 * math.cosh(twice * cut) * _below(-cut)
        deviations = np.clip(normals, -cut, cut)
        return np.asarray(np.exp(self.spread * deviations) / math.sqrt(mean_square))


def _below(deviation: float) -> float:
    """Return the share of a standard normal below a value."""
    return 0.5 * math.erfc(-deviation / math.sqrt(2.0))


@dataclass(frozen=True)
class ModelSpec:
    """A forecast model, declared.

    Family ``log_linear``: log10 error = level. Family ``saturating``: see
    :mod:`planner.domain.model.curve_shape`. In both, log10 of the observed error adds the
    discrepancy and noise.

    Attributes
    ----------
    name : str
        What the file calls itself.
    family : {"log_linear", "saturating"}
        Shape of the curve.
    level, slope, floor, decay, ceiling : Predictor or None
        A saturating curve has a slope; only it may have the others.
    noise : Prior
        Of ``sigma``, the standard deviation of log10 error about the curve.
    discrepancy : Discrepancy
        Fixed, not learnt.
    covariate_sd : mapping of str to float
        Spread of an architecture covariate that is not known, in its coded unit.
    text : str
        The TOML text it was read from, without what fitting adds.
    reference : Reference
        Where level and slope are defined.
    """

    name: str
    family: CurveFamily
    level: Predictor
    slope: Predictor | None
    floor: Predictor | None
    noise: Prior
    discrepancy: Discrepancy
    covariate_sd: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""
    decay: Predictor | None = None
    ceiling: Predictor | None = None
    reference: Reference = Reference()

    @property
    def predictors(self) -> dict[str, Predictor]:
        """Predictors present, by name."""
        found = {name: getattr(self, name) for name in PREDICTORS}
        return {name: predictor for name, predictor in found.items() if predictor is not None}

    @property
    def terms(self) -> tuple[Term, ...]:
        """Terms of all predictors, in the order of the file."""
        return tuple(term for each in self.predictors.values() for term in each.terms)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups of all predictors, in the order of the file."""
        return tuple(group for each in self.predictors.values() for group in each.groups)

    @property
    def hyper_names(self) -> tuple[str, ...]:
        """Names of all scalar parameters: coefficients, spreads, shares, ``sigma``."""
        scalars = (name for group in self.groups for name, _ in group.scalars)
        return (*(term.name for term in self.terms), *scalars, "sigma")

    @property
    def stored_names(self) -> tuple[str, ...]:
        """Names of the group effects that new projects reuse."""
        return tuple(group.name for group in self.groups if group.stored)
