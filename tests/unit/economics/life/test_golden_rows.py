"""Amounts of a life that were reckoned apart, to the printed cent."""

import math
from typing import Any

import numpy as np
import pytest

from planner.domain.portfolio.alternatives import Tier
from planner.domain.portfolio.in_use.drift import Refresh, kept_after
from planner.domain.portfolio.in_use.field_use import Review
from planner.domain.portfolio.in_use.grading import Step
from planner.domain.portfolio.in_use.mistakes import Errors
from planner.domain.portfolio.life import Build, End, Inference, Person, Upkeep, Use
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Images, Project
from planner.domain.published_equations import images_needed
from planner.domain.quantities import Range
from planner.domain.vocabulary import Deploy
from planner.domain.wrong_answers import cost_per_image
from planner.economics.hardware import fallen_prices, gpu_hours, wall_hours
from planner.economics.ledger import Counts, Total, committed, entries_of
from planner.economics.life.aging import ages_in_use
from planner.economics.life.cash import Cash, by_year, payback
from planner.economics.life.clock import Clock, lead_years, ramp, service
from planner.economics.life.graded import ErrorsInUse, GradedDraws, graded_draws
from planner.economics.life.lines import Fresh, Running, Serving, yearly_price
from planner.economics.life.worth import flows_of, life_worth
from planner.economics.training import TrainingRate
from planner.offering.field import field_of
from planner.offering.variants import dearer

IMAGES = Images(held=10, limit=100)
NOW = np.zeros(1)


def project(**life: Any) -> Project:
    return Project(**{"id": "a", "classes": 2, "target_error": 0.1, "images": IMAGES, **life})


def present(clock: Clock, lead: float = 0.0, serving: Serving | None = None, **life: Any) -> float:
    """Return what is earned less paid while live, of one option."""
    own = project(**life)
    years = None if own.use is None else own.use.years
    run = service(clock, NOW, np.array([lead]), years)
    found = life_worth(Running(own, run, serving))
    return round(float(found.net_met[0]), 2)


@pytest.mark.parametrize(
    ("folds", "overhead", "trials", "hours", "paid"),
    [(4, 0.0, 1, 46.0, 138.0), (4, 0.1, 5, 253.0, 759.0)],
)
def test_folds_and_tests_multiply_training(
    folds: int, overhead: float, trials: float, hours: float, paid: float
) -> None:
    """G1: four folds of 11.5 node-hours at 3.00 an hour; five trials and a tenth for tests."""
    compute = Compute(epochs=1, folds=folds, testing_overhead=overhead, trials=trials)
    rate = TrainingRate("A", 3.0 * 11.5 / 100, 11.5 * 3600 / 100, "")
    assert gpu_hours(rate, 100, compute) == pytest.approx(hours)
    entries = entries_of(project(), rate.usd_per_image_epoch * compute.passes)
    cost = committed(entries, Counts(np.array([0]), np.array([100])), "projects[a]")
    assert cost["training"].tolist() == [round(100 * paid)]


def test_people_and_fixed_lines() -> None:
    """G3, whether or not an image is bought."""
    build = {
        "people": [
            {"role": "engineer", "weeks": 6, "per_week": 3500},
            {"role": "expert", "weeks": 2, "per_week": 1800},
        ],
        "lines": [{"id": "cameras", "once": 10_000}],
    }
    cost = committed(
        entries_of(project(build=build), 0.0), Counts(np.array([0]), np.array([10])), "projects[a]"
    )
    assert int(cost["people"][0] + cost["build"][0]) == 3_460_000


def test_a_range_counts_at_its_mean() -> None:
    """G4."""
    total = Total((Range(10_000.0, 30_000.0), Range(8_000.0, 16_000.0)))
    means = [part.lognormal_mean for part in total.parts if isinstance(part, Range)]
    assert [round(mean, 2) for mean in means] == [18_986.94, 11_735.07]
    assert total.lognormal_mean == pytest.approx(sum(means))


