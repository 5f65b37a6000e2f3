"""The risk register as a CSV file, for the register that an organisation keeps."""

import csv
import io

from planner.reporting.document import plain
from planner.reporting.sections.material import Material
from planner.reporting.sections.register import register_entries
from planner.reporting.words.risks import NO_CLAIM

__all__ = ["COLUMNS", "register_csv"]

COLUMNS = (
    "number", "risk", "likelihood", "impact", "mitigation", "framework", "clause", "note",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def register_csv(material: Material, framework: str = "") -> bytes:
    """Return the register as CSV, in the order of the report.

    Parameters
    ----------
    material : Material
        Of the report.
    framework : str
        Name that stands in each row of the column of that name; its clauses are the reader's to
        fill in.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, entry in enumerate(register_entries(material), start=1):
        texts = (entry.risk, entry.likelihood, entry.impact, entry.mitigation)
        cells = [_safe(plain(text)) for text in texts]
        writer.writerow([number, *cells, _safe(framework), "", NO_CLAIM])
    return out.getvalue().encode("utf-8")


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
