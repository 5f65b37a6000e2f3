"""What differences and faults of plans say, from facts alone."""

import pytest

from planner.domain.facts.changes import Around, ChangeKind, FieldChange
from planner.domain.facts.decisions import Likely
from planner.domain.facts.faults import (
    AboveBound,
    AuditFault,
    BelowLeast,
    BelowThreshold,
    NotHeldNow,
    OptionGone,
    Overspent,
    PlanFault,
    ProjectGone,
    RuleBroken,
    WorthDiffers,
)
from planner.domain.results.reaudit import Fault
from planner.domain.results.risk import HoldResult
from planner.domain.words.answers.changes import change_cause
from planner.domain.words.answers.faults import audit_failed

LIKELY = Likely(0.42, (0.6, 0.3), 0)
NOTHING = Around((), (), known=True)
PRICE = FieldChange("images.price", 0.3, 0.5)


@pytest.mark.parametrize(
    ("facts", "code", "project", "message"),
    [
        (
            Overspent(1_200.5, 1_000.0, "USD"),
            "BUDGET",
            None,
            "It commits USD 1,200.50 of 1,000: 200.50 too much.",
        ),
        (
            Overspent(1_200.5, 1_000.0, "USD", "H1"),
            "PERIOD",
            None,
            "It commits USD 1,200.50 of 1,000 in H1.",
        ),
        (RuleBroken("fund a"), "RULE", None, "It breaks fund a."),
        (
            NotHeldNow(HoldResult("chance", 0.9, 0.85, None, holds=False), "USD"),
            "HOLD",
            None,
            "The budget does not hold on held-out draws at a chance of 90 %; it is 85 %.",
        ),
        (
            ProjectGone("a"),
            "PROJECT_GONE",
            "a",
            "a is funded by the plan, but no longer in the file.",
        ),
        (
            OptionGone("a", 2_000, "ResNet-50", 1_000, 3),
            "OPTION_GONE",
            "a",
            "a on 2,000 images with ResNet-50: only 1,000 images can be had.",
        ),
        (
            OptionGone("a", 2_000, "ResNet-50", 2_000, 3),
            "OPTION_GONE",
            "a",
            (
                "a on 2,000 images with ResNet-50: nothing like it is on offer (3 options were "
                "compared)."
            ),
        ),
        (
            BelowLeast("a", LIKELY, 0.5),
            "MIN_CHANCE",
            "a",
            "a is now 42 % likely to meet its target; min_chance is 50 %.",
        ),
        (
            BelowThreshold("a", LIKELY, 0.6),
            "THRESHOLD",
            "a",
            "a is now 42 % likely to meet its target; it would be funded from 60 %.",
        ),
    ],
)
def test_a_fault_of_a_saved_plan_has_its_code_and_its_numbers(
    facts: PlanFault, code: str, project: str | None, message: str
) -> None:
    """Codes are what other programs read; the sentence is for people."""
    fault = Fault(facts)
    assert (fault.code, fault.project, fault.message) == (code, project, message)


def test_an_audit_that_fails_names_every_fault() -> None:
    """All of them in one message, with both numbers."""
    faults: list[AuditFault] = [
        Overspent(2.0, 1.0, "USD", "H1"),
        WorthDiffers(3.0, 4.0),
        AboveBound(4.0, 3.5),
    ]
    assert audit_failed(faults) == (
        "The plan does not pass its audit: it commits 2 of 1 in H1; the solver reports a "
        "worth of 3.0, the decisions give 4.0; it is worth 4.0, more than the proven bound 3.5. "
        "Nothing is reported."
    )


@pytest.mark.parametrize(
    ("kind", "inputs", "evidence", "around", "words"),
    [
        (ChangeKind.ADDED, (), (), NOTHING, "Not in the first plan."),
        (ChangeKind.REMOVED, (), (), NOTHING, "Not in the second plan."),
        (ChangeKind.SAME, (), (), NOTHING, "The same."),
        (
            ChangeKind.SAME,
            (PRICE,),
            (FieldChange("pilots", None, [1, 2]),),
            NOTHING,
            (
                "The same, although its measured runs changed (0 before, 2 now) and its own fields "
                "changed: images.price 0.3 → 0.5."
            ),
        ),
        (
            ChangeKind.CHANGED,
            (PRICE,),
            (),
            Around((FieldChange("seed", 0, 1),), (), known=True),
            "Its own fields changed: images.price 0.3 → 0.5; for all projects changed: seed.",
        ),
        (
            ChangeKind.CHANGED,
            (),
            (),
            Around((), ("a", "b", "c", "d"), known=True),
            (
                "Its own fields are the same; other projects changed (a, b, c and 1 more), and all "
                "compete for the same budget."
            ),
        ),
        (
            ChangeKind.CHANGED,
            (),
            (),
            Around((), (), known=False),
            "One of the plans does not say what it was made from, so the cause is not known.",
        ),
        (
            ChangeKind.CHANGED,
            (),
            (),
            NOTHING,
            (
                "Nothing that the plans were made from differs: not their inputs, model, seed or "
                "release."
            ),
        ),
    ],
)
def test_a_change_is_explained_by_what_is_nearest(
    kind: ChangeKind,
    inputs: tuple[FieldChange, ...],
    evidence: tuple[FieldChange, ...],
    around: Around,
    words: str,
) -> None:
    """The project's own fields first, then everybody's, then other projects'."""
    assert change_cause(kind, inputs, evidence, around) == words
