"""Every field of the portfolio file, version 1, as the workbook form shows it.

The words here are what a person who fills in the form reads; what the values must be is checked by
:mod:`planner.inputs.fields.schema`, the same for every format.
"""

from planner.domain.vocabulary import (
    AssetKind,
    Backbone,
    Basis,
    Mode,
    Objective,
    RiskKind,
    Split,
    Task,
)
from planner.inputs.fields.schema import RULE_KINDS
from planner.inputs.xlsx.layout import FormField, FormSheet, Kind

__all__ = ["RULE_COLUMNS", "SHEETS", "sheet_named"]

_RANGE = "One number, or a range such as 0.30..0.45: P10..P90 (in 9 of 10 cases not below / above)."
_PERCENT = "Write 94% (or 0.94)."
_LIST = "Separate names by commas; a name that holds a comma stands in double quotes."

PORTFOLIO = FormSheet(
    "Portfolio",
    "What is planned, with how much money, for how long. One field to a row: write in column B.",
    (
        FormField("Version", ("version",), Kind.COUNT, "Of this form; leave it at 1.", example=1),
        FormField(
            "Name", ("portfolio", "name"), Kind.TEXT, "Stands in the header of every result."
        ),
        FormField(
            "Currency", ("portfolio", "currency"), Kind.TEXT,
            "The one currency of every amount in this workbook, such as USD.", default="USD",
        ),
        FormField(
            "Budget", ("portfolio", "budget"), Kind.MONEY,
            "Hard limit on what the plan may commit.", unit="money",
        ),
        FormField(
            "Objective", ("portfolio", "objective"), Kind.WORD,
            "net_value: value minus cost. value: value alone. targets_met: needs no values.",
            choices=tuple(Objective), default="net_value if every project has a value",
        ),
        FormField(
            "Mode", ("portfolio", "mode"), Kind.WORD,
            "commit: buy all images, train once; cost is certain. stop_when_reached: labelling "
            "stops at the target; cost is random.",
            choices=tuple(Mode), default="commit",
        ),
        FormField(
            "Horizon", ("portfolio", "horizon_years"), Kind.NUMBER,
            "Years in which the values are earned.", unit="years", default="1",
            aliases=("horizon years",),
        ),
        FormField(
            "GO from chance", ("portfolio", "go_chance"), Kind.SHARE,
            "A funded project at least this likely to meet its target is GO. With a measured "
            "pilot, a project below it is not funded, unless a rule demands it.", unit="%",
            default="60%", aliases=("go chance",),
        ),
        FormField(
            "PILOT from chance", ("portfolio", "pilot_chance"), Kind.SHARE,
            "A funded project at least this likely, but not GO and without a measured pilot, is "
            "PILOT: measure first.",
            unit="%", default="30%", aliases=("pilot chance",),
        ),
        FormField(
            "Discount rate", ("portfolio", "discount_rate"), Kind.SHARE,
            "Per year: worth and cost of later periods count at their present value.",
            unit="% per year", default="none",
        ),
        FormField(
            "Baseline", ("portfolio", "baseline"), Kind.BASELINE,
            "The task with relative complexity 1: a number of classes, or counts such as "
            "ok: 900, bad: 100, or entropy_bits: 9.97.", default="1000 classes",
        ),
        FormField(
            "Risk measure", ("portfolio", "risk", "measure"), Kind.WORD,
            "expected: the mean. cvar: the mean and the mean of the worst outcomes. entropic: an "
            "exponential utility.", choices=tuple(RiskKind), default="expected",
        ),
        FormField(
            "Risk level", ("portfolio", "risk", "level"), Kind.SHARE,
            "With cvar: 90% looks at the mean of the worst 10 % of outcomes.", unit="%",
            default="90%",
        ),
        FormField(
            "Risk weight", ("portfolio", "risk", "weight"), Kind.SHARE,
            "With cvar: 0% counts the mean alone, 100% the worst outcomes alone.", unit="%",
            default="50%",
        ),
        FormField(
            "Risk aversion", ("portfolio", "risk", "aversion"), Kind.NUMBER,
            "With entropic: per unit of money, such as 0.000001.", unit="1 / money",
        ),
        FormField(
            "Hold with chance", ("portfolio", "hold", "chance"), Kind.SHARE,
            "In mode stop_when_reached: least chance that the spend stays within the budget.",
            unit="%", aliases=("hold chance",),
        ),
        FormField(
            "Hold at CVaR level", ("portfolio", "hold", "cvar"), Kind.SHARE,
            "In mode stop_when_reached: at 90% the mean of the dearest 10 % of outcomes stays "
            "within the budget. Give this or the chance.", unit="%", aliases=("hold cvar",),
        ),
    ),
    is_table=False,
)  # fmt: skip

