"""How records show themselves in a notebook: tables, frames and pictures."""

import warnings
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import planner
from planner.domain.facts.decisions import Skipped
from planner.domain.facts.explanation import Account, Firmness, Lever, PlanAccount, Turn
from planner.domain.format import money
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.explanation import (
    Explanation,
    Flip,
    PlanExplanation,
    Standing,
    Tornado,
    TornadoBar,
)
from planner.domain.results.frontier import Frontier, FrontierPoint
from planner.domain.results.plan import Plan
from planner.domain.results.shown import Shown
from planner.domain.vocabulary import Objective, Verdict
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate

HOSTILE = "<b>x</b>=1+1 & $\\frac{1}{2}$ 🙂 \u202eabc"
PNG = b"\x89PNG"


def portfolio(name: str = "shelf", budget: float = 20_000) -> Portfolio:
    projects = tuple(
        planner.Project(
            id=identity,
            classes=4,
            target_error=0.1,
            images={"held": 1_000, "limit": 50_000, "price": "0.2..0.4"},  # type: ignore[arg-type]
            value=80_000,
            architectures=("ResNet-50",),
        )
        for identity in (name, "second")
    )
    return Portfolio(name=name, projects=projects, budget=budget)


@pytest.fixture(scope="module")
def model() -> Posterior:
    return planner.load_model("published")


@pytest.fixture(scope="module")
def records(model: Posterior) -> dict[str, Shown]:
    written = portfolio(HOSTILE)
    return {
        "plan": planner.plan(written, model),
        "portfolio": written,
        "forecast": planner.forecast(written.projects[0], model),
        "estimate": planner.estimate(written, model),
    }


class Cells(HTMLParser):
    """Collects the text of cells, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


@pytest.mark.parametrize("kind", ["plan", "portfolio", "forecast", "estimate"])
def test_a_record_is_a_closed_table_with_headers(kind: str, records: dict[str, Shown]) -> None:
    """Each tag is closed, headers say their scope, and nothing is asked from elsewhere."""
    text = records[kind]._repr_html_()
    parsed = Cells(text)
    assert parsed.open == []
    assert {"table", "th", "td"} <= set(parsed.tags)
    assert not {"script", "link", "img", "b"} & set(parsed.tags)
    assert "http" not in text
    assert len(text) < 20_000


def test_names_are_text_in_html(records: dict[str, Shown]) -> None:
    """Markup in an id is shown, not obeyed."""
    text = records["plan"]._repr_html_()
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "\u202e" not in text


def test_the_table_of_a_plan_shows_its_numbers(records: dict[str, Shown]) -> None:
    """Spend in the table is the decision's cost, the footer what is committed."""
    plan = records["plan"]
    assert isinstance(plan, Plan)
    cells = Cells(plan._repr_html_()).cells
    for decision in plan.decisions:
        assert money(decision.cost.total) in cells
    assert money(plan.budget.committed) in cells


def test_a_long_plan_says_how_many_rows_it_leaves_out(model: Posterior) -> None:
    """Beyond sixty projects the table is cut, and says so."""
    one = portfolio().projects[0]
    many = Portfolio(projects=tuple(replace(one, id=f"p{i}") for i in range(70)), budget=10)
    assert "10 more rows in to_frame()" in many._repr_html_()
    assert len(many.to_frame()) == 70


@pytest.mark.parametrize("kind", ["plan", "portfolio", "forecast", "estimate"])
def test_every_column_of_a_frame_is_explained(kind: str, records: dict[str, Shown]) -> None:
    """The frame carries a data dictionary with one entry for each column, in order."""
    frame = records[kind].to_frame()
    assert len(frame) > 0
    assert list(frame.attrs["columns"]) == list(frame.columns)
    assert all(frame.attrs["columns"].values())


def test_a_plans_frame_adds_up(records: dict[str, Shown]) -> None:
    """Costs by kind sum to the total, and totals to what is committed."""
    plan = records["plan"]
    assert isinstance(plan, Plan)
    frame = plan.to_frame()
    kinds = ["cost_data", "cost_training", "cost_fixed", "cost_shared"]
    assert frame[kinds].sum(axis=1).tolist() == pytest.approx(frame["cost_total"].tolist())
    assert frame["cost_total"].sum() == pytest.approx(plan.budget.committed)


def test_a_forecasts_frame_is_its_draws(records: dict[str, Shown]) -> None:
    """Quantiles rise along a row, and the chance is that of the forecast itself."""
    forecast = records["forecast"]
    assert isinstance(forecast, Forecast)
    frame = forecast.to_frame("ResNet-50")
    names = [f"error_p{q:02d}" for q in (5, 10, 25, 50, 75, 90, 95)]
    assert (frame[names].diff(axis=1).iloc[:, 1:] >= 0).all().all()
    chance = forecast.chance(0.1, frame["images"].to_numpy(float), "ResNet-50")
    assert frame["chance_of_target"].tolist() == chance.tolist()


