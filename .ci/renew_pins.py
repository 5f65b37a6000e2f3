"""Renew the pins: resolve the newest versions, run the tests with them, and only then rewrite.

``uv run --all-extras --group dev python .ci/renew_pins.py`` writes nothing when a test fails.
Words after the command go to pytest, such as ``-m "not golden"``.
"""

import subprocess
import sys

from environments import (
    BUILD_PINS,
    EVERYTHING,
    PINS,
    ROOT,
    as_pins,
    copy_of_the_checkout,
    pins,
    resolved,
    resolved_for_building,
    uv,
    write_pins,
)


def main(pytest_words: list[str]) -> int:
    """Return 0 when the pins are renewed, 1 when the tests fail with the newest versions."""
    with copy_of_the_checkout() as folder:
        write_pins(folder, {})
        packages = resolved(folder, "--upgrade")
        renewed = {
            PINS: as_pins(packages),
            BUILD_PINS: as_pins(resolved_for_building(folder, packages)),
        }
        _say_changes(set(map(str, pins())), set(renewed[PINS]))
        write_pins(folder, renewed)
        try:
            uv("run", *EVERYTHING, "pytest", *pytest_words, folder=folder, shown=True)
        except subprocess.CalledProcessError:
            print("The tests fail with these versions. Nothing was written.")
            return 1
    write_pins(ROOT, renewed)
    print(f"{len(renewed[PINS])} packages are pinned in pyproject.toml.")
    return 0


def _say_changes(before: set[str], after: set[str]) -> None:
    for text in sorted(before ^ after):
        print("+" if text in after else "-", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
