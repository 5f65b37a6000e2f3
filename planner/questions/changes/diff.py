"""What changed between two plans, and what can explain it.

Projects are matched by id. A cause is named only where something in fact differs: first in the
project's own fields or measured runs, then in what concerns all projects, then in other projects,
which compete for the same budget.
"""

import re
from collections.abc import Iterator, Mapping

from planner.domain.facts.changes import Around, ChangeKind, FieldChange
from planner.domain.results.plan import Decision, Plan
from planner.domain.results.plan_diff import (
    PlanDelta,
    PlanDiff,
    PlanHead,
    ProjectChange,
    ProjectDelta,
    Standing,
)
from planner.domain.vocabulary import Objective, Verdict


def compare_plans(before: Plan, after: Plan) -> PlanDiff:
    """Return what differs between two plans.

    Parameters
    ----------
    before, after : Plan
        Of any two portfolios; projects with the same id are taken for the same.

    Returns
    -------
    PlanDiff
    """
    known = bool(before.inputs) and bool(after.inputs)
    changes = tuple(_shared_changes(before, after))
    fields = _project_fields(before, after)
    touched = [name for name, found in fields.items() if found]
    first, second = _standings(before), _standings(after)
    names = [*second, *(name for name in first if name not in second)]
    return PlanDiff(
        before=_head(before),
        after=_head(after),
        changes=changes,
        projects=tuple(
            _project_change(
                name,
                first.get(name),
                second.get(name),
                fields.get(name, ()),
                Around(changes, tuple(other for other in touched if other != name), known),
                same_money=before.currency == after.currency,
            )
            for name in names
        ),
        inputs_known=known,
        delta=_plan_delta(_head(before), _head(after)),
    )


def _plan_delta(before: PlanHead, after: PlanHead) -> PlanDelta:
    """Return what changes for the whole plan, where both are counted alike."""
    same = before.currency == after.currency
    worth = None
    counts = after.objective in (Objective.TARGETS_MET, Objective.ACCURACY)
    if before.objective == after.objective and (same or counts):
        known = before.worth is not None and after.worth is not None
        worth = (after.worth or 0.0) - (before.worth or 0.0) if known else None
    cents = round(100 * after.committed) - round(100 * before.committed)
    return PlanDelta(cents / 100 if same else None, worth, after.targets - before.targets)


def _project_delta(
    before: Standing | None, after: Standing | None, *, same_money: bool
) -> ProjectDelta:
    """Return what changes for one project; what a plan does not have or fund counts as 0."""
    funded = [one is not None and one.verdict is not Verdict.NO_GO for one in (before, after)]
    chance = None
    if before is not None and after is not None and all(funded):
        chance = after.chance_of_target - before.chance_of_target
    if not same_money:
        return ProjectDelta(None, chance, None)
    spent = [0 if one is None else round(100 * one.cost_total) for one in (before, after)]
    there = [one for one in (before, after) if one is not None]
    unseen = all(one.held_out_net_value is not None for one in there)
    worths = [0.0 if one is None else _worth(one, unseen=unseen) for one in (before, after)]
    return ProjectDelta((spent[1] - spent[0]) / 100, chance, worths[1] - worths[0])


def _worth(standing: Standing, *, unseen: bool) -> float:
    """Return what a project is worth with its share of shared assets."""
    if unseen and standing.held_out_net_value is not None:
        return standing.held_out_net_value - standing.cost_shared
    return standing.expected_net_value


def _head(plan: Plan) -> PlanHead:
    objective = plan.objective
    return PlanHead(
        portfolio=plan.portfolio,
        currency=plan.currency,
        model=dict(plan.model),
        inputs_sha256=plan.inputs_sha256,
        release=plan.release,
        seed=plan.seed,
        status=plan.status,
        objective=None if objective is None else str(objective.kind),
        value=None if objective is None else objective.value,
        budget=plan.budget.limit,
        committed=plan.budget.committed,
        worth=plan.worth,
        targets=sum(item.chance_of_target for item in plan.decisions),
    )


