"""``sheetbridge down``: stops what ``sheetbridge up`` started."""

from __future__ import annotations

import typer

from deploy.cli.console import console
from deploy.cli.options import DEFAULT_DIRECTORY, DirectoryOption
from deploy.local import stack

app = typer.Typer(add_completion=False)


@app.command()
def down(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Stop the local stack that runs in the background. Its data stays for the next start.

    Example:

        sheetbridge down
    """
    stopped = stack.stop(directory) if directory.is_dir() else []
    console.print(
        f"Stopped: {', '.join(stopped)}" if stopped else f"Nothing runs from {directory}.",
        highlight=False,
    )
