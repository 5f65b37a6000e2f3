"""Reading the Excel form: values, places, and every way a sheet can be strange."""

import datetime as dt
from typing import Any

import pytest

from planner.domain.fields.declared import FileSection, section_of
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.rules import RULE_KINDS
from planner.errors import InputError, Problem
from planner.inputs.fields.read import file_section
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.xlsx.fields import RULE_COLUMNS, SHEETS
from tests.workbooks import Rows, saved, workbook

HEAD = ["Project", "Classes", "Target accuracy", "Images held", "Images limit", "Price per image",
        "Value if target is met"]  # fmt: skip
ROW: list[object] = ["a", 4, 0.94, 1000, 20_000, 0.3, 100_000]


def book(**sheets: Rows) -> Any:
    """Return a workbook with one project, and other sheets."""
    return workbook({"Projects": [[*HEAD], [*ROW]], **sheets})


def read(source: Any) -> Portfolio:
    return parse_portfolio(saved(source), "p.xlsx")


def problems(source: Any) -> dict[str, Problem]:
    """Return what is wrong, by place."""
    with pytest.raises(InputError, match=r"problems?\. Nothing was computed") as caught:
        read(source)
    return {problem.place: problem for problem in caught.value.problems}


def test_every_field_of_the_file_has_a_cell() -> None:
    """The form covers version 1: fields of the portfolio, prices, projects, assets and rules."""
    from_form = {
        ".".join((*sheet.location, *item.path))
        for sheet in SHEETS
        if sheet.name != "Rules"
        for item in sheet.fields
    }
    from_declarations = set(_paths(file_section()))
    assert from_declarations - from_form == set()
    of_projects = {".".join((*s.location, "project")) for s in SHEETS if s.of_projects}
    assert "projects.pilots.project" in of_projects
    assert from_form - from_declarations == of_projects
    for kind, record in RULE_KINDS.items():
        assert set(RULE_COLUMNS[kind].values()) == set(section_of(record).in_file)


def _paths(section: FileSection, path: str = "") -> list[str]:
    """Return the paths of the fields of a section and of those below it, rules aside."""
    found: list[str] = []
    for key, field in section.in_file.items():
        here = f"{path}.{key}" if path else key
        shape = field.value.shape
        part = shape.get("part") or shape.get("items", {}).get("part")
        if part is not None:
            found += _paths(section_of(part), here)
        elif key != "rules":
            found.append(here)
    return found


@pytest.mark.parametrize(
    ("value", "number_format", "target"),
    [
        (0.94, "0%", 0.94),
        (0.943, "0.00%", 0.943),
        (94, "General", 0.94),
        (0.94, "General", 0.94),
        ("94%", "General", 0.94),
        ("94 %", "@", 0.94),
        ("0.94", "@", 0.94),
        (94, '0"%"', 0.94),
        (94, "0\\%", 0.94),
        (0.94, '[Red]0%;"-"0%', 0.94),
    ],
)
def test_a_share_is_what_excel_shows(value: object, number_format: str, target: float) -> None:
    """A cell shown per cent counts as shown; a bare number follows the rule of the file."""
    source = book()
    source["Projects"]["C2"] = value
    source["Projects"]["C2"].number_format = number_format
    assert read(source).projects[0].target_accuracy == target


@pytest.mark.parametrize(
    ("value", "number_format", "said"),
    [
        (94, "0%", "got 9400%"),
        (1, "General", "1 % or 100 %"),
        (1, "0%", "strictly between"),
        ("0,94", "General", "decimal comma"),
    ],
)
def test_a_share_that_cannot_be_meant_is_refused(
    value: object, number_format: str, said: str
) -> None:
    """94 shown as 9400 %, a bare 1, and a decimal comma each get their answer."""
    source = book()
    source["Projects"]["C2"] = value
    source["Projects"]["C2"].number_format = number_format
    assert said in problems(source)["Projects!C2"].message


@pytest.mark.parametrize(
    ("number_format", "currency", "said"),
    [
        ('"$"#,##0.00', "USD", None),
        ("[$$-409]#,##0.00", "USD", None),
        ("[$€-2] #,##0.00", "EUR", None),
        ("[$CHF] #,##0.00", "CHF", None),
        ("[$-409]#,##0.00", "EUR", None),
        ("[$€-2] #,##0.00", "USD", "EUR"),
        ('#,##0.00\\ "€"', "USD", "EUR"),
        ('"$"#,##0.00', "EUR", "USD"),
        ("[$CHF] #,##0.00", "USD", "CHF"),
        ("[$¥-411]#,##0.00", "USD", "JPY"),
    ],
)
def test_a_currency_format_is_heeded(number_format: str, currency: str, said: str | None) -> None:
    """An amount shown in the portfolio's currency is read; one shown in another is refused."""
    source = book(Portfolio=[["Field", "Value"], ["Currency", currency]])
    source["Projects"]["G2"].number_format = number_format
    if said is None:
        assert read(source).projects[0].value == 100_000
    else:
        assert said in problems(source)["Projects!G2"].message


