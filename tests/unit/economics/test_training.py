"""What training one image for one epoch costs, on both bases."""

from dataclasses import replace

import pytest

from planner.domain.portfolio.portfolio import Compute
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis
from planner.economics.speed import DEFAULT_UTILISATION, LOADER_CEILING_IMAGES_PER_S
from planner.economics.training import (
    TrainingRate,
    compute_warnings,
    paper_training_cost,
    price_training,
    usd_per_flop,
)
from planner.errors import InputError
from planner.reference.tables import load_catalogue

IMAGENET = 1_281_167
DEFAULT = Compute()


def price(name: str, compute: Compute = DEFAULT) -> TrainingRate:
    catalogue = load_catalogue()
    (rate,) = price_training([catalogue.architecture(name)], compute, catalogue)
    return rate


def gpu_hours(name: str, epochs: float = 90, **compute: object) -> float:
    rate = price(name, Compute(**compute))  # type: ignore[arg-type]
    assert rate.gpu_seconds_per_image_epoch is not None
    return rate.gpu_seconds_per_image_epoch * IMAGENET * epochs / 3600


def test_equation_4_verbatim() -> None:
    """The paper's default price gives 9,522.00 for EfficientNet-B0's published size."""
    assert paper_training_cost(5.29e6, 50, 200_000, 3e-11) == pytest.approx(9_522.00, abs=1e-8)
    assert paper_training_cost(5.29e6, 50, 200_000, 3e-11, trials=3) == pytest.approx(28_566.00)


def test_the_paper_basis_is_equation_4() -> None:
    """Basis paper counts parameters, knows no hardware, and says so."""
    rate = price("EfficientNet-B0", Compute(basis=Basis.PAPER))
    assert rate.usd_per_image_epoch * 50 * 200_000 == pytest.approx(
        paper_training_cost(5_288_548, 50, 200_000, 3e-11)
    )
    assert rate.gpu_seconds_per_image_epoch is None
    assert "Eq. 4" in rate.how
    assert "5,288,548 parameters" in rate.how


def test_a_basis_given_as_plain_text_is_that_basis() -> None:
    """A record built with the word instead of the enumeration is priced the same."""
    assert price("ResNet-50", Compute(basis="paper")) == price(  # type: ignore[arg-type]
        "ResNet-50", Compute(basis=Basis.PAPER)
    )


def test_resnet_50_on_imagenet_takes_about_what_was_measured() -> None:
    """90 epochs on one A100 lie within a factor 3 of the measured 14 A100-hours."""
    for accelerator in ("A100 40GB", "A100 80GB"):
        assert 14 / 3 < gpu_hours("ResNet-50", accelerator=accelerator) < 14 * 3


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("EfficientNet-B0", 4 * 13.05),
        ("ResNet-18", 4 * 6.783),
        ("ResNet-34", 4 * 8.55),
        ("ResNet-50", 4 * 11.167),
        ("ResNet-101", 4 * 17.167),
        ("YOLOv5x-cls", 4 * 15.067),
    ],
)
def test_networks_on_an_ordinary_loader_take_about_what_was_measured(
    name: str, measured: float
) -> None:
    """90 epochs agree with the 4-A100 end-to-end run within a factor 3: small is not fast."""
    assert measured / 3 < gpu_hours(name) < measured * 3


def test_small_networks_wait_for_the_loader() -> None:
    """A tenth of the operations does not train ten times faster."""
    small, large = price("MobileNetV3-S"), price("ResNet-50")
    assert small.input_bound
    assert small.gpu_seconds_per_image_epoch == pytest.approx(1 / LOADER_CEILING_IMAGES_PER_S)
    assert small.gpu_seconds_per_image_epoch == large.gpu_seconds_per_image_epoch
    assert "an ordinary loader feeds one GPU" in small.how
    assert not price("ViT-L/16 (in21k)").input_bound


def test_a_rate_says_what_it_rests_on() -> None:
    """The sentence names operations, peak, utilisation with source, and the dated price."""
    how = price("ConvNeXt-L").how
    for words in (
        *("34.361 GMACs", "A100 40GB", "dense 16-bit peak 3.12e+14", "ConvNeXt family"),
        *("pytorch-image-models", "2022-07-27", "median of 8 vendors", "latest 2025-03-17"),
    ):
        assert words in how


def test_without_any_run_the_default_utilisation_counts() -> None:
    """U-Net was measured nowhere: its price rests on the literature's share, and says so."""
    rate = price("U-Net (original widths)", Compute(usd_per_hour=3600.0))
    seconds = 192.7e9 * 6 / (3.12e14 * DEFAULT_UTILISATION)
    assert rate.gpu_seconds_per_image_epoch == pytest.approx(seconds)
    assert rate.usd_per_image_epoch == pytest.approx(seconds)
    assert "Sevilla" in rate.how


def test_prices_are_per_gpu_not_per_board() -> None:
    """A K80 price buys one of the board's two GPUs, so half the listed peak."""
    compute = Compute(accelerator="K80", utilisation=0.5, usd_per_hour=0.9)
    rate = price("ResNet-50", compute)
    assert rate.gpu_seconds_per_image_epoch == pytest.approx(4.089e9 * 6 / (4.063e12 * 0.5))


def test_a_stated_utilisation_and_price_win() -> None:
    """The user's own numbers are used as given, without the loader's ceiling."""
    rate = price("EfficientNet-B0", Compute(utilisation=0.3, usd_per_hour=2.0))
    seconds = 0.386e9 * 6 / (3.12e14 * 0.3)
    assert rate.gpu_seconds_per_image_epoch == pytest.approx(seconds)
    assert rate.usd_per_image_epoch == pytest.approx(seconds * 2 / 3600)
    assert "0.3 as given" in rate.how
    assert "$2.00/h as given" in rate.how


