"""When what is paid is earned back, and what a plan uses, in words."""

import pytest

from planner.domain.results.life import Footprint
from planner.domain.words.footprint import footprint_words
from planner.domain.words.life import payback_words


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (0.0, "earned back within the first month"),
        (1 / 24, "earned back within the first month"),
        (0.5, "earned back after 6 months"),
        (1.01, "earned back after 13 months"),
        (2.04, "earned back after 2 years"),
        (2.37, "earned back after 2.4 years"),
        (None, "not earned back within the horizon"),
    ],
)
def test_nothing_is_earned_back_after_no_years(years: float | None, said: str) -> None:
    """Months where they are few, years to a tenth."""
    assert payback_words(years) == said


def test_small_footprints_are_not_rounded_away() -> None:
    """Three digits, whole parts in full."""
    (said,) = footprint_words(Footprint(1.304, 1.19, 0.4541), {}, "USD")
    assert "1.3 accelerator-hours" in said
    assert "1.19 kWh and 0.454 kg" in said
    (large,) = footprint_words(Footprint(12_345.6, 9_876.5, 4_321.0), {}, "USD")
    assert "12,346 accelerator-hours" in large


def test_training_that_nobody_counts_is_not_said_to_take_no_hours() -> None:
    """The basis paper knows no hardware: running alone is said, and nothing where that is none."""
    (said,) = footprint_words(Footprint(0.0, 9.5, 4.2), {}, "USD")
    assert said.startswith("Running, as far as it is expected, takes 9.5 kWh and 4.2 kg")
    assert not list(footprint_words(Footprint(0.0, 0.0, 0.0), {}, "USD"))
