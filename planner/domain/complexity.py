"""Task entropy, relative complexity and the majority guess.

Relative complexity (RC) is the entropy of a task's class shares divided by that of ImageNet-1000
under uniform classes (Thompson et al., AAAI/IAAI 2024, "Relative complexity"); it does not depend
on the base of the logarithm.
"""

import math
from collections.abc import Iterable

BASELINE_CLASSES = 1000
"""Classes of the baseline task, ImageNet-1000, taken as uniform."""


def entropy_nats(counts: Iterable[float]) -> float:
    """Return the entropy in nats of the shares that the counts imply; zero counts are ignored.

    Examples
    --------
    >>> round(entropy_nats([50000, 1000]), 6)
    0.096509
    """
    positive = [float(count) for count in counts if count > 0]
    largest = max(positive)  # shares first: sums of huge counts would overflow
    total = math.fsum(count / largest for count in positive)
    shares = [count / largest / total for count in positive]
    return max(0.0, -math.fsum(share * math.log(share) for share in shares if share > 0))


def relative_complexity(
    entropy: float, baseline_entropy: float = math.log(BASELINE_CLASSES)
) -> float:
    """Return task entropy over baseline entropy, both in nats.

    Examples
    --------
    >>> round(relative_complexity(math.log(16)), 4)
    0.4014
    """
    return entropy / baseline_entropy


def majority_guess_error(counts: Iterable[float]) -> float:
    """Return the error of always answering the most frequent class.

    Examples
    --------
    >>> round(majority_guess_error([50000, 1000]), 6)
    0.019608
    """
    positive = [float(count) for count in counts if count > 0]
    largest = max(positive)
    others = math.fsum(count / largest for count in positive) - 1.0
    return others / (1.0 + others)
