"""Every command in a process of its own, with real file descriptors; its answer is kept."""

import copy
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

from planner.reporting.schemas import make_schemas

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
GRANT = str(EXAMPLES / "03_small_grant" / "portfolio.yaml")
RETAIL = str(EXAMPLES / "01_retail_shelves" / "portfolio.yaml")
MONDAY = str(EXAMPLES / "06_what_changed" / "monday.json")
FRIDAY = str(EXAMPLES / "06_what_changed" / "friday.json")

FILES = {
    "runs.csv": "project,images,error\nspecies,4000,0.2\n",
    "curve.csv": "epoch,error\n1,0.335\n2,0.215\n4,0.145\n8,0.105\n",
    "actuals.csv": "project,date,spend,images,error\nspecies,2027-03-31,900,4000,0.2\n",
    "mistake.yaml": "version: 1\nprojects: [{id: a, classes: 0}]\n",
    "cannot.yaml": Path(GRANT).read_text(encoding="utf-8") + "\nrules: [{fund: [species]}]\n",
}
"""What some commands read beside the examples, written into the folder they run in."""

ANSWERS = {
    "plan": ["plan", GRANT],
    "plan-audit": ["plan", GRANT, "--audit", MONDAY],
    "plan-rank": ["plan", GRANT, "--rank"],
    "estimate": ["estimate", GRANT, "species"],
    "estimate-flags": ["estimate", "--classes", "4", "--target", "94%", "--max", "9k"],
    "options": ["options", GRANT],
    "pilots": ["pilots", RETAIL, "--runs", "2"],
    "frontier": ["frontier", GRANT, "--points", "3"],
    "explain": ["explain", GRANT, "species"],
    "explain-plan": ["explain", GRANT],
    "observe": ["observe", GRANT, "runs.csv", "--dry-run"],
    "observe-training-curve": [
        "observe",
        GRANT,
        "--training-curve",
        "curve.csv",
        "--project",
        "species",
    ],
    "compare": ["compare", GRANT, "species", "--recipe", "epochs=10,trials=2"],
    "actuals": ["actuals", GRANT, "actuals.csv", "--dry-run"],
    "probe": ["probe", GRANT, "species", "features.npz", "--dry-run"],
    "distance": ["distance", "features.npz", "features.npz"],
    "collect": ["collect", RETAIL, "produce-quality"],
    "check": ["check", GRANT],
    "report": ["report", GRANT, "-o", "grant.html"],
    "diff": ["diff", MONDAY, FRIDAY],
    "reproduce": ["reproduce"],
    "laws": ["laws"],
    "laws-context": ["laws", "--context"],
    "catalogue": ["catalogue", "labelling"],
    "doctor": ["doctor"],
    "model-show": ["model", "show", "transfer"],
    "model-compare": ["model", "compare", "transfer", "published"],
    "model-check": ["model", "check", "transfer"],
    "validate": ["validate"],
}
"""Commands that answer, by the name of their schema; what follows a second hyphen is a variant."""
SCHEMA = {"estimate-flags": "estimate"}

REFUSALS = {
    "bad file: plan": (["plan", "mistake.yaml"], 3, "error"),
    "bad file: pilots": (["pilots", "mistake.yaml"], 3, "error"),
    "bad file: frontier": (["frontier", "mistake.yaml"], 3, "error"),
    "bad file: estimate": (["estimate", "mistake.yaml"], 3, "error"),
    "bad file: options": (["options", "mistake.yaml"], 3, "error"),
    "bad file: report": (["report", "mistake.yaml", "-o", "never.html"], 3, "error"),
    "no such file": (["explain", "nowhere.yaml"], 3, "error"),
    "no such project": (["explain", GRANT, "nobody"], 3, "error"),
    "no such model": (["plan", GRANT, "--model", "nowhere"], 3, "error"),
    "not features": (["distance", "runs.csv", "nowhere.npz"], 3, "error"),
    "not a plan": (["diff", MONDAY, "runs.csv"], 3, "error"),
    "no plan fits": (["plan", "cannot.yaml", "--budget", "0.01"], 4, "plan"),
    "usage: no file": (["plan"], 2, None),
    "usage: no such flag": (["frontier", GRANT, "--bugdet", "3"], 2, None),
}
"""Commands that cannot answer: what they are told, the exit code, the schema of what they say."""


@dataclass(frozen=True)
class Done:
    """What a process left on its descriptors."""

    code: int
    stdout: str
    stderr: str


@cache
def folder() -> Path:
    """Return a folder to run in, the same for all."""
    path = Path(tempfile.mkdtemp(prefix="planner-contracts-"))
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 4
    features = rng.normal(size=(120, 6)) + 0.7 * (labels[:, np.newaxis] == np.arange(6))
    np.savez(path / "features.npz", features=features, labels=labels)
    return path


def run(*arguments: str) -> Done:
    """Run ``planner`` with its answer on a pipe."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PLANNER_") and name != "COLUMNS"
    }
    command = [sys.executable, "-m", "planner", *arguments]
    done = subprocess.run(
        command, cwd=folder(), env=kept, check=False, capture_output=True, timeout=300
    )
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


@cache
def answer(name: str) -> Done:
    """Return what a command of the tables answered to ``--json``."""
    words = ANSWERS[name] if name in ANSWERS else REFUSALS[name][0]
    return run(*words, "--json")


def only_object(text: str) -> dict[str, Any]:
    """Return the one JSON object that a text is, and nothing beside it but the end of its line."""

    def refuse(constant: str) -> None:
        message = f"{constant} is no JSON"
        raise ValueError(message)

    found, end = json.JSONDecoder(parse_constant=refuse).raw_decode(text)
    assert text[end:] == "\n", text[end:]
    assert isinstance(found, dict)
    return found


def require(data: object, name: str) -> None:
    """Check data under a schema that also refuses keys it does not name."""
    jsonschema.Draft202012Validator(_strict(copy.deepcopy(_made()[name]))).validate(data)


@cache
def _made() -> dict[str, Any]:
    return make_schemas()


def _strict(schema: Any) -> Any:
    if isinstance(schema, dict):
        closed = {name: _strict(part) for name, part in schema.items()}
        if closed.get("type") == "object" and "properties" in closed:
            closed["additionalProperties"] = False
        return closed
    return [_strict(part) for part in schema] if isinstance(schema, list) else schema
