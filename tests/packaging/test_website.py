"""The pages that the documentation site is made of."""

import re
from pathlib import Path

import pytest
import website

import planner
from planner.cli.app import app
from planner.cli.manual import manual_pages

EXAMPLES = sorted(path.parent.name for path in website.EXAMPLES.glob("*/README.md"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "pages"
    website.write_pages(folder)
    return folder


def test_every_link_of_a_page_leads_to_something_that_is_there(pages: Path) -> None:
    """Links of the README and of the example pages are those of the site."""
    seen = 0
    for page in pages.rglob("*.md"):
        text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"
            seen += 1
    assert seen > 20


def test_every_example_is_listed(pages: Path) -> None:
    """Beside the reference, on every page."""
    index = (pages / "index.md").read_text("utf-8")
    assert [name for name in EXAMPLES if f"examples/{name}/index\n" not in index] == []


def test_every_public_name_every_command_and_every_module_is_on_a_page(pages: Path) -> None:
    """What can be imported, typed and read."""
    python, commands, rooms = (
        (pages / f"{name}.md").read_text("utf-8") for name in ("python", "commands", "rooms")
    )
    public = [name for name in planner.__all__ if not name.startswith("_")]
    assert [name for name in public if not re.search(rf":: [\w.]*\b{name}\n", python)] == []
    assert [p.name for p in manual_pages(app)[1:] if f"## {p.name}\n" not in commands] == []
    package = Path(planner.__file__).parent
    told = [p.stem for p in package.rglob("*.py") if p.stem != "__init__" and p.read_text("utf-8")]
    assert [stem for stem in told if f"{stem}`" not in rooms] == []


@pytest.mark.parametrize(
    ("text", "is_fetched"),
    [
        ('<script src="https://cdn.example/x.js"></script>', True),
        ('<link rel="stylesheet" href="//fonts.example/css">', True),
        ('<img alt="" src="http://example/x.png">', True),
        ("<style>@import 'https://example/x.css'</style>", True),
        ("<style>a {src: url(https://example/x.woff)}</style>", True),
        ('<script src="_static/x.js"></script><a href="https://example/">a link</a>', False),
    ],
)
def test_what_is_fetched_from_elsewhere_is_found(
    text: str, is_fetched: bool, tmp_path: Path
) -> None:
    """A link that a reader follows is none."""
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert list(website.fetched(tmp_path)) == (["page.html"] if is_fetched else [])
