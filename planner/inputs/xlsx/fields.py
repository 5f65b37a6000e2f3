"""Every field of the portfolio file, version 1, as the workbook form shows it.

The words that a person reads who fills in the form are declared with each field, on its record
(:class:`planner.domain.fields.declared.Form`); here stand the sheets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from planner.domain.fields.declared import Field, Form, Kind, section_of
from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.architectures import OwnArchitecture
from planner.domain.portfolio.benefits import Benefit
from planner.domain.portfolio.in_use.compress import Compression
from planner.domain.portfolio.life import BuildLine, Person, UpkeepLine
from planner.domain.portfolio.pilot_offer import PilotOffer
from planner.domain.portfolio.portfolio import Compute, Period, Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.portfolio.rules import RULE_KINDS
from planner.domain.portfolio.sharing import SharedAsset
from planner.inputs.fields.read import VERSION
from planner.inputs.xlsx.layout import FormField, FormSheet

__all__ = ["RULE_COLUMNS", "SHEETS", "sheet_named"]


def _columns(
    fields: Iterable[Field], sheet: str = "", path: tuple[str, ...] = ()
) -> tuple[FormField, ...]:
    """Return fields, and those of their parts, as the form shows them, in its order."""
    found = list(_declared(fields, sheet, path))
    ordered = [item for item, after in found if not after]
    moved = [(item, after) for item, after in found if after]
    while moved:
        item, after = next(pair for pair in moved if pair[1] in map(_path, ordered))
        moved.remove((item, after))
        ordered.insert([_path(other) for other in ordered].index(after) + 1, item)
    return tuple(ordered)


def _path(item: FormField) -> str:
    return ".".join(item.path)


def _declared(
    fields: Iterable[Field], sheet: str, path: tuple[str, ...]
) -> Iterator[tuple[FormField, str]]:
    """Yield fields as the form shows them, each with the path of the one it stands behind."""
    for field in fields:
        here = (*path, field.key)
        part = field.value.shape.get("part")
        if part is not None:
            yield from _declared(section_of(part).in_file.values(), sheet, here)
        forms = [form for form in field.forms if form.sheet == sheet] or field.forms[:1]
        for form in forms:
            yield _form_field(field, form, here), form.after


def _form_field(field: Field, form: Form, path: tuple[str, ...]) -> FormField:
    if field.value.cell is None:
        message = f"{field.name} has a form but no way to read its cell"
        raise TypeError(message)
    return FormField(
        form.header,
        path,
        field.value.cell,
        form.help,
        unit=form.unit,
        choices=field.value.choices,
        aliases=form.aliases,
        default=field.default_words(form),
        example=form.example,
        width=form.width,
    )


def _of(kind: type) -> Iterable[Field]:
    return section_of(kind).in_file.values()


PORTFOLIO = FormSheet(
    "Portfolio",
    "What is planned, with how much money, for how long. One field to a row: write in column B.",
    (*_columns([VERSION]), *_columns(_of(Portfolio), path=("portfolio",))),
    is_table=False,
)

PRICES = FormSheet(
    "Prices",
    "What training costs. Leave a value empty to take the price tables. One field to a row.",
    _columns(_of(Compute), path=("compute",)),
    is_table=False,
    aliases=("Compute",),
)

PROJECTS = FormSheet(
    "Projects",
    "One vision system to a row. Columns with * are needed; give classes or class counts, and one "
    "of the three targets.",
    _columns(_of(Project)),
    location=("projects",),
)

_OF_PROJECT = FormField(
    "Project *",
    ("project",),
    Kind.TEXT,
    "Name of a project of sheet Projects.",
    aliases=("project id",),
    width=20,
    example="shelf-gaps",
)

PILOTS = FormSheet(
    "Pilots",
    "Measured runs of the projects, one to a row. Optional: one pilot narrows the range most.",
    (_OF_PROJECT, *_columns(_of(Pilot))),
    location=("projects", "pilots"),
)

OFFERS = FormSheet(
    "Runs on offer",
    "Runs that could be made before anything is decided. Optional; the usual ones without any.",
    (_OF_PROJECT, *_columns(_of(PilotOffer))),
    location=("projects", "pilots_on_offer"),
)

PEOPLE = FormSheet(
    "People",
    "People who build the projects, one role to a row. Optional.",
    (_OF_PROJECT, *_columns(_of(Person))),
    location=("projects", "build", "people"),
)

BUILD_LINES = FormSheet(
    "Build",
    "What is paid once when a project is built, besides data, training and people. Optional.",
    (_OF_PROJECT, *_columns(_of(BuildLine))),
    location=("projects", "build", "lines"),
)

UPKEEP_LINES = FormSheet(
    "Upkeep",
    "What is paid while a project is used, such as monitoring. Optional.",
    (_OF_PROJECT, *_columns(_of(UpkeepLine))),
    location=("projects", "upkeep", "lines"),
)

BENEFITS = FormSheet(
    "Benefits",
    "What the projects earn besides the value of the target. Optional.",
    (_OF_PROJECT, *_columns(_of(Benefit))),
    location=("projects", "benefits"),
)

ALTERNATIVES = FormSheet(
    "Alternatives",
    "Services, rules and people that would do the work of a project instead. Optional.",
    (_OF_PROJECT, *_columns(_of(Alternative))),
    location=("projects", "alternatives"),
)

COMPRESSIONS = FormSheet(
    "Compress",
    "Smaller copies of the networks of a project that the plan may choose. Optional.",
    (_OF_PROJECT, *_columns(_of(Compression))),
    location=("projects", "compress"),
)

PERIODS = FormSheet(
    "Periods",
    "Stretches of time with a budget each, in order. Optional; unspent money does not carry over.",
    _columns(_of(Period)),
    location=("portfolio", "periods"),
)

ARCHITECTURES = FormSheet(
    "Architectures",
    "Networks that the tables lack, which projects may then name. Optional.",
    _columns(_of(OwnArchitecture)),
    location=("portfolio", "architectures"),
)

SHARED = FormSheet(
    "Shared",
    "Data sets and base models that several projects use and pay once. Optional.",
    _columns(_of(SharedAsset), "Shared"),
    location=("shared",),
)

_RULE = FormField(
    "Rule *",
    ("rule",),
    Kind.WORD,
    " ".join(f"{kind}: {section_of(record).help}." for kind, record in RULE_KINDS.items()),
    choices=tuple(RULE_KINDS),
    example="require",
)


def _rule_column(field: Field) -> str:
    """Return the column of a rule's field: the record's name for it; several share Projects."""
    return "projects" if field.name == "project" else field.name


def _rule_columns() -> tuple[FormField, ...]:
    """Return the columns of all kinds of rules, each once; their names stand last."""
    found: dict[str, FormField] = {}
    for kind in RULE_KINDS.values():
        for field in section_of(kind).in_file.values():
            column = _rule_column(field)
            as_shown = _form_field(field, field.forms[0], (column,))
            found.setdefault(column, as_shown)
    found["projects"] = replace(found["projects"], kind=Kind.NAMES)
    name = found.pop("name")
    return (_RULE, *found.values(), name)


RULES = FormSheet(
    "Rules",
    "Your own rules, one to a row. Optional. Fill in only the cells that the rule uses.",
    _rule_columns(),
    location=("rules",),
)

OF_PROJECTS = (
    PILOTS,
    OFFERS,
    PEOPLE,
    BUILD_LINES,
    UPKEEP_LINES,
    BENEFITS,
    ALTERNATIVES,
    COMPRESSIONS,
)
"""Sheets whose rows belong to a project that they name."""

SHEETS = (PORTFOLIO, PROJECTS, *OF_PROJECTS, SHARED, RULES, PRICES, PERIODS, ARCHITECTURES)
"""In the order of the form."""

RULE_COLUMNS: dict[str, dict[str, str]] = {
    kind: {_rule_column(field): key for key, field in section_of(record).in_file.items()}
    for kind, record in RULE_KINDS.items()
}
"""For each kind of rule, the columns it uses and the field of the file each one is."""


def sheet_named(name: str) -> FormSheet | None:
    """Return the sheet of the form that a name stands for, whatever its case; None if none."""
    wanted = name.strip().casefold()
    for sheet in SHEETS:
        if wanted in (spelling.casefold() for spelling in (sheet.name, *sheet.aliases)):
            return sheet
    return None
