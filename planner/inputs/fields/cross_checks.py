"""Rules of the portfolio file that look across mappings.

They read the plain data, not the validated models, so that a mistake in one field never hides one
elsewhere: whatever does not have the expected shape is passed over here and reported by the schema.
"""

from collections.abc import Collection, Iterator

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.clashes import MAX_SUGGESTIONS, Fields, clashes, entries
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.rules import NAMES_MANY, NAMES_ONE
from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean
from planner.domain.vocabulary import Basis
from planner.domain.words.warnings.files import not_in_tables, states_no_size
from planner.errors import InputError
from planner.inputs.document import Document, Finding, Location
from planner.reference.candidates import is_priced
from planner.reference.own_architectures import named_already, with_named
from planner.reference.tables import load_catalogue


def cross_findings(document: Document, catalogue: Catalogue | None = None) -> list[Finding]:
    """Return the mistakes that show only when fields are compared.

    Parameters
    ----------
    document : Document
        The file.
    catalogue : Catalogue, optional
        Where architectures and accelerators are looked up; the shipped tables by default.
    """
    catalogue = catalogue or with_named(load_catalogue(), document.data)
    data = document.data if isinstance(document.data, dict) else {}
    projects = entries(data, "projects")
    checks = (
        _missing_values(document.data, ()),
        _duplicate_ids(document, "projects"),
        _duplicate_ids(document, "shared"),
        _duplicate_ids(document, "portfolio", "periods"),
        _objective_findings(data, projects),
        _unknown_projects(data, [fields.get("id") for _, fields in projects]),
        _named_already(data, catalogue),
        _unknown_names(data, projects, catalogue),
        _committed_architectures(data, projects, catalogue),
    )
    found = [finding for check in checks for finding in check]
    return [*found, *clashes(data)]


def _section(data: Fields, name: str) -> Fields:
    section = data.get(name)
    return section if isinstance(section, dict) else {}


