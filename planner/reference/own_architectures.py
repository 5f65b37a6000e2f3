"""The tables with the architectures that a portfolio states beside theirs."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from planner.domain.catalogue import Catalogue
from planner.domain.model.architecture import ANY_TASK, Architecture, match_key
from planner.domain.portfolio.architectures import OwnArchitecture
from planner.domain.portfolio.clashes import Fields, entries
from planner.domain.quantities import show
from planner.errors import InputError, Problem

__all__ = ["named_already", "with_named", "with_own"]


def with_own(catalogue: Catalogue, own: Iterable[OwnArchitecture]) -> Catalogue:
    """Return the tables with a portfolio's own architectures; the same object for the same rows.

    Raises
    ------
    InputError
        The tables have some of the names already; all of them.
    """
    rows = tuple(item.row for item in own)
    return _joined(catalogue, rows) if rows else catalogue


def with_named(catalogue: Catalogue, data: object) -> Catalogue:
    """Return the tables with the names that the plain values of a file state, right or wrong.

    So that a mistake in such a row is one mistake, and not one more wherever it is named.
    """
    new: dict[str, Architecture] = {}
    for _, fields in entries(data, "portfolio", "architectures"):
        name = fields.get("name")
        if isinstance(name, str) and name.strip() and catalogue.find_architecture(name) is None:
            new.setdefault(match_key(name), _named(name, fields))
    every = (*catalogue.architectures, *new.values())
    return replace(catalogue, architectures=every) if new else catalogue


def _named(name: str, fields: Fields) -> Architecture:
    """Return a row of which it is known what it states, not how much."""
    return Architecture(
        name,
        task=ANY_TASK,
        parameters=1 if "parameters" in fields else None,
        forward_gmacs=1.0 if "gmacs" in fields else None,
        stated=True,
    )


def named_already(name: str, found: Architecture) -> tuple[str, str]:
    """Say that the tables have an architecture of a name, and what to do."""
    known = "" if name == found.name else f" as {found.name}"
    message = f"the catalogue has {show(name)}{known} already; its own numbers hold."
    return message, f"name: my-{name}, or leave this entry out"


@lru_cache(maxsize=8)
def _joined(catalogue: Catalogue, rows: tuple[Architecture, ...]) -> Catalogue:
    known = [(row, catalogue.find_architecture(row.name)) for row in rows]
    clashes = [(row.name, found) for row, found in known if found is not None]
    if clashes:
        raise InputError(
            Problem(
                f"portfolio.architectures[{name}].name",
                *named_already(name, found),
                code="DUPLICATE_ID",
            )
            for name, found in clashes
        )
    return replace(catalogue, architectures=(*catalogue.architectures, *rows))
