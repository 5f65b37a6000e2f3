"""Portfolio files: what is read, and what is said about what cannot be."""

import math
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    Committed,
    Exclusive,
    Fund,
    Gives,
    Hold,
    Period,
    Portfolio,
    Require,
    RiskPreference,
    SharedAsset,
    Skip,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Pilot
from planner.domain.quantities import Range
from planner.domain.vocabulary import Backbone, Basis, Mode, Objective
from planner.errors import InputError, Problem, UnsupportedError
from planner.inputs import portfolio_file, yaml_source
from planner.inputs.fields import support
from planner.inputs.portfolio_file import (
    check_portfolio,
    parse_portfolio,
    read_portfolio,
)

PROJECT = "{id: a, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}}"
BASE = f"version: 1\nprojects:\n  - {PROJECT}\n"

CONTRACT = """\
version: 1
portfolio:
  name: FY27 vision
  currency: USD
  budget: 120k
  objective: net_value
  mode: commit
  risk: {measure: expected}
  horizon_years: 3
compute: {basis: measured, usd_per_flop: 3e-11, accelerator: a100-40gb, epochs: 50, trials: 1}
projects:
  - id: shelf-gaps
    task: classification
    classes: 4
    pretrained: true
    backbone: finetuned
    target_accuracy: 94%
    images: {held: 20k, limit: 150k, price: 0.30..0.45, fixed_cost: 0}
    value: 600k
    architectures: [efficientnet b0, ResNet-50]
    min_chance: 0.5
  - id: planogram
    class_counts: {ok: 50000, gap: 1000, 2: 0}
    target_error: 6%
    images: {limit: 1M}
    value: 5M
rules:
  - {require: planogram, needs: shelf-gaps}
  - {exclusive: [shelf-gaps, planogram]}
  - {fund: [shelf-gaps]}
  - {skip: [planogram]}
  - {at_most: 1, of: [shelf-gaps, planogram]}
"""


def parse(text: str, name: str = "p.yaml", **overrides: object) -> Portfolio:
    """Read a text as a file of that name."""
    paths = {key.replace("__", "."): value for key, value in overrides.items()}
    return parse_portfolio(text.encode(), name, overrides=paths)


def problems(text: str | bytes, name: str = "p.yaml", **overrides: object) -> tuple[Problem, ...]:
    """Return what is wrong with a text."""
    content = text.encode() if isinstance(text, str) else text
    paths = {key.replace("__", "."): value for key, value in overrides.items()}
    with pytest.raises(InputError) as caught:
        parse_portfolio(content, name, overrides=paths)
    return caught.value.problems


def only(text: str | bytes, name: str = "p.yaml", **overrides: object) -> Problem:
    """Return the one thing that is wrong with a text."""
    (problem,) = problems(text, name, **overrides)
    return problem


def test_contract_example_is_read() -> None:
    """Every field of the documented example ends in its record."""
    portfolio = parse(CONTRACT)
    shelf, planogram = portfolio.projects
    assert (portfolio.name, portfolio.budget) == ("FY27 vision", 120_000)
    assert portfolio.objective is Objective.NET_VALUE
    assert portfolio.horizon_years == 3
    assert portfolio.compute.basis is Basis.MEASURED
    assert portfolio.compute.accelerator == "A100 40GB"
    assert shelf.images.price == Range(0.30, 0.45)
    assert (shelf.images.held, shelf.images.limit) == (20_000, 150_000)
    assert shelf.architectures == ("EfficientNet-B0", "ResNet-50")
    assert (shelf.error_target, shelf.min_chance, shelf.value) == (0.06, 0.5, 600_000)
    assert planogram.class_counts == {"ok": 50_000, "gap": 1_000, "2": 0}
    assert planogram.images.limit == 1_000_000


def test_rules_have_readable_names_in_file_order() -> None:
    """Each rule is a record named by its place and its meaning."""
    assert parse(CONTRACT).rules == (
        Require("rules[0]: planogram needs shelf-gaps", "planogram", "shelf-gaps"),
        Exclusive("rules[1]: at most one of shelf-gaps, planogram", ("shelf-gaps", "planogram")),
        Fund("rules[2]: fund shelf-gaps", ("shelf-gaps",)),
        Skip("rules[3]: skip planogram", ("planogram",)),
        AtMost("rules[4]: at most 1 of shelf-gaps, planogram", 1, ("shelf-gaps", "planogram")),
    )


def test_long_rules_have_short_names() -> None:
    """A rule over many projects is named by the first three."""
    listed = ", ".join(f"p{index}" for index in range(9))
    entries = "".join(f"  - {PROJECT.replace('id: a', f'id: p{i}')}\n" for i in range(9))
    portfolio = parse(f"version: 1\nprojects:\n{entries}rules: [{{fund: [{listed}]}}]\n")
    assert portfolio.rules[0].name == "rules[0]: fund p0, p1, p2 and 6 more"


def test_places_and_given_tell_what_the_user_wrote_and_where() -> None:
    """Field paths lead to line and column; defaults have none."""
    portfolio = parse(CONTRACT)
    assert portfolio.places["projects[shelf-gaps].images.held"] == "p.yaml:18:20"
    assert portfolio.places["rules[2].fund[0]"] == "p.yaml:30:13"
    assert "portfolio.budget" in portfolio.given
    assert "portfolio.go_chance" not in portfolio.given
    assert parse(BASE, portfolio__budget="5k").places["portfolio.budget"] == "--budget"


