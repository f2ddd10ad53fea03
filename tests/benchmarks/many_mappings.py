"""Many mappings at once on the stack of a benchmark, in place of those of the demo."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import text

from deploy.cli.toml_text import MappingText
from deploy.local import spreadsheet
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import MappingEndpoint
from deploy.local.loopback import LOOPBACK
from tests.benchmarks.arena import Arena
from tests.benchmarks.lone_sink import UNBOUNDED, running_sink
from tests.benchmarks.stock import COLUMNS, filled
from tests.integration.bridge import Bridge, eventually
from tests.integration.commands import within

_FIRST = "[[mapping]]"
_CREDENTIALS = 'credentials = "service_account"'


@contextmanager
def many_mappings(arena: Arena, count: int, rows: int) -> Iterator[list[Bridge]]:
    """So many mappings, synced for the first time; no sink runs within the block.

    The stack's sink runs again after it, with the mappings that were before.
    """
    endpoints, stack = arena.endpoints, arena.stack
    config = Path(endpoints.config)
    before = config.read_text()
    mappings = [_mapping(endpoints.spreadsheet_id, number) for number in range(1, count + 1)]
    _make_tables(endpoints.root_mysql_url, mappings, rows)
    stack.kill("sink", signal.SIGTERM)
    eventually(lambda: stack.alive()["sink"], lambda alive: not alive, "the sink's end")
    blocks = [_block(each) for each in mappings]
    config.write_text("\n".join([before.partition(_FIRST)[0], *blocks]))
    endpoints.mappings[:] = mappings
    try:
        registered = within(endpoints, "register")
        assert registered.status == 0, registered.stderr
        stack.restart("webhook")
        _tell_script(endpoints.sheets_url, endpoints.spreadsheet_id)
        with ExitStack() as bridges:
            opened = [
                bridges.enter_context(closing(Bridge(endpoints, each.name, arena.scratch)))
                for each in mappings
            ]
            _sync(arena, opened, rows)
            yield opened
    finally:
        config.write_text(before)
        stack.restart("sink")


def allow(arena: Arena, calls: int, *, workers: int) -> None:
    """Grant the account so many reads and writes a minute, shared evenly by the sinks' settings.

    Each sink keeps to what its configuration says, and knows nothing of the others' calls.
    """
    config = Path(arena.endpoints.config)
    head, _, rest = config.read_text().partition(_CREDENTIALS)
    kept = [line for line in rest.splitlines(keepends=True) if "_per_minute" not in line]
    each = calls // workers
    pace = f"\nwrites_per_minute = {each}\nreads_per_minute = {each}"
    config.write_text(f"{head}{_CREDENTIALS}{pace}{''.join(kept)}")


@contextmanager
def unbounded(arena: Arena) -> Iterator[None]:
    """The stack's sink knows of no quota within the block."""
    config = Path(arena.endpoints.config)
    before = config.read_text()
    allow(arena, UNBOUNDED, workers=1)
    arena.stack.restart("sink")
    try:
        yield
    finally:
        config.write_text(before)
        arena.stack.restart("sink")


def _mapping(spreadsheet_id: str, number: int) -> MappingEndpoint:
    name = f"many_{number:02}"
    return MappingEndpoint(name, f"bench.{name}", spreadsheet_id, name, ["id"], list(COLUMNS))


def _block(mapping: MappingEndpoint) -> str:
    """Its columns are named, so that nobody has to ask the database for them."""
    where = (mapping.name, mapping.table, mapping.spreadsheet_id, mapping.tab)
    return MappingText(*where, tuple(mapping.key), tuple(mapping.columns)).render()


def _make_tables(root_url: str, mappings: list[MappingEndpoint], rows: int) -> None:
    declared = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    with a_new_connection_each_time(root_url).begin() as connection:
        connection.execute(text("CREATE DATABASE IF NOT EXISTS bench"))
        for user in ("app", "sheetbridge"):
            connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO {user}"))
        connection.execute(text("GRANT SELECT ON bench.* TO reader"))
        for mapping in mappings:
            connection.execute(text(f"DROP TABLE IF EXISTS {mapping.table}"))
            connection.execute(text(f"CREATE TABLE {mapping.table} ({declared}, PRIMARY KEY (id))"))
            connection.execute(text(filled(rows).format(table=mapping.table)))


def _tell_script(sheets_url: str, spreadsheet_id: str) -> None:
    LOOPBACK.post(
        f"{sheets_url}/_control/spreadsheets/{spreadsheet_id}/script/run",
        json={"function": spreadsheet.SET_UP, "args": []},
        timeout=60,
    ).raise_for_status()


def _sync(arena: Arena, bridges: list[Bridge], rows: int) -> None:
    """The first sync of all of them, with no quota."""
    arena.google(latency_ms=0, quota_writes_per_minute=None, quota_reads_per_minute=None)
    allow(arena, 60_000, workers=1)
    with running_sink(arena.endpoints.config, arena.scratch / "many-first.log") as sink:
        for bridge in bridges:
            sink.says(f"mapping {bridge.mapping.name}: first sync of {rows} rows took")
            arena.equal(bridge)
