"""Why does no plan keep every rule, and what is the least that would have to change?

The user's own rules, the budget and the least chances are the suspects, and what else a
:class:`Case` names. Reported is the *smallest* set of them that cannot hold together, not merely an
irreducible one, by growing and hitting correction sets (Ignatiev, Previti, Liffiton & Marques-Silva
2015). Every fix is solved again before it is printed.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pulp

from planner.domain.facts.fixes import DropLimits, FixFacts, LowerChance, SetBudget
from planner.domain.portfolio.portfolio import AtLeast, Fund, ProjectRule, Require
from planner.domain.results.plan import Fix
from planner.domain.words.fixes import fix_words
from planner.offering.deadline import Deadline
from planner.offering.effort import SECOND, Allowance, Effort, OutOfEffortError
from planner.offering.options import Menu
from planner.solving.highs_options import highs

BUDGET = "budget"
DECIDING_WORK = 30 * SECOND
"""For each small model that decides."""


def _none(_core: frozenset[str]) -> Iterable[Fix]:
    return ()


@dataclass(frozen=True)
class Conflict:
    """Names of the smallest set of rules in conflict, and the smallest changes that help."""

    names: tuple[str, ...]
    fixes: tuple[Fix, ...]


class Case(Protocol):
    """The question "can these suspects hold together?"."""

    @property
    def chance_of(self) -> Mapping[str, str]:
        """Projects whose least chance is a suspect, by the suspect's name."""
        ...

    @property
    def menus(self) -> Sequence[Menu]:
        """Everything priced."""
        ...

    @property
    def suspects(self) -> tuple[str, ...]:
        """Everything the user may change, in the order in which it is given up last."""
        ...

    def least_cents(
        self, kept: frozenset[str], lowered: tuple[str, float] | None = None
    ) -> int | None:
        """Return the least total cost that keeps some suspects, the budget aside."""
        ...

    def holds(self, kept: frozenset[str], lowered: tuple[str, float] | None = None) -> bool:
        """Whether some plan keeps these suspects."""
        ...


def require_time(deadline: Deadline) -> None:
    """Raise if a question is put too late.

    Raises
    ------
    OutOfEffortError
        The deadline has passed.
    """
    if deadline.has_passed():
        raise OutOfEffortError


def chance_suspects(menus: Sequence[Menu], rules: Sequence[ProjectRule]) -> dict[str, str]:
    """Return the least chances that may stand in the way: of projects that a rule may demand."""
    needed = _needed(rules)
    return {
        _chance_name(menu.project.id): menu.project.id
        for menu in menus
        if menu.project.min_chance is not None and menu.project.id in needed
    }


def conflict_of(
    case: Case, more_fixes: Callable[[frozenset[str]], Iterable[Fix]] = _none
) -> Conflict:
    """Return the smallest conflict of a case and the fixes that work.

    ``more_fixes`` offers changes of suspects that only that kind of portfolio has.
    """
    core = smallest_conflict(case)
    names = tuple(name for name in case.suspects if name in core)
    fixes = [
        *_budget_fix(case, core),
        *more_fixes(core),
        *_chance_fixes(case, names),
        *_drop_fixes(case, names),
    ]
    return Conflict(names, tuple(fixes) or _joint_fix(case))


def smallest_conflict(case: Case) -> frozenset[str]:
    """Return a smallest set of suspects that cannot hold together."""
    everything = frozenset(case.suspects)
    corrections: list[frozenset[str]] = []
    while True:
        guess = _smallest_hitting_set(corrections)
        if not case.holds(guess):
            return guess
        corrections.append(everything - _grown(case, guess))


def _grown(case: Case, kept: frozenset[str]) -> frozenset[str]:
    """Return a largest-by-inclusion set of suspects that holds together and contains ``kept``."""
    for name in case.suspects:
        if name not in kept and case.holds(kept | {name}):
            kept |= {name}
    return kept