PRICES = FormSheet(
    "Prices",
    "What training costs. Leave a value empty to take the price tables. One field to a row.",
    (
        FormField(
            "Basis", ("compute", "basis"), Kind.WORD,
            "measured: real operations, achieved speed, hourly price. paper: Eq. 4 of Thompson et "
            "al. (2024).", choices=tuple(Basis), default="measured",
        ),
        FormField(
            "Accelerator", ("compute", "accelerator"), Kind.TEXT,
            "A name that planner catalogue accelerators lists.", default="A100 40GB",
        ),
        FormField(
            "Price per accelerator-hour", ("compute", "usd_per_hour"), Kind.PRICE, _RANGE,
            unit="money", default="median of the price table", aliases=("usd per hour",),
        ),
        FormField(
            "Utilisation", ("compute", "utilisation"), Kind.SHARES,
            "Achieved share of peak speed: 30%, or a range such as 20%..40%.", unit="%",
            default="measured throughput, per architecture",
        ),
        FormField(
            "Price per FLOP", ("compute", "usd_per_flop"), Kind.PRICE,
            "For basis paper alone: one number, or a range P10..P90.", unit="money",
            default="3e-11", aliases=("usd per flop",),
        ),
        FormField(
            "Epochs", ("compute", "epochs"), Kind.NUMBER, "Passes over the training images.",
            unit="passes", default="50",
        ),
        FormField(
            "Trials", ("compute", "trials"), Kind.NUMBER,
            "Trainings paid for each delivered model, tuning included.", unit="trainings",
            default="1",
        ),
    ),
    is_table=False,
    aliases=("Compute",),
)  # fmt: skip

PROJECTS = FormSheet(
    "Projects",
    "One vision system to a row. Columns with * are needed; give classes or class counts, and one "
    "of the three targets.",
    (
        FormField(
            "Project *", ("id",), Kind.TEXT, "Any name, once in the column.", width=20,
            aliases=("project id",), example="shelf-gaps",
        ),
        FormField(
            "Task", ("task",), Kind.WORD, "What the system answers.", choices=tuple(Task),
            default="classification", example="classification", width=15,
        ),
        FormField(
            "Classes", ("classes",), Kind.COUNT,
            "Number of equally frequent classes. Give this or the class counts.", unit="number",
            example=4, aliases=("number of classes",),
        ),
        FormField(
            "Class counts", ("class_counts",), Kind.COUNTS,
            "Instead of classes, if some are rare: ok: 9000, torn: 800, missing: 200. No commas "
            "inside numbers; a name with a comma stands in double quotes.",
            unit="name: images, …", width=26,
        ),
        FormField(
            "Target accuracy", ("target_accuracy",), Kind.SHARE, f"{_PERCENT} One target only.",
            unit="%", example=0.94,
        ),
        FormField(
            "Target error", ("target_error",), Kind.SHARE,
            f"Instead of an accuracy: 1 minus it. {_PERCENT.replace('94', '06')}", unit="%",
        ),
        FormField(
            "Target IoU", ("target_iou",), Kind.SHARE,
            f"For segmentation: mean intersection over union. {_PERCENT.replace('94', '80')}",
            unit="%",
        ),
        FormField(
            "Images held", ("images", "held"), Kind.COUNT,
            "Labelled images of this very task owned today.", unit="images", default="0",
            aliases=("held",), example=20_000,
        ),
        FormField(
            "Images limit *", ("images", "limit"), Kind.COUNT,
            "Most labelled images you could ever own, those held included.", unit="images",
            aliases=("limit",), example=90_000,
        ),
        FormField(
            "Price per image", ("images", "price"), Kind.PRICE,
            f"Of one more labelled image. {_RANGE}", unit="money", default="0",
            aliases=("price",), example="0.30..0.45",
        ),
        FormField(
            "Collection set-up cost", ("images", "fixed_cost"), Kind.MONEY,
            "Paid once if any image is bought.", unit="money", default="0",
            aliases=("fixed cost", "setup cost"), example=2_000,
        ),
        FormField(
            "Value if target is met", ("value",), Kind.MONEY,
            "Earned over the horizon. Leave all empty to plan for targets met.", unit="money",
            example=200_000, aliases=("value if met",),
        ),
        FormField(
            "Architectures", ("architectures",), Kind.NAMES,
            f"Candidates; planner catalogue lists them. {_LIST}", default="all that fit the task",
            width=30, example="EfficientNet-B0, ResNet-50",
        ),
        FormField(
            "Minimum chance", ("min_chance",), Kind.SHARE,
            "Do not fund it unless at least this likely to meet the target.", unit="%",
        ),
        FormField(
            "Pretrained", ("pretrained",), Kind.YES_NO, "Start from pretrained weights.",
            unit="TRUE or FALSE", default="TRUE", width=12,
        ),
        FormField(
            "Backbone", ("backbone",), Kind.WORD,
            "finetuned: train all layers. frozen: only a head on fixed features.",
            choices=tuple(Backbone), default="finetuned", width=12,
        ),
        FormField("Business unit", ("unit",), Kind.TEXT, "For rules on units."),
        FormField(
            "Earliest period", ("earliest",), Kind.TEXT,
            "First period of sheet Periods in which it may start.",
        ),
        FormField(
            "Baseline", ("baseline",), Kind.BASELINE,
            "As on sheet Portfolio, for this project alone.",
        ),
    ),
    location=("projects",),
)  # fmt: skip

