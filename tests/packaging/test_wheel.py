"""What we ship: the wheel alone is enough."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST_WHEEL_MB = 15


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    command = [*build, "--outdir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_models_and_data_but_no_code_among_them(wheel: Path) -> None:
    """Models and tables travel bundled; no Python file lies among them."""
    names = zipfile.ZipFile(wheel).namelist()
    assert "planner/_bundled/models/published/draws.nc" in names
    assert "planner/_bundled/data/architectures.csv" in names
    assert "planner/py.typed" in names
    assert "planner/schemas/plan.json" in names
    assert not [name for name in names if "_bundled" in name and name.endswith(".py")]
    assert not [*ROOT.joinpath("models").rglob("*.py"), *ROOT.joinpath("data").rglob("*.py")]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"planner", "vision_planner"}


def test_the_wheel_is_small(wheel: Path) -> None:
    """The wheel stays under 15 MB."""
    assert wheel.stat().st_size < LARGEST_WHEEL_MB * 2**20


@pytest.mark.slow
def test_the_wheel_works_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed with nothing else, the command finds its models and data and plans."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "PYTHONPATH"} and not name.startswith("PLANNER_")
    }
    home = tmp_path / "venv"
    python = home / "bin" / "python"

    def run(*command: str | Path) -> str:
        return subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    run("uv", "venv", "--quiet", "--python", sys.executable, home)
    run("uv", "pip", "install", "--quiet", "--python", python, wheel)
    planner = home / "bin" / "planner"
    where = run(python, "-c", "import planner; print(planner.__file__)")
    assert str(home) in where
    examination = json.loads(run(planner, "doctor", "--json"))
    assert examination["sound"], examination
    run(planner, "init", "-o", "portfolio.yaml")
    plan = json.loads(run(planner, "plan", "portfolio.yaml", "--json"))
    assert plan["status"] == "optimal"
