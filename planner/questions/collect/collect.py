"""How should one project collect its images: how many now, how many later, or none at all?

Joins the forecast of data needed, the prices of images and training, and what missing the target
loses. The dynamic programme itself is in :mod:`planner.questions.collect.rounds`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.named_project import named_project
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import SCHEMA_VERSION, Warning_
from planner.economics.ledger import Timing, by_timing, entries_of, training_amounts
from planner.economics.stated_hours import project_rates
from planner.economics.training import TrainingRate
from planner.errors import InputError, Problem
from planner.forecasting.forecast import Forecast, build_forecast
from planner.forecasting.warnings import as_met_warnings
from planner.offering.life import lost_by_missing, serving_of
from planner.questions.collect.rounds import (
    CollectionPolicy,
    RoundPrices,
    break_even_penalty,
    plan_rounds,
    price_levels,
)
from planner.questions.estimate.estimate import DataNeeded, spread
from planner.reference.tables import candidate_warnings, candidates

MOST_ROUNDS = 100


class Advice(StrEnum):
    """What to do."""

    COLLECT = "COLLECT"
    DO_NOT_START = "DO_NOT_START"
    NO_IMAGES_NEEDED = "NO_IMAGES_NEEDED"


@dataclass(frozen=True)
class Alternatives:
    """Simpler ways to collect: the best single purchase, all up to the limit at once, nothing."""

    at_once: CollectionPolicy
    to_limit: CollectionPolicy
    nothing: CollectionPolicy


@dataclass(frozen=True)
class CollectionReport:
    """What to collect for one project, and what each way of collecting comes to.

    Attributes
    ----------
    model, seed, currency
        What it rests on.
    project, architecture : str
        Whose, and trained how; the architecture of least expected cost unless one was asked for.
    n_architectures : int
        Candidates it was chosen from.
    target_error : float
        To reach.
    held, limit, rounds : int
        Images owned, most that can be, most rounds.
    prices : RoundPrices
        Costs, and what a miss loses.
    penalty_is : str
        ``value`` if a miss loses the project's value, and what its life would have earned less
        running cost; ``penalty`` if it was given.
    held_are_tried : bool
        A run on at least the images held has missed the target.
    advice : Advice
        In one word.
    data_needed : DataNeeded
        Total images, as far as the runs so far leave it open.
    chance_within_limit : float
        Chance that the limit suffices, if the images held do not.
    break_even : float or None
        Least penalty or value at which collecting pays; None: at no amount.
    policy : CollectionPolicy
        Of least expected cost.
    alternatives : Alternatives
        Simpler policies to hold it against.
    warnings : tuple of Warning_
        Of the forecast.
    """

    model: Mapping[str, str]
    seed: int
    currency: str
    project: str
    architecture: str
    n_architectures: int
    target_error: float
    held: int
    limit: int
    rounds: int
    prices: RoundPrices
    penalty_is: str
    held_are_tried: bool
    advice: Advice
    data_needed: DataNeeded
    chance_within_limit: float
    break_even: float | None
    policy: CollectionPolicy
    alternatives: Alternatives
    warnings: tuple[Warning_, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain data, in the shape of ``planner collect --json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            **asdict(self),
            "images_now": self.policy.images_now - self.held,
        }


@dataclass(frozen=True)
class _Candidate:
    """One architecture: its need, its prices, and the policy that costs least."""

    name: str
    needed: Floats
    prices: RoundPrices
    policy: CollectionPolicy

    @property
    def whole_cost(self) -> float:
        """Expected cost with the first training, on the images held, whether or not it suffices."""
        first = self.prices.per_trained_image * self.policy.held
        return first + (1.0 - self.policy.chance_held_suffices) * self.policy.expected_cost

    def order(self) -> tuple[float, float, str]:
        """Return what puts the least cost to the cent first, then the better chance, then names."""
        return round(self.whole_cost, 2), -self.policy.chance_reached, self.name


def build_collection(
    portfolio: Portfolio,
    project_id: str,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    rounds: int = 3,
    penalty: float | None = None,
    round_cost: float = 0.0,
    architecture: str | None = None,
    seed: int = 0,
) -> CollectionReport:
    """Find the policy of least expected cost to collect a project's images in rounds.

    Parameters
    ----------
    portfolio : Portfolio
        With the project; its budget and rules are not used.
    project_id : str
        Whose images.
    posterior : Posterior
        Whose draws to use; all of them.
    catalogue : Catalogue
        Architectures and prices.
    rounds : int, default=3
        Most rounds, 1 to 100.
    penalty : float, optional
        What missing the target loses; the project's value unless given.
    round_cost : float, default=0
        Of each round, besides its images and training.
    architecture : str, optional
        Catalogue name; otherwise the candidate of least expected cost.
    seed : int, default=0
        Fixes project luck.

    Raises
    ------
    InputError
        No such project, neither value nor penalty, or numbers out of range.

    Notes
    -----
    A price range counts at its mean. Each round trains on all images anew, at the portfolio's
    epochs and trials. Pools of images shared with other projects are not counted.
    """
    project = named_project(portfolio, project_id)
    _require_answerable(project, rounds, penalty, round_cost)
    named = (catalogue.architecture(architecture),) if architecture is not None else None
    offered = named or candidates(project, catalogue, portfolio.compute)
    rates = project_rates(project, offered, portfolio.compute, catalogue)
    forecast = build_forecast(project, posterior, architectures=catalogue.architectures, seed=seed)
    at_stake = [penalty] * len(rates)
    if penalty is None:
        serving = serving_of(project, offered, portfolio.compute, catalogue)
        at_stake = list(lost_by_missing(project, forecast, rates, serving, portfolio))
    found = [
        _candidate(
            project,
            forecast,
            rate,
            rounds,
            _prices(project, rate, portfolio.compute, stake or 0.0, round_cost),
        )
        for rate, stake in zip(rates, at_stake, strict=True)
    ]
    best = min(found, key=_Candidate.order)
    alternatives = _alternatives(project, best)
    return CollectionReport(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        currency=portfolio.currency,
        project=project.id,
        architecture=best.name,
        n_architectures=len(found),
        target_error=project.error_target,
        held=project.images.held,
        limit=project.images.limit,
        rounds=rounds,
        prices=best.prices,
        penalty_is="value" if penalty is None else "penalty",
        held_are_tried=0 < project.images.held <= largest_miss(project, best.name),
        advice=_advice(best.policy),
        data_needed=DataNeeded(
            **asdict(spread(best.needed)), chance_never=float(np.mean(np.isinf(best.needed)))
        ),
        chance_within_limit=alternatives.to_limit.chance_reached,
        break_even=_break_even(project, best, rounds),
        policy=best.policy,
        alternatives=alternatives,
        warnings=(
            *(() if named else candidate_warnings(project, catalogue, portfolio.compute)),
            *forecast.warnings_for(best.needed),
            *as_met_warnings(project),
            *forecast.architecture_warnings([best.name]),
        ),
    )


def largest_miss(project: Project, architecture: str) -> int:
    """Return the most images with which a run of the architecture missed the target, or 0.

    A run that does not say its architecture counts where the project has a single candidate.
    0 too if any run met the target: such runs contradict each other, and the forecast weighs them.
    """
    only = project.architectures[0] if len(project.architectures) == 1 else None
    runs = [
        pilot
        for pilot in project.pilots
        if (pilot.architecture or only) == architecture
        and pilot.pretrained in (None, project.pretrained)
        and pilot.backbone in (None, project.backbone)
    ]
    if any(run.error <= project.error_target for run in runs):
        return 0
    return max((run.images for run in runs), default=0)


def _candidate(
    project: Project, forecast: Forecast, rate: TrainingRate, rounds: int, prices: RoundPrices
) -> _Candidate:
    name = rate.architecture
    draws = forecast.data_needed_draws(project.error_target, name)
    # what a run has refuted is not paid for again
    missed = largest_miss(project, name)
    needed = draws[draws > missed] if missed else draws
    if len(needed) == 0:
        raise _refuted(project)
    images = project.images
    policy = plan_rounds(needed, held=images.held, limit=images.limit, prices=prices, rounds=rounds)
    return _Candidate(name, needed, prices, policy)


def _refuted(project: Project) -> InputError:
    message = (
        "a run missed the target with more images than the forecast thinks possible; check its "
        "images and error, and the project's classes and target."
    )
    return InputError([Problem(f"projects[{project.id}].pilots", message, code="RUN_REFUTES")])


def _prices(
    project: Project, rate: TrainingRate, compute: Compute, penalty: float, round_cost: float
) -> RoundPrices:
    """Return what a round costs: the lines of the ledger, by when they are paid."""
    amounts = by_timing(entries_of(project, training_amounts((rate,), compute)[0]))
    return RoundPrices(
        penalty=penalty,
        per_image=amounts[Timing.PER_IMAGE],
        per_round=round_cost,
        per_trained_image=amounts[Timing.PER_TRAINING],
        setup=amounts[Timing.ONCE],
    )


def _alternatives(project: Project, best: _Candidate) -> Alternatives:
    held, limit, prices = project.images.held, project.images.limit, best.prices
    everything = [limit] if limit > held else []
    return Alternatives(
        at_once=plan_rounds(best.needed, held=held, limit=limit, prices=prices),
        to_limit=price_levels(best.needed, everything, held=held, prices=prices),
        nothing=price_levels(best.needed, [], held=held, prices=prices),
    )


def _break_even(project: Project, best: _Candidate, rounds: int) -> float | None:
    images = project.images
    amount = break_even_penalty(
        best.needed, held=images.held, limit=images.limit, prices=best.prices, rounds=rounds
    )
    return amount if np.isfinite(amount) else None


def _advice(policy: CollectionPolicy) -> Advice:
    if policy.chance_held_suffices == 1.0:
        return Advice.NO_IMAGES_NEEDED
    return Advice.COLLECT if policy.rounds else Advice.DO_NOT_START


def _require_answerable(
    project: Project, rounds: int, penalty: float | None, round_cost: float
) -> None:
    """Refuse, all at once, what leaves nothing to weigh the cost of images against."""
    problems = []
    if penalty is None and not project.has_worth:
        message = (
            "neither a value nor a penalty is given: how much to collect depends on what missing "
            "the target loses."
        )
        fix = "value: 100k    (or --penalty 100k)"
        problems.append(Problem(f"projects[{project.id}].value", message, fix, code="NO_VALUE"))
    if not 1 <= rounds <= MOST_ROUNDS:
        message = f"got {rounds}; from 1 to {MOST_ROUNDS} rounds."
        problems.append(Problem("--rounds", message, "--rounds 3"))
    for flag, amount in (("--penalty", penalty), ("--round-cost", round_cost)):
        if amount is not None and not (np.isfinite(amount) and amount >= 0.0):
            problems.append(Problem(flag, f"got {amount!r}; an amount of at least 0.", f"{flag} 0"))
    if problems:
        raise InputError(problems)
