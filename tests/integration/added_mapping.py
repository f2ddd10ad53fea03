"""One mapping more on a running stack, as a user adds it; taken away at the end."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import MappingEndpoint
from deploy.local.loopback import LOOPBACK
from deploy.local.stack import Stack
from tests.integration.bridge import Bridge, eventually
from tests.integration.commands import Ended, within


@contextmanager
def added_mapping(
    stack: Stack,
    mapping: MappingEndpoint,
    statements: Sequence[str],
    directory: Path,
    settings: str = "",
    *,
    options: Sequence[str] = (),
    begins: bool = True,
) -> Iterator[Bridge]:
    """The stack with ``mapping`` in the spreadsheet of the others.

    ``statements`` make its table, unless another has made it; an administrator runs them.
    ``settings`` are further lines of the mapping in the configuration, ``options`` those of
    ``mapping add``. ``begins`` False: the stack's sink has ended, and nothing is synced yet.
    """
    endpoints = stack.endpoints
    database = mapping.table.partition(".")[0]
    root = a_new_connection_each_time(endpoints.root_mysql_url)
    with root.begin() as connection:
        connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {database}"))
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text(f"GRANT SELECT ON {database}.* TO reader"))
    config = Path(endpoints.config)
    before = config.read_text()
    keys = [word for column in mapping.key for word in ("--key", column)]
    added = within(
        endpoints,
        *("mapping", "add", mapping.table, "--spreadsheet", endpoints.spreadsheet_id),
        *("--tab", mapping.tab, "--name", mapping.name),
        *(*keys, *options),
    )
    _done(added)
    config.write_text(config.read_text() + settings)
    if not begins:
        stack.kill("sink", signal.SIGTERM)
        eventually(lambda: stack.alive()["sink"], lambda alive: not alive, "the sink's end")
    _done(within(endpoints, "register"))
    if begins:
        stack.restart("sink")
    stack.restart("webhook")
    _run_script(endpoints.sheets_url, endpoints.spreadsheet_id, "sheetbridgeSetUp")
    endpoints.mappings.append(mapping)
    if begins:
        eventually(lambda: _stands(endpoints.sheets_url, mapping), bool, "the first sync's tab")
    with closing(Bridge(endpoints, mapping.name, directory)) as bridge:
        yield bridge
    endpoints.mappings.remove(mapping)
    config.write_text(before)
    # connector and webhook learn of it with the next mapping: what they tell of this one is unread
    stack.restart("sink")
    if statements:
        with root.begin() as connection:
            connection.execute(text(f"DROP TABLE {mapping.table}"))


def _stands(sheets_url: str, mapping: MappingEndpoint) -> bool:
    """Whether the mapping's tab is there to be read."""
    answer = LOOPBACK.get(
        f"{sheets_url}/_control/spreadsheets/{mapping.spreadsheet_id}/values",
        params={"tab": mapping.tab},
        timeout=30,
    )
    return answer.is_success


def _done(ended: Ended) -> None:
    assert ended.status == 0, ended.stdout + ended.stderr


def _run_script(sheets_url: str, spreadsheet_id: str, function: str) -> None:
    """Run one of the script's functions as its owner: it learns of the new mapping."""
    LOOPBACK.post(
        f"{sheets_url}/_control/spreadsheets/{spreadsheet_id}/script/run",
        json={"function": function, "args": []},
        timeout=60,
    ).raise_for_status()
