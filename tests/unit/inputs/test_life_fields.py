"""Lives in files: read in every format, refused with place and reason, written into the form."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.errors import InputError
from planner.inputs.plan_file import read_plan
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.yaml_source import read_yaml
from planner.reporting.xlsx.form import form_bytes
from planner.testing import synthetic_posterior

LIFE = """
    build:
      people:
        - {role: engineer, weeks: 6, per_week: 3500}
        - {role: doctor, weeks: 2, per_week: 6k..9k}
      lines: [{id: cameras, once: 20k..30k}]
      label_per_week: 10k
      weeks: 4
    use: {images_per_year: 100k, years: 3, ramp_years: 0.5, growth: -5%, deploy: always}
    inference: {images_per_s: 600, accelerator: t4, always_on: 1}
    upkeep:
      half_life: 2
      refresh: [none, yearly]
      lines: [{id: monitoring, yearly: 6k}, {id: audit, once: 3k}]
    benefits:
      - {id: time, yearly: 300k, if: live}
      - {id: press, once: 200k, window_years: 1, window: step}
    today: {price_per_1000: 30}
    end: {once: 15k, resale: 0}
    alternatives:
      - {id: vendor, kind: buy, price_per_1000: 1.50, accuracy: 88%..93%, lead_weeks: 2}
      - {id: rules, kind: rules, once: 8k, error: 15%}
"""
USE = "    use: {images_per_year: 9}\n"
HEAD = "version: 1\nportfolio: {budget: 100k, horizon_years: 3, discount_rate: 8%, cash: mid}\n"
PROJECT = """projects:
  - id: a
    classes: 2
    target_accuracy: 90%
    images: {held: 1000, limit: 5000, price: 0.3}
    value: 60k
"""


def read(life: str, head: str = HEAD, name: str = "p.yaml") -> Portfolio:
    return parse_portfolio(f"{head}{PROJECT}{life}".encode(), name)


def test_every_field_is_read() -> None:
    """With the words of people: k, %, ranges, and names of machines as the table spells them."""
    project = read(LIFE).projects[0]
    assert project.build is not None
    assert [str(person.amount) for person in project.build.people] == ["21000.0", "12000..18000"]
    assert project.use is not None
    assert (project.use.growth, str(project.use.deploy)) == (-0.05, "always")
    assert project.inference is not None
    assert project.inference.accelerator == "T4"
    assert project.end is not None
    assert (project.end.once, project.end.resale) == (15_000.0, 0.0)
    assert [str(benefit.when) for benefit in project.benefits] == ["live", "target"]


def test_python_and_the_form_say_the_same() -> None:
    """Keyword names as in the file; a workbook filled in from it reads as the same records."""
    document, _ = read_yaml(HEAD + PROJECT + LIFE, "p.yaml")
    data = document.data
    content = form_bytes(json.loads(json.dumps(data)))
    from_form = parse_portfolio(content, "p.xlsx")
    from_yaml = read(LIFE)
    assert replace(from_form, inputs_sha256="") == replace(from_yaml, inputs_sha256="")


def test_toml_says_the_same() -> None:
    """Tables in tables."""
    text = """version = 1