def test_numbers_are_read_however_they_are_stored() -> None:
    """Whole numbers as floats, numbers as text, suffixes and ranges say what they say in YAML."""
    source = book()
    sheet = source["Projects"]
    sheet["B2"], sheet["D2"], sheet["E2"], sheet["F2"] = 4.0, "1k", "20,000", "0.30..0.45"
    project = read(source).projects[0]
    assert (project.classes, project.images.held, project.images.limit) == (4, 1000, 20_000)
    assert str(project.images.price) == "0.3..0.45"


def test_a_whole_number_is_a_name_where_a_name_is_due() -> None:
    """A project called 2027 may be typed as a number."""
    source = book(Rules=[["Rule", "Projects"], ["fund", 2027]])
    source["Projects"]["A2"] = 2027
    portfolio = read(source)
    assert portfolio.projects[0].id == "2027"
    assert portfolio.rules[0].name.endswith("fund 2027")


def test_what_excel_made_of_a_cell_is_refused() -> None:
    """Dates, errors and formulas without result are named, all in one pass."""
    source = book()
    sheet = source["Projects"]
    sheet["A2"] = dt.datetime(2027, 1, 1)  # noqa: DTZ001 - Excel knows no time zones
    sheet["D2"] = "=1+1"
    sheet["E2"] = "#REF!"
    sheet["E2"].data_type = "e"
    found = problems(source)
    assert "date or time (2027-01-01)" in found["Projects!A2"].message
    assert "formula without its result" in found["Projects!D2"].message
    assert "save it" in found["Projects!D2"].fix
    assert found["Projects!E2"].field == "projects[0].images.limit"
    assert "#REF!" in found["Projects!E2"].message
    assert len(found) == 3


def test_columns_may_move_and_titles_stand_above() -> None:
    """Order of columns, rows above the headers, empty rows and notes change nothing."""
    plain = read(book()).projects
    head, row = list(reversed(HEAD)), list(reversed(ROW))
    rows: Rows = [
        ["Ideas of 2027"], [], ["images"], [*head, "Notes", "# owner"], [],
        [*row, "keep", "Ann"], [None, " "],
    ]  # fmt: skip
    assert read(workbook({"projects ": rows})).projects == plain


def test_a_header_may_span_two_rows() -> None:
    """Group headers above, and headers merged downwards, are understood."""
    rows: Rows = [
        ["Project", "Classes", "Target accuracy", "Images", None],
        [None, None, None, "held", "limit"],
        ["a", 4, 0.94, 1000, 20_000],
    ]
    source = workbook({"Projects": rows})
    for area in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
        source["Projects"].merge_cells(area)
    assert read(source).projects[0].images.limit == 20_000


def test_hidden_rows_and_sheets_are_read_like_others() -> None:
    """What a filter hides still counts; nothing is left out in silence."""
    source = book(Rules=[["Rule", "Projects"], ["skip", "a"]])
    source["Projects"].row_dimensions[2].hidden = True
    source["Rules"].sheet_state = "hidden"
    portfolio = read(source)
    assert len(portfolio.projects) == len(portfolio.rules) == 1


def test_misspelt_missing_and_extra_headers_are_told_apart() -> None:
    """A near miss gets its suggestion, an unknown header a way to keep it, a missing one a name."""
    source = book()
    sheet = source["Projects"]
    sheet["D1"], sheet["E1"], sheet["H1"], sheet["H2"] = "Imags held", "Weather", "Owner", "Ann"
    sheet["I2"] = 7
    found = problems(source)
    assert found["Projects!D1"].fix == "Images held (images)  (did you mean this?)"
    assert found["Projects!E1"].fix.startswith("# Weather")
    assert found["Projects!H1"].fix.startswith("# Owner")
    assert "under no header" in found["Projects!I2"].message
    assert "Images limit is missing" in found["Projects!A1"].message
    assert "Projects!D2" not in found


def test_a_header_given_twice_is_refused() -> None:
    """Two columns of one field leave open which counts."""
    source = book()
    source["Projects"]["H1"] = "images.held"
    assert "two columns" in problems(source)["Projects!H1"].message


def test_merged_values_are_refused() -> None:
    """Merged cells among the values would leave all but one empty."""
    source = book()
    source["Projects"].append(["b", 4, 0.9, 0, 100, 0.3, 1])
    source["Projects"].merge_cells("C2:C3")
    found = problems(source)
    assert "C2:C3 are merged" in found["Projects!C2"].message


