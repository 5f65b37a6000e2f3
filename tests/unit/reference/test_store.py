"""Writing and reading fitted models."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from planner._resources import resource_root
from planner.domain.model.posterior import N_CHAINS
from planner.errors import InputError, NotWrittenError, ResourceError
from planner.reference.store import (
    DIAGNOSTICS_FILE,
    DRAWS_FILE,
    SPEC_FILE,
    find_model,
    list_models,
    load_model,
    write_draws,
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a copy of the shipped model that a test may damage."""
    return Path(shutil.copytree(resource_root("models") / "published", tmp_path / "published"))


def record_checksum(model: Path) -> None:
    """Make the recorded checksum that of the draws as they are now."""
    from planner.reference.store import sha256_of

    facts = json.loads((model / DIAGNOSTICS_FILE).read_text(encoding="utf-8"))
    facts["draws_sha256"] = sha256_of(model / DRAWS_FILE)
    (model / DIAGNOSTICS_FILE).write_text(json.dumps(facts), encoding="utf-8")


def test_a_shipped_model_loads_by_name_and_by_path(model: Path) -> None:
    """The same model comes from its name, its folder as a Path and its folder as text."""
    by_name = load_model("published")
    for other in (load_model(model), load_model(str(model))):
        assert other.sha256 == by_name.sha256
        assert other.evidence == by_name.evidence
        for name, values in by_name.draws.items():
            np.testing.assert_array_equal(other.draws[name], values)


def test_draws_survive_the_file_as_float32(model: Path, rng: np.random.Generator) -> None:
    """What is written comes back in native float64, rounded once to float32, labels included."""
    draws = {"a": rng.normal(size=400), "arch_eff": rng.normal(size=(400, 3))}
    write_draws(model / DRAWS_FILE, draws, labels={"arch_eff": ("x", "y é", "z")})
    record_checksum(model)
    loaded = load_model(model)
    assert loaded.labels == {"arch_eff": ("x", "y é", "z")}
    for name, values in draws.items():
        assert loaded.draws[name].dtype == np.dtype(np.float64)
        assert loaded.draws[name].dtype.isnative
        np.testing.assert_array_equal(loaded.draws[name], values.astype(np.float32))


def test_a_loaded_model_cannot_be_changed() -> None:
    """Draws are shared by every project, so writing to them is refused."""
    with pytest.raises(ValueError, match="read-only"):
        load_model("published").draws["sigma"][0] = 1.0


def test_the_same_draws_make_the_same_bytes(tmp_path: Path, rng: np.random.Generator) -> None:
    """No time stamp enters the file, whatever order the attributes come in."""
    draws = {"a": rng.normal(size=40)}
    first = write_draws(tmp_path / "one.nc", draws, attrs={"x": "1", "y": "2"})
    second = write_draws(tmp_path / "two.nc", draws, attrs={"y": "2", "x": "1"})
    assert first == second
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()


