"""For technical review: how the model was fitted, and how well it predicts what it never saw."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from planner.reporting import numbers
from planner.reporting.document import (
    Block,
    Code,
    Definitions,
    Head,
    Mark,
    Name,
    Paragraph,
    Picture,
    Pictures,
    Row,
    Section,
    Table,
    Text,
    say,
)
from planner.reporting.figures.report_pictures import sheet
from planner.reporting.figures.svg import AMBER, BLUE, INK, MUTED, RED, RULE, to_svg
from planner.reporting.sections.material import Material
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

type Json = Mapping[str, object]

_TONES = {"PASS": ("good", "✓"), "REVIEW": ("fair", "◐"), "FAIL": ("poor", "✕")}
_ESS_ASKED = 400.0


def diagnostics_section(material: Material) -> Section:
    """Return the sampling table, the predictive checks and every parameter's R-hat and ESS."""
    return Section("diagnostics", words.DIAGNOSTICS, tuple(_blocks(material)))


def _blocks(material: Material) -> Iterator[Block]:
    name = Name(visible(material.model.name))
    yield Paragraph(say(words.TECH_LEAD, model=name))
    fit, checks = material.diagnostics, material.checks
    if not fit:
        command = Code(visible(f"planner model check {material.model.name} --full"))
        yield Paragraph(say(words.TECH_NONE, model=name, command=command))
        return
    if isinstance(fit.get("method"), str):
        yield Paragraph(say(words.TECH_CLOSED_FORM, method=visible(str(fit["method"]))))
    yield from _check_table(words.SAMPLING_CAPTION, fit.get("checks"))
    yield from _check_table(words.CHECKS_CAPTION, checks.get("checks"))
    if not checks:
        command = Code(visible(f"planner model check {material.model.name} --full"))
        yield Paragraph(say(words.TECH_NONE, model=name, command=command))
    yield from _left_out(checks.get("by_dataset"))
    yield from _parameters(fit.get("parameters"))
    yield from _fit_figures(fit)


def _check_table(caption: str, found: object) -> Iterator[Table]:
    if not isinstance(found, Sequence) or not found:
        return
    rows = tuple(_check_row(check) for check in found if isinstance(check, Mapping))
    columns = (
        Head("Check"),
        Head("Result"),
        Head("Value", numeric=True),
        Head("Threshold", numeric=True),
        Head("Advice"),
    )
    yield Table(caption, columns, rows)


def _check_row(check: Json) -> Row:
    verdict = str(check.get("verdict", ""))
    tone, sign = _TONES.get(verdict, ("none", "–"))
    advice = str(check.get("detail", "") or check.get("worst", ""))
    done = str(check.get("advice", ""))
    if done and done.casefold().rstrip(".") != "none needed":
        advice = f"{advice}. {done}" if advice else done
    return Row(
        (
            (visible(str(check.get("name", ""))),),
            (Mark(visible(verdict), tone, sign),),
            _plain(check.get("value")),
            _plain(check.get("threshold")),
            (visible(advice),),
        )
    )


def _left_out(found: object) -> Iterator[Pictures]:
    """Yield Pareto k of each data set left out: where importance sampling can be relied on."""
    if not isinstance(found, Mapping) or not found:
        return
    scores = {
        str(name): float(cast("float", entry["pareto_k"]))
        for name, entry in found.items()
        if isinstance(entry, Mapping) and isinstance(entry.get("pareto_k"), int | float)
    }
    ordered = sorted(scores.items(), key=lambda item: item[1])
    above = sum(score > 0.7 for score in scores.values())
    caption = words.LEFT_OUT_CAPTION.format(count=len(scores), above=above)
    with sheet((6.4, 2.2)) as figure:
        axes = figure.add_axes((0.08, 0.36, 0.9, 0.58))
        spots = range(len(ordered))
        axes.axhline(0.7, color=RED, lw=1, ls="--")
        for spot, (_, score) in zip(spots, ordered, strict=True):
            over = score > 0.7
            axes.plot(spot, score, "s" if over else "o", color=AMBER if over else BLUE, ms=4)
        axes.set_xticks(list(spots), [visible(name)[:20] for name, _ in ordered], rotation=90)
        axes.tick_params(axis="x", labelsize=6, length=0, labelcolor=INK)
        axes.set_ylabel("Pareto k", color=MUTED)
        axes.grid(visible=True, axis="y", color=RULE, lw=0.5)
        svg = to_svg(figure, "pareto-k", words.LEFT_OUT, caption)
    yield Pictures((Picture(svg, (caption,), (words.LEFT_OUT,)),), tone="one")


def _parameters(found: object) -> Iterator[Table]:
    if not isinstance(found, Mapping) or not found:
        return
    columns = (
        Head("Parameter"),
        Head("Mean", numeric=True),
        Head("Standard deviation", numeric=True),
        Head("R-hat", numeric=True),
        Head("Bulk ESS", numeric=True),
        Head("Tail ESS", numeric=True),
    )
    rows = tuple(
        Row(
            (
                (visible(str(name)),),
                *(_plain(entry.get(key)) for key in ("mean", "sd", "rhat", "ess_bulk", "ess_tail")),
            )
        )
        for name, entry in found.items()
        if isinstance(entry, Mapping)
    )
    yield Table(words.PARAMETERS_CAPTION, columns, rows, tone="long")


def _fit_figures(fit: Json) -> Iterator[Definitions]:
    """Yield what a model in closed form says of its fit."""
    items = [
        (label, _plain(fit[name]))
        for name, label in words.CLOSED_FORM_FIGURES.items()
        if isinstance(fit.get(name), int | float)
    ]
    if items:
        yield Definitions(tuple(items), tone="columns")


def _plain(value: object) -> Text:
    if not isinstance(value, int | float):
        return ("–",)
    digits = 5 if 0.9 < abs(value) < 1.2 else 3
    return (numbers.figure(float(value), "", digits=digits),)
