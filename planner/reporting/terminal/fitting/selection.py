"""A stepwise regression as a log, step by step."""

from collections.abc import Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from planner.domain.results.selection import Selection, SelectionStep, Trial


def render_selection(selection: Selection) -> Iterator[Table | Text]:
    """Yield each step with what was tried, then the final fit and its notes.

    Parameters
    ----------
    selection : Selection
        From ``planner.regression.selection.stepwise.select_stepwise``.
    """
    yield Text(
        f"{len(selection.candidates)} candidates for log10(error), {selection.n_rows} rows of "
        f"{selection.n_datasets} data sets: {selection.rows}",
        style="bold",
    )
    for number, step in enumerate(selection.steps, start=1):
        yield Text()
        yield _headline(number, step)
        if step.tried:
            yield _tried(step.tried, dropping=step.action == "drop")
    yield Text()
    yield _final(selection)
    for note in selection.notes:
        yield Text(note, style="yellow")


def _headline(number: int, step: SelectionStep) -> Text:
    done = {"add": f"add {step.candidate}", "drop": f"drop {step.candidate}", "stop": "stop"}
    now = ", ".join(step.terms) or "the intercept alone"
    return Text(
        f"Step {number}: {done[step.action]}. {step.why} Model: {now}; "
        f"R² {step.r_squared:.4f}, adjusted {step.adjusted_r_squared:.4f}."
    )


def _tried(tried: Mapping[str, Trial], *, dropping: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("without" if dropping else "with", max_width=34)
    for heading in ("coef.", "SE", "p", "R²", "adj. R²"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, trial in tried.items():
        values = (trial.coefficient, trial.std_err, trial.p, trial.r_squared)
        if trial.note or None in (*values, trial.adjusted_r_squared):
            table.add_row(Text(f"{name}: {trial.note}"))
            continue
        numbers = (trial.coefficient, trial.std_err, trial.p)
        shares = (trial.r_squared, trial.adjusted_r_squared)
        cells = [f"{value:.3g}" for value in numbers] + [f"{share:.4f}" for share in shares]
        table.add_row(Text(name), *cells)
    return table


def _final(selection: Selection) -> Table:
    fitted = selection.table
    title = (
        f"Kept: R² {fitted.r_squared:.4f}, adjusted {selection.adjusted_r_squared:.4f}, "
        f"{fitted.df_resid} degrees of freedom"
    )
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("term", max_width=34)
    for heading in ("coef.", "SE", "t", "p", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, term in fitted.terms.items():
        table.add_row(
            Text(name),
            f"{term.coefficient:.3f}",
            f"{term.std_err:.3f}",
            f"{term.t:.2f}",
            f"{term.p:.3g}",
            f"{term.ci_low:.3f}, {term.ci_high:.3f}",
        )
    return table
