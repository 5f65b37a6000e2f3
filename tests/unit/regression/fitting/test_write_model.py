"""Writing a fit as a model folder, whole or not at all."""

import json
import shutil
import stat
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from planner._resources import resource_root
from planner.domain.model.specification_file import parse_spec
from planner.errors import InputError, NotConvergedError, NotWrittenError
from planner.reference.store import load_model
from planner.regression.checking.diagnostics import Diagnostics, ParameterSummary
from planner.regression.fitting import command as fit_command
from planner.regression.fitting import write_model
from planner.regression.fitting.build import effect_labels
from planner.regression.fitting.command import prepare_fit, read_model_spec, run_fit
from planner.regression.fitting.fit import Fit
from planner.regression.fitting.write_model import RowSources
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations
from tests.faults import every_fault

SHIPPED = RowSources(with_shipped_data=True)


def made_fit(*, rhat: float = 1.0, scale: float = 1.0) -> Fit:
    """Return a fit of the shipped model with invented draws."""
    path = resource_root("models") / "transfer" / "model.toml"
    spec, table = parse_spec(path.read_text(encoding="utf-8")), build_table(read_observations())
    labels = {g.name: effect_labels(table, g) for g in spec.groups if g.stored}
    rng = np.random.default_rng(0)
    draws = {name: scale * rng.random(8) for name in spec.hyper_names}
    draws |= {name: scale * rng.random((8, len(of))) for name, of in labels.items()}
    summary = ParameterSummary(0.1, 0.2, rhat, 900.0, 900.0)
    diagnostics = Diagnostics(dict.fromkeys(spec.hyper_names, summary), 0, (0.9,) * 4, 63.0)
    sampling = {
        "sampler": "nutpie",
        "seed": 1,
        "chains": 4,
        "tune": 20,
        "draws_per_chain": 2,
        "kept_per_chain": 2,
        "target_accept": 0.95,
    }
    trace = SimpleNamespace(to_netcdf=lambda path, **_: Path(path).write_bytes(b"full"))
    return Fit(spec, table, draws, labels, diagnostics, sampling, {}, trace)


def test_a_written_model_is_read_as_it_was_fitted(tmp_path: Path) -> None:
    """Draws, labels, declaration and evidence come back from the folder."""
    fit = made_fit()
    model = load_model(write_model.write_model(tmp_path / "mine", fit, SHIPPED))
    assert model.spec == fit.spec
    assert model.name == "mine"
    assert model.labels["R"] == fit.labels["R"]
    for name, values in fit.draws.items():
        assert np.array_equal(model.draws[name], values.astype(np.float32))
    assert model.evidence.n_rows == 933
    assert model.evidence.parts["classification, frozen"].n_rows == 312
    assert sum(part.n_rows for part in model.evidence.parts.values()) == 933


def test_a_written_declaration_can_be_fitted_again(tmp_path: Path) -> None:
    """The folder's model.toml declares the same model, with evidence and provenance below."""
    fit = made_fit()
    folder = write_model.write_model(tmp_path / "mine", fit, SHIPPED)
    assert read_model_spec(str(folder)) == fit.spec
    written = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
    assert written["evidence"]["images"] == [5, 1281167]
    assert "seed 1" in written["provenance"]["draws"]


def test_the_same_fit_gives_the_same_bytes(tmp_path: Path) -> None:
    """No time, path or random name gets into a model's files."""
    folders = [tmp_path / part / "mine" for part in ("one", "two")]
    for folder in folders:
        write_model.write_model(folder, made_fit(), SHIPPED)
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()


def test_the_card_states_data_priors_diagnostics_and_limits(tmp_path: Path) -> None:
    """Every parameter, every exclusion and every check stands in the card."""
    fit = made_fit()
    folder = write_model.write_model(tmp_path / "mine", fit, SHIPPED)
    card = (folder / "CARD.md").read_text(encoding="utf-8")
    for term in fit.spec.terms:
        assert f"| {term.name} |" in card
        assert term.why in card
    for heading in ("What it was fitted on", "How it was fitted", "Two slopes", "Where not to"):
        assert f"## {heading}" in card
    assert "251 rows: cg-transfer" in card
    assert "| R-hat (worst: a0) | 1 | 1.01 | PASS |" in card


def test_the_full_run_is_written_on_request(tmp_path: Path) -> None:
    """posterior.nc is there if asked for, and only then."""
    without = write_model.write_model(tmp_path / "a", made_fit(), SHIPPED)
    with_it = write_model.write_model(tmp_path / "b", made_fit(), SHIPPED, full_posterior=True)
    assert not (without / "posterior.nc").exists()
    assert (with_it / "posterior.nc").read_bytes() == b"full"


