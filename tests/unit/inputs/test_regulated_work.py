"""What the example says of regulated work can be copied, and costs what it says."""

import re
from pathlib import Path

import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import Range
from planner.inputs.portfolio_file import parse_portfolio
from planner.testing import synthetic_posterior

PAGE = Path(__file__).parents[3] / "examples" / "11_screening_clinic" / "README.md"
REST = """
    classes: 2
    target_accuracy: 90%
    value: 90M
    images: {held: 8k, limit: 8k}
    architectures: [ResNet-50]
"""


def block() -> str:
    (found,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def read(text: str) -> Portfolio:
    return parse_portfolio(f"version: 1\nportfolio: {{budget: 10M}}\n{text}".encode(), "p.yaml")


def test_the_block_is_read_and_prices_every_training_with_its_tests() -> None:
    """Four sites, half as much again for tests: six times one training."""
    regulated = read(block().replace("    build:", f"{REST}    build:", 1))
    assert regulated.compute.passes == 100 * 4 * 1.5
    (project,) = regulated.projects
    assert project.upkeep is not None
    assert project.upkeep.lines[0].yearly == Range(60_000, 120_000)
    once = read(f"compute: {{epochs: 100}}\nprojects:\n  - id: mammograms\n{REST}")
    model = synthetic_posterior(80)
    dear, plain = (
        planner.plan(case, model).decisions[0].cost.training for case in (regulated, once)
    )
    assert dear == pytest.approx(6 * plain, abs=0.05)
