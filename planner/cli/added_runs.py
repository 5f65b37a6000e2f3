"""A portfolio file with runs in it: where it is written, and what is said at the end."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from planner.cli.workbook import copy_notes
from planner.errors import InputError, Problem
from planner.files import replace_if_unchanged, require_file, write_bytes

if TYPE_CHECKING:
    from planner.questions.observe.observe import ObservedFile

_OBSERVED = re.compile(r"(.*\.observed)(?:-([0-9]+))?")


def target_of(file: Path, runs: Path, output: Path | None, *, in_place: bool, force: bool) -> Path:
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


def write_runs(
    found: "ObservedFile", file: Path, runs: Path, target: Path | None, *, force: bool
) -> tuple[str, ...]:
    """Write the file, if one is to be written; return what is to be known of it and of the runs."""
    notes = (*found.runs.notes, *(() if target is None else copy_notes(file)))
    if target is not None and target == file:
        replace_if_unchanged(target, found.original, found.content, sources=[runs])
    elif target is not None:
        write_bytes(target, found.content, force=force, sources=[file, runs])
    return notes


def last_words(found: "ObservedFile", target: Path | None) -> str:
    """Return what was written, and what to do next."""
    known = found.runs_known
    text = f"{known} of the runs stood in the file already.\n" if known else ""
    if target is None:
        return f"{text}Nothing was written (--dry-run)."
    return f"{text}Wrote {target}. Next: planner plan {target}"


def _beside(file: Path) -> Path:
    """Return the name of the copy; a copy's copy is numbered: ``x.observed-2.yaml``."""
    again = _OBSERVED.fullmatch(file.stem)
    stem = f"{again[1]}-{int(again[2] or 1) + 1}" if again else f"{file.stem}.observed"
    return file.with_name(f"{stem}{file.suffix}")
