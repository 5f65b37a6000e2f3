"""Verdicts on a sampling run, and what a run that failed is told."""

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from planner.domain.model.specification_file import parse_spec
from planner.errors import InputError, NotConvergedError
from planner.regression.checking.diagnostics import (
    Diagnostics,
    ParameterSummary,
    Thresholds,
    diagnose,
)
from planner.regression.fitting.fit import fit_model, require_converged, thin
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations

SPEC = parse_spec("""
name = "tiny"
family = "log_linear"
[noise]
prior = {family = "half_normal", scale = 1.0}
[[level.terms]]
name = "a0"
prior = {family = "normal", location = 0.0, scale = 1.0}
[[level.groups]]
name = "R"
by = ["architecture"]
sd = "tau"
prior = {family = "fixed", location = 0.2}
stored = true
""")


def trace_of(rng: np.random.Generator, *, shift: float = 0.0, diverging: int = 0) -> dict[str, Any]:
    """Return a run of four chains of independent draws; ``shift`` moves the last chain."""
    steps = rng.standard_normal((4, 500))
    steps[3] += shift

    def column(values: np.ndarray) -> SimpleNamespace:
        return SimpleNamespace(values=values)

    divergent = np.zeros((4, 500), dtype=bool)
    divergent.flat[:diverging] = True
    return {
        "posterior": {
            "a0": column(steps),
            "sigma": column(np.exp(rng.standard_normal((4, 500)))),
            "tau": column(np.full((4, 500), 0.2)),
            "R": column(rng.standard_normal((4, 500, 2))),
        },
        "sample_stats": {
            "diverging": column(divergent),
            "energy": column(rng.standard_normal((4, 500))),
            "n_steps": column(np.full((4, 500), 7)),
        },
    }


def run(**changes: Any) -> Diagnostics:
    trace = trace_of(np.random.default_rng(0), **changes)
    return diagnose(trace, SPEC, {"R": ("ResNet-50", "VGG-16")})


def test_a_good_run_passes_every_check() -> None:
    """Independent draws meet every threshold; effects are named by their label."""
    diagnostics = run()
    assert diagnostics.passes()
    assert set(diagnostics.parameters) == {"a0", "sigma", "R[ResNet-50]", "R[VGG-16]"}
    assert diagnostics.mean_tree_steps == 7


def test_a_parameter_fixed_by_its_prior_has_no_diagnostics() -> None:
    """What cannot move neither passes nor fails."""
    assert "tau" not in run().parameters


@pytest.mark.parametrize(
    ("changes", "failed", "worst"),
    [({"shift": 1.0}, "R-hat", "a0"), ({"diverging": 3}, "divergences", "all chains")],
)
def test_a_bad_run_is_told_what_failed(changes: dict[str, Any], failed: str, worst: str) -> None:
    """The check that fails names the parameter and what to do."""
    bad = [check for check in run(**changes).checks() if check.verdict == "FAIL"]
    assert failed in [check.name for check in bad]
    found = next(check for check in bad if check.name == failed)
    assert found.worst == worst
    assert found.advice != "none needed"


def test_thresholds_decide() -> None:
    """The same run fails under a stricter limit."""
    assert run().passes(Thresholds(min_ess=400))
    assert not run().passes(Thresholds(min_ess=1e6))


def test_numbers_that_are_none_fail_and_are_written_as_null() -> None:
    """A run without a usable R-hat is no pass, and JSON stays valid."""
    nothing = ParameterSummary(0.0, 1.0, float("nan"), float("nan"), 500.0)
    diagnostics = Diagnostics({"a0": nothing}, 0, (0.9,), 7.0)
    assert not diagnostics.passes()
    written = json.dumps(diagnostics.to_dict(), allow_nan=False)
    assert json.loads(written)["parameters"]["a0"]["rhat"] is None


def test_a_run_that_failed_says_what_to_do() -> None:
    """The message has the number, the threshold, the flags to try and where rows help."""
    fit: Any = SimpleNamespace(
        diagnostics=run(shift=1.0),
        table=range(12),
        sampling={"tune": 2000, "draws_per_chain": 3000},
    )
    with pytest.raises(NotConvergedError, match=r"R-hat 1\.\d+ \(a0\), threshold 1\.01") as caught:
        require_converged(fit)
    assert "--tune 4000 --draws 6000" in str(caught.value)
    assert "nothing was written" in str(caught.value)
    fit.diagnostics = run()
    require_converged(fit)


def test_thinning_keeps_draws_joint_and_chains_apart() -> None:
    """The same iterations are kept of every variable, chain after chain, ends included."""
    values = np.arange(40.0).reshape(4, 10)
    trace = {"posterior": {n: SimpleNamespace(values=values * f) for n, f in (("a", 1), ("b", 3))}}
    kept = thin(trace, ("a", "b"), kept=4)
    assert kept["a"].reshape(4, 4)[0].tolist() == [0.0, 3.0, 6.0, 9.0]
    assert np.array_equal(kept["b"], 3 * kept["a"])
    assert len(thin(trace, ("a",), kept=99)["a"]) == 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("chains", 3),
        ("tune", 1),
        ("draws", 2),
        ("target_accept", 1.0),
        ("sampler", "x"),
    ],
)
def test_impossible_settings_are_refused_before_anything_slow(name: str, value: Any) -> None:
    """A setting outside its range is bad input, named."""
    with pytest.raises(InputError, match=name):
        fit_model(build_table(read_observations()), SPEC, **{name: value})