def test_sheets_nearly_named_as_expected_are_not_ignored() -> None:
    """A sheet Rule instead of Rules is a mistake; sheets of one's own are not."""
    rows: Rows = [["Rule", "Projects"], ["fund", "a"]]
    assert read(book(Costs=rows, Ideas=rows)).rules == ()
    assert "nearly Rules" in problems(book(Rule=rows))["p.xlsx"].message
    with pytest.raises(InputError, match='rename the sheet "Project" to Projects'):
        read(workbook({"Project": [[*HEAD], [*ROW]]}))


def test_rules_use_their_own_cells() -> None:
    """A rule that lacks a cell, or fills in one it does not use, is refused at that cell."""
    head: list[object] = ["Rule", "Projects", "Needs", "Count"]
    rows: Rows = [head, ["at_most", "a"], ["fund", "a", "a"], ["require", "a, b", "a"], ["fnud"]]
    found = problems(book(Rules=rows))
    assert "needs Count" in found["Rules!D2"].message
    assert "does not use Needs" in found["Rules!C3"].message
    assert "takes one project" in found["Rules!B4"].message
    assert found["Rules!A5"].fix == "fund"


def test_every_kind_of_rule_is_read() -> None:
    """Each rule of the file has its row."""
    head: list[object] = ["Rule", "Projects", "Needs", "Count", "Unit", "Maximum share",
                          "Architecture", "Images"]  # fmt: skip
    rows: Rows = [
        head, ["require", "a", "b"], ["exclusive", "a; b"], ["fund", '"b"'], ["skip", "a\nb"],
        ["at_most", "a,b,", None, 1], ["At least", "a,b", None, 1],
        ["unit", None, None, None, "retail", "50%"],
        ["committed", "a", None, None, None, None, "ResNet-50", 20_000],
    ]  # fmt: skip
    second = ["b", 3, 0.9, 0, 100, 0.1, 5]
    source = workbook({"Projects": [[*HEAD, "Business unit"], [*ROW, "retail"], [*second, "x"]],
                       "Rules": rows})  # fmt: skip
    with_yaml = """
version: 1
projects:
- {id: a, classes: 4, target_accuracy: 94%, images: {held: 1000, limit: 20k, price: 0.3}, value: 100k, unit: retail}
- {id: b, classes: 3, target_accuracy: 90%, images: {held: 0, limit: 100, price: 0.1}, value: 5, unit: x}
rules:
- {require: a, needs: b}
- {exclusive: [a, b]}
- {fund: [b]}
- {skip: [a, b]}
- {at_most: 1, of: [a, b]}
- {at_least: 1, of: [a, b]}
- {unit: retail, max_share: 50%}
- {committed: a, architecture: ResNet-50, images: 20000}
"""  # noqa: E501
    assert _outcome(saved(source), "p.xlsx") == _outcome(with_yaml.encode(), "p.yaml")


def _outcome(content: bytes, name: str) -> object:
    """Return the rules of a file, or the messages about them."""
    try:
        return parse_portfolio(content, name).rules
    except InputError as error:
        return sorted(problem.message for problem in error.problems)


def test_a_run_of_an_unknown_project_is_refused() -> None:
    """A measured run must name a project."""
    rows: Rows = [["Project", "Images", "Error"], ["aa", 10, 0.1], [None, 10, 0.1]]
    found = problems(book(Pilots=rows))
    assert 'no project has the id "aa"' in found["Pilots!A2"].message
    assert "names no project" in found["Pilots!A3"].message


def test_an_empty_form_says_what_to_do() -> None:
    """Examples are not read; without a project of one's own the answer says so."""
    found = problems(workbook({"Projects": [[*HEAD], ["(example) a", *ROW[1:]]]}))
    assert "no project is filled in" in found["Projects!A1"].message


def test_mistakes_across_cells_name_both_cells() -> None:
    """Two ids alike, and two targets for one project, are shown with their cells."""
    source = book()
    sheet = source["Projects"]
    sheet["H1"], sheet["H2"] = "Target error", 0.06
    sheet.append(ROW)
    found = problems(source)
    assert "Projects!C2" in found["Projects!H2"].message
    assert "Projects!A2 and Projects!A3" in found["Projects!A3"].message


def test_class_counts_are_read_from_one_cell() -> None:
    """Names and numbers in a cell; what is no pair, or given twice, is refused."""
    head: list[object] = ["Project", "Class counts", "Target accuracy", "Images limit"]
    row: list[object] = ["a", 'ok: 9k; "torn, wet": 800\nno: 5', 0.94, 100]
    counts = read(workbook({"Projects": [head, row]})).projects[0].class_counts
    assert counts == {"ok": 9000, "torn, wet": 800, "no": 5}
    for text, said in [("ok: 1,200", "not a name with its number"), ("a: 1, a: 2", "given twice"),
                       ('"a: 1', "double quote"), ("a: 1,, b: 2", "empty entry")]:  # fmt: skip
        row[1] = text
        assert said in problems(workbook({"Projects": [head, row]}))["Projects!B2"].message
