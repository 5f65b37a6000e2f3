"""Carbon of training."""

from dataclasses import replace

import pytest

from planner.economics.carbon import DEFAULT_PUE, carbon_kgco2e, training_carbon_kgco2e
from planner.errors import InputError
from planner.reference.tables import load_catalogue


def test_the_units_work_out() -> None:
    """One hour at a kilowatt on a grid of 1,000 g/kWh with PUE 1 is one kilogram."""
    assert carbon_kgco2e(1, 1000, 1000, pue=1) == 1.0
    assert carbon_kgco2e(10, 400, 369, 1.5) == pytest.approx(10 * 0.4 * 1.5 * 0.369)


def test_a_known_training_emits_about_what_it_stated() -> None:
    """DINOv2 ViT-g, 22,000 A100-hours: within a factor 2 of the 7 t its authors state."""
    emitted = training_carbon_kgco2e(22_000, "A100 40GB", "USA", load_catalogue())
    assert 3_500 < emitted < 14_000


def test_tables_supply_power_intensity_and_overhead() -> None:
    """Power comes from the accelerator, intensity from the place, PUE from region or default."""
    catalogue = load_catalogue()
    norway = catalogue.carbon_row("NOR").gco2e_per_kwh
    assert training_carbon_kgco2e(100, "A100 40GB", "Norway", catalogue) == pytest.approx(
        100 * 0.4 * DEFAULT_PUE * norway / 1000
    )
    assert training_carbon_kgco2e(100, "K80", "NOR", catalogue, pue=1.0) == pytest.approx(
        100 * 0.15 * norway / 1000
    )


def test_a_region_with_its_own_overhead_uses_it() -> None:
    """A cloud region that lists its PUE is not given the average one."""
    catalogue = load_catalogue()
    region = replace(catalogue.carbon_row("NOR"), place="x/y", pue=1.2, gco2e_per_kwh=500.0)
    own = replace(catalogue, carbon=(region,))
    assert training_carbon_kgco2e(10, "V100", "x/y", own) == pytest.approx(10 * 0.3 * 1.2 * 0.5)


def test_an_accelerator_without_power_is_refused() -> None:
    """No source gives the power of a TPU v5p, so its carbon is not guessed."""
    with pytest.raises(InputError, match="power of TPU v5p"):
        training_carbon_kgco2e(1, "TPU v5p", "NOR", load_catalogue())
