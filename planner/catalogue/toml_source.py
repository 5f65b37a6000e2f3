"""TOML text as plain values with places.

``tomllib`` reads the values but keeps no positions, so a second, forgiving scan of the text, known
to be valid by then, finds where each key and value begins.
"""

import re
import tomllib

from planner.catalogue.document import Document, Finding, Location, Mark
from planner.errors import InputError, Problem

_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(text: str, name: str) -> tuple[Document, list[Finding]]:
    """Return the values of a TOML text; the list of findings is always empty.

    Raises
    ------
    InputError
        The text is not TOML, or nests too deeply.
    """
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_syntax_problem(str(error), text, name)]) from None
    except RecursionError:
        message = "lists and tables are nested too deeply."
        raise InputError([Problem("", message, place=name, code="SYNTAX")]) from None
    return Document(name, data, {(): (1, 1)}), []


def _syntax_problem(message: str, text: str, name: str) -> Problem:
    where = _WHERE.search(message)
    lines = text.split("\n")
    line, column = (len(lines), len(lines[-1]) + 1)
    if where and where[1]:
        line, column = int(where[1]), int(where[2])
    reason = _WHERE.sub("", message)
    return Problem(
        "", f"this is not TOML: {reason}.", place=f"{name}:{line}:{column}", code="SYNTAX"
    )
