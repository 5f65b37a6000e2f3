"""A report as one HTML file: templates turn cards into markup, and nothing else does."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from planner.reporting.document import Report
from planner.reporting.user_text import visible

if TYPE_CHECKING:
    from jinja2 import Environment

_PER_CENT = re.compile(r"(?<=\d) (?=%)")
TEMPLATES = Path(__file__).parent / "templates"


def render_html(report: Report) -> str:
    """Return the report as HTML that needs nothing but itself.

    Parameters
    ----------
    report : Report
        From :func:`planner.reporting.sections.report.build_report`.

    Returns
    -------
    str
        The same text for the same report. All text of the user is escaped; nothing is loaded from
        anywhere, and there is no script.
    """
    looks = ("style.css", "print.css")
    style = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in looks)
    page = _environment().get_template("report.html.j2")
    return page.render(report=report, style=Markup(style))  # noqa: S704 - our own file


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["exact"] = _exact
    environment.filters["visible"] = visible
    environment.filters["together"] = _together
    environment.filters["drawn"] = lambda svg: Markup(svg)  # noqa: S704 - escaped by to_svg
    return environment


def _together(text: str) -> str:
    """Return a sentence whose per cent signs stay in the line of their numbers."""
    return _PER_CENT.sub("\u00a0", text)


def _exact(value: float | None) -> str:
    """Return a number so that it reads back as itself; empty for an infinite one."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
