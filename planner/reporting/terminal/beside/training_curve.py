"""Where a training that has begun will end, in a terminal."""

from collections.abc import Iterator

from rich.text import Text

from planner.domain.words.answers.training_curve import training_lines
from planner.questions.observe.training_curve import TrainingOutlook
from planner.reporting.terminal.draw import paragraphs

__all__ = ["render_training"]


def render_training(found: TrainingOutlook) -> Iterator[Text]:
    """Yield sentences."""
    yield Text(found.project, style="bold")
    yield from paragraphs(
        training_lines(
            (found.last_epoch, found.final_epoch),
            found.last_error,
            (found.final_error_p10, found.final_error_p50, found.final_error_p90),
            (found.target_error, found.chance_of_target),
            found.stop_below,
            rises=found.rises,
        )
    )
