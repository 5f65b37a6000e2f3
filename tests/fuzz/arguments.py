"""Arguments of every command: those it has, with values that fit, nearly fit, or do not."""

from functools import cache
from random import Random
from typing import Any

import typer.main

from planner.cli.app import app
from tests.fuzz.mutating import NUMBERS, TEXTS, damaged_text

__all__ = ["any_arguments"]

_FILES = ("sound.yaml", "sound.xlsx", "runs.csv", "monday.json", "folder", "missing.yaml", "tiny")
_PROJECTS = ("a", "b", "c", "A", "[/]", "")
_MODELS = ("./tiny", "./tiny", "./tiny", "published", "./folder", "transfr", "")
_NUMBERS = ("0", "1", "2", "10", "0.5", "94%", "20k", "0.30..0.45", "5k:20k:5k", *NUMBERS)
_SLOW = ("doctor", "reproduce", "laws", "validate", "fit", "init")
"""Commands with nothing to read, or whose work takes seconds; each has a target or none."""
_LEFT_OUT = (
    "--help",
    "--full",
    "--plots",
    "--refit",
    "--plot",
    "--debug",
    "--time-limit",
    "--json-schema",
)
_FEW = {"--replications": ("0", "1", "2", "-1", "x"), "--points": ("0", "1", "3", "-1")}
"""Options whose honest values cost minutes."""

_WORDS = {
    "--objective": ("net_value", "value", "targets_met"),
    "--mode": ("commit", "stop_when_reached"),
    "--basis": ("measured", "paper"),
    "--task": ("classification", "segmentation"),
    "--risk": ("expected", "cvar:0.9", "cvar:0.9:0.5", "entropic:1e-6", "entropic:1e300"),
    "--style": ("board", "grant", "memo", "executive"),
}
"""Options that take a word."""


def any_arguments(rng: Random) -> tuple[str, ...]:
    """Return a command with some of its arguments."""
    name = rng.choice([name for name in _commands() if name not in _SLOW])
    command = _commands()[name]
    words: list[str] = name.split(" ")
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            if rng.random() < 0.95:
                words.append(_argument(rng, parameter))
        elif parameter.opts[0] not in _LEFT_OUT and rng.random() < 0.15:
            words += _option(rng, parameter)
    if "--model" in _flags(command) and "--model" not in words:
        words += ["--model", "./tiny"]
    if rng.random() < 0.05:
        words.insert(rng.randrange(len(words) + 1), rng.choice(TEXTS))
    if rng.random() < 0.05:
        words[-1] = damaged_text(rng, words[-1])
    return tuple(word.replace("\0", "") if rng.random() < 0.99 else word for word in words)


@cache
def _commands() -> dict[str, Any]:
    """Return every command by its name, but the one that does not end by itself."""
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        if below is None:
            found[name] = command
        else:
            found.update({f"{name} {inner}": each for inner, each in below.items()})
    del found["serve"]
    return found


def _flags(command: Any) -> set[str]:
    return {flag for parameter in command.params for flag in parameter.opts}


def _argument(rng: Random, parameter: Any) -> str:
    kind = parameter.name
    if kind in ("project", "projects"):
        return rng.choice(_PROJECTS)
    if kind in ("model", "first", "second"):
        return rng.choice(_MODELS)
    if kind == "table":
        return rng.choice(("architectures", "prices", "carbon", "tables", "datasets", ""))
    if rng.random() < 0.7:
        return {"runs": "runs.csv", "before": "monday.json", "after": "friday.json"}.get(
            kind, "sound.yaml"
        )
    return rng.choice(_FILES)


def _option(rng: Random, parameter: Any) -> list[str]:
    flag = rng.choice((*parameter.opts, *parameter.secondary_opts))
    if parameter.is_flag:
        return [flag]
    return [flag, _value(rng, flag)]


def _value(rng: Random, flag: str) -> str:
    if flag in _FEW:
        return rng.choice(_FEW[flag])
    if flag in _WORDS and rng.random() < 0.8:
        return rng.choice(_WORDS[flag])
    if flag == "--model":
        return rng.choice(_MODELS)
    if flag in ("-o", "--output", "--xlsx"):
        return rng.choice(("out.yaml", "out.xlsx", "out.html", "folder", "no/such/folder/x", ""))
    kinds = (
        _NUMBERS,
        _NUMBERS,
        _NUMBERS,
        TEXTS,
        _FILES,
        ("cvar:0.9", "entropic:1e-6", "ResNet-50"),
    )
    return rng.choice(rng.choice(kinds))
