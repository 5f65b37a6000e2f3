"""Which runs to make first, as a person reads it: what to do now, then what outcomes change."""

import shlex
from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, percent, shorten
from planner.domain.results.pilots import Pilots, ProjectPolicy, RunValue
from planner.reporting.columns import Surface
from planner.reporting.sections.pilots_columns import RUNS
from planner.reporting.terminal.draw import draw_table, paragraphs, plain_table
from planner.reporting.words.pilots import (
    advice,
    limit_words,
    outcome_words,
    then_words,
    worth_words,
)

__all__ = ["render_pilots"]

MOST_SHOWN = 8
"""Runs that are looked at and not chosen."""


def render_pilots(found: Pilots, *, file: str, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield the answer block by block, each at most 79 columns wide."""
    yield Text(
        f"{shorten(found.portfolio, 30)} · model {found.model['name']} · seed {found.seed}",
        style="bold",
    )
    yield from paragraphs([advice(found)])
    if found.chosen:
        yield _runs(found, found.chosen)
        yield from paragraphs([worth_words(found)])
        for policy in found.policy:
            yield Text("")
            yield from _policy(policy)
        yield Text("")
        yield from paragraphs(then_words(found))
    others = [run for run in found.pilots if not run.chosen][:MOST_SHOWN]
    if others and not quiet:
        yield Text("")
        yield from paragraphs([_others(found, others)])
        yield _runs(found, others)
    if not quiet:
        yield Text("")
        yield Text(_next(found, shlex.quote(file)), style="dim")


def _runs(found: Pilots, runs: Sequence[RunValue]) -> Table:
    return draw_table(RUNS.table(Surface.TERMINAL, runs, found.currency), padding=(0, 1, 0, 0))


def _policy(policy: ProjectPolicy) -> Iterator[Table | Text]:
    """Yield a decision table under its project."""
    yield Text(f"{shorten(policy.project, 30)}, measured on {count(policy.images)} images:")
    table = plain_table((0, 2, 0, 0))
    table.add_column("  If the error is")
    table.add_column("Chance", justify="right")
    table.add_column("Then")
    for at, row in enumerate(policy.rows):
        style = "" if row.images_total is not None else "dim"
        table.add_row(
            Text(f"  {limit_words(policy, at)}", style),
            Text(percent(row.chance), style),
            Text(outcome_words(row), style),
        )
    yield table


def _others(found: Pilots, shown: Sequence[RunValue]) -> str:
    left_out = len(found.pilots) - len(found.chosen) - len(shown)
    more = f" {left_out} more stand in --json." if left_out else ""
    return f"Also looked at, each alone (worth {found.currency}, and net of its price):{more}"


def _next(found: Pilots, file: str) -> str:
    if not found.chosen:
        return f"Next: planner plan {file}"
    return (
        f"Next: write what the runs show into runs.csv (project,images,error), then\n"
        f"      planner observe {file} runs.csv\n"
        f"      planner plan {file}"
    )
