"""What can explain that a plan does something else with a project, in sentences?"""

from collections.abc import Sequence

from planner.domain.facts.changes import Around, ChangeKind, FieldChange
from planner.domain.format import figure
from planner.domain.quantities import show

__all__ = ["change_cause"]

MOST_NAMED = 3
"""Causes that one sentence names; the rest is counted."""

_LONGEST_VALUE = 40


def change_cause(
    kind: ChangeKind,
    inputs: Sequence[FieldChange],
    evidence: Sequence[FieldChange],
    around: Around,
) -> str:
    """Say what changed that can explain a project's change.

    Parameters
    ----------
    kind : ChangeKind
        Of the decision on it.
    inputs, evidence : sequence of FieldChange
        What differs in its own fields, and in its measured runs.
    around : Around
        What else changed.
    """
    match kind:
        case ChangeKind.ADDED:
            return "Not in the first plan."
        case ChangeKind.REMOVED:
            return "Not in the second plan."
        case ChangeKind.SAME:
            own = _own(inputs, evidence)
            return f"The same, although {own}." if own else "The same."
        case ChangeKind.CHANGED:
            return _cause(_own(inputs, evidence), around)


def _own(inputs: Sequence[FieldChange], evidence: Sequence[FieldChange]) -> str:
    """Return what changed in the project itself; empty if nothing did."""
    own = []
    if evidence:
        own.append(f"its measured runs changed ({_runs(evidence[0])})")
    if inputs:
        own.append(f"its own fields changed: {_listed(inputs)}")
    return " and ".join(own)


def _cause(own: str, around: Around) -> str:
    """Return the nearest cause: the project's own, then everybody's, then other projects'."""
    if own:
        text = own[0].upper() + own[1:]
        both = f"; for all projects changed: {_named(around.changes)}" if around.changes else ""
        return f"{text}{both}."
    if not around.known:
        return "One of the plans does not say what it was made from, so the cause is not known."
    if around.changes:
        return f"Its own fields are the same; for all projects changed: {_named(around.changes)}."
    if around.others:
        rest = len(around.others) - MOST_NAMED
        more = f" and {rest} more" if rest > 0 else ""
        named = ", ".join(around.others[:MOST_NAMED])
        return (
            f"Its own fields are the same; other projects changed ({named}{more}), and all compete "
            "for the same budget."
        )
    return (
        "Nothing that the plans were made from differs: not their inputs, model, seed or release."
    )


def _runs(change: FieldChange) -> str:
    """Return how many runs there were and are."""
    before, after = (
        len(runs) if isinstance(runs, list) else 0 for runs in (change.before, change.after)
    )
    return f"{before} before, {after} now"


def _listed(changes: Sequence[FieldChange]) -> str:
    named = "; ".join(
        f"{change.field} {_value(change.before)} → {_value(change.after)}"
        for change in changes[:MOST_NAMED]
    )
    rest = len(changes) - MOST_NAMED
    return f"{named}; and {rest} more" if rest > 0 else named


def _named(changes: Sequence[FieldChange]) -> str:
    """Return which fields changed for all projects; their values stand once, with the plans."""
    return ", ".join(dict.fromkeys(change.field for change in changes))


def _value(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return figure(value, 10)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else show(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
