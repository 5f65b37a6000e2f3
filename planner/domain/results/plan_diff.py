"""What changed between two plans, project by project, and what can explain it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.facts.changes import Around, ChangeKind, FieldChange
from planner.domain.json_shape import ABSENT_IF_NONE, IN_WORDS, NOT_DATA, record_data
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.vocabulary import Status, Verdict
from planner.domain.words.answers.changes import change_cause


@dataclass(frozen=True)
class PlanHead:
    """What a plan is, in a line.

    Attributes
    ----------
    portfolio, currency : str
        Names.
    model : mapping of str to str
        Name and sha256.
    inputs_sha256, release : str
        What it was made from, and by which version of the program.
    seed : int
        Of the projects' luck.
    status : Status or None
        Optimal, feasible or infeasible; None for a choice that no search was made for.
    objective : str or None
        Kind; None if infeasible.
    value : float or None
        Objective reached.
    budget, committed : float
        In currency.
    worth : float or None
        The worth to quote: the objective on draws the plan was not chosen on; None if infeasible.
    targets : float
        Sum of the chances of target of what is funded.
    """

    portfolio: str
    currency: str
    model: Mapping[str, str]
    inputs_sha256: str
    release: str
    seed: int
    status: Status | None
    objective: str | None
    value: float | None
    budget: float
    committed: float
    worth: float | None = None
    targets: float = 0.0


@dataclass(frozen=True)
class Standing:
    """What a plan does with one project.

    Attributes
    ----------
    cost_total, expected_net_value : float
        In currency; the project's share of shared assets included.
    chance_of_target : float
        In [0, 1].
    held_out_net_value : float or None
        On draws the plan was not chosen on, before its share of shared assets.
    cost_shared : float
        Its share of shared assets, part of ``cost_total``.
    choice : mapping of str to str, int or None, optional
        As a decision has it; None where nothing was on offer besides networks and images.
    against : tuple of float
        What the chance was held against, for its text; not part of the data.
    """

    verdict: Verdict
    architecture: str | None
    images_total: int
    images_to_buy: int
    cost_total: float
    chance_of_target: float
    expected_net_value: float
    start: str | None
    assets: tuple[str, ...]
    held_out_net_value: float | None = field(default=None, compare=False)
    cost_shared: float = 0.0
    choice: Mapping[str, str | int | None] | None = field(
        default=None, metadata={ABSENT_IF_NONE: True}
    )
    against: tuple[float, ...] = field(default=(), compare=False, metadata={NOT_DATA: True})


@dataclass(frozen=True)
class ProjectDelta:
    """What a change does to one project; what a plan does not fund counts as 0.

    Attributes
    ----------
    spend, worth : float or None
        In currency, share of shared assets included; None where the currencies differ. Worth is
        counted on draws that the plans were not chosen on, where both say it there.
    chance : float or None
        Of target, in [−1, 1]; None unless both plans fund the project.
    """

    spend: float | None
    chance: float | None
    worth: float | None


@dataclass(frozen=True)
class PlanDelta:
    """What a change does to the whole plan.

    Attributes
    ----------
    spend, worth : float or None
        Committed, and the worth to quote; None where currencies or objectives differ, or where one
        of the plans is none.
    targets : float
        Expected to be met.
    """

    spend: float | None
    worth: float | None
    targets: float


@dataclass(frozen=True)
class ProjectChange:
    """One project before and after.

    Attributes
    ----------
    change : ChangeKind
        Of the decision on it.
    before, after : Standing or None
        None where the plan does not have the project.
    inputs, evidence : tuple of FieldChange
        What differs in its own fields, and in its measured runs.
    why : str
        What changed that can explain it: one sentence or two.
    """

    project: str
    change: ChangeKind
    before: Standing | None
    after: Standing | None
    inputs: tuple[FieldChange, ...]
    evidence: tuple[FieldChange, ...]
    around: Around = field(metadata={IN_WORDS: ("why",)})
    delta: ProjectDelta | None = None

    @property
    def why(self) -> str:
        """What changed that can explain it."""
        return change_cause(self.change, self.inputs, self.evidence, self.around)


@dataclass(frozen=True, kw_only=True)
class PlanDiff:
    """Two plans side by side.

    Attributes
    ----------
    before, after : PlanHead
        The plans.
    changes : tuple of FieldChange
        What differs and concerns all projects: budget, settings, prices of compute, rules, shared
        assets, model, seed, release.
    projects : tuple of ProjectChange
        Every project of either plan, in the order of the second, then those removed.
    inputs_known : bool
        Whether both plans say what they were made from; if not, only their results are compared.
    """

    before: PlanHead
    after: PlanHead
    changes: tuple[FieldChange, ...]
    projects: tuple[ProjectChange, ...]
    inputs_known: bool
    delta: PlanDelta | None = None

    @property
    def same(self) -> bool:
        """Whether both plans do the same with every project."""
        return all(project.change is ChangeKind.SAME for project in self.projects)

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner diff --json``."""
        return {"schema_version": SCHEMA_VERSION, "same": self.same, **record_data(self)}
