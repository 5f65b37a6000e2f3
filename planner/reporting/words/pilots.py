"""What runs are worth and what to do after them, in words that every surface shares."""

from collections.abc import Iterator

from planner.domain.format import count, money, percent, rate, shorten
from planner.domain.results.pilots import OutcomeRow, Pilots, ProjectPolicy

__all__ = ["advice", "outcome_words", "then_words", "worth_words"]

Z95 = 1.96


def advice(found: Pilots) -> str:
    """Say what to do first."""
    chosen = found.chosen
    if not found.pilots:
        return "There is no run to make first: no project has images to train on or to buy."
    if not chosen:
        return "No run is worth its price: decide now."
    price = money(found.spend.pilots, found.currency)
    runs = "this run" if len(chosen) == 1 else f"these {len(chosen)} runs"
    return f"Make {runs} first, for {price}{' in all' if len(chosen) > 1 else ''}:"


def worth_words(found: Pilots) -> str:
    """Say what the set is worth, with its interval; on draws no solve saw."""
    low, high = found.gain - Z95 * found.gain_se, found.gain + Z95 * found.gain_se
    return (
        f"Deciding after them adds {money(found.gain, found.currency)} to a plan worth "
        f"{money(found.value_now, found.currency)}, their price paid (95 % interval "
        f"{money(low)} to {money(high)}), on draws that no plan was chosen on. Knowing every "
        f"outcome beforehand would add {money(found.evpi, found.currency)}."
    )


def outcome_words(row: OutcomeRow) -> str:
    """Say what is done after an outcome."""
    if row.alternative is not None:
        return f"take {shorten(row.alternative, 24)}"
    if row.images_total is None:
        return "stop"
    done = "the run delivers" if row.delivers else "fund it"
    return f"{done}: {count(row.images_total)} images, {shorten(row.architecture or '', 24)}"


def limit_words(policy: ProjectPolicy, at: int) -> str:
    """Say which measured errors a row is about."""
    limit = policy.rows[at].error_at_most
    if limit is not None:
        return f"at most {rate(limit)}"
    return "anything" if at == 0 else "more than that"


def then_words(found: Pilots) -> Iterator[str]:
    """Yield what is spent after the runs, and what happens to projects without one."""
    then = found.spend.then
    yield (
        f"Once the runs are in, the plan commits at most {money(then.p10, found.currency)} in 10 % "
        f"of outcomes, {money(then.p50)} in half of them, {money(then.p90)} in 90 %."
    )
    yield (
        "Each table is the decision at the price of the plan's budget; with the runs in the file, "
        "plan makes it again for all projects together."
    )
    if found.unmeasured:
        said = (
            f"{shorten(item.project, 24)} is {'funded' if item.funded_now else 'not funded'} "
            f"today, and afterwards in {percent(item.chance_funded)} of outcomes"
            for item in found.unmeasured[:4]
        )
        rest = len(found.unmeasured) - 4
        more = f"; and {rest} more, see --json" if rest > 0 else ""
        yield f"Without a run: {'; '.join(said)}{more}."