def test_ranges_are_committed_at_their_means() -> None:
    """A price range counts at its lognormal mean, a utilisation range at the mean of 1/u."""
    base = price("ResNet-50", Compute(utilisation=0.3, usd_per_hour=2.0))
    ranged = price("ResNet-50", Compute(utilisation=0.3, usd_per_hour=Range(1.0, 4.0)))
    assert ranged.usd_per_image_epoch == pytest.approx(
        base.usd_per_image_epoch * Range(1.0, 4.0).lognormal_mean / 2.0
    )
    wide = price("ResNet-50", Compute(utilisation=Range(0.2, 0.4), usd_per_hour=2.0))
    narrow = price("ResNet-50", Compute(utilisation=Range(0.2999, 0.3001), usd_per_hour=2.0))
    assert narrow.usd_per_image_epoch == pytest.approx(base.usd_per_image_epoch, rel=1e-5)
    assert wide.usd_per_image_epoch > narrow.usd_per_image_epoch
    flop = price("ResNet-50", Compute(basis=Basis.PAPER, usd_per_flop=Range(1e-11, 1e-10)))
    assert flop.usd_per_image_epoch == pytest.approx(
        6 * 25_557_032 * Range(1e-11, 1e-10).lognormal_mean
    )


def test_a_utilisation_without_a_mean_cost_is_refused() -> None:
    """Where E[1/u] is infinite no committed cost exists, and the user is told why."""
    with pytest.raises(InputError, match="narrow the range") as caught:
        price("ResNet-50", Compute(utilisation=Range(0.05, 0.9)))
    assert caught.value.problems[0].field == "compute.utilisation"


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (Compute(accelerator="H100 NVL"), "no source gives the peak"),
        (Compute(accelerator="A100 90GB"), "did you mean"),
        (Compute(usd_per_hour=-1.0), r"compute\.usd_per_hour"),
        (Compute(utilisation=0.0), r"compute\.utilisation"),
        (Compute(utilisation=1.5), r"compute\.utilisation"),
        (Compute(utilisation=Range(0.5, 1.0)), r"compute\.utilisation"),
        (Compute(usd_per_flop=float("nan")), r"compute\.usd_per_flop"),
        (Compute(epochs=float("inf")), r"compute\.epochs"),
        (Compute(trials=-1), r"compute\.trials"),
    ],
)
def test_unusable_compute_is_bad_input(compute: Compute, message: str) -> None:
    """Every number outside its range, and every gap of the tables, is named."""
    with pytest.raises(InputError, match=message):
        price("ResNet-50", compute)


def test_all_unusable_numbers_are_named_at_once() -> None:
    """One error carries every mistake."""
    with pytest.raises(InputError, match="compute") as caught:
        price("ResNet-50", Compute(epochs=-1, trials=-1, utilisation=2.0))
    assert len(caught.value.problems) == 3


def test_an_accelerator_without_price_needs_one() -> None:
    """No table price and none given is bad input; a given one is enough."""
    catalogue = replace(load_catalogue(), accelerator_prices=())
    resnet = catalogue.architecture("ResNet-50")
    with pytest.raises(InputError, match=r"set compute\.usd_per_hour"):
        price_training([resnet], Compute(), catalogue)
    assert price_training([resnet], Compute(usd_per_hour=1.0), catalogue)


@pytest.mark.parametrize("basis", list(Basis))
def test_an_architecture_without_size_cannot_be_priced(basis: Basis) -> None:
    """A network with neither parameters nor operations is refused on both bases."""
    catalogue = load_catalogue()
    bare = replace(catalogue.architecture("ResNet-50"), parameters=None, forward_gmacs=None)
    with pytest.raises(InputError, match="cannot be priced"):
        price_training([bare], Compute(basis=basis), catalogue)


@pytest.mark.parametrize(
    ("usd_per_flop", "warned"), [(3e-11, True), (1e-20, True), (1e-17, False), (1e-14, False)]
)
def test_a_flop_price_far_from_any_cloud_is_warned_of(usd_per_flop: float, warned: bool) -> None:
    """Outside 1e-19 to 1e-14 the price of a FLOP carries the warning USD_PER_FLOP."""
    warnings = compute_warnings(Compute(basis=Basis.PAPER, usd_per_flop=usd_per_flop))
    assert [warning.code for warning in warnings] == ["USD_PER_FLOP"] * warned


def test_the_flop_price_is_silent_where_it_is_not_used() -> None:
    """The measured basis does not read the price of a FLOP, so it warns of nothing."""
    assert compute_warnings(Compute()) == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("K80", 2.1e-16),
        ("P100", 1.7e-16),
        ("V100", 7.4e-18),
        ("T4", 7.5e-18),
        ("A100 40GB", 8.9e-18),
        ("A100 80GB", 8.6e-18),
        ("L4", 3.8e-18),
        ("H100 PCIe", 3.0e-18),
        ("H100 SXM", 4.1e-18),
        ("H200", 9.3e-18),
        ("B200", 3.1e-18),
        ("TPU v3", 1.5e-17),
        ("TPU v4", 1.1e-17),
        ("TPU v5e", 5.6e-18),
    ],
)
def test_flop_prices_follow_from_the_tables(name: str, expected: float) -> None:
    """At utilisation .3 each accelerator's median price gives the known price of a FLOP."""
    catalogue = load_catalogue()
    chip, hourly = catalogue.accelerator(name), catalogue.hourly_price(name)
    assert hourly is not None
    assert chip.training_peak_flop_per_s is not None
    found = usd_per_flop(hourly.median, chip.training_peak_flop_per_s, 0.3)
    assert found == pytest.approx(expected, rel=0.02)
