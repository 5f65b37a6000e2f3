"""What in a portfolio contradicts itself from one part to another?

The checks read plain data in the shape of the portfolio file, so that one set of them serves files,
where each finding gets a line and column and a mistake in one field never hides one elsewhere, and
portfolios built in Python. Whatever does not have the expected shape is passed over here.
"""

from collections.abc import Iterable, Iterator, Mapping

from planner.domain.fields.finding import Finding, Location
from planner.domain.format import percent_as_set, percent_to_type
from planner.domain.model.architecture import match_key
from planner.domain.quantities import QuantityError, parse_count, parse_rate, show
from planner.domain.suggest import did_you_mean

__all__ = ["Fields", "clashes", "entries"]

type Fields = Mapping[str, object]
MAX_SUGGESTIONS = 20
"""Unknown names for which the nearest known one is looked up: each compares with every name."""


def clashes(data: Fields) -> Iterator[Finding]:
    """Yield what clashes in periods, the hold on random spend, units, commitments and names.

    Parameters
    ----------
    data : mapping
        Of a portfolio file, version 1; values may be written as in a file or parsed.
    """
    yield from _hold(data)
    yield from _starts(data)
    yield from _units(data)
    yield from _unit_shares(data)
    yield from _commitments(data)
    yield from _committed_together(data)
    yield from _caps(data)
    yield from _own_names(data)


def entries(data: object, *path: str) -> list[tuple[Location, Fields]]:
    """Return the mappings of a list, with their locations; empty if there is no such list."""
    value = data
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, list | tuple):
        return []
    return [((*path, i), item) for i, item in enumerate(value) if isinstance(item, Mapping)]


def _own_names(data: Fields) -> Iterator[Finding]:
    """Yield names of architectures that two entries share, as names are matched."""
    first: dict[str, str] = {}
    for place, item in entries(data, "portfolio", "architectures"):
        name = item.get("name")
        if not isinstance(name, str) or not name.strip():
            continue
        key = match_key(name)
        if key in first:
            message = f"{show(name)} is stated already, as {show(first[key])}; names are unique."
            yield Finding((*place, "name"), message, code="DUPLICATE_ID")
        first.setdefault(key, name)


def _hold(data: Fields) -> Iterator[Finding]:
    """Yield a hold on spend that is not random."""
    section = data.get("portfolio")
    if not isinstance(section, Mapping) or not isinstance(section.get("hold"), Mapping):
        return
    if section.get("mode", "commit") == "commit":
        message = "hold binds random spend, and in mode commit spend is certain."
        fix = "mode: stop_when_reached"
        yield Finding(("portfolio", "hold"), message, fix, "CONFLICT", at_key=True)


def _caps(data: Fields) -> Iterator[Finding]:
    """Yield caps on carbon of a file that does not say where its machines stand."""
    section = data.get("portfolio")
    carbon = section.get("carbon") if isinstance(section, Mapping) else None
    if carbon is not None:
        return
    for place, rule in entries(data, "rules"):
        if "carbon_cap_kg" in rule:
            message = "a cap on carbon needs to know where machines stand: portfolio.carbon."
            fix = "carbon: {region: FRA} under portfolio"
            yield Finding((*place, "carbon_cap_kg"), message, fix, "MISSING")


def _starts(data: Fields) -> Iterator[Finding]:
    """Yield projects whose earliest start is no period."""
    periods = [item.get("id") for _, item in entries(data, "portfolio", "periods")]
    known = [period for period in periods if isinstance(period, str)]
    named = [
        ((*place, "earliest"), project.get("earliest"))
        for place, project in entries(data, "projects")
    ]
    if known:
        yield from _unknown("no period has the id", named, known)
        return
    for place, name in named:
        if isinstance(name, str):
            message = f"earliest names a period, {show(name)}, but the portfolio has no periods."
            fix = f"periods: [{{id: {name}, budget: 60k}}] under portfolio"
            yield Finding(place, message, fix if len(name) < 40 else "", "UNKNOWN_NAME")


def _units(data: Fields) -> Iterator[Finding]:
    """Yield rules on a unit that no project carries."""
    carried = [project.get("unit") for _, project in entries(data, "projects")]
    known = [unit for unit in carried if isinstance(unit, str)]
    named = [((*place, "unit"), rule.get("unit")) for place, rule in entries(data, "rules")]
    words = "no project carries the unit" if known else "no project carries a unit; got"
    yield from _unknown(words, named, known)


