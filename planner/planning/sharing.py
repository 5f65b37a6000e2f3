"""What does a plan buy of its shared assets, who uses it, and what does each of them pay?

Read off the chosen options alone: what the solver says it bought plays no part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.portfolio.portfolio import Portfolio, SharedAsset
from planner.domain.results.option import ProjectOptions
from planner.domain.results.spending import SharedResult
from planner.economics.shared import Shares, User, asset_cents, split_cost
from planner.offering.steps import taken
from planner.offering.variants import present_factors


@dataclass(frozen=True)
class Use:
    """One funded project's use of an asset.

    Attributes
    ----------
    index : int
        Place of the project in the file.
    project : str
        Id.
    images : int
        Taken from the pool, those that it holds included; 0 without one.
    start : int
        Period from which it needs them.
    own_cents : int
        Committed cost of the project itself.
    gain : float
        Expected net value of the project before its shares.
    """

    index: int
    project: str
    images: int
    start: int
    own_cents: int
    gain: float


@dataclass(frozen=True)
class Purchase:
    """A shared asset as the plan buys it.

    Attributes
    ----------
    asset : SharedAsset
        What.
    uses : tuple of Use
        By whom.
    cents : tuple of int
        Paid in each period.
    present_cost : float
        Present value, in currency.
    """

    asset: SharedAsset
    uses: tuple[Use, ...]
    cents: tuple[int, ...]
    present_cost: float

    @property
    def total_cents(self) -> int:
        """Paid in all."""
        return sum(self.cents)

    @property
    def images(self) -> int:
        """Images in the pool: those held and those bought."""
        if self.asset.images is None:
            return 0
        return max(self.asset.images.held, max(use.images for use in self.uses))


def purchases(
    portfolio: Portfolio,
    options: Sequence[ProjectOptions],
    picks: Sequence[int | None],
    owned: Mapping[str, Sequence[int]] | None = None,
) -> tuple[Purchase, ...]:
    """Return what the chosen options need of the shared assets, and when it is paid.

    Parameters
    ----------
    portfolio, options, picks : optional
        What is chosen, in file order.
    owned : mapping of str to sequence of int, optional
        Images that each asset serves by the end of each period, −1 before it is bought, where
        something is bought before it is needed. By default each asset is bought in the period
        of its first user, and its pool grows by what later users need beyond it.
    """
    present = present_factors(portfolio)
    bought = []
    for asset in portfolio.shared:
        uses = tuple(_uses(asset, options, picks))
        if not uses:
            continue
        before, by_period = 0, []
        most = max(use.images for use in uses)
        for period in range(len(present)):
            need = max((use.images for use in uses if use.start <= period), default=-1)
            if owned is not None:
                need = max(need, min(owned[asset.id][period], most))
            owed = int(asset_cents(asset, np.array([need]))[0]) if need >= 0 else 0
            by_period.append(owed - before)
            before = owed
        cost = sum(
            cents * factor for cents, factor in zip(by_period, present.tolist(), strict=True)
        )
        bought.append(Purchase(asset, uses, tuple(by_period), cost / 100))
    return tuple(bought)


def _uses(
    asset: SharedAsset, options: Sequence[ProjectOptions], picks: Sequence[int | None]
) -> "list[Use]":
    found = []
    for index, (item, pick) in enumerate(zip(options, picks, strict=True)):
        if pick is None:
            continue
        way = 0 if item.use_index is None else int(item.use_index[pick])
        if asset.id in item.uses[way]:
            found.append(
                Use(
                    index,
                    item.project,
                    int(taken(item, asset)[pick]),
                    0 if item.start is None else int(item.start[pick]),
                    int(item.total_cents[pick]),
                    float(item.expected_net_value[pick]),
                )
            )
    return found


@dataclass(frozen=True)
class PurchaseSplit:
    """A purchase and how its cost is divided."""

    purchase: Purchase
    shares: Shares

    def present_share(self, project: str) -> float:
        """Return a project's share of the present cost: the same part as of the cost."""
        total = self.purchase.total_cents
        part = self.shares.cents.get(project, 0)
        return self.purchase.present_cost * part / total if total else 0.0


def split(
    bought: Sequence[Purchase], duals: dict[tuple[str, str], float], *, in_money: bool
) -> tuple[PurchaseSplit, ...]:
    """Split every purchase by its asset's rule.

    Parameters
    ----------
    bought : sequence of Purchase
        From :func:`purchases`.
    duals : dict
        Dual price, in currency, of each project's links to each asset, by project and asset id.
    in_money : bool
        Whether worth is net value, so that gains can be compared with shares.
    """
    splits = []
    for purchase in bought:
        pool = purchase.asset.images is not None
        users = [
            User(
                project=use.project,
                stand_alone_cents=int(
                    asset_cents(purchase.asset, np.array([use.images], dtype=np.int64))[0]
                ),
                usage=float(use.images if pool else use.own_cents),
                dual=duals.get((use.project, purchase.asset.id), 0.0),
                gain_cents=round(100 * use.gain) if in_money else None,
            )
            for use in purchase.uses
        ]
        splits.append(PurchaseSplit(purchase, split_cost(str(purchase.asset.split), users)))
    return tuple(splits)


def shared_result(item: PurchaseSplit) -> SharedResult:
    """Return the amortisation as the plan reports it; members that do not use it pay 0."""
    asset, shares = item.purchase.asset, item.shares
    return SharedResult(
        id=asset.id,
        cost=item.purchase.total_cents / 100,
        shares={member: shares.cents.get(member, 0) / 100 for member in asset.members},
        kind=str(asset.kind),
        split=shares.rule,
        images=item.purchase.images,
        stand_alone={project: cents / 100 for project, cents in shares.stand_alone_cents.items()},
        in_core=shares.in_core,
    )
