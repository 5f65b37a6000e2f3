"""Which runs are on offer before the money is committed, and at what price?

Those the file offers for a project; otherwise the project's trainings on what is held, a probe of a
frozen backbone on the same images, and, where images can be bought, three sizes above: evenly
spaced on the log scale over the first half of the way to the limit. Labels are paid for and kept.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.portfolio.pilot_offer import PilotOffer
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from planner.domain.results.pilots import RunOffered
from planner.domain.vocabulary import Backbone, Mode, Task
from planner.economics.ledger import Counts, committed, entries_of, place_of, training_amounts
from planner.economics.money import to_cents
from planner.economics.training import PASSES
from planner.errors import UnsupportedError
from planner.forecasting.forecast import Forecast
from planner.forecasting.support import require_support
from planner.offering.grid import FEWEST_IMAGES
from planner.offering.options import Menu
from planner.planning.pilots.pooled import PoolPart, paid_once, parts_of
from planner.planning.prepare import Prepared

__all__ = ["Candidate", "candidates_of", "forecast_of_run", "price_of_all"]

MOST_TEST_IMAGES = 1000
PAID_BY_A_RUN = ("data", "training", "fixed")
"""Lines of the ledger; people and fixed costs of the system are paid by its delivery."""
SHARES_OF_THE_WAY = (1 / 6, 2 / 6, 3 / 6)
"""Of the way from what is held to the limit, in logarithms, at which larger runs are offered."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A run on offer to one project of a prepared portfolio.

    Attributes
    ----------
    index : int
        Place of the project in the file.
    run : RunOffered
        What it is.
    price_cents : int
        All that it costs.
    trained : Project
        The project as the run trains it: a probe is of a frozen backbone.
    is_probe : bool
        Only a head is trained where the project would train all layers.
    own_bought : int
        Images that it buys for the project alone.
    pools : tuple of PoolPart
        What it takes from pools; their cost is in the price.
    """

    index: int
    run: RunOffered
    price_cents: int
    trained: Project
    is_probe: bool = False
    own_bought: int = 0
    pools: tuple[PoolPart, ...] = ()


def candidates_of(prepared: Prepared, index: int, architecture: str) -> list[Candidate]:
    """Return the runs on offer to one project.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index : int
        Place of the project in the file.
    architecture : str
        To train where the offer names none.
    """
    project = prepared.menus[index].project
    if project.target_is_trivial:
        return []
    offers = project.pilots_on_offer or tuple(_usual(project, prepared.portfolio))
    found = (_candidate(prepared, index, offer, architecture) for offer in offers)
    return [one for one in found if one is not None and not _is_measured(one, project)]


def _test_images(project: Project, images: int) -> int | None:
    """Return how many images a run is tested on unless it is said: a fifth of what is held."""
    if project.task is Task.SEGMENTATION:
        return None
    return max(1, min(MOST_TEST_IMAGES, (project.images.held or images) // 5))


def _usual(project: Project, portfolio: Portfolio) -> Iterator[PilotOffer]:
    """Yield what is on offer where the file says nothing."""
    held, limit = project.images.held, project.images.limit
    if held >= FEWEST_IMAGES:
        yield PilotOffer(images=held)
        if project.backbone is Backbone.FINETUNED and project.pretrained:
            yield PilotOffer(images=held, backbone=Backbone.FROZEN)
    if portfolio.mode is Mode.COMMIT:  # where labelling stops at the target, it measures itself
        yield from (PilotOffer(images=images) for images in _larger(held, limit))


def _larger(held: int, limit: int) -> list[int]:
    """Return sizes beyond what is held, to two digits.

    Examples
    --------
    >>> _larger(8_000, 150_000), _larger(500, 500)
    ([13000, 21000, 35000], [])
    """
    start = max(held, FEWEST_IMAGES)
    if limit <= start:
        return []
    sizes = (start * (limit / start) ** share for share in SHARES_OF_THE_WAY)
    rounded = {_two_digits(size) for size in sizes}
    return sorted(size for size in rounded if start < size <= limit)


def _two_digits(number: float) -> int:
    unit = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(round(number / unit) * unit)


def _candidate(prepared: Prepared, index: int, offer: PilotOffer, usual: str) -> Candidate | None:
    """Return an offer with its price; None where the model knows nothing of such a run."""
    menu = prepared.menus[index]
    project = menu.project
    backbone = offer.backbone or project.backbone
    probe = backbone is Backbone.FROZEN
    trained = (
        project
        if backbone is project.backbone
        else replace(project, backbone=backbone, pretrained=project.pretrained or probe)
    )
    try:
        require_support(trained, prepared.posterior)
    except UnsupportedError:
        return None
    name = offer.architecture or usual
    pools = parts_of(menu, offer.images)
    own = max(0, offer.images - project.images.held) - sum(part.images for part in pools)
    cents = _price_cents(menu, prepared.portfolio, offer, name, own)
    cents += sum(part.cents for part in pools)
    run = RunOffered(
        project=project.id,
        architecture=name,
        backbone=str(backbone),
        images=offer.images,
        to_buy=own + sum(part.bought for part in pools),
        test_images=offer.test_images or _test_images(project, offer.images),
        price=cents / 100,
        weeks=offer.weeks or 0.0,
    )
    return Candidate(index, run, cents, trained, _is_probe(offer, project), own, pools)


def price_of_all(candidates: Iterable[Candidate]) -> int:
    """Return what several runs cost together, in cents: images of a pool are paid once."""
    every = list(candidates)
    parts = [part for candidate in every for part in candidate.pools]
    apart = sum(candidate.price_cents for candidate in every)
    return apart - sum(part.cents for part in parts) + paid_once(parts)


def _price_cents(
    menu: Menu, portfolio: Portfolio, offer: PilotOffer, architecture: str, bought: int
) -> int:
    """Return the price of a run less pooled images: labels, and what is said or training costs.

    A probe computes features once: a forward pass, a third of an epoch.
    """
    project, compute = menu.project, portfolio.compute
    rate = next((item for item in menu.rates if item.architecture == architecture), None)
    training = 0.0 if rate is None else float(training_amounts((rate,), compute)[0])
    if rate is not None and offer.trials is not None:
        training *= offer.trials / amount_mean(compute.trials)
    elif rate is not None and _is_probe(offer, project):
        training = rate.usd_per_image_epoch / PASSES
    counts = Counts(np.array([bought]), np.array([offer.images]))
    lines = committed(entries_of(project, training), counts, place_of(project))
    if offer.price is not None:
        return int(lines["data"][0]) + to_cents(offer.price, "price")
    return sum(int(lines[name][0]) for name in PAID_BY_A_RUN)


def _is_probe(offer: PilotOffer, project: Project) -> bool:
    """Whether only a head is trained where the project would train all layers."""
    return offer.backbone is Backbone.FROZEN and project.backbone is Backbone.FINETUNED


def _is_measured(candidate: Candidate, project: Project) -> bool:
    """Whether a run of the project says what the candidate would."""
    run = candidate.run
    return any(
        pilot.images == run.images
        and pilot.architecture in (None, run.architecture)
        and str(pilot.backbone or project.backbone) == run.backbone
        for pilot in project.pilots
    )


def forecast_of_run(prepared: Prepared, candidate: Candidate) -> Forecast:
    """Return the forecast that a run's measurement is drawn from."""
    menu = prepared.menus[candidate.index]
    if candidate.trained is menu.project:
        return menu.forecast
    known = prepared.catalogue.architectures
    return prepared.forecast_of(
        candidate.trained, prepared.posterior, architectures=known, seed=prepared.seed
    )
