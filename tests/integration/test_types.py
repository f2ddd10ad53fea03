"""Values of every type through the whole bridge: from the table into cells, and back from cells.

A program writes them, a person copies the row that shows them, and the copy's row in the table must
hold the very same: what a cell shows of a value is enough to know it by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from sink.core.values.codec import Codec, Value
from sink.core.values.meaning import shows
from sink.core.values.registry import codec_for
from sink.core.values.sql import quoted, read_expression
from sink.writers.sheets.layout import column_letters
from tests.contract.take_golden_events import connect, declared
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually
from tests.integration.test_values import draw, sql_type
from tests.property.columns import FAMILIES, Case

pytestmark = pytest.mark.stack

ZONES = ("UTC", "Australia/Lord_Howe")
CASES: dict[str, Case] = {
    f"{family}{number}": case for family in FAMILIES for number, case in enumerate(draw(family))
}
LAST = column_letters(len(CASES))

TYPES = {
    *("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit"),
    *("date", "datetime", "timestamp", "time", "year", "enum", "set", "json"),
    *("char", "varchar", "tinytext", "text", "mediumtext", "longtext"),
    *("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
}
"""MySQL's, but spatial ones and VECTOR: https://dev.mysql.com/doc/refman/9.4/en/data-types.html"""


class Everything:
    """A mapping with a column for each case, seen from both sides."""

    def __init__(self, bridge: Bridge, zone: str) -> None:
        self.bridge = bridge
        database, _, self._table = bridge.mapping.table.partition(".")
        self._connection = connect(bridge.endpoints.mysql_url)
        self._columns = declared(self._connection, database, self._table)
        self._name = bridge.mapping.table
        self.codecs: dict[str, Codec] = {
            name: codec_for(self._columns[name], time_zone=zone) for name in CASES
        }

    def insert(self, key: int) -> None:
        """A program writes every value into one row."""
        names = ", ".join(map(quoted, CASES))
        marks = ", ".join(["%s"] * len(CASES))
        with self._connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self._name} (id, {names}) VALUES ({key}, {marks})",
                [self.codecs[name].to_parameter(case.value) for name, case in CASES.items()],
            )

    def row(self, key: int) -> dict[str, Value] | None:
        """The values that the table's row holds."""
        columns = ", ".join(read_expression(self._columns[name]) for name in CASES)
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {self._name} WHERE id = {key}")
            found = cursor.fetchone()
        if found is None:
            return None
        return {
            name: self.codecs[name].from_row(raw) for name, raw in zip(CASES, found, strict=True)
        }

    def wrong_cells(self, key: int) -> list[str] | None:
        """The columns whose cells show anything but their values; None: the row is not there."""
        shown = self.bridge.shown(key)
        if shown is None:
            return None
        return [
            f"{name}: {case.value!r} shown as {shown[name]!r}"
            for name, case in CASES.items()
            if not shows(shown[name], self.codecs[name].to_cell(case.value))  # type: ignore[arg-type]  # as JSON has it
        ]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def everything(stack: Stack, directory: Path, zone: str) -> Iterator[Everything]:
    """The mapping, its tab shown in ``zone``; row 1 was there before it."""
    name = f"types_{ZONES.index(zone)}"
    table = f"demo_types.{name}"
    columns = ", ".join(f"{quoted(each)} {sql_type(case)}" for each, case in CASES.items())
    statements = [
        f"DROP TABLE IF EXISTS {table}",
        f"CREATE TABLE {table} (id INT PRIMARY KEY, {columns})",
        "GRANT SELECT, INSERT ON demo_types.* TO app",
    ]
    mapping = MappingEndpoint(
        name, table, stack.endpoints.spreadsheet_id, name, ["id"], ["id", *CASES]
    )
    settings = f"time_zone = {json.dumps(zone)}\n"
    with added_mapping(stack, mapping, statements, directory, settings) as bridge:
        found = Everything(bridge, zone)
        yield found
        found.close()


@pytest.mark.parametrize("zone", ZONES)
def test_a_value_of_any_type_survives_the_way_into_a_cell_and_back(
    running_stack: Stack, tmp_path: Path, zone: str
) -> None:
    assert len(CASES) > 150
    assert {case.column.data_type for case in CASES.values()} == TYPES
    with everything(running_stack, tmp_path, zone) as types:
        types.insert(1)
        eventually(lambda: types.wrong_cells(1), lambda wrong: wrong == [], "the cells")
        place = types.bridge.place(1)
        types.bridge.gesture("fill", source=f"B{place}:{LAST}{place}", range=f"B9:{LAST}9")
        types.bridge.edit("A9", [[2]])
        blank = (None, "")
        wanted = {
            name: None if types.codecs[name].to_cell(case.value) in blank else case.value
            for name, case in CASES.items()
        }
        eventually(
            lambda: types.row(2),
            lambda row: row == wanted,
            "the copied row",
        )
        assert types.wrong_cells(1) == []
        # an untouched cell is no edit, whatever its text may be taken for
        assert types.row(1) == {name: case.value for name, case in CASES.items()}