PILOTS = FormSheet(
    "Pilots",
    "Measured runs of the projects, one to a row. Optional: one pilot narrows the range most.",
    (
        FormField(
            "Project *", ("project",), Kind.TEXT, "Name of a project of sheet Projects.",
            aliases=("project id",), width=20, example="shelf-gaps",
        ),
        FormField(
            "Images *", ("images",), Kind.COUNT, "Labelled images trained on.", unit="images",
            example=20_000,
        ),
        FormField(
            "Error *", ("error",), Kind.SHARE,
            "Measured error: 1 minus the accuracy, or 1 minus the IoU.", unit="%", example=0.081,
        ),
        FormField(
            "Test images", ("test_images",), Kind.COUNT, "On how many it was measured.",
            unit="images", example=1_000,
        ),
        FormField(
            "Architecture", ("architecture",), Kind.TEXT, "Network that was trained.",
            width=18, example="ResNet-50",
        ),
        FormField(
            "Pretrained", ("pretrained",), Kind.YES_NO, "Where it differs from the project.",
            unit="TRUE or FALSE",
        ),
        FormField(
            "Backbone", ("backbone",), Kind.WORD, "Where it differs from the project.",
            choices=tuple(Backbone),
        ),
        FormField("Seed", ("seed",), Kind.COUNT, "Tells repeats apart."),
    ),
    location=("projects", "pilots"),
)  # fmt: skip

PERIODS = FormSheet(
    "Periods",
    "Stretches of time with a budget each, in order. Optional; unspent money does not carry over.",
    (
        FormField(
            "Period *", ("id",), Kind.TEXT, "Any name, such as 2027H1.", example="2027H1",
            aliases=("period id",),
        ),
        FormField(
            "Budget *", ("budget",), Kind.MONEY, "Hard limit on what is committed in it.",
            unit="money", example=60_000,
        ),
    ),
    location=("portfolio", "periods"),
)  # fmt: skip

