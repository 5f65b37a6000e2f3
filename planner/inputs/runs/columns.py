"""Which column of a file of runs holds what? Names as people, and trackers of experiments, write.

A tracker's export has a column for everything it knows of a run: ``metrics.val_acc``,
``params.n_train``, ``tags.project``. A name that can mean one thing only is understood; where
several may be meant, or none is, the columns found are said, and what to rename.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from planner.domain.quantities import QuantityError, parse_count, show
from planner.domain.suggest import one_meant
from planner.domain.vocabulary import Backbone
from planner.reference.csv_table import Cell, CsvTable

__all__ = ["EXAMPLE", "MEASURES", "OPTIONAL", "STATUS", "RunColumns", "run_columns"]

EXAMPLE = "project,images,error"

MEASURES = ("error", "accuracy", "iou")
"""Columns that say how well a run did; each row fills one."""

OPTIONAL = ("test_images", "architecture", "pretrained", "backbone", "seed")
STATUS = "status"
_KNOWN = ("project", "images", *MEASURES, *OPTIONAL)

_GROUPS = re.compile(
    r"(?:(?:metrics?|params?|parameters?|tags?|config|summary|data|attributes|hparams|"
    r"hyperparameters)[./:])+"
)
"""Where a tracker's name says only which kind of thing it recorded."""

_TESTED = ("", "val_", "valid_", "validation_", "eval_", "test_")
_TRAINED_ON = ("train", "training", "train_images", "training_images", "train_samples", "images")
_MEANINGS: Mapping[str, str] = {
    **{name: name for name in (*_KNOWN, STATUS)},
    **{f"{many}{noun}": "images" for many in ("n_", "num_") for noun in _TRAINED_ON},
    **dict.fromkeys(("train_images", "training_images", "train_size", "train_set_size"), "images"),
    **{f"{part}{name}": "accuracy" for part in _TESTED for name in ("accuracy", "acc")},
    **{f"{part}{name}": "error" for part in _TESTED for name in ("error", "error_rate")},
    **{f"{part}{name}": "iou" for part in _TESTED for name in ("iou", "miou", "mean_iou")},
    **dict.fromkeys(("n_test", "num_test", "n_test_images", "num_test_images"), "test_images"),
    **dict.fromkeys(("arch", "model_architecture"), "architecture"),
    "random_seed": "seed",
    "state": STATUS,
}
"""What a name means once what a tracker puts before it is taken off."""

_HOLDS = {
    "project": "the project's id",
    "images": "the number of images trained on",
    "error": "the error, accuracy or IoU on test images",
}
_ELSEWHERE: Mapping[str, set[str]] = {
    "project": set(),
    "images": {"test", "val", "valid", "validation", "eval"},
    "error": {"train", "training", "loss"},
}
"""Words of names that are never meant, however alike they are."""

_EXTREMES = ("__min", "__max")
_MOST_NAMED = 12
_MOST_COMPARED = 5_000


