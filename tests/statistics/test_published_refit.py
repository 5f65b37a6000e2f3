"""Sampled for real: Table 1 by PyMC, and calibration by simulation of declared models."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.reference.store import load_model
from planner.regression.calibration.ranks import Simulated
from planner.regression.calibration.run import RefitConfig, calibrate_declaration
from planner.regression.fitting.command import read_model_spec
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations
from tests.contracts.commands import require

pytestmark = [
    pytest.mark.mcmc,
    # Samplers compile with numba, whose own deprecations are no news of ours.
    pytest.mark.filterwarnings("default"),
]


def run(*arguments: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_sampling_finds_table_1_again() -> None:
    """Medians within half a standard error, R-hat at most 1.01, ESS at least 400; under `refit`."""
    plain, refitted = run("reproduce"), run("reproduce", "--refit")
    require(refitted, "reproduce")
    refit = refitted.pop("refit")
    assert refitted == plain
    assert refit["agrees"]
    assert refit["max_rhat"] <= 1.01
    assert refit["min_ess"] >= 400
    assert refit["divergences"] == 0
    for term in refit["terms"].values():
        assert abs(term["median"] - term["printed"]) <= 0.5 * term["printed_std_err"]
        assert abs(term["sd"] / term["std_err"] - 1) < 0.1


def test_a_model_of_the_reconstruction_is_written_and_says_what_it_rests_on(
    tmp_path: Path,
) -> None:
    """`fit --model published --rows reconstruction` gives a model that loads, labelled."""
    folder = tmp_path / "again"
    report = run("fit", "--model", "published", "--rows", "reconstruction", "-o", str(folder))
    assert report["verdict"] == "PASS"
    assert report["refit"]["agrees"]
    assert report["n_rows"] == 56
    assert "invented" in load_model(folder).evidence.description
    assert "not the paper's data" in (folder / "CARD.md").read_text(encoding="utf-8")


def test_a_declared_regression_is_calibrated() -> None:
    """Thirty refits of the published declaration: every hyper-parameter within its 99 % band."""
    report = run("fit", "--model", "published", "--sbc", "30")
    require(report, "fit-sbc")
    assert report["verdict"] == "PASS"
    assert report == run("fit", "--model", "published", "--sbc", "30")


def test_the_hierarchical_declaration_can_be_calibrated() -> None:
    """Ten short refits of the default model's declaration rank every hyper-parameter."""
    spec = read_model_spec("transfer")
    told: list[float] = []
    config = RefitConfig(tune=200, draws=200)
    found = calibrate_declaration(
        spec,
        build_table(read_observations()),
        10,
        seed=2,
        config=config,
        on_estimate=lambda seconds, _: told.append(seconds),
    )
    assert set(found.parameters) == set(spec.hyper_names)
    assert found.verdict != "FAIL"
    assert told[0] > 0


def test_priors_and_rows_that_do_not_fit_together_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Truths moved by a prior's sd after simulating: sampling finds them nowhere near."""
    from planner.regression.calibration import run as running

    honest = running.simulate_from_priors

    def moved(model: Any, spec: Any, n: int, seed: int) -> Simulated:
        found = honest(model, spec, n, seed)
        return Simulated({**found.truths, "type": found.truths["type"] + 0.173}, found.responses)

    monkeypatch.setattr(running, "simulate_from_priors", moved)
    found = calibrate_declaration(
        read_model_spec("published"),
        build_table(read_observations()),
        40,
        seed=1,
        config=RefitConfig(),
    )
    assert found.verdict == "FAIL"
    assert not found.parameters["type"].inside
