"""Are these bytes text at all? Encoding and characters, before any syntax."""

import re

from planner.errors import InputError, Problem

__all__ = ["decode"]

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF16_TEXT = re.compile(rb"(?:[\t\n\r -~]\x00)+|(?:\x00[\t\n\r -~])+|(?:[\t\n\r -~]\x00{3})+")
_KINDS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x7fELF", "a program"),
    (b"%PDF", "a PDF document"),
)
"""What a file is by its first bytes."""
# What neither YAML nor TOML allows unescaped: control characters except tab and line ends, and
# halves of surrogate pairs, which Python's decoder has refused already.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def decode(content: bytes, name: str, *, fix: str = "") -> str:
    """Return the text of a file's bytes, without a byte-order mark.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        As the user named it.
    fix : str
        How to get a file of the right kind, for one that is no text.

    Raises
    ------
    InputError
        The bytes are not UTF-8, or hold control characters.
    """
    _refuse_other_formats(content, name, fix)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place(name, content[: error.start].decode("utf-8", errors="replace"))
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text; save the file as UTF-8."
        raise InputError([Problem("", message, place=place, code="ENCODING")]) from None
    problems = [
        Problem(
            "",
            f"control character U+{ord(match[0]):04X} is not allowed; delete it.",
            place=_place(name, text[: match.start()]),
            code="ENCODING",
        )
        for match in list(_CONTROL.finditer(text))[:10]
    ]
    if problems:
        raise InputError(problems)
    return text


def _refuse_other_formats(content: bytes, name: str, fix: str) -> None:
    """Refuse what the first bytes tell to be no UTF-8 text."""
    kind = next((words for mark, words in _KINDS if content.startswith(mark)), None)
    start = content[:64]
    if kind is not None:
        message = f"this is {kind}, not a text file."
    elif start.startswith(_UTF16_MARKS) or _UTF16_TEXT.fullmatch(start[: len(start) // 4 * 4]):
        message = "the file is UTF-16 or UTF-32 text; save it as UTF-8."
    elif b"\x00" in start:
        message = "this is not a text file: it holds binary data."
    else:
        return
    fix = "" if "UTF" in message else fix
    raise InputError([Problem("", message, fix, f"{name}:1:1", "ENCODING")])


def _place(name: str, before: str) -> str:
    """Return the place that follows a piece of text."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f"{name}:{len(lines)}:{len(lines[-1]) + 1}"