@pytest.mark.parametrize(
    ("hourly", "images", "paid"),
    [(0.53, 0, 4_642.80), (2.99, 0, 26_192.40), (0.53, 5_000_000, 4_642.80)],
)
def test_an_endpoint_that_stays_up_is_paid_whether_or_not_it_is_used(
    hourly: float, images: int, paid: float
) -> None:
    """G5."""
    serving = Serving(np.array([1 / 600]), hourly, Compute())
    life: dict[str, Any] = {
        "use": {"images_per_year": images},
        "inference": {"images_per_s": 600, "always_on": 1},
    }
    assert present(Clock(0.0, 1.0, 1.0), serving=serving, **life) == -paid


def test_the_same_images_alone_cost_a_thousandth() -> None:
    """G6: 0.00024537 for a thousand; the idle machine 3,784 times as much at five million."""
    serving = Serving(np.array([1 / 600]), 0.53, Compute())
    own = project(use={"images_per_year": 5_000_000}, inference={"images_per_s": 600})
    run = service(Clock(0.0, 1.0, 1.0), NOW, NOW, None)
    (paid,) = [-item.flow.amounts[0, 0] for item in flows_of(Running(own, run, serving))]
    assert round(paid / 5_000, 8) == 0.00024537
    assert round(4_642.80 / paid) == 3_784


@pytest.mark.parametrize(("counted", "npv"), [(1.0, 79_635.50), (0.5, 87_467.30)])
def test_net_present_value(counted: float, npv: float) -> None:
    """G16: 120,000 paid, 50,000 a year for five years at 8 %."""
    benefits = [{"id": "b", "yearly": 50_000, "when": "live"}]
    assert present(Clock(0.08, 5.0, counted), benefits=benefits) - 120_000 == pytest.approx(npv)


def test_payback_and_return() -> None:
    """G16."""
    flows = [Cash(-120e3, 0, 0, 0), *(Cash(50e3, k, k - 1, k) for k in range(1, 6))]
    assert payback(flows) == pytest.approx(2.4)
    discounted = payback(flows, 0.08)
    assert discounted is not None
    assert round(discounted, 4) == 2.7769
    assert round(79_635.50 / 120_000, 4) == 0.6636
    assert [item.amount for item in by_year(flows)] == [-120e3, *[50e3] * 5]
    across = by_year([Cash(10.0, 1.25, 0.25, 1.25)])
    assert [(item.year, item.amount) for item in across] == [(1, 7.5), (2, 2.5)]
    assert payback([Cash(-1.0, 0, 0, 0), Cash(0.5, 1, 0, 1)]) is None
    assert payback([Cash(-10.0, 0, 0, 0), Cash(20.0, 1, 1, 1), Cash(-15.0, 2, 2, 2)]) is None


def test_a_part_of_a_year() -> None:
    """G17: live after a quarter, a horizon of two and a half years."""
    upkeep = {"lines": [{"id": "m", "yearly": 10_000}]}
    run = service(Clock(0.10, 2.5, 1.0), NOW, np.array([0.25]), None)
    (item,) = flows_of(Running(project(upkeep=upkeep), run))
    parts = (item.flow.amounts * run.clock.present(item.flow.counted))[0]
    assert [round(-float(part), 2) for part in parts] == [8_876.86, 8_069.87, 1_969.96]
    assert present(Clock(0.10, 2.5, 1.0), 0.25, upkeep=upkeep) == -18_916.69


@pytest.mark.parametrize(
    ("rate", "years", "worth"),
    [(0.0, 1.0, 250_000.00), (0.10, 1.0, 203_230.65), (0.10, 1.5, 181_192.09)],
)
def test_use_that_ramps_up(rate: float, years: float, worth: float) -> None:
    """G18."""
    life: dict[str, Any] = {
        "use": {"ramp_years": years},
        "benefits": [{"id": "b", "yearly": 100_000, "when": "live"}],
    }
    assert present(Clock(rate, 3.0, 1.0), **life) == worth


