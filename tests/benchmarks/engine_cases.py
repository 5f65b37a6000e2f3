"""Portfolios of any size with joint draws: what the engine is tested and timed on.

The error of a project follows a power law whose coefficients are shared by all projects, draw by
draw, plus the luck of the project and of each architecture. Success of an option is whether the
error at its images meets the target in that draw. Bits are packed as they are made, so the largest
case needs no more than its answer.
"""

import numpy as np

from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.outcomes import PackedOutcomes, empty_bits, set_success
from planner.offering.problem import DecisionProblem, LinearRow


def make_case(
    seed: int,
    n_projects: int,
    n_architectures: int,
    n_levels: int,
    n_draws: int,
    *,
    share: float = 0.25,
    risk: RiskMeasure | None = None,
    rows: bool = False,
    n_assets: int = 0,
) -> DecisionProblem:
    """Return a portfolio whose budget is a share of what funding everything at its middle costs.

    Parameters
    ----------
    seed : int
        Of everything.
    n_projects, n_architectures, n_levels, n_draws : int
        Size.
    share : float, default=0.25
        Of the cost of every project at its middle level.
    risk : RiskMeasure, optional
        0.5 mean + 0.5 CVaR of the worst tenth without.
    rows : bool, default=False
        Adds rules of every kind.
    n_assets : int, default=0
        Fixed costs, each needed by a fifth of the projects.
    """
    rng = np.random.default_rng(seed)
    per = n_architectures * n_levels
    total = n_projects * per
    bits = empty_bits(n_draws, total)
    level, slope = rng.normal(0, 0.25, n_draws), -0.25 + rng.normal(0, 0.04, n_draws)
    skills = rng.normal(0, 0.1, (n_architectures, n_draws))
    cents, value, worth = np.empty(total, np.int64), np.empty(total), np.empty(total)
    for project in range(n_projects):
        own = slice(project * per, (project + 1) * per)
        held = rng.integers(100, 20_000)
        images = np.geomspace(held, held * rng.uniform(5, 200), n_levels)
        start = rng.normal(-0.5, 0.2)
        luck = rng.normal(0, 0.3, n_draws)
        log_error = (start + level + luck)[None, None] + skills[:, None] * rng.uniform(0.5, 1.5)
        log_error = log_error + slope * np.log(images / held)[None, :, None]
        log_error = log_error + 0.1 * rng.normal(size=(n_architectures, 1, n_draws))
        success = (log_error <= -rng.uniform(0.6, 1.6)).reshape(per, n_draws)
        set_success(bits, own.start, success)
        price, training = rng.lognormal(2.5, 0.7), rng.lognormal(0, 1, n_architectures)
        fixed = rng.integers(1_000, 1_000_000)
        spend = (images - held) * price + np.outer(training, images) + fixed
        cents[own] = spend.ravel().astype(np.int64)
        value[own] = float(np.round(spend.mean() / 100 * rng.lognormal(1.2, 0.7)))
        worth[own] = value[own] * success.mean(axis=1) - cents[own] / 100
    outcomes = PackedOutcomes(
        bits=bits,
        value=value,
        certain_cents=cents.astype(np.float64),
        counts_cost=True,
        present=np.ones(total),
    )
    middle = np.median(cents.reshape(n_projects, per), axis=1).sum()
    owner = np.repeat(np.arange(n_projects), per)
    asset_cents, links = _assets(rng, owner, n_assets, middle / n_projects)
    return DecisionProblem(
        projects=tuple(f"p{i:05d}" for i in range(n_projects)),
        owner=owner,
        cents=cents,
        worth=worth,
        tie=np.tile(np.arange(per), n_projects),
        budget_cents=int(share * middle),
        rows=(*(_rules(rng, owner, cents) if rows else ()), *links),
        assets=tuple(f"a{g}" for g in range(n_assets)),
        asset_cents=asset_cents,
        asset_worth=-asset_cents / 100,
        risk=risk or RiskMeasure("cvar", level=0.9, weight=0.5),
        outcomes=outcomes,
    )


def _assets(
    rng: np.random.Generator, owner: np.ndarray, n_assets: int, typical: float
) -> tuple[np.ndarray, list[LinearRow]]:
    """Return costs of assets and the rows that link projects to them."""
    cents = (typical * rng.uniform(0.1, 2.0, n_assets)).astype(np.int64)
    n_projects = int(owner[-1]) + 1
    links = []
    for asset in range(n_assets):
        members = rng.permutation(n_projects)[: max(1, n_projects // 5)]
        links += [link_row(owner, int(m), asset) for m in np.sort(members)]
    return cents, links


def link_row(owner: np.ndarray, project: int, asset: int) -> LinearRow:
    """Return ``project funded ≤ asset owned``."""
    options = np.flatnonzero(owner == project)
    return LinearRow(
        name=f"needs[{project},{asset}]",
        rule="",
        options=options,
        option_coefficients=np.ones(len(options)),
        assets=np.array([asset]),
        asset_coefficients=np.array([-1.0]),
        limit=0.0,
    )


def _rules(rng: np.random.Generator, owner: np.ndarray, cents: np.ndarray) -> list[LinearRow]:
    """Return a rule of each kind: require, exclusive, fund, at least, period, largest share."""
    n_projects = int(owner[-1]) + 1
    some = rng.permutation(n_projects)
    half = np.flatnonzero(owner % 2 == 0)
    part = cents[half].astype(np.float64)
    whole = cents.astype(np.float64)
    whole[half] *= -1.0
    rows = [
        funded_row("require", owner, {int(some[0]): 1, int(some[-1]): -1}, 0.0),
        funded_row("exclusive", owner, dict.fromkeys(some[: n_projects // 3].tolist(), 1), 1.0),
        funded_row("fund", owner, {int(some[-1]): -1}, -1.0),
        funded_row("at_least", owner, dict.fromkeys(some[n_projects // 2 :].tolist(), -1), -2.0),
    ]
    nothing, none = np.zeros(0, dtype=np.int64), np.zeros(0)
    rows.append(
        LinearRow(
            "period[1]", "p", half, part, nothing, none, float(int(part.sum() / len(part) * 4))
        )
    )
    rows.append(LinearRow("share[0]", "s", np.arange(len(cents)), -whole, nothing, none, 0.0))
    return rows


def funded_row(name: str, owner: np.ndarray, terms: dict[int, int], limit: float) -> LinearRow:
    """Return ``Σ coefficient · funded[project] ≤ limit``."""
    options = np.flatnonzero(np.isin(owner, list(terms)))
    factors = np.array([float(terms[int(p)]) for p in owner[options]])
    nothing = np.zeros(0, dtype=np.int64)
    return LinearRow(name, name, options, factors, nothing, np.zeros(0), limit)
