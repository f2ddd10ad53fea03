"""The demo's mappings: each of its tables under its own name, in a tab of that name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from deploy.local.demo_data import TABLES
from deploy.local.endpoints import MappingEndpoint


def demo_mappings(spreadsheet_id: str) -> list[MappingEndpoint]:
    """One mapping a table, all in one spreadsheet."""
    return [
        MappingEndpoint(
            name=(name := table.table.partition(".")[2]),
            table=table.table,
            spreadsheet_id=spreadsheet_id,
            tab=name,
            key=list(table.key),
            columns=list(table.columns),
        )
        for table in TABLES
    ]


def page_config(
    live_url: str, mappings: Sequence[MappingEndpoint], *, spreadsheet_id: str | None = None
) -> str:
    """What the emulator's page must know, as JSON (see ``deploy.sheets_emulator.page``).

    It shows ``spreadsheet_id``, by default that of the first mapping.
    """
    content = {
        "live_url": live_url,
        "spreadsheet_id": spreadsheet_id or mappings[0].spreadsheet_id,
        "mappings": [asdict(mapping) | {"columns": mapping.columns or "*"} for mapping in mappings],
    }
    return json.dumps(content, indent=2) + "\n"
