"""The picture of example 10 shows what its numbers are today."""

from pathlib import Path

import pytest
from gallery import Picture, fingerprint_of, write_pictures

import planner

FOLDER = Path(__file__).parents[2] / "examples" / "10_measure_first"


@pytest.mark.golden
def test_the_picture_is_current(request: pytest.FixtureRequest) -> None:
    """It carries the fingerprint of the runs on offer and of what they are worth."""
    portfolio = planner.read_portfolio(FOLDER / "portfolio.yaml")
    found = planner.pilots(portfolio, planner.load_model())
    picture = Picture("pilots", found.plot(), found.to_frame())
    if request.config.getoption("--update-golden"):
        write_pictures((picture,), FOLDER)
    assert fingerprint_of(FOLDER / "pilots.svg") == picture.fingerprint
    worthless = [run for run in found.pilots if run.project in ("bed-free", "paint-faults")]
    assert [run.evsi for run in worthless] == [0.0, 0.0]
    assert {run.project for run in found.chosen} == {"wound-stages", "weld-cracks", "label-check"}
    assert found.gain > 3.0 * found.gain_se
