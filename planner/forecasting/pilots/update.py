"""How do a project's own measurements change its forecast?

Given a draw of what all projects share, levels and log slopes of a project's options are jointly
Gaussian, and a pilot measures the curve they make, plus a discrepancy and noise. Importance
sampling in three steps, for all draws at once:

1. Gauss-Newton finds the mode of every draw's own posterior; slopes (and floors) are proposed from
   its Student-t Laplace approximation.
2. Given those, levels are proposed from a second Laplace approximation. Level and slope lie on a
   curved ridge when the pilots are far from the reference size; one Gaussian would miss it.
3. Weights are exact, so draws of the population are reweighted too, unless the model was fitted
   with these very pilots. They are Pareto-smoothed, and resampled so that a row that survives
   keeps its place: row s stays one state of the world for every project.

Where curves stray more in one project than in another, the size of its discrepancy is one more
unknown: each draw has its own, and the weights tell which sizes the pilots agree with.

Options without pilots follow by Matheron's rule: prior draws plus the covariance times what the
piloted options moved by. Discrepancies of piloted options do the same along images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats, Places
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.pilot_record import pilots_digest, recorded_pilots
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Warning_
from planner.domain.words.warnings import forecasts as words
from planner.forecasting.discrepancy import NODES, NodeGrid
from planner.forecasting.hierarchy import GaussianPredictor, Option
from planner.forecasting.luck import Luck
from planner.forecasting.pilots.path import PilotedPath
from planner.forecasting.pilots.proposal import UpdateQuality, condition, condition_within_draws
from planner.forecasting.pilots.runs import PilotRun
from planner.forecasting.pilots.scene import Scene, reindexed

"""What a refit with pilots takes, as measured."""


@dataclass(frozen=True, eq=False)
class PilotUpdate:
    """A project's draws after its pilots.

    Attributes
    ----------
    index : ndarray of int, shape (n_draws,)
        Population draw behind each row.
    quality : UpdateQuality
        Of the weights.
    warnings : tuple of Warning_
        Where they cannot be relied on.
    sigma : ndarray of shape (n_draws,)
        Repeat noise in each row.
    sizes : ndarray of shape (n_draws,), or None
        Of the project's discrepancy in each row; None for the declared scale.
    """

    index: Places
    quality: UpdateQuality
    warnings: tuple[Warning_, ...]
    sigma: Floats
    sizes: Floats | None
    _options: tuple[Option, ...]
    _pulls: Mapping[str, Floats]
    _paths: Mapping[Option, PilotedPath]

    @property
    def options(self) -> tuple[Option, ...]:
        """Options with pilots."""
        return self._options

    def draw(self, name: str, joint: GaussianPredictor, luck: Luck) -> Floats:
        """Return conditioned draws of one predictor of one option, shape (n_draws,).

        Parameters
        ----------
        name : str
            ``level``, ``slope`` or ``floor``.
        joint : GaussianPredictor
            Prior of the option, and then of :attr:`options`, before the update. It may be a part
            of the predictor: parts are independent and their draws add up.
        luck : Luck
            Of the project.
        """
        drawn = reindexed(first_option(joint), self.index).draw(luck)[:, 0]
        others = range(1, len(self._options) + 1)
        covariance = joint.covariance([0], others)[self.index, 0]
        return np.asarray(drawn + np.einsum("so,os->s", covariance, self._pulls[name]))

    def path(self, option: Option) -> PilotedPath | None:
        """Return the discrepancy of an option that was piloted, None for any other."""
        return self._paths.get(option)


def update_with_pilots(
    posterior: Posterior,
    project: Project,
    runs: Sequence[PilotRun],
    luck: Luck,
    grid: NodeGrid = NODES,
) -> PilotUpdate:
    """Condition a project's draws on its pilots.

    Parameters
    ----------
    posterior : Posterior
        Of family ``saturating``, with a declaration.
    project : Project
        Whose pilots they are.
    runs : sequence of PilotRun
        From :func:`planner.forecasting.pilots.runs.read_runs`, at least one.
    luck : Luck
        Of the project.
    grid : NodeGrid
        Nodes of the discrepancy.

    Returns
    -------
    PilotUpdate
        With a warning where the weights cannot be relied on even at the second try.
    """
    scene = Scene.build(posterior, project, runs, luck)
    recorded = recorded_pilots(posterior.provenance, project)
    is_fitted = recorded is not None and recorded == pilots_digest(project)
    chosen = condition_within_draws(scene) if is_fitted else condition(scene)
    return PilotUpdate(
        index=chosen.index,
        quality=chosen.quality,
        warnings=(
            *_quality_warnings(project, chosen.quality),
            *(() if is_fitted or recorded is None else _changed_since(project)),
        ),
        sigma=chosen.sigma,
        sizes=chosen.sizes,
        _options=scene.options,
        _pulls=scene.pulls(chosen.standardised, chosen.index),
        _paths=scene.paths(chosen.standardised, chosen.index, chosen.sigma, chosen.sizes, grid),
    )


def first_option(joint: GaussianPredictor) -> GaussianPredictor:
    """Return the prior of the first option alone."""
    components = tuple(
        replace(part, labels=part.labels[:1], times=part.times[:1], variance=part.variance[:, :1])
        for part in joint.components
    )
    return GaussianPredictor(joint.mean[:, :1], components)


def _quality_warnings(project: Project, quality: UpdateQuality) -> tuple[Warning_, ...]:
    if quality.is_reliable:
        return ()
    message = words.update_unreliable(quality.k_hat, quality.effective_draws)
    field = f"projects[{project.id}].pilots"
    return (Warning_("PILOT_UPDATE_UNRELIABLE", project.id, field, message),)


def _changed_since(project: Project) -> tuple[Warning_, ...]:
    field = f"projects[{project.id}].pilots"
    return (Warning_("PILOTS_SINCE_REFIT", project.id, field, words.PILOTS_SINCE_REFIT),)
