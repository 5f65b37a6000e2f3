"""Warnings as they stand on a page."""

from planner.domain.results.plan import Warning_
from planner.reporting.terminal.plan import render_warnings


def lines(warnings: list[Warning_]) -> list[str]:
    """Return each paragraph on one line."""
    return [" ".join(text.plain.split()) for text in render_warnings(warnings)]


def test_the_same_sentence_about_many_projects_is_said_once() -> None:
    """Three projects are named, the others counted."""
    found = [Warning_("EXTRAPOLATED", f"p{i}", "f", "Beyond the evidence.") for i in range(300)]
    assert lines(found) == ["! EXTRAPOLATED p0, p1, p2 and 297 more: Beyond the evidence."]
    assert lines(found[:2]) == ["! EXTRAPOLATED p0, p1: Beyond the evidence."]


def test_many_sentences_that_differ_in_numbers_are_one_paragraph() -> None:
    """Up to three are printed; of more, the first stands for all and says so."""
    found = [Warning_("FAR", f"p{i}", "f", f"{i} is far.") for i in range(9)]
    assert lines(found[:3]) == [f"! FAR p{i}: {i} is far." for i in range(3)]
    assert lines(found) == [
        "! FAR p0, p1, p2 and 6 more: 0 is far. (Said of p0; for the others see --json.)"
    ]


def test_warnings_about_the_whole_portfolio_are_all_said() -> None:
    """Without a project each message stands for itself, in the order of first mention."""
    found = [Warning_("NOT_USED", None, "f", f"{name} is not used.") for name in "abcd"]
    found += [Warning_("CURRENCY", None, "f", "Euros."), Warning_("NOT_USED", None, "f", "e.")]
    assert [line.split(" ", 2)[2] for line in lines(found)] == [
        *(f"{name} is not used." for name in "abcd"), "e.", "Euros."
    ]  # fmt: skip
