"""The documentation site: README, example pages, commands, the file, Python, the program's map.

``uv run --all-extras --group docs python .ci/website.py [FOLDER]`` writes it, to ``build/site``
unless told otherwise. Every page is made from what stands elsewhere: README and example pages, help
texts, the starter file, docstrings. A warning is an error, and so is a page that would fetch
something from elsewhere when it is read.
"""

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import planner
from planner.cli.app import app
from planner.cli.manual import Page, manual_pages
from planner.inputs.starter import starter_portfolio

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
TEXTS = {
    "README.md": "index.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
}
RECORDS = {
    "planner.domain.results.plan": ("Plan", "Decision", "AuditResult", "RiskResult"),
    "planner.forecasting.forecast": ("Forecast",),
    "planner.questions.estimate.estimate": ("Estimate", "ProjectEstimate"),
    "planner.domain.results.frontier": ("Frontier", "FrontierPoint"),
    "planner.domain.results.explanation": ("Explanation", "PlanExplanation"),
    "planner.domain.results.pilots": ("Pilots",),
    "planner.domain.results.plan_diff": ("PlanDiff",),
}
"""What the verbs return, by the module where it stands."""

_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")
_FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|link)\b[^>]*\s(?:src|href)=["'](?:https?:)?//|"""
    r"""@import\s+["']?(?:https?:)?//|url\(["']?(?:https?:)?//"""
)


def main(words: list[str]) -> int:
    """Build the site; return 0 if it stands without a warning."""
    from sphinx.cmd.build import build_main

    target = Path(words[0]) if words else ROOT / "build" / "site"
    shutil.rmtree(target, ignore_errors=True)
    with TemporaryDirectory(prefix="planner-site-") as name:
        source, kept = Path(name) / "pages", Path(name) / "kept"
        write_pages(source)
        code = build_main(["-q", "-W", "--keep-going", "-d", str(kept), str(source), str(target)])
    found = list(fetched(target))
    for place in found:
        print(f"{place}: fetched from elsewhere when the page is read")
    shutil.rmtree(target / ".doctrees", ignore_errors=True)
    if code == 0 and not found:
        print(f"{len(list(target.rglob('*.html')))} pages in {target}")
    return code or int(bool(found))


def write_pages(source: Path) -> None:
    """Write what Sphinx reads to a folder."""
    source.mkdir(parents=True)
    shutil.copy2(ROOT / "docs" / "conf.py", source)
    for name, page in TEXTS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        (source / page).write_text(_linked(text, ROOT, "."), encoding="utf-8")
    for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        shutil.copytree(folder, source / "examples" / folder.name)
        readme = source / "examples" / folder.name / "README.md"
        if readme.exists():
            text = readme.read_text(encoding="utf-8")
            readme.unlink()
            readme.with_name("index.md").write_text(
                _linked(text, folder, "../.."), encoding="utf-8"
            )
    made = {
        "commands.md": "".join(command_page(page) for page in manual_pages(app)),
        "file.md": file_page(),
        "python.md": python_page(),
        "rooms.md": rooms_page(),
    }
    for name, text in made.items():
        (source / name).write_text(text, encoding="utf-8")
    with (source / "index.md").open("a", encoding="utf-8") as index:
        index.write(contents())


def _linked(text: str, folder: Path, root: str) -> str:
    """Return a text whose links lead to the pages made from what they named."""

    def target(found: re.Match[str]) -> str:
        path = (folder / found[1]).resolve().relative_to(ROOT)
        if str(path) in TEXTS:
            return f"{root}/{TEXTS[str(path)]}"
        inner = "/index.md" if (ROOT / path / "README.md").exists() else ""
        return f"{root}/{path}{inner}"

    parts = _FENCE.split(text)
    return "".join(part if at % 2 else _LINK.sub(target, part) for at, part in enumerate(parts))


def contents() -> str:
    """Return the lists of pages, for the side of every page."""
    examples = [
        f"examples/{path.parent.name}/index" for path in sorted(EXAMPLES.glob("*/README.md"))
    ]
    return _toctree("Reference", ["commands", "file", "python"]) + (
        _toctree("Examples", examples) + _toctree("Project", ["rooms", "contributing", "changes"])
    )


def _toctree(caption: str, pages: list[str]) -> str:
    listed = "\n".join(pages)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"


def command_page(page: Page) -> str:
    """Return what is known of one command, as Markdown."""
    level = "#" if page.name == "planner" else "##"
    lines = [f"{level} {'Commands' if level == '#' else page.name}", ""]
    lines += ["```text", f"{page.name} {page.usage}", "```", ""]
    lines += [part for text in page.paragraphs for part in (_as_text(text), "")]
    for entry in page.entries:
        lines += [f"`{entry.names}`", f": {_as_text(entry.text)}", ""]
    lines += [_as_text(page.example), ""] if page.example else []
    return "\n".join(lines) + "\n"


def _as_text(text: str) -> str:
    """Return a text that Markdown prints as it stands."""
    return re.sub(r"([\\`*_<>\[\]|~$])", r"\\\1", text).replace("--", r"\-\-") or "–"


def file_page() -> str:
    """Return the portfolio file with a comment on each field: what ``planner init`` writes."""
    lead = (
        "`planner init` writes this file, with what each field means, its unit and its default; "
        "`planner init --json-schema` prints its schema, and `planner init --xlsx` writes the same "
        "as an Excel form."
    )
    return f"# The portfolio file\n\n{lead}\n\n```yaml\n{starter_portfolio('.yaml')}```\n"


def python_page() -> str:
    """Return the public interface: verbs, what they take, what they return."""
    public = [name for name in planner.__all__ if not name.startswith("_")]
    verbs = [name for name in public if name[0].islower()]
    taken = [name for name in public if not name[0].islower()]
    parts = ["# Python", "", "`import planner` gives these names.", "", "## Verbs", ""]
    parts += [_auto("function", f"planner.{name}") for name in verbs]
    parts += ["## What they take", ""]
    parts += [_auto("class", _home(name)) for name in taken]
    parts += ["## What they return", ""]
    parts += [_auto("class", f"{home}.{name}") for home, names in RECORDS.items() for name in names]
    return "\n".join(parts)


def _home(name: str) -> str:
    found = getattr(planner, name)
    return f"{found.__module__}.{found.__qualname__}"


def _auto(kind: str, name: str) -> str:
    return f"```{{eval-rst}}\n.. auto{kind}:: {name}\n```\n"


def rooms_page() -> str:
    """Return every module with the question it answers, room by room."""
    lines = ["# Modules", "", "Each module answers one question, said in its first line.", ""]
    room = ""
    for name, gist in gists():
        first = name.split(".")[1] if name.count(".") > 1 else "planner"
        if first != room:
            room = first
            lines += ["", f"## {room}", ""]
        lines.append(f"- `{name}`: {_as_text(gist.replace('``', ''))}")
    return "\n".join(lines) + "\n"


def gists() -> Iterator[tuple[str, str]]:
    """Yield every module that says what it is about, with its first line."""
    package = Path(planner.__file__).parent
    files = sorted(
        package.rglob("*.py"), key=lambda path: (len(path.parts) > len(package.parts) + 1, path)
    )
    for path in files:
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if text:
            parts = path.relative_to(package.parent).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, re.sub(r":\w+:`~?([^`]*)`", r"\1", text.split("\n\n")[0].replace("\n", " "))


def fetched(site: Path) -> Iterator[str]:
    """Yield the files of a site that fetch something from elsewhere when they are read."""
    for path in sorted((*site.rglob("*.html"), *site.rglob("*.css"))):
        if _FETCHED.search(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(site))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
