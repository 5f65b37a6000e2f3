"""Damaging files as people, programs and disks do: words, numbers, lines, bytes, structure."""

import copy
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

NUMBERS = (
    "1e308", "-1e308", "1e400", "5e-324", "-0.0", "0", "1", "-1", "2", "nan", "NaN", "inf",
    "-.inf", ".nan", "9" * 30, "9" * 400, "9" * 5000, "20.000", "1.234.567", "60.000,00 €",
    "60 000", "40'000", "20k EUR", "0.861 ± 0.012", "0x1F", "0o17", "1_000", "1_", "1e", "1e5",
    "1e15", "1e16", "٣", "½", "1,5", "1,200", "--5", "+5", "5.", ".5", "1..2", "2..1", "0..1",
    "1...2", "1e-300..1e300", "5e-324..1e308", "100%", "0%", "1%", "100.0000001%", "-5%",
    "1e308%", "%", "$1", "€1", "1000000001", "1000.0000000001", "0.9999999", "2147483648",
    "9223372036854775808", "true", "null", "~",
)  # fmt: skip
"""What may stand where a number should."""

TEXTS = (
    "", " ", "\t", "[/]", "[bold]", "[link=x]", ":smile:", "\\", "'", '"', '"""', "\u202e",
    "\u200b", "\x1b[31m", "\x00", "\x7f", "\ufeff", "\r", "\n", "\r\n", "\u2028", "😀", "é", "ﬁ",
    "a" * 301, "a" * 5000, "../../x", "%s%n", "{0}", "{{", "}}", "<b>", "&amp;", "<!--", "]]>",
    "=1+1", "@x", "-", "- ", "#", "# ", ":", ": ", "?", "|", ">", "!!str", "&a", "*a", "<<",
    "yes", "on", "NULL", "None", "2027-01-01", "H100", "ViT-B/16", "YOLOv5", "ResNet-50",
    "projects", "a", "b", "cvar", "frozen", "detection", "segmentation", "{}", "[]", "[", "{",
    "---", "...", "```", ",", ";", "\\u0000", "\\x",
)  # fmt: skip
"""What may stand where a text should."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, 1e308, -1e308, 10**400, 5e-324, 2**63, "", "x", "a" * 400,
    [], {}, [[]], [None], {"": None}, [1, "a"], {"a": {"b": []}}, "[/]", "\u202e", "NaN",
    "1e999",
)  # fmt: skip
"""What may stand where any value of JSON should."""

_ENCODINGS = ("utf-16", "utf-32", "latin-1", "cp1252", "utf-7", "utf-8-sig", "cp437")
_NUMBER = re.compile(r"[-+]?\d[\d.,_]*(?:e[-+]?\d+)?%?k?", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;:\[\]{}()<>=\"']+")


def damaged_text(rng: Random, text: str, others: Sequence[str] = ()) -> str:
    """Return a text with one to four damages, some of them taken from other texts."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        text = rng.choice(_TEXT_DAMAGES)(rng, text)
        if others and rng.random() < 0.05:
            text = _spliced(rng, text, rng.choice(others))
    return text


