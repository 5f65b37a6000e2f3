"""The error curves of a declared model: every option of a project, joint in each draw.

A saturating curve is e(n) = e0 share(n) 10^(g + sigma z), with the error e0 it starts from (the
majority guess), the mean curve's share of it (see :mod:`planner.domain.model.curve_shape`), a
discrepancy path g and one noise z for all n, so that chances vary smoothly with n. A log-linear
curve is 10^(level + slope log10 n + ...). No realised error exceeds e0, none lies below the share
of the classes that n images cannot show.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import batched

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.model.covariates import ARCHITECTURE_COVARIATES, REFERENCE_LOG10_IMAGES
from planner.domain.model.curve_shape import LARGEST_EXPONENT, LN10, fallen
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Discrepancy, Reference
from planner.domain.portfolio.project import Project
from planner.domain.unseen_classes import UnseenClasses
from planner.domain.vocabulary import Backbone
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.discrepancy import NODES, DiscrepancyPath, NodeGrid, path_sizes
from planner.forecasting.hierarchy import GaussianPredictor, Option, prior_part
from planner.forecasting.luck import Luck
from planner.forecasting.pilots.path import PilotedPath
from planner.forecasting.pilots.runs import PilotRun
from planner.forecasting.pilots.update import PilotUpdate, update_with_pilots
from planner.forecasting.starts import start_error, unseen_classes

type FallOf = Callable[[Floats, Floats | None], Floats]
"""Decades fallen by decades of images and decay: :func:`fallen`, or a keeper of its last answer."""

OWN_BATCH = 16
"""Architectures whose own effects are drawn side by side: a few megabytes."""

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
    decay : ndarray or None
        How fast the fall slackens per decade of images.
    exponent : ndarray or None
        Of the curve near chance; 1 without one.
    """

    level: Floats
    slope: Floats
    floor: Floats | None = None
    decay: Floats | None = None
    exponent: Floats | None = None

    def rows(self, rows: slice | Rows) -> "CurveDraws":
        """Return some of the draws."""

        def kept(values: Floats | None) -> Floats | None:
            return None if values is None else values[rows]

        others = (kept(self.floor), kept(self.decay), kept(self.exponent))
        return CurveDraws(self.level[rows], self.slope[rows], *others)


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
        error = self._realised(mean, log10_images[:, None], path, self.noise(rows), _fall_at)
        if self.unseen is not None:
            least = np.minimum(self.unseen.least_error(images), self.start)  # but for rounding
            np.maximum(error, least[:, None], out=error)
        error[~at_least_one] = self.start
        return error.T

    def meets(
        self, images: Floats, error_target: float, rows: slice, fall: FallOf = fallen
    ) -> Flags:
        """Return where the error meets a target, shape (n_images, n_rows).

        What comparing :meth:`error` with it gives, but for errors that are the target to the last
        digit, in a third of the time: both sides are compared as logarithms, and what is left of
        the departure near chance is only computed where it decides.
        """
        if error_target >= self.start or not self.saturating or self.mean.floor is not None:
            return np.asarray(np.less_equal(self.error(images, rows).T, error_target))
        at_least_one = images >= 1
        log10_images = np.log10(np.where(at_least_one, images, 1.0))
        met = self._within(
            self.mean.rows(rows),
            fall(log10_images[:, None] - self.reference, self._decay(rows)),
            self.path.at(log10_images, rows),
            math.log10(error_target / self.start) - self.noise(rows),
        )
        met[~at_least_one] = False
        if self.unseen is not None:
            met[self.unseen.least_error(images) > error_target] = False
        return met

    def _decay(self, rows: slice) -> Floats | None:
        return None if self.mean.decay is None else self.mean.decay[rows]

    def _within(self, mean: CurveDraws, fall: Floats, path: Floats, room: Floats) -> Flags:
        """Return where log10 of the error's share of the start stays within its room."""
        unit = LN10 if mean.exponent is None else LN10 / mean.exponent
        depth = np.multiply(fall, mean.slope * unit)
        depth -= mean.level * unit
        np.minimum(depth, LARGEST_EXPONENT, out=depth)
        np.exp(depth, out=depth)
        np.log1p(depth, out=depth)
        depth /= unit  # how far log10 of the mean curve lies below that of the start
        depth += room
        met = np.less_equal(path, depth)
        if self.law.at_chance == 1.0:
            return np.asarray(met)
        unsure = np.flatnonzero(met != np.less_equal(self.law.at_chance * path, depth))
        left = depth.ravel()[unsure]
        share = np.power(10.0, room[unsure % len(room)] - left)
        met.ravel()[unsure] = path.ravel()[unsure] * self.law.height(share) <= left
        return np.asarray(met)

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
        fall: FallOf = fallen,
    ) -> Floats:
        """Return capped errors; ``path`` is overwritten."""
        departure = path
        if not self.saturating:
            departure += noise
            departure *= LN10
            departure += LN10 * (mean.level + mean.slope * log10_images)
            np.minimum(departure, 0.0, out=departure)  # an error of 1: no ceiling is higher
            return np.minimum(np.exp(departure), self.start)
        share = _share_of_start(mean, log10_images - self.reference, fall)
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
        fall = _LastFall()
        for some in batched(architectures, OWN_BATCH):
            for curve in self._curves([self.option(architecture) for architecture in some]):
                yield curve.meets(images, error_target, rows, fall)

    def _curves(self, options: Sequence[Option]) -> Iterator[DeclaredCurve]:
        """Yield the curves of some options, the same as one by one."""
        if self.update is not None:
            yield from (self.curve(option.architecture) for option in options)
            return
        parts = prior_part(self.posterior, self.project, options, self.luck, own=True)
        own = {name: np.ascontiguousarray(x.draw(self.luck).T) for name, x in parts.items()}
        unseen = unseen_classes(self.project)
        for place, option in enumerate(options):
            drawn = {
                name: value + own[name][place] if name in own else value
                for name, value in self.shared_draws.items()
            }
            yield self._declared(self.mean_curve(drawn), option, unseen)

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
        spec = self.posterior.spec
        law = Discrepancy() if spec is None else spec.discrepancy
        sigma = self.posterior.draws["sigma"]
        moved = None if self.update is None else self.update.path(option)
        sizes = self._prior_sizes if self.update is None else self.update.sizes
        return DeclaredCurve(
            mean=mean,
            start=self._start,
            saturating=self.is_saturating,
            sigma=sigma if self.update is None else self.update.sigma,
            path=moved or DiscrepancyPath(law, self.luck, option.curve, self.grid, sizes),
            law=law,
            reference=self._reference,
            unseen=unseen,
        )

    @property
    def _reference(self) -> float:
        """Return log10 images at which level and slope are defined."""
        reference = Reference() if self.posterior.spec is None else self.posterior.spec.reference
        return -float(reference.decades(0.0, self.project.relative_complexity))


