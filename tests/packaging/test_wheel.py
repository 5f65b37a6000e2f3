"""What we ship: the wheel alone is enough."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import environments
import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[2]
LARGEST_WHEEL_MB = 15
LARGEST_INSTALLATION_MB = 300


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
    page = {"index.html", "app.js", "charts.js", "app.css"}
    assert {f"planner/web/static/{name}" for name in page} <= set(names)
    assert not [name for name in names if "_bundled" in name and name.endswith(".py")]
    assert not [*ROOT.joinpath("models").rglob("*.py"), *ROOT.joinpath("data").rglob("*.py")]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"planner", "vision_planner"}


def test_the_wheel_is_small(wheel: Path) -> None:
    """The wheel stays under 15 MB."""
    assert wheel.stat().st_size < LARGEST_WHEEL_MB * 2**20


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone, with the pinned versions, and return the environment."""
    home = tmp_path_factory.mktemp("fresh") / "venv"
    pins = home.parent / "pins.txt"
    pins.write_text("\n".join(map(str, environments.pins())), encoding="utf-8")
    run(home.parent, find_uv_bin(), "venv", "--quiet", "--python", sys.executable, home)
    install = (find_uv_bin(), "pip", "install", "--quiet", "--constraints", pins, "--python", home)
    run(home.parent, *install, wheel)
    return home


def run(folder: Path, *command: str | Path, code: int = 0, shown: str = "stdout") -> str:
    """Run a command outside the checkout and return what it prints."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "PYTHONPATH"} and not name.startswith("PLANNER_")
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return str(getattr(done, shown))


@pytest.mark.slow
def test_the_wheel_works_in_a_fresh_environment(installed: Path, tmp_path: Path) -> None:
    """Installed with nothing else, the command finds its models and data and plans."""
    planner = installed / "bin" / "planner"
    where = run(
        tmp_path, installed / "bin" / "python", "-c", "import planner; print(planner.__file__)"
    )
    assert str(installed) in where
    examination = json.loads(run(tmp_path, planner, "doctor", "--json"))
    assert examination["sound"], examination
    run(tmp_path, planner, "init", "-o", "portfolio.yaml")
    plan = json.loads(run(tmp_path, planner, "plan", "portfolio.yaml", "--json"))
    assert plan["status"] == "optimal"


@pytest.mark.slow
def test_the_base_installation_does_all_but_what_an_extra_is_for(
    installed: Path, tmp_path: Path
) -> None:
    """Reports, pictures and workbooks need no extra; a fit names the one it needs."""
    planner = installed / "bin" / "planner"
    run(tmp_path, planner, "init", "-o", "p.yaml")
    run(tmp_path, planner, "report", "p.yaml", "-o", "page.html")
    run(tmp_path, planner, "plan", "p.yaml", "--xlsx", "plan.xlsx")
    run(tmp_path, planner, "estimate", "p.yaml", "--plot", "curves")
    run(tmp_path, planner, "explain", "p.yaml")
    run(tmp_path, planner, "reproduce", "--plots", "figures")
    refused = json.loads(run(tmp_path, planner, "fit", "-o", "ours", "--json", code=3))
    assert refused["problems"][0]["fix"] == 'pip install "vision-planner[fit]"'
    assert "vision-planner[web]" in run(tmp_path, planner, "serve", code=3, shown="stderr")
    found = json.loads(run(tmp_path, planner, "doctor", "--json"))
    installed_extras = {extra["name"]: extra["installed"] for extra in found["extras"]}
    assert installed_extras == dict.fromkeys(("fit", "notebook", "probe", "web", "cluster"), False)


@pytest.mark.slow
def test_the_base_installation_is_small(installed: Path) -> None:
    """It takes at most 300 MB on the disk."""
    files = [path for path in installed.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < LARGEST_INSTALLATION_MB * 10**6
