"""The error curves of a declared model: every option of a project, joint in each draw.

With x = log10 n - 3.5 and u = level - exp(slope) x, a saturating curve is::

    e(n) = e0 (phi + (1 - phi) / (1 + 10^-u)) 10^(g(x) + sigma z)

with the majority guess e0, a floor phi (0 without one), a discrepancy path g and one noise z for
all n, so that chances vary smoothly with n. A log-linear curve is 10^(level + slope log10 n + ...).
No realised error exceeds e0.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from planner.domain.arrays import Floats
from planner.domain.model.covariates import REFERENCE_LOG10_IMAGES
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Discrepancy
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Backbone
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.discrepancy import NODES, DiscrepancyPath, NodeGrid, path_sizes
from planner.forecasting.hierarchy import GaussianPredictor, Option, prior_part
from planner.forecasting.luck import Luck
from planner.forecasting.pilots.path import PilotedPath
from planner.forecasting.pilots.runs import PilotRun
from planner.forecasting.pilots.update import PilotUpdate, update_with_pilots

LN10 = math.log(10.0)
_LARGEST_EXPONENT = 600.0  # natural; beyond it an odds would overflow and the error be 0
_BISECTIONS = 24  # an eighth of a decade halved so often: 1.7e-8 of the images


@dataclass(frozen=True, eq=False)
class CurveDraws:
    """Parameters of one option's mean curve, each of shape (n_rows,).

    Attributes
    ----------
    level, slope : ndarray
        For a saturating curve the level at 10^3.5 images and the fall of u per decade (positive);
        for a log-linear one log10 error at one image and its change per decade.
    floor : ndarray or None
        Share of the majority guess that no number of images removes.
    """

    level: Floats
    slope: Floats
    floor: Floats | None = None

    def rows(self, rows: slice) -> "CurveDraws":
        """Return some of the draws."""
        floor = None if self.floor is None else self.floor[rows]
        return CurveDraws(self.level[rows], self.slope[rows], floor)


@dataclass(frozen=True, eq=False)
class DeclaredCurve:
    """Predictive error of one option of a project.

    Attributes
    ----------
    mean : CurveDraws
        Of all draws.
    majority_guess : float
        Ceiling of every error.
    saturating : bool
        Shape of the mean curve.
    sigma : ndarray of shape (n_draws,)
        Repeat-to-repeat sd of log10 error.
    path : DiscrepancyPath or PilotedPath
        Departure of the option's curve from its shape.
    law : Discrepancy
        How it is declared.
    """

    mean: CurveDraws
    majority_guess: float
    saturating: bool
    sigma: Floats
    path: DiscrepancyPath | PilotedPath
    law: Discrepancy

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return realised errors of shape (n_rows, n_images), in (0, majority guess].

        Below one image the majority guess is answered.
        """
        at_least_one = images >= 1
        log10_images = np.log10(np.where(at_least_one, images, 1.0))
        path = self.path.at(log10_images, rows)
        mean = self.mean.rows(rows)
        error = self._realised(mean, log10_images[:, None], path, self.noise(rows))
        error[~at_least_one] = self.majority_guess
        return error.T

    def data_needed(self, error_target: float, rows: slice = slice(None)) -> Floats:
        """Return total images at which the realised error first meets the target, (n_rows,).

        At least 1; infinite where it is not met within 10^8 images; 0 where the majority guess
        meets it. Between nodes log10 error is concave (without a floor), so no earlier crossing is
        missed; after the first one a wandering curve may rise above the target again.
        """
        mean = self.mean.rows(rows)
        if error_target >= self.majority_guess:
            return np.zeros_like(mean.level)
        log10_nodes = self.path.grid.log10_images()
        nodes, noise = self.path.nodes(0, len(log10_nodes) - 1, rows), self.noise(rows)
        met = self._realised(mean, log10_nodes[:, None], nodes.copy(), noise) <= error_target
        first = np.argmax(met, axis=0)
        draws = np.arange(len(first))
        before = np.maximum(first - 1, 0)
        left, right = nodes[before, draws], nodes[first, draws]
        low, width = log10_nodes[before], log10_nodes[first] - log10_nodes[before]

        def is_met(share: Floats) -> NDArray[np.bool_]:
            path = left + share * (right - left)
            return self._realised(mean, low + share * width, path, noise) <= error_target

        share = _first_true(is_met, len(first))
        return np.where(met.any(axis=0), np.power(10.0, low + share * width), np.inf)

    def realised(self, mean: CurveDraws, images: float, path: Floats, noise: Floats) -> Floats:
        """Return errors at one number of images for other parameters and departures, (n_rows,)."""
        if images < 1:
            return np.full_like(path, self.majority_guess)
        return self._realised(mean, np.log10(np.array(images)), path.copy(), noise)

    def _realised(
        self, mean: CurveDraws, log10_images: Floats, path: Floats, noise: Floats
    ) -> Floats:
        """Return capped errors; ``path`` is overwritten."""
        departure = path
        if not self.saturating:
            departure += noise
            departure *= LN10
            departure += LN10 * (mean.level + mean.slope * log10_images)
            np.minimum(departure, 0.0, out=departure)  # an error of 1: no ceiling is higher
            return np.minimum(np.exp(departure), self.majority_guess)
        # 1 + 10^-u, in place: this is where most of the time of a plan's forecasts goes
        decades = log10_images - REFERENCE_LOG10_IMAGES
        steepness, level = LN10 * mean.slope, LN10 * mean.level
        odds = steepness * decades
        odds -= level
        if (steepness * decades.max(initial=0.0) - level).max() > _LARGEST_EXPONENT:
            np.minimum(odds, _LARGEST_EXPONENT, out=odds)
        np.exp(odds, out=odds)
        odds += 1.0
        if self.law.at_chance != 1.0:
            departure *= self.law.height(_share_of_chance(mean, odds))
        departure += noise
        departure *= LN10
        departure += math.log(self.majority_guess)
        error = np.exp(departure, out=departure)
        if mean.floor is None:
            error /= odds
        else:
            error *= _share_of_chance(mean, odds)
        return np.minimum(error, self.majority_guess, out=error)

    def noise(self, rows: slice) -> Floats:
        """Return repeat-to-repeat noise of log10 error, one value per draw for all images."""
        return self.sigma[rows] * self.path.noise(rows)


