"""Defaults in words, from where the fields are declared."""

import pytest

from planner.domain.fields.declared import section_of
from planner.domain.portfolio.defaults import default_at, default_value_at
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.reporting.terminal.draw import assumptions


@pytest.mark.parametrize(
    ("holder", "kind"), [("portfolio", Portfolio), ("compute", Compute), ("projects[a.b]", Project)]
)
def test_every_default_that_is_a_word_or_a_number_is_said(holder: str, kind: type) -> None:
    """Each field with such a default has words for it."""
    for key, field in section_of(kind).in_file.items():
        if isinstance(field.default, str | int | float) and key != "name":
            assert default_at(f"{holder}.{key}"), key


def test_a_path_that_is_no_setting_has_no_default() -> None:
    """Nothing is made up."""
    assert default_at("portfolio.colour") == ""
    assert default_at("projects[a].id") == ""


@pytest.mark.parametrize(
    "path", ["compute.epochs", "portfolio.go_chance", "portfolio.horizon_years"]
)
def test_a_default_as_data_is_what_a_file_without_the_setting_holds(path: str) -> None:
    """Read from a portfolio that says nothing."""
    holder, name = path.split(".")
    said = Portfolio() if holder == "portfolio" else Compute()
    assert default_value_at(path) == getattr(said, name)


def test_defaults_used_are_listed_with_their_values() -> None:
    """What -v prints says what was assumed, not only where."""
    paths = ["portfolio.mode", "portfolio.risk", "projects[a].pretrained", "compute.epochs"]
    (_, line) = assumptions({"defaults_used": paths})
    for words in ("mode (commit)", "risk (expected)", "pretrained (true)", "epochs (50)"):
        assert words in " ".join(line.plain.split())
