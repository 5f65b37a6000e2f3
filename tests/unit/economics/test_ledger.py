"""What a project pays, line by line."""

import numpy as np
import pytest

from planner.domain.arrays import Cents
from planner.domain.portfolio.portfolio import Compute, SharedAsset
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis
from planner.economics.ledger import (
    LINES,
    Counts,
    Timing,
    asset_entries,
    by_timing,
    committed,
    entries_of,
    place_of,
    spend,
    stopped,
    training_amounts,
)
from planner.economics.price_draws import PriceDraws
from planner.economics.training import TrainingRate, price_training
from planner.errors import InputError
from planner.reference.tables import load_catalogue

N = 4000


def project(name: str = "a", **images: float | Range) -> Project:
    given = {"limit": 1000, **images}
    return Project(id=name, classes=2, target_error=0.1, images=Images(**given))  # type: ignore[arg-type]


def priced(
    one: Project, totals: list[int], rates: tuple[TrainingRate, ...], compute: Compute
) -> dict[str, Cents]:
    """Price numbers of images for every architecture, one a row."""
    trained = np.array(totals)
    counts = Counts(np.maximum(trained - one.images.held, 0), trained)
    entries = entries_of(one, training_amounts(rates, compute)[:, None])
    return committed(entries, counts, place_of(one))


def test_the_published_example_prices_to_the_cent() -> None:
    """Figure 2 with Eq. 4: 149,000 images for 93,423.00, trained on all 200,000."""
    compute = Compute(basis=Basis.PAPER)
    catalogue = load_catalogue()
    rates = price_training([catalogue.architecture("EfficientNet-B0")], compute, catalogue)
    one = project(held=51_000, limit=200_000, price=0.627)
    cents = priced(one, [200_000], rates, compute)
    assert cents["data"].tolist() == [9_342_300]
    assert cents["training"].tolist() == [[round(3e-9 * 2 * 5_288_548 * 50 * 3 * 200_000)]]
    assert cents["fixed"].tolist() == [0]


def test_the_set_up_is_paid_once_and_only_with_images() -> None:
    """The fixed cost comes with the first image bought, and not before."""
    rates = (TrainingRate("x", 1e-3, None, ""), TrainingRate("y", 2e-3, None, ""))
    one = project(held=10, price=1.0, fixed_cost=99.995)
    cents = priced(one, [0, 10, 11, 1000], rates, Compute(epochs=5, trials=2))
    assert cents["fixed"].tolist() == [0, 0, 10_000, 10_000]
    assert cents["data"].tolist() == [0, 0, 100, 99_000]
    assert cents["training"].tolist() == [[0, 10, 11, 1000], [0, 20, 22, 2000]]
    assert all(item.dtype == np.int64 for item in cents.values())


def test_no_rates_give_no_rows() -> None:
    """Without architectures the training table is empty, with its columns."""
    assert priced(project(limit=5), [1, 5], (), Compute())["training"].shape == (0, 2)


@pytest.mark.parametrize(
    ("images", "epochs", "place"),
    [
        ({"limit": 10**12, "price": 1e9}, 1, "price"),
        ({"limit": 10**12, "price": 0.0}, 1e300, "images.limit"),
        ({"limit": 10**12, "price": Range(1e9, 2e9)}, 1, "images.price"),
    ],
)
def test_costs_beyond_counting_name_their_field(
    images: dict[str, float | Range], epochs: float, place: str
) -> None:
    """An absurd cost is bad input that says which of the inputs made it."""
    rates = (TrainingRate("x", 1e300, None, ""),) if epochs > 1 else ()
    with pytest.raises(InputError, match="cannot be counted") as caught:
        priced(project("a", **images), [10**12], rates, Compute(epochs=epochs))
    assert caught.value.problems[0].field.endswith(place)


