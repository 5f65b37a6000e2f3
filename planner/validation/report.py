"""Everything ``planner validate`` says, put together."""

from collections.abc import Callable, Sequence
from pathlib import Path

from planner.domain.model.posterior import Posterior
from planner.domain.results.decisions import DecisionTest
from planner.domain.results.validation import PilotMode, StoredScores, ValidationReport
from planner.tasks import SERIAL, Tasks
from planner.validation.curve_file import read_curves
from planner.validation.curves import curve_test
from planner.validation.table2 import table2_test


def validation_report(
    posterior: Posterior,
    *,
    beside: Sequence[Posterior] = (),
    left_out: StoredScores,
    curves: Path | None = None,
    pilots: Sequence[PilotMode] = (),
    rounds: bool = False,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
    decisions: DecisionTest | None = None,
    tasks: Tasks = SERIAL,
) -> ValidationReport:
    """Judge a model by Table 2, by stored refits and by the user's own curves.

    Parameters
    ----------
    posterior : Posterior
        Model to judge.
    beside : sequence of Posterior
        Further models that forecast Table 2.
    left_out : StoredScores
        From :func:`planner.regression.checking.left_out.read_left_out`.
    curves : Path, optional
        CSV file; see :func:`planner.validation.curve_file.read_curves`.
    pilots : sequence of PilotMode
        Tests of the curves' later points, given the first ones.
    rounds : bool, default=False
        Whether collecting in rounds is tried on the curves.
    seed : int, default=0
        Of the projects' luck.
    on_step : callable, optional
        Told curves tried in rounds and curves in all.
    decisions : DecisionTest, optional
        From :func:`planner.validation.decisions.run.decision_test`.
    tasks : Tasks
        Tries the curves in rounds.

    Raises
    ------
    InputError
        The curve file has mistakes; all of them.
    """
    file = None if curves is None else read_curves(curves)  # first: mistakes come before any work
    models = {model.sha256: model for model in (*beside, posterior)}
    return ValidationReport(
        model=posterior.name,
        model_sha256=posterior.sha256,
        seed=seed,
        table2=table2_test(tuple(models.values()), seed=seed),
        left_out=left_out,
        curves=None
        if file is None
        else curve_test(
            file,
            posterior,
            seed=seed,
            pilots=pilots,
            rounds=rounds,
            on_step=on_step,
            tasks=tasks,
        ),
        decisions=decisions,
    )
