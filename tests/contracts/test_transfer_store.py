"""What the shipped hierarchical model promises."""

import json
import subprocess
import sys

import pytest

from planner._resources import resource_root
from planner.reference.store import load_model, sha256_of
from planner.regression.cards.data import data_card
from planner.regression.cards.file import render_card
from planner.regression.checking.diagnostics import Thresholds
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import (
    OBSERVATIONS_FILE,
    excluded_counts,
    read_observations,
)

FOLDER = resource_root("models") / "transfer"
FACTS = json.loads((FOLDER / "diagnostics.json").read_text(encoding="utf-8"))


def test_it_converged() -> None:
    """R-hat, bulk and tail ESS of all parameters and effects, divergences and energy pass."""
    limits = Thresholds()
    assert FACTS["verdict"] == "PASS"
    spec = load_model("transfer").spec
    assert spec is not None
    assert set(spec.hyper_names) <= set(FACTS["parameters"])
    for entry in FACTS["parameters"].values():
        assert entry["rhat"] <= limits.max_rhat
        assert min(entry["ess_bulk"], entry["ess_tail"]) >= limits.min_ess
    assert FACTS["divergences"] == 0
    assert min(FACTS["bfmi"]) >= limits.min_bfmi


def test_draws_are_four_chains_of_a_thousand_within_a_megabyte() -> None:
    """The draws file keeps its promised size."""
    assert load_model("transfer").n_draws == 4000
    assert (FOLDER / "draws.nc").stat().st_size <= 1_000_000


def test_it_was_fitted_on_the_shipped_rows() -> None:
    """The recorded checksum, counts and architectures are those of the data as it is."""
    data = resource_root("data") / OBSERVATIONS_FILE
    assert FACTS["inputs_sha256"][f"data/{OBSERVATIONS_FILE}"] == sha256_of(data)
    assert FACTS["data_card"] == data_card(build_table(read_observations()))
    assert FACTS["excluded"] == excluded_counts()
    sets: dict[str, set[str]] = {}
    for row in read_observations():
        sets.setdefault(row.architecture, set()).add(row.dataset)
    kept = {name for name, found in sets.items() if len(found) > 1}
    assert set(load_model("transfer").labels["R"]) == kept


def test_the_card_says_what_the_record_says() -> None:
    """CARD.md is the text that declaration, diagnostics, left-out scores and the choice give."""
    card = (FOLDER / "CARD.md").read_text(encoding="utf-8")
    assert card == render_card(FOLDER)
    headings = ("What it was fitted on", "Two slopes", "Where not to use it", "Data sets left out")
    for heading in (*headings, "Why this model", "What is known to be wrong"):
        assert f"## {heading}" in card


def test_the_closed_form_model_keeps_its_own_card() -> None:
    """Only a model that was sampled has its card rendered from such a record."""
    assert render_card(FOLDER.parent / "published") is None


def test_architectures_are_ordered_as_the_rows_say() -> None:
    """EfficientNets transfer best and VGGs worst of the networks of one study's protocol.

    ResNet-50 was trained in most studies, so its effect holds their protocols too.
    """
    model = load_model("transfer")
    mean = dict(zip(model.labels["R"], model.draws["R"].mean(axis=0), strict=True))
    alike = {row.architecture for row in read_observations() if row.study == "stable-transfer"}
    ordered = sorted(alike - {"ResNet-50"}, key=mean.__getitem__)
    assert {"EfficientNet-B1", "EfficientNet-B2", "EfficientNet-B3"} <= set(ordered[:4])
    assert set(ordered[-2:]) == {"VGG-16", "VGG-19"}


@pytest.mark.parametrize("name", ["transfer", "published"])
def test_loading_needs_no_sampler(name: str) -> None:
    """A stored model is read without PyMC, ArviZ, pandas or xarray."""
    code = (
        "import sys, planner; planner.load_model(sys.argv[1]);"
        "bad = {'pymc', 'pytensor', 'arviz', 'nutpie', 'pandas', 'xarray', 'h5py'};"
        "sys.exit(', '.join(bad & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code, name], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
