"""The codecs against change events of the real connector and rows of the real driver.

Taken by ``tests.contract.take_golden_events`` from MySQL 9.7.4, Debezium 3.6.1.Final, PyMySQL 1.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sink.core.columns import Column
from sink.core.declaration import declared_column
from sink.core.errors import UnfitValueError
from sink.core.row_key import RowKey
from sink.core.values.codec import Codec
from sink.core.values.long_text import CELL_LIMIT
from sink.core.values.meaning import meaning
from sink.core.values.registry import codec_for
from tests.contract.golden_tables import KEYS, TABLES, ZERO_DATES
from tests.contract.golden_values import decode

GOLDEN = Path(__file__).parent / "golden" / "values"
FILES = sorted(GOLDEN.glob("*.json"))

BOOL_OF_A_STREAMED_TABLE = "truth_word"
"""The connector itself makes 5 of such a column ``true``; see ``sink.core.values.booleans``."""

TIMES_IN_DOCUMENTS = (11, 12)
"""Rows whose JSON holds a DATETIME or TIME; see ``sink.core.values.json_text``."""

EXACT_FORMS = {"FLOAT", "DOUBLE", "JSON", "ENUM"}
"""Types of which the connector writes one value in more than one way."""


@dataclass(frozen=True)
class Sample:
    """One value as the connector sent it and as PyMySQL returned it."""

    table: str
    number: int
    column: Column
    codec: Codec
    event: object
    row: object

    @property
    def told_apart(self) -> bool:
        """Whether the connector and MySQL are known to tell different values."""
        if self.column.name == "document":
            return self.number in TIMES_IN_DOCUMENTS
        return self.column.name == BOOL_OF_A_STREAMED_TABLE and self.event is True


def samples(table: str, content: str) -> Iterator[Sample]:
    golden = json.loads(content)
    columns = [declared_column(raw) for raw in golden["columns"]]
    for number, entry in enumerate(golden["rows"], start=1):
        for column in columns:
            yield Sample(
                table,
                number,
                column,
                codec_for(column, time_zone="America/New_York"),
                entry["after"][column.name],
                decode(entry["row"][column.name]),
            )


ALL = [sample for file in FILES for sample in samples(file.stem, file.read_text())]
SAMPLES = [sample for sample in ALL if sample.table != ZERO_DATES.name]
FILLED = [sample for sample in SAMPLES if sample.row is not None]


def test_every_golden_table_was_taken_and_every_declared_value_is_in_it() -> None:
    assert {file.stem for file in FILES} == {table.name for table in TABLES}
    for table in TABLES:
        for name, (_, values) in table.columns.items():
            taken = [
                s
                for s in ALL
                if s.row is not None and s.table == table.name and s.column.name == name
            ]
            assert len(taken) >= len(values), (table.name, name)


def test_the_connectors_json_and_the_drivers_row_are_one_value() -> None:
    differing = [
        (sample.table, sample.column.name, sample.number, sample.event, sample.row)
        for sample in SAMPLES
        if not sample.told_apart
        and sample.codec.from_debezium(sample.event) != sample.codec.from_row(sample.row)
    ]
    assert differing == []


def test_a_row_written_through_the_codecs_is_the_row_that_was_read() -> None:
    compared = 0
    for table in ("numbers", "texts", "times"):
        rows = [sample for sample in SAMPLES if sample.table == table]
        half = max(sample.number for sample in rows) // 2
        originals = {(s.number, s.column.name): s for s in rows if s.number <= half}
        for copy in (s for s in rows if s.number > half and s.column.name != "id"):
            original = originals[copy.number - half, copy.column.name]
            if copy.column.name == "choice" and original.row == "":
                continue  # MySQL's mark of an invalid value cannot be written
            assert copy.codec.from_row(copy.row) == original.codec.from_row(original.row), copy
            compared += copy.row is not None
    assert compared > 150


def test_zero_dates_are_null_or_refused_wherever_they_can_be_told() -> None:
    zeros = [s for s in ALL if s.table == ZERO_DATES.name and s.column.name != "id"]
    assert len(zeros) == 12
    for sample in zeros:
        if sample.column.nullable:
            assert sample.codec.from_debezium(sample.event) is None
            assert sample.codec.from_row(sample.row) is None
            continue
        with pytest.raises(UnfitValueError, match="zero date"):
            sample.codec.from_row(sample.row)
        if sample.column.data_type == "timestamp":
            with pytest.raises(UnfitValueError, match="zero date"):
                sample.codec.from_debezium(sample.event)
        else:  # a real day to all appearances; reading the table tells
            assert str(sample.codec.from_debezium(sample.event)).startswith("1970-01-01")


def test_to_debezium_is_what_the_connector_writes() -> None:
    for sample in FILLED:
        kind = sample.column.data_type.upper()
        if sample.told_apart or kind in EXACT_FORMS or sample.column.name == "truth_word":
            continue
        value = sample.codec.from_debezium(sample.event)
        assert sample.codec.to_debezium(value) == sample.event, sample


def test_values_of_a_real_server_survive_a_cell() -> None:
    for sample in FILLED:
        value = sample.codec.from_row(sample.row)
        shown = sample.codec.to_cell(value)
        assert meaning(sample.codec, shown, value) == value, sample
        cut = isinstance(shown, str) and isinstance(value, str) and len(value) > CELL_LIMIT
        if shown is not None and not cut:
            assert sample.codec.from_cell(shown) == value, sample


@pytest.mark.parametrize("table", [table.name for table in KEYS])
def test_keys_have_the_connectors_very_bytes(table: str) -> None:
    golden = json.loads((GOLDEN / f"{table}.json").read_text())
    columns = {raw["COLUMN_NAME"]: declared_column(raw) for raw in golden["columns"]}
    codecs = {name: codec_for(column, time_zone="UTC") for name, column in columns.items()}
    names = golden["key"]
    for entry in golden["rows"]:
        key = RowKey.from_debezium(json.loads(entry["key"]), names, codecs)
        row = [codecs[name].from_row(decode(entry["row"][name])) for name in names]
        assert key == RowKey.from_values(names, row)
        if entry["key"] != '{"id":1.0E22}':  # Java's way to write a large double
            assert key.debezium(codecs) == entry["key"].encode()
