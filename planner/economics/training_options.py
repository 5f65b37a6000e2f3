"""What does every choice of architecture and images cost, to the cent?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.economics.data import committed_data_cents, images_to_buy
from planner.economics.money import Cents, to_cents
from planner.economics.training import TrainingRate

__all__ = ["PricedImages", "price_images"]


@dataclass(frozen=True, eq=False)
class PricedImages:
    """Committed costs of training on each number of images, in whole cents.

    Attributes
    ----------
    to_buy : ndarray of int64, shape (n,)
        Images not held yet.
    data_cents, fixed_cents : ndarray of int64, shape (n,)
        Buying them, and setting up the collection.
    training_cents : ndarray of int64, shape (n_architectures, n)
        Training on all images, for every trial.
    """

    to_buy: NDArray[np.int64]
    data_cents: Cents
    fixed_cents: Cents
    training_cents: Cents


def price_images(
    project: Project,
    images_total: NDArray[np.int64],
    rates: Sequence[TrainingRate],
    compute: Compute,
    from_pools: NDArray[np.int64] | None = None,
) -> PricedImages:
    """Return the committed cost of each architecture at each number of images.

    Training runs on all ``images_total``, those held included: held images are free, so using them
    costs compute alone.

    Parameters
    ----------
    project : Project
        Its images held, price and fixed cost.
    images_total : ndarray of int64, shape (n,)
        Images trained on.
    rates : sequence of TrainingRate
        From :func:`planner.economics.training.price_training`.
    compute : Compute
        Its epochs and trials.
    from_pools : ndarray of int64, shape (n,), optional
        Images that come from shared data sets, which the project does not pay for itself.

    Raises
    ------
    InputError
        A cost is too large to be counted to the cent.
    """
    totals = np.asarray(images_total, dtype=np.int64)
    trained = totals.astype(np.float64)
    to_buy = images_to_buy(project.images, totals)
    if from_pools is not None:
        to_buy = to_buy - from_pools
    here = f"projects[{project.id}]"
    fixed = to_cents(float(project.images.fixed_cost), f"{here}.images.fixed_cost")
    passes = compute.epochs * compute.trials
    per_image = np.array([rate.usd_per_image_epoch * passes for rate in rates], dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # too large is answered by to_cents
        training = np.multiply.outer(per_image, trained)
    return PricedImages(
        to_buy=to_buy,
        data_cents=committed_data_cents(project.images, to_buy, f"{here}.images.price"),
        fixed_cents=np.where(to_buy > 0, np.int64(fixed), np.int64(0)),
        training_cents=to_cents(training, f"{here}.images.limit"),
    )
