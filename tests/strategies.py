"""Hypothesis strategies shared by tests: portfolio files as data, as text, and as damaged text."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

type Data = dict[str, Any]


def _may_be_thousands(amount: float) -> bool:
    """Whether an amount is written with exactly three digits after its point, so asked about."""
    return re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", repr(amount)) is not None


ARCHITECTURES = ("EfficientNet-B0", "ResNet-50", "efficientnet b0", "resnet50", "Inception-v3")
COUNTS = st.one_of(st.integers(0, 10**6), st.sampled_from(["20k", "1.5M", "1,200", "0", "1_000"]))
MONEY = st.one_of(
    st.integers(0, 10**9),
    st.floats(0, 1e9).filter(lambda amount: not _may_be_thousands(amount)),
    st.sampled_from(["120k", "1200.50", "0.35", "5M"]),
)
PRICES = st.one_of(MONEY, st.sampled_from(["0.30..0.45", "1k..2k", "0.3 .. 0.4"]))
SHARES = st.one_of(
    st.floats(0, 0.999), st.floats(1.001, 100), st.sampled_from(["50%", "0 %", "100%", "0.25"])
)
TARGETS = st.sampled_from(["94%", "94 %", 94, 0.94, 96.5, "0.9", 0.5])
NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1
).filter(lambda text: text.strip() != "" and len(text) <= 300)


@st.composite
def images(draw: st.DrawFn) -> Data:
    """Draw the images of a project."""
    held = draw(st.integers(0, 10**6))
    found: Data = {"held": held, "limit": held + draw(st.integers(1, 10**6))}
    return found | draw(st.fixed_dictionaries({"price": PRICES}, optional={"fixed_cost": MONEY}))


@st.composite
def projects(draw: st.DrawFn, identity: str, *, valued: bool) -> Data:
    """Draw one valid project."""
    found: Data = {"id": identity}
    segmentation = draw(st.booleans())
    if segmentation:
        found["task"] = "segmentation"
    if draw(st.booleans()):
        found["classes"] = draw(st.integers(2, 5000))
    else:
        found["class_counts"] = draw(
            st.dictionaries(NAMES, st.integers(1, 10**6), min_size=2, max_size=5)
        )
    names = ["target_accuracy", "target_error", *(["target_iou"] if segmentation else [])]
    found[draw(st.sampled_from(names))] = draw(TARGETS)
    found["images"] = draw(images())
    if valued:
        found["value"] = draw(MONEY)
    optional = {
        "pretrained": st.booleans(),
        "backbone": st.just("finetuned"),
        "min_chance": SHARES,
        "architectures": st.lists(st.sampled_from(ARCHITECTURES), min_size=1, max_size=3),
        "baseline": st.sampled_from([100, {"entropy_bits": 9.97}, {"a": 5, "b": "2k"}]),
    }
    return found | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def rules(draw: st.DrawFn, identities: list[str], units: list[str]) -> Data:
    """Draw one rule over projects and units of these names."""
    one = st.sampled_from(identities)
    some = st.lists(one, min_size=1, max_size=4, unique=True)
    kinds = ["require", "exclusive", "fund", "skip", "at_most", "at_least", "committed"]
    kind = draw(st.sampled_from([*kinds, *(["unit"] if units else [])]))
    name = draw(st.fixed_dictionaries({}, optional={"name": NAMES}))
    match kind:
        case "require":
            return {"require": draw(one), "needs": draw(one), **name}
        case "at_most" | "at_least":
            return {kind: draw(st.integers(0, 4)), "of": draw(some), **name}
        case "committed":
            optional = {"images": st.just(1)}
            return {kind: draw(one), **draw(st.fixed_dictionaries({}, optional=optional)), **name}
        case "unit":
            shares = draw(st.sampled_from([("30%", "0 %"), (0.5, "20%"), ("100%", 0)]))
            bounds = {"max_share": shares[0], "min_share": shares[1]}
            only = draw(st.sampled_from([None, "max_share", "min_share"]))
            given = bounds if only is None else {only: bounds[only]}
            return {"unit": draw(st.sampled_from(units)), **given, **name}
        case _:
            return {kind: draw(some), **name}


def without_contradictions(drawn: list[Data]) -> list[Data]:
    """Return rules without those that bound a unit again, or speak against a commitment."""
    kept: list[Data] = []
    for rule in drawn:
        same_unit = any("unit" in rule and rule["unit"] == other.get("unit") for other in kept)
        commits = any("committed" in other for other in kept)
        against = any(kind in rule for kind in ("skip", "exclusive", "at_most", "committed"))
        earlier = any(kind in other for other in kept for kind in ("skip", "exclusive", "at_most"))
        if not (same_unit or (commits and against) or ("committed" in rule and earlier)):
            kept.append(rule)
    return kept


@st.composite
def assets(draw: st.DrawFn, identity: str, identities: list[str]) -> Data:
    """Draw one shared data set or base model of that id."""
    some = st.lists(st.sampled_from(identities), min_size=1, max_size=3, unique=True)
    found: Data = {"id": identity, "members": draw(some), "fixed_cost": draw(MONEY)}
    optional: Data = {
        "required": st.booleans(),
        "split": st.sampled_from(["shapley", "equal", "usage", "proportional", "dual"]),
    }
    if draw(st.booleans()):
        found["kind"] = "dataset"
        optional["images"] = images()
    else:
        found["kind"] = "base_model"
        gives = {"pretrained": st.just(True), "training_discount": SHARES}
        optional["gives"] = st.fixed_dictionaries({}, optional=gives)
    return found | draw(st.fixed_dictionaries({}, optional=optional))


RISKS: tuple[Data, ...] = (
    {"measure": "expected"},
    {"measure": "cvar"},
    {"measure": "cvar", "level": "95%", "weight": 0},
    {"measure": "entropic", "aversion": 1e-6},
)
PERIODS = ("2027H1", "2027H2", "later, é")
UNITS = ("retail", "fresh food")


@st.composite
def times_and_risks(draw: st.DrawFn, projects_drawn: list[Data]) -> Data:
    """Draw settings on time and risk; may give projects an earliest period and a unit."""
    found: Data = {"risk": draw(st.sampled_from(RISKS))}
    if draw(st.booleans()):
        ids = draw(st.lists(st.sampled_from(PERIODS), min_size=1, unique=True))
        found["periods"] = [{"id": identity, "budget": draw(MONEY)} for identity in ids]
        found["discount_rate"] = draw(st.sampled_from([0, "8%", 0.1, "12.5 %"]))
        for project in projects_drawn:
            if draw(st.booleans()):
                project["earliest"] = draw(st.sampled_from(ids))
    if draw(st.booleans()):
        found["mode"] = "stop_when_reached"
        found["hold"] = draw(st.sampled_from([{"chance": "90%"}, {"cvar": 0.9}, {"chance": 75}]))
    for project in projects_drawn:
        if draw(st.booleans()):
            project["unit"] = draw(st.sampled_from(UNITS))
    return found


@st.composite
def portfolio_data(draw: st.DrawFn) -> Data:
    """Draw the content of a valid portfolio file, version 1, as plain data."""
    identities = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    valued = draw(st.booleans())
    section: Data = {
        "name": NAMES,
        "currency": st.sampled_from(["USD", "EUR"]),
        "budget": MONEY,
        "objective": st.sampled_from(["net_value", "value", "targets_met"][0 if valued else 2 :]),
        "mode": st.just("commit"),
        "horizon_years": st.integers(1, 10),
        "go_chance": st.just("60%"),
        "pilot_chance": st.just(0.3),
    }
    compute: Data = {
        "basis": st.sampled_from(["measured", "paper"]),
        "usd_per_flop": st.sampled_from([3e-11, "1e-18..2e-18"]),
        "accelerator": st.sampled_from(["A100 40GB", "v100"]),
        "usd_per_hour": PRICES,
        "utilisation": st.sampled_from(["20%..40%", 0.3, "35%"]),
        "epochs": st.integers(1, 300),
        "trials": st.integers(1, 20),
    }
    found: Data = {
        "version": 1,
        "projects": [draw(projects(identity, valued=valued)) for identity in identities],
    }
    parts = {
        "portfolio": st.fixed_dictionaries({}, optional=section),
        "compute": st.fixed_dictionaries({}, optional=compute),
    }
    found |= draw(st.fixed_dictionaries({}, optional=parts))
    if draw(st.booleans()):
        more = draw(times_and_risks(found["projects"]))
        found["portfolio"] = {**found.get("portfolio", {}), **more}
        names = draw(st.lists(NAMES, max_size=2, unique=True))
        found["shared"] = [draw(assets(name, identities)) for name in names]
    units = [project["unit"] for project in found["projects"] if "unit" in project]
    if draw(st.booleans()):
        drawn = draw(st.lists(rules(identities, units), max_size=3))
        found["rules"] = without_contradictions(drawn)
    return found


def as_flow_yaml(data: object) -> str:
    """Write data as YAML in flow style; JSON is a subset of YAML 1.2."""
    return json.dumps(data, ensure_ascii=False)


def as_block_yaml(data: object, indent: int = 0) -> str:
    """Write data as YAML in block style."""
    pad = "  " * indent
    if isinstance(data, dict) and data:
        return "".join(
            f"{pad}{json.dumps(key, ensure_ascii=False)}:{_block_value(value, indent)}"
            for key, value in data.items()
        )
    if isinstance(data, list) and data:
        return "".join(f"{pad}-{_block_value(value, indent)}" for value in data)
    return f"{pad}{_yaml_scalar(data)}\n"


def _block_value(value: object, indent: int) -> str:
    if isinstance(value, dict | list) and value:
        return "\n" + as_block_yaml(value, indent + 1)
    return f" {_yaml_scalar(value)}\n"


def _yaml_scalar(value: object) -> str:
    # Unquoted where a person would leave the quotes out: 20k, 94%, finetuned.
    if isinstance(value, str) and value.replace("_", "").replace(".", "").isalnum():
        is_word = value.isascii() and value[0].isalpha()
        return value if is_word and value.lower() not in _YAML_WORDS else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


_YAML_WORDS = frozenset(("null", "true", "false"))


def as_toml(data: Data) -> str:
    """Write data as TOML: a header for each section and project, inline below that."""
    lines = [
        f"{_toml_key(key)} = {_toml(value)}" for key, value in data.items() if _is_inline(value)
    ]
    for key, value in data.items():
        if _is_inline(value):
            continue
        for entry in value if isinstance(value, list) else [value]:
            brackets = "[[{}]]" if isinstance(value, list) else "[{}]"
            lines.append(brackets.format(_toml_key(key)))
            lines += [f"{_toml_key(name)} = {_toml(part)}" for name, part in entry.items()]
    return "\n".join(lines) + "\n"


def _is_inline(value: object) -> bool:
    if isinstance(value, list):
        return not value or not all(isinstance(entry, dict) for entry in value)
    return not isinstance(value, dict)


def _toml_key(key: object) -> str:
    return json.dumps(str(key), ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_toml_key(key)} = {_toml(part)}" for key, part in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, str):
        return _toml_key(value)
    if value is None:
        return '""'
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


GARBAGE: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 2, 1.0, 1.5, -0.5, 1e300, 10**400, float("nan"), float("inf"),
    "", " ", "1", "yes", "no", "null", "20k-ish", "940%", "-5%", "0.3..0.4", "0.4..0.3",
    "1..1..1", "0,63", "1,2,3", "9" * 5000, "é\u202e\u2028", "a" * 400, "2027-01-01", ".inf", "~",
    "*a", "&a x", "!!str", "=1+1", [], {}, [[]], [None], {"": ""}, {"a": {"b": {"c": []}}},
    [1, "a", {}], "\ufeff", ["shelf-gaps", "shelf-gaps"], {"held": -1}, {"version": 2},
    10**15, 10**16, "1e400", "5Mn", {"chance": "90%"}, {"measure": "cvar"}, [{"id": "a"}],
    "stop_when_reached", "entropic", "dual", "base_model", "2027H1",
)  # fmt: skip
KEYS = (
    "id", "hedl", "held", "version", "", "projects", "classes", "class_counts", "pilots", "shared",
    "target_iou", "target_error", "images", "value", "unit", "at_least", "periods", "<<", "?", "0",
    "risk", "hold", "chance", "cvar", "earliest", "members", "gives", "kind", "committed",
    "max_share", "min_share", "skip", "required", "mode", "aversion", "entropy_bits", "a" * 400,
    "é", "__class__", "model_config", "baseline", "fund", "require",
)  # fmt: skip


@st.composite
def mutated_data(draw: st.DrawFn, base: st.SearchStrategy[Data]) -> Data:
    """Draw data damaged in one to four places."""
    data = deepcopy(draw(base))
    for _ in range(draw(st.integers(1, 4))):
        spots = list(_spots(data))
        if spots:
            holder, key = spots[draw(st.integers(0, len(spots) - 1))]
            draw(st.sampled_from(_MUTATIONS))(draw, holder, key, spots)
    return data


def _spots(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container of the data with each of its keys."""
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        yield data, key
        if isinstance(data[key], dict | list):
            yield from _spots(data[key])


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def _retype(draw: st.DrawFn, holder: Any, key: Any, spots: list[tuple[Any, Any]]) -> None:
    holder[key] = deepcopy(draw(st.sampled_from(GARBAGE)))


