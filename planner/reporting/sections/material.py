"""What the sections of a report are written from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.explanation import Tornado
from planner.domain.results.frontier import Frontier
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Objective, Verdict
from planner.forecasting.forecast import Forecast
from planner.reporting import numbers
from planner.reporting.document import Number
from planner.reporting.sections.outcomes import PlanDraws
from planner.reporting.user_text import visible
from planner.reporting.words import findings

MOST_SHOWN = 15
"""Projects with a picture."""


class Style(StrEnum):
    """Whom the report is for."""

    BOARD = "board"
    GRANT = "grant"
    TECH = "tech"


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where, when and how the report was made.

    Attributes
    ----------
    date : str
        As printed.
    command : str
        To make it again.
    versions : mapping of str to str
        Of this program and of what computes in it.
    """

    date: str
    command: str
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Material:
    """A plan with what explains it.

    Attributes
    ----------
    plan, portfolio, model
        As planned.
    style : Style
        Whom it is for.
    provenance : Provenance
        For the manifest.
    forecasts : mapping of str to Forecast
        Of every project that is funded or shown.
    draws : PlanDraws or None
        Outcomes of the plan; None if nothing is funded.
    frontier : Frontier or None
        If computed.
    tornado : Tornado or None
        Of the whole plan, if computed.
    diagnostics, checks : mapping
        Of the model's folder; empty where it has none.
    """

    plan: Plan
    portfolio: Portfolio
    model: Posterior
    style: Style
    provenance: Provenance
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    draws: PlanDraws | None = None
    frontier: Frontier | None = None
    tornado: Tornado | None = None
    diagnostics: Mapping[str, object] = field(default_factory=dict)
    checks: Mapping[str, object] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self.plan.currency

    @property
    def counts_money(self) -> bool:
        """Whether the plan's worth is an amount of money."""
        objective = self.plan.objective
        return objective is not None and objective.kind.in_money

    @property
    def counts_errors(self) -> bool:
        """Whether the plan's worth is by how much errors fall."""
        objective = self.plan.objective
        return objective is not None and objective.kind is Objective.ACCURACY

    @property
    def counts_net(self) -> bool:
        """Whether the plan's worth is value less cost."""
        objective = self.plan.objective
        return objective is not None and objective.kind is Objective.NET_VALUE

    @property
    def funded(self) -> tuple[int, ...]:
        """Places of the funded decisions."""
        return funded_places(self.plan)

    @property
    def shown(self) -> tuple[int, ...]:
        """Places of the decisions with a picture, in the order of the table."""
        return shown_places(self.plan)

    @property
    def source(self) -> str:
        """Whose numbers a picture shows."""
        return source_line(self.plan.portfolio, self.plan.model, self.plan.seed)

    def project(self, place: int) -> Project:
        """Return the project of a decision, by its name."""
        name = self.plan.decisions[place].project
        return next(project for project in self.portfolio.projects if project.id == name)

    def worth(self, value: float, key: str = "") -> Number:
        """Return a value of the plan's objective in its own unit."""
        kind = None if self.plan.objective is None else self.plan.objective.kind
        return numbers.worth(kind, value, self.currency, key, named=True)


def source_line(name: str, model: Mapping[str, str], seed: int) -> str:
    """Return what stands below a picture: whose numbers these are."""
    return findings.SOURCE.format(name=visible(name), model=visible(model["name"]), seed=seed)


def funded_places(plan: Plan) -> tuple[int, ...]:
    """Return the places of the funded decisions."""
    return tuple(
        place
        for place, decision in enumerate(plan.decisions)
        if decision.verdict is not Verdict.NO_GO
    )


def shown_places(plan: Plan) -> tuple[int, ...]:
    """Return the places that have a picture: all, or the first of the table if there are many."""
    return ranked_places(plan)[:MOST_SHOWN]


def ranked_places(plan: Plan) -> tuple[int, ...]:
    """Return all places by verdict, then by worth, largest first."""
    order = list(Verdict)
    return tuple(
        sorted(
            range(len(plan.decisions)),
            key=lambda place: (
                order.index(plan.decisions[place].verdict),
                -(plan.decisions[place].held_out_net_value or 0.0),
                place,
            ),
        )
    )
