"""What should a reader of a forecast know before relying on it, in sentences?"""

from collections.abc import Sequence

from planner.domain.facts.evidence import Beyond, Outside
from planner.domain.format import count, figure, fixed, percent, percent_as_set, rate
from planner.domain.vocabulary import Metric
from planner.domain.words.judged import measure_name

__all__ = [
    "PILOTS_SINCE_REFIT",
    "RANGE_TOO_NARROW",
    "above_chance",
    "also_for",
    "beyond_evidence",
    "complexity_above_one",
    "complexity_outside",
    "extrapolated",
    "few_datasets",
    "last_runs_flat",
    "named_outside_evidence",
    "no_evidence",
    "offered_outside_evidence",
    "rising",
    "scratch_weak",
    "target_trivial",
    "update_unreliable",
]

RANGE_TOO_NARROW = (
    "Outside deep fine-tuning the ranges are too narrow: on independent curves of networks trained "
    "from raw pixels and of classical learners they covered less than they claim. Measure a pilot, "
    "or start from pretrained weights."
)
MOST_LISTED = 3
REFIT_TIME = "about a minute and a half on two cores"
PILOTS_SINCE_REFIT = (
    "The model was fitted with other pilots of this project, so that some count twice. Fit it "
    f"again: planner fit --pilots PORTFOLIO -o DIR ({REFIT_TIME})."
)


def target_trivial(majority_guess: float, target: float, metric: Metric = Metric.ACCURACY) -> str:
    """Say that always answering the most frequent class meets the target."""
    if metric is not Metric.ACCURACY:
        return (
            f"Always giving the same answer already has an error of {rate(majority_guess)} in "
            f"{measure_name(metric)}, no worse than the target error of {percent_as_set(target)}: "
            "no images are needed."
        )
    return (
        f"Always answering the most frequent class already has an error of {rate(majority_guess)}, "
        f"no worse than the target error of {percent_as_set(target)}: no images are needed. Use a "
        "target per class, or metric: balanced_accuracy."
    )


def beyond_evidence(target: float, part: str, most: float) -> str:
    """Say that the target is likely met only beyond the fitted rows, of a part of them if any."""
    return (
        f"The median need for an error of {percent_as_set(target)} lies beyond the fitted rows"
        f"{_of(part)}, which end at {count(most)} images. Treat the target as not shown reachable: "
        "relax it, or measure a pilot."
    )


def extrapolated(part: str, images: tuple[float, float]) -> str:
    """Say what numbers of images the fitted rows span."""
    return (
        f"The fitted rows{_of(part)} span {count(images[0])} to {count(images[1])} images; "
        "outside, the forecast is an extrapolation and its range too narrow."
    )


def complexity_outside(complexity: float, span: tuple[float, float], part: str) -> str:
    """Say that a task's complexity lies outside the fitted."""
    return (
        f"Relative complexity {figure(complexity)} lies outside the fitted {figure(span[0])} to "
        f"{figure(span[1])}{_of(part)}."
    )


def complexity_above_one(complexity: float) -> str:
    """Say that a task is more complex than the baseline task."""
    return f"Relative complexity {figure(complexity)} exceeds that of the baseline task."


def few_datasets(part: str, datasets: int) -> str:
    """Say that the fitted rows come from few data sets."""
    return (
        f"The fitted rows{_of(part)} come from {datasets} data sets only: how such data sets "
        "differ is known roughly, and the range with it."
    )


def no_evidence(part: str) -> str:
    """Say that no fitted row is of the project's task and backbone."""
    return (
        f"No fitted row is {part}; the forecast adds up what was learnt from other tasks and "
        "backbones. Measure a pilot before relying on it."
    )


def scratch_weak(share: float) -> str:
    """Say in which share of draws more images do not help a network trained from scratch."""
    return (
        f"Training from scratch is weakly identified: in {percent(share)} of draws more images do "
        "not help at all; those count as never."
    )


