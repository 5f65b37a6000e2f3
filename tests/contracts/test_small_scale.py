"""The small scale: short bodies, and one place for the names of arrays."""

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "planner"


@cache
def trees() -> dict[Path, ast.Module]:
    """Return every module, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def body_lengths() -> Iterator[tuple[int, str]]:
    """Yield how many lines every function is long without its docstring, and where it stands."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if body:
                    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                    yield lines, f"{path.relative_to(PACKAGE)}: {node.name}"


def test_bodies_are_short() -> None:
    """Half of them have at most 8 lines, nine in ten at most 30, the longest at most 80."""
    found = sorted(body_lengths())
    lengths = [lines for lines, _ in found]
    assert statistics.median(lengths) <= 8
    assert lengths[int(0.9 * len(lengths))] <= 30
    assert lengths[-1] <= 80, found[-1]


def test_the_names_of_arrays_stand_in_one_module() -> None:
    """A plain array has one name, whoever passes it on."""
    elsewhere = [
        f"{path.relative_to(PACKAGE)}: {node.name.id}"
        for path, tree in trees().items()
        for node in tree.body
        if isinstance(node, ast.TypeAlias)
        and ast.unparse(node.value).startswith("NDArray[")
        and "|" not in ast.unparse(node.value)
        and path != PACKAGE / "domain" / "arrays.py"
    ]
    assert elsewhere == []
