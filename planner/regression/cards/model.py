"""What does a stored model say of itself?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.model_card import ComparisonRow, ModelCard, ParameterRow, Spread
from planner.domain.model.model_checks import CheckResult
from planner.domain.model.posterior import N_CHAINS, Posterior
from planner.domain.model.specification import ModelSpec, Prior
from planner.domain.published_equations import TERMS
from planner.regression.fitting.record import FitRecord, read_fit_record
from planner.regression.fitting.slopes import slope_draws

_EXACT = "exact draws in closed form; nothing was sampled"
_REFERENCE_DECADES = 3.5
_PUBLISHED_MEANINGS = {
    "intercept": "log10 error at one image",
    "log10_images": "per tenfold images",
    "pretrained_log10_images": "per tenfold images, if pretrained",
    "relative_complexity": "per unit of relative complexity",
    "type": "segmentation",
    "sigma": "noise of log10 error",
}


def model_card(posterior: Posterior, folder: Path) -> ModelCard:
    """Return everything ``planner model show`` prints."""
    return ModelCard(
        name=posterior.name,
        family=posterior.family,
        sha256=posterior.sha256,
        n_draws=posterior.n_draws,
        n_chains=N_CHAINS,
        evidence=posterior.evidence.description,
        images=posterior.evidence.images,
        provenance=dict(posterior.provenance),
        parameters=_parameters(posterior),
        labels={name: tuple(labels) for name, labels in posterior.labels.items()},
        sampling=sampling_checks(read_fit_record(folder)),
    )


def sampling_checks(record: FitRecord) -> tuple[CheckResult, ...]:
    """Return the sampler's checks as recorded with a fit.

    A model in closed form has one check, which passes; a model without any record fails.
    """
    if not record.checks:
        if "no sampler" in record.method:
            return (CheckResult("sampling", "PASS", None, None, _EXACT, "None needed."),)
        advice = "Fit the model anew with planner fit: nothing tells whether its draws converged."
        return (CheckResult("sampling", "FAIL", None, None, "no diagnostics recorded", advice),)
    return tuple(
        CheckResult(
            name=check.name,
            verdict=check.verdict,
            value=check.value,
            threshold=check.threshold,
            detail=f"worst: {check.worst}",
            advice=_sentence(check.advice),
        )
        for check in record.checks
    )


def spread(draws: Floats) -> Spread:
    """Return median and central 80 %; infinite quantiles as None."""
    values = np.quantile(draws, [0.5, 0.1, 0.9], method="inverted_cdf")
    return Spread(*(float(v) if np.isfinite(v) else None for v in values))


def corresponding(first: Posterior, second: Posterior) -> tuple[ComparisonRow, ...]:
    """Return the coefficients of two models that mean the same, side by side.

    Two models of one declaration share all names. Across families only what acts on log10 error
    far from the majority guess corresponds.
    """
    if first.spec is not None and second.spec is not None:
        shared = [n for n in first.spec.hyper_names if n in second.draws]
        if set(shared) == set(first.spec.hyper_names):
            return tuple(
                ComparisonRow(name, spread(first.draws[name]), spread(second.draws[name]))
                for name in shared
            )
    one, other = _concepts(first), _concepts(second)
    return tuple(
        ComparisonRow(
            what,
            spread(one[what]) if what in one else None,
            spread(other[what]) if what in other else None,
        )
        for what in dict.fromkeys((*one, *other))
    )


def implied_slopes(first: Posterior, second: Posterior) -> tuple[ComparisonRow, ...]:
    """Return the slopes of log10 error that two models imply for a new project."""
    one, other = slope_draws(first), slope_draws(second)
    return tuple(
        ComparisonRow(
            what,
            spread(one[what]) if what in one else None,
            spread(other[what]) if what in other else None,
        )
        for what in dict.fromkeys((*one, *other))
    )


def _concepts(posterior: Posterior) -> dict[str, Floats]:
    """Return draws by what they mean for log10 error."""
    draws, spec = posterior.draws, posterior.spec
    complexity, task = "per unit of relative complexity", "segmentation"
    pretraining, noise = "pretraining, at 3,162 images", "noise of one measurement, sd"
    if spec is None:
        return {
            complexity: draws["relative_complexity"],
            task: draws["type"],
            pretraining: _REFERENCE_DECADES * draws["pretrained_log10_images"],
            noise: draws["sigma"],
        }
    found: dict[str, Floats] = {}
    wanted = {
        ("complexity",): (complexity, 1.0),
        ("relative_complexity",): (complexity, 1.0),
        ("segmentation",): (task, 1.0),
        ("pretrained",): (pretraining, 1.0),
        ("log10_images", "pretrained"): (pretraining, _REFERENCE_DECADES),
    }
    for term in spec.level.terms:
        if (key := tuple(sorted(term.columns))) in wanted:
            what, factor = wanted[key]
            found[what] = found.get(what, 0.0) + factor * draws[term.name]
    found[noise] = np.sqrt(draws["sigma"] ** 2 + spec.discrepancy.scale**2)
    return found


def _parameters(posterior: Posterior) -> tuple[ParameterRow, ...]:
    spec = posterior.spec
    if spec is None:
        return tuple(
            ParameterRow(
                name,
                _PUBLISHED_MEANINGS[name],
                "reference prior",
                "adds nothing to what is published",
                spread(posterior.draws[name]),
            )
            for name in (*TERMS, "sigma")
        )
    return tuple(
        ParameterRow(
            name,
            meaning,
            prior_text(prior),
            why,
            spread(posterior.draws[name]),
            prior_spread(prior),
        )
        for name, meaning, prior, why in _declared(spec)
    )


def _declared(spec: ModelSpec) -> Sequence[tuple[str, str, Prior, str]]:
    rows = []
    for name, predictor in spec.predictors.items():
        for term in predictor.terms:
            columns = " x ".join(term.columns) or "constant"
            rows.append((term.name, f"{name}: {columns}", term.prior, term.why))
    for name, predictor in spec.predictors.items():
        for group in predictor.groups:
            meaning = f"{name}: sd over {', '.join(group.by)}"
            if group.times:
                meaning += f", if {' and '.join(group.times)}"
            rows.append((group.sd, meaning, group.sd_prior, group.why))
            if group.share_prior is not None:
                elsewhere = f"{name}: share of effects about {group.shift:g}"
                rows.append((group.share, elsewhere, group.share_prior, group.why))
    return [*rows, ("sigma", "noise of log10 error", spec.noise, "repeat-to-repeat")]


def prior_text(prior: Prior) -> str:
    """Return a prior as one reads it.

    Examples
    --------
    >>> prior_text(Prior("normal", -0.45, 0.5)), prior_text(Prior("half_normal", 0.0, 0.4))
    ('N(-0.45, 0.5)', 'HalfNormal(0.4)')
    """
    if prior.family == "normal":
        return f"N({prior.location:g}, {prior.scale:g})"
    if prior.family == "half_normal":
        return f"HalfNormal({prior.scale:g})"
    if prior.family == "lognormal":
        return f"LogNormal({np.exp(prior.location):.3g}, ×{np.exp(prior.scale):.3g})"
    if prior.family == "beta":
        return f"Beta(mean {prior.location:g}, weight {prior.scale:g})"
    return f"fixed at {prior.location:g}"


def prior_spread(prior: Prior) -> Spread | None:
    """Return median and central 80 % of a prior; None for what is fixed.

    Examples
    --------
    >>> found = prior_spread(Prior("normal", -0.45, 0.5))
    >>> round(found.p10, 4), found.median, round(found.p90, 4)
    (-1.0908, -0.45, 0.1908)
    """
    from scipy import stats

    if prior.family == "normal":
        law = stats.norm(prior.location, prior.scale)
    elif prior.family == "half_normal":
        law = stats.halfnorm(0.0, prior.scale)
    elif prior.family == "lognormal":
        law = stats.lognorm(prior.scale, 0.0, np.exp(prior.location))
    elif prior.family == "beta":
        law = stats.beta(prior.location * prior.scale, (1.0 - prior.location) * prior.scale)
    else:
        return None
    return Spread(*(float(law.ppf(level)) for level in (0.5, 0.1, 0.9)))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
