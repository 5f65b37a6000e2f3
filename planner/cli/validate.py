"""``planner validate``: forecasts against what was measured afterwards."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner._api import DEFAULT_MODEL
from planner._extras import FIT, require_extra
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json
from planner.cli.decisions import decide_left_out, require_refittable
from planner.cli.progress import progress
from planner.files import require_folder

if TYPE_CHECKING:
    from planner.domain.model.posterior import Posterior
    from planner.domain.results.validation import PilotMode, StoredScores
    from planner.tasks import Tasks

Folds = Annotated[
    int | None,
    typer.Option(
        "--folds", min=2, help="With --refit: folds of whole data sets (many: one set at a time)."
    ),
]


Pilots = Annotated[
    list[str] | None,
    typer.Option(
        "--pilots",
        metavar="none|one|all",
        help="With --curves: points of each curve that are given as pilots: none, the smallest "
        "one, or all up to a tenth of its largest size. Repeat, or separate by commas. "
        "[default: none,one,all]",
    ),
]


Rounds = Annotated[
    bool,
    typer.Option(
        "--rounds/--no-rounds",
        help="With --curves: collect for targets of each curve in 1, 3 and 5 rounds, as planner "
        "collect would (a second or two for each curve).",
    ),
]


Decisions = Annotated[
    bool,
    typer.Option(
        "--decisions",
        help="Plan random portfolios of curves left out of the fit, and store what they earn with "
        "the model (the first time four refits: minutes).",
    ),
]


Portfolios = Annotated[
    int | None,
    typer.Option(
        "--portfolios",
        min=1,
        max=10_000,
        metavar="N",
        help="With --decisions: how many; a second or two each. [default: 120]",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "validate",
        short_help="How well do forecasts agree with what was measured?",
        epilog="Example: planner validate --curves my_runs.csv",
    )(validate)


@answers
def validate(
    *,
    curves: Annotated[
        Path | None,
        typer.Option(
            "--curves",
            metavar="FILE",
            help="CSV of your runs: curve_id,images,error[,pretrained,n_classes,architecture,"
            "task,backbone].",
        ),
    ] = None,
    pilots: Pilots = None,
    rounds: Rounds = True,
    refit: Annotated[
        bool,
        typer.Option("--refit", help="Refit with data sets left out (minutes), and store it."),
    ] = False,
    folds: Folds = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="FILE",
            help="With --refit or --decisions: your rows, if the model has some.",
        ),
    ] = None,
    decisions: Decisions = False,
    portfolios: Portfolios = None,
    model: ask.Model = DEFAULT_MODEL,
    seed: ask.Seed = 0,
    backend: ask.BackendFlag = None,
    resume: ask.Resume = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Judge a model by the paper's Table 2, by data sets it was not fitted on, and by your curves.

    Your curves are forecast from their description, and again with their first points as pilots.
    Then data for targets they were seen to reach are collected on these forecasts, in rounds.

    Scores on left-out data sets, without pilots and with them, are stored with the model and stand
    in its card; --refit computes them anew. So does --decisions what plans earn where the truth is
    known: portfolios are drawn from curves of data sets left out of the fit.
    """
    if refit or decisions:
        require_extra(FIT, f"planner validate {'--refit' if refit else '--decisions'}")
    from planner.reference.store import load_model
    from planner.tasks import open_tasks
    from planner.validation.report import validation_report

    modes = _pilot_modes(pilots)
    if pilots and curves is None:
        raise typer.BadParameter("--pilots needs --curves: pilots are points of your curves.")
    if portfolios is not None and not decisions:
        raise typer.BadParameter("--portfolios needs --decisions: it says how many are planned.")
    posterior = load_model(model)
    if folds is not None and not refit:
        raise typer.BadParameter("--folds needs --refit: stored scores have their folds.")
    with open_tasks(backend, resume) as tasks:
        if refit:
            _refit(model, folds, data, tasks, show_progress=not (as_json or quiet))
        decided = None
        if decisions:
            decided = decide_left_out(
                model, data, portfolios, seed=seed, show_progress=not (as_json or quiet)
            )
        with progress("Collecting in rounds", shown=not (as_json or quiet)) as on_step:
            report = validation_report(
                posterior,
                beside=(load_model("published"),),
                left_out=_stored(model),
                curves=curves,
                pilots=modes,
                rounds=rounds,
                seed=seed,
                on_step=on_step,
                decisions=decided,
                tasks=tasks,
            )
    if as_json:
        print_json(report.to_dict())
        return
    from planner.reporting.terminal.validate import render_validation

    out = data_console(no_color=no_color)
    for block in render_validation(report):
        out.print(block)


def _pilot_modes(texts: list[str] | None) -> "tuple[PilotMode, ...]":
    """Return the modes asked for; all of them by default."""
    from planner.domain.results.validation import PilotMode

    words = [word.strip().casefold() for text in texts or [] for word in text.split(",")]
    for word in words:
        if word not in list(PilotMode):
            known = ", ".join(PilotMode)
            raise typer.BadParameter(f"--pilots: {word!r} is none of {known}.")
    return tuple(mode for mode in PilotMode if not words or mode in words)


def _stored(model: str) -> "StoredScores":
    """Return what is stored with a model; a model that is never refitted has nothing."""
    from planner.reference.store import find_model, load_model
    from planner.regression.checking.left_out import read_left_out
    from planner.regression.checking.model import rows_sha256

    folder = find_model(model)
    return read_left_out(folder, load_model(model).spec, rows_sha256(folder))


def _refit(
    model: str, folds: int | None, data: Path | None, tasks: "Tasks", *, show_progress: bool
) -> None:
    """Refit with data sets left out, and store the scores with the model and in its card."""
    from dataclasses import replace

    from planner.reference.store import COPY_MODEL, find_model, load_model
    from planner.regression.cards.file import write_card
    from planner.regression.checking.left_out import left_out_scores, write_left_out
    from planner.regression.checking.model import model_rows, rows_sha256
    from planner.regression.fitting.folds import (
        DEFAULT_FOLDS,
        FoldConfig,
        FoldFit,
        posterior_without,
    )
    from planner.validation.development import curve_kinds, development_curves, pilot_evidence

    posterior, folder = load_model(model), find_model(model)
    spec = require_refittable(posterior)
    require_folder(folder, field="--model", fix=COPY_MODEL)
    rows = model_rows(posterior, folder, data)
    without: dict[str, Posterior] = {}

    def keep(fit: FoldFit) -> None:
        refitted = posterior_without(posterior, fit)
        without.update({rows.dataset[row]: refitted for row in fit.rows.tolist()})

    with progress("Refitting with data sets left out", shown=show_progress) as on_step:
        scores = left_out_scores(
            rows,
            spec,
            data_sha256=rows_sha256(folder),
            config=FoldConfig(folds=folds or DEFAULT_FOLDS),
            on_step=on_step,
            on_fold=keep,
            tasks=tasks,
        )
    curves = development_curves(rows)
    if curves and spec.family == "saturating":
        with progress("Giving first points as pilots", shown=show_progress) as on_step:
            evidence = pilot_evidence(curves, without, curve_kinds(rows), on_step=on_step)
        scores = replace(scores, pilots=evidence)
    write_card(write_left_out(folder, scores).parent)
