"""GO, PILOT or NO-GO: what does the plan say about a funded option?"""

from dataclasses import dataclass

from planner.allocation.options import Menu
from planner.domain.plan import Warning_
from planner.domain.portfolio import Portfolio
from planner.domain.vocabulary import Verdict


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
    go, pilot = portfolio.go_chance, portfolio.pilot_chance
    if chance >= go:
        return Ruling(Verdict.GO, f"GO: {chance:.1%} is at least the {go:.0%} asked for.")
    if menu.project.pilots:
        message = (
            f"The chance of target is {chance:.1%} after a pilot, below the {go:.0%} for GO; it is "
            "funded because a rule demands it."
        )
        warning = Warning_("BELOW_GO_CHANCE", project, f"projects[{project}]", message)
        return Ruling(Verdict.GO, f"GO although {chance:.1%} is below {go:.0%}.", (warning,))
    if chance >= pilot:
        reason = f"PILOT: {chance:.1%} lies between {pilot:.0%} and {go:.0%}; measure first."
        return Ruling(Verdict.PILOT, reason)
    message = (
        f"The chance of target is {chance:.1%}, below the {pilot:.0%} from which a project may be "
        "funded; it is funded because a rule demands it. Measure a pilot before spending."
    )
    warning = Warning_("LOW_CHANCE", project, f"projects[{project}]", message)
    reason = f"PILOT: {chance:.1%} is below {pilot:.0%}, but a rule demands the project."
    return Ruling(Verdict.PILOT, reason, (warning,))
