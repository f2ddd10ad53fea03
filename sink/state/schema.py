"""The tables in which Sheetbridge remembers, in its own schema on the server that holds the data.

They live beside the data so that rows, agreed versions, edit ids and offsets commit together.
Debezium captures none of them but the marker tables (``sink.state.markers``). The migrations in
``sink/state/migrations`` make what this page describes.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    FetchedValue,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.mysql import LONGTEXT, TIMESTAMP, VARBINARY

SCHEMA = "sheetbridge"

metadata = MetaData(schema=SCHEMA)

mapping = Table(
    "mapping",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("source_uuid", String(36), nullable=False),
    Column("transactions", BigInteger, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("reason", Text, nullable=True),
    Column("paused", SmallInteger, nullable=False),
    Column("first_gtids", LONGTEXT, nullable=True),
    Column("first_read", BigInteger, nullable=False),
    Column("first_shown", BigInteger, nullable=False),
    Column("position", String(200), nullable=True),
    Column("call_number", BigInteger, nullable=False),
    Column("fence", String(64), nullable=True),
    Column("open_call", LONGTEXT, nullable=True),
    Column("repairs", LONGTEXT, nullable=True),
    Column("declared", LONGTEXT, nullable=True),
    Column("heartbeat", BigInteger, nullable=False),
    Column("merged_at", BigInteger, nullable=False),
    Column("tally", LONGTEXT, nullable=True),
    Column("held_batch", LONGTEXT, nullable=True),
    Column("answer", LONGTEXT, nullable=True),
    Column("outcomes", LONGTEXT, nullable=True),
    Column("lineage", LONGTEXT, nullable=True),
    Column("edit_ids_since", BigInteger, nullable=False, server_default=FetchedValue()),
    Column("filled", BigInteger, nullable=True),
    Column("to_fill", BigInteger, nullable=True),
)

topic_offset = Table(
    "topic_offset",
    metadata,
    Column("mapping_id", Integer, primary_key=True, autoincrement=False),
    Column("topic", String(249), primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)

row_state = Table(
    "row_state",
    metadata,
    Column("mapping_id", Integer, primary_key=True, autoincrement=False),
    Column("row_key", VARBINARY(2000), primary_key=True),
    Column("agreed", LONGTEXT, nullable=False),
    Column("record", LONGTEXT, nullable=True),
    Column("attention", SmallInteger, nullable=False),
    Column("gone_since", BigInteger, nullable=True),
)

edit_id = Table(
    "edit_id",
    metadata,
    Column("mapping_id", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)

conflict = Table(
    "conflict",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("mapping_id", Integer, nullable=False),
    Column("row_key", VARBINARY(2000), nullable=False),
    Column("column_name", String(64), nullable=True),
    Column("loser", LONGTEXT, nullable=False),
    Column("winner", LONGTEXT, nullable=False),
    Column("rule", String(128), nullable=False),
    Column("logged_at", BigInteger, nullable=False),
    Column("noted", TIMESTAMP(fsp=6), nullable=False, server_default=FetchedValue()),
)

tagged_row = Table(
    "tagged_row",
    metadata,
    Column("mapping_id", Integer, primary_key=True, autoincrement=False),
    Column("tag", String(40), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("row_key", VARBINARY(2000), nullable=True),
    Column("lacks", Text, nullable=True),
    Column("finished", BigInteger, nullable=True),
    Column("marks", LONGTEXT, nullable=True),
)
