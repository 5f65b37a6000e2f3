"""Projects built in Python."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError

GOOD: dict[str, Any] = {
    "id": "x",
    "classes": 10,
    "target_error": 0.05,
    "images": {"held": 0, "limit": 1e6, "price": 0.1},
}


def project(**changes: Any) -> Project:
    """Return a valid project with some fields changed; None takes a field away."""
    given = {**GOOD, **changes}
    return Project(**{name: value for name, value in given.items() if value is not None})


def test_documented_call_works() -> None:
    """The call of the Python interface gives records of the right types."""
    built = project(
        task="classification",
        pretrained=True,
        backbone="finetuned",
        pilots=[{"images": 1000, "error": 0.2}],
    )
    assert built.images == Images(limit=1_000_000, held=0, price=0.1)
    assert isinstance(built.images.limit, int)
    assert built.pilots == (Pilot(1000, 0.2),)
    assert (built.task, built.backbone) == (Task.CLASSIFICATION, Backbone.FINETUNED)
    assert built.relative_complexity == pytest.approx(1 / 3)


def test_numbers_may_be_written_as_in_a_file() -> None:
    """Text with suffixes, per cent and ranges is read in every field."""
    built = project(
        classes=None,
        class_counts={"a": "50k", "b": 1000},
        target_error=None,
        target_accuracy="94%",
        images={"held": "20k", "limit": "1.5M", "price": "0.3..0.4", "fixed_cost": "$1,200"},
        value="600k",
        min_chance="50%",
    )
    assert built.class_counts == {"a": 50_000, "b": 1_000}
    assert (built.error_target, built.value, built.min_chance) == (0.06, 600_000, 0.5)
    assert built.images == Images(1_500_000, 20_000, Range(0.3, 0.4), 1_200)
    assert project(target_error=None, target_accuracy=96.5).target_accuracy == 0.965


@given(st.floats(0.001, 0.999))
def test_every_way_to_say_a_target_is_the_same_error(accuracy: float) -> None:
    """Accuracy, error and IoU lead to one error target."""
    accuracy = round(accuracy, 6)
    error = round(1 - accuracy, 6)
    same = [
        project(target_error=None, target_accuracy=accuracy),
        project(target_error=error),
        project(target_error=None, target_iou=accuracy, task="segmentation"),
    ]
    assert [item.error_target for item in same] == pytest.approx([error] * 3, abs=1e-12)


def test_majority_guess() -> None:
    """Uniform classes, counts, a complexity alone and segmentation each have their own."""
    assert project().majority_guess_error == pytest.approx(0.9)
    counts = project(classes=None, class_counts={"ok": 50_000, "gap": 1_000})
    assert counts.majority_guess_error == pytest.approx(1000 / 51_000)
    assert counts.target_is_trivial
    assert project(task="segmentation").majority_guess_error == 1
    alone = project(classes=None, relative_complexity=1 / 3)
    assert alone.majority_guess_error == pytest.approx(0.9)
    assert not alone.target_is_trivial


def test_replace_keeps_what_was_computed() -> None:
    """A copy with one field changed is valid, whole shares and relative complexity included."""
    assert replace(project(), value=5.0).value == 5
    assert replace(project(min_chance=1.0), value=5.0).min_chance == 1
    with pytest.raises(InputError, match="keep exactly one"):
        replace(project(), classes=11)
    assert replace(project(), classes=11, relative_complexity=math.nan).classes == 11


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"id": " "}, "id", "the text is empty"),
        ({"id": 5}, "id", "expected text"),
        ({"task": "detection"}, "task", "classification, segmentation"),
        ({"backbone": []}, "backbone", "finetuned, frozen"),
        ({"pretrained": 1}, "pretrained", "true or false"),
        ({"pretrained": False, "backbone": "frozen"}, "backbone", "needs pretrained"),
        ({"classes": 1}, "classes", "at least 2"),
        ({"classes": 2.5}, "classes", "whole"),
        ({"classes": None}, "", "classes or class_counts or .* is missing"),
        ({"relative_complexity": 0.5}, "relative_complexity", "keep exactly one"),
        ({"classes": None, "relative_complexity": 0}, "relative_complexity", "above 0"),
        ({"classes": None, "class_counts": {"a": 5}}, "class_counts", "nothing to tell apart"),
        ({"classes": None, "class_counts": {"a": 5, "b": -1}}, "class_counts.b", "at least 0"),
        ({"classes": None, "class_counts": [5, 6]}, "class_counts", "names with their values"),
        ({"baseline_entropy": 0}, "baseline_entropy", "above 0"),
        ({"target_error": 1.0}, "target_error", "strictly between"),
        ({"target_error": None}, "", "target_iou is missing; give exactly one"),
        ({"target_accuracy": 0.9}, "target_error", "target_accuracy and target_error"),
        ({"target_error": None, "target_iou": 0.9}, "target_iou", "measures segmentation"),
        ({"images": 5}, "images", "fields such as limit"),
        ({"images": {}}, "images.limit", "limit is missing"),
        ({"images": {"limit": 5, "hold": 3}}, "images.hold", "held  .did you mean this"),
        ({"images": {"limit": 0}}, "images.limit", "at least one image"),
        ({"images": {"limit": 5, "held": 6}}, "images.limit", "6 images are held"),
        ({"images": {"limit": 5, "price": -1}}, "images.price", "at least 0"),
        ({"images": {"limit": 5, "fixed_cost": "x"}}, "images.fixed_cost", "not a number"),
        ({"value": -1}, "value", "at least 0"),
        ({"min_chance": 101}, "min_chance", "between 0 % and 100 %"),
        ({"min_chance": True}, "min_chance", "got true"),
        ({"architectures": "ResNet-50"}, "architectures", "expected a list"),
        ({"architectures": [5]}, "architectures[0]", "expected text"),
        ({"architectures": 5}, "architectures", "expected a list"),
        ({"pilots": {"images": 5}}, "pilots", "expected a list"),
        ({"pilots": [{"images": 0, "error": 0.5}]}, "pilots[0].images", "at least 1"),
        ({"pilots": [{"images": 5, "error": 2000}]}, "pilots[0].error", "100 %"),
        (
            {"pilots": [{"images": 5, "error": 0.1, "pretrained": False, "backbone": "frozen"}]},
            "pilots[0].backbone",
            "needs pretrained",
        ),
        ({"pilots": [{"images": 5}]}, "pilots[0].error", "is missing"),
    ],
)
def test_mistakes_are_named(changes: dict[str, Any], field: str, message: str) -> None:
    """A value outside its range is refused with its path."""
    with pytest.raises(InputError, match=message) as caught:
        project(**changes)
    shown = changes.get("id", "x")
    path = f"projects[{shown}].{field}" if field else f"projects[{shown}]"
    assert caught.value.problems[0].field == path


def test_all_mistakes_come_at_once() -> None:
    """One refusal lists them all, nested ones included."""
    with pytest.raises(InputError, match="4 problems") as caught:
        project(classes=1, target_error=7000, images={"limit": 5, "held": 6}, value="much")
    assert len(caught.value.problems) == 4
