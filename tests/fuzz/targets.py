"""One target for each family of inputs: it writes a damaged input and names the command to run."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np

from planner.inputs.yaml_source import read_yaml
from tests.fuzz import sound
from tests.fuzz.arguments import any_arguments
from tests.fuzz.mutating import damaged_bytes, damaged_file, damaged_value
from tests.fuzz.workbooks import damaged_workbook
from tests.workbooks import filled_in, saved

__all__ = ["TARGETS", "Target", "prepare"]

MODEL = "./tiny"

type Arguments = tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """A family of inputs.

    Attributes
    ----------
    name : str
        Of the family.
    mutant : callable
        Writes a damaged input into the folder, and returns the command that reads it. The same
        state of the generator gives the same.
    """

    name: str
    mutant: Callable[[Random, Path], Arguments]


def prepare(folder: Path) -> None:
    """Write what the commands need beside the damaged input."""
    sound.write_tiny_model(folder / "tiny")
    (folder / "sound.yaml").write_text(sound.PLAIN, encoding="utf-8")
    (folder / "sound.xlsx").write_bytes(_workbook(sound.PLAIN))
    (folder / "runs.csv").write_text("project,images,error\na,500,20%\n", encoding="utf-8")
    for name, text in zip(("monday.json", "friday.json"), sound.plan_texts(), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "folder").mkdir()


def portfolio_yaml(rng: Random, folder: Path) -> Arguments:
    """Damage a portfolio file; most are checked, some are planned."""
    texts = sound.portfolio_texts()
    text = sound.PLAIN if (deep := rng.random() < 0.06) else rng.choice(texts)
    (folder / "p.yaml").write_bytes(damaged_file(rng, text, texts))
    return _asked(rng, "p.yaml", deep=deep)


def portfolio_toml(rng: Random, folder: Path) -> Arguments:
    """Damage a portfolio file written as TOML."""
    (folder / "p.toml").write_bytes(damaged_file(rng, sound.TOML))
    return _asked(rng, "p.toml", deep=rng.random() < 0.06)


def workbook(rng: Random, folder: Path) -> Arguments:
    """Damage a workbook, in its cells or as an archive; some are copied with runs added."""
    whole = rng.random() < 0.7
    content = _workbook(sound.WHOLE if whole else sound.PLAIN)
    (folder / "p.xlsx").write_bytes(damaged_workbook(rng, content))
    if rng.random() < 0.15:
        return ("observe", "p.xlsx", "runs.csv", "-o", "out.xlsx", "--force", "--model", MODEL)
    if rng.random() < 0.05:
        return ("plan", "p.xlsx", "--model", MODEL, "--xlsx", "out.xlsx", "--force")
    return ("check", "p.xlsx", *_form(rng))


def runs_csv(rng: Random, folder: Path) -> Arguments:
    """Damage a file of measured runs."""
    (folder / "r.csv").write_bytes(damaged_file(rng, sound.RUNS))
    return ("observe", "sound.yaml", "r.csv", "--dry-run", "--model", MODEL, *_form(rng))


def curves_csv(rng: Random, folder: Path) -> Arguments:
    """Damage a file of learning curves."""
    (folder / "c.csv").write_bytes(damaged_file(rng, sound.CURVES))
    return ("validate", "--curves", "c.csv", "--model", MODEL, *_form(rng))


def plan_json(rng: Random, folder: Path) -> Arguments:
    """Damage a saved plan, mostly in its values."""
    text = rng.choice(sound.plan_texts())
    if rng.random() < 0.7:
        damaged = json.dumps(damaged_value(rng, json.loads(text))).encode("utf-8", "surrogatepass")
    else:
        damaged = damaged_file(rng, text)
    (folder / "plan.json").write_bytes(damaged)
    if rng.random() < 0.1:
        return ("plan", "sound.yaml", "--audit", "plan.json", "--model", MODEL, *_form(rng))
    pair = ("plan.json", rng.choice(("monday.json", "friday.json")))
    return ("diff", *(pair if rng.random() < 0.5 else pair[::-1]), *_form(rng))


def model_folder(rng: Random, folder: Path) -> Arguments:
    """Damage one file of a model; half the time its draws keep a checksum that fits."""
    here = folder / "model"
    here.mkdir(exist_ok=True)
    content = {path.name: path.read_bytes() for path in (folder / "tiny").iterdir()}
    name = rng.choice(sorted(content))
    if name == "draws.nc":
        content[name] = damaged_bytes(rng, content[name])
    elif name == "diagnostics.json" and rng.random() < 0.8:
        facts = damaged_value(rng, json.loads(content[name]))
        content[name] = json.dumps(facts).encode("utf-8", "surrogatepass")
    else:
        content[name] = damaged_file(rng, content[name].decode())
    if name == "draws.nc" and rng.random() < 0.8:
        facts = json.loads(content["diagnostics.json"])
        facts["draws_sha256"] = hashlib.sha256(content[name]).hexdigest()
        content["diagnostics.json"] = json.dumps(facts).encode()
    for path in here.iterdir():
        path.unlink()
    for each, part in content.items():
        if rng.random() > 0.01:
            (here / each).write_bytes(part)
    command = rng.choice(("show", "show", "check", "estimate", "compare"))
    if command == "estimate":
        return ("estimate", "sound.yaml", "--model", "./model", *_form(rng))
    if command == "compare" and rng.random() < 0.2:
        return ("model", "compare", "./model", MODEL, *_form(rng))
    verbose = ("-v",) if command == "show" and rng.random() < 0.5 else ()
    return ("model", "check" if command == "check" else "show", "./model", *verbose, *_form(rng))


def fit_table(rng: Random, folder: Path) -> Arguments:
    """Damage a table of results to be fitted; the fit itself is left out."""
    (folder / "t.csv").write_bytes(damaged_file(rng, sound.TABLE))
    alone = ("--alone",) if rng.random() < 0.5 else ()
    return ("fit", "t.csv", "-o", "fitted", *alone, *_form(rng))


def specification(rng: Random, folder: Path) -> Arguments:
    """Damage the declaration of a model; the fit itself is left out."""
    (folder / "m.toml").write_bytes(damaged_file(rng, sound.specification()))
    return ("fit", "--model", "m.toml", "-o", "fitted", *_form(rng))


def features_npz(rng: Random, folder: Path) -> Arguments:
    """Damage features of a frozen network, in what the arrays say or as an archive."""
    arrays: dict[str, np.ndarray] = sound.features()
    if rng.random() < 0.6:
        name = rng.choice(sorted(arrays))
        arrays[name] = rng.choice(_DAMAGED_ARRAYS)(arrays[name])
    if rng.random() < 0.1:
        arrays.pop(rng.choice(sorted(arrays)))
    written = BytesIO()
    np.savez(written, **arrays)  # type: ignore[arg-type]  # a name could be an option's
    content = written.getvalue()
    (folder / "f.npz").write_bytes(damaged_bytes(rng, content) if rng.random() < 0.5 else content)
    if rng.random() < 0.3:
        return ("distance", *rng.choice((("f.npz", "f.npz"), ("f.npz", "sound.yaml"))), *_form(rng))
    return ("probe", "sound.yaml", "a", "f.npz", "--dry-run", "--model", MODEL, *_form(rng))


_DAMAGED_ARRAYS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda array: array[:-1],
    lambda array: array[:3],
    lambda array: array[:0],
    lambda array: array[0],
    lambda array: np.zeros_like(array),
    lambda array: array.astype(str),
    lambda array: array.astype(object),
    lambda array: array.astype(complex),
    lambda array: array.astype("datetime64[s]"),
    lambda array: array.astype(np.float32) * np.float32(1e38) * np.float32(10),
    lambda array: np.where(np.arange(len(array)) % 7 == 0, np.nan, array.T).T,
    lambda array: np.repeat(array[..., None], 2, axis=-1),
)


def command_line(rng: Random, folder: Path) -> Arguments:
    """Combine arguments of every command, sound and damaged."""
    del folder
    return any_arguments(rng)


TARGETS = (
    Target("portfolio-yaml", portfolio_yaml),
    Target("portfolio-toml", portfolio_toml),
    Target("workbook", workbook),
    Target("runs-csv", runs_csv),
    Target("curves-csv", curves_csv),
    Target("plan-json", plan_json),
    Target("model-folder", model_folder),
    Target("fit-table", fit_table),
    Target("specification", specification),
    Target("features-npz", features_npz),
    Target("command-line", command_line),
)


def _form(rng: Random) -> Arguments:
    """Return how the answer is printed."""
    return rng.choice((("--json",), ("--json",), (), ("-q",)))


def _asked(rng: Random, file: str, *, deep: bool) -> Arguments:
    """Return a command on a portfolio file."""
    if not deep:
        return ("check", file, *_form(rng))
    command = rng.choice(("plan", "plan", "plan", "estimate", "options", "frontier", "explain"))
    return (command, file, "--model", MODEL, *_form(rng))


_WORKBOOKS: dict[str, bytes] = {}


def _workbook(text: str) -> bytes:
    """Return the workbook that says what a YAML text says."""
    if text not in _WORKBOOKS:
        document, _ = read_yaml(text, "p.yaml")
        assert isinstance(document.data, dict)
        _WORKBOOKS[text] = saved(filled_in(document.data))
    return _WORKBOOKS[text]