@pytest.mark.parametrize(
    ("rate", "live", "window", "worth"),
    [
        (0.0, 0.75, "linear", 50_000.00),
        (0.08, 0.75, "linear", 47_195.67),
        (0.0, 0.75, "step", 200_000.00),
        (0.0, 1.0, "linear", 0.00),
    ],
)
def test_the_window_of_a_first_mover(rate: float, live: float, window: str, worth: float) -> None:
    """G19."""
    benefit = {"id": "b", "once": 200_000, "when": "live", "window_years": 1, "window": window}
    assert present(Clock(rate, 3.0, 1.0), live, benefits=[benefit]) == worth


def test_the_lead_time() -> None:
    """G19: six weeks of labels, two days of training, four weeks of integration."""
    build = Build(label_per_week=10_000, weeks=4)
    lead = lead_years(build, np.array([60_000.0]), np.array([48.0]))
    # a year has 8,760 hours and 52 weeks: two days are a little less than 2/7 of one
    assert 52 * float(lead[0]) == pytest.approx(10 + 48 * 52 / 8_760)
    assert 52 * float(lead[0]) == pytest.approx(10.2857, abs=0.001)


def test_a_bakery_alone_does_not_pay_and_twelve_do() -> None:
    """G20: figures of the press, here for the arithmetic alone."""
    benefit, upkeep = 14_400.0, 122_840.0
    life: dict[str, Any] = {
        "benefits": [{"id": "b", "yearly": benefit, "when": "live"}],
        "upkeep": {"lines": [{"id": "u", "yearly": upkeep}]},
    }
    assert benefit - upkeep == -108_440.00
    assert present(Clock(0.07, 5.0, 1.0), **life) - 165_000 == pytest.approx(-609_625.41)


def test_savings_on_the_way_of_today_less_inference() -> None:
    """G26 without errors: a million images at 30 for a thousand, run at 0.02 for a thousand."""
    life: dict[str, Any] = {
        "use": {"images_per_year": 1_000_000},
        "inference": {"price_per_1000": 0.02},
        "today": {"price_per_1000": 30},
    }
    assert present(Clock(0.0, 1.0, 1.0), **life) == 29_980.00


def test_the_time_of_a_training_on_several_machines() -> None:
    """G30: 1,000 hours on 8 machines at 90 % of their speed."""
    hours = wall_hours(1_000.0, Compute(gpus=8, scaling=0.9))
    assert hours == pytest.approx(138.8889, abs=5e-5)
    assert hours / 24 == pytest.approx(5.7870, abs=5e-5)
    assert wall_hours(1_000.0, Compute()) == 0.0


def test_the_right_to_abandon() -> None:
    """G38: what would lose money is not put into use, and then costs nothing more."""
    always: list[float] = []
    if_pays: list[float] = []
    for worth in (-40.0, -10.0, 20.0, 60.0, 90.0):
        for deploy, found in (("always", always), ("if_pays", if_pays)):
            own = project(
                use=Use(deploy=deploy),  # type: ignore[arg-type]
                benefits=[{"id": "b", "once": 100.0, "when": "live"}],
                end=End(once=100.0 - worth),
            )
            run = service(Clock(0.0, 1.0, 1.0), NOW, NOW, None)
            found.append(float(life_worth(Running(own, run)).net_not[0]))
    assert (np.mean(always), np.mean(if_pays)) == (24.0, 34.0)


def test_a_ramp_is_the_mean_of_its_slices() -> None:
    """Against a sum of many small steps."""
    run = service(Clock(0.0, 3.3, 1.0), NOW, NOW, None)
    found = ramp(run, 1.7)[0]
    t = (np.arange(3_300_000) + 0.5) / 1e6
    steps = np.minimum(1.0, t / 1.7)
    sliced = [steps[int(k * 1e6) : int(min(k + 1, 3.3) * 1e6)].mean() for k in range(4)]
    assert found == pytest.approx(sliced, abs=1e-6)


def test_what_is_live_after_the_horizon_earns_and_costs_nothing() -> None:
    """Of its life; the value of the target is another matter."""
    life: dict[str, Any] = {
        "benefits": [{"id": "b", "once": 5.0, "when": "always"}],
        "upkeep": {"lines": [{"id": "u", "once": 7.0}]},
        "end": {"once": 3.0},
    }
    assert present(Clock(0.1, 1.0, 1.0), 1.0, **life) == 0.0
    assert present(Clock(0.1, 1.0, 1.0), 0.5, **life) < 0.0


