"""Which fields of version 1 does this release understand but not yet support?

Delete a row of :data:`LATER` when its support arrives; nothing else need change here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from planner.inputs.document import Finding, Location

CODE = "UNSUPPORTED"


@dataclass(frozen=True)
class LaterField:
    """A field, or some values of it, that comes with a later release.

    Attributes
    ----------
    path : tuple of str
        Keys from the top of the file; ``*`` is every entry of a list.
    what : str
        What the user asked for, as the subject of a sentence.
    only : frozenset of str, optional
        Values that are not supported; None for all that are not empty.
    plural : bool
        Whether ``what`` is more than one thing.
    """

    path: tuple[str, ...]
    what: str
    only: frozenset[str] | None = None
    plural: bool = False


LATER: tuple[LaterField, ...] = ()
"""Nothing of version 1 at present."""


def unsupported(
    data: object,
    later: tuple[LaterField, ...] | None = None,
    *,
    flag_of: Callable[[Location], str | None] = lambda _: None,
) -> list[Finding]:
    """Return a finding for each field of the file that comes with a later release.

    Parameters
    ----------
    data : object
        Of the file, with the values of flags in place.
    later : tuple of LaterField
        What is not supported yet; :data:`LATER` by default.
    flag_of : callable
        Returns the flag that a value came from, None if it stands in the file.
    """
    return [
        Finding(location, _message(row, flag_of(location)), code=CODE, at_key=row.only is None)
        for row in (LATER if later is None else later)
        for location, value in _matches(data, row.path, ())
        if _is_asked(value, row.only)
    ]


def _message(row: LaterField, flag: str | None) -> str:
    verbs = ("are", "come") if row.plural else ("is", "comes")
    cure = f"leave out {flag}" if flag else "take it out of the file"
    return (
        f"{row.what} {verbs[0]} understood, but {verbs[1]} with a later release. "
        f"Nothing is ignored: {cure} to go on without it."
    )


def _is_asked(value: object, only: frozenset[str] | None) -> bool:
    if only is not None:
        return isinstance(value, str) and value in only
    return value is not None and value not in ([], {})


def _matches(
    value: object, path: tuple[str, ...], location: Location
) -> Iterator[tuple[Location, object]]:
    """Yield every place and value that a path stands for."""
    if not path:
        yield location, value
    elif path[0] == "*":
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            yield from _matches(entry, path[1:], (*location, index))
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _matches(value[path[0]], path[1:], (*location, path[0]))
