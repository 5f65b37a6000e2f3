"""Suggestions keep the meaning of what was written."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.domain.fields.declared import section_of
from planner.domain.model.architecture import match_key
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.suggest import did_you_mean, named_alike, one_meant
from planner.errors import InputError
from planner.reference.tables import load_catalogue

FIELDS = [key for kind in (Project, Portfolio, Compute) for key in section_of(kind).in_file]
ARCHITECTURES = [item.name for item in load_catalogue().architectures]


@given(st.sampled_from(ARCHITECTURES), st.integers(1, 30))
def test_names_that_begin_with_what_was_written_come_first_all_of_them(
    name: str, length: int
) -> None:
    """A family without its variant is answered with every variant."""
    start = name[: max(1, min(length, len(name) - 1))]
    key = match_key(start)
    assume(key and not any(match_key(item) == key for item in ARCHITECTURES))
    first, _ = named_alike(start, ARCHITECTURES)
    assert set(first) == {item for item in ARCHITECTURES if match_key(item).startswith(key)}


@given(st.sampled_from(FIELDS), st.data())
def test_one_slip_of_the_pen_in_a_long_name_is_mended(field: str, data: st.DataObject) -> None:
    """Two letters exchanged still mean the field."""
    assume(len(field) >= 6)
    at = data.draw(st.integers(1, len(field) - 2))
    slipped = field[:at] + field[at + 1] + field[at] + field[at + 2 :]
    assume("_" not in field[at : at + 2])
    assert did_you_mean(slipped, FIELDS) == field


@given(st.sampled_from(ARCHITECTURES), st.sampled_from(ARCHITECTURES))
def test_other_digits_are_no_slip_of_the_pen(one: str, other: str) -> None:
    """Names whose digits differ are offered only where nothing but digits differs, or one is part
    of the other.
    """
    assume(re.findall("[0-9]+", one) != re.findall("[0-9]+", other))
    if did_you_mean(one, [other]):
        keys = match_key(one), match_key(other)
        letters = {re.sub("[0-9]+", "", key) for key in keys}
        words = [set(re.findall(r"[^\s_\-.,;:()\[\]/]+", name.casefold())) for name in (one, other)]
        assert len(letters) == 1 or keys[1].startswith(keys[0]) or words[0] <= words[1]


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("H100", "H100 SXM or H100 PCIe"),
        ("A100", "A100 40GB or A100 80GB or A100 PCIe"),
        ("NVIDIA A100 80GB", "A100 80GB"),
        ("a100 40g", "A100 40GB"),
        ("V100 16GB", "V100"),
        ("H100 80GB", "H100 SXM or H100 PCIe"),
    ],
)
def test_an_accelerator_keeps_its_letter(written: str, fix: str) -> None:
    """An H100 is no misspelt V100; what cannot be priced is not offered."""
    with pytest.raises(InputError, match="did you mean") as caught:
        load_catalogue().accelerator(written)
    assert caught.value.problems[0].fix == fix


def test_an_architecture_named_without_its_weights_is_answered_with_them() -> None:
    """Those that begin with the name come first, others that hold it after them."""
    with pytest.raises(InputError, match=r"did you mean ViT-B/16 \(in21k\), .*DINOv3") as caught:
        load_catalogue().architecture("ViT-B/16")
    assert caught.value.problems[0].fix == "ViT-B/16 (in21k) or ViT-B/16 (scratch IN1k)"


def test_a_family_without_its_variant_lists_every_variant() -> None:
    """YOLOv5 alone names nothing that can be trained."""
    with pytest.raises(InputError, match="YOLOv5n, YOLOv5s, YOLOv5m, YOLOv5l, YOLOv5x") as caught:
        load_catalogue().architecture("YOLOv5")
    assert caught.value.problems[0].fix == "YOLOv5n, or another of those"


@pytest.mark.parametrize(
    "name", ["target_map", "target_recall", "target_f1", "go_share", "usd_per_mile"]
)
def test_another_meaning_is_no_spelling_mistake(name: str) -> None:
    """Letters that names have in common anyway say nothing."""
    assert did_you_mean(name, FIELDS) == ""


@pytest.mark.parametrize(
    ("written", "known", "meant"),
    [
        ("target", FIELDS, "target_accuracy or target_error or target_iou"),
        ("accuracy", FIELDS, "target_accuracy"),
        ("target_acc", FIELDS, "target_accuracy"),
        ("discount", FIELDS, "discount_rate"),
        ("shelf-gap", ["shelf-gaps", "shelf-count"], "shelf-gaps"),
        ("line-3", ["line-1", "line-2"], "line-1 or line-2"),
        ("x", [], ""),
        ("", ["a"], ""),
    ],
)
def test_what_is_meant(written: str, known: list[str], meant: str) -> None:
    """One name where one is near, several where none is nearer."""
    assert did_you_mean(written, known) == meant


def test_several_names_are_none_where_one_is_needed() -> None:
    """Where code goes on with the name, it goes on with one that is meant."""
    assert one_meant("target", FIELDS) == ""
    assert one_meant("basline", FIELDS) == "baseline"
