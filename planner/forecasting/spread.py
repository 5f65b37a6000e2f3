"""Where does the width of a forecast come from?

One source at a time: the variance of log10 error when only that source varies, over the forecast's
own draws, and everything else stands at its mean. Shares are of the sum of these variances; what
sources do together (the ceiling bends their sum a little) belongs to none of them.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.facts.spread import Source
from planner.domain.json_shape import IN_WORDS
from planner.domain.words.spread import spread_words
from planner.forecasting.hierarchy import Component, GaussianPredictor, prior_part

if TYPE_CHECKING:
    from planner.forecasting.architectures import KnownArchitecture
    from planner.forecasting.curves.saturating import ProjectCurves


@dataclass(frozen=True)
class SpreadSources:
    """Shares of the variance of log10 error at a number of images, by source.

    Attributes
    ----------
    images : float
        Total labelled images trained on.
    coefficients : float
        What all projects share and the fit leaves uncertain.
    data_set : float
        How much a data set never seen may differ; only a pilot narrows it. With pilots: all that
        they leave open about the project, since they tie its effects to the coefficients.
    architecture : float
        Uncertainty of the effect of the architecture.
    discrepancy_and_noise : float
        A single curve's departure from its shape, and repeat-to-repeat noise. For a model with one
        residual for all that is not in its coefficients: that residual.
    shares : tuple of (Source, float)
        All of them as they were told apart.
    sentence : str
        The same in words.
    """

    images: float
    coefficients: float
    data_set: float
    architecture: float
    discrepancy_and_noise: float
    shares: tuple[tuple[Source, float], ...] = field(metadata={IN_WORDS: ("sentence",)})

    @property
    def sentence(self) -> str:
        """The shares in words."""
        return spread_words(self.images, self.shares)

    @classmethod
    def from_variances(cls, images: float, **variances: float) -> "SpreadSources":
        """Return shares.

        ``residual`` counts as discrepancy and noise, ``project`` as data set.
        """
        total = sum(variances.values())
        shares = {name: value / total if total > 0 else 0.0 for name, value in variances.items()}
        return cls(
            images=images,
            coefficients=shares.get("coefficients", 0.0),
            data_set=shares.get("data_set", 0.0) + shares.get("project", 0.0),
            architecture=shares.get("architecture", 0.0),
            discrepancy_and_noise=shares.get("discrepancy_and_noise", 0.0)
            + shares.get("residual", 0.0),
            shares=tuple((Source(name), share) for name, share in shares.items()),
        )


def spread_sources(
    curves: "ProjectCurves", architecture: "KnownArchitecture | None", images: float
) -> SpreadSources:
    """Return the sources of spread of one option under a declared model.

    Parameters
    ----------
    curves : ProjectCurves
        Of the project.
    architecture : KnownArchitecture or None
        None for one not named yet.
    images : float
        Total labelled images trained on.
    """
    curve = curves.curve(architecture)
    option = curves.option(architecture)
    if curves.update is None:
        own = prior_part(curves.posterior, curves.project, [option], curves.luck, own=True)
        nothing = GaussianPredictor(np.zeros((curves.posterior.n_draws, 1)))
        parts = {
            name: _by_source(shared, own.get(name, nothing), curves)
            for name, shared in curves.shared_prior.items()
        }
    else:
        mine = curves.predictor_draws(option, own=True)
        parts = {
            name: {"project": shared, "architecture": mine.get(name, np.zeros_like(shared))}
            for name, shared in curves.shared_draws.items()
        }
    path = curve.path.at(np.log10([max(images, 1.0)]), slice(None))[0]
    noise = curve.noise(slice(None))

    def variance(source: str) -> float:
        values = {
            name: np.sum(
                [
                    draws if key == source else np.full_like(draws, draws.mean())
                    for key, draws in found.items()
                ],
                axis=0,
            )
            for name, found in parts.items()
        }
        if source == "discrepancy_and_noise":
            errors = curve.realised(curves.mean_curve(values), images, path, noise)
        else:
            still = np.zeros_like(path)
            errors = curve.realised(curves.mean_curve(values), images, still, still)
        return float(np.var(np.log10(errors)))

    sources = [source for found in parts.values() for source in found]
    names = dict.fromkeys((*sources, "discrepancy_and_noise"))
    return SpreadSources.from_variances(images, **{name: variance(name) for name in names})


def _by_source(
    shared: GaussianPredictor, own: GaussianPredictor, curves: "ProjectCurves"
) -> dict[str, Floats]:
    """Return the parts of one predictor by source, each of shape (n_draws,)."""

    def drawn(components: list[Component]) -> Floats:
        still = np.zeros_like(shared.mean)
        return GaussianPredictor(still, tuple(components)).draw(curves.luck)[:, 0]

    of_curve = [part for part in own.components if part.per_curve]
    of_architecture = [part for part in own.components if not part.per_curve]
    return {
        "coefficients": shared.mean[:, 0],
        "data_set": drawn(list(shared.components)),
        "architecture": own.mean[:, 0] + drawn(of_architecture),
        "discrepancy_and_noise": drawn(of_curve),
    }
