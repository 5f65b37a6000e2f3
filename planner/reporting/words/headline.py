"""Sentences of the first screen: what to approve, to release, to quote, and how far to trust it."""

from collections.abc import Mapping

from planner.domain.words.proof import PROVEN

__all__ = [
    "APPROVE",
    "APPROVE_CERTAIN",
    "APPROVE_WITH",
    "BEST",
    "COMMITS",
    "COUNTED_REACHED",
    "DO_FIRST_ADDS",
    "DRAWS_LEAVE",
    "EVIDENCE",
    "EVIDENCE_SENTENCES",
    "LIMIT",
    "MEASURED",
    "NOTHING_FITS",
    "NOTHING_FUNDED",
    "NOTHING_MEASURED",
    "NOT_INCLUDED",
    "RELEASE_AFTER",
    "RELEASE_BOTH",
    "RELEASE_NOW",
    "RESERVE",
    "RUNS",
    "TO_RUN",
    "WORTH_BY_OBJECTIVE",
    "WORTH_CAUTIOUS",
    "WORTH_COUNTED",
    "WORTH_RANGE",
    "WORTH_REACHED",
]

APPROVE = "Approve {total}: not enough in {short} of outcomes."
APPROVE_WITH = "Approve {total}, that is {parts}: not enough in {short} of outcomes."
APPROVE_CERTAIN = "Approve {total}: the cost is certain once committed."
RUNS = "{runs} for first runs"
RESERVE = "{limit} as the budget and {reserve} as a reserve"
LIMIT = "{limit} as the budget"
COMMITS = "Committed: {committed}{to_run}; {left} left."
TO_RUN = " and {running} to run all of it"
NOTHING_FUNDED = "Approve nothing: no project is worth funding under these forecasts."
NOTHING_FITS = (
    "Approve nothing: no project is worth funding under these forecasts and within these limits."
)

RELEASE_NOW = "Release {now} now ({now_count})."
RELEASE_AFTER = "Release {after} after a first run ({after_count}); nothing before it."
RELEASE_BOTH = "Release {now} now ({now_count}), {after} after a first run ({after_count})."
DO_FIRST_ADDS = "Deciding after that adds {gain} to the worth (± {half}), price paid."

WORTH_BY_OBJECTIVE: Mapping[str, str] = {
    "net_value": "Worth {worth} after cost: quote this",
    "value": "Worth {worth} before cost: quote this",
}
WORTH_CAUTIOUS = "Worth {worth} with care for bad outcomes: quote this; expected {expected}"
WORTH_REACHED = "Worth {worth} or more in {level} of outcomes: quote this; expected {expected}"
COUNTED_REACHED = "{worth} or more in {level} of outcomes, of {funded} funded: quote this."
WORTH_COUNTED: Mapping[str, str] = {
    "targets_met": "Meets {worth} on average, of {funded} funded: quote this.",
    "accuracy": "Cuts errors by {worth} in sum, over {funded} funded: quote this.",
}
WORTH_RANGE = "; 8 of 10 outcomes: {p10} to {p90}."

BEST: Mapping[str, str] = {
    state: f"{words} (to {{gap}}{{leave}})" for state, words in PROVEN.items()
}
DRAWS_LEAVE = "; the draws leave {open} open"
EVIDENCE = "; they rest on {evidence}{and_runs}."
EVIDENCE_SENTENCES = "; {runs} behind them. {evidence}."
NOTHING_MEASURED = " and no run of yours"
NO_RUN = "no run of yours is"
SOME_RUNS = "runs of {measured} of your {projects} projects are"
MEASURED = " and runs of {measured} of your {projects} projects"
NOT_INCLUDED = "Not included: running, upkeep, people, wrong answers, test to field, taxes."