def test_overrides_win_and_enter_the_hash() -> None:
    """A flag replaces the file's value, is checked like it, and changes the hash of the inputs."""
    plain, flagged = (
        parse(CONTRACT),
        parse(CONTRACT, portfolio__budget="50k", compute__basis="paper"),
    )
    assert flagged.budget == 50_000
    assert flagged.compute.basis is Basis.PAPER
    assert plain.inputs_sha256 != flagged.inputs_sha256
    assert parse(CONTRACT, portfolio__budget=None).inputs_sha256 == plain.inputs_sha256
    problem = only(CONTRACT, portfolio__objective="valeu", compute__basis=None)
    assert (problem.place, problem.field, problem.fix) == (
        "--objective",
        "portfolio.objective",
        "value",
    )


def test_signs_of_the_portfolios_own_currency_are_read_and_others_refused() -> None:
    """€ is read in a file in euros; a flag is held to the currency of the file, too."""
    euros = BASE.replace("price: 1", "price: €0.30..€0.45") + "portfolio: {currency: EUR}\n"
    portfolio = parse(euros, portfolio__budget="€5k")
    assert portfolio.projects[0].images.price == Range(0.30, 0.45)
    assert portfolio.budget == 5000
    assert only(BASE, portfolio__budget="€5").place == "--budget"
    assert "in USD, but amounts here are in EUR" in only(euros, portfolio__budget="$5").message


def test_override_does_not_hide_a_section_of_the_wrong_shape() -> None:
    """A flag inside a section that is no mapping leaves the section's own mistake to be seen."""
    assert only(BASE + "portfolio: 5\n", portfolio__budget="1k").field == "portfolio"


