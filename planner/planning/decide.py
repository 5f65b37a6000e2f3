"""What does the plan do with one project?"""

from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import Decision, Warning_
from planner.domain.results.spending import Cost
from planner.domain.vocabulary import Verdict
from planner.domain.words.funded import funded_words
from planner.domain.words.not_funded import not_funded_words
from planner.planning.reasons.error_balance import clamped_warnings
from planner.planning.reasons.projects import SolvedScene, why_funded
from planner.planning.reasons.why_not import why_not_funded
from planner.planning.verdict import rule_on


def choice_of(options: ProjectOptions, row: int) -> dict[str, str | int | None] | None:
    """Return what one option is of what was on offer besides networks; None if nothing was."""
    return options.choice(row) or None


def decide(scene: SolvedScene, index: int) -> tuple[Decision, tuple[Warning_, ...]]:
    """Return what the plan does with one project, and what to be warned of."""
    options, menu, pick = scene.options[index], scene.menus[index], scene.picks[index]
    if pick is None:
        facts = why_not_funded(scene, index).facts
        why = not_funded_words(facts, scene.currency)
        held = menu.project.images.held
        no = Verdict.NO_GO
        decision = Decision(
            menu.project.id, no, None, held, 0, Cost(), 0.0, 0.0, 0.0, why, reason=facts
        )
        return decision, ()
    chance = float(options.chance[pick])
    other = options.alternative(pick)
    ruling = rule_on(menu, chance, scene.portfolio, scene.draws, trains=other is None)
    reason = why_funded(scene, index, pick, ruling.ground)
    share, present_share = scene.share_cents(options.project), scene.present_share(options.project)
    net = float(options.expected_net_value[pick])
    spend = (
        int(options.total_cents[pick]) / 100
        if options.expected_cost is None
        else float(options.expected_cost[pick])
    )
    periods = scene.portfolio.periods
    start = 0 if options.start is None else int(options.start[pick])
    way = 0 if options.use_index is None else int(options.use_index[pick])
    decision = Decision(
        project=options.project,
        verdict=ruling.verdict,
        architecture=options.architecture(pick) if other is None else None,
        images_total=int(options.images_total[pick]),
        images_to_buy=int(options.images_to_buy[pick]),
        cost=Cost.from_cents(
            options.cents_of(pick),
            share,
        ),
        chance_of_target=chance,
        expected_value=float(options.expected_value[pick]),
        expected_net_value=net - present_share,
        why=funded_words(reason, scene.currency),
        expected_cost=spend + present_share,
        start=periods[start].id if periods else None,
        assets=options.uses[way],
        choice=choice_of(options, pick),
        images_sought=None if reason.sought is None else reason.sought.images,
        reason=reason,
    )
    return decision, (*ruling.warnings, *clamped_warnings(scene.prepared, index, pick))
