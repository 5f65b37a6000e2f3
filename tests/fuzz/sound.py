"""Sound inputs of every family, small enough that a command on them takes a few hundredths."""

import json
from pathlib import Path

import numpy as np

from planner._resources import resource_root
from planner.inputs.starter import starter_portfolio
from planner.reference.store import load_model, write_draws

ROOT = Path(__file__).parents[2]

INPUTS = Path(__file__).parent / "inputs"


def _input(name: str) -> str:
    return (INPUTS / name).read_text(encoding="utf-8")


WHOLE, PLAIN, TOML = _input("whole.yaml"), _input("plain.yaml"), _input("whole.toml")
RUNS, CURVES, TABLE = _input("runs.csv"), _input("curves.csv"), _input("table.csv")


def portfolio_texts() -> tuple[str, ...]:
    """Return portfolio files as YAML."""
    examples = ("01_retail_shelves", "02_figure2", "03_small_grant")
    texts = [
        (ROOT / "examples" / name / "portfolio.yaml").read_text(encoding="utf-8")
        for name in examples
    ]
    return (WHOLE, WHOLE, PLAIN, starter_portfolio(), *texts)


def plan_texts() -> tuple[str, ...]:
    """Return saved plans."""
    folder = ROOT / "examples" / "06_what_changed"
    return tuple(
        (folder / name).read_text(encoding="utf-8") for name in ("monday.json", "friday.json")
    )


def specification() -> str:
    """Return the declaration of the shipped model."""
    return (resource_root("models") / "transfer" / "model.toml").read_text(encoding="utf-8")


def write_tiny_model(folder: Path) -> Path:
    """Write a model with forty of the shipped draws, which everything computes quickly from."""
    folder.mkdir()
    source = resource_root("models") / "transfer"
    shipped = load_model("transfer")
    draws = {name: values[:: shipped.n_draws // 40][:40] for name, values in shipped.draws.items()}
    sha256 = write_draws(
        folder / "draws.nc", {k: np.asarray(v) for k, v in draws.items()}, shipped.labels
    )
    facts = json.loads((source / "diagnostics.json").read_text(encoding="utf-8"))
    facts["draws_sha256"] = sha256
    (folder / "diagnostics.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / "model.toml").write_text(specification(), encoding="utf-8")
    return folder


def features() -> dict[str, np.ndarray]:
    """Return features of sixty images of three classes in eight groups."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    return {
        "features": rng.standard_normal((60, 4)) + labels[:, None],
        "labels": labels,
        "groups": np.arange(60) // 8,
    }