def _standings(plan: Plan) -> dict[str, Standing]:
    return {item.project: _standing(item, plan) for item in plan.decisions}


def _standing(decision: Decision, plan: Plan) -> Standing:
    return Standing(
        verdict=decision.verdict,
        architecture=decision.architecture,
        images_total=decision.images_total,
        images_to_buy=decision.images_to_buy,
        cost_total=decision.cost.total,
        cost_shared=decision.cost.shared,
        chance_of_target=decision.chance_of_target,
        expected_net_value=decision.expected_net_value,
        start=decision.start,
        assets=decision.assets,
        held_out_net_value=decision.held_out_net_value,
        choice=decision.choice,
        against=plan.chance_bounds(decision.project),
    )


def _shared_changes(before: Plan, after: Plan) -> Iterator[FieldChange]:
    """Yield what differs and concerns every project."""
    if before.inputs and after.inputs:
        for part in ("portfolio", "compute", "shared"):
            yield from _changes(part, _part(before, part), _part(after, part))
        yield from _rule_changes(before, after)
    elif before.budget.limit != after.budget.limit:
        yield FieldChange("portfolio.budget", before.budget.limit, after.budget.limit)
    for name, one, other in (
        ("model", _model(before), _model(after)),
        ("seed", before.seed, after.seed),
        ("release", before.release, after.release),
    ):
        if one != other:
            yield FieldChange(name, one, other)


def _rule_changes(before: Plan, after: Plan) -> Iterator[FieldChange]:
    """Yield rules that only one plan has, by what they say: their number in the file may move."""
    first, second = (
        dict.fromkeys(_NUMBER.sub("", name) for name in _part(plan, "rules"))
        for plan in (before, after)
    )
    yield from (FieldChange("rules", name, None) for name in first if name not in second)
    yield from (FieldChange("rules", None, name) for name in second if name not in first)


_NUMBER = re.compile(r"^rules\[[0-9]+\]: ")


def _model(plan: Plan) -> str:
    return f"{plan.model.get('name', '')} {plan.model.get('sha256', '')[:12]}".strip()


def _project_fields(before: Plan, after: Plan) -> dict[str, tuple[FieldChange, ...]]:
    """Return what differs in each project's own fields, for projects that both plans have."""
    first, second = _part(before, "projects"), _part(after, "projects")
    found = {}
    for name in dict.fromkeys([*second, *first]):
        one, other = first.get(name), second.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found[name] = tuple(_changes("", one, other))
        elif before.inputs and after.inputs:  # added or removed: others may move because of it
            found[name] = (FieldChange("", one, other),)
    return found


def _part(plan: Plan, name: str) -> Mapping[str, object]:
    part = plan.inputs.get(name)
    return part if isinstance(part, Mapping) else {}


def _changes(
    path: str, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[FieldChange]:
    """Yield the leaves in which two nested mappings differ."""
    for key in dict.fromkeys([*after, *before]):
        here = f"{path}.{key}" if path else str(key)
        one, other = before.get(key), after.get(key)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _changes(here, one, other)
        elif one != other:
            yield FieldChange(here, one, other)


def _project_change(
    name: str,
    before: Standing | None,
    after: Standing | None,
    fields: tuple[FieldChange, ...],
    around: Around,
    *,
    same_money: bool,
) -> ProjectChange:
    if before is None or after is None:
        kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED
        fields = ()
    else:
        kind = ChangeKind.SAME if before == after else ChangeKind.CHANGED
    evidence = tuple(change for change in fields if change.field.startswith("pilots"))
    inputs = tuple(change for change in fields if change not in evidence)
    delta = _project_delta(before, after, same_money=same_money)
    return ProjectChange(name, kind, before, after, inputs, evidence, around, delta)
