"""Steps done, as a bar on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.cli.console import message_console


@contextmanager
def progress(task: str, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Show steps done as a bar on stderr, on a terminal only."""
    from rich.progress import Progress

    console = message_console()
    with Progress(
        console=console, disable=not (shown and console.is_terminal), transient=True
    ) as bar:
        begun = bar.add_task(task, total=None)
        yield lambda done, total: bar.update(begun, completed=done, total=total)
