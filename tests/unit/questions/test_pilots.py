"""Runs to make first: example 01 held to its bars, and what every answer must keep."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio, SharedAsset
from planner.domain.portfolio.project import Images
from planner.domain.results.infeasible import InfeasibleError
from planner.domain.results.pilots import Pilots
from planner.errors import UnsupportedError
from planner.planning.pilots.scene import build_scene
from planner.planning.pilots.search import Search
from planner.planning.prepare import prepare_unbudgeted, solve_prepared
from planner.reference.tables import load_catalogue

ROOT = Path(__file__).parents[3]
RETAIL = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"


@cache
def retail() -> Portfolio:
    """Return example 01."""
    return planner.read_portfolio(RETAIL)


@cache
def found() -> Pilots:
    """Return what is to be measured first in it."""
    return planner.pilots(retail(), planner.load_model())


def changed(project: planner.Project, **fields: Any) -> planner.Project:
    """Return a project with some fields written as in a file."""
    return replace(project, **fields)


def small(**changes: Any) -> Portfolio:
    """Return two projects under one budget."""
    common: dict[str, Any] = {
        "classes": 6,
        "target_accuracy": "94%",
        "architectures": ["ResNet-50"],
        "value": 60_000.0,
    }
    images: dict[str, Any] = {
        "a": {"held": 900, "limit": 40_000, "price": 0.4},
        "b": {"held": 300, "limit": 20_000, "price": 0.6},
    }
    projects = [planner.Project(id=name, images=its, **common) for name, its in images.items()]
    return Portfolio(**{"projects": projects, "budget": 9_000.0, **changes})


class CountingExecutor(ThreadPoolExecutor):
    """One thread that counts what it was given between two answers."""

    def __init__(self) -> None:
        super().__init__(1)
        self.waiting = self.largest = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count, and run as usual."""
        self.waiting += 1
        self.largest = max(self.largest, self.waiting)
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        self.waiting -= 1


def test_measuring_first_pays_beyond_doubt_in_example_01() -> None:
    """By more than three standard errors, with at least two runs on images already held."""
    answer = found()
    assert answer.gain > 3.0 * answer.gain_se > 0.0
    held = {project.id: project.images.held for project in retail().projects}
    on_held = [run for run in answer.chosen if run.images == held[run.project]]
    assert len(on_held) >= 2
    assert answer.spend.pilots < 100.0


def test_the_worth_now_is_the_worth_that_a_plan_quotes() -> None:
    """``value_now`` is the plan's held-out value to the cent; gain is the difference."""
    plan = planner.plan(retail(), planner.load_model())
    assert plan.audit is not None
    answer = found()
    assert answer.value_now == plan.audit.held_out_value
    assert answer.value_with - answer.value_now == pytest.approx(answer.gain)
    assert answer.spend.pilots == pytest.approx(sum(run.price for run in answer.chosen))


def test_no_run_is_worth_less_than_nothing_or_more_than_knowing_all() -> None:
    """0 ≤ EVSI ≤ EVPI for every run on offer, and for the set; parts add up."""
    answer = found()
    assert answer.evppi.shared + answer.evppi.own == pytest.approx(answer.evpi)
    assert min(answer.evppi.shared, answer.evppi.own) >= 0.0
    for run in answer.pilots:
        assert 0.0 <= run.evsi <= answer.evpi + 2 * run.evsi_se
        assert run.own + run.others == pytest.approx(run.evsi, abs=1e-6)
        assert run.net_gain == pytest.approx(run.evsi - run.price)
    assert answer.gain <= answer.evpi + 3 * answer.gain_se
    nets = [run.net_gain for run in answer.pilots]
    assert nets == sorted(nets, reverse=True)


def test_every_table_covers_all_outcomes() -> None:
    """Limits rise, the last row is open, chances add up to 1, and good news comes first."""
    for policy in found().policy:
        limits = [row.error_at_most for row in policy.rows]
        assert limits[-1] is None
        assert limits[:-1] == sorted(limit for limit in limits if limit is not None)
        assert sum(row.chance for row in policy.rows) == pytest.approx(1.0)
        verdicts = [row.verdict for row in policy.rows]
        assert verdicts == sorted(verdicts)  # GO, then NO-GO
        images = [row.images_total for row in policy.rows if row.images_total is not None]
        assert images == sorted(images)


