"""The published study beside our recomputation, as terminal tables."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.domain.results.reproduction import Reproduction, TermEstimate
from planner.reporting.terminal.draw import titled_table

_NAMES = {
    "intercept": "intercept",
    "log10_images": "log10(images)",
    "pretrained_log10_images": "pretrain × log10(images)",
    "relative_complexity": "relative complexity",
    "type": "type",
}


def render_reproduction(reproduction: Reproduction) -> tuple[RenderableType, ...]:
    """Return Tables 1 and 2, Figure 2 and every explained deviation, for 80 columns.

    Parameters
    ----------
    reproduction : Reproduction
        What ``planner.regression.published.reproduce.reproduce`` returned.

    Returns
    -------
    tuple of renderables
        Print them in order.
    """
    return (
        _table1(reproduction),
        *_table1_notes(reproduction),
        Text(),
        _table2(reproduction),
        *_table2_notes(reproduction),
        Text(),
        _figure2(reproduction),
        *_figure2_notes(reproduction),
        Text(),
        _yolov5(reproduction),
        Text(),
        _deviations(reproduction),
    )


def _table1(reproduction: Reproduction) -> Table:
    table = titled_table("Table 1: regression of log10(error)")
    table.add_column("term", no_wrap=True)
    table.add_column("", no_wrap=True)
    for heading in ("coef.", "SE", "t", "P", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    printed = reproduction.printed_table1.terms
    for term, ours in reproduction.table1.terms.items():
        table.add_row(_NAMES[term], "paper", *_digits(printed[term]))
        table.add_row("", "ours", *_digits(ours))
    return table


def _digits(estimate: TermEstimate) -> tuple[str, ...]:
    """Return one row of Table 1 as it is printed."""
    return (
        f"{estimate.coefficient:.3f}",
        f"{estimate.std_err:.3f}",
        f"{estimate.t:.3f}",
        f"{estimate.p:.3f}",
        f"{estimate.ci_low:.3f}, {estimate.ci_high:.3f}",
    )


def _table1_notes(reproduction: Reproduction) -> list[Text]:
    table, checks = reproduction.table1, reproduction.checks
    printed = reproduction.printed_table1.terms
    differing = [
        _NAMES[term]
        for term, ours in table.terms.items()
        if _digits(ours) != _digits(printed[term])
    ]
    agreement = f"Digits differ for {', '.join(differing)}." if differing else "Every digit agrees."
    return [
        Text(agreement),
        Text(
            f"R² {table.r_squared:.3f} (paper {reproduction.printed_table1.r_squared:.3f}), "
            f"{table.n_obs} rows, {table.df_resid} degrees of freedom."
        ),
        Text(
            f"R² flatters: leave-one-out error {checks.leave_one_out_rmse:.3f}, and on Table 2's "
            f"new cases {checks.table2_log10_rmse:.3f} in log10(error), a factor of "
            f"{10**checks.table2_log10_rmse:.1f}."
        ),
        Text(reproduction.notice, style="yellow"),
    ]


def _table2(reproduction: Reproduction) -> Table:
    table = titled_table("Table 2: error of six client projects that were not fitted")
    table.add_column("", justify="right")
    table.add_column("case", no_wrap=True)
    for heading in ("images", "RC", "observed", "paper", "ours", "observed / ours"):
        table.add_column(heading, justify="right")
    for number, case in enumerate(reproduction.table2, start=1):
        ours = f"{case.predicted_error:.1%}"
        table.add_row(
            str(number),
            case.case,
            f"{case.images:,}",
            f"{case.relative_complexity:.3f}",
            f"{case.observed_error:.0%}",
            f"{case.printed_error:.0%}",
            Text(ours, style="bold yellow") if case.misses_print else ours,
            f"{case.observed_error / case.predicted_error:.2f}×",
        )
    return table


def _table2_notes(reproduction: Reproduction) -> list[Text]:
    return [
        Text(
            f"Row {number}: the paper prints {case.printed_error:.0%} where Eq. 1 gives "
            f"{case.predicted_error:.1%}; probably a misprint of 10 %.",
            style="yellow",
        )
        for number, case in enumerate(reproduction.table2, start=1)
        if case.misses_print
    ] + [
        Text(
            "Eq. 2 of Eq. 1 gives the images back to "
            f"{reproduction.round_trip_max_error:.0e} of themselves."
        )
    ]


def _figure2(reproduction: Reproduction) -> Table:
    figure = reproduction.figure2
    printed = {row.architecture: row for row in figure.printed}
    table = titled_table("Figure 2: cost of the example in US dollars, as printed and ours")
    table.add_column("architecture", no_wrap=True)
    table.add_column("parameters", justify="right")
    for heading in ("training,\npaper", "training,\nours", "total,\npaper", "total,\nours"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in figure.rows:
        paper = printed[row.architecture]
        table.add_row(
            row.architecture,
            f"{row.size:,}",
            f"{paper.training_cost:,.2f}",
            f"{row.training_cost:,.2f}",
            f"{paper.total_cost:,.2f}",
            f"{row.total_cost:,.2f}",
        )
    return table


def _figure2_notes(reproduction: Reproduction) -> list[Text]:
    figure = reproduction.figure2
    paper = figure.printed[0]
    at_printed = ", ".join(
        f"{reading.name} {reading.training_cost:,.2f}" for reading in figure.at_printed_price
    )
    implied = ", ".join(
        f"{name} {size:,.0f}" for name, size in figure.implied_sizes_at_printed_price.items()
    )
    return [
        Text(
            f"Data: ${figure.price_per_image:.3f} × {figure.images_to_buy:,} images to buy = "
            f"${figure.data_cost:,.2f} (paper ${paper.data_cost:,.2f})."
        ),
        Text(
            f"RC {figure.relative_complexity:.6f}; accuracy at {figure.images_limit:,} images "
            f"{figure.accuracy_at_limit:.3%} (paper {paper.accuracy:.2%}), at the "
            f"{figure.images_held:,} held {figure.accuracy_at_held:.3%}."
        ),
        Text(f"At exactly $3e-11 per FLOP: {at_printed}."),
        Text(f"Sizes that $3e-11 would need: {implied}."),
    ]


def _yolov5(reproduction: Reproduction) -> Table:
    table = titled_table("Training cost that each released YOLOv5 would give in Figure 2")
    table.add_column("release", no_wrap=True)
    table.add_column("parameters", justify="right")
    table.add_column("USD", justify="right")
    table.add_column("of the paper's", justify="right")
    for reading in reproduction.figure2.yolov5_released:
        ratio = f"{reading.ratio_to_printed:.3f}"
        table.add_row(reading.name, f"{reading.size:,}", f"{reading.training_cost:,.2f}", ratio)
    return table


def _deviations(reproduction: Reproduction) -> Table:
    table = titled_table("Where the paper and this recomputation differ, and why")
    table.add_column("where", max_width=14)
    table.add_column("paper", max_width=10)
    table.add_column("ours", max_width=11)
    table.add_column("why")
    for deviation in reproduction.deviations:
        table.add_row(deviation.where, deviation.printed, deviation.computed, deviation.why)
        table.add_section()
    return table