[portfolio]
budget = "100k"
horizon_years = 3
discount_rate = "8%"
cash = "mid"
[[projects]]
id = "a"
classes = 2
target_accuracy = "90%"
value = "60k"
images = {held = 1000, limit = 5000, price = 0.3}
use = {images_per_year = "100k", years = 3, ramp_years = 0.5, growth = "-5%", deploy = "always"}
end = {once = "15k", resale = 0}
benefits = [{id = "time", yearly = "300k", if = "live"}]
"""
    assert tomllib.loads(text)
    project = parse_portfolio(text.encode(), "p.toml").projects[0]
    whole = read(LIFE).projects[0]
    assert (project.use, project.end, project.benefits) == (
        whole.use,
        whole.end,
        whole.benefits[:1],
    )


@pytest.mark.parametrize(
    ("life", "place", "said"),
    [
        ("    benefits: [{id: b, once: 5k, yearly: 2k}]", "benefits", "give once or yearly"),
        ("    benefits: [{id: b}]", "benefits", "once or yearly is missing"),
        ("    use: {deploy: maybe}", "use.deploy", "if_target_met, if_pays, always"),
        ("    inference: {}", "inference", "needs use.images_per_year"),
        ("    today: {price_per_1000: 3}", "today", "needs use.images_per_year"),
        ("    use: {images_per_year: -1}", "use.images_per_year", "got -1"),
        ("    use: {years: 0}", "use.years", "above 0"),
        ("    use: {growth: 1200%}", "use.growth", "-90 % to 1000 %"),
        ("    use: {growth: 5}", "use.growth", "per cent"),
        ("    build: {weeks: -2}", "build.weeks", "of at least 0"),
        ("    build: {label_per_week: 0}", "build.label_per_week", "above 0"),
        ("    build: {people: [{role: e, weeks: 2}]}", "build.people", "per_week is missing"),
        ("    build: {lines: [{id: c, once: 1, yearly: 2}]}", "build.lines", "unknown field"),
        ("    upkeep: {half_life: 0}", "upkeep.half_life", "above 0"),
        (
            "    upkeep: {half_life: 2, refresh_share: 20%}",
            "upkeep.refresh_share",
            "drift is stated twice; give one of half_life, refresh_share, error_growth.",
        ),
        ("    upkeep: {refresh: yearly}", "upkeep.refresh", "without drift there is nothing"),
        (
            "    upkeep: {half_life: 2, refresh: [none, daily]}",
            "upkeep.refresh",
            "expected one of none, yearly, half_yearly",
        ),
        ("    upkeep: {half_life: 2, refresh: [none, none]}", "upkeep.refresh", "given twice"),
        ("    alternatives: [{id: a, kind: buy}]", "alternatives", "needs accuracy (or error)"),
        (
            "    alternatives: [{id: a, kind: hire, error: 5%}]",
            "alternatives",
            "buy, rules, people",
        ),
        (
            "    alternatives: [{id: a, kind: buy, error: 5%, price_per_1000: 1}]",
            "alternatives",
            "needs use.images_per_year",
        ),
        (
            "    use: {images_per_year: 9}\n    inference: {price_per_1000: [{up_to: 5}]}",
            "inference.price_per_1000",
            "price is missing",
        ),
        ("    benefits: [{id: b, once: 1, window: step}]", "benefits", "needs its length"),
        (
            "    use: {images_per_year: 1}\n    inference: {price_per_1000: 1, always_on: 1}",
            "inference.price_per_1000",
            "not both",
        ),
        (
            "    use: {images_per_year: 9, growth: 1..2}",
            "use.growth",
            "takes one number",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(life: str, place: str, said: str) -> None:
    """One mistake, one message."""
    with pytest.raises(InputError) as caught:
        read(life + "\n")
    (problem,) = caught.value.problems
    assert place.split(".")[0] in problem.field
    assert place.split(".")[-1] in problem.field
    assert said in problem.message


def test_a_file_that_earns_in_use_alone_needs_no_value() -> None:
    """Benefits say what a project is worth as well as a value does."""
    text = f"{HEAD}{PROJECT}".replace("    value: 60k\n", "    benefits: [{id: b, yearly: 9k}]\n")
    portfolio = parse_portfolio(text.encode(), "p.yaml")
    plan = planner.plan(portfolio, synthetic_posterior(80))
    assert plan.objective is not None
    assert str(plan.objective.kind) == "net_value"
    assert plan.life is not None
    assert list(plan.life.lines) in (["development", "benefits"], ["development"])


def test_the_file_of_a_plan_says_its_life(tmp_path: Path) -> None:
    """A plan that is saved and read again is the same plan."""
    portfolio = read(LIFE)
    plan = planner.plan(portfolio, synthetic_posterior(80))
    saved = tmp_path / "plan.json"
    saved.write_text(plan.to_json(), encoding="utf-8")
    again = read_plan(saved)
    assert again.life == plan.life
    assert [one.life for one in again.decisions] == [one.life for one in plan.decisions]
    assert again.not_included == plan.not_included == ("review", "errors", "compliance",
                                                       "carbon")  # fmt: skip


@pytest.mark.parametrize(
    ("life", "code", "said"),
    [
        ("    use: {years: 5}", "HORIZON_CUTS", "Used for 5 years, but counted for 3"),
        ("    build: {weeks: 200}", "LIVE_TOO_LATE", "Live after 200 weeks"),
        (
            USE + "    alternatives: [{id: v, kind: buy, error: 5%, price_per_1000: 1500}]",
            "PER_1000",
            "v: 1,500 per 1,000 images is USD 1.50 an image",
        ),
    ],
)
def test_what_is_not_counted_or_looks_like_a_slip_is_warned_of(
    life: str, code: str, said: str
) -> None:
    """And nothing of a life that is as it should be."""
    (found,) = (one for one in portfolio_warnings(read(life + "\n")) if one.code != "NOT_USED")
    assert (found.code, found.message[: len(said)]) == (code, said)
    assert portfolio_warnings(read(LIFE)) == ()