def test_weeks_of_several_people() -> None:
    """Each has a price of a week of his own, and a range stays one."""
    person = Person(role="expert", weeks=2, per_week="6k..9k", count=3)  # type: ignore[arg-type]
    assert person.amount == Range(36_000.0, 54_000.0)
    assert Person(role="expert", weeks=0, per_week=Range(1.0, 2.0)).amount == 0.0


@pytest.mark.parametrize(
    ("doubling", "decline", "worth"),
    [(2.46, 0.245551, 655.31), (2.07, 0.284557, 605.15), (2.95, 0.209402, 702.97)],
)
def test_falling_prices_of_compute(doubling: float, decline: float, worth: float) -> None:
    """G32: 1,000 paid later by a year and a half, at three speeds of progress."""
    compute = Compute(price_decline=1 - 2 ** (-1 / doubling))
    assert round(compute.price_decline, 6) == decline
    assert round(1_000 * float(fallen_prices(compute, np.array(1.5))), 2) == worth


def test_inference_is_paid_at_the_prices_of_its_year() -> None:
    """Machines, not prices per image that a contract fixes."""
    serving = Serving(np.array([1.0]), 3_600.0, Compute(price_decline=0.2))
    life: dict[str, Any] = {
        "use": {"images_per_year": 1_000, "years": 3},
        "inference": {"images_per_s": 1},
    }
    paid = -1e3 * (0.8 + 0.8**2 + 0.8**3)
    assert present(Clock(0.0, 5.0, 1.0), serving=serving, **life) == pytest.approx(paid)


TIERS = (Tier(up_to=1_000, price=0), Tier(up_to=5_000_000, price=1.5), Tier(price=1.0))


def test_the_tiers_of_a_service() -> None:
    """G7: eight million images a month."""
    year = float(yearly_price(np.array(96e6), TIERS))
    assert (year / 12, year) == (10_498.50, 125_982.00)


def _paid(volume: float, once: float, yearly: float, price: float) -> float:
    """Return the present value of what running and starting cost over three years at 8 %."""
    own = project(
        use={"images_per_year": round(volume)},
        inference={"price_per_1000": price},
        upkeep={"lines": [{"id": "u", "yearly": yearly}]},
    )
    run = service(Clock(0.08, 3.0, 1.0), NOW, NOW, None)
    return once + float(life_worth(Running(own, run)).running[0])


def test_where_an_own_model_and_a_service_cost_the_same() -> None:
    """G8: at 26.6 million images a year both cost 102,890.11."""
    own = _paid(26_616_541, 60_000, 12_000 + 4_642.80, 0.0)
    bought = _paid(26_616_541, 0, 0, 1.50)
    assert own == pytest.approx(102_890.11, abs=0.01)
    assert bought == pytest.approx(own, abs=0.01)


def test_three_ways_to_do_the_work() -> None:
    """G10 without errors: what each costs at five million images a year."""
    annuity = 2.5770969872
    assert _paid(5_000_000, 60_000, 0, 0.02) == pytest.approx(60_000 + 100 * annuity)
    assert _paid(5_000_000, 8_000, 0, 0.001) == pytest.approx(8_000 + 5 * annuity)
    assert _paid(5_000_000, 0, 0, 1.50) == pytest.approx(7_500 * annuity)


def in_use(own: Project, error: np.ndarray, met: np.ndarray | None = None) -> GradedDraws:
    """Return what a project is worth for three years at 8 %, where it errs so often."""
    run = service(Clock(0.08, 3.0, 1.0), NOW, NOW, None)
    reached = np.ones_like(error, dtype=np.bool_) if met is None else met
    found = ErrorsInUse(error, reached, np.zeros_like(reached))
    return graded_draws(Running(own, run), found)


