"""A page of text: sentences broken into lines, a number never parted from its unit."""

import re
from textwrap import fill

PAGE_WIDTH = 79

_TIED = re.compile(r"(?<=\d) (?=%|million|billion|trillion)|(?<=\b[A-Z]{3}) (?=\d)")
_TIE = "\ue000"
"""Stands for a space that is no place to break; as wide as one, and in no text that is written."""


def wrap(text: str, indent: str = "") -> str:
    """Return text broken at the width of a page, further lines indented.

    Examples
    --------
    >>> wrap("x" * 70 + " USD 9,583 in all").splitlines()[1]
    'USD 9,583 in all'
    """
    tied = _TIED.sub(_TIE, text)
    return fill(tied, PAGE_WIDTH, subsequent_indent=indent, break_on_hyphens=False).replace(
        _TIE, " "
    )