@dataclass(frozen=True)
class RunColumns:
    """What the columns of a file hold.

    Attributes
    ----------
    names : tuple of str
        Of each column in turn: what it holds, empty where it is not used.
    understood : mapping of str to str
        Of columns whose name is another: what they hold, and their name.
    unused : tuple of str
        Names of those that are not used.
    """

    names: tuple[str, ...]
    understood: Mapping[str, str]
    unused: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that have a column."""
        return tuple(name for name in MEASURES if name in self.names)


def run_columns(table: CsvTable, projects: Collection[str]) -> RunColumns:
    """Return what the columns of a file of runs hold.

    Parameters
    ----------
    table : CsvTable
        Of the file.
    projects : collection of str
        Ids; empty where the portfolio is not known.

    Raises
    ------
    InputError
        A needed column is missing, may be any of several, or appears twice, or the file has a
        column for each run: without its columns no row can be read.
    """
    table.require_each_once(table.names, _KNOWN)
    meanings = [_meaning(name) for name in table.names]
    names = list(table.names)
    for what in (*_KNOWN, STATUS):
        exact = what in names or (what in MEASURES and any(name in names for name in MEASURES))
        places = [] if exact else [at for at, found in enumerate(meanings) if found == what]
        if what == "backbone" and not all(_is_backbone(table, at) for at in places):
            places = []  # trackers call the architecture so
        if len(places) == 1:
            meanings[places[0]] = f"*{what}"
        elif places and what not in OPTIONAL:
            _report_several(table, what, places)
    held = [
        name if name in (*_KNOWN, STATUS) else meaning[1:] if meaning.startswith("*") else ""
        for name, meaning in zip(names, meanings, strict=True)
    ]
    if not table.problems:
        _require(table, held, projects)
    table.require_sound()
    written = [cell.text.strip() for cell in table.heading]
    return RunColumns(
        names=tuple(held),
        understood={
            what: text
            for what, text, name in zip(held, written, names, strict=True)
            if what and what not in (name, STATUS)
        },
        unused=tuple(text for what, text in zip(held, written, strict=True) if text and not what),
    )


def _meaning(name: str) -> str:
    """Return what a column's name can only mean; empty where that is unknown.

    Examples
    --------
    >>> _meaning("metrics.val/acc"), _meaning("params.n_train"), _meaning("metrics.train_acc")
    ('accuracy', 'images', '')
    """
    bare = _GROUPS.match(name)
    rest = re.sub(r"[./:\s]+", "_", name[bare.end() :] if bare else name)
    return _MEANINGS.get(rest, "")


def _is_backbone(table: CsvTable, at: int) -> bool:
    words = {"", *(str(word) for word in Backbone)}
    cells = (row[at].text.strip().casefold() for row in table.lines[1:] if at < len(row))
    return all(cell in words for cell in cells)


def _report_several(table: CsvTable, what: str, places: Sequence[int]) -> None:
    cells = [table.heading[at] for at in places]
    named = " or ".join(show(cell.text.strip()) for cell in cells[:_MOST_NAMED])
    message = f"the column {what} may be {named}: rename the one that is meant to {what}."
    table.report(cells[0], what, message, "AMBIGUOUS", what)


def _require(table: CsvTable, held: Sequence[str], projects: Collection[str]) -> None:
    """Report what is missing: the shape, if that is another, else each column."""
    needed = (("project",), ("images",), MEASURES)
    missing = [choice for choice in needed if not any(name in held for name in choice)]
    if missing and _report_wide(table, held, projects):
        return
    free = _free(table, held)
    for choice in missing:
        alike = (name for name in free if not _ELSEWHERE[choice[0]] & set(_words(name)))
        near = one_meant(choice[0], alike)
        hint = f" Is {free[near]!r} meant?" if near else _found(free.values(), choice[0])
        message = f"the column {' or '.join(choice)} is missing.{hint}"
        table.report(Cell("", 1, 1), choice[0], message, "MISSING_COLUMN", EXAMPLE)


def _words(name: str) -> list[str]:
    return re.split(r"[._/:\s]+", name)


def _free(table: CsvTable, held: Sequence[str]) -> dict[str, str]:
    """Return the columns that are not used: how they are written, by name."""
    cells = zip(table.names, table.heading, held, strict=True)
    return {name: cell.text.strip() for name, cell, what in cells if name and not what}


def _found(free: Collection[str], what: str) -> str:
    """Return which columns there are instead, and what to rename."""
    if not free:
        return ""
    shown = ", ".join(show(text).strip('"') for text in islice(free, _MOST_NAMED))
    more = ", …" if len(free) > _MOST_NAMED else ""
    return f" Other columns are {shown}{more}: rename the one that holds {_HOLDS[what]}."


def _report_wide(table: CsvTable, held: Sequence[str], projects: Collection[str]) -> bool:
    """Report a file with a column for each run, or for each size; tell whether it is one."""
    if "project" in held:
        sizes = [
            cell for cell, what in zip(table.heading, held, strict=True) if _is_size(cell, what)
        ]
        if len(sizes) > 1:
            at = table.heading.index(sizes[0])
            fix = f"{EXAMPLE}, then rows such as {_first(table, 0)},{sizes[0].text.strip()},"
            _wide_form(table, sizes[0], f"{fix}{_first(table, at)}")
        return len(sizes) > 1
    for at, (cell, what) in enumerate(zip(table.heading, held, strict=True)):
        run, measure = _run_and_measure(cell.text.strip(), projects)
        if not what and run:
            _wide_form(table, cell, _reshaped(table, at, run, measure))
            return True
    return False


def _run_and_measure(text: str, projects: Collection[str]) -> tuple[str, str]:
    """Return the run that a column's name begins with, and the measure it goes on with."""
    named = [name for name in islice(projects, _MOST_COMPARED) if text.startswith(name)]
    run, parted, rest = text.partition(" - ")
    if named:
        run = max(named, key=len)
        rest = text[len(run) :]
    measure = _meaning(rest.strip(" -/.:_").casefold())
    measure = measure if measure in MEASURES else ""
    return (run if named or (parted and measure) else ""), measure


def _reshaped(table: CsvTable, at: int, run: str, measure: str) -> str:
    """Return heading and first row of a file with a column for each run, as it should be."""
    if not measure:
        return "project,images,error (or accuracy, or iou), then one row for each run"
    fix = (
        f"project,images,{measure}, then rows such as {run},{_first(table, 0)},{_first(table, at)}"
    )
    if _meaning(table.names[0]) != "images":
        fix += f", if {table.heading[0].text.strip()} counts the images trained on"
    if any(name.endswith(_EXTREMES) for name in table.names):
        fix += "; leave out the columns __MIN and __MAX"
    return fix


def _wide_form(table: CsvTable, cell: Cell, fix: str) -> None:
    message = (
        f"this is the wide form: {show(cell.text.strip())} is a column where a row should be. "
        "One row for each run is read: turn the columns into rows."
    )
    table.report(cell, "", message, "WIDE_FORM", f"the heading {fix}")


def _first(table: CsvTable, at: int) -> str:
    """Return the text of the first filled cell of a column."""
    cells = (row[at].text.strip() for row in table.lines[1:] if at < len(row))
    return next((cell for cell in cells if cell), "…")


def _is_size(cell: Cell, what: str) -> bool:
    """Tell whether a column is called by a number of images."""
    try:
        return not what and parse_count(cell.text.strip()) > 0
    except QuantityError:
        return False
