"""Equally likely outcomes of a plan, for its S-curves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Draws


@dataclass(frozen=True, eq=False)
class PlanDraws:
    """Outcomes of a plan on the draws that the solve never saw.

    Attributes
    ----------
    cost, net_value : ndarray of shape (n_draws,)
        In currency; their quantiles are those of the plan's risk.
    targets : ndarray of shape (n_draws,)
        Number of funded projects that meet their target.
    """

    cost: Draws
    net_value: Draws
    targets: NDArray[np.int64]
