"""Copies of the checkout to resolve and test in: what is pinned there, and what is chosen instead.

``uv`` resolves; nothing here reads its files by hand. ``renew_pins.py`` and ``contracts.py`` use
this, and so does the test that every package has a pin.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

ROOT = Path(__file__).parents[1]
DEVELOPING = ("--group", "dev")
TESTED = ("--all-extras", *DEVELOPING)
EVERYTHING = (*TESTED, "--group", "docs")
PINS, BUILD_PINS = "constraint-dependencies", "build-constraint-dependencies"


def uv(*arguments: str, folder: Path, shown: bool = False) -> str:
    """Run uv for the project in a folder, in an environment of its own.

    Returns its output, or nothing where that is shown.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "VIRTUAL_ENV" and not name.startswith(("UV_PROJECT", "UV_RESOLUTION"))
    }
    kept.setdefault("UV_PYTHON", sys.executable)  # what runs this is what the copy runs with
    command = [find_uv_bin(), *arguments]
    stdout = None if shown else subprocess.PIPE
    done = subprocess.run(command, cwd=folder, env=kept, check=True, stdout=stdout, text=True)
    return done.stdout or ""


def oldest_python() -> str:
    """Return the lowest Python the metadata allow if it is installed here, else the one running.

    Whatever is found is asked its version first: a name on the path may stand for nothing.
    """
    lowest = Requirement(f"python{_pyproject()['project']['requires-python']}").specifier
    (version,) = (one.version for one in lowest if one.operator == ">=")
    asked = (found for found in pythons(version) if says_it_is(found, version))
    return next(asked, sys.executable)


def pythons(version: str) -> Iterator[str]:
    """Yield where a Python of a version such as 3.12 may be: on the path, under pyenv, by uv."""
    for folder in os.get_exec_path():
        yield str(Path(folder, f"python{version}"))
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from map(str, sorted(versions.glob(f"{version}*/bin/python{version}")))
    with suppress(subprocess.CalledProcessError):
        yield uv("python", "find", "--no-python-downloads", version, folder=Path("/")).strip()


def says_it_is(python: str, version: str) -> bool:
    """Whether a program runs and is a Python of a version such as 3.12."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return done.stdout.strip() == version


@contextmanager
def copy_of_the_checkout() -> Iterator[Path]:
    """Yield a folder with the files of the checkout as they are now, and nothing ignored by git."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    with TemporaryDirectory(prefix="planner-") as name:
        folder = Path(name)
        for file in filter(None, names.split("\0")):
            if (ROOT / file).is_file():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, folder / file)
        yield folder


def write_pins(folder: Path, pins: Mapping[str, Iterable[str]]) -> None:
    """Rewrite the pins in a folder's pyproject.toml, every other byte kept; without any, none."""
    path = folder / "pyproject.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    table = document["tool"]["uv"]
    for key in (PINS, BUILD_PINS):
        table.pop(key, None)
        if key in pins:
            lines = tomlkit.array()
            lines.extend(pins[key])
            table.append(key, lines.multiline(True))
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def remove_extras(folder: Path) -> None:
    """Leave in a folder's pyproject.toml only what plans: extras narrow what is chosen for it."""
    path = folder / "pyproject.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["project"].pop("optional-dependencies")
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def pins(key: str = PINS) -> tuple[Requirement, ...]:
    """Return what pyproject.toml pins."""
    return tuple(Requirement(text) for text in _pyproject()["tool"]["uv"].get(key, ()))


def direct_dependencies() -> tuple[Requirement, ...]:
    """Return what pyproject.toml asks for by name: to plan, in every extra and group."""
    document = _pyproject()
    project, groups = document["project"], document["dependency-groups"]
    asked = [*project["dependencies"], *(text for group in groups.values() for text in group)]
    asked += [text for extra in project["optional-dependencies"].values() for text in extra]
    found = {canonicalize_name(each.name): each for each in map(Requirement, asked)}
    return tuple(found[name] for name in sorted(found) if name != project["name"])


def resolved(
    folder: Path, *lock: str, groups: tuple[str, ...] = EVERYTHING
) -> tuple[Requirement, ...]:
    """Return every package uv chooses for a folder, on any platform, each with its one version.

    Parameters
    ----------
    folder : Path
        With a pyproject.toml.
    *lock : str
        What else ``uv lock`` is told, such as ``--resolution lowest-direct``.
    groups : tuple of str
        Which extras and groups.
    """
    uv("lock", "--quiet", *lock, folder=folder)
    export = ("--frozen", "--no-hashes", "--no-emit-project", "--no-annotate", "--no-header")
    return _requirements(uv("export", "--quiet", *export, *groups, folder=folder))


def resolved_for_building(folder: Path, chosen: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return the packages that build the project, in the versions chosen before."""
    asked, kept = folder / "build-requires.txt", folder / "build-constraints.txt"
    asked.write_text("\n".join(_pyproject()["build-system"]["requires"]), encoding="utf-8")
    kept.write_text("\n".join(map(str, chosen)), encoding="utf-8")
    options = ("--universal", "--no-annotate", "--no-header", "--quiet", "--constraints", kept.name)
    return _requirements(uv("pip", "compile", *options, asked.name, folder=folder))


def as_pins(packages: Iterable[Requirement]) -> list[str]:
    """Return packages as pins; where a package has several versions each keeps its condition."""
    found: dict[str, list[Requirement]] = {}
    for package in packages:
        found.setdefault(canonicalize_name(package.name), []).append(package)
    return sorted(
        str(version) if len(versions) > 1 else f"{name}{version.specifier}"
        for name, versions in found.items()
        for version in versions
    )


def versions(packages: Iterable[Requirement]) -> dict[str, str]:
    """Return the exact version of each package, by its normal name."""
    return {
        canonicalize_name(package.name): ", ".join(one.version for one in package.specifier)
        for package in packages
    }


def _requirements(text: str) -> tuple[Requirement, ...]:
    return tuple(Requirement(line) for line in text.splitlines() if line.strip())


def _pyproject() -> dict[str, dict]:  # type: ignore[type-arg]
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
