"""``planner observe``: what measured runs change, and a portfolio file that holds them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api, _api_evidence, _api_life
from planner.cli import parameters as ask
from planner.cli.added_runs import last_words, target_of, write_runs
from planner.cli.console import answers, data_console, message_console, print_json
from planner.cli.training_curve import (
    CurveFile,
    FinalEpoch,
    OfProject,
    StopBelow,
    show_training,
)

if TYPE_CHECKING:
    from planner.questions.observe.observe import ObservedFile


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "observe",
        short_help="Learn from measured runs: need, chance and cost before and after.",
        epilog="Example: planner observe portfolio.yaml runs.csv",
    )(observe)


@answers
def observe(
    *,
    file: ask.PortfolioFile,
    runs: Annotated[
        Path | None,
        typer.Argument(
            metavar="RUNS",
            help="CSV: project,images,error (or accuracy, iou)[,test_images,architecture,"
            "pretrained,backbone,seed].",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; FILE.observed.yaml unless given."),
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write the runs into FILE itself.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    curve: CurveFile = None,
    project: OfProject = None,
    stop_below: StopBelow = f"{100 * _api_life.STOP_BELOW:g}%",
    final_epoch: FinalEpoch = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Add measured runs to a copy of FILE, comments kept, and show what they change.

    With --training-curve instead of RUNS: where does a training that has begun end?
    """
    if curve is not None:
        if runs is not None:
            message = "--training-curve stands in the place of RUNS; give one of them."
            raise typer.BadParameter(message)
        show_training(
            file, curve, project, final_epoch, stop_below, as_json=as_json, no_color=no_color
        )
        return
    if runs is None:
        message = "Missing argument 'RUNS', or --training-curve CSV in its place."
        raise typer.BadParameter(message)
    target = None if dry_run else target_of(file, runs, output, in_place=in_place, force=force)
    found = _api_evidence.observe(file, runs, _api.load_model(model), seed=seed)
    notes = write_runs(found, file, runs, target, force=force)
    if as_json:
        print_json(_json(found, file, target, notes))
        return
    from planner.reporting.terminal.observe import render_observation
    from planner.reporting.terminal.plan import render_warnings

    out = data_console(no_color=no_color)
    for block in render_observation(found.observation):
        out.print(block)
    out.print(last_words(found, target), markup=False, soft_wrap=True)
    if not quiet:
        err = message_console(no_color=no_color)
        for note in notes:
            err.print(note, markup=False)
        for line in render_warnings(found.observation.warnings):
            err.print(line)


def _json(
    found: "ObservedFile", file: Path, target: Path | None, notes: tuple[str, ...]
) -> dict[str, object]:
    return found.observation.to_dict() | {
        "portfolio": str(file),
        "output": None if target is None else str(target),
        "runs": {
            "file": found.runs.name,
            "sha256": found.runs.sha256,
            "rows": [
                {"project": run.project, "line": run.line, **asdict(run.pilot)}
                for run in found.runs.runs
            ],
            "known_already": found.runs_known,
            "notes": list(notes),
        },
    }
