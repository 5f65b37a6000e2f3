"""The evidence: what the fitted results say about each project, as learning curves."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.domain.format import count
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import chance_bounds
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Decision
from planner.domain.vocabulary import Task, Verdict
from planner.questions.estimate.estimate import spread
from planner.reporting import numbers
from planner.reporting.columns import verdict_mark
from planner.reporting.document import (
    Block,
    Bullets,
    Folded,
    Head,
    Key,
    Name,
    Paragraph,
    Picture,
    Pictures,
    Row,
    Section,
    Table,
    Text,
    plain,
    say,
)
from planner.reporting.figures import report_pictures as pictures
from planner.reporting.figures.svg import to_svg
from planner.reporting.sections.material import Material, ranked_places
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

N_POINTS = 40
_QUANTILES = (0.05, 0.95, 0.1, 0.9, 0.25, 0.75, 0.5)
_LONGEST_NAME = 80


def evidence_section(material: Material) -> Section:
    """Return a learning curve for each project shown, and the list of all others."""
    return Section(
        "evidence", words.EVIDENCE, tuple(_blocks(material)), tone="evidence", folded=True
    )


def _blocks(material: Material) -> Iterator[Block]:
    evidence = visible(material.model.evidence.description)
    training = _training_table(material)
    if training is not None:
        yield training
    yield Paragraph(say(words.EVIDENCE_LEAD, evidence=evidence))
    shown, total = material.shown, len(material.plan.decisions)
    if len(shown) < total:
        counts = {"shown": count(len(shown)), "total": count(total)}
        yield Paragraph((words.EVIDENCE_TOP.format(**counts),))
    yield Key(_key(material))
    yield Pictures(tuple(_fans(material)), tone="small", source=material.source)
    yield Paragraph((words.FAN_QUANTILES,), "small screen")
    projects = (material.project(place) for place in range(total))
    if any(project.task is Task.SEGMENTATION for project in projects):
        yield Paragraph((words.SEGMENTATION_SOURCE,), "small")
    why = tuple(
        (Name(visible(decision.project)), ": ", visible(decision.why))
        for decision in material.plan.decisions
    )
    yield Folded(words.WHY, (Bullets(why),))


def _key(material: Material) -> tuple[tuple[str, str], ...]:
    """Return what the signs mean that stand in some picture."""
    absent = set()
    if not any(material.project(place).pilots for place in material.shown):
        absent.add("pilot")
    if not any(go_limits(material.plan.decisions[place]) for place in material.shown):
        absent.add("go")
    return tuple(item for item in words.KEY_ITEMS if item[0] not in absent)


def _fans(material: Material) -> Iterator[Picture]:
    with pictures.sheet(pictures.FAN_SIZE) as figure:
        for place in material.shown:
            view = FanView(material, place)
            pictures.draw_fan(figure, view.fan())
            name = visible(view.decision.project)
            title = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
            svg = to_svg(figure, f"fan-{place}", title, view.alt(title))
            yield Picture(svg, view.caption(), (Name(name),), (*view.errors(), *view.need()))


def _training_table(material: Material) -> Table | None:
    """Return a row for each funded project; None where there is none."""
    places = [place for place in ranked_places(material.plan) if place in material.funded]
    if not places:
        return None
    decisions = material.plan.decisions
    with_pool = any(_pool(material, place) for place in places)
    with_start = any(decisions[place].start for place in places)
    heads = (
        Head("Project"),
        Head("Architecture"),
        Head("Held", numeric=True),
        *((Head("From a pool", numeric=True),) if with_pool else ()),
        Head("To buy", numeric=True),
        Head("Train on", numeric=True),
        *((Head("Starts"),) if with_start else ()),
        Head(f"Spend, {visible(material.currency)}", numeric=True),
    )
    rows = tuple(_row(material, place, pool=with_pool, start=with_start) for place in places)
    committed = numbers.amount(material.plan.budget.committed, material.currency)
    blank: list[Text] = [("",)] * (len(heads) - 2)
    foot = Row(((words.TOTAL,), *blank, (committed,)))
    return Table(words.TRAINING_CAPTION, heads, rows, foot, tone="screen")


def _row(material: Material, place: int, *, pool: bool, start: bool) -> Row:
    decision, here = material.plan.decisions[place], f"decisions[{place}]"
    owned = decision.images_total - decision.images_to_buy
    cells: list[Text] = [
        (Name(visible(decision.project)),),
        (Name(visible(decision.architecture or "–")),),
        (numbers.images(owned - _pool(material, place)),),
        *([(numbers.images(_pool(material, place)),)] if pool else []),
        (numbers.images(decision.images_to_buy, f"{here}.images_to_buy"),),
        (numbers.images(decision.images_total, f"{here}.images_total"),),
        *([(Name(visible(decision.start or "–")),)] if start else []),
        (numbers.amount(decision.cost.total, material.currency, f"{here}.cost.total"),),
    ]
    return Row(tuple(cells))


def _pool(material: Material, place: int) -> int:
    """Return the images that are neither the project's own nor bought for it alone."""
    decision, held = material.plan.decisions[place], material.project(place).images.held
    return max(0, decision.images_total - decision.images_to_buy - held)


