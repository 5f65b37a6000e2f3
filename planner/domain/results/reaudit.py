"""A saved plan held against the file and the model of today."""

from dataclasses import dataclass, field

from planner.domain.facts.faults import (
    BelowLeast,
    BelowThreshold,
    NotHeldNow,
    OptionGone,
    Overspent,
    PlanFault,
    ProjectGone,
    RuleBroken,
)
from planner.domain.json_shape import IN_WORDS, record_data
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.results.plan_diff import PlanDiff
from planner.domain.results.risk import RiskResult
from planner.domain.results.spending import SharedResult
from planner.domain.words.answers.faults import plan_fault

_CODES: dict[type, str] = {
    RuleBroken: "RULE",
    BelowLeast: "MIN_CHANCE",
    BelowThreshold: "THRESHOLD",
    NotHeldNow: "HOLD",
    ProjectGone: "PROJECT_GONE",
    OptionGone: "OPTION_GONE",
}


@dataclass(frozen=True)
class Fault:
    """Why a saved plan no longer stands.

    Attributes
    ----------
    code : str
        ``BUDGET``, ``PERIOD``, ``RULE``, ``MIN_CHANCE``, ``THRESHOLD``, ``HOLD``,
        ``PROJECT_GONE`` or ``OPTION_GONE``.
    project : str or None
        Id; None for the whole plan.
    message : str
        One sentence with numbers.
    """

    facts: PlanFault = field(metadata={IN_WORDS: ("code", "project", "message")})

    @property
    def code(self) -> str:
        """Upper-case name, stable between releases."""
        match self.facts:
            case Overspent(period=period):
                return "BUDGET" if period is None else "PERIOD"
            case _:
                return _CODES[type(self.facts)]

    @property
    def project(self) -> str | None:
        """Id; None for the whole plan."""
        project: str | None = getattr(self.facts, "project", None)
        return project

    @property
    def message(self) -> str:
        """One sentence with numbers."""
        return plan_fault(self.facts)


@dataclass(frozen=True, kw_only=True)
class Reaudit:
    """The same choice, evaluated again; nothing is optimised.

    Attributes
    ----------
    faults : tuple of Fault
        What it no longer keeps; empty if it stands.
    held_out_then, held_out_now : float or None
        Its objective on draws that the solve never saw, when it was saved and today; None if one
        of them is not known or the objectives differ.
    risk : RiskResult
        Spread of its net value and cost today, of what can still be carried out.
    shared : tuple of SharedResult
        What its shared assets cost today.
    diff : PlanDiff
        What it was, and what it is today.
    """

    faults: tuple[Fault, ...]
    held_out_then: float | None
    held_out_now: float | None
    risk: RiskResult
    shared: tuple[SharedResult, ...]
    diff: PlanDiff

    @property
    def stands(self) -> bool:
        """Whether the plan can be carried out today within budget and rules."""
        return not self.faults

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner plan --audit --json``."""
        return {"schema_version": SCHEMA_VERSION, "stands": self.stands, **record_data(self)}
