"""How good are decisions on data sets the model never saw? Many portfolios, planned and judged."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.model.posterior import Posterior
from planner.domain.results.decisions import DecisionGroup, DecisionScore, DecisionTest, OffGroup
from planner.reference.tables import load_catalogue
from planner.validation.curve_file import Curve
from planner.validation.decisions.plans import (
    OF_MODEL,
    Earned,
    judge_world,
    with_architectures,
)
from planner.validation.decisions.policies import judge_policies
from planner.validation.decisions.worlds import PROJECTS, Truth, draw_world, usable_truths

DEFAULT_PORTFOLIOS = 120
OFF_BY = 0.10
"""Promised less realised, either way, from which a group is named."""

NAMED_DATASETS = 3

type Judged = Mapping[str, tuple[Earned, ...]]

_NOTES = (
    (
        "Each share is a sum of net worth over portfolios, over that of a clairvoyant who knows "
        "the measured curves and buys the fewest images that reach a target; SE is over "
        "portfolios. Spent is a share of what the clairvoyant spends."
    ),
    (
        "Training is free, each project has the architecture its curve was measured with, and "
        "pilots are the runs on the images held (all pilots: on those and fewer); they cost "
        "nothing."
    ),
    (
        "The anchored rule buys what log10 error falling by .30 a decade (frozen backbone .20) "
        "from the last pilot asks for; with its spread the fall is uncertain by half of that. The "
        "published model takes frozen backbones for fine-tuned ones: it knows no others."
    ),
    (
        "Paid: each run costs 1 to 10 % of buying everything for its project, and what is paid is "
        "taken off. Every run but the first kind is chosen under 3 % of buying everything: by "
        "planner pilots, the cheapest first, or where the error is least known."
    ),
    (
        "Of projects of a kind the promise is their part of the plan's, shrunk like the whole "
        "plan's from the draws it was chosen on to those it never saw."
    ),
)


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A group of data sets, and the model refitted without it."""

    datasets: tuple[str, ...]
    without: Posterior


