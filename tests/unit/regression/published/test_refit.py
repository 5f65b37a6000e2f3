"""The published regression by every way of fitting it, without sampling."""

from pathlib import Path

import numpy as np
import pytest

from planner.domain.published_equations import PRINTED_COEFFICIENTS, TERMS
from planner.errors import InputError
from planner.regression.cards.data import data_card, render_data_card
from planner.regression.checking.diagnostics import Diagnostics, ParameterSummary
from planner.regression.fitting.command import prepare_fit
from planner.regression.fitting.fit import Fit
from planner.regression.fitting.write_model import evidence
from planner.regression.published.design import design_matrix, read_reconstruction
from planner.regression.published.fit import posterior_draws, table1
from planner.regression.published.refit import compare_refit
from planner.regression.rows.observations import design_columns
from planner.regression.rows.reconstruction import reconstruction_table
from planner.reporting.terminal.fitting.refit import render_refit

pytestmark = [
    # From libraries that statsmodels imports.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def exact(shift: dict[str, float] | None = None, rhat: float = 1.001) -> Fit:
    """Return a fit whose draws are the exact posterior's, some of them moved."""
    request = prepare_fit(None, "published", rows="reconstruction")
    draws = {name: each + (shift or {}).get(name, 0.0) for name, each in posterior_draws().items()}
    summary = {
        name: ParameterSummary(float(each.mean()), float(each.std()), rhat, 1500.0, 900.0)
        for name, each in draws.items()
    }
    return Fit(
        spec=request.spec,
        table=request.table,
        draws=draws,
        labels={},
        diagnostics=Diagnostics(summary, 0, (1.0,) * 4, 7.0),
        sampling={"sampler": "nutpie", "seed": 3},
        seconds={},
        trace=None,
    )


def test_the_rows_are_those_of_least_squares() -> None:
    """The design that a declaration sees is that of Eq. 1, to the last digit of the file."""
    rows, table = read_reconstruction(), reconstruction_table()
    columns = design_columns(table)
    X = np.column_stack(
        [
            np.ones(len(table)),
            columns["log10_images"],
            columns["pretrained"] * columns["log10_images"],
            columns["relative_complexity"],
            columns["segmentation"],
        ]
    )
    assert np.array_equal(X, design_matrix(rows))
    np.testing.assert_allclose(table.log10_error, rows.log10_error, atol=1e-12)


def test_draws_of_the_exact_posterior_agree_with_table_1() -> None:
    """Printed, closed form, OLS, GLM and medians stand side by side and agree."""
    found = compare_refit(exact())
    assert found.agrees
    assert tuple(found.terms) == TERMS
    for name, term in found.terms.items():
        assert f"{term.printed:.3f}" == f"{term.ols:.3f}" == f"{PRINTED_COEFFICIENTS[name]:.3f}"
        assert term.ols == pytest.approx(term.glm, abs=1e-9)
        assert term.ols == pytest.approx(term.closed_form, abs=1e-9)
        assert term.std_err == pytest.approx(table1().terms[name].std_err)
    assert (found.n_rows, found.max_rhat, found.min_ess) == (56, 1.001, 900.0)


def test_a_median_that_is_off_and_chains_that_differ_are_told() -> None:
    """.6 standard errors off, or R-hat 1.02: the refit does not agree, and the page says so."""
    off = compare_refit(exact({"type": 0.6 * 0.093}))
    assert not off.agrees
    assert off.largest_difference_in_se == abs(off.terms["type"].difference_in_se)
    assert off.terms["type"].difference_in_se == pytest.approx(0.6, abs=0.03)
    assert "DIFFER from" in " ".join(str(block) for block in render_refit(off))
    assert not compare_refit(exact(rhat=1.02)).agrees


def test_nothing_of_table_1_is_put_into_the_priors() -> None:
    """Every coefficient's prior is centred at zero and has ten printed standard errors."""
    request = prepare_fit(None, "published", rows="reconstruction")
    for term in request.spec.terms:
        assert term.prior.location == 0.0
        printed_se = round(table1().terms[term.name].std_err, 3)
        assert term.prior.scale == pytest.approx(10 * printed_se)


def test_the_reconstruction_is_never_pooled_and_always_labelled() -> None:
    """No measured rows beside it, and every description says that it is invented."""
    request = prepare_fit(None, "published", rows="reconstruction")
    assert "invented" in " ".join(request.notes)
    assert "invented" in evidence(request.table, request.sources)["description"]
    assert not request.sources.with_shipped_data
    card = "\n".join(render_data_card(data_card(request.table)))
    assert card.count("none: invented") == 2
    assert "your own" not in card
    with pytest.raises(InputError, match="never fitted together with measured"):
        prepare_fit(Path("own.csv"), "published", rows="reconstruction")
