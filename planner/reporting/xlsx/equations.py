"""The paper's equations as formulas that a spreadsheet computes, one row to a project.

Eqs. 1 to 5 of Thompson et al. (AAAI/IAAI 2024) with the printed coefficients: a point without a
range, useful to follow the arithmetic and to ask "what if" in a cell. The plan itself rests on the
fitted model's draws, and says so above the table.
"""

import math
from dataclasses import dataclass

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.published_equations import (
    PRINTED_COEFFICIENTS,
    predicted_error,
    slope,
)
from planner.domain.quantities import amount_mean
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Task
from planner.economics.training import FLOP_PER_MAC, PASSES, paper_training_cost
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Book, Column
from planner.reporting.xlsx.look import Sheet

__all__ = ["write_equations"]

_MOST_DECADES = 300
"""Powers of ten beyond which a spreadsheet has no number: read as never."""

_NOTES = (
    "Published model (Thompson et al., AAAI/IAAI 2024): points without ranges.",
    "The plan was not chosen on these but on the fitted model: see sheets Plan and Ranges.",
    "Change a pale cell and the formulas beside it follow. Costs are not rounded to the cent here.",
    "Eq. 1  log10 error = a + (b + c × pretrained) × log10 images + d × RC + e × type",
    "Eq. 2  log10 images = (log10 target error − a − d × RC − e × type) / (b + c × pretrained)",
    "Eq. 3  total = data + training",
    "Eq. 4  training = price per FLOP × 2 × parameters × epochs × 3 × images trained on × trials",
    "Eq. 5  data = price per image × max(0, min(needed, limit) − held)",
)
_TINY = "0.00E+00"
_TERMS = (
    ("a", "intercept", "Intercept"),
    ("b", "log10_images", "log10 images"),
    ("c", "pretrained_log10_images", "pretrained × log10 images"),
    ("d", "relative_complexity", "relative complexity (RC)"),
    ("e", "type", "type: 1 segmentation, 0 classification"),
)


@dataclass(frozen=True)
class _Row:
    """A project as the equations see it, and what they give."""

    project: Project
    architecture: str
    parameters: int | None
    usd_per_flop: float
    epochs: float
    trials: float

    @property
    def pretrained(self) -> int:
        return int(self.project.pretrained)

    @property
    def segmentation(self) -> int:
        return int(self.project.task is Task.SEGMENTATION)

    @property
    def entropy(self) -> float:
        return self.project.relative_complexity * self.project.baseline_entropy

    @property
    def complexity(self) -> float:
        return self.entropy / self.project.baseline_entropy

    def error(self, images: int) -> float | str:
        if images < 1:
            return "no images"
        return float(
            predicted_error(
                images,
                self.complexity,
                pretrained=bool(self.pretrained),
                segmentation=bool(self.segmentation),
            )
        )

    @property
    def decades(self) -> float:
        """Log10 of the images needed."""
        at_one = predicted_error(1, self.complexity, segmentation=bool(self.segmentation))
        ratio = math.log10(self.project.error_target) - math.log10(at_one)
        return ratio / slope(pretrained=bool(self.pretrained))

    @property
    def needed(self) -> float | str:
        return "never" if self.decades > _MOST_DECADES else float(10**self.decades)

    @property
    def trained(self) -> float:
        images = self.project.images
        wanted = images.limit if isinstance(self.needed, str) else min(self.needed, images.limit)
        return float(max(images.held, wanted))

    @property
    def bought(self) -> float:
        return self.trained - self.project.images.held

    @property
    def data(self) -> float:
        return self.bought * amount_mean(self.project.images.price)

    @property
    def training(self) -> float | str:
        if self.parameters is None:
            return "size unknown"
        return paper_training_cost(
            self.parameters, self.epochs, self.trained, self.usd_per_flop, self.trials
        )

    @property
    def total(self) -> float | str:
        return self.training if isinstance(self.training, str) else self.data + self.training


