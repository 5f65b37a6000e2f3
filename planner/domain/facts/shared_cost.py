"""Why a shared cost was not split to the letter of its rule, as codes."""

from enum import StrEnum


class SplitNote(StrEnum):
    """What was done instead of what the rule says."""

    EQUAL = "equal"
    """Nobody's use was counted, so all pay the same."""
    NO_DUAL = "no_dual"
    """No link has a dual price, so the Shapley value stands in."""
    SCALED = "scaled"
    """The dual prices do not sum to the cost and were scaled to it."""
    ABOVE_GAINS = "above_gains"
    """The gains do not cover the cost, so that some pay more than they gain."""
