"""What runs today runs in a year: every package that is installed has an exact version."""

from pathlib import Path

import pytest
import tomlkit
from environments import (
    BUILD_PINS,
    PINS,
    ROOT,
    as_pins,
    direct_dependencies,
    pins,
    resolved,
    versions,
    write_pins,
)
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what uv reads of the checkout, its latest resolution included."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "planner").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "planner/_version.py", "uv.lock"):
        if (ROOT / name).exists():
            (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def test_every_package_of_every_platform_has_a_pin(project: Path) -> None:
    """What uv chooses for all extras and groups, on any platform, is what is pinned."""
    assert as_pins(resolved(project)) == sorted(map(str, pins()))


def test_every_pin_is_one_exact_version() -> None:
    """No pin leaves a choice, those that build the package included."""
    for pin in (*pins(), *pins(BUILD_PINS)):
        assert [specifier.operator for specifier in pin.specifier] == ["=="], pin


def test_a_package_builds_with_the_version_it_is_tested_with() -> None:
    """What builds the package is pinned to the same versions."""
    assert set(map(str, pins(BUILD_PINS))) <= set(map(str, pins()))
    assert "hatchling" in {pin.name for pin in pins(BUILD_PINS)}


def test_pins_lie_in_the_ranges_that_the_metadata_promise() -> None:
    """Nobody who installs from an index is refused the versions the tests passed with."""
    pinned = versions(pins())
    for asked in direct_dependencies():
        assert asked.specifier.contains(pinned[canonicalize_name(asked.name)]), asked


def test_every_direct_dependency_says_its_lowest_version() -> None:
    """A range without a lower end would promise versions that nobody tried."""
    for asked in direct_dependencies():
        assert any(one.operator == ">=" for one in asked.specifier), asked


def test_rewriting_the_pins_keeps_every_other_byte(project: Path) -> None:
    """The same pins give the same file; without any, both lists are gone and nothing else."""
    path = project / "pyproject.toml"
    before = path.read_text(encoding="utf-8")
    write_pins(project, {})
    without = path.read_text(encoding="utf-8").splitlines()
    write_pins(project, {key: list(map(str, pins(key))) for key in (PINS, BUILD_PINS)})
    assert path.read_text(encoding="utf-8") == before
    gone = [line.strip() for line in before.splitlines() if line not in without]
    lists = [f"{key} = [" for key in (PINS, BUILD_PINS)]
    assert gone == [
        lists[0],
        *(f"{tomlkit.item(str(pin)).as_string()}," for pin in pins()),
        lists[1],
        *(f"{tomlkit.item(str(pin)).as_string()}," for pin in pins(BUILD_PINS)),
    ]


def test_no_lock_file_is_kept() -> None:
    """A lock file would name package index hosts; git does not keep one."""
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
