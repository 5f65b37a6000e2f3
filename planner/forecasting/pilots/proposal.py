"""Which values of a project's unknowns are proposed, with what weights, and which are kept?

Importance sampling for all draws at once. Weights are exact, so that draws of the population are
reweighted too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from planner.domain.arrays import Floats, Places
from planner.forecasting.noise_belief import NoiseBelief
from planner.forecasting.pilots.importance import coupled_rows, pareto_smooth
from planner.forecasting.pilots.scene import Scene
from planner.forecasting.pilots.stacked import cholesky, solve_lower, solve_upper, spread_axes

_SEARCH_STEPS = 8
_LEVEL_STEPS = 2
_LONGEST_STEP = 1.5  # prior standard deviations; Gauss-Newton overshoots near chance


K_HAT_LIMIT = 0.7
"""Above it the tail of the weights is too heavy for their averages to be relied on."""

FEWEST_EFFECTIVE = 400.0
"""Effective draws below which an update is not relied on."""

FEWEST_HOPEFUL = 50.0
"""Effective draws below which more proposals of the same kind would not be enough."""

_REFERENCE_DRAWS = 8


@dataclass(frozen=True)
class ProposalEffort:
    """How many proposals each draw makes, and how wide.

    Attributes
    ----------
    copies : int
        Proposals for each draw of the population.
    layers : int
        Assignments of discrepancy sizes among which the copies are divided: a draw whose size the
        pilots contradict gets another chance with another one.
    widening : float
        Factor on the scale of the Laplace approximations.
    degrees : float
        Of freedom of the Student-t proposals.
    """

    copies: int = 2
    layers: int = 1
    widening: float = 1.15
    degrees: float = 6.0


FIRST_TRY = ProposalEffort()
SECOND_TRY = ProposalEffort(copies=8, layers=4, widening=1.6)
"""Four times the proposals, as wide as those of a likelihood tempered to 0.4."""

LEARNED = ProposalEffort(copies=4, layers=2)
"""Where noise and sizes are proposed anew, so that fewer proposals are as good."""

WITHIN_DRAWS = ProposalEffort(copies=24, layers=6)
"""For draws that rest on the pilots already: each is kept, and its own proposals alone compete."""


@dataclass(frozen=True)
class UpdateQuality:
    """How far an update can be relied on.

    Attributes
    ----------
    k_hat : float
        Pareto shape of the weights' tail; above 0.7 they cannot be relied on.
    effective_draws : float
        Effective number of population draws.
    moved : float
        Share of rows that now stand for another population draw.
    """

    k_hat: float
    effective_draws: float
    moved: float

    @property
    def is_reliable(self) -> bool:
        """Whether averages over the draws can be relied on."""
        return self.k_hat <= K_HAT_LIMIT and self.effective_draws >= FEWEST_EFFECTIVE


@dataclass(frozen=True, eq=False)
class Proposal:
    """Proposed states of every draw.

    Attributes
    ----------
    standardised : ndarray of shape (n_unknown, n_copies, n_draws)
        Unknowns, each a standard normal before the pilots.
    log_weights : ndarray of shape (n_copies, n_draws)
        Up to a constant.
    sigma : ndarray of shape (n_copies, n_draws)
        Repeat noise.
    sizes : ndarray of shape (n_copies, n_draws), or None
        Of the discrepancy; None where all projects have the declared scale.
    """

    standardised: Floats
    log_weights: Floats
    sigma: Floats
    sizes: Floats | None

    @classmethod
    def joined(cls, layers: "Sequence[Proposal]") -> "Proposal":
        """Return the copies of several proposals."""
        sizes = [layer.sizes for layer in layers if layer.sizes is not None]
        return cls(
            standardised=np.concatenate([layer.standardised for layer in layers], axis=1),
            log_weights=np.concatenate([layer.log_weights for layer in layers]),
            sigma=np.concatenate([layer.sigma for layer in layers]),
            sizes=np.concatenate(sizes) if sizes else None,
        )


@dataclass(frozen=True, eq=False)
class ProposedRows:
    """What each row stands for.

    Attributes
    ----------
    index : ndarray of int, shape (n_rows,)
        Population draw.
    standardised : ndarray of shape (n_unknown, n_rows)
        Unknowns.
    sigma : ndarray of shape (n_rows,)
        Repeat noise.
    sizes : ndarray of shape (n_rows,), or None
        Of the discrepancy.
    quality : UpdateQuality
        Of the weights.
    """

    index: Places
    standardised: Floats
    sigma: Floats
    sizes: Floats | None
    quality: UpdateQuality


def condition(scene: Scene) -> ProposedRows:
    """Return rows that follow the posterior given the pilots; harder where that is not enough."""
    chosen = resample(scene, propose(scene, FIRST_TRY))
    if chosen.quality.is_reliable:
        return chosen
    if chosen.quality.effective_draws >= FEWEST_HOPEFUL:
        chosen = resample(scene, propose(scene, SECOND_TRY))
        if chosen.quality.is_reliable:
            return chosen
    learned = resample(scene, propose_learned(scene, LEARNED))
    better = learned.quality.effective_draws > chosen.quality.effective_draws
    return learned if better or learned.quality.is_reliable else chosen


def condition_within_draws(scene: Scene) -> ProposedRows:
    """Return rows for draws of a model that was fitted with the pilots.

    The draws are those of the posterior given the pilots, and are all kept: weighting them by the
    pilots once more would count these twice. Only what belongs to the project is chosen by weight.
    """
    proposal = propose(scene, WITHIN_DRAWS)
    within = np.exp(proposal.log_weights - proposal.log_weights.max(axis=0))
    within /= within.sum(axis=0)
    smooth = pareto_smooth(np.log(np.maximum(within, np.finfo(np.float64).tiny)).ravel())
    n_copies, n_draws = within.shape
    generator = scene.luck.generator("resampling within draws")
    copy = (np.cumsum(within, axis=0) < generator.random(n_draws)).sum(axis=0)
    copy = np.minimum(copy, n_copies - 1)
    index = np.arange(n_draws)
    return ProposedRows(
        index=index,
        standardised=proposal.standardised[:, copy, index],
        sigma=proposal.sigma[copy, index],
        sizes=None if proposal.sizes is None else proposal.sizes[copy, index],
        quality=UpdateQuality(smooth.k_hat, min(smooth.effective, float(n_draws)), 0.0),
    )


def propose(scene: Scene, effort: ProposalEffort) -> Proposal:
    """Return proposals for every draw with exact weights."""
    if scene.law.spread == 0.0:
        return _propose_layer(scene, replace(effort, layers=1), "0")
    each = replace(effort, copies=effort.copies // effort.layers)
    return Proposal.joined(
        [
            _propose_layer(scene.with_sizes(layer), each, f"{layer}")
            for layer in range(effort.layers)
        ]
    )


def propose_learned(scene: Scene, effort: ProposalEffort) -> Proposal:
    """Return proposals whose noise and discrepancy are where the runs put them."""
    belief = NoiseBelief.learn(
        scene.sigma,
        has_sizes=scene.law.spread > 0.0,
        log_evidence=lambda sigma, share: _log_evidence(scene, sigma, share),
    )
    each = replace(effort, copies=effort.copies // effort.layers)
    return Proposal.joined(
        [_propose_believed(scene, belief, each, f"learned {at}") for at in range(effort.layers)]
    )


def _propose_believed(
    scene: Scene, belief: NoiseBelief, effort: ProposalEffort, name: str
) -> Proposal:
    generator = scene.luck.generator("noise", name)
    sigma, deviates, log_ratio = belief.draw(generator, len(scene.sigma))
    sizes = scene.law.sizes(deviates) if scene.law.spread > 0.0 else None
    found = _propose_layer(replace(scene, sigma=sigma, sizes=sizes), effort, name)
    return replace(found, log_weights=found.log_weights + log_ratio)


def _log_evidence(scene: Scene, sigma: Floats, share: Floats) -> Floats:
    """Return the log likelihood of the runs for noise and sizes, averaged over a few draws."""
    draws = np.linspace(0, len(scene.sigma) - 1, _REFERENCE_DRAWS).astype(np.intp)
    index, n = np.tile(draws, len(sigma)), len(draws)
    sizes = scene.law.sizes(ndtri(share).repeat(n)) if scene.law.spread > 0.0 else None
    there = scene.at(index, sigma.repeat(n), sizes)
    mode, root = find_mode(there)
    log_volume = sum(np.log(root[at, at]) for at in range(len(root)))
    each = (log_density(there, mode) - log_volume).reshape(-1, n)
    largest = each.max(axis=1)
    return np.asarray(largest + np.log(np.exp(each - largest[:, None]).mean(axis=1)))


def _propose_layer(scene: Scene, effort: ProposalEffort, name: str) -> Proposal:
    """Return proposals with one assignment of noise and discrepancy sizes to the draws."""
    generator = scene.luck.generator("proposal", f"{effort.copies}", name)
    mode, root = find_mode(scene)
    n_levels, n_draws = scene.n_levels, len(scene.sigma)
    shape = (effort.copies, n_draws)
    start = mode[:, None].repeat(effort.copies, axis=1)

    slopes, log_slopes = _student(
        generator, root[n_levels:, n_levels:], start[n_levels:], shape, effort
    )
    # where the levels would go if the curve were straight: H_ll d_l = -H_ls d_s
    shift = np.einsum(
        "ijs,jcs->ics", _cross(root, n_levels), slopes - start[n_levels:], optimize=False
    )
    levels = start[:n_levels] - solve_upper(root[:n_levels, :n_levels], shift)
    levels, level_root = _settle_levels(scene, levels, slopes)
    levels, log_levels = _student(generator, level_root, levels, shape, effort)
    standardised = np.concatenate([levels, slopes])
    log_weights = log_density(scene, standardised) - log_slopes - log_levels
    sizes = None if scene.sizes is None else np.broadcast_to(scene.sizes, shape)
    return Proposal(standardised, log_weights, np.broadcast_to(scene.sigma, shape), sizes)


def log_density(scene: Scene, standardised: Floats) -> Floats:
    """Return log prior plus log likelihood up to a constant, shape (n_copies, n_draws)."""
    residual = scene.whiten(scene.residual(standardised))
    density = -0.5 * (np.sum(standardised**2, axis=0) + np.sum(residual**2, axis=0))
    return np.asarray(density - scene.log_noise_volume())


def find_mode(scene: Scene) -> tuple[Floats, Floats]:
    """Return every draw's posterior mode and the Cholesky factor of its precision."""
    mode = np.zeros((scene.n_unknown, len(scene.sigma)))
    for _ in range(_SEARCH_STEPS):
        gradient, root = _gauss_newton(scene, mode)
        step = solve_upper(root, solve_lower(root, gradient))
        step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(axis=0), 1e-300))
        mode = mode + step
        if np.abs(step).max() < 1e-3:  # weights are exact, the mode need not be
            break
    return mode, _gauss_newton(scene, mode)[1]


