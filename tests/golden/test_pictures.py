"""The README's pictures show what the example's numbers are today."""

from pathlib import Path

import pytest
from gallery import fingerprint_of, make_pictures, write_pictures

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "pictures"
EXAMPLE = ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml"


@pytest.mark.golden
def test_the_pictures_are_current(request: pytest.FixtureRequest) -> None:
    """Each picture carries the fingerprint of the numbers that the example gives now."""
    pictures = make_pictures(EXAMPLE)
    if request.config.getoption("--update-golden"):
        write_pictures(pictures, FOLDER)
    for picture in pictures:
        path = FOLDER / f"{picture.name}.svg"
        assert fingerprint_of(path) == picture.fingerprint, f"{path.name}: run with --update-golden"


def test_the_readme_shows_each_picture_with_words_for_those_who_cannot_see_it() -> None:
    """Every picture stands in the README with an alternative text."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in sorted(FOLDER.glob("*.svg")):
        (before, _) = text.split(f"](examples/pictures/{path.name})")
        assert len(before.rsplit("![", 1)[1]) > 40


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    """A picture drawn twice is one file."""
    pictures = make_pictures(EXAMPLE)[:1]
    (first,) = write_pictures(pictures, tmp_path / "a")
    (second,) = write_pictures(make_pictures(EXAMPLE)[:1], tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
