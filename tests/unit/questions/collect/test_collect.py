"""What to collect for one project: prices, runs so far, architectures and alternatives."""

import math
from typing import Any

import numpy as np
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.errors import InputError
from planner.questions.collect.collect import (
    Advice,
    CollectionReport,
    build_collection,
    largest_miss,
)
from planner.reference.tables import load_catalogue


def project(**changes: Any) -> Project:
    fields: dict[str, Any] = {
        "id": "shelf",
        "classes": 10,
        "target_error": 0.1,
        "images": Images(held=1000, limit=200_000, price=0.5, fixed_cost=100.0),
        "value": 50_000.0,
        "architectures": ("ResNet-50", "EfficientNet-B0"),
        **changes,
    }
    return Project(**fields)


def collect(posterior: Posterior, subject: Project, **options: Any) -> CollectionReport:
    portfolio = Portfolio(name="test", projects=(subject,), compute=Compute(epochs=40, trials=3))
    return build_collection(portfolio, subject.id, posterior, load_catalogue(), **options)


def test_the_policy_is_no_dearer_than_its_alternatives(synthetic: Posterior) -> None:
    """One purchase, the limit at once and nothing at all cost at least as much in expectation."""
    report = collect(synthetic, project())
    others = report.alternatives
    assert report.advice is Advice.COLLECT
    for other in (others.at_once, others.to_limit, others.nothing):
        assert report.policy.expected_cost <= other.expected_cost + 1e-9
    assert others.nothing.expected_cost == 50_000.0
    assert others.to_limit.images_at_most == 200_000
    assert report.chance_within_limit >= report.policy.chance_reached


def test_costs_are_those_of_images_training_and_set_up(synthetic: Posterior) -> None:
    """The first round costs its images, the set-up, its own fee, and training on all images."""
    report = collect(synthetic, project(), round_cost=70.0, architecture="ResNet-50")
    step, prices = report.policy.rounds[0], report.prices
    assert prices.per_trained_image > 0
    expected = 0.5 * step.images_to_buy + 100 + 70 + prices.per_trained_image * step.images_total
    assert step.cost == pytest.approx(expected)


def test_the_value_is_at_stake_unless_a_penalty_is_given(synthetic: Posterior) -> None:
    """--penalty wins over the project's value, and says so."""
    by_value, by_penalty = collect(synthetic, project()), collect(synthetic, project(), penalty=9e5)
    assert (by_value.penalty_is, by_value.prices.penalty) == ("value", 50_000.0)
    assert (by_penalty.penalty_is, by_penalty.prices.penalty) == ("penalty", 9e5)
    assert by_penalty.policy.chance_reached >= by_value.policy.chance_reached


def test_without_value_or_penalty_nothing_can_be_weighed(synthetic: Posterior) -> None:
    """Both ways to mend it stand in the fix; other mistakes come in the same pass."""
    with pytest.raises(InputError, match=r"(?s)value: 100k .*--penalty 100k.*--rounds") as caught:
        collect(synthetic, project(value=None), rounds=0)
    assert [problem.field for problem in caught.value.problems] == [
        "projects[shelf].value",
        "--rounds",
    ]


def test_too_little_at_stake_is_not_started_and_the_break_even_is_named(
    synthetic: Posterior,
) -> None:
    """Just above the break-even it collects, just below it does not."""
    low = collect(synthetic, project(value=1.0), architecture="ResNet-50")
    assert low.advice is Advice.DO_NOT_START
    assert low.break_even is not None
    above, below = (
        collect(synthetic, project(value=low.break_even * k), architecture="ResNet-50")
        for k in (1.001, 0.999)
    )
    assert (above.advice, below.advice) == (Advice.COLLECT, Advice.DO_NOT_START)


def test_an_impossible_target_is_never_worth_starting(synthetic: Posterior) -> None:
    """Where no draw meets the target within the limit, no amount makes collecting pay."""
    subject = project(target_error=1e-9, images=Images(held=10, limit=20, price=0.5))
    report = collect(synthetic, subject, penalty=1e9)
    assert report.advice is Advice.DO_NOT_START
    assert (report.break_even, report.chance_within_limit) == (None, 0.0)


def test_a_trivial_target_needs_no_images(synthetic: Posterior) -> None:
    """A target that the majority guess meets is met by what is held."""
    report = collect(synthetic, project(target_error=0.95))
    assert report.advice is Advice.NO_IMAGES_NEEDED
    assert report.policy.rounds == ()


def test_the_architecture_of_least_cost_is_taken(synthetic: Posterior) -> None:
    """Left open, the cheapest candidate is chosen; asked for, the one asked for."""
    chosen = collect(synthetic, project())
    alone = {
        name: collect(synthetic, project(), architecture=name).policy.expected_cost
        for name in ("ResNet-50", "EfficientNet-B0")
    }
    assert chosen.policy.expected_cost == min(alone.values())
    assert chosen.n_architectures == 2


def test_a_run_that_missed_rules_out_smaller_needs() -> None:
    """Only runs of the same option count, and none if any of them met the target."""

    def miss(*pilots: Pilot, names: tuple[str, ...] = ("A", "B")) -> int:
        return largest_miss(project(architectures=names, pilots=pilots), "A")

    run = Pilot(images=500, error=0.2, architecture="A")
    assert miss(run) == 500
    assert miss(run, Pilot(images=900, error=0.15, architecture="A")) == 900
    assert miss(Pilot(images=500, error=0.2, architecture="B")) == 0
    assert miss(Pilot(images=500, error=0.2)) == 0
    assert miss(Pilot(images=500, error=0.2), names=("A",)) == 500
    assert miss(Pilot(images=500, error=0.2, architecture="A", pretrained=False)) == 0
    assert miss(run, Pilot(images=900, error=0.05, architecture="A")) == 0


def test_the_report_is_plain_finite_data(synthetic: Posterior) -> None:
    """JSON holds no infinities, and repeats what the record says."""
    report = collect(synthetic, project())
    data = report.to_dict()
    assert data["schema_version"] == 1
    assert data["images_now"] == report.policy.rounds[0].images_to_buy

    def numbers(value: object) -> list[float]:
        if isinstance(value, dict):
            return [n for part in value.values() for n in numbers(part)]
        if isinstance(value, list | tuple):
            return [n for part in value for n in numbers(part)]
        return [value] if isinstance(value, float) else []

    assert all(math.isfinite(number) for number in numbers(data))
    assert np.isclose(
        report.policy.expected_spend,
        sum(step.cost * step.chance_needed for step in report.policy.rounds),
    )


def test_an_unknown_project_is_named_with_the_closest(synthetic: Posterior) -> None:
    """A slip of the keyboard is answered with the project that was meant."""
    portfolio = Portfolio(name="test", projects=(project(),))
    with pytest.raises(InputError, match=r"(?s)no project 'shelv'.*fix  shelf"):
        build_collection(portfolio, "shelv", synthetic, load_catalogue())
