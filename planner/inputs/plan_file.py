"""A plan that was saved as JSON, back to a Plan; or what is wrong with the file."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from planner.domain.json_shape import LARGEST_NUMBER, decode
from planner.domain.results.plan import SCHEMA_VERSION, Plan
from planner.errors import InputError, Problem
from planner.reference.text_file import decode as decode_text
from planner.reference.text_file import read_bytes

HOW_TO_SAVE = "planner plan portfolio.yaml --json > plan.json"
MOST_SHOWN = 20


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Return the plan that ``planner plan --json`` wrote to a file.

    Parameters
    ----------
    path : path
        JSON, schema version 1.

    Returns
    -------
    Plan
        Equal to the one that was written.

    Raises
    ------
    InputError
        No JSON, not a plan, of another schema version, or values that a plan cannot hold.
    """
    name = str(path)
    data = _json(Path(path), name)
    if not isinstance(data, Mapping):
        raise _refusal(name, "", "the file holds no JSON object.")
    if "schema_version" not in data:
        raise _refusal(name, "schema_version", "the file is not a plan: it has no schema_version.")
    version = data["schema_version"]
    if version != SCHEMA_VERSION or isinstance(version, bool):
        message = f"got schema version {version!r}; this release reads version {SCHEMA_VERSION}."
        raise _refusal(name, "schema_version", message, "make the plan anew with this release")
    if data.get("status") == "error":
        raise _refusal(name, "status", "the file holds the mistakes of a run, not a plan.")
    if not {"decisions", "budget", "model"} <= set(data):
        held = ", ".join(list(data)[:6])
        raise _refusal(name, "", f"the file is not a plan: it holds {held}.")
    plan, misfits = decode(Plan, data)
    if plan is None:
        problems = [
            Problem(misfit.path, misfit.message, "", name, "BAD_PLAN")
            for misfit in misfits[:MOST_SHOWN]
        ]
        raise InputError(problems)
    return plan


def _json(path: Path, name: str) -> object:
    text = _text(path, name)
    try:
        return json.loads(
            text, parse_constant=_no_constant, parse_int=_integer, parse_float=_number
        )
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        message = f"the file is not JSON: {error.msg.lower()}."
        raise InputError([Problem("", message, HOW_TO_SAVE, place, "SYNTAX")]) from None
    except (ValueError, RecursionError) as error:
        raise _refusal(name, "", f"the file is not JSON that planner writes: {error}.") from None


def _text(path: Path, name: str) -> str:
    """Return the text of the file; what is wrong with it is said of a plan."""
    try:
        return decode_text(read_bytes(path), name)
    except InputError as error:
        raise InputError(
            replace(
                problem,
                message=problem.message.replace("portfolio file", "plan"),
                fix=HOW_TO_SAVE if problem.fix else "",
            )
            for problem in error.problems
        ) from None


def _integer(digits: str) -> int:
    return _within_reason(int(digits))


def _number(digits: str) -> float:
    return _within_reason(float(digits))


def _within_reason[T: (int, float)](number: T) -> T:
    """Return a number that may be an amount, wherever in the file it stands."""
    if abs(number) > LARGEST_NUMBER:
        message = f"it holds a number beyond {LARGEST_NUMBER:g}"
        raise ValueError(message)
    return number


def _no_constant(word: str) -> object:
    message = f"it holds {word}"
    raise ValueError(message)


def _refusal(name: str, field: str, message: str, fix: str = HOW_TO_SAVE) -> InputError:
    return InputError([Problem(field, message, fix, name, "BAD_PLAN")])
