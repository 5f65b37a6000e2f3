"""A plan: what is funded, what it costs and buys, how sure, and the proof."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from planner.domain.chance_noise import noise_words
from planner.domain.facts.decisions import Funded, NotFunded
from planner.domain.facts.fixes import FixFacts
from planner.domain.json_shape import ABSENT_IF_NONE, NOT_DATA, record_data
from planner.domain.results.audit import AuditResult
from planner.domain.results.life import Life
from planner.domain.results.risk import RiskResult
from planner.domain.results.shown import Shown
from planner.domain.results.spending import BudgetResult, Cost, PeriodSpend, SharedResult, UnitSpend
from planner.domain.vocabulary import TARGETS, Objective, Status, Verdict

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Warning_:  # noqa: N801 - `Warning` is a builtin
    """Something the reader should know before relying on a number.

    Attributes
    ----------
    code : str
        Upper-case name, stable between releases.
    project : str or None
        Id, or None for the whole portfolio.
    field : str
        Path of the field it is about.
    message : str
        One or two sentences: what it is and what to do.
    """

    code: str
    project: str | None
    field: str
    message: str


@dataclass(frozen=True)
class DecisionPilot:
    """The run that a PILOT waits for.

    Attributes
    ----------
    images : int
        To train on.
    architecture : str
        To train.
    price : float
        Of the run.
    go_if_error_at_most : float or None
        Largest measured error after which the project is funded; None: whatever it shows, funded
        or not by ``chance_of_passing``.
    chance_of_passing : float
        That the run shows no more.
    """

    images: int
    architecture: str
    price: float
    go_if_error_at_most: float | None
    chance_of_passing: float


@dataclass(frozen=True)
class Spread:
    """P10, P50 and P90: not exceeded in 10, 50 and 90 % of outcomes."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class DecisionRanges:
    """How far one decision may stray, on draws that the plan was not chosen on.

    Attributes
    ----------
    cost : Spread
        Of its spend, with its share of shared assets as committed.
    net_value : Spread
        Of what ``held_out_net_value`` expects, before that share.
    """

    cost: Spread
    net_value: Spread


@dataclass(frozen=True)
class Decision:
    """What the plan does with one project, and why.

    Attributes
    ----------
    cost : Cost
        Committed, the project's share of shared assets included; in ``stop_when_reached`` mode the
        cap, that is the cost if the target is not met before the last image.
    expected_value, expected_net_value : float
        Present values where the portfolio has a discount rate.
    expected_cost : float
        Mean spend: what is committed in ``commit`` mode, less in ``stop_when_reached`` mode.
    start : str or None
        Period in which it starts; None without periods.
    assets : tuple of str
        Shared assets it uses.
    held_out_net_value : float or None
        Net value expected on the draws that the plan was not chosen on, before its share of shared
        assets; over all projects they add up to the plan's, less what the assets cost. None in
        plans saved before it was reported.
    pilot : DecisionPilot, optional
        The run that a PILOT waits for; None for other verdicts, and where the run costs more than
        is spent.
    choice : mapping of str to str, int or None, optional
        What was on offer besides networks and images: ``alternative``, the service, rules or
        people that do the work, None for an own model; ``rebalance``, images of the rarest class
        to reach, None for as they are met. None where nothing was on offer.
    images_sought : int, optional
        Images of the rarest class bought by themselves, among those to buy; None for none.
    life : Life, optional
        What it is expected to cost and earn over its whole life; None where it is not funded, or
        no project of the file states more than data, training and value.
    ranges : DecisionRanges, optional
        How far its cost and net value may stray; None where it is not funded.
    reason : Funded or one of NotFunded, optional
        The facts that :mod:`planner.domain.words` says ``why`` of, for renderers with words of
        their own; no plan that was read from a file has them.
    """

    project: str
    verdict: Verdict
    architecture: str | None
    images_total: int
    images_to_buy: int
    cost: Cost
    chance_of_target: float
    expected_value: float
    expected_net_value: float
    why: str
    expected_cost: float = 0.0
    start: str | None = None
    assets: tuple[str, ...] = ()
    held_out_net_value: float | None = None
    choice: Mapping[str, str | int | None] | None = field(
        default=None, metadata={ABSENT_IF_NONE: True}
    )
    images_sought: int | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    life: Life | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    pilot: DecisionPilot | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    ranges: DecisionRanges | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    reason: Funded | NotFunded | None = field(
        default=None, compare=False, repr=False, metadata={NOT_DATA: True}
    )


def takes_place(decision: Decision) -> str | None:
    """Return the alternative that does the work of an own model; None for an own model."""
    found = None if decision.choice is None else decision.choice.get("alternative")
    return None if found is None else str(found)


@dataclass(frozen=True)
class ObjectiveResult:
    """The objective reached, the proven bound, and the relative gap between them."""

    kind: Objective
    value: float
    bound: float
    gap: float


