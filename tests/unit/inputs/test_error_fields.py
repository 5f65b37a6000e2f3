"""What errors cost, in files: read in every format, refused with place and reason, warned of."""

import json
from dataclasses import replace

import pytest

import planner
from planner.domain.portfolio.in_use.grading import Step
from planner.domain.portfolio.in_use.mistakes import MissShare
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.vocabulary import OperatingPoint
from planner.errors import InputError, UnsupportedError
from planner.inputs.plan_file import read_plan
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.yaml_source import read_yaml
from planner.reporting.xlsx.form import form_bytes
from planner.testing import synthetic_posterior

HEAD = "version: 1\nportfolio: {budget: 100k, horizon_years: 3, discount_rate: 8%}\n"
PROJECT = """projects:
  - id: a
    classes: 2
    target_accuracy: 90%
    images: {held: 1000, limit: 5000, price: 0.3}
    value: 60k
"""
FUNDED = "rules: [{fund: [a]}]\n"
USE = "    use: {images_per_year: 100k}\n"
LIFE = (
    USE
    + """    errors: {miss: 50, false_alarm: 2, prevalence: 2%, operating_point: {miss_share: 30%}}
    today: {price_per_1000: 30, error: always_no}
    benefits:
      - {id: quality, yearly: {90%: 0, 98%: 100k}}
"""
)


def read(life: str, head: str = HEAD, name: str = "p.yaml", project: str = PROJECT) -> Portfolio:
    return parse_portfolio(f"{head}{project}{life}".encode(), name)


def test_every_field_is_read() -> None:
    """With the words of people."""
    project = read(LIFE).projects[0]
    errors = project.errors
    assert errors is not None
    assert (errors.miss, errors.false_alarm, errors.prevalence) == (50.0, 2.0, 0.02)
    assert errors.point == MissShare(miss_share=0.3)
    assert project.today is not None
    assert project.today.error == "always_no"
    steps = (Step(accuracy=0.9, amount=0.0), Step(accuracy=0.98, amount=100_000.0))
    assert project.benefits[0].yearly == steps
    alike = read(USE + "    errors: {miss: 50, prevalence: 2%}\n").projects[0].errors
    assert alike is not None
    assert alike.point is OperatingPoint.EQUAL


@pytest.mark.parametrize(
    "life", [LIFE, LIFE.replace("{miss_share: 30%}", "best").replace("always_no", "4%")]
)
def test_python_the_form_and_toml_say_the_same(life: str) -> None:
    """A workbook filled in from the file, and a file of tables, read as the same records."""
    document, _ = read_yaml(HEAD + PROJECT + life, "p.yaml")
    content = form_bytes(json.loads(json.dumps(document.data)))
    from_form, from_yaml = parse_portfolio(content, "p.xlsx"), read(life)
    assert replace(from_form, inputs_sha256="") == replace(from_yaml, inputs_sha256="")
    again = replace(from_yaml, projects=tuple(map(replace, from_yaml.projects)))
    assert again == from_yaml


