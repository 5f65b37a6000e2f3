"""What a user wrote is printed as it is, whatever it would mean to the library that prints it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

RUNNER = CliRunner()
NAMES = ["[/]", "[bold]x[/bold]", "\\[x]", ":smile:", "[link=a]b"]

PORTFOLIO = """\
version: 1
portfolio:
  name: 'N {name}'
  budget: 20k
  mode: commit
  periods: [{{id: 'p {name}', budget: 9k}}, {{id: q, budget: 9k}}]
projects:
  - {{id: 'a {name}', unit: 'u {name}', earliest: 'p {name}', classes: 4, target_accuracy: 92%,
     images: {{held: 1k, limit: 3k, price: 0.3}}, value: 50k, architectures: [ResNet-50]}}
  - {{id: 'b {name}', unit: v, classes: 4, target_accuracy: 92%,
     images: {{held: 1k, limit: 3k, price: 0.3}}, value: 50k, architectures: [ResNet-50]}}
shared: [{{id: 's {name}', kind: dataset, members: ['a {name}', 'b {name}'], fixed_cost: 1k}}]
rules:
  - {{unit: 'u {name}', max_share: 90%, name: 'r {name}'}}
  - {{at_most: 2, of: ['a {name}', 'b {name}'], name: 't {name}'}}
"""


@pytest.fixture(params=NAMES)
def portfolio(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Write a portfolio that has the name everywhere a name can stand."""
    name = str(request.param)
    path = tmp_path / "p.yaml"
    path.write_text(PORTFOLIO.format(name=name), encoding="utf-8")
    return path, name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("estimate FILE", 0),
        ("options FILE", 0),
        ("plan FILE -v", 0),
        ("frontier FILE --budget 5k:18k:13k", 0),
        ("explain FILE PROJECT", 0),
        ("explain FILE", 0),
        ("collect FILE PROJECT", 0),
        ("explain FILE NAME", 3),
        ("collect FILE NAME", 3),
        ("estimate FILE NAME", 3),
    ],
)
def test_names_in_square_brackets_are_printed_as_they_are(
    portfolio: tuple[Path, str], command: str, code: int
) -> None:
    """No name is taken for markup, an emoji or a link, on stdout or stderr."""
    path, name = portfolio
    words = {"FILE": str(path), "PROJECT": f"a {name}", "NAME": name}
    arguments = [words.get(word, word) for word in command.split()]
    result = RUNNER.invoke(app, [*arguments, "--model", "published"])
    assert result.exit_code == code, result.output
    assert name in result.output.replace("\n", " ")


def test_a_shared_asset_with_a_closing_tag_for_a_name_is_planned(tmp_path: Path) -> None:
    """The name of the asset heads its table."""
    path = tmp_path / "p.yaml"
    path.write_text(PORTFOLIO.format(name="[/]").replace("s [/]", "[/]"), encoding="utf-8")
    result = RUNNER.invoke(app, ["plan", str(path), "-v", "--model", "published"])
    assert result.exit_code == 0, result.output
    assert "[/] (dataset)" in result.output
