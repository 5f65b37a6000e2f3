"""What ``planner fit`` answers without writing a model: which variables, and is it calibrated?"""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from planner.cli.console import data_console, message_console, print_json
from planner.files import require_folder

if TYPE_CHECKING:
    from planner.regression.fitting.command import FitRequest

_NOT_CALIBRATED = 5
"""Exit code of a sampler that does not do its work."""


def require_one_question(
    candidates: str | None, sbc: int | None, plots: Path | None, output: Path | None
) -> None:
    """Raise unless exactly one of model, selection and calibration is asked for."""
    if candidates is not None and sbc is not None:
        raise typer.BadParameter("--candidates and --sbc answer two questions; ask one.")
    asked = "--candidates" if candidates is not None else "--sbc" if sbc is not None else ""
    if not asked and output is None:
        raise typer.BadParameter("Missing option '-o' / '--output': the folder of the model.")
    if asked and output is not None:
        raise typer.BadParameter(f"-o: {asked} writes no model; leave one of them out.")
    if plots is not None and asked != "--sbc":
        raise typer.BadParameter("--plots draws the ranks of --sbc; give both.")


def answer_candidates(
    request: "FitRequest", candidates: str, *, as_json: bool, no_color: bool
) -> None:
    """Print the stepwise regression, step by step."""
    from planner.regression.selection.command import select_candidates

    selection = select_candidates(request, candidates)
    if as_json:
        print_json(selection.to_dict())
        return
    from planner.reporting.terminal.fitting.selection import render_selection

    out = data_console(no_color=no_color)
    for block in render_selection(selection):
        out.print(block)


def answer_calibration(
    request: "FitRequest",
    n_refits: int,
    *,
    seed: int,
    plots: Path | None,
    backend: str | None,
    resume: Path | None,
    as_json: bool,
    quiet: bool,
    no_color: bool,
) -> None:
    """Print whether the declaration's hyper-parameters are found again."""
    from planner.regression.calibration.ranks import require_refits
    from planner.regression.calibration.run import calibrate_declaration
    from planner.tasks import open_tasks

    require_refits(n_refits)
    if plots is not None:
        require_folder(plots, field="--plots")
    err = message_console(no_color=no_color)

    def say(text: str) -> None:
        if not quiet:
            err.print(text, markup=False)

    say(f"Compiling the model and timing the first of {n_refits} refits …")
    with open_tasks(backend, resume) as tasks:
        calibration = calibrate_declaration(
            request.spec,
            request.table,
            n_refits,
            seed=seed,
            on_estimate=lambda seconds, n_rows: say(
                f"{n_refits} refits of {n_rows} rows: about {_duration(seconds)} from here."
            ),
            on_step=lambda done, total: (
                say(f"{done} of {total} refits") if 0 < done < total and done % 25 == 0 else None
            ),
            tasks=tasks,
        )
    written: tuple[Path, ...] = ()
    if plots is not None:
        from planner.regression.calibration.figure import write_calibration_figure

        written = write_calibration_figure(calibration, plots)
    if as_json:
        print_json(calibration.to_dict())
    else:
        from planner.reporting.terminal.fitting.calibration import render_calibration

        out = data_console(no_color=no_color)
        for block in render_calibration(calibration):
            out.print(block)
        for path in written:
            out.print(f"Wrote {path}", markup=False)
    if calibration.verdict == "FAIL":
        raise typer.Exit(_NOT_CALIBRATED)


def _duration(seconds: float) -> str:
    """Return a time as one says it."""
    if seconds < 90:
        return f"{max(2, round(seconds))} seconds"
    return f"{max(2, round(seconds / 60))} minutes"