def test_every_mistake_is_named_in_the_order_of_the_file() -> None:
    """One pass finds mistakes of every kind, each with line, column and fix."""
    text = (
        CONTRACT.replace("94%", "940%")
        .replace("{held: 20k", "{hedl: 20k")
        .replace("ResNet-50]", "ResNet50x]")
        .replace("needs: shelf-gaps", "needs: shelf-gap")
        .replace("budget: 120k", "budget:")
    )
    found = [(item.place, item.field, item.fix) for item in problems(text)]
    assert found == [
        ("p.yaml:5:3", "portfolio.budget", ""),
        ("p.yaml:17:22", "projects[shelf-gaps].target_accuracy", "94%"),
        ("p.yaml:18:14", "projects[shelf-gaps].images.hedl", "held  (did you mean this?)"),
        ("p.yaml:20:38", "projects[shelf-gaps].architectures[1]", "ResNet-50"),
        ("p.yaml:28:33", "rules[0].needs", "shelf-gaps"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("94%", "1", "1 % or 100 %"),
        ("94%", "1.0", "1 % or 100 %"),
        ("94%", "100%", "strictly between"),
        ("94%", "0", "strictly between"),
        ("94%", ".nan", "not a finite number"),
        ("94%", "[94%]", "got a list"),
        ("94%", "80%..90%", "takes one share"),
        ("20k", "-.inf", "not a finite number"),
        ("20k", "20k-ish", "not a number"),
        ("20k", "true", "got true"),
        ("20k", "-5", "at least 0"),
        ("20k", "2.5", "is whole"),
        ("20k", "0", "at least one image"),
        ("20k", "2e15", "counted exactly"),
        ("20k", "$5", "not a number of images"),
        ("20k", '"9999999999999999999999999999999999999999999999999999999999999999"', "too large"),
        ("price: 1", f"price: {'9' * 5000}", "too large"),
        ("price: 1", "price: €1", "in EUR, but amounts here are in USD"),
        ("price: 1", "price: £0.30..£0.40", "in GBP, but amounts here are in USD"),
        ("price: 1", "price: 1, fixed_cost: €10k", "in EUR, but amounts here are in USD"),
        ("price: 1", 'price: "1,200"', "may mean 1200 or"),
        ("price: 1", "price: 1...2", "two dots"),
        ("price: 1", "price: 0..1", "P10 must be above 0"),
        ("94%", "$94", "no amount of money"),
        ("20k", "10, held: 20", "20 images are held"),
        ("price: 1", "price: -1", "at least 0"),
        ("price: 1", "price: 0,63", "decimals have a point"),
        ("price: 1", 'price: "0,63"', "decimal comma"),
        ("price: 1", "price: 0.4..0.3", "not a range"),
        ("price: 1", "price: 1e15", "not read"),
        ("classes: 4", "classes: 4, errors: {cost_per_error: 1k..2k}", "takes one number"),
        ("price: 1", "price: 2027-01-01", "not a number"),
        ("price: 1", "price: 1, fixed_cost: -1", "at least 0"),
        ("price: 1", "price: 1, fixed_cost: 1e14", "not read"),
        ("classes: 4", "classes: 1", "at least 2"),
        ("classes: 4", "class_counts: {a: 5}", "nothing to tell apart"),
        ("classes: 4", "class_counts: {a: 5, b: 0}", "nothing to tell apart"),
        ("classes: 4", "class_counts: [5, 6]", "expected names with their values"),
        ("classes: 4", "class_counts: {a: 5, b: 2.5}", "is whole"),
        ("classes: 4", "classes: 4, pretrained: yes", "expected true or false"),
        ("classes: 4", "classes: 4, task: detection", "classification, segmentation"),
        ("classes: 4", "classes: 4, architectures: []", "the list is empty"),
        ("classes: 4", "classes: 4, baseline: 1", "at least 2"),
        ("classes: 4", "classes: 4, baseline: {entropy_bits: 0}", "above 0"),
        ("classes: 4", "classes: 4, baseline: {a: 1}", "nothing to tell apart"),
        ("classes: 4", "classes: 4, baseline: [1]", "got a list"),
        ("id: a", "id: 7", "expected text"),
        ("id: a", "id: ''", "is empty"),
        ("id: a", "id: [x]", "expected text"),
        ("id: a", f"id: {'x' * 301}", "301 characters"),
        ("target_accuracy", "target_iou", "IoU measures segmentation"),
        ("id: a", "id: a, backbone: frozen, pretrained: false", "needs pretrained"),
        ("version: 1", "version: 2", "version 1"),
        ("version: 1", 'version: "1"', "version 1"),
        ("version: 1", "version: true", "version 1"),
        ("version: 1", "version: 1.0", "got 1.0; the version is a whole number"),
    ],
)
def test_bad_values_are_refused(old: str, new: str, message: str) -> None:
    """A value of the wrong type or range is named at its place, with what was expected."""
    found = [item for item in problems(BASE.replace(old, new, 1)) if item.code != support.CODE]
    assert any(message in item.message for item in found), found
    assert all(item.place.startswith("p.yaml:") for item in found)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("portfolio: {go_chance: 40%, pilot_chance: 50%}", "above go_chance"),
        ("portfolio: {horizon_years: 0}", "above 0"),
        ("portfolio: {budget: -1}", "at least 0"),
        ("portfolio: {objective: net}", "expected one of"),
        ("portfolio: {objective: [1]}", "expected one of"),
        ("portfolio: {currency: 5}", "expected text"),
        ("portfolio: hello", "expected fields such as name"),
        ("compute: {utilisation: 0}", "above 0 %"),
        ("compute: {usd_per_flop: 0}", "above 0"),
        ("compute: {accelerator: A1000}", "not in the catalogue"),
        ("compute: {price: 3}", "belongs under images"),
        ("budget: 5", "belongs under portfolio"),
        ("colour: red", "Known here: version"),
        ("rules: [{fund: a}]", "expected a list"),
        ("rules: [{fund: []}]", "the list is empty"),
        ("rules: [{fund: [a, a]}]", "named twice"),
        ("rules: [{fund: [b]}]", "no project has the id"),
        ("rules: [{fund: [a], skip: [a]}]", "a rule for each"),
        ("rules: [{fnd: [a]}]", "no known rule"),
        ("rules: [5]", "expected a rule"),
        ("rules: [{fund: [a], for: x}]", "unknown field"),
        ("rules: [{at_most: 1}]", "of is missing"),
        ("rules: [{at_most: -1, of: [a]}]", "at least 0"),
        ("rules: {fund: [a]}", "expected a list"),
        ("rules:", "has no value"),
        ("rules: [~]", "empty entry"),
        ("rules: [*x]", "aliases are not read"),
        ("rules: [!!python/name:os.system x]", "tags are not read"),
        ("? [a, {b: c}]\n: 5", "a key must be text"),
        ("? *x\n: 5", "aliases are not read"),
        ("projects: []", "given twice, in lines 2 and 4"),
        ('rules: [{fund: ["\\uD800"]}]', "half of a character"),
    ],
)
def test_bad_sections_are_refused(section: str, message: str) -> None:
    """Mistakes outside the projects are named as well."""
    found = problems(BASE + section + "\n")
    assert any(message in item.message for item in found), found
    assert all(item.place.startswith("p.yaml:4:") or item.place[7] == "5" for item in found)


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        (b"", "the file is empty", "p.yaml:1:1"),
        (b"# nothing\n", "the file is empty", "p.yaml:1:1"),
        (b"- 1\n", "does not begin with fields", "p.yaml:1:1"),
        (b"hello", "does not begin with fields", "p.yaml:1:1"),
        (b"a: 1\n---\nb: 1\n", "a second document", "p.yaml:2:1"),
        (b"version: 1\nprojects:\n\t- id: a\n", "a tab stands here", "p.yaml:3:1"),
        (b"a: {b: 1\n", "this is not YAML", "p.yaml:2:1"),
        (b'a: "\\UFFFFFFFF"\n', "this is not YAML", "p.yaml:1:1"),
        (b"a: " + b"[" * 100_000, "nested more than 40 deep", "p.yaml:1:43"),
        (b"a: b\nc: \xe9\n", "byte 0xe9 is not UTF-8", "p.yaml:2:4"),
        ("a: b".encode("utf-16"), "UTF-16", "p.yaml:1:1"),
        (b"a: b\r\nc: \x1b[31m\r\n", "control character U+001B", "p.yaml:2:4"),
        ("a: b, ü".encode("utf-16-le"), "UTF-16", "p.yaml:1:1"),
        ("a: b".encode("utf-32-le"), "UTF-16 or UTF-32", "p.yaml:1:1"),
        (b"a: \x00\n", "holds binary data", "p.yaml:1:1"),
        (bytes(range(40)), "holds binary data", "p.yaml:1:1"),
        (b"PK\x03\x04\x14\x00\x00\x00", "a zip archive or an Excel workbook", "p.yaml:1:1"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image", "p.yaml:1:1"),
    ],
)
def test_unreadable_text_is_answered(content: bytes, message: str, place: str) -> None:
    """Encoding and syntax are answered with one problem at the right place."""
    problem = only(content)
    assert message in problem.message
    assert problem.place == place


