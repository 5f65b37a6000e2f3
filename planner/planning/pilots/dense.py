"""Worth and spend of a few options in a few draws, as arrays: what is left after an outcome.

Under a measure of risk a plan after an outcome looks at the draws that agree with it.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows

__all__ = ["DenseOutcomes"]


@dataclass(frozen=True, eq=False)
class DenseOutcomes:
    """The :class:`planner.offering.problem.Outcomes` of some options in some draws.

    Attributes
    ----------
    worth : ndarray of shape (n_options, n_draws)
        What the objective counts.
    spend : ndarray of shape (n_options, n_draws)
        In cents, shared assets not included.
    """

    worth: Floats
    spend: Floats

    @property
    def n_draws(self) -> int:
        """Number of equally likely draws."""
        return int(self.worth.shape[1])

    def worth_at(self, weights: Floats) -> Floats:
        """Return the weighted sum of worth of every option, shape (n_options,)."""
        return np.asarray(self.worth @ weights)

    def worth_draws(self, options: Rows) -> Floats:
        """Return the worth of some options in every draw, shape (len(options), n_draws)."""
        return self.worth[options]

    def spend_at(self, weights: Floats) -> Floats:
        """Return the weighted sum of spend of every option in cents, shape (n_options,)."""
        return np.asarray(self.spend @ weights)

    def spend_draws(self, options: Rows) -> Floats:
        """Return the spend of some options in every draw in cents, shape (len, n_draws)."""
        return self.spend[options]
