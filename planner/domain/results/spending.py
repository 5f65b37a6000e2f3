"""What a plan spends: by kind, in all, and by shared asset, period and business unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planner.domain.json_shape import ABSENT_IF_NONE

__all__ = ["BudgetResult", "Cost", "PeriodSpend", "SharedResult", "UnitSpend"]


class Cost(dict[str, float]):
    """Committed cost by kind, in the portfolio's currency, each exact to the cent."""

    ALWAYS = ("data", "training", "fixed")
    """Kinds that are there where nothing is spent on them as well; others only where it is."""
    INSIDE_FIXED = ("people", "build", "service")
    """Lines of the ledger that are printed as part of ``fixed``; what a life says itemises them."""

    def __init__(self, money: Mapping[str, float] | Iterable[tuple[str, float]] = ()) -> None:
        super().__init__(money or dict.fromkeys((*self.ALWAYS, "shared", "total"), 0.0))

    @classmethod
    def from_cents(cls, lines: Mapping[str, int], shared: int = 0) -> "Cost":
        """Build a cost whose parts sum to its total to the cent.

        Parameters
        ----------
        lines : mapping of str to int
            Cents of each line of the ledger.
        shared : int, default=0
            Share of shared assets.

        Examples
        --------
        >>> list(Cost.from_cents({"data": 1050, "storage": 25, "review": 0}, shared=500).values())
        [10.5, 0.0, 0.0, 0.25, 5.0, 15.75]
        """
        inside = sum(lines.get(kind, 0) for kind in cls.INSIDE_FIXED)
        spent = {k: cents for k, cents in lines.items() if cents and k not in cls.INSIDE_FIXED}
        spent["fixed"] = spent.get("fixed", 0) + inside
        parts = {kind: spent.pop(kind, 0) for kind in cls.ALWAYS} | spent | {"shared": shared}
        money = {kind: cents / 100 for kind, cents in parts.items()}
        return cls(money | {"total": sum(parts.values()) / 100})

    @property
    def data(self) -> float:
        """Labelling images."""
        return self.get("data", 0.0)

    @property
    def training(self) -> float:
        """Training."""
        return self.get("training", 0.0)

    @property
    def fixed(self) -> float:
        """Setting up a collection."""
        return self.get("fixed", 0.0)

    @property
    def shared(self) -> float:
        """The share of shared assets."""
        return self.get("shared", 0.0)

    @property
    def total(self) -> float:
        """All parts."""
        return self.get("total", 0.0)

    @property
    def parts(self) -> dict[str, float]:
        """What the total is the sum of, by kind."""
        return {kind: amount for kind, amount in self.items() if kind != "total"}


@dataclass(frozen=True)
class BudgetResult:
    """Budget, what is committed of it, what is left, and the worth of one more unit of money.

    Attributes
    ----------
    covers : str or None
        ``whole_life`` where the budget binds running cost as well.
    running_at_cap : float or None
        That running cost, as if all that is funded went live; what is left is less by it.
    """

    limit: float
    committed: float
    left: float
    shadow_price: float
    covers: str | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    running_at_cap: float | None = field(default=None, metadata={ABSENT_IF_NONE: True})


@dataclass(frozen=True)
class SharedResult:
    """A shared asset bought once and how its cost is split.

    Attributes
    ----------
    cost, shares
        In currency; the shares sum to the cost to the cent. Members that do not use it have 0.
    kind : str
        ``dataset`` or ``base_model``.
    split : str
        Rule: ``shapley``, ``equal``, ``usage`` (per image) or ``dual``.
    images : int
        Images in the pool; 0 without one.
    stand_alone : mapping of str to float
        What each user would pay if it bought the asset alone.
    in_core : bool
        Whether no group of users would pay less on its own.
    """

    id: str
    cost: float
    shares: Mapping[str, float]
    kind: str = ""
    split: str = ""
    images: int = 0
    stand_alone: Mapping[str, float] = field(default_factory=dict)
    in_core: bool = True

    @property
    def is_bought(self) -> bool:
        """Whether some project uses it; if not, it was on offer and left."""
        return self.cost > 0 or bool(self.stand_alone)


@dataclass(frozen=True)
class PeriodSpend:
    """Committed spend of one period against its budget."""

    id: str
    budget: float
    committed: float


@dataclass(frozen=True)
class UnitSpend:
    """Committed spend of one business unit.

    Attributes
    ----------
    id : str
        Name of the unit.
    committed : float
        What its projects commit, shares of shared assets included.
    projects, funded : int
        How many projects it has, and how many of them are funded.
    own : float or None
        What its projects commit without shares of shared assets: what the rules on shares of units
        count. None in plans saved before it was reported.
    own_share : float or None
        ``own`` over the same of all projects, in [0, 1]; 0 where nothing is spent.
    """

    id: str
    committed: float
    projects: int
    funded: int
    own: float | None = None
    own_share: float | None = None
