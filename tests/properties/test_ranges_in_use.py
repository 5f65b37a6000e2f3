"""What is earned and paid in use may be a range: everybody who asks counts it alike.

On random lives, graded by errors or not, with alternatives, periods and both modes: plans count the
mean; the solve's draws, the audit's and the tornado move by what a sum by hand gives.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.benefits import Today
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range, amount_mean
from planner.domain.vocabulary import Objective
from planner.economics.draws import price_draws
from planner.offering.life import option_draws
from planner.offering.packing import PackedGroup, pack_outcomes
from planner.planning.judge import outcome_draws
from planner.planning.prepare import Prepared, prepare
from planner.questions.why.holdings import holding_of
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.graded_cases import graded_portfolio
from tests.life_cases import by_hand, lived_portfolio

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()

OTHERS = frozenset(f"upkeep.lines[{name}].yearly" for name in ("vendor", "rules"))
"""Keys of what alternatives cost, which an own model does not pay."""

VALUE = "value[value].value"

type Written = Callable[[str, Amount], Amount]


def written(project: Project, amount: Written) -> Project:
    """Return a project whose plain amounts in use are written anew, by their keys."""

    def each(section: str, item: Any, *fields: str) -> Any:
        name = getattr(item, "id", "end")
        known = {field: getattr(item, field) for field in fields}
        changed = {
            field: amount(f"{section}[{name}].{field}", value)
            for field, value in known.items()
            if value is not None and not isinstance(value, tuple)
        }
        return replace(item, **changed)

    def priced(section: str, item: Any) -> Any:
        if item is None or item.price_per_1000 is None or isinstance(item.price_per_1000, tuple):
            return item
        found = amount(f"{section}[{section}].price_per_1000", item.price_per_1000)
        return replace(item, price_per_1000=found)

    upkeep = project.upkeep
    if upkeep is not None:
        lines = tuple(each("upkeep.lines", item, "once", "yearly") for item in upkeep.lines)
        upkeep = replace(upkeep, lines=lines)
    return replace(
        project,
        benefits=tuple(each("benefits", item, "once", "yearly") for item in project.benefits),
        upkeep=upkeep,
        end=None if project.end is None else each("end", project.end, "once", "resale"),
        today=priced("today", project.today),
        review=priced("review", project.review),
        inference=priced("inference", project.inference),
        value=None if project.value is None else amount(VALUE, project.value),
        alternatives=tuple(
            replace(
                item,
                yearly=None
                if item.yearly is None
                else amount(f"upkeep.lines[{item.id}].yearly", item.yearly),
            )
            for item in project.alternatives
        ),
    )


def spread(_key: str, amount: Amount) -> Amount:
    """Return a range around a number; 0 stays what it is."""
    return Range(0.6 * amount, 1.9 * amount) if isinstance(amount, float) and amount else amount


def zero(_key: str, _amount: Amount) -> Amount:
    """Return nothing."""
    return 0.0


def mean(_key: str, amount: Amount) -> Amount:
    """Return the mean of a range."""
    return amount_mean(amount)


def with_projects(portfolio: Portfolio, amount: Written) -> Portfolio:
    """Return a portfolio whose projects are written anew."""
    return replace(portfolio, projects=tuple(written(one, amount) for one in portfolio.projects))


CASES = given(st.booleans(), st.integers(0, 300), st.sampled_from(("net_value", "value")))


def ranged_portfolio(*, graded: bool, seed: int, objective: str) -> Portfolio:
    """Return a portfolio with ranges in use, without rules, so that every option stands."""
    made = (graded_portfolio if graded else lived_portfolio)(seed)
    plain = replace(
        made,
        rules=(),
        hold=None,
        budget=1e6,
        objective=Objective(objective),
        projects=tuple(
            replace(one, min_chance=None, value=one.value or (5.0 if one.has_target else None))
            for one in made.projects
        ),
    )
    return with_projects(plain, spread)


def prepared(portfolio: Portfolio) -> Prepared:
    """Return it ready to be solved."""
    return prepare(portfolio, POSTERIOR, CATALOGUE, seed=1)


def packed(case: Prepared, index: int, *, held_out: bool) -> Any:
    """Return the outcomes of one project's options."""
    group = PackedGroup(case.menus[index], case.options[index])
    return pack_outcomes([group], case.portfolio, case.objective, seed=1, held_out=held_out)


