"""How a record reaches the room that draws it: the one door from the domain to the report.

Records stand first and import no other room; what draws them stands last. This module hands a
record over when somebody looks at it, and not before.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def html(record: object) -> str:
    """Return a record as a small HTML table; see :mod:`planner.reporting.notebook.display`."""
    from planner.reporting.notebook.display import html_of

    return html_of(record)


def frame(record: object, **options: str | None) -> "pd.DataFrame":
    """Return a record as a tidy frame; see :mod:`planner.reporting.notebook.frames`."""
    from planner.reporting.notebook.frames import frame_of

    return frame_of(record, **options)


def picture(record: object, **options: str | None) -> "Figure":
    """Return the natural picture of a record; see :mod:`planner.reporting.figures.pictures`."""
    from planner.reporting.figures.pictures import picture_of

    return picture_of(record, **options)
