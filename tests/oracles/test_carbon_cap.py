"""A cap on carbon: the plan is the best of all combinations that emit no more."""

import itertools
import json
from collections import Counter
from typing import Any

import numpy as np
import pytest

import planner
from planner.inputs.portfolio_file import parse_portfolio

MODEL = planner.load_model("published")
N_CASES = 12
SEEN: Counter[str] = Counter()


def text(seed: int, *, where: str = "carbon") -> str:
    """Return a random file of three projects with two networks, whose cap mostly binds."""
    rng = np.random.default_rng(seed)
    cap = float(rng.choice([0.0, 1.5, 4.0, 12.0, 40.0]))
    cap_field, rules = (f", cap_kg: {cap}", "[]")
    if where == "rules":
        cap_field, rules = "", f"[{{carbon_cap_kg: {cap}}}]"
    projects = "\n".join(
        f"  - {{id: p{k}, classes: {rng.integers(2, 9)}, target_accuracy: {rng.integers(80, 92)}%, "
        f"value: {rng.integers(2, 30)}k, architectures: [ResNet-50, EfficientNet-B0], "
        f"images: {{held: {rng.integers(0, 3)}k, limit: {rng.integers(20, 90)}k, price: 0.1}}"
        + (", use: {images_per_year: 1M, years: 1}, inference: {images_per_s: 300}" if k else "")
        + "}"
        for k in range(3)
    )
    return (
        f"version: 1\nportfolio: {{budget: {rng.integers(3, 40)}k, pilot_chance: 0, "
        f"carbon: {{region: POL{cap_field}}}}}\n"
        f"compute: {{trials: 200, epochs: 30}}\nrules: {rules}\nprojects:\n{projects}\n"
    )


def read(source: str) -> planner.Portfolio:
    return parse_portfolio(source.encode(), "p.yaml")


def cap_of(portfolio: planner.Portfolio) -> int:
    (rule,) = portfolio.rules
    return round(1_000 * rule.kg)  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(N_CASES))
def test_the_plan_is_the_best_combination_that_emits_no_more(seed: int) -> None:
    """Grams, cents and worth as ``planner options`` prints them, added up in every combination."""
    portfolio = read(text(seed))
    rows: list[dict[str, Any]] = planner.options(portfolio, MODEL)["options"]  # type: ignore[assignment]
    cap, budget = cap_of(portfolio), round(100 * (portfolio.budget or 0))
    choices = []
    for project in portfolio.projects:
        own = [row for row in rows if row["project"] == project.id]
        triples = [(0.0, 0, 0)]
        triples += [
            (row["expected_net_value"], round(100 * row["cost_total"]), row["grams"]) for row in own
        ]
        choices.append(np.array(triples))
    best = 0.0
    first, second, third = choices
    for one, other in itertools.product(first, second):
        spent, emitted = one[1] + other[1] + third[:, 1], one[2] + other[2] + third[:, 2]
        fits = (spent <= budget) & (emitted <= cap)
        if fits.any():
            best = max(best, float((one[0] + other[0] + third[:, 0])[fits].max()))
    plan = planner.plan(portfolio, MODEL, gap=0.0)
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(best, rel=1e-6, abs=1e-6)
    chosen = {(d.project, d.architecture, d.images_total) for d in plan.decisions if d.architecture}
    by_key = {(row["project"], row["architecture"], row["images_total"]): row for row in rows}
    assert sum(by_key[key]["grams"] for key in chosen) <= cap
    free = planner.plan(read(text(seed).replace(f"cap_kg: {cap / 1_000}", "pue: 1.58")), MODEL)
    assert free.objective is not None
    SEEN["binds"] += free.objective.value > plan.objective.value + 1


def test_the_cap_binds_in_many_of_these_cases() -> None:
    """Else they would show little."""
    for seed in range(N_CASES if not SEEN else 0):
        test_the_plan_is_the_best_combination_that_emits_no_more(seed)
    assert SEEN["binds"] >= 3


def test_a_cap_among_the_rules_is_the_same_cap() -> None:
    """The same decisions; only the name differs by which messages call it."""
    one, other = (
        json.loads(planner.plan(read(text(1, where=where)), MODEL).to_json())
        for where in ("carbon", "rules")
    )
    assert one["decisions"] == other["decisions"] or [
        {**d, "why": ""} for d in one["decisions"]
    ] == [{**d, "why": ""} for d in other["decisions"]]
    assert one["objective"] == other["objective"]


@pytest.mark.slow
def test_what_a_cap_keeps_out_is_said_with_its_name() -> None:
    """Demanded projects conflict with it, and explain names it."""
    source = text(1).replace("rules: []", "rules: [{fund: [p0, p1, p2]}]")
    portfolio = read(source)
    kg = f"cap_kg: {cap_of(read(text(1))) / 1_000}"
    none = read(source.replace(kg, "cap_kg: 0"))
    plan = planner.plan(none, MODEL)
    assert plan.status == "infeasible"
    assert any(name.startswith("portfolio.carbon.cap_kg") for name in plan.conflict)
    assert any(fix.field == "portfolio.carbon.cap_kg" for fix in plan.fixes)
    free = read(text(1).replace(kg, "cap_kg: 0"))
    explained = planner.explain(free, "p1", MODEL)
    assert "carbon" in json.dumps(explained.to_dict(), default=str)
    assert portfolio.carbon is not None
    assert portfolio.carbon.cap_kg is None


@pytest.mark.parametrize(
    ("source", "field", "said"),
    [
        (text(1, where="rules").replace("carbon: {region: POL}", "currency: USD"),
         "rules[0].carbon_cap_kg", "where machines stand"),
        (text(1).replace("cap_kg: ", "cap_kg: -1"), "portfolio.carbon.cap_kg", "at least 0"),
        (text(1).replace("region: POL, ", ""), "portfolio.carbon", "region"),
    ],
)  # fmt: skip
def test_a_cap_that_cannot_be_counted_is_refused(source: str, field: str, said: str) -> None:
    """With its place and what is missing."""
    with pytest.raises(planner.InputError, match=said) as caught:
        read(source)
    assert caught.value.problems[0].field.startswith(field)
