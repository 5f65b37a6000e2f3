"""What stands beside a plan's decisions: shared assets, periods, units, simpler rules, its life."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import figure, money, percent_as_set, shorten
from planner.domain.results.audit import Baseline
from planner.domain.results.life import Life
from planner.domain.results.plan import Plan
from planner.domain.words.footprint import footprint_words
from planner.domain.words.life import left_out_words, line_words, payback_words
from planner.domain.words.worth import amount_of
from planner.reporting.columns import Surface
from planner.reporting.sections.plan_tables import asset_title, spend_tables
from planner.reporting.terminal.draw import draw_table, plain_table

_SPLIT_WORDS = {
    "shapley": "by the Shapley value: those who need a step of it share that step equally",
    "equal": "equally among its users",
    "usage": "in proportion to use",
    "dual": "by dual prices: in proportion to what sharing is worth to each",
}


def plan_blocks(plan: Plan) -> Iterator[Table | Text]:
    """Yield the tables that apply, each after an empty line, at most 79 columns wide."""
    spend = (draw_table(table) for table in spend_tables(plan, Surface.TERMINAL))
    for table in (*_shared(plan), *spend):
        yield Text("")
        yield table
    if plan.units:
        yield Text("Own: without shares of shared assets, as rules on a unit's share count it.")


def _shared(plan: Plan) -> Iterator[Table]:
    """Yield what each shared asset costs and who pays what, against buying it alone."""
    funded = {decision.project: decision.images_total for decision in plan.decisions}
    for asset in plan.shared:
        if not asset.is_bought:
            continue
        table = plain_table()
        for number, name in enumerate((asset_title(asset), "Share", "Alone", "Saved")):
            table.add_column(name, justify="right" if number else "left", no_wrap=True)
        for project, share in asset.shares.items():
            if project not in asset.stand_alone or project not in funded:
                continue
            alone = asset.stand_alone[project]
            table.add_row(
                Text(f"  {shorten(project, 30)}"), money(share), money(alone), money(alone - share)
            )
        table.add_row("  Total", money(asset.cost), money(sum(asset.stand_alone.values())), "")
        yield table


def split_sentences(plan: Plan) -> Iterator[str]:
    """Yield how the shared costs were split, and whether some group would rather leave."""
    bought = [asset for asset in plan.shared if asset.is_bought]
    for split in dict.fromkeys(asset.split for asset in bought):
        names = [shorten(asset.id, 30) for asset in bought if asset.split == split]
        yield f"The cost of {_listed(names)} is split {_SPLIT_WORDS.get(split, split)}."
    outside = [shorten(asset.id, 30) for asset in bought if not asset.in_core]
    if outside:
        yield (
            f"The split of {', '.join(outside)} is not in the core: some group of users would pay "
            "less on its own. Agree on it before signing, or use split: shapley."
        )
    elif bought:
        yield "Every split is in the core: no group of users would pay less on its own."
    left = [asset_title(asset) for asset in plan.shared if not asset.is_bought]
    if left:
        yield f"On offer and not bought: {_listed(left)}."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def baseline_sentence(plan: Plan) -> str:
    """Return the simple rules beside the plan, on the same held-out draws; empty without any."""
    if plan.audit is None or not plan.audit.baselines or plan.objective is None:
        return ""
    said = [f"{one.name} {_worth(plan, one)}" for one in plan.audit.baselines]
    own = _amount(plan, plan.audit.held_out_value)
    return f"On the same unseen draws: this plan {own}; {', '.join(said)}."


def _worth(plan: Plan, one: Baseline) -> str:
    amount = _amount(plan, one.held_out_value)
    return f"{amount} (breaks a rule)" if one.breaks else amount


def _amount(plan: Plan, value: float) -> str:
    return amount_of(None if plan.objective is None else plan.objective.kind, value, plan.currency)


def life_sentences(plan: Plan) -> Iterator[str]:
    """Yield the lines of a plan's life, its cash by year, and what is not included."""
    if plan.life is None:
        return
    if len(plan.life.lines) > 1:
        yield _lines(plan, plan.life)
        yield _cash(plan, plan.life)
    if plan.life.footprint is not None:
        yield from footprint_words(
            plan.life.footprint,
            {one.project: one.life.footprint for one in plan.decisions if one.life is not None},
            plan.currency,
        )
    yield left_out_words(plan.not_included)


def _lines(plan: Plan, life: Life) -> str:
    rate = plan.assumptions.get("discount_rate")
    at = f" at {percent_as_set(float(rate))} a year" if isinstance(rate, float) and rate else ""
    said = ", ".join(f"{line_words(name)} {money(sum_)}" for name, sum_ in life.lines.items())
    roi = "" if life.roi is None else f", {figure(life.roi)} times what development costs"
    return (
        f"Over {_years(plan.horizon_years)}, present values{at}: {said}; together "
        f"{money(life.npv, plan.currency)}{roi}. What is paid is "
        f"{payback_words(life.payback_years)}."
    )


def _cash(plan: Plan, life: Life) -> str:
    years = ", ".join(f"{item.year}: {money(item.amount)}" for item in life.cash_by_year)
    return f"Cash expected by year, in {plan.currency} (0 is the start): {years}."


def _years(years: float) -> str:
    return f"{figure(years)} year{'' if years == 1 else 's'}"
