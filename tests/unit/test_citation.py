"""The citation file names the project and the study, as the rest of the repository does."""

import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]


def test_the_citation_is_the_projects_and_the_papers() -> None:
    """Name and licence as packaged; authors, title and year of the paper as the data quote it."""
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (cited["title"], cited["license"]) == (project["name"], project["license"])
    (paper,) = cited["references"]
    quoted = " ".join((ROOT / "data" / "README.md").read_text(encoding="utf-8").split())
    names = ", ".join(author["family-names"] for author in paper["authors"])
    venue = f"{paper['conference']['name']} {paper['year']}"
    assert f"{names} ({venue}), *{paper['title']}*" in quoted


def test_the_source_distribution_brings_the_citation() -> None:
    """As it brings the licence."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    assert {"CITATION.cff", "LICENSE"} <= set(built["build"]["targets"]["sdist"]["only-include"])
