"""A portfolio file, YAML, TOML or xlsx, to a Portfolio; or every mistake in it at once."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from planner._journal import note
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Warning_
from planner.domain.words.warnings.files import BUDGET_MISSING
from planner.errors import InputError, Problem, UnsupportedError
from planner.inputs.document import Document, Finding, Location
from planner.inputs.fields import support
from planner.inputs.fields.cross_checks import cross_findings
from planner.inputs.fields.read import read_portfolio_data
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.toml_source import read_toml
from planner.inputs.xlsx.open import other_format
from planner.inputs.xlsx.source import read_xlsx
from planner.inputs.yaml_source import read_yaml
from planner.reference.own_architectures import with_named
from planner.reference.tables import load_catalogue
from planner.reference.text_file import MAX_TEXT_BYTES, decode, read_bytes

__all__ = ["check_portfolio", "parse_portfolio", "read_portfolio"]

MAX_PROJECTS = 50_000

_ARCHITECTURE_FIELDS = {"architecture", "architectures", "accelerator"}
_COUNTS = (("class_counts",), ("baseline",))
_READERS = {".yaml": read_yaml, ".yml": read_yaml, ".toml": read_toml}
_WORKBOOK = ".xlsx"
_ENDINGS = (*_READERS, _WORKBOOK)


def read_portfolio(
    path: str | os.PathLike[str], *, overrides: Mapping[str, object] | None = None
) -> Portfolio:
    """Return the portfolio that a file describes.

    Parameters
    ----------
    path : path
        A ``.yaml``, ``.yml`` or ``.toml`` file, version 1, or the ``.xlsx`` form filled in.
    overrides : mapping of str to object, optional
        Values that replace those of the file, by dotted path of the field, such as
        ``{"portfolio.budget": "50k"}``; they are checked like the file's, and messages show the
        command-line flag as their place. None leaves the file's value.

    Returns
    -------
    Portfolio
        With ``places`` and ``given`` by field path, and ``inputs_sha256`` of the file's bytes,
        followed by the overrides as JSON with sorted keys if there are any.

    Raises
    ------
    InputError
        The file cannot be used; names every mistake found, in the order of the file.
    UnsupportedError
        Nothing is wrong, but fields are used that come with a later release.
    """
    content = portfolio_bytes(path)
    portfolio = parse_portfolio(content, os.fspath(path), overrides=overrides)
    note(
        "portfolio read",
        file=os.fspath(path),
        sha256=portfolio.inputs_sha256,
        projects=len(portfolio.projects),
    )
    return portfolio


def portfolio_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a portfolio file.

    Raises
    ------
    InputError
        Its name is not one of a portfolio file, or it cannot be read.
    """
    file = Path(path)
    name = os.fspath(path)
    if file.suffix.lower() not in _ENDINGS and not file.is_dir():
        usual = f"a portfolio file ends in {', '.join(_ENDINGS)}; got {file.suffix or 'no ending'}."
        message, fix = other_format(file.suffix) or (usual, "")
        raise InputError([Problem("", message, fix, str(name), "FILE")])
    return read_bytes(file)


def check_portfolio(path: str | os.PathLike[str]) -> tuple[Warning_, ...]:
    """Return the warnings about a portfolio file that can be used.

    Parameters
    ----------
    path : path
        As for :func:`read_portfolio`.

    Returns
    -------
    tuple of Warning_
        ``BUDGET_MISSING`` if a plan will need the flag for it, then those of
        :func:`planner.inputs.portfolio_warnings.portfolio_warnings`.

    Raises
    ------
    InputError
        The file cannot be used; names every mistake found.
    """
    portfolio = read_portfolio(path)
    if portfolio.spend_limit is not None:
        return portfolio_warnings(portfolio)
    missing = Warning_("BUDGET_MISSING", None, "portfolio.budget", BUDGET_MISSING)
    return (missing, *portfolio_warnings(portfolio))


def parse_portfolio(
    content: bytes, name: str, *, overrides: Mapping[str, object] | None = None
) -> Portfolio:
    """Return the portfolio of a file's bytes; ``name`` tells its format and stands in messages.

    Parameters, result and errors are otherwise those of :func:`read_portfolio`.
    """
    return parse_with_document(content, name, overrides=overrides)[0]


