"""Arguments and flags that several commands share, described once.

A flag wins over its ``PLANNER_*`` environment variable, that over the file, the file over the
default.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from planner.domain.portfolio.risk import NUMBERS, RiskKind
from planner.domain.vocabulary import Basis, Mode, Objective
from planner.errors import InputError, Problem

PortfolioFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Portfolio file: .yaml, .yml, .toml or .xlsx.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")
]
Seed = Annotated[
    int, typer.Option("--seed", envvar="PLANNER_SEED", min=0, help="Seed of the projects' luck.")
]
Model = Annotated[
    str, typer.Option("--model", envvar="PLANNER_MODEL", help="Fitted model, by name or folder.")
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", envvar="PLANNER_BUDGET", help="Hard limit on spend, such as 120k."),
]
BasisFlag = Annotated[
    Basis | None,
    typer.Option("--basis", envvar="PLANNER_BASIS", help="How training is priced."),
]
ObjectiveFlag = Annotated[
    Objective | None, typer.Option("--objective", help="What the plan maximises.")
]
ModeFlag = Annotated[
    Mode | None, typer.Option("--mode", help="Is spend certain (commit), or accuracy?")
]
Risk = Annotated[
    str | None,
    typer.Option(
        "--risk",
        metavar="MEASURE",
        help="expected, cvar:LEVEL[:WEIGHT], entropic:AVERSION or quantile:LEVEL.",
    ),
]
Gap = Annotated[
    float | None,
    typer.Option(
        "--gap",
        min=0.0,
        max=1.0,
        metavar="SHARE",
        help="Relative gap at which the search may stop; 0 for all that work allows. Without: a "
        "quarter of the standard error that the draws leave.",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=0.0,
        metavar="SECONDS",
        help="Stop after so many seconds, with the best found by then; no limit without.",
    ),
]
BackendFlag = Annotated[
    str | None,
    typer.Option(
        "--backend",
        envvar="PLANNER_BACKEND",
        metavar="processes:N|dask|dask:tcp://HOST:PORT",
        help="Who runs independent solves and refits; answers do not depend on it. A scheduler's "
        "connections run code: use machines you trust, or TLS by Dask's configuration.",
    ),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        "--resume",
        metavar="DIR",
        help="Keep each result there as it comes; a run that was stopped goes on from it.",
    ),
]
Plots = Annotated[
    Path | None,
    typer.Option(
        "--plots", "--plot", metavar="DIR", help="Also draw the pictures there, as SVG and PNG."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings, no hints.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also print every default used.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="Plain text; NO_COLOR does the same.")]
Debug = Annotated[
    bool, typer.Option("--debug", envvar="PLANNER_DEBUG", help="Show the traceback of a bug.")
]


class CatalogueTable(StrEnum):
    """Tables that ``planner catalogue`` prints."""

    ARCHITECTURES = "architectures"
    ACCELERATORS = "accelerators"
    PRICES = "prices"
    CARBON = "carbon"
    LABELLING = "labelling"
    DATASETS = "datasets"
    PUBLISHED = "published"
    GLOSSARY = "glossary"


def overrides(**flags: object) -> dict[str, object]:
    """Return the flags that were given, keyed by the field of the file they win over.

    Double underscores in a keyword stand for the dots of the path.
    """
    return {
        name.replace("__", "."): value if isinstance(value, dict) else str(value)
        for name, value in flags.items()
        if value is not None
    }


def risk_fields(text: str | None) -> dict[str, str] | None:
    """Return the fields of ``portfolio.risk`` that ``--risk`` says; None if it was not given.

    Raises
    ------
    InputError
        The text has more parts than its measure has numbers.

    Examples
    --------
    >>> risk_fields("cvar:0.9:0.5")
    {'measure': 'cvar', 'level': '0.9', 'weight': '0.5'}
    """
    if text is None:
        return None
    measure, *numbers = (part.strip() for part in text.split(":"))
    names = NUMBERS.get(RiskKind(measure), ()) if measure in RiskKind else ()
    if len(numbers) > len(names):
        known = ", ".join(":".join((name, *parts)) for name, parts in NUMBERS.items())
        message = f"got {text!r}; expected one of {known}."
        problem = Problem("portfolio.risk", message, "expected, or cvar:0.9:0.5", "--risk")
        raise InputError([problem])
    return {"measure": measure, **dict(zip(names, numbers, strict=False))}
