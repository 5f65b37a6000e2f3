"""Did you mean …? Which known names may be meant by one that is unknown.

A suggestion keeps the meaning: ``target_map`` is another measure than ``target_iou`` although most
letters agree, and an H100 is no misspelt V100. So names are compared word by word, digits must
agree, and names that begin with what was written come first, all of them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from planner.domain.model.architecture import match_key

__all__ = ["did_you_mean", "either", "named_alike", "one_meant"]

_LONGEST = 100  # characters; the comparison is quadratic in length
_MOST_ALIKE = 3
_MOST_COMPARED = 12
_MOST_NAMED = 6
_FEW = 4
_ALIKE = 0.6
_WORDS = re.compile(r"[^\s_\-.,;:()\[\]/]+")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the known names that ``name`` may mean, joined by "or"; empty if none is near.

    Case and separators do not count. Several are named only where all begin with ``name``, hold all
    of its words, or differ from it in digits alone.

    Examples
    --------
    >>> did_you_mean("hedl", ["held", "limit"]), did_you_mean("Net-Value", ["net_value"])
    ('held', 'net_value')
    >>> (
    ...     did_you_mean("target_map", ["target_iou"]),
    ...     did_you_mean("share", ["max_share", "min_share"]),
    ... )
    ('', 'max_share or min_share')
    """
    return " or ".join(_meant(name, dict.fromkeys(known)))


def one_meant(name: str, known: Iterable[str]) -> str:
    """Return the one known name that ``name`` may mean; empty if there is none, or more than one.

    Examples
    --------
    >>> one_meant("hedl", ["held", "limit"]), one_meant("share", ["max_share", "min_share"])
    ('held', '')
    """
    found = _meant(name, dict.fromkeys(known))
    return found[0] if len(found) == 1 else ""


def either(names: Sequence[str]) -> str:
    """Return names as a fix: all of a few, the first of many.

    Examples
    --------
    >>> either(["a", "b"]), either("abcde")
    ('a or b', 'a, or another of those')
    """
    return " or ".join(names) if len(names) <= _FEW else f"{names[0]}, or another of those"


def named_alike(name: str, known: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of things that ``name`` may mean, and others that are like it.

    The first are those that begin with it; where none does, those whose words it holds, those that
    share its beginning, those that differ in digits alone, or those spelt alike.

    Examples
    --------
    >>> named_alike("H100", ["V100", "H100 PCIe", "H100 SXM"])
    (('H100 SXM', 'H100 PCIe'), ())
    >>> named_alike("Nvidia T4", ["L4", "T4"])
    (('T4',), ())
    """
    names = dict.fromkeys(known)
    if not match_key(name) or len(name) > _LONGEST:
        return (), ()
    holding = _holding(name, names)
    found = tuple(sorted(_beginning(name, names), key=len))
    if found:
        return found, tuple(item for item in holding if item not in found)
    steps: tuple[Callable[[str, Collection[str]], tuple[str, ...]], ...] = (
        lambda *_: holding,
        _held,
        _same_start,
        _same_letters,
        _spelt_alike,
    )
    return next((near for step in steps if (near := step(name, names))), ()), ()


def _meant(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the names of fields, words or ids that may be meant."""
    if not match_key(name) or len(name) > _LONGEST:
        return ()
    return (
        _beginning(name, known)
        or _holding(name, known)
        or _nearest(name, known)
        or _same_letters(name, known)
    )[:_MOST_NAMED]


def _beginning(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that begin with what was written; the very name, in other case, alone."""
    key = match_key(name)
    same = tuple(item for item in known if match_key(item) == key)
    return same or tuple(item for item in known if match_key(item).startswith(key))


def _holding(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that hold all words of what was written."""
    words = _words(name)
    return tuple(item for item in known if words and words <= _words(item))


def _held(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names whose words are all in what was written, those with most words."""
    words = _words(name)
    found = [item for item in known if _words(item) and _words(item) <= words]
    most = max((len(_words(item)) for item in found), default=0)
    return tuple(item for item in found if len(_words(item)) == most)


def _same_start(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the names that begin as what was written does, with as many words as possible."""
    words = _WORDS.findall(name)
    for count in range(len(words) - 1, 0, -1):
        start = " ".join(words[:count])
        if any(char.isdigit() for char in start):
            found = sorted(_beginning(start, known), key=len)
            if found:
                return tuple(found)
    return ()


def _same_letters(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that differ from what was written in their digits alone, nearest first."""
    from difflib import SequenceMatcher  # only an error needs it

    key = match_key(name)
    found = [item for item in known if _letters(key) and _letters(match_key(item)) == _letters(key)]
    return tuple(
        sorted(found, key=lambda item: -SequenceMatcher(None, key, match_key(item)).ratio())
    )


def _nearest(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the name spelt most alike; all where the words that tell them apart are missing."""
    found = _spelt_alike(name, known)
    count = len(_WORDS.findall(name))
    return found if all(len(_WORDS.findall(item)) > count for item in found) else found[:1]


def _spelt_alike(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return up to three names that differ by a slip of the pen, the nearest first."""
    from difflib import get_close_matches  # only an error needs it

    digits = _digits(name)
    by_key = {match_key(item): item for item in known if _digits(item) == digits}
    near = get_close_matches(match_key(name), by_key, n=_MOST_COMPARED, cutoff=_ALIKE)
    found = (by_key[key] for key in near)
    return tuple(item for item in found if _same_meaning(name, item))[:_MOST_ALIKE]


def _same_meaning(one: str, other: str) -> bool:
    """Tell a slip of the pen from another thing: every word is nearly the other's."""
    pairs = _pairs(_WORDS.findall(one.casefold()), _WORDS.findall(other.casefold()))
    return all(_near(_letters(left), _letters(right)) for left, right in pairs)


def _pairs(one: list[str], other: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the words that differ side by side; all of them as one where their numbers differ."""
    if len(one) != len(other):
        yield "".join(one), "".join(other)
        return
    yield from ((left, right) for left, right in zip(one, other, strict=True) if left != right)


def _near(one: str, other: str) -> bool:
    from difflib import SequenceMatcher  # only an error needs it

    return one == other or SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _words(name: str) -> set[str]:
    return set(_WORDS.findall(name.casefold()))


def _digits(text: str) -> list[str]:
    return re.findall(r"[0-9]+", text)


def _letters(text: str) -> str:
    return re.sub(r"[0-9]+", "", text)