def _delete(draw: st.DrawFn, holder: Any, key: Any, spots: list[tuple[Any, Any]]) -> None:
    del holder[key]


def _rename(draw: st.DrawFn, holder: Any, key: Any, spots: list[tuple[Any, Any]]) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(KEYS))] = holder.pop(key)


def _duplicate(draw: st.DrawFn, holder: Any, key: Any, spots: list[tuple[Any, Any]]) -> None:
    if isinstance(holder, list):
        holder.insert(0, deepcopy(holder[key]))
    else:
        holder[draw(st.sampled_from(KEYS))] = deepcopy(holder[key])


def _insert(draw: st.DrawFn, holder: Any, key: Any, spots: list[tuple[Any, Any]]) -> None:
    value = deepcopy(draw(st.sampled_from(GARBAGE)))
    if isinstance(holder, list):
        holder.append(value)
    else:
        holder[draw(st.sampled_from(KEYS))] = value


def _transplant(draw: st.DrawFn, holder: Any, key: Any, spots: list[tuple[Any, Any]]) -> None:
    other, other_key = spots[draw(st.integers(0, len(spots) - 1))]
    if _has(other, other_key):
        holder[key] = deepcopy(other[other_key])


type _Mutation = Callable[[st.DrawFn, Any, Any, list[tuple[Any, Any]]], None]
_MUTATIONS: tuple[_Mutation, ...] = (_retype, _delete, _rename, _duplicate, _insert, _transplant)