SHARED = FormSheet(
    "Shared",
    "Data sets and base models that several projects use and pay once. Optional.",
    (
        FormField(
            "Asset *", ("id",), Kind.TEXT, "Any name, once in the column.", width=20,
            aliases=("asset id", "shared asset"), example="store-images",
        ),
        FormField(
            "Kind *", ("kind",), Kind.WORD, "What is shared.", choices=tuple(AssetKind),
            example="dataset",
        ),
        FormField(
            "Members *", ("members",), Kind.NAMES, f"Projects that may use it. {_LIST}", width=30,
            example="shelf-gaps, planogram",
        ),
        FormField(
            "Required", ("required",), Kind.YES_NO,
            "TRUE: funding any member buys it. FALSE: bought only if it pays.",
            unit="TRUE or FALSE", default="TRUE", example=True,
        ),
        FormField(
            "Fixed cost", ("fixed_cost",), Kind.MONEY, "Paid once when it is bought.",
            unit="money", default="0", example=40_000,
        ),
        FormField(
            "Split", ("split",), Kind.WORD, "How its cost is divided among its users.",
            choices=tuple(Split), default="shapley", example="shapley",
        ),
        FormField(
            "Pool images held", ("images", "held"), Kind.COUNT,
            "Of a data set: images in the pool today.", unit="images", example=0,
        ),
        FormField(
            "Pool images limit", ("images", "limit"), Kind.COUNT,
            "Of a data set: most the pool could ever hold.", unit="images", example=60_000,
        ),
        FormField(
            "Pool price per image", ("images", "price"), Kind.PRICE, _RANGE, unit="money",
            example=0.2,
        ),
        FormField(
            "Pool set-up cost", ("images", "fixed_cost"), Kind.MONEY,
            "Paid once if the pool buys any image.", unit="money",
        ),
        FormField(
            "Gives pretrained", ("gives", "pretrained"), Kind.YES_NO,
            "Of a base model: its users start from pretrained weights.", unit="TRUE or FALSE",
        ),
        FormField(
            "Training discount", ("gives", "training_discount"), Kind.SHARE,
            "Of a base model: share of the training cost that its users save.", unit="%",
            aliases=("gives training discount",),
        ),
    ),
    location=("shared",),
)  # fmt: skip

RULES = FormSheet(
    "Rules",
    "Your own rules, one to a row. Optional. Fill in only the cells that the rule uses.",
    (
        FormField(
            "Rule *", ("rule",), Kind.WORD,
            "require: Projects only with Needs. exclusive: at most one of Projects. fund / skip: "
            "all / none of Projects. at_most / at_least: Count of Projects. unit: a share of the "
            "spend for Unit. committed: decided already.",
            choices=tuple(RULE_KINDS), example="require",
        ),
        FormField(
            "Projects", ("projects",), Kind.NAMES,
            f"One project for require and committed, several for the others. {_LIST}", width=34,
            aliases=("project",), example="planogram",
        ),
        FormField(
            "Needs", ("needs",), Kind.TEXT, "For require: the project it needs.", width=20,
            example="shelf-gaps",
        ),
        FormField("Count", ("count",), Kind.COUNT, "For at_most and at_least.", unit="projects"),
        FormField("Unit", ("unit",), Kind.TEXT, "For unit: a business unit."),
        FormField(
            "Maximum share", ("max_share",), Kind.SHARE, "For unit: of the committed spend.",
            unit="%", aliases=("max share",),
        ),
        FormField(
            "Minimum share", ("min_share",), Kind.SHARE, "For unit: of the committed spend.",
            unit="%", aliases=("min share",),
        ),
        FormField(
            "Architecture", ("architecture",), Kind.TEXT, "For committed, if decided.", width=18
        ),
        FormField(
            "Images", ("images",), Kind.COUNT, "For committed, if decided: total images.",
            unit="images",
        ),
        FormField(
            "Name", ("name",), Kind.TEXT, "What messages call the rule, beside what it says.",
            width=20, aliases=("rule name",),
        ),
    ),
    location=("rules",),
)  # fmt: skip

SHEETS = (PORTFOLIO, PROJECTS, PILOTS, SHARED, RULES, PRICES, PERIODS)
"""In the order of the form."""

_RULE_COLUMNS: dict[str, dict[str, str]] = {
    "require": {"projects": "require", "needs": "needs"},
    "exclusive": {"projects": "exclusive"},
    "fund": {"projects": "fund"},
    "skip": {"projects": "skip"},
    "at_most": {"count": "at_most", "projects": "of"},
    "at_least": {"count": "at_least", "projects": "of"},
    "unit": {"unit": "unit", "max_share": "max_share", "min_share": "min_share"},
    "committed": {"projects": "committed", "architecture": "architecture", "images": "images"},
}
RULE_COLUMNS = {kind: {**columns, "name": "name"} for kind, columns in _RULE_COLUMNS.items()}
"""For each kind of rule, the columns it uses and the field of the file each one is."""


def sheet_named(name: str) -> FormSheet | None:
    """Return the sheet of the form that a name stands for, whatever its case; None if none."""
    wanted = name.strip().casefold()
    for sheet in SHEETS:
        if wanted in (spelling.casefold() for spelling in (sheet.name, *sheet.aliases)):
            return sheet
    return None