def _unknown(
    words: str, named: Iterable[tuple[Location, object]], known: Iterable[str]
) -> Iterator[Finding]:
    """Yield names that are not among the known ones."""
    names = dict.fromkeys(known)
    n_unknown = 0
    for place, name in named:
        if isinstance(name, str) and name.strip() and name not in names:
            n_unknown += 1
            fix = did_you_mean(name, names) if n_unknown <= MAX_SUGGESTIONS else ""
            yield Finding(place, f"{words} {show(name)}.", fix, "UNKNOWN_NAME")


def _unit_shares(data: Fields) -> Iterator[Finding]:
    """Yield bounds on units that no spend can keep."""
    least: dict[str, tuple[float, Location]] = {}
    most: dict[str, tuple[float, Location]] = {}
    for place, rule in entries(data, "rules"):
        unit = rule.get("unit")
        if not isinstance(unit, str):
            continue
        low, high = _rate(rule.get("min_share")), _rate(rule.get("max_share"))
        if low is not None and low > least.get(unit, (-1.0,))[0]:
            least[unit] = low, place
        if high is not None and high < most.get(unit, (2.0,))[0]:
            most[unit] = high, place
    for unit, (low, place) in least.items():
        high, other = most.get(unit, (1.0, place))
        if low > high and other != place:
            message = (
                f"{show(unit)} gets at least {percent_as_set(low)} here, but at most "
                f"{percent_as_set(high)} in {_rule(other)}."
            )
            yield Finding(
                (*place, "min_share"),
                message,
                f"min_share: {percent_to_type(high)}",
                code="CONFLICT",
            )
    total = sum(low for low, _ in least.values())
    if total > 1 + 1e-9 and len(least) > 1:
        _, place = max(least.values(), key=lambda found: found[1][1])
        message = (
            f"the least shares of {len(least)} units sum to {percent_as_set(total)}; at most 100 %."
        )
        yield Finding((*place, "min_share"), message, code="CONFLICT")


def _commitments(data: Fields) -> Iterator[Finding]:
    """Yield commitments made twice, to more images than there are, or to what a rule skips."""
    limits = {
        identity: project.get("images")
        for _, project in entries(data, "projects")
        if isinstance(identity := project.get("id"), str)
    }
    skipped = {
        name: place
        for place, rule in entries(data, "rules")
        if isinstance(rule.get("skip"), list | tuple)
        for name in rule["skip"]  # type: ignore[attr-defined]  # a list, as just asked
        if isinstance(name, str)
    }
    first: dict[str, Location] = {}
    for place, rule in entries(data, "rules"):
        project = rule.get("committed")
        if not isinstance(project, str):
            continue
        here = (*place, "committed")
        if project in skipped:
            message = f"{show(project)} is committed here, but {_rule(skipped[project])} skips it."
            yield Finding(here, message, code="CONFLICT")
        if project in first:
            message = f"{show(project)} is committed already, by {_rule(first[project])}."
            yield Finding(here, message, code="CONFLICT")
        first.setdefault(project, place)
        images, section = _count(rule.get("images")), limits.get(project)
        limit = _count(section.get("limit")) if isinstance(section, Mapping) else None
        if images is not None and limit is not None and images > limit:
            message = (
                f"{images:,} images are committed, but {show(project)} can have {limit:,} at most."
            )
            yield Finding((*place, "images"), message, f"images: {limit}", code="CONFLICT")


def _committed_together(data: Fields) -> Iterator[Finding]:
    """Yield rules that allow fewer of their projects than are committed."""
    rules = entries(data, "rules")
    committed = {name for _, rule in rules if isinstance(name := rule.get("committed"), str)}
    for place, rule in rules:
        for field, names, count in (
            ("exclusive", rule.get("exclusive"), 1),
            ("at_most", rule.get("of"), _count(rule.get("at_most"))),
        ):
            if count is None or not isinstance(names, list | tuple):
                continue
            bound = [name for name in names if isinstance(name, str) and name in committed]
            if len(bound) > count:
                message = (
                    f"{len(bound)} of these are committed ({', '.join(map(show, bound[:3]))}"
                    f"{', …' if len(bound) > 3 else ''}), but at most {count} may be funded."
                )
                yield Finding((*place, field), message, code="CONFLICT")


def _rule(place: Location) -> str:
    """Return the name of a rule's place."""
    return f"rules[{place[1]}]"


def _rate(value: object) -> float | None:
    """Return a share, None if it is not one."""
    if isinstance(value, float) and value == 1:
        return value  # computed, not written
    try:
        return None if value is None else parse_rate(value)
    except QuantityError:
        return None


def _count(value: object) -> int | None:
    """Return a whole number, None if it is not one."""
    try:
        return None if value is None else parse_count(value)
    except QuantityError:
        return None
