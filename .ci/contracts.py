"""Run the contract tests on the newest and on the lowest versions that the metadata allow.

Each environment is resolved from a copy of the checkout whose pyproject.toml has no pins, in a
folder of its own. What was resolved is printed; lowest versions that are the pinned ones throughout
would have tested nothing. Words after the command go to pytest in place of ``-m contract``.
"""

import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from environments import (
    DEVELOPING,
    TESTED,
    copy_of_the_checkout,
    direct_dependencies,
    oldest_python,
    pins,
    remove_extras,
    resolved,
    uv,
    versions,
    write_pins,
)
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOWEST = ("--resolution", "lowest-direct")


@dataclass(frozen=True)
class Environment:
    """What to resolve: how, and whether with the extras."""

    name: str
    how: tuple[str, ...]
    extras: bool = True


ENVIRONMENTS = (
    Environment("newest", ("--upgrade",)),
    Environment("lowest", LOWEST),
    Environment("lowest base", LOWEST, extras=False),
)


def main(pytest_words: list[str]) -> int:
    """Return 0 if the tests pass everywhere and the lowest versions are not the pinned ones."""
    with ExitStack() as folders:
        found: dict[str, dict[str, str]] = {}
        copies = {each.name: folders.enter_context(copy_of_the_checkout()) for each in ENVIRONMENTS}
        for each in ENVIRONMENTS:
            found[each.name] = _resolve(each, copies[each.name])
        pinned = versions(pins())
        print(_table(direct_dependencies(), {"pinned": pinned, **found}), flush=True)
        if all(version == pinned[name] for name, version in _direct(found["lowest"]).items()):
            print("The lowest versions are the pinned ones: nothing else would be tested.")
            return 1
        failed = [
            each.name for each in ENVIRONMENTS if not _passes(each, copies[each.name], pytest_words)
        ]
    print(f"Contract tests fail on: {', '.join(failed)}." if failed else "Contract tests pass.")
    return 1 if failed else 0


def _resolve(each: Environment, folder: Path) -> dict[str, str]:
    write_pins(folder, {})
    if not each.extras:
        remove_extras(folder)
    groups = TESTED if each.extras else DEVELOPING
    return versions(resolved(folder, *each.how, groups=groups))


def _direct(found: Mapping[str, str]) -> dict[str, str]:
    names = {canonicalize_name(asked.name) for asked in direct_dependencies()}
    return {name: version for name, version in found.items() if name in names}


def _table(direct: tuple[Requirement, ...], found: Mapping[str, Mapping[str, str]]) -> str:
    """Return what each direct dependency resolved to, a row each."""
    rows = [["Direct dependency", "asks", *found]]
    for asked in direct:
        name = canonicalize_name(asked.name)
        chosen = [versions_of.get(name, "–") for versions_of in found.values()]
        rows.append([name, str(asked.specifier), *chosen])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _passes(each: Environment, folder: Path, pytest_words: list[str]) -> bool:
    """Install an environment and run the tests in it."""
    start = time.monotonic()
    python = ("--python", oldest_python()) if each.how == LOWEST else ()
    groups = TESTED if each.extras else DEVELOPING
    # Deprecations inside other people's packages are no failure here: nobody sees them.
    words = ["-W", "default", *(pytest_words or ["-m", "contract", "tests/contracts"])]
    print(f"\n-- contract tests: {each.name}", flush=True)
    try:
        uv("sync", "--quiet", "--frozen", *python, *groups, folder=folder)
        installed = time.monotonic() - start
        print(uv("run", "--no-sync", *python, "python", "--version", folder=folder).strip())
        uv("run", "--no-sync", *python, "pytest", "-q", *words, folder=folder, shown=True)
    except subprocess.CalledProcessError:
        return False
    print(f"installed in {installed:.0f} s, done in {time.monotonic() - start:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
