"""What a comparison of ways to train does not know, in sentences."""

from collections.abc import Collection

__all__ = ["recipe_notes"]

NOT_FORECAST = (
    "The model knows nothing of epochs, trials and folds: chances are those of networks trained to "
    "their end. What fewer passes lose, a run of your own tells (planner observe)."
)


def recipe_notes(passes: Collection[tuple[float, float]]) -> tuple[str, ...]:
    """Say what no chance depends on, where ways to train differ in it alone.

    ``passes`` are epochs and trainings of each.
    """
    return (NOT_FORECAST,) if len(passes) > 1 else ()