def test_people_look_at_a_tenth_of_the_images() -> None:
    """G15: what they find is worth more than what they cost."""
    review = Review(share=0.1, finds=0.6, price_per_1000=400, error=0.01)
    field = field_of(project(review=review, use=Use(images_per_year=1_000)), 1, 0)
    error = float(field.at(np.array([[0.05]]), slice(None))[0, 0])
    assert round(error, 12) == 0.021
    errors = Errors(cost_per_error=2.0)
    saved = 1_000 * float(cost_per_image(errors, 0.05) - cost_per_image(errors, error))
    assert round(saved, 2) == 58.00
    use = Use(images_per_year=1_000)
    own = project(review=review, use=use)
    paid = sum(float(item.flow.amounts.sum()) for item in flows_of(Running(own, service(
        Clock(0.0, 1.0, 1.0), NOW, NOW, None))))  # fmt: skip
    assert (round(paid, 2), round(saved + paid, 2)) == (-40.00, 18.00)


@pytest.mark.parametrize(
    ("shift", "laboratory"),
    [({"accuracy_drop": 0.10}, 0.944444), ({"points": 11}, 0.96)],
)
def test_a_target_in_the_field_asks_for_more_in_the_laboratory(
    shift: dict[str, float], laboratory: float
) -> None:
    """G27: 85 % where accuracy falls; a draw meets both or neither."""
    asked = project(shift=shift, target_error=0.15)
    assert round(1.0 - asked.error_target, 6) == laboratory
    field = field_of(asked, 2, 0)
    near = np.array([[asked.error_target - 1e-9], [asked.error_target + 1e-9]])
    assert (field.at(near, slice(None)) <= 0.15).tolist() == [[True], [False]]


def test_what_a_drop_asks_for_is_priced_by_the_published_equation() -> None:
    """G27: two classes alike often, pretrained: from 4 images to twelve thousand."""
    shifted = project(target_error=0.15, shift={"accuracy_drop": 0.10})
    complexity = math.log(2) / math.log(1_000)
    needs = [
        float(images_needed(target, complexity))
        for target in (shifted.error_target_in_use, shifted.error_target)
    ]
    assert [round(needs[0], 2), round(needs[1])] == [3.85, 12_375]


def test_the_best_number_of_images_balances_labels_and_errors() -> None:
    """G36: e = n^-0.3; labels cost b times the errors that remain. Its target is an output."""
    errors = Errors(cost_per_error=0.5)
    own = project(
        errors=errors, use=Use(images_per_year=1_000_000, deploy=Deploy.ALWAYS), target_error=0.5
    )

    def bill(images: np.ndarray) -> np.ndarray:
        left = in_use(own, (images.astype(float) ** -0.3)[None, :]).net[0]
        return np.asarray(0.40 * images - left)

    best = 40_176
    assert round(float(bill(np.array([best]))[0]), 2) == 69_639.06
    around = bill(np.arange(best - 50, best + 51))
    assert int(np.argmin(around)) in (49, 50, 51)
    known = bill(np.array([1_000, 10_000, 100_000, 1_000_000])).round(2).tolist()
    assert known == [162_618.64, 85_301.91, 80_747.48, 420_422.12]
    spent, rest = 0.40 * best, 69_639.06 - 0.40 * best
    assert (round(spent, 2), round(rest, 2)) == (16_070.40, 53_568.66)
    assert spent == pytest.approx(0.3 * rest, rel=1e-4)
    dearer = bill(np.arange(23_473, 23_674)) + 0.40 * np.arange(23_473, 23_674)
    assert 23_473 + int(np.argmin(dearer)) == pytest.approx(23_573, abs=1)


def test_the_right_to_abandon_draw_by_draw() -> None:
    """G38: a bad draw loses no more than development."""
    operating = np.array([[-40.0, -10.0, 20.0, 60.0, 90.0]])
    steps = tuple(Step(accuracy=0.1 * k, amount=v + 40.0) for k, v in enumerate(operating[0], 1))
    parts = {
        "benefits": [{"id": "o", "once": steps, "when": "live"}],
        "upkeep": {"lines": [{"id": "u", "once": 40.0}]},
    }
    error = 1.0 - 0.1 * np.arange(1, 6)[None, :]
    worth = {
        deploy: float(in_use(project(use={"deploy": deploy}, **parts), error).net.mean())
        for deploy in ("always", "if_pays")
    }
    assert worth == pytest.approx({"always": 24.0, "if_pays": 34.0})


