"""What do the mistakes of a chosen option cost, beside answering without looking?"""

from collections.abc import Iterator

import numpy as np

from planner.domain.portfolio.in_use.mistakes import Errors, MissShare
from planner.domain.results.life import ErrorBalance
from planner.domain.results.plan import Warning_
from planner.domain.words.plan_warnings import alarm_share_clamped, miss_share_clamped
from planner.domain.wrong_answers import blindly, cost_per_image, mistakes, net_benefit
from planner.economics.life.graded import ErrorsInUse
from planner.offering.life import option_part
from planner.planning.prepare import Prepared

__all__ = ["clamped_warnings", "error_balance"]

HALF = 0.5
"""Share of the draws from which on a mix of errors is said to be impossible."""


def error_balance(prepared: Prepared, index: int, pick: int) -> ErrorBalance | None:
    """Return what an option's mistakes are expected to cost, on the solve's draws.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index : int
        Place of the project in the file.
    pick : int
        Option of it.

    Returns
    -------
    ErrorBalance or None
        None where no error has a price.
    """
    menu, options = prepared.menus[index], prepared.options[index]
    errors, life = menu.project.errors, options.life
    if errors is None or life is None or life.graded is None:
        return None
    return _balance(errors, _found(prepared, index, pick))


def _found(prepared: Prepared, index: int, pick: int) -> ErrorsInUse:
    """Return the errors of an option on the solve's draws."""
    menu, options = prepared.menus[index], prepared.options[index]
    way, draws = menu.way(options, pick), prepared.posterior.solve_rows
    return option_part(menu.project, way, options, pick, prepared.portfolio, draws).errors


def clamped_warnings(prepared: Prepared, index: int, pick: int) -> Iterator[Warning_]:
    """Yield that a stated mix of errors cannot be, if in most draws it cannot."""
    menu, life = prepared.menus[index], prepared.options[index].life
    errors = menu.project.errors
    if errors is None or life is None or life.graded is None:
        return
    point, share = errors.point, errors.prevalence or 0.0
    if not isinstance(point, MissShare):
        return
    error = _found(prepared, index, pick).error
    if float(np.mean(point.miss_share * error > share)) > HALF:
        yield _clamped(menu.project.id, miss_share_clamped(point.miss_share, share))
    elif float(np.mean((1.0 - point.miss_share) * error > 1.0 - share)) > HALF:
        message = alarm_share_clamped(1.0 - point.miss_share, 1.0 - share)
        yield _clamped(menu.project.id, message)


def _clamped(project: str, message: str) -> Warning_:
    field = f"projects[{project}].errors.operating_point"
    return Warning_("MISS_SHARE_CLAMPED", project, field, message)


def _balance(errors: Errors, found: ErrorsInUse) -> ErrorBalance:
    error, guess = found.error[0], found.is_guess[0]
    mean, blind = float(error.mean()), blindly(errors)
    if blind is None:
        return ErrorBalance(mean, 1_000 * float(cost_per_image(errors, error).mean()))
    learned = mistakes(errors, error)
    says_no, share = blind.always_no <= blind.always_yes, errors.prevalence or 0.0
    missed = float(np.where(guess, share if says_no else 0.0, learned[0]).mean())
    alarms = float(np.where(guess, 0.0 if says_no else 1.0 - share, learned[1]).mean())
    cost = (errors.miss or 0.0) * missed + (errors.false_alarm or 0.0) * alarms
    return ErrorBalance(
        error=mean,
        cost=1_000 * cost,
        misses=1_000 * missed,
        false_alarms=1_000 * alarms,
        always_no=1_000 * blind.always_no,
        always_yes=1_000 * blind.always_yes,
        net_benefit=net_benefit(errors, missed, alarms),
        net_benefit_always_yes=net_benefit(errors, 0.0, 1.0 - share),
    )
