"""What is the least that would have to change, in words?"""

from planner.domain.facts.fixes import DropLimits, FixFacts, LowerChance, SetBudget
from planner.domain.format import money_to_the_cent, percent_to_type

__all__ = ["fix_words"]


def fix_words(facts: FixFacts) -> str:
    """Say what to set, to lower or to drop.

    Examples
    --------
    >>> fix_words(SetBudget(1200.0)), fix_words(DropLimits(("fund a", "fund b"), 900.0))
    ('--budget 1,200', 'drop fund a and fund b and set --budget 900')
    """
    match facts:
        case SetBudget(period=None):
            return _budget(facts.amount)
        case SetBudget():
            return f"{facts.period}.budget {money_to_the_cent(facts.amount)}"
        case LowerChance():
            saving = "the most it can reach"
            if facts.saves is not None:
                saving = f"saves {money_to_the_cent(facts.saves)}"
            return f"{facts.project} min_chance {percent_to_type(facts.chance)} ({saving})"
        case DropLimits():
            text = f"drop {' and '.join(facts.limits)}"
            return text if facts.budget is None else f"{text} and set {_budget(facts.budget)}"


def _budget(amount: float) -> str:
    return f"--budget {money_to_the_cent(amount)}"
