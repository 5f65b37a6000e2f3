"""Where a decision flips: verified by solving a little to either side."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.portfolio.portfolio import Fund, Portfolio, Skip
from planner.domain.quantities import Range
from planner.domain.vocabulary import Mode
from planner.planning.changed import (
    at_budget,
    at_label_price,
    at_target_error,
    at_value,
    without_rule,
)
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.priced import pays_at_prices
from planner.questions.why.flip_search import Search, find_flip
from planner.questions.why.flips import flips, is_funded_in
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.problem_cases import Enumerated, random_problem
from tests.unit.questions.frontier.test_frontier import PORTFOLIO, project

MODEL = synthetic_posterior(400, seed=3)
CATALOGUE = load_catalogue()


def changed_to(base: Prepared, index: int, quantity: str, at: float) -> Prepared:
    if quantity == "budget":
        return at_budget(base, round(100 * at))
    change = {"label price": at_label_price, "value": at_value, "target": at_target_error}
    return change[quantity](base, index, at)


def prepared(portfolio: Portfolio = PORTFOLIO) -> Prepared:
    return prepare(portfolio, MODEL, CATALOGUE)


@given(
    now=st.floats(0.01, 1e6),
    factor=st.floats(1e-3, 1e3).filter(lambda f: abs(f - 1) > 0.01),
    share=st.floats(0.01, 0.99),
    guess=st.one_of(st.none(), st.floats(0.5, 2.0)),
)
def test_a_threshold_is_found_and_not_overshot(
    now: float, factor: float, share: float, guess: float | None
) -> None:
    """Whatever the direction, with a good guess, a bad one or none."""
    limit = now * factor
    threshold = now + share * (limit - now)
    towards = 1 if limit > now else -1
    search = Search(now, limit, None if guess is None else threshold * guess)
    found = find_flip(search, lambda x: towards * (x - threshold) >= 0)
    assert found is not None
    assert towards * (found - threshold) >= 0
    assert abs(found - threshold) <= 3e-3 * max(abs(found), 1e-3 * now)


def test_what_never_flips_is_not_invented() -> None:
    """Only the end and the way to it are tried."""
    assert find_flip(Search(1.0, 10.0), lambda _: False) is None


def test_a_flip_back_is_found_where_the_search_scans() -> None:
    """True between 4 and 6 only."""
    found = find_flip(Search(1.0, 10.0, scans=True), lambda x: 4 <= x <= 6)
    assert found == pytest.approx(4, rel=2e-3)


@pytest.mark.parametrize("index", range(3))
def test_just_beyond_a_flip_the_plan_decides_otherwise_and_just_before_it_does_not(
    index: int,
) -> None:
    """Label price, value, budget and target, each solved again on either side."""
    base = prepared()
    funded = is_funded_in(base, index)
    found = {flip.quantity: flip for flip in flips(base, solve_prepared(base), index)}
    assert set(found) == {"label price", "value", "target", "budget"}
    for name, flip in found.items():
        if flip.at is None:
            continue
        step = 0.01 * (flip.now - flip.at)
        for at, expected in ((flip.at, not funded), (flip.at + step, funded)):
            changed = changed_to(base, index, name, at)
            assert is_funded_in(changed, index) == expected, flip.text


def test_a_flip_holds_for_the_plan_of_a_file_with_that_number() -> None:
    """Everything priced and refined anew, a twentieth beyond and before the value found."""
    base = prepared()
    index = 1
    (flip,) = [f for f in flips(base, solve_prepared(base), index) if f.quantity == "value"]
    assert flip.at is not None
    funded = is_funded_in(base, index)
    for factor, expected in ((0.95, not funded), (1.05, funded)):
        if flip.at > flip.now:
            factor = 2.0 - factor
        projects = list(PORTFOLIO.projects)
        projects[index] = replace(projects[index], value=flip.at * factor)
        again = prepared(replace(PORTFOLIO, projects=tuple(projects)))
        assert is_funded_in(again, index) == expected


def test_a_demanded_project_stays_whatever_is_worth_or_costs() -> None:
    """A rule funds it; only a budget too small for any plan ends that."""
    base = prepared(replace(PORTFOLIO, rules=(Fund("fund hard", ("hard",)),)))
    found = {f.quantity: f.at for f in flips(base, solve_prepared(base), 2)}
    assert found["value"] is None


def test_changes_are_those_of_a_portfolio_prepared_with_them() -> None:
    """Same levels: costs, chances and values as if written so in the file."""
    base = prepared()
    for changed, written in (
        (at_label_price(base, 0, 0.2), project("cheap", 0.2, 20_000.0)),
        (at_value(base, 0, 5_000.0), project("cheap", 0.1, 5_000.0)),
        (at_target_error(base, 0, 0.11), project("cheap", 0.1, 20_000.0, 0.11)),
    ):
        fresh = prepared(replace(PORTFOLIO, projects=(written, *PORTFOLIO.projects[1:])))
        mine, theirs = changed.menus[0].priced, fresh.menus[0].priced
        common = np.intersect1d(mine.images_total, theirs.images_total)
        assert len(common) > 10
        ours = mine.take(np.isin(mine.images_total, common))
        again = theirs.take(np.isin(theirs.images_total, common))
        for one, other in (
            *((ours.cents[line], again.cents[line]) for line in ours.cents),
            (ours.chance, again.chance),
            (ours.expected_value, again.expected_value),
        ):
            assert one == pytest.approx(other)


def test_a_range_of_prices_keeps_its_relative_width() -> None:
    """Twice the mean, twice P10 and P90."""
    ranged = replace(PORTFOLIO.projects[0].images, price=Range(0.1, 0.4))
    base = prepared(
        replace(
            PORTFOLIO,
            projects=(replace(PORTFOLIO.projects[0], images=ranged), *PORTFOLIO.projects[1:]),
        )
    )
    price = (
        at_label_price(base, 0, 2 * Range(0.1, 0.4).lognormal_mean).menus[0].project.images.price
    )
    assert isinstance(price, Range)
    assert (price.p10, price.p90) == pytest.approx((0.2, 0.8))


def test_spend_that_stops_at_the_target_is_priced_again() -> None:
    """Mean spend follows the label price in that mode too."""
    base = prepared(replace(PORTFOLIO, mode=Mode.STOP_WHEN_REACHED))
    before, after = (
        {
            (int(kind), int(images)): float(spend)
            for kind, images, spend in zip(
                options.architecture_index,
                options.images_total,
                options.expected_cost if options.expected_cost is not None else (),
                strict=True,
            )
        }
        for options in (base.menus[1].priced, at_label_price(base, 1, 1.2).menus[1].priced)
    )
    both = [key for key in before if key in after and before[key] > 100]
    assert len(both) > 20
    assert all(after[key] > before[key] for key in both)


def test_what_a_change_offers_is_what_a_file_with_the_change_offers() -> None:
    """The options of the changed project, and so the plan, are those of the changed file."""
    for mode in Mode:
        base = prepared(replace(PORTFOLIO, mode=mode))
        project = base.menus[1].project
        changes = (
            (at_value(base, 1, 123_456.0), {"value": 123_456.0}),
            (
                at_target_error(base, 1, 0.5 * project.error_target),
                {
                    "target_error": 0.5 * project.error_target,
                    "target_accuracy": None,
                    "target_iou": None,
                },
            ),
            (at_label_price(base, 1, 0.777), {"images": replace(project.images, price=0.777)}),
        )
        for changed, fields in changes:
            projects = list(base.portfolio.projects)
            projects[1] = replace(projects[1], **fields)
            again = prepared(replace(base.portfolio, projects=tuple(projects)))
            for one, other in zip(changed.options, again.options, strict=True):
                assert one.images_total.tolist() == other.images_total.tolist()
                assert one.total_cents.tolist() == other.total_cents.tolist()
                assert one.chance.tolist() == other.chance.tolist()
                assert one.expected_net_value.tolist() == other.expected_net_value.tolist()


def test_without_a_rule_its_options_are_back() -> None:
    """A skipped project has none."""
    rule = Skip("skip cheap", ("cheap",))
    base = prepared(replace(PORTFOLIO, rules=(rule,)))
    assert len(base.options[0]) == 0
    assert len(without_rule(base, rule).options[0]) > 0


@pytest.mark.parametrize("seed", range(6))
def test_with_money_for_everything_the_prices_fund_what_the_best_plan_funds(seed: int) -> None:
    """No budget binds, so each project stands for itself."""
    problem = random_problem(seed)
    rich = replace(problem, budget_cents=10**9)
    best = Enumerated(rich).solve()
    pays = pays_at_prices(rich, best, budget_cents=10**9)
    assert np.flatnonzero(pays).tolist() == problem.owner[best.options].tolist()


@pytest.mark.parametrize("seed", range(6))
def test_at_prices_the_projects_that_pay_fit_the_budget(seed: int) -> None:
    """The budget's price rises until they do; with none nothing pays that costs."""
    problem = random_problem(seed)
    plan = Enumerated(problem).solve()
    counts = [
        int(pays_at_prices(problem, plan, budget_cents=budget).sum())
        for budget in (0, 1_000, 3_000, 6_000, 10**9)
    ]
    assert counts[0] == 0
    assert counts == sorted(counts)
