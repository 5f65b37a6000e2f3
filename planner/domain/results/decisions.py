"""What do decisions earn where the truth is known? Records of ``planner validate --decisions``."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DecisionScore:
    """How plans of one kind did, over portfolios; worth is net, as a share of a clairvoyant's.

    Attributes
    ----------
    plan : str
        What it was made on.
    projects : int
        Planned.
    realised, promised : float
        What the measured curves gave, and what the plans' audits had said: sums over portfolios,
        each over the clairvoyant's sum.
    realised_se, excess_se : float
        Standard errors over portfolios, of ``realised`` and of promised less realised: the noise of
        one seed.
    committed : float
        Spent, as a share of what the clairvoyant spends.
    funded, met : int
        Projects funded, and those whose curve reached the target.
    """

    plan: str
    projects: int
    realised: float
    realised_se: float
    promised: float
    excess_se: float
    committed: float
    funded: int
    met: int

    @property
    def excess(self) -> float:
        """Promised less realised."""
        return self.promised - self.realised


@dataclass(frozen=True)
class DecisionGroup:
    """A group of data sets that a refit lacks, and the portfolios drawn from it.

    Attributes
    ----------
    name : str
        ``group 1`` and so on.
    datasets : tuple of str
        Left out of the refit.
    portfolios : int
        Drawn from it.
    scores : tuple of DecisionScore
        By plan.
    """

    name: str
    datasets: tuple[str, ...]
    portfolios: int
    scores: tuple[DecisionScore, ...]


@dataclass(frozen=True)
class OffGroup:
    """A group on which what one kind of plan promises is not what it realises.

    Attributes
    ----------
    group, plan : str
        Which.
    promised, realised : float
        Shares of the clairvoyant's worth.
    by_dataset : mapping of str to float
        The data sets that contribute most to promised less realised, by their part of it.
    """

    group: str
    plan: str
    promised: float
    realised: float
    by_dataset: Mapping[str, float]


@dataclass(frozen=True)
class DecisionTest:
    """Random portfolios of measured curves, planned with a fit that never saw their data sets.

    Attributes
    ----------
    model, model_sha256 : str
        Whose declaration was refitted.
    seed, portfolios, projects : int
        Of the draw; projects of each portfolio.
    curves : int
        That projects are drawn from.
    scores : tuple of DecisionScore
        All portfolios, by plan.
    groups : tuple of DecisionGroup
        The same by group of data sets.
    kinds : mapping of str to tuple of DecisionScore
        The same by kind of project: photographs, specialist images, segmentation.
    off : tuple of OffGroup
        Groups on which the model's promise is off by more than .10.
    max_rhat : float
        Worst of the four refits.
    divergences : int
        Of all four.
    notes : tuple of str
        How to read it.
    """

    model: str
    model_sha256: str
    seed: int
    portfolios: int
    projects: int
    curves: int
    scores: tuple[DecisionScore, ...]
    groups: tuple[DecisionGroup, ...]
    kinds: Mapping[str, tuple[DecisionScore, ...]]
    off: tuple[OffGroup, ...]
    max_rhat: float
    divergences: int
    notes: tuple[str, ...]
