"""Which candidates does a regression keep, if variables come and go by their p values?

As the paper chose its own: each step adds the candidate with the smallest p value below the
threshold that raises the adjusted R², then drops what has risen above it, until nothing changes.
statsmodels fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.results.selection import Selection, SelectionStep, Trial
from planner.errors import InputError, Problem
from planner.regression.published.least_squares import fit_least_squares, regression_table
from planner.regression.selection.candidates import FIELD

THRESHOLD = 0.05

NOTE = (
    "The p values take the rows to be independent. Rows of one data set are not, so the true ones "
    "are larger; and a p value after choosing is smaller than it should be. Take the choice as a "
    "first look, not as a test."
)

_COLLINEAR = 1e-10
"""Share of a candidate's variance left after the others below which it is one of them."""


def select_stepwise(
    response: Floats,
    candidates: Mapping[str, Floats],
    *,
    rows: str,
    n_datasets: int,
    threshold: float = THRESHOLD,
    notes: Sequence[str] = (),
) -> Selection:
    """Return every step of a forward and backward selection, and the final fit.

    Parameters
    ----------
    response : ndarray of shape (n_rows,)
        log10 error.
    candidates : mapping of str to ndarray of shape (n_rows,)
        What may come in beside the intercept.
    rows : str
        What the rows are, in words.
    n_datasets : int
        Data sets they come from.
    threshold : float, default=0.05
        Largest p value of a term that comes in or stays.
    notes : sequence of str
        To be told beside those of the method.

    Raises
    ------
    InputError
        There are too few rows for the candidates, or all errors are the same.
    """
    _require_enough(response, candidates)
    search = _Search(response, candidates, threshold)
    steps: list[SelectionStep] = []
    terms: tuple[str, ...] = ()
    seen = {frozenset(terms)}
    while not steps or steps[-1].action != "stop":
        step = _drop(search, terms) or _add(search, terms)
        if step.action != "stop" and frozenset(step.terms) in seen:
            step = _stop(search, terms, step.tried, "The next step would go back to an earlier one")
        terms = step.terms
        seen.add(frozenset(terms))
        steps.append(step)
    chosen = tuple(name for name in candidates if name in terms)
    X = np.column_stack([np.ones(len(response)), *(candidates[name] for name in chosen)])
    return Selection(
        rows=rows,
        n_rows=len(response),
        n_datasets=n_datasets,
        threshold=threshold,
        candidates=tuple(candidates),
        steps=tuple(steps),
        chosen=chosen,
        table=regression_table(fit_least_squares(X, response), ("intercept", *chosen)),
        adjusted_r_squared=steps[-1].adjusted_r_squared,
        notes=(*notes, NOTE),
    )


@dataclass(frozen=True, eq=False)
class _Search:
    response: Floats
    candidates: Mapping[str, Floats]
    threshold: float

    def fit(self, terms: Sequence[str]) -> Any:  # noqa: ANN401 - statsmodels ships no types
        """Return statsmodels' least-squares fit; the intercept is the first parameter."""
        from statsmodels.regression.linear_model import OLS

        columns = [self.candidates[name] for name in terms]
        return OLS(self.response, np.column_stack([np.ones(len(self.response)), *columns])).fit()

    def untestable(self, name: str, terms: Sequence[str]) -> str:
        """Return why a candidate cannot come into a model, or nothing."""
        value = self.candidates[name]
        spread = value - value.mean()
        if not np.any(np.abs(spread) > _COLLINEAR * np.abs(value).max()):
            return "constant"
        X = np.column_stack([np.ones(len(value)), *(self.candidates[term] for term in terms)])
        left = spread - X @ np.linalg.lstsq(X, spread, rcond=None)[0]
        if left @ left > _COLLINEAR * (spread @ spread):
            return ""
        return f"collinear with {', '.join(terms)}"


def _add(search: _Search, terms: tuple[str, ...]) -> SelectionStep:
    """Return the step that adds the best candidate, or the stop if none is good enough."""
    before = _adjusted(search.fit(terms))
    tried: dict[str, Trial] = {}
    size: dict[str, float] = {}
    for name in search.candidates:
        if name in terms:
            continue
        note = search.untestable(name, terms)
        if note:
            tried[name] = Trial(note=note)
            continue
        fit = search.fit((*terms, name))
        tried[name] = _trial(fit, -1, fit)
        size[name] = abs(float(fit.tvalues[-1]))
        if fit.pvalues[-1] >= search.threshold or _adjusted(fit) <= before:
            del size[name]
    if not size:
        return _stop(search, terms, tried, _why_none(search, tried))
    # p falls with |t|, and may be 0 for several; of equals, but for rounding, the first given.
    best = max(size, key=lambda name: float(f"{size[name]:.9g}"))
    why = f"Smallest p of those left, below {search.threshold:g}; adjusted R² rises."
    return _step(search, "add", best, why, (*terms, best), tried)


def _drop(search: _Search, terms: tuple[str, ...]) -> SelectionStep | None:
    """Return the step that drops the weakest term, or nothing if all are good enough."""
    if not terms:
        return None
    full = search.fit(terms)
    weakest = int(np.argmin(np.abs(full.tvalues[1:])))
    if full.pvalues[1 + weakest] <= search.threshold:
        return None
    without = {name: search.fit(tuple(term for term in terms if term != name)) for name in terms}
    tried = {name: _trial(full, k, without[name]) for k, name in enumerate(terms, start=1)}
    name = terms[weakest]
    why = f"Its p has risen above {search.threshold:g}."
    return _step(search, "drop", name, why, tuple(term for term in terms if term != name), tried)


def _stop(
    search: _Search, terms: tuple[str, ...], tried: Mapping[str, Trial], why: str
) -> SelectionStep:
    return _step(search, "stop", "", f"{why}.", terms, tried)


def _why_none(search: _Search, tried: Mapping[str, Trial]) -> str:
    if not tried:
        return "Every candidate is in the model"
    if all(trial.note for trial in tried.values()):
        return "No candidate is left that could be tested"
    return f"No candidate left has p below {search.threshold:g}"


def _step(
    search: _Search,
    action: Any,  # noqa: ANN401 - one of the three words of an action
    candidate: str,
    why: str,
    terms: tuple[str, ...],
    tried: Mapping[str, Trial],
) -> SelectionStep:
    fit = search.fit(terms)
    return SelectionStep(action, candidate, why, terms, _squared(fit), _adjusted(fit), dict(tried))


def _trial(fit: Any, k: int, other: Any) -> Trial:  # noqa: ANN401 - statsmodels ships no types
    """Return parameter ``k`` of a fit, with the R² of the model that the step would lead to."""
    return Trial(
        coefficient=float(fit.params[k]),
        std_err=float(fit.bse[k]),
        p=float(fit.pvalues[k]),
        r_squared=_squared(other),
        adjusted_r_squared=_adjusted(other),
    )


def _squared(fit: Any) -> float:  # noqa: ANN401 - as above
    return float(fit.rsquared)


def _adjusted(fit: Any) -> float:  # noqa: ANN401 - as above
    return float(fit.rsquared_adj)


def _require_enough(response: Floats, candidates: Mapping[str, Floats]) -> None:
    least = len(candidates) + 3
    if len(response) < least:
        message = (
            f"{len(response)} rows are too few for {len(candidates)} candidates; at least {least} "
            "are needed."
        )
        raise InputError([Problem(FIELD, message, "more rows, or fewer candidates")])
    if np.ptp(response) == 0.0:
        message = "all rows have the same error; there is nothing to explain."
        raise InputError([Problem(FIELD, message)])
