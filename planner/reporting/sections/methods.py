"""For a grant application: how sample sizes were found, why these, and what to cite."""

from collections.abc import Iterator

from planner.domain.portfolio.portfolio import chance_bounds
from planner.domain.portfolio.risk import RiskKind
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Objective, Verdict
from planner.domain.words.risk_measures import under_risk
from planner.domain.words.worth import KINDS
from planner.reporting import numbers
from planner.reporting.document import (
    Bullets,
    Name,
    Paragraph,
    Section,
    Text,
    say,
)
from planner.reporting.sections.evidence import FanView
from planner.reporting.sections.material import Material
from planner.reporting.user_text import visible
from planner.reporting.words import report as words


def methods_section(material: Material) -> Section:
    """Return the methods paragraphs, a justification for each project, and the citations."""
    return Section(
        "methods",
        words.METHODS,
        (
            Paragraph(_method(material)),
            Paragraph(_choice(material)),
            Bullets(tuple(_sizes(material))),
            Paragraph(_limits(material)),
            Bullets(tuple(_citations(material)), tone="references"),
        ),
    )


def _method(material: Material) -> Text:
    model = material.model
    pilots = sum(len(project.pilots) for project in material.portfolio.projects)
    count = len(material.portfolio.projects)
    said: Text = (words.GRANT_NO_PILOTS,)
    if pilots:
        said = say(words.GRANT_PILOTS, count=numbers.tally(pilots, "measurements"))
    return say(
        words.GRANT_METHOD,
        projects=(numbers.tally(count, numbers.PROJECTS), " project" + ("s" * (count != 1))),
        family=words.GRANT_FAMILY[model.family],
        model=Name(visible(model.name)),
        rows=numbers.tally(model.evidence.n_rows, "results"),
        pilots=said,
        draws=numbers.tally(model.n_draws, "draws"),
    )


def _choice(material: Material) -> Text:
    plan = material.plan
    if plan.objective is None:
        return ()
    held_out = plan.audit.held_out_draws if plan.audit else 0
    return say(
        words.GRANT_CHOICE,
        objective=_maximised(plan, plan.objective.kind),
        limit=numbers.amount(plan.budget.limit, plan.currency, "budget.limit", named=True),
        gap=numbers.gap(plan.objective.gap),
        solve=numbers.tally(material.model.n_draws - held_out, "draws"),
        audit=numbers.tally(held_out, "draws"),
    )


def _maximised(plan: Plan, kind: Objective) -> str:
    """Return what the plan maximises, its measure of risk included."""
    settings = plan.assumptions.get("risk_settings")
    risk = str(plan.assumptions.get("risk", RiskKind.EXPECTED))
    if risk == RiskKind.EXPECTED or not isinstance(settings, dict):
        return words.OBJECTIVES[str(kind)]
    return under_risk(KINDS[kind], risk, settings)


def _sizes(material: Material) -> Iterator[Text]:
    for place in material.shown:
        decision = material.plan.decisions[place]
        name, here = Name(visible(decision.project)), f"decisions[{place}]"
        if decision.verdict is Verdict.NO_GO:
            yield say(words.GRANT_SIZE_NO, name=name, why=visible(decision.why))
            continue
        view = FanView(material, place)
        bounds = chance_bounds(material.portfolio, view.project)
        p10, p50, p90 = (numbers.rate(end) for end in view.ends())
        yield say(
            words.GRANT_SIZE,
            name=name,
            images=numbers.images(decision.images_total, f"{here}.images_total"),
            buy=numbers.images(decision.images_to_buy, f"{here}.images_to_buy"),
            cost=numbers.amount(
                decision.cost.data, material.currency, f"{here}.cost.data", named=True
            ),
            total=numbers.amount(
                decision.cost.total, material.currency, f"{here}.cost.total", named=True
            ),
            target=numbers.target(view.project),
            chance=numbers.chance(
                decision.chance_of_target, f"{here}.chance_of_target", against=bounds
            ),
            p10=p10,
            p50=p50,
            p90=p90,
            need=view.need(words.GRANT_NEED),
        )


def _limits(material: Material) -> Text:
    warned = {warning.project for warning in material.plan.warnings if warning.project}
    compute = material.plan.assumptions.get("price_ranges", "")
    return say(
        words.GRANT_LIMITS,
        evidence=visible(material.model.evidence.description),
        prices=visible(str(compute)),
        warned=say(
            words.GRANT_WARNED,
            count=(
                numbers.tally(len(warned), numbers.PROJECTS),
                " project" if len(warned) == 1 else " projects",
            ),
        )
        if warned
        else (),
    )


def _citations(material: Material) -> Iterator[Text]:
    plan = material.plan
    yield (words.CITATION_PAPER,)
    yield (words.CITATION_LEARNING_CURVES,)
    yield say(
        words.CITATION_SOFTWARE,
        version=visible(material.provenance.versions.get("planner", "")),
        model=Name(visible(plan.model["name"])),
        sha=plan.model["sha256"][:12],
    )
    if plan.assumptions.get("risk") == "cvar":
        yield (words.CITATION_CVAR,)
