"""What a plan says of measuring first, in the two sentences that every surface shares."""

from planner.domain.format import count, money, percent, rate, shorten
from planner.domain.results.plan import Decision, FirstRun, MeasureFirst

__all__ = [
    "CAUTIOUS",
    "NOT_LOOKED_FOR",
    "TIMED",
    "TOO_LARGE",
    "first_words",
    "pilot_words",
    "worth_words",
]

MOST_NAMED = 3
Z95 = 1.96
TOO_LARGE = (
    "Which runs to make first was not looked for: there are too many options (planner pilots does)."
)

TIMED = (
    "Which runs to make first was not looked for: a time limit was asked for (planner pilots does)."
)

CAUTIOUS = (
    "Which runs to make first was not looked for under a measure of risk (planner pilots does)."
)

NOT_LOOKED_FOR = (CAUTIOUS, TIMED, TOO_LARGE)
"""Why a plan names no set of runs to make first, though there may be one."""


def first_words(first: MeasureFirst, currency: str) -> str:
    """Say what to run before the money is committed.

    Examples
    --------
    >>> runs = (FirstRun("tags", "ResNet-50", "finetuned", 4_000, 12.5, 0.09, 0.6),)
    >>> first_words(MeasureFirst(runs, 12.5, 900.0, 50.0), "USD")
    'Measure first, for USD 12.50: tags (ResNet-50 on 4,000 images).'
    """
    named = "; ".join(_run(run) for run in first.pilots[:MOST_NAMED])
    rest = len(first.pilots) - MOST_NAMED
    more = f"; and {rest} more" if rest > 0 else ""
    return f"Measure first, for {money(first.price, currency)}: {named}{more}."


def worth_words(first: MeasureFirst, currency: str) -> str:
    """Say what it is worth to decide after the runs, with its interval.

    Examples
    --------
    >>> worth_words(MeasureFirst((), 12.5, 900.0, 50.0), "USD")
    'Deciding after that adds USD 900 to the plan, price paid (95 % interval 802 to 998).'
    """
    low, high = first.gain - Z95 * first.gain_se, first.gain + Z95 * first.gain_se
    return (
        f"Deciding after that adds {money(first.gain, currency)} to the plan, price paid "
        f"(95 % interval {money(low)} to {money(high)})."
    )


def pilot_words(decision: Decision, currency: str) -> str:
    """Say what a PILOT waits for; empty for all others."""
    run = decision.pilot
    if run is None:
        return ""
    on = f"{shorten(decision.project, 30)}: a run on {count(run.images)} images"
    price = money(run.price, currency)
    if run.go_if_error_at_most is None:
        does = "makes it GO" if run.chance_of_passing > 0 else "would stop it"
        return f"{on} ({price}) {does} whatever it shows."
    return (
        f"{on} ({price}) makes it GO at an error of at most {rate(run.go_if_error_at_most)}; the "
        f"chance of that is {percent(run.chance_of_passing)}."
    )


def _run(run: FirstRun) -> str:
    probe = "probe of " if run.backbone == "frozen" else ""
    return f"{shorten(run.project, 24)} ({probe}{run.architecture} on {count(run.images)} images)"
