"""``planner serve``: the page to work at together."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from planner import _api
from planner._extras import WEB, require_extra
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console

DEFAULT_PORT = 8765


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        short_help="A page on this machine to edit and plan at together.",
        epilog="Example: planner serve portfolio.yaml --open",
    )(serve)


@answers
def serve(
    *,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Portfolio to begin with; else the page asks."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where it listens; 0: any free one.")
    ] = DEFAULT_PORT,
    host: Annotated[
        str,
        typer.Option("--host", help="Address to listen on; others than 127.0.0.1 let others in."),
    ] = "127.0.0.1",
    open_page: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Serve a page on this machine: open or begin a portfolio, edit it, see the plan move, save it.

    Nothing leaves the machine and no file is written: the page saves by download. The printed
    address holds a secret that lets you in; Ctrl-C ends the server.
    """
    require_extra(WEB, "planner serve")
    from planner.web.run import prepare_server

    served = prepare_server(file, host=host, port=port, model=model, seed=seed)

    def ready() -> None:
        data_console(no_color=no_color).print(served.address, markup=False, soft_wrap=True)
        sys.stdout.flush()  # a script that began the server waits for the line
        if quiet:
            return
        err = message_console(no_color=no_color)
        if served.is_open_to_others:
            err.print("Other machines can reach this page; whoever has the address can use it.")
        err.print("Open this address in a browser. Ctrl-C ends the server.")

    served.run(open_page=open_page, ready=ready)