@dataclass(frozen=True, eq=False)
class ProjectCurves:
    """Curves of all options of one project that share its pretraining and backbone.

    What belongs to the project is drawn once; what belongs to an architecture when it is asked for.
    With pilots every draw is conditioned on them.
    """

    posterior: Posterior
    project: Project
    luck: Luck
    grid: NodeGrid = NODES
    runs: tuple[PilotRun, ...] = ()

    @cached_property
    def update(self) -> PilotUpdate | None:
        """What the pilots say; None without any."""
        if not self.runs:
            return None
        return update_with_pilots(self.posterior, self.project, self.runs, self.luck, self.grid)

    def option(self, architecture: KnownArchitecture | None) -> Option:
        """Return the option of an architecture."""
        frozen = self.project.backbone is Backbone.FROZEN
        return Option(architecture, self.project.pretrained, frozen)

    def curve(self, architecture: KnownArchitecture | None) -> DeclaredCurve:
        """Return the curve of an architecture, or of one not named yet."""
        option = self.option(architecture)
        own = self.predictor_draws(option, own=True)
        drawn = {
            name: value + own[name] if name in own else value
            for name, value in self.shared_draws.items()
        }
        return self._declared(self.mean_curve(drawn), option)

    def predictor_draws(self, option: Option, *, own: bool) -> dict[str, Floats]:
        """Return draws of what an option owns or shares of each predictor, each (n_draws,)."""
        options = [option] if self.update is None else [option, *self.update.options]
        parts = prior_part(self.posterior, self.project, options, self.luck, own=own)
        if self.update is None:
            return {name: part.draw(self.luck)[:, 0] for name, part in parts.items()}
        return {name: self.update.draw(name, part, self.luck) for name, part in parts.items()}

    def mean_curve(self, predictors: dict[str, Floats]) -> CurveDraws:
        """Return curve parameters from the values of the predictors."""
        if not self.is_saturating:
            return CurveDraws(predictors["level"], predictors["slope"])
        floor = expit(predictors["floor"]) if "floor" in predictors else None
        return CurveDraws(predictors["level"], np.exp(predictors["slope"]), floor)

    @property
    def varies_by_architecture(self) -> bool:
        """Whether any predictor has effects of an architecture."""
        spec = self.posterior.spec
        groups = () if spec is None else spec.groups
        terms = () if spec is None else spec.terms
        return any("architecture" in group.by for group in groups) or any(
            {"top1", "log10_parameters"} & set(term.columns) for term in terms
        )

    @property
    def is_saturating(self) -> bool:
        """Shape of the mean curve."""
        return self.posterior.family == "saturating"

    @property  # not kept: a thousand projects would hold a third of a gigabyte
    def shared_prior(self) -> dict[str, GaussianPredictor]:
        """Part of the prior that all architectures share; its labels name no architecture."""
        return prior_part(self.posterior, self.project, [self.option(None)], self.luck, own=False)

    @cached_property
    def shared_draws(self) -> dict[str, Floats]:
        """Draws of what all architectures share, by predictor."""
        return self.predictor_draws(self.option(None), own=False)

    @cached_property
    def _prior_sizes(self) -> Floats | None:
        """How much the project's curves stray, before any pilot; the same for all its options."""
        spec = self.posterior.spec
        return None if spec is None else path_sizes(spec.discrepancy, self.luck)

    def _declared(self, mean: CurveDraws, option: Option) -> DeclaredCurve:
        spec = self.posterior.spec
        law = Discrepancy() if spec is None else spec.discrepancy
        sigma = self.posterior.draws["sigma"]
        moved = None if self.update is None else self.update.path(option)
        sizes = self._prior_sizes if self.update is None else self.update.sizes
        return DeclaredCurve(
            mean=mean,
            majority_guess=self.project.majority_guess_error,
            saturating=self.is_saturating,
            sigma=sigma if self.update is None else self.update.sigma,
            path=moved or DiscrepancyPath(law, self.luck, option.curve, self.grid, sizes),
            law=law,
        )


def _share_of_chance(mean: CurveDraws, odds: Floats) -> Floats:
    """Return the mean curve as a share of the majority guess, from 1 + 10^-u."""
    if mean.floor is None:
        return 1.0 / odds
    return np.asarray(mean.floor + (1.0 - mean.floor) / odds)


def _first_true(is_met: Callable[[Floats], NDArray[np.bool_]], n_draws: int) -> Floats:
    """Return the least share in [0, 1] from which a condition holds, given that it holds at 1."""
    low, high = np.zeros(n_draws), np.ones(n_draws)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        met = is_met(middle)
        high = np.where(met, middle, high)
        low = np.where(met, low, middle)
    return high
