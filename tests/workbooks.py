"""Workbooks as a person fills them in: headers typed by hand, values as Excel stores them."""

import io
from collections.abc import Mapping
from typing import Any

import openpyxl

type Data = dict[str, Any]
type Rows = list[list[object]]
type Paths = Mapping[str, tuple[str, ...]]

PORTFOLIO_FIELDS = {
    "Name": ("name",),
    "Currency": ("currency",),
    "Budget": ("budget",),
    "Objective": ("objective",),
    "Mode": ("mode",),
    "Horizon (years)": ("horizon_years",),
    "GO from chance": ("go_chance",),
    "PILOT from chance": ("pilot_chance",),
    "Discount rate": ("discount_rate",),
    "Baseline": ("baseline",),
    "Risk measure": ("risk", "measure"),
    "Risk level": ("risk", "level"),
    "Risk weight": ("risk", "weight"),
    "Risk aversion": ("risk", "aversion"),
    "Hold with chance": ("hold", "chance"),
    "Hold at CVaR level": ("hold", "cvar"),
}
PRICE_FIELDS = {
    "Basis": ("basis",),
    "Price per FLOP": ("usd_per_flop",),
    "Accelerator": ("accelerator",),
    "Price per accelerator-hour": ("usd_per_hour",),
    "Utilisation": ("utilisation",),
    "Epochs": ("epochs",),
    "Trials": ("trials",),
}
PROJECT_COLUMNS = {
    "Images limit": ("images", "limit"),  # not in the order of the form
    "Project": ("id",),
    "Task": ("task",),
    "Classes": ("classes",),
    "Class counts": ("class_counts",),
    "Target accuracy": ("target_accuracy",),
    "Target error": ("target_error",),
    "Target IoU": ("target_iou",),
    "Images held": ("images", "held"),
    "Price per image": ("images", "price"),
    "Collection set-up cost": ("images", "fixed_cost"),
    "Value if target is met": ("value",),
    "Architectures": ("architectures",),
    "Minimum chance": ("min_chance",),
    "Pretrained": ("pretrained",),
    "Backbone": ("backbone",),
    "Business unit": ("unit",),
    "Earliest period": ("earliest",),
    "Baseline": ("baseline",),
}
SHARED_COLUMNS = {
    "Asset": ("id",),
    "Kind": ("kind",),
    "Members": ("members",),
    "Required": ("required",),
    "Fixed cost": ("fixed_cost",),
    "Split": ("split",),
    "Pool images held": ("images", "held"),
    "Pool images limit": ("images", "limit"),
    "Pool price per image": ("images", "price"),
    "Pool set-up cost": ("images", "fixed_cost"),
    "Gives pretrained": ("gives", "pretrained"),
    "Training discount": ("gives", "training_discount"),
}
PILOT_COLUMNS = {
    "Project": ("project",),
    "Images": ("images",),
    "Error": ("error",),
    "Test images": ("test_images",),
    "Architecture": ("architecture",),
    "Pretrained": ("pretrained",),
    "Backbone": ("backbone",),
    "Seed": ("seed",),
}
RULE_HEADERS: list[object] = ["Rule", "Projects", "Needs", "Count", "Unit", "Maximum share",
                              "Minimum share", "Architecture", "Images", "Name"]  # fmt: skip
FIELD, VALUE = "Field", "Value"


def workbook(sheets: dict[str, Rows]) -> Any:
    """Return an openpyxl workbook with rows of values; a text stays text, even with an = sign."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values, 1):
                if value is not None:
                    cell = sheet.cell(row, column, value)
                    if isinstance(value, str):
                        cell.data_type = "s"
    return book


def saved(book: Any) -> bytes:
    """Return a workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def filled_in(data: Data) -> Any:
    """Return the workbook that says what a portfolio file says, as plain data."""
    projects = data["projects"]
    sheets: dict[str, Rows] = {
        "Portfolio": fields(PORTFOLIO_FIELDS, data.get("portfolio", {})),
        "Prices": fields(PRICE_FIELDS, data.get("compute", {})),
        "Projects": [["Filled in by hand"], [], *table(PROJECT_COLUMNS, projects)],
        "Shared": table(SHARED_COLUMNS, data.get("shared", [])),
        "Rules": [RULE_HEADERS, *(rule_row(rule) for rule in data.get("rules", []))],
        "Pilots": table(
            PILOT_COLUMNS,
            [
                {"project": project["id"], **run}
                for project in projects
                for run in project.get("pilots", [])
            ],
        ),
        "Periods": [
            ["Period", "Budget"],
            *([p["id"], p["budget"]] for p in data.get("portfolio", {}).get("periods", [])),
        ],
    }
    return workbook(sheets)


def fields(names: Paths, section: Data) -> Rows:
    """Return a sheet with a field to a row."""
    return [[FIELD, VALUE], *([name, typed(at(section, path))] for name, path in names.items())]


def table(columns: Paths, entries: list[Data]) -> Rows:
    """Return a sheet with an entry to a row."""
    rows = [[typed(at(entry, path)) for path in columns.values()] for entry in entries]
    return [list(columns), *rows]


def rule_row(rule: Data) -> list[object]:
    """Return a rule as a row."""
    kinds = ("require", "exclusive", "fund", "skip", "at_most", "at_least", "unit", "committed")
    kind = next(name for name in kinds if name in rule)
    listed = rule.get("of") if kind in ("at_most", "at_least") else rule.get(kind)
    one = [listed] if isinstance(listed, str) else listed
    row = {
        "Rule": kind,
        "Projects": typed(one) if kind != "unit" else None,
        "Needs": rule.get("needs"),
        "Count": rule.get(kind) if kind in ("at_most", "at_least") else None,
        "Unit": rule.get("unit"),
        "Maximum share": rule.get("max_share"),
        "Minimum share": rule.get("min_share"),
        "Architecture": rule.get("architecture"),
        "Images": rule.get("images"),
        "Name": rule.get("name"),
    }
    return [row[str(header)] for header in RULE_HEADERS]


def at(data: Any, path: tuple[str, ...]) -> Any:
    """Return a nested value, None if it is not there."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def typed(value: Any) -> object:
    """Return what a person types into one cell for a value of the file."""
    if isinstance(value, dict):
        return ", ".join(f"{quoted(name)}: {count}" for name, count in value.items())
    if isinstance(value, list):
        return ", ".join(quoted(str(name)) for name in value)
    return value


def quoted(name: str) -> str:
    """Return a name in double quotes if it holds what separates names."""
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in ',;":\n') else name
