"""Review, shift and projects without a target, in files: read, refused by name, planned."""

import html
import json
import re
from dataclasses import replace

import pytest

import planner
from planner.domain.portfolio.in_use.field_use import PRESETS, Preset, Shift
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import Range
from planner.errors import InputError, UnsupportedError
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.yaml_source import read_yaml
from planner.questions.estimate.estimate import build_estimate
from planner.reference.tables import load_catalogue
from planner.reporting.xlsx.form import form_bytes
from planner.testing import synthetic_posterior

HEAD = "version: 1\nportfolio: {budget: 100k, horizon_years: 3, discount_rate: 8%}\n"
PROJECT = """projects:
  - id: a
    classes: 2
    images: {held: 1000, limit: 5000, price: 0.3}
"""
TARGET = "    target_accuracy: 85%\n"
USE = "    use: {images_per_year: 100k}\n"
REVIEW = "    review: {share: 10%, finds: 60%, price_per_1000: 400, error: 1%}\n"
SHIFT = "    shift: {accuracy_drop: 5%..12%}\n"
COMPRESS = """    compress:
      - {id: int8, training: 15%, inference: 45%, error_points: 0.1..1.0}
      - {id: pruned, error_points: 2}
"""
OPEN = """    use: {images_per_year: 1M, deploy: if_pays}
    errors: {cost_per_error: 0.5}
    today: {price_per_1000: 900}
"""


def read(life: str) -> Portfolio:
    return parse_portfolio(f"{HEAD}{PROJECT}{life}".encode(), "p.yaml")


@pytest.mark.parametrize(
    "life",
    [
        TARGET + USE + REVIEW + SHIFT,
        pytest.param(TARGET + "    shift: {points: 11}\n", marks=pytest.mark.slow),
        TARGET.replace("85", "60") + "    shift: {preset: new-site}\n",
        pytest.param(OPEN, marks=pytest.mark.slow),
        OPEN + COMPRESS,
    ],
)
def test_files_and_the_form_say_the_same(life: str) -> None:
    """A workbook filled in from the file reads as the same records."""
    document, _ = read_yaml(HEAD + PROJECT + life, "p.yaml")
    content = form_bytes(json.loads(json.dumps(document.data)))
    from_form, from_yaml = parse_portfolio(content, "p.xlsx"), read(life)
    assert replace(from_form, inputs_sha256="") == replace(from_yaml, inputs_sha256="")


def test_published_shifts_are_those_of_their_papers() -> None:
    """Points of ImageNetV2, shares of WILDS and ObjectNet."""
    assert PRESETS[Preset.IMAGENET_V2].lost == Range(0.11, 0.14)
    assert PRESETS[Preset.NEW_SITE].drop == Range(0.22, 0.34)
    assert Shift(preset=Preset.OBJECTNET).drop == Range(0.40, 0.45)


