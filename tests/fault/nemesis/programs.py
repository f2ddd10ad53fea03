"""Programs that write plain SQL and know nothing of the sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, bindparam, text
from sqlalchemy.exc import DBAPIError

from tests.fault.nemesis.acts import Writer, created, drawn, fitting, moved
from tests.fault.nemesis.history import EXISTENCE, Act, Content, History, Outcome, Row, Side, Write
from tests.fault.nemesis.stage import MAPPED, TABLE, mapped

Statements = Sequence[tuple[str, Mapping[str, object]]]

_LOCK = text(f"SELECT * FROM {TABLE} WHERE id IN :keys FOR UPDATE").bindparams(
    bindparam("keys", expanding=True)
)


class Program(Writer):
    """One program; each act is a transaction of its own connection."""

    side = Side.TABLE

    def __init__(self, name: str, number: int, seed: int, history: History, engine: Engine) -> None:
        super().__init__(name, number, seed, history)
        self._engine = engine

    def act(self, number: int, chance: Random) -> None:
        """One transaction; a server that is away is met again at the next act."""
        try:
            connection = self._engine.connect()
        except DBAPIError:
            return
        try:
            rows = self._rows(connection.execute(text(f"SELECT * FROM {TABLE}")))
            doing = drawn(chance, self._shares(len(rows)))
            doing(connection, number, chance, rows)
        except DBAPIError:
            return  # before the commit: nothing happened, and ``_transact`` has noted it
        finally:
            _closed(connection)

    def _shares(self, rows: int) -> list[tuple[float, Callable[..., None]]]:
        return fitting(
            rows,
            [
                (55, self._update),
                (8, self._update_several),
                (6, self._clear),
                (14, self._insert),
                (5, self._insert_and_update),
                (10, self._delete),
                (5, self._rekey),
            ],
            more=self._insert,
            fewer=self._delete,
        )

    def _update(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        key = chance.choice(sorted(rows))
        columns = chance.sample(("a", "b", "n"), chance.choice((1, 1, 2)))
        cells = {column: self.value(number, column) for column in columns}
        self._set(connection, "update", {key: cells})

    def _update_several(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        keys = chance.sample(sorted(rows), min(len(rows), chance.randint(2, 6)))
        column = chance.choice(("a", "b"))
        cells: dict[str, dict[str, Content]] = {
            key: {column: f"{self.value(number, column)}{at}"} for at, key in enumerate(keys)
        }
        self._set(connection, "update several", cells)

    def _clear(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        key, column = chance.choice(sorted(rows)), chance.choice(("a", "b", "n"))
        self._set(connection, "clear", {key: {column: None}})

    def _set(
        self, connection: Connection, kind: str, cells: Mapping[str, Mapping[str, Content]]
    ) -> None:
        statements = [_setting(key, of_row) for key, of_row in cells.items()]
        writes = [
            Write(key, column, value)
            for key, of_row in cells.items()
            for column, value in of_row.items()
        ]
        self._transact(connection, kind, list(cells), writes, statements)

    def _insert(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        key = self.new_key(number, chance, sorted(rows))
        cells = self.cells(number, chance)
        self._transact(connection, "insert", [], created(key, cells), [_inserting(key, cells)])

    def _insert_and_update(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        """A new row that changes in the same transaction, and another row with it."""
        key, other = self.new_key(number, chance, sorted(rows)), chance.choice(sorted(rows))
        cells = self.cells(number, chance)
        later: dict[str, Content] = {"a": f"{self.value(number, 'a')}1"}
        beside: dict[str, Content] = {"b": f"{self.value(number, 'b')}1"}
        writes = [*created(key, {**cells, **later}), Write(other, "b", beside["b"])]
        statements = [_inserting(key, cells), _setting(key, later), _setting(other, beside)]
        self._transact(connection, "insert and update", [other], writes, statements)

    def _delete(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        key = chance.choice(sorted(rows))
        statement = (f"DELETE FROM {TABLE} WHERE id = :key", {"key": key})
        self._transact(connection, "delete", [key], [Write(key, EXISTENCE, False)], [statement])

    def _rekey(
        self, connection: Connection, number: int, chance: Random, rows: dict[str, Row]
    ) -> None:
        old = chance.choice(sorted(rows))
        new = self.new_key(number, chance, sorted(rows))
        statement = (f"UPDATE {TABLE} SET id = :new WHERE id = :old", {"new": new, "old": old})
        self._transact(connection, "change key", [old], moved(old, new, {}), [statement])

    def _transact(
        self,
        connection: Connection,
        kind: str,
        keys: list[str],
        writes: list[Write],
        statements: Statements,
    ) -> None:
        """Lock the rows, look at them, write, commit. A row that is gone: nothing is done."""
        saw = self._rows(connection.execute(_LOCK, {"keys": sorted(keys)})) if keys else {}
        if len(saw) < len(keys):
            return
        for old, new in ((w.key, writes[1].key) for w in writes[:1] if kind == "change key"):
            writes = moved(old, new, mapped(saw[old]))
        act = self.history.begin(self.name, self.side, kind, writes, saw)
        try:
            for statement, values in statements:
                connection.execute(text(statement), values)
        except DBAPIError as error:
            self.history.end(act, Outcome.FAILED, str(error.orig))
            raise
        self._commit(connection, act)

    def _commit(self, connection: Connection, act: Act) -> None:
        try:
            connection.commit()
        except DBAPIError as error:
            self.history.end(act, Outcome.UNKNOWN, str(error.orig))
        else:
            self.history.end(act, Outcome.DONE)

    @staticmethod
    def _rows(found: CursorResult[Any]) -> dict[str, Row]:
        return {row["id"]: {name: row[name] for name in MAPPED} for row in found.mappings()}


def _setting(key: str, cells: Mapping[str, Content]) -> tuple[str, dict[str, object]]:
    columns = ", ".join(f"{column} = :{column}" for column in cells)
    return f"UPDATE {TABLE} SET {columns} WHERE id = :key", {**cells, "key": key}


def _inserting(key: str, cells: Mapping[str, Content]) -> tuple[str, dict[str, object]]:
    columns, values = ", ".join(cells), ", ".join(f":{column}" for column in cells)
    return f"INSERT INTO {TABLE} (id, {columns}) VALUES (:key, {values})", {**cells, "key": key}


def _closed(connection: Connection) -> None:
    try:
        connection.close()
    except DBAPIError:
        return  # the server has gone with it