def test_a_model_is_replaced_only_with_force(tmp_path: Path) -> None:
    """Without the flag nothing changes; with it the folder is the new model, and no rest stays."""
    folder = write_model.write_model(tmp_path / "mine", made_fit(), SHIPPED)
    before = (folder / "draws.nc").read_bytes()
    (folder / "validation.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="holds a model already"):
        write_model.write_model(folder, made_fit(scale=2.0), SHIPPED)
    assert (folder / "draws.nc").read_bytes() == before
    write_model.write_model(folder, made_fit(scale=2.0), SHIPPED, force=True)
    assert (folder / "draws.nc").read_bytes() != before
    assert not (folder / "validation.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_that_is_no_model_is_never_replaced(tmp_path: Path, force: bool) -> None:
    """Somebody's folder or file is safe, whatever the flag."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"x")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"something else than a model \(cat\.jpg\)"):
        write_model.require_writable(tmp_path / "photos", force=force)
    with pytest.raises(InputError, match="is no folder"):
        write_model.require_writable(tmp_path / "file", force=force)


def test_a_failure_half_way_leaves_the_old_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk fills while writing, the model that was there is untouched."""
    folder = write_model.write_model(tmp_path / "mine", made_fit(), SHIPPED)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write_model, "write_text", full)
    with pytest.raises(NotWrittenError, match="No space left") as caught:
        write_model.write_model(folder, made_fit(scale=2.0), SHIPPED, force=True)
    assert caught.value.problems[0].place == str(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("there", [True, False])
def test_a_model_is_the_old_or_the_new_one_whatever_stops_its_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    """A full disk or an interrupt at any step, the swap included: one of the two can be used."""
    folder, kept = tmp_path / "mine", tmp_path / "kept" / "mine"
    old, new = made_fit(), made_fit(scale=2.0)
    known = []
    for fit in (new, old):
        write_model.write_model(kept, fit, SHIPPED, force=True)
        known.append({path.name: path.read_bytes() for path in kept.iterdir()})
    for name, text in (("_facts", {}), ("spec_text", ""), ("card_text", "")):
        monkeypatch.setattr(write_model, name, lambda *_, text=text: text)  # what takes time
    new_files = {**dict.fromkeys(known[0], b""), "diagnostics.json": b"{}\n"}
    new_files["draws.nc"] = known[0]["draws.nc"]
    for fault in every_fault(lambda: write_model.write_model(folder, new, SHIPPED, force=there)):
        found = {path.name for path in tmp_path.iterdir()}
        assert found <= {"mine", "kept"}, fault
        assert "mine" in found or (fault.at > 0 and not there), fault
        if "mine" in found:
            files = {path.name: path.read_bytes() for path in folder.iterdir()}
            assert files in ([new_files, known[1]] if there else [new_files]), fault
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            shutil.copytree(kept, folder)


def test_a_model_of_private_rows_is_private(tmp_path: Path) -> None:
    """The folder and all in it, the full run included."""
    own = tmp_path / "own.csv"
    own.write_text("x", encoding="utf-8")
    own.chmod(0o600)
    sources = write_model.RowSources(with_shipped_data=True, own_file=own, n_own_rows=1)
    folder = write_model.write_model(tmp_path / "m", made_fit(), sources, full_posterior=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_nothing_is_written_unless_it_converged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with a bad R-hat raises, and the folder does not appear."""
    monkeypatch.setattr(fit_command, "fit_model", lambda *_, **__: made_fit(rhat=1.2))
    with pytest.raises(NotConvergedError, match="R-hat"):
        run_fit(prepare_fit(None), tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_checked_before_sampling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that may not be written is told at once, not after a minute."""

    def sampled(*_: object, **__: object) -> Any:
        raise AssertionError

    monkeypatch.setattr(fit_command, "fit_model", sampled)
    write_model.write_model(tmp_path / "mine", made_fit(), SHIPPED)
    with pytest.raises(InputError, match="holds a model already"):
        run_fit(prepare_fit(None), tmp_path / "mine")


def test_rows_and_declaration_are_checked_together(tmp_path: Path) -> None:
    """Mistakes of the table and of the specification come in one answer."""
    (tmp_path / "own.csv").write_text("dataset,task\na,b\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text('name = "x"\nfamily = "linear"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        prepare_fit(tmp_path / "own.csv", str(tmp_path / "mine.toml"))
    places = {problem.place.rpartition("/")[2].split(":")[0] for problem in caught.value.problems}
    assert places == {"own.csv", "mine.toml"}


def test_the_shipped_table_under_any_name_is_not_added_to_itself(tmp_path: Path) -> None:
    """Fitting the shipped file is fitting the shipped rows, once, by their rules."""
    copy = tmp_path / "copy.csv"
    copy.write_bytes((resource_root("data") / "transfer_observations.csv").read_bytes())
    request = prepare_fit(copy)
    assert len(request.table) == 933
    assert request.sources == SHIPPED


def test_nothing_to_fit_is_bad_input() -> None:
    """Alone without a table there are no rows."""
    with pytest.raises(InputError, match="nothing to fit"):
        prepare_fit(None, with_shipped_data=False)
    with pytest.raises(InputError, match="no model 'trnsfer'"):
        prepare_fit(None, "trnsfer")


def test_recorded_facts_are_valid_json_without_times(tmp_path: Path) -> None:
    """diagnostics.json holds checksums, versions, seed, checks and counts."""
    folder = write_model.write_model(tmp_path / "mine", made_fit(), SHIPPED)
    facts = json.loads((folder / "diagnostics.json").read_text(encoding="utf-8"))
    assert facts["sampling"]["seed"] == 1
    assert facts["verdict"] == "PASS"
    assert facts["data_card"]["total"]["rows"] == 933
    assert not [key for key in facts if "second" in key]
