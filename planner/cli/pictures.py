"""The flag ``--plots``: pictures beside an answer, the same for every command that draws."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli.console import message_console
from planner.files import require_folder

if TYPE_CHECKING:
    from planner.reporting.figures.files import Named


def require_drawable(folder: Path | None) -> None:
    """Refuse, before anything is computed, a folder that pictures could not be written to.

    Raises
    ------
    InputError
        Something else stands there, or nothing may be written to it.
    """
    if folder is not None:
        require_folder(folder, field="--plots")


def draw(
    folder: Path | None,
    figures: "Callable[[], Iterable[Named]]",
    *,
    sources: Iterable[Path] = (),
) -> tuple[Path, ...]:
    """Write each picture as SVG and PNG, if a folder was named; return the files.

    Parameters
    ----------
    folder : Path or None
        Made if missing.
    figures : callable
        Gives the pictures; not called where none is asked for.
    sources : iterable of Path, optional
        Files the numbers come from: the pictures are as private as these.
    """
    if folder is None:
        return ()
    from planner.reporting.figures.files import write_figures

    return write_figures(folder, figures(), sources=sources)


def say_written(paths: Iterable[Path], *, no_color: bool, quiet: bool = False) -> None:
    """Name the files that were written, on standard error."""
    if not quiet:
        for path in paths:
            message_console(no_color=no_color).print(f"Wrote {path}", markup=False)
