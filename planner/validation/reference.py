"""What do two models ask of the same projects? Reference projects for comparing models."""

import numpy as np

from planner.domain.format import percent_as_set
from planner.domain.model.model_card import ComparisonRow, Spread
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Project
from planner.domain.results.validation import Table2Test
from planner.forecasting.forecast import build_forecast

_TARGETS = ((10, 0.05), (100, 0.20))
_STARTS = (("pretrained", True), ("from scratch", False))


def reference_projects() -> dict[str, Project]:
    """Return projects by what they are: 10 classes to 5 % and 100 classes to 20 % error."""
    return {
        f"{classes} classes, error {percent_as_set(target)}, {start}": Project(
            id=f"reference-{classes}-{start}",
            classes=classes,
            pretrained=pretrained,
            target_error=target,
            images=Images(held=0, limit=10**6),
        )
        for classes, target in _TARGETS
        for start, pretrained in _STARTS
    }


def reference_needs(
    first: Posterior, second: Posterior, *, seed: int = 0
) -> tuple[tuple[ComparisonRow, ...], dict[str, tuple[float, float]]]:
    """Return total images the reference projects need under each model, and P(never).

    Returns
    -------
    needs : tuple of ComparisonRow
        Quantiles of total images.
    chance_never : dict of str to tuple of float
        By project: chance that the target is never reached.
    """
    rows, never = [], {}
    for what, project in reference_projects().items():
        draws = [
            build_forecast(project, model, seed=seed).data_needed_draws(project.error_target)
            for model in (first, second)
        ]
        rows.append(ComparisonRow(what, *(_spread(needed) for needed in draws)))
        one, other = (float(np.mean(np.isinf(needed))) for needed in draws)
        never[what] = (one, other)
    return tuple(rows), never


def table2_rows(test: Table2Test, first: str, second: str) -> tuple[ComparisonRow, ...]:
    """Return Table 2's scores of two models."""

    def of(model: str) -> tuple[Spread, Spread]:
        forecasts = [f for case in test.cases for f in case.forecasts if f.model == model]
        inside = float(sum(forecast.inside_80 for forecast in forecasts))
        return _point(test.rmse[model]), _point(inside)

    (rmse, inside), (other_rmse, other_inside) = of(first), of(second)
    return (
        ComparisonRow("Table 2: RMS log10 residual", rmse, other_rmse),
        ComparisonRow("Table 2: of 6 inside the 80 % interval", inside, other_inside),
    )


def _point(value: float) -> Spread:
    return Spread(value, None, None)


def _spread(draws: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Spread:
    values = np.quantile(draws, [0.5, 0.1, 0.9], method="inverted_cdf")
    return Spread(*(float(value) if np.isfinite(value) else None for value in values))