_INPUTS: tuple[Column[_Row], ...] = (
    Column("Project", "", look.TEXT, "Name in the portfolio.", "", lambda r: r.project.id, 34),
    Column("Entropy", "nats", "0.000000", "Of the task's class shares.", "", lambda r: r.entropy),
    Column("Baseline entropy", "nats", "0.000000", "Of the task with relative complexity 1.",
           "assumptions.baseline_entropy_nats", lambda r: r.project.baseline_entropy),
    Column("Pretrained", "1 or 0", look.COUNT, "1 if training starts from pretrained weights.", "",
           lambda r: r.pretrained),
    Column("Type", "1 or 0", look.COUNT, "1 for segmentation.", "", lambda r: r.segmentation),
    Column("Target error", "%", "0.0##%", "Error at which the target is met.",
           "estimate: projects[].target_error", lambda r: r.project.error_target),
    Column("Held", "images", look.COUNT, "Images owned.", "", lambda r: r.project.images.held),
    Column("Limit", "images", look.COUNT, "Most images, those held included.", "",
           lambda r: r.project.images.limit),
    Column("Price per image", "money", look.PRICE, "Mean of its range, if it is one.",
           "assumptions.image_prices", lambda r: amount_mean(r.project.images.price)),
    Column("Parameters", "number", look.COUNT, "Of the funded architecture, else of the first "
           "candidate whose size is known.", "", lambda r: r.parameters),
    Column("Architecture", "", look.TEXT, "Whose parameters these are.", "",
           lambda r: r.architecture, 18),
)  # fmt: skip
_OUTPUTS: tuple[Column[_Row], ...] = (
    Column("RC", "", "0.000000", "Relative complexity: entropy over baseline entropy.",
           "estimate: projects[].relative_complexity", lambda r: r.complexity),
    Column("Eq. 1: error with held", "%", "0.00%", "Error of the published model with the images "
           "held; not capped at the majority guess.", "", lambda r: r.error(r.project.images.held)),
    Column("Eq. 1: error at limit", "%", "0.00%", "The same with all images that can be owned.",
           "", lambda r: r.error(r.project.images.limit)),
    Column("Eq. 2: images needed", "images", "#,##0", "Images at which Eq. 1 gives the target "
           "error.", "", lambda r: r.needed, 22),
    Column("Images trained on", "images", "#,##0", "Needed, at most the limit, at least those "
           "held.", "", lambda r: r.trained),
    Column("Images bought", "images", "#,##0", "Trained on, less held.", "", lambda r: r.bought),
    Column("Eq. 5: data", "money", look.MONEY, "Images bought at the price per image.", "",
           lambda r: r.data),
    Column("Eq. 4: training", "money", look.MONEY, "Basis paper, at the price per FLOP above.", "",
           lambda r: r.training, 16),
    Column("Eq. 3: total", "money", look.MONEY, "Data and training.", "", lambda r: r.total, 16),
)  # fmt: skip


def write_equations(book: Book, plan: Plan, portfolio: Portfolio, catalogue: Catalogue) -> Sheet:
    """Write the sheet and return it."""
    sheet = book.add(
        "Equations", "Equations", "The paper's arithmetic, live: Eqs. 1 to 5 for every project."
    )
    look.widths(sheet, [column.width for column in (*_INPUTS, *_OUTPUTS)])
    row = 3
    for text in _NOTES:
        row = look.note(sheet, row, text)
    cells, row = _write_constants(book, sheet, row + 1, portfolio)
    head = row
    book.describe(sheet.title, (*_INPUTS, *_OUTPUTS))
    titles = [column.title(book.currency) for column in (*_INPUTS, *_OUTPUTS)]
    row = look.header_row(sheet, row, titles)
    for record in _rows(plan, portfolio, catalogue):
        for column, item in enumerate(_INPUTS, 1):
            cell = look.put(sheet, row, column, item.of(record), item.number_format)
            look.boxed(cell, is_input=column not in (1, len(_INPUTS)))
        formulas = _formulas(row, cells)
        for offset, (item, text) in enumerate(zip(_OUTPUTS, formulas, strict=True)):
            place = (row, len(_INPUTS) + 1 + offset)
            book.formula(sheet, place, text, item.of(record), item.number_format)
        row += 1
    look.finish(sheet, freeze=f"B{head + 1}", repeat=head)
    return sheet


