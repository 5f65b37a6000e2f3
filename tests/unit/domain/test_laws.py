"""Scaling laws."""

import csv
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner._resources import resource_root
from planner.domain.laws import (
    EFFICIENCY,
    SPECTRUM,
    Law,
    SlopeReading,
    compute_multiplier,
    exponent_of_slope,
    laws,
    usd_per_flop,
)
from planner.domain.published_equations import images_needed
from planner.domain.vocabulary import Growth


@given(a=st.floats(0.1, 50), b=st.floats(0.1, 50), exponent=st.floats(0, 15))
def test_equal_ratios_multiply(a: float, b: float, exponent: float) -> None:
    """Improving a-fold and then b-fold costs what improving a·b-fold costs."""
    apart = compute_multiplier(a, exponent) * compute_multiplier(b, exponent)
    assert compute_multiplier(a * b, exponent) == pytest.approx(apart, rel=1e-9)


@pytest.mark.parametrize(
    ("k", "exponent", "times"),
    [(10, 2, 100), (10, 4, 10_000), (10, 9, 1e9), (2, 9, 512), (5, 4, 625), (5, 9, 1_953_125)],
)
def test_the_quoted_multipliers(k: int, exponent: int, times: float) -> None:
    """Data k², compute k⁴ in theory and k⁹ in practice give the numbers the article quotes."""
    assert compute_multiplier(k, exponent) == times


@pytest.mark.parametrize(("pretrained", "times"), [(True, 280.2), (False, 19_972)])
def test_halving_the_error_agrees_with_eq2(pretrained: bool, times: float) -> None:
    """The multiplier read off the slope is the ratio of needs that Eq. 2 gives."""
    slope = -0.123 if pretrained else -0.070
    by_law = compute_multiplier(2, exponent_of_slope(slope))
    needs = images_needed([0.05, 0.1], 0.3, pretrained=pretrained)
    assert by_law == pytest.approx(float(needs[0] / needs[1]), rel=1e-9)
    assert by_law == pytest.approx(times, rel=2e-4)


@pytest.mark.parametrize("k", [0, -1, float("nan"), float("inf")])
def test_an_improvement_is_a_positive_number(k: float) -> None:
    """Anything else has no multiplier."""
    with pytest.raises(ValueError, match="positive number"):
        compute_multiplier(k, 4)


@pytest.mark.parametrize("slope", [0.0, 0.1, float("nan")])
def test_a_curve_that_does_not_fall_has_no_exponent(slope: float) -> None:
    """A flat or rising learning curve never halves its error."""
    with pytest.raises(ValueError, match="slope is below 0"):
        exponent_of_slope(slope)


def test_the_worked_numbers() -> None:
    """The price per FLOP, the paper's multiple of it and the growth since AlexNet."""
    worked = {number.what: number.value for number in laws().worked}
    assert usd_per_flop(1e11, 1e28) == pytest.approx(1e-17)
    assert worked["the paper's $3e-11 over that"] == pytest.approx(3_000_000)
    assert worked["AlexNet to NASNet-A, compute"] == pytest.approx(9.97, abs=0.005)
    assert worked["of it, more or longer use of hardware"] == pytest.approx(167, abs=0.5)
    assert worked["data to halve the error, pretrained"] == pytest.approx(280.2, abs=0.1)
    assert worked["data to halve the error, from scratch"] == pytest.approx(19_972, abs=1)


def test_the_measured_law_is_the_slope_of_its_curve() -> None:
    """The within-task exponent is what least squares gives on the curve it names."""
    path = resource_root("data") / "transfer_observations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["study"] == "cg-transfer"
            and row["dataset"].startswith("imagenet")
            and row["architecture"].lower().replace("-", "") == "resnet50"
            and row["pretraining"] == "none"
        ]
    x, y = (np.log10([float(row[name]) for row in rows]) for name in ("n_train", "error"))
    (measured,) = [law for law in laws().laws if law.kind == "measured"]
    assert len(rows) == 9
    assert -1 / measured.exponent == pytest.approx(np.polyfit(x, y, 1)[0], abs=0.005)


