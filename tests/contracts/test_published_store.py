"""What the shipped model `published` promises."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from planner._resources import resource_root
from planner.domain.model.posterior import N_CHAINS
from planner.domain.published_equations import TERMS
from planner.reference.store import CARD_FILE, DIAGNOSTICS_FILE, DRAWS_FILE, SPEC_FILE, load_model
from planner.regression.published.design import read_reconstruction
from planner.regression.published.fit import build_published_model

FILES = (CARD_FILE, DIAGNOSTICS_FILE, DRAWS_FILE, SPEC_FILE)


def shipped() -> Path:
    """Return the folder of the shipped model."""
    return resource_root("models") / "published"


def test_rebuilding_gives_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    """Nobody edits a fitted model by hand: its four files are what the code writes."""
    built = build_published_model(tmp_path / "published")
    assert sorted(path.name for path in built.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (built / name).read_bytes() == (shipped() / name).read_bytes(), name


def test_the_folder_holds_four_files_and_no_code() -> None:
    """A model folder is data alone."""
    assert sorted(path.name for path in shipped().iterdir()) == sorted(FILES)


def test_draws_have_the_promised_names_and_shapes() -> None:
    """Five coefficients and sigma, each 4 x 1,000, native float64, sigma positive."""
    model = load_model("published")
    assert set(model.draws) == {*TERMS, "sigma"}
    assert model.family == "log_linear"
    for values in model.draws.values():
        assert values.shape == (N_CHAINS * 1000,)
        assert values.dtype == np.dtype(np.float64)
    assert np.all(model.draws["sigma"] > 0)
    assert (shipped() / DRAWS_FILE).stat().st_size < 100_000


def test_the_evidence_is_that_of_the_rows() -> None:
    """Extrapolation is judged by the smallest and largest values among the rows."""
    rows, evidence = read_reconstruction(), load_model("published").evidence
    assert evidence.n_rows == len(rows) == 56
    assert evidence.images == (rows.images.min(), rows.images.max())
    low, high = rows.relative_complexity.min(), rows.relative_complexity.max()
    assert evidence.relative_complexity == pytest.approx((low, high), rel=1e-5)


def test_it_is_never_presented_as_the_papers_data() -> None:
    """Wherever the rows are named, they are called a reconstruction."""
    model = load_model("published")
    assert "not the paper's data" in model.evidence.description
    assert "NOT the paper's data" in model.provenance["rows_are"]
    assert "not the paper's data" in (shipped() / CARD_FILE).read_text(encoding="utf-8")


def test_the_declaration_names_likelihood_predictors_and_priors_with_reasons() -> None:
    """model.toml says what was fitted and why."""
    spec = tomllib.loads((shipped() / SPEC_FILE).read_text(encoding="utf-8"))
    assert [predictor["name"] for predictor in spec["predictors"]] == list(TERMS)
    assert "Normal" in spec["likelihood"]
    assert spec["priors"]
    assert all(prior["reason"] for prior in spec["priors"])


def test_the_card_says_where_not_to_use_it() -> None:
    """The limits that change a decision stand in the card, with their numbers."""
    card = (shipped() / CARD_FILE).read_text(encoding="utf-8")
    facts = json.loads((shipped() / DIAGNOSTICS_FILE).read_text(encoding="utf-8"))
    for phrase in (
        "Where not to use it",
        "pretrained: false",
        f"P(slope >= 0) =\n  {facts['chance_slope_not_negative']['scratch']:.3f}",
        "Type is confounded with source",
        "no architecture term",
        "not client-level",
        ".459",
    ):
        assert phrase in card, phrase
    assert "{" not in card
