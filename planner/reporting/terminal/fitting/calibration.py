"""Calibration by simulation, as a terminal table."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import percent_as_set
from planner.domain.results.calibration import Calibration


def render_calibration(calibration: Calibration) -> Iterator[Table | Text]:
    """Yield the verdict, a row for each parameter, and how to read it.

    Parameters
    ----------
    calibration : Calibration
        From ``planner.regression.calibration.run.calibrate_declaration``.
    """
    yield Text(f"{calibration.verdict}: {calibration.why}", style="bold")
    yield Text(
        f"{calibration.model}: {calibration.n_refits} refits of {calibration.n_rows} rows "
        f"({calibration.n_datasets} data sets), seed {calibration.seed}; R-hat at most "
        f"{calibration.max_rhat:.3f}, {calibration.divergences} divergences in all."
    )
    yield Text()
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("Parameter", max_width=30)
    for name in ("Mean rank", "Dispersion", "p"):
        table.add_column(name, justify="right")
    table.add_column("Band")
    for name, each in calibration.parameters.items():
        where = "inside" if each.inside else f"outside: {each.reads}"
        numbers = (f"{each.mean:.3f}", f"{each.dispersion:.3f}", f"{each.p:.3g}")
        table.add_row(Text(name), *numbers, where)
    yield table
    yield Text()
    yield Text(
        "Parameters are drawn from the priors, errors simulated with them and fitted again. If "
        "code and sampler are right, a true value has any rank among its draws equally often: "
        "mean rank .5, dispersion .333 (more: draws too narrow), and the share up to every rank "
        f"within a band that holds all at once with {percent_as_set(calibration.level)}. p is the "
        "chance that right ones stray as far. It says nothing on whether the model suits your "
        "data.",
        style="dim",
    )
