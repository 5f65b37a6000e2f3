"""Ways to train a project, as ``--recipe`` says them: ``epochs=50,trials=3,backbone=frozen``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.domain.catalogue import Catalogue
from planner.domain.fields.declared import section_of
from planner.domain.fields.finding import WRONG, Reading, Source
from planner.domain.fields.values import ARCHITECTURE, POSITIVE_COUNT, SHARE
from planner.domain.portfolio.compute import Compute
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.suggest import did_you_mean
from planner.errors import InputError, Problem

__all__ = ["Recipe", "read_recipe"]

FLAG = "--recipe"
_OF_COMPUTE = (
    "epochs", "trials", "folds", "testing_overhead", "accelerator", "usd_per_hour", "utilisation",
    "gpus", "scaling",
)  # fmt: skip
_OF_PROJECT = ("pretrained", "backbone")
_OWN = {"early_stopping": SHARE, "architecture": ARCHITECTURE, "images": POSITIVE_COUNT}
KEYS = (*_OF_COMPUTE, *_OF_PROJECT, *_OWN)
"""What a recipe may set; all else is as in the file."""
_SWITCH: Mapping[str, bool] = {"true": True, "false": False}


@dataclass(frozen=True)
class Recipe:
    """A way to train a project.

    Attributes
    ----------
    text : str
        As it was given; empty for the file's own.
    project, compute : Project, Compute
        With what it sets; epochs are those that early stopping leaves.
    architecture : str or None
        Named by it.
    images : int or None
        Named by it.
    """

    text: str
    project: Project
    compute: Compute
    architecture: str | None = None
    images: int | None = None


def read_recipe(text: str, portfolio: Portfolio, project: Project, catalogue: Catalogue) -> Recipe:
    """Return the way to train that a text says.

    Raises
    ------
    InputError
        With every mistake in it.
    """
    values, problems = _values(text, portfolio, catalogue)
    if problems:
        raise InputError(problems)
    early = values.pop("early_stopping", 0.0)
    architecture, images = values.pop("architecture", None), values.pop("images", None)
    own = {name: values.pop(name) for name in _OF_PROJECT if name in values}
    try:
        compute = replace(portfolio.compute, **values)  # type: ignore[arg-type]  # read by name
        compute = replace(compute, epochs=compute.epochs * (1.0 - float(str(early))))
        changed = replace(project, **own)  # type: ignore[arg-type]
    except InputError as error:
        found = (replace(problem, place=FLAG) for problem in error.problems)
        raise InputError(found) from None
    return Recipe(text, changed, compute, architecture, images)  # type: ignore[arg-type]


def _values(
    text: str, portfolio: Portfolio, catalogue: Catalogue
) -> tuple[dict[str, object], list[Problem]]:
    """Return what a recipe sets, by name, and what is wrong with it."""
    source = Source(
        written=True,
        currency=portfolio.currency,
        architecture=lambda name: catalogue.architecture(name).name,
        accelerator=lambda name: catalogue.accelerator(name).name,
    )
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for part in text.split(","):
        name, equals, written = (piece.strip() for piece in part.partition("="))
        if name in values or name not in KEYS or not (equals and written):
            problems.append(_refused(part.strip(), name, values))
            continue
        reading = Reading(source)
        try:
            said = _SWITCH.get(written.lower(), written) if name == "pretrained" else written
            values[name] = _kinds()[name].read(said, (FLAG, name), reading)  # type: ignore[attr-defined]
        except InputError as error:  # a name that is in no table
            problems += [replace(problem, field=FLAG) for problem in error.problems]
        problems += [Problem(FLAG, f"{name}: {item.message}", item.fix) for item in reading.found]
    if not problems and values.get("early_stopping") == 1:
        problems.append(Problem(FLAG, "early_stopping: nothing would be trained.", "30%"))
    return {name: value for name, value in values.items() if value is not WRONG}, problems


def _kinds() -> Mapping[str, object]:
    """Return how each value is read."""
    compute, project = section_of(Compute).in_file, section_of(Project).in_file
    return {
        **{name: compute[name].value for name in _OF_COMPUTE},
        **{name: project[name].value for name in _OF_PROJECT},
        **_OWN,
    }


def _refused(part: str, name: str, values: Mapping[str, object]) -> Problem:
    if name in values:
        return Problem(FLAG, f"{name} is set twice.", code="DUPLICATE_KEY")
    if name in KEYS:
        return Problem(FLAG, f"got {part!r}; expected {name}=VALUE.", f"{name}=…")
    known = ", ".join(KEYS)
    meant = did_you_mean(name, KEYS)
    message = f"got {part!r}; a recipe sets some of {known}, each as NAME=VALUE."
    return Problem(FLAG, message, f"{meant}=…" if meant else "epochs=50,trials=3", code="UNKNOWN")