def _settle_levels(scene: Scene, levels: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Return the levels' mode given the slopes, and the factor of their precision."""
    n_levels = scene.n_levels
    for _ in range(_LEVEL_STEPS):
        gradient, root = _gauss_newton(scene, np.concatenate([levels, slopes]), n_levels)
        step = solve_upper(root, solve_lower(root, gradient))
        levels = levels + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
    return levels, _gauss_newton(scene, np.concatenate([levels, slopes]), n_levels)[1]


def _gauss_newton(
    scene: Scene, standardised: Floats, n_free: int | None = None
) -> tuple[Floats, Floats]:
    """Return gradient and Cholesky factor of the precision in the first unknowns."""
    residual, changes = scene.linearised(standardised)
    n_free = scene.n_unknown if n_free is None else n_free
    white, steep = scene.whiten(residual), [scene.whiten(change) for change in changes]
    unknowns = [(p, at) for p, part in enumerate(scene.parts) for at in range(len(part.distinct))]
    gradient = -standardised[:n_free]
    precision = np.zeros((n_free, *gradient.shape))
    for option, runs in enumerate(scene.runs_of):
        inner = _products([change[runs] for change in steep], white[runs])
        loading = [
            spread_axes(scene.parts[p].loading[option, at], residual.ndim - 1)
            for p, at in unknowns[:n_free]
        ]
        for i, (p, _) in enumerate(unknowns[:n_free]):
            gradient[i] += loading[i] * inner[p][-1]
            for j, (q, _) in enumerate(unknowns[: i + 1]):
                precision[i, j] += loading[i] * loading[j] * inner[p][q]
    for i in range(n_free):
        precision[i, i] += 1.0
        precision[:i, i] = precision[i, :i]
    return gradient, cholesky(precision)


def _products(columns: Sequence[Floats], white: Floats) -> list[list[Floats]]:
    """Return sums over runs of each column times each column, and last times the residual."""
    return [[np.sum(left * right, axis=0) for right in (*columns, white)] for left in columns]


def _student(
    generator: np.random.Generator,
    root: Floats,
    centre: Floats,
    shape: tuple[int, int],
    effort: ProposalEffort,
) -> tuple[Floats, Floats]:
    """Return Student-t proposals about a mode and their log density up to a constant."""
    n, degrees = len(centre), effort.degrees
    normals = generator.standard_normal((n, *shape))
    squares = np.sum(normals**2, axis=0)
    mixing = generator.chisquare(degrees, shape) / degrees
    step = solve_upper(spread_axes(root, 2 + len(shape)), normals / np.sqrt(mixing))
    log_volume = sum(np.log(root[at, at]) for at in range(n))
    log_density = log_volume - 0.5 * (degrees + n) * np.log1p(squares / mixing / degrees)
    return centre + effort.widening * step, np.asarray(log_density)


def resample(scene: Scene, proposal: Proposal) -> ProposedRows:
    """Return equally weighted rows; each half of the draws is resampled on its own."""
    n_copies, n_draws = proposal.log_weights.shape
    largest = proposal.log_weights.max(axis=0)
    within = np.exp(proposal.log_weights - largest)
    total = within.sum(axis=0)
    log_weights = largest + np.log(total)
    smooth = pareto_smooth(log_weights)
    generator = scene.luck.generator("resampling", f"{n_copies}")
    index = np.empty(n_draws, dtype=np.intp)
    for half in (slice(0, n_draws // 2), slice(n_draws // 2, n_draws)):
        weights = smooth.weights[half]
        if not weights.sum() > 0.0:  # all weight lies in the other half
            weights = np.exp(log_weights[half] - log_weights[half].max())
        weights = weights / weights.sum()
        index[half] = half.start + coupled_rows(weights, generator.random())
    share = np.cumsum(within / total, axis=0)[:, index]
    copy = np.minimum((share < generator.random(n_draws)).sum(axis=0), n_copies - 1)
    moved = float(np.mean(index != np.arange(n_draws)))
    return ProposedRows(
        index=index,
        standardised=proposal.standardised[:, copy, index],
        sigma=proposal.sigma[copy, index],
        sizes=None if proposal.sizes is None else proposal.sizes[copy, index],
        quality=UpdateQuality(smooth.k_hat, smooth.effective, moved),
    )


def _cross(root: Floats, n_first: int) -> Floats:
    """Return L_21' of a Cholesky factor, (n_first, n_rest, n_draws): L_11 times it is H_12."""
    return root[n_first:, :n_first].transpose(1, 0, 2)
