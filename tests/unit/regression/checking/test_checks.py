"""Checks of a fitted model: each can pass, and each can fail."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.domain.model.model_checks import CheckThresholds
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Prior
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError, ResourceError
from planner.regression.cards.model import sampling_checks
from planner.regression.checking import checks as under_test
from planner.regression.checking.checks import (
    Evidence,
    check_loo,
    check_posterior_predictive,
    check_prior_predictive,
    check_prior_sensitivity,
    draw_prior,
    gather_evidence,
    log_prior,
    loo_pit,
)
from planner.regression.checking.model import check_model, rows_sha256
from planner.regression.fitting.record import FitRecord
from planner.regression.rows.observations import Observation, ObservationTable, build_table
from planner.testing import synthetic_hierarchy

LIMITS = CheckThresholds()


def simulated(shift: float = 0.0, n_sets: int = 12) -> ObservationTable:
    """Return two rows of each of a few data sets, from the middle of the synthetic hierarchy."""
    rng = np.random.default_rng(8)
    rows = []
    for each in range(n_sets):
        level = -0.05 - 0.45 + 0.4 * rng.standard_normal() + 0.3 * rng.standard_normal() + shift
        rate = np.exp(-1.0 + 0.5 * rng.standard_normal())
        for images in (1000.0, 20_000.0):
            u = level - rate * (np.log10(images) - 3.5)
            error = 0.97 / (1.0 + 10**-u) * 10 ** (0.1 * rng.standard_normal())
            rows.append(
                Observation(
                    dataset=f"set {each}",
                    task=Task.CLASSIFICATION,
                    architecture="ResNet-50",
                    n_images=images,
                    error=float(np.clip(error, 1e-4, 0.95)),
                    relative_complexity=0.5,
                    pretrained=True,
                    backbone=Backbone.FINETUNED,
                    study="s",
                    pretraining="imagenet-1k",
                    chance_error=0.97,
                )
            )
    return build_table(rows)


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    """Return a hierarchy whose priors contain its draws."""
    return synthetic_hierarchy(400)


@pytest.fixture(scope="module")
def evidence(posterior: Posterior) -> Evidence:
    """Return what checks of that hierarchy on its own data rest on."""
    return gather_evidence(posterior, simulated())


def test_a_model_passes_on_data_of_its_own(evidence: Evidence) -> None:
    """Replications look like the data, and left-out intervals hold what they should."""
    density, pit, by_dataset = check_loo(evidence, None, LIMITS)
    assert check_posterior_predictive(evidence, LIMITS).verdict == "PASS"
    assert density.verdict == "PASS"
    assert pit.verdict == "PASS"
    assert set(by_dataset) == set(evidence.datasets)
    assert all(0 <= value <= 1 for value in loo_pit(evidence))


def test_data_of_another_kind_fail(posterior: Posterior) -> None:
    """Errors far below anything the model makes are noticed by replications and by PIT."""
    table = simulated()
    strange = replace(table, error=np.full(len(table), 2e-7))
    found = gather_evidence(posterior, strange)
    assert check_posterior_predictive(found, LIMITS).verdict == "FAIL"
    assert check_loo(found, None, LIMITS)[1].verdict == "FAIL"


def test_priors_that_exclude_the_data_fail(posterior: Posterior) -> None:
    """A prior pinned far from what was measured leaves it outside its central 99 %."""
    assert posterior.spec is not None
    table = simulated()
    usual = replace(
        posterior.spec,
        noise=Prior("lognormal", -3.9, 0.5),
        level=replace(
            posterior.spec.level,
            groups=tuple(
                replace(g, sd_prior=Prior("half_normal", scale=0.4))
                for g in posterior.spec.level.groups
            ),
        ),
    )
    assert check_prior_predictive(usual, table, LIMITS).verdict == "PASS"
    first = replace(usual.level.terms[0], prior=Prior("normal", 9.0, 0.01))
    terms = tuple(
        first if t.name == "a0" else replace(t, prior=Prior("normal", 0.0, 0.01))
        for t in usual.level.terms
    )
    pinned = replace(usual, level=replace(usual.level, terms=terms))
    assert check_prior_predictive(pinned, table, LIMITS).verdict == "FAIL"


def test_prior_sensitivity_tells_tight_priors_from_wide_ones(evidence: Evidence) -> None:
    """A prior as tight as the posterior matters; one far wider matters less."""

    def with_scale(factor: float) -> Evidence:
        def prior(name: str) -> Prior:
            values = evidence.draws[name]
            return Prior("normal", float(values.mean()), factor * max(float(values.std()), 0.01))

        spec = evidence.spec
        level = replace(
            spec.level, terms=tuple(replace(t, prior=prior(t.name)) for t in spec.level.terms)
        )
        changed = replace(spec, level=level)
        return replace(evidence, spec=changed, log_prior=log_prior(changed, evidence.draws))

    tight = check_prior_sensitivity(with_scale(1.0), LIMITS)
    assert tight.verdict == "REVIEW"
    assert tight.value is not None
    wide = check_prior_sensitivity(with_scale(300.0), LIMITS)
    assert wide.value is not None
    assert wide.value < tight.value


@pytest.mark.parametrize(
    "prior", [Prior("normal", 0.3, 0.2), Prior("half_normal", 0, 0.4), Prior("lognormal", -1, 0.5)]
)
def test_log_prior_is_the_density_the_draws_come_from(prior: Prior) -> None:
    """Differences of log density agree with a histogram of draws."""
    draws = draw_prior(prior, np.random.default_rng(0), 400_000)
    spec = synthetic_hierarchy(4).spec
    assert spec is not None
    low, high = np.quantile(draws, [0.3, 0.7])
    names = {n: np.array([1.0, 1.0]) for n in spec.hyper_names}
    names["sigma"] = np.array([low, high])
    found = np.diff(log_prior(replace(spec, noise=prior), names))[0]
    width = 0.02 * (high - low)
    counts = [np.sum(np.abs(draws - at) < width) for at in (low, high)]
    assert found == pytest.approx(np.log(counts[1] / counts[0]), abs=0.06)


def folder_with(tmp_path: Path, **facts: object) -> Path:
    entry = {
        "name": "R-hat",
        "value": 1.001,
        "threshold": 1.01,
        "verdict": "PASS",
        "worst": "a0",
        "advice": "none needed",
    }
    record = {"checks": [entry], "n_own_rows": 0, "with_shipped_data": True, **facts}
    (tmp_path / "diagnostics.json").write_text(json.dumps(record), encoding="utf-8")
    return tmp_path


def test_failed_sampling_stops_the_rest(posterior: Posterior, tmp_path: Path) -> None:
    """Draws that did not converge are not judged further, not even on request."""
    failed = {
        "name": "R-hat",
        "value": 1.2,
        "threshold": 1.01,
        "verdict": "FAIL",
        "worst": "tau_a",
        "advice": "tune longer",
    }
    report = check_model(posterior, folder_with(tmp_path, checks=[failed]), full=True)
    assert report.verdict == "FAIL"
    assert len(report.checks) == 1
    assert "not looked at" in report.notes[0]


def test_full_checks_are_stored_and_shown_for_the_same_draws_only(
    posterior: Posterior,
    tmp_path: Path,
    evidence: Evidence,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What --full computes is what the next look shows; other draws do not get it."""
    folder = folder_with(tmp_path)
    assert "--full" in check_model(posterior, folder).notes[0]
    monkeypatch.setattr(
        "planner.regression.checking.model.gather_evidence", lambda *_: evidence, raising=True
    )
    full = check_model(posterior, folder, full=True)
    assert len(full.checks) == 6
    assert check_model(posterior, folder) == full
    other = replace(posterior, sha256="1" * 64)
    stale = check_model(other, folder)
    assert len(stale.checks) == 1
    assert "other draws" in stale.notes[0]
    (folder / "checks.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ResourceError, match="--full"):
        check_model(posterior, folder)
    assert under_test.N_DRAWS == 1000


def test_rows_of_ones_own_must_be_named(posterior: Posterior, tmp_path: Path) -> None:
    """A model fitted on the user's rows cannot be checked without them."""
    with pytest.raises(InputError, match="7 rows of your own"):
        check_model(posterior, folder_with(tmp_path, n_own_rows=7), full=True)


def test_a_model_without_diagnostics_fails() -> None:
    """Nothing recorded is no reason to trust; a closed form needs no sampler."""
    (missing,) = sampling_checks(FitRecord())
    assert missing.verdict == "FAIL"
    (exact,) = sampling_checks(FitRecord(method="exact draws in closed form; no sampler"))
    assert exact.verdict == "PASS"


def test_the_rows_checksum_follows_the_rows(tmp_path: Path) -> None:
    """Shipped rows are compared as they are; of one's own, what was recorded counts."""
    inputs = {"the declaration": "a" * 64, "ours.csv": "b" * 64}
    shipped = rows_sha256(folder_with(tmp_path))
    own = rows_sha256(folder_with(tmp_path, n_own_rows=3, inputs_sha256=inputs))
    other = {**inputs, "ours.csv": "c" * 64}
    changed = rows_sha256(folder_with(tmp_path, n_own_rows=3, inputs_sha256=other))
    declared = {**inputs, "the declaration": "d" * 64}
    assert len({shipped, own, changed}) == 3
    assert own == rows_sha256(folder_with(tmp_path, n_own_rows=3, inputs_sha256=declared))
