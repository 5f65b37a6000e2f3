"""Figures as files: SVG to scale, PNG for slides; the same numbers give the same bytes."""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.files import write_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

type Named = tuple[str, "Figure"]
"""A figure and the name of its files, without their ending."""

FORMATS = (".svg", ".png")
SLIDE_DPI = 240
"""Of a PNG: a figure of 7 inches is 1,700 pixels wide."""


def write_figures(
    folder: Path, figures: Iterable[Named], *, sources: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """Write every figure as SVG and as PNG; return the files.

    Parameters
    ----------
    folder : Path
        Made if missing; its files are written all or none, those of the same name replaced.
        Not touched where there is no figure.
    figures : iterable of (str, Figure)
        One is held at a time.
    sources : iterable of Path, optional
        Files the numbers come from: the pictures are as private as these.
    """
    left = iter(figures)
    first = next(left, None)
    if first is None:
        return ()

    def drawn() -> Iterator[tuple[str, bytes]]:
        for name, figure in chain([first], left):
            for suffix in FORMATS:
                yield name + suffix, figure_bytes(figure, suffix)

    return write_files(folder, drawn(), sources=sources)


def figure_bytes(figure: "Figure", suffix: str = ".svg") -> bytes:
    """Return a figure as a file of some kind; the same numbers give the same bytes."""
    file = io.BytesIO()
    with plain_style({"svg.hashsalt": "planner", "svg.fonttype": "path"}):
        metadata = {"Date": None} if suffix == ".svg" else {"Software": None}
        figure.savefig(
            file,
            format=suffix[1:],
            metadata=metadata,
            dpi="figure" if suffix == ".svg" else SLIDE_DPI,
        )
    return file.getvalue()


def file_name(name: str) -> str:
    """Return a name that is safe as part of a file name.

    Examples
    --------
    >>> file_name("a/b c"), file_name("")
    ('a_b_c', 'project')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:60] or "project"