@pytest.mark.slow
def test_the_engine_finds_the_same_worth_as_listing() -> None:
    """A run's worth does not depend on who plans after its outcomes."""
    prepared = prepare_unbudgeted(small(), planner.load_model(), load_catalogue(), keeps_draws=True)
    solution = solve_prepared(prepared)
    scene = build_scene(prepared, solution, solution.budget_price)
    listed, asked = Search(scene), Search(scene)
    outcomes = asked.outcomes(())
    assert listed.is_quick
    outcomes.__dict__["_sets"] = None  # as if there were too many sets to list
    assert not asked.is_quick
    for trial in scene.trials[:4]:
        one = listed.value((trial,))
        asked._coarse = listed._coarse | {(id(trial), 6): listed.coarse((trial,))[0]}
        other = asked.value((trial,))
        assert other.gain == pytest.approx(one.gain, abs=1e-3 * abs(one.gain) + 1e-6)


@pytest.mark.slow
def test_a_run_on_pooled_images_pays_the_pool_and_saves_the_plan_as_much() -> None:
    """Its price holds the pool's fixed cost and images; the plan after it does not pay them."""
    price, set_up = 0.4, 700.0
    asset = SharedAsset(
        id="pool",
        kind="dataset",
        members=("a", "b"),
        required=True,
        fixed_cost=set_up,
        images=Images(limit=20_000, price=price),
    )
    offers = [{"images": 3_000, "price": 10.0}]
    projects = [changed(p, pilots_on_offer=offers) for p in small().projects]
    free = small(projects=projects, go_chance=0.0, pilot_chance=0.0)
    model = planner.load_model()
    pooled = planner.pilots(replace(free, shared=(asset,)), model, projects=["a"])
    alone = planner.pilots(free, model, projects=["a"])
    (run,), (other,) = pooled.pilots, alone.pilots
    paid = set_up + 2_100 * price
    assert run.price == pytest.approx(10.0 + paid)
    assert other.price == pytest.approx(10.0 + 2_100 * 0.4)
    assert run.to_buy == other.to_buy == 2_100
    assert run.evsi >= 0.99 * paid  # today's plan stays possible, less what is paid already


@pytest.mark.slow
def test_plans_after_outcomes_are_asked_of_an_executor_in_few_rounds() -> None:
    """As bytes, all outcomes of all runs at once; the answer is the one without it."""
    portfolio = small(risk={"measure": "cvar"})
    model = planner.load_model()
    with CountingExecutor() as executor:
        found = planner.pilots(portfolio, model, backend=executor)
    assert executor.largest >= 2 * len(found.pilots)
    assert found.to_dict() == planner.pilots(portfolio, model).to_dict()


@pytest.mark.slow
def test_the_same_question_has_the_same_answer() -> None:
    """Byte for byte; another seed gives another."""
    model = planner.load_model()
    one, other = (json.dumps(planner.pilots(small(), model).to_dict()) for _ in range(2))
    assert one == other
    assert json.dumps(planner.pilots(small(), model, seed=1).to_dict()) != one


@pytest.mark.slow
def test_limits_on_runs_are_kept() -> None:
    """On their number, on their price, and on whose they are."""
    model = planner.load_model()
    assert len(planner.pilots(retail(), model, runs=1).chosen) == 1
    none = planner.pilots(retail(), model, runs=0)
    assert none.chosen == ()
    assert (none.gain, none.policy) == (0.0, ())
    cheap = planner.pilots(replace(retail(), pilot_budget=3.0), model)
    assert 0.0 < cheap.spend.pilots <= 3.0
    assert planner.pilots(retail(), model, pilot_budget=0.0).spend.pilots == 0.0
    mine = planner.pilots(retail(), model, projects=["price-tags"])
    assert {run.project for run in mine.pilots} == {"price-tags"}


