"""Why each project is funded or not, and what the money left could still buy, with numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.chance_noise import noise_words
from planner.domain.format import count, money, percent, points
from planner.domain.portfolio.portfolio import Portfolio, ProjectRule, chance_bounds
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.offering.deadline import NEVER, Deadline
from planner.offering.objective import objective_worth
from planner.offering.options import Menu
from planner.offering.problem import Solution
from planner.offering.rules import broken_rules, project_rules
from planner.planning.audit import period_cents
from planner.planning.prepare import Prepared
from planner.planning.sharing import Split


@dataclass(frozen=True, eq=False)
class Scene:
    """A solved portfolio, as the explanations look at it.

    Attributes
    ----------
    prepared : Prepared
        What was solved.
    solution : Solution
        What came out, recomputed without the solver.
    picks : tuple of int or None
        Chosen option of each project of the file.
    splits : tuple of Split
        Shared assets bought.
    shadow_price : float
        Worth of one more unit of the total budget; 0 where no larger one makes the plan better.
    deadline : Deadline
        Of the command, where a time limit was asked for: reasons that take a search of their own
        are not looked for after it.
    """

    prepared: Prepared
    solution: Solution
    picks: tuple[int | None, ...]
    splits: tuple[Split, ...] = ()
    shadow_price: float = 0.0
    deadline: Deadline = NEVER

    @property
    def portfolio(self) -> Portfolio:
        """What was asked."""
        return self.prepared.portfolio

    @property
    def objective(self) -> Objective:
        """What is maximised."""
        return self.prepared.objective

    @property
    def menus(self) -> tuple[Menu, ...]:
        """Everything priced, in file order."""
        return self.prepared.menus

    @property
    def options(self) -> tuple[ProjectOptions, ...]:
        """What may be chosen, in file order."""
        return self.prepared.options

    @property
    def budget_cents(self) -> int:
        """What binds in total."""
        return self.prepared.budget_cents

    @property
    def asset_cents(self) -> int:
        """Paid for shared assets."""
        return sum(item.purchase.total_cents for item in self.splits)

    @property
    def draws(self) -> int:
        """Draws of the solve: what chances are shares of."""
        posterior = self.prepared.posterior
        return len(range(*posterior.solve_rows.indices(posterior.n_draws)))

    @cached_property
    def period_cents(self) -> list[int]:
        """Committed in each period."""
        bought = [item.purchase for item in self.splits]
        return period_cents(self.portfolio, self.options, self.picks, bought)

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self.portfolio.currency

    def amount(self, cents: int) -> str:
        """Return cents as the first amount of a sentence."""
        return money(cents / 100, self.currency)

    def likely(self, index: int, chance: float) -> str:
        """Return a chance of a project's, never on the other side of what decides on it."""
        return percent(chance, against=chance_bounds(self.portfolio, self.menus[index].project))

    def share_cents(self, project: str) -> int:
        """Return what a project pays of shared assets."""
        return sum(item.shares.cents.get(project, 0) for item in self.splits)

    def present_share(self, project: str) -> float:
        """Return the present value of the same."""
        mine = (item for item in self.splits if project in item.shares.cents)
        return sum(item.present_share(project) for item in mine)

    def noise(self, index: int, chance: float) -> str:
        """Say that the draws do not tell a chance from what decides on it; empty if they do."""
        bounds = chance_bounds(self.portfolio, self.menus[index].project)
        words = noise_words(chance, self.draws, bounds)
        return f"The chance is {words}." if words else ""

    @property
    def left_cents(self) -> int:
        """Budget not committed."""
        return self.budget_cents - self.solution.committed_cents

    @cached_property
    def rules(self) -> tuple[ProjectRule, ...]:
        """Rules about which projects are funded."""
        return project_rules(self.portfolio.rules)

    @cached_property
    def funded(self) -> frozenset[str]:
        """Ids of the funded projects."""
        pairs = zip(self.options, self.picks, strict=True)
        return frozenset(item.project for item, pick in pairs if pick is not None)


