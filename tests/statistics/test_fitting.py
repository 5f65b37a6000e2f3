"""Does sampling find what was put in? Recovery, calibration by simulation, and real small fits."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from planner._resources import resource_root
from planner.cli.app import app
from planner.domain.model.specification import ModelSpec
from planner.domain.model.specification_file import parse_spec
from planner.reference.store import load_model
from planner.regression.fitting.build import build_model, build_rotation
from planner.regression.fitting.fit import fit_model
from planner.regression.rows.observations import ObservationTable, build_table, select_rows
from planner.regression.rows.shipped import read_observations

pytestmark = [
    pytest.mark.mcmc,
    # Samplers compile with numba, whose own deprecations are no news of ours.
    pytest.mark.filterwarnings("default"),
]

SMALL = """\
name = "small"
family = "saturating"

[noise]
prior = {family = "lognormal", location = -3.0, scale = 0.4}

[discrepancy]
scale = 0.1
decades = 1.0

[[level.terms]]
name = "a0"
prior = {family = "normal", location = -0.2, scale = 0.4}

[[level.terms]]
name = "b_rc"
columns = ["complexity"]
prior = {family = "normal", location = 0.6, scale = 0.3}

[[level.terms]]
name = "b_pre"
columns = ["pretrained"]
prior = {family = "normal", location = -0.4, scale = 0.3}

[[level.groups]]
name = "A"
by = ["dataset"]
sd = "tau_a"
prior = {family = "half_normal", scale = 0.4}
centred = true
centre_on = ["a0", "b_rc"]

[[level.groups]]
name = "P"
by = ["dataset"]
times = ["pretrained"]
sd = "tau_pre"
prior = {family = "half_normal", scale = 0.3}
centre_on = ["b_pre"]

[[slope.terms]]
name = "l0"
prior = {family = "normal", location = -0.9, scale = 0.4}