def damaged_bytes(rng: Random, content: bytes) -> bytes:
    """Return bytes with one to four damages."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        content = rng.choice(_BYTE_DAMAGES)(rng, content)
    return content


def damaged_file(rng: Random, text: str, others: Sequence[str] = ()) -> bytes:
    """Return the bytes of a text that was damaged as text, as bytes, or by an editor."""
    if rng.random() < 0.85:
        text = damaged_text(rng, text, others)
    kind = rng.random()
    if kind < 0.08:
        return damaged_bytes(rng, text.encode("utf-8", "surrogatepass"))
    if kind < 0.12:
        ends = rng.choice(("\r", "\r\n", "\n\r", "\u2028", "\n\n"))
        return text.replace("\n", ends).encode("utf-8", "surrogatepass")
    if kind < 0.15:
        encoding = rng.choice(
            ("utf-16", "utf-32", "latin-1", "cp1252", "utf-7", "utf-8-sig", "cp437")
        )
        return text.encode(encoding, "replace")
    return text.encode("utf-8", "surrogatepass")


def damaged_value(rng: Random, data: Any) -> Any:
    """Return plain data of JSON with one to three values, keys or entries changed."""
    data = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(data))
        if not places:
            return rng.choice(VALUES)
        holder, key = rng.choice(places)
        rng.choice(_VALUE_DAMAGES)(rng, holder, key)
    return data


def _number_replaced(rng: Random, text: str) -> str:
    return _replaced(rng, text, _NUMBER, rng.choice(NUMBERS))


def _word_replaced(rng: Random, text: str) -> str:
    found = _WORD.findall(text)
    other = rng.choice(found) if found and rng.random() < 0.5 else rng.choice(TEXTS)
    return _replaced(rng, text, _WORD, other)


def _replaced(rng: Random, text: str, pattern: re.Pattern[str], new: str) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text + new
    match = rng.choice(found)
    return text[: match.start()] + new + text[match.end() :]


def _misspelt(rng: Random, text: str) -> str:
    found = list(_WORD.finditer(text))
    if not found:
        return text
    match = rng.choice(found)
    word = match[0]
    at = rng.randrange(len(word))
    slip = rng.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[::-1]))
    return text[: match.start()] + slip + text[match.end() :]


def _inserted(rng: Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(TEXTS + NUMBERS) + text[at:]


def _cut(rng: Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    end = min(len(text), at + rng.choice((1, 1, 2, 5, 20, 200)))
    return text[:at] + text[end:]


def _ended(rng: Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _repeated(rng: Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    end = min(len(text), start + rng.choice((1, 5, 40, 200)))
    return text[:end] + text[start:end] * rng.choice((1, 1, 2, 50)) + text[end:]


def _line_changed(rng: Random, text: str) -> str:
    lines = text.split("\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = rng.choice(("  ", "\t", " ", "    ")) + lines[at]
        case _:
            lines[at] = lines[at].lstrip()
    return "\n".join(lines)


def _spliced(rng: Random, text: str, other: str) -> str:
    return text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]


_TEXT_DAMAGES: tuple[Callable[[Random, str], str], ...] = (
    _number_replaced,
    _number_replaced,
    _number_replaced,
    _word_replaced,
    _word_replaced,
    _word_replaced,
    _misspelt,
    _inserted,
    _cut,
    _ended,
    _repeated,
    _line_changed,
    _line_changed,
)


def _bits_flipped(rng: Random, content: bytes) -> bytes:
    if not content:
        return b"\0"
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _bytes_set(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    new = bytes(
        rng.choice((0, 255, 127, 128, rng.randrange(256))) for _ in range(rng.choice((1, 4)))
    )
    return content[:at] + new + content[at + len(new) :]


def _bytes_inserted(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.randbytes(rng.choice((1, 2, 8))) + content[at:]


def _bytes_cut(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[at + rng.choice((1, 2, 16, 500)) :]


def _bytes_ended(rng: Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _bytes_repeated(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[at : at + 64] * rng.choice((2, 20)) + content[at:]


_BYTE_DAMAGES = (
    _bits_flipped,
    _bits_flipped,
    _bytes_set,
    _bytes_set,
    _bytes_inserted,
    _bytes_cut,
    _bytes_ended,
    _bytes_repeated,
)


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Return every value of plain data as its holder and its key or position in it."""
    found: list[tuple[Any, Any]] = []
    waiting = [data]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found


def _set(rng: Random, holder: Any, key: Any) -> None:
    holder[key] = copy.deepcopy(rng.choice(VALUES))


def _scaled(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        factor = rng.choice((-1, 0, 0.5, 2, 1e6, 1e-9, 1e300))
        holder[key] = holder[key] * factor if abs(holder[key]) < 1e300 else 0
    else:
        _set(rng, holder, key)


def _deleted(_rng: Random, holder: Any, key: Any) -> None:
    del holder[key]


def _doubled(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[rng.choice(TEXTS)] = copy.deepcopy(holder[key])


def _renamed(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice((str(key) + "s", str(key)[1:], rng.choice(TEXTS)))] = holder.pop(key)
    else:
        holder.reverse()


def _wrapped(rng: Random, holder: Any, key: Any) -> None:
    holder[key] = rng.choice(([holder[key]], {"x": holder[key]}, str(holder[key])))


_VALUE_DAMAGES: tuple[Callable[[Random, Any, Any], None], ...] = (
    _set,
    _set,
    _set,
    _scaled,
    _scaled,
    _deleted,
    _doubled,
    _renamed,
    _wrapped,
)