def test_a_price_range_counts_at_its_lognormal_mean() -> None:
    """The amount is rounded, not the price: a fraction of a cent per image still adds up."""
    price = Range(0.002, 0.004)
    cents = priced(project(limit=10**6, price=price), [0, 1, 10**6], (), Compute())["data"]
    assert cents.tolist() == [0, 0, round(price.lognormal_mean * 10**8)]
    assert cents[2] > 0


def test_labelling_stops_between_what_is_owned_and_the_cap() -> None:
    """Ten owned, at most thirty: the need decides between them, never costs thirty."""
    counts = stopped(np.array([0.0, 10.0, 17.0, 30.0, np.inf]), np.array([10]), np.array([30]))
    assert counts.trained.tolist() == [10, 10, 17, 30, 30]
    assert counts.labelled.tolist() == [0, 0, 7, 20, 20]
    once = next(line for line in LINES if line.timing is Timing.ONCE)
    assert counts.of(once).tolist() == [False, False, True, True, True]


def test_a_pool_pays_the_lines_of_its_images_but_no_training() -> None:
    """Its price for each image, its set-up with the first, and its own fixed cost."""
    pool = Images(limit=100, held=10, price=0.5, fixed_cost=3)
    asset = SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=7, images=pool)
    bought = np.array([0, 1, 20])
    cents = committed(asset_entries(asset), Counts(bought, bought), place_of(asset))
    assert {line: amount.tolist() for line, amount in cents.items()} == {
        "asset": [700, 700, 700],
        "data": [0, 50, 1000],
        "fixed": [0, 300, 300],
    }
    (only,) = asset_entries(SharedAsset(id="s", kind="dataset", members=("a",), fixed_cost=1))
    assert (only.line.name, only.mean) == ("asset", 1)


def test_amounts_are_summed_by_when_they_are_paid() -> None:
    """What rounds of collecting need to know of the lines."""
    found = by_timing(entries_of(project(price=Range(1.0, 3.0), fixed_cost=7), 0.25))
    mean = Range(1.0, 3.0).lognormal_mean
    assert found == {
        Timing.ONCE: 7,
        Timing.PER_IMAGE: pytest.approx(mean),
        Timing.PER_TRAINING: 0.25,
    }


def test_a_single_price_has_no_spread() -> None:
    """A price known exactly costs the same in every draw."""
    draws = PriceDraws(Compute(epochs=2), 0, N)
    entries = entries_of(project(price=0.5, fixed_cost=1), 2.0)
    assert not any(draws.varies(entry) for entry in entries)
    amounts = [draws.amount(entry, "a") for entry in entries]
    counts = Counts(np.array([10]), np.array([20]))
    assert spend([entry.line for entry in entries], counts, amounts).tolist() == [5 + 40 + 1]


def test_all_projects_pay_the_same_hourly_price_in_a_draw() -> None:
    """Training costs of two projects move together, one to one; label prices do not."""
    compute = Compute(usd_per_hour=Range(1.0, 4.0))
    draws = PriceDraws(compute, 0, N)
    one, other = (
        [
            np.asarray(draws.amount(entry, name))
            for entry in entries_of(project(name, price=Range(1.0, 3.0)), amount)
            if draws.varies(entry)
        ]
        for name, amount in (("a", 1.0), ("b", 3.0))
    )
    assert other[1] == pytest.approx(3 * one[1])
    assert abs(np.corrcoef(one[0], other[0])[0, 1]) < 0.06


def test_factors_average_to_one_where_the_plan_is_chosen() -> None:
    """Over the solve's draws exactly; the audit reads the same draws as the risk report does."""
    draws = PriceDraws(Compute(), 3, N)
    (entry,) = (e for e in entries_of(project(price=Range(0.1, 0.4)), 1.0) if draws.varies(e))
    solve, audit = slice(0, N // 2), slice(N // 2, N)
    assert draws.factor(entry, "a", solve).mean() == pytest.approx(1.0, abs=1e-12)
    report = PriceDraws(Compute(), 3, N // 2).amount(entry, "a")
    assert draws.factor(entry, "a", audit) * entry.mean == pytest.approx(report)
