"""Who may import whom, and which heavy libraries stay at the edge."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "planner"
MOST_IN_A_CIRCLE = 3
MOST_SIDE_BY_SIDE = 20

BELOW: dict[str, set[str]] = {"domain": set(), "tasks": {"domain"}}
"""What each room may import: the rooms to its left in the design, and nothing beside it."""
BELOW["reference"] = {"domain", "tasks"}
for _side_by_side in ("inputs", "regression", "forecasting", "economics"):
    BELOW[_side_by_side] = {"domain", "tasks", "reference"}
BELOW["offering"] = BELOW["inputs"] | {"inputs", "regression", "forecasting", "economics"}
BELOW["solving"] = BELOW["offering"] | {"offering"}
BELOW["planning"] = BELOW["solving"] | {"solving"}
BELOW["questions"] = BELOW["planning"] | {"planning"}
BELOW["validation"] = BELOW["questions"] | {"questions"}
BELOW["reporting"] = BELOW["validation"] | {"validation"}
BELOW["_display"] = {"reporting"}
BELOW["_api"] = BELOW["reporting"] | {"reporting"}
BELOW["_api_evidence"] = BELOW["_api"] | {"_api"}
BELOW["_api_life"] = BELOW["_api_evidence"]
BELOW["web"] = BELOW["_api_evidence"] | {"_api_evidence", "_api_life"}
BELOW["cli"] = BELOW["web"] | {"web"}  # `serve` begins the page
BELOW["__init__"] = {"_display", "_api", "_api_evidence", "_api_life", "domain"}
BELOW["__main__"] = {"cli"}
BELOW["testing"] = {"domain", "forecasting"}
LEAVES = {"errors", "files", "_drawing", "_extras", "_journal", "_resources", "_stdout", "_version"}
"""What every room may use; it imports no room, and of its own kind nothing but errors and notes."""
BELOW |= {name: set() for name in LEAVES}

ONLY_IN = {
    "pymc": {"regression"},
    "pytensor": {"regression"},
    "arviz": {"regression"},
    "statsmodels": {"regression"},
    "sklearn": {"regression"},
    "nutpie": {"regression"},
    "pulp": {"solving", "planning.conflict"},
    "highspy": {"solving"},
    "typer": {"cli"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "dask": {"tasks"},
    "distributed": {"tasks"},
    "pydantic": set(),
    "ruamel": {"inputs"},
}

FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the dotted name of a module, without ``planner.``; a folder's own is the folder's."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imported_names(path: Path) -> Iterator[str]:
    """Yield every name a file imports, wherever in the file, for types alone or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(path: Path) -> set[str]:
    """Return the modules of planner that a file imports: the longest name that is a module."""
    found = set()
    for name in imported_names(path):
        parts = name.split(".")
        if parts[0] == "planner":
            prefixes = (".".join(parts[1:end]) for end in range(len(parts), 1, -1))
            found.add(next((prefix for prefix in prefixes if prefix in MODULES), "__init__"))
    return found - {name_of(path)}


@cache
def graph() -> dict[str, set[str]]:
    """Return what every module imports."""
    return {name: imported_modules(path) for name, path in MODULES.items()}


def room_of(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """Return the sets of modules that can all reach one another ."""
    reach = {name: _reachable(imports, name) for name in imports}
    found: list[set[str]] = []
    for name in imports:
        circle = {other for other in reach[name] if name in reach[other]} | {name}
        if len(circle) > 1 and circle not in found:
            found.append(circle)
    return found


def _reachable(imports: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for name in imports.get(todo.pop(), set()) - seen:
            seen.add(name)
            todo.append(name)
    return seen


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_rooms_below_its_own(name: str) -> None:
    """Data flows one way: nothing imports upward or sideways, and no module is exempt."""
    room = room_of(name)
    leaves = {"errors", "_journal"} if room in LEAVES else LEAVES
    allowed = BELOW[room] | leaves | ({room} - {"__init__"})
    assert not {other for other in graph()[name] if room_of(other) not in allowed}


def test_no_circle_of_modules_spans_two_rooms_or_holds_more_than_three() -> None:
    """A circle of modules lies inside one room and is small enough to be read as one thing."""
    for circle in circles(graph()):
        assert len({room_of(name) for name in circle}) == 1, sorted(circle)
        assert len(circle) <= MOST_IN_A_CIRCLE, sorted(circle)


def test_a_circle_is_found_wherever_it_is_entered() -> None:
    """The finder of circles sees through a chain, and none where there is none."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_no_room_holds_more_than_a_fifth_of_the_program_and_no_folder_more_than_twenty() -> None:
    """A room can be held in the head, and so can a folder (the commands apart)."""
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    of_room = Counter[str]()
    for name, count in lines.items():
        of_room[room_of(name)] += count
    assert max(of_room.values()) <= sum(lines.values()) / 5, of_room.most_common(2)
    beside = Counter(path.parent for path in FILES if path.name != "__init__.py")
    crowded = {str(folder) for folder, count in beside.items() if count > MOST_SIDE_BY_SIDE}
    assert crowded <= {str(PACKAGE / "cli")}


def test_no_room_bears_the_name_of_a_public_verb() -> None:
    """``planner.forecast`` is a function and stays one, whatever is imported."""
    import planner

    assert not {room_of(name) for name in MODULES} & set(planner.__all__)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_heavy_library_is_imported_in_its_own_room_alone(name: str) -> None:
    """PyMC, ArviZ and statsmodels stay in regression, PuLP in solving, typer in cli."""
    for imported in imported_names(MODULES[name]):
        allowed = ONLY_IN.get(imported.split(".", maxsplit=1)[0])
        if allowed is not None:
            assert any(f"{name}.".startswith(f"{room}.") for room in allowed), imported


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
