"""Blocks of a document as a terminal shows them: tables without lines, paragraphs on a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from planner.domain.format import shorten
from planner.domain.portfolio.defaults import with_default
from planner.reporting import document
from planner.reporting.document import Head, Mark, Name
from planner.reporting.page import wrap

__all__ = ["assumptions", "draw_table", "paragraphs", "plain_table", "titled_table"]

type Padding = tuple[int, int] | tuple[int, int, int, int]
"""Around a cell: above and below, left and right; or top, right, bottom, left."""

STYLES = {"good": "bold green", "fair": "bold yellow", "none": "dim"}
"""Of marks, by their tone."""
ROW_STYLES = {"off": "dim", "here": "bold"}


def draw_table(table: document.Table, *, padding: Padding = (0, 1)) -> Table:
    """Return a table of a document; a name is cut to the width of its column."""
    drawn = plain_table(padding)
    drawn.show_footer = table.foot is not None
    foot: Iterable[document.Text] = table.foot.cells if table.foot else [()] * len(table.columns)
    for at, (head, cell) in enumerate(zip(table.columns, foot, strict=True)):
        breaks = "\n" in head.label
        drawn.add_column(
            head.label,
            footer=_text(cell, head),
            justify="right" if head.numeric else "left",
            max_width=head.width or None,
            no_wrap=not breaks,
            min_width=_widest(table, at) if breaks else None,
        )
    for row in table.rows:
        style = ROW_STYLES.get(row.tone, "")
        cells = zip(row.cells, table.columns, strict=True)
        drawn.add_row(*(_text(cell, head, style) for cell, head in cells))
    return drawn


def plain_table(padding: Padding = (0, 1)) -> Table:
    """Return an empty table of the plain look, which most answers have."""
    return Table(box=None, pad_edge=False, padding=padding)


def titled_table(title: str) -> Table:
    """Return an empty table under a title, with a line below its headers."""
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))


def paragraphs(sentences: Iterable[str], indent: str = "", style: str = "") -> Iterator[Text]:
    """Yield sentences broken at the width of a page; empty ones are left out."""
    for sentence in sentences:
        if sentence:
            yield Text(wrap(sentence, indent=indent), style=style)


def assumptions(settings: Mapping[str, object]) -> Iterator[Text]:
    """Yield every setting behind an answer, and the defaults that were used with their values."""
    yield Text("Assumptions", style="bold")
    for name, value in settings.items():
        if name == "default_values":  # said beside their names
            continue
        is_list = name == "defaults_used" and isinstance(value, list)
        said = ", ".join(with_default(str(path)) for path in value) if is_list else value  # type: ignore[attr-defined]  # a list, as just asked
        yield Text(wrap(f"  {name}: {said}", indent="    "))


def _widest(table: document.Table, column: int) -> int:
    """Return how many characters the cells of a column take, whose header may break."""
    return max((len(document.plain(row.cells[column])) for row in table.rows), default=1)


def _text(cell: Sequence[document.Part], head: Head, style: str = "") -> Text:
    drawn = Text()
    for part in cell:
        drawn.append(_words(part, head), STYLES[part.tone] if isinstance(part, Mark) else style)
    return drawn


def _words(part: document.Part, head: Head) -> str:
    if isinstance(part, str):
        return part
    text: str = getattr(part, "text", "")
    return shorten(text, head.width or len(text)) if isinstance(part, Name) else text