def why_funded(scene: Scene, index: int, pick: int, reason: str) -> str:
    """Say what is bought, what it earns, why the verdict, and what the nearest alternative is."""
    options = scene.options[index]
    to_buy, total = int(options.images_to_buy[pick]), int(options.images_total[pick])
    name = options.architecture(pick)
    most = "at most " if scene.portfolio.mode is Mode.STOP_WHEN_REACHED and to_buy else ""
    total_cost = int(options.total_cents[pick]) + scene.share_cents(options.project)
    shared = 0 if options.pool_images is None else int(options.pool_images[pick].sum())
    if to_buy:
        labels = int(options.cents["data"][pick])
        bought = (
            f"Buys {most}{count(to_buy)} images for {scene.amount(labels)} "
            f"and trains {name} on {most}{count(total)}, for {most}{scene.amount(total_cost)} in "
            "all"
        )
    elif shared:
        bought = (
            f"Trains on {count(total)} images, {count(shared)} of them shared, with {name} for "
            f"{scene.amount(total_cost)} in all"
        )
    else:
        all_in = " in all" if scene.share_cents(options.project) else ""
        bought = (
            f"Trains on the {count(total)} images held with {name} for "
            f"{scene.amount(total_cost)}{all_in}"
        )
    sentence = (
        f"{bought}: {scene.likely(index, float(options.chance[pick]))} likely to meet the target"
    )
    if scene.objective is not Objective.TARGETS_MET:
        value = float(options.expected_value[pick])
        net = float(options.expected_net_value[pick]) - scene.present_share(options.project)
        sentence += f", expected value {money(value)}, net {money(net)}"
        if most and options.expected_cost is not None:
            spend = float(options.expected_cost[pick]) + scene.present_share(options.project)
            sentence += f" after {money(spend)} on average"
    parts = [
        f"{sentence}.",
        _shares(scene, options, pick),
        reason,
        scene.noise(index, float(options.chance[pick])),
        _alternative(scene, options, pick),
        _runner_up(scene, index, pick),
    ]
    return " ".join(part for part in parts if part)


def _shares(scene: Scene, options: ProjectOptions, pick: int) -> str:
    """Say when it starts, what it takes from shared pools, and its shares of shared costs."""
    parts = []
    if scene.portfolio.periods:
        start = 0 if options.start is None else int(options.start[pick])
        parts.append(f"Starts in {scene.portfolio.periods[start].id}.")
    for item in scene.splits:
        asset, cents = item.purchase.asset, item.shares.cents.get(options.project)
        if cents is None:
            continue
        images = next(u.images for u in item.purchase.uses if u.project == options.project)
        taken = f"Takes {count(images)} images from {asset.id}" if images else f"Uses {asset.id}"
        alone = item.shares.stand_alone_cents[options.project]
        parts.append(f"{taken}: its share is {scene.amount(cents)}, alone {money(alone / 100)}.")
    return " ".join(parts)


def _alternative(scene: Scene, options: ProjectOptions, pick: int) -> str:
    """Say what a level at least a tenth lower would save and lose, with the same architecture."""
    if options.pool_images is not None and options.pool_images[pick].any():
        return ""  # what a pool saves depends on who else takes from it
    same = _same_kind(options, pick) & (
        options.architecture_index == options.architecture_index[pick]
    )
    fewer = np.flatnonzero(same & (options.images_total <= 0.9 * options.images_total[pick]))
    if len(fewer) == 0:
        return ""
    next_lower = int(fewer[np.argmax(options.images_total[fewer])])
    saves = int(options.total_cents[pick]) - int(options.total_cents[next_lower])
    loses = float(options.chance[pick] - options.chance[next_lower])
    if saves <= 0:
        return ""
    return (
        f"Stopping at {count(int(options.images_total[next_lower]))} images would save "
        f"{scene.amount(saves)} and {'lose' if loses >= 0 else 'gain'} {points(loses)} of chance."
    )


def _same_kind(options: ProjectOptions, pick: int) -> NDArray[np.bool_]:
    """Return which options use the same shared assets and start when the chosen one does."""
    same = np.ones(len(options), dtype=np.bool_)
    for column in (options.use_index, options.start):
        if column is not None:
            same &= column == column[pick]
    return same


