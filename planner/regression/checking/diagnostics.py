"""Did the sampler do its work? Numbers, thresholds and a verdict for each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.model_checks import CheckVerdict
from planner.domain.model.specification import ModelSpec


@dataclass(frozen=True)
class Thresholds:
    """What a fit must reach to be written.

    Attributes
    ----------
    max_rhat : float
        Rank-normalised split R-hat; 1.01 as in Vehtari et al. (2021), Bayesian Analysis 16(2).
    min_ess : float
        Bulk and tail effective sample size over all chains: 100 for each of four chains.
    max_divergences : int
        Divergent transitions after tuning.
    min_bfmi : float
        Energy: estimated Bayesian fraction of missing information of every chain.
    """

    max_rhat: float = 1.01
    min_ess: float = 400.0
    max_divergences: int = 0
    min_bfmi: float = 0.3


@dataclass(frozen=True)
class ParameterSummary:
    """Posterior moments and convergence of one scalar, before thinning."""

    mean: float
    sd: float
    rhat: float
    ess_bulk: float
    ess_tail: float


@dataclass(frozen=True)
class SamplerCheck:
    """One number held against its threshold."""

    name: str
    value: float
    threshold: float
    verdict: CheckVerdict
    worst: str
    advice: str


@dataclass(frozen=True)
class Diagnostics:
    """How a sampling run went.

    Attributes
    ----------
    parameters : mapping of str to ParameterSummary
        Every scalar parameter and every stored effect.
    divergences : int
        After tuning, over all chains.
    bfmi : tuple of float
        One for each chain.
    mean_tree_steps : float
        Gradient evaluations for each draw.
    """

    parameters: Mapping[str, ParameterSummary]
    divergences: int
    bfmi: tuple[float, ...]
    mean_tree_steps: float

    def checks(self, limits: Thresholds | None = None) -> tuple[SamplerCheck, ...]:
        """Return each diagnostic with its threshold and verdict."""
        bounds = limits or Thresholds()
        shaky = {name: each.rhat for name, each in self.parameters.items()}
        bulk = {name: each.ess_bulk for name, each in self.parameters.items()}
        tail = {name: each.ess_tail for name, each in self.parameters.items()}
        energy = {f"chain {i + 1}": value for i, value in enumerate(self.bfmi)}
        return (
            _at_most("R-hat", shaky, bounds.max_rhat, "tune and draw longer"),
            _at_least("bulk ESS", bulk, bounds.min_ess, "draw longer"),
            _at_least("tail ESS", tail, bounds.min_ess, "draw longer"),
            _at_most(
                "divergences",
                {"all chains": float(self.divergences)},
                float(bounds.max_divergences),
                "raise the target acceptance, or declare a group centred or not centred",
            ),
            _at_least("BFMI", energy, bounds.min_bfmi, "tune longer; look at the widest priors"),
        )

    def passes(self, limits: Thresholds | None = None) -> bool:
        """Tell whether every threshold is met."""
        return all(check.verdict == "PASS" for check in self.checks(limits))

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnostics as they are written, rounded to six significant digits."""
        return {
            "verdict": "PASS" if self.passes() else "FAIL",
            "checks": [_rounded(asdict(check)) for check in self.checks()],
            "divergences": self.divergences,
            "bfmi": [_six(value) for value in self.bfmi],
            "mean_tree_steps": _six(self.mean_tree_steps),
            "parameters": {name: _rounded(asdict(p)) for name, p in self.parameters.items()},
        }


def diagnose(trace: Any, spec: ModelSpec, labels: Mapping[str, Sequence[str]]) -> Diagnostics:  # noqa: ANN401 - a DataTree, which xarray does not type
    """Return R-hat, bulk and tail ESS of all scalars and stored effects, divergences and energy.

    Parameters
    ----------
    trace : DataTree
        With ``posterior`` and ``sample_stats``.
    spec : ModelSpec
        Names the parameters.
    labels : mapping of str to sequence of str
        Of the stored effects.
    """
    values = {name: _of(trace, name) for name in spec.hyper_names}
    for name in spec.stored_names:
        effects = _of(trace, name)
        values |= {f"{name}[{label}]": effects[..., i] for i, label in enumerate(labels[name])}
    stats = trace["sample_stats"]
    steps = stats["n_steps"] if "n_steps" in stats else stats["tree_size"]
    return Diagnostics(
        # A parameter fixed by its prior does not move and has no R-hat.
        parameters={name: _summary(v) for name, v in values.items() if np.ptp(v) > 0.0},
        divergences=int(np.asarray(stats["diverging"].values).sum()),
        bfmi=tuple(_bfmi(energy) for energy in np.asarray(stats["energy"].values)),
        mean_tree_steps=float(np.asarray(steps.values).mean()),
    )


def _of(trace: Any, name: str) -> Floats:  # noqa: ANN401 - as above
    return np.asarray(trace["posterior"][name].values, dtype=np.float64)


def _summary(values: Floats) -> ParameterSummary:
    import arviz

    return ParameterSummary(
        mean=float(values.mean()),
        sd=float(values.std()),
        rhat=float(arviz.rhat(values)),
        ess_bulk=float(arviz.ess(values, method="bulk")),
        ess_tail=float(arviz.ess(values, method="tail", prob=(0.05, 0.95))),
    )


def _bfmi(energy: Floats) -> float:
    return float(np.mean(np.diff(energy) ** 2) / np.var(energy))


def _at_most(name: str, values: Mapping[str, float], limit: float, advice: str) -> SamplerCheck:
    worst = max(values, key=lambda key: _finite(values[key], np.inf))
    return _check(name, worst, values[worst], limit, values[worst] <= limit, advice)


def _at_least(name: str, values: Mapping[str, float], limit: float, advice: str) -> SamplerCheck:
    worst = min(values, key=lambda key: _finite(values[key], -np.inf))
    return _check(name, worst, values[worst], limit, values[worst] >= limit, advice)


def _check(
    name: str, worst: str, value: float, limit: float, good: np.bool_ | bool, advice: str
) -> SamplerCheck:
    verdict: CheckVerdict = "PASS" if good else "FAIL"
    return SamplerCheck(name, value, limit, verdict, worst, "none needed" if good else advice)


def _finite(value: float, otherwise: float) -> float:
    return value if np.isfinite(value) else otherwise


def _rounded(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _six(v) if isinstance(v, float) else v for k, v in entries.items()}


def _six(value: float) -> float | None:
    """Round to six significant digits; what is not a number becomes null in JSON."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
