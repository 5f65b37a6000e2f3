"""What a project is judged on, in files: read in every format, refused with place and reason."""

import json
from dataclasses import replace

import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import Range
from planner.domain.vocabulary import Metric
from planner.errors import InputError, UnsupportedError
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.yaml_source import read_yaml
from planner.reporting.xlsx.form import form_bytes
from planner.testing import synthetic_posterior

HEAD = """version: 1
portfolio: {budget: 100k}
projects:
  - id: a
    use: {images_per_year: 1k}
    class_counts: {common: 50k, rare: 1k}
    target_accuracy: 93%
    images: {held: 1000, limit: 90k, price: 0.3}
    value: 60k
"""


def read(more: str, head: str = HEAD) -> Portfolio:
    return parse_portfolio(f"{head}{more}".encode(), "p.yaml")


@pytest.mark.parametrize("metric", list(Metric))
def test_the_form_says_the_same(metric: Metric) -> None:
    """Accuracy is what a file without it means."""
    text = f"    metric: {metric}\n"
    document, _ = read_yaml(HEAD + text, "p.yaml")
    content = form_bytes(json.loads(json.dumps(document.data)))
    from_form, from_yaml = parse_portfolio(content, "p.xlsx"), read(text)
    assert replace(from_form, inputs_sha256="") == replace(from_yaml, inputs_sha256="")
    assert from_yaml.projects[0].metric is metric
    assert read("").projects[0].metric is Metric.ACCURACY


BALANCE = """    metric: f1
    rebalance: [none, 5k, 10k]
    class_prices: {rare: 1.50..2.50}
"""


def test_rebalancing_is_read_alike_from_the_form_and_from_python() -> None:
    """None is 0; one number alone fixes it."""
    document, _ = read_yaml(HEAD + BALANCE, "p.yaml")
    content = form_bytes(json.loads(json.dumps(document.data)))
    from_form, from_yaml = parse_portfolio(content, "p.xlsx"), read(BALANCE)
    assert replace(from_form, inputs_sha256="") == replace(from_yaml, inputs_sha256="")
    project = from_yaml.projects[0]
    assert project.rebalance == (0, 5_000, 10_000)
    assert dict(project.class_prices or {}) == {"rare": Range(1.5, 2.5)}
    assert replace(project) == project
    assert read("    rebalance: 10k\n").projects[0].rebalance == (10_000,)


def test_balancing_under_accuracy_is_warned_of() -> None:
    """Relative complexity rises: the numbers are said."""
    (found,) = portfolio_warnings(read("    rebalance: [none, 10k]\n"))[-1:]
    assert (found.code, found.field) == ("BALANCE_PUNISHED", "projects[a].rebalance")
    assert "relative complexity rises from 0.014 to 0.0652" in found.message
    assert "16.7 % of the images in place of 1.96 %" in found.message
    codes = {one.code for one in portfolio_warnings(read(BALANCE))}
    assert "BALANCE_PUNISHED" not in codes


def test_labelling_that_stops_leaves_open_how_many_of_a_class_are_bought() -> None:
    """Refused with the fix."""
    head = HEAD.replace("budget: 100k", "budget: 100k, mode: stop_when_reached")
    with pytest.raises(UnsupportedError) as caught:
        planner.plan(read(BALANCE, head), synthetic_posterior(n_draws=40))
    (problem,) = caught.value.problems
    assert problem.fix == "mode: commit"
    assert "rebalance buys images of one class" in problem.message


@pytest.mark.parametrize(
    ("more", "head", "place", "said"),
    [
        ("    metric: recall\n", HEAD, "metric", "expected one of accuracy, balanced_accuracy, f1"),
        (
            "    metric: f1\n    task: segmentation\n",
            HEAD.replace("target_accuracy", "target_iou"),
            "metric",
            "f1 measures classification; the task of this project is segmentation.",
        ),
        (
            "    metric: f1\n    errors: {cost_per_error: 2}\n",
            HEAD,
            "errors",
            "errors are priced one by one, as accuracy counts them; f1 weighs those of rare",
        ),
        (
            "    metric: f1\n    review: {share: 10%, finds: 20%, price_per_1000: 4}\n",
            HEAD,
            "review",
            "which F1 is no share of",
        ),
        ("    rebalance: some\n", HEAD, "rebalance", "expected"),
        ("    rebalance: []\n", HEAD, "rebalance", "expected none, a number of images of the"),
        ("    rebalance: [10k, 10k]\n", HEAD, "rebalance", "a number is given twice"),
        ("    rebalance: [5k, 6k, 7k, 8k]\n", HEAD, "rebalance", "4 numbers of images; at most 3"),
        ("    rebalance: [none, 900]\n", HEAD, "rebalance", '"rare" has 1,000 images already; got'),
        ("    rebalance: 60k\n", HEAD, "rebalance", "60,000 images are more than the 50,000 of"),
        (
            "    rebalance: [none, 10k]\n",
            HEAD.replace("held: 1000, limit: 90k", "held: 51k, limit: 55k"),
            "rebalance",
            '10,000 images of "rare" beside the 51,000 held take 60,000 in all; the limit',
        ),
        (
            "    rebalance: 10k\n",
            HEAD.replace("class_counts: {common: 50k, rare: 1k}", "classes: 4"),
            "rebalance",
            "needs a classification with class_counts: which class is rare.",
        ),
        (
            "    class_prices: {rare: 2}\n",
            HEAD,
            "class_prices",
            "a class is bought by itself only where the plan may rebalance.",
        ),
        (
            "    rebalance: 10k\n    class_prices: {common: 2}\n",
            HEAD,
            "class_prices",
            'only "rare", the rarest class, is bought by itself.',
        ),
        ("    rebalance: 10k\n    class_prices: {rare: -2}\n", HEAD, "rare", "at least 0"),
    ],
)
def test_what_cannot_be_judged_so_is_refused(more: str, head: str, place: str, said: str) -> None:
    """At its place, in one message."""
    with pytest.raises(InputError) as caught:
        read(more, head)
    (problem,) = caught.value.problems
    assert place in problem.field
    assert said in problem.message
    assert problem.place.startswith("p.yaml:")
