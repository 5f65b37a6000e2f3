"""The user's own rules: which projects go together, and what is decided already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from planner.domain.fields.declared import LIST, Form, InFile, Part, in_file, section_of
from planner.domain.fields.finding import WRONG, Location, Reading
from planner.domain.fields.reading import (
    Parts,
    check_record,
    made,
    read_mapping,
)
from planner.domain.fields.values import (
    ARCHITECTURE,
    LABEL,
    MONEY,
    POSITIVE_COUNT,
    PROJECT,
    PROJECTS,
    PROJECTS_COUNTED,
    SHARE,
    TEXT,
)
from planner.domain.format import figure, percent_as_set, percent_to_type
from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean

__all__ = [
    "NAMES_MANY",
    "NAMES_ONE",
    "RULES",
    "RULE_KINDS",
    "AtLeast",
    "AtMost",
    "CarbonCap",
    "Committed",
    "Exclusive",
    "Fund",
    "ProjectRule",
    "Require",
    "Rule",
    "Skip",
    "UnitShare",
    "describe",
    "read_rule",
]

_PROJECTS = Form(
    "Projects",
    f"One project for require and committed, several for the others. {LIST}",
    aliases=("project",),
    example="planogram",
    width=34,
)
_COUNT = Form("Count", "For at_most and at_least.", unit="projects")

_NAME = Form(
    "Name",
    "What messages call the rule, beside what it says.",
    aliases=("rule name",),
    width=20,
)
_OF = InFile("of", example="of: [project-a, project-b]")


class _Checked:
    """A rule that checks its fields when it is made."""

    def __post_init__(self) -> None:
        check_record(self, "rule")


@in_file(
    "RequireRule",
    "Fund ``require`` only together with ``needs``.",
    help="Projects only with Needs",
)
@dataclass(frozen=True)
class Require(_Checked):
    """Fund ``project`` only together with ``needs``."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    project: Annotated[str, PROJECT, InFile("require"), _PROJECTS]
    needs: Annotated[
        str,
        PROJECT,
        InFile(example="needs: other-project"),
        Form("Needs", "For require: the project it needs.", example="shelf-gaps", width=20),
    ]


@in_file("ExclusiveRule", "Fund at most one.", help="at most one of Projects")
@dataclass(frozen=True)
class Exclusive(_Checked):
    """Fund at most one of ``projects``."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    projects: Annotated[tuple[str, ...], PROJECTS, InFile("exclusive"), _PROJECTS]


@in_file("FundRule", "Fund all.", help="all of Projects")
@dataclass(frozen=True)
class Fund(_Checked):
    """Every one of ``projects`` must be funded."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    projects: Annotated[tuple[str, ...], PROJECTS, InFile("fund"), _PROJECTS]


@in_file("SkipRule", "Fund none.", help="none of Projects")
@dataclass(frozen=True)
class Skip(_Checked):
    """None of ``projects`` may be funded."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    projects: Annotated[tuple[str, ...], PROJECTS, InFile("skip"), _PROJECTS]


@in_file("AtMostRule", "Fund at most so many.", help="at most Count of Projects")
@dataclass(frozen=True)
class AtMost(_Checked):
    """Fund at most ``count`` of ``projects``."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    count: Annotated[int, PROJECTS_COUNTED, InFile("at_most"), _COUNT]
    projects: Annotated[tuple[str, ...], PROJECTS, _OF, _PROJECTS]