class _LastFall:
    """:func:`fallen`, kept from one architecture to the next as long as the decay is the same."""

    def __init__(self) -> None:
        self._last: tuple[Floats, Floats] | None = None

    def __call__(self, decades: Floats, decay: Floats | None) -> Floats:
        if decay is None:
            return decades
        if self._last is None or not np.array_equal(decay, self._last[0]):
            self._last = decay, fallen(decades, decay)
        return self._last[1]


def _fall_at(decades: Floats, decay: Floats | None) -> Floats:
    """Return :func:`fallen` at images, shape (n, 1), which all architectures of a project share."""
    return decades if decay is None else _kept_fall(decades.tobytes(), decay.tobytes())


@lru_cache(maxsize=4)  # grids of images that are asked for in turn
def _kept_fall(decades: bytes, decay: bytes) -> Floats:
    found = fallen(np.frombuffer(decades)[:, None], np.frombuffer(decay))
    found.setflags(write=False)
    return found


def _share_of_start(mean: CurveDraws, decades: Floats, fall: FallOf = fallen) -> Floats:
    """Return the mean curve as a share of its start; decades are those beyond the reference.

    The same as :func:`planner.domain.model.curve_shape.log10_share`, in place where it can be: most
    of the time of a plan's forecasts goes here.
    """
    odds = np.asarray(fall(decades, mean.decay) * mean.slope)
    odds -= mean.level
    odds *= LN10 if mean.exponent is None else LN10 / mean.exponent
    np.minimum(odds, LARGEST_EXPONENT, out=odds)
    np.exp(odds, out=odds)
    if mean.exponent is None:
        odds += 1.0
        share = np.divide(1.0, odds, out=odds)
    else:
        np.log1p(odds, out=odds)
        odds *= -mean.exponent
        share = np.exp(odds, out=odds)
    return share if mean.floor is None else np.asarray(mean.floor + (1.0 - mean.floor) * share)


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
