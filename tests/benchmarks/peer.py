"""The same 100,000 changes of rows into MySQL, by Debezium's JDBC sink connector and by our sink.

Each finds them in its Kafka topic, in the format that is its own: the connector as change events,
our sink as posts of a paste. Both are warmed with some thousand changes and paused while the topic
is filled. The connector only writes; ours merges, and commits what it must remember with the rows.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from contextlib import closing

import orjson
from sqlalchemy.engine import make_url

from deploy.local.endpoints import Endpoints
from deploy.local.provision import java
from deploy.local.provision.cache import cache_directory
from sink.core.command import Command, Order
from tests.benchmarks import debezium_records
from tests.benchmarks.arena import Arena, processor_seconds
from tests.benchmarks.case import Case, Figure, Outcome
from tests.benchmarks.edits import POST_ROWS, pasted
from tests.benchmarks.jdbc_sink import BATCH, VERSION, jdbc_sink
from tests.benchmarks.posting import edit
from tests.benchmarks.progress import Stored, connect
from tests.benchmarks.records import Keyed, make_topic, put
from tests.benchmarks.sides import UnequalError, require_equal
from tests.benchmarks.sql_counts import SqlCounts
from tests.benchmarks.stock import COLUMNS, amount, cells_as_typed, filled
from tests.benchmarks.written import Written, until_written, watch
from tests.integration.bridge import Bridge, eventually
from webhook.intake import record_of

ROWS = 100_000
WARMING = 5_000
WARM, MEASURED = 1, 2
PASTED_AT_ONCE = 10_000
TABLE = "bench.peer_jdbc"
TOPIC = f"cdc.{TABLE}"
NAME = "peer"
LOOK_EVERY = 0.02


def compare(arena: Arena) -> Outcome:
    """One after the other, on the same server; the tables must end equal, and sheet and table.

    Our mapping stands still while the connector writes, so that the sink does nothing beside it.
    """
    with arena.mapping(NAME, COLUMNS, filled(ROWS)) as bridge:
        end = _prepare(bridge)
        theirs = _theirs(arena)
        ours = _ours(arena, bridge, end)
        require_equal(bridge)
        _require_same(bridge.endpoints, bridge.mapping.table)
    with closing(connect(arena.endpoints.root_mysql_url)) as connection:
        connection.cursor().execute(f"DROP TABLE {TABLE}")
    processor = {f"jdbc: {name}": seconds for name, seconds in theirs.processor.items()}
    processor |= {f"ours: {name}": seconds for name, seconds in ours.processor.items()}
    return Outcome(
        [
            Figure("JDBC sink", theirs.rate, "changes/s"),
            Figure("our sink", ours.rate, "changes/s"),
            Figure("of the JDBC sink's rate", ours.rate / theirs.rate, "times", at_least=0.5),
            Figure("JDBC sink: to the last commit", theirs.took, "s"),
            Figure("our sink: to the last commit", ours.took, "s"),
            Figure("JDBC sink: a second of processor", theirs.thrift, "changes/s"),
            Figure("our sink: a second of processor", ours.thrift, "changes/s"),
            *_costs(theirs.counts, ours.counts),
        ],
        {},
        processor,
        {"changes": ROWS, "rows_a_post": POST_ROWS, "jdbc_sink": VERSION, "jdbc_batch": BATCH},
        {
            "jdbc_statements": theirs.counts.statements,
            "jdbc_rows": theirs.counts.rows,
            "our_statements": ours.counts.statements,
            "our_rows": ours.counts.rows,
        },
    )


def _costs(theirs: SqlCounts, ours: SqlCounts) -> Iterable[Figure]:
    yield Figure("JDBC sink: rows written", theirs.all_rows, "rows")
    yield Figure("our sink: rows written", ours.all_rows, "rows")
    yield Figure("of the JDBC sink's rows", ours.all_rows / theirs.all_rows, "times")
    yield Figure("JDBC sink: statements", theirs.all_statements, "statements")
    yield Figure("our sink: statements", ours.all_statements, "statements")
    yield Figure("JDBC sink: the server's time", theirs.seconds, "s")
    yield Figure("our sink: the server's time", ours.seconds, "s")
    yield Figure("JDBC sink: binlog", theirs.binlog / 1e6, "MB")
    yield Figure("our sink: binlog", ours.binlog / 1e6, "MB")


def _theirs(arena: Arena) -> Written:
    endpoints = arena.endpoints
    servers, _ = java.install(cache_directory(), lambda _done, _total: None)
    declared = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    with closing(connect(endpoints.root_mysql_url)) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE DATABASE IF NOT EXISTS bench")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} ({declared}, PRIMARY KEY (id))")
        cursor.execute(filled(ROWS).format(table=TABLE))
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO app")
    make_topic(endpoints.kafka_bootstrap, TOPIC)
    user = make_url(endpoints.mysql_url)
    scratch = arena.scratch / "jdbc"
    with jdbc_sink(servers, scratch, endpoints.kafka_bootstrap, user, TOPIC, TABLE) as sink:
        put(endpoints.kafka_bootstrap, TOPIC, _changes(WARMING, WARM))
        until_written(endpoints.root_mysql_url, TABLE, WARMING, WARM)
        sink.pause()
        put(endpoints.kafka_bootstrap, TOPIC, _changes(ROWS, MEASURED))
        before, took = SqlCounts.of(endpoints.root_mysql_url, "app"), processor_seconds(sink.pid)
        others = arena.processor()
        began = time.time()
        sink.resume()
        seen = watch(endpoints.root_mysql_url, TABLE, ROWS, MEASURED)
        processor = {"connect": processor_seconds(sink.pid) - took, **_mysql(arena, others)}
        counts = SqlCounts.of(endpoints.root_mysql_url, "app").since(before)
    return Written(began, seen, counts, processor)


def _prepare(bridge: Bridge) -> int:
    """Warm our sink, pause the mapping and fill its topic; returns the offset behind the posts."""
    kafka, topic = bridge.endpoints.kafka_bootstrap, f"sheet.{NAME}"
    with closing(Stored(bridge.endpoints.root_mysql_url, NAME, topic)) as stored:
        _paste(bridge, WARMING, WARM)
        warming = list(_posts(bridge, WARMING, WARM))
        warm = stored.offset() + len(warming)
        put(kafka, topic, warming)
        stored.reaches(warm, every=LOOK_EVERY)
    _tell(bridge.endpoints, Order.PAUSE)
    eventually(lambda: _paused(bridge), bool, "the pause")
    _paste(bridge, ROWS, MEASURED)
    posts = list(_posts(bridge, ROWS, MEASURED))
    put(kafka, topic, posts)
    return warm + len(posts)


def _ours(arena: Arena, bridge: Bridge, end: int) -> Written:
    endpoints = bridge.endpoints
    before, others = SqlCounts.of(endpoints.root_mysql_url, "sheetbridge"), arena.processor()
    began = time.time()
    _tell(endpoints, Order.RESUME)
    seen = watch(endpoints.root_mysql_url, bridge.mapping.table, ROWS, MEASURED)
    with closing(Stored(endpoints.root_mysql_url, NAME, f"sheet.{NAME}")) as stored:
        stored.reaches(end, every=LOOK_EVERY)
    processor = {"sink": arena.processor()["sink"] - others["sink"], **_mysql(arena, others)}
    counts = SqlCounts.of(endpoints.root_mysql_url, "sheetbridge").since(before)
    return Written(began, seen, counts, processor)


def _mysql(arena: Arena, before: dict[str, float]) -> dict[str, float]:
    return {"mysql": arena.processor()["mysql"] - before["mysql"]}


def _changes(rows: int, turn: int) -> Iterable[Keyed]:
    for number in range(1, rows + 1):
        yield debezium_records.update(TOPIC, number, turn)


def _posts(bridge: Bridge, rows: int, turn: int) -> Iterable[Keyed]:
    """Posts of pasted rows as the webhook hands them to Kafka."""
    now = int(time.time() * 1000)
    for start in range(1, rows + 1, POST_ROWS):
        numbers = range(start, min(start + POST_ROWS, rows + 1))
        edited = [pasted(number, turn) for number in numbers]
        body = edit(bridge.endpoints.spreadsheet_id, bridge.mapping.tab, edited, now)
        yield str(body["id"]).encode(), record_of(orjson.dumps(body), NAME, now)


def _paste(bridge: Bridge, rows: int, turn: int) -> None:
    """The sheet shows what the posts tell; its own trigger says nothing of it."""
    with bridge.no_triggers():
        for start in range(1, rows + 1, PASTED_AT_ONCE):
            numbers = range(start, min(start + PASTED_AT_ONCE, rows + 1))
            block = [cells_as_typed(number, turn) for number in numbers]
            bridge.edit(f"B{start + 1}:F{numbers[-1] + 1}", block)


def _paused(bridge: Bridge) -> bool:
    found = bridge.state(f"SELECT paused FROM sheetbridge.mapping WHERE name = '{NAME}'")
    return bool(found[0][0])


def _tell(endpoints: Endpoints, order: Order) -> None:
    """A command as the webhook and the command line hand it to the sink."""
    command = Command(str(uuid.uuid4()), order)
    put(
        endpoints.kafka_bootstrap,
        f"commands.{NAME}",
        [(command.id.encode(), orjson.dumps(command.to_json()))],
    )


def _require_same(endpoints: Endpoints, ours: str) -> None:
    """Raise UnequalError where the two tables do not hold the same rows, all of them changed."""
    same = " AND ".join(f"a.{column} <=> b.{column}" for column in COLUMNS)
    statement = f"SELECT COUNT(*) FROM {ours} a JOIN {TABLE} b ON {same} WHERE a.amount >= %s"
    with (
        closing(connect(endpoints.root_mysql_url)) as connection,
        closing(connection.cursor()) as cursor,
    ):
        cursor.execute(statement, (amount(0, MEASURED),))
        found = cursor.fetchone()
    if found is None or found[0] != ROWS:
        raise UnequalError(f"{found} of {ROWS} rows are as the other sink wrote them")


CASES = (Case(NAME, "100,000 changes of rows by Debezium's JDBC sink, and by our sink", compare),)
