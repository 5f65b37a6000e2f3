"""Stepwise selection: laws, an independent stepwise, and what cannot be tested."""

from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from planner.domain.results.selection import Selection
from planner.errors import InputError
from planner.regression.rows.observations import ObservationTable, build_table
from planner.regression.rows.reconstruction import reconstruction_table
from planner.regression.rows.shipped import read_observations
from planner.regression.selection.candidates import read_candidates
from planner.regression.selection.stepwise import select_stepwise

pytestmark = [
    # From libraries that statsmodels imports.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

type Columns = Mapping[str, np.ndarray]

PAPER = ("log10_images", "pretrained_log10_images", "relative_complexity", "type")


def chosen_from(table: ObservationTable, *names: str) -> Selection:
    found = read_candidates(names, table)
    return select_stepwise(
        table.log10_error, found.columns, rows="rows", n_datasets=1, notes=found.notes
    )


def correlated(seed: int, n_rows: int = 60, n_columns: int = 7) -> tuple[np.ndarray, Columns]:
    """Return a response and candidates that share much, so that early ones may have to go."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n_rows, 2))
    X = 0.9 * common @ rng.normal(size=(2, n_columns)) + 0.6 * rng.normal(size=(n_rows, n_columns))
    response = X @ rng.normal(scale=0.35, size=n_columns) + rng.normal(size=n_rows)
    return response, {f"x{k}": X[:, k] for k in range(n_columns)}


def by_residual_sums(
    response: np.ndarray, columns: Columns, threshold: float
) -> list[tuple[str, str]]:
    """Select by partial F tests on residual sums of squares: another way to the same p values."""

    def rss(terms: list[str]) -> float:
        centred = [columns[name] - columns[name].mean() for name in terms]
        left = response - response.mean()
        for k, one in enumerate(centred):  # Gram-Schmidt, one column after the other
            for other in centred[:k]:
                one = one - other * (one @ other) / (other @ other)
            centred[k] = one
            left = left - one * (one @ left) / (one @ one)
        return float(left @ left)

    def p(full: list[str], name: str) -> float:
        df = len(response) - len(full) - 1
        f = (rss([t for t in full if t != name]) - rss(full)) / (rss(full) / df)
        return float(stats.f.sf(f, 1, df))

    terms: list[str] = []
    log: list[tuple[str, str]] = []
    while True:
        leaving = {name: p(terms, name) for name in terms}
        if leaving and max(leaving.values()) > threshold:
            worst = max(leaving, key=lambda name: leaving[name])
            terms.remove(worst)
            log.append(("drop", worst))
            continue
        entering = {name: p([*terms, name], name) for name in columns if name not in terms}
        if not entering or min(entering.values()) >= threshold:
            return log
        best = min(entering, key=lambda name: entering[name])
        terms.append(best)
        log.append(("add", best))


@pytest.mark.parametrize("threshold", [0.05, 0.3])
def test_every_step_is_that_of_an_independent_stepwise(threshold: float) -> None:
    """Partial F tests by Gram-Schmidt add and drop the same variables in the same order."""
    drops = 0
    for seed in range(40):
        response, columns = correlated(seed)
        found = select_stepwise(response, columns, rows="rows", n_datasets=1, threshold=threshold)
        log = [(step.action, step.candidate) for step in found.steps[:-1]]
        assert log == by_residual_sums(response, columns, threshold), seed
        drops += sum(action == "drop" for action, _ in log)
    assert drops > 0  # otherwise dropping was not looked at


def test_the_papers_variables_are_chosen_on_its_reconstructed_rows() -> None:
    """From more candidates than the paper kept, its four stay, with Table 1's numbers."""
    found = chosen_from(reconstruction_table(), *PAPER, "pretrained", "complexity", "frozen")
    assert found.chosen == PAPER
    assert [f"{each.coefficient:.3f}" for each in found.table.terms.values()] == [
        "-0.813",
        "-0.070",
        "-0.053",
        "0.609",
        "0.622",
    ]
    assert f"{found.table.r_squared:.3f}" == "0.840"


def test_what_stays_is_below_the_threshold_and_what_is_left_is_not() -> None:
    """The law of the last step, on the shipped rows."""
    found = chosen_from(
        build_table(read_observations()),
        "log10_images",
        "top1",
        "frozen",
        "pretrained",
        "relative_complexity",
    )
    terms = [each for name, each in found.table.terms.items() if name != "intercept"]
    assert terms
    assert all(each.p <= 0.05 for each in terms)
    left = found.steps[-1].tried
    assert set(left) == set(found.candidates) - set(found.chosen)
    assert all(trial.p is None or trial.p >= 0.05 for trial in left.values())
    assert any("top1 is not known for" in note for note in found.notes)


def test_a_constant_and_a_collinear_candidate_are_said_to_be() -> None:
    """Neither comes in, and the log says why."""
    response, columns = correlated(3)
    kept = select_stepwise(response, columns, rows="", n_datasets=1).chosen
    odd = {"twin": 2.0 - 3.0 * columns[kept[0]], "same": np.full(len(response), 4.2)}
    found = select_stepwise(response, {**columns, **odd}, rows="", n_datasets=1)
    assert found.chosen == kept
    assert found.steps[0].tried["same"].note == "constant"
    assert "collinear with " in found.steps[-1].tried["twin"].note


def test_twins_are_chosen_in_the_order_given() -> None:
    """Of two candidates that say the same, the first comes in, whatever rounding does."""
    table = reconstruction_table()
    for pair in (("complexity", "relative_complexity"), ("relative_complexity", "complexity")):
        assert chosen_from(table, *pair).chosen == pair[:1]


def test_every_wrong_name_is_told_at_once() -> None:
    """Unknown ones with what may be meant, and one named twice."""
    with pytest.raises(InputError) as caught:
        read_candidates(["log10_imges", "tipe*pretrained", "type", "type"], reconstruction_table())
    fixes = {problem.message: problem.fix for problem in caught.value.problems}
    assert fixes["'log10_imges' is no column of these rows."] == "log10_images"
    assert fixes["'tipe' is no column of these rows."] == "type"
    assert "'type' is named twice." in fixes


def test_a_column_of_ones_own_is_a_candidate_if_all_rows_have_it() -> None:
    """Numbers are taken; text, and a column that other rows lack, is refused."""
    table = reconstruction_table()
    n = len(table)
    own = {"distance": [f"{k / 10}" for k in range(n)], "who": ["me"] * n, "few": ["1"]}
    columns = read_candidates(["distance", "distance*type"], table, own).columns
    assert columns["distance"].tolist() == [k / 10 for k in range(n)]
    assert np.array_equal(columns["distance*type"], columns["distance"] * table.segmentation)
    with pytest.raises(InputError, match="'who' is not a column of numbers"):
        read_candidates(["who"], table, own)
    with pytest.raises(InputError, match="shipped rows do not have it") as caught:
        read_candidates(["few"], table, own)
    assert caught.value.problems[0].fix == "--alone"


def test_too_few_rows_are_refused() -> None:
    """Three candidates on five rows say nothing."""
    columns = {name: np.arange(5.0) ** k for k, name in enumerate("abc", start=1)}
    with pytest.raises(InputError, match="5 rows are too few for 3 candidates"):
        select_stepwise(np.arange(5.0), columns, rows="", n_datasets=1)
