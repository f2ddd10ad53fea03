"""``sheetbridge up``: the local stack in the background."""

from __future__ import annotations

from pathlib import Path

import typer

from deploy.cli.commands import as_typed
from deploy.cli.console import console, error_console
from deploy.cli.demo.standing_still import standing_still
from deploy.cli.options import DEFAULT_DIRECTORY, DirectoryOption
from deploy.cli.progress import StepProgress
from deploy.local import first_sync, observers
from deploy.local.endpoints import Endpoints
from deploy.local.lost_parts import of_directory
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack, status

app = typer.Typer(add_completion=False)


@app.command()
def up(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Start the local stack in the background: MySQL, Kafka, Debezium, emulator, webhook and sink.

    Returns once the demo's tables stand in the sheet; where it is up already, says so, and where a
    part of it has ended, which one and what to do. What others need to know is then in
    .sheetbridge/endpoints.json (readable by you alone). The data stays between starts.

    Example:

        sheetbridge up
    """
    running = status(directory)
    if running and all(running.values()):
        console.print("The local stack is up already.", highlight=False)
        _say_where(Endpoints.load(directory.absolute() / "endpoints.json"), directory)
        return
    run_directory = RunDirectory(directory)
    stack = Stack(run_directory, background=True)
    try:
        with StepProgress(error_console) as progress:
            endpoints = stack.start(progress)
            files = observers.key_files(run_directory, endpoints.sheets_url)
            first_sync.wait(endpoints, files, progress, still_alive=stack.require_alive)
    except BaseException:
        stack.stop()
        raise
    finally:
        stack.close()
    _say_where(endpoints, directory)


def _say_where(endpoints: Endpoints, directory: Path) -> None:
    path = directory.absolute() / "endpoints.json"
    console.print(f"Page: {endpoints.page_url}", highlight=False)
    console.print(f"Endpoints: {path}", highlight=False, soft_wrap=True)
    stop = of_directory("sheetbridge down", directory)
    console.print(f"Stop it: {as_typed(stop)}", highlight=False, soft_wrap=True)
    for obstacle in standing_still(endpoints) if endpoints.config else ():
        told = as_typed(f"Not in step: {obstacle}")
        console.print(told, highlight=False, markup=False, soft_wrap=True)
