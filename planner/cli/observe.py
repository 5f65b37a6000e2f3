"""``planner observe``: what measured runs change, and a portfolio file that holds them."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, print_json
from planner.cli.workbook import copy_notes
from planner.errors import InputError, Problem
from planner.files import replace_if_unchanged, require_file, write_bytes

if TYPE_CHECKING:
    from planner.questions.observe.observe import ObservedFile

_OBSERVED = re.compile(r"(.*\.observed)(?:-([0-9]+))?")


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
        Path,
        typer.Argument(
            metavar="RUNS",
            help="CSV: project,images,error (or accuracy, iou)[,test_images,architecture,"
            "pretrained,backbone,seed].",
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
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Add measured runs to a copy of FILE, comments kept, and show what they change."""
    target = None if dry_run else _target(file, runs, output, in_place=in_place, force=force)
    found = _api.observe(file, runs, _api.load_model(model), seed=seed)
    notes = (*found.runs.notes, *(() if target is None else copy_notes(file)))
    if in_place and target is not None:
        replace_if_unchanged(target, found.original, found.content, sources=[runs])
    elif target is not None:
        write_bytes(target, found.content, force=force, sources=[file, runs])
    if as_json:
        print_json(_json(found, file, target, notes))
        return
    from planner.reporting.terminal.observe import render_observation
    from planner.reporting.terminal.plan import render_warnings

    out = data_console(no_color=no_color)
    for block in render_observation(found.observation):
        out.print(block)
    out.print(_last_words(found, target), markup=False, soft_wrap=True)
    if not quiet:
        err = message_console(no_color=no_color)
        for note in notes:
            err.print(note, markup=False)
        for line in render_warnings(found.observation.warnings):
            err.print(line)


def _target(file: Path, runs: Path, output: Path | None, *, in_place: bool, force: bool) -> Path:
    """Return where to write; refuse early what would be refused after the computation."""
    if in_place and output is not None:
        raise typer.BadParameter("--in-place writes FILE itself; leave out --output.")
    if in_place:
        if file.exists():
            require_file(file, force=True, field="--in-place")
        return file
    target = output or _beside(file)
    require_file(target, force=True, name=_beside(file).name, field="-o")
    for given, message, fix in (
        (file, "is the portfolio itself; --in-place says so on purpose.", "--in-place"),
        (runs, "holds the runs themselves; name another file.", str(_beside(file))),
    ):
        if target.exists() and given.exists() and target.samefile(given):
            raise InputError([Problem("-o", message, fix, str(target), "FILE")])
    require_file(target, force=force, name=_beside(file).name, field="-o")
    return target


def _beside(file: Path) -> Path:
    """Return the name of the copy; a copy's copy is numbered: ``x.observed-2.yaml``."""
    again = _OBSERVED.fullmatch(file.stem)
    stem = f"{again[1]}-{int(again[2] or 1) + 1}" if again else f"{file.stem}.observed"
    return file.with_name(f"{stem}{file.suffix}")


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


def _last_words(found: "ObservedFile", target: Path | None) -> str:
    known = found.runs_known
    text = f"{known} of the runs stood in the file already.\n" if known else ""
    if target is None:
        return f"{text}Nothing was written (--dry-run)."
    return f"{text}Wrote {target}. Next: planner plan {target}"
