"""Electricity and carbon: published training runs, and the plan that pays for what it emits."""

import json
import math
from typing import Any

import pytest

import planner
from planner.domain.catalogue import Accelerator, CarbonRow, Catalogue
from planner.domain.portfolio.carbon import Carbon
from planner.economics.emissions import embodied_kg_per_hour, emission
from planner.inputs.portfolio_file import parse_portfolio

MODEL = planner.load_model("published")
POUND_KG = 0.45359237
FILE = """
version: 1
portfolio: {budget: 60k, horizon_years: 3, discount_rate: 8%, CARBON}
compute: {accelerator: A100 40GB, usd_per_hour: 3, utilisation: 30%, epochs: 50, trials: 400}
projects:
  - id: own
    classes: 4
    target_accuracy: 93%
    value: 200k
    architectures: [ResNet-50]
    images: {held: 1k, limit: 50k, price: 0.3}
    use: {images_per_year: 2M}
    inference: {images_per_s: 600, accelerator: T4, always_on: 1}
  - id: plain
    classes: 4
    target_accuracy: 93%
    value: 200k
    architectures: [ResNet-50]
    images: {held: 1k, limit: 50k, price: 0.3}
"""


def read(carbon: str, text: str = FILE) -> planner.Portfolio:
    named = f"carbon: {carbon}" if carbon else "currency: USD"
    return parse_portfolio(text.replace("CARBON", named).encode(), "p.yaml")


def plan(carbon: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(planner.plan(read(carbon), MODEL).to_json())
    return found


@pytest.mark.parametrize(
    ("watts", "hours", "pue", "grams", "kwh", "kg"),
    [
        (12_041.51, 79, 1.58, 954 * POUND_KG, 1_503.02, 650.398),
        (400, 22_000, 1.1, 385, 9_680.00, 3_726.80),
        (400, 39_800, 1.1, 385, 17_512.00, 6_742.12),
        (400, 39_800, 1.58, 369, 25_153.60, 9_281.68),
        (400, 1_000, 1.58, 369, 632.00, 233.208),
        (250, 1_000, 1.0, 432, 250.00, 108.000),
    ],
)
def test_published_training_runs(
    watts: float, hours: float, pue: float, grams: float, kwh: float, kg: float
) -> None:
    """BERT-base, DINOv2 and three calculators, to the printed digit."""
    tables = Catalogue(
        accelerators=(Accelerator("chip", tdp_w=watts),),
        carbon=(CarbonRow("XYZ", "Somewhere", grams, "2023"),),
    )
    found = emission(tables, "chip", Carbon(region="XYZ", pue=pue))
    assert found is not None
    assert hours * found.kwh == pytest.approx(kwh, abs=0.005)
    assert hours * found.kg == pytest.approx(kg, abs=0.005)


def test_making_the_card_counts_only_if_asked() -> None:
    """150 kg over five years of which 85 % are worked; 1,000 hours of it."""
    assert 1_000 * embodied_kg_per_hour() == pytest.approx(4.0290, abs=5e-5)
    tables = Catalogue(
        accelerators=(Accelerator("chip", tdp_w=400),),
        carbon=(CarbonRow("a/b", "There", 0.0, "2023", pue=1.2),),
    )
    with_it = emission(tables, "chip", Carbon(region="a/b", embodied=True))
    without = emission(tables, "chip", Carbon(region="a/b"))
    assert with_it is not None
    assert without is not None
    assert (without.kg, without.pue) == (0.0, 1.2)
    assert with_it.kg == embodied_kg_per_hour()
    assert emission(Catalogue(accelerators=(Accelerator("dark"),)), "dark", None) is None


def test_a_plan_pays_for_training_when_it_starts_and_for_running_while_it_is_live() -> None:
    """Summed by hand: operations over speed, watts of the cards, 662 g/kWh in Poland."""
    found = plan("{region: Poland, price_per_tonne: 100, pue: 1.2}")
    own, plain = found["decisions"]
    kg_per_kwh, per_kg = 0.662, 0.1
    rate = 1.08
    for decision, watts, hours_a_year in ((own, 70, 8_760.0), (plain, 0, 0.0)):
        flop = 4.089e9 * 2 * 3 * 50 * 400 * decision["images_total"]
        hours = flop / (3.12e14 * 0.3) / 3_600
        trained = hours * 0.400 * 1.2 * kg_per_kwh
        live = decision["life"]["chance_live"]
        yearly = hours_a_year * watts / 1_000 * 1.2 * kg_per_kwh
        paid = trained + live * yearly * math.fsum(rate**-k for k in (1, 2, 3))
        lines, footprint = decision["life"]["lines"], decision["life"]["footprint"]
        assert lines["carbon"] == pytest.approx(-per_kg * paid, rel=2e-3)
        assert footprint["carbon_kg"] == pytest.approx(trained + live * 3 * yearly, rel=2e-3)
        assert footprint["accelerator_hours"] == pytest.approx(hours, rel=2e-3)
        assert math.fsum(lines.values()) == pytest.approx(decision["expected_net_value"], abs=0.005)
    whole = found["life"]["footprint"]
    for name in ("kwh", "carbon_kg", "accelerator_hours"):
        parts = [item["life"]["footprint"][name] for item in found["decisions"]]
        assert whole[name] == pytest.approx(math.fsum(parts))
    assert "carbon" not in found["not_included"]
    assert found["objective"]["value"] == pytest.approx(found["life"]["npv"], abs=0.01)


def test_accuracy_is_told_by_money_and_by_electricity() -> None:
    """Points above the majority guess, from the forecast's own draws."""
    portfolio = read("{region: FRA}")
    for decision in plan("{region: FRA}")["decisions"]:
        project = next(p for p in portfolio.projects if p.id == decision["project"])
        forecast = planner.forecast(project, MODEL)
        errors = forecast.error_draws([float(decision["images_total"])], "ResNet-50")[:, 0]
        printed = decision["life"]["footprint"]
        half = float(errors[forecast.solve_rows].mean())
        assert printed["accuracy_points"] == pytest.approx(100 * (0.75 - half))
        assert printed["points_per_1000"] == pytest.approx(
            printed["accuracy_points"] / decision["cost"]["total"] * 1_000
        )
        assert printed["points_per_kwh"] == pytest.approx(
            printed["accuracy_points"] / printed["kwh"]
        )


def test_carbon_without_a_price_changes_no_decision() -> None:
    """Byte for byte, once what is said of lives is taken out; so does a file without it."""

    def kept(carbon: str) -> str:
        found = plan(carbon)
        for decision in found["decisions"]:
            decision.pop("life", None)
        names = ("decisions", "objective", "budget", "risk", "audit")
        return json.dumps({name: found[name] for name in names})

    assert kept("{region: FRA}") == kept("")
    assert kept("{region: FRA, price_per_tonne: 0}") == kept("")
    assert kept("{region: FRA, price_per_tonne: 1M}") != kept("")


def test_what_emits_more_is_worth_less_and_a_dear_tonne_stops_it() -> None:
    """Never worth more at a higher price; at an absurd one nothing is trained."""
    worth = [plan(f"{{region: POL, price_per_tonne: {price}}}")["audit"]["held_out_value"]
             for price in ("0", "1000", "100k", "1B")]  # fmt: skip
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] == 0