def test_an_estimates_frame_keeps_never_as_infinite(records: dict[str, Shown]) -> None:
    """A need without end is inf, not missing."""
    estimate = records["estimate"]
    assert isinstance(estimate, Estimate)
    frame = estimate.to_frame()
    for row, project in enumerate(estimate.projects):
        known = project.data_needed.p90
        assert frame["data_needed_p90"][row] == (float("inf") if known is None else known)


@pytest.mark.parametrize("kind", ["plan", "portfolio", "forecast", "estimate"])
def test_a_picture_is_shown_without_pyplot(kind: str, records: dict[str, Shown]) -> None:
    """A notebook asks a figure for PNG; a hostile name is drawn without complaint."""
    figure = records[kind].plot()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert figure._repr_png_().startswith(PNG)  # type: ignore[attr-defined]


def test_an_infeasible_plan_shows_its_conflict_and_draws_nothing(tmp_path: Path) -> None:
    """The table of a plan that fits nothing names the conflict; there is no picture of it."""
    path = tmp_path / "portfolio.yaml"
    path.write_text(
        "version: 1\nportfolio: {budget: 0.01}\nrules: [{fund: [a]}]\nprojects:\n"
        "  - {id: a, classes: 4, target_error: 0.1, value: 1k, architectures: [ResNet-50],\n"
        "     images: {held: 0, limit: 1000, price: 1}}\n",
        encoding="utf-8",
    )
    plan = planner.plan(planner.read_portfolio(path), planner.load_model("published"))
    assert "No plan fits" in plan._repr_html_()
    assert "fund a" in plan._repr_html_()
    assert len(plan.to_frame()) == 0
    with pytest.raises(ValueError, match="nothing to draw"):
        plan.plot()


def test_explanations_show_their_tornado() -> None:
    """Of one project and of the whole plan: text, bars as rows, bars as a picture."""
    bar = TornadoBar("label price", 0.2, 0.4, "USD", 9_000, 4_000)
    tornado = Tornado(6_500, "USD", (bar,))
    model = {"name": "m", "sha256": "0"}
    common = {"portfolio": HOSTILE, "currency": "USD", "model": model, "seed": 0}
    turn = Turn(
        lever=Lever.BUDGET,
        now=1.0,
        at=None,
        limit=2.0,
        is_funded=False,
        goes_on=False,
        currency="USD",
    )
    one = Explanation(
        **common,  # type: ignore[arg-type]
        inputs_sha256="",
        project=HOSTILE,
        verdict=Verdict.GO,
        account=Account(
            reason=Skipped("skip <i>"),
            is_ruled=True,
            levers=(),
            was_tried=False,
            core_index=1.0,
            firmness=Firmness.CORE,
            bounds=(0.9, 0.1),
            is_solved=True,
            currency="USD",
        ),
        flips=(Flip("budget", 1.0, None, (0.0, 2.0), turn),),
        runner_up=None,
        binding=(),
        core_index=1.0,
        standing="core",
        tornado=tornado,
    )
    whole = PlanExplanation(
        **common,  # type: ignore[arg-type]
        inputs_sha256="",
        account=PlanAccount(
            funded=1,
            committed=9.0,
            firmness=(Firmness.BORDERLINE,),
            in_doubt=("<i>",),
            currency="USD",
        ),
        binding=(),
        standings=(Standing(HOSTILE, Verdict.GO, 1.0, "core"),),
        tornado=tornado,
    )
    for record in (one, whole):
        parsed = Cells(record._repr_html_())
        assert parsed.open == []
        assert "i" not in parsed.tags
        assert record.to_frame()["effect"].tolist() == [5_000]
        assert record.plot()._repr_png_().startswith(PNG)  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match="nothing to draw"):
            replace(record, tornado=None).plot()


def test_a_frontier_shows_its_points() -> None:
    """Each budget is a row of the table and of the frame."""
    point = FrontierPoint(100.0, 0.0, 90.0, 5.0, 6.0, 4.0, -1.0, 0.5, 0.5, ("a", "b"), 1.0)
    frontier = Frontier(
        axis="budget",
        portfolio=HOSTILE,
        currency="USD",
        objective=Objective.NET_VALUE,
        level=0.9,
        model={"name": "m", "sha256": "0"},
        seed=0,
        inputs_sha256="",
        points=(point, replace(point, budget=200.0)),
    )
    assert Cells(frontier._repr_html_()).cells.count("2") == 2
    assert frontier.to_frame()["budget"].tolist() == [100.0, 200.0]
    assert frontier.to_frame()["funded"].tolist() == ["a, b"] * 2
    assert frontier.plot()._repr_png_().startswith(PNG)  # type: ignore[attr-defined]
