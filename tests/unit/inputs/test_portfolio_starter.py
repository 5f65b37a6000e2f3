"""The starter file and how it is written."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain.fields.declared import section_of
from planner.domain.portfolio.portfolio import Compute, Hold, Portfolio
from planner.domain.portfolio.project import Images
from planner.errors import InputError
from planner.files import write_text
from planner.inputs.portfolio_file import check_portfolio, parse_portfolio
from planner.inputs.starter import starter_for, starter_portfolio


def test_starter_reads_without_a_warning(tmp_path: Path) -> None:
    """The first file a user sees has nothing wrong with it."""
    path = write_text(tmp_path / "portfolio.yaml", starter_portfolio())
    assert check_portfolio(path) == ()


def test_starter_reads_with_every_commented_field_turned_on() -> None:
    """Each line that is only commented out is valid, too, on the basis that uses it."""
    text = re.sub(r"(?m)^( {0,6})# (?= *- \{| *[a-z_]+:)", r"\1", starter_portfolio())
    assert len(re.findall(r"(?m)^ {2,6}# ", text)) == 0
    portfolio = parse_portfolio(text.encode(), "p.yaml")
    assert len(portfolio.rules) == 9
    assert [asset.id for asset in portfolio.shared] == ["store-images", "base"]
    assert [period.id for period in portfolio.periods] == ["H1", "H2"]
    assert (portfolio.risk.measure, portfolio.hold) == ("cvar", Hold(chance=0.9))
    assert {project.unit for project in portfolio.projects} == {"stores", None}
    assert "compute.utilisation" in portfolio.given


def test_starter_explains_each_field_it_uses() -> None:
    """Every field of the supported sections is shown, and the text fits a terminal."""
    text = starter_portfolio()
    for kind in (Compute, Images, Portfolio):
        for name in section_of(kind).in_file:
            assert re.search(rf"\b{name}:", text), name
    for line in text.splitlines():
        assert len(line) <= 84


def test_comments_are_what_the_fields_declare() -> None:
    """The sentence of the workbook form stands in the starter, too, with the default of a field."""
    for ending in (".yaml", ".toml"):
        words = " ".join(re.sub(r"\s*#\s*", " ", starter_portfolio(ending)).split())
        for kind, name in ((Compute, "epochs"), (Portfolio, "budget"), (Images, "limit")):
            (form, *_) = section_of(kind)[name].forms
            assert form.help[1:-1] in words
        assert "default: 60%" in words


def test_both_formats_describe_the_same_portfolio(tmp_path: Path) -> None:
    """The TOML starter reads like the YAML one, also with everything in comments turned on."""
    yaml = parse_portfolio(starter_portfolio(".yaml").encode(), "p.yaml")
    text = starter_portfolio(".toml")
    assert replace(parse_portfolio(text.encode(), "p.toml"), inputs_sha256="") == replace(
        yaml, inputs_sha256=""
    )
    assert check_portfolio(write_text(tmp_path / "p.toml", text)) == ()
    full = re.sub(r"(?m)^# (?=\[\[|[a-z_]+ = )", "", text)
    portfolio = parse_portfolio(full.encode(), "p.toml")
    assert (len(portfolio.rules), len(portfolio.shared), len(portfolio.periods)) == (9, 2, 2)
    assert {"compute.utilisation", "portfolio.hold.chance"} <= portfolio.given
    assert max(map(len, text.splitlines())) <= 84


def test_the_ending_chooses_the_format() -> None:
    """Endings that could not be read back are refused with one that can."""
    assert starter_for("x.toml") == starter_portfolio(".toml")
    assert starter_for("x.YML") == starter_portfolio(".yaml")
    for name, fix in [("x.json", "-o x.yaml"), ("x", "-o x.yaml"), (".", "-o portfolio.yaml")]:
        with pytest.raises(InputError, match="a portfolio file ends in") as caught:
            starter_for(name)
        assert caught.value.problems[0].fix == fix
