"""Why is it GO or PILOT, in words, and how sure is the chance behind it?"""

from planner.domain.chance_noise import noise_words
from planner.domain.facts.decisions import Ground, Likely, Rule
from planner.domain.format import percent, percent_as_set

__all__ = ["aim_words", "ground_warning", "ground_words", "likely_words", "noise_sentence"]


def likely_words(likely: Likely) -> str:
    """Return a chance, never on the other side of what decides on it."""
    return percent(likely.chance, against=likely.bounds)


def aim_words(likely: Likely) -> str:
    """Say what the chance is of."""
    return "meet the target" if likely.has_target else "earn more in use than it costs there"


def noise_sentence(likely: Likely) -> str:
    """Say that the draws do not tell a chance from what decides on it; empty if they do."""
    words = noise_words(likely.chance, likely.draws, likely.bounds)
    return f"The chance is {words}." if words else ""


def ground_words(ground: Ground) -> str:
    """Return the verdict with the rule and the numbers behind it."""
    likely = likely_words(ground.likely)
    go, pilot = percent_as_set(ground.go_chance), percent_as_set(ground.pilot_chance)
    match ground.rule:
        case Rule.REACHED:
            return f"GO: {likely} is at least the {go} asked for."
        case Rule.DEMANDED_AFTER_PILOT:
            return f"GO although {likely} is below {go}."
        case Rule.MEASURE_FIRST:
            return f"PILOT: {likely} lies between {pilot} and {go}; measure first."
        case Rule.TAKEN:
            return "GO: nothing is trained, so there is nothing to measure first."
        case Rule.DEMANDED:
            return f"PILOT: {likely} is below {pilot}, but a rule demands the project."


def ground_warning(ground: Ground) -> str:
    """Return what to be warned of, where a rule demands a project that is not likely enough."""
    likely = likely_words(ground.likely)
    if ground.rule is Rule.DEMANDED_AFTER_PILOT:
        return (
            f"The chance of target is {likely} after a pilot, below the "
            f"{percent_as_set(ground.go_chance)} for GO; it is funded because a rule demands it."
        )
    return (
        f"The chance of target is {likely}, below the {percent_as_set(ground.pilot_chance)} from "
        "which a project may be funded; it is funded because a rule demands it. Measure a pilot "
        "before spending."
    )
