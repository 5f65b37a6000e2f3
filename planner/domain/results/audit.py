"""A plan recomputed without the solver, on draws it never saw, beside simpler plans."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Baseline:
    """Another way to spend the budget, judged on the same held-out draws.

    Attributes
    ----------
    name : str
        ``do nothing``, ``equal split``, ``value per dollar`` or ``point plan``.
    committed : float
        What it spends.
    funded : int
        Projects it funds.
    held_out_value : float
        Its objective on the audit's draws, risk measure included.
    beaten : bool
        Whether the plan is worth at least as much.
    breaks : tuple of str
        User's rules it does not keep; it is then no alternative to the plan.
    """

    name: str
    committed: float
    funded: int
    held_out_value: float
    beaten: bool
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplicatedGap:
    """Mak–Morton–Wood interval of the plan's true optimality gap from replicated solves.

    Attributes
    ----------
    replications, draws_each : int
        Solves, and draws that each saw.
    mean, upper95 : float
        Mean gap, and the upper end of its one-sided 95 % interval, in units of the objective.
    """

    replications: int
    draws_each: int
    mean: float
    upper95: float


@dataclass(frozen=True)
class AuditResult:
    """The plan recomputed without the solver, and on draws the solve never saw.

    Attributes
    ----------
    held_out_value : float
        The objective on those draws, risk measure included: the worth to quote.
    held_out_expected : float or None
        The same without the risk measure, an expectation. None in plans saved before it was
        reported.
    in_sample_se : float or None
        Standard error that the number of draws leaves on ``in_sample_value``. None in plans saved
        before it was reported.
    """

    in_sample_value: float
    held_out_value: float
    held_out_draws: int
    solver_bound: float
    own_bound: float
    baselines: tuple[Baseline, ...] = ()
    replicated_gap: ReplicatedGap | None = None
    held_out_expected: float | None = None
    in_sample_se: float | None = None