def decision_test(
    curves: Mapping[str, Sequence[Curve]],
    kinds: Mapping[str, str],
    groups: Sequence[LeftOut],
    model: Posterior,
    published: Posterior,
    *,
    portfolios: int = DEFAULT_PORTFOLIOS,
    seed: int = 0,
    max_rhat: float = 1.0,
    divergences: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> DecisionTest:
    """Plan random portfolios of measured curves, each with the fit that lacks its data sets.

    Parameters
    ----------
    curves : mapping of str to sequence of Curve
        By data set; see :func:`planner.validation.development.development_curves`.
    kinds : mapping of str to str
        Kind of each curve; see :func:`planner.validation.development.curve_kinds`.
    groups : sequence of LeftOut
        Portfolios come from each in turn; one without usable curves is passed over.
    model, published : Posterior
        The model that is judged, fitted on all rows; the published one.
    portfolios : int, default=120
        To draw.
    seed : int, default=0
        Of the portfolios and of the projects' luck.
    max_rhat, divergences : float, int
        Of the refits, for the record.
    on_step : callable, optional
        Told portfolios done and portfolios in all.
    """
    catalogue = load_catalogue()
    images = {curve: kind.split(",")[0] for curve, kind in kinds.items()}
    truths = usable_truths(curves, images)
    pools = [{name: truths[name] for name in group.datasets if name in truths} for group in groups]
    usable = [at for at, pool in enumerate(pools) if pool]
    judged: list[tuple[int, Judged]] = []
    for number in range(portfolios):
        at = usable[number % len(usable)]
        world = draw_world(pools[at], number, np.random.default_rng([seed, number]))
        found = judge_world(world, groups[at].without, published, catalogue, seed=seed)
        known = with_architectures(catalogue, world.truths)
        paid = judge_policies(world, groups[at].without, known, seed=seed)
        judged.append((at, {**found, **paid}))
        if on_step is not None:
            on_step(number + 1, portfolios)
    summary = summarise(judged, groups, _kinds(truths))
    return replace(
        summary,
        model=model.name,
        model_sha256=model.sha256,
        seed=seed,
        curves=sum(len(members) for members in truths.values()),
        max_rhat=max_rhat,
        divergences=divergences,
    )


def summarise(
    judged: Sequence[tuple[int, Judged]], groups: Sequence[LeftOut], kinds: Iterable[str]
) -> DecisionTest:
    """Return the scores of judged portfolios, pooled, by group and by kind; the model is not named.

    Parameters
    ----------
    judged : sequence of (int, Judged)
        Place of each portfolio's group, and what its plans earned.
    groups : sequence of LeftOut
        All groups.
    kinds : iterable of str
        Of projects.
    """
    usable = sorted({at for at, _ in judged})
    by_group = {at: [found for group, found in judged if group == at] for at in usable}
    scored = tuple(
        DecisionGroup(f"group {at + 1}", groups[at].datasets, len(found), score_plans(found))
        for at, found in by_group.items()
        if found
    )
    return DecisionTest(
        model="",
        model_sha256="",
        seed=0,
        portfolios=len(judged),
        projects=PROJECTS,
        curves=0,
        scores=score_plans([found for _, found in judged]),
        groups=scored,
        kinds={kind: _of_kind(judged, kind) for kind in kinds},
        off=tuple(_off(scored, by_group, usable)),
        max_rhat=1.0,
        divergences=0,
        notes=_NOTES,
    )


def score_plans(judged: Sequence[Judged]) -> tuple[DecisionScore, ...]:
    """Return the scores of every plan over some portfolios, in the order they were made."""
    names = list(judged[0]) if judged else []
    return tuple(_score(name, [found[name] for found in judged]) for name in names)


def _score(name: str, portfolios: Sequence[tuple[Earned, ...]]) -> DecisionScore:
    sums = np.array(
        [
            [
                math.fsum(getattr(item, what) for item in found)
                for what in ("realised", "promised", "best", "spent", "best_spent")
            ]
            for found in portfolios
        ]
    ).reshape(-1, 5)
    realised, promised, best, spent, best_spent = sums.T
    every = [item for found in portfolios for item in found]
    return DecisionScore(
        plan=name,
        projects=len(every),
        realised=_share(realised, best),
        realised_se=_share_se(realised, best),
        promised=_share(promised, best),
        excess_se=_share_se(promised - realised, best),
        committed=_share(spent, best_spent),
        funded=sum(item.funded for item in every),
        met=sum(item.met for item in every),
    )


def _share(part: np.ndarray[tuple[int], np.dtype[np.float64]], whole: object) -> float:
    total = float(np.sum(np.asarray(whole)))
    return float(part.sum()) / total if total else 0.0


def _share_se(part: np.ndarray[tuple[int], np.dtype[np.float64]], whole: object) -> float:
    """Return the standard error of a ratio of sums, from its residuals; 0 for one portfolio."""
    totals = np.asarray(whole, dtype=np.float64)
    n, total = len(totals), float(totals.sum())
    if n < 2 or not total:
        return 0.0
    residuals = part - _share(part, totals) * totals
    return math.sqrt(float(residuals @ residuals) * n / (n - 1)) / total


def _kinds(truths: Mapping[str, Sequence[Truth]]) -> list[str]:
    return sorted({truth.kind for members in truths.values() for truth in members})


def _of_kind(judged: Iterable[tuple[int, Judged]], kind: str) -> tuple[DecisionScore, ...]:
    """Return the scores of the projects of one kind, whatever portfolio they are in."""
    return score_plans(
        [
            {name: tuple(e for e in items if e.kind == kind) for name, items in found.items()}
            for _, found in judged
        ]
    )


def _off(
    groups: Sequence[DecisionGroup], judged: Mapping[int, Sequence[Judged]], order: Sequence[int]
) -> Iterable[OffGroup]:
    """Yield the model's plans that promise too much or too little on a group of data sets."""
    for group, at in zip(groups, order, strict=True):
        for score in group.scores:
            if score.plan in OF_MODEL and abs(score.excess) > OFF_BY:
                yield OffGroup(
                    group=group.name,
                    plan=score.plan,
                    promised=score.promised,
                    realised=score.realised,
                    by_dataset=_largest_parts(score, [found[score.plan] for found in judged[at]]),
                )


def _largest_parts(
    score: DecisionScore, portfolios: Sequence[tuple[Earned, ...]]
) -> dict[str, float]:
    """Return the data sets that contribute most to what a plan is off by, as shares of the best."""
    best = math.fsum(item.best for found in portfolios for item in found)
    parts: defaultdict[str, float] = defaultdict(float)
    for found in portfolios:
        for item in found:
            parts[item.dataset] += (item.promised - item.realised) / best
    sign = math.copysign(1.0, score.excess)
    largest = sorted(parts, key=lambda name: (-sign * parts[name], name))[:NAMED_DATASETS]
    return {name: parts[name] for name in largest if sign * parts[name] > 0}
