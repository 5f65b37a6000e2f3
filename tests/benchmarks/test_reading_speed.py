"""How long does it take to read a portfolio of many projects, and how does that grow?"""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from planner.inputs.portfolio_file import parse_portfolio
from tests.strategies import as_block_yaml, as_flow_yaml, as_toml

WRITERS = {"block.yaml": as_block_yaml, "flow.yaml": as_flow_yaml, "p.toml": as_toml}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("n_projects", [100, 1000, 5000])
def test_reading(benchmark: BenchmarkFixture, name: str, n_projects: int) -> None:
    """Reading grows in proportion to the number of projects."""
    projects = [
        {
            "id": f"p{index}",
            "classes": 2 + index % 50,
            "target_accuracy": "94%",
            "images": {"held": "20k", "limit": "150k", "price": "0.30..0.45", "fixed_cost": 0},
            "value": f"{index + 1}k",
            "architectures": ["EfficientNet-B0", "ResNet-50"],
        }
        for index in range(n_projects)
    ]
    content = WRITERS[name]({"version": 1, "projects": projects}).encode()
    portfolio = benchmark.pedantic(parse_portfolio, (content, name), rounds=1)  # type: ignore[no-untyped-call]  # no annotations
    assert len(portfolio.projects) == n_projects