TOKENS = (
    b"\t", b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r\n", b"\n", b":", b"- ", b"? ",
    b"&a ", b"*a", b"!!python/object:os.system ", b"!x ", b"---\n", b"...\n", b"%YAML 1.1\n---\n",
    b"{", b"}", b"[" * 60, b"]", b"'", b'"', b'"""', b"|\n", b">\n", b"#", b"<<: *a", b"\\", b"\\U",
    b'"\\UFFFFFFFF"', b"\xc3\x28", b"\x85", b"\xe2\x80\xa8", b"@", b"`", b",", b"= ",
    b"[[projects]]\n", b"[a]\n", b"1979-05-27T07:32:00Z", b"0x1F", b"1e999", b"%",
    b"\x1b[31m", b"version: 2\n", b"  ",
)  # fmt: skip


@st.composite
def mutated_bytes(draw: st.DrawFn, base: st.SearchStrategy[bytes]) -> bytes:
    """Draw bytes damaged in one to three places."""
    content = draw(base)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        before, cut, after = content[:start], content[start:end], content[end:]
        kind = draw(st.sampled_from(["flip", "truncate", "insert", "delete", "repeat", "token"]))
        match kind:
            case "flip":
                flipped = bytes([after[0] ^ (1 << draw(st.integers(0, 7)))]) if after else b""
                content = before + cut + flipped + after[1:]
            case "truncate":
                content = before
            case "insert":
                content = before + draw(st.binary(max_size=6)) + cut + after
            case "delete":
                content = before + after
            case "repeat":
                content = before + cut + cut + after
            case _:
                content = before + draw(st.sampled_from(TOKENS)) + cut + after
    return content
