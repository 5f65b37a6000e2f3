"""Which uncertain input moves the value of a decision most?

The decision is held fixed. Each input is moved to its P10 and to its P90; all the others vary as
they do, so that a bar shows the expected value if this one input were known to be that. Prices are
moved exactly, since cost is linear in them. Inputs known only through the model's joint draws are
moved by conditioning: the expected value over the draws in which the input lies between its P5
and P15, and over those between its P85 and P95; what goes together with it in the posterior moves
along. Bars within twice their Monte Carlo error are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.quantities import Amount, Range
from planner.domain.results.explanation import Tornado, TornadoBar
from planner.domain.words.answers import tornado as words

__all__ = [
    "Holding",
    "UnitPrice",
    "band_bar",
    "build_tornado",
    "parts_of_errors",
    "price_bar",
    "tornado_of",
]


LOW_BAND, HIGH_BAND = (0.05, 0.15), (0.85, 0.95)
ERRORS_TO_TELL = 2.0
"""Standard errors that a bar must be wide to be told from Monte Carlo error."""

_SLOPE_OF_PUBLISHED = frozenset({"log10_images", "pretrained_log10_images"})
_LEVEL_OF_PUBLISHED = frozenset({"intercept", "relative_complexity", "type"})
_PARTS = {
    "level": words.LEVEL,
    "slope": words.SLOPE,
}


@dataclass(frozen=True)
class UnitPrice:
    """A price of a project's own.

    Attributes
    ----------
    name : str
        What it is called.
    unit : str
        What it is paid for, such as ``per image``.
    amount : float or Range
        Of one unit.
    units : float
        Expected to be paid.
    """

    name: str
    unit: str
    amount: Amount
    units: float


@dataclass(frozen=True, eq=False)
class Holding:
    """One funded option as the tornado reads it.

    Attributes
    ----------
    project : str
        Id.
    images : int
        Trained on.
    error : ndarray of shape (n_draws,)
        Realised error at that number of images, joint with every other holding's.
    met : ndarray of shape (n_draws,)
        1 where the target is met, else 0.
    stake : float
        What the objective counts for meeting it, as a present value.
    prices : tuple of UnitPrice
        Its own, those of compute apart.
    training : float
        Training cost expected, in currency.
    cost : float
        Cost expected, data and training included, in currency.
    present : float
        Present-value factor of its costs; 0 where the objective does not count cost.
    standing : float
        What the objective counts in every draw besides, as a present value.
    graded : ndarray of shape (n_draws,), optional
        What it counts in each draw where errors count themselves.
    in_use : tuple of UnitPrice
        What is earned and paid in use; the worth of one more unit, below 0 where it is paid.
    """

    project: str
    images: int
    error: Floats
    met: Floats
    stake: float
    prices: tuple[UnitPrice, ...] = ()
    training: float = 0.0
    cost: float = 0.0
    present: float = 1.0
    standing: float = 0.0
    graded: Floats | None = None
    in_use: tuple[UnitPrice, ...] = ()

    @property
    def moves(self) -> float:
        """By how much what is earned may differ between draws."""
        return max(self.stake, 0.0) if self.graded is None else float(np.ptp(self.graded))

    @property
    def value_draws(self) -> Floats:
        """Worth in each draw, cost at its expectation."""
        worth = self.stake * self.met - self.present * self.cost + self.standing
        return np.asarray(worth if self.graded is None else worth + self.graded)


def tornado_of(
    holdings: Sequence[Holding],
    posterior: Posterior,
    *,
    unit: str,
    compute_price: tuple[str, Amount | None] = (words.COMPUTE_HOUR, None),
    utilisation: Amount | None = None,
    trials: Amount | None = None,
    certain: float = 0.0,
    bought: Sequence[tuple[str, UnitPrice]] = (),
) -> Tornado:
    """Return the tornado of a decision: one project's option, or a whole plan.

    Parameters
    ----------
    holdings : sequence of Holding
        What is funded.
    posterior : Posterior
        Whose coefficients all projects share.
    unit : str
        Of the value: the currency, or ``targets``.
    compute_price : tuple of (str, float, Range or None)
        What the compute price is called, and its range if it has one.
    utilisation, trials : float, Range or None
        Their ranges, if they have one.
    certain : float
        Worth of what is bought beside the options, such as shared assets; at most 0.
    bought : sequence of (str, UnitPrice)
        What that is paid at, by the id of each asset; units as present values.
    """
    values = [holding.value_draws for holding in holdings]
    total = np.sum(values, axis=0) + certain if values else np.full(1, certain)
    centre = float(np.mean(total))
    bars: list[TornadoBar | None] = []
    for holding in holdings:
        for price in holding.prices:
            name = words.price_of(price.name, holding.project)
            per_unit = -holding.present * price.units
            bars.append(price_bar(name, price.unit, price.amount, centre, per_unit))
        for price in holding.in_use:
            name = words.price_of(price.name, holding.project)
            bars.append(price_bar(name, price.unit, price.amount, centre, price.units))
    for asset, price in bought:
        name = words.price_of(price.name, asset)
        bars.append(price_bar(name, price.unit, price.amount, centre, -price.units))
    training = sum(holding.present * holding.training for holding in holdings)
    bars += _compute_bars((compute_price, (words.TRIALS, trials)), utilisation, centre, training)
    if holdings:
        bars += _model_bars(holdings, posterior, total)
    return build_tornado(centre, unit, (bar for bar in bars if bar is not None))


def build_tornado(centre: float, unit: str, bars: Iterable[TornadoBar]) -> Tornado:
    """Return bars in the order of their width, widest first; ties in the order given."""
    ordered = sorted(bars, key=lambda bar: -bar.effect)
    return Tornado(centre, unit, tuple(bar for bar in ordered if bar.effect > 0))


def price_bar(
    name: str, unit: str, price: Amount | None, centre: float, per_unit: float
) -> TornadoBar | None:
    """Return the bar of a price that the value is linear in; None if it is known or has no effect.

    Parameters
    ----------
    price : float, Range or None
        Only a range is uncertain; the value stands at its mean.
    centre : float
        Value at the mean price.
    per_unit : float
        Change of the value for one more unit of price.
    """
    if not isinstance(price, Range) or per_unit == 0:
        return None
    mean = price.lognormal_mean
    low, high = (centre + per_unit * (at - mean) for at in (price.p10, price.p90))
    return TornadoBar(name, price.p10, price.p90, unit, low, high)


def band_bar(
    name: str, unit: str, draws: Floats, values: Floats, shown: tuple[float, float] | None = None
) -> TornadoBar | None:
    """Return the bar of an input known by draws; None where it cannot be told from no effect.

    Parameters
    ----------
    draws, values : ndarray of shape (n_draws,)
        Of the input and of the decision's value, joint.
    shown : tuple of float, optional
        How its P10 and P90 are printed; themselves by default.
    """
    if np.ptp(draws) == 0:
        return None
    rank = np.empty(len(draws))
    rank[np.argsort(draws, kind="stable")] = (np.arange(len(draws)) + 0.5) / len(draws)
    low, high = (values[(rank >= start) & (rank < stop)] for start, stop in (LOW_BAND, HIGH_BAND))
    if min(len(low), len(high)) < 2:
        return None
    at_low, at_high = float(low.mean()), float(high.mean())
    error = float(np.sqrt(low.var(ddof=1) / len(low) + high.var(ddof=1) / len(high)))
    if abs(at_high - at_low) <= ERRORS_TO_TELL * error:
        return None
    if shown is None:
        p10, p90 = np.quantile(draws, (0.1, 0.9), method="inverted_cdf")
        shown = (float(p10), float(p90))
    return TornadoBar(name, shown[0], shown[1], unit, at_low, at_high)


def parts_of_errors(log_errors: Floats, posterior: Posterior) -> dict[str, Floats]:
    """Return what moves the log10 errors of projects from draw to draw, part by part.

    Least squares of log10 error on the draws of the model's coefficients; the coefficients of the
    level of the curve are one part, those of its slope another, and what neither explains is the
    project's own luck: its data set, its curve, its repeats.

    Parameters
    ----------
    log_errors : ndarray of shape (n_draws, n_projects)
        log10 of the realised errors.
    posterior : Posterior
        On the same draws.

    Returns
    -------
    dict of str to ndarray of shape (n_draws, n_projects)
        ``level``, ``slope`` and ``luck``; each sums to 0, and together they are the departure from
        the mean of log10 error.
    """
    columns = {name: _columns(posterior, name, len(log_errors)) for name in _PARTS}
    centred = log_errors - log_errors.mean(axis=0)
    design = np.concatenate([columns["level"], columns["slope"]], axis=1)
    if design.shape[1] == 0:
        return {"luck": centred}
    weights, *_ = np.linalg.lstsq(design, centred, rcond=None)
    cut = columns["level"].shape[1]
    level, slope = columns["level"] @ weights[:cut], columns["slope"] @ weights[cut:]
    return {"level": level, "slope": slope, "luck": centred - level - slope}


def _columns(posterior: Posterior, part: str, n_draws: int) -> Floats:
    """Return the standardised draws of the coefficients of one part, shape (n_draws, k)."""
    if posterior.spec is None:
        wanted = _LEVEL_OF_PUBLISHED if part == "level" else _SLOPE_OF_PUBLISHED
    else:
        predictor = posterior.spec.level if part == "level" else posterior.spec.slope
        terms, groups = (predictor.terms, predictor.groups) if predictor else ((), ())
        wanted = frozenset(term.name for term in terms) | frozenset(
            group.name for group in groups if group.stored
        )
    found = [np.zeros((n_draws, 0))]
    for name in sorted(wanted & posterior.draws.keys()):
        draws = posterior.draws[name].reshape(posterior.n_draws, -1)[-n_draws:]
        spread = draws.std(axis=0)
        moves = spread > 1e-12 * np.maximum(1.0, np.abs(draws).max(axis=0))
        found.append((draws[:, moves] - draws[:, moves].mean(axis=0)) / spread[moves])
    return np.concatenate(found, axis=1)


def _compute_bars(
    factors: Iterable[tuple[str, Amount | None]],
    utilisation: Amount | None,
    centre: float,
    training: float,
) -> Iterator[TornadoBar | None]:
    """Yield the bars of what training is multiplied by, which all projects pay."""
    for name, amount in factors:
        if isinstance(amount, Range):
            yield price_bar(name, "", amount, centre, -training / amount.lognormal_mean)
    if isinstance(utilisation, Range) and training:
        from planner.economics.training import require_finite_mean

        mean = require_finite_mean(utilisation)  # of 1 / utilisation
        low, high = (
            centre - training * (1.0 / at / mean - 1.0) for at in (utilisation.p10, utilisation.p90)
        )
        yield TornadoBar(words.UTILISATION, utilisation.p10, utilisation.p90, "", low, high)


def _model_bars(
    holdings: Sequence[Holding], posterior: Posterior, total: Floats
) -> Iterator[TornadoBar | None]:
    """Yield the bars of level and slope, which all projects share, and of each project's luck."""
    errors = np.stack([np.log10(holding.error) for holding in holdings], axis=1)
    parts = parts_of_errors(errors, posterior)
    stakes = np.array([holding.moves for holding in holdings])
    stakes = stakes / stakes.sum() if stakes.sum() > 0 else np.full(len(stakes), 1 / len(stakes))
    for part, name in _PARTS.items():
        if part in parts:
            yield _error_bar(name, parts[part] @ stakes, total, holdings)
    for holding, luck in zip(holdings, parts["luck"].T, strict=True):
        yield _error_bar(words.own_luck(holding.project), luck, total, [holding])


def _error_bar(
    name: str, moved: Floats, total: Floats, holdings: Sequence[Holding]
) -> TornadoBar | None:
    """Return the bar of something that moves errors; shown as the error, or a factor on several."""
    p10, p90 = (float(q) for q in np.quantile(moved, (0.1, 0.9), method="inverted_cdf"))
    if len(holdings) == 1:
        middle = float(np.mean(np.log10(holdings[0].error)))
        unit = words.error_at(holdings[0].images)
        return band_bar(name, unit, moved, total, (10 ** (middle + p10), 10 ** (middle + p90)))
    return band_bar(name, words.ERRORS_EXPECTED, moved, total, (10**p10, 10**p90))
