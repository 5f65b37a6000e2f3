"""Many portfolios: how they are summed up, and the whole of it on the default model."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from rich.console import Console

from planner._resources import resource_root
from planner.domain.results.decisions import DecisionTest
from planner.reference.store import load_model
from planner.regression.cards.decisions import decisions_text
from planner.regression.cards.file import render_card
from planner.regression.checking.decisions import write_decisions
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations
from planner.reporting.terminal.decisions import render_decisions
from planner.testing import synthetic_posterior
from planner.validation.decisions.plans import OF_MODEL, ONE, Earned
from planner.validation.decisions.policies import POLICIES
from planner.validation.decisions.run import LeftOut, decision_test, summarise
from planner.validation.development import curve_kinds, development_curves

GROUPS = (
    LeftOut(("a", "b"), synthetic_posterior()),
    LeftOut(("c",), synthetic_posterior()),
)


def earned(dataset: str, kind: str, promised: float, realised: float) -> Earned:
    """Return what one project earned of a best of 10, funded, its target met."""
    return Earned(dataset, kind, promised, realised, 10.0, 2.0, 4.0, funded=True, met=True)


def small_test() -> DecisionTest:
    """Return two portfolios: the first promised twice what it gave, the second what it gave."""
    first = (earned("a", "photographs", 9.0, 2.0), earned("b", "segmentation", 3.0, 4.0))
    second = (earned("c", "photographs", 5.0, 5.0), earned("c", "photographs", 6.0, 6.0))
    found = [(0, {ONE: first}), (1, {ONE: second})]
    summary = summarise(found, GROUPS, ["photographs", "segmentation"])
    return replace(summary, model="transfer", model_sha256="0" * 64, curves=3)


def test_portfolios_are_summed_pooled_by_group_and_by_kind() -> None:
    """By hand: 17 of 40 realised and 23 promised; group 1 has 6 and 12 of 20."""
    test = small_test()
    (pooled,) = test.scores
    assert (pooled.realised, pooled.promised) == (17 / 40, 23 / 40)
    assert [group.scores[0].realised for group in test.groups] == [6 / 20, 11 / 20]
    assert [group.datasets for group in test.groups] == [("a", "b"), ("c",)]
    assert test.kinds["photographs"][0].realised == 13 / 30
    assert test.kinds["segmentation"][0].promised == 3 / 10


def test_a_group_that_is_off_is_named_with_the_data_sets_behind_it() -> None:
    """Group 1 promised .3 too much, .35 of it on set a; set b promised too little and is not it."""
    (off,) = small_test().off
    assert (off.group, off.plan) == ("group 1", ONE)
    assert off.by_dataset == {"a": pytest.approx(0.35)}


def test_decisions_fit_a_terminal_of_eighty_columns() -> None:
    """Tables by plan, and a sentence on the group that is off."""
    console = Console(width=80, no_color=True)
    with console.capture() as captured:
        for block in render_decisions(small_test()):
            console.print(block)
    text = captured.get()
    assert max(map(len, text.splitlines())) <= 80
    assert "group 1, one pilot each: promises too much, 0.60 for 0.30" in text
    assert "2 portfolios of 8 projects" in text
    assert "…" not in text


def test_the_card_says_what_decisions_earn() -> None:
    """From what is stored as JSON: each plan pooled, by group and by kind, and what is off."""
    entry = json.loads(json.dumps(asdict(small_test())))
    text = decisions_text(entry)
    assert "| all | one pilot each | 0.42 (" in text or "| all | one pilot each | 0.43 (" in text
    assert "| projects: segmentation | one pilot each | 0.40 (0.00) | 0.30 | -0.10" in text
    assert "- group 1, one pilot each: promised 0.60, realised 0.30; a +0.35" in text
    none_off = decisions_text({**entry, "off": []})
    assert "No group's promise is off by more than .10." in none_off


def test_decisions_of_an_earlier_fit_are_not_in_the_card(tmp_path: Path) -> None:
    """They say nothing of these draws."""
    folder = Path(shutil.copytree(resource_root("models") / "transfer", tmp_path / "mine"))
    (folder / "validation.json").unlink()  # another part of the card, which is not the point here
    test = small_test()
    write_decisions(folder, replace(test, model_sha256=load_model("transfer").sha256))
    assert "## What decisions earn" in (render_card(folder) or "")
    write_decisions(folder, test)
    assert "## What decisions earn" not in (render_card(folder) or "")


@pytest.mark.slow
def test_decisions_follow_from_the_seed_and_never_beat_the_clairvoyant() -> None:
    """A portfolio of each of two groups of the development curves, on the default model itself."""
    rows, model = build_table(read_observations()), load_model("transfer")
    curves = development_curves(rows)
    names = sorted(curves)
    groups = [LeftOut(tuple(names[::2]), model), LeftOut(tuple(names[1::2]), model)]

    def run() -> DecisionTest:
        published = load_model("published")
        return decision_test(curves, curve_kinds(rows), groups, model, published, portfolios=2)

    test = run()
    assert test == run()
    assert {score.plan for score in test.scores} > {*OF_MODEL, *POLICIES}
    assert [group.portfolios for group in test.groups] == [1, 1]
    for scores in (test.scores, *(group.scores for group in test.groups)):
        assert all(score.realised <= 1.0 + 1e-9 for score in scores)
    assert set(test.kinds) == {"photographs", "specialist images", "segmentation"}
