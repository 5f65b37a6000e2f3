"""Change one value of a portfolio file, YAML, while everything else in it stays as it is.

The text is not dumped anew. The parser says where a value, its key and its neighbours stand, and
that span alone is replaced, so every comment, quote and blank line keeps the form its author gave
it. What comes out is read again to prove that the change asked for, and nothing else, was made;
where a layout does not allow that, the values are written out afresh and the caller is told.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from planner.domain.fields.finding import Location
from planner.errors import InputError
from planner.inputs.yaml_source import read_yaml, resolve_plain

__all__ = ["Edited", "as_yaml", "put", "without", "written"]

_PLAIN = re.compile(r"[A-Za-z0-9.$€£+][\w.$€£%+/-]*(?: [\w.$€£%+/-]+)*")
_NEGATIVE = re.compile(r"-[0-9.][0-9.kKmM%]*")
_INDENT = 2
_FLAT = 88  # characters of a list or mapping that stands on one line


@dataclass(frozen=True)
class Edited:
    """A text after a change.

    Attributes
    ----------
    text : str
        Reads as the values asked for.
    kept : bool
        Whether every other byte is as it was; else the file was laid out anew.
    """

    text: str
    kept: bool = True


def put(text: str, location: Location, value: object) -> Edited:
    """Return a file with one value set; a list grows by an entry where the number is its length.

    Parameters
    ----------
    text : str
        Of the file; parses as YAML.
    location : tuple of str and int
        Of the value; mappings on the way to it that are missing are made.
    value : object
        Plain data.
    """
    return _proven(text, _with(_data(text), location, value), lambda: _put(text, location, value))


def without(text: str, location: Location) -> Edited:
    """Return a file without one value, or one entry of a list; as it is where there is none."""
    data = _data(text)
    if _at(data, location) is _NOTHING:
        return Edited(text)
    return _proven(text, _less(data, location), lambda: _cut(text, location))


def written(data: Mapping[str, Any]) -> str:
    """Return a file with these values, laid out as a person would: a line to a field.

    Examples
    --------
    >>> print(written({"version": 1, "projects": [{"id": "a", "images": {"held": "2k"}}]}), end="")
    version: 1
    projects:
      - id: a
        images: {held: 2k}
    """
    lines: list[str] = []
    for key, value in data.items():
        lines += _block(key, value, "")
    return "\n".join(lines) + "\n"


def as_yaml(value: object) -> str:
    """Return plain data on one line, quoted no more than needed.

    Examples
    --------
    >>> as_yaml({"held": "20k", "price": "0.30..0.45", "note": "a, b"}), as_yaml("7")
    ('{held: 20k, price: 0.30..0.45, note: "a, b"}', '"7"')
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_yaml(str(k))}: {as_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value}".replace("inf", ".inf").replace("nan", ".nan")
    return json.dumps(value)


def _quoted(text: str) -> str:
    """Return a text in double quotes; what YAML takes for no character is escaped."""
    return json.dumps(text, ensure_ascii=not text.isprintable()).replace("\x7f", "\\x7f")


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) and not _NEGATIVE.fullmatch(text):
        return False
    return resolve_plain(text) == text


# values


class _Nothing:
    """There is no such value."""


_NOTHING = _Nothing()


@lru_cache(maxsize=8)
def _data(text: str) -> Any:  # noqa: ANN401 - plain data of any kind; never changed
    return read_yaml(text, "portfolio.yaml")[0].data


def _at(data: Any, location: Location) -> Any:  # noqa: ANN401
    for step in location:
        in_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if in_list or (isinstance(data, dict) and step in data):
            data = data[step]
        else:
            return _NOTHING
    return data


def _with(data: Any, location: Location, value: object) -> Any:  # noqa: ANN401
    """Return data with a value set; what stands in the way of a mapping gives way to one."""
    if not location:
        return deepcopy(value)
    head, rest = location[0], location[1:]
    if isinstance(head, int):
        entries = list(data) if isinstance(data, list) else []
        inner = entries[head] if head < len(entries) else None
        entries[head : head + 1] = [_with(inner, rest, value)]
        return entries
    fields = dict(data) if isinstance(data, dict) else {}
    return {**fields, head: _with(fields.get(head), rest, value)}


