"""A number with two readings is asked about in every format; a number cell of a workbook never."""

from collections.abc import Callable
from typing import Any

import pytest

from planner.domain.portfolio.portfolio import Portfolio
from planner.errors import InputError, Problem
from planner.inputs.portfolio_file import parse_portfolio
from tests.workbooks import Rows, saved, workbook

PROJECT = "{id: a, classes: 4, target_accuracy: 94%, images: {limit: 20k, price: 1}}"
COUNTED = """\
version: 1
projects:
  - {id: a, class_counts: {ok: 9.000, torn: 800}, target_accuracy: 95%, images: {limit: 30k}}
"""
HEAD = ["Project", "Class counts", "Target accuracy", "Images limit", "Price per image"]


def yaml(**fields: str) -> bytes:
    """Return a file with fields of the portfolio, the prices and the project's images."""
    return (
        f"version: 1\nportfolio: {{{fields.get('portfolio', '')}}}\n"
        f"compute: {{{fields.get('compute', '')}}}\n"
        f"projects:\n  - {{id: a, classes: {fields.get('classes', '4')}, target_accuracy: 94%, "
        f"images: {{{fields.get('images', 'limit: 20k, price: 1')}}}{fields.get('project', '')}}}\n"
    ).encode()


def toml(**fields: str) -> bytes:
    """Return the same file as TOML."""
    sections = {
        name: "{" + fields.get(name, "").replace(":", " =") + "}"
        for name in ("portfolio", "compute")
    }
    images = fields.get("images", "limit: 20000, price: 1").replace(":", " =")
    return (
        f"version = 1\nportfolio = {sections['portfolio']}\ncompute = {sections['compute']}\n"
        f"[[projects]]\nid = 'a'\nclasses = 4\ntarget_accuracy = '94%'\nimages = {{{images}}}\n"
    ).encode()


def problem(content: bytes, name: str) -> Problem:
    with pytest.raises(InputError) as caught:
        parse_portfolio(content, name)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(("write", "name"), [(yaml, "p.yaml"), (toml, "p.toml")])
@pytest.mark.parametrize(
    ("section", "text", "field", "fix"),
    [
        ("portfolio", "currency: 'EUR', budget: '€20.000'", "portfolio.budget", "20000 or 20.0"),
        ("portfolio", "budget: 20.000", "portfolio.budget", "20000 or 20.0"),
        ("portfolio", "budget: '+20.500'", "portfolio.budget", "+20500 or +20.5"),
        ("compute", "usd_per_hour: 3.125", "compute.usd_per_hour", "3125 or 3.1250"),
        ("compute", "usd_per_hour: '0.5..2.125'", "compute.usd_per_hour", "2125 or 2.1250"),
        ("compute", "epochs: 1.500", "compute.epochs", "1500 or 1.5"),
        ("images", "limit: 20.000", "projects[a].images.limit", "20000 or 20.0"),
        ("images", "limit: 20000, fixed_cost: 2.500", "projects[a].images.fixed_cost",
         "2500 or 2.5"),
    ],
)  # fmt: skip
def test_the_written_text_counts_quoted_or_not(
    write: Callable[..., bytes], name: str, section: str, text: str, field: str, fix: str
) -> None:
    """YAML and TOML make a float of 20.000; what stands in the file still has two readings."""
    found = problem(write(**{section: text}), name)
    assert (found.field, found.fix, found.code) == (field, fix, "AMBIGUOUS")
    assert found.place.startswith(f"{name}:")


def test_counts_of_classes_are_asked_about() -> None:
    """9.000 images of a class are no nine."""
    found = problem(COUNTED.encode(), "p.yaml")
    assert found.field == "projects[a].class_counts.ok"
    assert found.fix == "9000 or 9.0"
    assert found.place == "p.yaml:3:32"


@pytest.mark.parametrize(
    ("field", "value"),
    [("go_chance", "0.625"), ("discount_rate", "12.375"), ("horizon_years", "0.125"),
     ("baseline", "{entropy_nats: 6.908}"), ("pilot_chance", "0.125")],
)  # fmt: skip
def test_where_thousands_make_no_sense_a_point_is_a_point(field: str, value: str) -> None:
    """Shares, entropies and what begins with a zero are read."""
    assert parse_portfolio(yaml(portfolio=f"{field}: {value}"), "p.yaml").given >= {
        f"portfolio.{field}"
    }


def read(rows: Rows, portfolio: Rows | None = None) -> Portfolio:
    sheets = {"Projects": rows, **({"Portfolio": portfolio} if portfolio else {})}
    return parse_portfolio(saved(workbook(sheets)), "p.xlsx")


@pytest.mark.parametrize(
    ("column", "text", "fix"),
    [(1, "ok: 9.000, torn: 800", "9000 or 9.0"), (3, "20.000", "20000 or 20.0"),
     (4, "1.125", "1125 or 1.1250")],
)  # fmt: skip
def test_text_cells_of_a_workbook_are_asked_about(column: int, text: str, fix: str) -> None:
    """A cell formatted as text holds what was typed."""
    row: list[object] = ["a", "ok: 9000, torn: 800", 0.95, 20_000, 0.4]
    row[column] = text
    with pytest.raises(InputError, match="may mean") as caught:
        read([[*HEAD], row])
    (found,) = caught.value.problems
    assert found.fix == fix
    assert found.place == f"Projects!{'ABCDE'[column]}2"


