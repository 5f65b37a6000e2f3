"""``planner report``: the plan as one HTML file to mail, print and sign."""

import datetime
import shlex
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli import workbook
from planner.cli.console import answers, data_console, message_console, placed, print_json
from planner.cli.pictures import draw, require_drawable
from planner.domain.results.plan import SCHEMA_VERSION
from planner.errors import InputError, Problem
from planner.files import require_file, write_bytes, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.reporting.figures.files import Named
    from planner.reporting.html.assemble import HtmlReport

EXIT_INFEASIBLE = 4
ENDINGS = (".html", ".htm")
_HEAD_BYTES = 2000
_OWN_MARK = b'name="generator" content="planner '


class ReportStyle(StrEnum):
    """Whom a report is for; the same words as in :mod:`planner.reporting.sections.material`."""

    BOARD = "board"
    GRANT = "grant"
    TECH = "tech"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "report",
        short_help="The plan as one HTML file to mail, print and sign.",
        epilog="Example: planner report portfolio.yaml -o plan.html --style board",
    )(report)


@answers
def report(
    *,
    file: ask.PortfolioFile,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT.html", help="File to write.")
    ] = Path("plan.html"),
    style: Annotated[
        ReportStyle,
        typer.Option(
            "--style",
            help="board: to decide on; grant: with methods and sample sizes; tech: diagnostics.",
        ),
    ] = ReportStyle.BOARD,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="Date in the report; today's if left."),
    ] = None,
    budget: ask.Budget = None,
    objective: ask.ObjectiveFlag = None,
    basis: ask.BasisFlag = None,
    mode: ask.ModeFlag = None,
    risk: ask.Risk = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    gap: ask.Gap = _api.DEFAULT_GAP,
    time_limit: ask.TimeLimit = _api.DEFAULT_TIME_LIMIT_S,
    xlsx: workbook.Xlsx = None,
    plots: ask.Plots = None,
    risks: Annotated[
        Path | None,
        typer.Option("--register", metavar="CSV", help="Also write the risk register as CSV."),
    ] = None,
    framework: Annotated[
        str,
        typer.Option(
            "--framework",
            metavar="NAME",
            help="With --register: your framework, in a column of its own. Nothing is claimed.",
        ),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that are no earlier reports.")
    ] = False,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Write the plan as one HTML file: decision, risk, evidence, register, assumptions.

    The file needs nothing but itself. An earlier report of that name is replaced. If no plan fits,
    the report says why and what would help, and the exit code is 4.
    """
    require_report_path(output, force=force)
    workbook.require_writable(xlsx, file, force=force)
    require_drawable(plots)
    _require_register(risks, framework, force=force)
    day = read_date(date)
    portfolio = _api.read_portfolio(
        file,
        overrides=ask.overrides(
            portfolio__budget=budget,
            portfolio__objective=objective,
            portfolio__mode=mode,
            portfolio__risk=ask.risk_fields(risk),
            compute__basis=basis,
        ),
    )
    fitted = _api.load_model(model)
    settings = {
        "--style": style,
        "--budget": budget,
        "--objective": objective,
        "--basis": basis,
        "--mode": mode,
        "--risk": risk,
        "--model": model,
        "--seed": str(seed),
        "--gap": None if gap is None else f"{gap:g}",
        "--date": day,
    }
    with placed(portfolio):
        made = _api.report(
            portfolio,
            fitted,
            style=style,
            date=day,
            command=command_line(file, output, settings),
            seed=seed,
            gap=gap,
            time_limit_s=time_limit,
            model_folder=_model_folder(model),
        )
    require_report_path(output, force=force)  # nothing else appeared there meanwhile
    write_text(output, made.html, force=True, sources=[file])
    written = [str(output)]
    if xlsx is not None:
        workbook.write_results(xlsx, file, made.plan, portfolio, fitted, force=force)
        written.append(str(xlsx))
    if risks is not None:
        from planner.reporting.register_file import register_csv

        write_bytes(risks, register_csv(made.material, framework), force=force, sources=[file])
        written.append(str(risks))
    drawn = draw(plots, lambda: _pictures(made), sources=[file])
    written += map(str, drawn)
    if as_json:
        data = {"schema_version": SCHEMA_VERSION, "written": written, "style": str(style)}
        print_json({**data, "status": str(made.plan.status), "plan": made.plan.to_dict()})
    else:
        for path in written:
            data_console(no_color=no_color).print(f"Wrote {path}", markup=False)
    if made.plan.status == "infeasible":
        if not quiet and not as_json:
            said = "No plan fits; the report names the conflict and the smallest changes that help."
            message_console(no_color=no_color).print(said, markup=False)
        raise typer.Exit(EXIT_INFEASIBLE)


def _require_register(path: Path | None, framework: str, *, force: bool) -> None:
    """Refuse, before anything is computed, a file that cannot be written, and a lonely name."""
    if path is not None:
        require_file(path, force=force, name="risks.csv", field="--register")
    elif framework:
        message = "--framework names a column of --register CSV; give that too."
        raise typer.BadParameter(message)


def _pictures(made: "HtmlReport") -> "Iterator[Named]":
    from planner.reporting.slides import report_slides

    return report_slides(made.material)


def require_report_path(path: Path, *, force: bool) -> None:
    """Refuse, before anything is computed, a file that must not or cannot be written.

    Raises
    ------
    InputError
        It does not end in ``.html``, no file can stand there, or something other than an earlier
        report does and ``force`` is not set.
    """
    if path.suffix.lower() not in ENDINGS and not path.is_dir():
        message = "a report is an HTML file and ends in .html."
        raise _refusal(path, message, str(path.with_suffix(".html")))
    target = require_file(path, force=True, name="plan.html", field="-o")
    if target.exists() and not force and not _is_report(target):
        message = "exists already and is no earlier report, so it is not overwritten."
        raise _refusal(path, message, "--force, or another name")


def read_date(text: str | None) -> str:
    """Return the date of a report, today's if none is given.

    Raises
    ------
    InputError
        The text is no date.
    """
    today = datetime.datetime.now().astimezone().date()
    if text is None:
        return today.isoformat()
    try:
        return datetime.date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        message = f"got {text!r}; expected a date such as {today.isoformat()}."
        raise InputError([Problem("--date", message, f"--date {today.isoformat()}")]) from None


def command_line(file: Path, output: Path, settings: Mapping[str, str | None]) -> str:
    """Return the command that makes the report again; absolute paths are cut to their names."""
    names = [path.name if path.is_absolute() else str(path) for path in (file, output)]
    words = ["planner", "report", names[0], "-o", names[1]]
    for flag, value in settings.items():
        if value is not None:
            words += [flag, str(value)]
    return shlex.join(words)


def _model_folder(model: str) -> Path | None:
    """Return the folder where a model's diagnostics lie."""
    from planner.reference.store import find_model

    return find_model(model)


def _is_report(path: Path) -> bool:
    with path.open("rb") as stream:
        return _OWN_MARK in stream.read(_HEAD_BYTES)


def _refusal(path: Path, message: str, fix: str) -> InputError:
    return InputError([Problem("-o", message, fix, str(path), "FILE")])