@pytest.mark.parametrize(
    ("life", "place", "said"),
    [
        (
            TARGET + USE + REVIEW.replace("10%", "20%").replace("60%", "10%"),
            "review.finds",
            "people who look at 20 % of the images find at least 20 % of the errors; got 10 %.",
        ),
        (TARGET + REVIEW, "review", "needs use.images_per_year"),
        (TARGET + USE + "    review: {share: 5%, finds: 9%}\n", "review", "price_per_1000"),
        (
            TARGET
            + USE
            + REVIEW.replace("share: 10%", "share: 60%").replace("error: 1%", "error: 40%"),
            "review",
            "get 24 % of all wrong, more than the target of 15 %",
        ),
        (
            TARGET + "    shift: {accuracy_drop: 45%}\n",
            "target_accuracy",
            "a drop of 45 % leaves at most 55 % in the field; 85 % cannot be reached.",
        ),
        (TARGET + "    shift: {preset: imagenetv3}\n", "shift.preset", "imagenet-v2"),
        (
            TARGET + "    shift: {accuracy_drop: 5%, points: 3}\n",
            "shift.points",
            "keep exactly one",
        ),
        (TARGET + "    shift: {}\n", "shift", "is missing; give exactly one"),
        (TARGET + "    shift: {accuracy_drop: 100%}\n", "shift.accuracy_drop", "less than 100 %"),
        (TARGET + "    shift: {points: 120}\n", "shift.points", "less than 100 points"),
        (
            USE + "    errors: {cost_per_error: 1}\n",
            "use",
            "without a target the system cannot be deployed on meeting it.",
        ),
        (
            OPEN.replace("    errors: {cost_per_error: 0.5}\n", ""),
            "projects[a]",
            "only what errors cost says how good it must be",
        ),
        (OPEN + COMPRESS.replace("pruned", "int8"), "compress", "is used twice"),
        (OPEN + "    compress: [{id: a}]\n", "compress", "error_points is missing"),
        (OPEN + "    value: 5k\n", "value", "without a target state benefits"),
        (OPEN + "    benefits: [{id: b, once: 5k}]\n", "benefits", "and there is none"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(life: str, place: str, said: str) -> None:
    """One mistake, one message."""
    with pytest.raises(InputError) as caught:
        read(life)
    (problem,) = caught.value.problems
    assert place.split(".")[0] in problem.field
    assert place.split(".")[-1] in problem.field
    assert said in problem.message + problem.fix


def test_what_a_drop_leaves_is_the_fix_and_is_taken() -> None:
    """The target that a message proposes is read."""
    assert read(TARGET.replace("85", "55") + "    shift: {accuracy_drop: 45%}\n").projects


def test_the_accuracy_is_chosen_where_no_target_is() -> None:
    """Dearer errors ask for more images; the chance is that running it pays."""
    model = synthetic_posterior(80)
    plans = [
        planner.plan(read(OPEN.replace("cost_per_error: 0.5", f"cost_per_error: {price}")), model)
        for price in (0.001, 0.5)
    ]
    few, many = (plan.decisions[0] for plan in plans)
    assert few.images_total < many.images_total
    assert many.chance_of_target > 0.5
    assert "likely to earn more in use than it costs there" in many.why


def test_no_target_is_no_trivial_target() -> None:
    """Nor where the best point is always the same answer."""
    pair = "{miss: 9, prevalence: 2%, operating_point: best}"
    project = read(OPEN.replace("{cost_per_error: 0.5}", pair)).projects[0]
    assert not project.target_is_trivial
    assert not project.guess_meets_target


def test_what_asks_for_a_target_refuses_by_name() -> None:
    """With the reason, and what answers instead."""
    with pytest.raises(UnsupportedError) as caught:
        build_estimate(read(OPEN), synthetic_posterior(80), load_catalogue())
    (problem,) = caught.value.problems
    assert problem.field == "projects[a].target_accuracy"
    assert "the project states none: planner plan chooses" in problem.message
    refused = UnsupportedError if not read(OPEN).projects[0].has_target else InputError
    with pytest.raises(refused):
        planner.collect(read(OPEN), "a", synthetic_posterior(80))


def test_chances_fall_with_a_shift_and_rise_with_review() -> None:
    """On the same draws."""
    model = synthetic_posterior(80)
    rules = "rules: [{fund: [a]}]\n"
    lives = (TARGET + USE + SHIFT, TARGET + USE, TARGET + USE + REVIEW)
    best = []
    for life in lives:
        rows = planner.options(read(life + "    value: 9k\n" + rules), model)["options"]
        assert isinstance(rows, list)
        best.append(max(row["chance_of_target"] for row in rows))
    assert best == sorted(best)
    assert best[0] < best[1]


def test_a_shift_of_nothing_changes_no_byte() -> None:
    """Nor does review of nothing."""
    model = synthetic_posterior(80)
    life = TARGET + USE + "    value: 90k\n"
    plain = planner.plan(read(life), model)
    neutral = (
        "    shift: {accuracy_drop: 0%}\n",
        "    review: {share: 0%, finds: 0%, price_per_1000: 0}\n",
    )
    for part in neutral:
        plan = planner.plan(read(life + part), model)
        for one, other in zip(plain.decisions, plan.decisions, strict=True):
            assert replace(one, life=None) == replace(other, life=None)
        assert (plan.objective, plan.risk, plan.audit) == (plain.objective, plain.risk, plain.audit)


@pytest.mark.parametrize("shift", [Shift(accuracy_drop=0.1), Shift(preset=Preset.OBJECTNET)])
def test_a_target_that_a_guess_meets_in_use_is_trivial_and_has_one_worth(shift: Shift) -> None:
    """However far a system falls in use: not funded, and where a rule demands it worth the same.

    Answering always the same falls nowhere, so that the risk of the plan counts it as met too.
    """
    text = HEAD + PROJECT + "    target_accuracy: 50%\n    value: 50k\n"
    portfolio = parse_portfolio(text.encode(), "p.yaml")
    project = replace(portfolio.projects[0], shift=shift)
    model = synthetic_posterior()
    plan = planner.plan(replace(portfolio, projects=(project,)), model)
    assert plan.decisions[0].verdict == "NO-GO"
    assert "TARGET_TRIVIAL" in {warning.code for warning in plan.warnings}
    demanded = parse_portfolio(f"{text}rules: [{{fund: [a]}}]\n".encode(), "p.yaml")
    forced = planner.plan(replace(demanded, projects=(project,)), model)
    assert forced.audit is not None
    assert forced.risk is not None
    assert forced.risk.net_value.mean == pytest.approx(forced.audit.held_out_value, abs=0.01)


PUBLISHED = """
version: 1
portfolio: {budget: 100k, carbon: {region: FRA}}
compute: {basis: paper}
projects:
  - id: a
    classes: 4
    target_accuracy: 60%
    images: {held: 1k, limit: 9k, price: 0.3}
    value: 60k
    architectures: [ResNet-50]
    shift: {preset: new-site}
"""


def test_a_published_shift_is_cited_and_its_target_told_on_the_test_set_and_in_use() -> None:
    """In the plan's assumptions, in what explains a project, and in the report."""
    portfolio = parse_portfolio(PUBLISHED.encode(), "p.yaml")
    model, source = synthetic_posterior(80), "Koh et al. 2021, WILDS, arXiv 2012.07421"
    plan = planner.plan(portfolio, model)
    assert source in str(plan.assumptions["published_shifts"])
    explained = planner.explain(portfolio, "a", model)
    assert source in str(explained.to_dict()["published_shift"])
    page = html.unescape(re.sub(r"<[^>]+>", "", planner.report(portfolio, model).html))
    assert source in page
    assert "16.7 % error on the test set (40 % in use)" in page
    assert "16.6667" not in page


def test_carbon_that_the_basis_cannot_count_is_said_to_be_missing() -> None:
    """On the basis paper nothing is known of the machines that train."""
    found = portfolio_warnings(parse_portfolio(PUBLISHED.encode(), "p.yaml"))
    assert [one.field for one in found if one.code == "CARBON_UNCOUNTED"] == ["compute.basis"]
    measured = parse_portfolio(PUBLISHED.replace("basis: paper", "epochs: 9").encode(), "p.yaml")
    assert "CARBON_UNCOUNTED" not in {one.code for one in portfolio_warnings(measured)}
