"""The error curves of a declared model: every option of a project, joint in each draw.

A saturating curve is e(n) = e0 share(n) 10^(g + sigma z), with the error e0 it starts from (the
majority guess), the mean curve's share of it (see :mod:`planner.domain.model.curve_shape`), a
discrepancy path g and one noise z for all n, so that chances vary smoothly with n. A log-linear
curve is 10^(level + slope log10 n + ...). No realised error exceeds e0, none lies below the share
of the classes that n images cannot show.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import batched

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.model.covariates import ARCHITECTURE_COVARIATES, REFERENCE_LOG10_IMAGES
from planner.domain.model.curve_shape import LN10, fallen
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Discrepancy, Reference
from planner.domain.portfolio.project import Project
from planner.domain.unseen_classes import UnseenClasses
from planner.domain.vocabulary import Backbone
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.curves.mean_curve import CurveDraws, fall_at, share_of_start
from planner.forecasting.curves.meeting import TargetTest
from planner.forecasting.curves.own_effects import own_draws
from planner.forecasting.discrepancy import NODES, DiscrepancyPath, NodeGrid, path_sizes
from planner.forecasting.hierarchy import GaussianPredictor, Option, prior_part
from planner.forecasting.luck import Luck
from planner.forecasting.memory import at_hand
from planner.forecasting.pilots.path import PilotedPath
from planner.forecasting.pilots.runs import PilotRun
from planner.forecasting.pilots.update import PilotUpdate, update_with_pilots
from planner.forecasting.starts import start_error, unseen_classes

OWN_BATCH = 16
"""Architectures whose own effects are drawn side by side: a few megabytes."""

_BISECTIONS = 24  # an eighth of a decade halved so often: 1.7e-8 of the images


@dataclass(frozen=True, eq=False)
class DeclaredCurve:
    """Predictive error of one option of a project.

    Attributes
    ----------
    mean : CurveDraws
        Of all draws.
    start : float
        Error without images, the ceiling of every error.
    saturating : bool
        Shape of the mean curve.
    sigma : ndarray of shape (n_draws,)
        Repeat-to-repeat sd of log10 error.
    path : DiscrepancyPath or PilotedPath
        Departure of the option's curve from its shape.
    law : Discrepancy
        How it is declared.
    reference : float
        log10 images at which level and slope are defined.
    unseen : UnseenClasses or None
        What images that show too few classes leave wrong.
    """

    mean: CurveDraws
    start: float
    saturating: bool
    sigma: Floats
    path: DiscrepancyPath | PilotedPath
    law: Discrepancy
    reference: float = REFERENCE_LOG10_IMAGES
    unseen: UnseenClasses | None = None

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return realised errors of shape (n_rows, n_images), in (0, start].

        Below one image the start is all there is.
        """
        at_least_one = images >= 1
        log10_images = np.log10(np.where(at_least_one, images, 1.0))
        path = self.path.at(log10_images, rows)
        mean = self.mean.rows(rows)
        error, noise = path, self.noise(rows)
        fall = fall_at(log10_images[:, None] - self.reference, mean.decay)
        for block in at_hand(error.shape):
            here = log10_images[block, None]
            error[block] = self._realised(mean, here, path[block], noise, fall[block])
        if self.unseen is not None:
            least = np.minimum(self.unseen.least_error(images), self.start)  # but for rounding
            np.maximum(error, least[:, None], out=error)
        error[~at_least_one] = self.start
        return error.T

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return where the error meets a target, shape (n_images, n_rows).

        What comparing :meth:`error` with it gives, but for errors that are the target to the last
        digit, in a fraction of the time: see :mod:`planner.forecasting.curves.meeting`.
        """
        if not self.is_quick(error_target):
            return np.asarray(np.less_equal(self.error(images, rows).T, error_target))
        test = TargetTest(
            images, error_target, self.start, rows, self.law, self.reference, self.unseen
        )
        return test.met(self.mean.rows(rows), self.path, self.noise(rows))

    def is_quick(self, error_target: float) -> bool:
        """Return whether a target can be compared as logarithms."""
        return error_target < self.start and self.saturating and self.mean.floor is None

    def data_needed(
        self, error_target: float, rows: slice = slice(None), about: float | None = None
    ) -> Floats:
        """Return total images at which the realised error first meets the target, (n_rows,).

        At least 1; infinite where it is not met within 10^8 images; 0 where the start meets it.
        Where the largest run misses the target, images before it do not count as meeting it.
        Between nodes log10 error is nearly straight, so hardly any earlier crossing is missed;
        after the first one a wandering curve may rise above the target again. Where only the side
        of some number of images (``about``) counts, other draws are told to the next node.
        """
        mean = self.mean.rows(rows)
        if error_target >= self.start:
            return np.zeros_like(mean.level)
        log10_nodes = self.path.grid.log10_images()
        nodes, noise = self.path.nodes(0, len(log10_nodes) - 1, rows), self.noise(rows)
        met = self._realised(mean, log10_nodes[:, None], nodes.copy(), noise) <= error_target
        if isinstance(self.path, PilotedPath):
            last = int(np.searchsorted(log10_nodes, min(self.path.last, log10_nodes[-1])))
            met[:last] &= met[last]  # what the last run does not meet takes more images than it had
        shown = self._shown(error_target)
        met &= (log10_nodes >= math.log10(shown))[:, None]
        first = np.argmax(met, axis=0)
        draws = np.arange(len(first))
        before = np.maximum(first - 1, 0)
        left, right = nodes[before, draws], nodes[first, draws]
        low, width = log10_nodes[before], log10_nodes[first] - log10_nodes[before]

        near = draws if about is None else _around(about, low, width)
        few, left, right, noise = mean.rows(near), left[near], right[near], noise[near]

        def is_met(share: Floats) -> NDArray[np.bool_]:
            path, at = left + share * (right - left), low[near] + share * width[near]
            errors = self._realised(few, at, path, noise)
            return np.asarray((errors <= error_target) & (at >= math.log10(shown)))

        share = np.ones(len(first))
        share[near] = _first_true(is_met, len(near))
        needed = np.where(met.any(axis=0), np.power(10.0, low + share * width), np.inf)
        return np.maximum(needed, shown)

    def _shown(self, error_target: float) -> float:
        return 1.0 if self.unseen is None else self.unseen.images_for(error_target)

    def realised(self, mean: CurveDraws, images: float, path: Floats, noise: Floats) -> Floats:
        """Return errors at one number of images for other parameters and departures, (n_rows,)."""
        if images < 1:
            return np.full_like(path, self.start)
        return self._realised(mean, np.log10(np.array(images)), path.copy(), noise)

    def _realised(
        self,
        mean: CurveDraws,
        log10_images: Floats,
        path: Floats,
        noise: Floats,
        fall: Floats | None = None,
    ) -> Floats:
        """Return capped errors; ``path`` is overwritten. ``fall`` may be known already."""
        departure = path
        if not self.saturating:
            departure += noise
            departure *= LN10
            departure += LN10 * (mean.level + mean.slope * log10_images)
            np.minimum(departure, 0.0, out=departure)  # an error of 1: no ceiling is higher
            return np.minimum(np.exp(departure), self.start)
        if fall is None:
            fall = fallen(log10_images - self.reference, mean.decay)
        share = share_of_start(mean, fall)
        if self.law.at_chance != 1.0:
            departure *= self.law.height(share)
        departure += noise
        departure *= LN10
        departure += math.log(self.start)
        error = np.exp(departure, out=departure)
        error *= share
        return np.minimum(error, self.start, out=error)

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
        return self._declared(self.mean_curve(drawn), option, unseen_classes(self.project))

    def meets(
        self,
        architectures: Iterable[KnownArchitecture | None],
        images: Floats,
        error_target: float,
        rows: slice,
    ) -> Iterator[Flags]:
        """Yield where each architecture meets a target, shape (n_images, n_rows).

        What they share is computed once: the fall of the mean curve, and, some architectures at a
        time, the draws of their own effects.
        """
        options = [self.option(architecture) for architecture in architectures]
        if self.update is not None or not self._is_quick(error_target):
            yield from (x.meets(images, error_target, rows) for x in self._curves(options))
            return
        unseen, law, sizes = unseen_classes(self.project), self._law, self._prior_sizes
        test = TargetTest(images, error_target, self._start, rows, law, self._reference, unseen)
        sigma = self.posterior.draws["sigma"][rows]
        for option, mean in self._mean_curves(options, rows):
            path = DiscrepancyPath(law, self.luck, option.curve, self.grid, sizes)
            yield test.met(mean, path, sigma * path.noise(rows))

    def _curves(self, options: Sequence[Option]) -> Iterator[DeclaredCurve]:
        """Yield the curves of some options, the same as one by one."""
        if self.update is not None:
            yield from (self.curve(option.architecture) for option in options)
            return
        unseen = unseen_classes(self.project)
        for option, mean in self._mean_curves(options, slice(None)):
            yield self._declared(mean, option, unseen)

    def _is_quick(self, error_target: float) -> bool:
        floors = self.posterior.spec is None or "floor" in self.posterior.spec.predictors
        return error_target < self._start and self.is_saturating and not floors

    def _mean_curves(
        self, options: Sequence[Option], rows: slice
    ) -> Iterator[tuple[Option, CurveDraws]]:
        """Yield the mean curves of some options before any pilot, in some draws.

        Parameters that no option has of its own are the same arrays in all of them.
        """
        shared = {name: values[rows] for name, values in self.shared_draws.items()}
        alike = self.mean_curve(shared)
        for some in batched(options, OWN_BATCH):
            owned = own_draws(self.posterior, self.project, some, self.luck, rows)
            for option, own in zip(some, owned, strict=True):
                moved = {name: shared[name] + values for name, values in own.items()}
                if self.is_saturating and moved.keys() == {"level"}:
                    yield option, replace(alike, level=moved["level"])
                else:
                    yield option, self.mean_curve(shared | moved)

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
        logs = {"decay": "decay", "exponent": "ceiling"}
        found = {own: np.exp(predictors[name]) for own, name in logs.items() if name in predictors}
        return CurveDraws(predictors["level"], np.exp(predictors["slope"]), floor, **found)

    @property
    def varies_by_architecture(self) -> bool:
        """Whether any predictor has effects of an architecture."""
        spec = self.posterior.spec
        groups = () if spec is None else spec.groups
        terms = () if spec is None else spec.terms
        return any("architecture" in group.by for group in groups) or any(
            set(ARCHITECTURE_COVARIATES) & set(term.columns) for term in terms
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
    def _start(self) -> float:
        """Error without images; all options have the project's own backbone."""
        return start_error(self.project, frozen=self.project.backbone is Backbone.FROZEN)

    @cached_property
    def _prior_sizes(self) -> Floats | None:
        """How much the project's curves stray, before any pilot; the same for all its options."""
        spec = self.posterior.spec
        return None if spec is None else path_sizes(spec.discrepancy, self.luck)

    def _declared(
        self, mean: CurveDraws, option: Option, unseen: UnseenClasses | None
    ) -> DeclaredCurve:
        sigma = self.posterior.draws["sigma"]
        moved = None if self.update is None else self.update.path(option)
        sizes = self._prior_sizes if self.update is None else self.update.sizes
        return DeclaredCurve(
            mean=mean,
            start=self._start,
            saturating=self.is_saturating,
            sigma=sigma if self.update is None else self.update.sigma,
            path=moved or DiscrepancyPath(self._law, self.luck, option.curve, self.grid, sizes),
            law=self._law,
            reference=self._reference,
            unseen=unseen,
        )

    @property
    def _law(self) -> Discrepancy:
        return Discrepancy() if self.posterior.spec is None else self.posterior.spec.discrepancy

    @property
    def _reference(self) -> float:
        """Return log10 images at which level and slope are defined."""
        reference = Reference() if self.posterior.spec is None else self.posterior.spec.reference
        return -float(reference.decades(0.0, self.project.relative_complexity))


def _around(images: float, low: Floats, width: Floats) -> Rows:
    """Return the draws whose step between nodes holds a number of images, or nearly so."""
    at, margin = math.log10(max(images, 1.0)), 1e-6
    return np.flatnonzero((low - margin <= at) & (at <= low + width + margin))


def _first_true(is_met: Callable[[Floats], NDArray[np.bool_]], n_draws: int) -> Floats:
    """Return the least share in [0, 1] from which a condition holds, given that it holds at 1."""
    low, high = np.zeros(n_draws), np.ones(n_draws)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        met = is_met(middle)
        high = np.where(met, middle, high)
        low = np.where(met, low, middle)
    return high
