"""Where a portfolio on the page comes from: a file of any format, or three questions.

Whatever it was, it goes on as the text of a YAML file: that is what is edited, planned and saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from planner.errors import InputError, Problem
from planner.inputs.edits import as_yaml, written
from planner.inputs.toml_source import read_toml
from planner.inputs.xlsx.open import other_format
from planner.inputs.xlsx.source import read_xlsx
from planner.inputs.yaml_source import resolve_plain
from planner.reference.text_file import decode

__all__ = ["MOST_BYTES", "QUESTIONS", "Opened", "from_answers", "from_bytes"]

MOST_BYTES = 8 * 2**20
"""Of an upload; the readers have limits of their own below it."""

MOST_TEXT_BYTES = 5_000_000
"""Of a portfolio on the page; one of 5,000 projects takes about 2 MB."""

NAME = "portfolio.yaml"
_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Opened:
    """A portfolio as it came in.

    Attributes
    ----------
    name : str
        Under which it is saved.
    text : str
        YAML.
    notes : tuple of str
        What was left behind.
    """

    name: str
    text: str
    notes: tuple[str, ...] = ()


def from_bytes(content: bytes, name: str) -> Opened:
    """Return the text of a file that was sent; only its last name is looked at, for the format.

    Raises
    ------
    InputError
        It is too large, of no known format, or cannot be opened at all. Mistakes in a YAML file
        that parses are none: they are shown at their cells.
    """
    name = PurePath(name.replace("\\", "/")).name or NAME
    ending = PurePath(name).suffix.lower()
    if ending in _YAML:
        return Opened(name, _text(content, name))
    if ending == ".toml":
        document, found = read_toml(_text(content, name), name)
        kept = "comments of the TOML file stay behind: the page saves YAML."
    elif ending == ".xlsx":
        document, found = read_xlsx(content, name)
        kept = "sheets of your own stay behind: the page saves YAML and a new workbook."
    else:
        usual = (
            f"a portfolio file ends in .yaml, .yml, .toml or .xlsx; got {ending or 'no ending'}."
        )
        message, fix = other_format(ending) or (usual, "")
        raise InputError([Problem("", message, fix, name, "FILE")])
    if found:
        raise InputError(document.first_problems(found, 0))
    data = document.data if isinstance(document.data, Mapping) else {}
    text = f"# From {name}; {kept}\n{written(data)}"
    return Opened(f"{PurePath(name).stem}.yaml", text, (f"From {name}: {kept}",))


def _text(content: bytes, name: str) -> str:
    if len(content) > MOST_TEXT_BYTES:
        message = (
            f"has {len(content):,} bytes; a portfolio as text has at most {MOST_TEXT_BYTES:,}."
        )
        raise InputError([Problem("", message, "", name, "FILE")])
    return decode(content, name)


@dataclass(frozen=True)
class Question:
    """One of the three questions, with the fields of the file that answer it.

    Attributes
    ----------
    text : str
        The question.
    fields : tuple of (str, str, str)
        Path in the file, what stands above the box, and what it holds at first.
    """

    text: str
    fields: tuple[tuple[str, str, str], ...]


QUESTIONS = (
    Question(
        "What shall the system tell apart?",
        (
            ("projects.id", "Name", "shelf-gaps"),
            ("projects.task", "Task", "classification"),
            ("projects.classes", "Classes", "4"),
        ),
    ),
    Question(
        "How good must it be, and what is that worth?",
        (
            ("projects.target", "Accuracy, or IoU, to reach", "92%"),
            ("projects.value", "Value if it is reached", "200k"),
        ),
    ),
    Question(
        "What do you have, and what may you spend?",
        (
            ("projects.images.held", "Labelled images today", "5k"),
            ("projects.images.limit", "At most, with those bought", "60k"),
            ("projects.images.price", "Price of one more", "0.30..0.45"),
            ("portfolio.budget", "Budget", "25k"),
        ),
    ),
)

_COMMENTS = {"held": "labelled images of this very task", "price": "of one more labelled image"}


def from_answers(answers: Mapping[str, str]) -> Opened:
    """Return a portfolio of one project; answers that cannot be read are shown at their cells."""
    given = {
        path: str(answers.get(path, default)).strip()
        for question in QUESTIONS
        for path, _, default in question.fields
    }
    task = given["projects.task"]
    target = "target_iou" if task == "segmentation" else "target_accuracy"
    images = {key: _value(given[f"projects.images.{key}"]) for key in ("held", "limit", "price")}
    project: dict[str, Any] = {
        "id": given["projects.id"] or "my-project",
        "task": task,
        "classes": _value(given["projects.classes"]),
        target: _value(given["projects.target"]),
    }
    lines = [
        "# Begun with three questions; every number is yours to change.",
        "version: 1",
        "portfolio:",
        f"  name: {as_yaml('My vision projects')}",
        "  currency: USD                  # of every amount below",
        f"  budget: {as_yaml(_value(given['portfolio.budget'])):<22} # hard limit on what is spent",
        "projects:",
        *(
            f"  {'- ' if at == 0 else '  '}{key}: {as_yaml(value)}"
            for at, (key, value) in enumerate(project.items())
        ),
        f"    images: {as_yaml(images)}",
        f"    value: {as_yaml(_value(given['projects.value']))}",
    ]
    return Opened(NAME, "\n".join(lines) + "\n")


def _value(text: str) -> object:
    return resolve_plain(text) if text else None
