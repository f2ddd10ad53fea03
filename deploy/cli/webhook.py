"""``sheetbridge webhook``: the process that takes the sheet's edits."""

from __future__ import annotations

import typer

from deploy.cli.configuration import load
from deploy.cli.options import ConfigOption
from webhook.server import serve

app = typer.Typer(add_completion=False)


@app.command()
def webhook(config: ConfigOption = None) -> None:
    """Receive the sheet's edits and put them into Kafka. Keep it running.

    It listens on webhook.host and webhook.port. It takes nothing but posts signed with the
    secret, and says yes only after Kafka has them.

    Example:

        sheetbridge webhook --config sheetbridge.toml
    """
    serve(load(config))
