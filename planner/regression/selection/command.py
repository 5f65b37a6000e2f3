"""What does ``planner fit --candidates`` choose from, on which rows?"""

from planner.domain.results.selection import Selection
from planner.regression.fitting.command import FitRequest
from planner.regression.fitting.write_model import describe_rows
from planner.regression.selection.candidates import read_candidates
from planner.regression.selection.stepwise import select_stepwise


def select_candidates(request: FitRequest, names: str) -> Selection:
    """Return the stepwise regression of log10 error on candidates.

    Parameters
    ----------
    request : FitRequest
        The rows, from :func:`planner.regression.fitting.command.prepare_fit`.
    names : str
        Candidates, separated by commas.

    Raises
    ------
    InputError
        With every mistake in the names, or too few rows.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    found = read_candidates(wanted, request.table, request.further)
    return select_stepwise(
        request.table.log10_error,
        found.columns,
        rows=describe_rows(request.table, request.sources),
        n_datasets=len(set(request.table.dataset)),
        notes=found.notes,
    )
