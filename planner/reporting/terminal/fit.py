"""What a fit found, in words: parameters, diagnostics and where the model lies."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure
from planner.reporting.terminal.draw import plain_table


def render_fit(report: Mapping[str, Any]) -> Iterator[Table | Text]:
    """Yield the headline, the diagnostics, the parameters and what to do next."""
    sampling = report["sampling"]
    yield Text(
        f"Fitted {report['n_rows']:,} results of {report['n_datasets']} data sets "
        f"({report['n_curves']} curves); {report['n_draws']:,} joint draws kept of "
        f"{sampling['chains']} x {sampling['draws_per_chain']:,}, seed {sampling['seed']}.",
        style="bold",
    )
    yield Text()
    yield _checks(report["checks"])
    yield Text()
    yield _parameters(report["parameters"])
    yield Text()
    folder = report["model"]["folder"]
    yield Text(f"Wrote {folder}: {', '.join(report['files'])}.")
    yield Text(f"Next: planner estimate portfolio.yaml --model {_as_argument(folder)}", style="dim")


def _checks(checks: list[Mapping[str, Any]]) -> Table:
    table = plain_table()
    table.add_column("Check")
    for name in ("Worst", "Threshold"):
        table.add_column(name, justify="right")
    table.add_column("Verdict")
    table.add_column("Where")
    for check in checks:
        table.add_row(
            check["name"],
            _shown(check["value"]),
            f"{check['threshold']:g}",
            check["verdict"],
            Text(check["worst"]),
        )
    return table


def _parameters(parameters: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return posterior moments of all scalars; stored effects stand in the card."""
    table = plain_table()
    table.add_column("Parameter", max_width=40)
    for name in ("Mean", "SD", "R-hat", "Bulk ESS", "Tail ESS"):
        table.add_column(name, justify="right")
    for name, entry in parameters.items():
        if "[" not in name:
            table.add_row(
                Text(name),
                f"{entry['mean']:.3f}",
                f"{entry['sd']:.3f}",
                f"{entry['rhat']:.3f}",
                count(entry["ess_bulk"]),
                count(entry["ess_tail"]),
            )
    return table


def _as_argument(folder: str) -> str:
    """Return a folder as --model takes it: a bare name would mean a shipped model."""
    return folder if "/" in folder or "\\" in folder else f"./{folder}"


def _shown(value: float | None) -> str:
    if value is None:
        return "none"
    return count(value) if value >= 100 else figure(value, 4)
