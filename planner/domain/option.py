"""What a plan may choose for one project: architecture and images, with cost and chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Cents = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ProjectOptions:
    """Every option of one project, as parallel arrays of length ``n_options``.

    Money is in whole cents, so that sums are exact.

    Attributes
    ----------
    project : str
        Id.
    architectures : tuple of str
        Names that ``architecture_index`` points into.
    architecture_index : ndarray of int64
        Architecture of each option.
    images_total, images_to_buy : ndarray of int64
        Images trained on, and how many of them are bought.
    data_cents, training_cents, fixed_cents : ndarray of int64
        Cost by kind; a price range counts at its mean.
    chance : ndarray of float64
        Chance of target on the solve's draws, in [0, 1].
    expected_value : ndarray of float64
        Gross value expected, on the solve's draws.
    """

    project: str
    architectures: tuple[str, ...]
    architecture_index: NDArray[np.int64]
    images_total: NDArray[np.int64]
    images_to_buy: NDArray[np.int64]
    data_cents: Cents
    training_cents: Cents
    fixed_cents: Cents
    chance: NDArray[np.float64]
    expected_value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images_total)

    @property
    def total_cents(self) -> Cents:
        """Committed cost of each option, shared assets not included."""
        return self.data_cents + self.training_cents + self.fixed_cents

    @property
    def expected_net_value(self) -> NDArray[np.float64]:
        """Gross value expected minus committed cost."""
        return self.expected_value - self.total_cents / 100

    def architecture(self, index: int) -> str:
        """Return the architecture's name of one option."""
        return self.architectures[int(self.architecture_index[index])]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "ProjectOptions":
        """Return the options at ``rows`` alone."""
        return ProjectOptions(
            self.project,
            self.architectures,
            self.architecture_index[rows],
            self.images_total[rows],
            self.images_to_buy[rows],
            self.data_cents[rows],
            self.training_cents[rows],
            self.fixed_cents[rows],
            self.chance[rows],
            self.expected_value[rows],
        )
