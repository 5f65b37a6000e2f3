"""Everything the plan rests on that the reader did not decide just now, as plain data."""

from collections.abc import Collection, Iterable, Sequence

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.defaults import default_value_at
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import Basis, Metric, Objective
from planner.domain.words.assumptions import PRICE_RANGES, hold_words, image_levels
from planner.domain.words.judged import assumption
from planner.domain.words.shifts import shift_source
from planner.offering.deadline import NEVER, Deadline
from planner.offering.menus.fewer import LARGE_FROM, MOST_OF_LARGE
from planner.offering.options import Menu
from planner.offering.refinement import refinement_rounds


def list_assumptions(
    portfolio: Portfolio,
    posterior: Posterior,
    objective: Objective,
    *,
    seed: int,
    gap: float,
    deadline: Deadline = NEVER,
) -> dict[str, object]:
    """Return settings, sources and defaults behind a plan, ready for JSON.

    Parameters
    ----------
    portfolio, posterior, objective : optional
        What was planned, on what.
    seed, gap : int, float
        As asked for, or what was near enough where no gap was.
    deadline : Deadline
        Told where a time limit was asked for.
    """
    compute, size = portfolio.compute, len(portfolio.projects)
    return {
        "objective": str(objective),
        "mode": str(portfolio.mode),
        "risk": str(portfolio.risk.measure),
        "risk_settings": portfolio.risk.numbers,
        "horizon_years": portfolio.horizon_years,
        "discount_rate": portfolio.discount_rate,
        "hold": hold_words(portfolio.hold),
        "shared_cost_splits": {asset.id: str(asset.split) for asset in portfolio.shared},
        "go_chance": portfolio.go_chance,
        "pilot_chance": portfolio.pilot_chance,
        "compute": _compute_settings(compute),
        "training_prices": {},
        "image_prices": {p.id: _plain(p.images.price) for p in portfolio.projects},
        "price_ranges": PRICE_RANGES,
        **_published_shifts(portfolio),
        **_judged_on(portfolio),
        "baseline_entropy_nats": {p.id: p.baseline_entropy for p in portfolio.projects},
        "model": posterior.name,
        "evidence": posterior.evidence.description,
        "draws": {
            "total": posterior.n_draws,
            "solve": posterior.n_draws // 2,
            "audit": posterior.n_draws - posterior.n_draws // 2,
        },
        "seed": seed,
        "gap_asked": gap,
        **({"time_limit_s": deadline.asked_s} if deadline.is_set else {}),
        "image_levels": image_levels(
            refinement_rounds(size), MOST_OF_LARGE if size >= LARGE_FROM else None
        ),
        **_defaults(portfolio),
    }


def _published_shifts(portfolio: Portfolio) -> dict[str, object]:
    """Return the sources of published falls of accuracy, by project; nothing without any."""
    found = {one.id: source for one in portfolio.projects if (source := shift_source(one.shift))}
    return {"published_shifts": found} if found else {}


def _judged_on(portfolio: Portfolio) -> dict[str, object]:
    """Return what is assumed of measures other than accuracy, by project; nothing without any."""
    judged = [one for one in portfolio.projects if one.metric is not Metric.ACCURACY]
    return {"judged_on": {one.id: assumption(one.metric) for one in judged}} if judged else {}


def estimate_assumptions(
    portfolio: Portfolio, posterior: Posterior, *, seed: int
) -> dict[str, object]:
    """Return settings and defaults behind estimates of single projects, ready for JSON."""
    return {
        "compute": _compute_settings(portfolio.compute),
        "image_prices": {p.id: _plain(p.images.price) for p in portfolio.projects},
        **_published_shifts(portfolio),
        **_judged_on(portfolio),
        "baseline_entropy_nats": {p.id: p.baseline_entropy for p in portfolio.projects},
        "model": posterior.name,
        "evidence": posterior.evidence.description,
        "draws": posterior.n_draws,
        "seed": seed,
        **_defaults(portfolio),
    }


def training_prices(menus: Sequence[Menu], architectures: Collection[str]) -> dict[str, str]:
    """Return how each chosen architecture was priced: a sentence with sources and dates."""
    how = {rate.architecture: rate.how for menu in menus for rate in menu.rates}
    return {name: how[name] for name in sorted(architectures)}


def _compute_settings(compute: Compute) -> dict[str, object]:
    """Return what prices training, as far as the basis reads it."""
    common: dict[str, object] = {
        "basis": str(compute.basis),
        "epochs": compute.epochs,
        "trials": _plain(compute.trials),
        **{name: _plain(value) for name, value in _other_trainings(compute)},
    }
    if compute.basis is Basis.PAPER:
        return {**common, "usd_per_flop": _plain(compute.usd_per_flop)}
    return {
        **common,
        "accelerator": compute.accelerator,
        "usd_per_hour": _plain(compute.usd_per_hour),
        "utilisation": _plain(compute.utilisation),
    }


def _other_trainings(compute: Compute) -> Iterable[tuple[str, float | None]]:
    """Yield what few files set: repeated trainings, tests, and machines at once."""
    usual = Compute()
    for name in ("folds", "testing_overhead", "gpus", "scaling", "price_decline"):
        value = getattr(compute, name)
        if value != getattr(usual, name):
            yield name, value


def _defaults(portfolio: Portfolio) -> dict[str, object]:
    """Return the paths of settings that the user did not write, and what holds in their place."""
    paths = _defaults_used(portfolio)
    return {
        "defaults_used": paths,
        "default_values": {path: default_value_at(path) for path in paths},
    }


def _defaults_used(portfolio: Portfolio) -> list[str]:
    """Return the paths of settings that the user did not write."""
    asked = portfolio.given
    settings = [
        *(f"portfolio.{name}" for name in _PORTFOLIO_SETTINGS),
        *(f"compute.{name}" for name in _compute_settings(portfolio.compute)),
        *(path for project in portfolio.projects for path in _project_settings(project)),
    ]
    return [path for path in settings if path not in asked]


_PORTFOLIO_SETTINGS = (
    "currency",
    "objective",
    "mode",
    "risk",
    "discount_rate",
    "horizon_years",
    "go_chance",
    "pilot_chance",
)


def _project_settings(project: Project) -> Iterable[str]:
    here = f"projects[{project.id}]"
    return (f"{here}.{name}" for name in ("task", "pretrained", "backbone", "architectures"))


def _plain(amount: Amount | None) -> float | str | None:
    return str(amount) if isinstance(amount, Range) else amount
