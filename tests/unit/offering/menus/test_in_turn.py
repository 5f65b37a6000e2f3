"""A large portfolio is priced in blocks, and its menus are made when they are looked at."""

from pathlib import Path

import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images
from planner.domain.vocabulary import Objective, Task
from planner.forecasting.forecast import build_forecast
from planner.offering.menus import in_turn
from planner.offering.menus.fewer import LARGE_FROM
from planner.offering.options import MenuMaker
from planner.planning import prepare
from planner.planning.assumptions import list_assumptions
from planner.planning.plan import build_plan
from planner.reference.tables import catalogue_of
from planner.tasks import SERIAL, open_tasks
from tests.portfolio_files import CVAR, portfolio_text, write_portfolio

PROJECT = planner.Project(
    id="a",
    task=Task.CLASSIFICATION,
    classes=3,
    target_error=0.1,
    images=Images(held=100, limit=1_000),
)
ASSETS = """shared:
  - {id: base, kind: base_model, members: [p00, p03], required: false, fixed_cost: 3000,
     gives: {pretrained: true, training_discount: 40%}}
"""


def plans(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, *backends: str) -> list[str]:
    """Return the plan with all menus held at once, then in blocks on each backend, as JSON."""
    portfolio = planner.read_portfolio(write_portfolio(folder, text))
    model, tables = planner.load_model(), catalogue_of(portfolio)
    found = [build_plan(portfolio, model, tables).to_json()]
    monkeypatch.setattr(prepare, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(in_turn, "BLOCK", 3)
    for backend in backends:
        with open_tasks(backend) as tasks:
            found.append(build_plan(portfolio, model, tables, tasks=tasks).to_json())
    return [str(one) for one in found]


@pytest.mark.parametrize("risk", ["", pytest.param(CVAR, marks=pytest.mark.slow)])
def test_blocks_plan_what_all_menus_at_once_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, risk: str
) -> None:
    """To the byte, with a base model, price ranges and a measure of risk."""
    text = portfolio_text(3, 8, risk=risk).replace("price: 0.", "price: 0.01..0.", 2) + ASSETS
    text = text.replace("classes:", "architectures: [ResNet-50, EfficientNet-B0], classes:")
    whole, blocks = plans(tmp_path, text, monkeypatch, "serial")
    assert blocks == whole


@pytest.mark.slow
def test_blocks_may_be_priced_by_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also to the byte, with every architecture."""
    whole, one, two = plans(
        tmp_path, portfolio_text(4, 7), monkeypatch, "processes:1", "processes:2"
    )
    assert one == whole
    assert two == whole


def test_only_the_last_menus_looked_at_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A menu looked at again after others is made anew, with the same options."""
    monkeypatch.setattr(in_turn, "BLOCK", 2)
    portfolio = planner.read_portfolio(write_portfolio(tmp_path, portfolio_text(1, 5)))
    maker = MenuMaker(portfolio, catalogue_of(portfolio), 0, keeps_draws=False)
    work = in_turn.BlockWork(maker, planner.load_model("published"), build_forecast)
    menus = in_turn.price_in_blocks(work, SERIAL, {})
    first = menus[0]
    assert menus[0] is first
    assert [menu.project.id for menu in menus] == [one.id for one in portfolio.projects]
    assert menus[0] is not first
    assert menus[0].priced is first.priced
    assert menus[-1].project.id == menus[3:][1].project.id == "p04"


def test_a_large_plan_says_how_many_options_it_kept() -> None:
    """And a smaller one says nothing of it."""
    model = planner.load_model("published")
    said = [
        str(
            list_assumptions(
                Portfolio(projects=(PROJECT,) * size), model, Objective.VALUE, seed=0, gap=1e-4
            )["image_levels"]
        )
        for size in (LARGE_FROM - 1, LARGE_FROM)
    ]
    assert ["40 options" in one for one in said] == [False, True]
