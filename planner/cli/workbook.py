"""The flags ``--xlsx`` and ``--force`` of ``planner plan``: results as a workbook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.errors import InputError, Problem
from planner.files import require_file

if TYPE_CHECKING:
    from planner.domain.model.posterior import Posterior
    from planner.domain.portfolio.portfolio import Portfolio
    from planner.domain.results.plan import Plan

ENDING = ".xlsx"

Xlsx = Annotated[
    Path | None,
    typer.Option(
        "--xlsx",
        metavar="OUT.xlsx",
        help="Also write the results to a workbook: a copy of FILE if that is one.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is written if it exists.")]


def require_writable(target: Path | None, file: Path, *, force: bool) -> None:
    """Refuse, before anything is computed, a workbook that could not be written afterwards.

    Raises
    ------
    InputError
        It does not end in ``.xlsx``, is the portfolio itself, exists, or no file can stand there.
    """
    if target is None:
        return
    if target.suffix.lower() != ENDING and not target.is_dir():
        raise _refusal(target, f"a workbook ends in {ENDING}.", str(target.with_suffix(ENDING)))
    if file.is_file() and target.is_file() and target.samefile(file):
        message = "is the portfolio itself; results go into a copy of it."
        raise _refusal(target, message, f"--xlsx {file.stem}.plan{ENDING}")
    require_file(target, force=force, name=f"plan{ENDING}", field="--xlsx")


def write_results(
    target: Path,
    file: Path,
    plan: "Plan",
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    force: bool,
) -> None:
    """Write the workbook of a plan, with each project's ranges."""
    source = file if file.suffix.lower() == ENDING else None
    asks = all(project.has_target for project in portfolio.projects)
    estimate = _api.estimate(portfolio, model, seed=plan.seed) if asks else None
    _api.write_xlsx(
        plan, portfolio, target, estimate=estimate, source=source, force=force, private_as=[file]
    )


def copy_notes(file: Path) -> tuple[str, ...]:
    """Return what a copy of a workbook lacks, as sentences; empty for other files."""
    if file.suffix.lower() != ENDING:
        return ()
    from planner.inputs.xlsx.open import pictures_left_out
    from planner.reference.text_file import read_bytes

    lost = pictures_left_out(read_bytes(file))
    if not lost:
        return ()
    named = ", ".join(name[:60] for name in lost[:5]) + (", …" if len(lost) > 5 else "")
    return (f"The copy has no pictures that are large, or no PNG, JPEG or GIF: {named}.",)


def _refusal(target: Path, message: str, fix: str) -> InputError:
    return InputError([Problem("--xlsx", message, fix, str(target), "FILE")])
