"""A change on the page changes what was asked for in the file, and nothing beside it."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.inputs.edits import as_yaml, put, without, written
from planner.inputs.starter import STARTER
from planner.inputs.yaml_source import read_yaml

EXAMPLES = Path(__file__).parents[3] / "examples"
TEXTS = [STARTER, (EXAMPLES / "01_retail_shelves" / "portfolio.yaml").read_text("utf-8")]
FEW = settings(max_examples=15)
COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")


def data_of(text: str) -> Any:
    return read_yaml(text, "p.yaml")[0].data


def places(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where every value stands, whole lists and mappings included."""
    parts = data.items() if isinstance(data, dict) else enumerate(data)
    found = []
    for step, value in parts:
        found.append((*here, step))
        if isinstance(value, dict | list):
            found += places(value, (*here, step))
    return found


def at(data: Any, location: tuple[Any, ...]) -> Any:
    for step in location:
        data = data[step]
    return data


@FEW
@given(st.data())
def test_a_value_is_set_and_no_other_moves(data: st.DataObject) -> None:
    """Reads back as asked; every line that does not hold the value is as it was."""
    text = data.draw(st.sampled_from(TEXTS))
    before = data_of(text)
    location = data.draw(st.sampled_from(places(before)))
    value = data.draw(st.sampled_from(["20k", "a: b, #", 7, 0.25, True, ["x", "y, z"], {"k": 1}]))
    after = put(text, location, value)
    wanted = deepcopy(before)
    at(wanted, location[:-1])[location[-1]] = value
    assert after.kept
    assert data_of(after.text) == wanted
    if not isinstance(at(before, location), dict | list):
        one = zip(text.splitlines(), after.text.splitlines(), strict=True)
        assert sum(old != new for old, new in one) <= 1
        assert COMMENT.findall(text) == COMMENT.findall(after.text.replace('"a: b, #"', "x"))


@FEW
@given(st.data())
def test_a_value_is_taken_out_and_no_other_moves(data: st.DataObject) -> None:
    """What is left reads as before without it, and lines are only lost, never changed."""
    text = data.draw(st.sampled_from(TEXTS))
    wanted = data_of(text)
    location = data.draw(st.sampled_from(places(wanted)))
    del at(wanted, location[:-1])[location[-1]]
    after = without(text, location)
    assert data_of(after.text) == wanted
    assert after.kept
    lost = len(text.splitlines()) - len(after.text.splitlines())
    assert lost >= 0


@FEW
@given(st.data())
def test_an_entry_is_added_at_the_end_of_a_list(data: st.DataObject) -> None:
    """A new project, rule or run follows those that are there; comments all stay."""
    text = data.draw(st.sampled_from(TEXTS))
    before = data_of(text)
    entry = {"id": "new one", "images": {"held": "2k", "price": 0.3}, "architectures": ["A, b"]}
    project = data.draw(st.integers(0, len(before["projects"]) - 1))
    location = data.draw(
        st.sampled_from(
            [
                ("projects", len(before["projects"])),
                ("rules", len(before.get("rules", []))),
                ("projects", project, "pilots", len(before["projects"][project].get("pilots", []))),
            ]
        )
    )
    after = put(text, location, entry)
    assert after.kept
    assert at(data_of(after.text), location) == entry
    assert COMMENT.findall(text) == COMMENT.findall(after.text)


def test_what_stands_beside_a_block_stays_when_the_block_is_replaced() -> None:
    """Counts on lines of their own become a line; the comment at their key is kept."""
    text = (
        "projects:\n  - id: a\n    class_counts:   # as met\n      ok: 9\n      bad: 1\n"
        "    value: 3\n"
    )
    after = put(text, ("projects", 0, "class_counts"), {"ok": 5, "bad": 5})
    assert after.text == (
        "projects:\n  - id: a\n    class_counts: {ok: 5, bad: 5}   # as met\n    value: 3\n"
    )


@pytest.mark.parametrize(
    ("text", "location", "value", "line"),
    [
        ("a: 1\nb:\n", ("b", "c"), "x", "b: {c: x}"),
        ("a: 1\n", ("p", "q"), 2, "p: {q: 2}"),
        ("a: []\n", ("a", 0), "x", "a: [x]"),
        ("a: {}\n", ("a", "b"), "x", "a: {b: x}"),
        ("a: {b: 1,}\n", ("a", "c"), 2, "a: {b: 1, c: 2}"),
        ("a: 'it''s'  # said\n", ("a",), "so", "a: so  # said"),
        ("a: |\n  long\n  text\nb: 1\n", ("a",), "short", "a: short"),
        ("a: 1", ("b",), "no newline", "b: no newline"),
    ],
)
def test_layouts_that_people_write_are_kept(
    text: str, location: tuple[Any, ...], value: object, line: str
) -> None:
    """Empty values, empty lists, trailing commas, quotes, blocks of text, no last line end."""
    after = put(text, location, value)
    assert after.kept
    assert line in after.text.splitlines()


def test_windows_line_ends_stay() -> None:
    """A file with them has no other after a field is added."""
    text = "version: 1\r\nportfolio:\r\n  name: x\r\nprojects: []\r\n"
    after = put(text, ("portfolio", "budget"), "5k")
    assert after.kept
    assert after.text.count("\n") == after.text.count("\r\n") == 5


def test_a_layout_that_is_not_foreseen_is_laid_out_anew_and_said() -> None:
    """The values are right all the same, and comments at the top stay."""
    text = "# mine\n? a\n: - - 1\n    - 2\n"
    after = without(text, ("a", 0, 0))
    assert not after.kept
    assert after.text.startswith("# mine\n")
    assert data_of(after.text) == {"a": [[2]]}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=12,
    )
)
def test_plain_data_on_one_line_reads_back_as_itself(value: object) -> None:
    """Whatever a name holds, it is that name again; a text that looks like a number stays text."""
    try:
        text = as_yaml(value).encode("utf-8").decode("utf-8")
    except UnicodeEncodeError:
        return
    assert data_of(f"a: {text}\n") == {"a": value}


@pytest.mark.parametrize("text", TEXTS)
def test_a_file_laid_out_anew_holds_the_same_values(text: str) -> None:
    """What a workbook or a TOML file says becomes a YAML file that says it."""
    assert data_of(written(data_of(text))) == data_of(text)
