"""``planner model``: what a fitted model is, how two differ, and whether one is sound."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner._api import DEFAULT_MODEL
from planner._extras import FIT, require_extra
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, print_json
from planner.cli.pictures import draw as draw_pictures
from planner.cli.pictures import require_drawable, say_written
from planner.files import require_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from planner.domain.model.model_card import ModelCard, ModelComparison
    from planner.regression.checking.checks import Evidence
    from planner.reporting.figures.files import Named

Name = Annotated[str, typer.Argument(metavar="[MODEL]", help="Fitted model, by name or folder.")]
Full = Annotated[bool, typer.Option("--full", help="Recompute every check, and store it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Look at fitted models.")
    group.command("show", short_help="What a model is: evidence, priors, posterior, sampling.")(
        show
    )
    group.command("compare", short_help="Two models side by side.")(compare)
    group.command("check", short_help="PASS, REVIEW or FAIL for each check, with advice.")(check)
    app.add_typer(
        group,
        name="model",
        short_help="What a fitted model is, how two differ, and whether one is sound.",
        epilog="Example: planner model check transfer",
    )


@answers
def show(
    model: Name = DEFAULT_MODEL,
    *,
    plots: ask.Plots = None,
    verbose: ask.Verbose = False,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print a model's evidence, priors with reasons, posterior and sampling diagnostics."""
    from planner.reference.store import find_model, load_model
    from planner.regression.cards.model import model_card

    require_drawable(plots)
    card = model_card(load_model(model), find_model(model))
    written = draw_pictures(plots, lambda: _pictures(card))
    if as_json:
        print_json(card.to_dict())
        return
    from planner.reporting.terminal.model import render_card

    _print(render_card(card, verbose=verbose), no_color=no_color)
    say_written(written, no_color=no_color, quiet=quiet)


def _pictures(card: "ModelCard") -> "Iterable[Named]":
    """Yield what each parameter was taken to be, and what the rows made of it."""
    from planner.reporting.figures.priors import draw_priors

    title = f"Model {card.name}: before its rows were seen, and after"
    yield "prior_and_posterior", draw_priors(card.parameters, title=title)


@answers
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="One model, by name or folder.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The other.")],
    *,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print what corresponds in two models, and what each asks of the same projects."""
    comparison = _comparison(first, second, seed)
    if as_json:
        print_json(comparison.to_dict())
        return
    from planner.reporting.terminal.model import render_comparison

    _print(render_comparison(comparison), no_color=no_color)


@answers
def check(
    model: Name = DEFAULT_MODEL,
    *,
    full: Full = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Your rows, if the model was fitted on some."),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", metavar="DIR", help="Also draw figures (PNG, SVG); means --full."),
    ] = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Check sampling, predictions, left-out data sets and prior sensitivity.

    Stored results are shown; --full computes them anew in about three minutes. A failed sampling
    check stops the rest.
    """
    from planner.reference.store import COPY_MODEL, find_model, load_model
    from planner.regression.checking.model import check_model

    if plots is not None:
        require_folder(plots, field="--plots")
    posterior, folder = load_model(model), find_model(model)
    written: list[Path] = []

    def draw(evidence: "Evidence") -> None:
        from planner.regression.checking.figures import write_check_figures

        if plots is not None:
            sources = () if data is None else (data,)
            written.extend(write_check_figures(plots, posterior, folder, evidence, sources=sources))

    full = full or plots is not None
    if full and posterior.spec is not None:  # a model in closed form has nothing to recompute
        require_extra(FIT, "planner model check --full")
        require_folder(folder, field="MODEL", fix=COPY_MODEL)
    if full and not (quiet or as_json):
        message_console(no_color=no_color).print("Checking; about three minutes …")
    report = check_model(posterior, folder, full=full, data=data, on_evidence=draw)
    if as_json:
        print_json(report.to_dict())
        return
    from planner.reporting.terminal.model import render_checks

    _print(render_checks(report), no_color=no_color)
    for path in written:
        data_console(no_color=no_color).print(f"Wrote {path}", markup=False)


def _comparison(first: str, second: str, seed: int) -> "ModelComparison":
    """Put two models side by side."""
    from planner.domain.model.model_card import ModelComparison
    from planner.reference.store import find_model, load_model
    from planner.regression.cards.model import corresponding, implied_slopes
    from planner.regression.checking.left_out import comparison_rows, read_left_out
    from planner.validation.reference import reference_needs, table2_rows
    from planner.validation.table2 import table2_test

    one, other = load_model(first), load_model(second)
    needs, never = reference_needs(one, other, seed=seed)
    stored = [
        read_left_out(find_model(name), load_model(name).spec, None) for name in (first, second)
    ]
    test = table2_test((one, other), seed=seed)
    return ModelComparison(
        first=one.name,
        second=other.name,
        coefficients=corresponding(one, other),
        slopes=implied_slopes(one, other),
        needs=needs,
        chance_never=never,
        scores=(*table2_rows(test, one.name, other.name), *comparison_rows(*stored)),
        notes=_NOTES,
    )


def _print(blocks: "Iterable[RenderableType]", *, no_color: bool) -> None:
    out = data_console(no_color=no_color)
    for block in blocks:
        out.print(block)


_SCALES = (
    "Coefficients of log_linear act on log10 error, those of saturating on log10 odds; far below "
    "the majority guess they are the same."
)
_NOISE = (
    "The noise of published is all that tells one project from another; transfer has spreads "
    "between data sets besides, so compare needs and scores rather than noise."
)
_NOTES = (
    _SCALES,
    _NOISE,
    "Need: the images at which the error measured would meet the target.",
)