@pytest.mark.slow
def test_runs_paid_from_the_budget_leave_less_for_the_plan() -> None:
    """Where all of the budget is spent, a dear run is worth less if it is paid from it."""
    model = planner.load_model()
    offers = [{"images": 900, "price": 2_000.0}]
    projects = [changed(p, pilots_on_offer=offers) for p in small().projects[:1]]
    portfolio = small(projects=[*projects, small().projects[1]], budget=4_000.0)
    apart = planner.pilots(portfolio, model, projects=["a"]).pilots[0]
    within = planner.pilots(portfolio, model, projects=["a"], from_budget=True).pilots[0]
    assert within.evsi <= apart.evsi


def test_what_the_file_offers_replaces_what_is_usual() -> None:
    """Price is all money but labels; test images, architecture and trials are taken over."""
    offers = [
        {"images": 2_000, "price": 500.0, "test_images": 300, "architecture": "ResNet-50"},
        {"images": 900, "trials": 3},
    ]
    project = changed(small().projects[0], pilots_on_offer=offers)
    answer = planner.pilots(small(projects=[project]), planner.load_model())
    by_images = {run.images: run for run in answer.pilots}
    assert set(by_images) == {900, 2_000}
    assert by_images[2_000].price == pytest.approx(1_100 * 0.4 + 500.0)
    assert by_images[2_000].test_images == 300
    assert by_images[2_000].to_buy == 1_100
    assert by_images[900].test_images == 180


@pytest.mark.slow
def test_delay_costs_where_money_has_a_rate() -> None:
    """A run that takes four weeks at 10 % is worth less than the same run today."""
    portfolio = small(discount_rate=0.1, go_chance=0.3)

    def worth(weeks: float | None) -> float:
        offers = [{"images": 300, "weeks": weeks} if weeks else {"images": 300}]
        projects = [portfolio.projects[0], changed(portfolio.projects[1], pilots_on_offer=offers)]
        asked = replace(portfolio, projects=tuple(projects))
        return planner.pilots(asked, planner.load_model(), projects=["b"]).pilots[0].evsi

    assert worth(4.0) < worth(1.0) < worth(None)


def test_a_project_measured_already_is_not_offered_the_same_run() -> None:
    """Larger runs stay on offer."""
    pilots = [{"images": 900, "error": 0.12, "architecture": "ResNet-50"}]
    project = changed(small().projects[0], pilots=pilots)
    answer = planner.pilots(small(projects=[project]), planner.load_model())
    finetuned = [run.images for run in answer.pilots if run.backbone == "finetuned"]
    assert 900 not in finetuned
    assert finetuned


@pytest.mark.slow
def test_bought_images_are_paid_once() -> None:
    """What a run bought needs not be bought again: the plan after it spends less."""
    answer = planner.pilots(small(), planner.load_model())
    for run in answer.pilots:
        held = {"a": 900, "b": 300}[run.project]
        assert run.to_buy == max(0, run.images - held)
        assert math.isfinite(run.net_gain)


def test_what_cannot_be_asked_is_answered_with_place_and_fix() -> None:
    """Every mistake at once; a model without pilots; no plan at all."""
    model = planner.load_model()
    with pytest.raises(planner.InputError) as raised:
        planner.pilots(small(), model, pilot_budget=-1.0, runs=-2, projects=["aa"])
    fields = [problem.field for problem in raised.value.problems]
    assert fields == ["--pilot-budget", "--runs", "--project"]
    assert raised.value.problems[2].fix
    with pytest.raises(planner.InputError, match="budget"):
        planner.pilots(small(budget=None), model)
    with pytest.raises(UnsupportedError, match="transfer"):
        planner.pilots(small(), planner.load_model("published"))
    for offer, message in (
        ({"images": 50_000}, "more than the limit"),
        ({"images": 500, "price": -1}, "at least 0|negative"),
        ({"images": 0}, "got 0"),
    ):
        with pytest.raises(planner.InputError, match=message):
            changed(small().projects[0], pilots_on_offer=[offer])
    measured = changed(
        small().projects[0],
        pilots=[{"images": 900, "error": 0.1}],
        pilots_on_offer=[{"images": 900}],
    )
    with pytest.raises(planner.InputError, match="already"):
        planner.pilots(small(projects=[measured]), model)
    planner.plan(small(projects=[measured]), model)  # which it does not keep from being planned