[[slope.groups]]
name = "L"
by = ["dataset"]
sd = "tau_l"
prior = {family = "half_normal", scale = 0.4}
centre_on = ["l0"]
"""

N_SIMULATIONS = 40


def transfer_spec() -> ModelSpec:
    path = resource_root("models") / "transfer" / "model.toml"
    return parse_spec(path.read_text(encoding="utf-8"))


def vtab_rows() -> ObservationTable:
    """Return fine-tuned rows of two studies: photographs, with curves of two and of four points."""
    table = build_table(read_observations(with_frozen=False))
    chosen = [
        study in ("vtab", "tllib") and group != "structured"
        for study, group in zip(table.study, table.domain_group, strict=True)
    ]
    return select_rows(table, np.array(chosen))


def unrotated(values: np.ndarray, table: ObservationTable, spec: ModelSpec) -> np.ndarray:
    """Return row values from rotated ones."""
    rotation = build_rotation(table, spec.discrepancy)
    n = rotation.n_single
    rows = np.zeros_like(values)
    rows[rotation.order[:n]] = values[:n]
    np.add.at(rows, rotation.partners, rotation.weights * values[n:, None])  # orthogonal
    return rows


def test_parameters_of_simulated_results_are_recovered() -> None:
    """Results simulated on the real design, at known parameters, give those parameters back.

    The z-scores of 24 hyper-parameters behave like standard normals if all is well, but for the
    pull of the priors. None may pass 4 (a chance of 1 in 700 for all together), and at least 17 of
    24 must lie in their 80 % interval (fewer come up 1 time in 60 even without any pull).
    """
    import pymc as pm

    spec, table = transfer_spec(), build_table(read_observations())
    posterior = load_model("transfer")
    truth = {name: float(posterior.draws[name].mean()) for name in spec.hyper_names}
    fixed = pm.do(build_model(spec, table), truth)
    with fixed:
        drawn = pm.sample_prior_predictive(1, random_seed=4)["prior_predictive"]
    rotated = drawn["rotated_log10_error"].values[0, 0]
    simulated = replace(table, error=10.0 ** unrotated(rotated, table, spec))
    fit = fit_model(simulated, spec, seed=8, tune=300, draws=300, target_accept=0.9)
    z, inside = [], 0
    for name, value in truth.items():
        draws = fit.draws[name]
        z.append((draws.mean() - value) / draws.std())
        low, high = np.quantile(draws, [0.1, 0.9])
        inside += int(low <= value <= high)
    assert np.abs(z).max() < 4.0, dict(zip(truth, z, strict=True))
    assert inside >= 17, dict(zip(truth, z, strict=True))


def test_ranks_of_simulated_parameters_are_uniform() -> None:
    """Parameters drawn from the prior lie anywhere among their posterior draws, equally often.

    Simulation-based calibration (Talts et al. 2018): the share u of posterior draws below the truth
    is uniform. Over 40 simulations the mean of u lies within .5 +- 3.9 / sqrt(12 * 40) and that of
    (2u - 1)^2, a third if uniform, within 3.9 * sqrt(.0889 / 40) of it: one of 16 comparisons fails
    by chance 1 time in 600. A posterior that is .6 sd off (mean .66), half as wide as it should be
    (dispersion .59) or twice as wide (.13) does not pass.
    """
    import nutpie
    import pymc as pm

    spec, table = parse_spec(SMALL), vtab_rows()
    model = build_model(spec, table)
    with model:
        prior = pm.sample_prior_predictive(N_SIMULATIONS, random_seed=11)
    responses = prior["prior_predictive"]["rotated_log10_error"].values[0]
    compiled = nutpie.compile_pymc_model(model)
    below: dict[str, list[float]] = {name: [] for name in spec.hyper_names}
    for i, response in enumerate(responses):
        trace = nutpie.sample(
            compiled.with_data(rotated_response=response),
            draws=400,
            tune=400,
            chains=2,
            cores=2,
            seed=100 + i,
            target_accept=0.9,
            progress_bar=False,
        )
        for name, ranks in below.items():
            draws = trace["posterior"][name].values
            ranks.append(float((draws < prior["prior"][name].values[0, i]).mean()))
    for name, ranks in below.items():
        u = np.array(ranks)
        assert abs(u.mean() - 0.5) < 3.9 / np.sqrt(12 * N_SIMULATIONS), (name, u)
        dispersion = np.mean((2 * u - 1) ** 2)
        assert abs(dispersion - 1 / 3) < 3.9 * np.sqrt(0.0889 / N_SIMULATIONS), (name, u)


def test_the_same_seed_gives_the_same_draws() -> None:
    """Draws depend on seed, rows and declaration alone: not on how many chains run at a time.

    Chains, each of a seed of its own, differ.
    """
    spec, table = parse_spec(SMALL), vtab_rows()
    settings: dict[str, Any] = {"seed": 3, "tune": 60, "draws": 20}
    one = fit_model(table, spec, cores=1, **settings)
    two = fit_model(table, spec, cores=2, **settings)
    for name in spec.hyper_names:
        assert np.array_equal(one.draws[name], two.draws[name])
        chains = one.draws[name].reshape(4, -1)
        assert not np.array_equal(chains[0], chains[1])


OWN = """\
dataset,task,architecture,n_classes,n_train,pretrained,error,test_images
shelf,classification,resnet50,4,20k,1,0.06,500
shelf,classification,resnet50,4,2000,1,0.12,500
shelf,classification,resnet50,4,200,1,0.31,500
bins,classification,EfficientNet-B0,2,900,1,8.1%,
"""


def test_own_results_become_a_model_that_every_command_takes(tmp_path: Path) -> None:
    """From a table to a folder, byte for byte the same twice, and loadable with its declaration."""
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    run = ["fit", str(tmp_path / "own.csv"), "--model", "published", "--alone", "--json"]
    run += ["--tune", "500", "--draws", "1000", "--full-posterior"]
    folders = [tmp_path / "one" / "ours", tmp_path / "two" / "ours"]
    for folder in folders:
        result = CliRunner().invoke(app, [*run, "-o", str(folder)])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["verdict"] == "PASS"
    for name in ("draws.nc", "diagnostics.json", "model.toml", "CARD.md"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    model = load_model(folders[0])
    assert model.spec is not None
    assert (model.family, model.n_draws, model.evidence.n_rows) == ("log_linear", 4000, 4)
    import arviz

    full = arviz.from_netcdf(folders[0] / "posterior.nc")
    assert dict(full["posterior"].sizes) == {"chain": 4, "draw": 1000}


def test_a_run_that_did_not_converge_leaves_the_old_model_alone(tmp_path: Path) -> None:
    """Exit code 5, what to do, and nothing overwritten even with --force."""
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    folder = tmp_path / "ours"
    shutil.copytree(resource_root("models") / "published", folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    run = ["fit", str(tmp_path / "own.csv"), "--model", "published", "--alone", "--force"]
    result = CliRunner().invoke(app, [*run, "-o", str(folder), "--tune", "10", "--draws", "20"])
    assert result.exit_code == 5
    assert "did not converge" in result.stderr
    assert "--tune 1000 --draws 2000" in result.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ours", "own.csv"]
