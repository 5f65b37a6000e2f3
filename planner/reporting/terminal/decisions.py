"""What decisions earned where the truth is known, as terminal tables of at most 80 columns."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table

from planner.domain.results.decisions import DecisionScore, DecisionTest
from planner.reporting.terminal.draw import paragraphs, titled_table


def render_decisions(test: DecisionTest) -> Iterator[RenderableType]:
    """Yield tables and sentences, to print in order."""
    title = (
        f"Decisions: {test.portfolios} portfolios of {test.projects} projects, drawn from "
        f"{test.curves} curves left out of the fit"
    )
    yield _table(title, test.scores)
    for group in test.groups:
        yield _table(f"{group.name}: {group.portfolios} portfolios", group.scores)
        yield from paragraphs([", ".join(group.datasets)], indent="  ")
    for kind, scores in test.kinds.items():
        yield _table(f"Projects of {kind}", scores)
    yield from paragraphs(test.notes)
    yield from paragraphs(off_sentences(test), style="bold yellow")
    refits = (
        f"{len(test.groups)} refits of {test.model}: largest R-hat {test.max_rhat:.3f}, "
        f"{test.divergences} divergences in all. Seed {test.seed}."
    )
    yield from paragraphs([refits])


def off_sentences(test: DecisionTest) -> Iterator[str]:
    """Yield a sentence for each group on which a promise is off by more than .10."""
    for off in test.off:
        what = "too much" if off.promised > off.realised else "too little"
        parts = ", ".join(f"{name} {part:+.2f}" for name, part in off.by_dataset.items())
        yield (
            f"{off.group}, {off.plan}: promises {what}, {off.promised:.2f} for {off.realised:.2f} "
            f"realised; most of it from {parts}."
        )


def _table(title: str, scores: Sequence[DecisionScore]) -> Table:
    table = titled_table(title)
    table.add_column("planned on")
    for name in ("realised", "promised", "excess", "spent", "met"):
        table.add_column(name, justify="right", no_wrap=True)
    for score in scores:
        table.add_row(
            score.plan,
            f"{score.realised:.2f} ±{score.realised_se:.2f}",
            f"{score.promised:.2f}",
            f"{score.excess:+.2f} ±{score.excess_se:.2f}",
            f"{score.committed:.2f}",
            f"{score.met}/{score.funded}",
        )
    return table