@settings(max_examples=10, deadline=None)
@CASES
def test_plans_count_the_mean(graded: bool, seed: int, objective: str) -> None:
    """Options are those of the file that writes the means, and the solve's draws average to it."""
    portfolio = ranged_portfolio(graded=graded, seed=seed, objective=objective)
    case, plain = prepared(portfolio), prepared(with_projects(portfolio, mean))
    for index, (mine, other) in enumerate(zip(case.options, plain.options, strict=True)):
        assert mine.expected_net_value == pytest.approx(other.expected_net_value, abs=1e-9)
        assert mine.chance.tolist() == other.chance.tolist()
        found, same = (packed(c, index, held_out=False) for c in (case, plain))
        even = np.full(found.n_draws, 1.0 / found.n_draws)
        assert found.worth_at(even) == pytest.approx(same.worth_at(even), rel=1e-9, abs=1e-7)
        rows = np.arange(len(mine), dtype=np.int64)
        by_draw = found.worth_draws(rows).mean(axis=1)
        assert by_draw == pytest.approx(found.worth_at(even), rel=1e-9, abs=1e-7)


@settings(max_examples=4, deadline=None)
@CASES
def test_every_draw_moves_by_what_a_sum_by_hand_gives(
    graded: bool, seed: int, objective: str
) -> None:
    """Amounts of a draw written into the file, its live date and cash added up one by one."""
    every_draw_moves_by_hand(graded, seed, objective)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@CASES
def test_every_draw_of_many_lives_moves_by_what_a_sum_by_hand_gives(
    graded: bool, seed: int, objective: str
) -> None:
    """The same, ten times as many."""
    every_draw_moves_by_hand(graded, seed, objective)


def every_draw_moves_by_hand(graded: bool, seed: int, objective: str) -> None:
    """Compare the solve's draws, the audit's and the tornado with sums by hand."""
    portfolio = ranged_portfolio(graded=graded, seed=seed, objective=objective)
    case, plain = prepared(portfolio), prepared(with_projects(portfolio, mean))
    for index, options in enumerate(case.options):
        if options.life is None or not len(options):
            continue
        row = len(options) // 2
        hand = moved_by_hand(case, index, row)
        solve, audit = (
            packed(case, index, held_out=h).worth_draws(np.array([row]))[0]
            - packed(plain, index, held_out=h).worth_draws(np.array([row]))[0]
            for h in (False, True)
        )
        gross = case.objective is Objective.VALUE
        assert audit == pytest.approx(hand(held_out=True, gross=gross), rel=1e-6, abs=1e-6)
        expected = hand(held_out=False, gross=gross)
        assert solve == pytest.approx(expected - expected.mean(), rel=1e-6, abs=1e-6)
        picks = [row if place == index else None for place in range(len(case.menus))]
        judged, unmoved = (outcome_draws(c, picks, ())[0].net_value for c in (case, plain))
        assert judged - unmoved == pytest.approx(
            hand(held_out=True, gross=False), rel=1e-6, abs=1e-6
        )
        (number,) = case.layout.chosen(picks).tolist()
        bars = holding_of(case, number).in_use
        units = [bar.units * amount_mean(bar.amount) for bar in bars if bar.units]
        brought = [worth for worth in expected_by_hand(case, index, row) if worth]
        assert sorted(units) == pytest.approx(sorted(brought), rel=1e-6, abs=1e-7)


def moved_by_hand(case: Prepared, index: int, row: int) -> Callable[..., Floats]:
    """Return by how much one option's worth moves in each draw of the audit, or of the solve."""
    project, count = case.menus[index].project, POSTERIOR.n_draws // 2

    def moved(*, held_out: bool, gross: bool) -> Floats:
        total = np.zeros(count)
        for key, price, amounts in lines_by_hand(case, index, row, held_out=held_out, gross=gross):
            draws = price_draws(price, count if held_out else 2 * count, 1, project.id, key)
            factor = draws / price.lognormal_mean
            if not held_out:
                factor = factor[count:] / factor[count:].mean()
            total += amounts * (factor - 1.0)
        return total

    return moved