def _less(data: Any, location: Location) -> Any:  # noqa: ANN401
    head, rest = location[0], location[1:]
    if isinstance(head, int):
        inner = [_less(data[head], rest)] if rest else []
        return [*data[:head], *inner, *data[head + 1 :]]
    if rest:
        return {**data, head: _less(data[head], rest)}
    return {key: value for key, value in data.items() if key != head}


def _proven(text: str, wanted: Any, edit: Any) -> Edited:  # noqa: ANN401
    """Return the edited text if it reads as the values wanted, else those values laid out anew."""
    try:
        after = edit()
        if after is not None and _data(after) == wanted:
            return Edited(after)
    except (InputError, YAMLError, IndexError, AttributeError, ValueError):
        pass  # a layout that is not foreseen; what is wanted is known all the same
    return Edited(_head(text) + written(wanted), kept=False)


def _head(text: str) -> str:
    """Return the comments with which a file begins."""
    found = re.match(r"(?:[ \t]*(?:#[^\n]*)?\n)*", text)
    return found[0] if found else ""


# layout


def _block(key: str, value: object, pad: str) -> list[str]:
    """Return a field of a mapping as lines."""
    name = f"{pad}{as_yaml(str(key))}:"
    flat = f"{name} {as_yaml(value)}"
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return [name, *(line for item in value for line in _entry(item, pad + " " * _INDENT))]
    if isinstance(value, Mapping) and value and (len(flat) > _FLAT or (not pad)):
        lines = [name]
        for inner, part in value.items():
            lines += _block(inner, part, pad + " " * _INDENT)
        return lines
    return [flat]


def _entry(item: Mapping[str, Any], pad: str) -> list[str]:
    """Return an entry of a list as lines; a short one without lists of entries on one."""
    flat = f"{pad}- {as_yaml(item)}"
    if item and ("id" not in item or not pad) and len(flat) <= _FLAT:
        return [flat]
    inner = pad + " " * _INDENT
    lines = [line for key, value in item.items() for line in _block(key, value, inner)]
    return [f"{pad}- {lines[0][len(inner) :]}", *lines[1:]] if lines else [f"{pad}- {{}}"]


# text


def _root(text: str) -> Any:  # noqa: ANN401 - nodes carry no usable types
    return YAML(typ="safe", pure=True).compose(text)


def _is_mapping(node: Any) -> bool:  # noqa: ANN401
    return isinstance(node.value, list) and str(node.tag).endswith(":map")


def _child(node: Any, step: str | int) -> Any:  # noqa: ANN401
    """Return the node of a part of a node; None if there is none."""
    if isinstance(step, int):
        return node.value[step] if isinstance(node.value, list) and step < len(node.value) else None
    pairs = node.value if _is_mapping(node) else []
    return next((value for key, value in pairs if key.value == step), None)


def _key(node: Any, step: str | int) -> Any:  # noqa: ANN401
    """Return the node of the key of a part of a node; None for an entry of a list."""
    pairs = node.value if _is_mapping(node) else []
    return next((key for key, _ in pairs if key.value == step), None)


def _put(text: str, location: Location, value: object) -> str | None:
    node, depth, key = _root(text), 0, None
    while depth < len(location):
        inner = _child(node, location[depth])
        if inner is None:
            break
        key = _key(node, location[depth])
        node, depth = inner, depth + 1
    if depth == len(location):
        return _replaced(text, node, value, key)
    for step in reversed(location[depth + 1 :]):
        value = {step: value} if isinstance(step, str) else [value]
    step = location[depth]
    if isinstance(step, int):
        is_list = isinstance(node.value, list) and not _is_mapping(node)
        return _appended(text, node, value) if is_list else _replaced(text, node, [value], key)
    if not _is_mapping(node):
        return _replaced(text, node, {step: value}, key)
    return _with_key(text, node, step, value)


