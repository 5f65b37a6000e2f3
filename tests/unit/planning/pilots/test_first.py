"""The run behind each PILOT, and the error up to which it releases the money."""

from pathlib import Path

import pytest

import planner
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Verdict
from planner.domain.words.measure_first import CAUTIOUS

FILE = """version: 1
portfolio: {{name: Two, budget: 40k{risk}}}
projects:
  - {{id: a, classes: 6, target_accuracy: {target}, value: 120k, architectures: [ResNet-50],
     images: {{held: 3000, limit: 60k, price: 0.2}}{pilots}}}
  - {{id: b, classes: 4, target_accuracy: 90%, value: 80k, architectures: [ResNet-50],
     images: {{held: 2000, limit: 40k, price: 0.2}}}}
"""
CAUTION = ", risk: {measure: cvar, level: 0.9, weight: 0.2}"


def planned(folder: Path, risk: str, target: str = "94%", pilots: str = "") -> Plan:
    """Return the plan of two projects."""
    file = folder / "two.yaml"
    file.write_text(FILE.format(risk=risk, target=target, pilots=pilots), encoding="utf-8")
    return planner.plan(planner.read_portfolio(file), planner.load_model())


def verdict_after(folder: Path, risk: str, target: str, images: int, error: float) -> str:
    """Return the verdict on the first project once its run has shown an error."""
    run = f", pilots: [{{images: {images}, error: {error:.5f}, architecture: ResNet-50}}]"
    return planned(folder, risk, target, run).decisions[0].verdict


@pytest.mark.parametrize("risk", [pytest.param("", marks=pytest.mark.slow), CAUTION])
def test_a_pilot_names_its_run_and_what_it_must_show(tmp_path: Path, risk: str) -> None:
    """With that result in the file the plan releases the money; with a clearly worse one not."""
    plan = planned(tmp_path, risk)
    assert (CAUTIOUS in plan.notes) == bool(risk)
    first = plan.decisions[0]
    assert first.verdict is Verdict.PILOT
    run = first.pilot
    assert run is not None
    assert run.go_if_error_at_most is not None
    limit = run.go_if_error_at_most
    assert verdict_after(tmp_path, risk, "94%", run.images, 0.97 * limit) == "GO"
    assert verdict_after(tmp_path, risk, "94%", run.images, 1.25 * limit) == "NO-GO"


def test_runs_that_do_not_pay_are_nobodys(tmp_path: Path) -> None:
    """Where no set of runs pays, a PILOT waits for a run on what is held, not for a dearer one."""
    plan = planned(tmp_path, "")
    assert plan.measure_first is None
    run = plan.decisions[0].pilot
    assert run is not None
    assert run.images == 3_000


@pytest.mark.slow
def test_a_run_to_make_first_says_up_to_which_error_its_project_stays(tmp_path: Path) -> None:
    """A funded project may be stopped by what its run shows."""
    plan = planned(tmp_path, "", "93%")
    assert plan.measure_first is not None
    run = next(one for one in plan.measure_first.pilots if one.project == "a")
    limit = run.go_if_error_at_most
    assert plan.decisions[0].verdict is Verdict.GO
    assert limit is not None
    assert verdict_after(tmp_path, "", "93%", run.images, 0.9 * limit) == "GO"
    assert verdict_after(tmp_path, "", "93%", run.images, 1.25 * limit) == "NO-GO"
