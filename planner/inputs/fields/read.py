"""The plain values of a portfolio file, version 1, to a Portfolio; or everything wrong in them.

What each field is and may be is declared on the records (:mod:`planner.domain.portfolio`); here
stand the top of the file and the names of the catalogue.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache

from planner.domain.catalogue import Catalogue
from planner.domain.fields.declared import (
    REQUIRED,
    Field,
    FileSection,
    Form,
    InFile,
    Kind,
    section_of,
)
from planner.domain.fields.finding import WRONG, Location, Reading, Source
from planner.domain.fields.parsers import baseline
from planner.domain.fields.reading import made, read_mapping
from planner.domain.fields.values import Plain, Shape
from planner.domain.model.architecture import Architecture, match_key
from planner.domain.portfolio.portfolio import Compute, Portfolio, RiskPreference
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import DEFAULT_CURRENCY, QuantityError, show
from planner.domain.suggest import did_you_mean
from planner.errors import InputError
from planner.inputs.document import Document

__all__ = ["file_section", "read_portfolio_data"]


def _version(value: object, _source: Source) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value == 1:
        return 1
    if isinstance(value, float) and value == 1:
        message, code = "got 1.0; the version is a whole number", "VERSION"
        raise QuantityError(message, "version: 1", code)
    message = f"got {show(value)}; this release reads version 1"
    raise QuantityError(message, "version: 1", "VERSION")


VERSION = Field(
    name="version",
    key="version",
    value=Plain(_version, Kind.COUNT, {"enum": [1]}),
    default=REQUIRED,
    note="",
    forms=(Form("Version", "Of this form; leave it at 1.", example=1),),
    file=InFile(example="version: 1"),
    stored=False,
)


@dataclass(frozen=True)
class _Head:
    """The section ``portfolio``: the fields of a portfolio that are not sections of their own."""

    cell: Kind | None = None
    choices: tuple[str, ...] = ()
    shape: Shape = field(default_factory=lambda: {"part": Portfolio})

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the values by name."""
        section = section_of(Portfolio)
        values = read_mapping(section, section.in_file, raw, here, reading)
        return WRONG if values is None else values


_HEAD = Field("portfolio", "portfolio", _Head(), None, "", (), InFile(), stored=False)


@cache
def file_section() -> FileSection:
    """Return the top of a portfolio file."""
    fields = (VERSION, _HEAD, *section_of(Portfolio).in_file_at_top)
    return FileSection(Portfolio, "PortfolioFile", "The whole file.", fields)


def read_portfolio_data(
    document: Document, catalogue: Catalogue
) -> tuple[Portfolio | None, Reading]:
    """Return the portfolio that a file's values describe, or None and what is wrong with them.

    Parameters
    ----------
    document : Document
        The file.
    catalogue : Catalogue
        Whose names architectures and accelerators get.
    """
    reading = Reading(_source(document, catalogue))
    section = file_section()
    values = read_mapping(section, section.in_file, document.data, (), reading)
    if values is None:
        return None, reading
    head = values.pop("portfolio") or {}
    return made(Portfolio, {**head, **values}, reading.source), reading


def _source(document: Document, catalogue: Catalogue) -> Source:
    """Return what fields need to know of the whole file and of the tables."""
    data = document.data if isinstance(document.data, Mapping) else {}
    head = data.get("portfolio")
    head = head if isinstance(head, Mapping) else {}
    currency = head.get("currency")
    source = Source(
        written=True,
        currency=currency if isinstance(currency, str) and currency.strip() else DEFAULT_CURRENCY,
        architecture=lambda name: _name_of(catalogue.find_architecture(name), name),
        accelerator=lambda name: _accelerator(catalogue, name),
        region=lambda name: _region(catalogue, name),
        dataset=lambda name: _classes_of(catalogue, name),
        beside=document.beside,
        home_of=_home_of,
    )
    return replace(source, baseline=_baseline(head.get("baseline"), source))


def _name_of(found: Architecture | None, name: str) -> str:
    return name if found is None else found.name


def _accelerator(catalogue: Catalogue, name: str) -> str:
    try:
        return catalogue.accelerator(name).name
    except InputError:  # reported with its place by the checks across the file
        return name


_USUAL_BASELINE = "imagenet-1k"
"""The paper's, also by its bare name."""


def _classes_of(catalogue: Catalogue, name: str) -> int:
    """Return the classes of a data set, taken as equally frequent."""
    by_key = {match_key(item.name): item.n_classes for item in catalogue.datasets}
    by_key |= dict.fromkeys(("imagenet", "imagenet1000"), by_key[match_key(_USUAL_BASELINE)])
    found = by_key.get(match_key(name))
    if found is None:
        names = [item.name for item in catalogue.datasets]
        meant = did_you_mean(name, names)
        other = f"did you mean {meant}?" if meant else "see `planner catalogue datasets`"
        message = f"{show(name)} is no data set of the tables ({other}), and no number of classes"
        raise QuantityError(message, meant or "1000", "UNKNOWN_NAME")
    return found


def _region(catalogue: Catalogue, name: str) -> str:
    """Return the tables' spelling of a place, or refuse it."""
    try:
        return catalogue.carbon_row(name).place
    except InputError as error:
        problem = error.problems[0]
        message = problem.message.rstrip(".?")
        raise QuantityError(message, problem.fix, problem.code) from None


def _baseline(value: object, source: Source) -> float | None:
    with suppress(QuantityError):
        return None if value is None else baseline(value, source)
    return None


def _home_of(name: str) -> str:
    """Return the section that has a field of this name; empty if none."""
    homes = {
        "portfolio": Portfolio,
        "compute": Compute,
        "images": Images,
        "a project": Project,
        "portfolio.risk": RiskPreference,
    }
    for home, kind in homes.items():
        if name in section_of(kind).in_file:
            return home
    return "the top of the file" if name in file_section().in_file else ""