@dataclass(frozen=True)
class Fix:
    """One smallest change that makes an infeasible portfolio feasible.

    Attributes
    ----------
    facts : FixFacts, optional
        What the text is said of; no plan that was read from a file has them.
    """

    value: float | str | None
    text: str
    facts: FixFacts | None = field(
        default=None, compare=False, repr=False, metadata={NOT_DATA: True}
    )
    flag: str | None = None
    field: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the fix with the one of flag and field that applies."""
        head = {"flag": self.flag} if self.flag else {"field": self.field}
        return {**head, "value": self.value, "text": self.text}


@dataclass(frozen=True)
class FirstRun:
    """A run to make before the plan is carried out: of whom, what, on how many images, its price.

    Attributes
    ----------
    backbone : str
        ``finetuned``, or ``frozen`` for a probe.
    go_if_error_at_most, chance_of_passing : optional
        As of :class:`DecisionPilot`.
    """

    project: str
    architecture: str
    backbone: str
    images: int
    price: float
    go_if_error_at_most: float | None
    chance_of_passing: float


@dataclass(frozen=True)
class MeasureFirst:
    """The runs that are worth making before the money is committed.

    Attributes
    ----------
    pilots : tuple of FirstRun
        As ``planner pilots`` chooses them.
    price : float
        Of all of them.
    gain : float
        What deciding after them adds to the worth of the plan, once they are paid.
    gain_se : float
        Monte Carlo standard error of it.
    """

    pilots: tuple[FirstRun, ...]
    price: float
    gain: float
    gain_se: float


@dataclass(frozen=True, kw_only=True)
class Plan(Shown):
    """A funded portfolio with its audit, or the reason why none exists.

    Attributes
    ----------
    status : Status
        Optimal, feasible (a limit stopped the search; see the gap) or infeasible.
    objective : ObjectiveResult or None
        None if infeasible.
    decisions : tuple of Decision
        One per project of the portfolio, in its order; empty if infeasible.
    conflict : tuple of str
        If infeasible: names of the smallest set of the user's rules that cannot hold together.
    fixes : tuple of Fix
        If infeasible: the smallest changes that help.
    notes : tuple of str
        Sentences for the reader: what the leftover could buy, what was assumed about the objective.
    life : Life, optional
        Of all that is funded together; None where no project states more than data, training and
        value.
    not_included : tuple of str
        What no project of such a file states, or some do not.
    inputs : mapping of str to object
        What it was made from, as plain data; see :func:`planner.domain.portfolio.echo.echo_inputs`.
    release : str
        Version of the program that made it.
    measure_first : MeasureFirst or None
        Runs to make first; None where none pays, or none was looked for.
    """

    model: Mapping[str, str]
    seed: int
    inputs_sha256: str
    portfolio: str
    currency: str
    horizon_years: float
    status: Status
    assumptions: Mapping[str, object]
    objective: ObjectiveResult | None
    budget: BudgetResult
    decisions: tuple[Decision, ...]
    shared: tuple[SharedResult, ...] = ()
    periods: tuple[PeriodSpend, ...] = ()
    units: tuple[UnitSpend, ...] = ()
    risk: RiskResult | None = None
    audit: AuditResult | None = None
    warnings: tuple[Warning_, ...] = ()
    conflict: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    notes: tuple[str, ...] = field(default=())
    life: Life | None = None
    not_included: tuple[str, ...] = ()
    inputs: Mapping[str, object] = field(default_factory=dict)
    release: str = ""
    measure_first: MeasureFirst | None = None

    @property
    def worth(self) -> float | None:
        """The one worth to quote: on draws the plan was not chosen on; None if infeasible."""
        if self.audit is not None:
            return self.audit.held_out_value
        return None if self.objective is None else self.objective.value

    def chance_bounds(self, project: str) -> tuple[float, ...]:
        """Return what the chance of a project's target was held against, as far as it is known."""
        given = self.inputs.get("projects")
        own = given.get(project) if isinstance(given, Mapping) else None
        bounds = (
            self.assumptions.get("go_chance"),
            self.assumptions.get("pilot_chance"),
            own.get("min_chance") if isinstance(own, Mapping) else None,
        )
        return tuple(float(bound) for bound in bounds if isinstance(bound, int | float))

    def has_target(self, project: str) -> bool:
        """Whether a project was given a target; its chance is that of it, else that use pays."""
        given = self.inputs.get("projects")
        own = given.get(project) if isinstance(given, Mapping) else None
        return not isinstance(own, Mapping) or any(name in own for name in TARGETS)

    def noise(self, decision: Decision) -> str:
        """Say that the draws do not tell a decision's chance from a bound; empty if they do."""
        draws = self.assumptions.get("draws")
        solve = draws.get("solve") if isinstance(draws, Mapping) else None
        if not isinstance(solve, int) or decision.verdict is Verdict.NO_GO:
            return ""
        bounds = self.chance_bounds(decision.project)
        return noise_words(decision.chance_of_target, solve, bounds)

    def to_dict(self) -> dict[str, object]:
        """Return the plan as plain data, in the shape of ``planner plan --json``."""
        data: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "model": dict(self.model),
            "seed": self.seed,
            "inputs_sha256": self.inputs_sha256,
            "portfolio": self.portfolio,
            "currency": self.currency,
            "horizon_years": self.horizon_years,
            "status": str(self.status),
            "assumptions": dict(self.assumptions),
            "objective": asdict(self.objective) if self.objective else None,
            "budget": record_data(self.budget),
            "decisions": [record_data(decision) for decision in self.decisions],
            "shared": [asdict(asset) for asset in self.shared],
            "periods": [asdict(period) for period in self.periods],
            "units": [asdict(unit) for unit in self.units],
            "risk": asdict(self.risk) if self.risk else None,
            "audit": asdict(self.audit) if self.audit else None,
            **self._life_data(),
            "warnings": [asdict(warning) for warning in self.warnings],
            "notes": list(self.notes),
            "inputs": dict(self.inputs),
            "release": self.release,
        }
        if self.measure_first is not None:
            data["measure_first"] = asdict(self.measure_first)
        if self.status is Status.INFEASIBLE:
            data["conflict"] = list(self.conflict)
            data["fixes"] = [fix.to_dict() for fix in self.fixes]
        return data

    def _life_data(self) -> dict[str, object]:
        if self.life is None:
            return {}
        return {"life": record_data(self.life), "not_included": list(self.not_included)}

    def to_json(self) -> str:
        """Return one JSON object, the same bytes for the same inputs and seed."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=2)
