"""Text of the user as a page can carry it."""

import unicodedata

_UNSHOWN = frozenset({"Cc", "Cs", "Cn"})


def visible(text: str) -> str:
    r"""Return a text in which what no page may contain is replaced by a sign.

    Line breaks become spaces; control characters, lone surrogates and code points without a
    character become ``�``. Marks of direction and joiners stay: names are isolated from the text
    around them.

    Examples
    --------
    >>> visible("a\x00b\nc")
    'a�b c'
    """
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in "\n\r\t":
        return " "
    return "�" if unicodedata.category(char) in _UNSHOWN else char
