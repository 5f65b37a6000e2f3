"""What a fit reports, in words."""

import io
from typing import Any

from rich.console import Console

from planner.reporting.terminal.fit import render_fit

CHECK = {"name": "R-hat", "value": 1.0022, "threshold": 1.01, "verdict": "PASS", "worst": "tau_a"}
ENTRY = {"mean": -0.019, "sd": 0.113, "rhat": 1.0004, "ess_bulk": 3827.0, "ess_tail": 5734.0}


def report(folder: str) -> dict[str, Any]:
    return {
        "model": {"name": "ours", "folder": folder, "family": "saturating"},
        "n_draws": 4000,
        "n_rows": 427,
        "n_datasets": 29,
        "n_curves": 337,
        "sampling": {"chains": 4, "draws_per_chain": 2000, "seed": 7},
        "checks": [CHECK, {**CHECK, "name": "bulk ESS", "value": None, "verdict": "FAIL"}],
        "parameters": {"a0": ENTRY, "R[VGG-16]": ENTRY},
        "files": ["CARD.md", "draws.nc"],
    }


def text(folder: str) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    for block in render_fit(report(folder)):
        console.print(block)
    return console.export_text()


def test_it_says_rows_checks_parameters_files_and_what_next() -> None:
    """Rows, draws, seed, each verdict with its number, and the command that uses the model."""
    said = text("models/ours")
    assert "Fitted 427 results of 29 data sets (337 curves); 4,000 joint draws" in said
    assert "R-hat" in said
    assert "1.002" in said
    assert "none" in said
    assert "-0.019" in said
    assert "Wrote models/ours: CARD.md, draws.nc." in said
    assert "--model models/ours" in said


def test_stored_effects_stand_in_the_card_alone() -> None:
    """The table on screen holds scalars; thirty architecture effects would bury them."""
    assert "VGG-16" not in text("models/ours")


def test_a_folder_beside_the_user_is_given_as_a_path() -> None:
    """A bare name would mean a shipped model."""
    assert "--model ./ours" in text("ours")
