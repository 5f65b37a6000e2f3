r"""Which projects return most for the money they commit, each on its own?

Nothing is chosen: budget, rules and shared assets play no part, except that an option dearer than
the whole budget is left out. Each project stands with the option that is worth most, and in the
order of what that adds for each unit of money:

.. math:: \frac{\mathrm{worth}_o}{\mathrm{committed}_o}
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np

from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import SCHEMA_VERSION, DecisionRanges
from planner.domain.vocabulary import Objective
from planner.economics.amounts import total_budget_cents
from planner.offering.objective import objective_worth
from planner.planning.judge import judge_ranges
from planner.planning.prepare import Prepared, prepare_unbudgeted

__all__ = ["RankedProject", "Ranking", "rank_projects"]


@dataclass(frozen=True, kw_only=True)
class RankedProject:
    """A project with its most worthwhile option, and its place.

    Attributes
    ----------
    rank : int or None
        From 1; None where no option adds anything.
    architecture : str or None
        None for an alternative, and without any option.
    alternative : str or None
        The service, rules or people that are worth more than any own model.
    images_total, images_to_buy : int
        Of the option; 0 without one.
    committed : float
        What it costs, shared assets left out.
    chance_of_target : float
        In [0, 1].
    chance_without_buying : float or None
        Of the likeliest option on images held alone; None where there is none.
    worth : float
        What the objective counts: expected net value, or the chance of the target.
    worth_per_money : float or None
        Of each unit committed; None where nothing is committed.
    committed_so_far : float
        Of all that stand before it and of itself.
    ranges : DecisionRanges or None
        How far its own cost and net value may stray, on draws that nothing was chosen on; None
        without an option.
    """

    rank: int | None
    project: str
    architecture: str | None
    alternative: str | None
    images_total: int
    images_to_buy: int
    committed: float
    chance_of_target: float
    chance_without_buying: float | None
    worth: float
    worth_per_money: float | None
    committed_so_far: float
    ranges: DecisionRanges | None = None


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Projects in the order of what they return for the money.

    Attributes
    ----------
    objective : str
        What worth is counted in.
    limit : float or None
        The budget; dearer options are left out.
    projects : tuple of RankedProject
        Best first; those that add nothing last, in file order.
    """

    model: dict[str, str]
    seed: int
    inputs_sha256: str
    portfolio: str
    currency: str
    objective: str
    limit: float | None
    projects: tuple[RankedProject, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the ranking as plain data, as in ``planner plan --rank --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


@dataclass(frozen=True, eq=False)
class _Best:
    """The option of a project that is worth most; None where it has none that may be bought."""

    options: ProjectOptions
    row: int | None
    worth: float

    @property
    def cents(self) -> int:
        return 0 if self.row is None else int(self.options.bound_cents[self.row])

    @property
    def per_money(self) -> float:
        return self.worth / (self.cents / 100) if self.cents else math.inf


def rank_projects(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, *, seed: int = 0
) -> Ranking:
    """Return the projects by what they return for each unit of money that they commit.

    Parameters
    ----------
    portfolio, posterior, catalogue, seed : optional
        As for a plan; a budget is not needed.
    """
    prepared = prepare_unbudgeted(portfolio, posterior, catalogue, seed=seed)
    limit = total_budget_cents(portfolio)
    best = [_best(item, prepared.objective, limit) for item in prepared.options]
    paying = sorted(
        (item for item in best if item.row is not None and item.worth > 0),
        key=lambda item: (-item.per_money, item.cents),
    )
    others = [item for item in best if item.row is None or item.worth <= 0]
    ranges = judge_ranges(prepared, [item.row for item in best], ()).ranges
    return Ranking(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        inputs_sha256=portfolio.inputs_sha256,
        portfolio=portfolio.name,
        currency=portfolio.currency,
        objective=str(prepared.objective),
        limit=None if limit is None else limit / 100,
        projects=tuple(
            replace(row, ranges=DecisionRanges(*ranges[row.project]))
            if row.project in ranges
            else row
            for row in (
                *_ranked(paying, prepared),
                *(_row(item, None, 0, prepared) for item in others),
            )
        ),
    )


def _best(options: ProjectOptions, objective: Objective, limit: int | None) -> _Best:
    """Return the option that is worth most, the cheapest of those that are worth as much."""
    worth = objective_worth(options, objective)
    cents = options.bound_cents
    rows = np.flatnonzero(cents <= (limit if limit is not None else np.inf))
    if not len(rows):
        return _Best(options, None, 0.0)
    row = int(rows[np.lexsort((cents[rows], -worth[rows]))[0]])
    return _Best(options, row, float(worth[row]))


def _ranked(paying: list[_Best], prepared: Prepared) -> Iterator[RankedProject]:
    so_far = 0
    for rank, item in enumerate(paying, start=1):
        so_far += item.cents
        yield _row(item, rank, so_far, prepared)


def _row(item: _Best, rank: int | None, so_far: int, prepared: Prepared) -> RankedProject:
    options, row = item.options, item.row
    if row is None:
        return RankedProject(
            rank=None, project=options.project, architecture=None, alternative=None,
            images_total=0, images_to_buy=0, committed=0.0, chance_of_target=0.0,
            chance_without_buying=None, worth=0.0, worth_per_money=None, committed_so_far=0.0,
        )  # fmt: skip
    alternative = options.alternative(row)
    return RankedProject(
        rank=rank,
        project=options.project,
        architecture=None if alternative else options.architecture(row),
        alternative=alternative,
        images_total=int(options.images_total[row]),
        images_to_buy=int(options.images_to_buy[row]),
        committed=item.cents / 100,
        chance_of_target=float(options.chance[row]),
        chance_without_buying=_without_buying(prepared, options.project),
        worth=item.worth,
        worth_per_money=item.per_money if item.cents else None,
        committed_so_far=so_far / 100,
    )


def _without_buying(prepared: Prepared, project: str) -> float | None:
    """Return the best chance on images held alone, thresholds for GO and PILOT apart."""
    menu = next(menu for menu in prepared.menus if menu.project.id == project)
    priced = menu.priced
    held = (priced.images_to_buy == 0) & (priced.images_total <= menu.project.images.held)
    held &= ~priced.is_alternative
    return float(priced.chance[held].max()) if held.any() else None