def _replaced(text: str, node: Any, value: object, key: Any = None) -> str:  # noqa: ANN401
    start, end = node.start_mark.index, _end(node)
    if start == end and key is not None:  # nothing stands there yet
        colon = text.index(":", key.end_mark.index) + 1
        return f"{text[:colon]} {as_yaml(value)}{text[colon:]}"
    if isinstance(node.value, list) and not node.flow_style and key is not None:
        # a block begins on a line of its own; what is said beside its key stays there
        colon = text.index(":", key.end_mark.index) + 1
        beside = text[colon : text.index("\n", colon)]
        return f"{text[:colon]} {as_yaml(value)}{beside}{text[end:]}"
    if isinstance(node.value, str) and node.style in ("|", ">"):
        newline = "\n" if text[:end].endswith("\n") else ""
        return f"{text[:start]}{as_yaml(value)}{newline}{text[end:]}"
    return f"{text[:start]}{as_yaml(value)}{text[end:]}"


def _with_key(text: str, node: Any, key: str, value: object) -> str:  # noqa: ANN401
    """Return a text with one more field of a mapping."""
    said = f"{as_yaml(key)}: {as_yaml(value)}"
    if node.flow_style:
        return _into_flow(text, node, node.value[-1][1] if node.value else None, said)
    pad = " " * node.start_mark.column
    lines = _block(key, value, pad) if isinstance(value, list) else [f"{pad}{said}"]
    return _after_line(text, _end(node), lines)


def _appended(text: str, node: Any, value: object) -> str:  # noqa: ANN401
    """Return a text with one more entry of a list."""
    if node.flow_style:
        return _into_flow(text, node, node.value[-1] if node.value else None, as_yaml(value))
    pad = " " * node.start_mark.column
    lines = _entry(value, pad) if isinstance(value, Mapping) else [f"{pad}- {as_yaml(value)}"]
    return _after_line(text, _end(node), lines)


def _into_flow(text: str, node: Any, last: Any, said: str) -> str:  # noqa: ANN401
    closing = node.end_mark.index - 1
    if last is None:
        return text[:closing] + said + text[closing:]
    end = _end(last)
    trailing = re.compile(r"(?:\s|#[^\n]*)*,").match(text, end, closing)
    if trailing:
        return f"{text[: trailing.end()]} {said}{text[trailing.end() :]}"
    return f"{text[:end]}, {said}{text[end:]}"


def _cut(text: str, location: Location) -> str | None:
    parent = _root(text)
    for step in location[:-1]:
        parent = _child(parent, step)
    step = location[-1]
    if _is_mapping(parent):
        at = [key.value for key, _ in parent.value].index(step)
        spans = [(key.start_mark.index, _end(value)) for key, value in parent.value]
    else:
        at = int(step)
        spans = [(entry.start_mark.index, _end(entry)) for entry in parent.value]
    if len(spans) == 1:
        return _put(text, location[:-1], {} if _is_mapping(parent) else [])
    if parent.flow_style:
        return _cut_flow(text, spans, at)
    return _cut_lines(text, spans, at, is_list=not _is_mapping(parent))


def _cut_flow(text: str, spans: Sequence[tuple[int, int]], at: int) -> str:
    if at + 1 < len(spans):
        return text[: spans[at][0]] + text[spans[at + 1][0] :]
    return text[: spans[at - 1][1]] + text[spans[at][1] :]


def _cut_lines(text: str, spans: Sequence[tuple[int, int]], at: int, *, is_list: bool) -> str:
    start, end = spans[at]
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():  # after a dash: the first field of an entry, or an entry
        if not is_list:
            return text[:start] + text[spans[at + 1][0] :]
        if text[line:start].strip() != "-":
            return text  # a list in a list; not foreseen
    after = text.find("\n", end - 1 if text[end - 1 : end] == "\n" else end)
    return text[:line] + (text[after + 1 :] if after >= 0 else "")


def _end(node: Any) -> int:  # noqa: ANN401
    """Return where the text of a node ends; a block's own mark lies beyond comments after it."""
    while node.value and not isinstance(node.value, str) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _after_line(text: str, index: int, lines: Sequence[str]) -> str:
    """Return a text with whole lines after the one in which ``index`` lies."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if index and text[index - 1] == "\n":
        return text[:index] + "".join(line + newline for line in lines) + text[index:]
    found = re.compile(r"\r?\n|$").search(text, index)
    at = found.start() if found else len(text)
    return text[:at] + "".join(newline + line for line in lines) + text[at:]
