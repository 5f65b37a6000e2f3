"""Documents as Markdown, for a pull request: headings, tables and sentences, names escaped."""

import re
from collections.abc import Iterator, Sequence

from planner.domain.facts.changes import ChangeKind
from planner.domain.results.plan_diff import PlanDiff
from planner.reporting import document
from planner.reporting.diff_table import changes_table, shown_changes, totals_table
from planner.reporting.document import plain
from planner.reporting.user_text import visible
from planner.reporting.words import changes as words

__all__ = ["diff_markdown", "escaped", "markdown_table"]

_SIGNS = re.compile(r"([\\`*_\[\]<>#|~@&$])")


def escaped(text: str) -> str:
    r"""Return text that reads as itself in Markdown, on one line.

    Examples
    --------
    >>> escaped("a|b <b>*c*")
    'a\\|b \\<b\\>\\*c\\*'
    """
    return _SIGNS.sub(r"\\\1", " ".join(visible(text).split()))


def markdown_table(table: document.Table) -> str:
    """Return a table of a document as a table of Markdown."""
    heads = [escaped(head.label) for head in table.columns]
    rule = ["---:" if head.numeric else "---" for head in table.columns]
    rows = ([escaped(plain(cell)) for cell in row.cells] for row in table.rows)
    return "\n".join(_line(cells) for cells in (heads, rule, *rows))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def diff_markdown(diff: PlanDiff, *, everything: bool = False) -> str:
    """Return what changed between two plans: the whole first, then each project, then why."""
    return "\n\n".join(_blocks(diff, everything=everything)) + "\n"


def _blocks(diff: PlanDiff, *, everything: bool) -> Iterator[str]:
    yield f"### {escaped(diff.after.portfolio)}: what the plan changes"
    yield markdown_table(totals_table(diff))
    shown = shown_changes(diff, everything=everything)
    if all(item.change is ChangeKind.SAME for item in diff.projects):
        yield words.EVERYTHING_SAME
    if shown:
        yield markdown_table(changes_table(diff, shown))
        yield words.SIGNS
        why = "\n".join(f"- {escaped(item.project)}: {escaped(item.why)}" for item in shown)
        yield f"<details><summary>Why</summary>\n\n{why}\n\n</details>"
