"""Who may import whom, and which heavy libraries stay at the edge."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "planner"

MAY_IMPORT = {
    "domain": set(),
    "files": set(),
    "catalogue": {"domain"},
    "forecast": {"domain"},
    "costing": {"domain"},
    "regression": {"domain"},
    "allocation": {"domain", "catalogue", "forecast", "costing"},
    "validation": {"domain", "catalogue", "forecast", "allocation"},
    "report": {"domain", "catalogue", "forecast", "costing", "allocation", "validation"},
    "cli": {
        "domain",
        "catalogue",
        "forecast",
        "costing",
        "allocation",
        "validation",
        "report",
        "regression",
    },
}
ONLY_IN = {
    "pymc": {"regression"},
    "pytensor": {"regression"},
    "arviz": {"regression"},
    "statsmodels": {"regression"},
    "nutpie": {"regression"},
    "pulp": {"allocation"},
    "highspy": {"allocation"},
    "typer": {"cli"},
    "pydantic": {"catalogue"},
    "ruamel": {"catalogue"},
}
SHARED = {
    "errors",
    "_drawing",
    "_extras",
    "_stdout",
    "_resources",
    "testing",
    "_api",
    "_display",
    "files",
}


def imports(path: Path) -> Iterator[str]:
    """Yield every module a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_before_it(path: Path) -> None:
    """Data flows one way: no file imports a room that comes after its own."""
    room = room_of(path)
    if not room:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "planner" or len(parts) < 2 or parts[1] in SHARED or parts[1] == room:
            continue
        if parts[1] in MAY_IMPORT:
            assert parts[1] in MAY_IMPORT[room], f"{room} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_heavy_library_is_imported_in_its_own_room_alone(path: Path) -> None:
    """PyMC, ArviZ and statsmodels stay in regression, PuLP in allocation, typer in cli."""
    for name in imports(path):
        top = name.split(".", maxsplit=1)[0]
        if top in ONLY_IN:
            assert room_of(path) in ONLY_IN[top], f"{path.name} imports {name}"


def test_a_plan_loads_no_sampling_library_and_no_frames(tmp_path: Path) -> None:
    """Planning from stored draws imports none of the slow libraries."""
    example = PACKAGE.parent / "examples" / "01_retail_shelves" / "portfolio.yaml"
    code = (
        "import sys, planner\n"
        f"portfolio = planner.read_portfolio({str(example)!r})\n"
        "planner.plan(portfolio, planner.load_model()).to_json()\n"
        "planner.estimate(portfolio, planner.load_model())\n"
        "slow = {'pymc', 'pytensor', 'arviz', 'statsmodels', 'pandas', 'xarray', 'matplotlib'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["--version"]])
def test_help_imports_no_numerical_library(arguments: list[str]) -> None:
    """Asking for help costs no more than the command-line library itself."""
    code = (
        "import sys\n"
        f"sys.argv = ['planner', *{arguments!r}]\n"
        "from planner.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        # typer itself loads pydantic where that is installed
        "heavy = {'numpy', 'scipy', 'pulp', 'ruamel', 'pandas', 'pymc'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("LOADED []")


def test_every_public_name_is_exported_and_loads() -> None:
    """``planner.__all__`` holds the names of the Python interface, and each can be had."""
    import planner

    promised = {"load_model", "read_portfolio", "forecast", "plan", "Project", "Portfolio"}
    assert promised <= set(planner.__all__)
    assert all(getattr(planner, name) is not None for name in planner.__all__)
    with pytest.raises(AttributeError, match="no attribute"):
        _ = planner.nonsense
