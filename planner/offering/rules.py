"""The user's rules: as linear rows over "is funded", and as questions about a set of projects.

Every rule speaks only about which projects are funded. The rows feed the integer model and the
bound; the questions feed the audit, which must not share code with the model.
"""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Cents
from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    CarbonCap,
    Committed,
    Exclusive,
    Fund,
    ProjectRule,
    Require,
    Rule,
    Skip,
    UnitShare,
)
from planner.domain.results.option import ProjectOptions


@dataclass(frozen=True)
class RuleRow:
    """``Σ coefficient · funded[project] ≤ limit``.

    Attributes
    ----------
    name : str
        Of the row in the model: the business rule and what it is about.
    rule : str
        Name of the user's rule behind it.
    terms : tuple of (str, float)
        Project and coefficient.
    limit : float
        Right-hand side.
    """

    name: str
    rule: str
    terms: tuple[tuple[str, float], ...]
    limit: float


def project_rules(rules: Iterable[Rule]) -> tuple[ProjectRule, ...]:
    """Return the rules as far as they speak about which projects are funded.

    A commitment demands that its project is funded; its options are filtered elsewhere. Shares of
    business units are about money.
    """
    found: list[ProjectRule] = []
    for rule in rules:
        if isinstance(rule, Committed):
            found.append(Fund(rule.name, (rule.project,)))
        elif not isinstance(rule, UnitShare | CarbonCap):
            found.append(rule)
    return tuple(found)


def skipped(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the projects that a rule says not to fund."""
    return frozenset(p for rule in rules if isinstance(rule, Skip) for p in rule.projects)


def rule_rows(rules: Iterable[ProjectRule]) -> tuple[RuleRow, ...]:
    """Return the rows of every rule, in order."""
    return tuple(row for rule in rules for row in _rows(rule))


def _rows(rule: ProjectRule) -> Sequence[RuleRow]:
    match rule:
        case Require(name, project, needs):
            if project == needs:
                return ()
            return (
                RuleRow(f"require[{project},{needs}]", name, ((project, 1.0), (needs, -1.0)), 0.0),
            )
        case Exclusive(name, projects):
            return (RuleRow(f"exclusive[{name}]", name, _terms(projects, 1.0), 1.0),)
        case Fund(name, projects):
            return tuple(
                RuleRow(f"fund[{project}]", name, ((project, -1.0),), -1.0)
                for project in dict.fromkeys(projects)
            )
        case Skip(name, projects):
            return tuple(
                RuleRow(f"skip[{project}]", name, ((project, 1.0),), 0.0)
                for project in dict.fromkeys(projects)
            )
        case AtMost(name, count, projects):
            return (RuleRow(f"at_most[{name}]", name, _terms(projects, 1.0), float(count)),)
        case AtLeast(name, count, projects):
            return (RuleRow(f"at_least[{name}]", name, _terms(projects, -1.0), -float(count)),)


def _terms(projects: Iterable[str], coefficient: float) -> tuple[tuple[str, float], ...]:
    return tuple((project, coefficient) for project in dict.fromkeys(projects))


def keeps(rule: ProjectRule, funded: Collection[str]) -> bool:
    """Whether a set of funded projects keeps a rule.

    Examples
    --------
    >>> keeps(Require("r", "planogram", "shelves"), {"planogram"})
    False
    """
    match rule:
        case Require(_, project, needs):
            return project not in funded or needs in funded
        case Exclusive(_, projects):
            return len(set(projects) & set(funded)) <= 1
        case Fund(_, projects):
            return set(projects) <= set(funded)
        case Skip(_, projects):
            return not set(projects) & set(funded)
        case AtMost(_, count, projects):
            return len(set(projects) & set(funded)) <= count
        case AtLeast(_, count, projects):
            return len(set(projects) & set(funded)) >= count


def broken_rules(rules: Iterable[ProjectRule], funded: AbstractSet[str]) -> tuple[str, ...]:
    """Return the names of the rules that a set of funded projects breaks, in order."""
    return tuple(rule.name for rule in rules if not keeps(rule, funded))


def exact_share(share: float) -> Fraction:
    """Return a share as the decimal number it is written as.

    Examples
    --------
    >>> exact_share(0.333)
    Fraction(333, 1000)
    """
    return Fraction(Decimal(repr(float(share))))


def cap_grams(rule: CarbonCap) -> int:
    """Return the whole grams of a cap; a fraction of a gram cannot be emitted.

    Examples
    --------
    >>> cap_grams(CarbonCap("cap", 0.29))
    290
    """
    return int(Fraction(Decimal(repr(float(rule.kg)))) * 1_000)


def emitted_grams(options: ProjectOptions) -> Cents:
    """Return what each option emits; nothing where nothing is known of machines."""
    return np.zeros(len(options), dtype=np.int64) if options.grams is None else options.grams


def as_committed(options: ProjectOptions, rule: Committed) -> NDArray[np.bool_]:
    """Return which options have the architecture and images that a rule commits to."""
    allowed = np.ones(len(options), dtype=np.bool_)
    if rule.architecture is not None:
        names = [same_name(name) for name in options.architectures]
        wanted = same_name(rule.architecture)
        index = names.index(wanted) if wanted in names else -1
        allowed &= options.architecture_index == index
    if rule.images is not None:
        allowed &= options.images_total == rule.images
    return allowed


def same_name(name: str) -> str:
    """Return an architecture's name as it is compared: without case, spaces and hyphens."""
    return "".join(letter for letter in name.lower() if letter not in " -_")
