"""Damaging workbooks: in their cells, in the XML of their parts, and in the zip archive itself."""

import io
import zipfile
from collections.abc import Callable
from random import Random

from tests.fuzz.mutating import NUMBERS, TEXTS, damaged_bytes, damaged_text

type Parts = dict[str, bytes]

_ELEMENTS = ("<v>", "<t>", "<is>", "<f>")
_ATTRIBUTES = ('r="', 's="', 't="', 'ref="', 'Target="', 'Id="', 'name="')


def damaged_workbook(rng: Random, content: bytes) -> bytes:
    """Return a workbook with cells, parts or bytes damaged."""
    kind = rng.random()
    if kind < 0.1:
        return damaged_bytes(rng, content)
    parts = _parts(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(_DAMAGES)(rng, parts)
    return _packed(rng, parts)


def _parts(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(rng: Random, parts: Parts) -> bytes:
    packed = io.BytesIO()
    stored = rng.random() < 0.1
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(packed, "w", method, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _sheet(rng: Random, parts: Parts) -> str:
    sheets = [name for name in parts if "sheet" in name.lower()]
    return rng.choice(sheets or list(parts))


def _value_changed(rng: Random, parts: Parts) -> None:
    """Change what stands between two tags, or in an attribute, of a sheet or the texts."""
    name = rng.choice((_sheet(rng, parts), rng.choice(list(parts))))
    text = parts[name].decode("utf-8", "replace")
    mark = rng.choice(_ELEMENTS + _ATTRIBUTES)
    starts = [at + len(mark) for at in _all(text, mark)]
    if not starts:
        return
    start = rng.choice(starts)
    ends = [at for at in (text.find('"', start), text.find("<", start)) if at >= 0]
    end = min(ends, default=len(text))
    new = rng.choice((*NUMBERS, *TEXTS)).replace("<", "&lt;").replace('"', "&quot;")
    parts[name] = (text[:start] + new + text[end:]).encode("utf-8", "surrogatepass")


def _all(text: str, mark: str) -> list[int]:
    found, at = [], text.find(mark)
    while at >= 0:
        found.append(at)
        at = text.find(mark, at + 1)
    return found


def _xml_changed(rng: Random, parts: Parts) -> None:
    name = rng.choice((_sheet(rng, parts), rng.choice(list(parts))))
    text = damaged_text(rng, parts[name].decode("utf-8", "replace"))
    parts[name] = text.encode("utf-8", "surrogatepass")


def _element_repeated(rng: Random, parts: Parts) -> None:
    name = _sheet(rng, parts)
    text = parts[name].decode("utf-8", "replace")
    starts = _all(text, "<row") or _all(text, "<")
    start = rng.choice(starts)
    end = text.find("</row>", start)
    end = end + 6 if end >= 0 else text.find(">", start) + 1
    times = rng.choice((1, 2, 30))
    parts[name] = (text[:start] + text[start:end] * times + text[start:]).encode()


def _bytes_changed(rng: Random, parts: Parts) -> None:
    name = rng.choice(list(parts))
    parts[name] = damaged_bytes(rng, parts[name])


def _part_lost(rng: Random, parts: Parts) -> None:
    if len(parts) > 1:
        del parts[rng.choice(list(parts))]


def _part_renamed(rng: Random, parts: Parts) -> None:
    name = rng.choice(list(parts))
    new = rng.choice((name.upper(), name + "x", name.replace(".xml", ".bin"), "x/" + name, "x"))
    parts[new] = parts.pop(name)


def _parts_swapped(rng: Random, parts: Parts) -> None:
    one, other = rng.choice(list(parts)), rng.choice(list(parts))
    parts[one], parts[other] = parts[other], parts[one]


def _part_encoded(rng: Random, parts: Parts) -> None:
    name = rng.choice(list(parts))
    encoding = rng.choice(("utf-16", "latin-1", "utf-7", "utf-32"))
    parts[name] = parts[name].decode("utf-8", "replace").encode(encoding, "replace")


_DAMAGES: tuple[Callable[[Random, Parts], None], ...] = (
    _value_changed,
    _value_changed,
    _value_changed,
    _value_changed,
    _value_changed,
    _xml_changed,
    _xml_changed,
    _element_repeated,
    _bytes_changed,
    _part_lost,
    _part_renamed,
    _parts_swapped,
    _part_encoded,
)
