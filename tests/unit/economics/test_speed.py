"""Utilisation and the loader's ceiling, as the throughput table gives them."""

import pytest

from planner.economics.speed import (
    DEFAULT_UTILISATION,
    LOADER_CEILING_IMAGES_PER_S,
    table_utilisation,
)
from planner.reference.tables import load_catalogue


def utilisation(architecture: str, accelerator: str) -> tuple[float, str]:
    catalogue = load_catalogue()
    return table_utilisation(
        catalogue.architecture(architecture), catalogue.accelerator(accelerator), catalogue
    )


def test_the_loader_ceiling_is_the_fastest_ordinary_end_to_end_run() -> None:
    """The ceiling is the best rate per card in the table's run with an ordinary loader."""
    rates = [
        run.images_per_s_per_device
        for run in load_catalogue().throughput
        if run.n_devices > 1 and run.source.startswith("ultralytics")
    ]
    assert max(rates) == LOADER_CEILING_IMAGES_PER_S


@pytest.mark.parametrize(
    ("accelerator", "expected", "where"),
    [
        ("A100 40GB", 0.1943, "A100 80GB"),
        ("V100", 0.2356, "V100"),
        ("RTX 3090", 0.4230, "RTX 3090"),
        ("L4", 0.4230, "RTX 3090"),
    ],
)
def test_the_same_chip_comes_first(accelerator: str, expected: float, where: str) -> None:
    """ResNet-50 uses the chip's own run, whatever the memory size; else the synthetic one."""
    share, words = utilisation("ResNet-50", accelerator)
    assert share == pytest.approx(expected, abs=1e-4)
    assert words.startswith(f"measured, {where}, ")


def test_another_chip_is_scaled_by_networks_measured_on_both() -> None:
    """ViT-L was run on the RTX 3090 alone; on the A100 it loses what ResNet-50 loses there."""
    here, _ = utilisation("ViT-L/16 (in21k)", "A100 80GB")
    there, _ = utilisation("ViT-L/16 (in21k)", "RTX 3090")
    resnet = [utilisation("ResNet-50", chip)[0] for chip in ("A100 80GB", "RTX 3090")]
    assert here / there == pytest.approx(resnet[0] / resnet[1])


def test_the_family_lends_its_median() -> None:
    """ConvNeXt-L was never run: it takes the middle of ConvNeXt-T, -S and -B."""
    share, words = utilisation("ConvNeXt-L", "RTX 3090")
    kin = sorted(utilisation(f"ConvNeXt-{size}", "RTX 3090")[0] for size in "TSB")
    assert share == kin[1]
    assert "median of the ConvNeXt family" in words


def test_a_run_that_waits_for_its_loader_is_no_utilisation() -> None:
    """YOLOv5n-cls ran only on four cards fed by one host: its half a per cent is not taken."""
    share, words = utilisation("YOLOv5n-cls", "A100 40GB")
    assert share > 0.05
    assert "family" in words


def test_what_was_never_measured_gets_the_default() -> None:
    """A network without any run of its kind rests on the literature's share."""
    share, words = utilisation("U-Net (original widths)", "A100 40GB")
    assert share == DEFAULT_UTILISATION
    assert "Sevilla" in words
