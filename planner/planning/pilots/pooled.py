"""A run may take its images from a pool: they are bought once and serve every member afterwards.

What the run pays for the pool, its fixed cost included, no plan pays again: the pool then holds
these images. Of several runs on one pool the largest pays for all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.portfolio import SharedAsset
from planner.domain.results.option import ProjectOptions
from planner.economics.shared import asset_cents
from planner.offering.options import Menu
from planner.offering.steps import taken
from planner.offering.variants import images_from_pools, pool_cents

__all__ = [
    "PoolPart", "cost_of", "credit_cents", "paid_once", "part_cents", "parts_of", "pools_after",
]  # fmt: skip


@dataclass(frozen=True)
class PoolPart:
    """What a run takes from one pool.

    Attributes
    ----------
    asset : SharedAsset
        The pool, as the file has it.
    images : int
        Taken from it, those that it holds included; more than 0.
    cents : int
        What buying so many costs.
    """

    asset: SharedAsset
    images: int
    cents: int

    @property
    def bought(self) -> int:
        """Images beyond those that the pool holds."""
        return max(0, self.images - (0 if self.asset.images is None else self.asset.images.held))


def parts_of(menu: Menu, images: int) -> tuple[PoolPart, ...]:
    """Return what a run on so many images takes from the pools that its project must use."""
    pools = [pool for pool in menu.ways[0].pools if pool.required] if menu.ways else []
    (counts,) = images_from_pools(menu.project, pools, np.array([images], dtype=np.int64))
    return tuple(
        PoolPart(pool, count, cost_of(pool, count))
        for pool, count in zip(pools, counts.tolist(), strict=True)
        if count > 0
    )


def cost_of(asset: SharedAsset, images: int) -> int:
    """Return what a pool costs in all if so many images are taken from it, in cents."""
    return int(asset_cents(asset, np.array([images], dtype=np.int64))[0])


def paid_once(parts: Iterable[PoolPart]) -> int:
    """Return what several runs pay for pools together: for each what the largest takes."""
    most: dict[str, int] = {}
    for part in parts:
        most[part.asset.id] = max(most.get(part.asset.id, 0), part.cents)
    return sum(most.values())


def pools_after(
    shared: Sequence[SharedAsset], parts: Iterable[PoolPart]
) -> tuple[SharedAsset, ...]:
    """Return the assets once runs have bought from some of them: images held, nothing due twice."""
    most: dict[str, int] = {}
    for part in parts:
        most[part.asset.id] = max(most.get(part.asset.id, 0), part.images)
    return tuple(_after(asset, most.get(asset.id, 0)) for asset in shared)


def _after(asset: SharedAsset, images: int) -> SharedAsset:
    pool = asset.images
    if pool is None or images == 0:
        return asset
    held = max(pool.held, images)
    set_up = pool.fixed_cost if held == pool.held else 0.0
    return replace(asset, fixed_cost=0.0, images=replace(pool, held=held, fixed_cost=set_up))


def part_cents(
    menu: Menu, options: ProjectOptions, parts: Sequence[PoolPart] = ()
) -> Floats | None:
    """Return a member's part of the pooled images of each option; None where it takes none.

    ``parts`` are those that a run has bought before.
    """
    if not options.pools:
        return None
    ways = [
        replace(way, assets=pools_after(way.assets, parts)) if parts else way for way in menu.ways
    ]
    return pool_cents(options, ways)


def credit_cents(part: PoolPart, chosen: Iterable[ProjectOptions]) -> int:
    """Return what of a run's pooled images the other members' plan of today pays in any case.

    ``chosen`` are the funded options of today's plan, one of each project.
    """
    need = max((int(taken(one, part.asset).max(initial=0)) for one in chosen), default=0)
    pool = part.asset.images
    if need == 0 or pool is None:
        return 0
    members = len(part.asset.members)
    return round(cost_of(part.asset, min(part.images, need)) * (members - 1) / members)
