"""What a project is judged on, in files: read in every format, refused with place and reason."""

import json
from dataclasses import replace

import pytest

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.vocabulary import Metric
from planner.errors import InputError
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.yaml_source import read_yaml
from planner.reporting.xlsx.form import form_bytes

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
    ],
)
def test_what_cannot_be_judged_so_is_refused(more: str, head: str, place: str, said: str) -> None:
    """At its place, in one message."""
    with pytest.raises(InputError) as caught:
        read(more, head)
    (problem,) = caught.value.problems
    assert problem.field.endswith(place)
    assert said in problem.message
    assert problem.place.startswith("p.yaml:")