def _write_constants(
    book: Book, sheet: Sheet, row: int, portfolio: Portfolio
) -> tuple[dict[str, str], int]:
    """Write coefficients and prices; return their cells by name, and the row for the table."""
    compute = portfolio.compute
    items = [
        *((name, f"{name}: {text}", PRINTED_COEFFICIENTS[key], "0.000")
          for name, key, text in _TERMS),
        ("flop", f"price per FLOP ({book.currency})", amount_mean(compute.usd_per_flop), _TINY),
        ("epochs", "epochs (passes)", compute.epochs, look.NUMBER),
        ("trials", "trials (trainings paid)", amount_mean(compute.trials), look.NUMBER),
    ]  # fmt: skip
    row = look.title_row(sheet, row, "Coefficients (Table 1 as printed) and prices")
    cells = {}
    for name, text, value, number_format in items:
        look.put(sheet, row, 1, text)
        look.boxed(look.put(sheet, row, 2, value, number_format), is_input=True)
        cells[name] = f"$B${row}"
        book.entry(sheet, text, "", "Used by the formulas below.", "")
        row += 1
    return cells, look.title_row(sheet, row + 1, "Projects")


def _formulas(row: int, cells: dict[str, str]) -> tuple[str, ...]:
    """Return the formulas of a row, in the order of the outputs (columns L to T)."""
    a, b, c, d, e = (cells[name] for name in "abcde")
    steepness = f"({b}+{c}*D{row})"
    level = f"({a}+{d}*L{row}+{e}*E{row})"
    decades = f"(LOG10(F{row})-{level})/{steepness}"

    def error(images: str) -> str:
        return f'=IF({images}{row}<1,"no images",10^({level}+{steepness}*LOG10({images}{row})))'

    operations = f"{FLOP_PER_MAC}*J{row}*{cells['epochs']}*{PASSES}*P{row}*{cells['trials']}"
    return (
        f"=B{row}/C{row}",
        error("G"),
        error("H"),
        f'=IF({decades}>{_MOST_DECADES},"never",10^({decades}))',
        f"=MAX(G{row},IF(ISNUMBER(O{row}),MIN(O{row},H{row}),H{row}))",
        f"=P{row}-G{row}",
        f"=I{row}*Q{row}",
        f'=IF(ISNUMBER(J{row}),{cells["flop"]}*{operations},"size unknown")',
        f'=IF(ISNUMBER(S{row}),R{row}+S{row},"size unknown")',
    )


def _rows(plan: Plan, portfolio: Portfolio, catalogue: Catalogue) -> list[_Row]:
    compute = portfolio.compute
    chosen = {decision.project: decision.architecture for decision in plan.decisions}
    return [
        _Row(
            project,
            *_architecture(project, chosen.get(project.id), catalogue),
            usd_per_flop=amount_mean(compute.usd_per_flop),
            epochs=compute.epochs,
            trials=amount_mean(compute.trials),
        )
        for project in portfolio.projects
        if project.has_target
    ]


def _architecture(
    project: Project, chosen: str | None, catalogue: Catalogue
) -> tuple[str, int | None]:
    """Return name and parameters of the funded architecture, else of the first of known size."""
    names = [chosen] if chosen else list(project.architectures)
    found = [catalogue.architecture(name) for name in names]
    if not found:
        found = [item for item in catalogue.architectures if item.task == str(project.task)]
    known = next((item for item in found if item.parameters is not None), None)
    return (known.name, known.parameters) if known else (found[0].name if found else "", None)