def refreshed(every: float) -> float:
    """Return what keeping 50,000 images of a half-life of two years fresh costs a year."""
    own = project(upkeep={"half_life": 2}, images=Images(held=10, limit=50_000, price=0.40))
    run = service(Clock(0.0, 1.0, 1.0), NOW, NOW, None)
    fresh = Fresh(every, np.array([50_000.0]), np.array([200.0]), Compute(), 0.4)
    return -sum(
        float(item.flow.amounts.sum())
        for item in flows_of(Running(own, run, fresh=fresh))
        if item.line.name == "refresh"
    )


def test_what_drifts_is_kept_fresh() -> None:
    """G21: 14,645 images and a training each year, and its present value."""
    assert round(refreshed(1.0), 2) == 6_058.00
    assert round(refreshed(1.0) * sum(1.08**-k for k in (1, 2, 3)), 2) == 15_612.05


@pytest.mark.parametrize(
    ("every", "million", "ten"),
    [
        (0.25, 27_702.20, 210_061.97),
        (0.5, 27_293.79, None),
        (1.0, 27_134.71, 216_825.11),
        (2.0, 27_331.39, None),
        (3.0, 27_846.82, None),
    ],
)
def test_the_best_interval_balances_labels_and_stale_errors(
    every: float, million: float, ten: float | None
) -> None:
    """G22: errors that grow by a slope of 0.3 from 4 %, at 0.50 each."""
    mean = 0.04 * (2 ** (0.3 * every / 2) - 1) * 2 / (0.3 * every * math.log(2))
    assert round(refreshed(every) + 1e6 * 0.5 * mean, 2) == million
    if ten is not None:
        assert round(refreshed(every) + 1e7 * 0.5 * mean, 2) == ten


def test_errors_at_four_midpoints_a_year_are_near_their_mean() -> None:
    """G23: after a year 4.4383 %, in the mean of the year 4.2153 %, after three 5.4642 %."""
    kept = kept_after(Upkeep(half_life=2))

    def error(age: float) -> float:
        return float(0.04 * (kept**age) ** -0.3)

    assert (round(error(1), 6), round(error(3), 6)) == (0.044383, 0.054642)
    ages, which = ages_in_use(1, Refresh.NONE)
    mean = float(np.mean([error(float(ages[at])) for at in which[0]]))
    assert mean == pytest.approx(0.042153, abs=5e-6)


def test_quantisation_pays_from_a_number_of_images_on() -> None:
    """G24: a training of 300 costs 15 % more, inference at 0.40 per 1,000 costs 45 % less."""

    def kept(images: int, points: float, years: int = 1) -> float:
        """Return what the smaller copy is worth more over the life."""
        use = Use(images_per_year=images, deploy=Deploy.ALWAYS)
        errors = Errors(cost_per_error=0.02)
        own = project(use=use, errors=errors, inference=Inference(price_per_1000=0.40))
        run = service(Clock(0.08 if years > 1 else 0.0, years, 1.0), NOW, NOW, None)
        worth = []
        for saved, error in ((0.0, 0.05), (0.45, 0.05 + points / 100)):
            reached = np.ones((1, 1), dtype=np.bool_)
            found = ErrorsInUse(np.array([[error]]), reached, ~reached)
            worth.append(float(graded_draws(Running(own, run, saved=saved), found).net[0, 0]))
        return worth[1] - worth[0] - 0.15 * 300

    assert kept(1_000, 0.1) + 45 == pytest.approx(0.16)
    assert kept(281_250, 0.1) == pytest.approx(0.0, abs=1e-6)
    assert round(kept(5_000_000, 0.1, 3), 2) == 2_016.68
    assert kept(1_000, 1.0) + 45 == pytest.approx(-0.02)


def test_a_compressed_network_takes_more_work() -> None:
    """G24: the training rate, in money and in time."""
    rate = TrainingRate("A", 3.0, 100.0, "")
    (found,) = dearer((rate,), 0.15)
    assert (found.usd_per_image_epoch, found.gpu_seconds_per_image_epoch) == pytest.approx(
        (3.45, 115.0)
    )
