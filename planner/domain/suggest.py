"""Did you mean …? The known name nearest to a misspelt one."""

from collections.abc import Iterable

_LONGEST = 100  # characters; the comparison is quadratic in length


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the known name nearest to ``name``, ignoring case and separators; empty if none is.

    Examples
    --------
    >>> did_you_mean("hedl", ["held", "limit"]), did_you_mean("Net-Value", ["net_value"])
    ('held', 'net_value')
    """
    from difflib import get_close_matches  # only an error needs it

    if len(name) > _LONGEST:
        return ""
    by_key = {_key(candidate): candidate for candidate in known}
    nearest = get_close_matches(_key(name), by_key, n=1, cutoff=0.6)
    return by_key[nearest[0]] if nearest else ""


def _key(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