def test_yaml_1_1_is_refused() -> None:
    """A file that asks for the older version, in which `no` is false, is not read as the newer."""
    assert "YAML 1.2" in only("%YAML 1.1\n---\n" + BASE).message


@pytest.mark.parametrize("text", [BASE.replace("\n", "\r\n"), "\ufeff" + BASE, BASE + "...\n"])
def test_harmless_variants_are_read(text: str) -> None:
    """Windows line ends, a byte-order mark and an end marker change nothing."""
    assert parse(text).projects == parse(BASE).projects


def test_json_escapes_of_characters_outside_the_basic_plane_are_joined() -> None:
    """An emoji written as two escapes is one character."""
    assert parse(BASE.replace("id: a", 'id: "\\ud83d\\ude80"')).projects[0].id == "🚀"


def test_both_lines_are_named_when_one_excludes_the_other() -> None:
    """Two sizes or two targets are refused with both lines."""
    text = BASE.replace("classes: 4", "classes: 4,\n     class_counts: {x: 1, y: 2}")
    assert "classes (line 3) and class_counts (line 4)" in only(text).message
    text = BASE.replace("94%", "94%,\n     target_error: 6%")
    assert "target_accuracy (line 3) and target_error (line 4)" in only(text).message


def test_duplicate_ids_name_both_lines() -> None:
    """The second use of an id is refused and the first one shown."""
    problem = only(BASE + f"  - {PROJECT}\n")
    assert problem.code == "DUPLICATE_ID"
    assert "lines 3 and 4" in problem.message


def test_missing_fields_are_named_with_an_example() -> None:
    """An empty project lacks four things, each shown as it would be written."""
    found = problems("version: 1\nprojects: [{}]\n")
    assert [item.code for item in found] == ["MISSING"] * 4
    assert all(item.fix and item.place == "p.yaml:2:12" for item in found)
    assert only("projects: []\n".replace("[]", f"[{PROJECT}]")).fix == "version: 1"


@pytest.mark.parametrize(
    ("objective", "values", "n_missing"),
    [(None, 0, 0), (None, 1, 1), (None, 2, 0), ("net_value", 0, 2), ("value", 1, 1),
     ("targets_met", 1, 0)],
)  # fmt: skip
def test_objective_needs_values(objective: str | None, values: int, n_missing: int) -> None:
    """Without an objective one value asks for all; targets_met asks for none."""
    entries = [
        PROJECT.replace("id: a", f"id: p{index}" + (", value: 5" if index < values else ""))
        for index in range(2)
    ]
    text = "version: 1\nprojects:\n" + "".join(f"  - {entry}\n" for entry in entries)
    if n_missing:
        found = problems(text, portfolio__objective=objective)
        assert [item.field for item in found] == [
            f"projects[p{index}].value" for index in range(2 - n_missing, 2)
        ]
    else:
        given = parse(text, portfolio__objective=objective).objective
        assert given == (Objective(objective) if objective else None)


PLANNED = """\
version: 1
portfolio:
  periods: [{id: 2027H1, budget: 60k}, {id: 2027H2, budget: 40k}]
  discount_rate: 8%
  mode: stop_when_reached
  hold: {chance: 90%}
  risk: {measure: cvar, level: 95%, weight: 0.25}
projects:
  - {id: a, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}, unit: retail}
  - {id: b, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}, earliest: 2027H2}
shared:
  - {id: pool, kind: dataset, members: [a, b], fixed_cost: 40k, split: proportional,
     images: {held: 5, limit: 60k, price: 0.2}}
  - {id: base, kind: base_model, members: [b], required: false, fixed_cost: 25k, split: dual,
     gives: {pretrained: true, training_discount: 40%}}
rules:
  - {at_least: 1, of: [a, b], name: one for the board}
  - {unit: retail, max_share: 50%, min_share: 10%}
  - {committed: a, architecture: resnet50, images: 20k}
"""


def test_risk_time_sharing_and_shares_of_units_are_read() -> None:
    """Every field beyond the plain portfolio ends in its record."""
    portfolio = parse(PLANNED)
    assert portfolio.periods == (Period(id="2027H1", budget=6e4), Period(id="2027H2", budget=4e4))
    assert portfolio.discount_rate == 0.08
    assert (portfolio.mode, portfolio.hold) == (Mode.STOP_WHEN_REACHED, Hold(chance=0.9))
    assert portfolio.risk == RiskPreference(measure="cvar", level=0.95, weight=0.25)
    assert [project.unit for project in portfolio.projects] == ["retail", None]
    assert [project.earliest for project in portfolio.projects] == [None, "2027H2"]
    pool, base = portfolio.shared
    assert pool == SharedAsset(
        id="pool",
        kind="dataset",
        members=("a", "b"),
        fixed_cost=40_000,
        split="usage",
        images=Images(held=5, limit=60_000, price=0.2),
    )
    assert (base.required, base.split) == (False, "dual")
    assert base.gives == Gives(pretrained=True, training_discount=0.4)
    assert portfolio.rules == (
        AtLeast("rules[0]: one for the board (at least 1 of a, b)", 1, ("a", "b")),
        UnitShare(
            "rules[1]: unit retail at least 10 %, at most 50 % of the spend", "retail", 0.5, 0.1
        ),
        Committed(
            "rules[2]: a is committed with ResNet-50 on 20,000 images", "a", "ResNet-50", 20_000
        ),
    )


