"""The user's own rules: which projects go together, and what is decided already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.domain.format import percent_as_set
from planner.domain.portfolio.fields import FieldReader, share, text, text_list
from planner.domain.quantities import parse_count
from planner.domain.suggest import did_you_mean
from planner.errors import InputError, Problem

__all__ = [
    "AtLeast",
    "AtMost",
    "Committed",
    "Exclusive",
    "Fund",
    "ProjectRule",
    "Require",
    "Rule",
    "Skip",
    "UnitShare",
    "describe",
    "rule_from",
]


@dataclass(frozen=True)
class Require:
    """Fund ``project`` only together with ``needs``."""

    name: str
    project: str
    needs: str

    def __post_init__(self) -> None:
        _read_texts(self, "name", "project", "needs")


@dataclass(frozen=True)
class Exclusive:
    """Fund at most one of ``projects``."""

    name: str
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class Fund:
    """Every one of ``projects`` must be funded."""

    name: str
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class Skip:
    """None of ``projects`` may be funded."""

    name: str
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class AtMost:
    """Fund at most ``count`` of ``projects``."""

    name: str
    count: int
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class AtLeast:
    """Fund at least ``count`` of ``projects``."""

    name: str
    count: int
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class UnitShare:
    """Bounds on a business unit's share of the committed spend; at least one of them is given.

    Both sides count the projects' own options; shared assets, which no unit buys alone, do not
    take part.
    """

    name: str
    unit: str
    max_share: float | None = None
    min_share: float | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "rule")
        reader.read("name", text)
        reader.read("unit", text)
        most = reader.read("max_share", share, optional=True)
        least = reader.read("min_share", share, optional=True)
        if self.max_share is None and self.min_share is None:
            reader.wrong("max_share", "a rule on a unit has max_share, min_share or both.")
        if most is not None and least is not None and least > most:
            reader.wrong(
                "min_share",
                f"min_share {percent_as_set(least)} is above max_share {percent_as_set(most)}.",
            )
        reader.finish()


@dataclass(frozen=True)
class Committed:
    """Decided already: this project, with this architecture and number of images where given."""

    name: str
    project: str
    architecture: str | None = None
    images: int | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "rule")
        reader.read("name", text)
        reader.read("project", text)
        reader.read("architecture", text, optional=True)
        if reader.read("images", parse_count, optional=True) == 0:
            reader.wrong("images", "got 0; a project trains on at least 1 image.")
        reader.finish()


type ProjectRule = Require | Exclusive | Fund | Skip | AtMost | AtLeast
"""Rules that speak only about which projects are funded."""

type Rule = ProjectRule | UnitShare | Committed


def _read_texts(rule: object, *names: str) -> None:
    """Read fields that hold a text."""
    reader = FieldReader(rule, "rule")
    for name in names:
        reader.read(name, text)
    reader.finish()


def _read_projects(rule: Exclusive | Fund | Skip | AtMost | AtLeast) -> None:
    """Read name, projects and, where there is one, the count of a rule on several projects."""
    reader = FieldReader(rule, "rule")
    reader.read("name", text)
    reader.read("projects", text_list)
    if isinstance(rule, AtMost | AtLeast):
        reader.read("count", lambda given: parse_count(given, what="projects"))
    reader.finish()


RULE_FIELDS: Mapping[str, tuple[type[Rule], Mapping[str, str]]] = {
    "require": (Require, {"require": "project", "needs": "needs"}),
    "exclusive": (Exclusive, {"exclusive": "projects"}),
    "fund": (Fund, {"fund": "projects"}),
    "skip": (Skip, {"skip": "projects"}),
    "at_most": (AtMost, {"at_most": "count", "of": "projects"}),
    "at_least": (AtLeast, {"at_least": "count", "of": "projects"}),
    "unit": (UnitShare, {"unit": "unit", "max_share": "max_share", "min_share": "min_share"}),
    "committed": (
        Committed,
        {"committed": "project", "architecture": "architecture", "images": "images"},
    ),
}
"""By the field that names its kind, each rule's record and what its fields are called there."""


def rule_from(index: int, fields: Mapping[str, object]) -> Rule:
    """Return a rule written as in a file, with the name by which messages call it.

    Parameters
    ----------
    index : int
        Position among the rules.
    fields : mapping
        Such as ``{"fund": ["a"], "name": "duty of safety"}``.

    Raises
    ------
    InputError
        No such rule, or a field is missing, unknown or wrong.

    Examples
    --------
    >>> rule_from(2, {"require": "planogram", "needs": "shelf-gaps"}).name
    'rules[2]: planogram needs shelf-gaps'
    """
    kinds = [kind for kind in RULE_FIELDS if kind in fields]
    if len(kinds) != 1:
        known = ", ".join(RULE_FIELDS)
        fix = next((near for key in fields if (near := did_you_mean(str(key), RULE_FIELDS))), "")
        message = f"a rule has exactly one of {known}; got {' and '.join(kinds) or 'none'}."
        raise InputError([Problem("rule", message, "" if kinds else fix)])
    record, names = RULE_FIELDS[kinds[0]]
    unknown = [key for key in fields if key not in names and key != "name"]
    if unknown:
        message = f"unknown field; known are {', '.join(names)}, name."
        raise InputError(Problem(f"rule.{key}", message, code="UNKNOWN_FIELD") for key in unknown)
    given = {names[key]: value for key, value in fields.items() if key != "name"}
    try:
        rule: Rule = record(name="rule", **given)  # type: ignore[arg-type]  # checked by the record
    except TypeError as error:  # a field without default is missing
        reason = str(error).partition("() ")[2] or str(error)
        raise InputError([Problem("rule", f"{reason}.", code="MISSING")]) from None
    words = describe(rule)
    label = fields.get("name")
    return replace(rule, name=f"rules[{index}]: {f'{label} ({words})' if label else words}")


def describe(rule: Rule) -> str:
    """Return what a rule says as a phrase.

    Examples
    --------
    >>> describe(UnitShare("", "retail", max_share=0.5))
    'unit retail at most 50 % of the spend'
    """
    match rule:
        case Require():
            return f"{rule.project} needs {rule.needs}"
        case Exclusive():
            return f"at most one of {_listed(rule.projects)}"
        case Fund():
            return f"fund {_listed(rule.projects)}"
        case Skip():
            return f"skip {_listed(rule.projects)}"
        case AtMost():
            return f"at most {rule.count} of {_listed(rule.projects)}"
        case AtLeast():
            return f"at least {rule.count} of {_listed(rule.projects)}"
        case UnitShare():
            bounds = (("at least", rule.min_share), ("at most", rule.max_share))
            words = [
                f"{side} {percent_as_set(bound)}" for side, bound in bounds if bound is not None
            ]
            return f"unit {rule.unit} {', '.join(words)} of the spend"
        case Committed():
            how = "" if rule.architecture is None else f" with {rule.architecture}"
            many = "" if rule.images is None else f" on {rule.images:,} images"
            return f"{rule.project} is committed{how}{many}"


_NAMES_SHOWN = 4


def _listed(names: Sequence[str]) -> str:
    """Return names as a phrase; a long list is cut, since the place shows the rest."""
    if len(names) <= _NAMES_SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[: _NAMES_SHOWN - 1])} and {len(names) - _NAMES_SHOWN + 1} more"