def test_number_cells_of_a_workbook_have_one_reading() -> None:
    """A true number is a number, and within a millionth of a whole one it is that."""
    rows: Any = [[*HEAD], ["a", "ok: 9000, torn: 800", 0.95, 1000.0000000001, 1.125]]
    images = read(rows, [["Field", "Value"], ["Budget", 20.125]]).projects[0].images
    assert (images.limit, images.price) == (1000, 1.125)


@pytest.mark.parametrize("flag", ["20.000", "€20.000"])
def test_a_flag_is_asked_about_at_its_place(flag: str) -> None:
    """A budget on the command line is text as well."""
    with pytest.raises(InputError, match=r"may mean 20000 or 20.0") as caught:
        parse_portfolio(
            yaml(portfolio="currency: EUR"), "p.yaml", overrides={"portfolio.budget": flag}
        )
    assert caught.value.problems[0].place == "--budget"


@pytest.mark.parametrize(
    ("section", "text", "fix"),
    [
        ("portfolio", "budget: '60.000,00 €', currency: EUR", "60000"),
        ("portfolio", "budget: 20k EUR, currency: EUR", "20k"),
        ("images", "limit: 60 000", "60000"),
        ("images", "limit: 40'000", "40000"),
        ("images", "limit: 20k, price: 0.30-0.45", "0.30..0.45"),
        ("project", ", min_chance: 0.861 ± 0.012", "0.861"),
        ("compute", "epochs: 3..8", "5.27"),
        ("project", ", errors: {cost_per_error: 1k..3k}", "1900"),
    ],
)
def test_numbers_as_people_write_them_come_with_a_fix(section: str, text: str, fix: str) -> None:
    """Each is refused, and the fix can be pasted."""
    found = problem(yaml(**{section: text}), "p.yaml")
    assert found.fix == fix
    assert found.place.startswith("p.yaml:")


@pytest.mark.parametrize(
    ("section", "text", "field"),
    [
        ("compute", "trials: 1e300", "compute.trials"),
        ("compute", "epochs: 1e7", "compute.epochs"),
        ("compute", "usd_per_hour: 1e300", "compute.usd_per_hour"),
        ("portfolio", "horizon_years: 1e4", "portfolio.horizon_years"),
        ("portfolio", "risk: {measure: entropic, aversion: 1e7}", "portfolio.risk.aversion"),
        ("portfolio", "baseline: {entropy_nats: 1e300}", "portfolio.baseline"),
        ("portfolio", "budget: 1e300", "portfolio.budget"),
        ("project", ", value: 1e308", "projects[a].value"),
        ("project", ", pilots: [{images: 100, error: 1e308}]", "projects[a].pilots[0].error"),
        ("project", ", min_chance: 1e308", "projects[a].min_chance"),
        ("images", "limit: 1e308", "projects[a].images.limit"),
        ("classes", "1e300", "projects[a].classes"),
    ],
)
def test_numbers_that_would_overflow_are_refused(section: str, text: str, field: str) -> None:
    """Every field has a largest number, far above any that makes sense."""
    assert problem(yaml(**{section: text}), "p.yaml").field == field


@pytest.mark.parametrize(
    ("section", "text", "message", "fix"),
    [
        ("portfolio", "baseline: 6.9078", "an entropy says its unit",
         "{entropy_nats: 6.9078} or {entropy_bits: 6.9078}"),
        ("portfolio", "baseline: 6.908", "an entropy says its unit",
         "{entropy_nats: 6.908} or {entropy_bits: 6.908}"),
        ("portfolio", "baseline: imagenett", "no data set of the tables", "imagenette"),
        ("portfolio", "baseline: fruits", "planner catalogue datasets", "1000"),
        ("classes", "1", "nothing to tell apart", "2"),
        ("project", ", domain: text", "labelled images", "take the line out"),
        ("project", ", task: detection", "classification, segmentation (mean IoU) and no other",
         "a project of one of them, or leave this one out"),
        ("project", ", task: semantic-segmentation", "expected one of classification",
         "segmentation"),
        ("project", ", target_map: 50%", "another measure",
         "target_accuracy: 94%, target_error: 6%, or target_iou: 0.80 with task: segmentation"),
    ],
)  # fmt: skip
def test_what_is_not_offered_comes_with_a_reason_and_a_fix(
    section: str, text: str, message: str, fix: str
) -> None:
    """What people ask for is answered with what is supported."""
    found = problem(yaml(**{section: text}), "p.yaml")
    assert message in found.message
    assert found.fix == fix


@pytest.mark.parametrize("measure", ["map", "recall", "f1", "mAP", "map50", "top5", "dice", "auc"])
def test_another_measure_is_no_spelling_mistake(measure: str) -> None:
    """The target of another measure names the measures there are, never the nearest name."""
    content = yaml().replace(b"target_accuracy", f"target_{measure}".encode())
    with pytest.raises(InputError) as caught:
        parse_portfolio(content, "p.yaml")
    missing, other = sorted(caught.value.problems, key=lambda found: found.code)
    assert "is missing" in missing.message
    assert "accuracy or error of classification, mean IoU of segmentation" in other.message
    assert "did you mean" not in other.fix
