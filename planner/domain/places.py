"""Where in its file does a field stand that was found wrong only after the file was read?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from planner.errors import InputError

__all__ = ["nearest_place", "placed"]


@contextmanager
def placed(places: Mapping[str, str], otherwise: str = "") -> Iterator[None]:
    """Give mistakes found after a file was read the place of their field in it.

    Parameters
    ----------
    places : mapping of str to str
        Place of each field of the file, by its path.
    otherwise : str, default=""
        The place of fields that neither stand there nor belong to anything that does.
    """
    try:
        yield
    except InputError as error:
        raise type(error)(
            replace(problem, place=place)
            for problem in error.problems
            for place in (problem.place or nearest_place(problem.field, places) or otherwise,)
        ) from None


def nearest_place(field: str, places: Mapping[str, str]) -> str:
    """Return the place of a field, or of the nearest thing that contains it; empty if none is.

    Examples
    --------
    >>> nearest_place("projects[a].pilots[0].error", {"projects[a]": "p.yaml:3:5"})
    'p.yaml:3:5'
    """
    while field and field not in places:
        cut = max(field.rfind("."), field.rfind("["))
        field = field[: max(cut, 0)]
    return places.get(field, "")
