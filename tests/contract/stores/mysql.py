"""The bench of MySQL: the sink's own user with its own rights; the program is the administrator."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, text

from deploy.cli.configuration import load
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from sink.core.change_event import Image, Position
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.ports import Store
from sink.state import schema
from sink.state.catalog import read_table
from sink.state.database_errors import translated
from sink.state.engine import open_engine
from sink.state.mapping_record import MappingRecord
from sink.state.markers import ensure_markers
from sink.state.migrate import migrate
from sink.state.records import FirstSync
from sink.state.store import MySqlStore, load_mapping, load_offsets
from tests.contract.stores.bench import CHECKED, DATABASE, FIRST, MAPPING, PARENT, Logged, Waiting

PATIENCE_SECONDS = 20.0

TABLES = f"""
DROP DATABASE IF EXISTS {DATABASE};
CREATE DATABASE {DATABASE};
CREATE TABLE {DATABASE}.parents (id INT PRIMARY KEY);
INSERT INTO {DATABASE}.parents VALUES ({PARENT});
CREATE TABLE {DATABASE}.items (
    id INT PRIMARY KEY,
    a VARCHAR(10) NOT NULL,
    b VARCHAR(10),
    u VARCHAR(10) UNIQUE,
    n SMALLINT CHECK (n <> {CHECKED}),
    p INT,
    FOREIGN KEY (p) REFERENCES {DATABASE}.parents (id)
);
CREATE TABLE {DATABASE}.children (item INT, FOREIGN KEY (item) REFERENCES {DATABASE}.items (id))
"""


class MySqlBench:
    """MySQL, as the sink's own user with its own rights; the program is the administrator."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._root = a_new_connection_each_time(
            endpoints.root_mysql_url,
            init_command="SET SESSION innodb_lock_wait_timeout = 1",
        )
        for statement in TABLES.split(";"):
            self._run(statement)
        self._engine: Engine = open_engine(load(Path(endpoints.config)).database)
        migrate(self._engine)
        with self._engine.begin() as connection:
            ensure_markers(connection, [MAPPING])
        self.table = MappedTable.of(MAPPING, read_table(self._engine, MAPPING.table))
        self._forget()
        record = load_mapping(self._engine, MAPPING.name, str(uuid.uuid4()))
        self._id = record.id
        self._run(
            f"UPDATE sheetbridge.mapping SET first_read = {FIRST.read}, first_shown = {FIRST.shown}"
            f" WHERE id = {self._id}"
        )
        self._stores: list[MySqlStore] = []

    def worker(self) -> Store:
        record = load_mapping(self._engine, MAPPING.name, "")
        store = MySqlStore(self._engine, self.table, record)
        self._stores.append(store)
        return store

    def synced(self, first: FirstSync) -> MappingRecord:
        return replace(load_mapping(self._engine, MAPPING.name, ""), first=first)

    def program(self, number: int, cells: Image | None) -> None:
        name = MAPPING.table
        with translated():
            if cells is None:
                self._run(f"DELETE FROM {name} WHERE id = :id", id=number)
                return
            marks = ", ".join(f":{column}" for column in cells)
            sets = ", ".join(f"{column} = new.{column}" for column in cells)
            self._run(
                f"INSERT INTO {name} (id, {', '.join(cells)}) VALUES (:id, {marks}) AS new "
                f"ON DUPLICATE KEY UPDATE {sets}",
                id=number,
                **cells,
            )

    def refer_to(self, number: int) -> None:
        self._run(f"INSERT INTO {DATABASE}.children VALUES (:id)", id=number)

    def begins(self, store: Store) -> Waiting:
        waiting = _InAThread(store)
        ends = time.monotonic() + PATIENCE_SECONDS
        while not self._ask(
            "SELECT 1 FROM performance_schema.processlist "
            "WHERE command = 'Query' AND info LIKE 'SET SESSION gtid_next%'"
        ):
            assert waiting.thread.is_alive(), f"it did not wait: {waiting.error}"
            assert time.monotonic() < ends, "it never reached the number that another one holds"
            time.sleep(0.01)
        return waiting

    def transactions(self) -> int:
        return load_mapping(self._engine, MAPPING.name, "").transactions

    def offsets(self) -> dict[str, int]:
        return load_offsets(self._engine, self._id)

    def position(self) -> Position | None:
        return load_mapping(self._engine, MAPPING.name, "").position

    def call(self) -> tuple[int, str | None, str | None]:
        record = load_mapping(self._engine, MAPPING.name, "")
        return record.call_number, record.fence, record.open_call

    def reason(self) -> str | None:
        return load_mapping(self._engine, MAPPING.name, "").reason

    def conflicts(self) -> list[Logged]:
        rows = self._ask(
            "SELECT row_key, column_name, loser, winner, rule FROM sheetbridge.conflict "
            f"WHERE mapping_id = {self._id} ORDER BY id"
        )
        return [
            (
                self.table.key_from_canonical(row.row_key),
                row.column_name,
                json.loads(row.loser)["value"],
                json.loads(row.winner)["value"],
                row.rule,
            )
            for row in rows
        ]

    def marks(self) -> list[str]:
        rows = self._ask(f"SELECT token FROM {MAPPING.marker_table} ORDER BY id")
        return [row.token for row in rows]

    def clock(self) -> int:
        (row,) = self._ask("SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED) AS now")
        return int(row.now)

    def close(self) -> None:
        for store in self._stores:
            store.close()
        self._forget()
        self._run(f"DROP DATABASE {DATABASE}")
        self._run(f"DROP TABLE {MAPPING.marker_table}")
        self._engine.dispose()

    def _forget(self) -> None:
        ids = f"(SELECT id FROM sheetbridge.mapping WHERE name = '{MAPPING.name}')"
        for table in schema.metadata.tables.values():
            if "mapping_id" in table.c:
                self._run(f"DELETE FROM {table.fullname} WHERE mapping_id IN {ids}")
        self._run(f"DELETE FROM sheetbridge.mapping WHERE name = '{MAPPING.name}'")

    def _run(self, statement: str, **values: object) -> None:
        with self._root.begin() as connection:
            connection.execute(text(statement), values)

    def _ask(self, statement: str) -> Sequence[Row[Any]]:
        with self._root.connect() as connection:
            return connection.execute(text(statement)).all()


class _InAThread:
    def __init__(self, store: Store) -> None:
        self.error: SheetbridgeError | None = None
        self._store = store
        self.thread = threading.Thread(target=self._begin, daemon=True)
        self.thread.start()

    def _begin(self) -> None:
        try:
            with self._store.begin():
                pass
        except SheetbridgeError as error:
            self.error = error

    def end(self) -> SheetbridgeError | None:
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive(), "it waits for ever"
        return self.error
