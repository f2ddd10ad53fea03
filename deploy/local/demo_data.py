"""The demo's tables: real aircraft and real weather, loaded once from the packaged CSV files.

``planes``: text keys, NULLs. ``weather``: January 2013 at New York's three airports, with a
composite key of text and date-time, dates and decimals. Wind is rounded to two decimals, for the
source keeps a conversion's sixteen.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection

from deploy.local.connections import a_new_connection_each_time

Value = None | int | str | Decimal | date | datetime
Row = dict[str, Value]

_ABSENT = "NA"
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DemoTable:
    """A table of the demo; ``columns`` in table order."""

    table: str
    file: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    create: str
    read: Callable[[dict[str, str]], Row | None]


def _text(raw: str) -> str | None:
    return None if raw == _ABSENT else raw


def _whole(raw: str) -> int | None:
    return None if raw == _ABSENT else int(raw)


def _hundredths(raw: str) -> Decimal | None:
    return None if raw == _ABSENT else Decimal(raw).quantize(_HUNDREDTH)


def _plane(raw: dict[str, str]) -> Row:
    numbers = {name: _whole(raw[name]) for name in ("year", "engines", "seats", "speed")}
    texts = {
        name: _text(raw[name]) for name in ("tailnum", "type", "manufacturer", "model", "engine")
    }
    return {name: (numbers | texts)[name] for name in PLANES.columns}


def _observation(raw: dict[str, str]) -> Row | None:
    if raw["month"] != "1":
        return None
    at = datetime.strptime(raw["time_hour"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    decimals = ("temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "visib", "pressure")
    return {
        "origin": raw["origin"],
        "time_hour": at.replace(tzinfo=None),
        "day": date(int(raw["year"]), int(raw["month"]), int(raw["day"])),
        "wind_dir": _whole(raw["wind_dir"]),
        **{name: _hundredths(raw[name]) for name in decimals},
    }


PLANES = DemoTable(
    table="demo.planes",
    file="planes.csv",
    key=("tailnum",),
    columns=(
        *("tailnum", "year", "type", "manufacturer", "model"),
        *("engines", "seats", "speed", "engine"),
    ),
    create="""
        CREATE TABLE IF NOT EXISTS demo.planes (
            tailnum VARCHAR(8) NOT NULL PRIMARY KEY,
            year SMALLINT NULL,
            type VARCHAR(40) NULL,
            manufacturer VARCHAR(60) NULL,
            model VARCHAR(40) NULL,
            engines TINYINT NULL,
            seats SMALLINT NULL,
            speed SMALLINT NULL,
            engine VARCHAR(20) NULL
        )""",
    read=_plane,
)

WEATHER = DemoTable(
    table="demo.weather",
    file="weather.csv",
    key=("origin", "time_hour"),
    columns=(
        *("origin", "time_hour", "day", "temp", "dewp", "humid", "wind_dir"),
        *("wind_speed", "wind_gust", "precip", "pressure", "visib"),
    ),
    create="""
        CREATE TABLE IF NOT EXISTS demo.weather (
            origin CHAR(3) NOT NULL,
            time_hour DATETIME NOT NULL,
            day DATE NOT NULL,
            temp DECIMAL(5,2) NULL,
            dewp DECIMAL(5,2) NULL,
            humid DECIMAL(5,2) NULL,
            wind_dir SMALLINT NULL,
            wind_speed DECIMAL(6,2) NULL,
            wind_gust DECIMAL(6,2) NULL,
            precip DECIMAL(4,2) NULL,
            pressure DECIMAL(6,2) NULL,
            visib DECIMAL(4,2) NULL,
            PRIMARY KEY (origin, time_hour)
        )""",
    read=_observation,
)

TABLES = (PLANES, WEATHER)


def rows(table: DemoTable, folder: Path) -> Iterator[Row]:
    """The rows of ``table`` out of the CSV file in ``folder``."""
    with (folder / table.file).open(encoding="utf-8", newline="") as stream:
        for raw in csv.DictReader(stream):
            row = table.read(raw)
            if row is not None:
                yield row


def load(mysql_url: str, folder: Path) -> dict[str, int]:
    """Make the tables and fill those that are empty; returns each table's number of rows."""
    engine = a_new_connection_each_time(mysql_url)
    counts = {}
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(table.create))
            if count_rows(connection, table) == 0:
                columns = ", ".join(table.columns)
                marks = ", ".join(f":{column}" for column in table.columns)
                statement = f"INSERT INTO {table.table} ({columns}) VALUES ({marks})"
                connection.execute(text(statement), list(rows(table, folder)))
            counts[table.table] = count_rows(connection, table)
    return counts


def count_rows(connection: Connection, table: DemoTable) -> int:
    """How many rows the table has now."""
    return int(connection.execute(text(f"SELECT COUNT(*) FROM {table.table}")).scalar_one())