def test_periods_stand_in_for_a_budget() -> None:
    """Without a total budget the periods' budgets say what may be committed."""
    portfolio = parse(PLANNED)
    assert portfolio.budget is None
    assert portfolio.spend_limit == 100_000
    assert parse(PLANNED, portfolio__budget="70k").spend_limit == 70_000
    assert parse(BASE).spend_limit is None


def test_places_and_given_of_the_parts_beyond_the_plain_portfolio() -> None:
    """Periods and shared assets are called by their id; what a flag sets is given by the user."""
    places = parse(PLANNED).places
    assert places["portfolio.periods[2027H2].budget"] == "p.yaml:3:61"
    assert places["shared[pool].images.price"] == "p.yaml:13:43"
    assert "shared[base].gives.training_discount" in places
    assert "shared[base].images" not in places
    flagged = parse(PLANNED, portfolio__risk={"measure": "cvar", "level": "0.9"})
    assert flagged.places["portfolio.risk.level"] == "--risk"
    assert "portfolio.risk.weight" not in flagged.given


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "fix"),
    [
        ("{id: 2027H1,", "{id: 2027H2,", "portfolio.periods[2027H2].id", "used twice", ""),
        ("earliest: 2027H2", "earliest: 2027H3", "projects[b].earliest", "no period",
         "2027H1 or 2027H2"),
        ("unit: retail, max", "unit: retial, max", "rules[1].unit", "carries the unit", "retail"),
        ("mode: stop_when_reached", "mode: commit", "portfolio.hold", "spend is certain",
         "mode: stop_when_reached"),
        ("{chance: 90%}", "{chance: 90%, cvar: 90%}", "portfolio.hold.cvar", "exactly one", ""),
        ("{chance: 90%}", "{}", "portfolio.hold", "chance or cvar is missing", "chance: 90%"),
        ("{chance: 90%}", "{chance: 100%}", "portfolio.hold.chance", "strictly between", "90%"),
        ("level: 95%", "level: 100%", "portfolio.risk.level", "strictly between", "90%"),
        ("weight: 0.25", "weight: 1", "portfolio.risk.weight", "1 % or 100 %", "1% or 100%"),
        ("measure: cvar", "measure: cvr", "portfolio.risk.measure", "one of expected", "cvar"),
        ("measure: cvar", "measure: entropic", "portfolio.risk.aversion", "needs its aversion",
         "aversion: 1e-6"),
        ("weight: 0.25", "aversion: 0", "portfolio.risk.aversion", "above 0", ""),
        ("discount_rate: 8%", "discount_rate: -8%", "portfolio.discount_rate", "between 0 %", ""),
        ("budget: 40k", "budget: €40k", "portfolio.periods[2027H2].budget", "in EUR", None),
        ("split: dual", "split: duel", "shared[base].split", "one of shapley", "dual"),
        ("kind: dataset", "kind: data set", "shared[pool].kind", "dataset, base_model", "dataset"),
        ("members: [a, b]", "members: [a, c]", "shared[pool].members[1]", "no project", ""),
        ("members: [a, b]", "members: [a, a]", "shared[pool].members", "named twice", ""),
        ("members: [a, b]", "members: []", "shared[pool].members", "list is empty", ""),
        ("id: base", "id: pool", "shared[pool].id", "used twice", ""),
        ("held: 5", "held: 70k", "shared[pool].images.limit", "includes them", "limit: 70000"),
        ("limit: 60k", "limit: 0", "shared[pool].images.limit", "at least one image", ""),
        ("kind: base_model", "kind: dataset", "shared[base].gives", "is of a base model",
         "kind: base_model"),
        ("kind: dataset", "kind: base_model", "shared[pool].images", "has no images",
         "kind: dataset"),
        ("fixed_cost: 25k, split: dual,\n     gives: {pretrained: true, training_discount: 40%}",
         "gives: {}", "shared[base]", "costs nothing and gives nothing", "fixed_cost: 40k"),
        ("pretrained: true", "pretrained: false", "shared[base].gives.pretrained", "or leaves",
         "pretrained: true"),
        ("min_share: 10%", "min_share: 60%", "rules[1].min_share", "above max_share",
         "min_share: 50%"),
        (", max_share: 50%, min_share: 10%", "", "rules[1]", "max_share, min_share or both",
         "max_share: 50%"),
        ("images: 20k}\n", "images: 21k}\n", "rules[2].images", "20,000 at most", "images: 20000"),
        ("images: 20k}\n", "images: 0}\n", "rules[2].images", "at least 1", ""),
        ("resnet50", "resnet5", "rules[2].architecture", "not in the catalogue",
         "ResNet-50 or ResNet-50-v2 or ResNet-50 (recipe V2)"),
        ("committed: a", "committed: c", "rules[2].committed", "no project", ""),
        ("unit: retail}", "unit: retail, architectures: [VGG-16]}", "rules[2].architecture",
         "considers VGG-16 alone", "architectures: [VGG-16, resnet50] of the project"),
        ("{at_least: 1, of: [a, b],", "{skip: [a],", "rules[2].committed", "rules[0] skips it",
         ""),
        ("{at_least: 1, of: [a, b],", "{committed: a,", "rules[2].committed",
         "committed already, by rules[0]", ""),
        ("{at_least: 1, of: [a, b],", "{at_most: 0, of: [a, b],", "rules[0].at_most",
         "at most 0 may be funded", ""),
        ("{at_least: 1, of: [a, b],", "{unit: retail, min_share: 60%,", "rules[0].min_share",
         "at most 50 % in rules[1]", "min_share: 50%"),
    ],
)  # fmt: skip
def test_mistakes_beyond_the_plain_portfolio_are_named(
    old: str, new: str, field: str, message: str, fix: str | None
) -> None:
    """Each contradiction has one problem at its place, with what was expected and a fix."""
    assert PLANNED.count(old) >= 1
    problem = only(PLANNED.replace(old, new, 1))
    assert problem.field == field
    assert message in problem.message
    assert fix is None or problem.fix == fix
    assert problem.place.startswith("p.yaml:")


