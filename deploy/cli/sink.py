"""``sheetbridge sink``: the process that merges both streams and writes to either side."""

from __future__ import annotations

import logging

import typer

from deploy.cli.configuration import load
from deploy.cli.options import ConfigOption
from sink.service import run

app = typer.Typer(add_completion=False)


@app.command()
def sink(config: ConfigOption = None) -> None:
    """Merge the edits of both sides and write them to the other. Keep it running.

    Several may run with one configuration: they share the mappings. It may be stopped at any
    instant, and goes on where it was.

    Example:

        sheetbridge sink --config sheetbridge.toml
    """
    configuration = load(config)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "googleapiclient", "kafka"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    run(configuration)
