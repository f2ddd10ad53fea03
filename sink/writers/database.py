"""Rows of the mapped table, written by key, in as few statements as there can be.

What the server refuses is told by row and cell, and keeps back nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sink.core.condition import not_shown
from sink.core.mapped_table import MappedTable
from sink.core.refusal import Refusal, without_which
from sink.core.values.sql import quoted
from sink.ports import TableWrite
from sink.state.database_errors import raise_unless_refused
from sink.state.refusal_causes import Causes
from sink.state.refusal_words import DUPLICATE, Cause
from sink.state.statements import run_for_each, run_whole
from sink.writers.joined_updates import can_join, joined_updates
from sink.writers.table_reader import TableReader

OUTSIDE = Cause(0, "the mapping's condition", ())
"""Why a new row is refused that the sheet would not show."""

Statement = tuple[str, list[tuple[object, ...]]]
Refused = tuple[TableWrite, Cause]


class TableWriter(TableReader):
    """Writes them too, within a transaction that others began."""

    def __init__(self, connection: Connection, table: MappedTable) -> None:
        super().__init__(connection, table)
        self._causes = Causes(connection, table)
        self._can_join = can_join([table.declared[column] for column in table.key])

    def write(self, writes: Sequence[TableWrite]) -> list[Refusal]:
        """Write rows, those of one form together.

        Where the database refuses one of them they are all taken back and written
        one by one, so that only the bad one is left out. Of that one it is found out by trying
        which cells are to blame, once all others stand. Raises TableUnusableError where no row can
        be written.
        """
        refused: list[Refused] = []
        for _, group in groupby(sorted(writes, key=_form), key=_form):
            rows = list(group)
            if self._refused(rows) is not None:
                refused.extend(self._one_by_one(rows))
        refused = self._in_turns(refused)
        return [each for row, cause in refused for each in self._refusals(row, cause)]

    def _one_by_one(self, rows: Iterable[TableWrite]) -> list[Refused]:
        tried = [(row, self._refused([row])) for row in rows]
        return [(row, cause) for row, cause in tried if cause is not None]

    def _in_turns(self, refused: list[Refused]) -> list[Refused]:
        """Write what was refused for a value of another row, as long as rows give such values up.

        Values that move along a chain of rows go in from its end; each pass turns round, since the
        end may be at either side. Values that change places stay refused: no order of writing does
        without a row that has no value, or one that nobody typed, and other tables may follow it.
        """
        waiting = [each for each in refused if each[1].code == DUPLICATE]
        others = [each for each in refused if each[1].code != DUPLICATE]
        while waiting:
            left = self._one_by_one(row for row, _ in reversed(waiting))
            if len(left) == len(waiting):
                break
            waiting = left
        return [*others, *waiting]

    def _refused(self, rows: Sequence[TableWrite], *, trial: bool = False) -> Cause | None:
        """Write the rows at once; why, where the database refuses it for good.

        ``trial``: what was written is taken back.
        """
        if not trial and self._fails_whole(rows):
            return self._written(rows)
        savepoint = self._connection.begin_nested()
        cause = self._written(rows, trial=trial)
        if trial or cause is not None:
            savepoint.rollback()
        else:
            savepoint.commit()
        return cause

    def _fails_whole(self, rows: Sequence[TableWrite]) -> bool:
        """Whether nothing is left to be taken back where the database refuses the rows.

        https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html
        """
        return len(rows) == 1 and (rows[0].op != "insert" or self._where is None)

    def _written(self, rows: Sequence[TableWrite], *, trial: bool = False) -> Cause | None:
        try:
            self._run(rows)
        except DBAPIError as error:
            raise_unless_refused(error, self._table.mapping.table)
            return self._causes.of(error)
        inserted = [row.key for row in rows if row.op == "insert" and not trial]
        return OUTSIDE if self.outside(inserted) else None

    def _run(self, rows: Sequence[TableWrite]) -> None:
        if _may_join(rows) and self._can_join:
            run_whole(self._connection, self._joined(rows), f"UPDATE {self._name}")
            return
        statement, parameters = self._statement(rows)
        if rows[0].op == "insert":
            self._connection.exec_driver_sql(statement, parameters)
        else:
            run_for_each(self._connection, statement, parameters)

    def _joined(self, rows: Sequence[TableWrite]) -> Iterator[str]:
        columns = tuple(rows[0].cells)
        cursor: Any = self._connection.connection.cursor()
        key = [self._table.declared[column] for column in self._table.key]
        parameters = [(self._parameters(row.key), self._values(row, columns)) for row in rows]
        return joined_updates(self._name, key, columns, parameters, cursor.mogrify)

    def _refusals(self, row: TableWrite, cause: Cause) -> list[Refusal]:
        """What was refused of a row: the cells to blame, or the whole row."""
        if cause is OUTSIDE:
            reason = not_shown(self._table.mapping.where or "")
            return [self._refusal(row, (), reason, cause)]
        needed = self._table.required if row.op == "insert" else frozenset[str]()
        named = [column for column in cause.columns if column in row.cells]
        reasons: dict[str, str] = {}
        if len(named) == 1 and not needed.intersection(named):
            reasons = {named[0]: self._causes.words(cause, row.op)}
        elif row.op == "update" or (row.op == "insert" and not cause.is_of_the_key):
            reasons = without_which(
                list(row.cells), sorted(needed), lambda columns: self._why_not(row, columns)
            )
        if not reasons:
            return [self._refusal(row, (), self._causes.row_words(cause, row.op), cause)]
        return [self._refusal(row, (column,), why, cause) for column, why in reasons.items()]

    def _why_not(self, row: TableWrite, columns: Sequence[str]) -> str | None:
        if row.op == "update" and not columns:
            return None
        some = replace(row, cells={column: row.cells[column] for column in columns})
        cause = self._refused([some], trial=True)
        return None if cause is None else self._causes.words(cause, row.op)

    @staticmethod
    def _refusal(row: TableWrite, columns: tuple[str, ...], reason: str, cause: Cause) -> Refusal:
        return Refusal(row.key, row.op, columns, reason, cause.code)

    def _statement(self, rows: Sequence[TableWrite]) -> Statement:
        columns = tuple(rows[0].cells)
        match rows[0].op:
            case "insert":
                return self._insert(rows, columns)
            case "update":
                return self._update(rows, columns)
            case _:
                return self._delete(rows)

    def _insert(self, rows: Sequence[TableWrite], columns: Sequence[str]) -> Statement:
        names = ", ".join(quoted(column) for column in (*self._table.key, *columns))
        marks = self._marks(len(self._table.key) + len(columns))
        return (
            f"INSERT INTO {self._name} ({names}) VALUES {marks}",
            [(*self._parameters(row.key), *self._values(row, columns)) for row in rows],
        )

    def _update(self, rows: Sequence[TableWrite], columns: Sequence[str]) -> Statement:
        sets = ", ".join(f"{quoted(column)} = %s" for column in columns)
        return (
            f"UPDATE {self._name} SET {sets} WHERE ({self._key}) = "
            f"{self._marks(len(self._table.key))}",
            [(*self._values(row, columns), *self._parameters(row.key)) for row in rows],
        )

    def _delete(self, rows: Sequence[TableWrite]) -> Statement:
        return (
            f"DELETE FROM {self._name} WHERE ({self._key}) = {self._marks(len(self._table.key))}",
            [tuple(self._parameters(row.key)) for row in rows],
        )

    def _values(self, row: TableWrite, columns: Sequence[str]) -> list[object]:
        return [self._table.codecs[column].to_parameter(row.cells[column]) for column in columns]


def _form(write: TableWrite) -> tuple[int, tuple[str, ...], bool]:
    """Deletes go first: a key that is given up may be taken again in the same batch."""
    return ("delete", "update", "insert").index(write.op), tuple(write.cells), _empties(write)


def _empties(write: TableWrite) -> bool:
    return None in write.cells.values()


def _may_join(rows: Sequence[TableWrite]) -> bool:
    """Whether rows of one form may be updated by one statement.

    Not where one has an empty cell: under a trigger, MySQL 9.7 stores ``''`` or 0 for a NULL that
    the column refuses if several tables are joined, and gives neither an error nor a warning.
    """
    return len(rows) > 1 and rows[0].op == "update" and not any(map(_empties, rows))
