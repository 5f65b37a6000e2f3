"""``planner compare``: ways to train one project side by side."""

from typing import Annotated

import typer

from planner import _api, _api_life
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, placed, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "compare",
        short_help="Ways to train one project: cost, hours, chance.",
        epilog="Example: planner compare portfolio.yaml shelf-gaps --recipe epochs=20,trials=3",
    )(compare)


@answers
def compare(
    *,
    file: ask.PortfolioFile,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Id.")],
    recipe: Annotated[
        list[str] | None,
        typer.Option(
            "--recipe",
            metavar="NAME=VALUE,…",
            help="epochs, early_stopping (share of the epochs it saves), trials, folds, "
            "testing_overhead, architecture, images, pretrained, backbone, accelerator, "
            "usd_per_hour, utilisation, gpus, scaling. Several times.",
        ),
    ] = None,
    images: Annotated[
        int | None,
        typer.Option("--images", min=1, help="Trained on, where a recipe names none."),
    ] = None,
    basis: ask.BasisFlag = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Put ways to train PROJECT beside the file's own: cost, hours and chance of the target."""
    portfolio = _api.read_portfolio(file, overrides=ask.overrides(compute__basis=basis))
    fitted = _api.load_model(model)
    with placed(portfolio):
        found = _api_life.compare(
            portfolio, project, recipe or [], fitted, images=images, seed=seed
        )
    if as_json:
        print_json(found.to_dict())
        return
    from planner.reporting.terminal.beside.recipes import render_comparison

    out = data_console(no_color=no_color)
    for block in render_comparison(found, quiet=quiet):
        out.print(block)
