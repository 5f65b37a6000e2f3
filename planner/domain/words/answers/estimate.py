"""What stands below the tables of an estimate, in sentences."""

from planner.domain.format import count, figure, fixed, money, percent_as_set, price, rate
from planner.domain.vocabulary import Metric
from planner.domain.words.judged import measure_name

__all__ = [
    "BEST_EPOCH",
    "balanced_words",
    "efficiency_words",
    "factors_words",
    "imbalance_words",
    "rarest_words",
    "shortfall_words",
]

BEST_EPOCH = (
    "A training counts at the best of its epochs; how many there are, and how long they take, is "
    "yours to state."
)


def shortfall_words(points: float) -> str:
    """Say by how much the target is missed with all images that can be owned."""
    return (
        "With all images that can be owned, half of the outcomes fall at least "
        f"{fixed(points, 1) if points >= 0.05 else figure(points, 1)} points short of the target."
    )


def efficiency_words(
    name: str,
    points: float,
    per_1000: float | None,
    per_kwh: float | None,
    currency: str,
    metric: Metric = Metric.ACCURACY,
) -> str:
    """Say what accuracy a training buys."""
    said = [] if per_1000 is None else [f"{figure(per_1000)} per {currency} 1,000"]
    said += [] if per_kwh is None else [f"{figure(per_kwh)} per kWh of training"]
    each = f" ({', '.join(said)})" if said else ""
    guess = "the majority guess" if metric is Metric.ACCURACY else "always giving the same answer"
    return f"{name}: {figure(points)} points of {measure_name(metric)} above {guess}{each}."


def factors_words(
    images: int, epochs: float, trainings: float, each: float, product: float, currency: str
) -> str:
    """Say what the cost of training is a product of."""
    return (
        f"Training: {count(images)} images × {figure(epochs)} epoch{'' if epochs == 1 else 's'} × "
        f"{figure(trainings)} training{'' if trainings == 1 else 's'} × {price(each, currency)} = "
        f"{price(product, currency)}."
    )


def rarest_words(name: str, images: int) -> str:
    """Say how many images hold a rare class."""
    return (
        f"So few images need not hold {name}: picked at random, {count(images)} hold one of it "
        "with 95 %."
    )


def imbalance_words(
    name: str,
    images: int,
    slope: float,
    added: tuple[int, float, str],
    pairs: tuple[tuple[float, float], ...],
) -> str:
    """Say how well the rarest class is told, and what more of its images would change.

    ``added`` are images, their cost and its currency; ``pairs`` its error, the balanced accuracy
    and F1, each now and then.
    """
    (rare, rare_then), (balanced, balanced_then), (f1, f1_then) = pairs
    more, cost, currency = added
    return (
        f"On {count(images)} images, if the error of a class falls with its own images as all do "
        f"(an assumption; power {figure(slope, 2)}): {name} is missed in {rate(rare)}, balanced "
        f"accuracy {rate(balanced)}, F1 of {name} {figure(f1)}. With {count(more)} more of it, for "
        f"{money(cost, currency)}: {rate(rare_then)}, {rate(balanced_then)}, {figure(f1_then)}."
    )


def balanced_words(
    complexity: tuple[float, float],
    guess: tuple[float, float],
    needs: tuple[tuple[float | None, ...], tuple[float | None, ...]],
) -> str:
    """Say what equally frequent classes would change; each pair is now and then."""
    now, then = (" / ".join(count(each) for each in need) for need in needs)
    shown = tuple(percent_as_set(round(1.0 - each, 4)) for each in guess)
    return (
        f"Were its classes equally frequent: relative complexity {figure(complexity[1])} in place "
        f"of {figure(complexity[0])}, images needed (P10 / P50 / P90) {then} in place of {now}. "
        f"Answering the most frequent class is right {shown[0]} of the time now, {shown[1]} then: "
        "plain accuracy rewards imbalance, so that balancing seems to cost; weigh classes alike "
        "(balanced accuracy), or set a target for each."
    )
