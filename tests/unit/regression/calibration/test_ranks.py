"""Is a wrong sampler caught? Calibration with samplers whose answer is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.domain.results.calibration import Calibration
from planner.errors import InputError
from planner.regression.calibration.design import reduced_design
from planner.regression.calibration.figure import write_calibration_figure
from planner.regression.calibration.ranks import (
    Design,
    Refitted,
    Simulated,
    calibrate,
    require_refits,
    spaced_draws,
)
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations

N_ROWS = 4
PRIOR_SD = 2.0


def simulated(n: int, seed: int = 1) -> Simulated:
    """Return means from N(0, 2²), four measurements of each with unit noise, and a bystander."""
    rng = np.random.default_rng(seed)
    mean, other = rng.normal(scale=PRIOR_SD, size=n), rng.normal(size=n)
    return Simulated({"mean": mean, "other": other}, mean[:, None] + rng.normal(size=(n, N_ROWS)))


def sampler(
    *, width: float = 1.0, shift: float = 0.0, precision_of_prior: float = PRIOR_SD**-2
) -> Callable[[np.ndarray, int], Refitted]:
    """Return a sampler of the conjugate posterior, or of one that is wrong in a known way."""

    def refit(response: np.ndarray, seed: int) -> Refitted:
        rng = np.random.default_rng(seed)
        variance = 1.0 / (N_ROWS + precision_of_prior)
        centre, sd = variance * response.sum(), np.sqrt(variance)
        draws = centre + shift * sd + width * sd * rng.normal(size=400)
        return Refitted({"mean": draws, "other": rng.normal(size=400)}, 1.001, 1)

    return refit


def run(n: int = 100, seed: int = 1, **wrong: Any) -> Calibration:
    put_in, refit = simulated(n, seed), sampler(**wrong)
    refits = [refit(response, seed + 1 + i) for i, response in enumerate(put_in.responses)]
    return calibrate(put_in, refits, Design("toy", N_ROWS, 1), seed=seed)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_right_sampler_passes(seed: int) -> None:
    """The exact posterior stays within the band; five seeds leave by luck 1 time in 10."""
    found = run(seed=seed)
    assert found.verdict == "PASS"
    assert found.divergences == found.n_refits == 100
    assert found.max_rhat == 1.001


@pytest.mark.parametrize(
    ("wrong", "reads"),
    [
        ({"width": 0.5}, "draws are too narrow"),
        ({"width": 2.0}, "draws are too wide"),
        ({"shift": 0.7}, "draws lie too high"),
        ({"shift": -0.7}, "draws lie too low"),
    ],
)
def test_a_wrong_sampler_is_caught(wrong: dict[str, Any], reads: str) -> None:
    """Half or twice the width, or .7 sd off: FAIL, the parameter named, and in which way."""
    found = run(**wrong)
    assert found.verdict == "FAIL"
    assert not found.parameters["mean"].inside
    assert found.parameters["mean"].reads == reads
    assert found.parameters["other"].inside
    assert found.why.startswith("mean of 2 parameters outside the 99 % band")


def test_a_sampler_with_another_prior_is_caught() -> None:
    """Errors simulated with one prior and fitted with a far tighter one do not agree."""
    assert run(precision_of_prior=16.0).verdict == "FAIL"


def test_the_same_seed_gives_the_same_report() -> None:
    """Everything follows from the seed."""
    assert run(20) == run(20)
    assert run(20).parameters["mean"].ranks != run(20, seed=2).parameters["mean"].ranks


def test_thinned_draws_give_the_rank_of_all() -> None:
    """What a refit elsewhere sends back is enough."""
    draws = np.random.default_rng(0).normal(size=1_200)
    thin = spaced_draws(draws)
    assert len(thin) == 100
    np.testing.assert_array_equal(spaced_draws(thin), thin)


@pytest.mark.parametrize("n", [0, 9, 1001])
def test_a_senseless_number_of_refits_is_refused(n: int) -> None:
    """Too few say nothing, too many take a day."""
    with pytest.raises(InputError, match=r"expected 10 to 1,000"):
        require_refits(n)


def test_the_reduced_design_keeps_every_kind_and_is_small() -> None:
    """At most six rows of four data sets of each kind, and whole curves where they go in."""
    table = build_table(read_observations())
    small = reduced_design(table)

    def kinds(rows: object) -> set[tuple[float, ...]]:
        columns = [getattr(rows, name) for name in ("segmentation", "frozen", "structured")]
        return set(zip(*columns, strict=True))

    assert kinds(small) == kinds(table)
    assert len(small) <= 24 * len(kinds(table))
    assert len(small) > len(set(small.curve))  # some curve has several points
    assert set(small.pretrained) == {0.0, 1.0}
    assert reduced_design(table).curve == small.curve


def test_the_figure_is_drawn_the_same_twice(tmp_path: Path) -> None:
    """Two files, byte for byte."""
    found = run(20, width=0.3)
    one, two = (write_calibration_figure(found, tmp_path / name) for name in ("a", "b"))
    assert [path.name for path in one] == ["calibration.png", "calibration.svg"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
