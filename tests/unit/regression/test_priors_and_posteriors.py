"""What a model was told, beside what its rows made of it."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.model.specification import Prior
from planner.regression.cards.model import prior_spread


@pytest.mark.parametrize(
    ("prior", "draws"),
    [
        (Prior("normal", -0.45, 0.5), lambda rng, n: rng.normal(-0.45, 0.5, n)),
        (Prior("half_normal", 0.0, 0.4), lambda rng, n: np.abs(rng.normal(0, 0.4, n))),
        (Prior("lognormal", -1.0, 0.3), lambda rng, n: np.exp(rng.normal(-1.0, 0.3, n))),
        (Prior("beta", 0.2, 10.0), lambda rng, n: rng.beta(2.0, 8.0, n)),
    ],
)
def test_a_prior_spreads_as_its_draws_do(prior: Prior, draws: object) -> None:
    """Median, P10 and P90 of 200,000 draws made in another way."""
    found = prior_spread(prior)
    assert found is not None
    made = draws(np.random.default_rng(0), 200_000)  # type: ignore[operator]
    expected = np.quantile(made, [0.5, 0.1, 0.9])
    assert (found.median, found.p10, found.p90) == pytest.approx(expected.tolist(), abs=0.006)
    assert prior_spread(Prior("fixed", 1.0)) is None


@pytest.mark.slow
def test_both_are_drawn_and_stand_in_the_data(tmp_path: Path) -> None:
    """``model show --plots``: as SVG and PNG, every parameter with its prior by name."""
    found = CliRunner().invoke(
        app, ["model", "show", "transfer", "--plots", str(tmp_path), "--json"]
    )
    assert found.exit_code == 0, found.output
    rows = {row["name"]: row for row in json.loads(found.stdout)["parameters"]}
    assert rows["b_type"]["prior_spread"]["p90"] == pytest.approx(0.62 + 1.2816 * 0.4, abs=1e-3)
    drawn = (tmp_path / "prior_and_posterior.svg").read_text(encoding="utf-8")
    assert (tmp_path / "prior_and_posterior.png").stat().st_size > 10_000
    assert "b_type" in drawn
