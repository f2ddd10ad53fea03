"""The ``sheetbridge`` command: the table of its subcommands and the way failures leave it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Annotated, ClassVar

import typer
from typer.main import get_command

from deploy.cli.commands import MODULES
from deploy.cli.failure import INTERRUPTED, debugging, status_of, tell, tell_unexpected
from deploy.cli.lazy_group import LazyGroup
from sink.core.errors import SheetbridgeError


class Commands(LazyGroup):
    """Every subcommand and the module that holds it."""

    modules: ClassVar[Mapping[str, str]] = MODULES


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sheetbridge {metadata.version('sheetbridge')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Keep a Google Sheet and a MySQL table in step, both ways, in real time.

    [bold]To try it[/bold] (nothing is needed but this machine):

        sheetbridge demo

    [bold]With a table and a sheet of your own[/bold], in this order:

        sheetbridge init        asks, tests each answer, writes sheetbridge.toml
        sheetbridge register    sets up Debezium to watch the table
        sheetbridge check       finds what is set wrong, and says how to mend it
        sheetbridge webhook     receives the sheet's edits  (keep it running)
        sheetbridge sink        writes to either side       (keep it running)
    """


def run(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the ``sheetbridge`` script; leaves by ``SystemExit``.

    A ``SheetbridgeError`` becomes a message without traceback, unless ``SHEETBRIDGE_DEBUG=1``.
    Ctrl-C ends with status 130.
    """
    if debugging():
        _invoke(arguments)
        return
    sys.excepthook = tell_unexpected
    try:
        _invoke(arguments)
    except SheetbridgeError as error:
        tell(str(error))
        raise SystemExit(status_of(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _invoke(arguments: Sequence[str] | None) -> None:
    # Not ``app(…)``: that would put typer's own excepthook in the place of ours.
    get_command(app)(arguments, prog_name="sheetbridge")


if __name__ == "__main__":
    run()
