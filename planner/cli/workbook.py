"""The flags ``--xlsx`` and ``--force`` of ``planner plan``: results as a workbook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from planner.domain.plan import Plan
    from planner.domain.portfolio import Portfolio
    from planner.domain.posterior import Posterior

ENDING = ".xlsx"

Xlsx = Annotated[
    Path | None,
    typer.Option(
        "--xlsx",
        metavar="OUT.xlsx",
        help="Also write the results to a workbook: a copy of FILE if that is one.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the workbook if it exists.")]


def require_writable(target: Path | None, file: Path, *, force: bool) -> None:
    """Refuse, before anything is computed, a workbook that could not be written afterwards.

    Raises
    ------
    InputError
        It does not end in ``.xlsx``, is the portfolio itself, exists, or its folder does not.
    """
    if target is None:
        return
    if target.suffix.lower() != ENDING:
        raise _refusal(target, f"a workbook ends in {ENDING}.", str(target.with_suffix(ENDING)))
    if not target.parent.is_dir():
        raise _refusal(target, f"the folder {target.parent} does not exist.", "create it first")
    if not target.exists():
        return
    if file.exists() and target.samefile(file):
        message = "is the portfolio itself; results go into a copy of it."
        raise _refusal(target, message, f"--xlsx {file.stem}.plan{ENDING}")
    if not force:
        raise _refusal(target, "exists already and is not overwritten.", "--force, or another name")


def write_results(
    target: Path, file: Path, plan: "Plan", portfolio: "Portfolio", model: "Posterior"
) -> None:
    """Write the workbook of a plan, with each project's ranges."""
    source = file if file.suffix.lower() == ENDING else None
    estimate = _api.estimate(portfolio, model, seed=plan.seed)
    _api.write_xlsx(plan, portfolio, target, estimate=estimate, source=source, force=True)


def _refusal(target: Path, message: str, fix: str) -> InputError:
    return InputError([Problem("", message, fix, str(target), "FILE")])