class FanView:
    """One project's curve, computed once for its picture, its caption and its description.

    Parameters
    ----------
    material : Material
        Holds the project's forecast.
    place : int
        Of its decision.
    """

    def __init__(self, material: Material, place: int) -> None:
        self.decision = material.plan.decisions[place]
        self.project = material.project(place)
        self._bounds = chance_bounds(material.portfolio, self.project)
        self._place = place
        self._forecast = material.forecasts[self.decision.project]
        self._model = material.model
        # the last point is where the sentences look: what is bought, else what could be
        self._images = _images_shown(self.project)
        at = self.decision.images_total if self.funded else self.project.images.limit
        errors = self._forecast.error_draws(
            np.append(self._images, float(at)), self.decision.architecture
        )
        # the whole grid at once: one partition instead of one sort for each quantile
        found = np.quantile(errors, (*_QUANTILES, 0.1, 0.5, 0.9), axis=0, method="inverted_cdf")
        self._bands, self._ends = found[:7, :-1], found[7:, -1]

    @property
    def funded(self) -> bool:
        """Whether the plan trains it."""
        return self.decision.verdict is not Verdict.NO_GO

    def fan(self) -> pictures.Fan:
        """Return what the picture shows."""
        images = self.project.images
        low, high = _span(self.project, self._model)
        return pictures.Fan(
            images=self._images,
            bands=[(self._bands[at], self._bands[at + 1]) for at in (0, 2, 4)],
            median=self._bands[6],
            inside=(self._images >= low) & (self._images <= high),
            target=self.project.error_target if self.project.has_target else None,
            held=images.held,
            limit=images.limit,
            bought=self.decision.images_total if self.funded else None,
            pilots=[(float(run.images), run.error) for run in self.project.pilots],
            limits=go_limits(self.decision),
        )

    def caption(self) -> Text:
        """Return the sentences below the picture."""
        target = numbers.target(self.project, " error" if self.funded else "")
        here = f"decisions[{self._place}]"
        if not self.funded:
            return say(
                words.FAN_CAPTION_NO,
                verdict=verdict_mark(str(self.decision.verdict)),
                target=target,
            )
        return say(
            words.FAN_CAPTION,
            verdict=verdict_mark(str(self.decision.verdict)),
            chance=numbers.chance(
                self.decision.chance_of_target,
                f"{here}.chance_of_target",
                against=self._bounds,
            ),
            images=(
                numbers.images(self.decision.images_total, f"{here}.images_total"),
                " images",
            ),
            buy=numbers.images(self.decision.images_to_buy, f"{here}.images_to_buy"),
            architecture=Name(visible(self.decision.architecture or "")),
            target=target,
        )

    def errors(self) -> Text:
        """Return the sentence about the error at what is bought, or at the limit."""
        p10, p50, p90 = (numbers.rate(float(end)) for end in self._ends)
        sentence = words.FAN_ERROR if self.funded else words.FAN_ERROR_NO
        return say(sentence, p10=p10, p50=p50, p90=p90)

    def need(self, sentence: str = words.FAN_NEED) -> Text:
        """Return the sentence about data needed; nothing without a target."""
        if not self.project.has_target:
            return ()
        draws = self._forecast.data_needed_draws(
            self.project.error_target, self.decision.architecture
        )
        ends = spread(draws)
        return say(
            sentence,
            p10=numbers.images(ends.p10),
            p50=numbers.images(ends.p50),
            p90=numbers.images(ends.p90),
            never=(numbers.chance(float(np.mean(np.isinf(draws)))), " of outcomes"),
        )

    def ends(self) -> tuple[float, float, float]:
        """Return P10, P50 and P90 of the error at what is bought, or at the limit."""
        p10, p50, p90 = (float(end) for end in self._ends)
        return p10, p50, p90

    def alt(self, name: str) -> str:
        """Return what is read aloud in place of the picture."""
        images, pilots = self.project.images, ""
        ends = dict(zip(("p10", "p50", "p90"), map(_percent, self._ends), strict=True))
        bought = words.FAN_NOT_BOUGHT
        if self.funded:
            bought = words.FAN_BOUGHT.format(images=count(self.decision.images_total), **ends)
        if self.project.pilots:
            runs = (
                f"{count(run.images)} images, error {_percent(run.error)}"
                for run in self.project.pilots[:5]
            )
            pilots = words.FAN_PILOTS.format(pilots="; ".join(runs))
        return words.FAN_ALT.format(
            name=name,
            target=plain(numbers.target(self.project)),
            held=f"{count(images.held)} images",
            limit=f"{count(images.limit)} images",
            bought=bought,
            pilots=pilots,
        )


def go_limits(decision: Decision) -> list[tuple[float, float]]:
    """Return the run that a decision waits for, with the largest error after which it is GO."""
    run = decision.pilot
    if run is None or run.go_if_error_at_most is None:
        return []
    return [(float(run.images), run.go_if_error_at_most)]


def _percent(share: float) -> str:
    return numbers.rate(float(share)).text


def _span(project: Project, model: Posterior) -> tuple[float, float]:
    """Return the images that fitted results of the same task and backbone span."""
    part = model.evidence.parts.get(f"{project.task}, {project.backbone}")
    return model.evidence.images if part is None else part.images


def _images_shown(project: Project) -> NDArray[np.float64]:
    """Return sizes from a tenth of what is held (or 100) to twice the limit."""
    first = min([project.images.held or 1_000, *(run.images for run in project.pilots)])
    start = max(10.0, min(first / 10, project.images.limit / 10))
    return np.geomspace(start, 2.0 * project.images.limit, N_POINTS)
