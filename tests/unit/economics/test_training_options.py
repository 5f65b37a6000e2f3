"""Every choice priced to the cent."""

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Basis
from planner.economics.training import TrainingRate, price_training
from planner.economics.training_options import price_images
from planner.errors import InputError
from planner.reference.tables import load_catalogue


def project(**images: float) -> Project:
    return Project(id="a", classes=2, target_error=0.1, images=Images(**images))  # type: ignore[arg-type]


def test_the_published_example_prices_to_the_cent() -> None:
    """Figure 2 with Eq. 4: 149,000 images for 93,423.00, trained on all 200,000."""
    compute = Compute(basis=Basis.PAPER)
    catalogue = load_catalogue()
    rates = price_training([catalogue.architecture("EfficientNet-B0")], compute, catalogue)
    priced = price_images(
        project(held=51_000, limit=200_000, price=0.627), np.array([200_000]), rates, compute
    )
    assert priced.to_buy.tolist() == [149_000]
    assert priced.data_cents.tolist() == [9_342_300]
    assert priced.training_cents.tolist() == [[round(3e-9 * 2 * 5_288_548 * 50 * 3 * 200_000)]]
    assert priced.fixed_cents.tolist() == [0]


def test_the_set_up_is_paid_once_and_only_with_images() -> None:
    """The fixed cost comes with the first image bought, and not before."""
    rates = (TrainingRate("x", 1e-3, None, ""), TrainingRate("y", 2e-3, None, ""))
    priced = price_images(
        project(held=10, limit=1000, price=1.0, fixed_cost=99.995),
        np.array([0, 10, 11, 1000]),
        rates,
        Compute(epochs=5, trials=2),
    )
    assert priced.fixed_cents.tolist() == [0, 0, 10_000, 10_000]
    assert priced.data_cents.tolist() == [0, 0, 100, 99_000]
    assert priced.training_cents.tolist() == [[0, 10, 11, 1000], [0, 20, 22, 2000]]
    assert all(
        cents.dtype == np.int64
        for cents in (priced.to_buy, priced.data_cents, priced.fixed_cents, priced.training_cents)
    )


def test_no_rates_give_no_rows() -> None:
    """Without architectures the training table is empty, with its columns."""
    priced = price_images(project(limit=5), np.array([1, 5]), (), Compute())
    assert priced.training_cents.shape == (0, 2)


@pytest.mark.parametrize(
    ("images", "epochs", "place"),
    [
        ({"limit": 10**12, "price": 1e9}, 1, "price"),
        ({"limit": 10**12, "price": 0.0}, 1e300, "images.limit"),
    ],
)
def test_costs_beyond_counting_name_their_field(
    images: dict[str, float], epochs: float, place: str
) -> None:
    """An absurd cost is bad input that says which of the inputs made it."""
    with pytest.raises(InputError, match="cannot be counted") as caught:
        price_images(
            project(**images),
            np.array([int(images["limit"])]),
            (TrainingRate("x", 1e300, None, ""),) if epochs > 1 else (),
            Compute(epochs=epochs),
        )
    assert caught.value.problems[0].field.endswith(place)