@pytest.mark.parametrize(
    ("life", "place", "said"),
    [
        ("    errors: {miss: 50k}", "errors.miss", "a miss needs prevalence, the share of"),
        (
            "    errors: {cost_per_error: 1, miss: 2, prevalence: 1%}",
            "errors.cost_per_error",
            "give cost_per_error, or miss and false_alarm; not both.",
        ),
        ("    errors: {}", "errors", "cost_per_error, or miss and false_alarm, is missing"),
        ("    errors: {miss: 2, prevalence: 1}", "errors.prevalence", "1 may mean 1 % or 100 %"),
        ("    errors: {miss: 2, prevalence: 0%}", "errors.prevalence", "strictly between"),
        (
            "    errors: {miss: 2, prevalence: 1%, operating_point: worst}",
            "errors.operating_point",
            "expected one of equal, best",
        ),
        (
            "    errors: {cost_per_error: 2, prevalence: 1%}",
            "errors.prevalence",
            "tells misses from false alarms",
        ),
        (
            "    errors: {cost_per_error: 2}\n    today: {price_per_1000: 1, error: always_no}",
            "today",
            "tells misses from false alarms",
        ),
        ("    today: {price_per_1000: 1, error: 5%}", "today", "costs nothing without errors"),
        (
            "    benefits: [{id: b, yearly: {98%: 0, 90%: 100k}}]",
            "benefits",
            "a benefit may not fall with accuracy: 98 % is worth less than 90 %.",
        ),
        ("    benefits: [{id: b, yearly: {90%: 0, 0.9: 1}}]", "benefits", "given twice"),
        ("    benefits: [{id: b, yearly: {90%: 0, x: 1}}]", "benefits", "x"),
        ("    benefits: [{id: b, once: {}}]", "benefits", "expected amounts by accuracy"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(life: str, place: str, said: str) -> None:
    """One mistake, one message."""
    with pytest.raises(InputError) as caught:
        read(USE + life + "\n")
    (problem,) = caught.value.problems
    assert place.split(".")[0] in problem.field
    assert place.split(".")[-1] in problem.field
    assert said in problem.message


@pytest.mark.parametrize(
    ("project", "life", "said"),
    [
        (PROJECT, "    errors: {cost_per_error: 1}\n", "needs use.images_per_year"),
        (
            PROJECT.replace("classes: 2", "classes: 4"),
            USE + "    errors: {miss: 1, prevalence: 1%}\n",
            "misses and false alarms need two classes; this task has 4.",
        ),
        (
            PROJECT.replace("classes: 2", "class_counts: {yes: 59, no: 9941}"),
            USE + "    errors: {miss: 1, false_alarm: 1, prevalence: 0.59%}\n",
            "always answering no would look nearly perfect",
        ),
    ],
)
def test_errors_that_a_project_cannot_have_are_refused(project: str, life: str, said: str) -> None:
    """What they need is named."""
    with pytest.raises(InputError) as caught:
        read(life, project=project)
    (problem,) = caught.value.problems
    assert said in problem.message


def test_rare_images_may_be_trained_on_with_the_best_point() -> None:
    """And with equal errors once they are balanced."""
    rare = PROJECT.replace("classes: 2", "class_counts: {yes: 59, no: 9941}")
    pair = "    errors: {miss: 9, false_alarm: 1, prevalence: 0.59%, operating_point: best}\n"
    assert read(USE + pair, project=rare).projects[0].errors is not None
    alike = pair.replace("best", "equal")
    balanced = PROJECT.replace("classes: 2", "class_counts: {yes: 900, no: 900}")
    assert read(USE + alike, project=balanced).projects[0].errors is not None


def test_a_target_that_saves_nothing_is_warned_of_in_money() -> None:
    """And one that does is not, although who always says no errs less often."""
    rare = PROJECT.replace("classes: 2", "class_counts: {yes: 59, no: 9941}")
    pair = "    errors: {miss: 9000, false_alarm: 1, prevalence: 0.59%, operating_point: best}\n"
    assert portfolio_warnings(read(USE + pair, project=rare)) == ()
    dear = pair.replace("false_alarm: 1,", "false_alarm: 9000,").replace("best", "equal")
    (found,) = portfolio_warnings(read(USE + dear))
    assert found.code == "TARGET_TRIVIAL"
    assert "Meeting the target saves nothing" in found.message
    plan = planner.plan(read(USE + dear), synthetic_posterior(80))
    assert plan.decisions[0].verdict == "NO-GO"
    assert "meeting the target saves nothing" in plan.decisions[0].why


def test_an_impossible_mix_of_errors_is_clamped_and_said() -> None:
    """More misses than positives cannot be."""
    mix = "    errors: {miss: 9, false_alarm: 1, prevalence: 0.05%, operating_point: {miss_share: 90%}}\n"  # noqa: E501
    model = synthetic_posterior(80)
    plan = planner.plan(read(USE + mix + FUNDED), model)
    said = [one.message for one in plan.warnings if one.code == "MISS_SHARE_CLAMPED"]
    assert said == [
        "90 % of the errors would be more misses than there are positives (0.05 %); clamped."
    ]


def test_labelling_that_stops_at_the_target_is_refused() -> None:
    """The error would stay where it stopped."""
    head = HEAD.replace("budget: 100k", "budget: 100k, mode: stop_when_reached")
    with pytest.raises(UnsupportedError) as caught:
        planner.plan(read(LIFE, head=head), synthetic_posterior(80))
    (problem,) = caught.value.problems
    assert (problem.field, problem.fix) == ("portfolio.mode", "mode: commit")


def test_a_saved_plan_says_what_errors_cost(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Beside both trivial answers; read again it is the same plan."""
    plan = planner.plan(read(LIFE + FUNDED), synthetic_posterior(80))
    life = plan.decisions[0].life
    assert life is not None
    assert life.errors is not None
    assert life.errors.always_no == pytest.approx(1_000)
    assert life.errors.always_yes == pytest.approx(1_960)
    assert life.errors.net_benefit is not None
    assert "errors" in life.lines
    assert life.lines["errors"] < 0
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    assert read_plan(path).decisions[0].life == life
    assert "errors" not in plan.not_included