@pytest.mark.parametrize(
    ("carbon", "field", "said"),
    [
        ("{region: Mars}", "portfolio.carbon.region", "MAR"),
        ("{region: Atlantis}", "portfolio.carbon.region", "planner catalogue carbon"),
        ("{pue: 1.2}", "portfolio.carbon", "region"),
        ("{region: FRA, pue: 0.9}", "portfolio.carbon.pue", "at least 1"),
        ("{region: FRA, pue: 4}", "portfolio.carbon.pue", "3"),
        ("{region: FRA, price_per_tonne: -1}", "portfolio.carbon.price_per_tonne", "at least 0"),
        ("{region: FRA, cap: 3}", "portfolio.carbon.cap", "unknown field"),
    ],
)
def test_a_place_that_is_not_in_the_tables_is_refused(carbon: str, field: str, said: str) -> None:
    """With its field, and where to look."""
    with pytest.raises(planner.InputError, match=said) as caught:
        read(carbon)
    assert caught.value.problems[0].field.startswith(field)


def test_places_are_found_by_code_and_by_name() -> None:
    """And written as the tables have them."""
    assert all(
        read(f"{{region: {name}}}").carbon == Carbon(region=place)
        for name, place in (("poland", "POL"), ("gcp/us-central1", "gcp/us-central1"))
    )


def test_what_is_trained_anew_emits_each_time() -> None:
    """Twice a year for three years of use: seven trainings if it is live, as options count it."""
    upkeep = "\n    upkeep: {half_life: 2, refresh: yearly, retrain_per_year: 2}\n    inference:"
    text = FILE.replace("\n    inference:", upkeep)
    with_it = read("{region: POL}", text)
    rows: list[dict[str, Any]] = planner.options(with_it, MODEL)["options"]  # type: ignore[assignment]
    plain: list[dict[str, Any]] = planner.options(read("{region: POL}"), MODEL)["options"]  # type: ignore[assignment]

    def training(images: int) -> float:
        flop = 4.089e9 * 2 * 3 * 50 * 400 * images
        return flop / (3.12e14 * 0.3) / 3_600 * 0.4 * 1.58 * 662

    once = {row["images_total"]: row["grams"] for row in plain if row["project"] == "own"}
    common = [row for row in rows if row["project"] == "own" and row["images_total"] in once]
    assert common
    for row in common:
        images = row["images_total"]
        assert row["grams"] - once[images] == pytest.approx(6 * training(images), rel=2e-3)
    found = json.loads(planner.plan(with_it, MODEL).to_json())["decisions"][0]
    hours = training(found["images_total"]) / (0.4 * 1.58 * 662)
    expected = hours * (1 + 6 * found["life"]["chance_live"])
    assert found["life"]["footprint"]["accelerator_hours"] == pytest.approx(expected, rel=2e-3)
