"""Everybody who asks what a project spends gets the same answer.

On random portfolios with price ranges, pools, base models, periods and both modes: the mean that
the plan is priced at, the solve's draws, the audit's, ranges of cost, the tornado, rounds of
collecting and a changed portfolio agree, with each other and with a sum written out by hand.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.arrays import Floats
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range, amount_mean
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.economics.draws import compute_factor_draws, price_draws
from planner.offering.options import Menu
from planner.offering.packing import PackedGroup, pack_outcomes
from planner.offering.variants import present_factors
from planner.planning.changed import at_value
from planner.planning.judge import outcome_draws
from planner.planning.prepare import Prepared, prepare
from planner.planning.sharing import Purchase, purchases
from planner.questions.collect.collect import build_collection
from planner.questions.estimate.ranges import cost_ranges
from planner.questions.why.holdings import holding_of
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.random_portfolios import rich_portfolio

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()
COMPUTES = (
    Compute(epochs=5),
    Compute(epochs=5, trials=3, usd_per_hour=Range(1.0, 4.0)),
    Compute(epochs=5, trials=Range(2.0, 6.0), usd_per_hour=Range(1.0, 4.0)),
    Compute(epochs=5, usd_per_hour=2.0, utilisation=Range(0.25, 0.45)),
)
PRICES: tuple[float | Range, ...] = (0.0, 0.31, 2.0, Range(0.002, 0.004), Range(1.0, 3.0))

SET_UP: tuple[float | Range, ...] = (0.0, 12.25, 0.005, Range(8.0, 30.0))
HOURS: tuple[float | Range | None, ...] = (None, None, 2.5, Range(1.0, 6.0))
ASSETS: tuple[float | Range, ...] = (0.0, 9.5, Range(5.0, 20.0))


@st.composite
def cases(draw: st.DrawFn) -> Prepared:
    """Draw a portfolio with any prices, without rules, so that every option stands."""
    portfolio = rich_portfolio(draw(st.integers(0, 400)))
    mode = draw(st.sampled_from(Mode))
    projects = tuple(
        replace(
            project,
            min_chance=None,
            images=replace(
                project.images,
                price=draw(st.sampled_from(PRICES)),
                fixed_cost=draw(st.sampled_from(SET_UP)),
            ),
            accelerator_hours=draw(st.sampled_from(HOURS)),
        )
        for project in portfolio.projects
    )
    changed = replace(
        portfolio,
        projects=projects,
        shared=tuple(
            replace(asset, fixed_cost=draw(st.sampled_from(ASSETS))) for asset in portfolio.shared
        ),
        rules=(),
        mode=mode,
        hold=None,
        budget=1e6,
        objective=Objective.NET_VALUE,
        pilot_chance=0.0,
        go_chance=0.0,
        compute=draw(st.sampled_from(COMPUTES)),
    )
    return _prepared(changed, draw(st.integers(0, 3)))


def _prepared(portfolio: Portfolio, seed: int) -> Prepared:
    return prepare(portfolio, POSTERIOR, CATALOGUE, seed=seed)


def picked(options: ProjectOptions) -> list[int]:
    """Return the first, a middle and the last option."""
    return sorted({0, len(options) // 2, len(options) - 1} & set(range(len(options))))


def by_hand(
    project: Project, per_image: float, draws: tuple[Compute, int, int], images: tuple[int, int]
) -> Callable[[Floats | None], Floats]:
    """Return the spend in each draw, written out; of the needs in it, or of all without them."""
    compute, seed, count = draws
    owned, cap = images
    price = project.images.price
    if isinstance(price, Range):
        prices = price_draws(price, count, seed, project.id, "images.price")
    else:
        prices = np.full(count, price)
    factors = compute_factor_draws(compute, count, seed)
    set_up = np.full(count, project.images.fixed_cost)
    if isinstance(project.images.fixed_cost, Range):
        set_up = price_draws(
            project.images.fixed_cost, count, seed, project.id, "images.fixed_cost"
        )
    if isinstance(project.accelerator_hours, Range):
        hours = price_draws(project.accelerator_hours, count, seed, project.id, "accelerator_hours")
        factors = factors * hours / project.accelerator_hours.lognormal_mean

    def spend(need: Floats | None) -> Floats:
        found = []
        for s in range(count):
            trained = cap if need is None else min(max(float(np.ceil(need[s])), owned), cap)
            once = set_up[s] if trained > owned else 0.0
            found.append(prices[s] * (trained - owned) + once + per_image * factors[s] * trained)
        return np.array(found)

    return spend


@settings(max_examples=25, deadline=None)
@given(cases())
def test_mean_solve_audit_and_tornado_agree(case: Prepared) -> None:
    """An option's spend: priced, packed on both halves, judged, and held by the tornado."""
    stops = case.portfolio.mode is Mode.STOP_WHEN_REACHED
    present = present_factors(case.portfolio)
    for index, (menu, options) in enumerate(zip(case.menus, case.options, strict=True)):
        for row in picked(options):
            solve, audit = (_packed(case, menu, options, row, held_out=h) for h in (False, True))
            start = 0 if options.start is None else int(options.start[row])
            total = float(options.total_cents[row])
            mean = total
            if options.expected_cost is not None:
                mean = 100 * float(options.expected_cost[row]) / present[start]
            assert solve.mean() == pytest.approx(mean, rel=1e-5, abs=1e-6)
            picks = [row if place == index else None for place in range(len(case.menus))]
            judged = 100 * outcome_draws(case, picks, ())[0].cost
            assert judged == pytest.approx(audit, rel=1e-5, abs=5)
            (number,) = case.layout.chosen(picks).tolist()
            held = holding_of(case, number)
            both = np.concatenate([solve, audit]).mean()
            assert 100 * held.cost == pytest.approx(both if stops else total, rel=1e-9, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(cases())
def test_audit_and_ranges_are_what_a_sum_by_hand_gives(case: Prepared) -> None:
    """Price times images labelled, set-up if there are any, training on all."""
    compute, seed = case.portfolio.compute, case.seed
    stops = case.portfolio.mode is Mode.STOP_WHEN_REACHED
    for index, (menu, options) in enumerate(zip(case.menus, case.options, strict=True)):
        for row in picked(options):
            way, total = menu.way(options, row), int(options.images_total[row])
            rate = way.rates[int(options.architecture_index[row])]
            images = (total - int(options.images_to_buy[row]), total)
            per_image = rate.usd_per_image_epoch * compute.epochs * amount_mean(compute.trials)
            need = way.forecast.data_needed_draws(menu.project.error_target, rate.architecture)
            count = len(need) - len(need) // 2
            hand = by_hand(menu.project, per_image, (compute, seed, count), images)
            picks = [row if place == index else None for place in range(len(case.menus))]
            judged = outcome_draws(case, picks, ())[0].cost
            expected = hand(need[way.forecast.audit_rows] if stops else None)
            assert judged == pytest.approx(expected, rel=1e-9, abs=0.011)
            limit = menu.project.images.limit
            if images[0] != max(menu.project.images.held, 1) or total != limit:
                continue
            hand = by_hand(menu.project, per_image, (compute, seed, len(need)), images)
            ranges = cost_ranges(menu.project, way.forecast, rate, compute, images=total, seed=seed)
            found = ranges.commit.total.mean, ranges.stop_when_reached.total.mean
            assert found == pytest.approx((hand(None).mean(), hand(need).mean()), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(cases())
def test_rounds_and_changed_portfolios_pay_the_same_lines(case: Prepared) -> None:
    """One round to the limit commits what the plan commits there; another value moves no cost."""
    for menu, options in zip(case.menus, case.options, strict=True):
        for row in picked(options):
            if options.images_total[row] != menu.project.images.limit or options.uses[0]:
                continue
            if options.use_index is not None and options.use_index[row]:
                continue
            report = build_collection(
                case.portfolio,
                menu.project.id,
                POSTERIOR,
                CATALOGUE,
                architecture=options.architecture(row),
                seed=case.seed,
            )
            for step in report.alternatives.to_limit.rounds:
                assert 100 * step.cost == pytest.approx(float(options.total_cents[row]), abs=2)
    first = case.menus[0]
    again = at_value(case, 0, 1.0 + first.project.mean_value).menus[0]
    common = np.intersect1d(first.priced.images_total, again.priced.images_total)
    mine, theirs = (m.priced.take(np.isin(m.priced.images_total, common)) for m in (first, again))
    assert mine.total_cents.tolist() == theirs.total_cents.tolist()


@settings(max_examples=25, deadline=None)
@given(cases())
def test_what_assets_cost_is_judged_and_held_at_the_mean_it_is_committed_at(case: Prepared) -> None:
    """Fixed cost and pool by hand in each draw of the audit; bars move it by its own range."""
    picks = [0 if len(options) else None for options in case.options]
    bought = purchases(case.portfolio, case.options, picks)
    (with_assets, _), (without, _) = (outcome_draws(case, picks, b) for b in (bought, ()))
    expected = np.zeros(len(without.cost))
    for purchase in bought:
        asset, place = purchase.asset, f"shared[{purchase.asset.id}]"
        images = 0 if asset.images is None else purchase.images - asset.images.held
        pool = (
            ()
            if asset.images is None
            else (
                ("images.price", asset.images.price, images),
                ("images.fixed_cost", asset.images.fixed_cost, min(images, 1)),
            )
        )
        for name, amount, units in (("fixed_cost", asset.fixed_cost, 1), *pool):
            if isinstance(amount, Range):
                drawn = price_draws(amount, len(expected), case.seed, place, name)
            else:
                drawn = np.full(len(expected), amount)
            expected += units * drawn
    assert with_assets.cost - without.cost == pytest.approx(expected, rel=1e-6, abs=0.02)
    assert sum(p.total_cents for p in bought) == pytest.approx(
        sum(_committed_by_hand(p) for p in bought), abs=2
    )


def _committed_by_hand(purchase: Purchase) -> float:
    asset = purchase.asset
    cents = 100 * amount_mean(asset.fixed_cost)
    if asset.images is not None:
        images = purchase.images - asset.images.held
        cents += 100 * amount_mean(asset.images.price) * images
        cents += 100 * amount_mean(asset.images.fixed_cost) * min(images, 1)
    return cents


def _packed(
    case: Prepared, menu: Menu, options: ProjectOptions, row: int, *, held_out: bool
) -> Floats:
    """Return the spend of one option in each draw of a half, in cents."""
    group = PackedGroup(menu, options.take(np.array([row])))
    packed = pack_outcomes(
        [group], case.portfolio, case.objective, seed=case.seed, held_out=held_out
    )
    return np.asarray(packed.spend_draws(np.zeros(1, dtype=np.int64))[0])
