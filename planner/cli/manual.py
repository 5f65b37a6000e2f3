"""The manual: what the help texts say, as records that a man page and a site are made from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer

from planner._version import __version__

EXIT_CODES = (
    ("0", "done"),
    ("1", "a bug"),
    ("2", "a command that cannot be read"),
    ("3", "bad input"),
    ("4", "no plan fits, or a condition does not hold"),
    ("5", "solver or sampler not converged"),
)


@dataclass(frozen=True)
class Entry:
    """An argument or an option.

    Attributes
    ----------
    names : str
        As typed, with what follows, such as ``-o, --output <path>``.
    text : str
        What it does; with its default and its environment variable.
    """

    names: str
    text: str


@dataclass(frozen=True)
class Page:
    """What is known of one command.

    Attributes
    ----------
    name : str
        As typed, ``planner plan``.
    usage : str
        What follows the name.
    gist : str
        One line.
    paragraphs : tuple of str
        What it does, in full.
    example : str
        To try; empty where none is given.
    entries : tuple of Entry
        Arguments and options, in their order.
    """

    name: str
    usage: str
    gist: str
    paragraphs: tuple[str, ...]
    example: str
    entries: tuple[Entry, ...]


def manual_pages(app: typer.Typer) -> tuple[Page, ...]:
    """Return a page for the program, then for each command, those within others included."""
    return tuple(_pages(typer.main.get_command(app), "planner", None))


def _pages(command: Any, word: str, parent: Any) -> Iterator[Page]:  # noqa: ANN401 - private to typer
    context = command.context_class(
        command, info_name=word, parent=parent, **command.context_settings
    )
    yield _page(command, context)
    for inner_word, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from _pages(inner, inner_word, context)


def _page(command: Any, context: Any) -> Page:  # noqa: ANN401 - private to typer
    name = context.command_path
    records = (each.get_help_record(context) for each in command.get_params(context))
    paragraphs = tuple(map(_flat, (command.help or "").split("\n\n")))
    return Page(
        name=name,
        usage=_flat(command.get_usage(context).removeprefix(f"Usage: {name}")),
        gist=_flat(command.short_help or paragraphs[0]),
        paragraphs=paragraphs,
        example=_flat(command.epilog or ""),
        entries=tuple(Entry(names, _flat(text)) for names, text in filter(None, records)),
    )


def _flat(text: str) -> str:
    """Return a text on one line."""
    return re.sub(r"\s+", " ", text).strip()


def man_page(pages: tuple[Page, ...]) -> str:
    """Return the manual as a man page, in the macros of man(7).

    Parameters
    ----------
    pages : tuple of Page
        From :func:`manual_pages`.
    """
    first, *others = pages
    lines = [
        f'.TH PLANNER 1 "" "planner {__version__}" "User Commands"',
        *(".SH NAME", f"planner \\- {_escaped(first.gist)}"),
        *(".SH SYNOPSIS", r".B planner", _escaped(first.usage)),
        *(".SH OPTIONS", *_entries(first)),
        ".SH COMMANDS",
    ]
    for page in others:
        lines += [".SS " + _escaped(page.name), f"{_escaped(f'{page.name} {page.usage}')}"]
        for paragraph in page.paragraphs:
            lines += [".PP", _escaped(paragraph)]
        lines += _entries(page)
        lines += [".PP", _escaped(page.example)] if page.example else []
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXIT_CODES:
        lines += [".TP", code, meaning]
    return "\n".join(lines) + "\n"


def _entries(page: Page) -> Iterator[str]:
    for entry in page.entries:
        yield from (".TP", rf"\fB{_escaped(entry.names)}\fR", _escaped(entry.text) or r"\&")


def _escaped(text: str) -> str:
    r"""Return a text that troff prints as it stands.

    Examples
    --------
    >>> print(_escaped("-o, C:\\x"))
    \-o, C:\ex
    """
    safe = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{safe}" if safe[:1] in {".", "'"} else safe