def test_least_shares_of_units_cannot_sum_to_more_than_all() -> None:
    """Three units cannot get 40 % each."""
    entries = "".join(
        f"  - {PROJECT.replace('id: a', f'id: {u}, unit: {u}')}\n" for u in ("x", "y", "z")
    )
    listed = ", ".join(f"{{unit: {u}, min_share: 40%}}" for u in ("x", "y", "z"))
    problem = only(f"version: 1\nprojects:\n{entries}rules: [{listed}]\n")
    assert (problem.field, problem.code) == ("rules[2].min_share", "CONFLICT")
    assert "3 units sum to 120 %" in problem.message


def test_earliest_needs_periods_and_a_unit_rule_needs_units() -> None:
    """What a name should refer to is missing altogether, and both messages say so."""
    text = BASE.replace("id: a", "id: a, earliest: 2027H2") + "rules: [{unit: x, max_share: 5%}]\n"
    found = problems(text)
    assert "the portfolio has no periods" in found[0].message
    assert found[0].fix == "periods: [{id: 2027H2, budget: 60k}] under portfolio"
    assert "no project carries a unit" in found[1].message


def test_mistakes_beyond_the_plain_portfolio_come_with_all_others() -> None:
    """A contradiction between parts is found in the same pass as a field of the wrong type."""
    text = PLANNED.replace("94%", "940%").replace("earliest: 2027H2", "earliest: 2028")
    text = text.replace("committed: a", "committed: z").replace("kind: dataset", "kind: 5")
    assert [problem.field for problem in problems(text)] == [
        "projects[a].target_accuracy",
        "projects[b].target_accuracy",
        "projects[b].earliest",
        "shared[pool].kind",
        "rules[2].committed",
    ]


def test_toml_carries_risk_time_sharing_and_units() -> None:
    """The same portfolio in TOML gives the same records."""
    text = """
version = 1
[portfolio]
periods = [{id = "2027H1", budget = "60k"}, {id = "2027H2", budget = "40k"}]
discount_rate = "8%"
mode = "stop_when_reached"
hold.chance = "90%"
risk = {measure = "cvar", level = "95%", weight = 0.25}
[[projects]]
id = "a"
classes = 4
target_accuracy = "94%"
images = {limit = "20k", price = 1}
unit = "retail"
[[projects]]
id = "b"
classes = 4
target_accuracy = "94%"
images = {limit = "20k", price = 1}
earliest = "2027H2"
[[shared]]
id = "pool"
kind = "dataset"
members = ["a", "b"]
fixed_cost = "40k"
split = "usage"
images = {held = 5, limit = "60k", price = 0.2}
[[shared]]
id = "base"
kind = "base_model"
members = ["b"]
required = false
fixed_cost = "25k"
split = "dual"
gives = {pretrained = true, training_discount = "40%"}
[[rules]]
at_least = 1
of = ["a", "b"]
name = "one for the board"
[[rules]]
unit = "retail"
max_share = "50%"
min_share = "10%"
[[rules]]
committed = "a"
architecture = "ResNet-50"
images = "20k"
"""
    toml, yaml = parse(text, "p.toml"), parse(PLANNED)
    assert replace(toml, inputs_sha256="") == replace(yaml, inputs_sha256="")
    assert toml.given == yaml.given


def test_what_comes_with_a_later_release_is_refused_in_grammar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A field that is understood but not supported is refused, with the flag it came from."""
    rows = (
        support.LaterField(("shared",), "Shared data sets and base models", plural=True),
        support.LaterField(
            ("portfolio", "mode"), "Stopping at the target", frozenset({"stop_when_reached"})
        ),
        support.LaterField(("projects", "*", "unit"), "Business units", plural=True),
    )
    monkeypatch.setattr(support, "LATER", rows)
    found = problems(PLANNED)
    assert {item.code for item in found} == {support.CODE}
    with pytest.raises(UnsupportedError, match=r"come with a later release"):
        parse(PLANNED)
    messages = [item.message for item in found]
    assert "Stopping at the target is understood, but comes with" in messages[0]
    assert "take it out of the file" in messages[0]
    assert "Business units are understood" in messages[1]
    assert "base models are understood, but come with" in messages[2]
    flagged = only(BASE, portfolio__mode="stop_when_reached")
    assert flagged.place == "--mode"
    assert "leave out --mode to go on" in flagged.message


def test_what_is_lost_with_a_merge_key_or_alias_is_not_called_missing() -> None:
    """A merge key is one mistake, and so is an alias; neither makes fields or ids missing."""
    anchored = BASE.replace("- {id: a", "- &p {id: a")
    merged = only(anchored + "  - {<<: *p, id: b, colour: red}\n".replace(", colour: red", ""))
    assert "merge keys are not read" in merged.message
    assert merged.place == "p.yaml:4:6"
    repeated = only(anchored + "  - *p\nrules: [{fund: [b]}]\n")
    assert "aliases are not read" in repeated.message
    other = problems(anchored + "  - {<<: *p, id: b, colour: red}\n")
    assert [item.field for item in other] == ["projects[b].<<", "projects[b].colour"]


def test_a_class_given_twice_is_one_mistake() -> None:
    """That one class is left is not held against the file as well."""
    problem = only(BASE.replace("classes: 4", "class_counts: {a: 1, a: 2}"))
    assert problem.code == "DUPLICATE_KEY"


def with_pilot(run: str) -> str:
    return BASE.replace("id: a", f"id: a, pilots: [{{{run}}}]")


def test_pilots_are_read() -> None:
    """Every field of a measured run, the architecture by the catalogue's name."""
    run = "images: 1k, error: 8.1%, test_images: 500, architecture: resnet50, seed: 3"
    text = with_pilot(f"{run}, pretrained: true, backbone: frozen")
    assert parse(text).projects[0].pilots == (
        Pilot(1_000, 0.081, 500, "ResNet-50", pretrained=True, backbone=Backbone.FROZEN, seed=3),
    )
    assert parse(with_pilot("images: 1, error: 100%")).projects[0].pilots == (Pilot(1, 1.0),)


