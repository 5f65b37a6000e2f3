"""What was looked at of an installation, as a table, and what to do."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.questions.doctor import Examination, ExtraFound
from planner.reporting.terminal.draw import plain_table


def render_examination(examination: Examination) -> Iterator[Table | Text]:
    """Yield the findings as a table and the conclusion."""
    table = plain_table()
    for column in ("Check", "Verdict", "Seen"):
        table.add_column(column)
    for finding in examination.findings:
        style = "green" if finding.verdict == "PASS" else "bold red"
        table.add_row(finding.name, Text(finding.verdict, style=style), Text(finding.seen))
    yield table
    for finding in examination.findings:
        if finding.verdict != "PASS":
            yield Text(f"{finding.name}: {finding.advice}", style="red")
    yield from map(_extra_text, examination.extras)
    yield Text("Everything works." if examination.sound else "Something is wrong; see above.")


def _extra_text(extra: ExtraFound) -> Text:
    needed = f"{', '.join(extra.commands)}: {extra.adds}."
    if extra.installed:
        versions = ", ".join(f"{name} {version}" for name, version in extra.packages.items())
        return Text(f"Extra {extra.name} is installed ({versions}).")
    missing = ", ".join(name for name, version in extra.packages.items() if version is None)
    return Text(
        f"Extra {extra.name} is not installed (missing: {missing}).\n"
        f"  For {needed}\n  To add it: {extra.how}"
    )
