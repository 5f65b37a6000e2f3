"""The part of ``planner validate`` that plans portfolios of curves left out of the fit."""

from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli.console import message_console
from planner.cli.progress import progress
from planner.files import require_folder

if TYPE_CHECKING:
    from planner.domain.model.posterior import Posterior
    from planner.domain.model.specification import ModelSpec
    from planner.domain.results.decisions import DecisionTest


def require_refittable(posterior: "Posterior") -> "ModelSpec":
    """Return a model's declaration; raise if it has none that could be fitted again."""
    from planner.errors import Problem, UnsupportedError

    if posterior.spec is None:
        message = f"model {posterior.name!r} is in closed form: there is nothing to refit."
        raise UnsupportedError([Problem("model", message, "--model transfer", code="UNSUPPORTED")])
    return posterior.spec


def decide_left_out(
    model: str, data: Path | None, portfolios: int | None, *, seed: int, show_progress: bool
) -> "DecisionTest":
    """Plan portfolios of left-out curves; store what they earn with the model and in its card."""
    from planner.reference.store import COPY_MODEL, find_model, load_model
    from planner.regression.cards.file import write_card
    from planner.regression.checking.decisions import write_decisions
    from planner.regression.checking.model import model_rows
    from planner.regression.fitting.group_fits import expected_seconds, group_fits, missing_fits
    from planner.validation.decisions.run import DEFAULT_PORTFOLIOS, LeftOut, decision_test
    from planner.validation.development import curve_kinds, development_curves

    posterior, folder = load_model(model), find_model(model)
    require_refittable(posterior)
    require_folder(folder, field="--model", fix=COPY_MODEL)
    rows = model_rows(posterior, folder, data)
    if missing := missing_fits(rows, posterior, folder):
        minutes = max(1, round(expected_seconds(rows, missing) / 60))
        message_console().print(
            f"Refitting {missing} times without a group of data sets: about {minutes} min on two "
            f"idle cores. Refits are kept in {folder}."
        )
    with progress("Refitting without groups of data sets", shown=show_progress) as on_step:
        fits = group_fits(rows, posterior, folder, on_step=on_step)
    with progress("Planning portfolios", shown=show_progress) as on_step:
        test = decision_test(
            development_curves(rows),
            curve_kinds(rows),
            [LeftOut(fit.datasets, fit.posterior) for fit in fits],
            posterior,
            load_model("published"),
            portfolios=portfolios or DEFAULT_PORTFOLIOS,
            seed=seed,
            max_rhat=max(fit.max_rhat for fit in fits),
            divergences=sum(fit.divergences for fit in fits),
            on_step=on_step,
        )
    write_card(write_decisions(folder, test).parent)
    return test