@pytest.mark.parametrize(
    ("run", "field", "message"),
    [
        ("images: 0, error: 5%", "images", "at least 1"),
        ("images: 5, error: 1", "error", "1 % or 100 %"),
        ("images: 5", "error", "missing"),
        ("images: 5, error: 5%, architecture: resnet5", "architecture", "not in the catalogue"),
        ("images: 5, error: 0", "error", "among how many test images"),
        ("images: 5, error: 0%", "error", "among how many test images"),
        ("images: 5, error: 5%, pretrained: false, backbone: frozen", "backbone", "pretrained"),
        ("images: 5, error: 5%, test_image: 10", "test_image", "unknown field"),
    ],
)
def test_mistakes_in_pilots_have_their_place(run: str, field: str, message: str) -> None:
    """A measured run is checked like everything else, before any forecast."""
    problem = only(with_pilot(run))
    assert message in problem.message
    assert problem.field == f"projects[a].pilots[0].{field}"
    assert problem.place.startswith("p.yaml:")


def test_empty_lists_ask_for_nothing() -> None:
    """`shared: []` and `pilots: []` are as good as absent."""
    assert parse(BASE.replace("id: a", "id: a, pilots: []") + "shared: []\n").shared == ()


@pytest.mark.parametrize(
    ("name", "classes"),
    [("ImageNet", 1000), ("imagenet-1000", 1000), ("CIFAR 100", 100), ("imagenet-21k-p", 10_450)],
)
def test_a_baseline_may_be_a_data_set_of_the_tables(name: str, classes: int) -> None:
    """Its classes, taken as equally frequent; the paper's goes by its bare name too."""
    text = BASE.replace("id: a", f"id: a, baseline: {name}")
    assert parse(text).projects[0].baseline_entropy == math.log(classes)


def test_baseline_of_the_portfolio_and_of_a_project() -> None:
    """A class count, counts or an entropy set the task with relative complexity 1."""
    assert parse(BASE + "portfolio: {baseline: 4}\n").projects[0].relative_complexity == 1
    for baseline in ("{entropy_bits: 2}", "{w: 5, x: 5, y: 5, z: 5}", "4"):
        text = BASE.replace("id: a", f"id: a, baseline: {baseline}") + "portfolio: {baseline: 9}\n"
        assert parse(text).projects[0].relative_complexity == pytest.approx(1)


def test_huge_but_honest_numbers_are_read() -> None:
    """A quadrillion images and a trillion dollars are not mistakes."""
    portfolio = parse(BASE.replace("20k", "1e15") + "portfolio: {budget: 1e12}\n")
    assert portfolio.projects[0].images.limit == 10**15
    assert portfolio.budget == 1e12


def test_same_architecture_by_two_names_is_one_candidate() -> None:
    """Spellings are matched to the catalogue's name."""
    text = BASE.replace("id: a", "id: a, architectures: [ResNet-50, resnet 50]")
    assert parse(text).projects[0].architectures == ("ResNet-50",)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """Missing files, folders, foreign endings, NUL names and huge files are each told apart."""
    folder = tmp_path / "d.yaml"
    folder.mkdir()
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as stream:
        stream.truncate(30_000_000)
    for path, reason in [
        (tmp_path / "none.yaml", "no such file"),
        (folder, "is a folder"),
        (tmp_path / "p.txt", "ends in .yaml, .yml, .toml, .xlsx; got .txt"),
        (tmp_path / "p", "got no ending"),
        (huge, "30,000,000 bytes"),
    ]:
        with pytest.raises(InputError, match=re.escape(reason)) as caught:
            read_portfolio(path)
        assert caught.value.problems[0].place == str(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_portfolio("a\0.yaml")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("a = [" + "1," * 1_000_001 + "]", "p.toml", "more than 2,000,000 keys and values"),
        ("a." * 100_000 + "b = 1", "p.toml", "nested more than 40 deep"),
        ('"a".' * 100_000 + "b = 1", "p.toml", "nested more than 40 deep"),
        ("[" + "a." * 100_000 + "b]", "p.toml", "nested more than 40 deep"),
        ("#" * 20_000_001, "p.yaml", "at most 20,000,000"),
    ],
    ids=range(5),
)
def test_files_too_large_to_be_portfolios_are_given_up_early(
    text: str, name: str, message: str
) -> None:
    """A number of values, a depth or a size that no portfolio has is said at once."""
    assert message in only(text, name).message


