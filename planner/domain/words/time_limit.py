"""What did the time that somebody asked for leave undone, in sentences?"""

from collections.abc import Sequence

from planner.domain.facts.time_limit import Beside, NoTime, NoTimeForGoals, NoTimeForStep, Stopped
from planner.domain.format import gap

__all__ = ["FLAG", "left_undone", "search_stopped", "time_words"]

FLAG = "--time-limit"
_BESIDE = {
    Beside.BUDGET_PRICE: "whether more budget would pay (its price is that of the relaxation)",
    Beside.CAUTION: "what caution costs",
    Beside.CONFLICT: "the rules that conflict",
    Beside.REPLICATIONS: "--replications",
}


def search_stopped(seconds: float, open_gap: float) -> str:
    """Say that the time asked for ended the search of the plan."""
    return (
        f"The search was stopped by {FLAG} {seconds:g}: this is the best plan found by then, at "
        f"most {gap(open_gap)} below the best there is. More time may find a better one."
    )


def left_undone(seconds: float, answers: Sequence[Beside]) -> str:
    """Say which answers beside a plan there was no time for."""
    return _no_time(seconds, _listed([_BESIDE[answer] for answer in answers]))


def time_words(facts: NoTime | Stopped | NoTimeForStep | NoTimeForGoals) -> str:
    """Say what of a frontier there was no time for."""
    match facts:
        case NoTime():
            return _no_time(facts.seconds, f"{facts.missing} of {facts.asked} {facts.points}")
        case NoTimeForStep():
            return _no_time(facts.seconds, "what the next budget buys")
        case NoTimeForGoals():
            return _no_time(facts.seconds, f"{facts.goals} of the goals")
        case Stopped():
            return (
                f"{FLAG} {facts.seconds:g} stopped the search of {facts.stopped} of {facts.asked} "
                f"{facts.points}: their plans are the best found by then."
            )


def _no_time(seconds: float, what: str) -> str:
    return f"{FLAG} {seconds:g} left no time for {what}."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
