"""What an estimate promises about each project on its own."""

import json

import numpy as np
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Basis
from planner.errors import InputError
from planner.forecasting.forecast import build_forecast
from planner.questions.estimate.estimate import ProjectEstimate, build_estimate, spread
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_hierarchy

CATALOGUE = load_catalogue()


def project(**changes: object) -> Project:
    fields: dict[str, object] = {
        "id": "x",
        "classes": 4,
        "target_error": 0.06,
        "images": {"held": 1_000, "limit": 100_000, "price": 0.3, "fixed_cost": 50},
        "architectures": ("ResNet-50", "VGG-16", "EfficientNet-B0", "Inception-v3"),
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


def estimate_one(
    one: Project, posterior: Posterior, compute: Compute | None = None
) -> ProjectEstimate:
    portfolio = Portfolio(projects=(one,), compute=compute or Compute(basis=Basis.PAPER))
    return build_estimate(portfolio, posterior, CATALOGUE).projects[0]


def test_ranges_are_ordered_and_infinite_need_is_none(synthetic: Posterior) -> None:
    """P10 ≤ P50 ≤ P90; a quantile beyond all images is None and counts as never."""
    found = spread(np.array([1.0, 2.0, 3.0, np.inf, np.inf]))
    assert (found.p10, found.p50, found.p90) == (1.0, 3.0, None)


def test_the_three_cheapest_architectures_come_first(synthetic: Posterior) -> None:
    """Recommendations are ranked by total cost, one per architecture, at most three."""
    found = estimate_one(project(), synthetic)
    totals = [entry.cost.total for entry in found.recommendations]
    names = [entry.architecture for entry in found.recommendations]
    assert totals == sorted(totals)
    # Eq. 4 prices by parameters: B0 has 5.3 M, Inception-v3 23.8 M, ResNet-50 25.6 M, VGG-16 138 M.
    assert names == ["EfficientNet-B0", "Inception-v3", "ResNet-50"]


def test_another_number_is_recommended_where_it_is_asked_for(synthetic: Posterior) -> None:
    """The same order, cut elsewhere; at most what is on offer, and at least one."""
    portfolio = Portfolio(projects=(project(),), compute=Compute(basis=Basis.PAPER))
    found = {
        top: build_estimate(portfolio, synthetic, CATALOGUE, top=top).projects[0].recommendations
        for top in (1, 3, 4, 10_000)
    }
    assert [len(found[top]) for top in (1, 3, 4)] == [1, 3, 4]
    assert found[1] == found[3][:1]
    assert found[3] == found[4][:3]
    assert found[4] == found[10_000]
    with pytest.raises(InputError, match="at least 1"):
        build_estimate(portfolio, synthetic, CATALOGUE, top=0)


def test_each_recommendation_is_priced_at_the_median_need(synthetic: Posterior) -> None:
    """Images are the median need, costs are Eqs. 3 to 5 and the collection's fixed cost."""
    one = project()
    found = estimate_one(one, synthetic)
    best = found.recommendations[0]
    median = np.quantile(
        build_forecast(one, synthetic).data_needed_draws(0.06), 0.5, method="inverted_cdf"
    )
    assert best.images_total == int(np.ceil(median))
    assert best.images_to_buy == best.images_total - 1_000
    assert best.cost.data == pytest.approx(0.3 * best.images_to_buy, abs=0.005)
    assert best.cost.fixed == 50
    training = 3e-11 * 2 * 5_288_548 * 3 * 50 * best.images_total
    assert best.cost.training == pytest.approx(training, abs=0.005)
    parts = best.cost.data + best.cost.training + best.cost.fixed
    assert best.cost.total == pytest.approx(parts, abs=1e-9)


def test_a_need_beyond_the_limit_is_capped_and_said(synthetic: Posterior) -> None:
    """Where the median need exceeds the limit, the limit is priced and marked."""
    found = estimate_one(project(target_error=0.01), synthetic)
    best = found.recommendations[0]
    assert best.capped
    assert best.images_total == 100_000


def test_images_held_are_trained_on_even_where_fewer_would_do(synthetic: Posterior) -> None:
    """Held images are free: nothing is bought and all of them are used."""
    found = estimate_one(project(target_error=0.5), synthetic)
    best = found.recommendations[0]
    assert (best.images_total, best.images_to_buy, best.cost.data) == (1_000, 0, 0)


def test_no_images_held_means_the_majority_guess_now(synthetic: Posterior) -> None:
    """Without a single image the error now is that of always answering the most frequent class."""
    found = estimate_one(project(images={"held": 0, "limit": 1_000, "price": 1}), synthetic)
    assert found.error_now.p10 == found.error_now.p90 == 0.75


def test_the_same_seed_gives_the_same_estimate_and_json_is_plain(synthetic: Posterior) -> None:
    """The estimate of a portfolio is a function of file, model and seed."""
    portfolio = Portfolio(projects=(project(), project(id="y", classes=10)))
    first = build_estimate(portfolio, synthetic, CATALOGUE, seed=3).to_dict()
    assert first == build_estimate(portfolio, synthetic, CATALOGUE, seed=3).to_dict()
    assert first["schema_version"] == 1
    found = build_estimate(portfolio, synthetic, CATALOGUE, seed=3).projects
    assert [entry.id for entry in found] == ["x", "y"]


def test_the_width_says_where_it_comes_from() -> None:
    """Sources of spread at the limit stand in the estimate, in its JSON and on the screen."""
    from rich.console import Console

    from planner.reporting.terminal.estimate import render_estimate

    portfolio = Portfolio(projects=(project(architectures=("ResNet-50", "Swin-T")),))
    estimate = build_estimate(portfolio, synthetic_hierarchy(), load_catalogue())
    found = estimate.projects[0].spread_sources
    assert found.images == portfolio.projects[0].images.limit
    parts = (
        found.coefficients,
        found.data_set,
        found.architecture,
        found.discrepancy_and_noise,
    )
    assert sum(parts) == pytest.approx(1)
    told = json.loads(json.dumps(estimate.to_dict()))["projects"][0]["spread_sources"]
    assert told["sentence"] == found.sentence
    console = Console(width=79)
    with console.capture() as printed:
        for block in render_estimate(estimate):
            console.print(block)
    assert found.sentence in " ".join(printed.get().split())
    codes = {warning.code for warning in estimate.projects[0].warnings}
    assert "ARCHITECTURE_OUTSIDE_EVIDENCE" in codes
