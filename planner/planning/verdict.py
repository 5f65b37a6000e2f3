"""GO, PILOT or NO-GO: what does the plan say about a funded option?"""

from dataclasses import dataclass

from planner.domain.facts.decisions import Ground, Likely, Rule
from planner.domain.portfolio.portfolio import Portfolio, chance_bounds
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Verdict
from planner.domain.words.verdicts import ground_warning
from planner.offering.options import Menu

_WARNED = {Rule.DEMANDED_AFTER_PILOT: "BELOW_GO_CHANCE", Rule.DEMANDED: "LOW_CHANCE"}
_GO = frozenset((Rule.REACHED, Rule.DEMANDED_AFTER_PILOT, Rule.TAKEN))


@dataclass(frozen=True)
class Ruling:
    """A verdict, the rule and numbers behind it, and what to be warned of."""

    verdict: Verdict
    ground: Ground
    warnings: tuple[Warning_, ...] = ()


def rule_on(
    menu: Menu, chance: float, portfolio: Portfolio, draws: int = 0, *, trains: bool = True
) -> Ruling:
    """Return the verdict on a funded option.

    GO from ``go_chance`` on. Below it: PILOT while the project has no pilot; with one, GO and a
    warning. Only a ``fund`` rule leads below ``pilot_chance``, or below ``go_chance`` after a
    pilot.

    Parameters
    ----------
    draws : int, default=0
        That the chance is a share of; 0 where its noise is not asked for.
    trains : bool, default=True
        Whether a model is trained at all: an alternative is GO, there is nothing to measure first.
    """
    project = menu.project.id
    likely = Likely(chance, chance_bounds(portfolio, menu.project), draws)
    rule = _rule(menu, chance, portfolio) if trains else Rule.TAKEN
    ground = Ground(rule, likely, portfolio.go_chance, portfolio.pilot_chance)
    warnings: tuple[Warning_, ...] = ()
    if rule in _WARNED:
        place = f"projects[{project}]"
        warnings = (Warning_(_WARNED[rule], project, place, ground_warning(ground)),)
    return Ruling(Verdict.GO if rule in _GO else Verdict.PILOT, ground, warnings)


def _rule(menu: Menu, chance: float, portfolio: Portfolio) -> Rule:
    if chance >= portfolio.go_chance:
        return Rule.REACHED
    if menu.project.pilots:
        return Rule.DEMANDED_AFTER_PILOT
    return Rule.MEASURE_FIRST if chance >= portfolio.pilot_chance else Rule.DEMANDED
