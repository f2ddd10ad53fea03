"""The large table: all flights out of New York in 2013, 336,776 rows of 19 columns.

``SHEETBRIDGE_BENCH_FLIGHTS`` takes fewer of them, to try a case out. What the source leaves out
(``NA``) is NULL.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.loopback import LOOPBACK
from deploy.local.provision.cache import cache_directory
from deploy.local.provision.dataset import install_flights

ALL = 336_776
ROWS = int(os.environ.get("SHEETBRIDGE_BENCH_FLIGHTS", ALL))

KEY = ("time_hour", "carrier", "flight")
COLUMNS = {
    "year": "SMALLINT NOT NULL",
    "month": "TINYINT NOT NULL",
    "day": "TINYINT NOT NULL",
    "dep_time": "SMALLINT NULL",
    "sched_dep_time": "SMALLINT NOT NULL",
    "dep_delay": "SMALLINT NULL",
    "arr_time": "SMALLINT NULL",
    "sched_arr_time": "SMALLINT NOT NULL",
    "arr_delay": "SMALLINT NULL",
    "carrier": "CHAR(2) NOT NULL",
    "flight": "SMALLINT NOT NULL",
    "tailnum": "VARCHAR(8) NULL",
    "origin": "CHAR(3) NOT NULL",
    "dest": "CHAR(3) NOT NULL",
    "air_time": "SMALLINT NULL",
    "distance": "SMALLINT NOT NULL",
    "hour": "TINYINT NOT NULL",
    "minute": "TINYINT NOT NULL",
    "time_hour": "DATETIME NOT NULL",
}
_LOAD = (
    "LOAD DATA LOCAL INFILE :file INTO TABLE {table} FIELDS TERMINATED BY ',' IGNORE 1 LINES "
    "({read}) SET {cells}"
)


def mapping_of(name: str, endpoints: Endpoints) -> MappingEndpoint:
    """A mapping of the table ``bench.<name>`` to a tab of that name."""
    spreadsheet = endpoints.spreadsheet_id
    return MappingEndpoint(name, f"bench.{name}", spreadsheet, name, list(KEY), list(COLUMNS))


@contextmanager
def flights(
    mapping: MappingEndpoint, rows: int, endpoints: Endpoints, scratch: Path
) -> Iterator[None]:
    """The mapping's table, which holds the first ``rows`` flights; table and tab go at the end.

    A spreadsheet takes 10 million cells, and so not two such tabs. The rows are in no binary log: a
    table that is large and old is not told by its connector.
    """
    table = mapping.table
    declared = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    root = a_new_connection_each_time(endpoints.root_mysql_url, local_infile=True)
    file = _first(rows, scratch / "flights.csv")
    with root.begin() as connection:
        for statement in (
            "CREATE DATABASE IF NOT EXISTS bench",
            f"DROP TABLE IF EXISTS {table}",
            f"CREATE TABLE {table} ({declared}, PRIMARY KEY ({', '.join(KEY)}))",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO app",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO sheetbridge",
            "SET GLOBAL local_infile = ON",
            "SET SESSION sql_log_bin = 0",
        ):
            connection.exec_driver_sql(statement)
        connection.execute(text(_load(table)), {"file": str(file)})
        connection.exec_driver_sql("SET GLOBAL local_infile = OFF")
    file.unlink()
    yield
    with root.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {table}")
    remove_tabs(mapping.tab, endpoints)


def remove_tabs(tab: str, endpoints: Endpoints) -> None:
    """Delete a tab, and whatever other tabs are called after it."""
    ids = sheet_ids(endpoints)
    gone = [{"deleteSheet": {"sheetId": ids[title]}} for title in ids if tab in title]
    url = f"{endpoints.sheets_url}/_internal/v4/spreadsheets/{endpoints.spreadsheet_id}"
    LOOPBACK.post(f"{url}:batchUpdate", json={"requests": gone}, timeout=60).raise_for_status()


def sheet_ids(endpoints: Endpoints) -> dict[str, int]:
    """The ids of the spreadsheet's tabs by their titles."""
    answer = LOOPBACK.get(
        f"{endpoints.sheets_url}/_internal/v4/spreadsheets/{endpoints.spreadsheet_id}",
        params={"fields": "sheets.properties(sheetId,title)"},
        timeout=60,
    ).raise_for_status()
    found = [sheet["properties"] for sheet in answer.json()["sheets"]]
    return {properties["title"]: properties.get("sheetId", 0) for properties in found}


def _load(table: str) -> str:
    cells = {column: f"NULLIF(@{column}, 'NA')" for column in COLUMNS}
    cells["time_hour"] = "STR_TO_DATE(@time_hour, '%Y-%m-%dT%H:%i:%sZ')"
    return _LOAD.format(
        table=table,
        read=", ".join(f"@{column}" for column in COLUMNS),
        cells=", ".join(f"{column} = {cell}" for column, cell in cells.items()),
    ).replace("%i:%s", "%i\\:%s")


def _first(rows: int, file: Path) -> Path:
    """The header and the first ``rows`` flights, written to ``file``."""
    with zipfile.ZipFile(install_flights(cache_directory())) as archive:
        (name,) = archive.namelist()
        with closing(archive.open(name)) as source, file.open("wb") as target:
            for _, line in zip(range(rows + 1), source, strict=False):
                target.write(line)
    return file
