"""Recomputing the study: what it needs, and what happens without its tables."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner._resources import resource_root
from planner.errors import ResourceError
from planner.regression.published.design import read_reconstruction
from planner.regression.published.reproduce import reproduce, round_trip_max_error


def test_it_needs_no_statsmodels_and_no_sampler() -> None:
    """The study is recomputed without the libraries that take seconds to import."""
    code = (
        "import sys\n"
        "from planner.regression.published.reproduce import reproduce\n"
        "reproduce()\n"
        "slow = {'statsmodels', 'pandas', 'scipy.stats', 'pymc', 'arviz', 'matplotlib'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_it_gives_the_same_answer_every_time() -> None:
    """Two calls give equal records."""
    assert reproduce() == reproduce()


def test_the_round_trip_is_near_machine_precision() -> None:
    """Eq. 2 of Eq. 1 loses at most the digits that the division by a small slope costs."""
    assert 0 < round_trip_max_error() < 1e-12


@pytest.mark.parametrize(
    "name",
    [
        "published_reconstruction.csv",
        "published_regression.csv",
        "published_test_cases.csv",
        "published_figure2.csv",
        "architectures.csv",
    ],
)
def test_a_missing_table_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one of its tables the study says which and what to do."""
    data = Path(shutil.copytree(resource_root("data"), tmp_path / "data"))
    (data / name).unlink()
    monkeypatch.setenv("PLANNER_DATA_DIR", str(data))
    with pytest.raises(ResourceError, match=rf"{name} cannot be read.*Reinstall vision-planner"):
        reproduce()


@pytest.mark.parametrize("name", ["published_test_cases.csv", "published_figure2.csv"])
@pytest.mark.parametrize(("text", "problem"), [("", "no rows"), ("a\n1\n", "it lacks ")])
def test_a_damaged_table_is_named(
    name: str, text: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table without rows or without its columns is named with what it lacks."""
    data = Path(shutil.copytree(resource_root("data"), tmp_path / "data"))
    (data / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("PLANNER_DATA_DIR", str(data))
    with pytest.raises(ResourceError, match=rf"{name} cannot be read \(.*{problem}"):
        reproduce()


@pytest.mark.parametrize(
    "text",
    ["", "images\n1\n", "images,pretrained,relative_complexity,type,log10_error\nmany,1,1,1,1\n"],
)
def test_a_damaged_reconstruction_is_named(text: str, tmp_path: Path) -> None:
    """Columns that are missing or hold no numbers end as a message."""
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ResourceError, match=r"rows\.csv cannot be read"):
        read_reconstruction(path)
