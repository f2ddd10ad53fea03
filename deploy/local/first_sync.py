"""Waits until a stack has done its first sync: every row of each table stands in its tab.

One that was stopped after that has nothing to wait for: its tabs and tables may differ by what
people and programs have done since, and by what waits for an answer.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.demo_mappings import demo_mappings
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.failure import StackError
from deploy.local.progress import Progress
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.google_access import sheets_service
from sink.state.mapping_record import RUNNING

if TYPE_CHECKING:
    from googleapiclient._apis.sheets.v4.resources import SheetsResource

SECONDS = 180.0
_PAUSE_SECONDS = 1.0


def wait(
    endpoints: Endpoints,
    key_files: Sequence[Path],
    progress: Progress,
    *,
    still_alive: Callable[[], None],
) -> dict[str, int]:
    """Returns the rows of each of the demo's mappings, once the sink has shown them in the sheet.

    A mapping that was added is not waited for: its table may be hidden, or sync one way only.
    ``still_alive`` raises if a service has died meanwhile. Raises StackError after ``SECONDS``.
    """
    step = "First sync"
    progress.begin(step)
    try:
        counts = {
            mapping.name: _wait_for(
                mapping, endpoints, key_file, still_alive, partial(progress.advance, step)
            )
            for mapping, key_file in zip(
                of_the_demo(endpoints), itertools.cycle(key_files), strict=False
            )
        }
    except Exception as error:
        progress.fail(step, str(error))
        raise
    progress.finish(step, ", ".join(f"{name}: {count} rows" for name, count in counts.items()))
    return counts


def of_the_demo(endpoints: Endpoints) -> list[MappingEndpoint]:
    """Those mappings with which the demo began that are still there."""
    begun = {(mapping.name, mapping.table) for mapping in demo_mappings("")}
    return [mapping for mapping in endpoints.mappings if (mapping.name, mapping.table) in begun]


def _wait_for(
    mapping: MappingEndpoint,
    endpoints: Endpoints,
    key_file: Path,
    still_alive: Callable[[], None],
    shows: Callable[[int, int], None],
) -> int:
    settings = GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(key_file), endpoints.sheets_url)
    with closing(sheets_service(settings)) as service:
        values = service.spreadsheets().values()
        deadline = time.monotonic() + SECONDS
        while True:
            still_alive()
            wanted = _rows(endpoints.reader_mysql_url, mapping.table)
            shown = _filled_rows(values, mapping) - 1
            shows(min(max(shown, 0), wanted), wanted)
            if _runs(endpoints.root_mysql_url, mapping.name):
                return wanted
            if time.monotonic() > deadline:
                raise StackError(
                    f"Tab {mapping.tab!r} shows {max(shown, 0)} of {wanted} rows "
                    f"after {SECONDS:.0f} s",
                    mend=f"The sink's log is {endpoints.run_directory}/logs/sink.log",
                )
            time.sleep(_PAUSE_SECONDS)


def _runs(mysql_url: str, name: str) -> bool:
    """Whether the sink has noted that the mapping's first sync is done."""
    engine = a_new_connection_each_time(mysql_url)
    statement = text("SELECT phase FROM sheetbridge.mapping WHERE name = :name")
    with engine.connect() as connection:
        return connection.execute(statement, {"name": name}).scalar_one_or_none() == RUNNING


def _filled_rows(
    values: SheetsResource.SpreadsheetsResource.ValuesResource, mapping: MappingEndpoint
) -> int:
    """How many rows of the tab have something in column A, the header row included."""
    found = values.get(
        spreadsheetId=mapping.spreadsheet_id,
        range=f"'{mapping.tab}'!A:A",
        majorDimension="COLUMNS",
    ).execute()
    columns = found.get("values", [])
    return len(columns[0]) if columns else 0


def _rows(mysql_url: str, table: str) -> int:
    engine = a_new_connection_each_time(mysql_url)
    schema, _, name = table.partition(".")
    with engine.connect() as connection:
        counted = connection.execute(text(f"SELECT COUNT(*) FROM `{schema}`.`{name}`"))
        return int(counted.scalar_one())
