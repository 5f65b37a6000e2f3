"""A matplotlib figure as SVG inside a page: small, titled, with ids of its own, always the same.

Text stays text, so that it can be searched and read aloud; the page's own font is used. What
matplotlib measures with is wider than usual system fonts, so nothing overlaps that did not before.
"""

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from markupsafe import escape

from planner._drawing import plain_style
from planner.reporting.user_text import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, RULE = "#1b2a41", "#4a5568", "#d9dee5"
BLUE, RED, AMBER = "#1f6f8b", "#b3261e", "#b45f06"
"""Distinct in brightness too, for readers who see no hue and for printers without ink."""

SMALL = 7.5
"""Points, of letters in a picture; seven are the least that is read on paper."""

SETTINGS: Mapping[str, object] = {
    "svg.hashsalt": "planner",
    "svg.fonttype": "none",
    "font.size": SMALL,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "text.parse_math": False,
    "axes.unicode_minus": True,
}

_HEAD = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_ROOT = re.compile(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')
_USED = re.compile(r'(?:url\(#|href="#)([^)"]*)')
_FONT = re.compile(r"font: (?:(\d{3}) )?([\d.]+)px [^;\"]*")
_DECIMAL = re.compile(r"-?\d+\.\d{2,}")
_TAG = re.compile(r"<[^>]*>")  # what is printed between tags keeps its digits
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPACE = re.compile(r">\s+<")


@contextmanager
def report_style(*, with_math: bool = False) -> Iterator[None]:
    """Draw in the report's style; ``with_math`` for figures that escape dollar signs themselves."""
    # Text is drawn by the browser with its own fonts: what this font lacks does not matter.
    settings = {**SETTINGS, "text.parse_math": with_math}
    with plain_style(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


def calm(figure: "Figure") -> None:
    """Set every letter of a figure to the size of the page's own pictures."""
    from matplotlib.text import Text

    for artist in figure.findobj(Text):
        if isinstance(artist, Text):
            artist.set_fontsize(SMALL)
    for axes in figure.axes:
        axes.tick_params(labelsize=SMALL)


def to_svg(figure: "Figure", name: str, title: str, description: str) -> str:
    """Return a figure as one ``<svg>`` element that stands in an HTML page.

    Parameters
    ----------
    figure : Figure
        Drawn in :func:`report_style`.
    name : str
        Unique in the page; begins every id.
    title, description : str
        Read aloud in place of the picture; escaped here.

    Returns
    -------
    str
        The same text for the same figure; no dates, no fonts, no reference to anything outside.
    """
    stream = io.StringIO()
    with report_style():
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = _METADATA.sub("", _HEAD.sub("", stream.getvalue()))
    text = _own_ids(_COMMENT.sub("", text), name)
    text = _FONT.sub(_font, text)
    text = _TAG.sub(lambda tag: _DECIMAL.sub(_rounded, tag[0]), text)
    head = (
        f'<svg class="figure" viewBox="\\1" role="img" aria-labelledby="{name}-t {name}-d" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    said = (
        f'<title id="{name}-t">{escape(visible(title))}</title>'
        f'<desc id="{name}-d">{escape(visible(description))}</desc>'
    )
    return _SPACE.sub(
        "><", _ROOT.sub(lambda found: found.expand(head) + said, text, count=1)
    ).strip()


def _own_ids(text: str, name: str) -> str:
    """Give every id in use a prefix of its own and drop the others."""
    used = set(_USED.findall(text))
    text = _ID.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", text)
    return _USED.sub(lambda found: found[0].replace("#", f"#{name}-", 1), text)


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}"


def _font(found: re.Match[str]) -> str:
    weight = f"font-weight: {found[1]}; " if found[1] else ""
    return f"{weight}font-size: {found[2]}px"