def _missing_values(value: object, location: Location) -> Iterator[Finding]:
    """Yield every name that has nothing after its colon."""
    if value is None:
        name = location[-1] if location else ""
        message = (
            f"{name} has no value; write one, or take the line out."
            if isinstance(name, str)
            else "an empty entry of a list."
        )
        yield Finding(location, message, code="MISSING", at_key=True)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _missing_values(part, (*location, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _missing_values(part, (*location, index))


def _duplicate_ids(document: Document, *path: str) -> Iterator[Finding]:
    first: dict[str, Location] = {}
    for location, fields in entries(document.data, *path):
        identity = fields.get("id")
        if not isinstance(identity, str):
            continue
        here = (*location, "id")
        if identity in first:
            places = document.both(first[identity], here)
            message = f"id {show(identity)} is used twice, in {places}; ids are unique."
            yield Finding(here, message, code="DUPLICATE_ID")
        else:
            first[identity] = here


def _pilots(location: Location, fields: Fields) -> list[tuple[Location, Fields]]:
    """Return the measured runs of a project, with their locations."""
    return [((*location, *place), run) for place, run in entries(fields, "pilots")]


_SAYS_WORTH = {"value", "benefits", "today"}
"""Fields of a project that say what it earns."""


def _objective_findings(data: Fields, projects: list[tuple[Location, Fields]]) -> Iterator[Finding]:
    """Yield projects without a value where the objective needs one."""
    objective = _section(data, "portfolio").get("objective")
    valued = [fields for _, fields in projects if _SAYS_WORTH & fields.keys()]
    if objective not in (None, "net_value", "value") or (objective is None and not valued):
        return
    reason = (
        f"objective {objective} needs the value of every project"
        if objective
        else "other projects have a value, so the objective is net_value and needs one of each"
    )
    for location, fields in projects:
        if not _SAYS_WORTH & fields.keys():
            message = f"value is missing: {reason}."
            fix = "value: 100k, or objective: targets_met"
            yield Finding((*location, "value"), message, fix, "MISSING")


def _unknown_projects(data: Fields, identities: list[object]) -> Iterator[Finding]:
    """Yield names in rules and members that no project has."""
    known = dict.fromkeys(identity for identity in identities if isinstance(identity, str))
    n_unknown = 0
    for location, name in _project_names(data):
        if isinstance(name, str) and name.strip() and name not in known:
            n_unknown += 1
            # Each suggestion compares with every id: thousands of both would take minutes.
            fix = did_you_mean(name, known) if n_unknown <= MAX_SUGGESTIONS else ""
            message = f"no project has the id {show(name)}."
            yield Finding(location, message, fix, "UNKNOWN_NAME")


def _project_names(data: Fields) -> Iterator[tuple[Location, object]]:
    """Yield every place that names a project."""
    for location, rule in entries(data, "rules"):
        for field in (*NAMES_ONE, *NAMES_MANY):
            yield from _each((*location, field), rule.get(field))
        yield from (((*location, field), rule.get(field)) for field in NAMES_ONE)
    for location, asset in entries(data, "shared"):
        yield from _each((*location, "members"), asset.get("members"))


def _each(location: Location, value: object) -> Iterator[tuple[Location, object]]:
    for index, name in enumerate(value if isinstance(value, list) else ()):
        yield (*location, index), name


def _named_already(data: Fields, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield architectures of the file that the tables have."""
    for location, fields in entries(data, "portfolio", "architectures"):
        name = fields.get("name")
        found = catalogue.find_architecture(name) if isinstance(name, str) else None
        if isinstance(name, str) and found is not None and not found.stated:
            message, fix = named_already(name, found)
            yield Finding((*location, "name"), message, fix, "DUPLICATE_ID")


def _unknown_names(
    data: Fields, projects: list[tuple[Location, Fields]], catalogue: Catalogue
) -> Iterator[Finding]:
    """Yield architectures and accelerators that the tables do not hold, or cannot price."""
    compute = _section(data, "compute")
    accelerator = compute.get("accelerator")
    if isinstance(accelerator, str) and accelerator.strip():
        try:
            catalogue.accelerator(accelerator)
        except InputError as error:
            yield _moved(error, ("compute", "accelerator"))
    basis = Basis.PAPER if compute.get("basis") == "paper" else Basis.MEASURED
    unsized: set[str] = set()
    for location, name in _architecture_names(data, projects):
        try:
            architecture = catalogue.architecture(name)
        except InputError as error:
            yield _moved(error, location)
            continue
        if "pilots" not in location and not is_priced(architecture, Compute(basis=basis)):
            if architecture.stated:
                unsized.add(architecture.name)
                continue
            message = not_in_tables(architecture.name, basis)
            yield Finding(location, message, code="ARCHITECTURE_NOT_PRICED")
    yield from _unsized(data, unsized, basis)


def _unsized(data: Fields, named: Collection[str], basis: Basis) -> Iterator[Finding]:
    """Yield entries of the file that projects name and whose size is not stated."""
    for location, fields in entries(data, "portfolio", "architectures"):
        name = fields.get("name")
        if isinstance(name, str) and name in named:
            message, fix = states_no_size(name, basis)
            yield Finding(location, message, fix, "ARCHITECTURE_NOT_PRICED")


def _committed_architectures(
    data: Fields, projects: list[tuple[Location, Fields]], catalogue: Catalogue
) -> Iterator[Finding]:
    """Yield commitments to an architecture that the project does not consider."""
    considered = {
        identity: [name for name in names if isinstance(name, str)]
        for _, fields in projects
        if isinstance(identity := fields.get("id"), str)
        and isinstance(names := fields.get("architectures"), list)
    }
    for location, rule in entries(data, "rules"):
        project, name = rule.get("committed"), rule.get("architecture")
        if not (isinstance(project, str) and isinstance(name, str)):
            continue
        known = considered.get(project, [])
        found = {catalogue.find_architecture(other) for other in known}
        if known and catalogue.find_architecture(name) not in {None, *(found - {None})}:
            message = f"{show(project)} considers {', '.join(known[:4])} alone, not {name[:80]}."
            fix = f"architectures: [{', '.join([*known[:4], name[:80]])}] of the project"
            yield Finding((*location, "architecture"), message, fix, "CONFLICT")


def _architecture_names(
    data: Fields, projects: list[tuple[Location, Fields]]
) -> Iterator[tuple[Location, str]]:
    for location, fields in projects:
        names = fields.get("architectures")
        for index, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str) and name.strip():
                yield (*location, "architectures", index), name
    runs = [run for location, fields in projects for run in _pilots(location, fields)]
    for location, part in (*runs, *entries(data, "rules")):
        name = part.get("architecture")
        if isinstance(name, str) and name.strip():
            yield (*location, "architecture"), name


def _moved(error: InputError, location: Location) -> Finding:
    """Return the catalogue's refusal of a name as a finding of the file."""
    problem = error.problems[0]
    return Finding(location, problem.message, problem.fix, problem.code)
