"""Fitted models as terminal tables: what they are, how two differ, whether they are sound."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.domain.format import NEVER, count, figure, percent
from planner.domain.model.model_card import ComparisonRow, ModelCard, ModelComparison, Spread
from planner.domain.model.model_checks import CheckReport, CheckResult
from planner.reporting.terminal.draw import titled_table

_STYLES = {"PASS": "green", "REVIEW": "yellow", "FAIL": "bold red"}


def render_card(card: ModelCard, *, verbose: bool = False) -> tuple[RenderableType, ...]:
    """Return what a model is; with ``verbose`` also the reason of every prior and all versions."""
    return tuple(_card(card, verbose=verbose))


def _card(card: ModelCard, *, verbose: bool) -> Iterator[RenderableType]:
    yield Text(f"{card.name}: {card.family}", style="bold")
    low, high = card.images
    yield Text(
        f"{card.n_draws:,} joint draws in {card.n_chains} chains, sha256 {card.sha256[:12]}. "
        f"Evidence: {card.evidence} Between {count(low)} and {count(high)} images."
    )
    for key, value in card.provenance.items():
        if verbose or not key.startswith(("sha256", "version", "rows")):
            yield Text(f"{key}: {value}")
    yield Text()
    yield _parameter_table(card)
    if verbose:
        yield Text("Why these priors:", style="bold")
        for row in card.parameters:
            if row.why:
                yield Text(f"- {row.name}: {row.why}")
    else:
        yield Text("Reasons for the priors, checksums and versions: -v")
    for name, labels in card.labels.items():
        if labels:
            yield Text(f"{name} holds {len(labels)} fitted effects: {', '.join(labels)}.")
    yield Text()
    yield _check_table("How the sampling went", card.sampling)


def _parameter_table(card: ModelCard) -> Table:
    table = titled_table("Parameters: posterior median and central 80 %")
    table.add_column("name", no_wrap=True)
    table.add_column("of", overflow="fold")
    table.add_column("prior", no_wrap=True)
    table.add_column("median", justify="right", no_wrap=True)
    table.add_column("80 %", justify="right", no_wrap=True)
    for row in card.parameters:
        spread = row.posterior
        table.add_row(
            row.name,
            row.meaning,
            row.prior,
            _number(spread.median),
            f"{_number(spread.p10)} to {_number(spread.p90)}",
        )
    return table


def render_checks(report: CheckReport) -> tuple[RenderableType, ...]:
    """Return every check with its verdict, number, threshold and advice."""
    return tuple(_checks(report))


def _checks(report: CheckReport) -> Iterator[RenderableType]:
    heading = Text(f"Model {report.model}: ")
    heading.append(report.verdict, style=_STYLES[report.verdict])
    yield heading
    yield _check_table("", report.checks)
    for check in report.checks:
        if check.verdict != "PASS":
            line = Text(f"{check.verdict} ", style=_STYLES[check.verdict])
            line.append(f"{check.name}: {check.advice}", style="default")
            yield line
    for note in report.notes:
        yield Text(note, style="yellow")
    if report.by_dataset:
        above = [
            name for name, entry in report.by_dataset.items() if entry.get("pareto_k", 0.0) > 0.7
        ]
        if above:
            yield Text(f"k-hat above 0.7: {', '.join(above)}.")


def _check_table(title: str, checks: Sequence[CheckResult]) -> Table:
    table = titled_table(title)
    table.add_column("", no_wrap=True)
    table.add_column("check", no_wrap=True)
    table.add_column("number", justify="right", no_wrap=True)
    table.add_column("threshold", justify="right", no_wrap=True)
    table.add_column("what it is")
    for check in checks:
        table.add_row(
            Text(check.verdict, style=_STYLES[check.verdict]),
            check.name,
            "–" if check.value is None else figure(check.value, 4),
            "–" if check.threshold is None else figure(check.threshold, 6),
            check.detail,
        )
    return table


def render_comparison(comparison: ModelComparison) -> tuple[RenderableType, ...]:
    """Return two models side by side."""
    names = (comparison.first, comparison.second)
    blocks: list[RenderableType] = [
        _side_by_side("Coefficients that correspond: median, 80 %", names, comparison.coefficients),
        _side_by_side(
            "Slope of log10 error per tenfold images, new project", names, comparison.slopes
        ),
        _need_table(comparison),
    ]
    if comparison.scores:
        blocks.append(_side_by_side("Validation", names, comparison.scores))
    blocks += [Text(f"- {note}") for note in comparison.notes]
    return tuple(blocks)


def _side_by_side(title: str, names: Sequence[str], rows: Sequence[ComparisonRow]) -> Table:
    table = titled_table(title)
    table.add_column("")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(row.what, _shown(row.first), _shown(row.second))
    return table


def _need_table(comparison: ModelComparison) -> Table:
    table = titled_table("Total images needed: median (80 % of outcomes), and the chance of never")
    table.add_column("project")
    for name in (comparison.first, comparison.second):
        table.add_column(name, justify="right")
    for row in comparison.needs:
        chances = comparison.chance_never[row.what]
        cells = [
            f"{_need(spread)}\nnever {percent(chance)}"
            for spread, chance in zip((row.first, row.second), chances, strict=True)
        ]
        table.add_row(row.what, *cells)
    return table


def _need(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    middle, low, high = (count(value) for value in (spread.median, spread.p10, spread.p90))
    return f"{middle} ({low} to {high})"


def _shown(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    if spread.p10 is None or spread.p90 is None:
        return _number(spread.median)
    return f"{_number(spread.median)} ({_number(spread.p10)} to {_number(spread.p90)})"


def _number(value: float | None) -> str:
    return NEVER if value is None else figure(value)
