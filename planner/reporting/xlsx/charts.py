"""Charts that a workbook draws itself, from its own cells, and colours of verdicts."""

from collections.abc import Mapping
from typing import Any

from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from planner.reporting.xlsx import look
from planner.reporting.xlsx.look import Sheet

__all__ = ["bar_chart", "colour_verdicts", "curve_chart"]

_COLOURS: Mapping[str, tuple[str, str]] = {
    "GO": ("DDF1E6", "0B5D3B"),
    "PILOT": ("FBEBD3", "7A4300"),
    "NO-GO": ("ECEEF1", "4A5568"),
}
"""Ground and ink of a verdict, which stands in words in its cell."""
_BLUE = "1F6F8B"
MOST_BARS = 30


def colour_verdicts(sheet: Sheet, cells: str) -> None:
    """Colour verdicts by what stands in their cells, so that edits change the colour too."""
    for verdict, (ground, ink) in _COLOURS.items():
        fill = PatternFill("solid", start_color=ground, end_color=ground)
        rule = CellIsRule(
            operator="equal", formula=[f'"{verdict}"'], fill=fill, font=Font(color=ink, bold=True)
        )
        sheet.conditional_formatting.add(cells, rule)


def bar_chart(
    sheet: Sheet, anchor: str, title: str, unit: str, *, column: int, rows: tuple[int, int]
) -> None:
    """Draw bars of one column of a sheet, named by its first column."""
    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    first, last = rows[0], min(rows[1], rows[0] + MOST_BARS - 1)
    chart.add_data(Reference(sheet, min_col=column, min_row=first, max_row=last))
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    chart.series[0].graphicalProperties.solidFill = _BLUE
    _axes(chart, title, look.safe_text(unit))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "#,##0"
    chart.width, chart.height = 22, 3 + 0.55 * (last - first + 1)
    sheet.add_chart(chart, anchor)


def curve_chart(sheet: Sheet, anchor: str, title: str, unit: str, *, rows: tuple[int, int]) -> None:
    """Draw the S-curve of four quantiles: amounts stand in column B, chances in column C."""
    chart = ScatterChart()
    chart.style, chart.legend = 10, None
    first, last = rows
    amounts = Reference(sheet, min_col=2, min_row=first, max_row=last)
    chances = Reference(sheet, min_col=3, min_row=first, max_row=last)
    series = Series(chances, amounts)
    series.marker.symbol = "circle"
    series.graphicalProperties.line.solidFill = _BLUE
    chart.series.append(series)
    _axes(chart, title, "")
    chart.x_axis.title = look.safe_text(unit)
    chart.x_axis.number_format, chart.y_axis.number_format = "#,##0", "0%"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.width, chart.height = 15, 8
    sheet.add_chart(chart, anchor)


def _axes(chart: Any, title: str, unit: str) -> None:  # noqa: ANN401 - openpyxl has no types
    """Give a chart its title, and axes that are drawn."""
    chart.title = look.safe_text(title)
    chart.y_axis.title = unit or None
    chart.x_axis.delete = chart.y_axis.delete = False
