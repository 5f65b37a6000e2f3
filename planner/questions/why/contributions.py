"""By how much does each optional field of a file move what a funded project is worth?"""

from collections.abc import Iterator

from planner.domain.portfolio.compute import Compute
from planner.domain.quantities import amount_mean
from planner.domain.results.explanation import Contribution
from planner.domain.results.plan import Decision
from planner.domain.vocabulary import Objective
from planner.economics.ledger import LINES
from planner.economics.life.lines import CARBON, LIFE_LINES
from planner.offering.variants import present_factors
from planner.planning.life import decision_life
from planner.planning.reasons.projects import SolvedScene

__all__ = ["contributions"]

_ALWAYS_THERE = frozenset({"data", "rarest", "training", "service"})


def contributions(
    scene: SolvedScene, index: int, decision: Decision
) -> tuple[Contribution, ...] | None:
    """Return what each optional field adds to a decision's net value, most first.

    Without the field, all else as it is: the same network on as many images. None where the
    project is not funded, where money does not count, or where no such field is stated.
    """
    pick = scene.picks[index]
    if pick is None or scene.prepared.objective is not Objective.NET_VALUE:
        return None
    found = [one for one in _each(scene, index, decision) if round(one.amount, 2)]
    return tuple(sorted(found, key=lambda one: -abs(one.amount))) or None


def _each(scene: SolvedScene, index: int, decision: Decision) -> Iterator[Contribution]:
    options, pick = scene.options[index], scene.picks[index]
    if pick is None:
        return
    start = 0 if options.start is None else int(options.start[pick])
    present = float(present_factors(scene.portfolio)[start])
    cents = options.cents_of(pick)
    for line in LINES:
        if line.name not in _ALWAYS_THERE:
            yield Contribution(line.field, -present * cents.get(line.name, 0) / 100)
    training = present * cents.get("training", 0) / 100
    for field, times in _times(scene.portfolio.compute):
        yield Contribution(f"compute.{field}", -training * (1.0 - 1.0 / times))
    lived = decision_life(scene, index, decision)
    gives = {line.name: line.give for line in (*LIFE_LINES, CARBON)}
    for name, amount in {} if lived is None else lived.life.lines.items():
        if name in gives:
            yield Contribution(gives[name], amount)


def _times(compute: Compute) -> Iterator[tuple[str, float]]:
    """Yield what training is multiplied by."""
    yield "trials", amount_mean(compute.trials)
    yield "folds", float(compute.folds)
    yield "testing_overhead", 1.0 + compute.testing_overhead
