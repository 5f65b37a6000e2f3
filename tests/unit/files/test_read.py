"""A file without end is not read to its end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.domain.model.posterior import Posterior
from planner.errors import InputError
from planner.files.read import TooLargeError, read_at_most
from planner.inputs.plan_file import read_plan
from planner.inputs.portfolio_file import read_portfolio
from planner.inputs.starter import starter_portfolio
from planner.questions.observe.observe import observe_file
from planner.reference.tables import load_catalogue
from planner.regression.rows.user_table import read_user_table
from planner.validation.curve_file import read_curves


def test_a_file_is_read_up_to_what_is_allowed(tmp_path: Path) -> None:
    """All of it, to the last byte; one more is too many."""
    path = tmp_path / "p"
    path.write_bytes(b"x" * (2**20 + 5))
    assert read_at_most(path, 2**20 + 5) == path.read_bytes()
    with pytest.raises(TooLargeError, match="1,048,580 bytes"):
        read_at_most(path, 2**20 + 4)
    assert read_at_most("/dev/null", 0) == b""
    with pytest.raises(FileNotFoundError):
        read_at_most(tmp_path / "none", 1)


READERS: dict[str, Callable[[Path], object]] = {
    ".yaml": read_portfolio,
    ".toml": read_portfolio,
    ".xlsx": read_portfolio,
    ".json": read_plan,
    ".curves.csv": read_curves,
    ".fit.csv": lambda path: read_user_table(path, ()),
}


@pytest.mark.parametrize("ending", READERS)
def test_no_reader_of_inputs_waits_for_the_end_of_a_device(tmp_path: Path, ending: str) -> None:
    """/dev/zero has no size and no end; the answer is a sentence with its place."""
    path = tmp_path / f"endless{ending}"
    path.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="has more than") as caught:
        READERS[ending](path)
    assert all(problem.place for problem in caught.value.problems)


def test_runs_without_end_are_refused(tmp_path: Path, synthetic: Posterior) -> None:
    """The second file of observe, too."""
    (tmp_path / "runs.csv").symlink_to("/dev/zero")
    path = tmp_path / "p.yaml"
    path.write_text(starter_portfolio(), encoding="utf-8")
    with pytest.raises(InputError, match="has more than"):
        observe_file(path, tmp_path / "runs.csv", synthetic, load_catalogue())


@pytest.mark.parametrize("number", ["1e999", "-1e308", "9" * 400])
@pytest.mark.parametrize("key", ["risk_settings", "share"])
def test_a_saved_plan_holds_no_number_beyond_any_amount(
    tmp_path: Path, number: str, key: str
) -> None:
    """Wherever it stands, in what is typed or not, it is refused before anything is computed."""
    path = tmp_path / "plan.json"
    path.write_text(f'{{"schema_version": 1, "{key}": [{number}]}}', encoding="utf-8")
    with pytest.raises(InputError, match="a number beyond 1e\\+100"):
        read_plan(path)
