"""Change events of the table of most cases as Debezium's MySQL connector writes them by default.

That is an envelope of before, after and source, DECIMAL as the bytes of its unscaled integer and
DATE as a day's number. The schema does not stand in each record: the consumer's converter is given
it once, which spares whoever reads it most of the work.
https://debezium.io/documentation/reference/3.6/connectors/mysql.html#mysql-change-events
"""

from __future__ import annotations

import base64
import datetime
import time
from collections.abc import Sequence
from decimal import Decimal

import orjson

from tests.benchmarks.stock import COLUMNS, row

Json = dict[str, object]
_EPOCH = datetime.date(1970, 1, 1)
_PRICE = {
    "type": "bytes",
    "name": "org.apache.kafka.connect.data.Decimal",
    "version": 1,
    "parameters": {"scale": "2", "connect.decimal.precision": "10"},
}
_TYPES: dict[str, Json] = {
    "id": {"type": "int32"},
    "amount": {"type": "int32"},
    "price": _PRICE,
    "name": {"type": "string"},
    "day": {"type": "int32", "name": "io.debezium.time.Date", "version": 1},
    "note": {"type": "string"},
}
_SOURCE = {
    "version": "string",
    "connector": "string",
    "name": "string",
    "ts_ms": "int64",
    "snapshot": "string?",
    "db": "string",
    "sequence": "string?",
    "ts_us": "int64?",
    "ts_ns": "int64?",
    "table": "string?",
    "server_id": "int64",
    "gtid": "string?",
    "file": "string",
    "pos": "int64",
    "row": "int32",
    "thread": "int64?",
    "query": "string?",
}
_TIMES = {"ts_ms": "int64?", "ts_us": "int64?", "ts_ns": "int64?"}
_BLOCK = {"id": "string", "total_order": "int64", "data_collection_order": "int64"}


def key_schema(topic: str) -> str:
    """The schema of the keys, as Kafka Connect's JsonConverter takes it."""
    return _text(_struct(f"{topic}.Key", [_field("id", _TYPES["id"])]))


def value_schema(topic: str) -> str:
    """The schema of the values."""
    fields = [
        _field(name, _TYPES[name], optional="NOT NULL" not in kind)
        for name, kind in COLUMNS.items()
    ]
    rows = _struct(f"{topic}.Value", fields)
    source = _struct("io.debezium.connector.mysql.Source", _plain(_SOURCE))
    return _text(
        _struct(
            f"{topic}.Envelope",
            [
                _field("before", rows, optional=True),
                _field("after", rows, optional=True),
                _field("source", source),
                _field("op", {"type": "string"}),
                *_plain(_TIMES),
                _field("transaction", _struct("event.block", _plain(_BLOCK)), optional=True),
            ],
        )
    )


def update(topic: str, number: int, turn: int) -> tuple[bytes, bytes]:
    """Key and value of the record that a row's update to its cells of ``turn`` makes."""
    now = time.time_ns()
    times = {"ts_ms": now // 1_000_000, "ts_us": now // 1_000, "ts_ns": now}
    server, database, table = topic.split(".")
    source = {
        "version": "3.6.0.Final",
        "connector": "mysql",
        "name": server,
        "snapshot": "false",
        "db": database,
        "sequence": None,
        "table": table,
        "server_id": 1,
        "gtid": f"5b4a3c00-0000-0000-0000-000000000001:{number}",
        "file": "binlog.000001",
        "pos": 1_000 + number * 500,
        "row": 0,
        "thread": 12,
        "query": None,
        **times,
    }
    value = {
        "before": _cells(number, turn - 1),
        "after": _cells(number, turn),
        "source": source,
        "op": "u",
        "transaction": None,
        **times,
    }
    return orjson.dumps({"id": number}), orjson.dumps(value)


def _cells(number: int, turn: int) -> Json:
    amount, price, name, day, note = row(number, turn)
    return {
        "id": number,
        "amount": amount,
        "price": _unscaled(price),
        "name": name,
        "day": (day - _EPOCH).days,
        "note": note,
    }


def _unscaled(price: Decimal) -> str:
    """https://kafka.apache.org/43/javadoc/org/apache/kafka/connect/data/Decimal.html"""
    integer = int(price.scaleb(2))
    return base64.b64encode(integer.to_bytes(integer.bit_length() // 8 + 1, "big")).decode()


def _struct(name: str, fields: Sequence[Json]) -> Json:
    return {"type": "struct", "name": name, "optional": False, "fields": fields}


def _field(name: str, schema: Json, *, optional: bool = False) -> Json:
    return {**schema, "field": name, "optional": optional}


def _plain(types: dict[str, str]) -> list[Json]:
    return [
        _field(name, {"type": kind.rstrip("?")}, optional=kind.endswith("?"))
        for name, kind in types.items()
    ]


def _text(schema: Json) -> str:
    return orjson.dumps(schema).decode()
