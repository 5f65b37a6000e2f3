"""What to do after each outcome of a run: limits of the measured error, and the decision."""

from dataclasses import replace

import numpy as np

from planner.domain.arrays import Rows
from planner.domain.results.pilots import OutcomeRow, ProjectPolicy
from planner.planning.pilots.trial import Trial, merged_cells, net_at

__all__ = ["decision_table", "table_cells"]

ABOUT = 1.1
"""Of the target: a limit between two outcomes lies near it, not on it."""
AS_GOOD = 0.01
"""Of the best option's worth: by less than that nothing is better than what is trained already."""
ALIKE = 1.15
"""Numbers of images so near to each other are one row."""
MOST_ROWS = 8
LEAST_SHARE = 0.00002
"""Of what the project's options are worth: what simpler tables may lose."""


def table_cells(trial: Trial, price: float) -> Trial:
    """Return the trial with the outcomes that its table has rows for."""
    scale = float(trial.chance @ net_at(trial, price).max(axis=1))
    return merged_cells(trial, [price], MOST_ROWS, LEAST_SHARE * scale)


def decision_table(trial: Trial, price: float, error_target: float) -> ProjectPolicy:
    """Return what is done after each outcome, at a price of money.

    Parameters
    ----------
    trial : Trial
        With fine cells.
    price : float
        Worth of one more unit of money.
    error_target : float
        Of the project: a run at or below it delivers.
    """
    table = table_cells(trial, price)
    limits = [*np.exp(table.limits).tolist(), None]
    by_target = trial.stage.random is None
    best = _picks(table, price).tolist()
    rows: list[OutcomeRow] = []
    for limit, chance, pick in zip(limits, table.chance.tolist(), best, strict=True):
        row = _row(table, pick, limit, chance, error_target)
        if rows and (_is_same(rows[-1], row) or (by_target and _is_less(rows[-1], row))):
            before = rows.pop()
            most = max(before.images_total or 0, row.images_total or 0) or None
            row = replace(row, chance=before.chance + chance, images_total=most)
        rows.append(row)
    return ProjectPolicy(
        project=trial.candidate.run.project,
        images=trial.candidate.run.images,
        rows=tuple(rows),
        error_target=error_target,
        expected=tuple(np.exp(trial.limits).tolist()),
    )


def _picks(trial: Trial, price: float) -> Rows:
    """Return the option after each outcome: what the run has trained unless another is better."""
    net, run, options = net_at(trial, price), trial.candidate.run, trial.options
    best = np.argmax(net, axis=1)
    if trial.candidate.is_probe:
        return best
    for row in np.flatnonzero(options.images_total == run.images).tolist():
        if options.architecture(row) == run.architecture:
            most = net.max(axis=1)
            return np.where(net[:, row] >= most - AS_GOOD * np.abs(most), row, best)
    return best


def _row(
    trial: Trial, pick: int, limit: float | None, chance: float, error_target: float
) -> OutcomeRow:
    """Return what is done after an outcome; a run that met the target is what is delivered."""
    if pick >= len(trial.options):
        return OutcomeRow(limit, chance, "NO-GO", None, None)
    run, options = trial.candidate.run, trial.options
    other = options.alternative(pick)
    if other is not None:
        return OutcomeRow(limit, chance, "GO", None, None, alternative=other)
    architecture, images = options.architecture(pick), int(options.images_total[pick])
    same = (architecture, images) == (run.architecture, run.images) and not trial.candidate.is_probe
    delivers = same and limit is not None and limit <= ABOUT * error_target
    return OutcomeRow(limit, chance, "GO", architecture, images, delivers=delivers)


def _is_less(one: OutcomeRow, other: OutcomeRow) -> bool:
    """Whether a worse outcome asks for fewer images of the same network.

    Where meeting a target is all that counts, draws make it seem so.
    """
    same = one.architecture == other.architecture and not one.delivers and not other.delivers
    return same and (one.images_total or 0) > (other.images_total or 0) > 0


def _is_same(one: OutcomeRow, other: OutcomeRow) -> bool:
    """Whether two rows say the same, or numbers of images that draws hardly tell apart."""
    same = all(
        getattr(one, name) == getattr(other, name)
        for name in ("architecture", "delivers", "alternative")
    )
    few, many = sorted((one.images_total or 0, other.images_total or 0))
    return same and many <= ALIKE * few
