"""A better plan by changing one project, or two at once: what one gives up pays for the other.

Moves are ranked by the marginal worth of the plan at hand. The risk measure is concave, so a move
or pair gains no more than that says; the most promising are then valued truly, on all draws.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.solving.certify import Choice
from planner.solving.lp.cuts import Cut
from planner.solving.path.swaps import running_best
from planner.solving.search.draft import Draft
from planner.solving.tail import measures, tail_share, touching_weights

MOST_VALUED = 40
"""Moves valued truly in a pass."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Pairs of changes: project ``first`` takes ``to``, and ``second`` takes ``also`` (−1: none).

    ``first`` of −1 leaves that half out.
    """

    first: Rows
    to: Rows
    second: Rows
    also: Rows
    gain: Floats


def touching_cut(draft: Draft, choice: Choice) -> Cut | None:
    """Return the cut at a plan: what each option adds to its tail at the margin."""
    judge = draft.certifier
    outcomes = judge.system.problem.outcomes
    if tail_share(judge.risk) == 0 or choice.worth_draws is None or outcomes is None:
        return None
    draws = touching_weights(choice.worth_draws, judge.risk)
    return Cut(draws, outcomes.worth_at(draws.weights))


def improved(draft: Draft, choice: Choice, passes: int) -> tuple[Draft, Choice, Cut | None]:
    """Return a plan that no change of one or two projects looked at improves.

    Each pass takes the truly best of the most promising moves.

    Returns
    -------
    draft : Draft
        The plan.
    choice : Choice
        What it is worth.
    cut : Cut or None
        That touches the measure at it.
    """
    problem, share = draft.certifier.system.problem, tail_share(draft.certifier.risk)
    cut = touching_cut(draft, choice)
    for _ in range(passes):
        gain = problem.worth if cut is None else (1 - share) * problem.worth + share * cut.slope
        better = _best_move(draft, choice, promising_moves(draft, gain))
        if better is None:
            break
        draft, choice = better
        cut = touching_cut(draft, choice)
    return draft, draft.certifier.value(draft.options, draft.assets), cut


def promising_moves(draft: Draft, gain: Floats) -> Moves:
    """Return the moves that gain most at fixed marginal worth, best first, within the budget.

    For every change that frees money or not, the best other change that its room pays for: one
    sort by cost and a running maximum.
    """
    problem = draft.certifier.system.problem
    has = draft.taken >= 0
    base, paid = np.zeros(len(has)), np.zeros(len(has), dtype=np.int64)
    base[has], paid[has] = gain[draft.taken[has]], problem.cents[draft.taken[has]]
    options = draft.candidates
    options = options[options != draft.taken[problem.owner[options]]]
    owner = np.concatenate([problem.owner[options], np.flatnonzero(has)])
    to = np.concatenate([options, np.full(int(has.sum()), -1)])
    adds = np.concatenate([gain[options], np.zeros(int(has.sum()))]) - base[owner]
    costs = np.concatenate([problem.cents[options], np.zeros(int(has.sum()), np.int64)])
    costs = (costs - paid[owner]).astype(np.float64)
    room = draft.room()
    margin = 1e-12 * max(1.0, float(np.abs(base).sum()))
    up = np.flatnonzero(adds > margin)
    up = up[np.argsort(costs[up], kind="stable")]
    if not len(up):
        return _no_moves()
    down = np.flatnonzero(costs < 0)
    if len(down) > 20_000:
        down = down[np.argpartition(-adds[down], 20_000)[:20_000]]
    lead, second = running_best(adds[up], owner[up])
    reach = np.searchsorted(costs[up], room - costs[down], side="right") - 1
    partner = np.where(reach >= 0, lead[reach], -1)
    clash = (partner >= 0) & (owner[up[partner]] == owner[down])
    partner = np.where(clash, second[reach], partner)
    paired = partner >= 0
    fits = up[costs[up] <= room]
    total = np.concatenate([adds[fits], adds[down[paired]] + adds[up[partner[paired]]]])
    given = np.concatenate([np.full(len(fits), -1), down[paired]])
    taken = np.concatenate([fits, up[partner[paired]]])
    best = np.flatnonzero(total > margin)
    if len(best) > MOST_VALUED:
        best = best[np.argpartition(-total[best], MOST_VALUED)[:MOST_VALUED]]
    best = best[np.lexsort((taken[best], given[best], -total[best]))]
    given, taken = given[best], taken[best]
    return Moves(
        first=np.where(given >= 0, owner[given], -1),
        to=to[given],
        second=owner[taken],
        also=to[taken],
        gain=total[best],
    )


def _best_move(draft: Draft, choice: Choice, moves: Moves) -> tuple[Draft, Choice] | None:
    """Return the truly best move that every row allows, with what the plan is then worth."""
    judge = draft.certifier
    changes = _changes(draft, moves)
    values = _true_values(draft, choice, moves, changes)
    for place in np.argsort(-values, kind="stable").tolist():
        if values[place] <= choice.value:
            return None
        changed: Draft | None = draft
        if moves.first[place] >= 0:
            changed = draft.with_options(
                {int(moves.first[place]): int(moves.to[place])}
                | {int(moves.second[place]): int(moves.also[place])}
            )
        else:
            changed = draft.with_options({int(moves.second[place]): int(moves.also[place])})
        if changed is None:
            continue
        draws = None if choice.worth_draws is None else choice.worth_draws + changes[place, :-1]
        after = judge.value(changed.options, changed.assets, draws)
        if after.value > choice.value:
            return changed, after
    return None


def _changes(draft: Draft, moves: Moves) -> Floats:
    """Return what each move adds, draw by draw; expected worth in the end."""
    now = np.where(moves.first >= 0, draft.taken[moves.first], -1)
    change = _change(draft, moves.also, draft.taken[moves.second])
    return change + _change(draft, np.where(moves.first >= 0, moves.to, -1), now)


def _true_values(draft: Draft, choice: Choice, moves: Moves, change: Floats) -> Floats:
    """Return the objective after each move, assets as they are."""
    judge = draft.certifier
    problem, share = judge.system.problem, tail_share(judge.risk)
    if choice.worth_draws is None or problem.outcomes is None or not len(moves.first):
        return choice.value + moves.gain
    owned = choice.mean - float(problem.worth[choice.options].sum())
    means = choice.mean - owned + change[:, -1]
    tails = measures(choice.worth_draws + change[:, :-1], judge.risk)
    return np.asarray((1 - share) * means + share * tails + owned)


def _change(draft: Draft, after: Rows, before: Rows) -> Floats:
    """Return what replacing options (−1: none) adds, draw by draw; expected worth in the end."""
    problem = draft.certifier.system.problem
    outcomes = problem.outcomes
    n_draws = 0 if outcomes is None else outcomes.n_draws
    change = np.zeros((len(after), n_draws + 1))
    for options, sign in ((after, 1.0), (before, -1.0)):
        some = np.flatnonzero(options >= 0)
        if outcomes is not None and len(some):
            change[some, :-1] += sign * outcomes.worth_draws(options[some])
            change[some, -1] += sign * problem.worth[options[some]]
    return change


def _no_moves() -> Moves:
    none = np.zeros(0, dtype=np.int64)
    return Moves(none, none, none, none, np.zeros(0))