def parse_with_document(
    content: bytes, name: str, *, overrides: Mapping[str, object] | None = None
) -> tuple[Portfolio, Document]:
    """Return the portfolio of a file's bytes, and the values it was made from.

    Parameters and errors are those of :func:`parse_portfolio`.
    """
    given = {path: value for path, value in (overrides or {}).items() if value is not None}
    document, found = _read(content, name)
    document = _overridden(document, given)
    _require_mapping(document)
    _require_few(document)
    portfolio, mistakes, more = _validated(document)
    problems = document.first_problems([*found, *_independent(mistakes, found, document)], more)
    if problems or portfolio is None:
        only_unsupported = all(problem.code in (support.CODE, "MORE") for problem in problems)
        raise UnsupportedError(problems) if only_unsupported else InputError(problems)
    places = document.places()
    placed = replace(
        portfolio,
        inputs_sha256=_sha256(content, given),
        places=MappingProxyType(places),
        given=frozenset(places),
    )
    return placed, document


def _read(content: bytes, name: str) -> tuple[Document, list[Finding]]:
    ending = Path(name).suffix.lower()
    if ending == _WORKBOOK:
        return read_xlsx(content, name)
    if len(content) > MAX_TEXT_BYTES:
        message = f"has {len(content):,} bytes; a portfolio as text has at most {MAX_TEXT_BYTES:,}."
        raise InputError([Problem("", message, "", name, "FILE")])
    return _READERS[ending](decode(content, name), name)


def _validated(document: Document) -> tuple[Portfolio | None, list[Finding], int]:
    """Return the portfolio, or None and what is wrong; unsupported fields are found either way.

    Of very many mistakes the first are found, the rest counted.
    """
    catalogue = with_named(load_catalogue(), document.data)
    across = cross_findings(document, catalogue)
    later = support.unsupported(document.data, flag_of=document.flag)
    portfolio, reading = read_portfolio_data(document, catalogue)
    if reading.found or reading.unlisted:
        return None, [*_once_each(reading.found, across), *later], reading.unlisted
    if across or later or document.unreadable:
        return None, [*across, *later], 0
    return portfolio, [], 0


def _once_each(wrong: list[Finding], across: list[Finding]) -> list[Finding]:
    """Return findings of the schema and across it, with one for a value that is empty.

    Of an unknown field, that it is unknown; of any other, that it is empty rather than that nothing
    is of the wrong type.
    """
    unknown = {item.location for item in wrong if item.code == "UNKNOWN_FIELD"}
    empty = {item.location for item in across if item.code == "MISSING"} - unknown
    return [
        *(item for item in wrong if item.location not in empty),
        *(item for item in across if item.code != "MISSING" or item.location not in unknown),
    ]


def _independent(
    mistakes: list[Finding], found: list[Finding], document: Document
) -> Iterator[Finding]:
    """Yield mistakes that do not merely follow from what could not be read.

    A merged mapping lacks fields that were written elsewhere, so none of them is missing, and an id
    among them is not unknown. A class given twice leaves one class where two were meant.
    """
    doubled = {item.location[:-1] for item in found if item.code == "DUPLICATE_KEY"}
    lost_ids = any(
        location[:1] == ("projects",) and (len(location) <= 2 or location[2] in ("<<", "?", "id"))
        for location in document.unreadable
    )
    for item in mistakes:
        here, around = item.location, item.location[:-1]
        is_project = item.code == "UNKNOWN_NAME" and not _ARCHITECTURE_FIELDS & set(here)
        if item.code == "MISSING" and any(map(document.is_incomplete, (here, around))):
            continue
        if (is_project and lost_ids) or (here in doubled and here[-1:] in _COUNTS):
            continue
        yield item


def _overridden(document: Document, overrides: Mapping[str, object]) -> Document:
    for path, value in overrides.items():
        location: Location = tuple(path.split("."))
        flag = "--" + path.split(".")[min(1, len(location) - 1)].replace("_", "-")
        document = document.with_override(location, value, flag)
    return document


def _require_mapping(document: Document) -> None:
    """Refuse a file whose content is not the mapping everything else is checked in."""
    if isinstance(document.data, dict):
        return
    message = (
        "the file is empty."
        if document.data is None
        else "the file does not begin with fields such as version, portfolio and projects."
    )
    fix = "planner init -o portfolio.yaml writes a file to start from"
    raise InputError([Problem("", message, fix, document.place(()), "EMPTY")])


def _require_few(document: Document) -> None:
    """Refuse more projects than can be compared with each other."""
    projects = document.data.get("projects") if isinstance(document.data, dict) else None
    if isinstance(projects, list) and len(projects) > MAX_PROJECTS:
        message = f"{len(projects):,} projects; at most {MAX_PROJECTS:,} are read from one file."
        raise InputError([Problem("projects", message, "", document.place(("projects",)))])


def _sha256(content: bytes, overrides: Mapping[str, object]) -> str:
    digest = hashlib.sha256(content)
    if overrides:
        digest.update(b"\0" + json.dumps(overrides, sort_keys=True, default=str).encode())
    return digest.hexdigest()
