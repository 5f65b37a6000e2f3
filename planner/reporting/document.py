"""What a document is made of: numbers with their unit, names, sentences, tables, sections.

Everything here is a frozen record without a look. Renderers draw it: a template turns each part
into HTML (escaping happens there, once), the terminal and the notebook have drawers of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import ClassVar


@dataclass(frozen=True)
class Number:
    """A number as it is printed, with what it stands for.

    Attributes
    ----------
    text : str
        As printed.
    value : float or None
        Before rounding; None for an infinite amount.
    unit : str
        ``share`` (0 to 1), ``images``, ``targets``, a currency, or another word.
    key : str
        Path of the number in the plan's JSON, such as ``decisions[0].cost.total``; empty where the
        number is not in it.
    """

    text: str
    value: float | None
    unit: str
    key: str = ""
    kind: ClassVar[str] = "number"


@dataclass(frozen=True)
class Name:
    """Text that the user wrote; its direction is its own and it may break anywhere."""

    text: str
    kind: ClassVar[str] = "name"


@dataclass(frozen=True)
class Mark:
    """A verdict or grade: a sign and a word, so that colour is never alone."""

    text: str
    tone: str
    sign: str
    kind: ClassVar[str] = "mark"


@dataclass(frozen=True)
class Bar:
    """A bar beside a number that says the same; hidden from readers of the text."""

    share: float
    kind: ClassVar[str] = "bar"


@dataclass(frozen=True)
class Code:
    """A command, a hash or a path, printed as typed."""

    text: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Link:
    """A link to another place of the same file."""

    text: str
    target: str
    kind: ClassVar[str] = "link"


type Part = str | Number | Name | Mark | Bar | Code | Link
type Text = tuple[Part, ...]


def say(sentence: str, /, **parts: "Part | Text") -> Text:
    """Return a sentence with its numbers and names still typed.

    Parameters
    ----------
    sentence : str
        With ``{name}`` where a part stands; from :mod:`planner.reporting.words.report`.
    **parts
        One for each name.

    Raises
    ------
    KeyError
        The sentence names a part that was not given.

    Examples
    --------
    >>> say("{who} costs {cost}.", who=Name("a"), cost=Number("5", 5.0, "USD"))[1]
    ' costs '
    """
    found: list[Part] = []
    for literal, name, _, _ in Formatter().parse(sentence):
        if literal:
            found.append(literal)
        if name is not None:
            part = parts[name]
            found.extend(part if isinstance(part, tuple) else (part,))
    return tuple(found)


def plain(text: Text) -> str:
    """Return a text without its types, for titles and tests."""
    return "".join(part if isinstance(part, str) else getattr(part, "text", "") for part in text)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; ``tone`` is ``lead``, ``alert``, ``small`` or empty."""

    text: Text
    tone: str = ""
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Tile:
    """One number large, its label above and what to know about it below."""

    label: str
    number: Text
    note: Text


@dataclass(frozen=True)
class Tiles:
    """Tiles side by side."""

    tiles: tuple[Tile, ...]
    kind: ClassVar[str] = "tiles"


@dataclass(frozen=True)
class Head:
    """Header of one column; numbers stand right; ``minor`` ones are left out on paper.

    ``width`` is how many characters of a name are shown where room is short; 0: all of them.
    """

    label: str
    numeric: bool = False
    minor: bool = False
    width: int = 0


@dataclass(frozen=True)
class Row:
    """Cells of one row, the first of which names it; ``minor`` rows are left out on paper."""

    cells: tuple[Text, ...]
    tone: str = ""
    minor: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption; ``foot`` is its row of totals."""

    caption: str
    columns: tuple[Head, ...]
    rows: tuple[Row, ...]
    foot: Row | None = None
    tone: str = ""
    kind: ClassVar[str] = "table"


def table_of(
    heads: Iterable[Head], rows: Iterable[Iterable["Part | Text"]], caption: str = ""
) -> Table:
    """Return a table of cells that are one part or several.

    Examples
    --------
    >>> table_of([Head("Case")], [["one"], ["two"]]).rows[1].cells
    (('two',),)
    """
    made = tuple(
        Row(tuple(cell if isinstance(cell, tuple) else (cell,) for cell in row)) for row in rows
    )
    return Table(caption, tuple(heads), made)


@dataclass(frozen=True)
class Bullets:
    """A list; its ``minor`` items, those after the first so many, are left out on paper."""

    items: tuple[Text, ...]
    on_paper: int = 99
    tone: str = ""
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Definitions:
    """Terms and what they are set to; those after the first so many are left out on paper."""

    items: tuple[tuple[str, Text], ...]
    on_paper: int = 99
    tone: str = ""
    kind: ClassVar[str] = "definitions"


@dataclass(frozen=True)
class Picture:
    """A figure as SVG, with a heading and a caption.

    Attributes
    ----------
    svg : str
        From :func:`planner.reporting.figures.svg.to_svg`: escaped already, with title and
        description.
    title : Text
        Heading; empty for none.
    caption : Text
        Says what the picture says.
    more : Text
        Goes on after the caption on screen, not on paper.
    """

    svg: str
    caption: Text = ()
    title: Text = ()
    more: Text = ()


@dataclass(frozen=True)
class Pictures:
    """Pictures side by side, ``tone`` ``wide`` for two in a row, ``small`` for many.

    ``source`` says whose numbers they are; on paper the head and the manifest say it.
    """

    items: tuple[Picture, ...]
    tone: str = "wide"
    source: str = ""
    kind: ClassVar[str] = "pictures"


@dataclass(frozen=True)
class Folded:
    """Blocks behind a line that opens them; on paper only with ``printed``."""

    summary: str
    blocks: "tuple[Block, ...]"
    anchor: str = ""
    printed: bool = False
    kind: ClassVar[str] = "folded"


@dataclass(frozen=True)
class Key:
    """What the lines and bands of the learning curves mean."""

    items: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "key"


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on."""

    roles: tuple[str, ...]
    kind: ClassVar[str] = "signatures"


type Block = (
    Paragraph | Tiles | Table | Bullets | Definitions | Pictures | Folded | Key | Signatures
)


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading of its own.

    Attributes
    ----------
    gist : Text
        What it says in a few words; stands beside the heading of a folded part.
    folded : bool
        Whether it is closed on screen until it is asked for; on paper it is open.
    """

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    tone: str = ""
    gist: Text = ()
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report, in reading order.

    Attributes
    ----------
    title : str
        Name of the portfolio, as the user wrote it.
    lines : tuple of Text
        Under the title: horizon, currency, model, seed, date.
    style : str
        ``board``, ``grant`` or ``tech``.
    status : Mark
        Whether there is a plan, and how sure it is the best.
    sections : tuple of Section
        In order.
    meta : mapping of str to str
        For the file's head.
    """

    title: str
    lines: tuple[Text, ...]
    style: str
    status: Mark
    sections: tuple[Section, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
