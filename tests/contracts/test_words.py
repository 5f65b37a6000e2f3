"""Where sentences are written: in one room, from facts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "planner"
FACTS_ONLY = ("domain/facts", "offering", "planning", "questions")
"""Rooms that decide and answer; what they find is said in ``domain/words``."""
FEWEST_WORDS = 3
"""Words from which on a text is a sentence; names and codes are shorter."""
ERRORS = re.compile(r"(Error|Problem|bad_value)$")
"""What may carry a message of its own: it names the place that the reader is to mend."""

FILES = sorted(file for room in FACTS_ONLY for file in (PACKAGE / room).rglob("*.py"))


def text_of(node: ast.AST) -> str:
    """Return the text of a literal, or of an f-string without what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def sentences(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the sentences of a module that are neither its documentation nor an error's message."""
    inside = {id(node) for node in _excused(tree)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inside
        if is_text and len(re.findall(r"\S*[A-Za-z]\S*", text_of(node))) >= FEWEST_WORDS:
            yield node


def _excused(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what belongs to documentation, annotations and errors, whole names of them included."""
    errors = [node for node in ast.walk(tree) if _is_error(node)]
    in_errors = {id(node) for error in errors for node in ast.walk(error)}
    for node in ast.walk(tree):
        if id(node) in in_errors or isinstance(node, ast.FormattedValue):
            yield node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            yield from node.values
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            yield from ast.walk(part) if isinstance(part, ast.AST) else ()
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.Module):
            yield from _messages(scope, in_errors)


def _is_error(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return ERRORS.search(name) is not None
    return isinstance(node, ast.Raise)


def _messages(scope: ast.AST, in_errors: set[int]) -> Iterator[ast.AST]:
    """Yield what is given to a name that only errors use."""
    names = [node for node in ast.walk(scope) if isinstance(node, ast.Name)]
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            uses = [one for one in names if one.id == name and isinstance(one.ctx, ast.Load)]
            if uses and all(id(use) in in_errors for use in uses):
                yield from ast.walk(node.value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_what_decides_and_answers_writes_no_sentences(file: Path) -> None:
    """Facts stand there; ``planner/domain/words`` says them, so that they can be said otherwise."""
    found = sentences(ast.parse(file.read_text(encoding="utf-8")))
    assert [(node.lineno, text_of(node)) for node in found] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "is_sentence"),
    [
        ('x = "the plan funds nothing"', True),
        ('def f(n):\n    return f"it funds {n} of them."', True),
        ('"""Module that says something."""', False),
        ('def f():\n    """Return what it does."""', False),
        ('def f():\n    message = "no such thing here"\n    raise ValueError(message)', False),
        ('def f():\n    message = "no such thing here"\n    return message', True),
        ('def f():\n    return Problem("a", "no such thing here")', False),
        ('def f(x: "Some long Type | None") -> "A | B | Con": ...', False),
        ('code = "two words"', False),
        ('key = f"projects[{n}].min_chance"', False),
    ],
)
def test_a_sentence_is_told_from_documentation_errors_and_codes(
    code: str, is_sentence: bool
) -> None:
    """What is looked for is found, and nothing else."""
    assert bool(list(sentences(ast.parse(code)))) is is_sentence
