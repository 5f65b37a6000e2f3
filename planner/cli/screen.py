"""The console all commands write to; loaded when there is something to write."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from planner._journal import note


class SafeConsole(Console):
    """A console on which no text of a user steers the terminal, wherever it stands.

    Control characters and marks that reverse the direction of reading are left out; they take no
    room, so columns stay aligned. Square brackets and colons are letters: nothing that is printed
    is read as markup or as an emoji, since any of it may hold what a user wrote.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - passed on
        """Print, and keep what is said on standard error in the log, where there is one."""
        super().print(*objects, **options)
        if self.stderr:
            for each in objects:
                note("said", text="".join(part.text for part in self.render(each)).strip())

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Yield what is printed, piece by piece, without what steers a terminal."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(segment.text.translate(_STEERING), segment.style)


_STEERING = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (0x09, 0x0A)),
        *range(0x7F, 0xA0),
        *(0x061C, 0x200E, 0x200F),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
"""Control characters and bidirectional marks, each to be left out."""
