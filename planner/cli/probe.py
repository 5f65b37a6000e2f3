"""``planner probe``: features of a frozen network as pilots of a project."""

from pathlib import Path
from typing import Annotated

import typer

from planner import _api, _api_evidence
from planner._extras import PROBE, require_extra
from planner.cli import parameters as ask
from planner.cli.added_runs import last_words, target_of, write_runs
from planner.cli.console import answers, data_console, message_console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "probe",
        short_help="Learn from features of a frozen network: errors at three sizes as pilots.",
        epilog="Example: planner probe portfolio.yaml shelf-gaps features.npz",
    )(probe)


@answers
def probe(
    *,
    file: ask.PortfolioFile,
    project: Annotated[
        str, typer.Argument(metavar="PROJECT", help="Whose images the features are of.")
    ],
    features: Annotated[
        Path,
        typer.Argument(
            metavar="FEATURES.npz",
            help="Arrays features (a row for each image), labels and, if wanted, groups.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; FILE.observed.yaml unless given."),
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write the runs into FILE itself.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    architecture: Annotated[
        str | None,
        typer.Option("--architecture", help="The network that made the features, if known."),
    ] = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: Annotated[
        int,
        typer.Option("--seed", envvar="PLANNER_SEED", min=0, help="Seed of folds and luck."),
    ] = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Probe features and add the errors to a copy of FILE as pilots; show what they change.

    A regularised multinomial logistic regression learns from a quarter, a half and all of the rows
    that cross-validation leaves it; rows of one group stay on one side of every fold.
    """
    require_extra(PROBE, "planner probe")
    target = None if dry_run else target_of(file, features, output, in_place=in_place, force=force)
    loaded = _api.load_model(model)
    found = _api_evidence.probe(
        file, project, features, loaded, architecture=architecture, seed=seed
    )
    notes = write_runs(found.observed, file, features, target, force=force)
    if as_json:
        written = None if target is None else str(target)
        print_json({**found.to_dict(), "portfolio": str(file), "output": written})
        return
    from planner.reporting.terminal.observe import render_observation
    from planner.reporting.terminal.plan import render_warnings
    from planner.reporting.words.features import probe_lines

    out = data_console(no_color=no_color)
    for line in probe_lines(found.features, found.runs):
        out.print(line, markup=False, soft_wrap=True)
    for block in render_observation(found.observed.observation):
        out.print(block)
    out.print(last_words(found.observed, target), markup=False, soft_wrap=True)
    if not quiet:
        err = message_console(no_color=no_color)
        for note in notes:
            err.print(note, markup=False)
        for warning in render_warnings(found.observed.observation.warnings):
            err.print(warning)
