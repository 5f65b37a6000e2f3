"""Pins are renewed by resolving, testing and then rewriting, in this order."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import contracts
import environments
import pytest
import renew_pins
from packaging.requirements import Requirement

NEWER = (Requirement("numpy==99.1"), Requirement("hatchling==98.0"))


class Machine:
    """Stands in for the checkout, its copy, the index and the tests."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.copy = folder / "checkout", folder / "copy"
        self.copy.mkdir()
        self.checkout.mkdir()
        text = (environments.ROOT / "pyproject.toml").read_text(encoding="utf-8")
        for place in (self.checkout, self.copy):
            (place / "pyproject.toml").write_text(text, encoding="utf-8")
        self.tests_pass = True
        self.resolved_without_pins = False
        self.tested_with = ""

    def pins(self) -> str:
        return (self.checkout / "pyproject.toml").read_text(encoding="utf-8")

    @contextmanager
    def copied(self) -> Iterator[Path]:
        yield self.copy

    def resolve(self, folder: Path, *_how: str) -> tuple[Requirement, ...]:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        self.resolved_without_pins = environments.PINS not in text
        return NEWER

    def uv(self, *words: str, folder: Path, shown: bool) -> str:
        assert "pytest" in words
        self.tested_with = (folder / "pyproject.toml").read_text(encoding="utf-8")
        if not self.tests_pass:
            raise subprocess.CalledProcessError(1, list(words))
        return ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Replace what renewing does outside itself."""
    made = Machine(tmp_path)
    monkeypatch.setattr(renew_pins, "ROOT", made.checkout)
    monkeypatch.setattr(renew_pins, "copy_of_the_checkout", made.copied)
    monkeypatch.setattr(renew_pins, "resolved", made.resolve)
    monkeypatch.setattr(renew_pins, "resolved_for_building", lambda *_: NEWER[1:])
    monkeypatch.setattr(renew_pins, "uv", made.uv)
    return made


def test_the_newest_versions_are_tested_before_they_are_written(machine: Machine) -> None:
    """Resolved without the old pins, tested with the new ones, then written."""
    assert renew_pins.main([]) == 0
    assert machine.resolved_without_pins
    assert "numpy==99.1" in machine.tested_with
    assert machine.pins() == machine.tested_with
    assert environments.versions(environments.pins())["numpy"] not in machine.pins()


def test_nothing_is_written_when_a_test_fails(machine: Machine) -> None:
    """The pins stay those that the tests last passed with."""
    before = machine.pins()
    machine.tests_pass = False
    assert renew_pins.main([]) == 1
    assert machine.pins() == before


def test_a_package_with_several_versions_keeps_the_condition_of_each() -> None:
    """One version holds everywhere; two hold where uv chose them."""
    one, other = "a==1 ; python_full_version < '3.13'", "a==2 ; python_full_version >= '3.13'"
    assert environments.as_pins(
        [Requirement(one), Requirement(other), Requirement("B_c==3 ; sys_platform == 'win32'")]
    ) == [*sorted(str(Requirement(text)) for text in (one, other)), "b-c==3"]


@pytest.mark.parametrize(("lowest", "code"), [("0.1", 0), (None, 1)])
def test_lowest_versions_that_are_the_pinned_ones_fail(
    lowest: str | None, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If every direct dependency resolves to its pin, nothing but the pinned suite would be run."""
    pinned = environments.versions(environments.pins())
    found = pinned | ({"numpy": lowest} if lowest else {})
    monkeypatch.setattr(contracts, "copy_of_the_checkout", lambda: _a(tmp_path))
    monkeypatch.setattr(contracts, "_resolve", lambda *_: found)
    monkeypatch.setattr(contracts, "_passes", lambda *_: True)
    assert contracts.main([]) == code


@contextmanager
def _a(folder: Path) -> Iterator[Path]:
    yield folder


@pytest.mark.skipif(os.name != "posix", reason="what stands in for a Python is a shell script")
def test_a_name_that_stands_for_no_python_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shim that fails and a Python of another version come first on the path; neither is it."""
    answers = {"shim": "exit 127", "other": "echo 3.11", "real": "echo 3.12"}
    for folder, answer in answers.items():
        program = tmp_path / folder / "python3.12"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        program.chmod(0o755)

    def found_by_uv(*_: str, folder: Path) -> str:
        raise subprocess.CalledProcessError(2, "uv")

    def on_the_path(*folders: str) -> str:
        monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / one) for one in folders))
        return environments.oldest_python()

    monkeypatch.setattr(environments, "uv", found_by_uv)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    assert on_the_path("shim", "other", "real") == str(tmp_path / "real" / "python3.12")
    assert on_the_path("shim", "other", "none") == sys.executable
    kept = tmp_path / "none" / "versions" / "3.12.1" / "bin"
    kept.mkdir(parents=True)
    (tmp_path / "real" / "python3.12").rename(kept / "python3.12")
    assert on_the_path("shim") == str(kept / "python3.12")
