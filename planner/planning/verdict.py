"""GO, PILOT or NO-GO: what does the plan say about a funded option?"""

from dataclasses import dataclass

from planner.domain.format import percent, percent_as_set
from planner.domain.portfolio.portfolio import Portfolio, chance_bounds
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Verdict
from planner.offering.options import Menu


@dataclass(frozen=True)
class Ruling:
    """A verdict, the rule and numbers behind it in a sentence, and what to be warned of."""

    verdict: Verdict
    reason: str
    warnings: tuple[Warning_, ...] = ()


def rule_on(menu: Menu, chance: float, portfolio: Portfolio) -> Ruling:
    """Return the verdict on a funded option.

    GO from ``go_chance`` on. Below it: PILOT while the project has no pilot; with one, GO and a
    warning. Only a ``fund`` rule leads below ``pilot_chance``, or below ``go_chance`` after a
    pilot.
    """
    project = menu.project.id
    likely = percent(chance, against=chance_bounds(portfolio, menu.project))
    go, pilot = percent_as_set(portfolio.go_chance), percent_as_set(portfolio.pilot_chance)

    def warning(code: str, message: str) -> tuple[Warning_, ...]:
        return (Warning_(code, project, f"projects[{project}]", message),)

    if chance >= portfolio.go_chance:
        return Ruling(Verdict.GO, f"GO: {likely} is at least the {go} asked for.")
    if menu.project.pilots:
        message = (
            f"The chance of target is {likely} after a pilot, below the {go} for GO; it is funded "
            "because a rule demands it."
        )
        reason = f"GO although {likely} is below {go}."
        return Ruling(Verdict.GO, reason, warning("BELOW_GO_CHANCE", message))
    if chance >= portfolio.pilot_chance:
        reason = f"PILOT: {likely} lies between {pilot} and {go}; measure first."
        return Ruling(Verdict.PILOT, reason)
    message = (
        f"The chance of target is {likely}, below the {pilot} from which a project may be funded; "
        "it is funded because a rule demands it. Measure a pilot before spending."
    )
    reason = f"PILOT: {likely} is below {pilot}, but a rule demands the project."
    return Ruling(Verdict.PILOT, reason, warning("LOW_CHANCE", message))
