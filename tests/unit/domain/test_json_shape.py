"""Records to JSON and back: the schema says what is written, decode reads it again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.json_shape import decode, schema_of


class Word(StrEnum):
    """A closed list."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Part:
    """A part.

    Attributes
    ----------
    share : float
        In [0, 1].
    name : str or None
        Of the part.
    """

    share: float
    name: str | None = None


@dataclass(frozen=True)
class Whole:
    """A whole."""

    word: Word
    count: int
    parts: tuple[Part, ...]
    pair: tuple[float, str]
    by_name: Mapping[str, int]
    either: float | str | None
    best: Part | None = None
    flags: tuple[bool, ...] = field(default=())


PARTS = st.builds(Part, st.floats(0, 1), st.none() | st.text(max_size=5))
WHOLES = st.builds(
    Whole,
    st.sampled_from(Word),
    st.integers(-(10**12), 10**12),
    st.lists(PARTS, max_size=3).map(tuple),
    st.tuples(st.floats(-1e9, 1e9), st.text(max_size=5)),
    st.dictionaries(st.text(max_size=3), st.integers(-(2**63), 2**63), max_size=3),
    st.none() | st.floats(-1e9, 1e9) | st.text(max_size=5),
    st.none() | PARTS,
    st.lists(st.booleans(), max_size=2).map(tuple),
)


@given(WHOLES)
def test_what_is_written_is_read_back(whole: Whole) -> None:
    """decode undoes asdict and JSON, and the JSON is valid under the schema."""
    data = json.loads(json.dumps(asdict(whole)))
    jsonschema.validate(data, schema_of(Whole))
    assert decode(Whole, data) == (whole, ())


def test_every_misfit_is_named_with_its_path() -> None:
    """One pass finds all that does not fit, wherever it stands."""
    data = {
        "word": "perhaps",
        "count": 1.5,
        "parts": [{"share": 0.5}, {"share": "much"}, 3],
        "pair": [1.0],
        "by_name": {"a": True},
        "either": [],
    }
    value, misfits = decode(Whole, data)
    assert value is None
    assert [misfit.path for misfit in misfits] == [
        "word", "count", "parts[1].share", "parts[2]", "pair", "by_name.a", "either",
    ]  # fmt: skip


def test_a_missing_key_is_a_misfit_unless_it_has_a_default() -> None:
    """Keys a later release adds are passed over; keys it needs are asked for."""
    assert decode(Part, {"share": 1, "colour": "red"}) == (Part(1.0), ())
    _, misfits = decode(Part, {"name": "x"})
    assert [misfit.path for misfit in misfits] == ["share"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1e308, 1e101])
def test_numbers_are_finite(number: float) -> None:
    """Nothing that JSON cannot hold becomes part of a record, nor what is not finite as cents."""
    assert decode(Part, {"share": number})[0] is None


def test_a_schema_carries_the_documentation() -> None:
    """What a docstring says of an attribute explains the key."""
    properties = schema_of(Part)["properties"]
    assert properties["share"] == {"type": "number", "description": "In [0, 1]."}
