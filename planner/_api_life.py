"""The verbs beside a plan: what may be chosen, how projects rank, and what came of it.

The other verbs stand in :mod:`planner._api` and :mod:`planner._api_evidence`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from planner._api import require_loaded

if TYPE_CHECKING:  # importing this module must not cost what its verbs need
    from collections.abc import Sequence

    from planner.domain.model.posterior import Posterior
    from planner.domain.portfolio.portfolio import Portfolio
    from planner.domain.results.explanation import Crossover
    from planner.domain.results.plan import Plan
    from planner.questions.observe.actuals import Actuals
    from planner.questions.observe.training_curve import TrainingOutlook
    from planner.questions.rank import Ranking
    from planner.questions.recipes import Comparison

STOP_BELOW = 0.1
"""Chance of the target below which going on with a training is not advised."""


def options(
    portfolio: "Portfolio",
    model: "Posterior",
    *,
    seed: int = 0,
    project: str | None = None,
    pareto: bool = False,
    draws: bool = False,
    ranges: bool = False,
) -> dict[str, object]:
    """Return what the plan may choose, or what no cheaper option is as likely as (``pareto``).

    Of one project alone, if it is named. With ``draws`` each row has ``worth_draws``, an array of
    what the option is worth in each draw that the plan is chosen on, shared assets left out: enough
    to measure any plan's risk by hand. With ``ranges`` each row has P10, P50 and P90 of its cost
    and of its net value, on draws that nothing is chosen on.
    """
    from planner.questions.options_report import options_report
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    return options_report(
        portfolio,
        model,
        catalogue_of(portfolio),
        seed=seed,
        project=project,
        pareto=pareto,
        draws=draws,
        ranges=ranges,
    )


def rank(portfolio: "Portfolio", model: "Posterior", *, seed: int = 0) -> "Ranking":
    """Order projects by what they return for the money they commit; nothing is chosen.

    Parameters
    ----------
    portfolio : Portfolio
        A budget is not needed; with one, options dearer than it are left out.
    model : Posterior
        Whose draws to rank on.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    Ranking
        Each project with its most worthwhile option, best return first.
    """
    from planner.questions.rank import rank_projects
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    return rank_projects(portfolio, model, catalogue_of(portfolio), seed=seed)


def break_evens(
    portfolio: "Portfolio", model: "Posterior", *, seed: int = 0
) -> "dict[str, tuple[Crossover, ...]]":
    """Say from how many images a year on each compression of a project pays.

    Parameters
    ----------
    portfolio, model, seed : Portfolio, Posterior, int
        As for a plan; a budget is not needed.

    Returns
    -------
    dict of str to tuple of Crossover
        By id, of projects that state compression and images a year: the best network as it is
        trained beside the same one compressed. Empty where money does not count.
    """
    from planner.questions.why.crossover import all_break_evens
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    return all_break_evens(portfolio, model, catalogue_of(portfolio), seed=seed)


def actuals(
    portfolio: "Portfolio",
    path: str | Path,
    model: "Posterior",
    *,
    plan: "Plan | None" = None,
    seed: int = 0,
) -> "Actuals":
    """Compare what came of projects with what was forecast of them; write nothing.

    Parameters
    ----------
    portfolio : Portfolio
        As it stood when the forecast was made.
    path : str or Path
        CSV with the columns project, date, and of spend, images and error at least one.
    model : Posterior
        Whose draws are the forecast.
    plan : Plan, optional
        That was carried out; today's of the portfolio, where it has a budget, unless given.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    Actuals
        Each row with the forecast's quantile of what came out.

    Raises
    ------
    InputError
        With every mistake in the file.
    """
    from planner.inputs.runs.actuals import read_actuals
    from planner.questions.observe.actuals import compare_actuals
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    file = read_actuals(Path(path), portfolio)
    return compare_actuals(portfolio, file, model, catalogue_of(portfolio), plan=plan, seed=seed)


def training_curve(
    portfolio: "Portfolio",
    path: str | Path,
    *,
    project_id: str | None = None,
    final_epoch: float | None = None,
    stop_below: float = STOP_BELOW,
) -> "TrainingOutlook":
    """Say where a training that has begun will end, and whether to go on.

    Parameters
    ----------
    portfolio : Portfolio
        Whose target, and whose epochs unless ``final_epoch`` is given.
    path : str or Path
        CSV with the columns epoch and error, accuracy or iou.
    project_id : str, optional
        Whose training it is; needed where there are several projects.
    final_epoch : float, optional
        Epoch at which training ends.
    stop_below : float, default=0.1
        Chance of the target below which going on is not advised, in [0, 1].

    Returns
    -------
    TrainingOutlook

    Raises
    ------
    InputError
        With every mistake in the file; or nobody says whose training it is.
    """
    from planner.inputs.runs.training_curve import read_training_curve
    from planner.questions.observe.training_curve import outlook_of_training, project_of_curve

    project = project_of_curve(portfolio, project_id)
    return outlook_of_training(
        project,
        read_training_curve(Path(path)),
        final_epoch=portfolio.compute.epochs if final_epoch is None else final_epoch,
        stop_below=stop_below,
    )


def compare(
    portfolio: "Portfolio",
    project_id: str,
    recipes: "Sequence[str]",
    model: "Posterior",
    *,
    images: int | None = None,
    seed: int = 0,
) -> "Comparison":
    """Put ways to train one project side by side: cost, hours and chance of the target.

    Parameters
    ----------
    portfolio : Portfolio
        Whose compute is the first way.
    project_id : str
        Whose training.
    recipes : sequence of str
        Such as ``"epochs=20,trials=3"``; what they do not set is as in the file.
    model : Posterior
        Whose draws to use.
    images : int, optional
        Trained on where a recipe names none; those of the estimate's first recommendation unless
        given.
    seed : int, default=0
        Fixes project luck.

    Returns
    -------
    Comparison
        The file's own way first.

    Raises
    ------
    InputError
        No project has the id, or a recipe cannot be read.
    """
    from planner.domain.named_project import named_project
    from planner.questions.recipes import compare_recipes
    from planner.reference.tables import catalogue_of

    require_loaded(model, seed)
    project = named_project(portfolio, project_id)
    return compare_recipes(
        portfolio, project, recipes, model, catalogue_of(portfolio), images=images, seed=seed
    )