def named_outside_evidence(outside: Sequence[tuple[str, Outside]]) -> str:
    """Say which named architectures the fitted rows say little about, and why."""
    told = "; ".join(f"{name}: {_outside(why)}" for name, why in outside)
    return f"{told[0].upper()}{told[1:]}. {_from_spread(len(outside))}"


def offered_outside_evidence(names: Sequence[str], offered: int) -> str:
    """Say how many architectures on offer the fitted rows say little about, and which."""
    listed = ", ".join(names[:MOST_LISTED])
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    head = "The one architecture on offer is unlike the fitted ones, or its"
    if offered != 1:
        head = f"{len(names)} of {offered} architectures on offer are unlike the fitted ones, or"
        head = f"{head} their"
    return f"{head} ImageNet accuracy is not comparable: {listed}{more}. {_from_spread(len(names))}"


def _outside(facts: Outside) -> str:
    """Say why the fitted rows say little about an architecture."""
    if facts.unknown and facts.why is not Beyond.STATED:
        return f"{_beyond(facts)}; {_drawn(facts.unknown)}"
    return _beyond(facts)


def _beyond(facts: Outside) -> str:
    match facts.why:
        case Beyond.ANOTHER_RECIPE:
            return "its ImageNet accuracy belongs to another training recipe, or is not sourced"
        case Beyond.SPAN:
            return "its accuracy or size lies outside the fitted span and counts as its nearest end"
        case Beyond.FAMILY:
            return f"no network of its family ({facts.family}) was fitted"
        case Beyond.STATED:
            return _drawn(facts.unknown)


def _drawn(unknown: Sequence[str]) -> str:
    """Say what a portfolio leaves open of an architecture of its own."""
    *first, last = unknown
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"the portfolio does not state its {listed}, which is drawn as of one not named"


def _from_spread(architectures: int) -> str:
    drawn = "Its error is drawn" if architectures == 1 else "Their errors are drawn"
    return f"{drawn} from the spread of all fitted architectures; a pilot would settle it."


def above_chance(error: float, images: int, majority_guess: float) -> str:
    """Say that a pilot is worse than always answering the most frequent class."""
    return (
        f"{rate(error)} error at {count(images)} images is worse than always answering the most "
        f"frequent class ({rate(majority_guess)}). Is it an accuracy, or did the run fail? It "
        "counts all the same."
    )


def also_for(message: str, more: int) -> str:
    """Add that the same holds for more pilots."""
    return f"{message} The same holds for {count(more)} more."


def rising(rises: Sequence[tuple[float, int, float, int]]) -> str:
    """Say that the error of pilots rises, from (error, images) to (error, images)."""
    told = "; ".join(
        f"from {rate(low)} at {count(few)} images to {rate(high)} at {count(many)}"
        for low, few, high, many in rises
    )
    return (
        f"The error rises {told}. Were all of these runs trained to the end, and tested on the "
        "same images? All count."
    )


def last_runs_flat(first: tuple[float, int], last: tuple[float, int], target: float) -> str:
    """Say that the last runs hardly fall, from (error, images) to (error, images)."""
    return (
        f"The last three runs hardly fall: {rate(first[0])} at {count(first[1])} images, "
        f"{rate(last[0])} at {count(last[1])}. {percent_as_set(1.0 - target)} may not be reachable "
        "whatever you collect: look for wrong labels and for classes that people confuse too, or "
        "try a larger network, before labelling more."
    )


def update_unreliable(k_hat: float, effective_draws: float) -> str:
    """Say that pilots lie where the model hardly expects them."""
    return (
        f"The pilots lie where the model hardly expects them (k-hat {fixed(k_hat, 2)}, "
        f"{count(effective_draws)} effective draws): the updated range is rough. Check error, "
        "images, classes and pretraining of the runs. If they are right, refit the model with "
        f"them: planner fit --pilots PORTFOLIO -o DIR ({REFIT_TIME}), then --model DIR."
    )


def _of(part: str) -> str:
    return f" ({part})" if part else ""
