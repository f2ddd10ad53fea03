"""``sheetbridge demo``: starts the stack, plays the tour, stays up at a terminal."""

from __future__ import annotations

import random
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deploy.cli.console import console, error_console
from deploy.cli.demo import evidence, report, tour
from deploy.cli.demo.eyes import SheetEye, TableEye
from deploy.cli.demo.hands import Application, Person
from deploy.cli.demo.sample_rows import Samples
from deploy.cli.demo.standing_still import standing_still
from deploy.cli.demo.stopwatch import Stopwatch
from deploy.cli.failure import FAILED
from deploy.cli.options import DEFAULT_DIRECTORY, DirectoryOption
from deploy.cli.progress import StepProgress
from deploy.local import first_sync, observers
from deploy.local.endpoints import Endpoints
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack, status

app = typer.Typer(add_completion=False)

TOPICS = ("cdc.demo.planes", "sheet.planes", "cdc.demo.weather", "sheet.weather")
CONNECTOR = "sheetbridge"
PATIENCE_SECONDS = 30.0
_SHEET_PAUSE_SECONDS = 0.01
_TABLE_PAUSE_SECONDS = 0.005


@app.command()
def demo(
    directory: DirectoryOption = DEFAULT_DIRECTORY,
    once: Annotated[bool, typer.Option("--once", help="End after the tour.")] = False,
) -> None:
    """Start everything on this machine, play a tour of all moves, and stay up until Ctrl-C.

    The tour creates, reads, updates and deletes rows in each direction, as a person in the grid
    and as an application with SQL, and measures when the other side shows it. Without a terminal
    it ends after the tour, with status 1 if a move did not arrive. If the stack runs already
    (sheetbridge up), the tour is played on that. Where one of the demo's mappings is paused or
    stopped, it says so, and how to mend it, and plays nothing.

    Example:

        sheetbridge demo
    """
    run_directory = RunDirectory(directory)
    if all(status(directory).values()) and run_directory.endpoints.exists():
        console.print(f"The stack of {directory} is up already; playing the tour on it.")
        raise typer.Exit(play(Endpoints.load(run_directory.endpoints), run_directory.path))
    with Stack(run_directory) as stack:
        with StepProgress(error_console) as progress:
            endpoints = stack.start(progress)
            files = observers.key_files(run_directory, endpoints.sheets_url)
            first_sync.wait(endpoints, files, progress, still_alive=stack.require_alive)
        console.print(f"\nThe page: [bold]{endpoints.page_url}[/bold]\n", highlight=False)
        outcome = play(endpoints, run_directory.path)
        if once or not sys.stdin.isatty():
            raise typer.Exit(outcome)
        stay_up(stack, endpoints)


def play(endpoints: Endpoints, directory: Path, *, patience: float = PATIENCE_SECONDS) -> int:
    """Play the tour on a running stack and tell it; returns the exit status.

    A move that does not show within ``patience`` seconds has failed. Where one of the demo's
    mappings stands still none could, so that is told instead, and nothing is touched.
    """
    obstacles = standing_still(endpoints)
    if obstacles:
        report.tell_standing_still(console, obstacles)
        return FAILED
    run_directory = RunDirectory(directory)
    files = observers.key_files(run_directory, endpoints.sheets_url)
    sheet = SheetEye(files, endpoints.sheets_url, endpoints.spreadsheet_id)
    sheet.warm_up("planes", len(files))
    application = Application(endpoints.mysql_url)
    before = _evidence(endpoints)
    with (
        closing(sheet),
        closing(application),
        httpx.Client(base_url=endpoints.sheets_url, timeout=30) as client,
    ):
        cast = tour.Cast(
            person=Person(client, endpoints.spreadsheet_id),
            application=application,
            sheet=sheet,
            table=TableEye(endpoints.reader_mysql_url),
            at_sheet=Stopwatch(pause=_SHEET_PAUSE_SECONDS, patience=patience),
            at_table=Stopwatch(pause=_TABLE_PAUSE_SECONDS, patience=patience),
        )
        moves = tour.play(
            cast,
            Samples.new(random.SystemRandom()),
            lambda move: console.print(report.line(move), highlight=False, soft_wrap=True),
        )
    after = _evidence(endpoints)
    objections = evidence.objections(moves, before, after)
    report.tell(console, moves, before, after, objections)
    return FAILED if objections else 0


def stay_up(stack: Stack, endpoints: Endpoints) -> None:
    """Wait for Ctrl-C; raises ServiceError as soon as a service has died."""
    console.print(
        f"\nUp until Ctrl-C. Edit the sheet at [bold]{endpoints.page_url}[/bold]; "
        f"the addresses and logins are in {endpoints.run_directory}/endpoints.json.",
        highlight=False,
        soft_wrap=True,
    )
    try:
        while True:
            stack.require_alive()
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("\nStopping …")


def _evidence(endpoints: Endpoints) -> evidence.Evidence:
    return evidence.gather(endpoints.kafka_bootstrap, endpoints.connect_url, CONNECTOR, TOPICS)
