"""How do the models do on the paper's Table 2, six client projects that nothing was fitted on?"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from planner._resources import resource_root
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Project
from planner.domain.published_equations import predicted_error
from planner.domain.results.validation import CaseInterval, Table2Case, Table2Test
from planner.domain.vocabulary import Task
from planner.domain.words.answers.validation import inside_intervals
from planner.forecasting.forecast import build_forecast
from planner.reference.table_rows import damaged_table, read_table

CASES_FILE = "published_test_cases.csv"
EQUATION = "Eq. 1"

LARGEST_SD = 0.243
"""Largest residual sd that Table 1's SE of Type, .093, allows with 48 and 8 rows."""

_ROUNDING = 0.005
"""Observed errors are printed in whole per cents: half a per cent either way."""

_FEW_CASES = (
    "Six cases from three clients say little about coverage; they do show that noise of the size "
    "found among the published rows is too small for a new client."
)
_ROUNDED = (
    "Observed errors are printed in whole per cents; a case counts as inside if any error that "
    "rounds to the print is. A project known by its relative complexity alone is taken to have "
    "equally frequent classes."
)
_WHY: Mapping[int, str] = {
    2: (
        "Same client and complexity as row 1 with 22 % more images: Eq. 1 lets the error fall from "
        "4.1 to 4.0 %, measured were 3 and 1 %. An error printed as 1 % may be anything from 0.5 "
        "to 1.5 %. RC .012 fits a rare class of 1.6 %, so the majority guess is near 1.6 % too."
    ),
    3: (
        "Misses in the same direction and by as much as row 2, at the same number of images. RC "
        ".100 is that of two equally frequent classes; Eq. 1 has no term for what makes one such "
        "task easier than another, and its noise is too small to allow for it."
    ),
    6: (
        "The paper prints a prediction of 1 %, almost surely a misprint: Eq. 1 gives 10.1 %. "
        "Against 45 % observed both miss. With Type = 1 Eq. 1 gives 42.3 %: perhaps this was a "
        "segmentation task, though the caption says classification."
    ),
}


def table2_test(posteriors: Sequence[Posterior], *, seed: int = 0) -> Table2Test:
    """Compare Table 2 with Eq. 1 and with the predictive intervals of fitted models.

    Parameters
    ----------
    posteriors : sequence of Posterior
        Models to ask; each forecasts the case from its images, relative complexity, task and
        pretraining alone.
    seed : int, default=0
        Of the projects' luck.

    Raises
    ------
    ResourceError
        The table is missing or damaged.
    """
    cases = tuple(_case(row, posteriors, seed) for row in _read_cases())
    residuals = np.array([case.log10_residual for case in cases])
    chi_square = float(np.sum((residuals / LARGEST_SD) ** 2))
    rmse = {EQUATION: _rms(residuals)}
    for at, posterior in enumerate(posteriors):
        rmse[posterior.name] = _rms([case.forecasts[at].log10_residual for case in cases])
    return Table2Test(
        cases=cases,
        rmse=rmse,
        chi_square=chi_square,
        degrees_of_freedom=len(cases),
        p_value=_chi_square_tail(chi_square, len(cases)),
        residual_sd=LARGEST_SD,
        notes=_notes(cases, posteriors),
    )


def _case(row: Mapping[str, str], posteriors: Sequence[Posterior], seed: int) -> Table2Case:
    images, complexity = int(row["n_train"]), float(row["relative_complexity"])
    pretrained, segmentation = row["pretrained"] == "1", row["type_segmentation"] == "1"
    observed = float(row["observed_error"])
    equation = float(
        predicted_error(images, complexity, pretrained=pretrained, segmentation=segmentation)
    )
    number = int(row["row"])
    project = Project(
        id=f"table-2-row-{number}",
        task=Task.SEGMENTATION if segmentation else Task.CLASSIFICATION,
        relative_complexity=complexity,
        pretrained=pretrained,
        target_error=observed,
        images=Images(held=images, limit=images),
    )
    return Table2Case(
        row=number,
        case=row["case"],
        images=images,
        relative_complexity=complexity,
        observed_error=observed,
        equation_error=equation,
        log10_residual=math.log10(observed / equation),
        forecasts=tuple(_interval(project, posterior, observed, seed) for posterior in posteriors),
        why=_WHY.get(number, ""),
    )


def _interval(project: Project, posterior: Posterior, observed: float, seed: int) -> CaseInterval:
    forecast = build_forecast(project, posterior, seed=seed)
    draws = forecast.error_draws([project.images.limit])[:, 0]
    p2_5, p10, median, p90, p97_5 = (
        float(value) for value in np.quantile(draws, [0.025, 0.1, 0.5, 0.9, 0.975])
    )
    low, high = observed - _ROUNDING, observed + _ROUNDING
    return CaseInterval(
        model=posterior.name,
        median=median,
        p10=p10,
        p90=p90,
        p2_5=p2_5,
        p97_5=p97_5,
        log10_residual=math.log10(observed / median),
        inside_80=p10 <= high and low <= p90,
        inside_95=p2_5 <= high and low <= p97_5,
    )


def _notes(cases: Sequence[Table2Case], posteriors: Sequence[Posterior]) -> tuple[str, ...]:
    inside = [
        (
            posterior.name,
            sum(case.forecasts[at].inside_80 for case in cases),
            sum(case.forecasts[at].inside_95 for case in cases),
        )
        for at, posterior in enumerate(posteriors)
    ]
    return (
        inside_intervals(len(cases), inside),
        _FEW_CASES,
        _ROUNDED,
    )


def _rms(residuals: Sequence[float] | np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return math.sqrt(math.fsum(float(r) ** 2 for r in residuals) / len(residuals))


def _chi_square_tail(value: float, degrees: int) -> float:
    """P(chi-square > value), for an even number of degrees of freedom."""
    half = value / 2
    return math.exp(-half) * math.fsum(half**k / math.factorial(k) for k in range(degrees // 2))


def _read_cases() -> list[Mapping[str, str]]:
    rows = read_table(CASES_FILE, ("n_train", "observed_error"))
    path = resource_root("data") / CASES_FILE
    if len(rows) % 2:
        raise damaged_table(path, f"{len(rows)} rows; six were expected")
    try:
        for row in rows:
            int(row["n_train"])
            float(row["observed_error"])
    except (ValueError, TypeError) as error:
        raise damaged_table(path, str(error)) from None
    return rows
