"""Every option the plan may choose, priced, and what the shared assets cost: enough to check it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import repeat
from typing import Any

from planner.domain.arrays import Floats
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.named_project import named_project
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import SCHEMA_VERSION
from planner.offering.packing import pack_outcomes
from planner.planning.judge import option_ranges
from planner.planning.prepare import Prepared, prepare_unbudgeted


def options_report(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    project: str | None = None,
    pareto: bool = False,
    draws: bool = False,
    ranges: bool = False,
) -> dict[str, object]:
    """Return every option the plan may choose, priced, as ``planner options --json`` prints it.

    Of one ``project`` alone, if it is named. With ``pareto`` only those of each project that none
    is as likely as and costs no more; with ``draws`` each row has ``worth_draws``, what it is worth
    in each of the solve's draws; with ``ranges`` each has P10, P50 and P90 of its cost and of its
    net value on the draws of the audit, the same that a plan says of what it chose.

    Together with the file's rules it is enough to check a plan by brute force: the objective
    ``net_value`` sums ``expected_net_value``, ``value`` sums ``expected_value``,
    ``targets_met`` sums ``chance_of_target``, ``accuracy`` sums ``error_reduction``.
    ``net_value`` pays for shared assets on top: each asset of ``assets`` that a chosen option
    ``uses`` costs what stands with the largest number of
    images that one of its users takes from it (``pool_images``). With periods, a user's images are
    owned by the end of the period it starts in; a step from one cost to the next is paid then or in
    any period before. Where an option is used, ``running_present`` is what it is expected to pay,
    and under ``budget_covers: whole_life`` the budget binds ``running_at_cap`` on top.
    """
    if project is not None:
        named_project(portfolio, project)
    prepared = prepare_unbudgeted(portfolio, posterior, catalogue, seed=seed)
    asked = [i for i, item in enumerate(prepared.options) if project in {None, item.project}]
    return {
        "schema_version": SCHEMA_VERSION,
        "model": {"name": posterior.name, "sha256": posterior.sha256},
        "seed": seed,
        "inputs_sha256": portfolio.inputs_sha256,
        "objective": str(prepared.objective),
        "options": [
            row
            for index, own in zip(asked, _draws(prepared, asked, draws=draws), strict=True)
            for row in _rows(prepared, index, own, pareto=pareto, ranges=ranges)
        ],
        "assets": [_asset(prepared, number) for number in range(len(prepared.layout.ladders))],
    }


def _draws(prepared: Prepared, asked: Sequence[int], *, draws: bool) -> Iterator[Floats | None]:
    """Yield each project's worth of options by draw, shared assets left out, if it is asked for."""
    if not draws:
        yield from [None] * len(asked)
        return
    packed = pack_outcomes(
        prepared.groups(None), prepared.portfolio, prepared.objective, seed=prepared.seed
    )
    for index in asked:
        yield packed.worth_draws(prepared.numbers(index))


def _rows(
    prepared: Prepared, index: int, draws: Floats | None, *, pareto: bool, ranges: bool
) -> Iterator[dict[str, object]]:
    """Yield the options of one project that are asked for, with what is asked of each."""
    rows = list(option_rows(prepared.options[index], prepared.portfolio))
    kept = _likelier(rows) if pareto else list(range(len(rows)))
    strays = option_ranges(prepared, index, kept) if ranges else repeat(None)
    for row, found in zip(kept, strays, strict=False):
        yield {
            **rows[row],
            **({} if found is None else {"ranges": asdict(found)}),
            **({} if draws is None else {"worth_draws": draws[row]}),
        }


def _likelier(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Return which options of a project cost more only to be likelier, cheapest first.

    Of equals the first stands for all; shared assets are not counted.
    """
    most, kept = -1.0, []
    by_cost = sorted(
        range(len(rows)),
        key=lambda at: (rows[at]["cost_total"], -rows[at]["chance_of_target"]),
    )
    for at in by_cost:
        if rows[at]["chance_of_target"] > most:
            most = rows[at]["chance_of_target"]
            kept.append(at)
    return kept


def option_rows(options: ProjectOptions, portfolio: Portfolio) -> Iterable[dict[str, object]]:
    """Yield each option of a project as JSON has it."""
    for row in range(len(options)):
        way = 0 if options.use_index is None else int(options.use_index[row])
        start = 0 if options.start is None else int(options.start[row])
        yield {
            "project": options.project,
            "architecture": None if options.is_alternative[row] else options.architecture(row),
            "images_total": int(options.images_total[row]),
            "cost_total": int(options.total_cents[row]) / 100,
            "chance_of_target": float(options.chance[row]),
            "expected_value": float(options.expected_value[row]),
            "expected_net_value": float(options.expected_net_value[row]),
            **_errors_cut(options, row),
            **_running(options, row),
            **_choice(options, row),
            **_sought(options, row),
            **({} if options.grams is None else {"grams": int(options.grams[row])}),
            "images_to_buy": int(options.images_to_buy[row]),
            "start": portfolio.periods[start].id if portfolio.periods else None,
            "uses": list(options.uses[way]),
            "pool_images": {
                pool: int(options.pool_images[row, number])
                for number, pool in enumerate(options.pools)
                if options.pool_images is not None and pool in options.uses[way]
            },
        }


def _errors_cut(options: ProjectOptions, row: int) -> dict[str, object]:
    """Return by how much the error is expected to fall, where that is what counts."""
    return {} if options.errors_cut is None else {"error_reduction": float(options.errors_cut[row])}


def _choice(options: ProjectOptions, row: int) -> dict[str, object]:
    """Return what an option is of what is on offer besides networks, where anything is."""
    choice = options.choice(row)
    return {"choice": choice} if choice else {}


def _sought(options: ProjectOptions, row: int) -> dict[str, object]:
    """Return how many images an option buys of the rarest class alone, where any may be."""
    return {} if options.sought is None else {"images_sought": int(options.sought[row])}


def _running(options: ProjectOptions, row: int) -> dict[str, object]:
    """Return what an option is expected to pay in use; nothing where nothing is paid or earned."""
    if options.life is None:
        return {}
    bound = int(options.life.bound[row]) / 100
    at_cap = {"running_at_cap": bound} if bound else {}
    return {"running_present": float(options.expected_running[row]), **at_cap}


def _asset(prepared: Prepared, number: int) -> dict[str, object]:
    """Return what an asset costs in all, by the largest number of images taken from it."""
    ladder = prepared.layout.ladders[number]
    total, costs = 0, []
    for need, cents in zip(ladder.needs.tolist(), ladder.cents.tolist(), strict=True):
        total += cents
        costs.append({"images": need, "cost": total / 100})
    return {"id": ladder.asset.id, "kind": str(ladder.asset.kind), "costs": costs}