def test_yaml_of_too_many_values_is_given_up_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are counted while they are read, and projects before they are compared."""
    monkeypatch.setattr(yaml_source, "MAX_EVENTS", 100)
    problem = only("- 1\n" * 300)
    assert "more than 2,000,000 keys and values" in problem.message
    assert problem.place == "p.yaml:98:3"
    monkeypatch.setattr(portfolio_file, "MAX_PROJECTS", 2)
    problem = only("projects:\n" + "- {}\n" * 3)
    assert (problem.message, problem.place) == (
        "3 projects; at most 2 are read from one file.",
        "p.yaml:2:1",
    )


def test_of_very_many_mistakes_the_first_are_listed_and_the_rest_counted() -> None:
    """A file in the wrong shape has a mistake in every line."""
    wrong = "".join(f"  - {{id: a{number}, klasses: 4}}\n" for number in range(1000))
    found = problems(f"version: 1\nprojects:\n{wrong}")
    assert len(found) == 201
    assert found[-1].message == "3,800 more mistakes are not listed."
    assert found[-1].place == "p.yaml"
    assert found[0].place == "p.yaml:3:5"


def test_unreadable_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read says so."""
    path = tmp_path / "p.yaml"
    path.write_text(BASE)

    def deny(*_: object) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(InputError, match="permission denied"):
        read_portfolio(path)


def test_check_returns_warnings_of_a_readable_file(tmp_path: Path) -> None:
    """Checking a file that can be used gives its warnings; places use the path as given."""
    path = tmp_path / "p.yaml"
    path.write_text(CONTRACT)
    codes = {warning.code for warning in check_portfolio(path)}
    assert codes == {"NOT_USED", "TARGET_TRIVIAL", "PRICE_ZERO", "ZERO_COUNT_CLASS"}
    path.write_text(CONTRACT.replace("  budget: 120k\n", ""))
    missing = check_portfolio(path)[0]
    assert (missing.code, missing.field) == ("BUDGET_MISSING", "portfolio.budget")
    assert "--budget" in missing.message
    path.write_text(CONTRACT)
    assert read_portfolio(str(path)).places["version"] == f"{path}:1:10"


def test_reading_time_grows_linearly() -> None:
    """Two hundred projects take well under two seconds on one core."""
    entries = "".join(f"  - {PROJECT.replace('id: a', f'id: p{i}')}\n" for i in range(200))
    start = time.process_time()
    assert len(parse(f"version: 1\nprojects:\n{entries}").projects) == 200
    assert time.process_time() - start < 2


TOML = """\
version = 1
compute.basis = "paper"  # note [
[portfolio]
"budget" = "120k"
risk = { measure = "expected" }

[[projects]]
id = 'a'
classes = 4
target_accuracy = "94%"
images.held = 5
images.limit = 1_000
architectures = [
  "ResNet-50", # first ]
  "VGG-16",
]
value = 1e6

[[projects]]
id = \"""
b\"""
class_counts = { ok = 5, "not ok" = 6 }
target_error = 6.5
images = { held = 2, limit = 5 }
value = 2

[[rules]]
fund = ["a"]
"""


def test_toml_carries_the_same_fields_and_places() -> None:
    """TOML is read like YAML, with the line and column of every value."""
    portfolio = parse(TOML, "p.toml")
    first, second = portfolio.projects
    assert (first.images.limit, second.id, portfolio.budget) == (1000, "b", 120_000)
    places = portfolio.places
    assert places["compute.basis"] == "p.toml:2:17"
    assert places["portfolio.risk.measure"] == "p.toml:5:20"
    assert places["projects[a]"] == "p.toml:7:1"
    assert places["projects[a].images.limit"] == "p.toml:12:16"
    assert places["projects[a].architectures[1]"] == "p.toml:15:3"
    assert places["projects[b].class_counts.not ok"] == "p.toml:22:37"
    assert places["rules[0].fund[0]"] == "p.toml:28:9"
    assert set(places) == set(portfolio.given)


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("version = 1\nversion = 2\n", "given twice", "p.toml:2:12"),
        ("version = 1\n[a\n", "this is not TOML", "p.toml:2:3"),
        ("a = 'x", "this is not TOML", "p.toml:1:7"),
        ("a = " + "[" * 100_000, "nested more than 40 deep", "p.toml:1:1"),
        ("b = 1\na = " + "9" * 5000, "5,000 digits is too large", "p.toml:2:5"),
        ("a = 2027-13-01", "this is not TOML", "p.toml:1:9"),
        ("", "version is missing", "p.toml:1:1"),
    ],
)
def test_broken_toml_is_answered(text: str, message: str, place: str) -> None:
    """Syntax errors of TOML have their line and column."""
    problem = problems(text, "p.toml")[0]
    assert message in problem.message
    assert problem.place == place


def test_toml_dates_and_special_floats_are_refused() -> None:
    """A date is no number, and neither are nan and inf."""
    text = TOML.replace("1_000", "2027-01-01").replace("target_error = 6.5", "target_error = nan")
    found = {item.field: item.message for item in problems(text, "p.toml")}
    assert "not a number" in found["projects[a].images.limit"]
    assert "not a finite number" in found["projects[b].target_error"]