def test_an_infeasible_portfolio_tells_its_conflict() -> None:
    """As every question about a plan does."""
    text = RETAIL.read_text(encoding="utf-8").replace("budget: 25k", "budget: 1")
    text += "  - {fund: [planogram]}\n"
    from planner.inputs.portfolio_file import parse_portfolio

    portfolio = parse_portfolio(text.encode(), "portfolio.yaml")
    with pytest.raises(InfeasibleError):
        planner.pilots(portfolio, planner.load_model())


@pytest.mark.slow
def test_a_notebook_shows_frame_table_and_picture() -> None:
    """One row to a run on offer; each column says what it means."""
    answer = found()
    frame = answer.to_frame()
    assert len(frame) == len(answer.pilots)
    assert frame["net_gain"].tolist() == [run.net_gain for run in answer.pilots]
    assert set(frame.attrs["columns"]) == set(frame.columns)
    assert "planogram" in answer._repr_html_()
    figure = answer.plot()
    assert len(figure.axes) == len(answer.policy)
    with pytest.raises(ValueError, match="nothing to draw"):
        replace(answer, policy=()).plot()


@pytest.mark.slow
def test_large_portfolios_are_searched_by_the_price_of_money() -> None:
    """A dozen projects: the set still pays on draws that no plan was chosen on."""
    projects = [
        changed(small().projects[k % 2], id=f"p{k}", value=20_000.0 + 7_000.0 * k)
        for k in range(12)
    ]
    answer = planner.pilots(small(projects=projects, budget=30_000.0), planner.load_model())
    assert answer.chosen
    assert answer.gain > answer.gain_se > 0.0
    assert answer.gain < answer.evpi
    spends = [answer.spend.then.p10, answer.spend.then.p50, answer.spend.then.p90]
    assert spends == sorted(spends)
    assert max(spends) <= 30_000.0
    assert np.isfinite(answer.value_with)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(
            {"risk": {"measure": "cvar", "level": 0.9, "weight": 0.5}}, marks=pytest.mark.slow
        ),
        pytest.param({"risk": {"measure": "entropic", "aversion": 1e-5}}, marks=pytest.mark.slow),
        pytest.param({"mode": "stop_when_reached"}, marks=pytest.mark.slow),
        pytest.param(
            {"mode": "stop_when_reached", "hold": {"chance": 0.9}}, marks=pytest.mark.slow
        ),
        {"objective": "targets_met"},
        pytest.param({"objective": "value"}, marks=pytest.mark.slow),
        pytest.param(
            {
                "budget": None,
                "discount_rate": 0.08,
                "periods": [{"id": "h1", "budget": 4_000}, {"id": "h2", "budget": 4_000}],
            },
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {
                "shared": [
                    {"id": "base", "kind": "base_model", "members": ["a", "b"],
                     "fixed_cost": 2_000, "required": True}
                ]
            },
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda terms: next(iter(terms)) + str(terms.get("hold", "")),
)  # fmt: skip
def test_runs_are_valued_by_what_the_plan_maximises(terms: dict[str, Any]) -> None:
    """Under risk, holds, other objectives, periods and shared assets.

    The worth now is the plan's on unseen draws; the set does not lose what three standard errors
    would not explain, and gains no more than knowing everything.
    """
    model = planner.load_model()
    answer = planner.pilots(small(**terms), model)
    plan = planner.plan(small(**terms), model)
    assert plan.audit is not None
    assert answer.value_now == pytest.approx(plan.audit.held_out_value, rel=1e-9)
    assert answer.gain >= -3.0 * answer.gain_se
    assert answer.gain <= answer.evpi + 3.0 * answer.gain_se
    for run in answer.pilots:
        assert 0.0 <= run.evsi <= answer.evpi + 3.0 * run.evsi_se
    for policy in answer.policy:
        assert sum(row.chance for row in policy.rows) == pytest.approx(1.0)
