"""Where a bought service costs what an own model does: known answers."""

import pytest

import planner
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.results.explanation import Explanation
from planner.domain.words.life import break_even_words
from planner.inputs.portfolio_file import parse_portfolio
from planner.planning.prepare import prepare
from planner.questions.why.crossover import break_evens, crossovers
from planner.reference.tables import load_catalogue
from planner.reporting.terminal.plan import render_plan
from planner.testing import synthetic_posterior


def prepared_case(**changes: object) -> object:
    """Return 60,000 once and 16,642.80 a year against 1.50 per 1,000, three years at 8 %."""
    life: dict[str, object] = {
        "build": {"lines": [{"id": "own", "once": 60_000}]},
        "use": {"images_per_year": 5_000_000, "deploy": "always"},
        "upkeep": {"lines": [{"id": "own", "yearly": 12_000 + 4_642.80}]},
        "today": {"price_per_1000": 40},
        "alternatives": [{"id": "vendor", "kind": "buy", "error": 0.05, "price_per_1000": 1.5}],
        **changes,
    }
    project = Project(
        id="a",
        classes=4,
        target_error=0.3,
        images=Images(held=100, limit=100),
        architectures=("ResNet-50",),
        **life,  # type: ignore[arg-type]
    )
    portfolio = Portfolio(
        projects=(project,),
        budget=100_000.0,
        horizon_years=3.0,
        discount_rate=0.08,
        compute=Compute(usd_per_hour=3.0 if "accelerator_hours" in changes else 1e-9),
        pilot_chance=0.0,
    )
    return prepare(portfolio, synthetic_posterior(40), load_catalogue())


def test_the_known_crossover_of_a_service_and_an_own_model() -> None:
    """26,616,540.56 images a year, to the whole image."""
    (found,) = crossovers(prepared_case(), 0) or ()  # type: ignore[arg-type]
    assert (found.alternative, found.own_above, found.now) == ("vendor", True, 5_000_000)
    assert found.images_per_year == pytest.approx(26_616_540.56, abs=1.0)


def test_what_is_dearer_at_every_volume_is_said_to_be_so() -> None:
    """The service costs nothing: no volume makes an own model worth more."""
    free = [{"id": "vendor", "kind": "buy", "error": 0.05, "price_per_1000": 0}]
    (found,) = crossovers(prepared_case(alternatives=free), 0) or ()  # type: ignore[arg-type]
    assert (found.images_per_year, found.own_above) == (None, False)


def test_without_alternatives_nothing_is_said() -> None:
    """Nor anything computed."""
    assert crossovers(prepared_case(alternatives=()), 0) is None  # type: ignore[arg-type]


def compressed(points: float) -> object:
    """Return a training for 300, +15 %, and 0.40 per 1,000 images, −45 %, at 0.02 an error."""
    return prepared_case(
        build=None,
        upkeep=None,
        alternatives=(),
        accelerator_hours=100,
        inference={"price_per_1000": 0.40},
        errors={"cost_per_error": 0.02},
        compress=[{"id": "int8", "training": 0.15, "inference": 0.45, "error_points": points}],
        use={"images_per_year": 5_000_000, "deploy": "always", "years": 1},
    )


def test_the_known_break_even_of_compression() -> None:
    """281,250 images, paid for a year later at 8 %; where it adds a point to the error, never."""
    (found,) = break_evens(compressed(0.1), 0) or ()  # type: ignore[arg-type]
    assert (found.alternative, found.architecture, found.own_above) == ("ResNet-50", "int8", True)
    assert found.images_per_year == pytest.approx(281_250 * 1.08, rel=2e-3)
    assert "int8 pays from 303," in break_even_words(found)
    (found,) = break_evens(compressed(1.0), 0) or ()  # type: ignore[arg-type]
    assert (found.images_per_year, found.own_above) == (None, False)
    assert "never pays" in break_even_words(found)
    assert break_evens(prepared_case(), 0) is None  # type: ignore[arg-type]


COMPRESSED = """
version: 1
portfolio: {budget: 50k}
projects:
  - {id: a, classes: 4, target_accuracy: 80%, value: 9k, images: {held: 1k, limit: 2k, price: 1},
     architectures: [ResNet-50], accelerator_hours: 100, use: {images_per_year: 5M},
     inference: {price_per_1000: 0.40},
     compress: [{id: int8, training: 15%, inference: 45%, error_points: 0.1}]}
  - {id: b, classes: 4, target_accuracy: 80%, value: 9k, images: {held: 1k, limit: 2k, price: 1},
     architectures: [ResNet-50]}
"""


def test_the_break_evens_of_a_portfolio_are_those_that_it_explains_and_stand_in_its_plan() -> None:
    """Of projects that state compression and use alone; told behind the table, at length."""
    portfolio, model = parse_portfolio(COMPRESSED.encode(), "p.yaml"), synthetic_posterior(200)
    found = planner.break_evens(portfolio, model)
    explained = planner.explain(portfolio, "a", model)
    assert isinstance(explained, Explanation)
    assert found == {"a": explained.break_evens}
    (one,) = found["a"]
    plan = planner.plan(portfolio, model)
    shown = [
        " ".join(str(block) for block in render_plan(plan, file="p", verbose=v, break_evens=found))
        for v in (True, False)
    ]
    said = f"a: {break_even_words(one)}"
    assert [said in " ".join(text.split()) for text in shown] == [True, False]
    bare = "".join(line + "\n" for line in COMPRESSED.splitlines() if "compress" not in line)
    bare = bare.replace("per_1000: 0.40},", "per_1000: 0.40}}")
    assert planner.break_evens(parse_portfolio(bare.encode(), "p.yaml"), model) == {}
