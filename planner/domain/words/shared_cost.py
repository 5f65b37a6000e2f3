"""Why was a shared cost not split to the letter of its rule, in a sentence?"""

from collections.abc import Sequence

from planner.domain.facts.shared_cost import SplitNote

__all__ = ["split_words"]

_WORDS = {
    SplitNote.EQUAL: "nobody's use was counted, so all pay the same",
    SplitNote.NO_DUAL: "no link has a dual price, so the Shapley value stands in for them",
    SplitNote.SCALED: "the dual prices do not sum to the cost and were scaled to it",
    SplitNote.ABOVE_GAINS: (
        "the projects' gains do not cover the cost, so some pay more than they gain"
    ),
}


def split_words(notes: Sequence[SplitNote]) -> str:
    """Say what was done instead; empty if the rule was followed.

    Examples
    --------
    >>> split_words([SplitNote.EQUAL])
    "Nobody's use was counted, so all pay the same."
    """
    words = "; ".join(_WORDS[note] for note in notes)
    return f"{words[0].upper()}{words[1:]}." if words else ""
