"""Options that several subcommands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sink.core.version import Origin

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="SHEETBRIDGE_CONFIG",
        help="The configuration. Default: ./sheetbridge.toml, else ./.sheetbridge/sheetbridge.toml "
        "(the local stack's).",
        show_default=False,
    ),
]

DirectoryOption = Annotated[
    Path,
    typer.Option("--directory", help="The run directory: data, logs, secrets, endpoints.json."),
]
DEFAULT_DIRECTORY = Path(".sheetbridge")

WaitOption = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for the sink's answer.")
]

PreferOption = Annotated[
    Origin | None,
    typer.Option(
        help="Whose values stay where table and sheet both hold a row at the first sync and "
        "differ. Default: as the policy says.",
        show_default=False,
    ),
]
