"""What pilots add on curves whose data sets were left out of the fit."""

import json
from dataclasses import asdict

from planner.domain.json_shape import decode
from planner.domain.model.posterior import Posterior
from planner.domain.results.validation import PilotEvidence, PilotMode
from planner.domain.vocabulary import Backbone, Task
from planner.reference.store import load_model
from planner.regression.cards.pilots import pilots_text
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations
from planner.validation.curve_file import Curve
from planner.validation.development import (
    EVERYTHING,
    ONE_EACH,
    curve_kinds,
    development_curves,
    pilot_evidence,
)

SIZES, ERRORS = (1_000, 4_000, 20_000), (0.4, 0.25, 0.15)


class Recorded(dict[str, Posterior]):
    """Models by data set that record which were asked for."""

    def __init__(self, models: dict[str, Posterior]) -> None:
        super().__init__(models)
        self.keys_read: set[str] = set()

    def __getitem__(self, key: str) -> Posterior:
        self.keys_read.add(key)
        return super().__getitem__(key)


def curves_of(**counts: int) -> dict[str, list[Curve]]:
    return {
        name: [Curve(f"{name} {at}", SIZES, ERRORS, n_classes=20) for at in range(count)]
        for name, count in counts.items()
    }


def test_curves_are_read_from_the_fitted_rows() -> None:
    """Two sizes at least, no structured task, and the description is that of the rows."""
    rows = build_table(read_observations())
    found, kinds = development_curves(rows), curve_kinds(rows)
    assert "dsprites-orientation" not in found
    assert {curve.task for curve in found["cityscapes"]} == {Task.SEGMENTATION}
    assert {curve.n_classes for curve in found["imagenet-1k"]} == {1_000}
    assert {kinds[curve.id] for curve in found["eurosat"]} == {
        "specialist images, finetuned",
        "specialist images, frozen",
    }
    adapters = [curve for curve in found["dtd"] if curve.backbone is Backbone.FROZEN]
    assert [curve.zero_shot_error for curve in adapters] == [0.578]


def test_kinds_stand_apart() -> None:
    """Each kind is scored alone and with all; each curve is forecast without its data set."""
    model = load_model("transfer")
    asked = Recorded(dict.fromkeys(("a", "b"), model))
    found = pilot_evidence(curves_of(a=1, b=2), asked, {"a 0": "x", "b 0": "y", "b 1": "y"})
    assert list(found.tests) == [EVERYTHING, "x", "y"]
    assert [(label, test.curves) for label, test in found.rounds.items()] == [(ONE_EACH, 2)]
    assert asked.keys_read == {"a", "b"}
    assert [test.pilots for test in found.tests["y"]] == list(PilotMode)


def test_evidence_is_written_and_read_back() -> None:
    """What is stored comes back as it was, and the card states every group and mode."""
    evidence = pilot_evidence(curves_of(a=1), {"a": load_model("transfer")}, {"a 0": EVERYTHING})
    stored = json.loads(json.dumps(asdict(evidence)))
    assert decode(PilotEvidence, stored) == (evidence, ())
    text = pilots_text(stored)
    for words in (EVERYTHING, "no pilot", "one pilot", "the smallest size", "Cost ratio"):
        assert words in text
    rivals = sum(len(test.scores) for test in evidence.tests[EVERYTHING])
    assert text.count(f"| {EVERYTHING} |") == rivals
    assert text.count(f"| {ONE_EACH} |") == 3