def _runner_up(scene: Scene, index: int, pick: int) -> str:
    """Name the second-best architecture and what it would take away."""
    options = scene.options[index]
    others = np.flatnonzero(
        _same_kind(options, pick) & (options.architecture_index != options.architecture_index[pick])
    )
    if len(others) == 0:
        return ""
    alike = others[options.images_total[others] == options.images_total[pick]]
    others = alike if len(alike) else others
    worth = objective_worth(options, scene.objective)
    price = scene.solution.budget_price / 100
    score = worth - price * options.total_cents
    order = np.lexsort((options.total_cents[others], -score[others]))
    second = int(others[order[0]])
    dearer = int(options.total_cents[second]) - int(options.total_cents[pick])
    gained = float(options.chance[second] - options.chance[pick])
    same_level = options.images_total[second] == options.images_total[pick]
    at = "" if same_level else f" at {count(int(options.images_total[second]))} images"
    cost = f"{scene.amount(abs(dearer))} {'more' if dearer >= 0 else 'less'}"
    cost = cost if dearer else "the same to the cent"
    if abs(gained) < 0.0005:
        gain = "for the same chance"
    else:
        gain = f"and {'gains' if gained > 0 else 'loses'} {points(gained)} of chance"
    return f"Runner-up {options.architecture(second)}{at} costs {cost} {gain}."


@dataclass(frozen=True)
class _Step:
    """One change of one project."""

    index: int
    row: int
    cents: int
    worth: float
    gained: float


def leftover_note(scene: Scene) -> str:
    """Say how much is left, and what the next step would cost and add."""
    if scene.portfolio.hold is not None:
        return (
            f"The caps sum to {scene.amount(scene.solution.committed_cents)}; the budget holds "
            "random spend, which is less where a target is met before its cap."
        )
    left = f"{scene.amount(scene.left_cents)} is left"
    if not scene.prepared.has_one_budget:
        return f"{left}."
    steps = [step for index in range(len(scene.options)) for step in _best_step(scene, index)]
    if not steps:
        if scene.shadow_price > 0:  # as where one project would have to make way for another
            return f"{left}; a larger budget would buy another combination of projects."
        allowed = " that the rules allow" if scene.rules else ""
        return f"{left} and nothing more{allowed} pays, at any budget."
    best = max(steps, key=lambda step: (step.worth / max(step.cents, 1), -step.index))
    options = scene.options[best.index]
    worth = (
        ""
        if scene.objective is Objective.TARGETS_MET
        else f", worth about {money(best.worth, scene.currency)}"
        + (" after its cost" if scene.objective is Objective.NET_VALUE else "")
    )
    return (
        f"{left} and no step that pays fits in it: the next one ({options.project} to "
        f"{count(int(options.images_total[best.row]))} images) costs {scene.amount(best.cents)} "
        f"more and adds {points(best.gained)} of chance{worth}."
    )


def _best_step(scene: Scene, index: int) -> Sequence[_Step]:
    """Return the best worth per cent of the changes of one project that pay and do not fit."""
    options, pick = scene.options[index], scene.picks[index]
    if len(options) == 0:
        return ()
    if pick is None and broken_rules(scene.rules, scene.funded | {options.project}):
        return ()
    worth = objective_worth(options, scene.objective)
    now_worth = 0.0 if pick is None else float(worth[pick])
    now_cents = 0 if pick is None else int(options.total_cents[pick])
    now_chance = 0.0 if pick is None else float(options.chance[pick])
    gain = worth - now_worth
    extra = options.total_cents - now_cents
    # A gain within the proven gap is not a step, it is rounding.
    pays = np.flatnonzero((gain > 1e-9 * max(1.0, abs(now_worth))) & (extra > scene.left_cents))
    if len(pays) == 0:
        return ()
    row = int(pays[np.argmax(gain[pays] / extra[pays])])
    return (
        _Step(
            index,
            row,
            int(extra[row]),
            float(gain[row]),
            float(options.chance[row]) - now_chance,
        ),
    )