def test_every_law_and_number_has_a_source_and_fits_json() -> None:
    """The object printed by --json is plain data, with a source for everything."""
    answer = json.loads(json.dumps(laws().to_dict(), allow_nan=False))
    assert answer["schema_version"] == 1
    assert all(item["source"] for item in answer["laws"] + answer["worked"])
    exponents = {(law["resource"], round(law["exponent"], 2)) for law in answer["laws"]}
    assert {("data", 2), ("compute", 4), ("compute", 9), ("data", 8.13), ("data", 14.29)} <= (
        exponents
    )
    by_theory = next(law for law in answer["laws"] if law["exponent"] == 4)
    assert by_theory["multipliers"] == {"2": 16, "5": 625, "10": 10_000}


def test_the_within_task_slope_of_vtab_is_that_of_its_rows() -> None:
    """Median and quartiles over the 18 tasks with both sizes, pretrained by supervision."""
    path = resource_root("data") / "transfer_observations.csv"
    points: dict[str, list[tuple[float, float]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["study"] == "vtab" and row["pretraining"] == "imagenet-1k":
                points.setdefault(row["dataset"], []).append(
                    (float(row["n_train"]), float(row["error"]))
                )
    slopes = [
        float(
            np.diff(np.log10([e for _, e in pair]))[0] / np.diff(np.log10([n for n, _ in pair]))[0]
        )
        for pair in points.values()
        if len({n for n, _ in pair}) == 2
    ]
    (reading,) = [r for r in laws().slopes if r.name.startswith("VTAB")]
    quartiles = np.quantile(slopes, [0.25, 0.5, 0.75])
    assert len(slopes) == 18
    assert [reading.low, reading.slope, reading.high] == pytest.approx(quartiles, abs=0.006)


def test_fitted_slopes_stand_beside_the_published_ones() -> None:
    """A model's own slopes are appended, each with the data that halves the error."""
    fitted = SlopeReading("x, pretrained", "model", -0.5, -0.9, -0.2, "80 %", "model x")
    answer = laws([fitted]).to_dict()
    assert isinstance(answer["slopes"], list)
    assert answer["slopes"][-1]["halving"] == pytest.approx(4.0)
    assert {entry["kind"] for entry in answer["slopes"][:4]} == {"across tasks", "within a task"}
    assert all(entry["source"] for entry in answer["slopes"])


@given(k=st.floats(1, 100), exponent=st.floats(0.1, 15))
def test_exponential_growth_asks_alike_for_equal_points_and_agrees_on_halving(
    k: float, exponent: float
) -> None:
    """From 10 %: a power asks alike for equal ratios, so it asks for more beyond the halving."""
    law = Law("any", "compute", exponent, "theory", "")
    assert law.grown(k, Growth.POWER) == law.multiplier(k)
    grown = law.grown(k, Growth.EXPONENTIAL)
    assert law.grown(2, Growth.EXPONENTIAL) == pytest.approx(law.multiplier(2))
    points = 10 - 10 / k
    assert math.log(grown) == pytest.approx(points / 5 * exponent * math.log(2), abs=1e-9)
    if k > 2.001:
        assert grown < law.multiplier(k)
    if 1.001 < k < 1.999:
        assert grown > law.multiplier(k)


def test_growth_is_picked_and_both_are_sourced() -> None:
    """The table follows the choice; without one it is what it was."""
    picked, usual = laws(growth=Growth.EXPONENTIAL), laws()
    assert {law.kind for law in picked.laws} == {"theory", "practice"}
    assert "growth" not in usual.to_dict()
    assert picked.to_dict()["growth"] == "exponential"
    (said,) = (note for note in picked.notes if note.startswith("Asked for"))
    assert SPECTRUM in said
    assert EFFICIENCY in said
    times = {law.name: picked.multipliers(law) for law in picked.laws if law.resource == "compute"}
    assert times["statistical theory"][10] == pytest.approx(16**1.8)