@in_file("AtLeastRule", "Fund at least so many.", help="at least Count of Projects")
@dataclass(frozen=True)
class AtLeast(_Checked):
    """Fund at least ``count`` of ``projects``."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    count: Annotated[int, PROJECTS_COUNTED, InFile("at_least"), _COUNT]
    projects: Annotated[tuple[str, ...], PROJECTS, _OF, _PROJECTS]


def _bounds_something(part: Part) -> None:
    if not {"max_share", "min_share"} <= part.values.keys():
        return
    most, least = part.values["max_share"], part.values["min_share"]
    if most is None and least is None:
        message = "a rule on a unit has max_share, min_share or both."
        part.wrong("", message, "max_share: 50%", "MISSING")
    elif most is not None and least is not None and least > most:
        part.wrong(
            "min_share",
            f"min_share {percent_as_set(least)} is above max_share {percent_as_set(most)}.",
            f"min_share: {percent_to_type(most)}",
        )


@in_file(
    "UnitRule",
    "Bounds on a business unit's share of the committed spend.",
    _bounds_something,
    help="share of the spend for Unit",
)
@dataclass(frozen=True)
class UnitShare(_Checked):
    """Bounds on a business unit's share of the committed spend; at least one of them is given.

    Both sides count the projects' own options; shared assets, which no unit buys alone, do not
    take part.
    """

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    unit: Annotated[str, TEXT, Form("Unit", "For unit: a business unit.")]
    max_share: Annotated[
        float | None,
        SHARE,
        Form(
            "Maximum share", "For unit: of the committed spend.", unit="%", aliases=("max share",)
        ),
    ] = None
    min_share: Annotated[
        float | None,
        SHARE,
        Form(
            "Minimum share", "For unit: of the committed spend.", unit="%", aliases=("min share",)
        ),
    ] = None


@in_file(
    "CommittedRule",
    "Decided already: this project, architecture and number of images.",
    help="decided already",
)
@dataclass(frozen=True)
class Committed(_Checked):
    """Decided already: this project, with this architecture and number of images where given."""

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    project: Annotated[str, PROJECT, InFile("committed"), _PROJECTS]
    architecture: Annotated[
        str | None, ARCHITECTURE, Form("Architecture", "For committed, if decided.", width=18)
    ] = None
    images: Annotated[
        int | None,
        POSITIVE_COUNT,
        PROJECT,
        Form("Images", "For committed, if decided: total images.", unit="images"),
    ] = None


@in_file(
    "CarbonRule",
    "At most so many kilograms of CO2 equivalent, over training and running.",
    help="most kilograms of carbon",
)
@dataclass(frozen=True)
class CarbonCap(_Checked):
    """At most so many kilograms of CO2 equivalent, as if all that is funded went live.

    ``portfolio.carbon.cap_kg`` says the same.
    """

    name: Annotated[str, LABEL, InFile(required=False), _NAME]
    kg: Annotated[
        float,
        MONEY,
        InFile("carbon_cap_kg"),
        Form("Carbon cap", "For carbon_cap_kg: kilograms of CO2 equivalent.", unit="kg"),
    ]


type ProjectRule = Require | Exclusive | Fund | Skip | AtMost | AtLeast
"""Rules that speak only about which projects are funded."""

type Rule = ProjectRule | UnitShare | Committed | CarbonCap

RULE_KINDS: Mapping[str, type[Rule]] = {
    next(key for key in section_of(kind).in_file if key != "name"): kind
    for kind in (Require, Exclusive, Fund, Skip, AtMost, AtLeast, UnitShare, Committed, CarbonCap)
}
"""By the field that names its kind in a file, each rule's record."""


def _fields_of(value: object) -> tuple[str, ...]:
    """Return the fields of rules, by their names in a file, that are read as a value is."""
    sections = (section_of(kind) for kind in RULE_KINDS.values())
    found = (
        key
        for section in sections
        for key, field in section.in_file.items()
        if field.value is value
    )
    return tuple(dict.fromkeys(found))


NAMES_ONE, NAMES_MANY = _fields_of(PROJECT), _fields_of(PROJECTS)
"""Fields of rules that name a project, and several projects."""


def read_rule(raw: object, here: Location, reading: Reading) -> object:
    """Return a rule, given as one or as a file writes it, by the one field that names its kind."""
    if isinstance(raw, tuple(RULE_KINDS.values())):
        return raw
    if not isinstance(raw, Mapping):
        reading.wrong(here, f"got {show(raw)}; expected a rule.", "{fund: [project-id]}")
        return WRONG
    kinds = [kind for kind in RULE_KINDS if kind in raw]
    if len(kinds) != 1:
        _say_kinds(kinds, raw, here, reading)
        return WRONG
    kind = RULE_KINDS[kinds[0]]
    section = section_of(kind)
    values = read_mapping(section, section.in_file, raw, here, reading)
    if values is None:
        return WRONG
    label = values["name"]
    rule: Rule = made(kind, {**values, "name": "rule"}, reading.source)
    words = describe(rule)
    return replace(rule, name=f"rules[{here[-1]}]: {f'{label} ({words})' if label else words}")


def _say_kinds(kinds: list[str], raw: Mapping[str, Any], here: Location, reading: Reading) -> None:
    """Report a mapping that is no rule, or several."""
    if kinds:
        reading.wrong(here, f"{' and '.join(kinds)} in one rule; write a rule for each.")
        return
    guesses = [did_you_mean(str(key), list(RULE_KINDS)) for key in raw]
    fix = next((guess for guess in guesses if guess), "")
    message = f"this is no known rule; a rule has one of {', '.join(RULE_KINDS)}."
    reading.wrong(here, message, fix)


RULES = Parts(read_rule, {"anyOf": [{"part": kind} for kind in RULE_KINDS.values()]})
"""The list of rules of a portfolio."""


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
        case CarbonCap():
            return f"at most {figure(rule.kg, 6)} kg of carbon"
        case Committed():
            how = "" if rule.architecture is None else f" with {rule.architecture}"
            many = "" if rule.images is None else f" on {rule.images:,} images"
            return f"{rule.project} is committed{how}{many}"


_PROJECTS_SHOWN = 4


def _listed(names: Sequence[str]) -> str:
    """Return names as a phrase; a long list is cut, since the place shows the rest."""
    if len(names) <= _PROJECTS_SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[: _PROJECTS_SHOWN - 1])} and {len(names) - _PROJECTS_SHOWN + 1} more"
