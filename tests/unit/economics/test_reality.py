"""The sentence on what dominates a cost."""

from planner.domain.results.plan import Cost
from planner.economics.reality import reality_note


def test_data_usually_dominates() -> None:
    """The sentence carries the option's own numbers."""
    note = reality_note(
        Cost.from_cents({"data": 9_342_300, "training": 1_866}), "EfficientNet-B0", 4.53
    )
    assert note == (
        "Data, people and trials dominate; compute rarely does: training EfficientNet-B0 "
        "(4.53 accelerator-hours) is USD 18.66 of 93,442 (< 1 %)."
    )


def test_where_compute_dominates_the_sentence_says_so() -> None:
    """A rule of thumb is not claimed against the numbers."""
    note = reality_note(Cost.from_cents({"data": 100, "training": 300}), "ViT-L/16", currency="EUR")
    assert "but here compute does" in note
    assert "EUR 3 of 4 (75 %)" in note


def test_a_free_option_has_no_share() -> None:
    """Nothing spent has no share of anything."""
    assert reality_note(Cost(), "x") == "This option costs nothing: training x is USD 0."