def lines_by_hand(
    case: Prepared, index: int, row: int, *, held_out: bool, gross: bool
) -> Iterator[tuple[str, Range, Floats]]:
    """Yield the ranges of an option with what each is worth at its mean in every draw."""
    menu, options, portfolio = case.menus[index], case.options[index], case.portfolio
    project, way = menu.project, menu.way(options, row)
    one, count = options.take(np.array([row])), POSTERIOR.n_draws // 2
    start = 0.0 if one.start is None else float(int(one.start[0]))
    years = start * portfolio.horizon_years / max(1, len(portfolio.periods))
    met = packed(case, index, held_out=held_out).success_draws(np.array([row]))[0]
    live = live_of(case, index, row, met, held_out=held_out)
    for key, price in ranges_of(project):
        instead = None if way.alternative is None else f"upkeep.lines[{way.alternative.id}].yearly"
        stays = key.startswith(("benefits", "today", "value"))
        if not stays and (key in OTHERS if instead is None else key != instead):
            continue
        if gross and key.startswith(("upkeep", "review", "inference", "end[end].once")):
            continue
        each = worth_of(project, key, portfolio, int(one.images_to_buy[0]), years, way)
        under = {"target": met & live, "live": live, "always": np.ones(count, bool)}
        amounts = (amount * under[when] for when, amount in each.items())
        yield key, price, np.asarray(sum(amounts, start=np.zeros(count)))


def live_of(case: Prepared, index: int, row: int, met: Flags, *, held_out: bool) -> Flags:
    """Return in which draws an option goes live, which is decided at the means."""
    menu, options = case.menus[index], case.options[index]
    life = options.life
    assert life is not None
    if life.graded is None:
        return np.asarray(np.where(met, life.live_met[row], life.live_not[row]))
    rows = POSTERIOR.audit_rows if held_out else POSTERIOR.solve_rows
    way = menu.way(options, row)
    draws = option_draws(menu.project, way, options, row, case.portfolio, rows)
    return np.asarray(draws.live[0])


def expected_by_hand(case: Prepared, index: int, row: int) -> list[float]:
    """Return what each range is expected to bring over all draws."""
    gross = case.objective is Objective.VALUE
    halves = [
        [a.mean() for _, _, a in lines_by_hand(case, index, row, held_out=h, gross=gross)]
        for h in (False, True)
    ]
    return [float(one + other) / 2 for one, other in zip(*halves, strict=True)]


def ranges_of(project: Project) -> list[tuple[str, Range]]:
    """Return the ranges of a project in use, by key."""
    found: list[tuple[str, Range]] = []

    def note(key: str, amount: Amount) -> Amount:
        if isinstance(amount, Range):
            found.append((key, amount))
        return amount

    written(project, note)
    return found


def worth_of(
    project: Project, key: str, portfolio: Portfolio, to_buy: int, start: float, way: Any
) -> dict[str, float]:
    """Return what one range is worth at its mean by condition: the life without all the others."""
    if key == VALUE:
        at_start = project.mean_value * (1 + portfolio.discount_rate) ** -start
        return {"target": at_start, "live": 0.0, "always": 0.0}

    def alone(other: str, amount: Amount) -> Amount:
        return amount_mean(amount) if other == key else 0.0

    running = project.inference if key.startswith("inference") else None
    bare = written(replace(project, inference=running), alone)
    bare = replace(bare, benefits=tuple(b for b in bare.benefits if not by_accuracy(b)))
    instead = way.alternative
    if instead is not None:
        (instead,) = (one for one in bare.alternatives if one.id == instead.id)
        instead = replace(instead, price_per_1000=None)
    sums = by_hand(bare, portfolio, to_buy, start, 0.0, instead)
    if key.startswith("review") and project.review is not None:  # by_hand leaves review out
        as_saved = Today(price_per_1000=amount_mean(project.review.price_per_1000))
        looked = replace(written(bare, zero), today=as_saved)
        seen = by_hand(looked, portfolio, to_buy, start, 0.0, None)["live"]
        return {"target": 0.0, "live": -project.review.share * seen, "always": 0.0}
    return {
        "target": sums["target"],
        "live": sums["live"] - sums["paid"],
        "always": sums["always"],
    }


def by_accuracy(benefit: Any) -> bool:
    """Whether a benefit is told by accuracy."""
    return isinstance(benefit.once, tuple) or isinstance(benefit.yearly, tuple)
