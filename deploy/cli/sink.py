"""``sheetbridge sink``: the process that merges both streams and writes to either side."""

from __future__ import annotations

import logging
from dataclasses import replace

import typer

from deploy.cli.configuration import load
from deploy.cli.console import error_console
from deploy.cli.first_sync_bars import FirstSyncBars
from deploy.cli.options import ConfigOption, PreferOption
from deploy.cli.seldom import Seldom
from sink.core.configuration import Configuration
from sink.core.version import Origin
from sink.service import run

app = typer.Typer(add_completion=False)


@app.command()
def sink(prefer: PreferOption = None, config: ConfigOption = None) -> None:
    """Merge the edits of both sides and write them to the other. Keep it running.

    Several may run with one configuration: they share the mappings. It may be stopped at any
    instant, and goes on where it was. A new mapping begins with its first sync, which --prefer is
    for: it stands above the mapping's own prefer, and says nothing to a mapping that runs.

    Example:

        sheetbridge sink --config sheetbridge.toml
    """
    configuration = preferring(load(config), prefer)
    with FirstSyncBars(error_console) as bars:
        logging.basicConfig(
            level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        for chatty in ("alembic", "googleapiclient", "kafka"):
            logging.getLogger(chatty).setLevel(logging.ERROR)
        # While Kafka is away, its client says so some twenty times a second.
        for handler in logging.getLogger().handlers:
            handler.addFilter(Seldom("kafka"))
        run(configuration, bars)


def preferring(configuration: Configuration, side: Origin | None) -> Configuration:
    """The configuration in which every mapping prefers ``side`` (None: as they say)."""
    if side is None:
        return configuration
    mappings = tuple(replace(mapping, prefer=side) for mapping in configuration.mappings)
    return replace(configuration, mappings=mappings)
