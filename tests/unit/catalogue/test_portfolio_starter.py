"""The starter file and how it is written."""

import re
from pathlib import Path

import pytest

from planner.catalogue import schema
from planner.catalogue.files import write_text_atomic
from planner.catalogue.portfolio_file import check_portfolio, parse_portfolio
from planner.catalogue.starter import starter_portfolio
from planner.errors import InputError


def test_starter_reads_without_a_warning(tmp_path: Path) -> None:
    """The first file a user sees has nothing wrong with it."""
    path = write_text_atomic(tmp_path / "portfolio.yaml", starter_portfolio())
    assert check_portfolio(path) == ()


def test_starter_reads_with_every_commented_field_turned_on() -> None:
    """Each line that is only commented out is valid, too, on the basis that uses it."""
    text = re.sub(r"(?m)^( {2,6})# (?=- \{|[a-z_]+:)", r"\1", starter_portfolio())
    assert len(re.findall(r"(?m)^ {2,6}# ", text)) == 0
    portfolio = parse_portfolio(text.encode(), "p.yaml")
    assert len(portfolio.rules) == 5
    assert "compute.utilisation" in portfolio.given


def test_starter_explains_each_field_it_uses() -> None:
    """Every field of the supported sections is shown, and the text fits a terminal."""
    text = starter_portfolio()
    for model in (schema.ComputeSection, schema.ImagesSection):
        for name in model.model_fields:
            assert re.search(rf"\b{name}:", text), name
    for line in text.splitlines():
        assert len(line) <= 84


def test_files_are_not_overwritten_unasked(tmp_path: Path) -> None:
    """A second write needs force, and leaves no other file behind."""
    path = tmp_path / "p.yaml"
    write_text_atomic(path, "one\n")
    with pytest.raises(InputError, match="not overwritten"):
        write_text_atomic(path, "two\n")
    assert path.read_bytes() == b"one\n"
    write_text_atomic(path, "two\n", force=True)
    assert path.read_bytes() == b"two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_cannot_be_written_are_told_apart(tmp_path: Path) -> None:
    """A folder, and a folder that is not there, are refused with what to do."""
    with pytest.raises(InputError, match="is a folder"):
        write_text_atomic(tmp_path, "x")
    with pytest.raises(InputError, match="does not exist"):
        write_text_atomic(tmp_path / "none" / "p.yaml", "x")
    with pytest.raises(InputError, match="cannot be written"):
        write_text_atomic(tmp_path / ("x" * 300), "x")


def test_file_systems_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files cannot be linked they are moved, still without overwriting."""

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = write_text_atomic(tmp_path / "p.yaml", "one")
    assert path.read_text() == "one"
    with pytest.raises(InputError, match="not overwritten"):
        write_text_atomic(path, "two")
    assert list(tmp_path.iterdir()) == [path]
