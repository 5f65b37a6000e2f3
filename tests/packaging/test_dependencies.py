"""What is imported is declared, where it is needed: with the rest, or in an extra."""

import ast
import sys
from pathlib import Path

import pytest
from environments import direct_dependencies
from packaging.utils import canonicalize_name

from planner._extras import EXTRAS

PACKAGE = Path(__file__).parents[2] / "planner"
COMES_WITH = {
    "arviz_plots": "arviz",
    "dask": "distributed",
    "markupsafe": "jinja2",
    "pytensor": "pymc",
    "ruamel": "ruamel.yaml",
    "sklearn": "scikit-learn",
}
"""What another name declares: part of its interface, or imported under a name of its own."""


def imported(path: Path, *, at_once: bool) -> set[str]:
    """Return the packages a file imports; ``at_once`` leaves out what waits inside functions."""
    found = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        )
        if not (at_once and inside):
            waiting += ast.iter_child_nodes(node)
    return {
        COMES_WITH.get(name, name) for name in found - set(sys.stdlib_module_names) - {"planner"}
    }


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_every_import_is_declared_and_no_extra_is_needed_at_once(path: Path) -> None:
    """A module loads on a base installation; what an extra adds is imported where it is used."""
    declared = {canonicalize_name(asked.name) for asked in direct_dependencies()}
    assert {canonicalize_name(name) for name in imported(path, at_once=False)} <= declared
    optional = {package for extra in EXTRAS for package in extra.packages}
    assert not imported(path, at_once=True) & optional