@pytest.mark.parametrize(
    ("draws", "problem"),
    [
        ({"a": np.zeros(40), "b": np.zeros(44)}, r"\[40, 44\] draws; expected one common number"),
        ({"a": np.zeros(N_CHAINS + 1)}, "5 draws are not 4 chains of equal length"),
        ({"a": np.zeros(0)}, "0 draws are not 4 chains"),
        ({"a": np.full(40, np.nan)}, "not finite: a"),
        ({"a": np.full(40, np.inf)}, "not finite: a"),
        ({}, "expected one common number"),
    ],
)
def test_unusable_draws_are_not_written(
    tmp_path: Path, draws: dict[str, np.ndarray], problem: str
) -> None:
    """Draws that no forecast could use are refused, and no file is left behind."""
    with pytest.raises(ValueError, match=problem):
        write_draws(tmp_path / DRAWS_FILE, draws)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If writing stops half way, the old draws stay and no half file is left."""
    path = tmp_path / DRAWS_FILE
    before = write_draws(path, {"a": np.arange(4.0)})

    def fail(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(NotWrittenError, match="no space left"):
        write_draws(path, {"a": np.zeros(4)})
    assert [file.name for file in tmp_path.iterdir()] == [DRAWS_FILE]
    monkeypatch.undo()
    assert write_draws(tmp_path / "again.nc", {"a": np.arange(4.0)}) == before


def test_an_unknown_name_lists_the_models_and_suggests_one() -> None:
    """A misspelt name is bad input that names the models found and the likely one."""
    with pytest.raises(
        InputError, match=r"no model 'publishd'.*Did you mean published\?"
    ) as caught:
        load_model("publishd")
    (problem,) = caught.value.problems
    assert problem.code == "UNKNOWN_MODEL"
    assert problem.fix == "--model published"


@pytest.mark.parametrize("name", ["", ".", "..", "../models", "/", "nothing/here", "x" * 5000])
def test_a_name_never_leaves_the_models_folder(name: str, tmp_path: Path) -> None:
    """Odd names and folders that hold no model end as one clear error."""
    with pytest.raises((InputError, ResourceError)):
        load_model(name)
    with pytest.raises((InputError, ResourceError)):
        load_model(tmp_path / "none")


def test_every_listed_model_is_found() -> None:
    """The names in the message are names that work."""
    assert "published" in list_models()
    for name in list_models():
        assert find_model(name).is_dir()


@pytest.mark.parametrize("name", [DRAWS_FILE, SPEC_FILE, DIAGNOSTICS_FILE])
def test_a_missing_file_says_which_and_what_to_do(model: Path, name: str) -> None:
    """A model without one of its files names the file and the way out."""
    (model / name).unlink()
    with pytest.raises(ResourceError, match=rf"{name}: No such file.*Reinstall vision-planner"):
        load_model(model)


@pytest.mark.parametrize("position", [0, 3, 60, 5000, -1])
def test_one_changed_byte_is_noticed(model: Path, position: int) -> None:
    """The checksum catches damage anywhere in the draws, be it header or data."""
    content = bytearray((model / DRAWS_FILE).read_bytes())
    content[position] ^= 1
    (model / DRAWS_FILE).write_bytes(bytes(content))
    with pytest.raises(ResourceError, match=r"its checksum is \w{12}…, but \w{12}… was recorded"):
        load_model(model)


@pytest.mark.parametrize("length", [0, 3, 4, 20, 300, 700, 5000, 96_000])
def test_a_file_cut_short_is_noticed_even_with_a_fitting_checksum(model: Path, length: int) -> None:
    """Draws cut anywhere end as a message, not as a traceback or as wrong numbers."""
    content = (model / DRAWS_FILE).read_bytes()
    assert length < len(content)
    (model / DRAWS_FILE).write_bytes(content[:length])
    record_checksum(model)
    with pytest.raises(ResourceError, match=r"draws\.nc: .*Reinstall vision-planner"):
        load_model(model)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (SPEC_FILE, "family = ", r"model\.toml: "),
        (SPEC_FILE, 'family = "cubic"', "family is 'cubic'; expected one of log_linear"),
        (SPEC_FILE, 'family = "log_linear"', "an entry is missing"),
        (
            SPEC_FILE,
            'family = "log_linear"\nprovenance = {}\n[evidence]\nimages = [1]',
            "an entry is missing or unreadable",
        ),
        (DIAGNOSTICS_FILE, "{}", "it records no draws_sha256"),
        (DIAGNOSTICS_FILE, "[", "it records no draws_sha256"),
        (DIAGNOSTICS_FILE, "[]", "it records no draws_sha256"),
    ],
)
def test_a_damaged_declaration_is_a_message(
    model: Path, name: str, text: str, problem: str
) -> None:
    """Text files that do not say what they must are named with what is wrong."""
    (model / name).write_text(text, encoding="utf-8")
    with pytest.raises(ResourceError, match=problem):
        load_model(model)


def test_draws_that_no_forecast_could_use_are_not_loaded(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A well-formed file with a missing number is refused, whoever wrote it."""
    monkeypatch.setattr("planner.reference.store._problem_with", lambda _: "")
    write_draws(model / DRAWS_FILE, {"a": [1.0, 2.0, np.nan, 4.0]})
    monkeypatch.undo()
    record_checksum(model)
    with pytest.raises(ResourceError, match=r"draws\.nc: not finite: a"):
        load_model(model)


def test_bytes_that_are_no_text_are_a_message(model: Path) -> None:
    """A declaration in another encoding does not end in a traceback."""
    (model / SPEC_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResourceError, match=r"model\.toml: .*utf-8"):
        load_model(model)


def test_loading_needs_numpy_alone() -> None:
    """A stored model opens without SciPy, so a plan starts fast."""
    code = (
        "import sys\n"
        "from planner.reference.store import load_model\n"
        "load_model('published')\n"
        "heavy = {'scipy', 'statsmodels', 'pandas', 'xarray', 'pymc', 'arviz', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
