"""The columns of a portfolio's frame: the fields that projects declare, and what follows from them.

A field that is declared on :class:`planner.domain.portfolio.project.Project` or its images gets a
column of its own, with its note as its meaning; here stand the columns that are computed, those
whose name is another than the field's, and the order.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from planner.domain.fields.declared import Field, Kind, section_of
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range

__all__ = ["project_columns", "project_row"]

type Getter = Callable[[Project], object]


def _price(project: Project, end: str) -> float:
    price = project.images.price
    return float(getattr(price, end)) if isinstance(price, Range) else price


_COMPUTED: Mapping[str, tuple[str, Getter]] = MappingProxyType(
    {
        "relative_complexity": (
            "task entropy over that of the baseline",
            lambda project: project.relative_complexity,
        ),
        "target_error": (
            "target as an error: 1 - accuracy, or 1 - mean IoU",
            lambda project: project.error_target,
        ),
        "majority_guess_error": (
            "error of always answering the most frequent class",
            lambda project: project.majority_guess_error,
        ),
        "price_per_image_p10": (
            "price of one more image, not undercut in 90 % of outcomes, currency",
            lambda project: _price(project, "p10"),
        ),
        "price_per_image_p90": (
            "price of one more image, not exceeded in 90 % of outcomes, currency",
            lambda project: _price(project, "p90"),
        ),
        "pilots": ("measured runs", lambda project: len(project.pilots)),
    }
)
_SAID_BY_THEM = frozenset(
    ("classes", "class_counts", "target_accuracy", "target_error", "target_iou", "baseline")
) | {"images_price", "architectures"}
"""Fields without a column of their own."""

_RENAMED = MappingProxyType({"id": "project", "images_fixed_cost": "collection_fixed_cost"})
_ORDER = (
    "project", "unit", "earliest", "task", "relative_complexity", "pretrained", "backbone",
    "target_error", "majority_guess_error", "images_held", "images_limit", "price_per_image_p10",
    "price_per_image_p90", "collection_fixed_cost", "value", "min_chance", "pilots",
)  # fmt: skip
"""Columns that stand first; fields that are declared later follow them."""


def project_columns() -> dict[str, str]:
    """Return what each column means."""
    return {name: meaning for name, (meaning, _) in _columns().items()}


def project_row(project: Project) -> dict[str, object]:
    """Return a project by column."""
    return {name: _plain(get(project)) for name, (_, get) in _columns().items()}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, StrEnum | Range) else value


@cache
def _columns() -> Mapping[str, tuple[str, Getter]]:
    found = {**_COMPUTED, **dict(_declared())}
    return {name: found[name] for name in dict.fromkeys((*_ORDER, *found))}


def _declared() -> Iterator[tuple[str, tuple[str, Getter]]]:
    """Yield the columns of fields that take a cell."""
    for field in section_of(Images).in_file.values():
        yield from _column(f"images_{field.name}", field, _of_images(field.name))
    for field in section_of(Project).in_file.values():
        yield from _column(field.name, field, _of_project(field.name))


def _column(name: str, field: Field, get: Getter) -> Iterator[tuple[str, tuple[str, Getter]]]:
    if field.value.cell is not None and name not in _SAID_BY_THEM:
        yield _RENAMED.get(name, name), (_meaning(field), get)


def _meaning(field: Field) -> str:
    """Return the note of a field as a data dictionary says it."""
    note = field.note.rstrip(".")
    is_money = field.value.cell in (Kind.MONEY, Kind.PRICE) and "currency" not in note
    missing = "; missing if not stated" if field.default is None else ""
    return f"{note[:1].lower()}{note[1:]}{', currency' if is_money else ''}{missing}"


def _of_project(name: str) -> Getter:
    return lambda project: getattr(project, name)


def _of_images(name: str) -> Getter:
    return lambda project: getattr(project.images, name)