def _smallest_hitting_set(sets: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return a smallest set that meets every one of the sets."""
    if not sets:
        return frozenset()
    names = sorted(frozenset().union(*sets))
    problem = pulp.LpProblem("hit", pulp.LpMinimize)
    variables = problem.add_variable_matrix("take[%s]", range(len(names)), cat="Binary")
    take = dict(zip(names, variables, strict=True))
    problem.setObjective(pulp.lpSum_vars(variables))
    for number, members in enumerate(sets):
        row = pulp.lpSum_vars(take[name] for name in sorted(members)) >= 1
        problem.addConstraint(row, f"hit[{number}]")
    problem.solve(highs(gap=0.0, effort=Effort(Allowance(DECIDING_WORK))))
    return frozenset(name for name in names if (take[name].varValue or 0.0) > 0.5)


def _budget_fix(case: Case, core: frozenset[str]) -> Iterable[Fix]:
    """Offer the least budget that keeps everything else."""
    if BUDGET not in core:
        return
    cents = case.least_cents(frozenset(case.suspects) - {BUDGET})
    if cents is not None:
        yield fix_of(SetBudget(cents / 100), flag="--budget")


def _chance_fixes(case: Case, names: Iterable[str]) -> Iterable[Fix]:
    """Offer the highest least chance of each project in the conflict that lets all else hold."""
    everything = frozenset(case.suspects)
    menu_of = {menu.project.id: menu for menu in case.menus}
    for name in names:
        if name not in case.chance_of:
            continue
        project = case.chance_of[name]
        asked = menu_of[project].project.min_chance or 0.0
        offered = sorted({c for c in menu_of[project].priced.chance.tolist() if c < asked})
        best = _highest_that_holds(case, project, offered)
        percent = math.floor(best * 100 + 1e-9) if best is not None else 0
        if percent < 1 or not case.holds(everything, (project, percent / 100)):
            continue
        before = case.least_cents(everything)
        after = case.least_cents(everything, (project, percent / 100))
        saves = None if before is None or after is None else (before - after) / 100
        yield fix_of(LowerChance(project, percent / 100, saves), field=name)


def _highest_that_holds(case: Case, project: str, chances: Sequence[float]) -> float | None:
    """Return the highest of rising chances at which all holds: a lower one is easier to keep."""
    everything = frozenset(case.suspects)
    low, high = 0, len(chances)  # all below `low` hold, none from `high` on
    while low < high:
        middle = (low + high) // 2
        if case.holds(everything, (project, chances[middle])):
            low = middle + 1
        else:
            high = middle
    return chances[low - 1] if low else None


def _drop_fixes(case: Case, names: Iterable[str]) -> Iterable[Fix]:
    """Offer to drop each single rule without which all else holds."""
    everything = frozenset(case.suspects)
    for name in names:
        if name not in case.chance_of and name != BUDGET and case.holds(everything - {name}):
            yield fix_of(DropLimits((name,)), field=_place(name))


def _joint_fix(case: Case) -> tuple[Fix, ...]:
    """Offer what helps only together: rules to drop and, if need be, the budget after that."""
    kept = _grown(case, frozenset())
    given_up = [name for name in case.suspects if name not in kept]
    dropped = tuple(name for name in given_up if name != BUDGET)
    budget = (case.least_cents(kept) or 0) / 100 if BUDGET in given_up else None
    facts = DropLimits(dropped, budget)
    return (fix_of(facts, field="; ".join(_place(name) for name in given_up)),)


def fix_of(facts: FixFacts, *, flag: str | None = None, field: str | None = None) -> Fix:
    """Return a fix with its place: a flag, or a field of the file."""
    value = None
    if isinstance(facts, SetBudget):
        value = facts.amount
    elif isinstance(facts, LowerChance):
        value = facts.chance
    return Fix(value, fix_words(facts), facts, flag=flag, field=field)


def _place(rule_name: str) -> str:
    """Return where a rule stands: names of rules from a file begin with it, ``rules[0]: …``."""
    place, colon, _ = rule_name.partition(": ")
    return place if colon and place.startswith(("rules[", "portfolio.")) else rule_name


def _chance_name(project: str) -> str:
    return f"projects[{project}].min_chance"


def _needed(rules: Iterable[ProjectRule]) -> frozenset[str]:
    """Return the projects that a rule may demand."""
    named: set[str] = set()
    for rule in rules:
        if isinstance(rule, Fund | AtLeast):
            named.update(rule.projects)
        elif isinstance(rule, Require):
            named.add(rule.needs)
    return frozenset(named)
