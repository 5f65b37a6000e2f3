"""``planner init``: a commented starter file, or the Excel form."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers, data_console
from planner.files import require_file, write_bytes

_WORKBOOK = ".xlsx"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "init",
        short_help="Write a commented starter file, or the Excel form.",
        epilog="Example: planner init -o portfolio.yaml   |   planner init --xlsx",
    )(init)


@answers
def init(
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write: .yaml, .toml or .xlsx; portfolio.yaml unless given.",
        ),
    ] = None,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Write the Excel form; portfolio.xlsx unless -o.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill in a small portfolio that can be planned.")
    ] = False,
    json_schema: Annotated[
        bool,
        typer.Option(
            "--json-schema",
            help="Print the JSON Schema of the file, for editors; with -o write it there.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the file if it exists.")
    ] = False,
    quiet: ask.Quiet = False,
    debug: ask.Debug = False,
) -> None:
    """Write a commented starter file; an existing file is never overwritten without --force.

    The YAML and TOML starters hold the demo portfolio as they are; the Excel form is empty, with an
    example in each table, unless --demo fills it in.
    """
    if json_schema:
        _write_schema(output, force=force, alone=not (xlsx or demo))
        return
    target = output or Path(f"portfolio{_WORKBOOK if xlsx else '.yaml'}")
    is_form = target.suffix.lower() == _WORKBOOK
    if xlsx and not is_form:
        message = f"--xlsx writes an Excel workbook; {target.name} does not end in {_WORKBOOK}."
        raise typer.BadParameter(message, param_hint="--output")
    require_file(target, force=force, name=f"portfolio{target.suffix or '.yaml'}", field="-o")
    content = _form(demo=demo) if is_form else _starter(target)
    write_bytes(target, content, force=force)
    if quiet:
        return
    todo = "fill it in" if is_form and not demo else "edit it"
    data_console().print(f"Wrote {target}. Next: {todo}, then planner check {target}", markup=False)


def _write_schema(output: Path | None, *, force: bool, alone: bool) -> None:
    """Print or write the schema by which an editor completes a portfolio file."""
    from planner._resources import shipped_schema

    if not alone:
        raise typer.BadParameter("--json-schema writes a schema; leave out --xlsx and --demo.")
    text = shipped_schema("portfolio")
    if output is None:
        typer.echo(text, nl=False)
        return
    write_bytes(output, text.encode("utf-8"), force=force)
    data_console().print(
        f"Wrote {output}. Next: put this line first in your portfolio file\n"
        f"# yaml-language-server: $schema={output}",
        markup=False,
        soft_wrap=True,
    )


def _starter(target: Path) -> bytes:
    from planner.inputs.starter import starter_for

    return starter_for(target).encode("utf-8")


def _form(*, demo: bool) -> bytes:
    from planner.inputs.starter import starter_portfolio
    from planner.inputs.yaml_source import read_yaml
    from planner.reporting.xlsx.form import form_bytes

    data = read_yaml(starter_portfolio(), "starter")[0].data if demo else None
    return form_bytes(data if isinstance(data, dict) else None)
