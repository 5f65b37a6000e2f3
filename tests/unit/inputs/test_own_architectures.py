"""Architectures that a portfolio states: read alike everywhere, every mistake at its place."""

import textwrap

import pytest

import planner
from planner.domain.portfolio.architectures import OwnArchitecture
from planner.domain.portfolio.portfolio import Portfolio
from planner.errors import InputError
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.yaml_source import read_yaml
from planner.reference.tables import catalogue_of, load_catalogue
from planner.reporting.xlsx.form import form_bytes

PROJECT = """
    - id: a
      task: classification
      classes: 4
      target_accuracy: 92%
      images: {held: 20k, limit: 90k, price: 0.30}
      value: 100k
      architectures: [MY net, ResNet-50]
"""
ROWS = """
    - {name: my-net, parameters: 12M, gmacs: 1.8, px: 224}
    - name: full-net
      parameters: 25.6M
      gmacs: 4.1
      px: 224
      imagenet_top1: 76.1%
      pretraining_images: 1.28M
      self_supervised: false
"""
STATED = (
    OwnArchitecture(name="my-net", parameters=12_000_000, gmacs=1.8, px=224),
    OwnArchitecture(
        name="full-net",
        parameters=25_600_000,
        gmacs=4.1,
        px=224,
        imagenet_top1=0.761,
        pretraining_images=1_280_000,
        self_supervised=False,
    ),
)
TOML = """
version = 1
[portfolio]
budget = "30k"
architectures = [
  {name = "my-net", parameters = "12M", gmacs = 1.8, px = 224},
  {name = "full-net", parameters = "25.6M", gmacs = 4.1, px = 224, imagenet_top1 = "76.1%", \
pretraining_images = "1.28M", self_supervised = false},
]
[[projects]]
id = "a"
task = "classification"
classes = 4
target_accuracy = "92%"
value = "100k"
architectures = ["MY net", "ResNet-50"]
images.held = "20k"
images.limit = "90k"
images.price = 0.30
"""


def text(rows: str, compute: str = "") -> str:
    project = textwrap.indent(textwrap.dedent(PROJECT), "  ")
    entries = textwrap.indent(textwrap.dedent(rows), "    ")
    head = f"version: 1\nportfolio:\n  budget: 30k\n  architectures:\n{entries}"
    return f"{head}\n{compute}\nprojects:\n{project}"


def problems(rows: str, compute: str = "") -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        parse_portfolio(text(rows, compute).encode(), "p.yaml")
    return [(item.field, item.message, item.fix) for item in caught.value.problems]


def test_yaml_toml_workbook_and_python_are_the_same_rows() -> None:
    """A project then has the name as it is stated, whatever its spelling."""
    document, _ = read_yaml(text(ROWS), "p.yaml")
    assert isinstance(document.data, dict)
    found = (
        parse_portfolio(text(ROWS).encode(), "p.yaml"),
        parse_portfolio(TOML.encode(), "p.toml"),
        parse_portfolio(form_bytes(document.data), "p.xlsx"),
        Portfolio(architectures=document.data["portfolio"]["architectures"]),
    )
    assert [item.architectures for item in found] == [STATED] * 4
    assert [item.projects[0].architectures for item in found[:3]] == [("my-net", "ResNet-50")] * 3


def test_every_mistake_of_the_rows_is_said_at_its_place() -> None:
    """What is wrong in a row is not said again where a project names it."""
    rows = """
    - {name: "", parameters: -12M, gmacs: 0}
    - {name: resnet50, gmacs: 1.8, px: 0}
    - {name: my-net, gmacs: 1.8, imagenet_top1: 1, pretraining_images: 0, self_supervised: maybe}
    - {name: My_Net, gmac: 3}
    - {parameters: 3M}
    """
    here = "portfolio.architectures"
    assert problems(rows) == [
        (f"{here}[0].name", "the text is empty.", ""),
        (f"{here}[0].parameters", 'got "-12M"; a number of parameters is at least 0.', ""),
        (f"{here}[0].gmacs", "got 0; expected a number above 0.", ""),
        (
            f"{here}[1].name",
            'the catalogue has "resnet50" as ResNet-50 already; its own numbers hold.',
            "name: my-resnet50, or leave this entry out",
        ),
        (f"{here}[1].px", "got 0; expected at least 1.", ""),
        (f"{here}[2].imagenet_top1", "1 may mean 1 % or 100 %.", "1% or 100%"),
        (f"{here}[2].pretraining_images", "got 0; expected at least 1.", ""),
        (f"{here}[2].self_supervised", 'got "maybe"; expected true or false.', ""),
        (f"{here}[3].name", '"My_Net" is stated already, as "my-net"; names are unique.', ""),
        (f"{here}[3].gmac", "unknown field.", "gmacs  (did you mean this?)"),
        (f"{here}[4].name", "name is missing.", "name: my-net"),
    ]


@pytest.mark.parametrize("name", ["{}", "[a]", "12", "true"])
def test_a_name_that_is_no_text_is_one_mistake(name: str) -> None:
    """Whatever stands there, and beside a row that a project names without its size."""
    found = problems(f"- {{name: {name}, gmacs: 2}}\n- {{name: my-net}}")
    assert [place for place, *_ in found] == [
        "portfolio.architectures[0].name",
        "portfolio.architectures[1]",
    ]


@pytest.mark.parametrize(
    ("row", "compute", "missing", "fix"),
    [
        ("- {name: my-net, parameters: 5M}", "", "gmacs", "4.1"),
        ("- {name: my-net, gmacs: 2}", "compute: {basis: paper}", "parameters", "25M"),
    ],
)
def test_a_size_is_needed_where_it_prices_training(
    row: str, compute: str, missing: str, fix: str
) -> None:
    """At the row, once, with the field that the basis counts by."""
    (found,) = problems(row, compute)
    assert found[0] == "portfolio.architectures[0]"
    assert found[1].startswith(f"{missing} of my-net is missing: basis ")
    assert found[2] == f"{missing}: {fix}"
    other = "compute: {basis: paper}" if not compute else ""
    parse_portfolio(text(row, other).encode(), "p.yaml")


def test_python_refuses_the_same_clashes() -> None:
    """Two rows of one name when the portfolio is made, one of the tables when it is looked up."""
    with pytest.raises(InputError, match="is stated already"):
        Portfolio(architectures=({"name": "my-net"}, {"name": "My Net"}))  # type: ignore[arg-type]
    clash = Portfolio(architectures=(OwnArchitecture(name="vgg 16"),))
    with pytest.raises(InputError, match="as VGG-16 already"):
        catalogue_of(clash)


def test_without_rows_the_tables_are_the_same_object() -> None:
    """So that prices looked up in them stay, and the same rows give the same tables."""
    assert catalogue_of(Portfolio()) is load_catalogue()
    portfolio = Portfolio(architectures=STATED)
    assert catalogue_of(portfolio) is catalogue_of(Portfolio(architectures=STATED))
    assert len(catalogue_of(portfolio).architectures) == len(load_catalogue().architectures) + 2


def test_plans_that_state_other_sizes_differ_by_the_rows_name() -> None:
    """Compared by name, as the lines of a life are."""
    from planner.domain.portfolio.echo import echo_inputs

    echoed = echo_inputs(Portfolio(architectures=STATED[:1]))
    assert echoed["portfolio"] == {
        "architectures": {"my-net": {"parameters": 12_000_000, "gmacs": 1.8, "px": 224}}
    }
    assert planner.Portfolio is Portfolio
